//! Every adapter on any body: no panic, and every event that comes out is sound.
#![no_main]

use herald_fuzz::{delivered, sound};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((kind, content_type, body)) = herald_fuzz::parts(input) else { return };
    sound(&delivered(kind, content_type, body));
});
