//! `herald incident list`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::List;
use super::view::{View, length, state};
use crate::cli::Done;
use crate::cli::output::{Style, columns, harmless, line, pad};
use crate::core::incident::IncidentState;
use jiff::Timestamp;

/// What is shown of one incident; small, for there may be many.
struct Row {
    began: Timestamp,
    json: Value,
    columns: Vec<String>,
}

pub(super) fn run(args: &List) -> anyhow::Result<Done> {
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    let mut unreadable: BTreeMap<String, String> = BTreeMap::new();
    let view = View::read(&args.cluster.settings()?, &mut |_, key, value| {
        rows.remove(key);
        unreadable.remove(key);
        match value.map(|value| state(key, value)) {
            Some(Ok(state)) if args.all || state.episode.ended.is_none() => {
                rows.insert(key.to_owned(), row(&state));
            }
            Some(Err(why)) => _ = unreadable.insert(key.to_owned(), why),
            Some(Ok(_)) | None => {}
        }
    })?;
    let mut rows: Vec<Row> = rows.into_values().collect();
    rows.sort_by_key(|row| row.began);
    if args.json {
        let incidents: Vec<Value> = rows.into_iter().map(|row| row.json).collect();
        line(&json!({ "view": view.json(None), "incidents": incidents }).to_string())?;
    } else {
        let style = Style::of_stdout();
        print(&rows, style)?;
        line(&style.dim(&view.age(None)))?;
    }
    for why in unreadable.values() {
        eprintln!("herald: {}", harmless(why));
    }
    Ok(if unreadable.is_empty() { Done::Well } else { Done::Problems })
}

fn row(state: &IncidentState) -> Row {
    let episode = &state.episode;
    let told = state.ledger.iter().filter(|entry| entry.told.is_some()).count();
    let waits = state.ledger.iter().filter(|entry| entry.held.is_some()).count();
    let title = episode.known.title.clone().unwrap_or_default();
    let columns = vec![
        state.id.clone(),
        episode.priority.current.to_string(),
        episode.impact.current.to_string(),
        episode.stage.to_string(),
        length(Timestamp::now().duration_since(episode.started_at)),
        told.to_string(),
        waits.to_string(),
        harmless(&state.key),
        harmless(&title),
    ];
    let json = json!({
        "id": state.id, "key": state.key, "stage": episode.stage, "priority": episode.priority.current,
        "impact": episode.impact.current, "started_at": episode.started_at, "title": title,
        "ended_at": episode.ended.as_ref().map(|ended| ended.at), "told": told, "waits": waits,
    });
    Row { began: episode.started_at, json, columns }
}

fn print(rows: &[Row], style: Style) -> std::io::Result<()> {
    if rows.is_empty() {
        return line("no incident is open");
    }
    let names = ["INCIDENT", "PRIO", "IMPACT", "STAGE", "FOR", "TOLD", "WAIT", "KEY", "TITLE"];
    let width = |place: usize| {
        let cells = rows.iter().map(|row| columns(&row.columns[place]));
        cells.chain([names[place].len()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..names.len()).map(width).collect();
    let join = |cells: &[&str]| {
        let padded: Vec<String> = cells.iter().zip(&widths).map(|(cell, width)| pad(cell, *width)).collect();
        padded.join("  ").trim_end().to_owned()
    };
    line(&style.dim(&join(&names)))?;
    for row in rows {
        let cells: Vec<&str> = row.columns.iter().map(String::as_str).collect();
        line(&join(&cells))?;
    }
    Ok(())
}
