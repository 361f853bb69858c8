//! The webhook action of a saved search in Splunk: its first result, and nothing when it is over.

use std::borrow::Cow;

use crate::core::event::{Event, TextFormat};
use crate::core::limits::NAME_CHARS_MAX;
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::fill;
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::relay;
use crate::core::sources::{Delivery, Read, SourceKind};
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "splunk_search_alert",
    title: "Splunk search alerts",
    schema: include_str!("../../../../schemas/splunk_search_alert.json"),
    parse: body::templated,
    read,
    headers: &[],
    media_types: &[],
    waits_ms: None,
    punishes_refusal: false,
    ends: Ends::Person,
    page: Page {
        intro: "The webhook action of an alert in Splunk Enterprise and Splunk Cloud: one incident for each saved search, until somebody ends it.",
        setup: &[
            "In Splunk open the saved search and choose **Edit → Edit alert → Add actions → Webhook**.",
            "URL: `{url}`. Splunk's own action can add no header: write a name and a password into the address, `https://name:password@…`, and the same into the file of the source's `auth`.",
            "Trigger it **Once**, and throttle it: each run that finds something is posted.",
            "Name fields `severity`, `priority`, `service`, `team` or `impact` in the search's results to have them read.",
        ],
        auth: "{ scheme: basic, secret_file: /run/secrets/splunk }",
        reads: &[
            ("app, search_name; the job's name in sid", "the incident: it is the saved search"),
            ("search_name", "the title, for engineers"),
            ("result._raw", "the description, for engineers"),
            ("result.host, source, sourcetype, index", "host, and labels"),
            ("result.severity, urgency, priority, service, team, env, impact", "just that"),
            ("result._time", "when it was"),
            ("results_link", "link"),
            ("sid", "the delivery"),
        ],
        means: &[("any delivery", "triggered")],
        not_said: &["That it is over: the search finds nothing then, and posts nothing."],
    },
};

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let Some(opened) = relay::open(body, w) else {
        return build::rejected("schema", "", "an object is expected");
    };
    let body = &opened.fields;
    let sid = body.opaque("sid", w);
    let by_job = || sid.as_deref().and_then(search_of_job).map(Cow::Borrowed);
    let Some(search) = body.opaque("search_name", w).or_else(by_job) else {
        return build::no_identity(body.pointer("search_name"));
    };
    let native_id = match body.opaque("app", w) {
        Some(app) => format!("{app}/{search}"),
        None => search.clone().into_owned(),
    };
    let head = Head {
        kind: SourceKind::SplunkSearchAlert,
        native_id: &native_id,
        delivery_id: sid.as_deref(),
        part: 0,
        event_type: EventType::Triggered,
        native_type: "alert",
        version: None,
        is_test: false,
    };
    let mut event = build::event(delivery, &head);
    event.stage = Some(StageWord::Triggered);
    event.title = Some(crate::core::text::clean_line(&search, crate::core::limits::TITLE_CHARS_MAX));
    fill::link(&mut event, "dashboard", body, "results_link", w);
    for key in ["app", "owner"] {
        fill::label(&mut event, key, body, key, w);
    }
    if let Some(result) = body.object("result", w) {
        fill_result(&mut event, &result, w);
    }
    opened.date(&mut event);
    Read::Events(vec![build::finished(event, warnings)])
}

/// The saved search in a job's name: `scheduler__owner__app__search_at_1483557185_2`. A search of a
/// long or odd name has a hash there, which is its own as well.
fn search_of_job(sid: &str) -> Option<&str> {
    let (start, _) = sid.rsplit_once("_at_")?;
    let search = start.splitn(4, "__").nth(3).unwrap_or(start).trim_matches('_');
    (!search.is_empty()).then_some(search)
}

/// The first result: its own fields, and those that the search was made to say.
fn fill_result(event: &mut Event, result: &Fields<'_>, w: &mut Warnings) {
    let nothing = &mut Warnings::default();
    fill::description(event, result, &["_raw", "description", "message"], TextFormat::Plain, w);
    fill::occurred(event, result, &["_time"], w);
    fill::severity(event, result, &["severity", "urgency", "level"], nothing);
    fill::priority(event, result, "priority", w);
    if let Some(word) = ["impact", "customer_impact"].iter().find_map(|key| result.opaque(key, nothing)) {
        fill::impact(event, &word, &result.pointer("impact"), w);
    }
    for key in
        ["host", "service", "team", "environment", "env", "source", "sourcetype", "index", "app", "region"]
    {
        for word in build::word_list(result, key, nothing) {
            build::add_label(&mut event.labels, key, &word);
        }
    }
    if let Some(label) = result.line("label", NAME_CHARS_MAX, nothing) {
        build::add_label(&mut event.labels, "label", &label);
    }
    fill::from_labels(event);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_names_its_search() {
        let cases = [
            ("scheduler__admin__search__checkout_errors_at_1483557185_2", Some("checkout_errors")),
            ("rt_scheduler__admin__search__sudo_at_1483557185_2.2", Some("sudo")),
            ("scheduler__admin__search__a__b_at_c_at_1483557185_2", Some("a__b_at_c")),
            ("scheduler__admin_c2VhcmNo__search__RMD5abc_at_1_2_SHHOST", Some("RMD5abc")),
            ("1483557185.2", None),
        ];
        for (sid, expected) in cases {
            assert_eq!(search_of_job(sid), expected, "{sid}");
        }
    }
}
