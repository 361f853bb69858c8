//! What leads read: since when, what was said last, one action with its command, and the draft.

use super::{default_policy, notice, notices, rendered};
use crate::core::notification::{Content, render};
use crate::core::template::samples::Knowledge;
use crate::core::vocabulary::{Kind, Lifecycle};

fn lead_kinds() -> impl Iterator<Item = Kind> {
    Kind::ALL.iter().copied().filter(|kind| kind.lifecycle() == Lifecycle::Lead)
}

fn said(kind: Kind, language: &str) -> Content {
    let policy = default_policy();
    let notice = notice(&policy, "executives", kind, Knowledge::Everything);
    rendered(&policy, &notice, language).notification.contents.remove(0)
}

#[test]
fn each_kind_asks_one_thing_and_says_what_does_it() {
    let commands = [
        (Kind::UpdateDue, "herald incident update i-sample --no-change"),
        (Kind::UpdateOverdue, "herald incident update i-sample --no-change"),
        (Kind::ReleaseWanted, "herald incident release i-sample customers-general"),
        (Kind::ApprovalWanted, "herald incident approve i-sample e-4q7wzj3n5k2m6x7b2v3c4d5f6g --role legal"),
        (Kind::TemplateUnapproved, "herald check"),
        (Kind::LeadMissing, "herald incident update i-sample --lead business-response=NAME"),
        (Kind::IncidentSilent, "herald incident update i-sample --stage STAGE"),
        (Kind::RenderingFailed, "herald check"),
        (Kind::TranslationMissing, "herald incident update i-sample --text customers-general:LANGUAGE=WORDS"),
    ];
    assert_eq!(lead_kinds().count(), commands.len());
    let mut policy = default_policy();
    policy.audiences.iter_mut().for_each(|audience| audience.text_approval = vec!["legal".to_owned()]);
    for (kind, command) in commands {
        for (language, title, what) in [("ja", "お客様", "ご購入手続き"), ("en", "Customers", "Checkout")]
        {
            let notice = notice(&policy, "customers-general", kind, Knowledge::Everything);
            let content = rendered(&policy, &notice, language).notification.contents.remove(0);
            assert_eq!(content.body.matches('`').count(), 2, "{kind}: {}", content.body);
            assert!(content.body.contains(&format!("`{command}`")), "{kind}: {}", content.body);
            assert!(content.subject.contains(what) && content.short.contains(what), "{kind}: {content:?}");
            let is_named = content.subject.contains(&format!("{title}:"))
                || content.subject.contains(&format!("{title}:"))
                || content.subject.contains(&format!("{title}への"));
            assert_eq!(is_named, kind != Kind::LeadMissing, "{kind}: {}", content.subject);
        }
    }
}

#[test]
fn subjects_read_as_the_domain_writes_them() {
    let cases = [
        (
            Kind::UpdateDue,
            "【要対応 14:43】経営層への続報:作成をお願いします(ご購入手続き)",
            "[Action by 14:43 JST] Executives: update is due (Checkout)",
        ),
        (
            Kind::UpdateOverdue,
            "【期限超過 14:38】経営層への続報:まだ出ていません(ご購入手続き)",
            "[Overdue since 14:38 JST] Executives: update has not gone out (Checkout)",
        ),
        (
            Kind::ReleaseWanted,
            "【要判断】経営層:第一報を公開してよいかご判断ください(ご購入手続き)",
            "[Decision wanted] Executives: may the first report go out? (Checkout)",
        ),
    ];
    for (kind, japanese, english) in cases {
        assert_eq!(said(kind, "ja").subject, japanese);
        assert_eq!(said(kind, "en").subject, english);
    }
}

#[test]
fn what_was_said_last_is_said_in_the_language_of_the_message() {
    let (japanese, english) = (said(Kind::UpdateDue, "ja"), said(Kind::UpdateDue, "en"));
    assert!(
        japanese.text.contains("前回: 14:23 第一報「調査中」、お客様影響「大」(P1)"),
        "{}",
        japanese.text
    );
    let last = "last told: 14:23 JST, First report: under investigation, customer impact major (P1)";
    assert!(english.text.contains(last), "{}", english.text);
    let policy = default_policy();
    let both = notice(&policy, "executives", Kind::UpdateDue, Knowledge::Everything);
    let both = render(&both, &policy).notification;
    assert_eq!([&both.contents[0], &both.contents[1]], [&japanese, &english]);
    assert_eq!(both.about[0].last_said.as_deref(), Some("14:23 第一報「調査中」、お客様影響「大」(P1)"));
}

#[test]
fn a_draft_is_what_would_go_out() {
    let policy = default_policy();
    let notice = |kind| notice(&policy, "customers-general", kind, Knowledge::Everything);
    let nothing_new = notices(&policy, "customers-general", Kind::Update, Knowledge::Everything).remove(1);
    let drafts = [
        (Kind::ReleaseWanted, notice(Kind::Opening)),
        (Kind::UpdateDue, nothing_new.clone()),
        (Kind::UpdateOverdue, nothing_new),
    ];
    for (kind, draft) in drafts {
        let wanted = notice(kind);
        let item = render(&wanted, &policy).notification.about.remove(0);
        for (place, language) in ["ja", "en"].into_iter().enumerate() {
            let draft = rendered(&policy, &draft, language).notification.contents.remove(0).text;
            let content = rendered(&policy, &wanted, language).notification.contents.remove(0);
            for line in draft.lines().filter(|line| !line.is_empty()) {
                assert!(content.text.contains(line), "{kind} {language}: {line} in {}", content.text);
            }
            if place == 0 {
                assert_eq!(item.draft.as_deref(), Some(draft.as_str()));
            }
        }
    }
}
