//! A policy in plain facts: what the judge knows of it, and what the fold's own is made from.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::core::notification::Approval;
use crate::core::policy::Policy;
use crate::core::template::Templates;
use crate::core::vocabulary::{Impact, Kind, Lead, Priority, Readers};
use crate::policy::{Diagnostics, Source};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The words that an unapproved template would say.
pub const UNAPPROVED: &str = "NOBODY APPROVED THIS";
/// The kinds that readers hear.
const KINDS: [&str; 11] = [
    "opening",
    "update",
    "upgraded",
    "downgraded",
    "stand_down",
    "resolved",
    "cancelled",
    "reopened",
    "merged",
    "correction",
    "follow_up",
];
/// All that a reader of everything sees.
const SEES_ALL: [&str; 19] = [
    "public_reference",
    "stage",
    "started_at",
    "resolved_at",
    "duration",
    "next_update_by",
    "changes",
    "impact",
    "business_services",
    "symptom",
    "workaround",
    "action",
    "regions",
    "priority",
    "title",
    "cause",
    "affected_percent",
    "eta",
    "help_wanted",
];
/// What a customer may see.
const SEES_LITTLE: [&str; 11] = [
    "public_reference",
    "stage",
    "started_at",
    "resolved_at",
    "duration",
    "next_update_by",
    "changes",
    "business_services",
    "symptom",
    "workaround",
    "action",
];

/// How the templates of an audience stand with those who approve them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Approving {
    /// Nobody has to.
    #[default]
    NotNeeded,
    /// All are approved.
    Given,
    /// Those for P1 are not, the general ones are.
    GivenInGeneral,
    /// None is.
    Lacking,
}

/// One audience.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub formerly: Option<String>,
    pub readers: Readers,
    #[serde(default, skip_serializing_if = "is_false")]
    pub per_customer: bool,
    pub lead: Lead,
    /// Told from this priority on …
    pub from: Priority,
    /// … and from this impact on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_impact: Option<Impact>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub sees_grades: bool,
    /// Minutes by priority.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub every: BTreeMap<Priority, i64>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub holding_text: bool,
    /// Only a person releases it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub by_lead: bool,
    /// Opens so many minutes after another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<(String, i64)>,
    #[serde(default, skip_serializing_if = "is_default")]
    pub approving: Approving,
    /// Its templates name a field that may be absent.
    #[serde(default, skip_serializing_if = "is_false")]
    pub fragile: bool,
    /// A person's words to it are approved first.
    #[serde(default, skip_serializing_if = "is_false")]
    pub words_approved: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // the form that serde calls
fn is_false(value: &bool) -> bool {
    !*value
}

#[allow(clippy::trivially_copy_pass_by_ref)] // likewise
fn is_default(value: &Approving) -> bool {
    *value == Approving::default()
}

/// A whole policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Plan {
    pub groups: Vec<Group>,
    /// Minutes.
    pub reopen: i64,
    /// Hours.
    pub silent_after: i64,
    /// Minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub close_silent_after: Option<i64>,
    /// Nobody leads by default.
    #[serde(skip_serializing_if = "is_false")]
    pub nobody_on_duty: bool,
    /// Value of the label `security`, and who may hear.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub confidential: Vec<(String, Vec<String>)>,
    /// Who hears of exercises.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub drills: Vec<String>,
    /// Minutes from the beginning of all time, for `shop-api`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maintenance: Option<(i64, i64)>,
    /// Seconds by priority.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub damping: BTreeMap<Priority, i64>,
    /// Who is told, from which priority on, of what is open for so many minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_for: Option<(String, Priority, i64)>,
    /// Who never hears of what an `alertmanager` has said anything of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub never: Vec<String>,
    /// Priority where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<Priority>,
    /// Impact of a P1 where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impact_of_p1: Option<Impact>,
}

/// A plan with the policy made of it.
#[derive(Debug)]
pub struct Made {
    pub plan: Plan,
    pub policy: Policy,
}

impl Plan {
    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.name == name)
    }

    /// The name that an audience goes by now.
    pub fn now_called<'n>(&'n self, name: &'n str) -> &'n str {
        let renamed = self.groups.iter().find(|group| group.formerly.as_deref() == Some(name));
        renamed.map_or(name, |group| &group.name)
    }

    /// Makes the policy. The loader checks what it reads; templates are put beside it, since here
    /// some are meant to fail and some to lack their approvals.
    pub fn make(self) -> Arc<Made> {
        let source = Source::from_files(self.files());
        let mut policy = match crate::policy::rules(&source) {
            Ok(policy) => policy,
            Err(wrong) => unreachable!("the plan makes no policy: {wrong:?}\n{self:#?}"),
        };
        policy.templates = self.templates();
        Arc::new(Made { plan: self, policy })
    }

    /// Makes the policy as a router loads it from these files; all that is not proved is refused.
    pub fn load(self) -> Result<Arc<Made>, Diagnostics> {
        let policy = crate::policy::load(&Source::from_files(self.files()))?.policy;
        Ok(Arc::new(Made { plan: self, policy }))
    }

    /// Its files: path and text.
    pub fn files(&self) -> Vec<(String, String)> {
        let yaml = |name: &str, value: Value| (name.to_owned(), value.to_string());
        let mut files = vec![
            yaml("policy.yaml", self.policy_yaml()),
            yaml(
                "audiences.yaml",
                json!({"audiences": self.groups.iter().map(|group| (group.name.clone(), group.yaml())).collect::<serde_json::Map<_, _>>()}),
            ),
            yaml("routes.yaml", json!({"routes": self.routes()})),
            yaml("quiet.yaml", self.quiet()),
            yaml(
                "services.yaml",
                json!({"services": {
                "shop-api": {"known_as": ["shop-api"], "name": {"en": "Shop"}, "business_service": "shop", "customer_facing": true, "tier": 1, "team": "web"},
                "billing": {"known_as": ["billing"], "name": {"en": "Billing"}, "business_service": "bills", "customer_facing": false, "tier": 2, "team": "money"},
            }, "business_services": {"shop": {"en": "Shop"}, "bills": {"en": "Bills"}}}),
            ),
            yaml(
                "customers.yaml",
                json!({"customers": {
                    "acme": {"name": "ACME", "uses": ["shop"]},
                    "initech": {"name": "Initech", "affected_when": {"label.tenant": "initech"}},
                }}),
            ),
        ];
        let mut classify = serde_json::Map::new();
        if let Some(impact) = self.impact_of_p1 {
            classify.insert(
                "impact".to_owned(),
                json!([{"name": "of-p1", "when": {"priority": "P1"}, "set": impact}]),
            );
        }
        if let Some(priority) = self.otherwise {
            classify.insert("priority".to_owned(), json!([{"name": "otherwise", "set": priority}]));
        }
        files.push(yaml("classify.yaml", Value::Object(classify)));
        // So that the version speaks of them, too.
        files.extend(self.texts().map(|(group, stem, text)| (path(group, &stem), text)));
        files.push(yaml("approvals.yaml", json!({"approvals": self.approvals()})));
        files
    }

    /// Of exactly these words, where anybody approved them.
    fn approvals(&self) -> Vec<Value> {
        let mut builder = Templates::builder(&[]);
        let approved = self.texts().filter(|(group, _, text)| group.is_approved(text));
        let entries = approved.map(|(group, stem, text)| {
            let hash = builder.add("en", &group.name, &stem, &text).unwrap_or_default();
            json!({"template": path(group, &stem), "hash": format!("sha256:{hash}"), "role": "legal", "by": "kim", "at": approved_at().to_string()})
        });
        entries.collect()
    }

    fn policy_yaml(&self) -> Value {
        let duty = if self.nobody_on_duty { json!({}) } else { json!({"default": "duty"}) };
        let mut windows =
            json!({"reopen": format!("{}m", self.reopen), "silent_after": format!("{}h", self.silent_after)});
        if let Some(minutes) = self.close_silent_after {
            windows["close_silent_after"] = json!(format!("{minutes}m"));
        }
        json!({"name": "random", "languages": ["en"], "time_zone": "UTC", "windows": windows,
            "leads": {"business-response": duty, "communications": duty}})
    }

    fn routes(&self) -> Vec<Value> {
        let mut routes: Vec<Value> = self
            .groups
            .iter()
            .map(|group| {
                let mut when = json!({"priority": {"at_least": group.from}});
                if let Some(impact) = group.from_impact {
                    when["impact"] = json!({"at_least": impact});
                }
                json!({"name": format!("for-{}", group.name), "when": when, "tell": [group.name]})
            })
            .collect();
        if let Some((audience, priority, minutes)) = &self.open_for {
            routes.push(json!({"name": "long", "when": {"priority": {"at_least": priority}, "open_for": {"at_least": format!("{minutes}m")}}, "tell": [audience]}));
        }
        if !self.never.is_empty() {
            routes.push(
                json!({"name": "noise", "when": {"source_kind": "alertmanager"}, "never_tell": self.never}),
            );
        }
        routes
    }

    fn quiet(&self) -> Value {
        let mut quiet = serde_json::Map::new();
        let confidential: Vec<Value> = self.confidential.iter().enumerate().map(|(at, (label, tell_only))| {
            json!({"name": format!("security-{at}-{label}"), "when": {"label.security": label}, "tell_only": tell_only})
        }).collect();
        quiet.insert("confidential".to_owned(), json!(confidential));
        if !self.drills.is_empty() {
            quiet.insert("drills".to_owned(), json!([{"name": "exercise", "when": {"label.drill": {"present": true}}, "tell_only": self.drills}]));
        }
        if let Some((from, to)) = self.maintenance {
            quiet.insert("maintenance".to_owned(), json!([{"name": "window", "from": crate::tale::minute(from).to_string(), "to": crate::tale::minute(to).to_string(), "when": {"service": "shop-api"}}]));
        }
        let holds: serde_json::Map<_, _> = self
            .damping
            .iter()
            .map(|(priority, seconds)| (priority.to_string(), json!(format!("{seconds}s"))))
            .collect();
        quiet.insert("damping".to_owned(), json!({"hold_first_message": holds}));
        Value::Object(quiet)
    }

    /// Each template with its audience: of as few words as may be.
    fn texts(&self) -> impl Iterator<Item = (&Group, String, String)> {
        self.groups.iter().flat_map(|group| {
            let specific = (group.approving == Approving::GivenInGeneral).then_some(".P1");
            let stems = [Some(""), specific].into_iter().flatten();
            stems.flat_map(move |suffix| KINDS.iter().map(move |kind| {
                let lacking = group.approving == Approving::Lacking || !suffix.is_empty();
                let mark = if lacking { UNAPPROVED } else { "words" };
                let fragile = if group.fragile { "{{ workaround }}" } else { "" };
                let text = format!("---\nsubject: '{kind}: {mark}'\nthread_subject: it\nshort: '{kind}'\n---\n{kind}: {mark} {fragile}\n");
                (group, format!("{kind}{suffix}"), text)
            }))
        })
    }

    fn templates(&self) -> Templates {
        let mut builder = Templates::builder(&[]);
        for (group, stem, text) in self.texts() {
            if let Err(problem) = builder.add("en", &group.name, &stem, &text) {
                unreachable!("{stem}: {problem}");
            }
            if group.is_approved(&text) {
                let approval = Approval { role: "legal".to_owned(), at: approved_at() };
                builder.approve("en", &group.name, &stem, vec![approval]);
            }
        }
        builder.build()
    }
}

/// Where a template of an audience stands.
fn path(group: &Group, stem: &str) -> String {
    format!("templates/en/{}/{stem}.md", group.name)
}

fn approved_at() -> Timestamp {
    crate::tale::minute(-60)
}

impl Group {
    fn is_approved(&self, text: &str) -> bool {
        self.approving != Approving::NotNeeded && !text.contains(UNAPPROVED)
    }

    fn yaml(&self) -> Value {
        let customers = self.readers == Readers::Customers;
        let sees: Vec<&str> = if customers {
            SEES_LITTLE.to_vec()
        } else {
            let blind = |field: &&str| self.sees_grades || !["priority", "impact"].contains(field);
            SEES_ALL.iter().copied().filter(blind).collect()
        };
        let mut yaml =
            json!({"name": {"en": self.name}, "readers": self.readers, "lead": self.lead, "may_see": sees});
        let mut set = |key: &str, value: Value| yaml[key] = value;
        if let Some(name) = &self.formerly {
            set("formerly", json!([name]));
        }
        if self.per_customer {
            set("per", json!("customer"));
        }
        if !self.every.is_empty() {
            let every: serde_json::Map<_, _> = self
                .every
                .iter()
                .map(|(priority, minutes)| (priority.to_string(), json!(format!("{minutes}m"))))
                .collect();
            set("updates_every", Value::Object(every));
        }
        if self.holding_text {
            set("holding_text", json!(true));
        }
        if self.by_lead {
            set("release", json!("lead"));
        }
        if let Some((first, minutes)) = &self.after {
            set("opens_after", json!({first: format!("{minutes}m")}));
        }
        if self.approving != Approving::NotNeeded {
            set("template_approval", json!(["legal"]));
        }
        if self.words_approved {
            set("text_approval", json!(["legal"]));
        }
        yaml
    }

    /// Does its own route match?
    pub fn is_routed(&self, priority: Priority, impact: Impact) -> bool {
        let grave = |impact: Impact| impact as u8;
        priority.gravity() >= self.from.gravity()
            && self.from_impact.is_none_or(|from| grave(impact.effective(Some(priority))) >= grave(from))
    }

    /// Its templates can be rendered for this kind only where everything is known.
    pub fn speaks(kind: Kind) -> bool {
        KINDS.contains(&kind.as_str())
    }
}
