//! Signed tokens: whose are taken, and the public keys that they are verified by.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use data_encoding::BASE64URL_NOPAD;
use openssl::bn::{BigNum, BigNumContext};
use openssl::ec::{EcGroup, EcKey, EcPoint};
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Public};
use openssl::rsa::Rsa;
use openssl::x509::X509;
use serde::Deserialize;

/// How far the clocks may be apart.
pub const LEEWAY_DEFAULT: Duration = Duration::from_mins(1);
/// Largest file of keys.
const FILE_BYTES_MAX: u64 = 256 * 1024;
/// Most keys in all files.
const KEYS_MAX: usize = 64;
/// The smallest RSA key that proves anything.
const RSA_BITS_MIN: u32 = 2048;
/// A file is looked at again no sooner, however many strange tokens come.
const REREAD_SECONDS: i64 = 30;

/// See the module's text.
#[derive(Debug)]
pub struct JwtSettings {
    /// The keys.
    pub keys: KeyFiles,
    /// `iss` is one of these.
    pub issuers: Vec<String>,
    /// `aud` has one of these.
    pub audiences: Vec<String>,
    /// Claims that are just so.
    pub claims: Vec<(String, String)>,
    /// How far `exp` and `nbf` may be off.
    pub leeway: Duration,
}

/// One public key.
#[derive(Debug, Clone)]
pub struct JwtKey {
    /// `kid`; none in a PEM file.
    pub id: Option<String>,
    /// What it verifies; a key is of one algorithm only, whatever a token says.
    pub algorithm: JwtAlgorithm,
    /// The key.
    pub key: PKey<Public>,
}

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JwtAlgorithm {
    /// RSA, PKCS #1 v1.5, with SHA-256.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
}

/// Files of public keys. Issuers change theirs every few weeks, so they are read anew when a token
/// names a key that is not known.
#[derive(Debug)]
pub struct KeyFiles {
    files: Vec<PathBuf>,
    keys: ArcSwap<Vec<JwtKey>>,
    /// Second of the clock at which the files were last read.
    read_at: AtomicI64,
}

impl KeyFiles {
    /// Reads them all.
    ///
    /// # Errors
    /// In words, which file is wrong.
    pub fn open(files: Vec<PathBuf>) -> Result<Self, String> {
        let keys = read(&files)?;
        Ok(Self { files, keys: ArcSwap::from_pointee(keys), read_at: AtomicI64::new(i64::MIN) })
    }
    /// The keys.
    pub fn keys(&self) -> Arc<Vec<JwtKey>> {
        self.keys.load_full()
    }
    /// Reads the files again, if that was not done just now; what can't be read changes nothing.
    pub fn read_again(&self, now_seconds: i64) -> Option<Arc<Vec<JwtKey>>> {
        let last = self.read_at.load(Ordering::Acquire);
        let due = last.saturating_add(REREAD_SECONDS) <= now_seconds;
        if !due
            || self.read_at.compare_exchange(last, now_seconds, Ordering::AcqRel, Ordering::Acquire).is_err()
        {
            return None;
        }
        match read(&self.files) {
            Ok(keys) => self.keys.store(Arc::new(keys)),
            Err(error) => tracing::warn!(error, "keys of a JWT source can't be read again"),
        }
        Some(self.keys())
    }
}

fn read(files: &[PathBuf]) -> Result<Vec<JwtKey>, String> {
    let mut keys = Vec::new();
    for file in files {
        let wrong = |words: String| format!("{} {words}", file.display());
        let size = std::fs::metadata(file).map_err(|error| wrong(format!("can't be read: {error}")))?.len();
        if size > FILE_BYTES_MAX {
            return Err(wrong("is too large for keys".to_owned()));
        }
        let bytes = std::fs::read(file).map_err(|error| wrong(format!("can't be read: {error}")))?;
        keys.extend(keys_of(&bytes).map_err(wrong)?);
    }
    if keys.len() > KEYS_MAX {
        return Err(format!("there are more than {KEYS_MAX} keys"));
    }
    Ok(keys)
}

/// The keys in a JWKS document (RFC 7517), or in PEM: public keys and certificates.
///
/// # Errors
/// In words, to follow the file's name.
fn keys_of(bytes: &[u8]) -> Result<Vec<JwtKey>, String> {
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
