//! What many open incidents cost: room and time to restore them in a real router, and what time
//! itself costs when few of them are due.

use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use herald::core::decision::InputPlace;
use herald::core::event::Event;
use herald::core::incident::IncidentState;
use herald::core::policy::Policy;
use herald::core::record::{self, OutRecord, PROGRESS_SCHEMA, Progress};
use herald::core::shard::Shard;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::meter::{Stopwatch, median, micros_each};
use crate::mix::{Mix, Story};
use crate::server::{Place, Server};
use crate::table::{self, Table, Target};
use crate::{events, kafka, metrics, rules};

/// Strategic customers of the policy; grave incidents are told to each by itself.
const CUSTOMERS: usize = 60;
/// Resident, with a hundred thousand open incidents.
const MIB_MAX: f64 = 400.0;
/// From its start until it folds.
const RESTORED_WITHIN: Duration = Duration::from_secs(10);
/// Incidents that are due at once.
const DUE: usize = 100;
/// The cost of a due incident among many over that among few.
const RATIO_MAX: f64 = 1.3;
/// How long a router may take at most before the measurement is given up.
const GIVEN_UP_AFTER: Duration = Duration::from_mins(5);

/// Measures, and prints; the figures as JSON.
pub(crate) fn run(
    place: &Place,
    prefix: &str,
    counts: &[usize],
    rounds: usize,
) -> Result<(Value, Vec<Target>)> {
    let policy = rules::with_customers(CUSTOMERS)?;
    let states = open_states(&policy)?;
    let bytes: usize = states.iter().map(String::len).sum::<usize>() / states.len();
    println!(
        "Open incidents of the everyday mix, {CUSTOMERS} strategic customers; a state has {bytes} bytes on the average\n"
    );
    let (mut figures, mut targets) = (serde_json::Map::new(), Vec::new());
    let mut table =
        Table::new(&["open incidents", "resident", "of it for incidents", "restored in", "CPU of it"]);
    let empty = restore(place, &format!("{prefix}state0."), &policy, &states, 0)?;
    for count in counts {
        let full = restore(place, &format!("{prefix}state{count}."), &policy, &states, *count)?;
        table.row(&[
            count.to_string(),
            format!("{:.0} MiB", full.mib),
            format!("{:.0} MiB", full.mib - empty.mib),
            format!("{:.1} s", full.lasted.as_secs_f64()),
            format!("{:.1} s", full.cpu.as_secs_f64()),
        ]);
        figures.insert(
            count.to_string(),
            json!({
                "resident_mib": full.mib, "empty_mib": empty.mib, "restored_s": full.lasted.as_secs_f64(),
                "cpu_s": full.cpu.as_secs_f64(), "empty_s": empty.lasted.as_secs_f64(), "state_bytes": bytes,
            }),
        );
        if *count == 100_000 {
            targets.push(Target {
                what: "resident with 100,000 open incidents".to_owned(),
                wanted: format!("under {MIB_MAX} MiB"),
                found: format!("{:.0} MiB", full.mib),
                met: full.mib < MIB_MAX,
            });
            targets.push(Target {
                what: "a router with 100,000 open incidents, from its start until it folds".to_owned(),
                wanted: format!("under {RESTORED_WITHIN:?}"),
                found: format!("{:.1} s", full.lasted.as_secs_f64()),
                met: full.lasted < RESTORED_WITHIN,
            });
        }
    }
    table.print();
    let (ticks, target) = ticks(&policy, rounds)?;
    figures.insert("ticks".to_owned(), ticks);
    targets.push(target);
    Ok((Value::Object(figures), targets))
}

/// What each open incident of the mix is remembered as, once all who hear of it were told.
fn open_states(policy: &Policy) -> Result<Vec<String>> {
    let start = Timestamp::now();
    let mut shard = Shard::new(0);
    let stories = Mix::Everyday.stories();
    for event in first_events(&stories, start, 0, stories.len()) {
        fold(&mut shard, &event?, policy);
    }
    // Customers hear some minutes later.
    shard.due(start + SignedDuration::from_mins(10), PLACE, policy, usize::MAX);
    let customers = |state: &IncidentState| {
        state.ledger.iter().filter(|entry| entry.told.is_some() && entry.addressee.is_some()).count()
    };
    let told_most = shard.states().map(|state| customers(&state)).max().unwrap_or_default();
    ensure!(told_most >= CUSTOMERS, "the gravest incident told {told_most} of {CUSTOMERS} customers");
    shard.states().map(|state| Ok(serde_json::to_string(&state)?)).collect()
}

const PLACE: InputPlace = InputPlace { partition: 0, offset: 0 };

fn fold(shard: &mut Shard, event: &Event, policy: &Policy) {
    black_box(shard.event(event, event.received_at, PLACE, policy));
    shard.commit();
}

/// The first word of so many incidents of these stories, in turn; numbered from `first` on.
pub(crate) fn first_events(
    stories: &[Story],
    at: Timestamp,
    first: u64,
    count: usize,
) -> impl Iterator<Item = Result<Event>> {
    let webhooks: Vec<_> = stories.iter().filter_map(|story| Some(story.first()?.webhook())).collect();
    (0..count)
        .zip(first..)
        .map(move |(number, id)| events::event(&webhooks[number % webhooks.len()], id, id, at))
}

/// A router that was started.
struct Restored {
    mib: f64,
    lasted: Duration,
    cpu: Duration,
}

/// Writes so many states as a router leaves them, and starts one.
fn restore(
    place: &Place,
    prefix: &str,
    policy: &Policy,
    states: &[String],
    count: usize,
) -> Result<Restored> {
    kafka::create_all_topics(&place.bootstrap_servers, prefix, policy)?;
    let cluster_id = kafka::cluster_id(&place.bootstrap_servers)?;
    let made = (0..count).map(|number| state_record(states, number));
    let progress = (0..kafka::PARTITIONS).map(|partition| progress_record(partition, &cluster_id));
    kafka::produce(&place.bootstrap_servers, prefix, made.chain(progress))?;
    let begins = Instant::now();
    let server = Server::herald(place, prefix, "router")?;
    let operations = server.operations.as_ref().context("the router has no operations port")?;
    loop {
        #[expect(clippy::cast_precision_loss)]
        let is_complete = metrics::sum(operations, "herald_incidents_open")? >= count as f64;
        if is_complete && metrics::is_ready(operations)? {
            break;
        }
        if begins.elapsed() > GIVEN_UP_AFTER {
            bail!("{count} incidents were not restored within {GIVEN_UP_AFTER:?}; see herald.log");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let lasted = begins.elapsed();
    Ok(Restored { mib: resident_mib(&server)?, lasted, cpu: server.cpu()?.total() })
}

/// One of the states, as if it were of an incident of its own.
fn state_record(states: &[String], number: usize) -> Result<OutRecord> {
    let mut state: IncidentState = serde_json::from_str(&states[number % states.len()])?;
    state.id = format!("i-{number:016}");
    let partition = i32::try_from(number)? % kafka::PARTITIONS;
    Ok(record::state(&state, partition)?)
}

fn progress_record(partition: i32, cluster_id: &str) -> Result<OutRecord> {
    Ok(record::progress(&Progress {
        schema: PROGRESS_SCHEMA.to_owned(),
        partition,
        cluster_id: cluster_id.to_owned(),
        partitions: kafka::PARTITIONS,
        next_offset: 0,
        clock: Timestamp::now(),
        hold_until: None,
        policy: None,
        extra: serde_json::Map::new(),
    })?)
}

/// A hundred are due among many, and among few.
fn ticks(policy: &Policy, rounds: usize) -> Result<(Value, Target)> {
    let (few, many) = (1_000, 100_000);
    let mut costs = [Vec::new(), Vec::new()];
    for _ in 0..rounds.clamp(1, 3) {
        for (costs, count) in costs.iter_mut().zip([few, many]) {
            costs.push(micros_each(due_among(policy, count)?, DUE as u64));
        }
    }
    let [few_us, many_us] = costs.map(|costs| median(&costs));
    let ratio = many_us / few_us;
    println!(
        "Time itself, {DUE} incidents due: {} each among {few}, {} each among {many}\n",
        table::micros(few_us),
        table::micros(many_us)
    );
    let target = Target {
        what: format!("a due incident among {many} over one among {few}"),
        wanted: format!("at most {RATIO_MAX}x"),
        found: format!("{ratio:.2}x"),
        met: ratio <= RATIO_MAX,
    };
    Ok((json!({"few_us": few_us, "many_us": many_us, "ratio": ratio}), target))
}

/// CPU of folding a hundred incidents that fall due, among so many: the median of some such
/// moments, for now and then one is asked for fresh memory, which is dear and nobody's doing.
fn due_among(policy: &Policy, count: usize) -> Result<Duration> {
    const MOMENTS: u64 = 9;
    let start = Timestamp::now();
    let mut shard = Shard::new(0);
    // Of the least priority nobody is promised anything: silence is all that falls due.
    let stories = Mix::Everyday.stories().split_off(Mix::Everyday.stories().len() - 1);
    let began = |moment: u64| start + Duration::from_secs(moment * 60);
    let due = (0..MOMENTS).flat_map(|moment| first_events(&stories, began(moment), moment * DUE as u64, DUE));
    let others = count - DUE * usize::try_from(MOMENTS)?;
    let others = first_events(&stories, began(60), MOMENTS * DUE as u64, others);
    for event in due.chain(others) {
        fold(&mut shard, &event?, policy);
    }
    let mut spent = Vec::new();
    for moment in 0..MOMENTS {
        let watch = Stopwatch::start();
        let until = began(moment) + SignedDuration::from_secs(24 * 3600 + 30);
        let steps = shard.due(until, PLACE, policy, usize::MAX);
        spent.push(watch.read());
        shard.commit();
        ensure!(steps.len() == DUE, "{} were due", steps.len());
    }
    spent.sort();
    Ok(spent[spent.len() / 2])
}

/// What a server holds in memory.
fn resident_mib(server: &Server) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid()))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kib: f64 = line.trim().trim_end_matches(" kB").trim().parse()?;
    Ok(kib / 1024.0)
}
