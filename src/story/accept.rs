//! Takes what was heard into a story's file, in the place of what it says: comments and layout stay.
//! Words that must stand in a message are a promise to somebody; they are never changed here.

use super::compare::Difference;
use super::{Outcome, Step, Story};
use crate::policy::tree::At;

/// A story's file with what was heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The whole file.
    pub text: String,
    /// How many expectations say something else now.
    pub changed: usize,
    /// How many differences are left for a person.
    pub left: usize,
}

/// Something to write in a line; both places are counted in characters from 0.
struct Edit {
    line: usize,
    from: usize,
    to: usize,
    write: String,
}

/// The file `text` of a story, with what was heard where that differs.
pub fn accept(text: &str, story: &Story, outcome: &Outcome) -> Accepted {
    let lines: Vec<&str> = text.lines().collect();
    let mut edits = Vec::new();
    let (mut changed, mut left) = (0, 0);
    for (step, moment) in story.steps.iter().zip(&outcome.moments) {
        let mut more: Vec<String> = Vec::new();
        for difference in &moment.differences {
            let Difference::Heard { reader, instead: Some(instead), .. } = difference else {
                left += 1;
                continue;
            };
            match step.expectation.heard.iter().find(|hears| hears.reader == *reader) {
                None => more.push(format!("{reader}: {instead}")),
                Some(hears) => match value(&lines, hears.at) {
                    Some((line, from, to)) => {
                        edits.push(Edit { line, from, to, write: instead.clone() });
                        changed += 1;
                    }
                    None => left += 1,
                },
            }
        }
        match added(&lines, step, &more) {
            Some(edit) => {
                edits.push(edit);
                changed += more.len();
            }
            None => left += more.len(),
        }
    }
    Accepted { text: written(text, edits), changed, left }
}

/// Where a value begins and ends: a word, or a list that is closed on its line.
fn value(lines: &[&str], at: At) -> Option<(usize, usize, usize)> {
    let (line, from) = (at.line.checked_sub(1)?, at.column.checked_sub(1)?);
    let rest: Vec<char> = lines.get(line)?.chars().skip(from).collect();
    let width = match rest.first()? {
        '[' => rest.iter().position(|c| *c == ']')? + 1,
        // A list that stands below: one item a line.
        '-' => return None,
        _ => at.width,
    };
    Some((line, from, from + width))
}

/// Readers that `nobody_else` forbade: behind the last one that is named, or on a line of their own.
fn added(lines: &[&str], step: &Step, more: &[String]) -> Option<Edit> {
    if more.is_empty() {
        return None;
    }
    let last = step.expectation.heard.iter().map(|hears| hears.at).max_by_key(|at| (at.line, at.column));
    if let Some(last) = last {
        let (line, _, end) = value(lines, last)?;
        let in_braces = lines.get(line)?.chars().skip(end).find(|c| !c.is_whitespace());
        return matches!(in_braces, Some('}' | ',')).then(|| Edit {
            line,
            from: end,
            to: end,
            write: format!(", {}", more.join(", ")),
        });
    }
    let line = step.expectation.nobody_else_at.line.checked_sub(1)?;
    let text = lines.get(line)?;
    let indent: String = text.chars().map_while(|c| (c == ' ' || c == '-').then_some(' ')).collect();
    let end = text.chars().count();
    Some(Edit { line, from: end, to: end, write: format!("\n{indent}expect: {{ {} }}", more.join(", ")) })
}

/// The text with all edits, the last first, so that places stay true.
fn written(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| (edit.line, edit.from));
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    for Edit { line, from, to, write } in edits.into_iter().rev() {
        let Some(text) = lines.get_mut(line) else { continue };
        let before: String = text.chars().take(from).collect();
        let after: String = text.chars().skip(to).collect();
        *text = format!("{before}{write}{after}");
    }
    lines.concat()
}
