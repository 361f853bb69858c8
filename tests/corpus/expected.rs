//! What was reviewed: one file for each sender, one line for each body.

use std::fmt::Write as _;
use std::path::PathBuf;

/// One body: its file, the source kind or mapping that reads it, what comes out and, where it is
/// refused, why that is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) file: String,
    pub(crate) reader: String,
    pub(crate) outline: String,
    pub(crate) why: String,
}

fn path(sender: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/corpus/expected/{sender}.tsv"))
}

/// The reviewed lines of a sender; none where there is no file.
pub(crate) fn read(sender: &str) -> Vec<Line> {
    let text = std::fs::read_to_string(path(sender)).unwrap_or_default();
    let line = |text: &str| {
        let mut columns = text.split('\t').map(str::to_owned);
        let mut next = || columns.next().unwrap_or_default();
        Line { file: next(), reader: next(), outline: next(), why: next() }
    };
    text.lines().map(line).collect()
}

/// What differs, in words; or nothing, once it was accepted.
pub(crate) fn compare(sender: &str, known: &[Line], found: &[Line]) -> Vec<String> {
    if std::env::var_os("HERALD_CORPUS_ACCEPT").is_some() {
        let mut text = String::new();
        for Line { file, reader, outline, why } in found {
            // Writing to a string can't fail.
            let _ = writeln!(text, "{file}\t{reader}\t{outline}\t{why}");
        }
        std::fs::write(path(sender), text).expect("writes");
        return Vec::new();
    }
    let mut wrong = Vec::new();
    for line in found {
        let file = &line.file;
        match known.iter().find(|known| known.file == *file) {
            None => wrong.push(format!("{sender}/{file} is not reviewed: {}", line.outline)),
            Some(known) if known.outline != line.outline => {
                wrong.push(format!("{sender}/{file}\n  now  {}\n  was  {}", line.outline, known.outline));
            }
            Some(known) if known.outline.starts_with("rejected") && known.why.is_empty() => {
                wrong.push(format!("{sender}/{file} is rejected, and nobody said why that is right"));
            }
            Some(_) => {}
        }
    }
    let gone = known.iter().filter(|known| !found.iter().any(|line| line.file == known.file));
    // Another corpus may hold less: that is no mistake of ours.
    gone.for_each(|line| println!("reviewed and not at hand: {sender}/{}", line.file));
    wrong
}
