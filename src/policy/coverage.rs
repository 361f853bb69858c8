//! The proof that everyone has words: every audience that can be told has an approved template for
//! each kind of message, at every stage and priority, in each of its languages; and every template
//! is some message's.

use std::collections::{BTreeMap, BTreeSet};

use super::approvals::Approvals;
use super::problems::{Cx, list};
use super::templates::{KINDS, languages};
use super::tree::At;
use crate::core::policy::{Audience, Customer, Routes};
use crate::core::template::{Template, Templates};
use crate::core::vocabulary::{Kind, Lifecycle, Priority, Stage};

/// Where messages differ beside their kind.
type Case = (Option<Stage>, Option<Priority>);

/// What is asked of the whole.
#[derive(Clone, Copy)]
pub(super) struct Coverage<'a> {
    pub(super) cx: Cx<'a>,
    pub(super) templates: &'a Templates,
    pub(super) audiences: &'a [Audience],
    pub(super) customers: &'a [Customer],
    pub(super) routes: &'a Routes,
    pub(super) approvals: &'a Approvals,
}

impl Coverage<'_> {
    /// Tells every gap, and every template that nobody reads.
    pub(super) fn check(self) {
        let mut used: BTreeSet<(&str, &str)> = BTreeSet::new();
        for (place, audience) in self.audiences.iter().enumerate() {
            let is_told = self.routes.list.iter().any(|route| !route.shadow && route.tell.contains(&place));
            for language in languages(audience, self.customers) {
                self.language(audience, language, is_told, &mut used);
            }
        }
        self.tell_unused(&used);
    }

    fn language<'s>(
        &'s self,
        audience: &'s Audience,
        language: &str,
        is_told: bool,
        used: &mut BTreeSet<(&'s str, &'s str)>,
    ) {
        let cases = self.cases(audience, language);
        let mut missing: BTreeMap<Kind, Vec<Case>> = BTreeMap::new();
        for kind in KINDS {
            for case in &cases {
                let choice = self.templates.choose(audience, kind, case.0, case.1, language);
                let chosen = [choice.template, choice.unapproved].into_iter().flatten();
                used.extend(chosen.map(|template| (template.language(), template.path())));
                match (choice.template, choice.unapproved) {
                    (None, None) => missing.entry(kind).or_default().push(*case),
                    (instead, Some(unapproved)) if is_told => {
                        self.approvals.tell_unapproved(self.cx, unapproved, instead, audience);
                    }
                    _ => {}
                }
            }
        }
        if is_told && !missing.is_empty() {
            self.tell_missing(audience, language, &missing, cases.len());
        }
    }

    /// Every stage and priority that templates of this audience tell apart, and one that none does.
    fn cases(&self, audience: &Audience, language: &str) -> Vec<Case> {
        let folders = || std::iter::once(&audience.name).chain(&audience.template_folders);
        let own = |template: &&Template| {
            template.language() == language && folders().any(|folder| folder == template.folder())
        };
        let names: Vec<_> = self.templates.iter().filter(own).map(Template::name).collect();
        let stages = names.iter().any(|name| name.stage.is_some());
        let priorities = names.iter().any(|name| name.priority.is_some());
        let stages: Vec<Option<Stage>> =
            if stages { Stage::ALL.iter().copied().map(Some).collect() } else { vec![None] };
        let priorities: Vec<Option<Priority>> =
            if priorities { Priority::ALL.iter().copied().map(Some).collect() } else { vec![None] };
        stages.iter().flat_map(|stage| priorities.iter().map(|priority| (*stage, *priority))).collect()
    }

    fn tell_missing(
        &self,
        audience: &Audience,
        language: &str,
        missing: &BTreeMap<Kind, Vec<Case>>,
        cases: usize,
    ) {
        let at = self.cx.audience_at(&audience.name);
        let ends = |kind: &Kind| kind.lifecycle() == Lifecycle::End || *kind == Kind::StandDown;
        let folders: Vec<_> =
            std::iter::once(&audience.name).chain(&audience.template_folders).cloned().collect();
        let help = |kind: Kind| {
            let all = list(&folders);
            format!("write templates/{language}/<folder>/{kind}.md, the folder being one of {all}")
        };
        let (whole, partly): (Vec<_>, Vec<_>) = missing.iter().partition(|(_, gaps)| gaps.len() == cases);
        let (closing, other): (Vec<Kind>, Vec<Kind>) = whole.iter().map(|(kind, _)| **kind).partition(ends);
        let name = &audience.name;
        if let Some(first) = other.first() {
            let kinds: Vec<&str> = other.iter().map(|kind| kind.as_str()).collect();
            let message = format!("`{name}` has no template in `{language}` for {}", list(&kinds));
            self.cx.error_help(at, message, help(*first));
        }
        if let Some(first) = closing.first() {
            let kinds: Vec<&str> = closing.iter().map(|kind| kind.as_str()).collect();
            let message = format!(
                "`{name}` can be opened and not closed: it has no template in `{language}` for {}",
                list(&kinds)
            );
            self.cx.error_help(at, message, help(*first));
        }
        for (kind, gaps) in partly {
            let message = format!("`{name}` has no template in `{language}` for `{kind}`{}", shown(gaps));
            self.cx.error_help(at, message, help(*kind));
        }
    }

    /// Templates that stand behind others for everyone who could use them.
    fn tell_unused(&self, used: &BTreeSet<(&str, &str)>) {
        let is_used = |folder: &str| {
            self.audiences.iter().any(|audience| {
                audience.name == folder || audience.template_folders.iter().any(|named| named == folder)
            })
        };
        let spoken = |language: &str| {
            self.audiences.iter().any(|audience| languages(audience, self.customers).contains(language))
        };
        // Of folders that nobody uses and languages that nobody reads it is said as a whole.
        let unused = self.templates.iter().filter(|template| {
            let place = (template.language(), template.path());
            is_used(template.folder()) && spoken(template.language()) && !used.contains(&place)
        });
        for template in unused {
            let path = format!("templates/{}/{}", template.language(), template.path());
            let help = if KINDS.contains(&template.name().kind) {
                "another one comes first for everyone who could read it"
            } else {
                "what leads read is built in"
            };
            let cx = Cx { file: &path, ..self.cx };
            cx.warn(At::default(), "no message uses this template", Some(help.to_owned()));
        }
    }
}

/// The first few cases, for people.
fn shown(cases: &[Case]) -> String {
    let one = |(stage, priority): &Case| match (stage, priority) {
        (Some(stage), Some(priority)) => format!("{stage} at {priority}"),
        (Some(stage), None) => stage.to_string(),
        (None, Some(priority)) => priority.to_string(),
        (None, None) => String::new(),
    };
    let few: Vec<String> = cases.iter().take(3).map(one).collect();
    let more = if cases.len() > few.len() {
        format!(" and {} more", cases.len() - few.len())
    } else {
        String::new()
    };
    format!(", such as for {}{more}", few.join(", "))
}
