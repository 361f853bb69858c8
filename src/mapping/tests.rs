//! The language, example by example; the mappings that ship; the guide; and hostile bodies.

mod diagnostics;
mod hostile;
mod inferred;
mod language;
mod shipped;

use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{load_text, outline};
use crate::core::ids;
use crate::core::sources::{Delivery, Read, Reader};
use crate::core::vocabulary::AuthKind;

fn reader(text: &str) -> Reader {
    match load_text("test.yaml", text, Path::new("")) {
        Ok(loaded) => Reader::Mapping(Arc::clone(&loaded.mapping)),
        Err(problems) => panic!("{problems}"),
    }
}

fn read(reader: &Reader, body: &[u8], content_type: &str, headers: &[(String, String)]) -> Read {
    reader.read(&Delivery {
        source: "test",
        headers,
        content_type,
        body,
        body_sha256: &ids::body_sha256(body),
        received_at: "2100-01-01T00:00:00Z".parse().unwrap(),
        auth: AuthKind::None,
        key_id: None,
        parts_max: 10,
    })
}

/// The events of a body in short.
fn events(mapping: &str, body: &str) -> Vec<Map<String, Value>> {
    match read(&reader(mapping), body.as_bytes(), "application/json", &[]) {
        Read::Events(events) => events.iter().map(outline::of).collect(),
        other => panic!("{body}: {other:?}"),
    }
}

/// A mapping whose event has this besides its id.
fn with(fields: &str) -> String {
    let stage = if fields.contains("stage:") || fields.contains("type:") {
        ""
    } else {
        "  stage: { const: triggered }\n"
    };
    let title = if fields.contains("title:") { "" } else { "  title: /t\n" };
    let fields = fields.replace('\n', "\n  ");
    format!("tool: Test\nevent:\n  id: {{ const: one }}\n{stage}{title}  {fields}\n")
}
