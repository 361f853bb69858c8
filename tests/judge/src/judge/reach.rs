//! Who may hear at all: confidential incidents and exercises (invariants 6 and 7).

use crate::core::vocabulary::Lifecycle;

use super::scene::Scene;
use super::{Case, Judge};
use crate::message::Message;

/// What a reader who may not hear of it any more still learns at the end.
const AT_THE_END: [&str; 6] =
    ["public_reference", "reference", "stage", "started_at", "resolved_at", "duration"];

impl Judge {
    pub(super) fn reach(&mut self, case: &Case<'_>, scene: &Scene) {
        for message in case.messages {
            // An end of the episode before is that of a scene which is gone.
            if scene.episode.as_ref() == Some(&message.says.incident.episode) && !message.is_to_lead() {
                self.secret(message, case, scene);
            }
            self.exercise(message, case, scene);
        }
    }

    fn secret(&mut self, message: &Message, case: &Case<'_>, scene: &Scene) {
        if !scene.is_secret_to(&message.says.audience, case.plan) {
            return;
        }
        if message.lifecycle() != Lifecycle::End {
            self.broken(6, format!("{}, which is confidential", message.words()));
            return;
        }
        let more = message.says.incident.fields.keys().find(|field| !AT_THE_END.contains(&field.as_str()));
        if let Some(field) = more {
            self.broken(6, format!("{}, which is confidential, and tells `{field}`", message.words()));
        }
    }

    fn exercise(&mut self, message: &Message, case: &Case<'_>, scene: &Scene) {
        let on_drill_topic = message.topic.starts_with("drill.");
        if message.says.drill != on_drill_topic {
            self.broken(
                7,
                format!(
                    "{} is on {}, and says drill: {}",
                    message.words(),
                    message.topic,
                    message.says.drill
                ),
            );
        }
        if message.says.drill
            && !message
                .says
                .contents
                .iter()
                .all(|content| content.subject.contains("[Drill]") && content.text.contains("[Drill]"))
        {
            self.broken(7, format!("{} does not say that it is an exercise", message.words()));
        }
        let opens = message.lifecycle() == Lifecycle::Begin && message.says.sequence == 1;
        if opens && scene.is_drill(case.plan) != on_drill_topic {
            self.broken(
                7,
                format!(
                    "{} is on {}, and is it an exercise? {}",
                    message.words(),
                    message.topic,
                    !on_drill_topic
                ),
            );
        }
        let begins = message.lifecycle() == Lifecycle::Begin;
        if begins && scene.is_others_drill(&message.says.audience, case.plan) {
            self.broken(7, format!("{}, an exercise of others", message.words()));
        }
    }
}
