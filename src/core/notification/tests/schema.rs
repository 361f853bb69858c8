//! Every sample keeps the contract with subscribers.

use super::{default_policy, notices, policy};
use crate::core::notification::render;
use crate::core::template::Templates;
use crate::core::template::samples::Knowledge;
use crate::core::vocabulary::Kind;

#[test]
fn every_sample_is_valid() {
    let schema = serde_json::from_str(include_str!("../../../../schemas/notification-1.json")).unwrap();
    let validator = jsonschema::options()
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .should_validate_formats(true)
        .build(&schema)
        .unwrap();
    for policy in [default_policy(), policy(Templates::default())] {
        for audience in &policy.audiences {
            for &kind in Kind::ALL {
                let all = Knowledge::ALL.into_iter();
                for notice in all.flat_map(|knowledge| notices(&policy, &audience.name, kind, knowledge)) {
                    let value = serde_json::to_value(render(&notice, &policy).notification).unwrap();
                    let problems: Vec<_> = validator
                        .iter_errors(&value)
                        .map(|error| format!("{} {error}", error.instance_path()))
                        .collect();
                    assert!(problems.is_empty(), "{}/{kind}: {problems:?}", audience.name);
                    assert!(!value.to_string().contains("null"), "{}/{kind}", audience.name);
                }
            }
        }
    }
}
