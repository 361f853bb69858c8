//! GitHub webhooks that say whether something works: deployments, checks, workflows and commit
//! statuses. All other events are taken and say nothing.

use std::borrow::Cow;

use crate::core::event::{Event, TextFormat};
use crate::core::limits::{NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::{Delivery, Handshake, Read, SourceKind, fill};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "github",
    title: "GitHub",
    schema: include_str!("../../../../schemas/github.json"),
    parse: body::templated_or_form,
    read,
    headers: &["x-github-delivery", "x-github-event"],
    media_types: &[body::FORM],
    waits_ms: Some(10_000),
    punishes_refusal: false,
    ends: Ends::Both,
    page: Page {
        intro: "Deployments, checks, workflow runs and commit statuses of a repository or an organisation: one incident for each of them that fails, until it succeeds again.",
        setup: &[
            "Open the repository's or organisation's *Settings → Webhooks → Add webhook*: payload URL `{url}`, content type `application/json`, and a secret that is the source's too.",
            "Choose *Let me select individual events*: deployment statuses, and check runs, workflow runs or statuses if those are wanted.",
            "Route on the labels `branch` and `environment`: a check that fails on somebody's own branch is no incident.",
        ],
        auth: "{ scheme: github, secret_file: /run/secrets/github }",
        reads: &[
            (
                "the repository, with the deployment's environment, or with the check's, workflow's or status's name and branch",
                "the incident; each failure is an episode of it",
            ),
            ("deployment_status.state, conclusion, state", "the stage"),
            ("the repository, the name and the result", "the title, for engineers"),
            ("deployment_status.environment, the repository", "environment, services"),
            ("head_branch, ref, sha, workflow", "labels"),
            ("sender", "who did it"),
            ("html_url, target_url, log_url", "links"),
            ("the header x-github-delivery", "the delivery"),
        ],
        means: &[
            ("failure, error, timed_out, startup_failure", "triggered"),
            ("success, neutral", "resolved"),
            (
                "queued, in_progress, pending, inactive, cancelled, skipped, stale, action_required",
                "nothing of the stage",
            ),
            ("ping", "answered, and no event"),
            ("any other event", "an event that says nothing, and is told to nobody by itself"),
        ],
        not_said: &[
            "A priority, severity and customer impact: derive them in the policy from repository and environment.",
        ],
    },
};

/// Members that name the event, where its header is missing: the most telling first.
const KINDS: &[&str] =
    &["deployment_status", "check_run", "check_suite", "workflow_run", "workflow_job", "deployment"];

/// Reads a body that its schema accepts.
fn read(delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let Some(body) = Fields::of(body, "") else {
        return build::rejected("schema", "", "an object is expected");
    };
    let kind = kind(delivery, &body);
    if kind == "ping" {
        return Read::Handshake(Handshake::Answered);
    }
    let action = body.opaque("action", w).unwrap_or_default();
    let subject = subject(&kind, &body, w);
    let repository = body.deep(&["repository"]);
    let full_name =
        repository.as_ref().and_then(|repository| repository.line("full_name", NAME_CHARS_MAX, w));
    let owner =
        ["organization", "sender"].iter().find_map(|key| body.deep(&[key])?.line("login", NAME_CHARS_MAX, w));
    let place = full_name.clone().or(owner).unwrap_or_else(|| "github".to_owned());
    let native_id = match &subject {
        Some(subject) => format!("{place} {}", subject.identity),
        None => format!("{place} {kind}"),
    };
    let native_type = if action.is_empty() { kind.to_string() } else { format!("{kind}.{action}") };
    let head = Head {
        kind: SourceKind::GitHub,
        native_id: &native_id,
        delivery_id: delivery.header("x-github-delivery"),
        part: 0,
        event_type: if subject.is_some() { EventType::Updated } else { EventType::Other },
        native_type: &native_type,
        version: Some(&kind),
        is_test: false,
    };
    let mut event = build::event(delivery, &head);
    event.source.account = place.split('/').next().map(|owner| clean_line(owner, NAME_CHARS_MAX));
    event.actor = body.deep(&["sender"]).and_then(|sender| sender.get("login").and_then(build::named));
    if let Some(name) = repository.as_ref().and_then(|repository| repository.line("name", NAME_CHARS_MAX, w))
    {
        fill::service(&mut event, &name);
    }
    full_name.iter().for_each(|name| build::add_label(&mut event.labels, "repository", name));
    match &subject {
        Some(subject) => fill_subject(&mut event, subject, &place, w),
        None => {
            event.partial = true;
            event.title = Some(clean_line(&format!("{place}: {native_type}"), TITLE_CHARS_MAX));
            w.add("unknown_type", "");
        }
    }
    if let Some(repository) = &repository {
        fill::link(&mut event, "source", repository, "html_url", w);
    }
    Read::Events(vec![build::finished(event, warnings)])
}

/// The event's name: its header's, else that of what the body holds.
fn kind<'k>(delivery: &'k Delivery<'_>, body: &Fields<'_>) -> Cow<'k, str> {
    if let Some(header) = delivery.header("x-github-event") {
        return header.into();
    }
    if body.get("zen").is_some() && body.get("hook").is_some() {
        return "ping".into();
    }
    if let Some(known) = KINDS.iter().find(|key| body.get(key).is_some()) {
        return (*known).into();
    }
    if body.get("context").is_some() && body.get("state").is_some() {
        return "status".into();
    }
    if body.get("commits").is_some() && body.get("ref").is_some() {
        return "push".into();
    }
    // The event is mostly called as what it is about.
    let common = ["action", "sender", "repository", "organization", "installation", "enterprise"];
    let own = body.iter().find(|(key, value)| value.is_object() && !common.contains(key));
    own.map_or("event".into(), |(key, _)| clean_line(key, NAME_CHARS_MAX).into())
}

/// What may fail or succeed.
struct Subject<'v> {
    /// Within the repository.
    identity: String,
    name: String,
    result: String,
    stage: Option<StageWord>,
    branch: Option<String>,
    fields: Fields<'v>,
}

fn subject<'v>(kind: &str, body: &Fields<'v>, w: &mut Warnings) -> Option<Subject<'v>> {
    let fields = if kind == "status" { body.clone() } else { body.deep(&[kind])? };
    let line = |fields: &Fields<'_>, key: &str, w: &mut Warnings| fields.line(key, NAME_CHARS_MAX, w);
    let (name, result, branch) = match kind {
        "deployment_status" => {
            let environment = line(&fields, "environment", w);
            let deployment = body.deep(&["deployment"]);
            let environment = environment.or_else(|| line(deployment.as_ref()?, "environment", w));
            (format!("deployment {}", environment?), line(&fields, "state", w)?, None)
        }
        "check_run" | "workflow_job" | "workflow_run" | "check_suite" => {
            let app = || {
                fields
                    .deep(&["app"])
                    .and_then(|app| app.line("name", NAME_CHARS_MAX, &mut Warnings::default()))
            };
            let name = line(&fields, "name", w).or_else(app).unwrap_or_default();
            let suite = fields.deep(&["check_suite"]);
            let branch = line(&fields, "head_branch", w).or_else(|| line(suite.as_ref()?, "head_branch", w));
            let result = line(&fields, "conclusion", w).or_else(|| line(&fields, "status", w));
            let result = result.or_else(|| body.line("action", NAME_CHARS_MAX, w)).unwrap_or_default();
            (format!("{} {name}", kind.replace('_', " ")), result, branch)
        }
        "status" => {
            let branch = fields.objects("branches", w).first().and_then(|branch| line(branch, "name", w));
            (format!("status {}", line(&fields, "context", w)?), line(&fields, "state", w)?, branch)
        }
        _ => return None,
    };
    let name = name.trim_end().to_owned();
    let identity = branch.as_ref().map_or_else(|| name.clone(), |branch| format!("{name} {branch}"));
    Some(Subject { identity, stage: stage(&result), name, result, branch, fields })
}

fn stage(result: &str) -> Option<StageWord> {
    match result {
        "failure" | "error" | "timed_out" | "startup_failure" => Some(StageWord::Triggered),
        "success" | "neutral" => Some(StageWord::Resolved),
        _ => None,
    }
}

/// Results that are no end and no failure, and are known.
const UNDECIDED: &[&str] = &[
    "queued",
    "in_progress",
    "pending",
    "waiting",
    "requested",
    "inactive",
    "cancelled",
    "skipped",
    "stale",
    "action_required",
    "created",
    "completed",
    "rerequested",
    "requested_action",
    "destroyed",
];

fn fill_subject(event: &mut Event, subject: &Subject<'_>, place: &str, w: &mut Warnings) {
    let fields = &subject.fields;
    if subject.stage.is_none() && UNDECIDED.contains(&subject.result.as_str()) {
        event.native_status = Some(subject.result.clone());
    } else {
        fill::stage(event, &subject.result, subject.stage, &fields.pointer("conclusion"), w);
    }
    event.title = Some(clean_line(&format!("{place}: {} {}", subject.name, subject.result), TITLE_CHARS_MAX));
    fill::description(event, fields, &["description", "display_title"], TextFormat::Plain, w);
    if let Some(output) = fields.deep(&["output"]) {
        fill::description(event, &output, &["summary", "title"], TextFormat::Markdown, w);
    }
    event.environment = fields.line("environment", NAME_CHARS_MAX, w);
    subject.branch.iter().for_each(|branch| build::add_label(&mut event.labels, "branch", branch));
    for (label, key) in
        [("sha", "head_sha"), ("sha", "sha"), ("event", "event"), ("run_attempt", "run_attempt")]
    {
        fill::label(event, label, fields, key, w);
    }
    fill::occurred(event, fields, &["completed_at", "updated_at", "started_at", "created_at"], w);
    match event.stage {
        Some(StageWord::Resolved) => event.resolved_at = event.occurred_at,
        Some(_) => event.started_at = event.occurred_at,
        None => {}
    }
    for key in ["html_url", "log_url", "target_url", "details_url", "environment_url"] {
        fill::link(event, "source", fields, key, w);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::core::sources::tests::{events, one, read_body, read_with};

    #[test]
    fn results() {
        let repository = json!({"full_name": "o/r", "name": "r"});
        let cases = [
            (
                "deployment_status",
                json!({"state": "failure", "environment": "prod"}),
                "o/r deployment prod",
                Some("triggered"),
            ),
            (
                "deployment_status",
                json!({"state": "success", "environment": "prod"}),
                "o/r deployment prod",
                Some("resolved"),
            ),
            (
                "deployment_status",
                json!({"state": "in_progress", "environment": "prod"}),
                "o/r deployment prod",
                None,
            ),
            (
                "check_run",
                json!({"name": "c", "status": "completed", "conclusion": "timed_out"}),
                "o/r check run c",
                Some("triggered"),
            ),
            (
                "check_run",
                json!({"name": "c", "status": "queued", "conclusion": null}),
                "o/r check run c",
                None,
            ),
            (
                "check_suite",
                json!({"app": {"name": "a"}, "head_branch": "b", "conclusion": "success"}),
                "o/r check suite a b",
                Some("resolved"),
            ),
            (
                "workflow_run",
                json!({"name": "w", "head_branch": "main", "conclusion": "failure"}),
                "o/r workflow run w main",
                Some("triggered"),
            ),
            (
                "workflow_run",
                json!({"name": "w", "head_branch": "main", "conclusion": "cancelled"}),
                "o/r workflow run w main",
                None,
            ),
            ("issue", json!({"number": 5}), "o/r issue", None),
        ];
        for (kind, subject, id, stage) in cases {
            let body = json!({"action": "completed", kind: subject, "repository": repository});
            let event = one(SourceKind::GitHub, &body);
            assert_eq!(
                (event.incident.native_id.as_str(), event.stage.map(StageWord::as_str)),
                (id, stage),
                "{body}"
            );
        }
        let status = json!({"context": "ci", "state": "error", "branches": [{"name": "main"}], "repository": repository});
        assert_eq!(one(SourceKind::GitHub, &status).incident.native_id, "o/r status ci main");
    }

    #[test]
    fn pings_and_deliveries() {
        assert_eq!(
            read_body(SourceKind::GitHub, br#"{"zen": "Keep it simple.", "hook": {}}"#),
            Read::Handshake(Handshake::Answered)
        );
        let headers = [("x-github-event", "push"), ("x-github-delivery", "d-1")];
        let event = events(read_with(SourceKind::GitHub, b"{}", "application/json", &headers)).remove(0);
        assert_eq!(event.ingest.delivery_id.as_deref(), Some("d-1"));
        assert_eq!((event.event_type, event.native_type.as_str()), (EventType::Other, "push"));
    }
}
