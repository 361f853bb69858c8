//! One installation, and what was read of it in the end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use herald::core::record::{OutRecord, topics};
use herald_judge::chance::Chance;
use herald_judge::gathered::{self, Act};
use herald_judge::judge::Verdict;
use herald_judge::plan::Made;
use herald_judge::recording::{Record, Recording};
use herald_judge::tale::Tale;

use super::{HISTORIES, SEED};
use crate::fixture::await_that::await_that;
use crate::fixture::given::{Given, records};
use crate::fixture::herald::{Herald, Role};
use crate::fixture::read::{self, Reader};
use crate::fixture::seed::Dice;
use crate::fixture::site::Site;
use crate::lifecycle::read_by_people;
use crate::oracle::log::Log;

/// Appended at once.
const BATCH_EVENTS_MAX: u32 = 12;
/// Of a router that folds: about as long as a transaction or two take it.
const UNTIL_KILLED_MS_MAX: u32 = 80;
const FOLDED_IN: Duration = Duration::from_mins(3);

/// What came out of one installation.
#[derive(Debug, Default)]
pub(super) struct Told {
    number: usize,
    pub(super) verdicts: Vec<Verdict>,
    pub(super) events: usize,
    /// Of those: what Herald hands over to itself.
    pub(super) own: usize,
    pub(super) loads: usize,
    pub(super) kills: usize,
    pub(super) decisions: usize,
    pub(super) messages: usize,
    /// Decisions and messages that nobody may read.
    pub(super) aborted: usize,
}

/// One installation with its only router.
pub(super) struct Run {
    tale: Tale,
    dice: Dice,
    site: Site,
    given: Given,
    reader: Reader,
    herald: Herald,
    told: Told,
}

impl Run {
    pub(super) fn new(number: usize, dice: Dice) -> Self {
        let mut chance = Chance::new(SEED + number as u64);
        let policies = gathered::policies(&mut chance, 1 + usize::from(!number.is_multiple_of(3))).unwrap();
        let tale = gathered::tale(&mut chance, &policies, HISTORIES);
        let site = Site::shared(&format!("histories-{number}")).with_times_given().with_one_partition();
        let given = Given::far_ahead(&site, audiences(&policies).iter().map(String::as_str));
        let herald = site.herald("router-1", Role::Router);
        let told = Told { number, ..Told::default() };
        Self { tale, dice, given, reader: site.reader(), herald, told, site }
    }

    pub(super) fn play(mut self) -> Told {
        self.load_policy(0);
        self.starts();
        let acts = gathered::acts(&self.tale);
        let mut acts = acts.as_slice();
        while !acts.is_empty() {
            let most = 1 + self.dice.below(BATCH_EVENTS_MAX) as usize;
            let events = acts.iter().take(most).map_while(appended);
            let records: Vec<OutRecord> = events.collect();
            acts = &acts[records.len()..];
            self.happens(&records);
            if let Some((Act::Load { policy }, rest)) = acts.split_first() {
                self.loads(*policy);
                acts = rest;
            }
        }
        self.folded();
        self.is_killed();
        self.starts();
        self.folded();
        self.judge()
    }

    /// Events are appended, to a router that runs, that dies of it, or that comes only afterwards.
    fn happens(&mut self, records: &[OutRecord]) {
        let (dies, is_away) = (self.dice.once_in(4), self.dice.once_in(6));
        if is_away {
            self.is_killed();
        }
        self.given.post(records);
        if dies && !is_away {
            self.is_killed();
        }
        if dies || is_away {
            self.starts();
        }
    }

    /// Killed wherever it is by then.
    fn is_killed(&mut self) {
        let moment = Duration::from_millis(self.dice.below(UNTIL_KILLED_MS_MAX).into());
        std::thread::sleep(moment);
        self.herald.kill();
        self.told.kills += 1;
    }

    /// Another process goes on, with other batches.
    fn starts(&mut self) {
        self.herald = self.site.herald("router-1", Role::Router);
        let batch = self.dice.pick(&["batch_events_max: 1", "batch_events_max: 3", "batch_wait: 50ms"]);
        let file = self.herald.config_file();
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, text.replace("router: {", &format!("router: {{ {batch},"))).unwrap();
        self.herald.start_ready();
    }

    fn load_policy(&self, policy: usize) {
        self.site.set_policy(&self.tale.policies[policy].plan.files());
    }

    /// Between two events: by the router that runs, or by another one that is started with it.
    fn loads(&mut self, policy: usize) {
        self.folded();
        self.load_policy(policy);
        self.told.loads += 1;
        if self.dice.once_in(3) {
            self.is_killed();
            self.starts();
        } else {
            let (status, said) = self.herald.reload();
            assert_eq!(status, 202, "{said}");
        }
    }

    /// Waits until every event is folded. The log is read, for behind its last event there may stand
    /// what nobody is given: the end of a transaction, or what was aborted.
    fn folded(&self) {
        let (states, mut seen) = (self.reader.follow(topics::STATE), Log::default());
        await_that(&format!("all of installation {} is folded", self.told.number), FOLDED_IN, || {
            seen.add(states.more());
            let next = seen.progress.get(&0).map_or(0, |progress| progress.next_offset);
            let log = self.reader.read(&[topics::EVENTS.to_owned()]);
            log.last().is_none_or(|last| last.offset < next).then_some(())
        });
    }

    fn judge(mut self) -> Told {
        let mut names = read_by_people(&self.reader);
        names.extend([topics::DECISIONS, topics::REJECTED].map(str::to_owned));
        let spoken = self.reader.read(&names);
        self.told.aborted = self.reader.read_aborted_too(&names).len() - spoken.len();
        self.told.decisions = spoken.iter().filter(|record| record.topic == topics::DECISIONS).count();
        self.told.messages = spoken.len() - self.told.decisions;
        let mut states = BTreeMap::new();
        for record in self.reader.read(&[topics::STATE.to_owned()]) {
            states.insert(record.key.clone(), record);
        }
        states.retain(|key, record| {
            record.payload.is_some() && key.as_ref().is_some_and(|key| !key.starts_with("progress/"))
        });
        let log = self.reader.read(&[topics::EVENTS.to_owned()]);
        self.told.events = log.len();
        self.told.own =
            log.iter().filter(|record| record.headers["ce_type"] == "herald.incident.adopt").count();
        let all = log.into_iter().chain(spoken).chain(states.into_values());
        let recording = Recording { records: all.map(as_judged).collect() };
        self.told.verdicts = recording.verdicts(&self.tale).unwrap();
        if !self.told.verdicts.is_empty() {
            eprintln!("---- what installation {} was given ----\n{}", self.told.number, self.tale.write());
        }
        self.told
    }
}

fn appended(act: &Act) -> Option<OutRecord> {
    let Act::Append { event, at } = act else { return None };
    let event = serde_json::from_value(serde_json::to_value(event).unwrap()).unwrap();
    Some(OutRecord { timestamp: *at, ..records(&[event]).remove(0) })
}

fn as_judged(record: read::Record) -> Record {
    let read::Record { topic, offset, at, key, headers, payload: value, .. } = record;
    Record { topic, offset, key, at, headers, value }
}

fn audiences(policies: &[Arc<Made>]) -> BTreeSet<String> {
    policies.iter().flat_map(|made| &made.plan.groups).map(|group| group.name.clone()).collect()
}
