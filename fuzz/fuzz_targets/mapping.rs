//! Any mapping, and any body read by it: two texts with a line `---8<---` between them.
#![no_main]

use std::path::Path;

use herald::core::sources::Reader;
use herald_fuzz::{sound, with_delivery};
use libfuzzer_sys::fuzz_target;

const CUT: &str = "\n---8<---\n";

fuzz_target!(|input: &[u8]| {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let (mapping, body) = text.split_once(CUT).unwrap_or((text, "{}"));
    // No schema is looked for beside it: there is nothing there.
    let Ok(loaded) = herald::mapping::load_text("fuzz.yaml", mapping, Path::new("/nonexistent")) else { return };
    let reader = Reader::Mapping(loaded.mapping);
    for content_type in ["application/json", "application/x-www-form-urlencoded"] {
        sound(&with_delivery(content_type, body.as_bytes(), |delivery| reader.read(delivery)));
    }
});
