//! What `herald explain` does with any body.
#![no_main]

use herald::core::sources::Reader;
use herald_fuzz::with_delivery;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((kind, content_type, body)) = herald_fuzz::parts(input) else { return };
    // It reads a body once for each of its values.
    if body.len() <= 2_048 {
        with_delivery(content_type, body, |delivery| Reader::Kind(kind).origins(delivery));
    }
});
