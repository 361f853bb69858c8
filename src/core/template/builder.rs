//! Makes [`Templates`] from the files of a policy.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::Environment;

use super::environment::make;
use super::escape::Medium;
use super::hosts::LinkHosts;
use super::source::{Part, check_tags, read};
use super::{LanguageSet, NamedAt, Template, TemplateName, TemplateProblem, Templates};
use crate::core::ids::body_sha256;
use crate::core::notification::Approval;

/// Between the parts of the head when they are rendered in one go. A control character, so no
/// value can bring one in.
pub(super) const PART_END: char = '\u{1e}';

/// See [`Templates::builder`]. Partials first, then templates, then their approvals.
#[derive(Debug)]
pub struct Builder {
    hosts: LinkHosts,
    partials: BTreeMap<String, BTreeMap<String, String>>,
    templates: Templates,
}

impl Builder {
    pub(super) fn new(link_hosts: &[String]) -> Self {
        let hosts = LinkHosts::new(link_hosts);
        Self {
            templates: Templates { sets: BTreeMap::new(), hosts: hosts.clone() },
            hosts,
            partials: BTreeMap::new(),
        }
    }

    /// A shared text: `templates/<language>/_partials/<name>.md`, without front matter. Templates
    /// take it in with `{% include "<name>" %}` alone on a line. It includes nothing itself.
    pub fn partial(&mut self, language: &str, name: &str, source: &str) -> Result<(), TemplateProblem> {
        for (line, number) in source.lines().zip(1..) {
            check_tags(line, number)?;
        }
        let whole =
            Part { text: source.to_owned(), lines: (1..).take(source.lines().count().max(1)).collect() };
        compile(&make(language, Medium::Markdown, &self.hosts), &whole)?;
        self.partials.entry(language.to_owned()).or_default().insert(name.to_owned(), source.to_owned());
        Ok(())
    }

    /// A template: `templates/<language>/<folder>/<stem>.md`. Answers its hash: SHA-256, in
    /// hexadecimal, over front matter, body and every partial taken in, which is what an approval is for.
    pub fn add(
        &mut self,
        language: &str,
        folder: &str,
        stem: &str,
        source: &str,
    ) -> Result<String, TemplateProblem> {
        let name = TemplateName::parse(stem).map_err(|message| {
            TemplateProblem::at(1, message).hint("files are named <kind>[.<stage>][.<priority>].md")
        })?;
        let none = BTreeMap::new();
        let partials = self.partials.get(language).unwrap_or(&none);
        let parsed = read(source, partials)?;
        let set = self
            .templates
            .sets
            .entry(language.to_owned())
            .or_insert_with(|| LanguageSet::new(language, &self.hosts));
        check_link_targets(&parsed.body)?;
        let mut fields = BTreeMap::new();
        let head = parsed.head.iter().map(|part| (&set.plain, part));
        for (env, part) in head.chain([(&set.markdown, &parsed.body)]) {
            for name in compile(env, part)? {
                let at = named_at(&name, part, source);
                fields.entry(name).or_insert(at);
            }
        }
        let [subject, thread, short] = &parsed.head;
        let head = format!("{}{PART_END}\n{}{PART_END}\n{}", subject.text, thread.text, short.text);
        let key = format!("{folder}/{stem}.md");
        let hash = body_sha256(format!("{head}{PART_END}\n{}", parsed.body.text).as_bytes());
        let problem = |error: &minijinja::Error| TemplateProblem::of(error, &parsed.body);
        set.plain.add_template_owned(key.clone(), head).map_err(|error| problem(&error))?;
        set.markdown
            .add_template_owned(key.clone(), parsed.body.text.clone())
            .map_err(|error| problem(&error))?;
        let template = Template {
            language: language.to_owned(),
            folder: folder.to_owned(),
            name,
            path: key,
            hash: hash.clone(),
            fields,
            approvals: Vec::new(),
            head_lines: parsed.head.iter().map(|part| part.line(1)).collect(),
            body_lines: parsed.body.lines,
        };
        set.folders.entry(folder.to_owned()).or_default().insert(name, template);
        Ok(hash)
    }

    /// The approvals that a template added before has for exactly its hash. Unknown templates are left alone.
    pub fn approve(&mut self, language: &str, folder: &str, stem: &str, approvals: Vec<Approval>) {
        let Ok(name) = TemplateName::parse(stem) else { return };
        let set = self.templates.sets.get_mut(language);
        if let Some(template) = set.and_then(|set| set.folders.get_mut(folder)?.get_mut(&name)) {
            template.approvals = approvals;
        }
    }

    /// All templates, compiled.
    pub fn build(self) -> Templates {
        self.templates
    }
}

/// Refuses what makes texts out of texts: a few such lines double a text until memory is full, and
/// no step of it is long.
fn check_growth(part: &Part) -> Result<(), TemplateProblem> {
    let mut rest = 0;
    while let Some(start) = part.text[rest..].find("{{").into_iter().chain(part.text[rest..].find("{%")).min()
    {
        let start = rest + start;
        let closing = if part.text[start..].starts_with("{{") { "}}" } else { "%}" };
        let end = part.text[start..].find(closing).map_or(part.text.len(), |end| start + end);
        let tag = &part.text[start..end];
        let sets = tag.trim_start_matches(['{', '%', '-', '+', ' ']).starts_with("set");
        let grows = tag.find(|c| c == '*' || (sets && matches!(c, '~' | '+')));
        if let Some(at) = grows {
            let line = part.text[..start + at].lines().count();
            let message = format!("`{}` makes longer texts of texts", &tag[at..=at]);
            return Err(TemplateProblem::at(part.line(line), message)
                .hint("write the parts one after the other: {{ a }} {{ b }}"));
        }
        rest = end;
    }
    Ok(())
}

/// Refuses a value within a link's target, where it is not escaped: the filter `link` is for that.
fn check_link_targets(body: &Part) -> Result<(), TemplateProblem> {
    for (place, line) in body.text.lines().enumerate() {
        let target = line.split("](").skip(1).find(|target| {
            let before_end = target.find("{{").zip(target.find(')').or(Some(target.len())));
            before_end.is_some_and(|(value, end)| value < end)
        });
        if target.is_some() {
            return Err(TemplateProblem::at(body.line(place + 1), "a value stands in the target of a link")
                .hint("write {{ it | link }}: it becomes a link where the policy allows its host"));
        }
    }
    Ok(())
}

/// Where a part names a variable first.
fn named_at(name: &str, part: &Part, source: &str) -> NamedAt {
    let place = part.text.lines().position(|line| word_in_tags(line, name).is_some());
    let line = part.line(place.map_or(1, |place| place + 1));
    let written = usize::try_from(line).ok().and_then(|line| source.lines().nth(line.checked_sub(1)?));
    let column = written.and_then(|written| {
        let before = written.get(..word_in_tags(written, name)?)?;
        u32::try_from(before.chars().count() + 1).ok()
    });
    (line, column)
}

/// Where a line names a variable between `{{` or `{%` and their end.
fn word_in_tags(line: &str, name: &str) -> Option<usize> {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(name).map(|(at, _)| at).find(|at| {
        let (before, after) = (&line[..*at], &line[at + name.len()..]);
        let opened = before.rfind("{{").max(before.rfind("{%"));
        let closed = before.rfind("}}").max(before.rfind("%}"));
        // `a.name` and `'name'` are no variables.
        let whole = !before.ends_with(|c: char| part_of_word(c) || matches!(c, '.' | '\'' | '"' | '|'))
            && !after.starts_with(part_of_word);
        opened > closed && whole
    })
}

/// Compiles a part, only to find what is wrong with it and which variables it names.
fn compile(env: &Environment<'static>, part: &Part) -> Result<BTreeSet<String>, TemplateProblem> {
    check_growth(part)?;
    let template = env.template_from_str(&part.text);
    let template = template.map_err(|error| TemplateProblem::of(&error, part))?;
    Ok(template.undeclared_variables(false).into_iter().collect())
}
