//! What the trial has where nothing is configured.

use super::sources::answer_within;
use crate::core::sources::SourceKind;
use crate::http::settings::{AuthSettings, OnRejected, SourceSettings};

/// One source for each kind, named like it, unauthenticated. Unusable bodies are refused, so that
/// whoever tries Herald out with `curl` sees what is wrong.
pub(super) fn sources() -> Vec<SourceSettings> {
    let source = |kind: SourceKind| SourceSettings {
        name: kind.as_str().to_owned(),
        kind,
        auth: AuthSettings::None,
        on_rejected: OnRejected::Refuse,
        answer_within: answer_within(kind),
    };
    SourceKind::ALL.iter().copied().map(source).collect()
}
