//! Plays a story: time passes, things happen, and what everyone heard is held against what the
//! story says.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::compare::{self, Difference};
use super::happening::Happening;
use super::heard::{Message, Reasons, reader_of};
use super::reach::Reached;
use super::world::World;
use super::{Story, Twin, Variants};
use crate::core::notification::{Notice, render, rendering_failed};
use crate::core::shard;

/// How a story went.
#[derive(Debug)]
pub struct Outcome {
    /// One for each step.
    pub moments: Vec<Moment>,
}

impl Outcome {
    /// Did everyone hear what the story says?
    pub fn is_well(&self) -> bool {
        self.moments.iter().all(|moment| moment.differences.is_empty())
    }
}

/// How one step went.
#[derive(Debug)]
pub struct Moment {
    /// Since the story's beginning.
    pub at: SignedDuration,
    /// Its line in the file.
    pub line: usize,
    /// All that was heard since the step before, in order.
    pub heard: Vec<Message>,
    /// Where that differs from what the story says.
    pub differences: Vec<Difference>,
}

/// Plays it on the policy, from the beginning.
pub fn play(story: &Story, twin: &Twin, variants: &Variants, reached: &mut Reached) -> Outcome {
    let mut stage = Stage {
        world: World::new(Arc::clone(&twin.policy)),
        probe: World::new(Arc::clone(&twin.probe)),
        reasons: Reasons::default(),
        reached,
    };
    let mut moments = Vec::with_capacity(story.steps.len());
    for step in &story.steps {
        let now = story.starts.checked_add(step.at).unwrap_or(Timestamp::MAX);
        let (heard, failure) = stage.act(&step.happening, now, variants);
        let mut differences = compare::differences(&step.expectation, &heard, &stage.reasons);
        differences.extend(failure.map(Difference::Failed));
        moments.push(Moment { at: step.at, line: step.line, heard, differences });
    }
    Outcome { moments }
}

struct Stage<'r> {
    world: World,
    /// The same incidents, folded for [`super::reach::probe`].
    probe: World,
    reasons: Reasons,
    reached: &'r mut Reached,
}

impl Stage<'_> {
    /// One step: time up to it, what happens, and what falls due at that very moment.
    fn act(
        &mut self,
        happening: &Happening,
        now: Timestamp,
        variants: &Variants,
    ) -> (Vec<Message>, Option<String>) {
        let mut heard = Vec::new();
        let failure = self.try_act(happening, now, variants, &mut heard).err();
        (heard, failure)
    }

    fn try_act(
        &mut self,
        happening: &Happening,
        now: Timestamp,
        variants: &Variants,
        heard: &mut Vec<Message>,
    ) -> Result<(), String> {
        match happening {
            // A timer due at this very moment is folded after the event, as in the log.
            Happening::Events(events) => {
                for event in events {
                    let decided = self.world.event(event, now)?;
                    self.hear(decided, heard);
                    let probed = self.probe.event(event, now)?;
                    self.reached.routes_of(&probed);
                }
            }
            Happening::Reload(folder) => {
                self.pass(now, heard)?;
                let twin = variants.get(folder).ok_or_else(|| format!("there is no policy {folder}"))?;
                self.world.load(Arc::clone(&twin.policy), now);
                self.probe.load(Arc::clone(&twin.probe), now);
            }
            Happening::Stop => {
                self.pass(now, heard)?;
                self.world.stop();
                self.probe.stop();
            }
            Happening::Restart => {
                self.pass(now, heard)?;
                let decided = self.world.restart(now)?;
                self.hear(decided, heard);
                let probed = self.probe.restart(now)?;
                self.reached.routes_of(&probed);
            }
            Happening::Time => {}
        }
        self.pass(now, heard)
    }

    fn pass(&mut self, until: Timestamp, heard: &mut Vec<Message>) -> Result<(), String> {
        let decided = self.world.pass(until)?;
        self.hear(decided, heard);
        let probed = self.probe.pass(until)?;
        self.reached.routes_of(&probed);
        Ok(())
    }

    fn hear(&mut self, decided: Vec<shard::Step>, heard: &mut Vec<Message>) {
        for step in decided {
            let mut failed = Vec::new();
            for notice in &step.decision.notices {
                if self.say(notice, heard) {
                    failed.push(notice);
                }
            }
            for notice in rendering_failed(&failed) {
                self.say(&notice, heard);
            }
            if let Some(record) = &step.decision.record {
                self.reached.decision(record);
                self.reasons.note(record);
            }
        }
    }

    /// Gives a notice its words. True: built-in ones had to do, since a template failed.
    fn say(&mut self, notice: &Notice, heard: &mut Vec<Message>) -> bool {
        let rendered = render(notice, &self.world.policy);
        let message = Message {
            at: notice.decided_at,
            reader: reader_of(notice),
            kind: notice.kind,
            notification: Arc::new(rendered.notification),
        };
        self.reached.message(&message);
        heard.push(message);
        !rendered.fallbacks.is_empty()
    }
}
