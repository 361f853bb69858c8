//! Real senders post to a real Herald, and its messages come out. Each is left out, and says so,
//! where it can't be had; `scripts/setup --senders` fetches what can.

mod alertmanager;
mod standard_webhooks;

use std::path::PathBuf;

use herald::core::notification::Notification;

use crate::fixture::site::Site;

/// A program on the PATH, or where `scripts/setup --senders` puts it.
fn program(name: &str, folder: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let fetched = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(".tools").join(folder);
    let found = std::env::split_paths(&path).chain([fetched]).map(|at| at.join(name)).find(|at| at.is_file());
    if found.is_none() {
        println!("skipped: no {name} here; scripts/setup --senders fetches it where it can be had");
    }
    found
}

/// What an audience has been told so far: kinds and subjects.
fn told(site: &Site, audience: &str) -> Vec<(String, String)> {
    let records = site.reader().read(&[format!("notify.{audience}")]);
    let told = records.iter().filter_map(|record| record.payload.as_deref());
    told.map(|value| serde_json::from_slice::<Notification>(value).unwrap())
        .map(|message| (message.kind.to_string(), message.contents[0].subject.clone()))
        .collect()
}
