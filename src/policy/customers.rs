//! customers.yaml: strategic customers. May be absent.

use serde_json::Value as Json;

use super::problems::Cx;
use super::read::Map;
use super::tree::Node;
use super::when::{NotYet, when};
use crate::core::matcher::MatchField;
use crate::core::policy::{Audience, Customer};

const KEYS: [&str; 9] =
    ["name", "uses", "regions", "affected_when", "audiences", "language", "time_zone", "liaison", "delivery"];

pub(super) fn read(cx: Cx<'_>, root: &Node, audiences: &[Audience]) -> Vec<Customer> {
    let Some(map) = Map::of(cx, root, "customers.yaml", &["customers"]) else { return Vec::new() };
    let Some(node) = map.get("customers") else { return Vec::new() };
    cx.named(node, "customers by name")
        .filter_map(|(key, node)| customer(cx, &key.name, node, audiences))
        .collect()
}

fn customer(cx: Cx<'_>, id: &str, node: &Node, audiences: &[Audience]) -> Option<Customer> {
    let map = Map::of(cx, node, "a customer", &KEYS)?;
    let not_yet: [NotYet; 1] =
        [(MatchField::StrategicCustomers, "it is counted from the customers found affected")];
    let affected_when = map.get("affected_when").map(|node| when(cx, node, &not_yet));
    let uses = map.get("uses").map(|node| uses(cx, node)).unwrap_or_default();
    if affected_when.is_none() && uses.is_empty() {
        let help = "name the business services that it uses, or when it is affected (`affected_when`)";
        cx.error_help(map.at, format!("nothing ever affects `{id}`"), help);
    }
    let belongs = map.get("audiences");
    let places = belongs.map(|node| cx.audiences(node)).unwrap_or_default();
    for (place, item) in places.iter().zip(belongs.map(super::tree::Node::one_or_more).unwrap_or_default()) {
        if let Some(audience) = audiences.get(*place).filter(|audience| audience.per.is_none()) {
            let help = "only audiences `per: customer` have one message for each customer";
            cx.error_help(item.at, format!("`{}` is not split by customer", audience.name), help);
        }
    }
    Some(Customer {
        id: id.to_owned(),
        name: map.need("name").and_then(|node| cx.text(node))?,
        uses,
        regions: map.get("regions").map(|node| cx.texts(node)).unwrap_or_default(),
        affected_when: affected_when.flatten(),
        audiences: places.iter().filter_map(|place| cx.names.audiences.get(*place).cloned()).collect(),
        language: map.get("language").and_then(|node| cx.language(node)),
        time_zone: map.get("time_zone").and_then(|node| cx.time_zone(node)),
        liaison: map.get("liaison").and_then(|node| cx.text(node)),
        delivery: map.get("delivery").map_or(Json::Null, Node::json),
    })
}

fn uses(cx: Cx<'_>, node: &Node) -> Vec<String> {
    let known: Vec<String> = cx.names.business_services.iter().cloned().collect();
    let items = node.one_or_more().iter();
    items.filter_map(|item| Some(known[cx.reference(item, "business service", &known)?].clone())).collect()
}
