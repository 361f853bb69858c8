//! What the demo shows: steps as they happen, what each audience reads because of them, and at the
//! end who heard what, when.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, tz::TimeZone};

use super::super::output::{Style, columns, harmless, line, pad, wrap};
use super::super::{message, words};
use super::post::Answer;
use super::story::Step;
use super::watch::Watch;
use crate::app::addresses::Addresses;
use crate::core::decision::{DecisionRecord, Outcome};
use crate::core::notification::Notification;
use crate::core::policy::Policy;
use crate::core::vocabulary::{Lifecycle, Reason};

/// Where audiences' names end.
const NAME_COLUMNS: usize = 24;
/// Left of everything but the time.
const INDENT: &str = "       ";

/// A terminal, and the zone that the story's times are shown in.
pub(super) struct Screen {
    style: Style,
    zone: TimeZone,
    full: bool,
    /// Audiences whose words have been shown in full.
    in_full: RefCell<BTreeSet<String>>,
}

impl Screen {
    pub(super) fn new(zone: TimeZone, full: bool) -> Self {
        Self { style: Style::of_stdout(), zone, full, in_full: RefCell::default() }
    }

    pub(super) fn title(&self, addresses: &Addresses, policy: &Policy, speed: u32) -> std::io::Result<()> {
        line(&self.style.bold("Herald: everyone who must know is told, in their own words, once."))?;
        line("")?;
        let text = format!(
            "This process runs all of it: the webhook port ({}), the router, the policy {} with its {} audiences, \
             and a Kafka broker in memory ({}). The story runs {speed} times faster than life; its clock is on the left.",
            addresses.webhooks.map(|address| address.to_string()).unwrap_or_default(),
            policy.version,
            policy.audiences.len(),
            addresses.kafka,
        );
        line(&wrap(&text, self.style.width, ""))
    }

    /// A step that posts nothing.
    pub(super) fn narrate(&self, step: &Step, at: Timestamp) -> std::io::Result<()> {
        line("")?;
        line(&format!("{}  {}", self.style.bold(&self.clock(at)), self.style.dim(step.words)))
    }

    /// A step, the answer to its webhook, and what came of it.
    pub(super) fn step(
        &self,
        step: &Step,
        at: Timestamp,
        answer: &Answer,
        watch: &mut Watch,
    ) -> std::io::Result<()> {
        line("")?;
        line(&format!("{}  {}", self.style.bold(&self.clock(at)), self.style.bold(step.words)))?;
        if let Some(post) = step.post {
            let posted = format!("{INDENT}POST /webhooks/{} → {}", post.source, answer.status);
            line(&self.style.dim(&posted))?;
        }
        for event in &answer.events {
            for told in watch.take(Some(event)) {
                self.told(&told)?;
            }
            if let Some(record) = watch.decision_on(event) {
                self.not_told(record)?;
            }
        }
        Ok(())
    }

    /// What time itself has caused since.
    pub(super) fn timers(&self, watch: &mut Watch) -> std::io::Result<()> {
        let mut last = None;
        for told in watch.take(None) {
            if last != Some(told.decided_at) {
                line("")?;
                let words = if told.kind.lifecycle() == Lifecycle::Lead {
                    "Time itself: somebody has to act."
                } else {
                    "Time itself: what was waiting is due."
                };
                line(&format!("{}  {}", self.style.bold(&self.clock(told.decided_at)), words))?;
                last = Some(told.decided_at);
            }
            self.told(&told)?;
        }
        Ok(())
    }

    fn told(&self, message: &Notification) -> std::io::Result<()> {
        let mut name = pad(&message::reader(message), NAME_COLUMNS);
        for content in &message.contents {
            let language = self.style.dim(&pad(&content.language, 3));
            let subject =
                wrap(&content.subject, self.style.width.saturating_sub(NAME_COLUMNS + INDENT.len() + 5), "");
            for (row, part) in subject.lines().enumerate() {
                let language = if row == 0 { language.clone() } else { "   ".to_owned() };
                line(&format!(
                    "{INDENT}{}{} {language} {part}",
                    self.style.green("▸ "),
                    self.style.cyan(&name)
                ))?;
                name = " ".repeat(NAME_COLUMNS);
            }
        }
        let first = self.in_full.borrow_mut().insert(message.audience.clone());
        if self.full && first {
            for content in &message.contents {
                let indent = format!("{INDENT}    │ ");
                line(&self.style.dim(&wrap(&content.text, self.style.width, &indent)))?;
                line("")?;
            }
        }
        Ok(())
    }

    /// Who was not told of this event, gathered by why.
    fn not_told(&self, record: &DecisionRecord) -> std::io::Result<()> {
        let mut by_reason: BTreeMap<Reason, Vec<&str>> = BTreeMap::new();
        for (audience, outcome) in &record.audiences {
            if let Outcome::NotTold { not_told, .. } = outcome {
                by_reason.entry(*not_told).or_default().push(audience);
            }
        }
        if let Some(reason) = record.reason {
            by_reason.entry(reason).or_default().push("everybody");
        }
        for (reason, audiences) in by_reason {
            let text = format!("{}: {}", audiences.join(", "), words::reason(reason));
            let indent = format!("{INDENT}  ");
            let wrapped = wrap(&text, self.style.width, &indent);
            line(&self.style.dim(&wrapped.replacen(&indent, &format!("{INDENT}· not told: "), 1)))?;
        }
        Ok(())
    }

    /// Who heard what, when; and who never heard of it, and why.
    pub(super) fn summary(&self, watch: &Watch) -> std::io::Result<()> {
        line("")?;
        line(&self.style.bold("Who heard what, when"))?;
        let mut heard: BTreeMap<String, Vec<&Notification>> = BTreeMap::new();
        for message in &watch.notifications {
            heard.entry(message::reader(message)).or_default().push(message);
        }
        for (reader, messages) in &mut heard {
            messages.sort_by_key(|message| message.decided_at);
            let parts: Vec<String> = messages
                .iter()
                .map(|message| format!("{} {}", self.clock(message.decided_at), message.kind.as_str()))
                .collect();
            self.row(reader, &parts.join("  →  "))?;
        }
        for (audience, reason) in never_told(watch) {
            if !heard.contains_key(&audience) {
                self.row(&audience, &format!("heard nothing: {}", words::reason(reason)))?;
            }
        }
        Ok(())
    }

    fn row(&self, name: &str, text: &str) -> std::io::Result<()> {
        let indent = " ".repeat(NAME_COLUMNS + 4);
        let wrapped = wrap(&harmless(text), self.style.width, &indent);
        let gap = " ".repeat((NAME_COLUMNS + 2).saturating_sub(columns(name)));
        line(&wrapped.replacen(&indent, &format!("  {}{gap}", self.style.cyan(name)), 1))
    }

    pub(super) fn farewell(&self) -> std::io::Result<()> {
        line("")?;
        let text = "Every line above with a name in it was read from Kafka: notify.<audience>, leads.<lead> and \
            incident.decisions. The broker in memory is for trying out only, and is gone now.";
        line(&self.style.dim(&wrap(text, self.style.width, "")))?;
        line("\nNext:  herald demo --full     the messages themselves")?;
        line("       herald serve           the same, for your own webhooks, with a curl line to try")?;
        line("       herald init my-herald  a policy of your own")
    }

    fn clock(&self, at: Timestamp) -> String {
        at.to_zoned_datetime(self.zone.clone()).strftime("%H:%M").to_string()
    }
}

/// The last reason for hearing nothing, by reader.
fn never_told(watch: &Watch) -> BTreeMap<String, Reason> {
    let mut reasons = BTreeMap::new();
    for record in &watch.decisions {
        for (audience, outcome) in &record.audiences {
            if let Outcome::NotTold { not_told, .. } = outcome {
                // `not_told_before` only says that it heard nothing before either.
                if *not_told != Reason::NotToldBefore || !reasons.contains_key(audience) {
                    reasons.insert(audience.clone(), *not_told);
                }
            }
        }
    }
    reasons
}
