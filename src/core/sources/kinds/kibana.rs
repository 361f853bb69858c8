//! Kibana's webhook connector and Elasticsearch Watcher: a rule's author writes the body with mustache,
//! by any names. Signals of Elastic Security and cases are read too.

use std::borrow::Cow;

use crate::core::event::{Event, TextFormat};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::loose::{Habits, Loose};
use crate::core::sources::reader::{Warnings, opaque};
use crate::core::sources::{Delivery, Read, SourceKind, fill, json};
use crate::core::tree::{Members, Tree};
use crate::core::vocabulary::{EventType, StageWord};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "kibana",
    title: "Elastic (Kibana)",
    schema: include_str!("../../../../schemas/kibana.json"),
    parse: body::templated_or_form,
    read,
    headers: &[],
    media_types: &[body::FORM],
    waits_ms: Some(60_000),
    punishes_refusal: false,
    ends: Ends::Both,
    page: Page {
        intro: "Alerts of Kibana rules by the webhook connector, of Elasticsearch Watcher, and changes of cases. The rule's author writes the body.",
        setup: &[
            "Open *Stack Management → Connectors → Create connector → Webhook*: method POST, address `{url}`, a header `Authorization` = `Bearer …` with the source's secret.",
            "Add the connector to the rule twice with this body: once for its action group, once for *Recovered*: `{ \"rule_id\": \"{{rule.id}}\", \"rule_name\": \"{{rule.name}}\", \"alert_id\": \"{{alert.id}}\", \"action_group\": \"{{alert.actionGroup}}\", \"severity\": \"critical\", \"tags\": \"{{rule.tags}}\", \"reason\": \"{{context.reason}}\", \"date\": \"{{date}}\", \"url\": \"{{context.alertDetailsUrl}}\" }`.",
            "Run both *on status changes* and *for each alert*: a summary of alerts says nothing of one.",
        ],
        auth: "{ scheme: bearer, secret_file: /run/secrets/kibana }",
        reads: &[
            ("rule.id with alert.id; watch_id; a case's id", "the incident"),
            ("alert.actionGroup, alert.status, status", "the stage"),
            ("rule.name, else a title in the body", "the title, for engineers"),
            ("context.reason, context.message, message", "the description, for engineers"),
            ("context.severity, severity", "severity"),
            ("rule.tags", "labels; service:…, team:…, env:… by their names"),
            ("date, @timestamp, timestamp", "when it changed"),
            ("context.alertDetailsUrl, rule.url", "links"),
        ],
        means: &[
            ("recovered, resolved, ok", "resolved"),
            ("any other action group; active, flapping", "triggered"),
            ("acknowledged", "acknowledged"),
            ("untracked", "nothing: the rule was changed, not the trouble"),
            ("a case: open, in-progress, closed", "triggered, acknowledged, closed"),
            ("a body with neither", "triggered: a rule acts when it fires"),
            ("a body of nothing but mustache", "the connector's test: told to nobody"),
        ],
        not_said: &[
            "An end, unless the rule has an action for Recovered, or the body an action group.",
            "A priority and customer impact: use tags, and derive them in the policy.",
        ],
    },
};

const HABITS: Habits = Habits {
    wrappers: &["data", "webhookbody", "body", "event", "ctx", "kibana", "payload"],
    prefixes: &["kibana", "ctx"],
};

const RULE: &[&str] = &["ruleid", "ruleinfoid", "alertruleuuid", "ruleuuid", "watchid"];
const ALERT: &[&str] =
    &["alertinstanceid", "alertuuid", "alertid", "alertinfoid", "instanceid", "alertinstance"];
const NAME: &[&str] = &[
    "rulename",
    "ruleinfoname",
    "alertrulename",
    "contextrulename",
    "alertname",
    "metadataname",
    "name",
    "contexttitle",
    "title",
    "subject",
    "contextinfotitle",
    "summary",
];
const WORDS: &[&str] = &[
    "contextreason",
    "alertreason",
    "reason",
    "contextmessage",
    "contextinforeason",
    "contextinfomessage",
    "message",
    "alertmessage",
    "description",
    "alertruledescription",
    "sourcemessage",
    "text",
];
const GROUP: &[&str] = &["alertactiongroup", "actiongroup", "alertinfoactiongroup", "actiongroupid"];
const STATE: &[&str] = &[
    "alertstatus",
    "alertstate",
    "status",
    "state",
    "alertactiongroupname",
    "actiongroupname",
    "alertinfoactiongroupname",
    "eventaction",
    "action",
];

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let inner = opened(body);
    let body = inner.as_ref().unwrap_or(body);
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let said = Loose::of(body, "", &HABITS, w);
    let native_type = said.line(&["type"], NAME_CHARS_MAX).filter(|word| word.contains('.'));
    let native_type = native_type.or_else(|| said.line(&["eventtype"], NAME_CHARS_MAX));
    // A document is no alert, and a bare call says only that something changed.
    let bare = said.line(RULE, 1).or_else(|| said.line(ALERT, 1)).or_else(|| said.line(NAME, 1)).is_none();
    let document = native_type.as_deref().is_some_and(|word| word.contains("document") || bare);
    let case = native_type.as_deref().is_some_and(|word| word.contains("case"));
    let identity = identity(&said, document);
    // The connector's own test sends the template as it stands.
    let is_test = identity.is_none() && said.unfilled;
    let Some(native_id) = identity.or_else(|| is_test.then(|| "test".to_owned())) else {
        return build::no_identity("/rule_id");
    };
    let head = Head {
        kind: SourceKind::Kibana,
        native_id: &native_id,
        delivery_id: None,
        part: 0,
        event_type: if document { EventType::Other } else { EventType::Updated },
        native_type: native_type.as_deref().unwrap_or("alert"),
        version: Some(match (document, case) {
            (true, _) => "document",
            (_, true) => "case",
            _ => "alert",
        }),
        is_test,
    };
    let mut event = build::event(delivery, &head);
    if document {
        event.partial = true;
        w.add("unknown_type", "/type");
    } else if !is_test {
        fill_stage(&mut event, &said, w);
    }
    event.title = said.line(NAME, TITLE_CHARS_MAX).or_else(|| said.line(WORDS, TITLE_CHARS_MAX));
    event.description = said.word(WORDS).and_then(|words| build::text(&words, TextFormat::Plain, false));
    let severity = said.line(
        &["contextseverity", "alertseverity", "severity", "level", "alertruleseverity"],
        NAME_CHARS_MAX,
    );
    severity.into_iter().for_each(|native| fill::severity_word(&mut event, native));
    fill_names(&mut event, &said);
    fill_times_and_links(&mut event, &said, w);
    Read::Events(vec![build::finished(event, warnings)])
}

fn fill_times_and_links(event: &mut Event, said: &Loose<'_>, w: &mut Warnings) {
    let times = [
        "date",
        "contexttimestamp",
        "contextdate",
        "timestamp",
        "contextinfotimestamp",
        "updatedat",
        "alertstart",
        "executedat",
    ];
    if let Some((at, quality)) = said.time(&times, w) {
        event.occurred_at = Some(at);
        event.occurred_at_quality = quality;
    }
    event.started_at = said.time(&["alertstart", "createdat"], w).map(|(at, _)| at);
    for (rel, names) in [
        (
            "incident",
            [
                "contextalertdetailsurl",
                "alertdetailsurl",
                "contextinfoalertdetailsurl",
                "alerturl",
                "contextviewinappurl",
                "url",
                "link",
            ]
            .as_slice(),
        ),
        ("source", &["ruleurl", "ruleinfourl", "kibanaurl", "contextlink"]),
    ] {
        said.word(names).iter().for_each(|href| build::add_plain_link(&mut event.links, rel, href));
    }
}

/// Mustache puts a whole object in as text: `"rule_info": "{…}"`. Such members are taken apart.
fn opened(body: &Tree<'_>) -> Option<Tree<'static>> {
    let outer = body.get("webhook_body").unwrap_or(body).as_object()?;
    let parsed = |value: &Tree<'_>| {
        let text = value.as_str().filter(|text| text.trim_start().starts_with('{') && text.contains('"'))?;
        json::parse(text.as_bytes()).ok().map(Tree::into_owned)
    };
    if !outer.iter().any(|(_, value)| parsed(value).is_some()) {
        return None;
    }
    let members = outer.iter().take(LIST_ITEMS_MAX).map(|(name, value)| {
        let value = parsed(value).unwrap_or_else(|| value.clone().into_owned());
        (name.to_string().into(), value)
    });
    Members::new(members.collect()).ok().map(Tree::Object)
}

/// Rule and alert; what there is of them. Before version 7.14 a rule was called an alert, and an alert
/// an instance.
fn identity(said: &Loose<'_>, document: bool) -> Option<String> {
    let word = |names: &[&str]| said.line(names, NAME_CHARS_MAX);
    if document {
        let id = word(&["id", "documentid", "routekey", "eventtype"])?;
        return Some(word(&["index"]).map_or(id.clone(), |index| format!("{index}/{id}")));
    }
    let rule = word(RULE).or_else(|| word(&["alertinstanceid"]).and_then(|_| word(&["alertid"])));
    let alert = word(ALERT).filter(|alert| Some(alert) != rule.as_ref());
    match (rule, alert) {
        (Some(rule), Some(alert)) => Some(format!("{rule}/{alert}")),
        (Some(one), None) => Some(one),
        (None, alert) => {
            let named =
                || word(&["id", "caseid", "fingerprint"]).or_else(|| word(NAME)).or_else(|| word(WORDS));
            alert.or_else(named)
        }
    }
}

fn fill_stage(event: &mut Event, said: &Loose<'_>, w: &mut Warnings) {
    let group = said.line(GROUP, NAME_CHARS_MAX);
    let state = said.line(STATE, NAME_CHARS_MAX);
    let read = |word: &str| match word.to_ascii_lowercase().as_str() {
        "recovered" | "resolved" | "ok" | "recovery" | "inactive" => Some(StageWord::Resolved),
        "acknowledged" | "in-progress" | "in_progress" => Some(StageWord::Acknowledged),
        "closed" => Some(StageWord::Closed),
        "active" | "open" | "flapping" | "alert" | "alerting" | "firing" | "triggered" | "fired" | "new"
        | "warning" | "critical" | "error" | "no data" | "true" => Some(StageWord::Triggered),
        _ => None,
    };
    // The group is the rule's own word for how it fires; only the one of recovery is everybody's.
    let by_group = group.as_deref().map(|group| read(group).unwrap_or(StageWord::Triggered));
    let by_state = state.as_deref().and_then(read);
    let untracked = state.as_deref().is_some_and(|word| word.eq_ignore_ascii_case("untracked"));
    let stage = match (by_state, by_group) {
        (_, Some(stage)) if stage != StageWord::Triggered => Some(stage),
        (Some(stage), _) | (None, Some(stage)) => Some(stage),
        // A rule acts when it fires, and says nothing else of it.
        (None, None) if state.is_none() => Some(StageWord::Triggered),
        (None, None) => None,
    };
    let stage = stage.filter(|_| !untracked);
    let native = state.or(group).unwrap_or_default();
    fill::stage(event, &native, stage, &said.pointer(STATE), w);
}

fn fill_names(event: &mut Event, said: &Loose<'_>) {
    let tags = said.value(&["ruletags", "tags", "contexttags", "ruleinfotags", "alertruletags"]);
    let words = match tags {
        Some(Tree::List(list)) => {
            list.iter().take(LIST_ITEMS_MAX).filter_map(opaque).map(Cow::into_owned).collect()
        }
        Some(one) => opaque(one).iter().flat_map(|words| words.split(',')).map(str::to_owned).collect(),
        None => Vec::new(),
    };
    words.iter().filter(|word| !word.trim().is_empty()).for_each(|word| fill::tag(event, word));
    for (label, names) in [
        ("space", ["rulespaceid", "spaceid", "ruleinfospaceid"].as_slice()),
        ("rule_type", &["ruletype", "ruleinfotype", "ruletypeid"]),
        ("service", &["contextservicename", "servicename", "service", "sourceservice", "contextservice"]),
        ("host", &["contexthost", "contexthostname", "hostname", "host"]),
        ("environment", &["environment", "contextenvironment", "serviceenvironment"]),
        ("group", &["contextgroup", "group"]),
    ] {
        if let Some(word) = said.word(names) {
            build::add_label(&mut event.labels, label, &word);
        }
    }
    fill::from_labels(event);
    let labelled = event.labels.get("priority").and_then(|values| values.first()).cloned();
    labelled.into_iter().for_each(|word| fill::priority_word(event, word, "/tags", &mut Warnings::default()));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::core::sources::tests::one;

    #[test]
    fn rules_alerts_and_states() {
        let cases = [
            (
                json!({"rule": {"id": "r", "name": "n"}, "alert": {"id": "a", "actionGroup": "threshold met"}}),
                "r/a",
                Some("triggered"),
            ),
            (
                json!({"rule_id": "r", "rule_name": "n", "alert_id": "a", "action_group": "recovered"}),
                "r/a",
                Some("resolved"),
            ),
            (json!({"ruleId": "r", "ruleName": "n", "status": "active"}), "r", Some("triggered")),
            (json!({"ruleId": "r", "ruleName": "n", "status": "recovered"}), "r", Some("resolved")),
            (json!({"ruleId": "r", "ruleName": "n", "status": "untracked"}), "r", None),
            (
                json!({"alertId": "r", "alertName": "n", "alertInstanceId": "a", "alertActionGroup": "default"}),
                "r/a",
                Some("triggered"),
            ),
            (
                json!({"kibana": {"alert": {"uuid": "a", "rule": {"uuid": "r", "name": "n"}, "status": "active"}}}),
                "r/a",
                Some("triggered"),
            ),
            (
                json!({"kibana.alert.uuid": "a", "kibana.alert.rule.uuid": "r", "kibana.alert.rule.name": "n"}),
                "r/a",
                Some("triggered"),
            ),
            (
                json!({"webhook_body": {
                    "rule_info": "{\"id\": \"r\", \"name\": \"n\"}",
                    "alert_info": "{\"id\": \"a\", \"actionGroup\": \"recovered\"}",
                    "context_info": "{}",
                }}),
                "r/a",
                Some("resolved"),
            ),
            (
                json!({"payload": {"id": "x", "watch_id": "r", "metadata": {"name": "n"}}, "status": "Alert"}),
                "r",
                Some("triggered"),
            ),
            (json!({"name": "n", "message": "m"}), "n", Some("triggered")),
            (
                json!({"type": "elastic.case.status.changed", "data": {"id": "c", "title": "n", "status": "in-progress"}}),
                "c",
                Some("acknowledged"),
            ),
            (
                json!({"type": "elastic.case.status.changed", "data": {"id": "c", "title": "n", "status": "closed"}}),
                "c",
                Some("closed"),
            ),
            (
                json!({"watch_id": "r", "metadata": {"name": "n"}, "payload": {"hits": {"total": 5}}}),
                "r",
                Some("triggered"),
            ),
        ];
        for (body, id, stage) in cases {
            let event = one(SourceKind::Kibana, &body);
            assert_eq!(
                (event.incident.native_id.as_str(), event.stage.map(StageWord::as_str)),
                (id, stage),
                "{body}"
            );
            assert_eq!(event.title.as_deref(), Some("n"), "{body}");
        }
    }
}
