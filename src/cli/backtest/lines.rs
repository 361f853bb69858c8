//! Events as they stand on `incident.events`, one a line.

use std::fs::File;
use std::io::{BufRead, BufReader, Read as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::past::{Range, Take};
use crate::core::event::Event;

/// Longest line: far above the largest body that the webhook port takes.
const LINE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Hands over each event at the time of its receipt. How many lines are none.
pub(super) fn each(files: &[PathBuf], range: Range, take: Take<'_>) -> anyhow::Result<u64> {
    let mut unusable = 0;
    for file in files {
        let reader: Box<dyn BufRead> = if file == Path::new("-") {
            Box::new(std::io::stdin().lock())
        } else {
            let opened = File::open(file).with_context(|| format!("can't read {}", file.display()))?;
            Box::new(BufReader::with_capacity(1 << 20, opened))
        };
        unusable += of_one(reader, &file.display().to_string(), range, take)?;
    }
    Ok(unusable)
}

fn of_one(mut reader: Box<dyn BufRead>, name: &str, range: Range, take: Take<'_>) -> anyhow::Result<u64> {
    let (mut line, mut number, mut unusable) = (Vec::new(), 0_u64, 0);
    loop {
        line.clear();
        let read = reader.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line);
        if read.with_context(|| format!("can't read {name}"))? == 0 {
            return Ok(unusable);
        }
        number += 1;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        match serde_json::from_slice::<Event>(&line) {
            Ok(event) if range.has(event.received_at) => take(&event, event.received_at)?,
            Ok(_) => {}
            Err(error) => {
                if unusable == 0 {
                    eprintln!("herald: {name}:{number}: no event: {error}");
                }
                unusable += 1;
            }
        }
    }
}
