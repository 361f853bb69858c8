//! Each line of the language's tables: a field's mapping, a body, and what comes of it.

use serde_json::{Value, json};

use super::{events, read, reader, with};
use crate::core::sources::Read;

/// One field of the only event.
fn field(fields: &str, body: &Value, name: &str) -> Value {
    let mut events = events(&with(fields), &body.to_string());
    assert_eq!(events.len(), 1, "{fields}");
    events.remove(0).remove(name).unwrap_or(Value::Null)
}

#[test]
fn values_are_read_as_they_are_written() {
    let body = json!({
        "a": "x", "n": 7, "yes": true, "blank": "  ", "null": null, "deep": {"a/b": {"~": "tilde"}},
        "list": [{"k": "env", "v": "prod"}, {"k": "host", "v": "web-1"}], "words": ["one", "two", "three"],
        "b64": "aGVsbG8gd29ybGQ", "url": "a%20b+c", "csv": "red, green ,blue", "title": "[P1] Disk full",
        "id": "*UNKNOWN*", "macro": "{EVENT.ID}", "percent": "12.5%", "number": 250,
    });
    let cases = [
        ("/a", json!("x")),
        ("/n", json!("7")),
        ("/yes", json!("true")),
        ("/blank", Value::Null),
        ("/null", Value::Null),
        ("/absent/deeper", Value::Null),
        ("/deep/a~1b/~0", json!("tilde")),
        ("[/absent, /blank, /a]", json!("x")),
        ("/words/-1", json!("three")),
        ("/words/1", json!("two")),
        ("/list/[k=host]/v", json!("web-1")),
        ("{ const: always }", json!("always")),
        ("{ join: [/a, /absent, /n], with: \"-\" }", json!("x-7")),
        ("{ join: [/a, /absent], all: true }", Value::Null),
        ("{ join: [/words], with: \", \" }", json!("one, two, three")),
        ("{ text: \"{/a} is {/n} {not}\" }", json!("x is 7 {not}")),
        ("{ text: \"{/a} is {/absent}\" }", Value::Null),
        ("{ from: /b64, decode: base64 }", json!("hello world")),
        ("{ from: /a, decode: base64, default: none }", json!("none")),
        ("{ from: /url, decode: url }", json!("a b c")),
        ("{ from: /csv, split: \",\", part: 1 }", json!("green")),
        ("{ from: /csv, split: \",\", part: -1 }", json!("blue")),
        ("{ from: /csv, split: \",\", part: 9 }", Value::Null),
        ("{ from: /title, capture: '^\\[P\\d\\] (.*)$' }", json!("Disk full")),
        ("{ from: /title, capture: 'P\\d' }", json!("P1")),
        ("{ from: /title, capture: 'P9' }", Value::Null),
        ("{ from: /title, case: upper }", json!("[P1] DISK FULL")),
        ("{ from: /id, ignore: \"*unknown*\" }", Value::Null),
        ("{ from: /macro, ignore: [{ matches: '\\{[A-Z.]+\\}' }], default: none }", json!("none")),
        ("{ from: /percent, scale: 2 }", json!("25")),
        ("{ from: /number, scale: 0.001 }", json!("0.25")),
        ("{ from: /a, scale: 2 }", Value::Null),
        ("{ from: /a, lookup: { X: ex, y: why } }", json!("ex")),
        ("{ from: /a, lookup: { y: why }, default: else }", json!("else")),
        ("{ from: /a, lookup: { y: why, \"*\": other } }", json!("other")),
        ("{ from: /absent, lookup: { y: why, \"*\": other } }", Value::Null),
        ("{ from: { from: /csv, split: \",\", part: 0 }, lookup: { red: stop } }", json!("stop")),
        ("[{ when: { /n: { at_least: 8 } }, const: big }, { const: small }]", json!("small")),
        ("[{ when: { /n: { at_least: 7 }, /yes: true }, const: big }, { const: small }]", json!("big")),
    ];
    for (value, expected) in cases {
        assert_eq!(field(&format!("title: {value}"), &body, "title"), expected, "{value}");
    }
}

#[test]
fn conditions_hold_as_those_of_a_policy() {
    let body = json!({"s": "down", "n": 5, "list": [{"x": 1}, {"x": 2}], "o": {}, "e": [], "blank": ""});
    let cases = [
        ("{ /s: down }", true),
        ("{ /s: Down }", false),
        ("{ /s: [up, down] }", true),
        ("{ /s: { not: down } }", false),
        ("{ /absent: { not: down } }", true),
        ("{ /s: { matches: 'd.*' } }", true),
        ("{ /s: { matches: 'd' } }", false),
        ("{ /n: 5 }", true),
        ("{ /n: { at_least: 5, at_most: 5 } }", true),
        ("{ /n: { at_least: 6 } }", false),
        ("{ /list/*/x: 2 }", true),
        ("{ /o: { present: true } }", true),
        ("{ /e: { present: true } }", false),
        ("{ /blank: { present: false } }", true),
        ("{ any: [{ /s: up }, { /n: 5 }] }", true),
        ("{ all: [{ /s: up }, { /n: 5 }] }", false),
        ("{ not: { /s: up } }", true),
    ];
    for (when, expected) in cases {
        let found = field(&format!("is_drill: {when}"), &body, "is_drill");
        assert_eq!(found, if expected { json!(true) } else { Value::Null }, "{when}");
    }
}

#[test]
fn times_are_read_in_any_way_of_writing() {
    let cases = [
        ("/t", json!("2026-03-02T09:30:00+09:00"), "2026-03-02T00:30:00Z"),
        ("/t", json!("2026-03-02 09:30:00"), "2026-03-02T09:30:00Z"),
        ("/t", json!(1_772_443_800), "2026-03-02T09:30:00Z"),
        ("/t", json!("1772443800123"), "2026-03-02T09:30:00.123Z"),
        ("/t", json!("2026-03-02 09:30:00.5 +0000 UTC"), "2026-03-02T09:30:00.5Z"),
        ("/t", json!("Mon, 02 Mar 2026 09:30:00 GMT"), "2026-03-02T09:30:00Z"),
        ("{ from: /t, zone: Europe/Berlin }", json!("2026-03-02 09:30:00"), "2026-03-02T08:30:00Z"),
        ("{ from: /t, zone: Europe/Berlin }", json!("2026-03-02T09:30:00Z"), "2026-03-02T09:30:00Z"),
        ("{ from: /t, zone: /z }", json!("2026-03-02 09:30:00"), "2026-03-02T00:30:00Z"),
        (
            "{ from: /t, format: \"%d/%m/%Y %H:%M\", zone: Asia/Tokyo }",
            json!("02/03/2026 09:30"),
            "2026-03-02T00:30:00Z",
        ),
        ("{ from: /t, format: [\"%d.%m.%Y\", \"%b %d %Y\"] }", json!("Mar 02 2026"), "2026-03-02T00:00:00Z"),
        ("{ from: /t, format: \"%Y%m%dT%H%M%S%z\" }", json!("20260302T093000+0100"), "2026-03-02T08:30:00Z"),
        ("{ from: /t, unit: milliseconds }", json!(1_772_443_800_123_u64), "2026-03-02T09:30:00.123Z"),
        ("{ from: /t, unit: seconds }", json!("1772443800.5"), "2026-03-02T09:30:00.5Z"),
        ("{ from: /t, unit: microseconds }", json!(1_772_443_800_000_001_u64), "2026-03-02T09:30:00.000001Z"),
        ("{ join: [/d, /t], with: \" \" }", json!("09:30:00"), "2026-03-02T09:30:00Z"),
    ];
    for (mapping, value, expected) in cases {
        let body = json!({"t": value, "z": "Asia/Tokyo", "d": "2026-03-02"});
        assert_eq!(
            field(&format!("occurred_at: {mapping}"), &body, "occurred_at"),
            json!(expected),
            "{mapping} {body}"
        );
    }
    for bad in [json!("tomorrow"), json!(-1), json!({}), json!(1e300), json!("99999999999999999999999")] {
        let warnings =
            field("title: /none\noccurred_at: { from: /t, unit: seconds }", &json!({"t": bad}), "warnings");
        assert_eq!(warnings, json!(["bad_timestamp /t"]), "{bad}");
    }
}

#[test]
fn words_of_fields_are_understood_or_a_warning() {
    let cases = [
        ("stage: /s", json!("DOWN"), "stage", json!("triggered")),
        ("stage: /s", json!("nonsense"), "warnings", json!(["unknown_state /s"])),
        ("stage: { from: /s, lookup: { 2: triggered, 0: resolved } }", json!(0), "stage", json!("resolved")),
        ("stage: { from: /s, lookup: { \"true\": triggered } }", json!(true), "stage", json!("triggered")),
        ("stage: { from: /s, lookup: { a: ~ } }", json!("A"), "warnings", Value::Null),
        ("stage: { from: /s, lookup: { a: resolved } }", json!("b"), "warnings", json!(["unknown_state /s"])),
        ("type: { from: /s, lookup: { c: note_added } }", json!("c"), "type", json!("note_added")),
        ("type: { from: /s, lookup: { c: resolved } }", json!("c"), "stage", json!("resolved")),
        ("type: { from: /s, lookup: { c: test } }", json!("c"), "is_test", json!(true)),
        ("type: { from: /s, lookup: { c: maintenance } }", json!("c"), "is_maintenance", json!(true)),
        ("priority: /s", json!("SEV-2"), "priority", json!("P2")),
        (
            "priority: { from: /s, lookup: { urgent: P1 } }",
            json!("Urgent"),
            "native_priority",
            json!("Urgent"),
        ),
        ("severity: /s", json!("Major"), "severity", json!("error")),
        ("severity: { from: /s, lookup: { 5: critical } }", json!(5), "severity", json!("critical")),
        ("severity: { from: /s, lookup: { x: ~ } }", json!("x"), "native_severity", Value::Null),
        ("urgency: /s", json!("High"), "urgency", json!("high")),
        ("is_test: /s", json!("Yes"), "is_test", json!(true)),
        ("is_private: true", json!(""), "is_private", json!(true)),
    ];
    for (fields, value, name, expected) in cases {
        assert_eq!(field(fields, &json!({"s": value}), name), expected, "{fields} {value}");
    }
}

#[test]
fn labels_come_from_wherever_a_tool_keeps_them() {
    let cases = [
        ("labels: { a: /x }", json!({"x": [1, 2]}), json!({"a": ["1", "2"]})),
        (
            "labels_from: /x",
            json!({"x": {"a": 1, "b": ["c", "d"], "e": {}}}),
            json!({"a": "1", "b": ["c", "d"]}),
        ),
        ("labels_from: /x", json!({"x": ["a:1", "b=2", "c"]}), json!({"a": "1", "b": "2", "tag": "c"})),
        (
            "labels_from: { from: /x, name: /n, value: /v, prefix: cf., except: [b] }",
            json!({"x": [{"n": "a", "v": 1}, {"n": "b", "v": 2}, {"v": 3}]}),
            json!({"cf.a": "1"}),
        ),
        ("labels_from: { from: /x, split: \";\" }", json!({"x": "a=1;b=2"}), json!({"a": "1", "b": "2"})),
        ("labels_from: [/x, /y]", json!({"x": {"a": 1}, "y": {"a": 2}}), json!({"a": ["1", "2"]})),
    ];
    for (fields, body, expected) in cases {
        assert_eq!(field(fields, &body, "labels"), expected, "{fields}");
    }
    assert_eq!(field("labels: { service: /x }", &json!({"x": "cart"}), "services"), json!(["cart"]));
}

#[test]
fn lists_become_events_and_what_is_inside_is_reached() {
    let mapping = "tool: T\nfor_each: /alerts\nskip: { /kind: ping, $/silent: { present: false } }\nevent:\n  id: /id\n  \
        stage: /state\n  title: { text: \"{$/org}: {/id}\" }\n";
    let body = json!({"org": "shop", "alerts": [
        {"id": 0, "state": "down"}, {"id": 1, "kind": "ping", "state": "?"}, {"id": 2, "state": "strange"}, null,
    ]});
    let found = read(&reader(mapping), body.to_string().as_bytes(), "application/json", &[]);
    let Read::Rejected { reason, problems } = found else { panic!("{found:?}") };
    assert_eq!((reason, problems[0].pointer.as_str()), ("no_identity", "/alerts/3/id"));
    let body = body.to_string().replace(",null]", "]");
    let found = events(mapping, &body);
    assert_eq!(found.len(), 2);
    assert_eq!((&found[0]["id"], &found[0]["title"]), (&json!("0"), &json!("shop: 0")));
    assert_eq!(found[1]["warnings"], json!(["unknown_state /alerts/2/state"]));
    let many = json!({"alerts": vec![json!({"id": 1}); 11]}).to_string();
    let outcomes = [
        (many.as_str(), "too_many_parts"),
        (r#"{"alerts": []}"#, "nothing"),
        (r#"{"alerts": [{"kind": "ping"}]}"#, "nothing"),
        ("{}", "schema"),
        ("[", "not_json"),
    ];
    for (body, expected) in outcomes {
        let outcome = match read(&reader(mapping), body.as_bytes(), "application/json", &[]) {
            Read::Rejected { reason, .. } => reason,
            Read::Handshake(_) => "nothing",
            Read::Events(_) => "events",
        };
        assert_eq!(outcome, expected, "{body}");
    }
}

#[test]
fn what_is_packed_into_texts_is_unpacked() {
    let head = "tool: T\n";
    let event = "event: { id: /m/id, stage: { const: triggered }, title: /m/a }\n";
    let cases = [
        ("decode: { /m: json }\n", json!({"m": "{\"id\": 1, \"a\": \"b\"}"})),
        ("decode: { /m: base64_json }\n", json!({"m": "eyJpZCI6IDEsICJhIjogImIifQ=="})),
        ("decode: { /m: form }\n", json!({"m": "id=1&a=b"})),
        ("decode: { /m: pairs }\n", json!({"m": "{id=1, a=\"b\"}"})),
    ];
    for (decode, body) in cases {
        let found = events(&format!("{head}{decode}{event}"), &body.to_string());
        assert_eq!((&found[0]["id"], &found[0]["title"]), (&json!("1"), &json!("b")), "{decode}");
    }
    let lines = events(
        "tool: T\nbody: lines\nfor_each: $\nevent: { id: /id, stage: { const: triggered }, title: /id }",
        "{\"id\":1}\n\n{\"id\":2}\n",
    );
    assert_eq!(lines.len(), 2);
    let text = "tool: T\nbody: text\nevent:\n  id: { from: /text, capture: '^(\\S+) is' }\n  \
        stage: { from: /text, capture: 'is (\\w+)$' }\n  title: /text\n";
    let found = events(text, "web-1 is down\n");
    assert_eq!((&found[0]["id"], &found[0]["stage"]), (&json!("web-1"), &json!("triggered")));
    let form = read(&reader(&with("title: /host")), b"host=web+1", "application/x-www-form-urlencoded", &[]);
    assert!(matches!(form, Read::Events(events) if events[0].title.as_deref() == Some("web 1")));
}

#[test]
fn headers_shapes_and_merges() {
    let mapping = "tool: T\nshapes:\n  - name: merge\n    when: { header.X-Kind: merge }\n    event: { id: /id, \
        delivery_id: { header: X-Id }, stage: { const: merged }, merged_into: /into, title: /id }\n  - name: other\n    \
        when: { /id: { present: true } }\n    skip: { stage: resolved, label.env: test }\n    event: { id: /id, stage: /s, \
        title: /id, labels: { env: /env } }\n";
    let reader = reader(mapping);
    let mut headers: Vec<&str> = reader.headers().collect();
    headers.sort_unstable();
    assert_eq!(headers, ["x-id", "x-kind"]);
    let sent = [("x-kind".to_owned(), "merge".to_owned()), ("x-id".to_owned(), "d-1".to_owned())];
    let Read::Events(events) = read(&reader, br#"{"id": 1, "into": 2}"#, "application/json", &sent) else {
        panic!("no events")
    };
    assert_eq!(events[0].ingest.delivery_id.as_deref(), Some("d-1"));
    assert_eq!(events[0].source.version.as_deref(), Some("merge"));
    assert_eq!(events[0].source.kind, "custom");
    assert_eq!(events[0].incident.merged_into, Some(crate::core::ids::incident("test", "2")));
    let skipped = read(&reader, br#"{"id": 1, "s": "up", "env": "test"}"#, "application/json", &[]);
    assert_eq!(skipped, Read::Handshake(crate::core::sources::Handshake::Answered));
    let none = read(&reader, b"{}", "application/json", &[]);
    assert!(matches!(none, Read::Rejected { reason: "schema", .. }), "{none:?}");
}
