//! A monitor's event: which alert it is, and in which state.

use std::borrow::Cow;

use super::Shape;
use crate::core::event::Event;
use crate::core::limits::TITLE_CHARS_MAX;
use crate::core::sources::fill;
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::text::clean_line;
use crate::core::vocabulary::{EventType, StageWord};

/// The id of one event, which is never that of the alert.
pub(super) const EVENT_ID: &[&str] = &["id", "event_id"];
const CYCLE: &[&str] = &["alert_cycle_key", "cycle_key"];
const MONITOR: &[&str] = &["alert_id", "monitor_id"];
const SCOPE: &[&str] = &["alert_scope", "scope", "scopes", "monitor_groups"];
const TITLE: &[&str] = &["alert_title", "title", "event_title", "monitor_name", "alert_name", "name"];
const TRANSITION: &[&str] = &["alert_transition", "transition"];
const TYPE: &[&str] = &["alert_type"];
/// Fields that hold a state in some templates and a sentence in others.
const STATUS: &[&str] = &["alert_status", "alert_state", "status", "state"];

/// The alert: its cycle, else its monitor and scope, else the title without what changes in it. An
/// event's own id is another one each time, and so is the last resort.
pub(super) fn shape(fields: &Fields<'_>) -> Option<Shape> {
    let monitor = || {
        let id = fields.word(MONITOR).or_else(|| {
            let monitor = fields.deep(&[fields.named(&["monitor", "alert"])?])?;
            monitor.word(&["id", "monitor_id"])
        })?;
        Some(match fields.word(SCOPE) {
            Some(scope) => format!("{id}:{scope}"),
            None => id.into_owned(),
        })
    };
    let signal = || fields.word(&["security_signal_id", "signal_id"]).map(Cow::into_owned);
    let title = || fields.word(TITLE).map(|title| lasting(&title)).filter(|title| !title.is_empty());
    let native_id = fields
        .word(CYCLE)
        .map(Cow::into_owned)
        .or_else(signal)
        .or_else(monitor)
        .or_else(|| fields.word(&["aggreg_key", "aggregation_key"]).map(Cow::into_owned))
        .or_else(title)
        .or_else(|| fields.word(EVENT_ID).map(Cow::into_owned))?;
    let native_type = fields.word(TRANSITION).or_else(|| fields.word(&["event_type", "type"]));
    let is_test = fields.word(TITLE).is_some_and(|title| title.trim_start().starts_with("[TEST]"));
    Some(Shape {
        native_id,
        native_type: native_type.unwrap_or_default().into_owned(),
        version: if fields.word(CYCLE).is_some() { "monitor-cycle" } else { "monitor" },
        is_test,
    })
}

pub(super) fn fill(event: &mut Event, fields: &Fields<'_>, w: &mut Warnings) {
    let title = fields.word(TITLE).or_else(|| fields.word(&["security_signal_title", "security_rule_name"]));
    event.title = title.as_deref().map(bare).filter(|title| !title.is_empty());
    let body = fields.word(&["body", "event_msg", "text_only_msg", "message", "text", "description"]);
    if let Some(body) = body {
        super::markdown(event, &body);
    }
    let prefixes = title.as_deref().map(prefixes).unwrap_or_default();
    fill_stage(event, fields, &prefixes, w);
    fill_gravity(event, fields, &prefixes, w);
    event.incident.dedup_key =
        fields.word(CYCLE).or_else(|| fields.word(&["aggreg_key"])).map(|key| clean_line(&key, 512));
    for (label, wanted) in [
        ("monitor_id", MONITOR),
        ("scope", SCOPE),
        ("metric", &["alert_metric", "metric"] as &[&str]),
        ("event_type", &["event_type", "type"]),
    ] {
        if let Some(name) = fields.named(wanted) {
            fill::label(event, label, fields, name, &mut Warnings::default());
        }
    }
    if let Some(scope) = fields.named(&["alert_scope", "scopes"]) {
        fill::tags(event, fields, scope);
    }
}

/// The state in the words of `$ALERT_TRANSITION`; as a last resort that of the title.
fn fill_stage(event: &mut Event, fields: &Fields<'_>, prefixes: &[String], w: &mut Warnings) {
    let given = [TRANSITION, STATUS].into_iter().filter_map(|wanted| {
        let name = fields.named(wanted)?;
        let word = fields.word(&[name])?;
        Some((stage(&word), word.into_owned(), fields.pointer(name)))
    });
    let given: Vec<_> = given.collect();
    let known = given.iter().find(|(stage, ..)| stage.is_some());
    if let Some((stage, word, pointer)) = known {
        return fill::stage(event, word, *stage, pointer, w);
    }
    if let Some((word, found)) = prefixes.iter().find_map(|word| Some((word, stage(word)?))) {
        return fill::stage(event, word, Some(found), "/title", w);
    }
    if let Some(name) = fields.named(TYPE) {
        let word = fields.word(&[name]).unwrap_or_default();
        let by_type = match word.to_ascii_lowercase().as_str() {
            "error" | "warning" => Some(StageWord::Triggered),
            "success" => Some(StageWord::Resolved),
            _ => None,
        };
        return fill::stage(event, &word, by_type, &fields.pointer(name), w);
    }
    // Of several fields it is the first whose word is not known: a sentence in `status` is no state.
    if let Some((_, word, pointer)) = given.first().filter(|_| fields.named(TRANSITION).is_some()) {
        return fill::stage(event, word, None, pointer, w);
    }
    if is_alert(fields) {
        // The template leaves the state out; an alert that nobody hears of would be worse.
        w.add("unknown_state", &fields.pointer("alert_transition"));
        event.stage = Some(StageWord::Triggered);
        if !event.is_test {
            event.event_type = EventType::Triggered;
        }
        return;
    }
    w.add("unknown_state", &fields.pointer("alert_transition"));
}

/// It is a monitor's alert or a security signal, and not an event that somebody posted.
fn is_alert(fields: &Fields<'_>) -> bool {
    let is_typed = fields.word(&["event_type", "type"]).is_some_and(|word| {
        let word = word.to_ascii_lowercase();
        word.contains("alert") || word.contains("monitor") || word == "service_check"
    });
    is_typed || [MONITOR, CYCLE, &["security_signal_id"]].iter().any(|wanted| fields.word(wanted).is_some())
}

/// What a transition, or the same word in a title, means.
pub(super) fn stage(word: &str) -> Option<StageWord> {
    let word = word.trim().to_ascii_lowercase().replace(['_', '-'], " ");
    if word.split(' ').count() > 5 && !word.starts_with("triggered on") {
        return None;
    }
    let begins = |start: &str| word == start || word.starts_with(&format!("{start} "));
    if word.contains("recover") || ["resolved", "ok", "success", "closed"].iter().any(|end| begins(end)) {
        return Some(StageWord::Resolved);
    }
    if begins("acknowledged") {
        return Some(StageWord::Acknowledged);
    }
    let fires = [
        "triggered",
        "re triggered",
        "retriggered",
        "warn",
        "re warn",
        "warning",
        "no data",
        "re no data",
        "renotify",
        "alert",
        "error",
        "firing",
        "muted no data",
        "monitor alert",
    ];
    fires.iter().any(|start| begins(start)).then_some(StageWord::Triggered)
}

/// Priority and severity; a warning is one whatever the monitor's type says.
fn fill_gravity(event: &mut Event, fields: &Fields<'_>, prefixes: &[String], w: &mut Warnings) {
    let ranked = |word: &str| crate::core::sources::words::priority(word).is_some();
    let wanted = ["alert_priority", "monitor_priority", "priority", "severity"];
    let by_field = wanted.iter().find_map(|wanted| fields.word(&[wanted]).filter(|word| ranked(word)));
    let by_title = || prefixes.iter().find(|word| word.len() == 2 && ranked(word)).cloned();
    if let Some(native) = by_field.map(|word| clean_line(&word, 512)).or_else(by_title) {
        // Monitors' priorities come as 1 to 5 as well, and mean P1 to P5.
        let native = if native.len() == 1 { format!("P{native}") } else { native };
        fill::priority_word(event, native, &fields.pointer("priority"), w);
    }
    let transition = fields.word(TRANSITION).unwrap_or_default().to_ascii_lowercase();
    if transition == "warn" || transition == "re-warn" {
        return fill::severity_word(event, "warning".to_owned());
    }
    let typed = fields.word(TYPE).or_else(|| fields.word(&["security_signal_severity"]));
    if let Some(word) = typed.filter(|word| !word.eq_ignore_ascii_case("success")) {
        fill::severity_word(event, clean_line(&word, 512));
    }
}

/// The words in brackets that a title begins with: `[P1] [Triggered on {host:web-1}] Disk is full`.
fn prefixes(title: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = title.trim_start();
    while let Some((word, after)) = bracket(rest) {
        words.push(word.to_owned());
        rest = after;
    }
    // `Triggered: Disk is full`, as older monitors write it.
    if let Some((word, _)) = rest.split_once(':')
        && stage(word).is_some()
    {
        words.push(word.to_owned());
    }
    words
}

/// The title without what changes from one event of an alert to the next.
fn bare(title: &str) -> String {
    let mut rest = title.trim_start();
    while let Some((word, after)) = bracket(rest) {
        let changes = stage(word).is_some() || word == "TEST" || word.eq_ignore_ascii_case("muted");
        if !changes && !is_priority(word) {
            break;
        }
        rest = after;
    }
    if let Some((word, after)) = rest.split_once(':')
        && stage(word).is_some()
    {
        rest = after;
    }
    let bare = clean_line(rest, TITLE_CHARS_MAX);
    if bare.is_empty() { clean_line(title, TITLE_CHARS_MAX) } else { bare }
}

/// The title without what changes, and the group that a monitor of many puts before it.
fn lasting(title: &str) -> String {
    let scopes = prefixes(title).into_iter().filter_map(|word| Some(word.split_once(" on ")?.1.to_owned()));
    [bare(title)].into_iter().chain(scopes).collect::<Vec<_>>().join(" ")
}

fn is_priority(word: &str) -> bool {
    matches!(word.as_bytes(), [b'P', b'1'..=b'5'])
}

/// `[word] rest`, one pair of brackets deep.
fn bracket(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('[')?;
    let (word, after) = inner.split_once(']')?;
    Some((word.trim(), after.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transitions() {
        let cases = [
            ("Triggered", "triggered"),
            ("Re-Triggered", "triggered"),
            ("Warn", "triggered"),
            ("Re-Warn", "triggered"),
            ("No Data", "triggered"),
            ("Re-No Data", "triggered"),
            ("Renotify", "triggered"),
            ("Recovered", "resolved"),
            ("Warn Recovered", "resolved"),
            ("No Data Recovered", "resolved"),
            ("Triggered on {host:web-1}", "triggered"),
            ("Recovered on {host:web-1}", "resolved"),
            ("system.load.1 over host:web-1 was > 0 at least once", "-"),
            ("Errors are high", "-"),
            ("", "-"),
        ];
        for (word, expected) in cases {
            assert_eq!(stage(word).map_or("-", StageWord::as_str), expected, "{word}");
        }
    }

    #[test]
    fn titles_without_what_changes() {
        let cases = [
            ("[Triggered] Disk is full", "Disk is full"),
            ("[P1] [Recovered on {host:web-1}] Disk is full", "Disk is full"),
            ("[TEST] [Triggered] Disk is full", "Disk is full"),
            ("[Triggered] [checkout] Disk is full", "[checkout] Disk is full"),
            ("Recovered: Disk is full", "Disk is full"),
            ("Disk: full", "Disk: full"),
            ("[Triggered]", "[Triggered]"),
        ];
        for (title, expected) in cases {
            assert_eq!(bare(title), expected, "{title}");
        }
        assert_eq!(lasting("[P1] [Recovered on {host:web-1}] Disk"), "Disk {host:web-1}");
    }
}
