//! The pack as one HTML page that needs nothing else: no script, no font, no picture from anywhere.

use std::fmt::Write as _;

use super::body::{escaped, html as body};
use super::changes::{Line, lines};
use super::{Message, Pack, Page, Standing, Text};

const STYLE: &str = include_str!("style.css");

/// The page.
pub fn html(pack: &Pack) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>Messages of {policy}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1>Messages of {policy}</h1>\n\
         <p>One worked incident, as each audience would hear of it. Please read as if it were yours: \
         are the words right, and would you want to get them?{before}</p>\n",
        policy = escaped(&pack.policy),
        before = pack.before.as_ref().map_or_else(String::new, |before| {
            format!(" What changed is shown against {}.", escaped(before))
        }),
    );
    out.push_str("<nav>");
    for page in &pack.pages {
        let changed = page.messages.iter().filter(|message| message.before.is_some()).count();
        let mark = if changed > 0 { format!(" <b>{changed} changed</b>") } else { String::new() };
        _ = write!(
            out,
            "<a href=\"#{}\">{} <i>{}</i>{mark}</a>",
            anchor(page),
            escaped(&page.title),
            escaped(&page.language)
        );
    }
    out.push_str("</nav>\n</header>\n");
    for page in &pack.pages {
        of_page(page, &mut out);
    }
    out.push_str("</body>\n</html>\n");
    out
}

fn anchor(page: &Page) -> String {
    escaped(&format!("{}-{}", page.audience, page.language))
}

fn of_page(page: &Page, out: &mut String) {
    _ = write!(
        out,
        "<section id=\"{}\" lang=\"{}\">\n<h2>{} <small lang=\"en\">{} · {}</small></h2>\n",
        anchor(page),
        escaped(&page.language),
        escaped(&page.title),
        escaped(&page.audience),
        escaped(&page.language)
    );
    for message in &page.messages {
        of_message(page, message, out);
    }
    if !page.texts.is_empty() {
        out.push_str("<h3 lang=\"en\">Words of the service catalogue</h3>\n");
        page.texts.iter().for_each(|text| of_text(text, out));
    }
    out.push_str("</section>\n");
}

fn of_message(page: &Page, message: &Message, out: &mut String) {
    let content = &message.content;
    let changed = if message.before.is_some() { "<b class=\"changed\">changed</b>" } else { "" };
    _ = write!(
        out,
        "<article>\n<h3 lang=\"en\">{heading} <small>{at}</small> {changed}</h3>\n<div class=\"mail\">\n\
         <dl lang=\"en\"><dt>From</dt><dd>{sender}</dd><dt>Subject</dt><dd class=\"subject\" lang=\"{language}\">{subject}</dd>\
         <dt>Short</dt><dd lang=\"{language}\">{short} <small lang=\"en\">{segments} SMS</small></dd></dl>\n\
         <div class=\"body\">{body}</div>\n</div>\n",
        heading = escaped(&message.heading),
        at = escaped(&message.at),
        sender = escaped(&page.sender),
        language = escaped(&content.language),
        subject = escaped(&content.subject),
        short = escaped(&content.short),
        segments = content.sms.segments,
        body = body(&content.body),
    );
    if let Some(before) = &message.before {
        let old = format!("{}\n\n{}", before.subject, before.body);
        difference(&old, &format!("{}\n\n{}", content.subject, content.body), out);
    }
    footer(message.template.as_deref(), &message.standings, out);
    out.push_str("</article>\n");
}

fn of_text(text: &Text, out: &mut String) {
    _ = write!(out, "<article class=\"text\">\n<p>{}</p>\n", escaped(&text.words));
    if let Some(before) = &text.before {
        difference(before, &text.words, out);
    }
    footer(Some(&text.address), &text.standings, out);
    out.push_str("</article>\n");
}

fn difference(old: &str, new: &str, out: &mut String) {
    out.push_str("<details open lang=\"en\"><summary>What changed</summary><pre class=\"diff\">");
    for line in lines(old, new) {
        match line {
            Line::Same(text) => _ = writeln!(out, "  {}", escaped(text)),
            Line::Gone(text) => _ = writeln!(out, "<del>- {}</del>", escaped(text)),
            Line::New(text) => _ = writeln!(out, "<ins>+ {}</ins>", escaped(text)),
        }
    }
    out.push_str("</pre></details>\n");
}

/// Where the words come from, and what is to be done about them.
fn footer(target: Option<&str>, standings: &[Standing], out: &mut String) {
    let target_words =
        target.map_or_else(|| "built-in text".to_owned(), |at| format!("<code>{}</code>", escaped(at)));
    _ = write!(
        out,
        "<footer lang=\"en\">{target_words} · {}",
        escaped(&super::markdown::standings(standings))
    );
    let open: Vec<&Standing> = standings.iter().filter(|standing| !standing.is_current).collect();
    for standing in open {
        let command =
            format!("herald approve {} --role {} --by NAME", target.unwrap_or_default(), standing.role);
        _ = write!(out, "<br>When it has been read: <code>{}</code>", escaped(&command));
    }
    out.push_str("</footer>\n");
}
