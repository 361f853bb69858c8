//! Every default message on one worked incident, as one page to be read.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use herald::core::notification::{Content, Notice, render};
use herald::core::policy::{Audience, Policy};
use herald::core::template::Templates;
use herald::core::template::samples::{self, Knowledge};
use herald::core::vocabulary::{Kind, Lifecycle};
use herald::preview::{course, heading, to_lead, with_nothing_known};

const HEAD: &str = "\
# Every message that Herald ships

Written by `cargo run --locked --example messages` from the default policy and the built-in words; edit those, not this file.

One incident, on the afternoon of 1 April 2026 in Tokyo. At 14:20 some customers can't complete their purchases. It becomes worse at 14:44, is said to be worse than it is, and is corrected at 14:50; a fix is in place at 15:02, it is over at 15:08, and is reported on the next morning. Four messages are of another course: it is merged into another incident, was a false alarm, is back, or is not heard of any more. Everything that an audience may see is known, so each message is at its longest; what is not known is left out, as the first message with nothing known shows for each audience.

For each message: where its words come from, the subject, the short text with the SMS it takes, and the body. The subject of a thread stays the same from its first message to its last. A message that reads exactly like that of an audience before is not printed again.
";

const LEADS: &str = "
## Leads · リード (`leads.<lead>`)

To the lead that owns an audience; here all of them are about strategic customers. What is asked stands first, with the command that does it. Drafts are in the first language of their readers.";

const BUILT_IN: &str = "
## The built-in text · 予備の文面 (`built-in`)

What goes out where no template can be used, to executives and to all customers.";

/// The page.
pub(crate) fn pack(mut policy: Policy) -> String {
    let mut page = Page { out: HEAD.to_owned(), printed: BTreeMap::new() };
    for audience in &policy.audiences {
        page.audience(&policy, audience);
    }
    page.leads(&policy);
    policy.templates = Templates::default();
    page.built_in(&policy);
    page.out
}

struct Page {
    out: String,
    /// By what was printed, the audience that it was printed for.
    printed: BTreeMap<String, String>,
}

impl Page {
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.out, "{line}");
    }

    fn audience(&mut self, policy: &Policy, audience: &Audience) {
        let title = |language: &str| audience.title.get(language).unwrap_or(&audience.name).to_owned();
        self.line(&format!("\n## {} · {} (`{}`)", title("en"), title("ja"), audience.name));
        let opening = samples::notice(Kind::Opening, Knowledge::Everything, audience);
        let threads = render(&opening, policy).notification.contents;
        let threads: Vec<_> = threads.iter().map(|content| format!("`{}`", content.thread_subject)).collect();
        self.line(&format!("\nThread: {}", threads.join(" · ")));
        for notice in course(audience) {
            self.message(policy, heading(&notice), &notice, &title("en"));
        }
        let unknown = with_nothing_known(audience);
        self.message(policy, "First report, with nothing known", &unknown, &title("en"));
    }

    fn message(&mut self, policy: &Policy, heading: &str, notice: &Notice, audience: &str) {
        let notification = render(notice, policy).notification;
        let at = notice.decided_at.in_tz(&notice.time_zone).map(|at| at.strftime("%-d %B %H:%M").to_string());
        self.line(&format!("\n### {heading} ({})", at.unwrap_or_default()));
        for content in &notification.contents {
            let text = written(content);
            if let Some(before) = self.printed.get(&text) {
                let line = format!("\n**{}**: as for {before}.", language(content));
                self.line(&line);
                continue;
            }
            self.line(&format!(
                "\n**{}** `{}/{}`",
                language(content),
                content.language,
                notification.template.name
            ));
            self.line(&text);
            self.printed.insert(text, audience.to_owned());
        }
    }

    fn leads(&mut self, policy: &Policy) {
        self.line(LEADS);
        let Some((_, audience)) = policy.audience("customers-strategic") else { return };
        for &kind in Kind::ALL.iter().filter(|kind| kind.lifecycle() == Lifecycle::Lead) {
            let notice = to_lead(kind, audience, policy);
            self.message(policy, heading(&notice), &notice, "leads");
        }
    }

    /// `policy` has no templates.
    fn built_in(&mut self, policy: &Policy) {
        self.line(BUILT_IN);
        for name in ["executives", "customers-general"] {
            let Some((_, audience)) = policy.audience(name) else { continue };
            for notice in course(audience) {
                self.message(policy, &format!("`{name}`: {}", heading(&notice)), &notice, name);
            }
        }
    }
}

/// The words of one message in one language.
fn written(content: &Content) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "\n- Subject: `{}`", content.subject);
    let _ = writeln!(
        out,
        "- Short: `{}` ({} SMS, {})\n",
        content.short, content.sms.segments, content.sms.encoding
    );
    for line in content.body.lines() {
        let _ = writeln!(out, "{}", format!("> {line}").trim_end());
    }
    out.truncate(out.trim_end().len());
    out
}

fn language(content: &Content) -> &str {
    match content.language.as_str() {
        "ja" => "日本語",
        "en" => "English",
        other => other,
    }
}
