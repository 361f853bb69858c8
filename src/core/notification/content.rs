//! The words of one message in one language, within their limits.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::builtin::{self, Material};
use super::notice::Notice;
use super::record::{Content, TemplateUsed};
use super::{lead, plain, sms};
use crate::core::disclosure::{cut, stage_for};
use crate::core::limits;
use crate::core::policy::Policy;
use crate::core::template::{Choice, Context, Moment, Tongue, Words, single_line};
use crate::core::text;
use crate::core::vocabulary::{Lead, Lifecycle, Readers};

/// Name and version of the built-in text in a notification.
const BUILT_IN: (&str, &str) = ("built-in", "built-in/1");

/// What one language came to.
pub(super) struct Made {
    /// The words.
    pub(super) content: Content,
    /// Where the words came from.
    pub(super) template: TemplateUsed,
    /// Why the built-in text stands in place of a template's.
    pub(super) failure: Option<String>,
    /// Path of the template that was not used for want of approval.
    pub(super) unapproved: Option<String>,
}

/// Never fails: where a template can't be used, the built-in text is.
pub(super) fn make(notice: &Arc<Notice>, policy: &Policy, zone: &TimeZone, language: &str) -> Made {
    let choice = choose(notice, policy, language);
    let unapproved = choice.unapproved.map(|template| template.path().to_owned());
    let templates = &policy.templates;
    let rendered = choice.template.map(|template| {
        let duty = match notice.lead {
            Lead::Communications => &policy.leads.communications.default,
            Lead::BusinessResponse => &policy.leads.business_response.default,
        };
        let context = Context::new(notice, language, zone, Some(duty));
        templates.render(template, &context.into_value()).map(|words| (template, words))
    });
    let failure = match (&rendered, &unapproved) {
        (Some(Err(reason)), _) => Some(reason.clone()),
        (None, Some(path)) => Some(format!("{path}: not approved, and no approved template stands in")),
        _ => None,
    };
    let (words, template) = if let Some(Ok((template, words))) = rendered {
        let used = TemplateUsed {
            name: template.path().to_owned(),
            version: template.hash().to_owned(),
            approved: template.approvals().to_vec(),
            fallback: false,
        };
        (words, used)
    } else {
        let (name, version) = (BUILT_IN.0.to_owned(), BUILT_IN.1.to_owned());
        let used = TemplateUsed { name, version, approved: Vec::new(), fallback: failure.is_some() };
        (built_in(notice, policy, zone, language), used)
    };
    Made { content: limit(notice, &words, language), template, failure, unapproved }
}

/// The template for this reader, if there is one for it. Of an audience that the policy no longer has, nobody can say
/// which approvals it needs: internal readers get the templates that are left, others the built-in text.
pub fn choose<'a>(notice: &Notice, policy: &'a Policy, language: &str) -> Choice<'a> {
    let stage = notice.view.stage.map(|stage| stage_for(notice, stage));
    let (kind, priority) = (notice.kind, notice.view.priority);
    match policy.audience(&notice.audience) {
        Some((_, audience)) => policy.templates.choose(audience, kind, stage, priority, language),
        None if notice.readers == Readers::Internal => {
            policy.templates.choose_in(&[&notice.audience], &[], kind, stage, priority, language)
        }
        None => Choice { template: None, unapproved: None },
    }
}

fn built_in(notice: &Notice, policy: &Policy, zone: &TimeZone, language: &str) -> Words {
    let fields = &cut(notice, &notice.view, notice.may_see, language);
    let today = zone.to_datetime(notice.decided_at).date();
    let material = Material {
        notice,
        fields,
        tongue: Tongue::of(language),
        templates: &policy.templates,
        now: Moment { at: notice.decided_at, zone: zone.clone(), today },
    };
    if notice.kind.lifecycle() == Lifecycle::Lead {
        lead::words(&material, policy, language)
    } else {
        builtin::words(&material)
    }
}

/// Puts the words within their limits. An exercise says so in every part, whatever the template says.
fn limit(notice: &Notice, words: &Words, language: &str) -> Content {
    let (mark, told) = match (notice.drill, Tongue::of(language)) {
        (false, _) => ("", ""),
        (true, Tongue::Japanese) => {
            ("【訓練】", "**【訓練】これは訓練です。実際の障害ではありません。**\n\n")
        }
        (true, Tongue::English) => {
            ("[Drill] ", "**[Drill] This is an exercise. There is no real incident.**\n\n")
        }
    };
    let marked = |text: &str| match mark {
        "" => single_line(text).into_owned(),
        mark => single_line(&format!("{mark}{text}")).into_owned(),
    };
    let line = |text: &str| shorten(marked(text), limits::SUBJECT_CHARS_MAX);
    let subject = line(&words.subject);
    let short = if words.short.is_empty() { &words.subject } else { &words.short };
    let short = sms::fit(marked(short));
    let body = cut_body(&tidy(&words.body, told), limits::BODY_CHARS_MAX);
    let plain = cut_body(&plain::from_markdown(&body), limits::PLAIN_TEXT_CHARS_MAX);
    Content {
        language: language.to_owned(),
        time_zone: notice.time_zone.clone(),
        thread_subject: if words.thread_subject.is_empty() {
            subject.clone()
        } else {
            line(&words.thread_subject)
        },
        subject,
        sms: sms::sms(&short),
        short,
        text: plain,
        body,
    }
}

fn shorten(mut line: String, chars_max: usize) -> String {
    if text::cut(&line, chars_max).1 {
        let end = text::cut(&line, chars_max - 1).0.trim_end().len();
        line.truncate(end);
        line.push('…');
    }
    line
}

/// At most one empty line in a row, no white space at line ends (two spaces would break a line).
fn tidy(body: &str, before: &str) -> String {
    let mut out = String::with_capacity(before.len() + body.len());
    out.push_str(before);
    let mut empty = 0;
    for line in body.trim().lines() {
        let line = line.trim_end();
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty < 2 {
            out.push_str(line);
            out.push('\n');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Cut at the end of a line, so that no escape or link is cut in two; within a line only where
/// there is no other way.
pub(super) fn cut_body(body: &str, chars_max: usize) -> String {
    let (_, true) = text::cut(body, chars_max) else { return body.to_owned() };
    let start = text::cut(body, chars_max.saturating_sub(3)).0;
    let start = match start.rfind('\n').filter(|at| *at > 0) {
        Some(at) => start[..at].trim_end(),
        None => start.trim_end_matches('\\'),
    };
    format!("{start}\n\n…")
}
