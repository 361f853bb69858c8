//! Pingdom webhooks: a check that changed its state. The older `BeepManager` form is read too.

use crate::core::event::{AudienceHint, Event, NativeChange, TextFormat};
use crate::core::limits::NAME_CHARS_MAX;
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::{Delivery, Read, SourceKind, fill, words};
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "pingdom",
    title: "Pingdom",
    schema: include_str!("../../../../schemas/pingdom.json"),
    parse: body::json,
    read,
    headers: &[],
    media_types: &[],
    waits_ms: None,
    punishes_refusal: false,
    ends: Ends::Sender,
    page: Page {
        intro: "State changes of Pingdom's uptime and transaction checks: one incident for each check.",
        setup: &[
            "Open *Integrations → Add integration → Webhook* and enter `{url}?token=…` with the source's secret.",
            "Open each check and tick the integration under *Connect Integrations*.",
            "Pingdom signs nothing, so the secret in the address is the proof.",
        ],
        auth: "{ scheme: url_secret, secret_file: /run/secrets/pingdom }",
        reads: &[
            ("check_id", "the incident; each outage is an episode of it"),
            ("current_state, previous_state", "the stage, and what changed"),
            ("check_name", "the title, for engineers"),
            ("long_description, description", "the description, for engineers"),
            ("custom_message", "a note, for engineers"),
            ("importance_level HIGH or LOW", "urgency"),
            ("tags", "labels; service:…, team:… by their names"),
            ("check_params.hostname, full_url", "hosts, a link"),
            ("state_changed_timestamp", "when it changed"),
        ],
        means: &[
            ("DOWN, FAILING", "triggered"),
            ("UP, SUCCESS", "resolved"),
            (
                "any other state: PAUSED, UNKNOWN, UNCONFIRMED_DOWN",
                "nothing of the stage: what was down is not over",
            ),
        ],
        not_said: &["A priority and customer impact: tag the checks, and derive them in the policy."],
    },
};

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let Some(body) = Fields::of(body, "") else {
        return build::rejected("schema", "", "an object is expected");
    };
    let id = ["check_id", "checkid", "check", "check_name", "checkname"]
        .iter()
        .find_map(|key| body.opaque(key, w));
    let Some(native_id) = id else {
        return build::no_identity("/check_id");
    };
    let kind = body.opaque("check_type", w);
    let head = Head {
        kind: SourceKind::Pingdom,
        native_id: &native_id,
        delivery_id: None,
        part: 0,
        event_type: EventType::Updated,
        native_type: kind.as_deref().unwrap_or("check"),
        version: body.opaque("version", w).is_some().then_some("1"),
        is_test: false,
    };
    let mut event = build::event(delivery, &head);
    fill_state(&mut event, &body, w);
    fill::title(&mut event, &body, &["check_name", "checkname", "name"], w);
    fill::description(&mut event, &body, &["long_description", "description"], TextFormat::Plain, w);
    if let Some(words) = body.text("custom_message", w) {
        fill::message(&mut event, &words, TextFormat::Plain, AudienceHint::Internal, None);
    }
    event.urgency = body.text("importance_level", w).and_then(|word| words::urgency(&word));
    fill::label(&mut event, "check_type", &body, "check_type", w);
    fill::tags(&mut event, &body, "tags");
    let params = body.deep(&["check_params"]);
    let host = params.as_ref().and_then(|params| params.line("hostname", NAME_CHARS_MAX, w));
    host.or_else(|| body.line("host", NAME_CHARS_MAX, w))
        .iter()
        .for_each(|host| build::add_word(&mut event.hosts, host));
    params.iter().for_each(|params| fill::link(&mut event, "source", params, "full_url", w));
    fill::from_labels(&mut event);
    fill::occurred(&mut event, &body, &["state_changed_timestamp", "state_changed_utc_time"], w);
    match event.stage {
        Some(StageWord::Resolved) => event.resolved_at = event.occurred_at,
        Some(_) => event.started_at = event.occurred_at,
        None => {}
    }
    Read::Events(vec![build::finished(event, warnings)])
}

fn fill_state(event: &mut Event, body: &Fields<'_>, w: &mut Warnings) {
    let keys = ["current_state", "state", "action", "status", "description"];
    let Some(key) = keys.into_iter().find(|key| body.get(key).is_some()) else {
        w.add("unknown_state", "/current_state");
        return;
    };
    let native = body.line(key, NAME_CHARS_MAX, w).unwrap_or_default();
    let stage = match native.to_ascii_lowercase().as_str() {
        "down" | "failing" | "failed" | "failure" | "assign" => Some(StageWord::Triggered),
        "up" | "success" | "successful" | "notify_of_close" => Some(StageWord::Resolved),
        _ => None,
    };
    fill::stage(event, &native, stage, &body.pointer(key), w);
    let old = body.line("previous_state", NAME_CHARS_MAX, w);
    if old.is_some() {
        event.changed.push(NativeChange { field: "state".to_owned(), old, new: Some(native) });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::core::sources::tests::one;

    #[test]
    fn states() {
        let cases = [
            (json!({"current_state": "DOWN"}), Some("triggered")),
            (json!({"current_state": "UP"}), Some("resolved")),
            (json!({"current_state": "FAILING", "check_type": "TRANSACTION"}), Some("triggered")),
            (json!({"current_state": "SUCCESS", "check_type": "TRANSACTION"}), Some("resolved")),
            (json!({"current_state": "UNCONFIRMED_DOWN"}), None),
            (json!({"current_state": "PAUSED"}), None),
            (json!({"action": "assign", "description": "down"}), Some("triggered")),
            (json!({"action": "notify_of_close", "description": "up"}), Some("resolved")),
        ];
        for (mut body, expected) in cases {
            body["check_id"] = json!(5);
            let event = one(SourceKind::Pingdom, &body);
            assert_eq!(event.stage.map(StageWord::as_str), expected, "{body}");
            assert_eq!(event.incident.native_id, "5");
        }
    }
}
