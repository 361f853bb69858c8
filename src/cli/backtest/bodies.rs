//! Bodies of webhooks, one a file, each at the time that it tells of.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::Args;
use super::past::{Range, Take};
use crate::cli::webhook::{Source, header, read_file};
use crate::core::sources::Read;

/// A body without a time comes so long after the one before.
const APART: SignedDuration = SignedDuration::from_secs(1);
/// Far enough ahead for no time of a body to be ahead of it.
const AHEAD: SignedDuration = SignedDuration::from_hours(24 * 366 * 10);

/// Hands over the events of each. How many bodies say nothing that can be used.
pub(super) fn each(args: &Args, range: Range, take: Take<'_>) -> anyhow::Result<u64> {
    let source = Source::named(args.source.as_deref().unwrap_or_default(), args.cluster.config().cloned())?;
    let headers = args.header.iter().map(|one| header(one)).collect::<Result<Vec<_>, _>>()?;
    let mut unusable = 0;
    for (file, at) in in_order(args, &source, &headers)? {
        if !range.has(at) {
            continue;
        }
        match source.read(&headers, &read_file(file)?, at) {
            Read::Events(events) => events.iter().try_for_each(|event| take(event, at))?,
            Read::Handshake(_) => {}
            Read::Rejected { reason, problems } => {
                let first = problems.first().map(|one| format!(": {} {}", one.pointer, one.message));
                eprintln!("herald: {}: {reason}{}", file.display(), first.unwrap_or_default());
                unusable += 1;
            }
        }
    }
    Ok(unusable)
}

/// The files in the order of the times that they tell of; those without one after the file before.
fn in_order<'a>(
    args: &'a Args,
    source: &Source,
    headers: &[(String, String)],
) -> anyhow::Result<Vec<(&'a Path, Timestamp)>> {
    let now = Timestamp::now();
    let (mut files, mut last) = (Vec::with_capacity(args.files.len()), None);
    for file in &args.files {
        let read = source.read(headers, &read_file(file)?, now.saturating_add(AHEAD)?);
        let own = match &read {
            Read::Events(events) => events.iter().filter_map(|event| event.occurred_at).max(),
            _ => None,
        };
        let after = |last: Timestamp| last.checked_add(APART).unwrap_or(last);
        let at = own.or_else(|| last.map(after)).unwrap_or(now);
        last = Some(at);
        files.push((file.as_path(), at));
    }
    files.sort_by_key(|(_, at)| *at);
    Ok(files)
}
