//! What an event really changes (domain.md section 8, Person and snapshot): a source changes a
//! field only when its value differs from that source's own previous value; among real changes
//! the later wins. So a P1 set by hand survives ten acknowledgements at P3.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::age::Fresh;
use super::state::{Known, SourceMemory};
use crate::core::event::{AudienceHint, Event, NativeImpact, PlainUpdate};
use crate::core::policy::{Given, Policy, SourceReading};
use crate::core::text::LocalText;
use crate::core::vocabulary::{Impact, Priority};

/// What an event taught.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Learned {
    /// Anything at all.
    pub(super) anything: bool,
    /// Anything that a matcher may name: more than plain words.
    pub(super) facts: bool,
}

/// Applies what is fresh and differs from the source's previous word. `before` is what was known.
pub(super) fn apply(
    before: &Known,
    known: &mut Known,
    source: &mut SourceMemory,
    event: &Event,
    fresh: Fresh,
    policy: &Policy,
) -> Learned {
    let reading = reading(policy, event);
    // A person's word is always meant, though it may be the same as before.
    let mut hand = Hand { source, is_person: is_person(event) };
    if fresh.priority
        && let Some(native) = &event.priority
    {
        let given = read_priority(reading, &native.native, native.rank);
        hand.change("priority", &(native, given), || known.given_priority = given);
    }
    if fresh.impact
        && let Some(impact) = &event.impact
    {
        apply_impact(known, &mut hand, impact, event, reading);
    }
    if fresh.text {
        apply_text(known, &mut hand, event);
        if let Some(update) = &event.update {
            apply_update(known, &mut hand, update);
        }
    }
    let anything = known != before;
    Learned { anything, facts: anything && facts(known) != facts(before) }
}

/// What is known but for plain words, which no matcher names.
fn facts(known: &Known) -> impl PartialEq {
    let Known {
        given_priority,
        given_impact,
        title,
        description,
        cause,
        services,
        teams,
        people: _,
        environment,
        hosts,
        labels,
        links,
        regions,
        severity,
        urgency,
        affected_count,
        affected_percent,
        components,
        symptom: _,
        sender_symptom: _,
        workaround: _,
        action: _,
        audience_text: _,
        help_wanted: _,
        eta: _,
        data_loss,
        data_exposure,
        extra,
    } = known;
    let graded = (given_priority, given_impact, severity, urgency, data_loss, data_exposure);
    let counted = (affected_count, affected_percent);
    let written = (title, description, cause, environment, labels, extra);
    (graded, counted, written, (services, teams, hosts, links, regions, components))
}

/// Does a person say this, and not a tool?
pub(super) fn is_person(event: &Event) -> bool {
    event.update.as_ref().is_some_and(|update| update.by.is_some())
}

/// How the policy reads this source's words: by its name, else by its kind.
fn reading<'p>(policy: &'p Policy, event: &Event) -> Option<&'p SourceReading> {
    let given = &policy.classify.given;
    given.get(&event.source.name).or_else(|| given.get(&event.source.kind))
}

fn read_priority(
    reading: Option<&SourceReading>,
    native: &str,
    built_in: Option<Priority>,
) -> Option<Priority> {
    match reading.map(|reading| &reading.priority) {
        Some(Given::Ignore) => None,
        Some(Given::Map(words)) => words.get(native).copied().or(built_in),
        None => built_in,
    }
}

fn read_impact(reading: Option<&SourceReading>, impact: &NativeImpact) -> Option<Impact> {
    let mapped =
        |words: &std::collections::HashMap<String, Impact>| words.get(impact.native.as_deref()?).copied();
    match reading.map(|reading| &reading.impact) {
        Some(Given::Ignore) => None,
        Some(Given::Map(words)) => mapped(words).or(impact.level),
        None => impact.level,
    }
}

fn apply_impact(
    known: &mut Known,
    hand: &mut Hand<'_>,
    impact: &NativeImpact,
    event: &Event,
    reading: Option<&SourceReading>,
) {
    if impact.level.is_some() || impact.native.is_some() {
        let given = read_impact(reading, impact);
        hand.change("impact", &(impact.level, &impact.native), || known.given_impact = given);
    }
    if impact.affected_count.is_some() {
        hand.change("affected_count", &impact.affected_count, || {
            known.affected_count = impact.affected_count;
        });
    }
    if impact.affected_percent.is_some() {
        hand.change("affected_percent", &impact.affected_percent, || {
            known.affected_percent = impact.affected_percent;
        });
    }
    if let Some(summary) = &impact.summary {
        hand.change("symptom", summary, || {
            known.sender_symptom = Some((event.source.name.clone(), summary.clone()));
        });
    }
    if !impact.regions.is_empty() {
        hand.change("regions", &impact.regions, || known.regions.clone_from(&impact.regions));
    }
    let states =
        impact.components.iter().filter_map(|component| Some((component.name.clone(), component.state?)));
    for (name, state) in states {
        hand.change(&format!("component.{name}"), &state, || {
            known.components.insert(name.clone(), state);
        });
    }
}

fn apply_text(known: &mut Known, hand: &mut Hand<'_>, event: &Event) {
    hand.option("title", event.title.as_ref(), &mut known.title);
    hand.option("description", event.description.as_ref().map(|text| &text.text), &mut known.description);
    hand.option("environment", event.environment.as_ref(), &mut known.environment);
    hand.option("severity", event.severity.as_ref().map(|severity| &severity.level), &mut known.severity);
    hand.option("urgency", event.urgency.as_ref(), &mut known.urgency);
    hand.list("services", &event.services, &mut known.services);
    hand.list("teams", &event.teams, &mut known.teams);
    hand.list("people", &event.assignees, &mut known.people);
    hand.list("hosts", &event.hosts, &mut known.hosts);
    hand.list("links", &event.links, &mut known.links);
    for (label, values) in &event.labels {
        // Each label by itself: two sources may each bring their own.
        hand.change(&format!("label.{label}"), values, || {
            known.labels.insert(label.clone(), values.clone());
        });
    }
    if let Some(message) = &event.message
        && message.audience_hint != AudienceHint::Internal
    {
        hand.change("symptom", &message.text, || {
            known.sender_symptom = Some((event.source.name.clone(), message.text.clone()));
        });
    }
}

fn apply_update(known: &mut Known, hand: &mut Hand<'_>, update: &PlainUpdate) {
    if !update.follow_up {
        hand.words("plain.symptom", &update.symptom, &mut known.symptom);
        hand.words("plain.workaround", &update.workaround, &mut known.workaround);
        hand.words("plain.action", &update.action, &mut known.action);
    }
    hand.option("cause", update.cause.as_ref(), &mut known.cause);
    hand.option("eta", update.eta.as_ref(), &mut known.eta);
    hand.option("data_loss", update.data_loss.as_ref(), &mut known.data_loss);
    hand.option("data_exposure", update.data_exposure.as_ref(), &mut known.data_exposure);
    for (audience, words) in &update.help_wanted {
        hand.change(&format!("help_wanted.{audience}"), words, || {
            known.help_wanted.insert(audience.clone(), words.clone());
        });
    }
    if update.follow_up {
        // The final report is no word on how it is.
        return;
    }
    for (audience, words) in &update.text {
        hand.words(
            &format!("text.{audience}"),
            words,
            known.audience_text.entry(audience.clone()).or_default(),
        );
    }
}

/// One source's hand on what is known.
struct Hand<'s> {
    source: &'s mut SourceMemory,
    is_person: bool,
}

impl Hand<'_> {
    /// Changes a field where the source's word for it differs from its own previous one.
    fn change(&mut self, field: &str, said: &impl Serialize, change: impl FnOnce()) {
        if self.is_person {
            change();
            return;
        }
        let mut hex = [0; FINGERPRINT_CHARS];
        let said = fingerprint_into(&mut hex, said);
        match self.source.said.get_mut(field) {
            Some(before) if before == said => return,
            Some(before) => said.clone_into(before),
            None => drop(self.source.said.insert(field.to_owned(), said.to_owned())),
        }
        change();
    }
    fn option<T: Serialize + Clone>(&mut self, field: &str, said: Option<&T>, known: &mut Option<T>) {
        if let Some(said) = said {
            self.change(field, said, || *known = Some(said.clone()));
        }
    }
    fn list<T: Serialize + Clone>(&mut self, field: &str, said: &Vec<T>, known: &mut Vec<T>) {
        if !said.is_empty() {
            self.change(field, said, || known.clone_from(said));
        }
    }
    fn words(&mut self, field: &str, said: &LocalText, known: &mut LocalText) {
        if !said.is_empty() {
            self.change(field, said, || known.clone_from(said));
        }
    }
}

/// Of [`fingerprint`].
const FINGERPRINT_CHARS: usize = 16;

/// 64 bits of a hash, hexadecimal: enough to tell one source's word from its previous one.
pub(super) fn fingerprint(said: &impl Serialize) -> String {
    fingerprint_into(&mut [0; FINGERPRINT_CHARS], said).to_owned()
}

/// The same in the caller's room: most words of an event are those of the event before.
fn fingerprint_into<'h>(hex: &'h mut [u8; FINGERPRINT_CHARS], said: &impl Serialize) -> &'h str {
    // Values of the core always serialise; if one did not, every word would count as new.
    let digest = Sha256::digest(serde_json::to_vec(said).unwrap_or_default());
    data_encoding::HEXLOWER.encode_mut_str(&digest[..FINGERPRINT_CHARS / 2], hex)
}
