//! Words for a decided notice: template choice, rendering, limits, and the safe built-in text.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::content::{self, Made};
use super::notice::Notice;
use super::record::{IncidentPart, Notification, SCHEMA};
use super::{fit, lead};
use crate::core::disclosure::cut;
use crate::core::policy::Policy;
use crate::core::template::rfc3339;

/// A rendered message, and what went wrong on the way, if anything did.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// What subscribers read.
    pub notification: Notification,
    /// Why the built-in text stands in a language's place: `(language, reason)`. Empty when all went well.
    pub fallbacks: Vec<(String, String)>,
    /// Templates that were not used for want of approval: `(language, path)`. The lead is told.
    pub unapproved: Vec<(String, String)>,
}

/// Never fails and never loops: where a template can't be used, the built-in text goes out.
pub fn render(notice: &Notice, policy: &Policy) -> Rendered {
    let zone = TimeZone::get(&notice.time_zone).unwrap_or_else(|_| policy.time_zone.clone());
    // A message without a language would have no words.
    let default = policy.languages.first().map_or("en", String::as_str);
    let mut languages: Vec<&str> = notice.languages.iter().map(String::as_str).collect();
    if languages.is_empty() {
        languages.push(default);
    }
    let (first, others) =
        languages.split_first().map_or((default, &[][..]), |(first, others)| (*first, others));
    // The engine keeps what it renders from, so it gets a notice of its own.
    let shared = Arc::new(lead::filled(notice, policy, first));
    let Made { content, mut template, failure, unapproved } = content::make(&shared, policy, &zone, first);
    let mut contents = vec![content];
    let mut fallbacks: Vec<_> = failure.into_iter().map(|reason| (first.to_owned(), reason)).collect();
    let mut skipped: Vec<_> = unapproved.into_iter().map(|path| (first.to_owned(), path)).collect();
    for &language in others {
        let made = content::make(&shared, policy, &zone, language);
        contents.push(made.content);
        template.fallback |= made.template.fallback;
        fallbacks.extend(made.failure.map(|reason| (language.to_owned(), reason)));
        skipped.extend(made.unapproved.map(|path| (language.to_owned(), path)));
    }
    let fields = cut(notice, &notice.view, notice.may_see, first);
    let mut notification = Notification {
        schema: SCHEMA.to_owned(),
        id: notice.id.clone(),
        audience: notice.audience.clone(),
        addressee: notice.addressee.clone(),
        kind: notice.kind,
        lifecycle: notice.kind.lifecycle(),
        incident: IncidentPart { id: notice.incident_id.clone(), episode: notice.episode_id.clone(), fields },
        thread_id: notice.thread_id.clone(),
        sequence: notice.sequence,
        previous_id: notice.previous_id.clone(),
        corrects: notice.corrects.clone(),
        contents,
        next_update_by: notice.next_update_by.map(|at| rfc3339(at, &zone)),
        expires_at: rfc3339(notice.expires_at, &zone),
        attention: notice.attention,
        new_information: notice.new_information,
        template,
        text_approved: notice.words_approved.clone(),
        about: shared.about.iter().map(|about| about.item.clone()).collect(),
        drill: notice.drill,
        caused_by: notice.caused_by.clone(),
        decided_at: notice.decided_at,
        policy: policy.version.clone(),
    };
    fit::fit(&mut notification);
    Rendered { notification, fallbacks, unapproved: skipped }
}
