//! Which template speaks (domain.md section 8, "Template choice"; section 7, invariant 10).

use super::{Template, TemplateName, Templates};
use crate::core::policy::Audience;
use crate::core::vocabulary::{Kind, Priority, Stage};

/// The outcome of a choice.
#[derive(Debug, Clone, Copy)]
pub struct Choice<'a> {
    /// The template to use; none: the built-in text.
    pub template: Option<&'a Template>,
    /// The one that would have been used, had it been approved: the lead is told.
    pub unapproved: Option<&'a Template>,
}

impl Templates {
    /// The audience's own folder, then those that it names; in each kind.stage.priority,
    /// kind.stage, kind.priority, kind; never another kind, never another language. One that lacks
    /// an approval is not used: the most general approved one is.
    pub fn choose(
        &self,
        audience: &Audience,
        kind: Kind,
        stage: Option<Stage>,
        priority: Option<Priority>,
        language: &str,
    ) -> Choice<'_> {
        let folders: Vec<&str> =
            std::iter::once(&audience.name).chain(&audience.template_folders).map(String::as_str).collect();
        self.choose_in(&folders, &audience.template_approval, kind, stage, priority, language)
    }

    /// The same for these folders, with these roles to approve.
    pub(crate) fn choose_in(
        &self,
        folders: &[&str],
        roles: &[String],
        kind: Kind,
        stage: Option<Stage>,
        priority: Option<Priority>,
        language: &str,
    ) -> Choice<'_> {
        let find = |folder: &str, name| self.get(language, folder, name);
        let names = || TemplateName::candidates(kind, stage, priority);
        let approved = |template: &&Template| template.is_approved(roles);
        let first = folders.iter().find_map(|folder| names().find_map(|name| find(folder, name)));
        match first {
            Some(first) if !approved(&first) => Choice {
                template: folders
                    .iter()
                    .find_map(|folder| names().rev().filter_map(|name| find(folder, name)).find(approved)),
                unapproved: Some(first),
            },
            first => Choice { template: first, unapproved: None },
        }
    }
}
