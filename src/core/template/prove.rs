//! The proof of templates at load: they name nothing that their audience may not see, and render
//! on every sample.

use std::sync::Arc;

use super::samples::{self, Knowledge};
use super::{Context, OWN_NAMES, Template, TemplateProblem, Templates};
use crate::core::disclosure::stage_for;
use crate::core::fields::Field;
use crate::core::notification::Notice;
use crate::core::policy::Audience;
use crate::core::vocabulary::Stage;

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
    pub fn prove(&self, audience: &Audience) -> Vec<Unproved> {
        let folders = || std::iter::once(&audience.name).chain(&audience.template_folders);
        self.iter()
            .filter(|template| folders().any(|folder| folder == template.folder()))
            .filter(|template| {
                audience.per.is_some() || audience.languages.iter().any(|tag| tag == template.language())
            })
            .flat_map(|template| {
                self.problems(template, audience).into_iter().map(move |problem| (template, problem))
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
        let forbidden = template.fields_named().iter().filter(|name| {
            let seen = Field::parse(name).is_some_and(|field| audience.may_see.contains(field));
            !seen && !OWN_NAMES.contains(&name.as_str())
        });
        let forbidden = forbidden.map(|name| {
            if Field::parse(name).is_some() {
                return TemplateProblem::at(1, format!("`{name}` is not for `{}` to see", audience.name))
                    .hint(format!("leave it out, or add it to may_see of `{}`", audience.name));
            }
            let known = Field::ALL.iter().map(|field| field.as_str()).chain(OWN_NAMES);
            let near = known.min_by_key(|known| strsim::damerau_levenshtein(known, name));
            TemplateProblem::at(1, format!("there is no field `{name}`"))
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
            for sample in samples::notices(name.kind, knowledge, audience) {
                let stages = match name.stage {
                    Some(stage) => vec![stage],
                    // Other words take no other way through a template.
                    None if knowledge == Knowledge::Hostile => sample.view.stage.into_iter().collect(),
                    None => read_stages(&sample),
                };
                for stage in stages {
                    let mut notice = sample.clone();
                    let view = Arc::make_mut(&mut notice.view);
                    view.stage = Some(stage);
                    view.priority = name.priority.or(view.priority);
                    if let Err(failure) = self.try_sample(template, audience, notice) {
                        let told = format!("{} (on an incident with {knowledge} known)", failure.message);
                        return Some(TemplateProblem { message: told, column: None, hint: None, ..failure });
                    }
                }
            }
        }
        None
    }

    fn try_sample(
        &self,
        template: &Template,
        audience: &Audience,
        notice: Notice,
    ) -> Result<(), TemplateProblem> {
        let context = Context::new(&Arc::new(notice), template.language(), &audience.time_zone, Some("duty"));
        self.try_render(template, &context.into_value()).map(|_| ())
    }
}

/// The stages that this reader reads of: each in its own words.
fn read_stages(notice: &Notice) -> Vec<Stage> {
    Stage::ALL.iter().copied().filter(|stage| stage_for(notice, *stage) == *stage).collect()
}
