//! Ids. All are hashes of what they name, so that every run, replica and replay finds the same.
//!
//! `H` is SHA-256 over its parts, each preceded by its length, after a word that says what is
//! being named; so two different lists of parts never give one hash.

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

/// H(what, parts), as `prefix` and the first `chars` characters of lower-case base32.
fn hash(prefix: &str, what: &str, chars: usize, parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in std::iter::once(&what.as_bytes()).chain(parts) {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let mut id = BASE32_NOPAD.encode(&hasher.finalize());
    id.truncate(chars);
    id.make_ascii_lowercase();
    id.insert_str(0, prefix);
    id
}

/// SHA-256 of a body, in lower-case hexadecimal.
pub fn body_sha256(body: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(body))
}

/// Event id: H(source name, delivery id, body hash, part). A sender's retry gives the same.
pub fn event(source: &str, delivery_id: Option<&str>, body_sha256: &str, part: u32) -> String {
    // An absent delivery id and an empty one are different things.
    let delivery = delivery_id.map(|id| format!("={id}")).unwrap_or_default();
    let part = part.to_be_bytes();
    let parts = [source.as_bytes(), delivery.as_bytes(), body_sha256.as_bytes(), &part];
    hash("e-", "event", 26, &parts)
}

/// What tells one receipt of an event from another: its id, and where the sender gave no delivery id
/// the time of receipt, for then the same body again has the same id.
pub fn receipt(event: &str, received_at: Option<Timestamp>) -> String {
    received_at.map_or_else(|| event.to_owned(), |at| format!("{event}@{at}"))
}

/// Incident id: H(source name, the sender's own id), `i-` and 16 characters; the Kafka key everywhere.
pub fn incident(source: &str, native_id: &str) -> String {
    hash("i-", "incident", 16, &[source.as_bytes(), native_id.as_bytes()])
}

/// Incident id of a test delivery: a space of its own, so that a test never meets an incident.
pub fn test_incident(source: &str, native_id: &str) -> String {
    hash("i-", "test-incident", 16, &[source.as_bytes(), native_id.as_bytes()])
}

/// Episode id: H(incident id, id and time of receipt of its first event).
pub fn episode(incident: &str, first_event: &str, received_at: Timestamp) -> String {
    let at = received_at.as_nanosecond().to_be_bytes();
    hash("p-", "episode", 16, &[incident.as_bytes(), first_event.as_bytes(), &at])
}

/// Thread id: H(incident, episode, audience, addressee).
pub fn thread(incident: &str, episode: &str, audience: &str, addressee: Option<&str>) -> String {
    let parts = [incident, episode, audience, addressee.unwrap_or("")].map(str::as_bytes);
    hash("t-", "thread", 16, &parts)
}

/// Notification id: H(incident, episode, audience, addressee, kind, cause); the cause is a [`receipt`],
/// or a timer with its due time.
pub fn notification(thread: &str, kind: &str, cause: &str) -> String {
    // The thread already names incident, episode, audience and addressee.
    hash("n-", "notification", 26, &[thread.as_bytes(), kind.as_bytes(), cause.as_bytes()])
}

/// Decision id: one for each input that was decided on. A batch's parts differ by their event id;
/// an event that comes twice gives two decisions, told apart by their place in the log.
pub fn decision(incident: &str, cause: &str, partition: i32, offset: i64) -> String {
    let place = format!("{partition}/{offset}");
    hash("d-", "decision", 26, &[incident.as_bytes(), cause.as_bytes(), place.as_bytes()])
}

/// Id of a rejected body or record: H(where it came from, its delivery or offset, body hash).
pub fn rejected(origin: &str, delivery: &str, body_sha256: &str) -> String {
    hash("r-", "rejected", 26, &[origin.as_bytes(), delivery.as_bytes(), body_sha256.as_bytes()])
}

/// The reference that customers read: 8 characters, a keyed hash, never a counter. Letters and
/// digits that are easily taken for one another (I, L, O, U, 0, 1) do not occur.
pub fn public_reference(key: &[u8], incident: &str, episode: &str) -> String {
    const ALPHABET: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
    // A key of any length is accepted by HMAC; the error can't occur.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(incident.as_bytes());
    mac.update(b"/");
    mac.update(episode.as_bytes());
    let tag = mac.finalize().into_bytes();
    tag.iter().take(8).map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_stable_and_tell_their_parts_apart() {
        let id = incident("pagerduty", "PGR0VU2");
        assert_eq!(id.len(), 18);
        assert_eq!(id, incident("pagerduty", "PGR0VU2"));
        assert_ne!(id, incident("pagerdutyP", "GR0VU2"));
        assert_ne!(id, test_incident("pagerduty", "PGR0VU2"));
        assert_ne!(event("s", None, "b", 0), event("s", Some(""), "b", 0));
        assert_ne!(event("s", None, "b", 0), event("s", None, "b", 1));
        assert_eq!(id, "i-6m7mxq42txt2oorh");
    }

    #[test]
    fn a_public_reference_depends_on_its_key() {
        let one = public_reference(b"one", "i-a", "p-a");
        assert_eq!(one.len(), 8);
        assert_ne!(one, public_reference(b"two", "i-a", "p-a"));
    }
}
