//! The page of a kind, in Markdown: docs/sources/<kind>.md and `herald source show`.

use std::fmt::Write as _;

use super::SourceKind;
use super::about::{About, Ends};

/// The page of one kind.
pub fn page(kind: SourceKind) -> String {
    let about = kind.about();
    let mut page = format!("# {}\n\nSource kind `{}`. {}\n", about.title, about.name, about.page.intro);
    setup(&mut page, about);
    table(&mut page, "What is read", ["In the body", "Becomes"], about.page.reads);
    table(&mut page, "What its words mean here", ["The sender says", "Herald understands"], about.page.means);
    list(&mut page, "How an incident ends", &[ends(about.ends)]);
    list(&mut page, "What it can't say", about.page.not_said);
    answers(&mut page, about);
    page
}

/// The list of all kinds: docs/sources/README.md.
pub fn index() -> String {
    let mut page = String::from(
        "# Sources\n\nWhat Herald understands without a line of your own. For every other tool write a \
        [custom source](custom.md). How each tool proves that it is the sender: [authentication](authentication.md).\n\n\
        | kind | tool | how its incidents end |\n|---|---|---|\n",
    );
    for kind in SourceKind::ALL {
        let about = kind.about();
        row(&mut page, &[&format!("[`{0}`]({0}.md)", about.name), about.title, short_end(about.ends)]);
    }
    page
}

fn setup(page: &mut String, about: &About) {
    let url = format!("https://herald.example.com/webhooks/{}", about.name.replace('_', "-"));
    page.push_str("\n## Point it at Herald\n\n");
    for (place, step) in about.page.setup.iter().enumerate() {
        // Writing to a string can't fail, here and below.
        let _ = writeln!(page, "{}. {}", place + 1, step.replace("{url}", &url));
    }
    let source =
        format!("{}: {{ kind: {}, auth: {} }}", about.name.replace('_', "-"), about.name, about.page.auth);
    let _ = write!(page, "\nIn herald.yaml:\n\n```yaml\nsources:\n  {source}\n```\n");
}

fn table(page: &mut String, title: &str, head: [&str; 2], rows: &[(&str, &str)]) {
    if rows.is_empty() {
        return;
    }
    let _ = write!(page, "\n## {title}\n\n| {} | {} |\n|---|---|\n", head[0], head[1]);
    for (from, to) in rows {
        row(page, &[from, to]);
    }
}

fn row(page: &mut String, cells: &[&str]) {
    for cell in cells {
        let _ = write!(page, "| {} ", cell.replace('|', "\\|"));
    }
    page.push_str("|\n");
}

fn list(page: &mut String, title: &str, items: &[&str]) {
    if items.is_empty() {
        return;
    }
    let _ = write!(page, "\n## {title}\n\n");
    for item in items {
        let _ = writeln!(page, "* {item}");
    }
}

fn answers(page: &mut String, about: &About) {
    let refused = if about.punishes_refusal {
        "An authentic body that can't be used is answered with 202 all the same (`on_rejected: accept`), since this sender punishes 4xx"
    } else {
        "An authentic body that can't be used is answered with 400 or 422 and says what is wrong (`on_rejected: refuse`)"
    };
    let waits = match about.waits_ms {
        Some(waits) => format!("It waits {} s for an answer", f64::from(waits) / 1_000.0),
        None => "How long it waits for an answer is not known".to_owned(),
    };
    let _ = write!(
        page,
        "\n## How it is answered\n\n{waits}; Herald answers within 80 % of that, and within 4 s where it is not \
        known. {refused}. Either way the body is on `incident.rejected`, and `herald rejected` shows it. While \
        Kafka can't be reached the answer is 503 with Retry-After.\n"
    );
}

const fn ends(ends: Ends) -> &'static str {
    match ends {
        Ends::Sender => "The sender says so, and everybody who was told it began is told that it ended.",
        Ends::Person => {
            "The sender never says so: a person ends it (`herald incident update --stage resolved`), or silence does (`close_silent_after` in policy.yaml)."
        }
        Ends::Both => {
            "The sender may say so. Where it does not, a person ends it (`herald incident update --stage resolved`), or silence does (`close_silent_after` in policy.yaml)."
        }
    }
}

const fn short_end(ends: Ends) -> &'static str {
    match ends {
        Ends::Sender => "the sender says so",
        Ends::Person => "a person, or silence",
        Ends::Both => "the sender, a person, or silence",
    }
}
