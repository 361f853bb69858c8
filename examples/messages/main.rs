//! Writes docs/messages.md, every message that Herald ships, after templates or built-in words were
//! edited: `cargo run --locked --example messages`. A test fails while the file is stale.

mod pack;

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let loaded = herald::policy::load_dir(&root.join("deploy/policy"))?;
    let text = pack::pack(loaded.policy);
    std::fs::create_dir_all(root.join("docs"))?;
    std::fs::write(root.join("docs/messages.md"), &text)?;
    println!("docs/messages.md: {} lines", text.lines().count());
    Ok(())
}
