//! audiences.yaml: who can be told.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use super::problems::{Cx, list, suggest};
use super::read::Map;
use super::tree::{Key, Node, Value};
use crate::core::fields::{Field, FieldSet};
use crate::core::policy::{Audience, Cadence, CadencePhase, CadenceRow, OpensAfter, Per, Release};
use crate::core::vocabulary::{Attention, Lead, Priority, Readers};

const KEYS: [&str; 16] = [
    "holding_text",
    "name",
    "formerly",
    "readers",
    "per",
    "lead",
    "languages",
    "time_zone",
    "may_see",
    "updates_every",
    "attention",
    "templates",
    "template_approval",
    "text_approval",
    "release",
    "opens_after",
];

/// What customers may never see: the sender's own names of an incident.
const NEVER_FOR_CUSTOMERS: [Field; 2] = [Field::Key, Field::Reference];
/// What is written for engineers.
const FOR_ENGINEERS: [Field; 7] = [
    Field::Title,
    Field::Description,
    Field::Cause,
    Field::Services,
    Field::Hosts,
    Field::Labels,
    Field::Links,
];

pub(super) fn read(cx: Cx<'_>, root: &Node, zone: &TimeZone) -> Option<Vec<Audience>> {
    let map = Map::of(cx, root, "audiences.yaml", &["audiences"])?;
    let entries: Vec<_> = cx.named(map.need("audiences")?, "audiences by name").collect();
    if entries.is_empty() {
        cx.error(map.at, "there is no audience");
    }
    let audiences: Vec<Audience> =
        entries.iter().filter_map(|(key, node)| audience(cx, key, node, zone)).collect();
    check_former_names(cx, &entries);
    check_waiting(cx, &audiences);
    // Places are used by other files: with one audience missing they would all be wrong.
    (audiences.len() == entries.len()).then_some(audiences)
}

/// Always an audience, so that its place stays its own; what is broken in it is noted.
fn audience(cx: Cx<'_>, key: &Key, node: &Node, zone: &TimeZone) -> Option<Audience> {
    let map = Map::of(cx, node, "an audience", &KEYS)?;
    let readers =
        map.get("readers").and_then(|node| cx.word(node, "kind of reader", Readers::ALL, Readers::as_str));
    let readers = readers.unwrap_or(Readers::Internal);
    let list_of = |name: &str| map.get(name).map(|node| cx.texts(node)).unwrap_or_default();
    let languages: Vec<String> = map.get("languages").map_or_else(
        || cx.names.languages.clone(),
        |node| node.one_or_more().iter().filter_map(|item| cx.language(item)).collect(),
    );
    Some(Audience {
        name: key.name.clone(),
        title: map.get("name").map(|node| cx.local_text(node)).unwrap_or_default(),
        formerly: list_of("formerly"),
        readers,
        per: map.get("per").and_then(|node| per(cx, node)),
        lead: map
            .need("lead")
            .and_then(|node| cx.word(node, "lead", Lead::ALL, Lead::as_str))
            .unwrap_or(Lead::BusinessResponse),
        languages,
        time_zone: map.get("time_zone").and_then(|node| cx.time_zone(node)).unwrap_or_else(|| zone.clone()),
        may_see: map.need("may_see").map(|node| may_see(cx, node, readers)).unwrap_or_default(),
        cadence: map.get("updates_every").map(|node| cadence(cx, node)).unwrap_or_default(),
        attention: map.get("attention").map(|node| attention(cx, node)).unwrap_or_default(),
        template_folders: list_of("templates"),
        template_approval: list_of("template_approval"),
        text_approval: list_of("text_approval"),
        release: release(cx, map.get("release"), readers),
        holding_text: map.get("holding_text").is_some_and(|node| holding_text(cx, node, readers)),
        opens_after: map.get("opens_after").map(|node| opens_after(cx, &key.name, node)).unwrap_or_default(),
    })
}

fn per(cx: Cx<'_>, node: &Node) -> Option<Per> {
    let all = [Per::Customer, Per::Team];
    cx.word(node, "way to split an audience", &all, |per| match per {
        Per::Customer => "customer",
        Per::Team => "team",
    })
}

/// Only readers inside are served by a message that nothing is new.
fn holding_text(cx: Cx<'_>, node: &Node, readers: Readers) -> bool {
    let wanted = cx.bool(node).unwrap_or_default();
    if wanted && readers != Readers::Internal {
        let help = "leave it out: the owning lead is reminded, and says what customers should read";
        cx.error_help(node.at, "`holding_text` is for internal audiences", help);
    }
    wanted
}

fn may_see(cx: Cx<'_>, node: &Node, readers: Readers) -> FieldSet {
    let mut fields = FieldSet::EMPTY;
    for item in node.one_or_more() {
        let Some(field) = cx.word(item, "field", Field::ALL, Field::as_str) else { continue };
        if fields.contains(field) {
            cx.warn(item.at, format!("`{}` is there twice", field.as_str()), None);
        }
        if readers != Readers::Internal && NEVER_FOR_CUSTOMERS.contains(&field) {
            let help = "they read `public_reference`, which says nothing about other incidents";
            cx.error_help(item.at, format!("`{}` is for internal readers only", field.as_str()), help);
        } else if readers == Readers::Customers && FOR_ENGINEERS.contains(&field) {
            let message =
                format!("`{}` is written by and for engineers; customers would read it", field.as_str());
            cx.warn(item.at, message, None);
        }
        fields.insert(field);
    }
    fields
}

fn release(cx: Cx<'_>, node: Option<&Node>, readers: Readers) -> Release {
    let all = [Release::Auto, Release::KnownImpact, Release::Lead];
    let word = |release| match release {
        Release::Auto => "auto",
        Release::KnownImpact => "known_impact",
        Release::Lead => "lead",
    };
    let otherwise = if readers == Readers::Internal { Release::Auto } else { Release::KnownImpact };
    let Some(node) = node else { return otherwise };
    let release = cx.word(node, "way of release", &all, word).unwrap_or(otherwise);
    if release == Release::Auto && readers == Readers::Customers {
        let help = "write known_impact, or lead";
        cx.error_help(node.at, "customers are never told while nobody knows whether they are affected", help);
    }
    release
}

fn attention(cx: Cx<'_>, node: &Node) -> BTreeMap<Priority, Attention> {
    let entries = cx.entries(node, "attention by priority").unwrap_or_default();
    let pair = |(key, value): &(Key, Node)| {
        let priority = cx.key_word(key, "priority", Priority::ALL, Priority::as_str);
        let attention = cx.word(value, "attention", Attention::ALL, Attention::as_str);
        Some((priority?, attention?))
    };
    entries.iter().filter_map(pair).collect()
}

fn opens_after(cx: Cx<'_>, own: &str, node: &Node) -> Vec<OpensAfter> {
    let mut list = Vec::new();
    for (key, value) in cx.entries(node, "delays by audience").unwrap_or_default() {
        let delay = cx.duration(value);
        if key.name == own {
            cx.error(key.at, format!("`{own}` can't open after itself"));
            continue;
        }
        match cx.names.audiences.iter().position(|name| *name == key.name) {
            Some(audience) => list.extend(delay.map(|delay| OpensAfter { audience, delay })),
            None => {
                let help =
                    suggest(&key.name, cx.names.audiences.iter().map(String::as_str)).unwrap_or_default();
                cx.error_help(key.at, format!("there is no audience `{}`", key.name), help);
            }
        }
    }
    list
}

/// Intervals by priority, or rows of them, each for a named time.
fn cadence(cx: Cx<'_>, node: &Node) -> Cadence {
    let Value::List(rows) = &node.value else {
        return Cadence { rows: row(cx, node).into_iter().collect() };
    };
    let rows: Vec<CadenceRow> = rows.iter().filter_map(|node| row(cx, node)).collect();
    let never = rows.iter().position(|row| row.during.is_none()).filter(|place| place + 1 < rows.len());
    if let Some(place) = never {
        let help = "the first row whose time is now decides; put the row without `during` last";
        cx.error_help(node.at, format!("the rows after row {} are never reached", place + 1), help);
    }
    Cadence { rows }
}

fn row(cx: Cx<'_>, node: &Node) -> Option<CadenceRow> {
    let mut row = CadenceRow::default();
    for (key, value) in cx.entries(node, "intervals by priority")? {
        if key.name == "during" {
            row.during =
                cx.reference(value, "time", &cx.names.times).map(|place| cx.names.times[place].clone());
        } else if let Some(priority) = cx.key_word(key, "priority", Priority::ALL, Priority::as_str) {
            row.phases.insert(priority, phases(cx, value));
        }
    }
    Some(row)
}

/// One interval, or several, each for a while.
fn phases(cx: Cx<'_>, node: &Node) -> Vec<CadencePhase> {
    let Value::List(items) = &node.value else {
        return cx.duration(node).map(|every| CadencePhase { every, lasts: None }).into_iter().collect();
    };
    let last = items.len().saturating_sub(1);
    let mut phases = Vec::new();
    for (place, item) in items.iter().enumerate() {
        let Some(map) = Map::of(cx, item, "a phase", &["every", "for"]) else { continue };
        let lasts = map.get("for").and_then(|node| cx.duration(node));
        if place < last && map.get("for").is_none() {
            cx.error_help(
                item.at,
                "the phases after this one are never reached",
                "say how long it holds: `for: 2h`",
            );
        }
        if let Some(every) = map.need("every").and_then(|node| cx.duration(node)) {
            phases.push(CadencePhase { every, lasts });
        }
    }
    phases
}

/// Audiences that wait for one another would never hear anything.
fn check_waiting(cx: Cx<'_>, audiences: &[Audience]) {
    let mut told: Vec<usize> = Vec::new();
    for start in 0..audiences.len() {
        let mut way = vec![start];
        let mut reached = vec![start];
        while let Some(last) = way.last().copied() {
            let waits_for =
                audiences.get(last).map(|audience| audience.opens_after.as_slice()).unwrap_or_default();
            let next = waits_for.iter().map(|after| after.audience);
            let next: Vec<usize> = next.collect();
            if next.contains(&start) {
                if !told.contains(&start) {
                    let names = way.iter().chain([&start]).filter_map(|place| audiences.get(*place));
                    let names: Vec<&str> = names.map(|audience| audience.name.as_str()).collect();
                    let message = format!("audiences wait for one another: {}", names.join(" → "));
                    cx.error_help(
                        cx.audience_at(names[0]),
                        message,
                        "none of them would ever be opened; take one `opens_after` out",
                    );
                    told.extend(&way);
                }
                break;
            }
            match next.into_iter().find(|place| !reached.contains(place)) {
                Some(place) => {
                    reached.push(place);
                    way.push(place);
                }
                None => _ = way.pop(),
            }
        }
    }
}

/// A name is one audience's, whether it has it now or had it before.
fn check_former_names(cx: Cx<'_>, entries: &[(&Key, &Node)]) {
    let mut seen: Vec<String> = Vec::new();
    for (_, node) in entries {
        for item in node.get("formerly").map(super::tree::Node::one_or_more).unwrap_or_default() {
            let Some(name) = cx.text(item) else { continue };
            if cx.names.audiences.contains(&name) || seen.contains(&name) {
                let help = format!("audiences are {}", list(&cx.names.audiences));
                cx.error_help(item.at, format!("`{name}` is another audience's name"), help);
            }
            seen.push(name);
        }
    }
}
