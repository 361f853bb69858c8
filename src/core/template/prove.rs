//! The proof of templates at load: they name nothing that their audience may not see, and render
//! on every sample.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::samples::{self, Knowledge};
use super::{Context, OWN_NAMES, Template, TemplateProblem, Templates, Words, hostile};
use crate::core::disclosure::stage_for;
use crate::core::fields::Field;
use crate::core::ids;
use crate::core::limits;
use crate::core::notification::{Notice, is_one_message};
use crate::core::policy::Audience;
use crate::core::text::LocalText;
use crate::core::vocabulary::Stage;

/// Templates that were found good for an audience, so that a policy that differs in little from one
/// that was proved costs little to prove: rendering samples is most of what loading costs.
#[derive(Debug, Default)]
pub struct Proofs(Mutex<HashSet<String>>);

impl Proofs {
    fn has(&self, proof: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(proof)
    }
    fn keep(&self, proof: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(proof);
    }
}

/// A template that one of its audiences can't use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unproved {
    /// Language tag.
    pub language: String,
    /// Its folder.
    pub folder: String,
    /// Its file stem.
    pub stem: String,
    /// The audience that can't use it.
    pub audience: String,
    /// Why.
    pub problem: TemplateProblem,
}

impl Templates {
    /// All that is wrong with the templates that this audience may come to use: every file of its
    /// own folder and of those that it names, in its languages (for audiences split per customer:
    /// in all languages, since a customer may have its own).
    pub fn prove(&self, audience: &Audience, proofs: &Proofs) -> Vec<Unproved> {
        // All that samples are rendered from.
        let reader = ids::body_sha256(format!("{audience:?} {:?}", self.hosts).as_bytes());
        let folders = || std::iter::once(&audience.name).chain(&audience.template_folders);
        self.iter()
            .filter(|template| folders().any(|folder| folder == template.folder()))
            .filter(|template| {
                audience.per.is_some() || audience.languages.iter().any(|tag| tag == template.language())
            })
            .flat_map(|template| {
                let proof =
                    format!("{reader} {} {} {}", template.language(), template.path(), template.hash());
                let problems =
                    if proofs.has(&proof) { Vec::new() } else { self.problems(template, audience) };
                if problems.is_empty() {
                    proofs.keep(proof);
                }
                problems.into_iter().map(move |problem| (template, problem))
            })
            .map(|(template, problem)| Unproved {
                language: template.language().to_owned(),
                folder: template.folder().to_owned(),
                stem: template.name().stem(),
                audience: audience.name.clone(),
                problem,
            })
            .collect()
    }

    fn problems(&self, template: &Template, audience: &Audience) -> Vec<TemplateProblem> {
        let forbidden = template.fields_named().filter(|(name, _)| {
            let seen = Field::parse(name).is_some_and(|field| audience.may_see.contains(field));
            !seen && !OWN_NAMES.contains(name)
        });
        let forbidden = forbidden.map(|(name, (line, column))| {
            let at = |message: String| TemplateProblem { column, ..TemplateProblem::at(line, message) };
            // A line that does not name it takes in a partial that does.
            let taken_in = if column.is_none() { " (in the partial that this line takes in)" } else { "" };
            if Field::parse(name).is_some() {
                return at(format!("`{name}` is not for `{}` to see{taken_in}", audience.name))
                    .hint(format!("leave it out, or add it to may_see of `{}`", audience.name));
            }
            let known = Field::ALL.iter().map(|field| field.as_str()).chain(OWN_NAMES);
            let near = known.min_by_key(|known| strsim::damerau_levenshtein(known, name));
            at(format!("there is no field `{name}`{taken_in}"))
                .hint(format!("did you mean `{}`?", near.unwrap_or_default()))
        });
        let problems: Vec<_> = forbidden.collect();
        // What it may not name is absent in every sample, and would only be reported twice.
        if problems.is_empty() { self.fails(template, audience).into_iter().collect() } else { problems }
    }

    /// The first sample on which it fails.
    fn fails(&self, template: &Template, audience: &Audience) -> Option<TemplateProblem> {
        let name = template.name();
        for knowledge in Knowledge::ALL {
            for (place, sample) in samples::notices(name.kind, knowledge, audience).into_iter().enumerate() {
                let stages = match name.stage {
                    Some(stage) => vec![stage],
                    // Other words take no other way through a template.
                    None if knowledge == Knowledge::Hostile => sample.view.stage.into_iter().collect(),
                    None => read_stages(&sample),
                };
                for stage in stages {
                    let on = |notice: &Notice| self.words_at(template, audience, notice.clone(), stage);
                    let judged = on(&sample).and_then(|words| match knowledge {
                        Knowledge::Hostile => {
                            let mut calm = samples::notices(name.kind, Knowledge::Everything, audience);
                            // A person has written where one has in the hostile sample.
                            calm.iter_mut().for_each(|calm| calm.words = calm_words(&sample));
                            let calm = calm.get(place).map_or_else(|| Ok(words.clone()), on)?;
                            Self::stay_words(template, &calm, &words)
                        }
                        _ => self.judge(template, &words, knowledge),
                    });
                    if let Err(failure) = judged {
                        let told = format!("{} (on an incident with {knowledge} known)", failure.message);
                        return Some(TemplateProblem { message: told, column: None, ..failure });
                    }
                }
            }
        }
        None
    }

    /// The words of one sample, at one stage and at the priority that the template is for.
    fn words_at(
        &self,
        template: &Template,
        audience: &Audience,
        mut notice: Notice,
        stage: Stage,
    ) -> Result<Words, TemplateProblem> {
        let view = Arc::make_mut(&mut notice.view);
        view.stage = Some(stage);
        view.priority = template.name().priority.or(view.priority);
        let context = Context::new(&Arc::new(notice), template.language(), &audience.time_zone, Some("duty"));
        self.try_render(template, &context.into_value())
    }

    /// Does what comes from outside stay words, wherever the template puts it?
    fn stay_words(template: &Template, calm: &Words, hostile: &Words) -> Result<(), TemplateProblem> {
        let unescaped = hostile::unescaped(&calm.body, &hostile.body).map(str::to_owned);
        match unescaped.or_else(|| hostile::acts(calm, hostile)) {
            Some(problem) => Err(Self::whole(template, problem)),
            None => Ok(()),
        }
    }

    /// Are words too long, or do they link where links may not point?
    fn judge(&self, template: &Template, words: &Words, knowledge: Knowledge) -> Result<(), TemplateProblem> {
        let too_long = [
            ("subject", &words.subject, limits::SUBJECT_CHARS_MAX),
            ("thread_subject", &words.thread_subject, limits::SUBJECT_CHARS_MAX),
            ("body", &words.body, limits::BODY_CHARS_MAX),
        ];
        let found = too_long.into_iter().find(|(_, text, chars_max)| text.chars().count() > *chars_max);
        if let Some((part, text, chars_max)) = found {
            let message =
                format!("the {part} has {} characters, and at most {chars_max} fit", text.chars().count());
            return Err(Self::part(template, part, message).hint("say less: the rest would be cut off"));
        }
        // Where much is known, `short` is meant to be cut after a sentence.
        if knowledge == Knowledge::Nothing && !is_one_message(&words.short) {
            let message =
                format!("the short text has {} characters, more than one SMS", words.short.chars().count());
            return Err(Self::part(template, "short", message).hint("it fits 160 characters, in Japanese 70"));
        }
        match hostile::linked_addresses(&words.body)
            .into_iter()
            .find(|to| self.hosts.link_target(to).is_none())
        {
            Some(to) => {
                let line =
                    self.line_of(template, &to).unwrap_or_else(|| Self::whole(template, String::new()).line);
                Err(TemplateProblem::at(line, format!("it links to {to}"))
                    .hint("links may point to hosts of link_hosts in policy.yaml only"))
            }
            None => Ok(()),
        }
    }

    /// The file's line whose body has this text.
    fn line_of(&self, template: &Template, text: &str) -> Option<u32> {
        let set = self.sets.get(&template.language)?;
        let compiled = set.markdown.get_template(&template.path).ok()?;
        let place = compiled.source().lines().position(|line| line.contains(text))?;
        template.body_lines.get(place).copied()
    }

    /// A problem with one part of a file: the line at which it stands, or begins.
    fn part(template: &Template, part: &str, message: String) -> TemplateProblem {
        let place = ["subject", "thread_subject", "short"].iter().position(|known| *known == part);
        let line = place.and_then(|place| template.head_lines.get(place)).or(template.body_lines.first());
        TemplateProblem::at(line.copied().unwrap_or(1), message)
    }

    fn whole(template: &Template, message: String) -> TemplateProblem {
        Self::part(template, "body", message)
    }
}

/// Words in the same languages, that are no more than words.
fn calm_words(hostile: &Notice) -> LocalText {
    LocalText(hostile.words.0.keys().map(|language| (language.clone(), "calm".to_owned())).collect())
}

/// The stages that this reader reads of: each in its own words.
fn read_stages(notice: &Notice) -> Vec<Stage> {
    Stage::ALL.iter().copied().filter(|stage| stage_for(notice, *stage) == *stage).collect()
}
