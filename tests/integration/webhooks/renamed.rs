//! A source that was renamed, and one that speaks of another's incidents.

use herald::core::ids;
use herald::core::sources::identity::{IdPlace, SharedId};

use super::*;

#[tokio::test]
async fn a_renamed_source_is_posted_to_by_either_name_and_keeps_its_ids() {
    let mut renamed = source("new", SourceKind::Herald, AuthSettings::None);
    renamed.formerly = vec!["old".to_owned()];
    let port = start_with(&settings(), vec![renamed]);
    let body = r#"{"key":"A","stage":"triggered"}"#;
    let by_new = port.post("new", &[], body).await.accepted();
    assert_eq!(port.post("old", &[], body).await.accepted(), by_new);
    assert_eq!(by_new[0]["incident"], ids::incident("old", "A"));
    let events = port.log.values("incident.events");
    assert!(
        events.iter().all(|event| event["source"]["name"] == "new" && event["incident"]["key"] == "old/A")
    );
    assert_eq!((port.counted("new", "accepted"), port.counted("old", "accepted")), (2, 0));
}

#[tokio::test]
async fn two_tools_speak_of_one_incident() {
    let mut snow = source("snow", SourceKind::Herald, AuthSettings::None);
    snow.same_incident_as = Some(SharedId {
        source: "pd".to_owned(),
        names_ids: "pd".to_owned(),
        place: IdPlace::Label("cf.pd_id".to_owned()),
    });
    let port = start_with(&settings(), vec![snow]);
    let named = r#"{"key":"INC1","stage":"triggered","labels":{"cf.pd_id":"QEXAMPLE0001"}}"#;
    let named = port.post("snow", &[], named).await.accepted();
    assert_eq!(named[0]["incident"], ids::incident("pd", "QEXAMPLE0001"));
    assert_eq!(port.log.stored()[0].key, Some(ids::incident("pd", "QEXAMPLE0001")));
    assert_eq!(port.log.values("incident.events")[0]["incident"]["owner"], "pd");
    let own = port.post("snow", &[], r#"{"key":"INC2","stage":"triggered"}"#).await.accepted();
    assert_eq!(own[0]["incident"], ids::incident("snow", "INC2"));
}
