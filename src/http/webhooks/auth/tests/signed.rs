//! Every scheme that signs, as its sender does it.

use data_encoding::{BASE64, HEXLOWER, HEXUPPER};
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;

use super::super::signed::SIGNATURES_MAX;
use super::*;
use crate::http::settings::signing::{Algorithm, Encoding, PRESETS, Separator, SignaturePlace, pieces};

const BODY: &[u8] = br#"{"what": "a body"}"#;

fn tag(digest: MessageDigest, key: &[u8], text: &[u8]) -> Vec<u8> {
    let key = PKey::hmac(key).expect("a key");
    let mut signer = Signer::new(digest, &key).expect("a signer");
    signer.sign_oneshot_to_vec(text).expect("a tag")
}

fn sha256(key: &[u8], text: &[&[u8]]) -> Vec<u8> {
    tag(MessageDigest::sha256(), key, &text.concat())
}

/// One genuine delivery of a scheme.
struct Genuine {
    scheme: &'static str,
    secret: &'static str,
    headers: Vec<(&'static str, String)>,
    body: &'static [u8],
    settings: AuthSettings,
}

/// `old` is a secret of before, in the same form.
fn genuine() -> Vec<Genuine> {
    let hex = |text: &[&[u8]]| HEXLOWER.encode(&sha256(b"s3cret", text));
    let make = |scheme, headers, body| Genuine {
        scheme,
        secret: "s3cret",
        headers,
        body,
        settings: preset(scheme, &["old", "s3cret"]),
    };
    let now = NOW.to_string();
    let standard = BASE64.encode(&sha256(&[0, 1, 2], &[b"msg_1.", now.as_bytes(), b".", BODY]));
    let standard = |names: [&'static str; 3]| Genuine {
        scheme: "standard_webhooks",
        secret: "whsec_AAEC",
        headers: names.into_iter().zip(["msg_1".to_owned(), now.clone(), format!("v1,{standard}")]).collect(),
        body: BODY,
        settings: preset("standard_webhooks", &["whsec_b2xk", "whsec_AAEC"]),
    };
    let form = b"b=%22two%22&a=1+x&a=0&c";
    let url = "https://herald.example.com/webhooks/victorops?x=1";
    let victorops =
        BASE64.encode(&tag(MessageDigest::sha1(), b"s3cret", format!("{url}a0a1 xb\"two\"c").as_bytes()));
    vec![
        make("pagerduty", vec![("X-PagerDuty-Signature", format!("v1={}", hex(&[BODY])))], BODY),
        standard(["webhook-id", "webhook-timestamp", "webhook-signature"]),
        standard(["svix-id", "svix-timestamp", "svix-signature"]),
        make("github", vec![("X-Hub-Signature-256", format!("sha256={}", hex(&[BODY])))], BODY),
        make("github", vec![("X-Hub-Signature", format!("sha256={}", hex(&[BODY])))], BODY),
        make("sentry", vec![("Sentry-Hook-Signature", hex(&[BODY]))], BODY),
        make("grafana", vec![("X-Grafana-Alerting-Signature", hex(&[BODY]))], BODY),
        Genuine {
            settings: with_form("grafana", &["old", "s3cret"], |form| {
                form.places[0].timestamp = Some("x-time".to_owned());
                form.signed = pieces("{timestamp}:{body}").expect("pieces");
            }),
            ..make(
                "grafana",
                vec![
                    ("X-Grafana-Alerting-Signature", hex(&[now.as_bytes(), b":", BODY])),
                    ("X-Time", now.clone()),
                ],
                BODY,
            )
        },
        make(
            "rootly",
            vec![("X-Rootly-Signature", format!("t={now}, v1={}", hex(&[now.as_bytes(), BODY])))],
            BODY,
        ),
        make("firehydrant", vec![("fh-signature", hex(&[BODY]))], BODY),
        Genuine {
            settings: with_form("victorops", &["old", "s3cret"], |form| url.clone_into(&mut form.url)),
            ..make("victorops", vec![("X-VictorOps-Signature", victorops)], form)
        },
    ]
}

fn head(headers: &[(&str, String)]) -> Head<'static> {
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Head::with(&headers)
}

#[test]
fn every_scheme_takes_what_its_sender_signs_and_nothing_else() {
    let genuine = genuine();
    for preset in PRESETS.iter().filter(|preset| preset.scheme != "hmac") {
        assert!(genuine.iter().any(|one| one.scheme == preset.scheme), "{}", preset.scheme);
    }
    for Genuine { scheme, secret, headers, body, settings } in genuine {
        assert_eq!(head(&headers).key(&settings, body), Ok(1), "{scheme}");
        for at in 0..body.len() {
            let mut other = body.to_vec();
            other[at] ^= 1;
            assert!(head(&headers).key(&settings, &other).is_err(), "{scheme}: byte {at}");
        }
        let signature = headers.iter().position(|(name, _)| name.to_lowercase().contains("signature"));
        let signature = signature.expect("a signature");
        let mut others = headers.clone();
        others[signature].1 = headers[signature].1.replace("v1", "v2").replace("sha256", "sha1");
        if others != headers {
            assert_eq!(head(&others).key(&settings, body), Err(Fault::NoKnownSignature), "{scheme}");
        }
        others.remove(signature);
        assert_eq!(head(&others).key(&settings, body), Err(Fault::NoSignature), "{scheme}");
        let wrong = [if secret.starts_with("whsec_") { "whsec_b2xk" } else { "S3cret" }];
        let AuthSettings::Signed(Signing { form, .. }) = settings else { panic!("signed") };
        let settings = with_form(scheme, &wrong, |known| *known = form);
        assert_eq!(head(&headers).key(&settings, body), Err(Fault::WrongSignature), "{scheme}");
    }
}

#[test]
fn a_signed_time_is_now() {
    let timed =
        genuine().into_iter().filter(|one| one.headers.iter().any(|(_, value)| value.contains("1700000000")));
    let mut count = 0;
    for Genuine { scheme, headers, body, settings, .. } in timed {
        let at = |off: i64| Head { now: NOW + off, ..head(&headers) }.key(&settings, body);
        assert_eq!([at(300), at(-300)], [Ok(1); 2], "{scheme}");
        for off in [301_u16, 302] {
            let fault = Fault::OutOfTime { seconds_off: off.into(), tolerance_seconds: 300 };
            assert_eq!([at(off.into()), at(-i64::from(off))], [Err(fault); 2], "{scheme}");
        }
        let with = |now: &str| {
            let headers: Vec<_> =
                headers.iter().map(|(name, value)| (*name, value.replace("1700000000", now))).collect();
            head(&headers).key(&settings, body)
        };
        assert_eq!(with("1700000001"), Err(Fault::WrongSignature), "{scheme}");
        // The same moment in another spelling is another text.
        assert_eq!(with("1700000000000"), Err(Fault::WrongSignature), "{scheme}");
        for odd in ["+1700000000", "1700000000.0", "", "99999999999999999999", "now"] {
            assert_eq!(with(odd), Err(Fault::NoTimestamp), "{scheme} {odd}");
        }
        count += 1;
    }
    assert_eq!(count, 4);
}

#[test]
fn several_signatures_and_several_secrets() {
    let settings = preset("pagerduty", &["old", "new", "new"]);
    let hex = |secret: &[u8]| HEXLOWER.encode(&sha256(secret, &[BODY]));
    let check = |value: &str| Head::with(&[("x-pagerduty-signature", value)]).key(&settings, BODY);
    let old = hex(b"old");
    assert_eq!(check(&format!("v1={old}")), Ok(0));
    assert_eq!(check(&format!("v1={}", old.to_uppercase())), Ok(0));
    assert_eq!(check(&format!("v2=00, v1={}, v1={}", "0".repeat(64), hex(b"new"))), Ok(1));
    for wrong in [
        String::new(),
        old.clone(),
        format!("v2={old}"),
        format!("v1={}", &old[..62]),
        format!("v1={old}00"),
        "v1=".to_owned(),
        "v1=not hex".to_owned(),
        format!("v1={}", hex(b"else")),
        format!("{}v1={old}", "v1=00,".repeat(SIGNATURES_MAX)),
    ] {
        assert!(check(&wrong).is_err(), "{wrong}");
    }
    // An empty secret is a mistake in the configuration.
    let none = preset("pagerduty", &[""]);
    let AuthSettings::Signed(signing) = &none else { panic!("signed") };
    assert_eq!(signing.keys.len(), 1);
    let empty = format!("v1={}", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    assert_eq!(Head::with(&[("x-pagerduty-signature", &empty)]).key(&none, b""), Err(Fault::WrongSignature));
}

#[test]
fn a_public_key_is_for_v1a_alone() {
    let pair = PKey::generate_ed25519().expect("a key");
    let public = pair.raw_public_key().expect("a public key");
    let secret = format!("whpk_{}", BASE64.encode(&public));
    let text = [b"msg_1.", NOW.to_string().as_bytes(), b".", BODY].concat();
    let sign = |text: &[u8]| {
        let mut signer = Signer::new_without_digest(&pair).expect("a signer");
        BASE64.encode(&signer.sign_oneshot_to_vec(text).expect("a signature"))
    };
    let settings = preset("standard_webhooks", &["whsec_AAEC", &secret]);
    let check = |signature: &str, body: &[u8]| {
        let now = NOW.to_string();
        let pairs =
            [("webhook-id", "msg_1"), ("webhook-timestamp", now.as_str()), ("webhook-signature", signature)];
        Head::with(&pairs).key(&settings, body)
    };
    let signature = sign(&text);
    assert_eq!(check(&format!("v1,AAAA v1a,{signature}"), BODY), Ok(1));
    assert_eq!(check(&format!("v1a,{signature}"), b"{}"), Err(Fault::WrongSignature));
    assert_eq!(check(&format!("v1,{signature}"), BODY), Err(Fault::WrongSignature));
    // A keyed hash with what everybody may know proves nothing, by whichever version.
    for key in [public.as_slice(), secret.as_bytes()] {
        let forged = BASE64.encode(&sha256(key, &[&text]));
        for version in ["v1", "v1a"] {
            assert_eq!(check(&format!("{version},{forged}"), BODY), Err(Fault::WrongSignature));
        }
    }
    // Nor is a shared secret's hash one of v1a.
    let shared = BASE64.encode(&sha256(&[0, 1, 2], &[&text]));
    assert_eq!(check(&format!("v1,{shared}"), BODY), Ok(0));
    assert_eq!(check(&format!("v1a,{shared}"), BODY), Err(Fault::WrongSignature));
}

#[test]
fn the_free_scheme_signs_as_it_is_told() {
    let now = NOW.to_string();
    for (algorithm, digest) in [
        (Algorithm::Sha1, MessageDigest::sha1()),
        (Algorithm::Sha256, MessageDigest::sha256()),
        (Algorithm::Sha512, MessageDigest::sha512()),
    ] {
        for (signed, text) in [
            ("{body}", String::new()),
            ("{timestamp}.{body}", format!("{now}.")),
            ("{timestamp}{body}", now.clone()),
            ("{timestamp}:{body}", format!("{now}:")),
            ("v0:{timestamp}:{body}", format!("v0:{now}:")),
            ("{id}.{timestamp}.{body}", format!("one.{now}.")),
        ] {
            for encoding in [Encoding::Hex, Encoding::Base64] {
                let settings = with_form("hmac", &["k"], |form| {
                    form.places.push(SignaturePlace {
                        signature: "x-signature".to_owned(),
                        timestamp: Some("x-time".to_owned()),
                        id: Some("x-id".to_owned()),
                    });
                    form.versions = vec![("sig=".to_owned(), algorithm)];
                    form.signed = pieces(signed).expect("pieces");
                    form.separator = Separator::Comma;
                    form.encoding = encoding;
                });
                let tag = tag(digest, b"k", &[text.as_bytes(), BODY].concat());
                let written = match encoding {
                    Encoding::Hex => HEXUPPER.encode(&tag),
                    Encoding::Base64 => BASE64.encode(&tag),
                };
                let check = |value: &str, id: &str| {
                    Head::with(&[("x-signature", value), ("x-time", &now), ("x-id", id)]).key(&settings, BODY)
                };
                assert_eq!(check(&format!("other=1,sig={written}"), "one"), Ok(0), "{signed} {algorithm:?}");
                for wrong in
                    [written.clone(), "sig=".to_owned(), format!("sig={written}A"), "sig=0".to_owned()]
                {
                    assert!(check(&wrong, "one").is_err(), "{wrong}");
                }
                if signed.contains("{id}") {
                    assert_eq!(check(&format!("sig={written}"), "two"), Err(Fault::WrongSignature));
                    assert_eq!(check(&format!("sig={written}"), ""), Err(Fault::NoId));
                }
            }
        }
    }
}
