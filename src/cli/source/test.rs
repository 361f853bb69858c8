//! `herald source test DIR|FILE…`: runs the test bodies of mappings.

use std::path::{Path, PathBuf};

use super::super::output::{self, Style, harmless, pad};
use super::super::{Done, Usage};
use crate::mapping::cases::{Case, Cases, Difference, Expect, Outcome};
use crate::mapping::{self, Loaded};
use crate::policy::Diagnostics;

/// Run the test bodies of mappings: what must come of each, and what does
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Tests stand in the mapping, below `tests`, or in NAME.test.yaml beside NAME.yaml. Each names a \
    body's file and the fields of the event that must come of it; fields that it does not name may be anything.\n\n\
    Examples:\n  \
    herald source test mappings\n  \
    herald source test mappings/shop-probe.yaml --all         with everything that came of each body\n  \
    herald source test mappings/shop-probe.yaml --update      writes what comes now into shop-probe.test.yaml;\n                                                            \
    without tests: for all bodies called shop-probe-* there or in bodies/"
)]
pub(super) struct Args {
    /// Mappings, or folders of them
    #[arg(required = true, value_name = "DIR|FILE")]
    paths: Vec<PathBuf>,
    /// Show everything that came of each body, also of those that are as they must be
    #[arg(long)]
    all: bool,
    /// Write what comes of each body now into the file of tests, to be read before it is committed
    #[arg(long)]
    update: bool,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Done> {
    let mut count = Count::default();
    for path in &args.paths {
        for file in super::mappings(path)? {
            one(args, &file, &mut count)?;
        }
    }
    if count.mappings == 0 {
        return Err(Usage("there is no mapping there".to_owned()).into());
    }
    let style = Style::of_stdout();
    let verdict = match count.wrong {
        0 => style.green("all well"),
        wrong => style.yellow(&format!("{wrong} wrong")),
    };
    output::line(&format!("\n{} mappings, {} bodies: {verdict}", count.mappings, count.bodies))?;
    Ok(if count.wrong == 0 { Done::Well } else { Done::Problems })
}

#[derive(Default)]
struct Count {
    mappings: usize,
    bodies: usize,
    wrong: usize,
}

fn one(args: &Args, file: &Path, count: &mut Count) -> anyhow::Result<()> {
    count.mappings += 1;
    let (loaded, cases) = match read(file, args.update) {
        Ok(read) => read,
        Err(problems) => {
            count.wrong += 1;
            return Ok(output::line(&problems.to_string())?);
        }
    };
    for warning in &loaded.warnings {
        output::line(&warning.to_string())?;
    }
    let style = Style::of_stdout();
    let Some(cases) = cases.filter(|cases| !cases.list.is_empty()) else {
        // What is not tested must not look like what is well.
        count.wrong += 1;
        let advice = "no tests: put bodies called like it beside it, and run with --update";
        return Ok(output::line(&format!("{}  {}  {advice}", style.yellow("FAIL"), file.display()))?);
    };
    let mut outcomes = Vec::new();
    for case in &cases.list {
        count.bodies += 1;
        match cases.run(&loaded.mapping, case) {
            Ok(outcome) => {
                let wrong = !args.update && (case.expect.is_none() || !outcome.differences.is_empty());
                count.wrong += usize::from(wrong);
                print(file, case, &outcome, wrong, args.all)?;
                outcomes.push(outcome.found);
            }
            Err(message) => {
                count.wrong += 1;
                output::line(&format!("{}  {message}", style.yellow("FAIL")))?;
            }
        }
    }
    if args.update && outcomes.len() == cases.list.len() {
        cases.write(&outcomes).map_err(anyhow::Error::msg)?;
        output::line(&format!("written: {}", cases.file.display()))?;
    }
    Ok(())
}

fn read(file: &Path, update: bool) -> Result<(Loaded, Option<Cases>), Diagnostics> {
    let loaded = mapping::load(file)?;
    let cases = mapping::cases::load(file)?;
    Ok((loaded, cases.or_else(|| update.then(|| Cases::found_beside(file)))))
}

fn print(file: &Path, case: &Case, outcome: &Outcome, wrong: bool, all: bool) -> std::io::Result<()> {
    let style = Style::of_stdout();
    let verdict = if wrong { style.yellow("FAIL") } else { style.green("ok  ") };
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut out = vec![format!("{verdict}  {}  {}", style.cyan(&pad(&stem, 16)), harmless(&case.name))];
    for Difference { field, expected, found } in &outcome.differences {
        out.push(format!("        {}", style.green(&format!("- {field}: {}", harmless(expected)))));
        out.push(format!("        {}", style.yellow(&format!("+ {field}: {}", harmless(found)))));
    }
    if wrong && case.expect.is_none() {
        out.push(
            "        it does not say what to expect: run with --update, and read what is written".to_owned(),
        );
    }
    if all || wrong {
        out.extend(outcome.problems.iter().map(|problem| format!("        ! {}", harmless(problem))));
    }
    if all {
        out.extend(came(&outcome.found));
    }
    output::line(&out.join("\n"))
}

fn came(found: &Expect) -> Vec<String> {
    match found {
        Expect::Nothing => vec!["        no event".to_owned()],
        Expect::Rejected(reason) => vec![format!("        rejected: {reason}")],
        Expect::Events(events) => events
            .iter()
            .flat_map(|event| {
                event.iter().map(|(name, value)| format!("        {name}: {}", harmless(&value.to_string())))
            })
            .collect(),
    }
}
