//! What the fold, the words and the records of one event cost, in this process, without Kafka.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::Duration;

use anyhow::{Result, ensure};
use herald::core::decision::InputPlace;
use herald::core::event::Event;
use herald::core::incident::StateChange;
use herald::core::notification::{Rendered, render};
use herald::core::policy::Policy;
use herald::core::record;
use herald::core::shard::{Shard, Step};
use herald::core::vocabulary::StageWord;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::body::{self, PagerDuty};
use crate::events;
use crate::meter::{Samples, Stopwatch, median};
use crate::mix::Mix;
use crate::router::backlog;
use crate::table::{self, Table, Target};

/// Incidents of each round, folded side by side: half of the router's largest batch.
const INCIDENTS: u64 = 250;
/// CPU of fold and words, where nine audiences are told at once.
const MICROS_MAX: f64 = 150.0;

/// A moment in the life of all incidents: an event each, or time alone.
struct Moment {
    what: &'static str,
    minute: i64,
    events: Vec<Event>,
}

/// What one moment's events cost, each by itself.
#[derive(Debug, Clone, Default)]
struct Costs {
    fold: Samples,
    words: Samples,
    records: Samples,
    /// Fold and words.
    both: Samples,
}

/// Measures, and prints; the figures as JSON.
pub(crate) fn run(rounds: usize) -> Result<(Value, Vec<Target>)> {
    let policy = policy()?;
    let moments = moments()?;
    let told = audit(&policy, &moments);
    let most = told.iter().map(|told| told.audiences).max().unwrap_or_default();
    ensure!(most == policy.audiences.len(), "no event tells all audiences; the default policy has changed");
    println!(
        "Fold and words, {most} audiences in {} languages: CPU of one event, of {} each\n",
        policy.languages.len(),
        rounds as u64 * INCIDENTS
    );
    let mut costs = vec![Costs::default(); moments.len()];
    // The first is for warming up.
    one_round(&policy, &moments, &mut costs.clone());
    for _ in 0..rounds {
        one_round(&policy, &moments, &mut costs);
    }
    let heading = [
        "event",
        "audiences",
        "messages",
        "texts",
        "fold",
        "words",
        "records",
        "fold and words",
        "undisturbed",
    ];
    let mut table = Table::new(&heading);
    let (mut figures, mut dearest) = (Vec::new(), 0.0_f64);
    for ((moment, told), costs) in
        moments.iter().zip(&told).zip(&costs).filter(|((m, _), _)| !m.events.is_empty())
    {
        dearest = dearest.max(costs.both.median());
        let counts = [told.audiences, told.messages, told.texts].map(|count| count.to_string());
        let medians = [&costs.fold, &costs.words, &costs.records, &costs.both].map(Samples::median);
        let cells = medians.into_iter().chain([costs.both.undisturbed()]).map(table::micros);
        table.row(&[vec![moment.what.to_owned()], counts.to_vec(), cells.collect()].concat());
        figures.push(json!({
            "event": moment.what, "audiences": told.audiences, "messages": told.messages, "texts": told.texts,
            "fold_us": medians[0], "words_us": medians[1], "records_us": medians[2],
            "fold_and_words_us": medians[3], "fold_and_words_undisturbed_us": costs.both.undisturbed(),
        }));
    }
    table.print();
    figures.push(everyday(&policy, rounds)?);
    let target = Target {
        what: format!("fold and words of the dearest event of an incident that {most} audiences hear of"),
        wanted: format!("under {}", table::micros(MICROS_MAX)),
        found: table::micros(dearest),
        met: dearest < MICROS_MAX,
    };
    Ok((Value::from(figures), vec![target]))
}

/// What an event of an everyday backlog costs on the average: few are told to many.
fn everyday(policy: &Policy, rounds: usize) -> Result<Value> {
    /// Events of each round.
    const EVENTS: u64 = 4_000;
    let events = backlog(Mix::Everyday, body::run_number(), EVENTS).collect::<Result<Vec<_>>>()?;
    let mut spent: [Vec<f64>; 3] = Default::default();
    for _ in 0..=rounds {
        let mut shard = Shard::new(0);
        let mut sums = [Duration::ZERO; 3];
        for event in &events {
            let costs = cost(&mut shard, policy, event);
            sums.iter_mut().zip(costs).for_each(|(sum, cost)| *sum += cost);
        }
        #[expect(clippy::cast_precision_loss)]
        let each = |sum: Duration| sum.as_secs_f64() * 1e6 / EVENTS as f64;
        spent.iter_mut().zip(sums).for_each(|(spent, sum)| spent.push(each(sum)));
    }
    let [fold, words, records] = spent.map(|spent| median(&spent[1..]));
    println!(
        "An event of the everyday mix, on the average: fold {}, words {}, records {}\n",
        table::micros(fold),
        table::micros(words),
        table::micros(records)
    );
    Ok(json!({"event": "everyday mix, mean", "fold_us": fold, "words_us": words, "records_us": records}))
}

/// Fold, words and records of one event.
fn cost(shard: &mut Shard, policy: &Policy, event: &Event) -> [Duration; 3] {
    let watch = Stopwatch::start();
    let steps = shard.event(event, event.received_at, InputPlace { partition: 0, offset: 0 }, policy);
    let folded = watch.read();
    let rendered: Vec<_> = steps.iter().map(|step| words(step, policy)).collect();
    let worded = watch.read();
    for (step, rendered) in steps.iter().zip(&rendered) {
        records(step, rendered);
    }
    shard.commit();
    [folded, worded.saturating_sub(folded), watch.read().saturating_sub(worded)]
}

/// The policy that ships.
pub(crate) fn policy() -> Result<Policy> {
    let loaded = herald::policy::built_in();
    Ok(loaded.map_err(|problems| anyhow::anyhow!("the default policy: {problems:?}"))?.policy)
}

/// A P1 on what customers use, from its beginning to its end.
fn moments() -> Result<Vec<Moment>> {
    let start = Timestamp::now();
    let first = body::run_number();
    let of = |minute: i64, delivery: u64, said: PagerDuty, stage: Option<StageWord>| {
        let webhook = said.webhook();
        let at = start + SignedDuration::from_mins(minute);
        let events = (0..INCIDENTS).map(|incident| {
            let mut event = events::event(&webhook, first + incident, first + delivery + incident, at)?;
            event.stage = stage.or(event.stage);
            Ok(event)
        });
        events.collect::<Result<Vec<_>>>()
    };
    let acknowledged = PagerDuty {
        event: "incident.acknowledged",
        status: "acknowledged",
        after: 2,
        ..PagerDuty::TRIGGERED
    };
    let resolved =
        PagerDuty { event: "incident.resolved", status: "resolved", after: 3, ..PagerDuty::TRIGGERED };
    let moment = |what, minute, events| Moment { what, minute, events };
    Ok(vec![
        moment("triggered", 0, of(0, 1 << 20, PagerDuty::TRIGGERED, None)?),
        moment("five minutes later: customers", 6, Vec::new()),
        moment("acknowledged", 7, of(7, 2 << 20, acknowledged, None)?),
        moment("remedied, being watched", 8, of(8, 3 << 20, acknowledged, Some(StageWord::Monitoring))?),
        moment("resolved", 9, of(9, 4 << 20, resolved, None)?),
    ])
}

/// What an event tells.
#[derive(Debug, Default)]
struct Told {
    audiences: usize,
    messages: usize,
    texts: usize,
}

/// Whom the first incident's events tell: a figure of telling nobody would be worth nothing.
fn audit(policy: &Policy, moments: &[Moment]) -> Vec<Told> {
    let mut shard = Shard::new(0);
    let told = |moment: &Moment| {
        let steps = steps(&mut shard, policy, moment, moment.events.first());
        shard.commit();
        let notices: Vec<_> = steps.iter().flat_map(|step| &step.decision.notices).collect();
        Told {
            audiences: notices.iter().map(|notice| &notice.audience).collect::<BTreeSet<_>>().len(),
            messages: notices.len(),
            texts: notices.iter().map(|notice| render(notice, policy).notification.contents.len()).sum(),
        }
    };
    moments.iter().map(told).collect()
}

/// One life of all incidents, on a partition of their own.
fn one_round(policy: &Policy, moments: &[Moment], costs: &mut [Costs]) {
    let mut shard = Shard::new(0);
    for (moment, costs) in moments.iter().zip(costs) {
        if moment.events.is_empty() {
            black_box(steps(&mut shard, policy, moment, None));
        }
        for event in &moment.events {
            let [folded, worded, recorded] = cost(&mut shard, policy, event);
            costs.fold.add(folded);
            costs.words.add(worded);
            costs.records.add(recorded);
            costs.both.add(folded + worded);
        }
        shard.commit();
    }
}

fn steps(shard: &mut Shard, policy: &Policy, moment: &Moment, event: Option<&Event>) -> Vec<Step> {
    let place = InputPlace { partition: 0, offset: 0 };
    match event {
        Some(event) => shard.event(event, event.received_at, place, policy),
        None => {
            let until = shard.clock() + SignedDuration::from_mins(moment.minute);
            shard.due(until, place, policy, usize::MAX)
        }
    }
}

/// The words of all messages of a step.
pub(crate) fn words(step: &Step, policy: &Policy) -> Vec<Rendered> {
    step.decision.notices.iter().map(|notice| render(notice, policy)).collect()
}

/// Everything that the router writes of a step.
pub(crate) fn records(step: &Step, rendered: &[Rendered]) {
    for (notice, rendered) in step.decision.notices.iter().zip(rendered) {
        let _ = black_box(record::notification(&rendered.notification, &notice.topic, None));
    }
    if let StateChange::Put(state) = &step.decision.state {
        let _ = black_box(record::state(state, 0));
    }
    if let Some(decision) = &step.decision.record {
        let _ = black_box(record::decision(decision, None));
    }
}
