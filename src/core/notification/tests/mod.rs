//! Tests of words: the default templates on worked incidents, hostile words, limits, the schema.

mod fallback;
mod hostile;
mod leads;
mod limits;
mod schema;
mod voice;

use std::collections::BTreeMap;

use include_dir::{Dir, DirEntry, include_dir};
use jiff::{SignedDuration, tz::TimeZone};

use super::{Notice, Rendered, render};
use crate::core::fields::{Field, FieldSet};
use crate::core::policy::{
    Audience, Cadence, Catalogue, Classify, LeadDuty, Leads, Per, Policy, Quiet, Release, Routes, Windows,
};
use crate::core::template::samples::{self, Knowledge};
use crate::core::template::{Builder, Proofs, Templates};
use crate::core::text::LocalText;
use crate::core::vocabulary::{Kind, Lead, Lifecycle, Readers};

static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/deploy/policy/templates");

/// The kinds that readers get.
pub(super) fn reader_kinds() -> impl Iterator<Item = Kind> {
    Kind::ALL.iter().copied().filter(|kind| kind.lifecycle() != Lifecycle::Lead)
}

/// The table of domain.md section 5, as the shipped policy has it.
fn may_see(audience: &str) -> FieldSet {
    let all = "public_reference stage started_at resolved_at duration next_update_by changes business_services \
        symptom workaround action";
    let internal = "key reference impact regions priority eta";
    let business = "help_wanted customer_text";
    let more = match audience {
        "executives" | "legal" => {
            "affected_count affected_percent strategic_customers sla people channels bridge data_loss data_exposure"
        }
        "customer-service" => {
            "affected_count affected_percent strategic_customers customer_text people channels bridge"
        }
        "technical-teams" => {
            "affected_count affected_percent title description cause services hosts labels links \
            help_wanted people channels bridge"
        }
        "sales" => "affected_count affected_percent strategic_customers sla liaison",
        "finance" => "affected_count affected_percent sla help_wanted",
        "customers-strategic" => "regions liaison data_loss data_exposure",
        "customers-general" => "data_loss data_exposure",
        _ => "",
    };
    let is_internal = !audience.starts_with("customers");
    let is_business = matches!(audience, "executives" | "marketing" | "sales" | "legal");
    let names = [all, if is_internal { internal } else { "" }, if is_business { business } else { "" }, more];
    names.iter().flat_map(|names| names.split_whitespace()).map(|name| Field::parse(name).unwrap()).collect()
}

pub(super) fn audience(name: &str, title: (&str, &str)) -> Audience {
    let customers = name.starts_with("customers");
    let technical = name == "technical-teams";
    let business = matches!(name, "marketing" | "sales" | "legal" | "finance");
    Audience {
        name: name.to_owned(),
        title: LocalText(BTreeMap::from([
            ("ja".to_owned(), title.0.to_owned()),
            ("en".to_owned(), title.1.to_owned()),
        ])),
        formerly: Vec::new(),
        readers: if customers { Readers::Customers } else { Readers::Internal },
        per: (name == "customers-strategic").then_some(Per::Customer),
        lead: if technical { Lead::Communications } else { Lead::BusinessResponse },
        languages: vec!["ja".to_owned(), "en".to_owned()],
        time_zone: TimeZone::get("Asia/Tokyo").unwrap(),
        may_see: may_see(name),
        cadence: Cadence::default(),
        attention: BTreeMap::new(),
        template_folders: if business { vec!["business-teams".to_owned()] } else { Vec::new() },
        template_approval: Vec::new(),
        text_approval: Vec::new(),
        release: Release::Auto,
        holding_text: false,
        opens_after: Vec::new(),
    }
}

fn audiences() -> Vec<Audience> {
    [
        ("executives", ("経営層", "Executives")),
        ("customer-service", ("お客様窓口", "Customer service")),
        ("technical-teams", ("技術部門", "Technical teams")),
        ("marketing", ("マーケティング", "Marketing")),
        ("sales", ("営業", "Sales")),
        ("legal", ("法務", "Legal")),
        ("finance", ("経理", "Finance")),
        ("customers-strategic", ("重要なお客様", "Strategic customers")),
        ("customers-general", ("お客様", "Customers")),
    ]
    .map(|(name, title)| audience(name, title))
    .into()
}

/// A policy with these templates and the nine audiences; nothing else in it matters to words.
pub(super) fn policy(templates: Templates) -> Policy {
    let duty = |name: &str| LeadDuty { default: name.to_owned(), by_service: Vec::new() };
    Policy {
        version: "test@000000000000".to_owned(),
        name: "test".to_owned(),
        languages: vec!["ja".to_owned(), "en".to_owned()],
        time_zone: TimeZone::get("Asia/Tokyo").unwrap(),
        link_hosts: vec!["status.example.com".to_owned()],
        windows: Windows {
            reopen: SignedDuration::from_mins(30),
            keep_ended: SignedDuration::from_hours(168),
            silent_after: SignedDuration::from_hours(24),
            lead_missing_after: SignedDuration::from_mins(10),
            close_silent_after: None,
        },
        times: Vec::new(),
        leads: Leads { business_response: duty("duty-business"), communications: duty("duty-comms") },
        catalogue: Catalogue::default(),
        customers: Vec::new(),
        classify: Classify::default(),
        audiences: audiences(),
        routes: Routes::default(),
        quiet: Quiet::default(),
        templates,
        reference_key: b"key".to_vec(),
        old_events_begin: false,
    }
}

/// Takes in every file of the default policy.
fn load() -> Builder {
    let mut builder = Templates::builder(&["status.example.com".to_owned()]);
    for language in TEMPLATES.dirs() {
        let tag = language.path().to_str().unwrap();
        let mut folders: Vec<_> = language.dirs().collect();
        // Partials come first: `_` stands before all letters of small case.
        folders.sort_by_key(|folder| folder.path());
        for folder in folders {
            let name = folder.path().file_name().unwrap().to_str().unwrap();
            for file in folder.entries().iter().filter_map(DirEntry::as_file) {
                let stem = file.path().file_stem().unwrap().to_str().unwrap();
                let source = file.contents_utf8().unwrap();
                let problem = if name == "_partials" {
                    builder.partial(tag, stem, source).err()
                } else {
                    builder.add(tag, name, stem, source).err()
                };
                assert_eq!(problem, None, "{}", file.path().display());
            }
        }
    }
    builder
}

/// The default policy's words.
pub(super) fn default_policy() -> Policy {
    policy(load().build())
}

/// Every sample notice of a kind to one of the nine audiences.
pub(super) fn notices(policy: &Policy, audience: &str, kind: Kind, knowledge: Knowledge) -> Vec<Notice> {
    samples::notices(kind, knowledge, policy.audience(audience).unwrap().1)
}

/// A sample notice to one of the nine audiences.
pub(super) fn notice(policy: &Policy, audience: &str, kind: Kind, knowledge: Knowledge) -> Notice {
    samples::notice(kind, knowledge, policy.audience(audience).unwrap().1)
}

/// The same in one language only, rendered.
pub(super) fn rendered(policy: &Policy, notice: &Notice, language: &str) -> Rendered {
    let mut notice = notice.clone();
    notice.languages = vec![language.to_owned()];
    render(&notice, policy)
}

#[test]
fn the_default_templates_are_proved() {
    let policy = default_policy();
    for audience in &policy.audiences {
        assert_eq!(policy.templates.prove(audience, &Proofs::default()), [], "{}", audience.name);
        for kind in reader_kinds() {
            for language in &audience.languages {
                let choice = policy.templates.choose(audience, kind, None, None, language);
                assert!(choice.template.is_some(), "{} {kind} {language}", audience.name);
            }
        }
    }
}

#[test]
fn drills_say_so_whatever_the_template_says() {
    let policy = default_policy();
    let mut notice = notice(&policy, "sales", Kind::Opening, Knowledge::Everything);
    notice.drill = true;
    let rendered = render(&notice, &policy);
    let [ja, en] = &rendered.notification.contents[..] else { panic!() };
    for (content, mark) in [(ja, "訓練"), (en, "Drill")] {
        for part in [&content.subject, &content.thread_subject, &content.short, &content.text, &content.body]
        {
            assert!(part.contains(mark), "{part}");
        }
    }
    assert!(rendered.notification.drill);
}
