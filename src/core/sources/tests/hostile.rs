//! Anything at all: never a panic, and whatever comes out is sound.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::examples::{Example, examples};
use super::*;
use crate::core::limits;

fn sound(read: Read) {
    match read {
        Read::Events(events) => meets_schema(&events),
        Read::Rejected { problems, .. } => assert!(!problems.is_empty()),
        Read::Handshake(_) => {}
    }
}

/// Examples in JSON, read once.
fn in_json() -> &'static [Example] {
    static EXAMPLES: std::sync::OnceLock<Vec<Example>> = std::sync::OnceLock::new();
    EXAMPLES.get_or_init(|| {
        examples().into_iter().filter(|example| example.content_type == "application/json").collect()
    })
}

/// Values that a field may hold by mistake or malice.
fn odd_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,40}".prop_map(Value::from),
        Just(json!("\u{0}\u{202e}\r\n")),
        Just(json!("x".repeat(limits::TEXT_CHARS_MAX + 1))),
        Just(json!([])),
        Just(json!({})),
        Just(json!([[{"id": {}}], 1, "a", null])),
        Just(json!({"id": [], "name": {"a": 1}, "url": "javascript:x", "html_url": 5})),
        Just(json!("0001-01-01T00:00:00Z")),
        Just(json!(1e300)),
    ]
}

/// Puts a value somewhere in a tree, by a walk that the seed decides.
fn replace(tree: &mut Value, seed: usize, value: Value) {
    let count = match tree {
        Value::Object(map) => map.len(),
        Value::Array(list) => list.len(),
        _ => 0,
    };
    if count == 0 || seed.is_multiple_of(7) {
        *tree = value;
        return;
    }
    let child = match tree {
        Value::Object(map) => map.values_mut().nth(seed % count),
        Value::Array(list) => list.get_mut(seed % count),
        _ => None,
    };
    if let Some(child) = child {
        replace(child, seed / count + 1, value);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(body in prop::collection::vec(any::<u8>(), 0..200)) {
        for kind in SourceKind::ALL {
            sound(read_body(*kind, &body));
        }
    }

    #[test]
    fn any_change_of_an_example(
        place in any::<prop::sample::Index>(),
        changes in prop::collection::vec((1..10_000_usize, odd_value()), 1..6),
    ) {
        let Example { kind, body, .. } = place.get(in_json());
        let mut tree: Value = serde_json::from_str(body).expect("JSON");
        for (seed, value) in changes {
            replace(&mut tree, seed, value);
        }
        sound(read_body(*kind, tree.to_string().as_bytes()));
    }

    #[test]
    fn any_cut_of_an_example(place in any::<prop::sample::Index>(), at in 0..4_000_usize, byte in any::<u8>()) {
        let Example { kind, body, .. } = place.get(in_json());
        let mut body = body.as_bytes().to_vec();
        let at = at % body.len();
        body[at] = byte;
        sound(read_body(*kind, &body));
        body.truncate(at);
        sound(read_body(*kind, &body));
    }
}

#[test]
fn lists_and_texts_stay_within_limits() {
    let many: Vec<String> = (0..1_000).map(|n| format!("name-{n}")).collect();
    let labels: serde_json::Map<_, _> = many.iter().map(|name| (name.clone(), json!(many))).collect();
    let links: Vec<_> = many.iter().map(|name| format!("https://example.com/{name}")).collect();
    let event = one(
        SourceKind::Herald,
        &json!({
            "key": "k".repeat(5_000), "stage": "triggered", "title": "t".repeat(5_000),
            "services": many, "teams": many, "regions": many, "hosts": many, "labels": labels, "links": links,
            "symptom": "s".repeat(50_000), "urgency": 1, "impact": 2, "eta": "x", "data_loss": "y",
        }),
    );
    assert_eq!(event.title.as_ref().map(String::len), Some(limits::TITLE_CHARS_MAX));
    assert_eq!(event.services.len(), limits::LIST_ITEMS_MAX);
    assert_eq!(event.hosts.len(), limits::LIST_ITEMS_MAX);
    assert_eq!(event.labels.len(), limits::LABELS_MAX);
    assert!(event.labels.values().all(|values| values.len() <= limits::LABEL_VALUES_MAX));
    assert_eq!(event.links.len(), limits::LINKS_MAX);
    assert!(event.incident.key.len() <= limits::INCIDENT_KEY_BYTES_MAX);
    assert!(event.warnings.len() <= limits::WARNINGS_MAX);
    meets_schema(&[event]);
}

#[test]
fn a_body_that_is_no_json_says_where() {
    let deep = [b"[".repeat(100), b"]".repeat(100)].concat();
    for body in
        [b"{".as_slice(), b"", b"\xff", br#"{"a":1,"a":2}"#, br#"{"a":1e999}"#, br#"{"a":NaN}"#, &deep]
    {
        for kind in SourceKind::ALL {
            // Sentry posts nothing at all, and means a handshake.
            if *kind == SourceKind::Sentry && body.is_empty() {
                continue;
            }
            assert_eq!(refusal(read_body(*kind, body)).0, "not_json");
        }
    }
}

#[test]
fn too_many_parts_are_refused_whole() {
    let body = json!(vec![json!({"key": "a"}); 11]).to_string();
    assert_eq!(refusal(read_body(SourceKind::Herald, body.as_bytes())).0, "too_many_parts");
    let events =
        events(read_body(SourceKind::Herald, json!(vec![json!({"key": "a"}); 10]).to_string().as_bytes()));
    assert!(events[0].raw.is_some() && events[1..].iter().all(|event| event.raw.is_none()));
}
