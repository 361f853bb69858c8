//! Values that several schemes read.

use std::time::Duration;

use crate::config::section::{Section, duration, some_text, texts};
use crate::config::tree::Node;

/// Bounds of every tolerance.
const TOLERANCE_MS: (u64, u64) = (1_000, 24 * 3_600_000);

pub(super) fn tolerance(section: &Section<'_>) -> Option<Duration> {
    section.read("tolerance", duration(TOLERANCE_MS.0, TOLERANCE_MS.1))
}

pub(super) fn topics(node: &Node) -> Result<Vec<String>, String> {
    let topics = texts(node)?;
    match topics.iter().find(|topic| !(topic.starts_with("arn:aws") && topic.split(':').count() == 6)) {
        Some(odd) => Err(format!("{odd:?} is no topic; write arn:aws:sns:<region>:<account>:<name>")),
        None if topics.is_empty() => Err("it is empty: anybody's topic would be believed".to_owned()),
        None => Ok(topics),
    }
}

pub(super) fn header(node: &Node) -> Result<String, String> {
    let name = some_text(node)?.to_ascii_lowercase();
    let fits = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if fits { Ok(name) } else { Err("a header's name has letters, digits, `-`, `_` and `.` only".to_owned()) }
}

pub(super) fn parameter(node: &Node) -> Result<String, String> {
    let name = some_text(node)?;
    let fits = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if fits {
        Ok(name)
    } else {
        Err("a name in the query has letters, digits, `-`, `_` and `.` only".to_owned())
    }
}

pub(super) fn url(node: &Node) -> Result<String, String> {
    let url = some_text(node)?;
    let authority = url.split_once("://").map(|(_, rest)| rest.split('/').next().unwrap_or_default());
    match authority {
        Some(authority) if authority.contains('@') => {
            Err("a password in an address would stand here in the clear".to_owned())
        }
        Some(_) => Ok(url),
        None => Err(format!("{url:?} is no address; write https://herald.example.com/webhooks/…")),
    }
}
