//! Each message against what its reader was told before (invariants 1 to 4).

use std::collections::BTreeMap;

use crate::core::decision::Outcome;
use crate::core::notification::Cause;
use crate::core::vocabulary::{Kind, Lifecycle, Stage, StageWord};

use super::scene::Scene;
use super::thread::Thread;
use super::{Case, Judge};
use crate::message::Message;

impl Judge {
    pub(super) fn hear(&mut self, message: &Message, case: &Case<'_>) {
        if !self.ids.insert(message.says.id.clone()) {
            self.broken(
                13,
                format!("{} has the id of another message, {}", message.words(), message.says.id),
            );
        }
        if message.is_to_lead() {
            return;
        }
        let is_named = case.record.is_some_and(|record| {
            record
                .audiences
                .values()
                .any(|outcome| matches!(outcome, Outcome::Told { told } if told.contains(&message.says.id)))
        });
        // The end of an episode that this one follows stands in no decision of its own.
        if !is_named
            && case
                .record
                .is_some_and(|record| record.episode.as_ref() == Some(&message.says.incident.episode))
        {
            self.broken(5, format!("{} is named by no decision", message.words()));
        }
        let id = message.says.thread_id.clone();
        let known = self.threads.get(&id).cloned();
        if known.is_none() {
            self.begins(message, case);
        }
        let mut thread = known.unwrap_or_else(|| Thread::begun_by(message));
        self.follows(message, &thread);
        thread.hear(message);
        self.threads.insert(id, thread);
    }

    /// The first message of a thread.
    fn begins(&mut self, message: &Message, case: &Case<'_>) {
        if message.lifecycle() != Lifecycle::Begin {
            self.broken(2, format!("{}, who was never told that it began", message.words()));
        }
        let says = &message.says;
        if message.topic.split_once('.').is_none_or(|(_, audience)| audience != says.audience) {
            self.broken(6, format!("{} is on {}, which others read", message.words(), message.topic));
        }
        let addressee = says.addressee.as_ref().map(|addressee| &addressee.id);
        let same = self.threads.values().find(|thread| {
            let (named, called) =
                (thread.audience == says.audience, case.plan.now_called(&thread.audience) == says.audience);
            let here = thread.incident == says.incident.id && thread.episode == says.incident.episode;
            here && (named || called) && thread.addressee.as_ref().map(|(id, _)| id) == addressee
        });
        if let Some(thread) = same {
            let words =
                format!("{} is in a new thread, and not in that of {}", message.words(), thread.last_id);
            self.broken(if thread.open { 3 } else { 4 }, words);
        }
    }

    fn follows(&mut self, message: &Message, thread: &Thread) {
        let words = message.words();
        let (kind, lifecycle) = (message.kind(), message.lifecycle());
        if message.says.sequence != thread.sequence + 1 {
            self.broken(4, format!("{words} follows no. {}", thread.sequence));
        }
        if thread.sequence > 0 && message.topic != thread.topic {
            self.broken(4, format!("{words} is on {}, its thread on {}", message.topic, thread.topic));
        }
        if thread.sequence > 0 && message.says.previous_id.as_ref() != Some(&thread.last_id) {
            self.broken(4, format!("{words} names {:?} before it", message.says.previous_id));
        }
        match lifecycle {
            Lifecycle::Begin if thread.open => self.broken(3, format!("{words} begins what has begun")),
            Lifecycle::Begin if kind == Kind::Opening && thread.sequence > 0 => {
                self.broken(4, format!("{words} opens what was told before, and came back"));
            }
            Lifecycle::End if thread.ended => self.broken(1, format!("{words} ends it a second time")),
            Lifecycle::End if !thread.open => self.broken(2, format!("{words} ends what never began for it")),
            Lifecycle::Progress if !thread.open && kind != Kind::Correction && thread.sequence > 0 => {
                self.broken(1, format!("{words} comes after the end"));
            }
            _ => {}
        }
        if kind == Kind::StandDown && thread.stood_down {
            self.broken(3, format!("{words} is a second one"));
        }
        if thread.stood_down && matches!(kind, Kind::Update | Kind::Downgraded) {
            self.broken(3, format!("{words} comes after a stand-down"));
        }
        if let Cause::Timer { timer, .. } = &message.says.caused_by
            && kind == Kind::StandDown
            && timer != "hold"
        {
            self.broken(3, format!("{words}: time stands nobody down"));
        }
    }

    /// Who is handed over, and who arrives.
    pub(super) fn handed_over(&mut self, case: &Case<'_>) {
        for adopt in case.out.events.iter().filter_map(|event| event.adopt.as_ref()) {
            for entry in &adopt.entries {
                let id = entry.told.as_ref().map(|told| told.thread_id.clone()).unwrap_or_default();
                if let Some(thread) = self.threads.get_mut(&id) {
                    thread.lives_in = None;
                    thread.promise = None;
                }
            }
        }
        let arrives = case.record.is_some_and(|record| record.reason.is_none());
        let Some(adopt) = case.event.and_then(|event| event.adopt.as_ref()).filter(|_| arrives) else {
            return;
        };
        for entry in adopt.entries.iter().filter(|_| !adopt.refused) {
            let id = entry.told.as_ref().map(|told| told.thread_id.clone()).unwrap_or_default();
            let here = self.threads.iter().find(|(other, thread)| {
                let addressee = entry.addressee.as_ref().map(|addressee| &addressee.id);
                let called = case.plan.now_called(&thread.audience) == case.plan.now_called(&entry.audience);
                **other != id
                    && thread.open
                    && thread.joined.is_none()
                    && thread.lives_in.as_ref() == Some(&case.out.incident)
                    && (thread.audience == entry.audience || called)
                    && thread.addressee.as_ref().map(|(id, _)| id) == addressee
            });
            let joined = here.map(|(other, _)| other.clone());
            if let Some(thread) = self.threads.get_mut(&id) {
                thread.lives_in = Some(case.out.incident.clone());
                thread.joined = joined;
            }
        }
    }

    /// At the end everyone who was told hears of it, at a reopening everyone who heard the end.
    pub(super) fn ends_and_reopenings(
        &mut self,
        case: &Case<'_>,
        before: &Scene,
        scene: &Scene,
        told_before: &BTreeMap<String, Thread>,
    ) {
        let Some(record) = case.record.filter(|record| record.reason.is_none() && !case.held) else { return };
        let stages = record.stage.as_ref().map(|stage| (stage.before, stage.after));
        let is_end = |stage: Option<Stage>| stage.is_some_and(Stage::is_end);
        let ended = stages.is_some_and(|(_, after)| is_end(after)) && before.ended_at.is_none();
        let lives_here =
            |thread: &Thread| thread.lives_in.as_ref() == Some(&case.out.incident) && thread.joined.is_none();
        if ended {
            let owed: Vec<String> = self
                .threads
                .values()
                .filter(|thread| thread.open && lives_here(thread))
                .map(Thread::reader)
                .collect();
            for reader in owed {
                self.broken(
                    1,
                    format!("{reader} does not hear that {} ended at {}", case.out.incident, case.at),
                );
            }
        }
        self.person_ends(case, before);
        let same_episode = record.episode == before.episode;
        let reopened =
            before.ended_at.is_some() && scene.ended_at.is_none() && same_episode && !before.handed_over;
        if !reopened {
            self.person_reopens(case, before);
            return;
        }
        let back: Vec<(String, String, String)> = told_before
            .iter()
            .filter(|(_, thread)| {
                thread.ended
                    && lives_here(thread)
                    && thread.episode == scene.episode.clone().unwrap_or_default()
            })
            .map(|(id, thread)| (id.clone(), thread.audience.clone(), thread.reader()))
            .collect();
        for (id, audience, reader) in back {
            let forbidden = scene.is_secret_to(&audience, case.plan)
                || scene.is_others_drill(&audience, case.plan)
                || scene.is_without_impact_to(&audience);
            let heard = case
                .messages
                .iter()
                .any(|message| message.says.thread_id == id && message.kind() == Kind::Reopened);
            if !heard && !forbidden {
                self.broken(
                    4,
                    format!("{reader} does not hear that {} is back at {}", case.out.incident, case.at),
                );
            }
        }
    }

    /// A person's word that it is over is never passed by.
    fn person_ends(&mut self, case: &Case<'_>, before: &Scene) {
        let Some(event) = case.event.filter(|event| event.update.is_some()) else { return };
        let says_end = event.stage.and_then(StageWord::stage).is_some_and(Stage::is_end);
        let is_over = case.record.and_then(|record| record.stage.as_ref()?.after).is_some_and(Stage::is_end);
        if says_end && before.is_open() && !is_over {
            self.broken(1, format!("a person's word {} does not end {}", event.id, case.out.incident));
        }
    }

    /// A person's word that it is back, within the window, is a reopening and no new episode.
    fn person_reopens(&mut self, case: &Case<'_>, before: &Scene) {
        let Some(event) = case.event.filter(|event| event.update.is_some()) else { return };
        let says_on = event.stage.and_then(StageWord::stage).is_some_and(|stage| !stage.is_end());
        let within = before.ended_at.is_some_and(|ended| {
            case.at.duration_since(ended) <= jiff::SignedDuration::from_mins(case.plan.reopen)
        });
        if says_on && within && !before.handed_over {
            self.broken(
                4,
                format!(
                    "a person's word {} within the window does not reopen {}",
                    event.id, case.out.incident
                ),
            );
        }
    }
}
