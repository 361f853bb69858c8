//! The proposed mapping as YAML, with a comment wherever a choice is to be made.

use std::fmt::Write as _;

use super::guess::{Guess, Place};
use super::leaves::{Leaves, List};
use crate::core::sources::mapping::{plain, usual_stage};
use crate::mapping::cases::scalar;

pub(super) fn mapping(tool: &str, schema_file: &str, list: &List, guess: &Guess, leaves: &Leaves) -> String {
    let mut out = String::from(
        "# Proposed by `herald source infer` from sample bodies. What is marked with CHECK is a guess.\n\
        # The language: docs/sources/custom.md. `herald source test` shows what comes of the samples.\n",
    );
    // Writing to a string can't fail, here and below.
    let _ = writeln!(out, "tool: {}", scalar(tool));
    if !schema_file.is_empty() {
        let _ = writeln!(out, "schema: {}", scalar(schema_file));
    }
    match list {
        List::None => {}
        List::Body => out.push_str("# CHECK: each element of the body becomes an event.\nfor_each: $\n"),
        List::Member(name) => {
            let _ = writeln!(
                out,
                "# CHECK: each element becomes an event.\nfor_each: {}",
                scalar(&format!("/{name}"))
            );
        }
    }
    out.push_str("event:\n");
    id(&mut out, guess);
    stage(&mut out, guess.stage.as_ref(), leaves);
    field(&mut out, "title", guess.title.as_ref());
    field(&mut out, "description", guess.description.as_ref());
    field(&mut out, "severity", guess.severity.as_ref());
    field(&mut out, "priority", guess.priority.as_ref());
    field(&mut out, "services", guess.service.as_ref());
    field(&mut out, "teams", guess.team.as_ref());
    field(&mut out, "environment", guess.environment.as_ref());
    field(&mut out, "hosts", guess.host.as_ref());
    field(&mut out, "occurred_at", guess.occurred_at.as_ref());
    field(&mut out, "started_at", guess.started_at.as_ref());
    field(&mut out, "resolved_at", guess.resolved_at.as_ref());
    if let Some(link) = &guess.link {
        out.push_str("  links:\n");
        field_at(&mut out, "    ", "source", link);
    }
    if !guess.labels.is_empty() {
        let places: Vec<String> = guess.labels.iter().map(|path| scalar(path)).collect();
        let _ = writeln!(out, "  labels_from: [{}]", places.join(", "));
    }
    out
}

fn id(out: &mut String, guess: &Guess) {
    out.push_str(
        "  # CHECK: the same for all deliveries about one incident, another for the next incident's.\n",
    );
    rivals(out, "  ", &guess.id_rivals);
    let places: Vec<String> = guess.id.iter().map(|path| scalar(path)).collect();
    let _ = match places.as_slice() {
        [one] => writeln!(out, "  id: {one}"),
        many => writeln!(out, "  id: {{ join: [{}] }}", many.join(", ")),
    };
}

/// A table of the words that were seen.
fn stage(out: &mut String, place: Option<&Place>, leaves: &Leaves) {
    let Some(place) = place else {
        out.push_str(
            "  # CHECK: nothing in the samples looks like a state, so that nothing would ever end.\n",
        );
        out.push_str("  stage: { const: triggered }\n");
        return;
    };
    rivals(out, "  ", &place.rivals);
    let _ = writeln!(
        out,
        "  stage:\n    from: {}\n    # CHECK: all that the tool can say; ~ is for what says nothing of the stage.\n    lookup:",
        scalar(&place.path)
    );
    let values = leaves.list.iter().find(|leaf| leaf.path == place.path).map(|leaf| leaf.values.as_slice());
    let mut known: Vec<String> = Vec::new();
    for value in values.unwrap_or_default() {
        if known.contains(&plain(value)) {
            continue;
        }
        known.push(plain(value));
        let _ = match usual_stage(value) {
            Some(stage) => writeln!(out, "      {}: {stage}", scalar(value)),
            None => {
                writeln!(out, "      {}: ~ # CHECK: triggered, acknowledged, resolved … or ~", scalar(value))
            }
        };
    }
}

fn field(out: &mut String, name: &str, place: Option<&Place>) {
    if let Some(place) = place {
        field_at(out, "  ", name, place);
    }
}

fn field_at(out: &mut String, indent: &str, name: &str, place: &Place) {
    rivals(out, indent, &place.rivals);
    let _ = writeln!(out, "{indent}{name}: {}", scalar(&place.path));
}

fn rivals(out: &mut String, indent: &str, rivals: &[String]) {
    if !rivals.is_empty() {
        let rivals: Vec<String> = rivals.iter().map(|path| path.replace(['\n', '\r'], " ")).collect();
        let _ = writeln!(out, "{indent}# CHECK: or {}", rivals.join(", "));
    }
}
