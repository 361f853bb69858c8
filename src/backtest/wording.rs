//! Do two messages with the same id read alike? Rendering is most of what a message costs, so they
//! are rendered only where their material, or the template that speaks, is not the same.

use super::report::Said;
use crate::core::notification::{Notice, Notification, choose, render};
use crate::core::policy::Policy;
use crate::core::template::Templates;
use crate::core::vocabulary::Lifecycle;

/// What all words of two policies have in common.
#[derive(Debug)]
pub(super) struct Wording {
    /// Apart from templates: all that words to readers are made of.
    general: bool,
    /// The same for leads, who read drafts in the words of any audience.
    leads: bool,
}

/// How a message with the same id differs.
#[derive(Debug)]
pub(super) enum Difference {
    /// It reads otherwise.
    Words { current: Said, proposed: Said },
    /// In the same words: the fields of the record that differ.
    Details(Vec<String>),
}

impl Wording {
    pub(super) fn new(current: &Policy, proposed: &Policy) -> Self {
        let duties = |policy: &Policy| {
            [policy.leads.communications.default.clone(), policy.leads.business_response.default.clone()]
        };
        let general = current.languages == proposed.languages
            && current.link_hosts == proposed.link_hosts
            && current.time_zone == proposed.time_zone
            && duties(current) == duties(proposed);
        let audiences = |policy: &Policy| {
            let named = policy.audiences.iter().map(|audience| {
                let words = (audience.name.clone(), audience.title.clone(), audience.text_approval.clone());
                (words, audience.template_folders.clone(), audience.template_approval.clone())
            });
            named.collect::<Vec<_>>()
        };
        let leads = general
            && same_templates(&current.templates, &proposed.templates)
            && audiences(current) == audiences(proposed);
        Self { general, leads }
    }

    /// None: they read alike, and say the same in their fields.
    pub(super) fn difference(
        &self,
        (current, old): (&Notice, &Policy),
        (proposed, new): (&Notice, &Policy),
    ) -> Option<Difference> {
        if self.is_same_material(current, old, new) && current == proposed {
            return None;
        }
        let [current, proposed] = [render(current, old).notification, render(proposed, new).notification];
        let differing =
            current.contents.iter().zip(&proposed.contents).find(|(one, other)| one != other).or_else(|| {
                let others = current.contents.len() != proposed.contents.len();
                current.contents.first().zip(proposed.contents.first()).filter(|_| others)
            });
        if let Some((one, other)) = differing {
            return Some(Difference::Words { current: said(one), proposed: said(other) });
        }
        let fields = details(&current, &proposed);
        (!fields.is_empty()).then_some(Difference::Details(fields))
    }

    fn is_same_material(&self, notice: &Notice, old: &Policy, new: &Policy) -> bool {
        if self.leads || notice.kind.lifecycle() == Lifecycle::Lead {
            // The same templates and audiences: the same one speaks, whichever it is.
            return self.leads;
        }
        let chosen = |policy, language: &str| {
            let choice = choose(notice, policy, language);
            (choice.template.map(|template| template.hash().to_owned()), choice.unapproved.is_some())
        };
        self.general && notice.languages.iter().all(|language| chosen(old, language) == chosen(new, language))
    }
}

fn same_templates(one: &Templates, other: &Templates) -> bool {
    let all = |templates: &Templates| {
        let outlines = templates.iter().map(|template| {
            let roles: Vec<String> =
                template.approvals().iter().map(|approval| approval.role.clone()).collect();
            (template.language().to_owned(), template.path().to_owned(), template.hash().to_owned(), roles)
        });
        outlines.collect::<Vec<_>>()
    };
    all(one) == all(other)
}

/// What a message says, for an example.
pub(super) fn said_of(notice: &Notice, policy: &Policy) -> Option<Said> {
    render(notice, policy).notification.contents.first().map(said)
}

fn said(content: &crate::core::notification::Content) -> Said {
    Said { language: content.language.clone(), subject: content.subject.clone(), text: content.text.clone() }
}

/// The fields that differ, but for those that name the policy and its files, or the place in the
/// thread: that a message more or less came before is counted already.
fn details(current: &Notification, proposed: &Notification) -> Vec<String> {
    let fields = |notification: &Notification| match serde_json::to_value(notification) {
        Ok(serde_json::Value::Object(mut map)) => {
            for own in ["policy", "template", "contents", "sequence", "previous_id"] {
                map.remove(own);
            }
            if let Some(serde_json::Value::Object(incident)) = map.remove("incident") {
                map.extend(incident.into_iter().map(|(name, value)| (format!("incident.{name}"), value)));
            }
            map
        }
        _ => serde_json::Map::new(),
    };
    let (current, proposed) = (fields(current), fields(proposed));
    let names: std::collections::BTreeSet<&String> = current.keys().chain(proposed.keys()).collect();
    let differs = |name: &&String| current.get(*name) != proposed.get(*name);
    names.into_iter().filter(differs).cloned().collect()
}
