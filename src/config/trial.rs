//! What the trial has where nothing is configured.

use super::sources::answer_within;
use crate::core::role;
use crate::core::sources::SourceKind;
use crate::http::settings::{ApiToken, AuthSettings, OnRejected, SourceSettings};
use crate::secret::Secret;

/// The trial's token of the API: as open as its sources are, and on loopback only.
pub(crate) const API_TOKEN: &str = "trial";

/// One source for each kind, named like it, unauthenticated. Unusable bodies are refused, so that
/// whoever tries Herald out with `curl` sees what is wrong.
pub(super) fn sources() -> Vec<SourceSettings> {
    let source = |kind: SourceKind| SourceSettings {
        name: kind.as_str().replace('_', "-"),
        reader: kind.into(),
        auth: AuthSettings::None,
        on_rejected: OnRejected::Refuse,
        answer_within: answer_within(&kind.into()),
        // Sources are named with dashes and kinds with underscores; who tries it out may post to either.
        formerly: kind.as_str().contains('_').then(|| kind.as_str().to_owned()).into_iter().collect(),
        same_incident_as: None,
    };
    SourceKind::ALL.iter().copied().map(source).collect()
}

/// Whoever tries Herald out has every role.
pub(super) fn api_token() -> ApiToken {
    ApiToken {
        name: "trial".to_owned(),
        token: Secret::new(API_TOKEN),
        roles: role::KNOWN.map(str::to_owned).to_vec(),
    }
}
