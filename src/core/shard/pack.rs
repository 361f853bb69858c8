//! A state in little room: the JSON of `incident.state`, compressed. What is unpacked is so what a
//! restart would read, and no second format can differ from it.

use std::sync::Arc;

use lz4_flex::block::{compress_prepend_size_with_dict, decompress_size_prepended_with_dict};

use crate::core::incident::IncidentState;

/// What most states have in common. Only this process reads what it packed, so it may change.
const COMMON: &str = include_str!("common.json");

/// None where the state has no JSON form, which would be a mistake in Herald.
pub(super) fn pack(state: &IncidentState) -> Option<Arc<[u8]>> {
    let json = serde_json::to_vec(state).ok()?;
    Some(compress_prepend_size_with_dict(&json, COMMON.as_bytes()).into())
}

/// The state again.
#[expect(
    clippy::panic,
    reason = "its own memory is damaged: an input put aside is better than forgetting who was told"
)]
pub(super) fn unpack(bytes: &[u8]) -> IncidentState {
    let json = decompress_size_prepended_with_dict(bytes, COMMON.as_bytes());
    let state = json
        .map_err(|error| error.to_string())
        .and_then(|json| serde_json::from_slice::<IncidentState>(&json).map_err(|error| error.to_string()));
    match state {
        Ok(state) => state,
        Err(error) => panic!("a packed state can't be read: {error}"),
    }
}
