//! How the deliveries of a source prove who sent them.

use std::sync::Arc;
use std::time::Duration;

use super::jwt::JwtSettings;
use super::signing::Signing;
use crate::secret::Secret;

/// See the module's text. Several secrets while rotating: any may match.
#[derive(Debug, Clone)]
pub enum AuthSettings {
    /// Not at all; loopback only.
    None,
    /// `Authorization: Bearer <secret>`.
    Bearer {
        /// The tokens.
        secrets: Vec<Secret>,
    },
    /// `Authorization: Basic <base64 of secret>`.
    Basic {
        /// Each `user:password`.
        secrets: Vec<Secret>,
    },
    /// The secret as a header's whole value.
    Header {
        /// Its name, lower case.
        header: String,
        /// What stands before the secret, as `GenieKey `.
        prefix: String,
        /// The secrets.
        secrets: Vec<Secret>,
    },
    /// The secret in the address: the last resort, since addresses end up in other people's logs.
    UrlSecret {
        /// Its name in the query; `/webhooks/<source>/<secret>` always works.
        parameter: String,
        /// The secrets.
        secrets: Vec<Secret>,
    },
    /// A signature over what was posted.
    Signed(Signing),
    /// `Authorization: Bearer <JWT>`.
    Jwt(Arc<JwtSettings>),
    /// Amazon SNS signs within the body.
    Sns(SnsSettings),
}

/// Whose SNS messages are taken.
#[derive(Debug, Clone)]
pub struct SnsSettings {
    /// The topics: anybody may have one, and AWS signs for all of them with the same key.
    pub topic_arns: Vec<String>,
    /// How far a message's time may be away from this machine's clock.
    pub tolerance: Duration,
}

/// The challenge of a bearer token.
pub const BEARER: &str = r#"Bearer realm="herald""#;

impl AuthSettings {
    /// What a 401 says of how to prove it. Some senders show their password only once they are
    /// asked for it.
    pub const fn challenge(&self) -> &'static str {
        match self {
            Self::None | Self::Bearer { .. } | Self::Jwt(_) => BEARER,
            Self::Basic { .. } => r#"Basic realm="herald", charset="UTF-8""#,
            Self::Header { .. } | Self::UrlSecret { .. } => r#"Secret realm="herald""#,
            Self::Signed(_) | Self::Sns(_) => r#"Signature realm="herald""#,
        }
    }

    /// Does a header of this name, in lower case, hold the proof? It is kept nowhere then.
    pub fn is_proof(&self, name: &str) -> bool {
        match self {
            Self::Bearer { .. } | Self::Basic { .. } | Self::Jwt(_) => name == "authorization",
            Self::Header { header, .. } => header == name,
            Self::Signed(signing) => signing.form.places.iter().any(|place| place.signature == name),
            Self::None | Self::UrlSecret { .. } | Self::Sns(_) => false,
        }
    }

    /// Does this value hold one of the secrets as they are? A proxy writes the address that it was
    /// asked for into headers of its own.
    pub fn shows_secret(&self, value: &[u8]) -> bool {
        let (Self::Bearer { secrets }
        | Self::Basic { secrets }
        | Self::Header { secrets, .. }
        | Self::UrlSecret { secrets, .. }) = self
        else {
            return false;
        };
        let decoded: Vec<u8> = percent_encoding::percent_decode(value).collect();
        let holds = |text: &[u8], secret: &[u8]| text.windows(secret.len().max(1)).any(|part| part == secret);
        secrets.iter().any(|secret| holds(value, secret.expose()) || holds(&decoded, secret.expose()))
    }
}
