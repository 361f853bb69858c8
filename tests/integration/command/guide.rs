//! docs/policy as its readers follow it: every command of its pages is run, in their order; and the
//! example that was made by following it holds.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{err, out, run};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What stands in the page's blocks that say this of themselves.
pub(super) fn blocks(page: &str, info: &str) -> String {
    let text = std::fs::read_to_string(root().join("docs/policy").join(page)).unwrap();
    let mut found = String::new();
    let mut inside = false;
    for line in text.lines() {
        match line.strip_prefix("```") {
            Some(said) => inside = said == info,
            None if inside => found.extend([line, "\n"]),
            None => {}
        }
    }
    found
}

/// A shell in this directory that finds the command as its reader does.
pub(super) fn shell(dir: &Path, script: &str) -> Command {
    let herald = PathBuf::from(env!("CARGO_BIN_EXE_herald"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(herald.parent().unwrap().to_owned()).chain(std::env::split_paths(&path));
    let mut command = Command::new("sh");
    command
        .args(["-euc", script])
        .current_dir(dir)
        .env("PATH", std::env::join_paths(folders).unwrap())
        .env("XDG_RUNTIME_DIR", dir)
        .env_remove("HERALD_CONFIG");
    command
}

/// Runs a page in an empty directory, which is left for a look at what it made.
fn follow(page: &str) -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let output = shell(dir.path(), &blocks(page, "sh")).output().unwrap();
    assert!(output.status.success(), "{page}\n{}\n{}", out(&output), err(&output));
    (dir, out(&output))
}

#[test]
fn the_first_policy_is_made_as_the_guide_says() {
    let (dir, said) = follow("README.md");
    // Before the rule, and after it.
    assert_eq!(said.matches("all well").count(), 6, "{said}");
    assert!(said.contains("customers may ask you"), "{said}");
    assert!(said.contains("newly told  sales"), "{said}");
    assert!(dir.path().join("review.html").is_file());
}

#[test]
fn approvals_are_given_as_the_guide_says() {
    let (dir, said) = follow("approvals.md");
    assert!(
        said.contains("as it should be") && said.contains("was edited since legal approved it"),
        "{said}"
    );
    assert!(said.contains("all well"), "{said}");
    let review = std::fs::read_to_string(dir.path().join("review.html")).unwrap();
    assert!(review.contains("<ins>+ Thank you for your patience."));
}

#[test]
fn a_backtest_is_made_as_the_guide_says() {
    let (_, said) = follow("backtest.md");
    assert!(said.contains("| `legal` |") && said.contains("legal-hear-of-every-p3"), "{said}");
}

#[test]
fn the_web_shop_is_checked_tested_and_approved() {
    let dir = tempfile::tempdir().unwrap();
    let policy = root().join("deploy/examples/web-shop/policy");
    let policy = policy.to_str().unwrap();
    let check = run(dir.path(), &["check", policy]);
    assert_eq!(check.status.code(), Some(0), "{}", out(&check));
    assert!(out(&check).contains("all well"), "no warning either: {}", out(&check));
    let test = run(dir.path(), &["test", policy]);
    assert_eq!(test.status.code(), Some(0), "{}", out(&test));
    let preview =
        run(dir.path(), &["preview", "customers-strategic", "--language", "de", "--policy", policy]);
    // Of the policy's own service, to the customer that reads this language.
    for words in [
        "Erste Meldung: Störung bei Shop",
        "Guten Tag, Nordwerk GmbH",
        "Einige Seiten lassen sich nicht öffnen",
    ] {
        assert!(out(&preview).contains(words), "{words}\n{}", out(&preview));
    }
    assert!(!out(&preview).contains("not approved by"), "{}", out(&preview));
}
