//! Every scheme on any headers, query and body: no panic, and nothing proves anything without the
//! secret. An input is a line for the query, lines of headers, an empty line, and the body; its first
//! byte names the scheme.
#![no_main]

use std::sync::LazyLock;

use herald::config::{Environment, Request};
use herald::http::settings::SourceSettings;
use herald::http::webhooks::proves;
use libfuzzer_sys::fuzz_target;

/// No input is likely to hit upon it.
const SECRET: &str = "whsec_bm90LWEtcmVhbC1zZWNyZXQtbm90LWEtcmVhbC1zZWM=";
const KEY: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt
6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==
-----END PUBLIC KEY-----
";
const SCHEMES: &[&str] = &[
    "scheme: bearer", "scheme: basic", "scheme: header, header: x-token", "scheme: url_secret", "scheme: pagerduty",
    "scheme: standard_webhooks", "scheme: github", "scheme: sentry", "scheme: grafana, timestamp_header: x-time",
    "scheme: rootly", "scheme: firehydrant", "scheme: victorops, url: 'https://example.com/a'",
    "scheme: hmac, header: x-sig, signed: 'v0:{timestamp}:{body}', timestamp_header: x-time",
];

static SOURCES: LazyLock<Vec<SourceSettings>> = LazyLock::new(|| {
    let dir = tempfile::tempdir().expect("a folder");
    std::fs::write(dir.path().join("secret"), SECRET).expect("writes");
    std::fs::write(dir.path().join("user"), "user:password-of-nobody").expect("writes");
    std::fs::write(dir.path().join("key.pem"), KEY).expect("writes");
    let mut text = String::from("kafka: { bootstrap_servers: ['127.0.0.1:9'] }\nsources:\n");
    for (place, scheme) in SCHEMES.iter().enumerate() {
        let secret = if scheme.contains("basic") { "user" } else { "secret" };
        text += &format!("  s{place}: {{ kind: herald, auth: {{ {scheme}, secret_file: {secret} }} }}\n");
    }
    text += "  jwt: { kind: herald, auth: { scheme: jwt, keys_file: key.pem, issuer: i, audience: a } }\n";
    text += "  sns: { kind: aws_sns, auth: { scheme: sns, topic_arns: ['arn:aws:sns:eu-west-1:123456789012:a'] } }\n";
    let file = dir.path().join("herald.yaml");
    std::fs::write(&file, text).expect("writes");
    let request = Request { file: Some(file), environment: Environment::default(), ..Request::default() };
    herald::config::load(&request).expect("a configuration").sources
});

fuzz_target!(|input: &[u8]| {
    let Some((scheme, rest)) = input.split_first() else { return };
    let source = &SOURCES[usize::from(*scheme) % SOURCES.len()];
    let cut = rest.windows(2).position(|pair| pair == b"\n\n").unwrap_or(rest.len());
    let (head, body) = rest.split_at(cut);
    let head = String::from_utf8_lossy(head);
    let mut lines = head.lines();
    let query = lines.next().unwrap_or_default();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let now = jiff::Timestamp::from_second(1_674_087_231).expect("a time");
    let body = body.get(2..).unwrap_or_default();
    assert!(!proves(&source.auth, &headers, query, body, now), "{} is proved without its secret", source.name);
});
