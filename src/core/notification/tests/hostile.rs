//! Words from outside are text: a hostile text in every field of every template changes nothing
//! of the parsed tree but text.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::{default_policy, notice, notices, policy, rendered};
use crate::core::notification::{Content, Notice, render};
use crate::core::policy::Policy;
use crate::core::template::Templates;
use crate::core::template::samples::{HOSTILE, Knowledge};
use crate::core::text::{LocalText, is_direction_control};
use crate::core::vocabulary::{Kind, Lifecycle};

/// What a reader of `CommonMark`, with GitHub's additions, finds beside text: how often each.
fn structure(body: &str) -> BTreeMap<String, usize> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES;
    let mut found = BTreeMap::new();
    for event in Parser::new_ext(body, options) {
        let name = match event {
            Event::Start(Tag::Link { dest_url, .. }) => format!("link {dest_url}"),
            Event::Start(Tag::Image { .. }) => "image".to_owned(),
            Event::Start(tag) => format!("{tag:?}"),
            Event::Html(_) | Event::InlineHtml(_) => "html".to_owned(),
            Event::Code(_) => "code".to_owned(),
            Event::Rule => "rule".to_owned(),
            Event::FootnoteReference(_) => "footnote".to_owned(),
            Event::TaskListMarker(_) => "task".to_owned(),
            _ => continue,
        };
        *found.entry(name).or_default() += 1;
    }
    found
}

/// Of the hostile words nothing that acts is left in the plain parts.
fn check_plain(content: &Content, what: &str) {
    for part in [&content.subject, &content.thread_subject, &content.short, &content.text, &content.body] {
        assert!(
            !part.chars().any(|c| c.is_control() && c != '\n' || is_direction_control(c)),
            "{what}: {part:?}"
        );
        for armed in ["@channel", "<@U", "<!here>", "http://evil", "evil.example", "www.evil", "<div", "<b "]
        {
            assert!(!part.contains(armed), "{what}: {armed} in {part}");
        }
    }
    for part in [&content.subject, &content.thread_subject, &content.short] {
        assert!(!part.contains('\n'), "{what}: {part:?}");
    }
}

/// Checks both languages; answers the templates that spoke.
fn check(policy: &Policy, kind_audience: &str, calm: &Notice, hostile: &Notice) -> BTreeSet<String> {
    let mut spoke = BTreeSet::new();
    for language in ["ja", "en"] {
        let what = format!("{kind_audience} {language}");
        let (calm, hostile) = (rendered(policy, calm, language), rendered(policy, hostile, language));
        assert_eq!(hostile.fallbacks, [], "{what}");
        spoke.insert(format!("{language}/{}", hostile.notification.template.name));
        let (calm, hostile) = (&calm.notification.contents[0], &hostile.notification.contents[0]);
        let before = structure(&calm.body);
        for (name, count) in structure(&hostile.body) {
            // A body that had to be cut says so in a paragraph.
            let more = usize::from(name == "Paragraph" && hostile.body.ends_with('…'));
            let allowed = before.get(&name).copied().unwrap_or(0) + more;
            assert!(count <= allowed, "{what}: {count} {name} instead of {allowed} in\n{}", hostile.body);
        }
        check_plain(hostile, &what);
    }
    spoke
}

/// With words of a person for exactly this audience.
fn written(notice: &Notice) -> Notice {
    let words = ["ja", "en"].map(|language| (language.to_owned(), "calm".to_owned()));
    Notice { words: LocalText(words.into()), ..notice.clone() }
}

/// Puts a text wherever a text can stand.
fn poison(notice: &Notice, text: &str) -> Notice {
    let mut notice = notice.clone();
    let view = Arc::make_mut(&mut notice.view);
    let local = || LocalText(["ja", "en"].map(|language| (language.to_owned(), text.to_owned())).into());
    let own = || text.to_owned();
    view.symptom = local();
    view.symptom_public = local();
    view.workaround = local();
    view.action = local();
    view.regions = vec![own()];
    view.strategic_customers = vec![own(), own()];
    view.title = Some(own());
    view.description = Some(own());
    view.cause = Some(own());
    view.reference = Some(own());
    view.key = own();
    view.hosts = vec![own()];
    view.labels = BTreeMap::from([(own(), vec![own()])]);
    view.business_services.iter_mut().for_each(|service| service.name = local());
    view.services.iter_mut().chain(&mut view.people).for_each(|named| named.name = Some(own()));
    view.links.iter_mut().for_each(|link| link.text = Some(own()));
    view.help_wanted.iter_mut().for_each(|help| help.text = local());
    view.customer_text.iter_mut().for_each(|words| words.text = local());
    if let Some(eta) = &mut view.eta {
        eta.confidence = Some(own());
    }
    if let Some(addressee) = &mut notice.addressee {
        addressee.name = own();
        addressee.liaison = Some(own());
    }
    if !notice.words.is_empty() {
        notice.words = local();
    }
    notice.merged_from = notice.merged_from.map(|_| own());
    for about in &mut notice.about {
        about.item.addressees.iter_mut().for_each(|name| *name = own());
        about.item.last_said = about.item.last_said.take().map(|_| own());
        about.item.draft = about.item.draft.take().map(|_| own());
        about.draft = about.draft.take().map(|draft| Box::new(poison(&draft, text)));
    }
    notice
}

/// Every message of every kind to every audience, with and without a person's words for it.
fn check_all(policy: &Policy) -> BTreeSet<String> {
    let mut spoke = BTreeSet::new();
    for audience in &policy.audiences {
        for &kind in Kind::ALL {
            let what = format!("{}/{kind}", audience.name);
            for calm in notices(policy, &audience.name, kind, Knowledge::Everything) {
                let with_words = written(&calm);
                spoke.extend(check(policy, &what, &calm, &poison(&calm, HOSTILE)));
                spoke.extend(check(policy, &what, &with_words, &poison(&with_words, HOSTILE)));
            }
            let calm = written(&notice(policy, &audience.name, kind, Knowledge::Everything));
            spoke.extend(check(
                policy,
                &what,
                &calm,
                &notice(policy, &audience.name, kind, Knowledge::Hostile),
            ));
        }
    }
    spoke
}

#[test]
fn hostile_words_stay_words_in_every_default_template() {
    let policy = default_policy();
    let spoke = check_all(&policy);
    let missed: Vec<_> = policy
        .templates
        .iter()
        .map(|template| format!("{}/{}", template.language(), template.path()))
        .filter(|path| !spoke.contains(path))
        .collect();
    assert!(missed.is_empty(), "not tested: {missed:?}");
    assert!(spoke.contains("ja/built-in"), "leads' messages");
}

#[test]
fn hostile_words_stay_words_in_what_leads_read() {
    let policy = default_policy();
    for audience in &policy.audiences {
        for &kind in Kind::ALL.iter().filter(|kind| kind.lifecycle() == Lifecycle::Lead) {
            let mut calm = notice(&policy, &audience.name, kind, Knowledge::Everything);
            // What an older version's item said, with nothing to find it again from.
            calm.about.iter_mut().for_each(|about| {
                about.last = None;
                about.item.last_said = Some("calm".to_owned());
            });
            let hostile = poison(&calm, HOSTILE);
            check(&policy, &format!("{}/{kind}", audience.name), &calm, &hostile);
            for item in render(&hostile, &policy).notification.about {
                assert!(item.last_said.is_some(), "{kind}");
                let drafted =
                    [Kind::UpdateDue, Kind::UpdateOverdue, Kind::ReleaseWanted, Kind::ApprovalWanted];
                assert_eq!(item.draft.is_some(), drafted.contains(&kind), "{kind}");
            }
        }
    }
}

#[test]
fn each_trick_alone_stays_words() {
    let policy = default_policy();
    let calm = notice(&policy, "technical-teams", Kind::Update, Knowledge::Everything);
    let strategic = notice(&policy, "customers-strategic", Kind::Update, Knowledge::Everything);
    let final_report = notice(&policy, "customers-strategic", Kind::FollowUp, Knowledge::Everything);
    let to_lead = notice(&policy, "customers-strategic", Kind::ApprovalWanted, Knowledge::Everything);
    for trick in [
        "[a](http://evil.example)",
        "![a](http://evil.example)",
        "(http://evil.example)",
        "](http://evil.example)",
        ": http://evil.example",
        "[a]: http://evil.example",
        "<a href=x>",
        "<http://evil.example>",
        "<!-- ",
        "&lt;b&gt;",
        "# a",
        "## a ##",
        "===",
        "---",
        "***",
        "- a",
        "* a",
        "+ a",
        "1. a",
        "1) a",
        "> a",
        "```",
        "~~~",
        "`a`",
        "``",
        "    a",
        "\ta",
        "a  \nb",
        "\n\n# a",
        "\r# a",
        "\u{2028}# a",
        "\u{85}# a",
        "\\",
        "a\\",
        "*a*",
        "_a_",
        "**",
        "~~a~~",
        "| a |\n|---|\n| b |",
        "[ ] a",
        "[^1]",
        "a!",
        "!",
        "@channel",
        "<!channel>",
        "<@U1>",
        "@everyone",
        "http://evil.example",
        "//evil.example",
        "evil.example",
        "javascript:alert(1)",
        "mailto:a@evil.example",
        "\u{202e}a",
        "a\u{200b}b",
    ] {
        for calm in [&calm, &strategic, &final_report, &to_lead] {
            check(&policy, trick, calm, &poison(calm, trick));
        }
    }
}

#[test]
fn built_in_words_escape_as_well() {
    let spoke = check_all(&policy(Templates::default()));
    assert_eq!(spoke, BTreeSet::from(["ja/built-in".to_owned(), "en/built-in".to_owned()]));
}

#[test]
fn links_come_only_from_allowed_hosts() {
    let policy = default_policy();
    let notice = notice(&policy, "technical-teams", Kind::Opening, Knowledge::Everything);
    let body = &rendered(&policy, &notice, "en").notification.contents[0].body;
    let links: Vec<_> = structure(body).into_keys().filter(|name| name.starts_with("link")).collect();
    let expected =
        ["bridge", "channel", "incidents/1"].map(|path| format!("link https://status.example.com/{path}"));
    assert_eq!(links, expected);
    assert!(body.contains(r"runbook: https\[:\]//evil\[.\]example/(runbook)"), "{body}");
}
