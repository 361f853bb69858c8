//! Makes [`Templates`] from the files of a policy.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::Environment;

use super::environment::make;
use super::escape::Medium;
use super::hosts::LinkHosts;
use super::source::{Part, check_tags, read};
use super::{LanguageSet, Template, TemplateName, TemplateProblem, Templates};
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
        let mut fields = BTreeSet::new();
        for part in &parsed.head {
            fields.extend(compile(&set.plain, part)?);
        }
        fields.extend(compile(&set.markdown, &parsed.body)?);
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

/// Compiles a part, only to find what is wrong with it and which variables it names.
fn compile(env: &Environment<'static>, part: &Part) -> Result<BTreeSet<String>, TemplateProblem> {
    let template = env.template_from_str(&part.text);
    let template = template.map_err(|error| TemplateProblem::of(&error, part))?;
    Ok(template.undeclared_variables(false).into_iter().collect())
}
