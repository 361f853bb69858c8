//! Records the approvals of the default policy, after its templates were edited and read again:
//! `cargo run --example approve-defaults`. Nothing else in the policy is touched.

use std::path::Path;

use herald::policy::approvals::{Approve, record, wanted};
use herald::policy::{Source, audiences};

/// The default templates' own approval, so that a policy made from them shows who approved them.
const BY: &str = "herald-default";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/policy");
    let source = Source::from_dir(&dir)?;
    let wanted = wanted(&source, &audiences(&source)?);
    // One fixed time: the file changes only where the words did.
    let at = "2026-04-01T00:00:00Z".parse()?;
    let approve: Vec<_> = wanted.iter().map(|(target, role)| Approve { target, role, by: BY, at }).collect();
    // From nothing, so that what is gone is gone.
    let text = record(&source.with("approvals.yaml", ""), &approve)?;
    std::fs::write(dir.join("approvals.yaml"), text)?;
    println!("{} approvals", approve.len());
    Ok(())
}
