//! Stories: those that ship, and what the format says and refuses.

mod differences;
mod format;
mod shipped;
mod world;

use std::sync::LazyLock;

use herald::policy::{Diagnostics, Source};
use herald::story::{self, Coverage, Difference, Library, Outcome, Reached, Twin};

/// The default policy, proved once for all tests here.
static POLICY: LazyLock<(Source, Twin)> = LazyLock::new(|| {
    let source = Source::from_dir(&directory()).unwrap();
    let twin = Twin::load(&source).unwrap_or_else(|refused| panic!("{refused}"));
    (source, twin)
});

/// Where the default policy is written.
fn directory() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/policy")
}

/// Reads stories about the default policy.
fn read(files: &Source) -> Result<Library, Diagnostics> {
    let (source, twin) = &*POLICY;
    story::load(source, twin, files, None)
}

/// Reads and plays one story, given by its steps.
fn play(steps: &str) -> Outcome {
    play_with(steps, &[]).0
}

/// The same with files beside it; and what it reaches.
fn play_with(steps: &str, files: &[(&str, &str)]) -> (Outcome, Coverage) {
    let mut source = Source::from_files(files.iter().copied());
    source = source.with("stories/a.yaml", format!("story: a story\nsteps:\n{steps}"));
    let library = read(&source).unwrap_or_else(|refused| panic!("{refused}"));
    let mut reached = Reached::default();
    let (_, twin) = &*POLICY;
    let outcome = story::play(&library.stories[0], twin, &library.variants, &mut reached);
    (outcome, Coverage::of(&twin.policy, &reached))
}

/// All differences, as a person would say them.
fn differences(outcome: &Outcome) -> Vec<String> {
    let say = |difference: &Difference| match difference {
        Difference::Heard { reader, expected, heard, .. } => format!("{reader}: {expected} / {heard}"),
        Difference::Words { reader, problem, .. } => format!("{reader}: {problem}"),
        Difference::Failed(why) => why.clone(),
    };
    outcome.moments.iter().flat_map(|moment| moment.differences.iter().map(say)).collect()
}
