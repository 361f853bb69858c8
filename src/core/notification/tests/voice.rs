//! The voice of domain.md section 6, held to in every default message.

use std::collections::BTreeSet;

use super::{default_policy, notices, reader_kinds, rendered};
use crate::core::notification::{Content, Notice};
use crate::core::policy::Policy;
use crate::core::template::samples::Knowledge;
use crate::core::vocabulary::{DataState, Kind};

/// Every message to this audience, in this language.
fn messages(policy: &Policy, audience: &str, language: &str) -> Vec<(Notice, Content)> {
    let knowledge = [Knowledge::Everything, Knowledge::Nothing];
    let all = reader_kinds().flat_map(|kind| {
        knowledge.into_iter().flat_map(move |knowledge| notices(policy, audience, kind, knowledge))
    });
    all.map(|notice| {
        let content = rendered(policy, &notice, language).notification.contents.remove(0);
        (notice, content)
    })
    .collect()
}

fn names(policy: &Policy) -> Vec<String> {
    policy.audiences.iter().map(|audience| audience.name.clone()).collect()
}

fn all_of(content: &Content) -> String {
    format!("{}\n{}\n{}", content.subject, content.short, content.text)
}

fn count(text: &str, words: &[&str]) -> usize {
    words.iter().map(|word| text.matches(word).count()).sum()
}

const APOLOGIES: [&str; 4] = ["申し訳ござい", "お詫び", "sorry", "apolog"];

#[test]
fn customers_read_one_apology_and_nobody_else_reads_any() {
    let policy = default_policy();
    for audience in names(&policy) {
        for language in ["ja", "en"] {
            for (notice, content) in messages(&policy, &audience, language) {
                let wanted = usize::from(audience.starts_with("customers"));
                let text = content.text.to_lowercase();
                assert_eq!(count(&text, &APOLOGIES), wanted, "{audience}/{}: {text}", notice.kind);
            }
        }
    }
}

#[test]
fn all_customers_read_three_to_five_sentences_and_no_promised_time() {
    let policy = default_policy();
    for (notice, content) in messages(&policy, "customers-general", "ja") {
        let first = content.text.split("\n\n").next().unwrap();
        let sentences = first.matches('。').count();
        // A final report is as long as what a person reports.
        let most = if notice.kind == Kind::FollowUp { 6 } else { 5 };
        assert!((3..=most).contains(&sentences), "{}: {sentences} in {first}", notice.kind);
        assert!(!content.text.contains("までに"), "{}: {first}", notice.kind);
    }
}

#[test]
fn an_end_that_nobody_reported_does_not_say_that_it_was_repaired() {
    let policy = default_policy();
    for audience in names(&policy) {
        for language in ["ja", "en"] {
            for (_, content) in messages(&policy, &audience, language)
                .into_iter()
                .filter(|(notice, _)| notice.reports_stopped)
            {
                let text = all_of(&content).replace("「復旧しました」とはお伝えせず", "");
                let claims = ["復旧しました", "解消いたしました", "working again", "is over", "ended at"];
                assert_eq!(count(&text, &claims), 0, "{audience}: {text}");
                // Since when nothing was heard.
                let since = ["15時08分", "15:08"];
                assert!(count(&content.text, &since) > 0, "{audience}: {text}");
                assert!(!content.subject.contains("復旧報") && !content.subject.contains("Resolved"));
            }
        }
    }
}

#[test]
fn the_time_of_a_closing_is_not_the_time_of_a_last_report() {
    let policy = default_policy();
    for audience in names(&policy) {
        for language in ["ja", "en"] {
            let mut notice =
                notices(&policy, &audience, Kind::Resolved, Knowledge::Everything).swap_remove(1);
            notice.decided_at = notice.view.resolved_at.unwrap();
            let content = rendered(&policy, &notice, language).notification.contents.remove(0);
            assert_eq!(count(&all_of(&content), &["15時08分", "15:08", "48"]), 0, "{audience}: {content:?}");
        }
    }
}

#[test]
fn an_update_without_news_says_so_and_repeats_nothing() {
    let policy = default_policy();
    for audience in names(&policy) {
        for (language, says) in [("ja", "情報は"), ("en", "nothing new")] {
            let updates = messages(&policy, &audience, language);
            let (without, with): (Vec<_>, Vec<_>) = updates
                .into_iter()
                .filter(|(notice, _)| notice.kind == Kind::Update)
                .partition(|(notice, _)| !notice.new_information);
            for (notice, content) in &without {
                assert!(content.text.contains(says), "{audience}: {}", content.text);
                let symptom = ["ご購入を完了できない", "can't complete"];
                assert_eq!(count(&content.text, &symptom), 0, "{audience}: {}", content.text);
                let next = notice.next_update_by.is_some() && audience != "customers-general";
                let promised = ["15時28分", "15:28"];
                assert_eq!(count(&content.text, &promised) > 0, next, "{audience}: {}", content.text);
            }
            for (_, content) in &with {
                assert!(!content.text.contains("nothing new"), "{audience}: {}", content.text);
                assert!(without.iter().all(|(_, other)| other.text != content.text), "{audience}");
            }
        }
    }
}

#[test]
fn merged_names_both_references_and_promises_the_end() {
    let policy = default_policy();
    for audience in names(&policy) {
        for (language, promise) in
            [("ja", &["あわせて", "改めて"][..]), ("en", &["you will be told", "we will tell you"][..])]
        {
            for (_, content) in messages(&policy, &audience, language)
                .into_iter()
                .filter(|(notice, _)| notice.kind == Kind::Merged)
            {
                let text = content.text.to_lowercase();
                assert!(text.contains("7k2mq4zd") && text.contains("4qx9t2mb"), "{audience}: {text}");
                assert!(count(&text, promise) > 0, "{audience}: {text}");
            }
        }
    }
}

#[test]
fn a_thread_keeps_its_subject() {
    let policy = default_policy();
    for audience in names(&policy) {
        for language in ["ja", "en"] {
            let messages = messages(&policy, &audience, language);
            let subjects: BTreeSet<_> =
                messages.iter().map(|(_, content)| content.thread_subject.as_str()).collect();
            assert_eq!(subjects.len(), 1, "{audience}: {subjects:?}");
        }
    }
}

#[test]
fn at_the_end_data_loss_is_stated_either_way_or_being_confirmed() {
    let policy = default_policy();
    for (audience, none, unknown) in [
        ("executives", "データの消失と流出はありません", "確認中"),
        ("legal", "データの消失と流出はありません", "確認中"),
        ("customers-strategic", "データの消失、流出はございません", "データへの影響: 確認中です"),
        (
            "customers-general",
            "データの消失や流出はございません",
            "データへの影響の有無は、当社で確認しております",
        ),
    ] {
        let text = |state: Option<DataState>| {
            let mut notice = notices(&policy, audience, Kind::Resolved, Knowledge::Everything).swap_remove(0);
            let view = std::sync::Arc::make_mut(&mut notice.view);
            (view.data_loss, view.data_exposure) = (state, state);
            rendered(&policy, &notice, "ja").notification.contents.remove(0).text
        };
        assert!(text(Some(DataState::None)).contains(none), "{audience}");
        assert!(text(None).contains(unknown), "{audience}");
        assert!(text(Some(DataState::Unknown)).contains(unknown), "{audience}");
        assert!(text(Some(DataState::Suspected)).contains("疑いあり"), "{audience}");
    }
}

#[test]
fn nothing_reads_as_if_a_word_were_missing() {
    let policy = default_policy();
    for audience in names(&policy) {
        for language in ["ja", "en"] {
            for (notice, content) in messages(&policy, &audience, language) {
                let text = all_of(&content);
                let broken = [
                    "「」",
                    "()",
                    "()",
                    "。。",
                    "、。",
                    ":。",
                    ". .",
                    " .",
                    " ,",
                    ": .",
                    "  ",
                    "none\n- none",
                    "null",
                    "undefined",
                    "{{",
                    "- \n",
                    "-\n",
                ];
                let found: Vec<_> = broken.iter().filter(|broken| text.contains(**broken)).collect();
                assert!(found.is_empty(), "{audience}/{} {language}: {found:?} in {text}", notice.kind);
            }
        }
    }
}

#[test]
fn a_persons_words_for_an_audience_reach_it() {
    let policy = default_policy();
    let kinds = [
        Kind::Opening,
        Kind::Update,
        Kind::Upgraded,
        Kind::Downgraded,
        Kind::Correction,
        Kind::Reopened,
        Kind::Resolved,
        Kind::FollowUp,
    ];
    for audience in names(&policy) {
        // At the end all customers read the period and what to redo, nothing else.
        let told = kinds.iter().filter(|kind| audience != "customers-general" || **kind != Kind::Resolved);
        for &kind in told {
            let mut notice = notices(&policy, &audience, kind, Knowledge::Everything).swap_remove(0);
            notice.words = crate::core::text::LocalText::one("ja", "別の倉庫から発送しております");
            let content = rendered(&policy, &notice, "ja").notification.contents.remove(0);
            let times = content.text.matches("別の倉庫から発送しております").count();
            assert_eq!(times, 1, "{audience}/{kind}: {}", content.text);
        }
    }
}
