//! Plays a tale on a partition: once as it comes, which makes the log; then again from that log,
//! with batches cut, aborted and restarted at random. What comes out is all that the judge reads.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::core::decision::{DecisionRecord, InputPlace};
use crate::core::event::Event;
use crate::core::incident::{Decision, IncidentState, StateChange};
use crate::core::limits::BACKLOG_AGE_SECONDS_MIN;
use crate::core::notification::Notice;
use crate::core::shard::{Shard, Step as Folded};
use crate::core::vocabulary::StageWord;
use jiff::{SignedDuration, Timestamp};

use crate::plan::Made;
use crate::tale::{Happening, Post, Tale, Trouble, Word, minute};

/// What is done to the partition, in order.
#[derive(Debug, Clone)]
pub enum Op {
    /// An event of the log is folded.
    Fold { event: Box<Event>, at: Timestamp, offset: i64 },
    /// Time passes, and the router is caught up.
    Pass { until: Timestamp },
    /// Another policy is followed.
    Load { policy: usize, at: Timestamp },
    /// The router starts anew; what waited for long is folded under hold.
    Restart { hold: Option<Timestamp> },
}

/// What came out of one decision.
#[derive(Debug, Clone)]
pub struct Out {
    /// Which operation brought it.
    pub op: usize,
    /// The policy in force.
    pub policy: usize,
    pub incident: String,
    pub notices: Vec<Notice>,
    pub record: Option<DecisionRecord>,
    pub events: Vec<Event>,
    /// Was a state, or its end, published?
    pub state_written: bool,
}

/// A tale that was played.
#[derive(Debug)]
pub struct Played {
    pub ops: Vec<Op>,
    pub outs: Vec<Out>,
    pub states: BTreeMap<String, Arc<IncidentState>>,
}

struct World<'t> {
    policies: &'t [Arc<Made>],
    policy: usize,
    shard: Shard,
    next_offset: i64,
    outs: Vec<Out>,
}

impl<'t> World<'t> {
    fn new(policies: &'t [Arc<Made>]) -> Self {
        Self { policies, policy: 0, shard: Shard::new(0), next_offset: 0, outs: Vec::new() }
    }

    fn place(&self) -> InputPlace {
        InputPlace { partition: 0, offset: self.next_offset }
    }

    fn take(&mut self, op: usize, steps: Vec<Folded>) {
        let policy = self.policy;
        // A timer that decided nothing leaves nothing.
        let decided = steps.into_iter().filter(|step| step.decision != Decision::NOTHING);
        self.outs.extend(decided.map(|step| Out {
            op,
            policy,
            incident: step.incident,
            state_written: step.decision.state != StateChange::Unchanged,
            notices: step.decision.notices,
            record: step.decision.record,
            events: step.decision.events,
        }));
    }

    fn pass(&mut self, op: usize, until: Timestamp, steps_max: usize) {
        let place = self.place();
        let policies = self.policies;
        let steps = self.shard.due(until, place, &policies[self.policy].policy, steps_max);
        self.take(op, steps);
    }

    fn fold(&mut self, op: usize, event: &Event, at: Timestamp, offset: i64) {
        let place = InputPlace { partition: 0, offset };
        self.next_offset = offset + 1;
        let policies = self.policies;
        let steps = self.shard.event(event, at, place, &policies[self.policy].policy);
        self.take(op, steps);
    }

    fn load(&mut self, policy: usize, at: Timestamp) {
        self.policy = policy;
        self.shard.next_due(&self.policies[policy].policy, at);
    }

    /// Another process takes over: it has what stands on `incident.state`, and nothing else.
    fn restart(&mut self, hold: Option<Timestamp>, through_records: bool) {
        let mut shard = Shard::new(0);
        for state in self.shard.states() {
            if through_records {
                let written = serde_json::to_vec(&state).unwrap_or_default();
                match serde_json::from_slice(&written) {
                    Ok(state) => shard.restore(state),
                    Err(error) => unreachable!("a state that can't be read: {error}"),
                }
            } else {
                shard.restore(IncidentState::clone(&state));
            }
        }
        if self.shard.clock() > Timestamp::MIN {
            shard.restore_clock(self.shard.clock());
        }
        shard.hold_until(hold.or_else(|| self.shard.held_until()));
        shard.restore_policy(self.shard.loaded().cloned());
        self.shard = shard;
    }

    fn states(&self) -> BTreeMap<String, Arc<IncidentState>> {
        self.shard.states().map(|state| (state.id.clone(), state)).collect()
    }
}

/// The first run: it makes the log.
struct Author<'t> {
    world: World<'t>,
    ops: Vec<Op>,
    /// All that was appended, for repetitions.
    said: Vec<(Event, Option<usize>)>,
    /// Events of Herald's own, on their way.
    own: VecDeque<(Timestamp, Event)>,
    own_after: SignedDuration,
    unread: Option<Vec<(Event, Timestamp)>>,
    appended: i64,
    now: Timestamp,
    words: Option<String>,
    deliveries: usize,
    /// Time goes by what stands on the log alone.
    by_events: bool,
}

/// Plays it as it comes.
pub fn play(tale: &Tale) -> Played {
    told(tale, false)
}

/// The same, where no time passes but by an event: by a test delivery where there is no other.
pub fn play_by_events(tale: &Tale) -> Played {
    told(tale, true)
}

fn told(tale: &Tale, by_events: bool) -> Played {
    let mut author = Author {
        world: World::new(&tale.policies),
        ops: Vec::new(),
        said: Vec::new(),
        own: VecDeque::new(),
        own_after: SignedDuration::from_secs(tale.own_after),
        unread: None,
        appended: 0,
        now: minute(0),
        words: None,
        deliveries: 0,
        by_events,
    };
    for (number, step) in tale.steps.iter().enumerate() {
        author.advance(SignedDuration::from_secs(step.after));
        author.happen(number, tale);
    }
    author.end(SignedDuration::from_mins(tale.quiet), tale.incidents());
    let states = author.world.states();
    Played { ops: author.ops, outs: author.world.outs, states }
}

impl Author<'_> {
    /// Time goes on; what Herald appended itself comes in between.
    fn advance(&mut self, by: SignedDuration) {
        let until = self.now + by;
        while let Some((at, event)) = self.own.pop_front_if(|(at, _)| *at <= until) {
            self.now = self.now.max(at);
            self.append(event);
        }
        self.now = until;
    }

    fn happen(&mut self, number: usize, tale: &Tale) {
        self.deliveries += 1;
        let delivery = format!("d{}", self.deliveries);
        match &tale.steps[number].what {
            Happening::Post(post) => self.say(post.event(&delivery, self.now), Some(number)),
            Happening::Word(word) => self.speak(word, &delivery),
            Happening::Again(before) => {
                if let Some((event, _)) = self.said.iter().rev().nth(before - 1).cloned() {
                    self.append(event);
                }
            }
            Happening::Echo(before) => {
                let posts = self.said.iter().rev().filter_map(|(_, step)| *step);
                let found = posts.map(|step| &tale.steps[step].what).nth(before - 1);
                if let Some(Happening::Post(post)) = found {
                    let post = Post { late: None, ..post.clone() };
                    let echoed = self.said.iter().rev().filter(|(_, step)| step.is_some()).nth(before - 1);
                    let step = echoed.and_then(|(_, step)| *step);
                    self.say(post.event(&delivery, self.now), step);
                }
            }
            Happening::Reload(policy) => self.load(*policy),
            Happening::Down => {
                self.unread.get_or_insert_default();
            }
            Happening::Up => self.up(),
            Happening::Wait => self.pass(),
        }
    }

    fn speak(&mut self, word: &Word, delivery: &str) {
        let event = word.event(delivery, self.now, self.words.as_deref());
        if event.update.as_deref().is_some_and(crate::core::event::PlainUpdate::has_words) {
            self.words = Some(event.id.clone());
        }
        self.say(event, None);
    }

    fn say(&mut self, event: Event, step: Option<usize>) {
        self.said.push((event.clone(), step));
        self.append(event);
    }

    fn append(&mut self, event: Event) {
        match &mut self.unread {
            Some(unread) => unread.push((event, self.now)),
            None => self.fold(event, self.now, true),
        }
    }

    fn fold(&mut self, event: Event, at: Timestamp, live: bool) {
        let op = self.ops.len();
        let offset = self.appended;
        self.appended += 1;
        if live {
            self.world.pass(op, before(at), usize::MAX);
        }
        self.world.fold(op, &event, at, offset);
        self.ops.push(Op::Fold { event: Box::new(event), at, offset });
        self.commit(op);
    }

    fn commit(&mut self, op: usize) {
        self.world.shard.commit();
        let outs = self.world.outs.iter().rev().take_while(|out| out.op == op);
        let mut made: Vec<Event> = outs.flat_map(|out| out.events.iter().rev().cloned()).collect();
        made.reverse();
        let at = self.now.max(self.world.shard.clock()) + self.own_after;
        self.own.extend(made.into_iter().map(|event| (at, event)));
    }

    fn pass(&mut self) {
        if self.unread.is_some() {
            return;
        }
        if self.by_events {
            self.deliveries += 1;
            let tick = Post { of: u8::MAX, by: "pager".to_owned(), test: true, ..Post::default() };
            self.append(tick.event(&format!("d{}", self.deliveries), self.now));
            return;
        }
        let op = self.ops.len();
        self.world.pass(op, self.now, usize::MAX);
        self.ops.push(Op::Pass { until: self.now });
        self.commit(op);
    }

    fn load(&mut self, policy: usize) {
        self.pass();
        self.world.load(policy, self.now);
        self.ops.push(Op::Load { policy, at: self.now });
    }

    fn up(&mut self) {
        let Some(unread) = self.unread.take() else { return };
        let age = unread.first().map(|(_, appended)| self.now.duration_since(*appended));
        let is_old = age.is_some_and(|age| age >= SignedDuration::from_secs(BACKLOG_AGE_SECONDS_MIN));
        let hold = is_old.then_some(self.now);
        self.world.restart(hold, true);
        self.ops.push(Op::Restart { hold });
        for (event, at) in unread {
            self.fold(event, at, false);
        }
        self.pass();
    }

    /// Everything ends, by a person's word: whoever is still owed an end gets it now.
    fn end(&mut self, quiet: SignedDuration, incidents: u8) {
        self.up();
        self.advance(quiet);
        self.pass();
        let mut known: Vec<String> = self.world.outs.iter().map(|out| out.incident.clone()).collect();
        known.sort();
        known.dedup();
        for of in (0..incidents).filter(|of| known.contains(&crate::event::incident(*of))) {
            self.advance(SignedDuration::from_secs(1));
            let word = Word { of, stage: Some(StageWord::Resolved), ..Word::default() };
            let event = word.event(&format!("end of {of}"), self.now, None);
            self.append(event);
        }
        // What is handed over on the way arrives, and so does what is handed back.
        for _ in 0..6 {
            self.advance(SignedDuration::from_secs(100));
        }
        self.advance(SignedDuration::from_mins(200));
        self.pass();
    }
}

fn before(at: Timestamp) -> Timestamp {
    at.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(at)
}

/// Plays the same log again, with everything that may befall a router.
pub fn replay(tale: &Tale, ops: &[Op]) -> Played {
    let mut world = World::new(&tale.policies);
    let (mut next, mut committed, mut kept) = (0, 0, 0);
    let mut troubles = tale.troubles.iter().copied();
    while let Some(op) = ops.get(next) {
        match op {
            Op::Fold { event, at, offset, .. } => {
                match troubles.next().unwrap_or(Trouble::Nothing) {
                    Trouble::Nothing => {}
                    Trouble::Commit => {
                        world.shard.commit();
                        (committed, kept) = (next, world.outs.len());
                    }
                    Trouble::Tick(count) => world.pass(next, before(*at), count),
                    trouble @ (Trouble::Abort | Trouble::Restart) => {
                        world.shard.abort();
                        if trouble == Trouble::Restart {
                            world.restart(None, true);
                        }
                        world.outs.truncate(kept);
                        world.next_offset = offset_at(ops, committed);
                        next = committed;
                        continue;
                    }
                }
                world.fold(next, event, *at, *offset);
            }
            Op::Pass { until } => world.pass(next, *until, usize::MAX),
            Op::Load { policy, at } => world.load(*policy, *at),
            Op::Restart { hold } => world.restart(*hold, true),
        }
        if !matches!(op, Op::Fold { .. }) {
            world.shard.commit();
            (committed, kept) = (next + 1, world.outs.len());
        }
        next += 1;
    }
    world.shard.commit();
    let states = world.states();
    Played { ops: Vec::new(), outs: world.outs, states }
}

/// Plays the same log again, and before each event loads every other policy of the tale over what
/// stands there, and then the one in force: nothing may come of it.
pub fn reloaded(tale: &Tale, ops: &[Op]) -> Played {
    let mut world = World::new(&tale.policies);
    for (next, op) in ops.iter().enumerate() {
        match op {
            Op::Fold { event, at, offset } => {
                // Not between events of one moment: a threshold of that moment is crossed then, not after.
                if world.shard.held_until().is_none() && world.shard.clock() < *at {
                    world.pass(next, before(*at), usize::MAX);
                    let in_force = world.policy;
                    for policy in (0..tale.policies.len()).filter(|policy| *policy != in_force) {
                        world.load(policy, before(*at));
                        world.pass(next, before(*at), usize::MAX);
                    }
                    world.load(in_force, before(*at));
                    world.pass(next, before(*at), usize::MAX);
                }
                world.fold(next, event, *at, *offset);
            }
            Op::Pass { until } => world.pass(next, *until, usize::MAX),
            Op::Load { policy, at } => world.load(*policy, *at),
            Op::Restart { hold } => world.restart(*hold, false),
        }
        world.shard.commit();
    }
    let states = world.states();
    Played { ops: Vec::new(), outs: world.outs, states }
}

/// The offset that follows the operations before this one.
fn offset_at(ops: &[Op], next: usize) -> i64 {
    let offset = |op: &Op| if let Op::Fold { offset, .. } = op { Some(offset + 1) } else { None };
    ops[..next].iter().rev().find_map(offset).unwrap_or(0)
}
