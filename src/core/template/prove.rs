//! The proof of templates at load: they name nothing that their audience may not see, and render
//! on every sample.

use super::{OWN_NAMES, Template, TemplateProblem, Templates};
use crate::core::fields::Field;
use crate::core::policy::Audience;

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
            .filter(|template| audience.per.is_some() || audience.languages.iter().any(|tag| tag == template.language()))
            .flat_map(|template| self.problems(template, audience).into_iter().map(move |problem| (template, problem)))
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
        forbidden
            .map(|name| match Field::parse(name) {
                Some(_) => TemplateProblem::at(1, format!("`{name}` is not for `{}` to see", audience.name))
                    .hint(format!("leave it out, or add it to may_see of `{}`", audience.name)),
                None => {
                    let known = Field::ALL.iter().map(|field| field.as_str()).chain(OWN_NAMES);
                    let near = known.min_by_key(|known| strsim::damerau_levenshtein(known, name));
                    TemplateProblem::at(1, format!("there is no field `{name}`"))
                        .hint(format!("did you mean `{}`?", near.unwrap_or_default()))
                }
            })
            .collect()
    }
}
