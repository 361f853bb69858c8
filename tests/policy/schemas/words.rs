//! Closed words are those of the core: each list in a schema is one of its vocabularies, whole.

use std::collections::BTreeMap;

use herald::core::fields::Field;
use herald::core::matcher::{MatchField, Shape};
use herald::core::sources::SourceKind;
use herald::core::vocabulary::{
    Attention, DataState, Impact, Kind, Lead, Priority, Readers, Reason, Severity, Stage, Urgency,
};
use serde_json::Value;

use super::keys::told;
use super::{NAMES, of_policy, properties, quoted};

fn all<T: Copy>(all: &[T], word: impl Fn(T) -> &'static str) -> Vec<String> {
    all.iter().map(|value| word(*value).to_owned()).collect()
}

fn ordered(mut words: Vec<String>) -> Vec<String> {
    words.retain(|word| word != "unknown");
    words
}

/// Every list of words that the core has, by the name of its definition.
fn vocabularies() -> BTreeMap<&'static str, Vec<String>> {
    let Shape::Words(sla) = MatchField::Sla.shape() else { panic!("closed") };
    BTreeMap::from([
        ("attention", all(Attention::ALL, Attention::as_str)),
        ("data_state", all(DataState::ALL, DataState::as_str)),
        ("field", all(Field::ALL, Field::as_str)),
        ("impact", all(Impact::ALL, Impact::as_str)),
        ("kind", all(Kind::ALL, Kind::as_str)),
        ("known_impact", ordered(all(Impact::ALL, Impact::as_str))),
        ("known_severity", ordered(all(Severity::ALL, Severity::as_str))),
        ("lead", all(Lead::ALL, Lead::as_str)),
        ("part", vec!["router".to_owned()]),
        ("priority", all(Priority::ALL, Priority::as_str)),
        ("readers", all(Readers::ALL, Readers::as_str)),
        ("reason", all(Reason::ALL, Reason::as_str)),
        ("severity", all(Severity::ALL, Severity::as_str)),
        ("sla_state", sla.into_iter().map(str::to_owned).collect()),
        ("source_kind", all(SourceKind::ALL, SourceKind::as_str)),
        ("stage", all(Stage::ALL, Stage::as_str)),
        ("urgency", all(Urgency::ALL, Urgency::as_str)),
    ])
}

/// Words that only the reading of a file knows, with a file in which an unknown one stands.
const OF_FILES: [(&str, &str, &str); 3] = [
    ("per", "audiences", "{ audiences: { a: { lead: communications, may_see: [], per: qqqq } } }"),
    ("release", "audiences", "{ audiences: { a: { lead: communications, may_see: [], release: qqqq } } }"),
    ("weekday", "policy", "{ times: { a: { weekdays: qqqq, from: \"09:00\", to: \"10:00\" } } }"),
];

/// Conditions on closed words have them beside lists and operators.
const OF_CONDITIONS: [(&str, &str); 8] = [
    ("condition_data", "data_state"),
    ("condition_impact", "impact"),
    ("condition_priority", "priority"),
    ("condition_severity", "severity"),
    ("condition_sla", "sla_state"),
    ("condition_source_kind", "source_kind"),
    ("condition_stage", "stage"),
    ("condition_urgency", "urgency"),
];

#[test]
fn closed_words_are_those_of_the_core() {
    let mut known = vocabularies();
    for (name, file, text) in OF_FILES {
        let said = told(file, text).into_iter().find(|said| said.contains("`qqqq`")).unwrap();
        let words = quoted(&said).into_iter().filter(|word| word != "qqqq").collect();
        known.insert(name, words);
    }
    let mut used = Vec::new();
    for file in NAMES {
        let schema = of_policy(file);
        for (name, definition) in schema["$defs"].as_object().unwrap() {
            let condition = OF_CONDITIONS.iter().find(|(condition, _)| condition == name);
            let (list, name) = match condition {
                Some((_, word)) => (&definition["else"]["enum"], *word),
                None => (&definition["enum"], name.as_str()),
            };
            let Some(list) = list.as_array() else {
                assert!(!known.contains_key(name) && condition.is_none(), "{file}: {name} has no words");
                continue;
            };
            let words: Vec<_> = list.iter().map(|word| word.as_str().unwrap().to_owned()).collect();
            let expected = known.get(name).unwrap_or_else(|| panic!("{file}: whose words are {name}?"));
            assert_eq!(sorted(&words), sorted(expected), "{file}: {name}");
            if condition.is_some() {
                let offered = definition["defaultSnippets"].as_array().unwrap().iter();
                let offered: Vec<_> = offered.map(|one| one["body"].as_str().unwrap().to_owned()).collect();
                assert_eq!(offered, words, "{file}: {name}: what an editor offers");
                let items = &definition["items"]["$ref"];
                assert_eq!(items.as_str(), Some(format!("#/$defs/{name}").as_str()), "{file}: in a list");
            }
            used.push(name.to_owned());
        }
    }
    known.retain(|name, _| !used.iter().any(|used| used == name));
    assert!(known.is_empty(), "no schema has these: {:?}", known.keys());
}

fn sorted(words: &[String]) -> Vec<String> {
    let mut words = words.to_vec();
    words.sort();
    words
}

/// Where priorities or impacts are keys.
#[test]
fn words_as_keys_are_all_there() {
    let priorities = sorted(&all(Priority::ALL, Priority::as_str));
    let impacts = sorted(&all(Impact::ALL, Impact::as_str));
    let at = |file: &str, pointer: &str| -> Vec<String> {
        let schema = of_policy(file);
        let place = schema.pointer(pointer).unwrap_or_else(|| panic!("{file} has no {pointer}"));
        properties(place).into_iter().filter(|key| key != "during").collect()
    };
    for text in ["symptom", "workaround", "action"] {
        assert_eq!(at("services", &format!("/$defs/service/properties/{text}")), impacts);
    }
    assert_eq!(at("audiences", "/$defs/audience/properties/attention"), priorities);
    assert_eq!(at("audiences", "/$defs/intervals"), priorities);
    assert_eq!(at("quiet", "/properties/damping/properties/hold_first_message"), priorities);
    let leads = of_policy("policy")["properties"]["leads"].clone();
    assert_eq!(properties(&leads).into_iter().collect::<Vec<_>>(), sorted(&all(Lead::ALL, Lead::as_str)));
}

/// A name of a reader is of this form; leads are the core's.
#[test]
fn readers_of_stories_are_audiences_and_leads() {
    let schema = of_policy("story");
    let pattern =
        schema["$defs"]["step"]["properties"]["expect"]["propertyNames"]["pattern"].as_str().unwrap();
    let pattern = regex::Regex::new(pattern).unwrap();
    let leads = Lead::ALL.iter().map(|lead| format!("leads.{lead}"));
    for name in leads.chain(["sales", "customers-strategic/acme", "drill.sales"].map(str::to_owned)) {
        assert!(pattern.is_match(&name), "{name}");
    }
    for name in ["leads.nobody", "Sales", "/acme", ""] {
        assert!(!pattern.is_match(name), "{name}");
    }
    assert_eq!(schema["$defs"]["expected"]["anyOf"][2]["const"], Value::from("nothing"));
}
