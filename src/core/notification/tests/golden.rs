//! Every default template on worked incidents, in one file to be read: a change of words is
//! reviewed as words.

use std::fmt::Write as _;

use super::{COURSE, default_policy, notice, rendered};
use crate::core::template::samples::Knowledge;
use crate::core::vocabulary::Kind;

fn pack(language: &str, knowledge: Knowledge) -> String {
    let policy = default_policy();
    let mut pack = String::new();
    for audience in &policy.audiences {
        for kind in COURSE {
            let notice = notice(&policy, &audience.name, kind, knowledge);
            let rendered = rendered(&policy, &notice, language);
            assert_eq!(rendered.fallbacks, [], "{} {kind}", audience.name);
            let content = &rendered.notification.contents[0];
            let _ = writeln!(
                pack,
                "==== {}/{kind} ({})\nsubject: {}\nthread:  {}\nshort:   {} [{} × {}]\n\n{}\n",
                audience.name,
                rendered.notification.template.name,
                content.subject,
                content.thread_subject,
                content.short,
                content.sms.encoding,
                content.sms.segments,
                content.body,
            );
        }
    }
    pack
}

#[test]
fn japanese_with_everything_known() {
    insta::assert_snapshot!("ja-everything", pack("ja", Knowledge::Everything));
}

#[test]
fn english_with_everything_known() {
    insta::assert_snapshot!("en-everything", pack("en", Knowledge::Everything));
}

#[test]
fn japanese_with_nothing_known() {
    insta::assert_snapshot!("ja-nothing", pack("ja", Knowledge::Nothing));
}

#[test]
fn english_with_nothing_known() {
    insta::assert_snapshot!("en-nothing", pack("en", Knowledge::Nothing));
}

#[test]
fn built_in_words_and_words_to_leads() {
    let policy = super::policy(crate::core::template::Templates::default());
    let mut pack = String::new();
    for name in ["executives", "customers-general"] {
        for &kind in Kind::ALL {
            for language in ["ja", "en"] {
                let notice = notice(&policy, name, kind, Knowledge::Everything);
                let rendered = rendered(&policy, &notice, language);
                let content = &rendered.notification.contents[0];
                let _ = writeln!(
                    pack,
                    "==== {name}/{kind}\n{}\n{}\n\n{}\n",
                    content.subject, content.short, content.text
                );
            }
        }
    }
    insta::assert_snapshot!("built-in", pack);
}
