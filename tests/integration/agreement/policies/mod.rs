//! Random policies: the one that ships, with random edits of every file, from a seed.
//!
//! The judge of the fold has random policies of its own (`herald_judge::plan`), which are not used
//! here: what it must know of a policy is what a `Plan` can say, so its conditions are two grades, its
//! catalogue is two services, and its templates are of one word. Here nobody needs to know what a
//! policy means, only that the command and the service take it for the same; so it may say anything
//! that can be said, in the words that ship. The dice are the judge's.

mod audiences;
mod catalogue;
mod quiet;
mod rules;
mod templates;
mod when;

use herald::policy::{Source, rules as load_rules};
use herald_judge::chance::Chance;
use serde_json::{Map, Value};

use crate::fixture::site::shipped_policy;

/// A policy that can be loaded.
pub struct Generated {
    pub seed: u64,
    /// Path and text of each.
    pub files: Vec<(String, String)>,
    /// As decisions name it.
    pub version: String,
    pub audiences: Vec<String>,
}

/// What rules may name.
struct Names {
    audiences: Vec<String>,
    /// Those that are split per customer.
    per_customer: Vec<String>,
}

/// The policies of the first seeds that make one, and how many seeds it took: dice make rules that
/// contradict themselves, or that others leave nothing over for. Templates are not proved here: a
/// policy that fails for its words is a mistake of these edits, and refused where it is loaded.
pub fn policies(wanted: usize) -> (Vec<Generated>, u64) {
    let shipped = Shipped::read();
    let mut found = Vec::with_capacity(wanted);
    let mut seed = 0;
    while found.len() < wanted {
        seed += 1;
        let files = shipped.edited(seed);
        if let Ok(policy) = load_rules(&Source::from_files(files.clone())) {
            let audiences = policy.audiences.into_iter().map(|audience| audience.name).collect();
            found.push(Generated { seed, files, version: policy.version, audiences });
        }
    }
    (found, seed)
}

/// The policy that ships.
struct Shipped {
    source: Source,
}

impl Shipped {
    fn read() -> Self {
        Self { source: Source::from_dir(&shipped_policy()).unwrap() }
    }

    fn yaml(&self, file: &str) -> Value {
        serde_saphyr::from_str(self.source.text(file).unwrap()).unwrap()
    }

    fn edited(&self, seed: u64) -> Vec<(String, String)> {
        let dice = &mut Chance::new(seed);
        let audiences = audiences::edited(dice, self.yaml("audiences.yaml"));
        let names = Names {
            audiences: audiences.keys().cloned().collect(),
            per_customer: keys_where(&audiences, |one| one["per"] == "customer"),
        };
        let mut whole: Vec<(&str, Value)> = vec![
            ("policy.yaml", catalogue::general(dice, self.yaml("policy.yaml"))),
            ("services.yaml", catalogue::services(dice, self.yaml("services.yaml"))),
            ("customers.yaml", catalogue::customers(dice, self.yaml("customers.yaml"), &names)),
            ("classify.yaml", rules::classify(dice, self.yaml("classify.yaml"))),
            ("routes.yaml", rules::routes(dice, self.yaml("routes.yaml"), &names)),
            ("quiet.yaml", quiet::edited(dice, &names)),
        ];
        whole.push(("audiences.yaml", serde_json::json!({ "audiences": audiences })));
        let kept = self.source.iter().filter(|(path, _)| !whole.iter().any(|(edited, _)| edited == path));
        let mut files: Vec<(String, String)> =
            kept.map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
        templates::edit(dice, &mut files, seed);
        // JSON is YAML; on lines of its own, so that decisions name the line of a rule.
        let text = |value: &Value| serde_json::to_string_pretty(value).unwrap();
        files.extend(whole.iter().map(|(path, value)| ((*path).to_owned(), text(value))));
        files
    }
}

/// The keys of a map whose values are so.
fn keys_where(map: &Map<String, Value>, is_so: impl Fn(&Value) -> bool) -> Vec<String> {
    map.iter().filter(|(_, value)| is_so(value)).map(|(key, _)| key.clone()).collect()
}

/// Some of them, at least one.
fn some_names(dice: &mut Chance, of: &[String], often: usize) -> Vec<String> {
    let mut some: Vec<String> = of.iter().filter(|_| dice.percent(often)).cloned().collect();
    if some.is_empty() {
        some.push(of[dice.below(of.len())].clone());
    }
    some
}
