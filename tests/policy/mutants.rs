//! Is every word of the default policy held by a check or a story? Each mutant is the policy with one
//! change that a hasty hand could make; `herald check` or `herald test` must notice it.
//! `make mutants` looks at all of them, `make test` at a few.

use std::collections::BTreeMap;

use herald::policy::{Proofs, Source};
use herald::story::{self, Library, Reached, Twin};
use std::sync::Arc;

use super::mutate::{Mutant, mutants};
use super::shipped;

/// Of a hundred, how many are noticed at least.
const CAUGHT_PERCENT_MIN: usize = 90;
/// One in so many is looked at in `make test`.
const SAMPLE_EVERY: usize = 23;

/// What may change without anybody being told otherwise, and why: part of a mutant's name.
const HARMLESS: [(&str, &str); 3] = [
    ("classify.yaml:37 without otherwise", "what no rule matches is P3 in any case; the rule says so aloud"),
    (
        "services.yaml:14 30m → 60m",
        "a deadline is named by `resolve_within` alone; how soon news is due is what `updates_every` says",
    ),
    (
        "audiences.yaml:51 may_see without liaison",
        "sales is told as one, so no customer's contact is carried; it is for those who split it per customer",
    ),
];

/// Who noticed.
enum Noticed {
    Check,
    Story,
    Nobody,
}

struct Judge {
    policy: Source,
    stories: Source,
    proofs: Arc<Proofs>,
    /// Stories that caught the last ones are played first.
    first: Vec<String>,
}

impl Judge {
    fn new() -> Self {
        let policy = Source::from_dir(&shipped()).unwrap();
        let stories = Source::stories_of_dir(&shipped()).unwrap();
        let proofs = Arc::new(Proofs::default());
        Twin::load_knowing(&policy, &proofs).unwrap();
        Self { policy, stories, proofs, first: Vec::new() }
    }

    fn notice(&mut self, mutant: &Mutant) -> Noticed {
        let source = mutant.of(&self.policy);
        let policy = match herald::policy::load_knowing(&source, &self.proofs) {
            Ok(loaded) if loaded.warnings.is_empty() => loaded.policy,
            Ok(_) | Err(_) => return Noticed::Check,
        };
        let twin = Twin::of(&source, policy, &self.proofs).unwrap();
        let Ok(library) = story::load(&source, &twin, &self.stories, None) else {
            // A policy that a story reloads can't be made of it.
            return Noticed::Story;
        };
        let found = self.differing(&twin, &library);
        if let Some(file) = found {
            self.first.retain(|known| *known != file);
            self.first.insert(0, file);
            return Noticed::Story;
        }
        Noticed::Nobody
    }

    fn differing(&self, twin: &Twin, library: &Library) -> Option<String> {
        let mut order: Vec<_> = library.stories.iter().collect();
        let place = |file: &String| self.first.iter().position(|known| known == file).unwrap_or(usize::MAX);
        order.sort_by_key(|one| place(&one.file));
        let differs = |one: &&&story::Story| {
            !story::play(one, twin, &library.variants, &mut Reached::default()).is_well()
        };
        order.iter().find(differs).map(|one| one.file.clone())
    }
}

/// Why nobody need notice it.
fn harmless(mutant: &Mutant) -> Option<&'static (&'static str, &'static str)> {
    HARMLESS.iter().find(|(part, _)| mutant.name.contains(part))
}

/// Looks at a part of the mutants; survivors are named as they are found, for this takes minutes.
fn look(part: &[Mutant]) -> Vec<Noticed> {
    let mut judge = Judge::new();
    let notice = |mutant| {
        let noticed = judge.notice(mutant);
        if matches!(noticed, Noticed::Nobody) {
            let why = harmless(mutant).map_or("a story is wanting", |(_, why)| *why);
            println!("survives  {}: {why}", mutant.name);
        }
        noticed
    };
    part.iter().map(notice).collect()
}

fn run(every: usize) {
    let all = mutants(&Source::from_dir(&shipped()).unwrap());
    let chosen: Vec<Mutant> = all.into_iter().step_by(every).collect();
    let half = chosen.len().div_ceil(2);
    let noticed: Vec<(&Mutant, Noticed)> = std::thread::scope(|scope| {
        let parts: Vec<_> = chosen.chunks(half).map(|part| scope.spawn(move || look(part))).collect();
        let found = parts.into_iter().flat_map(|part| part.join().unwrap());
        chosen.iter().zip(found).collect()
    });
    let mut by_kind: BTreeMap<&str, (usize, usize, usize)> = BTreeMap::new();
    let (mut wanting, mut excused) = (Vec::new(), Vec::new());
    for (mutant, noticed) in &noticed {
        let count = by_kind.entry(mutant.kind).or_default();
        match noticed {
            Noticed::Check => count.0 += 1,
            Noticed::Story => count.1 += 1,
            Noticed::Nobody => {
                count.2 += 1;
                match harmless(mutant) {
                    Some((part, _)) => excused.push(*part),
                    None => wanting.push(mutant.name.as_str()),
                }
            }
        }
    }
    println!("{:24} {:>6} {:>6} {:>9}", "mutants", "check", "story", "survive");
    for (kind, (check, story, nobody)) in &by_kind {
        println!("{kind:24} {check:>6} {story:>6} {nobody:>9}");
    }
    let caught = noticed.len() - wanting.len() - excused.len();
    let percent = caught * 100 / noticed.len();
    println!("{caught} of {} mutants are caught: {percent} %; {} are harmless", noticed.len(), excused.len());
    assert!(percent >= CAUGHT_PERCENT_MIN, "{percent} %");
    assert!(wanting.is_empty(), "a story is wanting for {wanting:#?}");
    let caught_after_all = HARMLESS.iter().filter(|(part, _)| !excused.contains(part));
    let caught_after_all: Vec<_> = caught_after_all.filter(|_| every == 1).collect();
    assert!(caught_after_all.is_empty(), "no survivors, so they need no excuse: {caught_after_all:#?}");
}

#[test]
fn a_sample_of_mutants_is_noticed() {
    run(SAMPLE_EVERY);
}

/// `make mutants`; `HERALD_MUTANTS_EVERY=4` looks at one in four.
#[test]
#[ignore = "all 740 take minutes: `make mutants` runs it, and every test run a sample"]
fn every_mutant_is_noticed() {
    run(std::env::var("HERALD_MUTANTS_EVERY").ok().and_then(|every| every.parse().ok()).unwrap_or(1));
}
