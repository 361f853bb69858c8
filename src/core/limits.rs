//! Every limit of the core, with its unit in the name.
//!
//! A sender, a template or a person can make anything longer; these numbers say where
//! Herald stops. Limits of the transport live with the transport (`http`, `kafka`, `router`).

/// Longest incident key that is kept as it is; a longer one is cut and given a hash.
pub const INCIDENT_KEY_BYTES_MAX: usize = 200;
/// Longest title of an incident.
pub const TITLE_CHARS_MAX: usize = 1_024;
/// Longest text of a sender or a person (description, message, symptom …).
pub const TEXT_CHARS_MAX: usize = 16_384;
/// Longest words of a person to readers, in one language: with what a template adds, they fit into
/// a notification whole.
pub const PERSONS_TEXT_CHARS_MAX: usize = 2_000;
/// Longest single label value, id or name taken from a sender.
pub const NAME_CHARS_MAX: usize = 512;
/// Most labels kept of one event.
pub const LABELS_MAX: usize = 200;
/// Most values kept of one label.
pub const LABEL_VALUES_MAX: usize = 50;
/// Most links kept of one event.
pub const LINKS_MAX: usize = 50;
/// Most services, teams, regions or people kept of one event, of each.
pub const LIST_ITEMS_MAX: usize = 200;
/// Most grouped alerts kept of one event; the rest is counted.
pub const SUB_ALERTS_MAX: usize = 100;
/// Most warnings kept on one event.
pub const WARNINGS_MAX: usize = 32;
/// Deepest nesting of a JSON body that is read.
pub const JSON_DEPTH_MAX: usize = 64;

/// Event ids remembered for each incident, to tell duplicates.
pub const RECENT_EVENT_IDS_MAX: usize = 32;
/// Updates with a person's words remembered for each episode, for their approval.
pub const PERSONS_WORDS_MAX: usize = 16;
/// Incidents that readers are handed through by merges.
pub const MERGE_HOPS_MAX: usize = 8;
/// A sender's time this far after the receipt is a wrong clock, not the future.
pub const FUTURE_TIME_SECONDS_MAX: i64 = 5 * 60;
/// An event older than this at its receipt can't begin an incident.
pub const BEGIN_AGE_SECONDS_MAX: i64 = 24 * 60 * 60;

/// One line, as mail clients show it.
pub const SUBJECT_CHARS_MAX: usize = 120;
/// Longest CommonMark body of a notification.
pub const BODY_CHARS_MAX: usize = 3_000;
/// Longest plain text of a notification.
pub const PLAIN_TEXT_CHARS_MAX: usize = 3_000;
/// `short` in GSM-7 units.
pub const SHORT_GSM7_UNITS_MAX: usize = 160;
/// `short` in UCS-2 units.
pub const SHORT_UCS2_UNITS_MAX: usize = 70;
/// Largest record on a notification topic.
pub const NOTIFICATION_BYTES_MAX: usize = 64 * 1024;
/// Instructions that one template may take, in minijinja's fuel units.
pub const TEMPLATE_FUEL_MAX: u64 = 50_000;
/// Most that one part of a template may write. What readers get is far shorter; what would be cut
/// away must not fill memory first.
pub const TEMPLATE_OUTPUT_BYTES_MAX: usize = 256 * 1024;
/// From this age on, what a router finds not yet folded when it begins is a backlog.
pub const BACKLOG_AGE_SECONDS_MIN: i64 = 10 * 60;
