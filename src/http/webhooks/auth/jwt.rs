//! Tokens that an issuer has signed (RFC 7519), as Microsoft Entra and Google make them.

use data_encoding::BASE64URL_NOPAD;
use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use openssl::hash::MessageDigest;
use openssl::sign::Verifier;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Fault, Posted, credentials};
use crate::http::settings::jwt::{JwtAlgorithm, JwtKey, JwtSettings};

/// Longest token that is read.
const TOKEN_BYTES_MAX: usize = 16 * 1024;
/// Bytes of each number of a signature on P-256.
const P256_BYTES: usize = 32;

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Extensions that must be understood: none is.
    crit: Option<Value>,
}

/// Which of the keys signed it, where the token says what is wanted.
pub(super) fn verify(settings: &JwtSettings, posted: &Posted<'_>) -> Result<usize, Fault> {
    let token = credentials(posted.headers, "bearer").ok_or(Fault::NoCredentials)?;
    if token.len() > TOKEN_BYTES_MAX {
        return Err(Fault::NoJwt);
    }
    let (signed, signature) = token.rsplit_once('.').ok_or(Fault::NoJwt)?;
    let (header, claims) = signed.split_once('.').ok_or(Fault::NoJwt)?;
    let header: Header = json(header)?;
    if header.crit.is_some() {
        return Err(Fault::NoJwt);
    }
    // A token never chooses anything but among these two; and a key verifies one of them only.
    let algorithm = match header.alg.as_str() {
        "RS256" => JwtAlgorithm::Rs256,
        "ES256" => JwtAlgorithm::Es256,
        _ => return Err(Fault::JwtAlgorithm),
    };
    let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).map_err(|_| Fault::NoJwt)?;
    let of_one = |keys: &[JwtKey]| {
        let named = |key: &JwtKey| header.kid.as_ref().zip(key.id.as_ref()).is_none_or(|(kid, id)| kid == id);
        let fits = |key: &JwtKey| named(key) && key.algorithm == algorithm;
        let mut fault = Fault::JwtKey;
        for (place, key) in keys.iter().enumerate().filter(|(_, key)| fits(key)) {
            if is_signed(key, signed.as_bytes(), &signature) {
                return Ok(place);
            }
            fault = Fault::WrongSignature;
        }
        Err(fault)
    };
    let key = of_one(&settings.keys.keys()).or_else(|fault| {
        // The issuer has a new key perhaps, and the file has it.
        let keys = settings.keys.read_again(posted.now.as_second()).ok_or(fault)?;
        of_one(&keys)
    })?;
    claim(settings, posted, &json(claims)?)?;
    Ok(key)
}

fn json<T: for<'d> Deserialize<'d>>(part: &str) -> Result<T, Fault> {
    let bytes = BASE64URL_NOPAD.decode(part.as_bytes()).map_err(|_| Fault::NoJwt)?;
    serde_json::from_slice(&bytes).map_err(|_| Fault::NoJwt)
}

fn is_signed(key: &JwtKey, text: &[u8], signature: &[u8]) -> bool {
    let signature = match key.algorithm {
        JwtAlgorithm::Rs256 => Some(signature.to_vec()),
        JwtAlgorithm::Es256 => as_der(signature),
    };
    let Some(signature) = signature else { return false };
    let verified = Verifier::new(MessageDigest::sha256(), &key.key)
        .and_then(|mut verifier| verifier.verify_oneshot(&signature, text));
    verified.unwrap_or(false)
}

/// The two numbers of an ECDSA signature as OpenSSL wants them.
fn as_der(signature: &[u8]) -> Option<Vec<u8>> {
    let (r, s) = signature.split_at_checked(P256_BYTES).filter(|(_, s)| s.len() == P256_BYTES)?;
    let (r, s) = (BigNum::from_slice(r).ok()?, BigNum::from_slice(s).ok()?);
    EcdsaSig::from_private_components(r, s).ok()?.to_der().ok()
}

/// What the token says, once it is known who says it.
fn claim(settings: &JwtSettings, posted: &Posted<'_>, claims: &Map<String, Value>) -> Result<(), Fault> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    #[allow(clippy::cast_precision_loss)] // seconds of this century
    let (now, leeway) = (posted.now.as_second() as f64, settings.leeway.as_secs_f64());
    let expires = claims.get("exp").and_then(Value::as_f64).ok_or(Fault::JwtTime)?;
    let from = match claims.get("nbf") {
        None => f64::MIN,
        Some(value) => value.as_f64().ok_or(Fault::JwtTime)?,
    };
    if now >= expires + leeway || now + leeway < from {
        return Err(Fault::JwtTime);
    }
    if !text("iss").is_some_and(|iss| settings.issuers.iter().any(|known| known == iss)) {
        return Err(Fault::JwtIssuer);
    }
    let is_audience =
        |value: &Value| value.as_str().is_some_and(|aud| settings.audiences.iter().any(|known| known == aud));
    let for_us = match claims.get("aud") {
        Some(Value::Array(several)) => several.iter().any(is_audience),
        Some(one) => is_audience(one),
        None => false,
    };
    if !for_us {
        return Err(Fault::JwtAudience);
    }
    let is_said = |(name, wanted): &(String, String)| match claims.get(name) {
        Some(Value::String(said)) => said == wanted,
        Some(Value::Bool(said)) => wanted.parse() == Ok(*said),
        Some(Value::Number(said)) => said.as_i64().is_some_and(|said| wanted.parse() == Ok(said)),
        _ => false,
    };
    if settings.claims.iter().all(is_said) { Ok(()) } else { Err(Fault::JwtClaim) }
}
