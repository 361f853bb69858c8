//! Icinga 2 and Icinga Notifications: notification commands, the event stream's forms, process-event
//! and the webhook channel. They say what Nagios says, so they are read as it is.

use crate::core::sources::SourceKind;
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;

use super::nagios;

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "icinga",
    title: "Icinga",
    schema: include_str!("../../../../schemas/icinga.json"),
    parse: body::templated_or_form,
    read: |delivery, body| nagios::read(SourceKind::Icinga, delivery, body),
    headers: &[],
    media_types: &[body::FORM],
    waits_ms: None,
    punishes_refusal: false,
    ends: Ends::Sender,
    page: Page {
        intro: "Notifications of Icinga 2 (by a NotificationCommand or the event stream) and of Icinga Notifications (process-event, and the webhook channel).",
        setup: &[
            "For Icinga 2 define a `NotificationCommand` that runs `curl -fsS -m 10 --retry 5 -H 'Authorization: Bearer …' --data-urlencode host_name=… {url}` with the runtime macros as arguments: `notification_type` = `$notification.type$`, `host_name` = `$host.name$`, `service_name` = `$service.name$`, `service_state` = `$service.state$`, `service_output` = `$service.output$`, `notification_author` = `$notification.author$`, `notification_comment` = `$notification.comment$`, `timet` = `$icinga.timet$`.",
            "Define a second one for hosts with `host_state` = `$host.state$` and `host_output` = `$host.output$`.",
            "For Icinga Notifications add a channel of type *Webhook* with the method POST, the address `{url}`, and a template that puts out the whole notification as JSON (`{{json .}}`).",
        ],
        auth: "{ scheme: bearer, secret_file: /run/secrets/icinga }",
        reads: &[
            (
                "host and service, by any of their names; tags.host and tags.service",
                "the incident, `host!service`; each problem is an episode of it",
            ),
            ("notification.type, type, else the state", "the stage, and what changed"),
            ("service.state, host.state, severity", "severity"),
            ("host, service and state", "the title, for engineers"),
            ("output, check_result.output, message", "the description, for engineers"),
            ("notification.author and .comment, username", "a note, for engineers"),
            ("url", "a link"),
        ],
        means: &[
            ("Problem; state with a severity but ok", "triggered"),
            ("Recovery; state with severity ok", "resolved"),
            ("Acknowledgement, acknowledgement-set", "acknowledged"),
            ("acknowledgement-cleared", "triggered again"),
            ("FlappingStart, FlappingEnd", "as the state then is"),
            ("DowntimeStart, DowntimeEnd, DowntimeRemoved", "planned work: it opens nothing"),
            ("Custom, mute, incident-age", "the stage stays"),
        ],
        not_said: &[
            "A priority and customer impact: derive them in the policy from host, service and groups.",
        ],
    },
};
