//! Directories that are no policy: each is refused with a clear word, and the policy in force stays.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use herald::app::policy::PolicyStore;
use herald::telemetry::metrics::Metrics;

use super::shipped;

/// What makes a directory unusable, and what is said of it.
type Case = (&'static str, fn(&Path), &'static str);

const CASES: [Case; 16] = [
    ("half written", |dir| fs::remove_file(dir.join("routes.yaml")).unwrap(), "this file is missing"),
    ("cut off", |dir| write(dir, "routes.yaml", b"routes:\n  - { name: a, when: { pri"), "routes.yaml:2"),
    ("empty", |dir| write(dir, "routes.yaml", b""), "this file is empty"),
    ("not UTF-8", |dir| write(dir, "routes.yaml", b"routes:\n\xff\xfe"), "no UTF-8 text, from line 2 on"),
    ("BOM", |dir| write(dir, "routes.yaml", b"\xef\xbb\xbfroutes: []"), "byte order mark"),
    (
        "UTF-16",
        |dir| write(dir, "routes.yaml", b"\xff\xfer\0o\0u\0t\0e\0s\0"),
        "no UTF-8 text, from line 1 on",
    ),
    ("too large", |dir| write(dir, "routes.yaml", &vec![b'#'; 9 * 1024 * 1024]), "it is too large"),
    ("no more than begun", |dir| write(dir, "quiet.yaml", b""), "this file is empty"),
    (
        "a conflict",
        |dir| write(dir, "routes.yaml", b"routes:\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\n"),
        "half merged",
    ),
    (
        "bomb",
        |dir| {
            let mut text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
            for (one, before) in "bcdefghij".chars().zip("abcdefghi".chars()) {
                let many = vec![format!("*{before}"); 10].join(", ");
                writeln!(text, "{one}: &{one} [{many}]").unwrap();
            }
            write(dir, "routes.yaml", text.as_bytes());
        },
        "anchors and aliases",
    ),
    ("cycle", |dir| write(dir, "routes.yaml", b"routes: &r\n  - *r\n"), "anchors and aliases"),
    (
        "many values",
        |dir| write(dir, "routes.yaml", format!("routes: [{}]", "1,".repeat(600_000)).as_bytes()),
        "more than 500000 values",
    ),
    (
        "a link out",
        |dir| symlink("/etc/hostname", dir.join("templates/en/sales/opening2.md")).unwrap(),
        "leads out of the policy's directory",
    ),
    (
        "a link to nothing",
        |dir| symlink("gone.md", dir.join("templates/en/sales/opening2.md")).unwrap(),
        "it can't be read",
    ),
    ("a folder in itself", |dir| symlink("..", dir.join("templates/again")).unwrap(), "nested more than"),
    (
        "a pipe",
        |dir| {
            let made = std::process::Command::new("mkfifo").arg(dir.join("templates/en/sales/x.md")).status();
            assert!(made.unwrap().success());
        },
        "it is no file",
    ),
];

fn write(dir: &Path, name: &str, bytes: &[u8]) {
    fs::write(dir.join(name), bytes).unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() { copy(&path, &target) } else { _ = fs::copy(&path, &target).unwrap() }
    }
}

#[test]
fn what_is_no_policy_is_refused_and_the_one_before_stays() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("policy");
    let metrics = Metrics::new("test", "test").unwrap();
    copy(&shipped(), &dir);
    let store = PolicyStore::open(Some(&dir), None, false, &metrics).unwrap();
    let version = store.shared().load().version.clone();
    for (name, spoil, word) in CASES {
        fs::remove_dir_all(&dir).unwrap();
        copy(&shipped(), &dir);
        spoil(&dir);
        let refused = store.reload(|_| Ok(())).expect_err(name).to_string();
        assert!(refused.contains(word), "{name}: {refused}");
        assert_eq!(store.shared().load().version, version, "{name}");
    }
    fs::remove_dir_all(&dir).unwrap();
    let refused = store.reload(|_| Ok(())).expect_err("gone").to_string();
    assert!(refused.contains("can't be read"), "{refused}");
    assert_eq!(store.shared().load().version, version);
}

/// While Git writes, what stands still may be half of a pull. A start can't wait for that.
#[test]
fn while_git_holds_its_lock_nothing_is_loaded_anew() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("policy");
    copy(&shipped(), &dir);
    let lock = root.path().join(".git/index.lock");
    fs::create_dir(root.path().join(".git")).unwrap();
    fs::write(&lock, b"").unwrap();
    let metrics = Metrics::new("test", "test").unwrap();
    let store = PolicyStore::open(Some(&dir), None, false, &metrics).unwrap();
    let refused = store.reload(|_| Ok(())).unwrap_err().to_string();
    let place = format!("--> {}", lock.canonicalize().unwrap().display());
    assert!(
        refused.contains("Git is changing the policy's directory") && refused.contains(&place),
        "{refused}"
    );
    fs::remove_file(&lock).unwrap();
    store.reload(|_| Ok(())).unwrap();
}

/// What editors and mounted configuration leave beside files is no part of a policy.
#[test]
fn what_is_hidden_is_not_read() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("policy");
    copy(&shipped(), &dir);
    symlink("someone@host.1", dir.join(".#routes.yaml")).unwrap();
    write(&dir, ".routes.yaml.swp", b"\xff\xff");
    assert!(herald::policy::load_dir(&dir).is_ok());
}
