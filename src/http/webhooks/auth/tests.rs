//! Proofs, genuine and forged. What is genuine is made by OpenSSL, which verifies none of it here.

mod jwt;
mod shared;
mod signed;
mod vectors;

use actix_web::test::TestRequest;
use jiff::Timestamp;

use super::*;
use crate::http::settings::signing::{Preset, Signing, SigningForm};
use crate::secret::Secret;

const NOW: i64 = 1_700_000_000;

fn secrets(words: &[&str]) -> Vec<Secret> {
    words.iter().map(|word| Secret::new(word.as_bytes())).collect()
}

/// A delivery, without its body.
struct Head<'h> {
    path: &'h str,
    headers: Vec<(String, String)>,
    now: i64,
}

impl Default for Head<'_> {
    fn default() -> Self {
        Self { path: "/webhooks/x", headers: Vec::new(), now: NOW }
    }
}

impl Head<'_> {
    fn with(headers: &[(&str, &str)]) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { headers, ..Self::default() }
    }
    fn at(path: &str) -> Head<'_> {
        Head { path, ..Head::default() }
    }
    /// Which key proves it. What stands in the head alone is found before the body is read.
    fn key(&self, settings: &AuthSettings, body: &[u8]) -> Result<usize, Fault> {
        let request = self.headers.iter().fold(TestRequest::with_uri(self.path), |request, (name, value)| {
            request.append_header((name.as_str(), value.as_str()))
        });
        let request = request.to_http_request();
        let posted = Posted::of(&request, Timestamp::from_second(self.now).expect("a time"));
        let proof = match before_body(settings, &posted)? {
            Some(proof) => proof,
            None => over_body(settings, &posted, body)?,
        };
        proof.key.ok_or(Fault::NoSignature)
    }
}

/// A scheme as it is.
fn preset(scheme: &str, secrets: &[&str]) -> AuthSettings {
    with_form(scheme, secrets, |_| ())
}

fn with_form(scheme: &str, secrets: &[&str], change: impl FnOnce(&mut SigningForm)) -> AuthSettings {
    let preset = Preset::of(scheme).expect("a scheme");
    let mut form = preset.form();
    change(&mut form);
    let key = |secret: &&str| preset.secret_form.key(Secret::new(secret.as_bytes())).expect("a key");
    AuthSettings::Signed(Signing { form, keys: secrets.iter().map(key).collect() })
}
