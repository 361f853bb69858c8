//! Who may say what: each thing by each token.

use super::*;

/// A body, and the tokens that may say it.
#[tokio::test]
async fn each_thing_wants_its_role() {
    let people = People::start();
    let en = || json!({"en": "x"});
    let workers = ["comms", "business", "both", "responder", "all"].as_slice();
    let leads = ["comms", "business", "both", "all"].as_slice();
    let owners_of_business = ["business", "both", "all"].as_slice();
    let owners_of_technical = ["comms", "both", "all"].as_slice();
    let both = ["both", "all"].as_slice();
    let rows = [
        (fact(), workers),
        (json!({"stage": "identified", "symptom": en(), "help_wanted": {"sales": en()}}), workers),
        (json!({"stage": "reopened"}), workers),
        (json!({"stage": "resolved", "leads": {"communications": "Kim"}}), workers),
        (json!({"next_update_by": "2999-01-01T00:00:00Z", "no_change": true}), workers),
        (json!({"text": {"executives": en()}}), owners_of_business),
        (json!({"text": {"technical-teams": en()}}), owners_of_technical),
        (json!({"text": {"technical-teams": en(), "sales": en()}}), both),
        (json!({"text": {"all": en()}}), both),
        (json!({"text": {"sales": en()}, "corrects": true}), owners_of_business),
        (json!({"text": {"technical-teams": en()}, "follow_up": true}), owners_of_technical),
        (json!({"symptom": en(), "corrects": true}), both),
        (json!({"action": en(), "follow_up": true}), both),
        (json!({"release": ["customers-general"]}), owners_of_business),
        (json!({"hold": ["technical-teams"]}), owners_of_technical),
        (json!({"confidential": true}), leads),
        (json!({"confidential": false}), leads),
        (json!({"stage": "cancelled"}), leads),
        (json!({"stage": "merged", "merged_into": "i-aaaaaaaaaaaaaaaa"}), leads),
        (json!({"data_cleared": true}), &["legal", "all"]),
        (json!({"data_cleared": false}), &["legal", "all"]),
        (json!({"data_cleared": true, "data_loss": "none"}), &["all"]),
        (json!({"approves": {"update": WORDS, "role": "legal"}}), &["legal", "all"]),
        (json!({"approves": {"update": WORDS, "role": "executive_sponsor"}}), &["sponsor", "all"]),
    ];
    for (body, allowed) in rows {
        for token in tokens() {
            let response = people.update(&token.name, &body).await;
            let expected = if allowed.contains(&token.name.as_str()) { 202 } else { 403 };
            assert_eq!(response.status, expected, "{} says {body}: {response:?}", token.name);
            if expected == 403 {
                response.is_problem(403, "role", false);
                assert!(!problems(&response).is_empty());
            }
        }
    }
}

#[tokio::test]
async fn whoever_is_refused_is_told_which_role_is_wanted() {
    let people = People::start();
    let body =
        json!({"text": {"executives": {"en": "x"}}, "release": ["technical-teams"], "data_cleared": true});
    let found = problems(&people.update("responder", &body).await);
    let expected = [
        ("/text/executives", "what executives is told is for the role business-response-lead"),
        ("/release/0", "what technical-teams is told is for the role communications-lead"),
        ("/data_cleared", "what is told of data is for the role legal"),
    ];
    let expected = expected.map(|(pointer, message)| (pointer.to_owned(), message.to_owned()));
    assert_eq!(found, expected);
    let declared = people.declare("legal", "k", &json!({"title": "x"})).await;
    declared.is_problem(403, "role", false);
    assert!(problems(&declared)[0].1.contains("responder or communications-lead"), "{declared:?}");
    assert_eq!(people.port.log.stored().len(), 0);
}
