//! Figures as people read them.

use std::time::Duration;

/// Rows under a heading, each cell as wide as its column.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// Only a heading yet.
    pub(crate) fn new(heading: &[&str]) -> Self {
        Self { rows: vec![heading.iter().map(ToString::to_string).collect()] }
    }

    /// One more row.
    pub(crate) fn row(&mut self, cells: &[String]) {
        self.rows.push(cells.to_vec());
    }

    /// As Markdown, which is also how it looks best in a terminal.
    pub(crate) fn print(&self) {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for (number, row) in self.rows.iter().enumerate() {
            let cells: Vec<String> =
                row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            println!("| {} |", cells.join(" | "));
            if number == 0 {
                let rules: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
                println!("|-{}-|", rules.join("-|-"));
            }
        }
        println!();
    }
}

/// What is promised, and what was found in this run.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Target {
    /// What is measured.
    pub(crate) what: String,
    /// The promise.
    pub(crate) wanted: String,
    /// The figure.
    pub(crate) found: String,
    /// Is it kept?
    pub(crate) met: bool,
}

/// All of them, in one table.
pub(crate) fn print_targets(targets: &[Target]) {
    println!("Targets\n");
    let mut table = Table::new(&["what", "target", "found", "met"]);
    for target in targets {
        let met = if target.met { "yes" } else { "NO" };
        table.row(&[target.what.clone(), target.wanted.clone(), target.found.clone(), met.to_owned()]);
    }
    table.print();
}

/// Milliseconds with two digits after the point.
pub(crate) fn millis(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

/// A whole number, thousands set apart.
pub(crate) fn count(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Microseconds.
pub(crate) fn micros(value: f64) -> String {
    format!("{value:.1} µs")
}

/// How many times.
pub(crate) fn times(ratio: f64) -> String {
    format!("{ratio:.2}x")
}
