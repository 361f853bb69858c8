//! Real bodies of everybody's tools, where the corpus is at hand, through the real intake: posted to
//! the webhook port, read by the adapters, and compared with what was reviewed (`expected/*.tsv`).
//! `HERALD_CORPUS_ACCEPT=1` writes those files anew, to be read before they are committed.

// Clippy knows tests only by their attribute, not the helpers beside them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(unreachable_pub, missing_docs)]

mod expected;
mod outline;
mod post;
mod table;

#[path = "../integration/webhooks/fake.rs"]
#[allow(dead_code)] // more moods than are needed here
mod fake;
#[path = "../integration/fixture/http.rs"]
#[allow(dead_code)]
mod http;

use std::path::PathBuf;

use post::Port;
use table::Table;

/// The corpus beside the project, or where `HERALD_CORPUS` says.
fn corpus() -> Option<PathBuf> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let named = std::env::var_os("HERALD_CORPUS").map(PathBuf::from);
    [named, Some(beside)].into_iter().flatten().map(|path| path.join("payloads")).find(|path| path.is_dir())
}

/// The folders of it, or the one that `HERALD_CORPUS_SENDER` names.
fn senders(corpus: &std::path::Path) -> Vec<String> {
    let only = std::env::var("HERALD_CORPUS_SENDER").ok();
    let folders = std::fs::read_dir(corpus).expect("a folder");
    let mut senders: Vec<String> = folders
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|sender| only.as_ref().is_none_or(|only| only == sender))
        .collect();
    senders.sort();
    senders
}

#[test]
fn every_body_is_read_as_was_reviewed() {
    let Some(corpus) = corpus() else {
        println!("skipped: no corpus of real bodies at hand (../shared/corpus or HERALD_CORPUS)");
        return;
    };
    let port = Port::start();
    let mut table = Table::default();
    let mut wrong = Vec::new();
    for sender in senders(&corpus) {
        let known = expected::read(&sender);
        let mut found = Vec::new();
        for (name, body) in post::bodies(&corpus.join(&sender)) {
            let before = known.iter().find(|line| line.file == name);
            let reader = before.map_or_else(|| port.reader(&sender), |line| line.reader.clone());
            let answer = port.post(&reader, &name, &body);
            table.add(&sender, &answer);
            found.push(expected::Line {
                file: name,
                reader,
                outline: outline::of(&answer),
                why: before.map(|line| line.why.clone()).unwrap_or_default(),
            });
        }
        wrong.extend(expected::compare(&sender, &known, &found));
    }
    println!("{table}");
    assert!(wrong.is_empty(), "not as reviewed:\n{}", wrong.join("\n"));
}
