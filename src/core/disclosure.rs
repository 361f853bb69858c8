//! The one place where what is known is cut to what an audience may see.

use super::fields::FieldSet;
use super::notification::{Notice, View};
use serde_json::{Map, Value};

/// The fields of `view` in `may_see` and known, under their own names and types, localised in
/// `language` where they are words. Used for the structured part of a notification and, the same
/// map, for its template: what is not in here can't be shown.
pub fn cut(_notice: &Notice, _view: &View, _may_see: FieldSet, _language: &str) -> Map<String, Value> {
    unimplemented!()
}
