//! Random webhooks of Herald's own kind: incidents that begin, change, end and come back, with
//! fields that are there, missing or of the wrong type, and deliveries that come twice.

use serde_json::{Value, json};

/// The same sequence for the same seed (`SplitMix64`).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
    fn one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }
    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }
}

const STAGES: [&str; 10] = [
    "triggered",
    "triggered",
    "triggered",
    "acknowledged",
    "investigating",
    "identified",
    "monitoring",
    "resolved",
    "reopened",
    "cancelled",
];

/// So many, over a quarter as many incidents.
pub fn bodies(random: &mut Random, count: usize) -> Vec<Value> {
    let incidents = (count as u64 / 4).max(1);
    let mut bodies: Vec<Value> = Vec::with_capacity(count);
    for number in 0..count {
        let again = (!bodies.is_empty() && random.one_in(20)).then(|| random.of(&bodies).clone());
        bodies.push(again.unwrap_or_else(|| body(random, number, incidents)));
    }
    bodies
}

fn body(random: &mut Random, number: usize, incidents: u64) -> Value {
    let mut body =
        json!({"key": format!("inc-{}", random.below(incidents)), "title": format!("alarm {number} on p99")});
    if !random.one_in(8) {
        body["stage"] = json!(random.of(&STAGES));
    }
    if !random.one_in(3) {
        body["priority"] = json!(random.of(&["P1", "P2", "P3", "P4", "P5", "SEV-1", "urgent"]));
    }
    if !random.one_in(2) {
        body["impact"] = json!(random.of(&["none", "minor", "major", "critical", "unknown"]));
    }
    if !random.one_in(4) {
        body["service"] = json!(random.of(&[
            "checkout-api",
            "payments",
            "orders-db",
            "back-office",
            "partner-api",
            "no-such"
        ]));
    }
    if random.one_in(4) {
        body["severity"] = json!(random.of(&["critical", "error", "warning", "info"]));
    }
    if random.one_in(5) {
        let name = *random.of(&["tenant", "security", "drill", "customer_impact"]);
        let value = *random.of(&["initech", "major", "yes"]);
        body["labels"] = json!({name: value});
    }
    if random.one_in(12) {
        // Of the wrong type: a warning on the event, never a rejection.
        let field = *random.of(&["priority", "labels", "description", "environment"]);
        body[field] = random.of(&[json!(17), json!([]), json!(true), json!({"a": {"b": 1}})]).clone();
    }
    body
}
