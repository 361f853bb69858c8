//! Signatures made elsewhere, over bodies as the tools send them.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::*;
use crate::http::settings::signing::pieces;

/// The vectors' own names for schemes.
const SCHEMES: &[(&str, &str)] = &[
    ("pagerduty_v3", "pagerduty"),
    ("standard_webhooks", "standard_webhooks"),
    ("github", "github"),
    ("grafana_hmac", "grafana"),
    ("rootly", "rootly"),
    ("firehydrant", "firehydrant"),
    ("victorops_escalation", "victorops"),
    ("sentry", "sentry"),
];

fn corpus() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let named = std::env::var_os("HERALD_CORPUS").map(Into::into);
    [named, Some(beside)].into_iter().flatten().find(|path: &PathBuf| path.is_dir())
}

fn text<'v>(vector: &'v Value, name: &str) -> Option<&'v str> {
    vector[name].as_str()
}

fn body(corpus: &Path, vector: &Value) -> Vec<u8> {
    match (text(vector, "file"), text(vector, "body")) {
        (Some(file), _) => std::fs::read(corpus.join("payloads").join(file)).expect("a body"),
        (None, Some(body)) => body.as_bytes().to_vec(),
        _ => panic!("no body: {vector:#}"),
    }
}

fn settings(vector: &Value, secret: &str) -> AuthSettings {
    let name = text(vector, "scheme").expect("a scheme");
    let (_, scheme) = SCHEMES.iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("{name}"));
    let other = if *scheme == "standard_webhooks" { "whsec_b3RoZXI=" } else { "another" };
    // One vector has a secret that is none, to be refused.
    let secret = if *scheme == "standard_webhooks" && !secret.starts_with("whsec_") { other } else { secret };
    with_form(scheme, &[other, secret], |form| {
        if let Some(header) = text(vector, "timestamp_header") {
            form.places[0].timestamp = Some(header.to_lowercase());
            form.signed = pieces("{timestamp}:{body}").expect("pieces");
        }
        form.url = text(vector, "url").unwrap_or_default().to_owned();
    })
}

/// When it was sent: as the vector says, or by its own time.
fn sent_at(vector: &Value, headers: &[(String, String)]) -> i64 {
    let rootly = headers.iter().find_map(|(_, value)| value.strip_prefix("t=")?.split(',').next());
    let timestamp = headers.iter().find(|(name, _)| name.to_lowercase().ends_with("timestamp"));
    let own = rootly.or(timestamp.map(|(_, value)| value.as_str()));
    text(vector, "at").or(own).map_or(NOW, |at| at.parse().expect("seconds"))
}

/// The same secret, but for one letter of it.
fn another_secret(secret: &str) -> String {
    let at = secret.len() / 2;
    let letter = if secret.as_bytes()[at] == b'A' { "B" } else { "A" };
    [&secret[..at], letter, &secret[at + 1..]].concat()
}

/// Every signed time a second later; none where no time is sent.
fn a_second_later(headers: &[(String, String)]) -> Option<Vec<(String, String)>> {
    let mut later = headers.to_vec();
    let mut changed = false;
    for (name, value) in &mut later {
        let (before, number, after) = match value.strip_prefix("t=").and_then(|rest| rest.split_once(',')) {
            Some((number, after)) => ("t=", number.to_owned(), format!(",{after}")),
            None if name.to_lowercase().ends_with("timestamp") => ("", value.clone(), String::new()),
            None => continue,
        };
        *value = format!("{before}{}{after}", number.parse::<i64>().expect("seconds") + 1);
        changed = true;
    }
    changed.then_some(later)
}

#[test]
fn all_vectors() {
    let Some(corpus) = corpus() else {
        println!("skipped: no signature vectors at hand (HERALD_CORPUS or ../shared/corpus)");
        return;
    };
    let vectors = std::fs::read(corpus.join("signature_vectors.json")).expect("vectors");
    let vectors: Vec<Value> = serde_json::from_slice(&vectors).expect("JSON");
    let (mut genuine, mut timed) = (0, 0);
    for vector in &vectors {
        let body = body(&corpus, vector);
        let headers: Vec<(String, String)> = vector["headers"]
            .as_object()
            .expect("headers")
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().expect("a text").to_owned()))
            .collect();
        let now = sent_at(vector, &headers);
        let secret = text(vector, "secret").expect("a secret");
        let settings = settings(vector, secret);
        let key = |headers: &[(String, String)], settings: &AuthSettings, body: &[u8]| {
            Head { headers: headers.to_vec(), now, ..Head::default() }.key(settings, body)
        };
        if vector["valid"] != true {
            assert!(key(&headers, &settings, &body).is_err(), "{vector:#}");
            continue;
        }
        assert_eq!(key(&headers, &settings, &body), Ok(1), "{vector:#}");
        for at in [0, body.len() / 2, body.len() - 1] {
            let mut other = body.clone();
            // Not the bit that makes `a` an `A`, which percent-encoding takes for the same.
            other[at] ^= 1;
            assert_eq!(key(&headers, &settings, &other), Err(Fault::WrongSignature), "{at} {vector:#}");
        }
        let wrong = self::settings(vector, &another_secret(secret));
        assert_eq!(key(&headers, &wrong, &body), Err(Fault::WrongSignature), "{vector:#}");
        if let Some(later) = a_second_later(&headers) {
            assert_eq!(key(&later, &settings, &body), Err(Fault::WrongSignature), "{vector:#}");
            timed += 1;
        }
        genuine += 1;
    }
    println!("{} vectors, {genuine} of them genuine, {timed} of those with a time", vectors.len());
    assert!(genuine >= 18 && timed >= 5, "{genuine} {timed}");
}
