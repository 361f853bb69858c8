//! May they say it? Which role each thing wants (README, "People"). The state of an incident is not
//! looked at, so that any intake can answer.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::check::{Problems, is_said, stage};
use super::words;
use crate::core::event::Person;
use crate::core::policy::{Audience, Policy};
use crate::core::rejected::Problem;
use crate::core::role;
use crate::core::sources::api::{ALL_AUDIENCES, Statement};
use crate::core::vocabulary::StageWord;

/// Either lead.
const LEADS: [&str; 2] = [role::COMMUNICATIONS_LEAD, role::BUSINESS_RESPONSE_LEAD];
/// Whoever works on an incident.
const WORKERS: [&str; 3] = [role::RESPONDER, role::COMMUNICATIONS_LEAD, role::BUSINESS_RESPONSE_LEAD];
/// What wants a role of its own; everything else is a fact, which whoever works on it may say.
const OWN_ROLE: [&str; 10] = [
    "language",
    "text",
    "corrects",
    "follow_up",
    "release",
    "hold",
    "confidential",
    "data_cleared",
    "approves",
    "merged_into",
];

/// Each role that is missing, for what; nothing where all may be said. The body has been checked.
pub(super) fn missing(
    statement: Statement<'_>,
    body: &Value,
    person: &Person,
    policy: &Policy,
) -> Vec<Problem> {
    let mut asked = Asked { person, policy, problems: Problems::default() };
    let Some(fields) = body.as_object() else { return Vec::new() };
    if matches!(statement, Statement::Approval { .. }) {
        asked.exactly("/role", fields.get("role"));
        return asked.problems.into_list();
    }
    asked.facts(fields);
    asked.words(fields);
    for key in ["release", "hold"] {
        let names = fields.get(key).and_then(Value::as_array).into_iter().flatten();
        for (place, name) in names.enumerate() {
            let audience = name.as_str().and_then(|name| policy.audience(name));
            asked.owner(&format!("/{key}/{place}"), audience.map(|(_, audience)| audience));
        }
    }
    if fields.contains_key("confidential") {
        asked.one_of("/confidential", &LEADS, "who may hear of it");
    }
    if fields.contains_key("data_cleared") {
        asked.one_of("/data_cleared", &[role::LEGAL], "what is told of data");
    }
    if let Some(approves) = fields.get("approves") {
        asked.exactly("/approves/role", approves.get("role"));
    }
    asked.problems.into_list()
}

struct Asked<'a> {
    person: &'a Person,
    policy: &'a Policy,
    problems: Problems,
}

impl Asked<'_> {
    fn has(&self, role: &str) -> bool {
        self.person.roles.iter().any(|own| own == role)
    }

    fn one_of(&mut self, pointer: &str, roles: &[&str], what: &str) {
        if !roles.iter().any(|role| self.has(role)) {
            self.problems.add(pointer, format!("{what} is for the role {}", roles.join(" or ")));
        }
    }

    /// An approval is given in exactly the role that it names.
    fn exactly(&mut self, pointer: &str, wanted: Option<&Value>) {
        let wanted = role::name(wanted.and_then(Value::as_str).unwrap_or_default());
        if !self.has(&wanted) {
            self.problems.add(pointer, format!("an approval as {wanted} is for the role {wanted}"));
        }
    }

    fn facts(&mut self, fields: &Map<String, Value>) {
        let stage = stage(fields);
        let grave = matches!(stage, Some(StageWord::Cancelled | StageWord::Merged));
        if grave {
            self.one_of("/stage", &LEADS, "to cancel or merge an incident");
        }
        let fact = fields.keys().find(|key| !(OWN_ROLE.contains(&key.as_str()) || grave && *key == "stage"));
        if let Some(fact) = fact {
            self.one_of(&format!("/{fact}"), &WORKERS, "to say what is known");
        }
    }

    /// Words for an audience are its lead's. A correction or report in words for everybody is for
    /// everybody, and so both leads'.
    fn words(&mut self, fields: &Map<String, Value>) {
        let policy = self.policy;
        for name in fields.get("text").and_then(Value::as_object).into_iter().flat_map(Map::keys) {
            let pointer = format!("/text/{name}");
            match policy.audience(name) {
                None if name == ALL_AUDIENCES => self.owners(&pointer),
                audience => self.owner(&pointer, audience.map(|(_, audience)| audience)),
            }
        }
        if words::PLAIN.iter().any(|key| fields.contains_key(*key)) {
            for key in ["corrects", "follow_up"].into_iter().filter(|key| is_said(fields, key)) {
                self.owners(&format!("/{key}"));
            }
        }
    }

    fn owner(&mut self, pointer: &str, audience: Option<&Audience>) {
        if let Some(audience) = audience {
            let what = format!("what {} is told", audience.name);
            self.one_of(pointer, &[role::of_lead(audience.lead)], &what);
        }
    }

    fn owners(&mut self, pointer: &str) {
        let leads: BTreeSet<_> = self.policy.audiences.iter().map(|audience| audience.lead).collect();
        for lead in leads {
            let role = role::of_lead(lead);
            let owned = self.policy.audiences.iter().filter(|audience| audience.lead == lead);
            let owned: Vec<&str> = owned.map(|audience| audience.name.as_str()).collect();
            self.one_of(pointer, &[role], &format!("what {} are told", owned.join(", ")));
        }
    }
}
