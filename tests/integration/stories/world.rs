//! What happens in a story happens as in life: senders' times, several events, restarts, reloads.

use super::{differences, play, play_with};

/// A webhook of PagerDuty, of long ago.
fn pagerduty(id: &str, event_type: &str, status: &str, at: &str) -> String {
    format!(
        r#"{{"event":{{"id":"{id}","event_type":"{event_type}","resource_type":"incident","occurred_at":"{at}","data":{{"id":"Q1","type":"incident","number":7,"status":"{status}","created_at":"2020-01-01T00:00:00Z","title":"t","service":{{"id":"S","summary":"checkout-api"}},"priority":{{"id":"P","summary":"P1"}},"urgency":"high"}}}}}}"#
    )
}

#[test]
fn a_senders_own_times_move_to_the_storys_clock_and_keep_their_distances() {
    let triggered = pagerduty("E1", "incident.triggered", "triggered", "2020-01-01T00:00:00Z");
    let resolved = pagerduty("E2", "incident.resolved", "resolved", "2020-01-01T00:48:00Z");
    let files =
        [("stories/triggered.json", triggered.as_str()), ("stories/resolved.json", resolved.as_str())];
    let story = "  - at: 2m
    post: { source: pagerduty, file: triggered.json }
    expect: { executives: opening }
    says: { executives: [2026年4月1日(水)9時02分] }
  - at: 60m
    post: { source: pagerduty, file: resolved.json }
    expect: { executives: resolved }
    says: { executives: [9時50分, about 48 minutes] }
  - at: 61m
    post: { source: pagerduty, file: resolved.json }
    expect: { executives: duplicate }
";
    assert_eq!(differences(&play_with(story, &files).0), [""; 0]);
}

#[test]
fn a_timer_due_at_the_very_moment_of_an_event_comes_after_it() {
    // Opening and end fall on the same minute: the end comes first, so nothing is opened.
    let story = "  - event: { key: a, stage: triggered, service: checkout-api, priority: P1, impact: major }
  - at: 5m
    event: { key: a, stage: resolved }
    expect: { customers-general: ended_before_told, customers-strategic/acme: [opening, resolved] }
";
    assert_eq!(differences(&play(story)), [""; 0]);
}

#[test]
fn a_restart_keeps_what_is_written_and_loses_nothing_else() {
    let story = |restart: &str| {
        format!(
            "  - event: {{ key: a, stage: triggered, service: checkout-api, priority: P1, impact: major }}
  - at: 1m
{restart}  - at: 5m
  - at: 9m
    event: {{ key: a, stage: resolved }}
"
        )
    };
    let heard = |story: &str| {
        let outcome = play(story);
        let messages = outcome.moments.into_iter().flat_map(|moment| moment.heard);
        messages
            .map(|message| (message.reader, message.at, message.notification.id.clone()))
            .collect::<Vec<_>>()
    };
    let (plain, restarted) = (heard(&story("")), heard(&story("    restart: router\n")));
    assert!(plain.len() > 10);
    assert_eq!(plain, restarted, "the same messages with the same ids");
}

#[test]
fn a_reloaded_policy_takes_the_place_of_the_files_it_has() {
    let quiet = "damping: { hold_first_message: { P1: 10m } }\n";
    let story = "  - reload: held/
  - event: { key: a, stage: triggered, service: checkout-api, priority: P1, impact: none }
    expect: { executives: damped }
  - at: 10m
    expect: { executives: opening }
";
    assert_eq!(differences(&play_with(story, &[("stories/held/quiet.yaml", quiet)]).0), [""; 0]);
}

#[test]
fn what_a_reloaded_policy_says_of_one_key_leaves_all_others_as_they_are() {
    let audiences = "audiences:\n  executives: { updates_every: { P1: 10m } }\n";
    let story = "  - reload: sooner/
  - event: { key: a, stage: triggered, service: checkout-api, priority: P1, impact: none }
    says: { executives: [9時10分], customer-service: [9時30分] }
";
    assert_eq!(differences(&play_with(story, &[("stories/sooner/audiences.yaml", audiences)]).0), [""; 0]);
}

#[test]
fn what_comes_while_no_router_runs_waits_on_the_log() {
    let story = "  - stop: router
  - at: 1m
    event: { key: a, stage: triggered, service: checkout-api, priority: P1, impact: none }
    nobody_else: true
  - at: 9m
    restart: router
    expect: { executives: opening }
    says: { executives: [9時31分] }
";
    assert_eq!(differences(&play(story)), [""; 0]);
}

#[test]
fn a_persons_update_is_about_the_incident_that_it_names() {
    let story = "  - event: { key: a, stage: triggered, service: checkout-api, priority: P3, impact: none }
  - event: { key: b, stage: triggered, service: payments, priority: P3, impact: none }
    expect: { executives: not_matched }
  - update: { by: business-response, key: herald/b, priority: P1 }
    expect: { executives: opening }
  - at: 1m
    event: { key: a, stage: resolved }
    expect: { executives: not_told_before }
  - at: 2m
    event: { key: b, stage: resolved }
    expect: { executives: resolved }
";
    assert_eq!(differences(&play(story)), [""; 0]);
}
