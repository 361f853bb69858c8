//! Tokens, as Microsoft Entra and Google sign them.

use data_encoding::BASE64URL_NOPAD;
use openssl::ec::{EcGroup, EcKey};
use openssl::ecdsa::EcdsaSig;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::Signer;
use serde_json::{Value, json};

use super::*;
use crate::http::settings::jwt::{JwtSettings, KeyFiles};

fn rsa(bits: u32) -> PKey<Private> {
    PKey::from_rsa(Rsa::generate(bits).expect("a key")).expect("a key")
}

fn ec() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).expect("P-256");
    PKey::from_ec_key(EcKey::generate(&group).expect("a key")).expect("a key")
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    BASE64URL_NOPAD.encode(bytes.as_ref())
}

/// A token of these, signed as its algorithm says.
fn token(key: &PKey<Private>, header: &Value, claims: &Value) -> String {
    let text = format!("{}.{}", encode(header.to_string()), encode(claims.to_string()));
    let mut signer = Signer::new(MessageDigest::sha256(), key).expect("a signer");
    let mut signature = signer.sign_oneshot_to_vec(text.as_bytes()).expect("a signature");
    if key.ec_key().is_ok() {
        let numbers = EcdsaSig::from_der(&signature).expect("a signature");
        signature =
            [numbers.r(), numbers.s()].map(|number| number.to_vec_padded(32).expect("32 bytes")).concat();
    }
    format!("{text}.{}", encode(signature))
}

fn jwk(key: &PKey<Private>, id: &str) -> Value {
    if let Ok(rsa) = key.rsa() {
        return json!({ "kty": "RSA", "kid": id, "use": "sig", "n": encode(rsa.n().to_vec()), "e": encode(rsa.e().to_vec()) });
    }
    let key = key.ec_key().expect("an EC key");
    let mut context = openssl::bn::BigNumContext::new().expect("a context");
    let (mut x, mut y) = (openssl::bn::BigNum::new().expect("x"), openssl::bn::BigNum::new().expect("y"));
    key.public_key().affine_coordinates_gfp(key.group(), &mut x, &mut y, &mut context).expect("a point");
    let [x, y] = [x, y].map(|number| encode(number.to_vec_padded(32).expect("32 bytes")));
    json!({ "kty": "EC", "crv": "P-256", "kid": id, "alg": "ES256", "x": x, "y": y })
}

struct Issuer {
    folder: tempfile::TempDir,
    settings: AuthSettings,
}

/// Believes the keys in this document.
fn issuer(document: &str) -> Issuer {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("keys");
    std::fs::write(&file, document).expect("written");
    let settings = JwtSettings {
        keys: KeyFiles::open(vec![file]).expect("keys"),
        issuers: vec!["https://issuer".to_owned()],
        audiences: vec!["herald".to_owned()],
        claims: vec![
            ("email".to_owned(), "push@example.com".to_owned()),
            ("email_verified".to_owned(), "true".to_owned()),
        ],
        leeway: std::time::Duration::from_mins(1),
    };
    Issuer { folder, settings: AuthSettings::Jwt(std::sync::Arc::new(settings)) }
}

impl Issuer {
    fn check_at(&self, token: &str, now: i64) -> Result<usize, Fault> {
        let authorization = format!("Bearer {token}");
        Head { now, ..Head::with(&[("authorization", &authorization)]) }.key(&self.settings, b"")
    }
    fn check(&self, token: &str) -> Result<usize, Fault> {
        self.check_at(token, NOW)
    }
}

fn claims() -> Value {
    json!({
        "iss": "https://issuer", "aud": "herald", "exp": NOW + 100, "nbf": NOW - 100,
        "email": "push@example.com", "email_verified": true,
    })
}

/// The claims with one of them changed; null takes it away.
fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    match value {
        Value::Null => drop(claims.as_object_mut().expect("claims").remove(name)),
        value => claims[name] = value,
    }
    claims
}

#[test]
fn tokens_of_both_algorithms_are_taken_by_their_key_alone() {
    let (one, two) = (rsa(2048), ec());
    let issuer = issuer(&json!({ "keys": [jwk(&one, "a"), jwk(&two, "b")] }).to_string());
    let rs256 = token(&one, &json!({ "alg": "RS256", "kid": "a" }), &claims());
    let es256 = token(&two, &json!({ "alg": "ES256", "kid": "b", "typ": "JWT" }), &claims());
    assert_eq!([issuer.check(&rs256), issuer.check(&es256)], [Ok(0), Ok(1)]);
    assert_eq!(issuer.check(&token(&one, &json!({ "alg": "RS256" }), &claims())), Ok(0));

    let of = |key: &PKey<Private>, header: Value| issuer.check(&token(key, &header, &claims()));
    assert_eq!(of(&rsa(2048), json!({ "alg": "RS256", "kid": "a" })), Err(Fault::WrongSignature));
    assert_eq!(of(&one, json!({ "alg": "RS256", "kid": "b" })), Err(Fault::JwtKey));
    assert_eq!(of(&one, json!({ "alg": "ES256", "kid": "a" })), Err(Fault::JwtKey));
    assert_eq!(of(&one, json!({ "alg": "RS512", "kid": "a" })), Err(Fault::JwtAlgorithm));
    assert_eq!(of(&one, json!({ "alg": "RS256", "kid": "a", "crit": ["x"] })), Err(Fault::NoJwt));
    for alg in ["none", "None", "HS256"] {
        let text = format!("{}.{}", encode(json!({ "alg": alg }).to_string()), encode(claims().to_string()));
        // As if the public key were a shared secret.
        let shared = PKey::hmac(&one.public_key_to_pem().expect("PEM")).expect("a key");
        let mut signer = Signer::new(MessageDigest::sha256(), &shared).expect("a signer");
        let forged = encode(signer.sign_oneshot_to_vec(text.as_bytes()).expect("a tag"));
        for signature in ["", &forged] {
            assert_eq!(issuer.check(&format!("{text}.{signature}")), Err(Fault::JwtAlgorithm), "{alg}");
        }
    }
    for (place, letter) in rs256.char_indices().filter(|(place, _)| place % 97 == 0) {
        let other = if letter == 'A' { "B" } else { "A" };
        let changed = [&rs256[..place], other, &rs256[place + 1..]].concat();
        assert!(issuer.check(&changed).is_err(), "{place}");
    }
    for odd in ["", ".", "..", "a.b.c", &rs256[..40], &"x".repeat(20_000)] {
        assert!(issuer.check(odd).is_err(), "{odd}");
    }
}

#[test]
fn what_a_token_says_is_checked() {
    let key = rsa(2048);
    let issuer = issuer(&String::from_utf8(key.public_key_to_pem().expect("PEM")).expect("PEM"));
    let check = |claims: &Value| issuer.check(&token(&key, &json!({ "alg": "RS256", "kid": "any" }), claims));
    assert_eq!(check(&claims()), Ok(0));
    assert_eq!(check(&with("aud", json!(["other", "herald"]))), Ok(0));
    assert_eq!(check(&with("nbf", Value::Null)), Ok(0));
    assert_eq!([check(&with("exp", json!(NOW - 59))), check(&with("nbf", json!(NOW + 60)))], [Ok(0); 2]);
    for (name, value, fault) in [
        ("exp", json!(NOW - 60), Fault::JwtTime),
        ("exp", Value::Null, Fault::JwtTime),
        ("exp", json!("never"), Fault::JwtTime),
        ("nbf", json!(NOW + 61), Fault::JwtTime),
        ("nbf", json!("now"), Fault::JwtTime),
        ("iss", json!("https://issuer/"), Fault::JwtIssuer),
        ("iss", Value::Null, Fault::JwtIssuer),
        ("aud", json!("herald2"), Fault::JwtAudience),
        ("aud", json!([]), Fault::JwtAudience),
        ("aud", Value::Null, Fault::JwtAudience),
        ("email", json!("else@example.com"), Fault::JwtClaim),
        ("email", Value::Null, Fault::JwtClaim),
        ("email_verified", json!(false), Fault::JwtClaim),
    ] {
        assert_eq!(check(&with(name, value.clone())), Err(fault), "{name} {value}");
    }
}

#[test]
fn keys_are_read_anew_when_a_token_names_another() {
    let (old, new) = (ec(), ec());
    let document = |keys: &[Value]| json!({ "keys": keys }).to_string();
    let issuer = issuer(&document(&[jwk(&old, "old")]));
    let file = issuer.folder.path().join("keys");
    let of_new = token(&new, &json!({ "alg": "ES256", "kid": "new" }), &claims());
    assert_eq!(issuer.check(&of_new), Err(Fault::JwtKey));
    std::fs::write(&file, document(&[jwk(&old, "old"), jwk(&new, "new")])).expect("written");
    assert_eq!(issuer.check(&of_new), Err(Fault::JwtKey), "it was read just now");
    assert_eq!(issuer.check_at(&of_new, NOW + 30), Ok(1));
    // A file that is being written costs nothing but a line in the log.
    std::fs::write(&file, "{").expect("written");
    assert_eq!(
        issuer.check_at(&token(&old, &json!({ "alg": "ES256", "kid": "x" }), &claims()), NOW + 90),
        Err(Fault::JwtKey)
    );
    assert_eq!(issuer.check_at(&of_new, NOW + 95), Ok(1));
}

#[test]
fn files_without_a_key_that_proves_anything_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("keys");
    let pem = String::from_utf8(rsa(1024).public_key_to_pem().expect("PEM")).expect("PEM");
    let of = |key: Value| json!({ "keys": [key] }).to_string();
    let mut encryption = jwk(&rsa(2048), "a");
    encryption["use"] = json!("enc");
    let mut other = jwk(&rsa(2048), "a");
    other["alg"] = json!("RS512");
    for document in [
        pem,
        of(encryption),
        of(other),
        of(jwk(&rsa(1024), "a")),
        "{".to_owned(),
        String::new(),
        of(json!({"kty": "oct", "k": "AAEC"})),
    ] {
        std::fs::write(&file, &document).expect("written");
        assert!(KeyFiles::open(vec![file.clone()]).is_err(), "{document}");
    }
    assert!(KeyFiles::open(vec![folder.path().join("none")]).is_err());
}
