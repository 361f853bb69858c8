//! Requests ready to send: built once, then only their numbers and signature are written anew.

use std::path::Path;

use anyhow::{Context, Result};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::body::{DELIVERY, INCIDENT, Webhook};
use crate::wire::Target;

/// Stands for a signature, 64 digits.
const SIGNATURE: &str = "^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^";

/// How a webhook proves who sent it.
#[derive(Debug, Clone)]
pub(crate) enum Proof {
    /// Not at all.
    None,
    /// `Authorization: Bearer …`.
    Bearer(String),
    /// `X-PagerDuty-Signature`, by this secret.
    PagerDuty(String),
}

/// A request with gaps.
#[derive(Clone)]
pub(crate) struct Request {
    bytes: Vec<u8>,
    body_from: usize,
    incidents: Vec<usize>,
    deliveries: Vec<usize>,
    signature: Option<(usize, Hmac<Sha256>)>,
}

impl Request {
    /// Builds it. A target without a path gets Herald's own for the webhook's source.
    pub(crate) fn new(target: &Target, webhook: &Webhook, proof: &Proof, headers: &[String]) -> Result<Self> {
        let path = if target.path.is_empty() {
            format!("/webhooks/{}", webhook.source)
        } else {
            target.path.clone()
        };
        let proved = match proof {
            Proof::None => None,
            Proof::Bearer(token) => Some(format!("Authorization: Bearer {token}")),
            Proof::PagerDuty(_) => Some(format!("X-PagerDuty-Signature: v1={SIGNATURE}")),
        };
        let first = [
            format!("POST {path} HTTP/1.1"),
            format!("Host: {}", target.authority),
            "Content-Type: application/json".to_owned(),
            format!("Content-Length: {}", webhook.body.len()),
        ];
        let lines = first.iter().chain(&proved).chain(&webhook.headers).chain(headers);
        let head: String = lines.flat_map(|line| [line, "\r\n"]).chain(["\r\n"]).collect();
        let body_from = head.len();
        let bytes = [head.as_bytes(), webhook.body.as_bytes()].concat();
        let signature = match proof {
            Proof::PagerDuty(secret) => {
                let place =
                    places(&bytes, SIGNATURE).first().copied().context("the signature has no place")?;
                let mac = Hmac::new_from_slice(secret.as_bytes()).context("the secret can't be a key")?;
                Some((place, mac))
            }
            Proof::None | Proof::Bearer(_) => None,
        };
        let (incidents, deliveries) = (places(&bytes, INCIDENT), places(&bytes, DELIVERY));
        Ok(Self { bytes, body_from, incidents, deliveries, signature })
    }

    /// Writes the numbers in, and signs.
    pub(crate) fn fill(&mut self, incident: u64, delivery: u64) -> &[u8] {
        for place in &self.incidents {
            write_hex(&mut self.bytes[*place..*place + 16], &incident.to_be_bytes());
        }
        for place in &self.deliveries {
            write_hex(&mut self.bytes[*place..*place + 16], &delivery.to_be_bytes());
        }
        if let Some((place, mac)) = &self.signature {
            let mut mac = mac.clone();
            mac.update(&self.bytes[self.body_from..]);
            let tag = mac.finalize().into_bytes();
            write_hex(&mut self.bytes[*place..*place + 64], &tag);
        }
        &self.bytes
    }

    /// Length of its body.
    pub(crate) fn body_bytes(&self) -> usize {
        self.bytes.len() - self.body_from
    }
}

/// A webhook from a file: posted as it stands, with gaps where it has them.
pub(crate) fn from_file(path: &Path) -> Result<Webhook> {
    let body = std::fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))?;
    Ok(Webhook { source: "herald", headers: Vec::new(), body })
}

fn places(bytes: &[u8], gap: &str) -> Vec<usize> {
    let gap = gap.as_bytes();
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = bytes[from..].windows(gap.len()).position(|window| window == gap) {
        found.push(from + at);
        from += at + gap.len();
    }
    found
}

fn write_hex(gap: &mut [u8], bytes: &[u8]) {
    data_encoding::HEXLOWER.encode_mut(bytes, gap);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::body::{PagerDuty, alertmanager};

    #[test]
    fn bodies_are_json_of_the_promised_size_and_differ() {
        let target = Target::parse("http://127.0.0.1:8080").unwrap();
        for (webhook, proof, size) in [
            (PagerDuty::TRIGGERED.webhook(), Proof::PagerDuty("s".to_owned()), 2_048),
            (alertmanager(), Proof::Bearer("t".to_owned()), 8_192),
        ] {
            let mut request = Request::new(&target, &webhook, &proof, &[]).unwrap();
            let one = request.fill(1, 1).to_vec();
            let two = request.fill(2, 2).to_vec();
            assert_ne!(one, two);
            let body: serde_json::Value = serde_json::from_slice(&one[request.body_from..]).unwrap();
            assert!(body.is_object());
            assert!(request.body_bytes().abs_diff(size) < size / 10, "{}", request.body_bytes());
            assert!(!one.contains(&b'@') && !one.contains(&b'~') && !one.contains(&b'^'));
        }
    }
}
