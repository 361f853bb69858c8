//! The page for a comment on a pull request. Words from outside stand in code spans, where neither
//! markup nor a mention is one.

use super::said;
use crate::backtest::{AudienceReport, Change, Compared, Example, Report};
use crate::cli::output::harmless;
use crate::cli::words;

/// A comment that is longer is refused by some forges; nobody reads so much either.
const PAGE_CHARS_MAX: usize = 60_000;
/// Longest text of a span.
const SPAN_CHARS_MAX: usize = 300;
/// Most causes shown of one audience.
const CAUSES_SHOWN: usize = 5;

/// All of it.
pub(super) fn page(report: &Report, unusable: u64) -> String {
    let verdict = if report.is_same() { "no difference" } else { "who would hear what" };
    let policies = &report.policies;
    let mut out = vec![
        format!("### Herald backtest: {verdict}"),
        String::new(),
        format!(
            "{} → {}: {}.",
            span(&policies.current),
            span(&policies.proposed),
            said::past(report, unusable)
        ),
        format!("{}.", said::silence(report)),
        String::new(),
    ];
    out.extend(table(&report.compared));
    out.extend(audiences(&report.compared));
    if let Some(shadows) = &report.shadows {
        out.extend([String::new(), "### What shadow routes would have told".to_owned(), String::new()]);
        out.extend(table(shadows));
        out.extend(audiences(shadows));
    }
    within(&out)
}

/// Whole lines, as many as there is room for.
fn within(lines: &[String]) -> String {
    let (mut page, mut chars) = (String::new(), 0);
    for line in lines {
        chars += line.chars().count() + 1;
        if chars > PAGE_CHARS_MAX {
            page.push_str("\n… the rest is left out; `--format json` has it.\n");
            break;
        }
        page.push_str(line);
        page.push('\n');
    }
    page.trim_end().to_owned()
}

fn table(compared: &Compared) -> Vec<String> {
    let changes = Change::ALL.map(said::change).join(" | ");
    let mut out = vec![
        format!("| audience | messages | interrupting | busiest day | {changes} |"),
        "|---|---|---|---|---|---|---|---|---|".to_owned(),
    ];
    for (name, audience) in &compared.audiences {
        let counts = Change::ALL.map(|change| match said::count(audience, change) {
            0 => String::new(),
            count => format!("**{count}**"),
        });
        out.push(format!(
            "| {} | {} | {} | {} | {} |",
            span(name),
            said::pair(audience.messages),
            said::pair(audience.interrupting),
            said::busiest(audience),
            counts.join(" | ")
        ));
    }
    out
}

fn audiences(compared: &Compared) -> Vec<String> {
    let mut out = Vec::new();
    for (name, audience) in compared.audiences.iter().filter(|(_, audience)| !audience.is_same()) {
        out.extend([String::new(), format!("#### {}", span(name)), String::new()]);
        out.extend(causes(audience));
        out.extend([String::new(), "<details><summary>Examples</summary>".to_owned(), String::new()]);
        out.extend(audience.examples.iter().flat_map(example));
        out.extend([String::new(), "</details>".to_owned()]);
    }
    out
}

fn causes(audience: &AudienceReport) -> Vec<String> {
    said::causes(audience)
        .iter()
        .take(CAUSES_SHOWN)
        .map(|(why, count)| format!("- {count} × {}", span(why)))
        .collect()
}

fn example(example: &Example) -> Vec<String> {
    let mut out = vec![format!(
        "- **{}** {} {}, {} at {:.0}",
        said::change(example.change),
        span(&example.reader),
        words::kind(example.kind),
        span(&example.incident),
        example.at,
    )];
    out.push(format!("  - {}", span(&example.why)));
    for (which, said) in ["now", "then"].into_iter().zip(said::lines(example)) {
        out.extend(said.map(|said| format!("  - {which}: {}", span(said))));
    }
    out
}

/// A code span that its text can't leave, on one line, in a table too.
fn span(text: &str) -> String {
    let line: String =
        harmless(text).chars().map(|c| if c == '\n' { ' ' } else { c }).take(SPAN_CHARS_MAX).collect();
    // A backslash before a bar would be one of the table's.
    let line = line.replace('`', "'").replace('\\', "/").replace('|', "\\|");
    let line = line.trim();
    if line.is_empty() { "`(nothing)`".to_owned() } else { format!("`{line}`") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_from_outside_stay_in_their_span() {
        let cases = [
            ("plain", "`plain`"),
            ("a`b``c @channel <b>", "`a'b''c @channel <b>`"),
            ("a|b\\|c", "`a\\|b/\\|c`"),
            ("a\nb\u{202e}c", "`a bc`"),
            ("  ", "`(nothing)`"),
        ];
        for (text, expected) in cases {
            assert_eq!(span(text), expected, "{text:?}");
        }
        let lines = vec!["x".repeat(59_000), "y".repeat(2_000), "z".to_owned()];
        let page = within(&lines);
        assert!(page.contains('x') && !page.contains('y') && page.ends_with("has it."));
    }
}
