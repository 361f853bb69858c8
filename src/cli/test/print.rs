//! How `herald test` prints: one line for each story, differences, and what no story reaches.

use serde_json::{Value, json};

use super::super::output::{self, Style, columns, harmless, pad, wrap};
use crate::core::policy::Policy;
use crate::story::{Coverage, Difference, Message, Moment, Outcome, Story, span};

/// Longest column of paths.
const PATH_COLUMNS_MAX: usize = 48;

/// How wide the column of paths is.
pub(super) fn path_width(stories: &[Story]) -> usize {
    stories.iter().map(|story| columns(name(story))).max().unwrap_or(0).min(PATH_COLUMNS_MAX)
}

/// The path without what all of them share.
fn name(story: &Story) -> &str {
    let path = story.file.strip_prefix("stories/").unwrap_or(&story.file);
    path.strip_suffix(".yaml").unwrap_or(path)
}

/// One line; below it where it differs, and, where asked for, all that was heard.
pub(super) fn story(story: &Story, outcome: &Outcome, width: usize, all: bool) -> std::io::Result<()> {
    let style = Style::of_stdout();
    let verdict = if outcome.is_well() { style.green("ok  ") } else { style.yellow("FAIL") };
    let mut out =
        vec![format!("{verdict}  {}  {}", style.cyan(&pad(name(story), width)), harmless(&story.title))];
    for moment in &outcome.moments {
        let differs = !moment.differences.is_empty();
        if !(differs || (all && !moment.heard.is_empty())) {
            continue;
        }
        out.push(format!("      {} {}", style.bold(&format!("at {}", span(moment.at))), {
            let place = format!("{}:{}", story.file, moment.line);
            if differs { place } else { style.dim(&place) }
        }));
        for difference in &moment.differences {
            out.extend(differing(difference, style));
        }
        if all || differs {
            out.extend(heard(moment, style));
        }
    }
    output::line(&out.join("\n"))
}

/// As a diff: what the story says, and what it was.
fn differing(difference: &Difference, style: Style) -> Vec<String> {
    match difference {
        Difference::Heard { reader, expected, heard, .. } => {
            let reader = pad(reader, 28);
            vec![
                format!("        {}", style.green(&format!("- {reader} {expected}"))),
                format!("        {}", style.yellow(&format!("+ {reader} {heard}"))),
            ]
        }
        Difference::Words { reader, problem, said } => {
            let mut lines =
                vec![format!("        {} {problem}", style.yellow(&format!("! {}", pad(reader, 28))))];
            if !said.is_empty() {
                lines.push(wrap(said.trim(), style.width, "            "));
            }
            lines
        }
        Difference::Failed(why) => vec![format!("        {}", style.yellow(&format!("! {why}")))],
    }
}

fn heard(moment: &Moment, style: Style) -> Vec<String> {
    if moment.heard.is_empty() {
        return vec![format!("        {}", style.dim("nobody heard anything"))];
    }
    let line = |message: &Message| {
        let notification = &message.notification;
        let subject = notification.contents.first().map(|content| harmless(&content.subject));
        format!(
            "          {} {} {} {}",
            style.dim(&clock(message)),
            pad(&message.reader, 26),
            pad(message.kind.as_str(), 14),
            style.dim(&subject.unwrap_or_default())
        )
    };
    moment.heard.iter().map(line).collect()
}

/// In the reader's own zone.
fn clock(message: &Message) -> String {
    let zone = message.notification.contents.first().map(|content| content.time_zone.as_str());
    let zoned = zone.and_then(|zone| message.at.in_tz(zone).ok());
    zoned.map_or_else(|| message.at.to_string(), |zoned| zoned.strftime("%H:%M:%S").to_string())
}

/// How many went well, and what no story reaches.
pub(super) fn summary(
    policy: &Policy,
    played: &[(&Story, Outcome)],
    coverage: Option<&Coverage>,
) -> std::io::Result<()> {
    let style = Style::of_stdout();
    let failed = played.iter().filter(|(_, outcome)| !outcome.is_well()).count();
    let verdict =
        if failed == 0 { style.green("all well") } else { style.yellow(&format!("{failed} differ")) };
    let mut out = vec![String::new(), format!("{}: {} stories, {verdict}", policy.version, played.len())];
    if let Some(coverage) = coverage {
        for (what, missing, all) in coverage.lists(policy) {
            let reached = format!("{} of {all}", all - missing.len());
            out.push(format!("  {}  {} reached", pad(what, 22), pad(&reached, 12)));
            let names = match what {
                "templates" => coverage.templates_in_short(policy).join(", "),
                _ => missing.join(", "),
            };
            if !missing.is_empty() {
                out.push(wrap(&format!("not: {names}"), style.width, "    "));
            }
        }
    }
    output::line(&out.join("\n"))
}

/// What `--update` wrote, and what it left.
pub(super) fn updated(files: usize, changed: usize, left: usize) -> std::io::Result<()> {
    let style = Style::of_stdout();
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    let mut out = format!(
        "{changed} expectation{} in {files} stor{} say what was heard; read the difference before you keep it",
        plural(changed),
        if files == 1 { "y" } else { "ies" }
    );
    if left > 0 {
        out.push_str(&style.yellow(&format!(
            "\n{left} difference{} left: words, failures and readers of one audience who heard different things \
             are for a person to decide",
            plural(left)
        )));
    }
    output::line(&out)
}

/// Everything, as one document.
pub(super) fn json(
    policy: &Policy,
    played: &[(&Story, Outcome)],
    coverage: Option<&Coverage>,
) -> anyhow::Result<()> {
    let stories: Vec<Value> = played.iter().map(|(story, outcome)| story_json(story, outcome)).collect();
    let failed = played.iter().filter(|(_, outcome)| !outcome.is_well()).count();
    let mut document = json!({ "policy": policy.version, "failed": failed, "stories": stories });
    if let Some(coverage) = coverage {
        let counts = coverage.lists(policy).map(|(what, missing, all)| {
            let count = json!({ "reached": all - missing.len(), "of": all });
            (what.replace(' ', "_"), count)
        });
        document["coverage"] = json!({
            "reached": counts.into_iter().collect::<serde_json::Map<_, _>>(),
            "not_reached": serde_json::to_value(coverage)?,
        });
    }
    output::line(&serde_json::to_string_pretty(&document)?)?;
    Ok(())
}

fn story_json(story: &Story, outcome: &Outcome) -> Value {
    let message = |message: &Message| {
        let subjects: Vec<&str> =
            message.notification.contents.iter().map(|content| content.subject.as_str()).collect();
        json!({
            "at": message.at.to_string(),
            "reader": message.reader,
            "kind": message.kind,
            "subjects": subjects,
        })
    };
    let difference = |difference: &Difference| match difference {
        Difference::Heard { reader, expected, heard, .. } => {
            json!({ "reader": reader, "expected": expected, "heard": heard })
        }
        Difference::Words { reader, problem, said } => {
            json!({ "reader": reader, "problem": problem, "said": said })
        }
        Difference::Failed(why) => json!({ "problem": why }),
    };
    let step = |moment: &Moment| {
        json!({
            "at": span(moment.at),
            "line": moment.line,
            "heard": moment.heard.iter().map(message).collect::<Vec<_>>(),
            "differences": moment.differences.iter().map(difference).collect::<Vec<_>>(),
        })
    };
    json!({
        "file": story.file,
        "story": story.title,
        "well": outcome.is_well(),
        "steps": outcome.moments.iter().map(step).collect::<Vec<_>>(),
    })
}
