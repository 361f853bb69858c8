//! The keys that a schema knows are those that Herald reads, in every map. Herald itself says which
//! they are: where a key is unknown, its message lists all that are known.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use herald::policy::{self, Diagnostic, Proofs, Source};
use herald::story::{self, Twin};
use serde_json::{Value, json};

use super::{NAMES, of_policy, problems, quoted, sample, validator};
use crate::shipped;

/// Nearly like nothing, so that nothing else is suggested.
const UNKNOWN: &str = "qqqqqqqqqqqqqqqqqqqqqq";

/// Of these a step has one.
const HAPPENINGS: [&str; 6] = ["post", "event", "update", "reload", "stop", "restart"];

static POLICY: LazyLock<Source> = LazyLock::new(|| Source::from_dir(&shipped()).unwrap());
static TWIN: LazyLock<Twin> =
    LazyLock::new(|| Twin::load_knowing(&POLICY, &Proofs::default().into()).unwrap());

/// What is wrong with a file with this text.
pub fn refused(name: &str, text: &str) -> Vec<Diagnostic> {
    let source = POLICY.clone().with(format!("{name}.yaml"), text);
    let refused = match name {
        "story" => {
            let story = Source::from_files([("stories/a.yaml", text)]);
            story::load(&POLICY, &TWIN, &story, None).err()
        }
        "approvals" => policy::approvals::recorded(&source).err(),
        _ => policy::rules(&source).err(),
    };
    refused.map(|refused| refused.0).unwrap_or_default()
}

/// The same in words: each message with its help.
pub fn told(name: &str, text: &str) -> Vec<String> {
    let line = |problem: Diagnostic| format!("{} {}", problem.message, problem.help.unwrap_or_default());
    refused(name, text).into_iter().map(line).collect()
}

/// What a message lists as known: quoted, or, of the many fields of conditions, after `fields are`.
fn listed(message: &str) -> BTreeSet<String> {
    if let Some((_, fields)) = message.split_once("fields are ") {
        return fields.split(", ").map(str::to_owned).collect();
    }
    let (_, known) =
        message.split_once(" known are ").or_else(|| message.split_once(" there are ")).unwrap_or_default();
    quoted(known)
}

/// With one key more in the map at this place.
fn with_unknown(whole: &Value, instance: &str) -> Value {
    let mut value = whole.clone();
    // Of what may happen in a step of a story there is one at most.
    if let Some(within) = instance.strip_prefix("/steps/0/") {
        let own = within.split('/').next();
        let step = value["steps"][0].as_object_mut().unwrap();
        step.retain(|key, _| !HAPPENINGS.contains(&key.as_str()) || own == Some(key));
    }
    let map = value.pointer_mut(instance).unwrap_or_else(|| panic!("no {instance}"));
    map.as_object_mut().unwrap().insert(UNKNOWN.to_owned(), json!({}));
    value
}

#[test]
fn keys_are_those_that_herald_reads() {
    let mut said_of = BTreeSet::new();
    let mut maps = 0;
    for name in NAMES {
        let schema = of_policy(name);
        let validator = validator(&schema);
        let (whole, closed) = sample::whole(&schema);
        // Within fields of an update the API's own schema decides; `drift` holds this one to it.
        let is_own = |map: &sample::Closed| !map.schema.starts_with("/$defs/update/properties/");
        for sample::Closed { instance, schema: place, keys } in closed.into_iter().filter(is_own) {
            let changed = with_unknown(&whole, &instance);
            let text = serde_json::to_string_pretty(&changed).unwrap();
            let of_it = format!("`{UNKNOWN}`");
            let messages: Vec<_> =
                told(name, &text).into_iter().filter(|said| said.contains(&of_it)).collect();
            let at = format!("{name}.yaml at {instance} (schema {place})");
            let [message] = messages.as_slice() else { panic!("{at}: not told once: {messages:?}") };
            let refused = problems(&validator, &changed).iter().any(|problem| problem.contains(UNKNOWN));
            assert!(refused, "{at}: the schema takes an unknown key");
            said_of.extend(message.split_once(" has no ").map(|(what, _)| what.to_owned()));
            maps += 1;
            let mut known = listed(message);
            if message.contains("no operator") {
                // Which of them fit a field is another test's.
                assert!(keys.iter().all(|key| known.contains(key)), "{at}: {keys:?} / {known:?}");
                continue;
            }
            let mut keys: BTreeSet<_> = keys.into_iter().collect();
            if place == "/$defs/when" {
                known.remove("label.<name>");
                ["any", "all", "not"].iter().for_each(|word| assert!(keys.remove(*word)));
            }
            // `during` is told apart from the priorities beside it.
            if place == "/$defs/intervals" {
                assert!(keys.remove("during"));
            }
            assert_eq!(keys, known, "{at}");
        }
    }
    println!("{maps} maps");
    let read = maps_in_the_sources();
    assert_eq!(said_of, read, "every map that Herald reads with closed keys is in a schema, and no other");
}

/// What each call of `Map::of` in the sources calls its map.
fn maps_in_the_sources() -> BTreeSet<String> {
    let call = regex::Regex::new(r#"Map::of\(\s*cx,\s*\w+,\s*(?:"([^"]+)"|FILE)"#).unwrap();
    let mut found = BTreeSet::new();
    for folder in ["src/policy", "src/story"] {
        for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let calls = call.captures_iter(&text);
            let of_it: Vec<_> = calls
                .map(|call| call.get(1).map_or("approvals.yaml", |what| what.as_str()).to_owned())
                .collect();
            assert_eq!(
                of_it.len(),
                text.matches("Map::of(").count(),
                "{}: a call in another form",
                path.display()
            );
            found.extend(of_it);
        }
    }
    found
}
