//! Public keys, as issuers publish them.

use data_encoding::BASE64URL_NOPAD;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Public};
use openssl::rsa::Rsa;
use openssl::x509::X509;
use serde::Deserialize;

use super::{JwtAlgorithm, JwtKey};

/// The smallest RSA key that proves anything.
const RSA_BITS_MIN: u32 = 2048;

/// The keys in a JWKS document (RFC 7517), or in PEM: public keys and certificates.
///
/// # Errors
/// In words, to follow the file's name.
pub(super) fn keys_of(bytes: &[u8]) -> Result<Vec<JwtKey>, String> {
    let keys: Vec<JwtKey> = if bytes.trim_ascii_start().starts_with(b"{") {
        let set: KeySet = serde_json::from_slice(bytes).map_err(|error| format!("is no JWKS: {error}"))?;
        // Keys of other algorithms may stand beside: they are not asked for.
        set.keys.iter().filter_map(of_jwk).collect()
    } else {
        of_pem(bytes)
    };
    if keys.is_empty() {
        Err("has no public key for RS256 (2048 bits or more) or ES256".to_owned())
    } else {
        Ok(keys)
    }
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<Jwk>,
}

/// The members of a key that are needed.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

fn of_jwk(jwk: &Jwk) -> Option<JwtKey> {
    let number = |text: &Option<String>| {
        BigNum::from_slice(&BASE64URL_NOPAD.decode(text.as_deref()?.as_bytes()).ok()?).ok()
    };
    let key = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
        ("RSA", _) => {
            PKey::from_rsa(Rsa::from_public_components(number(&jwk.n)?, number(&jwk.e)?).ok()?).ok()?
        }
        ("EC", Some("P-256")) => {
            let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).ok()?;
            let mut context = BigNumContext::new().ok()?;
            let mut point = EcPoint::new(&group).ok()?;
            let (x, y) = (number(&jwk.x)?, number(&jwk.y)?);
            point.set_affine_coordinates_gfp(&group, &x, &y, &mut context).ok()?;
            PKey::from_ec_key(EcKey::from_public_key(&group, &point).ok()?).ok()?
        }
        _ => return None,
    };
    let key = of_key(key, jwk.kid.clone())?;
    let named = match key.algorithm {
        JwtAlgorithm::Rs256 => "RS256",
        JwtAlgorithm::Es256 => "ES256",
    };
    let fits = jwk.alg.as_deref().is_none_or(|alg| alg == named)
        && jwk.usage.as_deref().is_none_or(|usage| usage == "sig");
    fits.then_some(key)
}

fn of_pem(bytes: &[u8]) -> Vec<JwtKey> {
    const END: &str = "-----END ";
    let text = String::from_utf8_lossy(bytes);
    let mut keys = Vec::new();
    let mut rest = text.as_ref();
    while let Some(end) = rest.find(END) {
        let line = rest[end..].find('\n').map_or(rest.len(), |line| end + line + 1);
        let (block, after) = rest.split_at(line);
        let key = PKey::public_key_from_pem(block.as_bytes())
            .or_else(|_| X509::from_pem(block.as_bytes()).and_then(|certificate| certificate.public_key()));
        keys.extend(key.ok().and_then(|key| of_key(key, None)));
        rest = after;
    }
    keys
}

/// A key that is strong enough, with what it verifies.
fn of_key(key: PKey<Public>, id: Option<String>) -> Option<JwtKey> {
    let algorithm = match key.id() {
        Id::RSA if key.bits() >= RSA_BITS_MIN => JwtAlgorithm::Rs256,
        Id::EC if key.ec_key().ok()?.group().curve_name() == Some(Nid::X9_62_PRIME256V1) => {
            JwtAlgorithm::Es256
        }
        _ => return None,
    };
    Some(JwtKey { id, algorithm, key })
}
