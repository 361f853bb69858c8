//! Unified alerting: an Alertmanager's group message, with Grafana's own words beside it.

use crate::core::event::{Event, TextFormat};
use crate::core::limits::{NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::build;
use crate::core::sources::fill;
use crate::core::sources::kinds::alertmanager::{self, Dialect, Group};
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::{Delivery, SourceKind};
use crate::core::text::clean_line;
use crate::core::tree::Tree;

/// What Grafana names the alert of a contact point's test.
const TEST_ALERT: &str = "TestAlert";

/// The event; none without an identity.
pub(super) fn event(delivery: &Delivery<'_>, body: &Fields<'_>, w: &mut Warnings) -> Option<Event> {
    let group = if alertmanager::is_group(body) {
        alertmanager::group(body.clone(), w)
    } else {
        alertmanager::single(body.clone(), delivery.received_at, w)
    };
    let dialect = Dialect { is_test: is_test(&group), ..Dialect::of(SourceKind::Grafana) };
    let mut event = alertmanager::event(delivery, &dialect, &group, w)?;
    if let Some(title) = body.line("title", TITLE_CHARS_MAX, w) {
        event.title = Some(title);
    } else if let Some(rule) = label(&event, "rulename") {
        // Without data the alert's name says just that, and not of what.
        event.title = Some(rule);
    }
    if let Some(words) = body.text("message", w) {
        event.description = build::text(&words, TextFormat::Plain, false);
    }
    let account = ["orgId", "orgID"].iter().find_map(|key| body.opaque(key, w));
    event.source.account = account.map(|account| clean_line(&account, NAME_CHARS_MAX));
    fill_rules(&mut event, &group, w);
    Some(event)
}

fn label(event: &Event, name: &str) -> Option<String> {
    event.labels.get(name)?.first().cloned()
}

/// A test's alert is the only one, and called so.
fn is_test(group: &Group<'_>) -> bool {
    let is_tests = |labels: &Fields<'_>| labels.get("alertname").and_then(Tree::as_str) == Some(TEST_ALERT);
    !group.alerts.is_empty() && group.alerts.iter().all(|alert| alert.labels.as_ref().is_some_and(is_tests))
}

/// Which rules fired, and what they measured where nothing else describes it.
fn fill_rules(event: &mut Event, group: &Group<'_>, w: &mut Warnings) {
    for fields in std::iter::once(&group.body).chain(group.alerts.iter().map(|alert| &alert.fields)) {
        for key in ["ruleUID", "ruleUid"] {
            fill::label(event, "rule_uid", fields, key, w);
        }
        fill::description(event, fields, &["valueString"], TextFormat::Plain, w);
        fill::link(event, "dashboard", fields, "imageURL", w);
    }
}
