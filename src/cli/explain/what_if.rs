//! `--set`: the same event, had its sender said something else.

use crate::cli::Usage;
use crate::config::nearest;
use crate::core::event::{Event, Named, NativeImpact, NativePriority, NativeSeverity};
use crate::core::vocabulary::{Impact, Priority, Severity, StageWord, Urgency};

/// What can be set, besides `label.<name>`.
const KEYS: [&str; 14] = [
    "priority",
    "impact",
    "severity",
    "urgency",
    "stage",
    "service",
    "team",
    "environment",
    "region",
    "title",
    "affected_percent",
    "affected_count",
    "private",
    "drill",
];
const LABEL: &str = "label.";

/// One of them, as `impact=major`.
#[derive(Debug, Clone)]
pub(super) struct Set {
    key: String,
    value: String,
}

impl Set {
    /// Reads it, and tries it, so that a misspelt one is told before anything is read.
    pub(super) fn parse(text: &str) -> Result<Self, Usage> {
        let (key, value) = text
            .split_once('=')
            .ok_or_else(|| Usage(format!("--set {text:?} is written as  field=value, as impact=major")))?;
        Ok(Self { key: key.trim().to_owned(), value: value.trim().to_owned() })
    }

    /// As it was written.
    pub(super) fn shown(&self) -> String {
        format!("{}={}", self.key, self.value)
    }

    /// Puts it into the canonical event, before the fold. An empty value takes the field out.
    pub(super) fn apply(&self, event: &mut Event) -> Result<(), Usage> {
        let value = self.value.as_str();
        let native = || (!value.is_empty()).then(|| value.to_owned());
        let named = || {
            let names = value.split(',').map(str::trim).filter(|name| !name.is_empty());
            names.map(Named::name).collect::<Vec<_>>()
        };
        let impact = || event.impact.clone().unwrap_or_default();
        match self.key.as_str() {
            // The sender's word, and what its kind makes of it: the policy's `given` still reads it.
            "priority" => {
                event.priority =
                    native().map(|native| NativePriority { rank: Priority::parse(value), native });
            }
            "impact" => {
                let level = self.word("impact", Impact::parse, &words(Impact::ALL, Impact::as_str))?;
                event.impact = Some(NativeImpact { level, native: native(), ..impact() });
            }
            "severity" => {
                let level =
                    self.word("severity", Severity::parse, &words(Severity::ALL, Severity::as_str))?;
                event.severity = level.zip(native()).map(|(level, native)| NativeSeverity { level, native });
            }
            "urgency" => {
                event.urgency =
                    self.word("urgency", Urgency::parse, &words(Urgency::ALL, Urgency::as_str))?;
            }
            "stage" => {
                event.stage =
                    self.word("stage", StageWord::parse, &words(StageWord::ALL, StageWord::as_str))?;
            }
            "service" => event.services = named(),
            "team" => event.teams = named(),
            "environment" => event.environment = native(),
            "title" => event.title = native(),
            "region" => {
                let regions = named().into_iter().filter_map(|named| named.name).collect();
                event.impact = Some(NativeImpact { regions, ..impact() });
            }
            "affected_percent" => {
                event.impact = Some(NativeImpact { affected_percent: self.number()?, ..impact() });
            }
            "affected_count" => {
                event.impact = Some(NativeImpact { affected_count: self.number()?, ..impact() });
            }
            "private" => event.is_private = self.flag()?,
            "drill" => event.is_drill = self.flag()?,
            key => {
                let label =
                    key.strip_prefix(LABEL).filter(|name| !name.is_empty()).ok_or_else(|| unknown(key))?;
                match native() {
                    Some(value) => _ = event.labels.insert(label.to_owned(), vec![value]),
                    None => _ = event.labels.remove(label),
                }
            }
        }
        Ok(())
    }

    /// A closed word; none where it is to be taken out.
    fn word<T>(&self, what: &str, parse: fn(&str) -> Option<T>, known: &[&str]) -> Result<Option<T>, Usage> {
        if self.value.is_empty() {
            return Ok(None);
        }
        let hint = || match nearest(&self.value, known.iter().copied()) {
            Some(near) => format!("did you mean {near}?"),
            None => format!("one of {}", known.join(", ")),
        };
        let wrong = || Usage(format!("--set {}: {:?} is no {what}; {}", self.shown(), self.value, hint()));
        parse(&self.value).map(Some).ok_or_else(wrong)
    }

    fn number<T: std::str::FromStr>(&self) -> Result<Option<T>, Usage> {
        if self.value.is_empty() {
            return Ok(None);
        }
        let wrong = |_| Usage(format!("--set {}: {:?} is no number", self.shown(), self.value));
        self.value.parse().map(Some).map_err(wrong)
    }

    fn flag(&self) -> Result<bool, Usage> {
        match self.value.as_str() {
            "true" => Ok(true),
            "false" | "" => Ok(false),
            _ => Err(Usage(format!("--set {}: say true or false", self.shown()))),
        }
    }
}

fn words<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|one| word(*one)).collect()
}

fn unknown(key: &str) -> Usage {
    let known = || KEYS.into_iter().chain([LABEL]);
    let hint = nearest(key, known()).map_or_else(
        || format!("known: {}, label.<name>", KEYS.join(", ")),
        |near| format!("did you mean {near}?"),
    );
    Usage(format!("--set {key}=…: there is no field {key:?}; {hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::event::{EventSource, IncidentRef, Ingest};
    use crate::core::vocabulary::AuthKind;

    fn event() -> Event {
        let source = EventSource {
            kind: "herald".to_owned(),
            name: "herald".to_owned(),
            account: None,
            version: None,
        };
        let ingest = Ingest {
            delivery_id: None,
            body_sha256: String::new(),
            part: 0,
            auth: AuthKind::None,
            key_id: None,
        };
        let incident = IncidentRef {
            id: "i".to_owned(),
            key: "herald/a".to_owned(),
            native_id: "a".to_owned(),
            display_id: None,
            dedup_key: None,
            merged_into: None,
            owner: None,
        };
        Event::empty(jiff::Timestamp::UNIX_EPOCH, source, ingest, incident)
    }

    #[test]
    fn every_field_lands_where_the_fold_reads_it() {
        // What is set, where it stands in the event's JSON, and what stands there then.
        let cases = [
            ("priority=P1", "/priority/rank", "\"P1\""),
            ("priority=SEV-1", "/priority/native", "\"SEV-1\""),
            ("impact=major", "/impact/level", "\"major\""),
            ("severity=critical", "/severity/level", "\"critical\""),
            ("urgency=high", "/urgency", "\"high\""),
            ("stage=resolved", "/stage", "\"resolved\""),
            ("service=checkout-api, payments", "/services/1/name", "\"payments\""),
            ("team=commerce", "/teams/0/name", "\"commerce\""),
            ("environment=staging", "/environment", "\"staging\""),
            ("region=eu", "/impact/regions/0", "\"eu\""),
            ("title=Checkout fails", "/title", "\"Checkout fails\""),
            ("affected_percent=12.5", "/impact/affected_percent", "12.5"),
            ("affected_count=17", "/impact/affected_count", "17"),
            ("private=true", "/is_private", "true"),
            ("drill=true", "/is_drill", "true"),
            ("label.tenant=initech", "/labels/tenant/0", "\"initech\""),
        ];
        for (text, pointer, expected) in cases {
            let mut event = event();
            Set::parse(text).and_then(|set| set.apply(&mut event)).unwrap();
            let json = serde_json::to_value(&event).unwrap();
            assert_eq!(json.pointer(pointer).map(ToString::to_string).as_deref(), Some(expected), "{text}");
        }
        for key in KEYS {
            assert!(cases.iter().any(|(text, ..)| text.starts_with(&format!("{key}="))), "{key} has no case");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_a_hint() {
        let cases = [
            ("impact", "field=value"),
            ("impact=mayor", "did you mean major?"),
            ("stage=nowhere", "one of "),
            ("imapct=major", "did you mean impact?"),
            ("label.=x", "no field"),
            ("affected_percent=many", "no number"),
            ("drill=yes", "true or false"),
        ];
        for (text, expected) in cases {
            let error = Set::parse(text).and_then(|set| set.apply(&mut event())).unwrap_err();
            assert!(error.to_string().contains(expected), "{text}: {error}");
        }
    }
}
