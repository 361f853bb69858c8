//! What people say over the API: any body, as each kind of statement.
#![no_main]

use herald::core::event::Person;
use herald::core::sources::api::{self, Statement};
use herald_fuzz::with_delivery;
use libfuzzer_sys::fuzz_target;

const INCIDENT: &str = "i-6m7mxq42txt2oorh";

fuzz_target!(|body: &[u8]| {
    let Ok(value) = api::parse(body) else { return };
    api::times_ahead(&value);
    for statement in [
        Statement::Declaration { key: "desk-17" },
        Statement::Update { incident: INCIDENT },
        Statement::Approval { incident: INCIDENT, update: "e-aaaaaaaaaaaaaaaaaaaaaaaaaa" },
    ] {
        if api::validate(statement.part(), &value).is_empty() {
            let by = Person { name: "fuzz".to_owned(), roles: Vec::new() };
            with_delivery("application/json", body, |delivery| {
                api::event(delivery, "d-1", statement, by.clone(), &value, &["executives"])
            });
        }
    }
});
