//! Signatures and shared secrets, genuine and forged.

use actix_web::http::header::HeaderValue;
use serde_json::Value;

use super::*;

fn secrets(words: &[&str]) -> Vec<Secret> {
    words.iter().map(|word| Secret::new(word.as_bytes())).collect()
}

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in pairs {
        let name = HeaderName::try_from(*name).expect("a name");
        map.append(name, HeaderValue::from_str(value).expect("a value"));
    }
    map
}

fn key(settings: &AuthSettings, pairs: &[(&str, &str)], body: &[u8]) -> Option<Option<usize>> {
    verify(settings, &headers(pairs), body).map(|proof| proof.key)
}

/// Signatures made elsewhere, over bodies as PagerDuty sends them.
#[test]
fn pagerduty_vectors() {
    let beside = std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let named = std::env::var_os("HERALD_CORPUS").map(Into::into);
    let found = [Some(beside), named].into_iter().flatten().find(|path| path.is_dir());
    let Some(corpus) = found else {
        println!("skipped: no signature vectors at hand (../shared/corpus or HERALD_CORPUS)");
        return;
    };
    let vectors = std::fs::read(corpus.join("signature_vectors.json")).expect("vectors");
    let vectors: Vec<Value> = serde_json::from_slice(&vectors).expect("JSON");
    let mut checked = 0;
    for vector in vectors.iter().filter(|vector| vector["scheme"] == "pagerduty_v3") {
        let file = vector["file"].as_str().expect("a file");
        let body = std::fs::read(corpus.join("payloads").join(file)).expect("a body");
        let secret = vector["secret"].as_str().expect("a secret");
        let signature = vector["headers"]["X-PagerDuty-Signature"].as_str().expect("a signature");
        let settings = AuthSettings::PagerDuty { secrets: secrets(&["another", secret]) };
        let pairs = [("x-pagerduty-signature", signature)];
        let expected = vector["valid"].as_bool().expect("valid").then_some(Some(1));
        assert_eq!(key(&settings, &pairs, &body), expected, "{vector:#}");
        // One byte more, and nothing fits any longer.
        assert_eq!(key(&settings, &pairs, &[body, b" ".to_vec()].concat()), None);
        checked += 1;
    }
    assert!(checked >= 11, "{checked}");
}

#[test]
fn pagerduty_signatures() {
    let settings = AuthSettings::PagerDuty { secrets: secrets(&["old", "new", "new"]) };
    let hex = |secret: &str, body: &[u8]| {
        let tag = tag::<Hmac<Sha256>>(&Secret::new(secret), body).expect("a tag");
        data_encoding::HEXLOWER.encode(&tag)
    };
    let old = hex("old", b"{}");
    let check = |value: &str| key(&settings, &[("x-pagerduty-signature", value)], b"{}");
    assert_eq!(check(&format!("v1={old}")), Some(Some(0)));
    assert_eq!(check(&format!("v2=00, v1={}, v1={}", "0".repeat(64), hex("new", b"{}"))), Some(Some(1)));
    for wrong in [
        String::new(),
        old.clone(),
        format!("v2={old}"),
        format!("v1={}", &old[..62]),
        format!("v1={old}00"),
        "v1=".to_owned(),
        "v1=not hex".to_owned(),
        format!("v1={}", hex("else", b"{}")),
        format!("{}v1={old}", "v1=00,".repeat(SIGNATURES_MAX)),
    ] {
        assert_eq!(check(&wrong), None, "{wrong}");
    }
    assert_eq!(key(&settings, &[], b"{}"), None);
    let none = AuthSettings::PagerDuty { secrets: secrets(&[""]) };
    let signature = format!("v1={}", hex("", b"{}"));
    assert_eq!(key(&none, &[("x-pagerduty-signature", &signature)], b"{}"), None, "an empty secret");
}

#[test]
fn bearer_and_basic() {
    let bearer = AuthSettings::Bearer { secrets: secrets(&["one", "two"]) };
    assert_eq!(key(&bearer, &[("authorization", "Bearer two")], b""), Some(Some(1)));
    assert_eq!(key(&bearer, &[("authorization", "bearer  one")], b""), Some(Some(0)));
    for wrong in ["Bearer", "Bearer ", "Bearer three", "Bearer onE", "Basic one", "one", "Bearer one two"] {
        assert_eq!(key(&bearer, &[("authorization", wrong)], b""), None, "{wrong}");
    }
    let twice = [("authorization", "Bearer one"), ("authorization", "Bearer one")];
    assert_eq!(key(&bearer, &twice, b""), None);
    assert_eq!(
        key(&AuthSettings::Bearer { secrets: secrets(&[""]) }, &[("authorization", "Bearer ")], b""),
        None
    );

    let basic = AuthSettings::Basic { secrets: secrets(&["user:pass:word"]) };
    let value = format!("Basic {}", BASE64.encode(b"user:pass:word"));
    assert_eq!(key(&basic, &[("authorization", &value)], b""), Some(Some(0)));
    for wrong in ["Basic user:pass:word", "Basic dXNlcjpwYXNz", "Basic !", "Bearer dXNlcjpwYXNzOndvcmQ="] {
        assert_eq!(key(&basic, &[("authorization", wrong)], b""), None, "{wrong}");
    }
}

#[test]
fn keyed_hashes() {
    let body = b"payload";
    for (algorithm, encoding) in
        [(HmacAlgorithm::Sha256, SignatureEncoding::Hex), (HmacAlgorithm::Sha512, SignatureEncoding::Base64)]
    {
        let settings = AuthSettings::Hmac {
            header: "x-signature".to_owned(),
            algorithm,
            encoding,
            prefix: "sha=".to_owned(),
            secrets: secrets(&["k"]),
        };
        let secret = Secret::new("k");
        let tag = match algorithm {
            HmacAlgorithm::Sha256 => tag::<Hmac<Sha256>>(&secret, body),
            HmacAlgorithm::Sha512 => tag::<Hmac<Sha512>>(&secret, body),
        };
        let tag = tag.expect("a tag");
        let written = match encoding {
            SignatureEncoding::Hex => data_encoding::HEXUPPER.encode(&tag),
            SignatureEncoding::Base64 => BASE64.encode(&tag),
        };
        let check = |value: &str| key(&settings, &[("x-signature", value)], body);
        assert_eq!(check(&format!("sha={written}")), Some(Some(0)));
        for wrong in [written.clone(), "sha=".to_owned(), format!("sha={written}A"), "sha=0".to_owned()] {
            assert_eq!(check(&wrong), None, "{wrong}");
        }
    }
}
