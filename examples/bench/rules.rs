//! What more rules cost: the same events folded under the default policy with ten rules more and
//! with ten thousand more, in this process, in turns.

use std::fmt::Write as _;
use std::hint::black_box;

use anyhow::{Context, Result, ensure};
use herald::core::decision::InputPlace;
use herald::core::event::{Event, Named};
use herald::core::policy::Policy;
use herald::core::shard::Shard;
use herald::policy::{Diagnostics, Severity, Source, load};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::body::{self, PagerDuty};
use crate::events;
use crate::fold;
use crate::meter::{Stopwatch, median, micros_each};
use crate::table::{self, Table, Target};

/// Rules beside the default policy's own.
const FEW: usize = 10;
/// See [`FEW`].
const MANY: usize = 10_000;
/// Incidents of each round, each about a service of its own.
const INCIDENTS: usize = 2_000;
/// Events in one of the router's transactions.
const BATCH: usize = 500;
/// Cost with many over cost with few.
const RATIO_MAX: f64 = 1.3;

/// Which rules there are more of.
#[derive(Debug, Clone, Copy)]
enum Which {
    Routes,
    Impact,
    Priority,
}

impl Which {
    const fn file(self) -> &'static str {
        match self {
            Self::Routes => "routes.yaml",
            Self::Impact | Self::Priority => "classify.yaml",
        }
    }

    /// The line before which the rules go.
    const fn before(self) -> &'static str {
        match self {
            Self::Routes => "  # A long P3 reaches",
            Self::Impact => "  # Else it stays unknown",
            Self::Priority => "  - { name: otherwise, set: P3 }",
        }
    }

    /// Of many shapes, as people write them; each asks for what one service's events have. Routes
    /// match and tell whom another one tells already; the others fail at their last condition, so
    /// that both policies decide alike.
    fn rule(self, n: usize) -> String {
        // Priority can't be asked where it is found out.
        let grade = if matches!(self, Self::Priority) { "impact" } else { "priority" };
        let when = match n % 5 {
            0 => format!("service: svc-{n}, {grade}: {{ present: true }}"),
            1 => format!("label.component: component-{n}, urgency: high"),
            2 => format!("any: [ {{ service: [svc-{n}, svc-{n}-old] }}, {{ team: team-{n} }} ]"),
            3 => format!("source_kind: pagerduty, service: svc-{n}, not: {{ label.component: other }}"),
            _ => {
                format!("urgency: high, label.component: component-{n}, title: {{ matches: '.*latency.*' }}")
            }
        };
        match self {
            Self::Routes => {
                format!("  - {{ name: more-{n}, when: {{ {when} }}, tell: [technical-teams] }}\n")
            }
            Self::Impact => {
                format!("  - {{ name: more-{n}, when: {{ {when}, regions: mars }}, set: minor }}\n")
            }
            Self::Priority => {
                format!("  - {{ name: more-{n}, when: {{ {when}, regions: mars }}, set: P4 }}\n")
            }
        }
    }
}

/// Measures, and prints; the figures as JSON.
pub(crate) fn run(pairs: usize) -> Result<(Value, Vec<Target>)> {
    println!("Rules, {FEW} and {MANY} beside the default policy's own: CPU of one event, {pairs} pairs\n");
    let heading =
        ["rules", "fold, few", "fold, many", "ratio", "with words, few", "with words, many", "ratio"];
    let mut table = Table::new(&heading);
    let (mut figures, mut targets) = (Vec::new(), Vec::new());
    for which in [Which::Routes, Which::Impact, Which::Priority] {
        let policies = [policy(which, FEW)?, policy(which, MANY)?];
        let events = events(matches!(which, Which::Priority))?;
        let told = [0, 1].map(|place| round(&policies[place], &events, false).1);
        ensure!(told[0] == told[1], "the two policies tell different audiences: {told:?}");
        let mut found = [const { Vec::new() }; 4];
        let mut ratios = [const { Vec::new() }; 2];
        for _ in 0..pairs {
            for (place, words) in [false, true].into_iter().enumerate() {
                let costs = [0, 1].map(|policy| round(&policies[policy], &events, words).0);
                found[place * 2].push(costs[0]);
                found[place * 2 + 1].push(costs[1]);
                ratios[place].push(costs[1] / costs[0]);
            }
        }
        let [few, many, few_words, many_words] = found.each_ref().map(|costs| median(costs));
        let [ratio, ratio_words] = ratios.each_ref().map(|ratios| median(ratios));
        let name = format!("{which:?}").to_lowercase();
        table.row(&[
            name.clone(),
            table::micros(few),
            table::micros(many),
            table::times(ratio),
            table::micros(few_words),
            table::micros(many_words),
            table::times(ratio_words),
        ]);
        figures.push(json!({
            "rules": name, "few": FEW, "many": MANY, "fold_few_us": few, "fold_many_us": many,
            "ratios": ratios[0], "ratio_median": ratio, "ratio_with_words_median": ratio_words,
        }));
        targets.push(Target {
            what: format!("fold of one event, {FEW} → {MANY} {name} rules"),
            wanted: format!("at most {}", table::times(RATIO_MAX)),
            found: table::times(ratio),
            met: ratio <= RATIO_MAX,
        });
    }
    table.print();
    Ok((Value::from(figures), targets))
}

/// The default policy with rules of one kind added.
fn policy(which: Which, count: usize) -> Result<Policy> {
    let source = Source::built_in();
    let text = source.text(which.file()).context("the default policy lacks a file")?;
    let (start, end) = text.split_once(which.before()).context("the default policy has changed")?;
    let mut with_more = start.to_owned();
    for n in 0..count {
        write!(with_more, "{}", which.rule(n))?;
    }
    with_more.push_str(which.before());
    with_more.push_str(end);
    loaded(&source.with(which.file(), with_more)).with_context(|| format!("the policy of {count} rules"))
}

/// The default policy with so many strategic customers, all of them users of what most stories are about.
pub(crate) fn with_customers(count: usize) -> Result<Policy> {
    let mut customers = "customers:\n".to_owned();
    for n in 0..count {
        writeln!(customers, "  customer-{n}: {{ name: Customer {n}, uses: [online-shop], language: en }}")?;
    }
    loaded(&Source::built_in().with("customers.yaml", customers))
        .with_context(|| format!("the policy of {count} customers"))
}

fn loaded(source: &Source) -> Result<Policy> {
    let told = |problems: Diagnostics| {
        let errors = problems.0.iter().filter(|problem| problem.severity == Severity::Error);
        anyhow::anyhow!("{:?}", errors.map(ToString::to_string).collect::<Vec<_>>())
    };
    Ok(load(source).map_err(told)?.policy)
}

/// Three events of each incident, each incident about another of the rules.
fn events(without_priority: bool) -> Result<Vec<Event>> {
    let triggered = PagerDuty { priority: "P3", service: "svc", ..PagerDuty::TRIGGERED };
    let story = [
        triggered,
        PagerDuty { event: "incident.acknowledged", status: "acknowledged", after: 1, ..triggered },
        PagerDuty { event: "incident.resolved", status: "resolved", after: 2, ..triggered },
    ];
    let (first, now) = (body::run_number(), Timestamp::now());
    let mut events = Vec::with_capacity(story.len() * INCIDENTS);
    for (step, said) in (0..).zip(story) {
        let webhook = said.webhook();
        for (incident, n) in (0..).zip((0..MANY).step_by(MANY / INCIDENTS)) {
            let delivery = first + (step << 24) + incident;
            let mut event = events::event(&webhook, first + incident, delivery, now)?;
            // Not all of one shape.
            let n = (n + n / 5) % MANY;
            event.services = vec![Named::name(format!("svc-{n}"))];
            event.labels.insert("component".to_owned(), vec![format!("component-{n}")]);
            if without_priority {
                event.priority = None;
            }
            events.push(event);
        }
    }
    Ok(events)
}

/// CPU of each event in microseconds, and how many messages there were.
fn round(policy: &Policy, events: &[Event], words: bool) -> (f64, usize) {
    let mut shard = Shard::new(0);
    let mut told = 0;
    let watch = Stopwatch::start();
    for (number, event) in events.iter().enumerate() {
        let place = InputPlace { partition: 0, offset: 0 };
        for step in shard.event(event, event.received_at, place, policy) {
            told += step.decision.notices.len();
            if words {
                black_box(fold::words(&step, policy));
            } else {
                black_box(step);
            }
        }
        if number % BATCH == BATCH - 1 {
            shard.commit();
        }
    }
    (micros_each(watch.read(), events.len() as u64), told)
}
