//! Policies with one defect each. `HERALD_DEFECTS=write` writes what is said of each beside it;
//! read the difference before it is committed.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use herald::policy::{self, Diagnostic, Proofs, Source};

use super::edit::{self, Edit};
use super::shipped;

/// Fewer would mean that somebody lost some.
const DEFECTS_MIN: usize = 60;

/// One defect, and what was said of it.
struct Caught {
    name: String,
    edit: Edit,
    expected: PathBuf,
    problems: Vec<Diagnostic>,
}

#[test]
fn every_defect_is_caught_where_it_is() {
    let policy = Source::from_dir(&shipped()).unwrap();
    let files = files();
    assert!(files.len() >= DEFECTS_MIN, "only {} defects", files.len());
    let proofs = Proofs::default();
    policy::load_knowing(&policy, &proofs).unwrap();
    let half = files.len().div_ceil(2);
    // Loading is most of it, and each is by itself.
    let caught: Vec<Caught> = std::thread::scope(|scope| {
        let parts: Vec<_> =
            files.chunks(half).map(|part| scope.spawn(|| look(&policy, &proofs, part))).collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    });
    let mut wrong = String::new();
    let mut table = String::new();
    let mut said = BTreeSet::new();
    for one in &caught {
        judge(one, &mut wrong);
        let first = place_of(one).or(one.problems.first());
        let (message, place) = first.map_or(("NOTHING", String::new()), |problem| {
            (problem.message.as_str(), format!("{}:{}", problem.file, problem.line))
        });
        let file = first.map_or(String::new(), |problem| problem.file.clone());
        said.insert((file, message.to_owned()));
        writeln!(table, "{:44} {place:52} {message}", one.name).unwrap();
    }
    println!("{table}\n{} defects, all caught: {}", caught.len(), wrong.is_empty());
    assert!(wrong.is_empty(), "{wrong}");
    assert_eq!(said.len(), caught.len(), "two defects are one: the same is said of both");
}

/// The problem that stands where the edit is; one that shows elsewhere by nature is any.
fn place_of(one: &Caught) -> Option<&Diagnostic> {
    one.problems.iter().find(|problem| {
        one.edit.elsewhere
            || one.edit.changed.iter().any(|(file, lines)| {
                *file == problem.file && (problem.line == 0 || lines.contains(&problem.line))
            })
    })
}

fn judge(one: &Caught, wrong: &mut String) {
    let name = &one.name;
    let said = text(&one.problems);
    if one.problems.is_empty() {
        writeln!(wrong, "{name}: {}: nobody notices", one.edit.title).unwrap();
    } else if place_of(one).is_none() {
        writeln!(wrong, "{name}: it is at {:?}, and told in another place:\n{said}", one.edit.changed)
            .unwrap();
    }
    if std::env::var_os("HERALD_DEFECTS").is_some_and(|word| word == "write") {
        std::fs::write(&one.expected, &said).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(&one.expected).unwrap_or_default();
    if said != expected {
        writeln!(wrong, "{name}: expected\n{expected}\nbut it says\n{said}").unwrap();
    }
}

fn text(problems: &[Diagnostic]) -> String {
    let mut text = String::new();
    for problem in problems {
        writeln!(text, "{problem}").unwrap();
    }
    text
}

fn look(policy: &Source, proofs: &Proofs, files: &[PathBuf]) -> Vec<Caught> {
    let one = |file: &PathBuf| {
        let edit = edit::apply(policy, &std::fs::read_to_string(file).unwrap());
        let problems = match policy::load_among(&edit.source, edit.sources.as_ref(), proofs) {
            Ok(loaded) => loaded.warnings,
            Err(refused) => refused.0,
        };
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        Caught { name, edit, expected: file.with_extension("expected"), problems }
    };
    files.iter().map(one).collect()
}

/// Every edit, by name.
pub fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/defects");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|end| end == "diff")).collect();
    files.sort();
    files
}
