//! What of a policy no story reaches.

use std::collections::BTreeMap;

use serde::Serialize;

use super::reach::Reached;
use crate::core::policy::Policy;
use crate::core::vocabulary::{Kind, Reason};

/// Names that no story reaches, each list in the policy's order.
#[derive(Debug, Default, Serialize)]
pub struct Coverage {
    /// Routes that never matched.
    pub routes: Vec<String>,
    /// Classification rules that never decided: `impact: name`, `priority: name`, `adjust: name`.
    pub rules: Vec<String>,
    /// Audiences that heard nothing.
    pub audiences: Vec<String>,
    /// Kinds that nobody heard.
    pub kinds: Vec<&'static str>,
    /// Reasons that nothing was withheld for.
    pub reasons: Vec<&'static str>,
    /// Templates that spoke to nobody: `ja/executives/update.md`.
    pub templates: Vec<String>,
}

impl Coverage {
    /// What was reached, held against all that there is.
    pub fn of(policy: &Policy, reached: &Reached) -> Self {
        let classify = &policy.classify;
        let rules = (classify.impact.iter().map(|rule| ("impact", &rule.name, &reached.impact_rules)))
            .chain(classify.priority.iter().map(|rule| ("priority", &rule.name, &reached.priority_rules)))
            .chain(classify.adjust.iter().map(|rule| ("adjust", &rule.name, &reached.priority_rules)));
        let templates = policy.templates.iter();
        let spoke =
            |language: &str, path: &str| reached.templates.contains(&(language.to_owned(), path.to_owned()));
        Self {
            routes: missing(policy.routes.list.iter().map(|route| &route.name), |name| {
                reached.routes.contains(name)
            }),
            rules: rules
                .filter(|(_, name, reached)| !reached.contains(*name))
                .map(|(what, name, _)| format!("{what}: {name}"))
                .collect(),
            audiences: missing(policy.audiences.iter().map(|audience| &audience.name), |name| {
                reached.audiences.contains(name)
            }),
            kinds: Kind::ALL
                .iter()
                .filter(|kind| !reached.kinds.contains(*kind))
                .map(|kind| kind.as_str())
                .collect(),
            reasons: Reason::ALL
                .iter()
                .filter(|reason| !reached.reasons.contains(*reason))
                .map(|reason| reason.as_str())
                .collect(),
            templates: templates
                .filter(|template| !spoke(template.language(), template.path()))
                .map(|template| format!("{}/{}", template.language(), template.path()))
                .collect(),
        }
    }

    /// Each list with its name and how many there are in all.
    pub fn lists(&self, policy: &Policy) -> [(&'static str, Vec<&str>, usize); 6] {
        let classify = &policy.classify;
        let rules = classify.impact.len() + classify.priority.len() + classify.adjust.len();
        [
            ("routes", texts(&self.routes), policy.routes.list.len()),
            ("classification rules", texts(&self.rules), rules),
            ("audiences", texts(&self.audiences), policy.audiences.len()),
            ("kinds", self.kinds.clone(), Kind::ALL.len()),
            ("reasons", self.reasons.clone(), Reason::ALL.len()),
            ("templates", texts(&self.templates), policy.templates.iter().count()),
        ]
    }

    /// Templates that spoke in no language, by their path without it; then those that spoke in one
    /// language and not in another.
    pub fn templates_in_short(&self, policy: &Policy) -> Vec<String> {
        let languages =
            |path: &str| policy.templates.iter().filter(|template| template.path() == path).count();
        let mut by_path: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (language, path) in self.templates.iter().filter_map(|name| name.split_once('/')) {
            by_path.entry(path).or_default().push(language);
        }
        let (nowhere, somewhere): (Vec<_>, Vec<_>) =
            by_path.into_iter().partition(|(path, silent)| silent.len() == languages(path));
        let of_one =
            somewhere.iter().flat_map(|(path, silent)| silent.iter().map(move |tag| format!("{tag}/{path}")));
        nowhere.iter().map(|(path, _)| (*path).to_owned()).chain(of_one).collect()
    }
}

fn missing<'n>(all: impl Iterator<Item = &'n String>, is_reached: impl Fn(&String) -> bool) -> Vec<String> {
    all.filter(|name| !is_reached(name)).cloned().collect()
}

fn texts(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}
