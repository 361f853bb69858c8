//! A message of SNS, as far as its signature needs it.

use data_encoding::BASE64;
use jiff::Timestamp;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Public};
use openssl::sign::Verifier;
use serde::Deserialize;

/// The members that are signed, and the signature. One that is there twice makes it no message.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Message {
    r#type: Kind,
    #[serde(rename = "MessageId")]
    id: String,
    topic_arn: String,
    subject: Option<String>,
    #[serde(rename = "Message")]
    text: String,
    timestamp: String,
    token: Option<String>,
    #[serde(rename = "SubscribeURL")]
    subscribe_url: Option<String>,
    signature_version: Version,
    signature: String,
    #[serde(rename = "SigningCertURL")]
    signing_cert_url: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Kind {
    Notification,
    SubscriptionConfirmation,
    UnsubscribeConfirmation,
}

#[derive(Clone, Copy, Deserialize)]
enum Version {
    #[serde(rename = "1")]
    Sha1,
    #[serde(rename = "2")]
    Sha256,
}

impl Message {
    pub(super) fn of(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }
    pub(super) fn topic_arn(&self) -> &str {
        &self.topic_arn
    }
    pub(super) fn certificate_url(&self) -> &str {
        &self.signing_cert_url
    }
    pub(super) fn sent_at(&self) -> Option<Timestamp> {
        self.timestamp.parse().ok()
    }

    /// Names and values in the order in which they are signed.
    fn signed(&self) -> Vec<(&'static str, &str)> {
        let (kind, rest) = match self.r#type {
            Kind::Notification => ("Notification", [("Subject", self.subject.as_deref()), ("", None)]),
            Kind::SubscriptionConfirmation => ("SubscriptionConfirmation", self.confirmed()),
            Kind::UnsubscribeConfirmation => ("UnsubscribeConfirmation", self.confirmed()),
        };
        let [(first, first_value), (token, token_value)] = rest;
        [
            ("Message", Some(self.text.as_str())),
            ("MessageId", Some(&self.id)),
            (first, first_value),
            ("Timestamp", Some(&self.timestamp)),
            (token, token_value),
            ("TopicArn", Some(&self.topic_arn)),
            ("Type", Some(kind)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }

    fn confirmed(&self) -> [(&'static str, Option<&str>); 2] {
        [("SubscribeURL", self.subscribe_url.as_deref()), ("Token", self.token.as_deref())]
    }

    /// Has this key signed it?
    pub(super) fn is_signed_by(&self, key: &PKey<Public>) -> bool {
        let digest = match self.signature_version {
            Version::Sha1 => MessageDigest::sha1(),
            Version::Sha256 => MessageDigest::sha256(),
        };
        let Ok(signature) = BASE64.decode(self.signature.as_bytes()) else { return false };
        let verified = Verifier::new(digest, key).and_then(|mut verifier| {
            for (name, value) in self.signed() {
                for piece in [name, "\n", value, "\n"] {
                    verifier.update(piece.as_bytes())?;
                }
            }
            verifier.verify(&signature)
        });
        verified.unwrap_or(false)
    }
}
