//! Templates: Jinja, strict and fuelled, chosen by audience × kind × stage × priority × language.
//!
//! A file is `templates/<language>/<audience or shared folder>/<kind>[.<stage>][.<priority>].md`:
//! front matter with `subject`, `thread_subject` and `short`, then a body in Markdown. It names the
//! fields that its audience may see, and [`OWN_NAMES`]. A field without a value is absent and must
//! be asked for (`{% if workaround %}`). There are `if`, `for`, `set` and `include`; no macros, no
//! functions. `{% include "name" %}` takes in `templates/<language>/_partials/<name>.md`: alone on
//! its line, or within a line where that text is a single line. Everything printed is text: it is
//! escaped for where it stands.
//!
//! | filter | from | to, in Japanese | to, in English |
//! |---|---|---|---|
//! | `words` | impact, stage, state … | 甚大, 暫定復旧・経過観察中 | critical, fix in place, being watched |
//! | `names` | a list of names or things | ご購入手続き、検索 | Checkout and Search |
//! | `clock` | time | 14時20分 | 14:20 JST (05:20 UTC) |
//! | `moment` | time | 2026年4月1日(水)14時20分 | 14:20 JST (05:20 UTC) on Wednesday, 1 April 2026 |
//! | `time` | time | 14:20 | 14:20 JST |
//! | `zone` | time | 日本時間 | JST |
//! | `span` | seconds | 約48分間 | about 48 minutes |
//! | `percent` | 0 to 100 | 12.5% | 12.5% |
//! | `number` | whole number | 1,234 | 1,234 |
//! | `sentence` | text | with its full stop | with its full stop |
//! | `clause` | text | without its full stop | without its full stop |
//! | `capital` | text | as it is | begins with a capital letter |
//! | `cut(n)` | text | at most n characters | at most n characters |
//! | `paragraph` | text of several lines | keeps its line breaks | keeps its line breaks |
//! | `link` | a link, a person | a link if the policy allows the host, else text | likewise |
//! | `default(v)`, `length`, `lower`, `upper` | | as in Jinja | as in Jinja |
//!
//! | name | meaning |
//! |---|---|
//! | `kind`, `audience`, `language` | of this message |
//! | `sequence` | 1 for the first message of the thread |
//! | `previous` | id of the message before; absent for the first |
//! | `label` | 第一報, 続報(第3報), 復旧報, 訂正, 再発; First report, Update 3, Resolved … |
//! | `addressee` | `{type, id, name}`; only for audiences that are split |
//! | `contact` | who to turn to: this customer's liaison; for internal readers the lead on duty |
//! | `now` | time of this message: of a reopening, when it came back |
//! | `affected` | the names in `business_services`, at most three; else 一部のサービス, some of our services |
//! | `several` | does `affected` name other than exactly one thing? |
//! | `written` | is `symptom` what a person wrote for exactly this audience? |
//! | `new_information` | false where an update only says that nothing has changed |
//! | `reports_stopped` | true where an incident ended because nothing more was heard of it |
//! | `merged_from` | the reference this reader knows, where `public_reference` is that of another incident which it is handled with now |
//! | `thread_reference` | `merged_from`, else `public_reference`: the same for a whole thread |

mod builder;
mod choice;
mod context;
mod environment;
mod escape;
mod hostile;
mod hosts;
mod moment;
mod name;
mod output;
mod problem;
mod prove;
pub mod samples;
mod source;
mod unapproved;
mod words;

use std::collections::{BTreeMap, HashMap};

use minijinja::Environment;
use minijinja::value::Value;

pub use builder::Builder;
pub use choice::Choice;
pub(crate) use context::Context;
pub use context::OWN_NAMES;
pub(crate) use escape::{Medium, single_line};
pub use hosts::LinkHosts;
pub(crate) use moment::{Moment, rfc3339, span};
pub use name::TemplateName;
pub use problem::TemplateProblem;
pub use prove::{Proofs, Unproved};
pub(crate) use words::{Tongue, clause, kind_label, label, row, sentence, word};

use crate::core::notification::Approval;

/// All templates of a policy, compiled, with the approvals that each has.
#[derive(Debug, Default)]
pub struct Templates {
    sets: BTreeMap<String, LanguageSet>,
    hosts: LinkHosts,
}

/// The templates of one language.
#[derive(Debug)]
struct LanguageSet {
    plain: Environment<'static>,
    markdown: Environment<'static>,
    folders: BTreeMap<String, HashMap<TemplateName, Template>>,
}

impl LanguageSet {
    fn new(language: &str, hosts: &LinkHosts) -> Self {
        Self {
            plain: environment::make(language, Medium::Plain, hosts),
            markdown: environment::make(language, Medium::Markdown, hosts),
            folders: BTreeMap::new(),
        }
    }
}

/// Where a template names a variable first: the file's line, and the column where the line itself
/// names it; in a partial, the line that takes it in.
pub type NamedAt = (u32, Option<u32>);

/// One template file.
#[derive(Debug, Clone)]
pub struct Template {
    language: String,
    folder: String,
    name: TemplateName,
    path: String,
    hash: String,
    fields: BTreeMap<String, NamedAt>,
    approvals: Vec<Approval>,
    /// The file's line of each line of what is rendered.
    head_lines: Vec<u32>,
    body_lines: Vec<u32>,
}

impl Template {
    /// Language tag.
    pub fn language(&self) -> &str {
        &self.language
    }
    /// The audience's name, or that of a shared folder.
    pub fn folder(&self) -> &str {
        &self.folder
    }
    /// What its file name says.
    pub fn name(&self) -> TemplateName {
        self.name
    }
    /// Its path below `templates/<language>/`: `executives/opening.md`.
    pub fn path(&self) -> &str {
        &self.path
    }
    /// SHA-256 over front matter, body and partials, in hexadecimal: what an approval is for.
    pub fn hash(&self) -> &str {
        &self.hash
    }
    /// The variables that it names, which must all be in `may_see` or [`OWN_NAMES`], and where each
    /// stands first.
    pub fn fields_named(&self) -> impl Iterator<Item = (&str, NamedAt)> {
        self.fields.iter().map(|(name, at)| (name.as_str(), *at))
    }
    /// Its approvals, all for its present hash.
    pub fn approvals(&self) -> &[Approval] {
        &self.approvals
    }
    /// Has it been approved in every one of these roles? With no roles: yes.
    pub fn is_approved(&self, roles: &[String]) -> bool {
        roles.iter().all(|role| self.approvals.iter().any(|approval| approval.role == *role))
    }
}

/// The words of one message, as the template wrote them: not yet cut to their limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    /// Plain, meant to be one line.
    pub(crate) subject: String,
    /// Plain, meant to be one line.
    pub(crate) thread_subject: String,
    /// Plain.
    pub(crate) short: String,
    /// `CommonMark`.
    pub(crate) body: String,
}

impl Templates {
    /// No templates at all, to add to. `link_hosts`: hosts that links of senders may point to.
    pub fn builder(link_hosts: &[String]) -> Builder {
        Builder::new(link_hosts)
    }

    /// The template of exactly this place.
    pub fn get(&self, language: &str, folder: &str, name: TemplateName) -> Option<&Template> {
        self.sets.get(language)?.folders.get(folder)?.get(&name)
    }

    /// Every template, by language, folder and name.
    pub fn iter(&self) -> impl Iterator<Item = &Template> {
        self.sets.values().flat_map(|set| set.folders.values()).flat_map(|folder| {
            let sorted: BTreeMap<_, _> = folder.iter().collect();
            sorted.into_values()
        })
    }

    /// Hosts that links may point to.
    pub(crate) fn hosts(&self) -> &LinkHosts {
        &self.hosts
    }

    /// Renders a template of this set. The error is one line for a log and a lead.
    pub(crate) fn render(&self, template: &Template, context: &Value) -> Result<Words, String> {
        self.try_render(template, context).map_err(|problem| format!("{}: {problem}", template.path))
    }

    fn try_render(&self, template: &Template, context: &Value) -> Result<Words, TemplateProblem> {
        let unknown = || TemplateProblem::at(1, "there are no templates in this language");
        let set = self.sets.get(&template.language).ok_or_else(unknown)?;
        let part = |env: &Environment<'static>, lines: &[u32]| {
            env.get_template(&template.path)
                .and_then(|compiled| output::render(&compiled, context))
                .map_err(|error| TemplateProblem::while_rendering(&error, lines))
        };
        let head = part(&set.plain, &template.head_lines)?;
        let mut parts = head.split(builder::PART_END).map(|part| part.trim().to_owned());
        let mut next = || parts.next().unwrap_or_default();
        let (subject, thread_subject, short) = (next(), next(), next());
        let body = part(&set.markdown, &template.body_lines)?;
        let words = Words { subject, thread_subject, short, body: body.trim().to_owned() };
        for (part, text, lines) in
            [("subject", &words.subject, &template.head_lines), ("body", &words.body, &template.body_lines)]
        {
            if text.is_empty() {
                let line = lines.first().copied().unwrap_or(1);
                return Err(TemplateProblem::at(line, format!("the {part} is empty")));
            }
        }
        Ok(words)
    }
}
