//! Gathers the names that files share, leniently: what is wrong with them is told when the file
//! that gives them is read.

use std::collections::BTreeMap;

use super::problems::Names;
use super::tree::{Node, Value};

pub(super) fn gather(trees: &BTreeMap<&str, Node>) -> Names {
    let root = |file: &str| trees.get(file);
    let keys = |file: &str, name: &str| -> Vec<String> {
        let entries = root(file).and_then(|root| root.get(name)).map(Node::entries).unwrap_or_default();
        let mut keys: Vec<String> = Vec::new();
        for (key, _) in entries {
            // A place is a name's first: doubles are told elsewhere.
            if !keys.contains(&key.name) {
                keys.push(key.name.clone());
            }
        }
        keys
    };
    let mut names = Names {
        languages: root("policy.yaml").and_then(|root| root.get("languages")).map(texts).unwrap_or_default(),
        times: keys("policy.yaml", "times"),
        services: keys("services.yaml", "services"),
        audiences: keys("audiences.yaml", "audiences"),
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
    names
}

fn texts(node: &Node) -> Vec<String> {
    match &node.value {
        Value::Text(text) => vec![text.clone()],
        Value::Number(_, written) => vec![written.clone()],
        Value::List(items) => items.iter().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Map(_) => Vec::new(),
    }
}
