//! What each sender makes of it: a row for each.

use super::{
    Algorithm, Encoding, SecretForm, Separator, SignaturePlace, SigningForm, TOLERANCE_DEFAULT, pieces,
};

/// A scheme with a name: what its sender does, as far as that is fixed.
#[derive(Debug)]
pub struct Preset {
    /// Its name in the configuration.
    pub scheme: &'static str,
    /// Headers of signature, time and id.
    places: &'static [(&'static str, Option<&'static str>, Option<&'static str>)],
    separator: Separator,
    versions: &'static [(&'static str, Algorithm)],
    encoding: Encoding,
    signed: &'static str,
    timestamp_field: Option<&'static str>,
    /// How its secrets are written.
    pub secret_form: SecretForm,
    /// Which of the keys of `hmac` may be said besides.
    pub keys: &'static [&'static str],
}

/// Where nothing else is said: one signature of the body, without a time.
const PLAIN: Preset = Preset {
    scheme: "hmac",
    places: &[],
    separator: Separator::None,
    versions: &[("", Algorithm::Sha256)],
    encoding: Encoding::Hex,
    signed: "{body}",
    timestamp_field: None,
    secret_form: SecretForm::Text,
    keys: &[
        "header",
        "algorithm",
        "encoding",
        "prefix",
        "separator",
        "signed",
        "timestamp_header",
        "timestamp_field",
        "id_header",
        "secret_form",
        "tolerance",
        "url",
    ],
};

/// All schemes that sign; the free one first.
pub const PRESETS: &[Preset] = &[
    PLAIN,
    // No time is signed: its deliveries' ids are what a repeated one is known by.
    Preset {
        scheme: "pagerduty",
        places: &[("x-pagerduty-signature", None, None)],
        separator: Separator::Comma,
        versions: &[("v1=", Algorithm::Sha256)],
        keys: &[],
        ..PLAIN
    },
    Preset {
        scheme: "standard_webhooks",
        places: &[
            ("webhook-signature", Some("webhook-timestamp"), Some("webhook-id")),
            ("svix-signature", Some("svix-timestamp"), Some("svix-id")),
        ],
        separator: Separator::Blank,
        versions: &[("v1,", Algorithm::Sha256), ("v1a,", Algorithm::Ed25519)],
        encoding: Encoding::Base64,
        signed: "{id}.{timestamp}.{body}",
        secret_form: SecretForm::Webhook,
        keys: &["tolerance"],
        ..PLAIN
    },
    // GitHub's older header of the same name has SHA-1, which is not taken; Jira's has SHA-256.
    Preset {
        scheme: "github",
        places: &[("x-hub-signature-256", None, None), ("x-hub-signature", None, None)],
        versions: &[("sha256=", Algorithm::Sha256)],
        keys: &[],
        ..PLAIN
    },
    Preset { scheme: "sentry", places: &[("sentry-hook-signature", None, None)], keys: &[], ..PLAIN },
    // With `timestamp_header`, as in the contact point, the time is signed too.
    Preset {
        scheme: "grafana",
        places: &[("x-grafana-alerting-signature", None, None)],
        keys: &["header", "timestamp_header", "tolerance"],
        ..PLAIN
    },
    Preset {
        scheme: "rootly",
        places: &[("x-rootly-signature", None, None)],
        separator: Separator::Comma,
        versions: &[("v1=", Algorithm::Sha256)],
        signed: "{timestamp}{body}",
        timestamp_field: Some("t="),
        keys: &["tolerance"],
        ..PLAIN
    },
    Preset { scheme: "firehydrant", places: &[("fh-signature", None, None)], keys: &[], ..PLAIN },
    Preset {
        scheme: "victorops",
        places: &[("x-victorops-signature", None, None)],
        versions: &[("", Algorithm::Sha1)],
        encoding: Encoding::Base64,
        signed: "{url}{form}",
        keys: &["url"],
        ..PLAIN
    },
];

impl Preset {
    /// The scheme of this name.
    pub fn of(scheme: &str) -> Option<&'static Self> {
        PRESETS.iter().find(|preset| preset.scheme == scheme)
    }

    /// What it fixes, and what is usual where it fixes nothing.
    pub fn form(&self) -> SigningForm {
        let place = |(signature, timestamp, id): &(&str, Option<&str>, Option<&str>)| SignaturePlace {
            signature: (*signature).to_owned(),
            timestamp: timestamp.map(str::to_owned),
            id: id.map(str::to_owned),
        };
        SigningForm {
            places: self.places.iter().map(place).collect(),
            separator: self.separator,
            versions: self.versions.iter().map(|(prefix, how)| ((*prefix).to_owned(), *how)).collect(),
            encoding: self.encoding,
            signed: pieces(self.signed).unwrap_or_default(),
            timestamp_field: self.timestamp_field.map(str::to_owned),
            tolerance: TOLERANCE_DEFAULT,
            url: String::new(),
        }
    }
}
