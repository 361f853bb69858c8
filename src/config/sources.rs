//! `sources:`

mod mapped;
mod names;

use std::time::Duration;

use super::auth;
use super::secrets::Secrets;
use super::section::{Section, duration, texts, word};
use crate::core::sources::Reader;
use crate::http::settings::{AuthSettings, OnRejected, SourceSettings, WebhookSettings};

/// The answer is out within 80 % of the sender's own time-out; this where that is not known.
const ANSWER_WITHIN_DEFAULT: Duration = Duration::from_secs(4);
/// However patient a sender is: what Kafka has not taken by then it will not take soon.
const ANSWER_WITHIN_MAX: Duration = Duration::from_secs(10);

/// 80 % of how long this sender waits for an answer.
pub(super) fn answer_within(reader: &Reader) -> Duration {
    let waits = reader.waits_ms().map(|waits| Duration::from_millis(u64::from(waits)));
    waits.map_or(ANSWER_WITHIN_DEFAULT, |waits| (waits * 4 / 5).min(ANSWER_WITHIN_MAX))
}

/// What this sender is best answered with when its delivery can't be used.
pub(super) fn on_rejected(reader: &Reader) -> OnRejected {
    if reader.punishes_refusal() { OnRejected::Accept } else { OnRejected::Refuse }
}

const ON_REJECTED: &[(&str, OnRejected)] = &[("accept", OnRejected::Accept), ("refuse", OnRejected::Refuse)];

pub(super) fn read(
    section: &Section<'_>,
    secrets: &Secrets<'_>,
    webhooks: &WebhookSettings,
    insecure_sources: bool,
) -> Vec<SourceSettings> {
    let mut sources = Vec::new();
    for entry in section.node().map(super::tree::Node::entries).unwrap_or_default() {
        let name = &entry.key;
        if !is_name(name) {
            section.problems.add(
                &entry.place,
                format!("`{name}` is not a source's name: lower-case letters, digits and `-`, at most 40"),
            );
        }
        let source = Section::at(&entry.node, section.path_of(name), section.problems);
        let reader = mapped::reader(&source, secrets.base);
        let auth = auth::read(&source, secrets);
        if matches!(auth, Some(AuthSettings::None))
            && !webhooks.listen.ip().is_loopback()
            && !insecure_sources
        {
            section.problems.add_hint(
                &source.get("auth").map_or_else(|| source.place(), |node| node.place.clone()),
                format!(
                    "source `{name}` has no authentication, and webhooks.listen {} can be reached from other machines: anybody could declare or end incidents",
                    webhooks.listen
                ),
                "give it a scheme and a secret, listen on 127.0.0.1, or say --insecure-sources on purpose",
            );
        }
        let given_on_rejected = source.read("on_rejected", word(ON_REJECTED));
        let given_answer = source.read("answer_within", duration(100, 60_000));
        let formerly = source.read("formerly", texts).unwrap_or_default();
        let (Some(reader), Some(auth)) = (reader, auth) else { continue };
        sources.push(SourceSettings {
            name: name.clone(),
            auth,
            on_rejected: given_on_rejected.unwrap_or_else(|| on_rejected(&reader)),
            answer_within: given_answer.unwrap_or_else(|| answer_within(&reader)),
            reader,
            formerly,
            same_incident_as: None,
        });
    }
    names::check(section, &sources);
    names::join(section, &mut sources);
    sources
}

/// `[a-z0-9-]{1,40}`, as all names.
pub(super) fn is_name(name: &str) -> bool {
    (1..=40).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
