//! Who sent it? Checked over the bytes as received, in constant time, with every secret tried.
//! What SNS signs is checked in `super::sns`, since its certificates must be fetched.

mod fault;
mod jwt;
mod posted;
mod shared;
mod signed;

pub(super) use self::fault::Fault;
pub(super) use self::posted::Posted;
pub(in crate::http) use self::shared::credentials;
use crate::core::vocabulary::AuthKind;
use crate::http::settings::AuthSettings;

/// A delivery has proved who sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Proof {
    pub(crate) kind: AuthKind,
    /// Which of the secrets matched, by its place.
    pub(crate) key: Option<usize>,
}

/// The proof, where it stands in the head alone; none where the body is needed. Refuses what can't
/// be authentic whatever its body says: so no stranger's body is read.
pub(super) fn before_body(settings: &AuthSettings, posted: &Posted<'_>) -> Result<Option<Proof>, Fault> {
    let (kind, key) = match settings {
        AuthSettings::None => return Ok(Some(Proof { kind: AuthKind::None, key: None })),
        AuthSettings::Bearer { secrets } => (AuthKind::SharedSecret, shared::bearer(secrets, posted)?),
        AuthSettings::Basic { secrets } => (AuthKind::SharedSecret, shared::basic(secrets, posted)?),
        AuthSettings::Header { header, prefix, secrets } => {
            (AuthKind::SharedSecret, shared::header(header, prefix, secrets, posted)?)
        }
        AuthSettings::UrlSecret { parameter, secrets } => {
            (AuthKind::UrlSecret, shared::url(parameter, secrets, posted)?)
        }
        AuthSettings::Jwt(settings) => (AuthKind::Jwt, jwt::verify(settings, posted)?),
        AuthSettings::Signed(signing) => {
            signed::said(&signing.form, posted)?;
            return Ok(None);
        }
        AuthSettings::Sns(_) => return Ok(None),
    };
    Ok(Some(Proof { kind, key: Some(key) }))
}

/// The proof, where it is a signature that the head holds.
pub(super) fn over_body(settings: &AuthSettings, posted: &Posted<'_>, body: &[u8]) -> Result<Proof, Fault> {
    match settings {
        AuthSettings::Signed(signing) => {
            let key = signed::verify(signing, posted, body)?;
            Ok(Proof { kind: AuthKind::Signature, key: Some(key) })
        }
        _ => before_body(settings, posted)?.ok_or(Fault::NoSignature),
    }
}

#[cfg(test)]
mod tests;
