//! Where a template can't be used, the reader is told all the same.

use super::{default_policy, notice, policy, rendered};
use crate::core::notification::{Approval, render};
use crate::core::policy::Policy;
use crate::core::template::Templates;
use crate::core::template::samples::Knowledge;
use crate::core::text::LocalText;
use crate::core::vocabulary::{Kind, Stage};

fn one(stem: &str, body: &str, approved: &[&str], policy: impl Fn(&mut Policy)) -> Policy {
    let mut builder = Templates::builder(&[]);
    let source = format!("---\nsubject: from {stem}\nthread_subject: t\nshort: s\n---\n{body}\n");
    builder.add("en", "sales", stem, &source).unwrap();
    builder
        .add("en", "sales", "update", "---\nsubject: general\nthread_subject: t\nshort: s\n---\nx")
        .unwrap();
    let approvals = |roles: &[&str]| {
        roles
            .iter()
            .map(|role| Approval { role: (*role).to_owned(), at: jiff::Timestamp::UNIX_EPOCH })
            .collect()
    };
    builder.approve("en", "sales", stem, approvals(approved));
    builder.approve("en", "sales", "update", approvals(&["legal"]));
    let mut made = super::policy(builder.build());
    policy(&mut made);
    made
}

fn said(policy: &Policy, kind: Kind, knowledge: Knowledge) -> (String, bool, usize, usize) {
    let notice = notice(policy, "sales", kind, knowledge);
    let rendered = rendered(policy, &notice, "en");
    let content = &rendered.notification.contents[0];
    assert!(!content.subject.is_empty() && !content.body.is_empty() && !content.short.is_empty());
    (
        content.subject.clone(),
        rendered.notification.template.fallback,
        rendered.fallbacks.len(),
        rendered.unapproved.len(),
    )
}

#[test]
fn a_template_that_fails_gives_way_to_the_built_in_text() {
    for body in [
        "{{ workaround }}",
        "{{ nothing.at.all }}",
        "{{ impact | clock }}",
        "{% for a in [1,2,3,4,5,6,7,8,9] %}{% for b in [1,2,3,4,5,6,7,8,9] %}{% for c in [1,2,3,4,5,6,7,8,9] %}{% for d in [1,2,3,4,5,6,7,8,9] %}{% for e in [1,2,3,4,5,6,7,8,9] %}x{% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}",
        "{% if workaround %}x{% endif %}",
    ] {
        let policy = one("opening", body, &[], |_| {});
        let (subject, fallback, fallbacks, _) = said(&policy, Kind::Opening, Knowledge::Nothing);
        assert!(subject.starts_with("[First report]") && fallback && fallbacks == 1, "{body}: {subject}");
    }
}

#[test]
fn the_most_special_template_speaks_and_never_one_of_another_kind() {
    let policy = one("update.identified.P1", "x", &[], |_| {});
    assert_eq!(said(&policy, Kind::Update, Knowledge::Everything).0, "from update.identified.P1");
    assert_eq!(said(&policy, Kind::Update, Knowledge::Nothing).0, "general");
    let (subject, fallback, ..) = said(&policy, Kind::Upgraded, Knowledge::Everything);
    // There is none: nothing went wrong, the built-in text speaks.
    assert!(subject.starts_with("[Update 3]") && !fallback, "{subject}");
}

#[test]
fn an_unapproved_template_is_not_used() {
    let needs = |policy: &mut Policy| {
        for audience in policy.audiences.iter_mut().filter(|audience| audience.name == "sales") {
            audience.template_approval = vec!["legal".to_owned()];
        }
    };
    let approved = one("update.P1", "x", &["legal"], needs);
    assert_eq!(
        said(&approved, Kind::Update, Knowledge::Everything),
        ("from update.P1".to_owned(), false, 0, 0)
    );
    let not = one("update.P1", "x", &["sponsor"], needs);
    assert_eq!(said(&not, Kind::Update, Knowledge::Everything), ("general".to_owned(), false, 0, 1));
    let none = one("opening", "x", &[], needs);
    let (subject, fallback, fallbacks, unapproved) = said(&none, Kind::Opening, Knowledge::Everything);
    assert!(
        subject.starts_with("[First report]") && fallback && (fallbacks, unapproved) == (1, 1),
        "{subject}"
    );
}

#[test]
fn an_audience_that_is_gone_is_told_its_end() {
    let mut policy = default_policy();
    let internal = notice(&policy, "executives", Kind::Resolved, Knowledge::Everything);
    let customers = notice(&policy, "customers-general", Kind::Resolved, Knowledge::Everything);
    policy.audiences.clear();
    assert_eq!(render(&internal, &policy).notification.template.name, "executives/resolved.md");
    let end = render(&customers, &policy).notification;
    assert_eq!(end.template.name, "built-in");
    assert!(end.contents[0].subject.contains("復旧"), "{}", end.contents[0].subject);
}

#[test]
fn words_of_another_language_are_marked_for_internal_readers_and_left_out_for_customers() {
    let policy = default_policy();
    for (audience, expected) in [("executives", Some("[ja] 決済が遅いです")), ("customers-general", None)]
    {
        let mut notice = notice(&policy, audience, Kind::Opening, Knowledge::Nothing);
        notice.words = LocalText::one("ja", "決済が遅いです");
        let english = rendered(&policy, &notice, "en").notification;
        assert_eq!(
            english.incident.fields.get("symptom").and_then(|value| value.as_str()),
            expected,
            "{audience}"
        );
        let japanese = rendered(&policy, &notice, "ja").notification;
        assert!(japanese.contents[0].body.contains("決済が遅いです"), "{audience}");
    }
}

#[test]
fn customers_never_read_what_is_not_theirs() {
    let policy = default_policy();
    for audience in ["customers-strategic", "customers-general"] {
        for kind in super::reader_kinds() {
            let mut notice = notice(&policy, audience, kind, Knowledge::Everything);
            std::sync::Arc::make_mut(&mut notice.view).stage = Some(Stage::Mitigating);
            let json = serde_json::to_string(&render(&notice, &policy).notification).unwrap();
            for secret in [
                "checkout-api",
                "pagerduty",
                "P1",
                "4711",
                "duty-business",
                "18.5",
                "mitigating",
                "違約金",
                "Tanaka",
            ] {
                assert!(!json.contains(secret), "{audience}/{kind}: {secret} in {json}");
            }
        }
    }
}

#[test]
fn a_policy_without_templates_and_languages_still_speaks() {
    let mut policy = policy(Templates::default());
    policy.languages.clear();
    let mut notice = notice(&policy, "executives", Kind::Opening, Knowledge::Nothing);
    notice.languages.clear();
    notice.time_zone = "Nowhere/Land".to_owned();
    assert_eq!(render(&notice, &policy).notification.contents.len(), 1);
}
