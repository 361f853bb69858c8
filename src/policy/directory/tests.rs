//! A directory that changes under whoever reads it: the test writes between the steps, so nothing is
//! left to chance.

use std::fs;

use super::Between::{Listed, Read};
use super::*;

fn anything(path: &str) -> bool {
    !path.is_empty()
}

/// A directory of two files, of which something becomes at this moment; what is said of it.
fn said(when: Between, change: fn(&Path)) -> Result<Vec<String>, String> {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path();
    fs::write(dir.join("audiences.yaml"), "old").unwrap();
    fs::write(dir.join("routes.yaml"), "old").unwrap();
    let read = read(dir, anything, &mut |now| {
        if now == when {
            change(dir);
        }
    });
    match read {
        Ok(texts) => Ok(texts.into_iter().map(|(path, text)| format!("{path} {text}")).collect()),
        Err(refused) => Err(refused.to_string()),
    }
}

#[track_caller]
fn is_refused(when: Between, change: fn(&Path), file: &str, how: &str) {
    let said = said(when, change).expect_err("nobody noticed");
    let expected = format!(
        "error: the directory changed while it was read: this file {how}\n  --> {file}\n  \
         help: load it again when whoever writes it has finished\n\n1 error, 0 warnings"
    );
    assert_eq!(said, expected);
}

fn write(dir: &Path, file: &str, text: &str) {
    fs::write(dir.join(file), text).unwrap();
}

#[test]
fn what_stands_still_is_read() {
    assert_eq!(said(Listed, |_| {}).unwrap(), ["audiences.yaml old", "routes.yaml old"]);
}

#[test]
fn two_versions_are_no_policy() {
    // One file of the old policy has been read; both are new when it looks again.
    is_refused(Read, |dir| write(dir, "routes.yaml", "new"), "routes.yaml", "was written");
    // Of the same length and under the same name, as an editor leaves it.
    is_refused(
        Read,
        |dir| {
            write(dir, ".routes.yaml.new", "OLD");
            fs::rename(dir.join(".routes.yaml.new"), dir.join("routes.yaml")).unwrap();
        },
        "routes.yaml",
        "was written",
    );
    is_refused(Read, |dir| write(dir, "routes.yaml", ""), "routes.yaml", "was written");
}

#[test]
fn files_that_come_and_go_meanwhile_are_noticed() {
    let gone = |dir: &Path| fs::remove_file(dir.join("routes.yaml")).unwrap();
    is_refused(Listed, gone, "routes.yaml", "is gone");
    is_refused(Read, gone, "routes.yaml", "is gone");
    let come = |dir: &Path| write(dir, "quiet.yaml", "new");
    is_refused(Listed, come, "quiet.yaml", "has come");
    is_refused(Read, come, "quiet.yaml", "has come");
    // Half a character: what is wrong with it is only that somebody is writing it.
    let broken = |dir: &Path| fs::write(dir.join("routes.yaml"), b"\xe3\x81").unwrap();
    is_refused(Read, broken, "routes.yaml", "was written");
}

#[test]
fn a_change_between_listing_and_reading_is_read() {
    // All of it is of one moment: after the change.
    let new = |dir: &Path| write(dir, "routes.yaml", "new");
    assert_eq!(said(Listed, new).unwrap(), ["audiences.yaml old", "routes.yaml new"]);
}

#[test]
fn a_link_turned_elsewhere_is_noticed() {
    let out = |dir: &Path| {
        fs::remove_file(dir.join("routes.yaml")).unwrap();
        std::os::unix::fs::symlink("/etc/hostname", dir.join("routes.yaml")).unwrap();
    };
    is_refused(Read, out, "routes.yaml", "is gone");
    let same = |dir: &Path| {
        fs::rename(dir.join("routes.yaml"), dir.join(".first")).unwrap();
        std::os::unix::fs::symlink(".first", dir.join("routes.yaml")).unwrap();
    };
    assert!(said(Read, same).is_ok(), "the same text is the same policy");
}
