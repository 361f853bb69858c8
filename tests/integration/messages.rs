//! docs/messages.md is what the default policy says.

use std::path::Path;

#[path = "../../examples/messages/pack.rs"]
mod pack;

#[test]
fn the_page_of_all_messages_is_fresh() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let policy = herald::policy::load_dir(&root.join("deploy/policy")).unwrap().policy;
    let page = std::fs::read_to_string(root.join("docs/messages.md")).unwrap_or_default();
    let fresh = pack::pack(policy);
    let differs = page.lines().zip(fresh.lines()).position(|(old, new)| old != new);
    assert!(
        page == fresh,
        "docs/messages.md is stale, from line {}: read what changed, then run `cargo run --locked --example messages`",
        differs.map_or(page.lines().count().min(fresh.lines().count()), |line| line) + 1
    );
}
