//! Signatures over what was posted: one mechanism, and what each sender makes of it.

mod presets;

use std::time::Duration;

use openssl::pkey::{Id, PKey, Public};

pub use self::presets::{PRESETS, Preset};
use crate::secret::Secret;

/// How far a signed time may be away from this machine's clock, either way.
pub const TOLERANCE_DEFAULT: Duration = Duration::from_mins(5);

/// How a sender signs, and the keys that it may sign with.
#[derive(Debug, Clone)]
pub struct Signing {
    /// How.
    pub form: SigningForm,
    /// Any of them.
    pub keys: Vec<SigningKey>,
}

/// A key that verifies.
#[derive(Debug, Clone)]
pub enum SigningKey {
    /// Shared with the sender.
    Shared(Secret),
    /// The sender's public key, of ed25519.
    Public(PKey<Public>),
}

/// How a sender signs.
#[derive(Debug, Clone, PartialEq)]
pub struct SigningForm {
    /// Where it may stand. The first whose header a delivery has counts.
    pub places: Vec<SignaturePlace>,
    /// Between several signatures in one header.
    pub separator: Separator,
    /// What stands before a signature, as `v1=`, and the algorithm that it means. Others are not
    /// ours to judge.
    pub versions: Vec<(String, Algorithm)>,
    /// How it is written.
    pub encoding: Encoding,
    /// What is signed.
    pub signed: Vec<Piece>,
    /// The time stands beside the signature, in the same header, behind this: `t=`.
    pub timestamp_field: Option<String>,
    /// How far the time may be away.
    pub tolerance: Duration,
    /// The address as the sender has it, where it signs that.
    pub url: String,
}

/// Headers that go together; names in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignaturePlace {
    /// Of the signature.
    pub signature: String,
    /// Of the signed time.
    pub timestamp: Option<String>,
    /// Of the signed id.
    pub id: Option<String>,
}

/// What stands between several signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Separator {
    /// There is one signature only.
    None,
    /// `,` and perhaps blanks.
    Comma,
    /// Blanks.
    Blank,
}

/// How a signature is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC with SHA-1.
    Sha1,
    /// HMAC with SHA-256.
    Sha256,
    /// HMAC with SHA-512.
    Sha512,
    /// No keyed hash: a public key verifies it.
    Ed25519,
}

/// How a signature is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Hexadecimal, either case.
    Hex,
    /// Base64.
    Base64,
}

/// How a secret is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretForm {
    /// Its bytes are the key.
    Text,
    /// Base64 of the key, perhaps behind `whsec_`.
    Base64,
    /// The same, or a public key behind `whpk_`.
    Webhook,
}

/// A piece of the signed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// As it stands.
    Text(String),
    /// `{id}`
    Id,
    /// `{timestamp}`
    Timestamp,
    /// `{body}`
    Body,
    /// `{url}`
    Url,
    /// `{form}`: names and values of a form, sorted by name, with nothing between.
    Form,
}

/// Takes `{timestamp}.{body}` apart.
///
/// # Errors
/// In words, where it can't be what is signed.
pub fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (before, after) = rest.split_at(rest.find('{').unwrap_or(rest.len()));
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        let Some(inner) = after.strip_prefix('{') else { break };
        let (name, after) = inner.split_once('}').ok_or("a `{` has no `}`")?;
        pieces.push(match name {
            "id" => Piece::Id,
            "timestamp" => Piece::Timestamp,
            "body" => Piece::Body,
            "url" => Piece::Url,
            "form" => Piece::Form,
            _ => {
                return Err(format!(
                    "{{{name}}} is not known; known: {{body}}, {{timestamp}}, {{id}}, {{url}}, {{form}}"
                ));
            }
        });
        rest = after;
    }
    if pieces.contains(&Piece::Body) || pieces.contains(&Piece::Form) {
        Ok(pieces)
    } else {
        Err("neither {body} nor {form} is signed: anybody could change what is said".to_owned())
    }
}

impl SecretForm {
    /// The key that a secret is.
    ///
    /// # Errors
    /// In words, and without the secret.
    pub fn key(self, secret: Secret) -> Result<SigningKey, &'static str> {
        use data_encoding::BASE64;
        const WRONG: &str = "is not base64, as `whsec_…` is";
        let written = match self {
            Self::Text => return Ok(SigningKey::Shared(secret)),
            Self::Base64 | Self::Webhook => secret.expose(),
        };
        if self == Self::Webhook
            && let Some(written) = written.strip_prefix(b"whpk_")
        {
            let key = BASE64.decode(written).ok();
            let key = key.and_then(|key| PKey::public_key_from_raw_bytes(&key, Id::ED25519).ok());
            return key.map(SigningKey::Public).ok_or("is no public key of ed25519, as `whpk_…` is");
        }
        let key = BASE64.decode(written.strip_prefix(b"whsec_").unwrap_or(written)).map_err(|_| WRONG)?;
        if key.is_empty() { Err(WRONG) } else { Ok(SigningKey::Shared(Secret::new(key))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_signed_is_taken_apart() {
        for preset in PRESETS.iter().filter(|preset| preset.scheme != "hmac") {
            let form = preset.form();
            assert!(!form.signed.is_empty() && !form.places.is_empty(), "{}", preset.scheme);
        }
        let found = pieces("v0:{timestamp}:{body}").unwrap();
        let text = |text: &str| Piece::Text(text.to_owned());
        assert_eq!(found, [text("v0:"), Piece::Timestamp, text(":"), Piece::Body]);
        for (wrong, words) in
            [("", "neither"), ("{timestamp}", "neither"), ("{boddy}", "not known"), ("{body}{", "no `}`")]
        {
            assert!(pieces(wrong).unwrap_err().contains(words), "{wrong}");
        }
    }

    #[test]
    fn secrets_are_keys_by_their_form() {
        let key = |form: SecretForm, secret: &str| form.key(Secret::new(secret));
        let shared = |form, secret| match key(form, secret) {
            Ok(SigningKey::Shared(secret)) => Some(secret.expose().to_vec()),
            _ => None,
        };
        assert_eq!(shared(SecretForm::Text, "whsec_AAEC").as_deref(), Some(b"whsec_AAEC".as_slice()));
        assert_eq!(shared(SecretForm::Webhook, "whsec_AAEC").as_deref(), Some([0, 1, 2].as_slice()));
        assert_eq!(shared(SecretForm::Base64, "AAEC").as_deref(), Some([0, 1, 2].as_slice()));
        for wrong in ["whsec_", "whsec_!", "whpk_AAEC", "whpk_"] {
            assert!(key(SecretForm::Webhook, wrong).is_err(), "{wrong}");
        }
        assert!(key(SecretForm::Base64, "whpk_AAEC").is_err());
        let public = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
        assert!(matches!(key(SecretForm::Webhook, public), Ok(SigningKey::Public(_))));
    }
}
