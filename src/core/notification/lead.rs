//! What a lead reads: which audiences, since when, what was last said, and one action with the
//! command that does it. Drafts are quoted as they would go out.

use std::fmt::Write as _;

use jiff::tz::TimeZone;
use serde_json::Value;

use super::builtin::Material;
use super::lead_ask::{Ask, ask};
use super::notice::{About, LastSaid, Notice};
use super::render::render;
use crate::core::policy::Policy;
use crate::core::template::{Medium, Moment, Tongue, Words, kind_label, row, word};
use crate::core::text::cut;
use crate::core::vocabulary::{Kind, Priority};

/// Most audiences named in a subject.
const NAMED_MAX: usize = 2;
/// Most readers named of one audience.
const ADDRESSEES_MAX: usize = 10;
/// Longest quotation of what was last said, and of a fact.
const QUOTE_CHARS_MAX: usize = 400;
/// All drafts of one message together: a lead is to judge them, so they are quoted as far as
/// the body holds them.
const DRAFTS_CHARS_MAX: usize = 1_600;

/// The notice with what was last said, and drafts, in words of this language. A notice for readers
/// has neither, and stays as it is.
pub(super) fn filled(notice: &Notice, policy: &Policy, language: &str) -> Notice {
    let mut filled = notice.clone();
    for about in &mut filled.about {
        if let Some(last) = &about.last {
            about.item.last_said = Some(said(last, notice, policy, Tongue::of(language)));
        }
        if let Some(draft) = &about.draft {
            about.item.draft = Some(draft_text(draft, policy, language));
        }
    }
    filled
}

/// The draft as its readers would get it: in this language, if it is one of theirs, else in their first.
fn draft_text(draft: &Notice, policy: &Policy, language: &str) -> String {
    let own = draft.languages.iter().find(|own| *own == language).or(draft.languages.first());
    let languages = own.cloned().into_iter().collect();
    let rendered = render(&Notice { languages, ..draft.clone() }, policy).notification;
    rendered.contents.into_iter().next().map(|content| content.text).unwrap_or_default()
}

/// What was said last, in a line: `14:23 JST, First report: under investigation, customer impact major (P1)`.
fn said(last: &LastSaid, notice: &Notice, policy: &Policy, tongue: Tongue) -> String {
    let zone = TimeZone::get(&notice.time_zone).unwrap_or_else(|_| policy.time_zone.clone());
    let today = zone.to_datetime(notice.decided_at).date();
    let at = Moment { at: last.at, zone, today }.time(tongue);
    let (japanese, english) = kind_label(last.kind).unwrap_or(("続報", "Update"));
    let stage = word(last.stage.as_str(), tongue).unwrap_or(last.stage.as_str());
    let impact = last.impact.map(|impact| word(impact.as_str(), tongue).unwrap_or(impact.as_str()));
    let priority = last.priority.map(Priority::as_str);
    let mut line = match tongue {
        Tongue::Japanese => format!("{at} {japanese}「{stage}」"),
        Tongue::English => format!("{at}, {english}: {stage}"),
    };
    // Writing into a string does not fail.
    let _ = match (tongue, impact) {
        (_, None) => Ok(()),
        (Tongue::Japanese, Some(impact)) => write!(line, "、お客様影響「{impact}」"),
        (Tongue::English, Some(impact)) => write!(line, ", customer impact {impact}"),
    };
    let _ = match (tongue, priority) {
        (_, None) => Ok(()),
        (Tongue::Japanese, Some(priority)) => write!(line, "({priority})"),
        (Tongue::English, Some(priority)) => write!(line, " ({priority})"),
    };
    line
}

/// The words of a message to a lead.
pub(super) fn words(material: &Material<'_>, policy: &Policy, language: &str) -> Words {
    let (notice, tongue) = (material.notice, material.tongue);
    let titles: Vec<_> =
        notice.about.iter().map(|about| title(policy, &about.item.audience, tongue)).collect();
    let ask = ask(notice.kind, tongue);
    let names = material.names();
    let subject = subject(material, &ask, &titles);
    let subject = tongue.pick(format!("{subject}({names})"), format!("{subject} ({names})"));
    let mut blocks = vec![material.written(Medium::Markdown, ask.action), command(material, &ask, policy)];
    blocks.extend(audiences(material, policy, &titles));
    blocks.extend(drafts(material, policy, &titles, language));
    blocks.extend(incident(material));
    let reference = material.text("public_reference").unwrap_or(&notice.thread_id);
    let thread = format!("{} {reference}", tongue.pick("リードへの連絡", "For the lead: incident"));
    let subject = material.written(Medium::Plain, &subject);
    Words {
        short: subject.clone(),
        subject,
        thread_subject: material.written(Medium::Plain, &thread),
        body: blocks.join("\n\n"),
    }
}

/// `【要対応 14:50】経営層への続報:作成をお願いします`, `[Action by 14:50 JST] Executives: update is due`.
fn subject(material: &Material<'_>, ask: &Ask, titles: &[String]) -> String {
    let tongue = material.tongue;
    let mut unique = titles.to_vec();
    unique.dedup();
    let who = row(&unique, NAMED_MAX, tongue);
    let due = material.notice.about.iter().filter_map(|about| about.item.due_at).min();
    let due = due.filter(|_| is_promise(material.notice.kind));
    let due = due.map(|at| format!(" {}", Moment { at, ..material.now.clone() }.time(tongue)));
    let mark = format!("{}{}", ask.mark, due.unwrap_or_default());
    match (tongue, who.is_empty()) {
        (Tongue::Japanese, true) => format!("【{mark}】{}", ask.headline),
        (Tongue::Japanese, false) => format!("【{mark}】{who}{}{}", ask.joint, ask.headline),
        (Tongue::English, true) => format!("[{mark}] {}", ask.headline),
        (Tongue::English, false) => format!("[{mark}] {who}{}{}", ask.joint, ask.headline),
    }
}

/// Is the time of what it is about one that was promised to readers? Else it is since when.
const fn is_promise(kind: Kind) -> bool {
    matches!(kind, Kind::UpdateDue | Kind::UpdateOverdue)
}

/// What people call the audience.
fn title(policy: &Policy, name: &str, tongue: Tongue) -> String {
    let audience = policy.audience(name).map(|(_, audience)| &audience.title);
    let title = audience.and_then(|title| title.get_or_any(tongue.pick("ja", "en")));
    title.map_or_else(|| name.to_owned(), |(_, title)| title.to_owned())
}

/// The command that does what is asked, to be copied.
fn command(material: &Material<'_>, ask: &Ask, policy: &Policy) -> String {
    let notice = material.notice;
    let mut names: Vec<_> = notice.about.iter().map(|about| about.item.audience.as_str()).collect();
    names.dedup();
    let first = names.first().copied().unwrap_or("AUDIENCE");
    let update = notice.about.iter().find_map(|about| about.update.as_deref());
    let role = policy.audience(first).and_then(|(_, audience)| audience.text_approval.first());
    let command = ask
        .command
        .replace("INCIDENT", &notice.incident_id)
        .replace("UPDATE", update.unwrap_or("UPDATE"))
        .replace("AUDIENCES", &names.join(" "))
        .replace("AUDIENCE", first)
        .replace("LEAD", notice.lead.as_str())
        .replace("ROLE", role.map_or("ROLE", String::as_str));
    // Ids and names are ours; anything else would not stay within the code.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " -_./=:".contains(c);
    let code = if command.trim().chars().all(is_plain) {
        format!("`{}`", command.trim())
    } else {
        material.written(Medium::Markdown, &command)
    };
    format!("{}{code}", material.tongue.pick("コマンド: ", "Command: "))
}

/// One bullet for each audience, with what it was told last.
fn audiences(material: &Material<'_>, policy: &Policy, titles: &[String]) -> Option<String> {
    let tongue = material.tongue;
    let mut out = tongue.pick("**お知らせ先**\n\n", "**Readers**\n\n").to_owned();
    for (about, title) in material.notice.about.iter().zip(titles) {
        let mut line = title.clone();
        if !about.item.addressees.is_empty() {
            let readers = row(&about.item.addressees, ADDRESSEES_MAX, tongue);
            line = tongue.pick(format!("{line}({readers})"), format!("{line} ({readers})"));
        }
        if let Some(at) = about.item.due_at {
            let at = Moment { at, ..material.now.clone() }.clock(tongue);
            line = match (tongue, is_promise(material.notice.kind)) {
                (Tongue::Japanese, true) => format!("{line}: 期限 {at}"),
                (Tongue::Japanese, false) => format!("{line}: {at}から"),
                (Tongue::English, true) => format!("{line}: due {at}"),
                (Tongue::English, false) => format!("{line}: since {at}"),
            };
        }
        let _ = writeln!(out, "- {}", material.written(Medium::Markdown, &line));
        if let Some(last) = last_said(about, material, policy) {
            let last = format!("{}{}", tongue.pick("前回: ", "last told: "), cut(&last, QUOTE_CHARS_MAX).0);
            let _ = writeln!(out, "  - {}", material.written(Medium::Markdown, &last));
        }
    }
    out.truncate(out.trim_end().len());
    (!titles.is_empty()).then_some(out)
}

/// In the words of this language, where they can be found again; the item has those of the first.
fn last_said(about: &About, material: &Material<'_>, policy: &Policy) -> Option<String> {
    let last = about.last.as_ref().map(|last| said(last, material.notice, policy, material.tongue));
    last.or_else(|| about.item.last_said.clone()).filter(|text| !text.trim().is_empty())
}

/// Each draft as a quotation, its lines kept.
fn drafts(material: &Material<'_>, policy: &Policy, titles: &[String], language: &str) -> Vec<String> {
    let about = material.notice.about.iter().zip(titles);
    let drafts: Vec<_> = about
        .filter_map(|(about, title)| {
            let draft = about.draft.as_ref().map(|draft| draft_text(draft, policy, language));
            Some((title, draft.or_else(|| about.item.draft.clone())?))
        })
        .filter(|(_, draft)| !draft.trim().is_empty())
        .collect();
    let chars_max = DRAFTS_CHARS_MAX / drafts.len().max(1);
    let quote = |(title, draft): (&String, String)| {
        let (start, was_cut) = cut(&draft, chars_max);
        let lines = start.lines().filter(|line| !line.trim().is_empty());
        let mut lines: Vec<_> = lines.map(|line| material.written(Medium::Markdown, line)).collect();
        if was_cut {
            lines.push("…".to_owned());
        }
        let title = material.written(Medium::Markdown, title);
        let heading = material.tongue.pick(format!("**文案** {title}"), format!("**Draft** {title}"));
        format!("{heading}\n\n> {}", lines.join("\\\n> "))
    };
    drafts.into_iter().map(quote).collect()
}

/// Which incident it is.
fn incident(material: &Material<'_>) -> Option<String> {
    let tongue = material.tongue;
    let names = [
        ("title", "件名", "Title"),
        ("symptom", "事象", "What is noticed"),
        ("priority", "優先度", "Priority"),
        ("key", "識別子", "Key"),
        ("public_reference", "お問い合わせ番号", "Public reference"),
    ];
    let facts = names.iter().filter_map(|(name, japanese, english)| {
        let text = material.fields.get(*name).and_then(Value::as_str)?;
        let line = format!("{}: {}", tongue.pick(japanese, english), cut(text, QUOTE_CHARS_MAX).0);
        Some(format!("- {}", material.written(Medium::Markdown, &line)))
    });
    let facts: Vec<_> = facts.collect();
    let heading = tongue.pick("**障害**", "**Incident**");
    (!facts.is_empty()).then(|| format!("{heading}\n\n{}", facts.join("\n")))
}
