//! What of a policy the stories reached.

use std::collections::BTreeSet;

use super::heard::Message;
use crate::core::decision::{DecisionRecord, Outcome};
use crate::core::policy::{Audience, Cadence, DampingHold, Policy, Release};
use crate::core::shard::Step;
use crate::core::vocabulary::{Kind, Readers, Reason};

/// Gathered while stories are played.
#[derive(Debug, Default)]
pub struct Reached {
    pub(super) routes: BTreeSet<String>,
    pub(super) priority_rules: BTreeSet<String>,
    pub(super) impact_rules: BTreeSet<String>,
    pub(super) audiences: BTreeSet<String>,
    pub(super) kinds: BTreeSet<Kind>,
    pub(super) reasons: BTreeSet<Reason>,
    /// Language, and path below `templates/<language>/`.
    pub(super) templates: BTreeSet<(String, String)>,
}

impl Reached {
    pub(super) fn message(&mut self, message: &Message) {
        let notification = &message.notification;
        self.audiences.insert(notification.audience.clone());
        self.kinds.insert(message.kind);
        for content in &notification.contents {
            self.templates.insert((content.language.clone(), notification.template.name.clone()));
        }
    }

    pub(super) fn decision(&mut self, record: &DecisionRecord) {
        self.reasons.extend(record.reason);
        for outcome in record.audiences.values() {
            if let Outcome::NotTold { not_told, .. } = outcome {
                self.reasons.insert(*not_told);
            }
        }
        let names = |rule: &Option<String>| -> Vec<String> {
            rule.iter().flat_map(|rule| rule.split(" + ")).map(str::to_owned).collect()
        };
        if let Some(priority) = &record.priority {
            self.priority_rules.extend(names(&priority.rule));
        }
        if let Some(impact) = &record.impact {
            self.impact_rules.extend(names(&impact.rule));
        }
    }

    /// Takes in what was decided for a [`probe`].
    pub(super) fn routes_of(&mut self, decided: &[Step]) {
        let notices = decided.iter().flat_map(|step| &step.decision.notices);
        let opened = notices.filter(|notice| notice.kind == Kind::Opening);
        self.routes.extend(opened.map(|notice| notice.audience.clone()));
    }
}

/// The policy with an audience for each route, which only that route tells and nothing holds: who
/// of them is told says which routes matched. Decisions name no route that told somebody.
pub(super) fn probe(mut policy: Policy) -> Policy {
    let Some(first) = policy.audiences.first().cloned() else { return policy };
    let audience = |name: &str| Audience {
        name: name.to_owned(),
        formerly: Vec::new(),
        readers: Readers::Internal,
        per: None,
        cadence: Cadence::default(),
        release: Release::Auto,
        holding_text: false,
        opens_after: Vec::new(),
        ..first.clone()
    };
    policy.audiences = policy.routes.list.iter().map(|route| audience(&route.name)).collect();
    let all: Vec<usize> = (0..policy.audiences.len()).collect();
    for (place, route) in policy.routes.list.iter_mut().enumerate() {
        route.tell = vec![place];
        route.never_tell = Vec::new();
        route.shadow = false;
    }
    policy.quiet.maintenance.clear();
    policy.quiet.damping = DampingHold::default();
    policy.quiet.confidential.iter_mut().for_each(|entry| entry.tell_only.clone_from(&all));
    policy.quiet.drills.iter_mut().for_each(|entry| entry.tell_only.clone_from(&all));
    policy
}
