//! Nagios, and what descends from it (Icinga, Naemon, Centreon, OP5, Checkmk's older forms): a command
//! posts the macros of a notification under names of its author's choice.

mod stage;

use jiff::Timestamp;

use crate::core::event::{AudienceHint, Event, TextFormat};
use crate::core::limits::{NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::about::{About, Ends, Page};
use crate::core::sources::body;
use crate::core::sources::build::{self, Head};
use crate::core::sources::loose::{Habits, Loose};
use crate::core::sources::reader::Warnings;
use crate::core::sources::time::{self, Time};
use crate::core::sources::{Delivery, Read, SourceKind, fill};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord, TimeQuality};

/// See [`About`].
pub(super) static ABOUT: About = About {
    name: "nagios",
    title: "Nagios",
    schema: include_str!("../../../../../schemas/nagios.json"),
    parse: body::templated_or_form,
    read: |delivery, body| read(SourceKind::Nagios, delivery, body),
    headers: &[],
    media_types: &[body::FORM],
    waits_ms: None,
    punishes_refusal: false,
    ends: Ends::Sender,
    page: Page {
        intro: "Host and service notifications that a command of Nagios posts. Its author names the fields; Herald reads the macros' names in any spelling.",
        setup: &[
            "Define a command for services: `curl -fsS -m 10 -H 'Authorization: Bearer …' -d notification_type='$NOTIFICATIONTYPE$' --data-urlencode host_name='$HOSTNAME$' --data-urlencode service_desc='$SERVICEDESC$' -d service_state='$SERVICESTATE$' -d service_state_type='$SERVICESTATETYPE$' --data-urlencode service_output='$SERVICEOUTPUT$' --data-urlencode notification_author='$NOTIFICATIONAUTHOR$' --data-urlencode notification_comment='$NOTIFICATIONCOMMENT$' -d service_problem_id='$SERVICEPROBLEMID$' -d timet='$TIMET$' {url}` — a form escapes what would break JSON.",
            "Define one for hosts with `$HOSTSTATE$`, `$HOSTSTATETYPE$`, `$HOSTOUTPUT$` and `$HOSTPROBLEMID$` instead.",
            "Give both to a contact as `service_notification_commands` and `host_notification_commands`, with the options `w,u,c,r,f,s` and `d,u,r,f,s`.",
            "Nagios doesn't repeat a command that failed: let curl do it (`--retry 5 --retry-all-errors`).",
        ],
        auth: "{ scheme: bearer, secret_file: /run/secrets/nagios }",
        reads: &[
            ("HOSTNAME and SERVICEDESC", "the incident, `host!service`; each problem is an episode of it"),
            ("NOTIFICATIONTYPE, else the state", "the stage, and what changed"),
            ("SERVICESTATE, HOSTSTATE, by name or number", "severity"),
            ("host, service and state", "the title, for engineers"),
            ("SERVICEOUTPUT, HOSTOUTPUT, LONG…OUTPUT", "the description, for engineers"),
            ("NOTIFICATIONAUTHOR, NOTIFICATIONCOMMENT", "a note, for engineers"),
            ("HOSTGROUPNAME, SERVICEGROUPNAME", "labels"),
            ("TIMET; LONGDATETIME where its zone is UTC", "when it changed"),
        ],
        means: &[
            ("PROBLEM", "triggered"),
            ("RECOVERY", "resolved"),
            ("ACKNOWLEDGEMENT", "acknowledged"),
            ("FLAPPINGSTART", "triggered, where the state is not OK"),
            (
                "FLAPPINGSTOP, FLAPPINGDISABLED",
                "resolved where the state is OK or UP, else triggered: Nagios keeps silent of what changed while it flapped",
            ),
            ("DOWNTIMESTART, DOWNTIMEEND, DOWNTIMECANCELLED", "planned work: it opens nothing"),
            ("CUSTOM", "a note; the stage stays"),
            ("a SOFT state", "nothing yet: Nagios checks again"),
        ],
        not_said: &[
            "A priority and customer impact: derive them in the policy from host, service and groups.",
            "Dates in the server's own zone can't be read: use TIMET.",
        ],
    },
};

const HABITS: Habits = Habits {
    wrappers: &["data", "payload", "notification", "macros", "env", "alert", "body", "customvariables"],
    prefixes: &["nagios", "icinga", "naemon", "notify"],
};

const HOST: &[&str] = &[
    "hostname",
    "host",
    "hostdisplayname",
    "hostalias",
    "tagshost",
    "objecttagshost",
    "objecthost",
    "hosthostname",
    "hostaddress",
    "resource",
];
const SERVICE: &[&str] = &[
    "servicedesc",
    "servicedescription",
    "servicename",
    "service",
    "servicedisplayname",
    "tagsservice",
    "objecttagsservice",
    "objectservice",
    "checkname",
];
const OUTPUT: &[&str] = &[
    "longserviceoutput",
    "serviceoutput",
    "longhostoutput",
    "hostoutput",
    "checkresultoutput",
    "servicecheckoutput",
    "hostcheckoutput",
    "checkoutput",
    "pluginoutput",
    "output",
    "longoutput",
    "eventmessage",
    "message",
    "info",
    "additionalinfo",
    "text",
];

/// Reads a body that its schema accepts, for this kind or one that descends from it.
pub(super) fn read(kind: SourceKind, delivery: &Delivery<'_>, body: &Tree<'_>) -> Read {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let said = Loose::of(body, "", &HABITS, w);
    let host = said.line(HOST, NAME_CHARS_MAX);
    let service = said.line(SERVICE, NAME_CHARS_MAX).filter(|service| Some(service) != host.as_ref());
    let native_id = match (&host, &service) {
        (Some(host), Some(service)) => format!("{host}!{service}"),
        (Some(one), None) | (None, Some(one)) => one.clone(),
        (None, None) => {
            match said.line(&["objectname", "name", "incidentid", "serviceproblemid"], NAME_CHARS_MAX) {
                Some(name) => name,
                None => return build::no_identity("/host_name"),
            }
        }
    };
    let found = stage::found(&said, service.is_some());
    let head = Head {
        kind,
        native_id: &native_id,
        delivery_id: None,
        part: 0,
        event_type: found.event_type,
        native_type: found.native_type.as_deref().unwrap_or_default(),
        version: Some(if service.is_some() { "service" } else { "host" }),
        is_test: false,
    };
    let mut event = build::event(delivery, &head);
    event.is_maintenance = found.event_type == EventType::Maintenance;
    event.stage = found.stage;
    event.native_status.clone_from(&found.state);
    if found.stage.is_none() && found.event_type == EventType::Other {
        w.add("unknown_state", &said.pointer(stage::TYPE));
    }
    fill_words(&mut event, &said, host.as_deref(), service.as_deref(), &found);
    fill_names(&mut event, &said, host.as_deref(), service.as_deref());
    fill_times(&mut event, &said, w);
    Read::Events(vec![build::finished(event, warnings)])
}

fn fill_words(
    event: &mut Event,
    said: &Loose<'_>,
    host: Option<&str>,
    service: Option<&str>,
    found: &stage::Found,
) {
    let subject = match (host, service) {
        (Some(host), Some(service)) => format!("{service} on {host}"),
        (one, other) => one.or(other).unwrap_or(&event.incident.native_id).to_owned(),
    };
    let title = match &found.state {
        Some(state) => format!("{subject} is {state}"),
        None => subject,
    };
    event.title = Some(clean_line(&title, TITLE_CHARS_MAX)).filter(|title| !title.is_empty());
    event.description = said.word(OUTPUT).and_then(|words| build::text(&words, TextFormat::Plain, false));
    if let Some(severity) = &found.severity {
        event.severity = Some(severity.clone());
    }
    let author = said.line(
        &[
            "notificationauthor",
            "notificationauthorname",
            "author",
            "authorname",
            "ackauthor",
            "serviceackauthor",
            "hostackauthor",
            "username",
            "eventusername",
        ],
        NAME_CHARS_MAX,
    );
    let words = said.word(&[
        "notificationcomment",
        "comment",
        "ackcomment",
        "serviceackcomment",
        "hostackcomment",
        "commenttext",
    ]);
    if let Some(words) = words {
        fill::message(event, &words, TextFormat::Plain, AudienceHint::Internal, author);
    }
    let problem =
        said.line(&["serviceproblemid", "hostproblemid", "problemid", "incidentid"], NAME_CHARS_MAX);
    event.incident.dedup_key = problem.filter(|id| id != "0");
}

fn fill_names(event: &mut Event, said: &Loose<'_>, host: Option<&str>, service: Option<&str>) {
    host.iter().for_each(|host| build::add_word(&mut event.hosts, host));
    service.iter().for_each(|service| build::add_label(&mut event.labels, "check", service));
    for (label, names) in [
        ("hostgroup", ["hostgroupname", "hostgroupnames", "hostgroups", "hostgroup"].as_slice()),
        ("servicegroup", &["servicegroupname", "servicegroupnames", "servicegroups", "servicegroup"]),
        ("address", &["hostaddress", "address", "hostaddress4"]),
        ("environment", &["environment", "hostenvironment", "serviceenvironment"]),
        ("team", &["team", "contactgroupname", "hostteam", "serviceteam"]),
    ] {
        for word in said.word(names).iter().flat_map(|words| words.split(',')) {
            build::add_label(&mut event.labels, label, word.trim());
        }
    }
    fill::from_labels(event);
    for (rel, names) in [
        (
            "incident",
            ["icingaweburl", "weburl", "eventurl", "objecturl", "incidenturl", "link", "url"].as_slice(),
        ),
        ("runbook", &["servicenotesurl", "hostnotesurl", "notesurl"]),
        ("source", &["serviceactionurl", "hostactionurl", "actionurl"]),
    ] {
        said.word(names).iter().for_each(|href| build::add_plain_link(&mut event.links, rel, href));
    }
}

fn fill_times(event: &mut Event, said: &Loose<'_>, w: &mut Warnings) {
    let epochs = &["timet", "icingatimet", "timestamp", "eventtime", "checkresultexecutionend", "time"];
    let dates = &["longdatetime", "datetime", "date", "nagiosnotification", "shortdatetime"];
    let at = [epochs.as_slice(), dates].iter().find_map(|names| {
        let word = said.word(names)?;
        let at = match time::read_text(word.trim()) {
            Time::At(at, quality) => Some((at, quality)),
            Time::Zero => None,
            Time::Bad => long_date(&word).or_else(|| seconds(&word)),
        };
        if at.is_none() {
            w.add("bad_timestamp", &said.pointer(names));
        }
        at
    });
    let Some((at, quality)) = at else { return };
    event.occurred_at = Some(at);
    event.occurred_at_quality = quality;
    match event.stage {
        Some(StageWord::Triggered) => event.started_at = Some(at),
        Some(StageWord::Acknowledged) => event.acknowledged_at = Some(at),
        Some(StageWord::Resolved) => event.resolved_at = Some(at),
        _ => {}
    }
}

/// `Wed Apr 1 05:20:00 UTC 2026`. Abbreviations of other zones name several, so they are not read.
fn long_date(text: &str) -> Option<(Timestamp, TimeQuality)> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let parts: Vec<&str> = text.split_whitespace().collect();
    let [_, month, day, clock, "UTC" | "GMT", year] = parts.as_slice() else { return None };
    let month = MONTHS.iter().position(|known| known == month)? + 1;
    match time::read_text(&format!("{year}-{month:02}-{day:0>2} {clock}")) {
        Time::At(at, _) => Some((at, TimeQuality::Exact)),
        _ => None,
    }
}

/// Seconds with a fraction, as text.
fn seconds(text: &str) -> Option<(Timestamp, TimeQuality)> {
    let (whole, _) = text.trim().split_once('.')?;
    match time::read_text(whole) {
        Time::At(at, _) if whole.bytes().all(|byte| byte.is_ascii_digit()) => Some((at, TimeQuality::Exact)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::core::sources::tests::one;

    #[test]
    fn one_check_in_every_spelling() {
        for body in [
            json!({"NOTIFICATIONTYPE": "PROBLEM", "HOSTNAME": "h", "SERVICEDESC": "s", "SERVICESTATE": "CRITICAL"}),
            json!({"notification_type": "PROBLEM", "host_name": "h", "service_description": "s", "service_state": "2"}),
            json!({"$NOTIFICATIONTYPE$": "PROBLEM", "$HOSTNAME$": "h", "$SERVICEDESC$": "s", "$SERVICESTATEID$": 2}),
            json!({"NAGIOS_NOTIFICATIONTYPE": "PROBLEM", "NAGIOS_HOSTNAME": "h", "NAGIOS_SERVICEDESC": "s", "NAGIOS_SERVICESTATE": "CRITICAL"}),
            json!({"type": "PROBLEM", "host": {"name": "h"}, "service": {"name": "s", "state": "critical"}}),
            json!({"host": "h", "service": "s", "state": "CRITICAL"}),
        ] {
            let event = one(SourceKind::Nagios, &body);
            assert_eq!(event.incident.native_id, "h!s", "{body}");
            assert_eq!(event.title.as_deref(), Some("s on h is CRITICAL"), "{body}");
            assert_eq!(event.stage, Some(StageWord::Triggered), "{body}");
        }
    }

    #[test]
    fn long_dates_of_utc_alone() {
        let read = |text: &str| long_date(text).map(|(at, _)| at.to_string());
        assert_eq!(read("Wed Apr  1 05:20:00 UTC 2026").as_deref(), Some("2026-04-01T05:20:00Z"));
        assert_eq!(read("Wed Apr 1 14:20:00 JST 2026"), None);
        assert_eq!(read("Wed Foo 1 05:20:00 UTC 2026"), None);
    }
}
