//! The judge: it reads what stood on the log and what was published, and says which of the thirteen
//! invariants of domain.md section 7 were broken. It knows nothing of the fold's state: what each
//! reader was told is rebuilt from messages (`thread`), what the log says of an incident from its
//! events (`scene`).
//!
//! | file | judges |
//! |---|---|
//! | `told` | 1, 2, 3, 4: each message against what its reader was told before |
//! | `moment`, `news` | 3, 5, 6, 12: each decision about each reader, told or not |
//! | `reach` | 6, 7: who may hear at all |
//! | `exits` | 5, 7, 8: what an event by itself comes to |
//! | `words` | 9, 10: that there are words, and that they are approved |
//! | `promises` | 11 |
//! | `same` | 12, 13: two runs over the same log |

mod exits;
mod moment;
mod news;
mod promises;
mod reach;
mod same;
mod scene;
mod thread;
mod told;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use crate::core::decision::{DecisionRecord, Outcome};
use crate::core::event::Event;
use crate::core::notification::Cause;
use crate::core::vocabulary::{Priority, Reason};
use jiff::Timestamp;

use crate::message::Message;
use crate::plan::{Group, Plan};
use crate::play::{Op, Out, Played};
use crate::tale::Tale;
pub use same::same;
use scene::Scene;
use thread::Thread;

/// An invariant that was broken, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub invariant: u8,
    pub words: String,
}

/// One decision, as it is judged.
struct Case<'c> {
    plan: &'c Plan,
    out: &'c Out,
    messages: &'c [Message],
    record: Option<&'c DecisionRecord>,
    /// The event that was decided on; none for a timer.
    event: Option<&'c Event>,
    at: Timestamp,
    /// A backlog is folded under hold.
    held: bool,
}

impl Case<'_> {
    fn outcome(&self, reader: &str) -> Option<&Outcome> {
        self.record?.audiences.get(reader)
    }

    fn reason(&self, reader: &str) -> Option<Reason> {
        match self.outcome(reader)? {
            Outcome::NotTold { not_told, .. } => Some(*not_told),
            Outcome::Told { .. } => None,
        }
    }

    /// What this reader hears of this very incident because of it.
    fn heard<'m>(&'m self, reader: &str) -> Option<&'m Message> {
        self.messages.iter().find(|message| !message.is_to_lead() && message.reader() == reader)
    }
}

/// What is known while the history is read.
#[derive(Default)]
struct Judge {
    verdicts: Vec<Verdict>,
    scenes: BTreeMap<String, Scene>,
    /// By thread id.
    threads: BTreeMap<String, Thread>,
    /// Readers whose opening waits: incident, reader.
    waiting: BTreeMap<(String, String), Reason>,
    ids: BTreeSet<String>,
    /// The policy in force, by its place in the tale.
    policy: usize,
    /// Since when it is followed.
    loaded_at: Option<Timestamp>,
    hold_until: Option<Timestamp>,
    /// Leads told of an unapproved template: incident's episode, audience.
    lead_knows: BTreeSet<(String, String)>,
    /// Overdue notes: incident, reader's item, due.
    overdue: BTreeSet<(String, String, String, String)>,
}

/// Judges a whole history that was played.
pub fn judge(tale: &Tale, played: &Played) -> Vec<Verdict> {
    let published = played.outs.iter().map(|out| {
        let policy = &tale.policies[out.policy].policy;
        (out, Message::all(&out.notices, policy))
    });
    judge_published(tale, &played.ops, published)
}

/// Judges a whole history by its decisions, each with the messages that were published because of it.
pub fn judge_published<'p>(
    tale: &Tale,
    ops: &[Op],
    published: impl IntoIterator<Item = (&'p Out, Vec<Message>)>,
) -> Vec<Verdict> {
    let mut judge = Judge::default();
    let mut published = published.into_iter().peekable();
    for (at, op) in ops.iter().enumerate() {
        judge.begin_op(op, tale);
        let mut own = 0;
        while let Some((out, messages)) = published.next_if(|(out, _)| out.op == at) {
            own += judge.decision(&tale.policies[out.policy].plan, op, out, &messages);
        }
        if let Op::Fold { event, .. } = op
            && own != 1
        {
            judge.broken(8, format!("{} has {own} decisions", event.id));
        }
    }
    judge.at_the_end();
    judge.verdicts
}

impl Judge {
    fn broken(&mut self, invariant: u8, words: String) {
        self.verdicts.push(Verdict { invariant, words });
    }

    fn begin_op(&mut self, op: &Op, tale: &Tale) {
        match op {
            Op::Load { policy, at } => {
                let version = |at: usize| &tale.policies[at].policy.version;
                // The same one again is no load.
                if version(*policy) != version(self.policy) {
                    self.loaded_at = Some(*at);
                }
                self.policy = *policy;
            }
            Op::Restart { hold: Some(until) } => {
                self.hold_until = Some(*until);
                self.waive_until(*until);
            }
            _ => {}
        }
    }

    /// Judges one decision. Says whether it is the one on the operation's own event.
    fn decision(&mut self, plan: &Plan, op: &Op, out: &Out, messages: &[Message]) -> usize {
        let record = out.record.as_ref();
        let event = match (op, record.map(|record| &record.caused_by)) {
            (Op::Fold { event, .. }, Some(Cause::Event { event: id, .. })) if *id == event.id => {
                Some(&**event)
            }
            _ => None,
        };
        let at = record
            .map(|record| record.at)
            .or_else(|| messages.first().map(|message| message.says.decided_at));
        let Some(at) = at else { return 0 };
        let held = self.hold_until.is_some_and(|until| at < until);
        let case = Case { plan, out, messages, record, event, at, held };
        let before = self.scenes.get(&out.incident).cloned().unwrap_or_default();
        self.exit(&case, &before);
        self.broken_by(at, &out.incident);
        let scene = self.enter(&case, &before);
        self.handed_over(&case);
        let told_before = self.threads.clone();
        self.reach(&case, &scene);
        self.moment(&case, &before, &scene);
        for message in messages {
            self.hear(message, &case);
            self.words(message, &case, &scene);
        }
        self.ends_and_reopenings(&case, &before, &scene, &told_before);
        self.promises(&case, &scene);
        self.scenes.insert(out.incident.clone(), scene);
        usize::from(event.is_some())
    }

    /// The scene after this decision.
    fn enter(&mut self, case: &Case<'_>, before: &Scene) -> Scene {
        let mut scene = before.clone();
        let Some(record) = case.record else { return scene };
        if let Some(reason) = record.reason {
            if let Some(event) =
                case.event.filter(|event| reason == Reason::AlreadyClosed && event.adopt.is_none())
            {
                scene.note(event);
            }
            return scene;
        }
        if record.episode.is_some() && record.episode != scene.episode {
            scene.begin(record.episode.as_deref().unwrap_or_default());
            let incident = case.out.incident.clone();
            self.waiting.retain(|(of, _), _| *of != incident);
        }
        if let Some(event) = case.event.filter(|event| event.adopt.is_none()) {
            scene.accept(event);
            scene.handed_over |=
                event.incident.merged_into.as_ref().is_some_and(|into| *into != case.out.incident)
                    && before.is_open()
                    && record.stage.as_ref().is_some_and(|stage| stage.before == stage.after)
                    && is_hand_over(event);
        }
        scene.priority = record.priority.as_ref().and_then(|graded| graded.values.after).or(scene.priority);
        scene.impact = record.impact.as_ref().and_then(|graded| graded.values.after).or(scene.impact);
        if let Some(stage) = record.stage.as_ref().and_then(|stage| stage.after) {
            let began_anew = record.stage.as_ref().is_some_and(|stage| stage.before.is_none());
            if !stage.is_end() {
                scene.ended_at = None;
            } else if scene.ended_at.is_none() || began_anew {
                scene.ended_at = Some(case.at);
            }
        }
        scene
    }

    /// What is still owed when nothing more comes.
    fn at_the_end(&mut self) {
        let owed: Vec<String> = self
            .threads
            .values()
            .filter(|thread| self.is_owed(thread))
            .map(|thread| {
                format!(
                    "{} was told that {} began ({}), and never that it ended",
                    thread.reader(),
                    thread.incident,
                    thread.last_kind
                )
            })
            .collect();
        for words in owed {
            self.broken(1, words);
        }
        self.promises_at_the_end();
    }

    /// Told it began and not that it ended, neither there nor where it was taken over.
    fn is_owed(&self, thread: &Thread) -> bool {
        let mut thread = thread;
        for _ in 0..8 {
            if !thread.open {
                return false;
            }
            match thread.joined.as_ref().and_then(|joined| self.threads.get(joined)) {
                Some(other) => thread = other,
                None => return true,
            }
        }
        true
    }

    fn is_waiting(&self, incident: &str, group: &Group, reader: &str) -> bool {
        let former = group.formerly.as_ref().map(|former| reader.replacen(&group.name, former, 1));
        let waits = |reader: &str| self.waiting.contains_key(&(incident.to_owned(), reader.to_owned()));
        waits(reader) || former.is_some_and(|former| waits(&former))
    }
}

/// Merged into another one: what a source says so, and really says.
fn is_hand_over(event: &Event) -> bool {
    event.stage == Some(crate::core::vocabulary::StageWord::Merged)
}

/// Is one priority graver than another?
fn is_graver(than: Priority, priority: Priority) -> bool {
    priority.gravity() > than.gravity()
}
