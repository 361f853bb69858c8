//! Does a story notice that one of its own steps is gone? Of each step first what happens in it is
//! taken out, so that what it expects must fail, or what comes after it; then the whole step. A whole
//! step that nothing after it hangs on, or that comes last, takes what it expects along: no suite
//! notices that. What it held is missed by the mutants of the policy, which nothing else may hold.

use std::sync::Arc;

use herald::policy::{Proofs, Source};
use herald::story::{self, Reached, Twin};

use super::shipped;

/// Of a hundred happenings, how many are noticed at least.
const CAUGHT_PERCENT_MIN: usize = 90;
/// One in so many is looked at in `make test`.
const SAMPLE_EVERY: usize = 23;
/// What happens in a step.
const HAPPENINGS: [&str; 5] = ["event", "post", "update", "reload", "restart"];

/// A story with something of a step taken out.
struct Without {
    path: String,
    /// Where the step began.
    line: usize,
    text: String,
}

struct Judge {
    policy: Source,
    stories: Source,
    twin: Twin,
}

impl Judge {
    fn new() -> Self {
        let policy = Source::from_dir(&shipped()).unwrap();
        let twin = Twin::load_knowing(&policy, &Arc::new(Proofs::default())).unwrap();
        Self { policy, stories: Source::stories_of_dir(&shipped()).unwrap(), twin }
    }

    fn is_noticed(&self, one: &Without) -> bool {
        let edited = self.stories.clone().with(one.path.clone(), one.text.clone());
        let Ok(library) = story::load(&self.policy, &self.twin, &edited, Some(&one.path)) else {
            return true;
        };
        let own = library.stories.iter().find(|story| one.path.ends_with(&story.file));
        let own = own.unwrap_or_else(|| panic!("{} is no story any more", one.path));
        !story::play(own, &self.twin, &library.variants, &mut Reached::default()).is_well()
    }

    /// How many are noticed, and the places of those that are not.
    fn look(&self, all: &[Without]) -> (usize, Vec<String>) {
        let survives = all.iter().filter(|one| !self.is_noticed(one));
        let silent: Vec<String> = survives.map(|one| format!("{}:{}", one.path, one.line)).collect();
        (all.len() - silent.len(), silent)
    }
}

fn run(every: usize) {
    let judge = Judge::new();
    let of_all = |less: fn(&str, &str) -> Vec<Without>| -> Vec<Without> {
        let stories = judge.stories.iter().filter(|(path, _)| path.rsplit('.').next() == Some("yaml"));
        stories.flat_map(|(path, text)| less(path, text)).step_by(every).collect()
    };
    let (happenings, steps) = (of_all(without_what_happens), of_all(without_step));
    assert!(happenings.len() * every > 400 && steps.len() >= happenings.len());
    let (caught, silent) = judge.look(&happenings);
    println!(
        "{caught} of {} happenings are missed; not these, most of which show that nobody hears more: {silent:#?}",
        happenings.len()
    );
    let (of_steps, alone) = judge.look(&steps);
    println!("{of_steps} of {} whole steps are missed; these stand by themselves: {alone:#?}", steps.len());
    let percent = caught * 100 / happenings.len();
    assert!(percent >= CAUGHT_PERCENT_MIN, "{percent} %");
}

#[test]
fn a_sample_of_steps_is_missed() {
    run(SAMPLE_EVERY);
}

/// A part of `make mutants`.
#[test]
#[ignore = "minutes: `make mutants` runs it, and every test run a sample"]
fn every_mutant_of_a_step_is_looked_at() {
    run(1);
}

/// The lines of each step, from its first to the one after its last.
fn steps(lines: &[&str]) -> Vec<(usize, usize)> {
    let Some(heading) = lines.iter().position(|line| *line == "steps:") else { return Vec::new() };
    let begins: Vec<usize> = (heading + 1..lines.len()).filter(|at| lines[*at].starts_with("  - ")).collect();
    let ends = begins.iter().skip(1).copied().chain([lines.len()]);
    begins.iter().copied().zip(ends).collect()
}

fn without_step(path: &str, text: &str) -> Vec<Without> {
    let lines: Vec<&str> = text.lines().collect();
    let without = |(begin, end): (usize, usize)| {
        let kept = [&lines[..begin], &lines[end..]].concat();
        Without { path: path.to_owned(), line: begin + 1, text: kept.join("\n") }
    };
    steps(&lines).into_iter().map(without).collect()
}

fn without_what_happens(path: &str, text: &str) -> Vec<Without> {
    let lines: Vec<&str> = text.lines().collect();
    let happens = |at: &usize| {
        let key = lines[*at].get(4..).and_then(|rest| rest.split_once(':'));
        key.is_some_and(|(key, _)| HAPPENINGS.contains(&key))
    };
    let without = |(begin, end): (usize, usize)| {
        let from = (begin..end).find(happens)?;
        let to = (from + 1..end).find(|at| !lines[*at].starts_with("     ")).unwrap_or(end);
        let left = [&lines[begin..from], &lines[to..end]].concat();
        // Where nothing else is said of the step, it is the whole step that goes.
        let first = format!("  - {}", left.first()?.get(4..)?);
        let left = [&[first.as_str()], &left[1..]].concat();
        let text = [&lines[..begin], &left, &lines[end..]].concat().join("\n");
        Some(Without { path: path.to_owned(), line: begin + 1, text })
    };
    steps(&lines).into_iter().filter_map(without).collect()
}
