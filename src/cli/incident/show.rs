//! `herald incident show`: who was told what, what waits and why, what is promised.

use anyhow::bail;
use serde_json::{Value, json};

use super::view::{View, state};
use super::{Show, id_of};
use crate::cli::output::{Style, columns, harmless, line, pad};
use crate::cli::{Done, words};
use crate::core::incident::{Entry, Episode, IncidentState, PersonsWords};
use crate::core::vocabulary::Lead;

pub(super) fn run(args: &Show) -> anyhow::Result<Done> {
    let id = id_of(&args.incident)?;
    let mut found: Option<(i32, Vec<u8>)> = None;
    let view = View::read(&args.cluster.settings()?, &mut |partition, key, value| {
        if key == id {
            found = value.map(|value| (partition, value.to_vec()));
        }
    })?;
    let Some((partition, value)) = found else {
        bail!("nothing is known of {}, {}", args.incident, view.age(None));
    };
    if args.json {
        let state: Value = serde_json::from_slice(&value)?;
        line(&json!({ "view": view.json(Some(partition)), "state": state }).to_string())?;
        return Ok(Done::Well);
    }
    let state = state(&id, &value).map_err(anyhow::Error::msg)?;
    let style = Style::of_stdout();
    line(&text(&state, style))?;
    line(&format!("\n{}", style.dim(&view.age(Some(partition)))))?;
    Ok(Done::Well)
}

/// The incident, for people.
pub(super) fn text(state: &IncidentState, style: Style) -> String {
    let mut out = headline(state, style);
    let told: Vec<&Entry> = state.ledger.iter().filter(|entry| entry.told.is_some()).collect();
    let width = state.ledger.iter().map(|entry| columns(&name(entry))).max().unwrap_or(0).max(18);
    section(
        &mut out,
        "Told",
        told.iter().map(|entry| told_line(entry, width)).collect(),
        "nobody yet",
        style,
    );
    let waits: Vec<String> = state.ledger.iter().filter_map(|entry| waits_line(entry, width)).collect();
    section(&mut out, "Waits", waits, "nothing", style);
    let promises: Vec<String> = told.iter().filter_map(|entry| promise_line(entry, width)).collect();
    section(&mut out, "Promised", promises, "nothing", style);
    let words: Vec<String> = state.episode.words.iter().map(words_line).collect();
    if !words.is_empty() {
        section(&mut out, "Words of people", words, "none", style);
    }
    out.join("\n")
}

fn section(out: &mut Vec<String>, title: &str, lines: Vec<String>, none: &str, style: Style) {
    out.push(String::new());
    out.push(style.bold(title));
    if lines.is_empty() {
        out.push(style.dim(&format!("  {none}")));
    }
    out.extend(lines.into_iter().map(|line| format!("  {line}")));
}

fn headline(state: &IncidentState, style: Style) -> Vec<String> {
    let episode = &state.episode;
    let row = |name: &str, value: String| format!("  {}{}", style.dim(&pad(name, 14)), harmless(&value));
    let mut out = vec![format!("{}  {}", style.bold(&harmless(&state.key)), style.dim(&state.id))];
    if let Some(title) = &episode.known.title {
        out.push(row("title", title.clone()));
    }
    out.push(row("stage", stage(episode)));
    let graded = |current: &str, peak: &str, provenance: &str, rule: Option<&String>| {
        let rule = rule.map(|rule| format!(" by rule {rule}")).unwrap_or_default();
        let peak = if peak == current { String::new() } else { format!(", at its worst {peak}") };
        format!("{current} ({provenance}{rule}){peak}")
    };
    let (priority, impact) = (&episode.priority, &episode.impact);
    out.push(row(
        "priority",
        graded(
            priority.current.as_str(),
            priority.peak.as_str(),
            priority.provenance.as_str(),
            priority.rule.as_ref(),
        ),
    ));
    out.push(row(
        "impact",
        graded(
            impact.current.as_str(),
            impact.peak.as_str(),
            impact.provenance.as_str(),
            impact.rule.as_ref(),
        ),
    ));
    out.push(row("began", format!("{:.0}", episode.started_at)));
    out.push(row("reference", episode.public_reference.clone()));
    for lead in Lead::ALL {
        if let Some(who) = episode.leads.get(lead) {
            out.push(row("lead", format!("{lead}: {who}")));
        }
    }
    for (name, audiences) in [("released", &episode.released), ("held back", &episode.held_back)] {
        if !audiences.is_empty() {
            out.push(row(name, audiences.iter().cloned().collect::<Vec<_>>().join(", ")));
        }
    }
    for (flag, words) in [
        (episode.confidential == Some(true), "confidential, by a person's word"),
        (episode.private, "marked private by its sender"),
        (episode.drill, "an exercise"),
        (episode.data_cleared, "legal agrees that data loss and exposure are told outside"),
    ] {
        if flag {
            out.push(row("", words.to_owned()));
        }
    }
    out
}

fn stage(episode: &Episode) -> String {
    let merged = episode.merged_into.as_ref().map(|goal| format!(", merged into {goal}")).unwrap_or_default();
    match &episode.ended {
        Some(ended) => {
            format!("{} since {:.0}, ended by {}{merged}", episode.stage, ended.at, ended.by)
        }
        None => format!("{}{merged}", episode.stage),
    }
}

fn name(entry: &Entry) -> String {
    match &entry.addressee {
        Some(addressee) => format!("{}/{}", entry.audience, addressee.id),
        None => entry.audience.clone(),
    }
}

fn told_line(entry: &Entry, width: usize) -> String {
    let Some(told) = &entry.told else { return String::new() };
    let how = match (told.open, told.stood_down) {
        (false, _) => "; it knows that it is over",
        (true, true) => "; told that it is no longer affected",
        (true, false) => "",
    };
    let adopted = entry.adopted.as_ref().map(|from| format!("; came from {}", from.incident));
    format!(
        "{}  {} ({}), message {} of {:.0}, {}{how}{}",
        harmless(&pad(&name(entry), width)),
        told.last_kind,
        words::kind(told.last_kind),
        told.sequence,
        told.last_at,
        told.last_id,
        adopted.unwrap_or_default(),
    )
}

fn waits_line(entry: &Entry, width: usize) -> Option<String> {
    let held = entry.held.as_ref()?;
    let until = held.until.map(|until| format!(", until {until:.0}")).unwrap_or_default();
    Some(format!(
        "{}  {}: {}; since {:.0}{until}",
        harmless(&pad(&name(entry), width)),
        held.reason,
        words::reason(held.reason),
        held.since
    ))
}

fn promise_line(entry: &Entry, width: usize) -> Option<String> {
    let promised = entry.told.as_ref().filter(|told| told.open)?.promised.as_ref()?;
    let broken = if promised.broken { "; the time passed without news, and its lead was told" } else { "" };
    Some(format!("{}  news by {:.0}{broken}", harmless(&pad(&name(entry), width)), promised.due))
}

fn words_line(words: &PersonsWords) -> String {
    let kind = match (&words.corrects, words.follow_up) {
        (Some(_), _) => "correction",
        (None, true) => "final report",
        (None, false) => "words",
    };
    let audiences: Vec<&str> = words.text.keys().map(String::as_str).collect();
    let whom = if audiences.is_empty() { String::new() } else { format!(" for {}", audiences.join(", ")) };
    let roles: Vec<&str> = words.approved.iter().map(|approval| approval.role.as_str()).collect();
    let approved = if roles.is_empty() { "nobody".to_owned() } else { roles.join(", ") };
    harmless(&format!("{}  {kind}{whom} by {}; approved by {approved}", words.event, words.by))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_known_is_said() {
        let at = "2026-04-01T05:20:00Z";
        let state: IncidentState = serde_json::from_value(json!({
            "schema": "incident-state/1", "id": "i-aaaaaaaaaaaaaaaa", "key": "api/desk-17", "recent_events": [],
            "sources": {}, "changed_at": at,
            "episode": {
                "id": "p-1", "public_reference": "ABCDEFGH", "started_at": at, "began_at": at, "stage": "identified",
                "priority": {"current": "P2", "peak": "P1", "provenance": "derived", "rule": "tier-1"},
                "impact": {"current": "major", "peak": "major", "provenance": "given"},
                "confidential": true, "held_back": ["sales"], "leads": {"communications": "Kim"}, "known": {"title": "Checkout\u{1b}[31m"},
                "words": [{"event": "e-1", "by": "desk", "text": {"customers-general": {"en": "x"}}}],
            },
            "ledger": [
                {"audience": "executives", "told": {
                    "thread_id": "t-1", "sequence": 2, "last_id": "n-1", "last_kind": "update", "opened_at": at,
                    "last_at": at, "open": true, "stage": "identified", "priority": "P2", "impact": "major",
                    "seen": "x", "promised": {"due": "2026-04-01T05:50:00Z", "broken": true},
                }},
                {"audience": "customers-general", "held": {"reason": "awaiting_release", "since": at}},
            ],
        }))
        .unwrap();
        let said = text(&state, Style::plain(100));
        for words in [
            "api/desk-17  i-aaaaaaaaaaaaaaaa",
            "Checkout[31m",
            "P2 (derived by rule tier-1), at its worst P1",
            "communications: Kim",
            "held back     sales",
            "confidential, by a person's word",
            "executives          update (update), message 2",
            "customers-general   awaiting_release: customer impact is unknown",
            "news by 2026-04-01T05:50:00Z; the time passed",
            "e-1  words for customers-general by desk; approved by nobody",
        ] {
            assert!(said.contains(words), "{words}\n{said}");
        }
    }
}
