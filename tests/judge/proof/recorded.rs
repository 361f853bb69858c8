//! Whether the judge finds in records what it finds in a fold: recordings as a real Kafka would give
//! them, whole, and each with one thing wrong.

use herald_judge::chance::Chance;
use herald_judge::core::notification::Notification;
use herald_judge::core::record::topics;
use herald_judge::core::vocabulary::{Kind, Lifecycle};
use herald_judge::gathered;
use herald_judge::play::play_by_events;
use herald_judge::recording::{Record, Recording, is_read_by_people};

/// Each with a policy or two, and three histories at once.
const RECORDINGS: usize = 60;

/// One thing that can go wrong, and the invariant that it breaks.
struct Damage {
    does: &'static str,
    breaks: u8,
    /// False: there is nothing of the kind to be damaged.
    harm: fn(&mut Recording) -> bool,
}

const DAMAGES: [Damage; 6] = [
    Damage {
        does: "an end is not published",
        breaks: 1,
        harm: |all| remove(all, |record| kind(record).map(Kind::lifecycle) == Some(Lifecycle::End)),
    },
    Damage {
        does: "an opening is not published",
        breaks: 2,
        harm: |all| remove(all, |record| kind(record) == Some(Kind::Opening)),
    },
    Damage { does: "a message is published twice", breaks: 13, harm: double },
    Damage {
        does: "a decision is missing",
        breaks: 8,
        harm: |all| remove(all, |record| record.topic == topics::DECISIONS),
    },
    Damage { does: "two decisions are in another order", breaks: 13, harm: swap },
    Damage { does: "a message has another time", breaks: 13, harm: |all| retime(all) },
];

/// Says what was found; false where it is not what was meant.
pub fn recorded(seed: u64) -> Result<(), String> {
    let mut chance = Chance::new(seed ^ 0x5EED);
    let mut caught = [0; DAMAGES.len()];
    let mut damaged = [0; DAMAGES.len()];
    for number in 0..RECORDINGS {
        let policies =
            gathered::policies(&mut chance, 1 + number % 2).map_err(|wrong| format!("{wrong:?}"))?;
        let tale = gathered::tale(&mut chance, &policies, 3);
        let played = play_by_events(&tale);
        let whole = Recording::of(&tale, &played.ops, &played);
        if let Some(first) = whole.verdicts(&tale)?.first() {
            return Err(format!(
                "recording {number} breaks {}: {}\n{}",
                first.invariant,
                first.words,
                tale.write()
            ));
        }
        for (at, damage) in DAMAGES.iter().enumerate() {
            let mut recording = whole.clone();
            if (damage.harm)(&mut recording) {
                damaged[at] += 1;
                let found = recording.verdicts(&tale)?;
                caught[at] += usize::from(found.iter().any(|verdict| verdict.invariant == damage.breaks));
            }
        }
    }
    println!("recordings judged: {RECORDINGS}, violations: 0");
    for (damage, (caught, damaged)) in DAMAGES.iter().zip(caught.iter().zip(damaged)) {
        if *caught != damaged || damaged == 0 {
            return Err(format!("of {damaged} recordings in which {} {caught} are caught", damage.does));
        }
    }
    println!("recordings with one thing wrong, each caught: {}", damaged.iter().sum::<usize>());
    Ok(())
}

fn remove(all: &mut Recording, which: impl Fn(&Record) -> bool) -> bool {
    let last = all.records.iter().rposition(which);
    last.map(|at| all.records.remove(at)).is_some()
}

fn double(all: &mut Recording) -> bool {
    let last = all.records.iter().rposition(|record| is_read_by_people(&record.topic));
    last.map(|at| all.records.insert(at, all.records[at].clone())).is_some()
}

fn swap(all: &mut Recording) -> bool {
    let is_decision = |record: &&[Record]| record.iter().all(|record| record.topic == topics::DECISIONS);
    let first = all.records.windows(2).position(|pair| is_decision(&pair));
    first.map(|at| all.records.swap(at, at + 1)).is_some()
}

fn retime(all: &mut Recording) -> bool {
    let found = all.records.iter_mut().find(|record| is_read_by_people(&record.topic));
    found.map(|record| record.at += jiff::SignedDuration::from_millis(1)).is_some()
}

fn kind(record: &Record) -> Option<Kind> {
    if !is_read_by_people(&record.topic) {
        return None;
    }
    Some(serde_json::from_slice::<Notification>(record.value.as_deref()?).ok()?.kind)
}
