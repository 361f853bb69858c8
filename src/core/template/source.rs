//! Reading a template file: front matter, body, shared partials, and the small part of Jinja
//! that templates may use. Lines are kept, so that a problem is shown where it was written.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::TemplateProblem;

/// The keys of the front matter, all required.
const KEYS: [&str; 3] = ["subject", "thread_subject", "short"];

/// The tags that templates may use. No macros, blocks, imports or captures: their output would be
/// escaped twice, and a template is to be read from top to bottom.
const TAGS: [&str; 8] = ["if", "elif", "else", "endif", "for", "endfor", "set", "include"];

/// A text of the file and where its lines stand in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Part {
    /// Jinja.
    pub(super) text: String,
    /// For each line of `text`, the file's line, from 1.
    pub(super) lines: Vec<u32>,
}

impl Part {
    /// The file's line of a line of this part, both from 1.
    pub(super) fn line(&self, line: usize) -> u32 {
        let place = line.saturating_sub(1).min(self.lines.len().saturating_sub(1));
        self.lines.get(place).copied().unwrap_or(1)
    }
}

/// A template file, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Source {
    /// `subject`, `thread_subject`, `short`.
    pub(super) head: [Part; 3],
    /// Markdown, partials put in.
    pub(super) body: Part,
}

/// Takes a file apart. `partials` are the language's shared texts by name.
pub(super) fn read(text: &str, partials: &BTreeMap<String, String>) -> Result<Source, TemplateProblem> {
    let mut lines = text.lines().zip(1u32..);
    if lines.next().is_none_or(|(first, _)| first.trim_end() != "---") {
        return Err(TemplateProblem::at(1, "the file does not begin with front matter")
            .hint("begin with a line `---`, then subject, thread_subject and short, then `---`"));
    }
    let mut head: [Option<Part>; 3] = [None, None, None];
    let mut closed = false;
    for (line, number) in lines.by_ref() {
        if line.trim_end() == "---" {
            closed = true;
            break;
        }
        if line.trim().is_empty() || line.trim_start().starts_with('#') {
            continue;
        }
        let (place, value) = key_and_value(line, number)?;
        let part = Part { text: inline(&value, number, partials)?, lines: vec![number] };
        if head[place].replace(part).is_some() {
            return Err(TemplateProblem::at(number, format!("`{}` is there twice", KEYS[place])));
        }
    }
    if !closed {
        return Err(TemplateProblem::at(1, "the front matter is not closed").hint("end it with a line `---`"));
    }
    let [Some(subject), Some(thread), Some(short)] = head else {
        let missing = KEYS.iter().zip(&head).find(|(_, part)| part.is_none()).map_or("", |(key, _)| key);
        return Err(TemplateProblem::at(1, format!("the front matter has no `{missing}`")));
    };
    Ok(Source { head: [subject, thread, short], body: expand(lines, partials)? })
}

/// One `key: value` of the front matter; the value may stand in double or single quotes.
fn key_and_value(line: &str, number: u32) -> Result<(usize, String), TemplateProblem> {
    let Some((key, value)) = line.split_once(':') else {
        return Err(TemplateProblem::at(number, "this is no `key: value`"));
    };
    let (key, value) = (key.trim(), value.trim());
    let Some(place) = KEYS.iter().position(|known| *known == key) else {
        let near = KEYS.iter().find(|known| strsim::damerau_levenshtein(known, key) <= 2);
        let hint = near.map_or_else(
            || format!("known are {}", KEYS.join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(TemplateProblem::at(number, format!("`{key}` is not known here")).hint(hint));
    };
    Ok((place, unquote(value, number)?))
}

fn unquote(value: &str, number: u32) -> Result<String, TemplateProblem> {
    let inner = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    if let Some(single) = inner('\'') {
        return Ok(single.replace("''", "'"));
    }
    if let Some(double) = inner('"').filter(|_| value.len() > 1) {
        return Ok(double.replace("\\\"", "\"").replace("\\\\", "\\"));
    }
    if value.starts_with(['"', '\'']) {
        return Err(TemplateProblem::at(number, "the quotation mark is not closed"));
    }
    Ok(value.to_owned())
}

/// Puts the partials in the places of `{% include "name" %}`: any partial where the include stands
/// alone on its line, one of a single line also within a line.
fn expand<'a>(
    lines: impl Iterator<Item = (&'a str, u32)>,
    partials: &BTreeMap<String, String>,
) -> Result<Part, TemplateProblem> {
    let mut body = Part::default();
    for (line, number) in lines {
        let whole = line.trim();
        match include(whole) {
            Some((name, tag)) if tag.len() == whole.len() => {
                partial(name, number, partials)?.lines().for_each(|line| body.push(line, number));
            }
            _ => body.push(&inline(line, number, partials)?, number),
        }
    }
    Ok(body)
}

/// Puts partials of a single line within this line, and refuses tags that are not for templates.
fn inline(line: &str, number: u32, partials: &BTreeMap<String, String>) -> Result<String, TemplateProblem> {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find("{%") {
        let Some((name, tag)) = include(&rest[at..]) else {
            out.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            continue;
        };
        let text = partial(name, number, partials)?.trim_end();
        if text.contains('\n') {
            let message =
                format!("the partial `{name}` has several lines, so its include stands alone on its line");
            return Err(TemplateProblem::at(number, message));
        }
        out.push_str(&rest[..at]);
        out.push_str(text);
        rest = &rest[at + tag.len()..];
    }
    out.push_str(rest);
    check_tags(&out, number)?;
    Ok(out)
}

fn partial<'p>(
    name: &str,
    number: u32,
    partials: &'p BTreeMap<String, String>,
) -> Result<&'p str, TemplateProblem> {
    partials.get(name).map(String::as_str).ok_or_else(|| {
        let known: Vec<_> = partials.keys().map(String::as_str).collect();
        TemplateProblem::at(number, format!("there is no partial `{name}` in `_partials`"))
            .hint(format!("known are: {}", known.join(", ")))
    })
}

impl Part {
    fn push(&mut self, line: &str, number: u32) {
        let _ = writeln!(self.text, "{}", line.trim_end());
        self.lines.push(number);
    }
}

/// The name and the whole tag, if the text begins with an include.
fn include(text: &str) -> Option<(&str, &str)> {
    let end = text.find("%}")?;
    let inner = text[..end].strip_prefix("{%")?.trim();
    let name = inner.strip_prefix("include")?.trim();
    Some((name.strip_prefix('"')?.strip_suffix('"')?, &text[..end + 2]))
}

/// Refuses tags outside the small part of Jinja that templates may use.
pub(super) fn check_tags(line: &str, number: u32) -> Result<(), TemplateProblem> {
    for after in line.split("{%").skip(1) {
        let tag = after.trim_start_matches(['-', '+']).trim_start();
        let word: &str =
            tag.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default();
        let rest = tag.split("%}").next().unwrap_or_default();
        let message = match word {
            "include" => {
                "an include names its partial in quotation marks; partials include nothing".to_owned()
            }
            "set" if !rest.contains('=') => "`set` needs a value: {% set name = value %}".to_owned(),
            word if TAGS.contains(&word) => continue,
            word => format!("the tag `{word}` is not for templates"),
        };
        let known: Vec<_> = TAGS.iter().filter(|tag| !tag.starts_with("end")).copied().collect();
        return Err(TemplateProblem::at(number, message).hint(format!("there are {}", known.join(", "))));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "---\nsubject: \"A: {{ label }}\"\nthread_subject: 'It''s'\nshort: {{ symptom }}\n---\nOne\n{% include \"end\" %}\nTwo\n";

    #[test]
    fn a_file_is_taken_apart_and_keeps_its_lines() {
        let partials = BTreeMap::from([("end".to_owned(), "x\ny\n".to_owned())]);
        let source = read(GOOD, &partials).unwrap();
        assert_eq!(source.head[0], Part { text: "A: {{ label }}".to_owned(), lines: vec![2] });
        assert_eq!(source.head[1].text, "It's");
        assert_eq!(source.body, Part { text: "One\nx\ny\nTwo\n".to_owned(), lines: vec![6, 7, 7, 8] });
    }

    #[test]
    fn a_partial_of_one_line_stands_within_a_line() {
        let partials = BTreeMap::from([("end".to_owned(), "x {% if a %}y{% endif %}\n".to_owned())]);
        let text =
            GOOD.replace("Two", "1 {% include \"end\" %} 2").replace("It''s", "{% include \"end\" %}!");
        let source = read(&text, &partials).unwrap();
        assert_eq!(source.head[1].text, "x {% if a %}y{% endif %}!");
        assert!(source.body.text.ends_with("1 x {% if a %}y{% endif %} 2\n"), "{}", source.body.text);
        let several = BTreeMap::from([("end".to_owned(), "x\ny".to_owned())]);
        let problem = read(&text, &several).unwrap_err();
        assert!(problem.line == 3 && problem.message.contains("several lines"), "{problem}");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let cases = [
            ("subject: x", 1, "does not begin"),
            ("---\nsubject: x\n", 1, "not closed"),
            ("---\nsubject: x\nshort: y\n---\n", 1, "no `thread_subject`"),
            ("---\nsubjekt: x\n---\n", 2, "`subjekt`"),
            ("---\nsubject: \"x\n---\n", 2, "quotation mark"),
            (&GOOD.replace("Two", "{% macro a() %}"), 8, "`macro`"),
            (&GOOD.replace("Two", "{% set a %}"), 8, "`set` needs"),
            (&GOOD.replace("Two", "{% include end %}"), 8, "quotation marks"),
            (GOOD, 7, "no partial `end`"),
        ];
        for (text, line, message) in cases {
            let problem = read(text, &BTreeMap::new()).or_else(|problem| {
                if problem.message.contains("no partial") && message != "no partial `end`" {
                    return read(text, &BTreeMap::from([("end".to_owned(), String::new())]));
                }
                Err(problem)
            });
            let problem = problem.unwrap_err();
            assert_eq!(problem.line, line, "{text}");
            assert!(problem.message.contains(message), "{}", problem.message);
        }
    }
}
