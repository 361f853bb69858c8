//! Whatever comes, nothing panics, and what a body makes is bounded.

use serde_json::json;

use super::{read, reader};
use crate::core::limits::{LABELS_MAX, LINKS_MAX, LIST_ITEMS_MAX, WARNINGS_MAX};
use crate::core::sources::Read;

/// Every way of reading at once.
const EVERYTHING: &str = r#"
tool: Everything
decode: { /packed: json, "/list/*/packed": base64_json, /pairs: pairs }
ignore: [{ matches: '\$\w+' }]
for_each: [/list, .]
skip: { /a: { matches: 'x+' }, title: skipped }
event:
  id: [/id, { join: [/a, $/a, { from: /b, split: ",", part: -1 }], with: "!" }, { const: same }]
  delivery_id: { header: x-id }
  type: { from: /a, lookup: { a: triggered, "*": updated } }
  stage: { from: /a, capture: '(\w+)', case: lower, lookup: { a: triggered }, default: resolved }
  title: { text: "{/a} {$/b} {/list/*/c}" }
  description: { join: [/list/*/*, $/list], with: "\n" }
  message: { words: /a, author: /b }
  priority: /a
  severity: { from: /b, scale: 1.5 }
  urgency: /a
  impact: { level: /a, summary: /b, affected_count: /a, affected_percent: /b, regions: /list/*, components: { from: /list, name: /a, state: /b } }
  services: [/list/*, /a]
  teams: /list
  hosts: { from: /a, split: "" , default: x }
  labels: { a: /list/*/a, b: "/list/[a=1]/b" }
  labels_from: [/list, { from: /list, name: /a, value: /b }, $]
  links: { source: /list/*/*, runbook: /a }
  occurred_at: { from: [/a, /b], format: ["%d/%m/%Y", "%H"], zone: /b }
  started_at: { from: /a, unit: nanoseconds }
  is_test: /a
  is_private: { /a: { at_least: 3 } }
"#;

#[test]
fn no_body_makes_it_panic_or_grow() {
    // An empty `split` is a mistake that is told, so it is left out here.
    let mapping = EVERYTHING
        .replace("hosts: { from: /a, split: \"\" , default: x }", "hosts: { from: /a, split: \" \" }");
    let reader = reader(&mapping);
    let odd = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e308),
        json!(""),
        json!("{"),
        json!("[1]"),
        json!("ü\u{202e}\u{0}"),
        json!("https://example.com/\"><script>"),
        json!("x".repeat(100_000)),
        json!([]),
        json!([[[]]]),
        json!({}),
        json!(vec![json!({"a": "1", "b": "2"}); 5_000]),
        json!({"a": {"b": {"c": 1}}}),
        json!("a,b,c".repeat(20_000)),
        json!("9999-99-99T99:99:99Z"),
        json!(u64::MAX),
        json!("$PLACEHOLDER"),
    ];
    let mut bodies = vec![json!(odd), json!({"list": odd})];
    for one in &odd {
        bodies.push(one.clone());
        bodies.push(json!({"a": one, "b": one, "id": one, "packed": one, "pairs": one}));
        bodies.push(json!({"list": [{"a": one, "b": one, "packed": one}], "a": one, "b": one}));
    }
    for body in bodies {
        check(read(&reader, body.to_string().as_bytes(), "application/json", &[]));
    }
    for bytes in [&b"\xff\xfe"[..], b"", b"{\"a\": \"x\ny\"}", b"a=%zz&b", &b"[".repeat(100_000)] {
        for media in ["application/json", "application/x-www-form-urlencoded", "text/plain"] {
            check(read(&reader, bytes, media, &[]));
        }
    }
}

fn check(read: Read) {
    let Read::Events(events) = read else { return };
    for event in events {
        assert!(event.labels.len() <= LABELS_MAX && event.links.len() <= LINKS_MAX);
        assert!(event.services.len() <= LIST_ITEMS_MAX && event.teams.len() <= LIST_ITEMS_MAX);
        assert!(event.warnings.len() <= WARNINGS_MAX && event.hosts.len() <= LIST_ITEMS_MAX);
        let size = serde_json::to_string(&event).expect("JSON").len();
        assert!(size < 700_000, "{size}");
    }
}
