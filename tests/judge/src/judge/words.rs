//! That there are words, and that they are approved (invariants 9 and 10).

use crate::core::vocabulary::{Kind, Priority};

use super::scene::Scene;
use super::{Case, Judge};
use crate::message::Message;
use crate::plan::{Approving, Group, UNAPPROVED};

impl Judge {
    pub(super) fn words(&mut self, message: &Message, case: &Case<'_>, scene: &Scene) {
        let says = &message.says;
        let is_empty = says.contents.is_empty()
            || says
                .contents
                .iter()
                .any(|content| content.subject.trim().is_empty() || content.text.trim().is_empty());
        if is_empty {
            self.broken(9, format!("{} has no words", message.words()));
        }
        if says
            .contents
            .iter()
            .any(|content| content.subject.contains(UNAPPROVED) || content.text.contains(UNAPPROVED))
        {
            self.broken(10, format!("{} is in words that nobody approved", message.words()));
        }
        if message.is_to_lead() {
            if says.kind == Kind::TemplateUnapproved {
                for item in &says.about {
                    self.lead_knows.insert((says.incident.episode.clone(), item.audience.clone()));
                }
            }
            return;
        }
        let failed = |other: &Message| {
            other.kind() == Kind::RenderingFailed
                && other.says.about.iter().any(|item| item.last_id.as_ref() == Some(&says.id))
        };
        if says.template.fallback && !says.drill && !case.messages.iter().any(failed) {
            self.broken(9, format!("{} is in built-in words, and its lead is not told", message.words()));
        }
        let Some(group) = case.plan.group(&says.audience).filter(|_| Group::speaks(says.kind)) else {
            return;
        };
        let lacks_words = group.fragile && !says.incident.fields.contains_key("workaround");
        if lacks_words && group.approving != Approving::Lacking && !says.template.fallback {
            self.broken(
                9,
                format!("{} can't be in its template's words, and is not marked", message.words()),
            );
        }
        let lacking = match group.approving {
            Approving::Lacking => true,
            Approving::GivenInGeneral => scene.priority == Some(Priority::P1),
            Approving::NotNeeded | Approving::Given => false,
        };
        let this_episode = scene.episode.as_ref() == Some(&says.incident.episode);
        // Of an exercise leads are told nothing.
        if lacking && this_episode && !says.drill && !scene.is_drill(case.plan) {
            let key = (says.incident.episode.clone(), says.audience.clone());
            let told_now = case.messages.iter().any(|other| {
                other.kind() == Kind::TemplateUnapproved && other.is_about(&says.audience, None).is_some()
            });
            if !told_now && !self.lead_knows.contains(&key) {
                self.broken(
                    10,
                    format!("{} lacks an approved template, and its lead is not told", message.words()),
                );
            }
        }
    }
}
