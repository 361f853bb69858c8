//! The proof of one delivery, or what its sender is answered with.

use jiff::Timestamp;

use super::auth::{self, Posted, Proof};
use super::sns::Refused;
use super::state::{Source, State};
use crate::http::problem::{Busy, Case};
use crate::http::publish::Publish;
use crate::http::settings::AuthSettings;

/// The proof that is made over the body.
pub(super) async fn over_body<P: Publish>(
    state: &State<P>,
    source: &Source,
    posted: &Posted<'_>,
    body: &[u8],
) -> Result<Proof, Refused> {
    let AuthSettings::Sns(settings) = &source.auth else {
        return Ok(auth::over_body(&source.auth, posted, body)?);
    };
    let verifying = state.sns.verify(settings, body, Timestamp::now());
    tokio::time::timeout(source.answer_within, verifying).await.unwrap_or(Err(Refused::Unfetched))
}

/// What a delivery that proves nothing is answered with; why, only whoever runs Herald is told.
pub(super) fn refused(source: &Source, why: Refused) -> Case {
    match why {
        Refused::Unfetched => Case::Unavailable(Busy::Certificate),
        Refused::NotAuthentic(fault) => {
            tracing::debug!(source = source.identity.name, why = %fault, "not authenticated");
            Case::Unauthenticated { challenge: source.auth.challenge() }
        }
    }
}
