//! Every part stays within its limit, whatever comes in.

use std::sync::Arc;

use super::{default_policy, notice, notices, policy, reader_kinds, rendered};
use crate::core::limits;
use crate::core::notification::{Content, render};
use crate::core::template::Templates;
use crate::core::template::samples::Knowledge;
use crate::core::text::LocalText;
use crate::core::vocabulary::Kind;

#[test]
fn parts_stay_within_their_limits() {
    for policy in [default_policy(), policy(Templates::default())] {
        for audience in &policy.audiences {
            let samples = Kind::ALL
                .iter()
                .flat_map(|&kind| Knowledge::ALL.into_iter().flat_map(move |knowledge| [(kind, knowledge)]));
            for (kind, knowledge) in samples {
                for notice in notices(&policy, &audience.name, kind, knowledge) {
                    for content in &render(&notice, &policy).notification.contents {
                        check(content, &format!("{}/{kind} {knowledge}", audience.name));
                    }
                }
            }
        }
    }
}

fn check(content: &Content, what: &str) {
    let what = format!("{what}: {content:?}");
    assert!(content.subject.chars().count() <= limits::SUBJECT_CHARS_MAX, "{what}");
    assert!(content.thread_subject.chars().count() <= limits::SUBJECT_CHARS_MAX, "{what}");
    assert!(content.body.chars().count() <= limits::BODY_CHARS_MAX, "{what}");
    assert!(content.text.chars().count() <= limits::PLAIN_TEXT_CHARS_MAX, "{what}");
    assert_eq!(content.sms.segments, 1, "{what}");
    assert!(!content.short.is_empty() && !content.text.is_empty(), "{what}");
}

#[test]
fn worked_messages_need_no_cutting() {
    let policy = default_policy();
    for audience in &policy.audiences {
        for kind in Kind::ALL {
            for notice in notices(&policy, &audience.name, *kind, Knowledge::Everything) {
                for language in ["ja", "en"] {
                    let content = rendered(&policy, &notice, language).notification.contents.remove(0);
                    let what = format!("{}/{kind}: {} / {}", audience.name, content.subject, content.short);
                    assert!(!content.subject.contains('…') && !content.body.ends_with('…'), "{what}");
                    assert!(!content.short.contains('…') && !content.short.contains("..."), "{what}");
                }
            }
        }
    }
}

#[test]
fn key_facts_stand_within_the_first_20_full_width_characters() {
    let policy = default_policy();
    for audience in &policy.audiences {
        for kind in reader_kinds() {
            let notice = notice(&policy, &audience.name, kind, Knowledge::Everything);
            let subject = rendered(&policy, &notice, "ja").notification.contents.remove(0).subject;
            let mut width = 0;
            let seen: String = subject
                .chars()
                .take_while(|c| {
                    width += if c.is_ascii() { 1 } else { 2 };
                    width <= 40
                })
                .collect();
            let fact = if audience.name == "technical-teams" { "checkout-api" } else { "ご購入手続き" };
            assert!(seen.contains(fact), "{}/{kind}: {seen}", audience.name);
        }
    }
}

#[test]
fn a_record_is_shrunk_rather_than_refused() {
    let policy = default_policy();
    let mut notice = notice(&policy, "technical-teams", Kind::Opening, Knowledge::Everything);
    let long = "あ".repeat(limits::TEXT_CHARS_MAX);
    let view = Arc::make_mut(&mut notice.view);
    view.description = Some(long.clone());
    view.cause = Some(long.clone());
    view.symptom = LocalText([("ja".to_owned(), long.clone()), ("en".to_owned(), long)].into());
    view.hosts = vec!["x".repeat(limits::NAME_CHARS_MAX); limits::LIST_ITEMS_MAX];
    view.labels = (0..limits::LABELS_MAX).map(|n| (n.to_string(), vec!["\"".repeat(500); 50])).collect();
    notice.languages = (0..20).map(|n| format!("x{n}")).collect();
    let rendered = render(&notice, &policy);
    let bytes = serde_json::to_vec(&rendered.notification).unwrap().len();
    assert!(bytes <= limits::NOTIFICATION_BYTES_MAX, "{bytes}");
    assert_eq!(rendered.notification.contents.len(), 20);
    assert!(rendered.notification.contents.iter().all(|content| !content.body.is_empty()));
}
