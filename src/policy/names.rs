//! Gathers the names that files share, leniently: what is wrong with them is told when the file
//! that gives them is read.

use std::collections::{BTreeMap, BTreeSet};

use super::problems::Names;
use super::tree::{At, Node, Value};

pub(super) fn gather(trees: &BTreeMap<&str, Node>) -> Names {
    let root = |file: &str| trees.get(file);
    let placed = |file: &str, name: &str| -> (Vec<String>, Vec<At>) {
        let entries = root(file).and_then(|root| root.get(name)).map(Node::entries).unwrap_or_default();
        let mut seen = BTreeSet::new();
        // A place is a name's first: doubles are told elsewhere.
        let first = entries.iter().filter(|(key, _)| seen.insert(key.name.as_str()));
        first.map(|(key, _)| (key.name.clone(), key.at)).unzip()
    };
    let keys = |file: &str, name: &str| placed(file, name).0;
    let (audiences, audiences_at) = placed("audiences.yaml", "audiences");
    let mut names = Names {
        languages: root("policy.yaml").and_then(|root| root.get("languages")).map(texts).unwrap_or_default(),
        times: keys("policy.yaml", "times"),
        services: keys("services.yaml", "services"),
        audiences,
        audiences_at,
        ..Names::default()
    };
    let services =
        root("services.yaml").and_then(|root| root.get("services")).map(Node::entries).unwrap_or_default();
    for (key, node) in services {
        names.known_as.insert(key.name.clone());
        let also = ["known_as", "formerly"].into_iter().filter_map(|name| node.get(name));
        names.known_as.extend(also.flat_map(texts));
        names.business_services.extend(node.get("business_service").map(texts).unwrap_or_default());
        names.teams.extend(node.get("team").map(texts).unwrap_or_default());
    }
    for (file, root) in trees {
        words(root, *file == "services.yaml", &mut names.words);
    }
    names
}

/// Texts and keys below a node; of the catalogue only what its services need.
fn words(node: &Node, of_catalogue: bool, found: &mut BTreeSet<String>) {
    if of_catalogue {
        let services = node.get("services").map(Node::entries).unwrap_or_default();
        let needs = services.iter().filter_map(|(_, service)| service.get("depends_on"));
        found.extend(needs.flat_map(texts));
        return;
    }
    match &node.value {
        Value::Text(text) => _ = found.insert(text.clone()),
        Value::List(items) => items.iter().for_each(|item| words(item, false, found)),
        Value::Map(entries) => {
            for (key, value) in entries {
                found.insert(key.name.clone());
                words(value, false, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(..) => {}
    }
}

fn texts(node: &Node) -> Vec<String> {
    match &node.value {
        Value::Text(text) => vec![text.clone()],
        Value::Number(_, written) => vec![written.clone()],
        Value::List(items) => items.iter().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Map(_) => Vec::new(),
    }
}
