//! The page for people at a terminal.

use super::said;
use crate::backtest::{AudienceReport, Change, Compared, Example, Report};
use crate::cli::output::{Style, columns, harmless, pad};
use crate::cli::words;

/// Most causes shown of one audience.
const CAUSES_SHOWN: usize = 5;

/// All of it.
pub(super) fn page(report: &Report, unusable: u64, style: Style) -> String {
    let mut out = vec![
        style.bold(&format!("{} → {}", report.policies.current, report.policies.proposed)),
        said::past(report, unusable),
        String::new(),
    ];
    out.extend(table(&report.compared, style));
    out.push(said::silence(report));
    if report.is_same() {
        out.extend([String::new(), style.green("no difference")]);
    }
    out.extend(audiences(&report.compared, style));
    if let Some(shadows) = &report.shadows {
        out.extend([String::new(), style.bold("What shadow routes would have told")]);
        out.extend(table(shadows, style));
        out.extend(audiences(shadows, style));
    }
    out.join("\n")
}

fn table(compared: &Compared, style: Style) -> Vec<String> {
    let heading = ["audience", "messages", "interrupting", "busiest day"]
        .into_iter()
        .chain(Change::ALL.map(said::change))
        .map(str::to_owned)
        .collect();
    let mut rows: Vec<Vec<String>> = vec![heading];
    for (name, audience) in &compared.audiences {
        let first = [
            harmless(name),
            said::pair(audience.messages),
            said::pair(audience.interrupting),
            said::busiest(audience),
        ];
        let counts = Change::ALL.map(|change| match said::count(audience, change) {
            0 => "-".to_owned(),
            count => count.to_string(),
        });
        rows.push(first.into_iter().chain(counts).collect());
    }
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| columns(cell)).max();
    let line = |(place, row): (usize, &Vec<String>)| {
        let cells = row.iter().enumerate().map(|(column, cell)| pad(cell, width(column).unwrap_or(0)));
        let text = cells.collect::<Vec<_>>().join("  ");
        let text = text.trim_end();
        if place == 0 { style.dim(text) } else { text.to_owned() }
    };
    rows.iter().enumerate().map(line).collect()
}

fn audiences(compared: &Compared, style: Style) -> Vec<String> {
    let mut out = Vec::new();
    for (name, audience) in compared.audiences.iter().filter(|(_, audience)| !audience.is_same()) {
        out.extend([String::new(), style.cyan(&harmless(name))]);
        out.extend(causes(audience, style));
        for one in &audience.examples {
            out.extend(example(one, style));
        }
    }
    out
}

fn causes(audience: &AudienceReport, style: Style) -> Vec<String> {
    let all = said::causes(audience);
    let more = all.len().saturating_sub(CAUSES_SHOWN);
    let line = |(why, count): &(&str, u64)| format!("  {count} ×  {}", harmless(why));
    let mut out: Vec<String> = all.iter().take(CAUSES_SHOWN).map(line).collect();
    if more > 0 {
        out.push(style.dim(&format!("  … and {more} other causes; --format json has them")));
    }
    out
}

fn example(example: &Example, style: Style) -> Vec<String> {
    let mut out = vec![format!(
        "  {}  {} · {} · {} · {:.0}",
        style.yellow(said::change(example.change)),
        harmless(&example.reader),
        words::kind(example.kind),
        harmless(&example.incident),
        example.at,
    )];
    out.push(style.dim(&format!("      {}", harmless(&example.why))));
    for (sign, said) in ["-", "+"].into_iter().zip(said::lines(example)) {
        out.extend(said.map(|said| format!("      {sign} {}", harmless(said).replace('\n', " "))));
    }
    if let Some(event) = &example.event {
        out.push(style.dim(&format!("      herald explain --event {}", harmless(event))));
    }
    out
}
