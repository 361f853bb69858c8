//! The one place where what is known is cut to what an audience may see.

use serde_json::{Map, Number, Value, json};

use super::event::Named;
use super::fields::{Field, FieldSet};
use super::notification::{Change, Notice, View};
use super::text::LocalText;
use super::vocabulary::{Lead, Readers, Stage};
use jiff::Timestamp;

/// The fields of `view` in `may_see` and known, under their own names and types, localised in
/// `language` where they are words: the structured part of a notification, and what its built-in
/// text is made of. Templates are given the same values one by one, by [`value`].
///
/// A text in another language only is left out for customers and partners; internal readers get it
/// as it stands, with its language before it: `[ja] …`. Times are RFC 3339, UTC; `duration` is in seconds.
pub fn cut(notice: &Notice, view: &View, may_see: FieldSet, language: &str) -> Map<String, Value> {
    let reader = Reader { notice, view, language };
    let known =
        may_see.iter().filter_map(|field| Some((field.as_str().to_owned(), reader.value(field, may_see)?)));
    known.collect()
}

/// One field as [`cut`] gives it: none where this reader may not see it or it is not known.
pub fn value(notice: &Notice, field: Field, language: &str) -> Option<Value> {
    let reader = Reader { notice, view: &notice.view, language };
    notice.may_see.contains(field).then(|| reader.value(field, notice.may_see)).flatten()
}

/// One field that is a time, before it is written: whole seconds, as [`value`] writes it. None for
/// any other field.
pub fn moment(notice: &Notice, field: Field) -> Option<Timestamp> {
    let reader = Reader { notice, view: &notice.view, language: "" };
    notice.may_see.contains(field).then(|| reader.moment(field)).flatten().map(whole_seconds)
}

/// The stage in the words of this reader: all nine for those who work on it, five for all others.
pub fn stage_for(notice: &Notice, stage: Stage) -> Stage {
    if notice.lead == Lead::Communications { stage } else { stage.for_readers() }
}

struct Reader<'a> {
    notice: &'a Notice,
    view: &'a View,
    language: &'a str,
}

impl Reader<'_> {
    fn value(&self, field: Field, may_see: FieldSet) -> Option<Value> {
        let (notice, view) = (self.notice, self.view);
        match field {
            Field::PublicReference => some_text(&view.public_reference),
            Field::Key => some_text(&view.key),
            Field::Reference => some_text(view.reference.as_deref()?),
            Field::Stage => view.stage.map(|stage| Value::from(stage_for(notice, stage).as_str())),
            Field::StartedAt | Field::ResolvedAt | Field::NextUpdateBy => self.moment(field).map(time),
            Field::Duration => view.duration_seconds.map(Value::from),
            Field::Changes => {
                some_list(notice.changes.iter().filter_map(|change| self.change(change, may_see)))
            }
            Field::Impact => view.impact.map(|impact| Value::from(impact.as_str())),
            Field::BusinessServices => self.business_services(),
            Field::Symptom => self.symptom(),
            Field::Workaround => self.local(&view.workaround).map(Value::from),
            Field::Action => self.local(&view.action).map(Value::from),
            Field::Regions => some_list(view.regions.iter().map(|region| Value::from(region.as_str()))),
            Field::AffectedCount => view.affected_count.map(Value::from),
            Field::AffectedPercent => view.affected_percent.and_then(Number::from_f64).map(Value::Number),
            Field::StrategicCustomers => {
                some_list(view.strategic_customers.iter().map(|name| Value::from(name.as_str())))
            }
            Field::Priority => view.priority.map(|priority| Value::from(priority.as_str())),
            Field::DataLoss => view.data_loss.map(|state| Value::from(state.as_str())),
            Field::DataExposure => view.data_exposure.map(|state| Value::from(state.as_str())),
            Field::Liaison => some_text(notice.addressee.as_ref()?.liaison.as_deref()?),
            Field::Sla | Field::HelpWanted | Field::CustomerText | Field::Eta => self.object(field),
            _ => self.engineers(field),
        }
    }

    fn moment(&self, field: Field) -> Option<Timestamp> {
        match field {
            Field::StartedAt => self.view.started_at,
            Field::ResolvedAt => self.view.resolved_at,
            Field::NextUpdateBy => self.notice.next_update_by,
            _ => None,
        }
    }

    /// What only engineers read, and where they meet.
    fn engineers(&self, field: Field) -> Option<Value> {
        let view = self.view;
        let links = |wanted: fn(&str) -> bool| {
            let links = view.links.iter().filter(|link| wanted(&link.rel));
            some_list(links.map(|link| match &link.text {
                Some(text) => json!({"rel": link.rel, "href": link.href, "text": text}),
                None => json!({"rel": link.rel, "href": link.href}),
            }))
        };
        match field {
            Field::Title => some_text(view.title.as_deref()?),
            Field::Description => some_text(view.description.as_deref()?),
            Field::Cause => some_text(view.cause.as_deref()?),
            Field::Services => some_list(view.services.iter().map(named)),
            Field::Hosts => some_list(view.hosts.iter().map(|host| Value::from(host.as_str()))),
            Field::Labels if view.labels.is_empty() => None,
            Field::Labels => Some(json!(view.labels)),
            Field::Links => links(|rel| rel != "bridge" && rel != "channel"),
            Field::Channels => links(|rel| rel == "channel"),
            Field::Bridge => links(|rel| rel == "bridge"),
            Field::People => some_list(view.people.iter().map(named)),
            _ => None,
        }
    }

    fn object(&self, field: Field) -> Option<Value> {
        let view = self.view;
        match field {
            Field::Sla => view.sla.as_ref().map(|sla| {
                let mut part = json!({"state": sla.state, "penalty_possible": sla.penalty_possible});
                if let Some(deadline) = sla.deadline {
                    part["deadline"] = time(deadline);
                }
                part
            }),
            Field::HelpWanted => {
                let own = view.help_wanted.iter().find(|help| help.wanted_of == self.notice.audience);
                // Engineers see what is asked of anybody; all others, what is asked of them.
                let all = view.help_wanted.first().filter(|_| self.notice.lead == Lead::Communications);
                let help = own.or(all)?;
                Some(json!({"for": help.wanted_of, "text": self.local(&help.text)?}))
            }
            Field::CustomerText => {
                let words = view.customer_text.as_ref()?;
                Some(json!({"text": self.local(&words.text)?, "sent": words.sent}))
            }
            Field::Eta => {
                // An estimate that may not be quoted is not for readers outside, whatever the policy lists.
                let eta = view.eta.as_ref().filter(|eta| eta.quotable || self.is_internal())?;
                let mut part = json!({"at": time(eta.at), "quotable": eta.quotable});
                if let Some(confidence) = &eta.confidence {
                    part["confidence"] = Value::from(confidence.as_str());
                }
                Some(part)
            }
            _ => None,
        }
    }

    fn is_internal(&self) -> bool {
        self.notice.readers == Readers::Internal
    }

    /// The words in this language; for internal readers else in another one, which is named.
    fn local(&self, words: &LocalText) -> Option<String> {
        if let Some(words) = words.get(self.language) {
            return (!words.trim().is_empty()).then(|| words.to_owned());
        }
        let (language, words) = words.get_or_any(self.language).filter(|_| self.is_internal())?;
        (!words.trim().is_empty()).then(|| format!("[{language}] {words}"))
    }

    /// A person's words for this audience, else what is noticed. Customers and partners never
    /// read what was written for internal readers.
    fn symptom(&self) -> Option<Value> {
        let noticed = if self.is_internal() { &self.view.symptom } else { &self.view.symptom_public };
        let public = self.is_internal().then_some(&self.view.symptom_public);
        let words = [Some(&self.notice.words), Some(noticed), public];
        words.into_iter().flatten().find_map(|words| self.local(words)).map(Value::from)
    }

    fn business_services(&self) -> Option<Value> {
        some_list(self.view.business_services.iter().filter_map(|service| {
            let name = match service.name.get(self.language) {
                Some(name) => name,
                None if self.is_internal() => {
                    service.name.get_or_any(self.language).map_or(&*service.id, |(_, name)| name)
                }
                None => return None,
            };
            Some(json!({"id": service.id, "name": name, "state": service.state.as_str()}))
        }))
    }

    /// A change, if this reader may see its field and it is one in this reader's words.
    fn change(&self, change: &Change, may_see: FieldSet) -> Option<Value> {
        let field = Field::parse(&change.field).filter(|field| may_see.contains(*field))?;
        let mut part = json!({"field": change.field});
        // Words are in many languages, objects are cut by rules of their own: only that they changed is told.
        let plain = !matches!(
            field,
            Field::Symptom
                | Field::Workaround
                | Field::Action
                | Field::Cause
                | Field::Sla
                | Field::HelpWanted
                | Field::CustomerText
                | Field::Eta
                | Field::Labels
                | Field::Links
                | Field::People
        );
        if plain {
            let (from, to) = (self.changed(field, &change.from), self.changed(field, &change.to));
            if from == to {
                return None;
            }
            for (name, value) in [("from", from), ("to", to)] {
                if !value.is_null() {
                    part[name] = value;
                }
            }
        }
        Some(part)
    }

    fn changed(&self, field: Field, value: &Value) -> Value {
        match (field, value.as_str().and_then(Stage::parse)) {
            (Field::Stage, Some(stage)) => Value::from(stage_for(self.notice, stage).as_str()),
            _ => value.clone(),
        }
    }
}

fn time(at: Timestamp) -> Value {
    Value::from(whole_seconds(at).to_string())
}

/// Nobody reads fractions, and senders differ in giving them.
fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

fn some_text(text: &str) -> Option<Value> {
    (!text.trim().is_empty()).then(|| Value::from(text))
}

fn some_list(items: impl Iterator<Item = Value>) -> Option<Value> {
    let items: Vec<_> = items.collect();
    (!items.is_empty()).then_some(Value::Array(items))
}

fn named(named: &Named) -> Value {
    json!(named)
}
