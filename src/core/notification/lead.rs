//! What a lead reads: which audiences, since when, what was last said, and one action.

use serde_json::Value;

use jiff::tz::TimeZone;

use super::builtin::{Lines, Material};
use super::notice::{LastSaid, Notice};
use super::record::LeadItem;
use super::render::render;
use crate::core::policy::Policy;
use crate::core::template::{Moment, Tongue, Words, label, row, word};
use crate::core::text::cut;
use crate::core::vocabulary::Kind;

/// Most audiences named in a subject.
const NAMED_MAX: usize = 2;
/// Longest quotation of what was last said, and of a draft.
const QUOTE_CHARS_MAX: usize = 400;

/// The notice with what was last said, and drafts, in words of this language. A notice for readers
/// has neither, and stays as it is.
pub(super) fn filled(notice: &Notice, policy: &Policy, language: &str) -> Notice {
    let mut filled = notice.clone();
    for about in &mut filled.about {
        if let Some(last) = &about.last {
            about.item.last_said = Some(said(last, notice, policy, Tongue::of(language)));
        }
        if let Some(draft) = about.draft.take() {
            let rendered = render(&draft, policy).notification;
            // In the words of the reader's first language: that is what somebody is to judge.
            about.item.draft = rendered.contents.into_iter().next().map(|content| content.text);
        }
    }
    filled
}

/// What was said last, in a line: `14:20 first report: identified, customer impact major (P1)`.
fn said(last: &LastSaid, notice: &Notice, policy: &Policy, tongue: Tongue) -> String {
    let zone = TimeZone::get(&notice.time_zone).unwrap_or_else(|_| policy.time_zone.clone());
    let today = zone.to_datetime(notice.decided_at).date();
    let at = Moment { at: last.at, zone, today }.time(tongue);
    let stage = word(last.stage.as_str(), tongue).unwrap_or(last.stage.as_str());
    let mut line = format!("{at} {}: {stage}", label(last.kind, 1, tongue));
    if let Some(impact) = last.impact {
        let impact = word(impact.as_str(), tongue).unwrap_or(impact.as_str());
        line = match tongue {
            Tongue::Japanese => format!("{line}、お客様影響 {impact}"),
            Tongue::English => format!("{line}, customer impact {impact}"),
        };
    }
    last.priority.map_or(line.clone(), |priority| format!("{line} ({priority})"))
}

/// The words of a message to a lead.
pub(super) fn words(material: &Material<'_>, policy: &Policy) -> Words {
    let (notice, tongue) = (material.notice, material.tongue);
    let titles: Vec<_> =
        notice.about.iter().map(|about| title(policy, &about.item.audience, tongue)).collect();
    let mut unique = titles.clone();
    unique.dedup();
    let who = row(&unique, NAMED_MAX, tongue);
    let due = notice.about.iter().filter_map(|about| about.item.due_at).min();
    let due = due.map(|at| Moment { at, ..material.now.clone() }.time(tongue));
    let (mark, headline, action) = ask(notice.kind, tongue);
    let is_update = matches!(notice.kind, Kind::UpdateDue | Kind::UpdateOverdue);
    let between = if is_update || tongue == Tongue::Japanese { " " } else { ", " };
    let mark = due.as_ref().map_or_else(|| mark.to_owned(), |due| format!("{mark}{between}{due}"));
    let headline = match (tongue, who.is_empty()) {
        (_, true) => headline.trim_start_matches("への").to_owned(),
        (Tongue::Japanese, false) if headline.starts_with('へ') => format!("{who}{headline}"),
        (Tongue::Japanese, false) => format!("{who}:{headline}"),
        (Tongue::English, false) => format!("{who}: {headline}"),
    };
    let subject =
        tongue.pick(format!("【{mark}】{headline}").as_str(), &format!("[{mark}] {headline}")).to_owned();
    let mut lines = Lines::default();
    lines.paragraph(action);
    for (one, title) in notice.about.iter().zip(&titles) {
        about(&one.item, title, material, &mut lines);
    }
    incident(material, &mut lines);
    material.write(&subject, &subject, &lines)
}

/// What people call the audience.
fn title(policy: &Policy, name: &str, tongue: Tongue) -> String {
    let audience = policy.audience(name).map(|(_, audience)| &audience.title);
    let title = audience.and_then(|title| title.get_or_any(tongue.pick("ja", "en")));
    title.map_or_else(|| name.to_owned(), |(_, title)| title.to_owned())
}

fn about(item: &LeadItem, title: &str, material: &Material<'_>, lines: &mut Lines) {
    let tongue = material.tongue;
    let mut line = title.to_owned();
    if !item.addressees.is_empty() {
        line = format!("{line} ({})", row(&item.addressees, 10, tongue));
    }
    if let Some(at) = item.due_at {
        let at = Moment { at, ..material.now.clone() }.clock(tongue);
        let is_update = matches!(material.notice.kind, Kind::UpdateDue | Kind::UpdateOverdue);
        line = match (tongue, is_update) {
            (Tongue::Japanese, true) => format!("{line} — 期限 {at}"),
            (Tongue::Japanese, false) => format!("{line} — {at}から"),
            (Tongue::English, true) => format!("{line} — due {at}"),
            (Tongue::English, false) => format!("{line} — since {at}"),
        };
    }
    lines.bullet(line);
    let quotes = [(&item.last_said, "前回の内容", "last said"), (&item.draft, "文案", "draft")];
    for (text, japanese, english) in quotes {
        if let Some(text) = text.as_deref().filter(|text| !text.trim().is_empty()) {
            let (text, was_cut) = cut(text, QUOTE_CHARS_MAX);
            let rest = if was_cut { "…" } else { "" };
            lines.bullet(format!("{title}: {} — {text}{rest}", tongue.pick(japanese, english)));
        }
    }
}

/// Which incident it is.
fn incident(material: &Material<'_>, lines: &mut Lines) {
    let tongue = material.tongue;
    let names = [
        ("title", "件名", "Title"),
        ("symptom", "事象", "What is noticed"),
        ("priority", "優先度", "Priority"),
        ("key", "インシデント", "Incident"),
        ("public_reference", "お問い合わせ番号", "Public reference"),
    ];
    for (name, japanese, english) in names {
        if let Some(text) = material.fields.get(name).and_then(Value::as_str) {
            lines.bullet(format!("{}: {}", tongue.pick(japanese, english), cut(text, QUOTE_CHARS_MAX).0));
        }
    }
}

/// The mark in brackets, the subject, and the one action that is asked.
fn ask(kind: Kind, tongue: Tongue) -> (&'static str, &'static str, &'static str) {
    match kind {
        Kind::UpdateDue => tongue.pick(
            ("要対応", "への続報:作成をお願いします", "お約束した続報の期限が近づいています。続報を作成してください。新しい情報がない場合は「変化なし」とお知らせください。"),
            ("Action by", "update is due", "The update that was promised is due soon. Please write it; if there is nothing new, say that nothing has changed."),
        ),
        Kind::UpdateOverdue => tongue.pick(
            ("期限超過", "への続報:まだ出ていません", "お約束した続報の期限を過ぎました。至急、続報を作成してください。"),
            ("Overdue since", "update has not gone out", "The time of the update that was promised has passed. Please write it now."),
        ),
        Kind::ReleaseWanted => tongue.pick(
            ("要判断", "第一報を出してよいかご判断ください", "お客様への第一報が、公開の判断を待っています。公開するか、お客様影響を確定してください。"),
            ("Decision wanted", "may the first report go out?", "The first report to customers waits for a decision. Please release it, or say what the customer impact is."),
        ),
        Kind::ApprovalWanted => tongue.pick(
            ("要承認", "文案の承認をお願いします", "お客様向けの文案が承認を待っています。承認されるまでは、あらかじめ承認された文面でお知らせします。"),
            ("Approval wanted", "a text waits for approval", "A text for customers waits for approval. Until then the words approved beforehand are used."),
        ),
        Kind::TemplateUnapproved => tongue.pick(
            ("要承認", "未承認の文面がありました", "文面が承認されていないため、承認済みの文面または予備の文面でお知らせしました。文面を確認し、承認してください。"),
            ("Approval wanted", "a template is not approved", "A template is not approved, so an approved or the built-in one was used. Please have it read and approved."),
        ),
        Kind::LeadMissing => tongue.pick(
            ("要対応", "担当リードが決まっていません", "この障害の担当リードが決まっていません。担当者を決めてください。"),
            ("Action wanted", "nobody leads this incident", "Nobody leads this incident yet. Please name a lead."),
        ),
        Kind::IncidentSilent => tongue.pick(
            ("要確認", "長時間、更新がありません", "この障害について、長時間、情報が届いていません。状況を確認し、続報または終了を登録してください。"),
            ("Please check", "nothing heard for long", "Nothing has been heard of this incident for long. Please find out where it stands, then update or end it."),
        ),
        Kind::RenderingFailed => tongue.pick(
            ("要確認", "予備の文面でお知らせしました", "文面を作成できなかったため、予備の文面でお知らせしました。必要であれば、追加の説明をお願いします。"),
            ("Please check", "the built-in text went out", "A template could not be rendered, so the built-in text went out. Please add what readers still need."),
        ),
        _ => tongue.pick(
            ("要対応", "翻訳がありません", "一部の言語の文章がないため、その言語では省略してお知らせしました。翻訳を登録してください。"),
            ("Action wanted", "a translation is missing", "A text is missing in some of the languages, and was left out there. Please add the translation."),
        ),
    }
}
