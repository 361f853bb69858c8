//! What the targets share: an input's first byte names the source kind, its second the media type,
//! and the rest is the body. `scripts/fuzz` makes the seeds in that form.

use herald::core::event::Event;
use herald::core::ids;
use herald::core::limits::{LABELS_MAX, LINKS_MAX, SUB_ALERTS_MAX, TITLE_CHARS_MAX, WARNINGS_MAX};
use herald::core::sources::{Delivery, Read, SourceKind, read};
use herald::core::vocabulary::AuthKind;

const MEDIA_TYPES: [&str; 3] = ["application/json", "application/x-www-form-urlencoded", "text/plain"];
const PARTS_MAX: usize = 100;

/// Kind, media type and body of an input.
pub fn parts(input: &[u8]) -> Option<(SourceKind, &'static str, &[u8])> {
    let (kind, rest) = input.split_first()?;
    let (media_type, body) = rest.split_first()?;
    let kind = SourceKind::ALL[usize::from(*kind) % SourceKind::ALL.len()];
    Some((kind, MEDIA_TYPES[usize::from(*media_type) % MEDIA_TYPES.len()], body))
}

/// Makes a delivery of a body.
pub fn with_delivery<T>(content_type: &str, body: &[u8], use_it: impl Fn(&Delivery<'_>) -> T) -> T {
    use_it(&Delivery {
        source: "fuzz",
        headers: &[],
        content_type,
        body,
        body_sha256: &ids::body_sha256(body),
        received_at: jiff::Timestamp::UNIX_EPOCH,
        auth: AuthKind::None,
        key_id: None,
        parts_max: PARTS_MAX,
    })
}

/// Reads a body as the port does.
pub fn delivered(kind: SourceKind, content_type: &str, body: &[u8]) -> Read {
    with_delivery(content_type, body, |delivery| read(kind, delivery))
}

/// What every event keeps to, whatever it was read from.
pub fn sound(read: &Read) {
    let Read::Events(events) = read else { return };
    assert!(events.len() <= PARTS_MAX);
    for event in events {
        let bytes = serde_json::to_vec(event).expect("an event is JSON");
        let back: Event = serde_json::from_slice(&bytes).expect("it reads back");
        assert_eq!(back, *event);
        assert!(!event.incident.native_id.is_empty() && !event.native_type.contains('\n'));
        assert!(event.title.as_ref().is_none_or(|title| title.chars().count() <= TITLE_CHARS_MAX));
        assert!(event.labels.len() <= LABELS_MAX && event.links.len() <= LINKS_MAX);
        assert!(event.sub_alerts.len() <= SUB_ALERTS_MAX && event.warnings.len() <= WARNINGS_MAX + 1);
        let is_web = |href: &str| href.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("http"));
        assert!(event.links.iter().all(|link| is_web(&link.href)));
    }
}
