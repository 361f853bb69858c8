//! What people say over the API about incidents that a sender has begun, or has not.

use herald::core::ids;
use herald_judge::chance::Chance;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::bodies::{About, Posted};
use super::policies::Generated;

/// Somebody's news; and, of some, that another role agrees to the words.
pub fn said(dice: &mut Chance, about: &About, policy: &Generated, number: usize, token: &str) -> Vec<Posted> {
    let incident = ids::incident("probe", &about.key(dice));
    let path = format!("/v1/incidents/{incident}/updates");
    let key = format!("said-{}-{number}", policy.seed);
    let post = |path: String, key: String, body: Value| Posted {
        path,
        source: None,
        headers: vec![
            ("content-type", "application/json".to_owned()),
            ("authorization", format!("Bearer {token}")),
            ("idempotency-key", key),
        ],
        body: body.to_string().into_bytes(),
        events: 1,
    };
    let mut posted = vec![post(path.clone(), key.clone(), news(dice, policy, number))];
    if dice.percent(30) {
        let words = ids::event("api", Some(&key), &ids::body_sha256(&posted[0].body), 0);
        let role = json!({ "role": dice.one_of(&["legal", "executive-sponsor"]) });
        posted.push(post(format!("{path}/{words}/approvals"), format!("{key}-agreed"), role));
    }
    posted
}

fn news(dice: &mut Chance, policy: &Generated, number: usize) -> Value {
    let audience = policy.audiences[dice.below(policy.audiences.len())].as_str();
    let words = json!({ "en": format!("We know more, says person {number}"), "ja": "状況が分かりました" });
    let english = json!({ "en": "Nobody has put this into Japanese" });
    let later = Timestamp::now() + SignedDuration::from_mins(40);
    match dice.below(14) {
        0 => json!({ "symptom": words }),
        1 => json!({ "text": { "all": words } }),
        2 => json!({ "text": { (audience): english } }),
        3 => json!({ "text": { "all": words }, "corrects": true }),
        4 => json!({ "text": { "all": words }, "follow_up": true }),
        5 => json!({ "no_change": true, "next_update_by": later }),
        6 => json!({ "release": [audience] }),
        7 => json!({ "hold": [audience] }),
        8 => json!({ "priority": dice.one_of(&["P1", "P3"]), "impact": dice.one_of(&["major", "none"]) }),
        9 => json!({ "confidential": dice.percent(60) }),
        10 => json!({ "data_exposure": "confirmed", "data_cleared": dice.percent(60) }),
        11 => json!({ "leads": { "business-response": "kim" }, "action": english }),
        12 => {
            json!({ "stage": dice.one_of(&["identified", "resolved", "reopened"]), "cause": "A full disk" })
        }
        _ => json!({ "help_wanted": { (audience): words }, "eta": later }),
    }
}
