//! What an unfinished merge, write or pull leaves behind.

use std::fs;
use std::path::{Path, PathBuf};

use super::diagnostic::{Diagnostic, Diagnostics, Severity};
use super::problems::Problems;
use super::source::Source;
use super::tree::At;

/// Tells of every conflict in a file, whose lines count on from so many. Was there one?
pub(super) fn tell_conflicts(problems: &Problems<'_>, file: &str, text: &str, lines_before: usize) -> bool {
    let found = conflicts(text);
    for (line, mark) in &found {
        let at = At { line: lines_before + line, column: 1, width: mark.len() };
        let message = format!("`{mark}` is Git's mark of a conflict: this file is half merged");
        let help = "decide which of both is meant, and take the marks out".to_owned();
        problems.add(Severity::Error, file, at, message, Some(help));
    }
    !found.is_empty()
}

/// The lines, from 1, at which Git's conflict marks stand, each with its mark: of a whole conflict the
/// first one alone.
fn conflicts(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut inside = false;
    for (line, number) in text.lines().zip(1..) {
        let begins = line.starts_with("<<<<<<< ");
        let ends = line.starts_with(">>>>>>> ");
        if begins || (ends && !inside) {
            found.push((number, &line[..7]));
        }
        inside = begins || (inside && !ends);
    }
    found
}

impl Source {
    /// Reads a directory for who has another policy meanwhile: it is refused too while Git writes
    /// there.
    ///
    /// # Errors
    /// As [`Self::from_dir`], or that Git writes.
    pub fn from_settled_dir(dir: &Path) -> Result<Self, Diagnostics> {
        let unlocked = || git_lock(dir).map_or(Ok(()), |lock| Err(Diagnostics(vec![lock])));
        // Before and after: in between, what Git changes is noticed by itself.
        unlocked()?;
        let source = Self::from_dir(dir)?;
        unlocked()?;
        Ok(source)
    }
}

/// Is Git about to change the directory? It holds its lock as long as it writes files: between two of
/// them the directory stands still, and is a mixture all the same.
pub fn git_lock(dir: &Path) -> Option<Diagnostic> {
    let dir = dir.canonicalize().ok()?;
    let git = dir.ancestors().map(|folder| folder.join(".git")).find(|git| git.exists())?;
    let lock = git_folder(git)?.join("index.lock");
    lock.exists().then(|| {
        Diagnostic::of_file(
            lock.display().to_string(),
            "Git is changing the policy's directory: its lock is there",
            Some("load it again when Git has finished; a lock that a Git left behind can be removed"),
        )
    })
}

/// In a worktree and in a submodule `.git` is a file that says where it is.
fn git_folder(git: PathBuf) -> Option<PathBuf> {
    if git.is_dir() {
        return Some(git);
    }
    let text = fs::read_to_string(&git).ok()?;
    let folder = text.strip_prefix("gitdir:")?.trim();
    Some(git.parent()?.join(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_conflict_its_first_mark_is_named() {
        let text = "a\n<<<<<<< HEAD\nb\n||||||| base\nb0\n=======\nc\n>>>>>>> theirs\nd\n>>>>>>> left\n";
        assert_eq!(conflicts(text), [(2, "<<<<<<<"), (10, ">>>>>>>")]);
        // A heading, quotations and text are none.
        assert_eq!(conflicts("Title\n=======\n> > quote\n a <<<<<<< b\n<<<<<<<<< x\n  <<<<<<< x\n"), []);
    }

    #[test]
    fn the_lock_is_found_from_a_folder_of_the_repository() {
        let root = tempfile::tempdir().unwrap();
        let policy = root.path().join("deploy/policy");
        fs::create_dir_all(&policy).unwrap();
        assert_eq!(git_lock(&policy), None);
        fs::create_dir(root.path().join(".git")).unwrap();
        assert_eq!(git_lock(&policy), None);
        fs::write(root.path().join(".git/index.lock"), "").unwrap();
        assert!(git_lock(&policy).unwrap().file.ends_with(".git/index.lock"));
        assert_eq!(git_lock(&root.path().join("gone")), None);
    }

    #[test]
    fn the_lock_of_a_worktree_is_elsewhere() {
        let root = tempfile::tempdir().unwrap();
        let (policy, git) = (root.path().join("live"), root.path().join("bare/worktrees/live"));
        fs::create_dir_all(&policy).unwrap();
        fs::create_dir_all(&git).unwrap();
        fs::write(policy.join(".git"), "gitdir: ../bare/worktrees/live\n").unwrap();
        assert_eq!(git_lock(&policy), None);
        fs::write(git.join("index.lock"), "").unwrap();
        assert!(git_lock(&policy).is_some());
    }
}
