//! `herald check [DIR]`

mod print;

use std::path::PathBuf;

use super::{Done, output};
use crate::config::{Config, ConfigError, Told};
use crate::policy::{self, Diagnostic, Proofs, Severity, Source};

/// Say everything that is wrong with a policy, all at once
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Besides spelling it proves: every classification rule is reached by some incident, every route \
    can match, every audience has approved words for everything it can be told at every stage and priority in each \
    of its languages, no template names a field that its audience may not see, every template works on every \
    sample incident, hostile ones too, every audience that can be opened can be closed. What does nothing (a route \
    that adds no audience, a template that nobody reads) is a warning. With a configuration it is known besides \
    which sources there are, and a rule or reading for another one is a warning.\n\n\
    Exit status: 0 where it can be used, 1 where it can't, or where there are warnings and they are denied, 2 for a \
    wrong command.\n\n\
    Examples:\n  \
    herald check my-herald/policy\n  \
    herald check --config herald.yaml     the configuration, and the policy that it names\n  \
    herald check policy --format github --deny warnings     in a pull request"
)]
pub(super) struct Args {
    /// The policy's directory [default: the configuration's, else the built-in policy]
    dir: Option<PathBuf>,
    /// The configuration to check too
    #[arg(long, value_name = "FILE", env = "HERALD_CONFIG", hide_env = true)]
    config: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// What else is a failure
    #[arg(long, value_enum)]
    deny: Option<Deny>,
}

/// How problems are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// With the line that is meant
    Human,
    /// One document
    Json,
    /// Annotations of a GitHub workflow
    Github,
}

/// What is a failure besides errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Deny {
    /// What does nothing, or not what it seems to
    Warnings,
}

/// All that was found.
#[derive(Debug, Default)]
struct Found {
    problems: Vec<Diagnostic>,
    /// Version and size of a policy that can be used.
    policy: Option<(String, String)>,
}

impl Found {
    fn count(&self, severity: Severity) -> usize {
        self.problems.iter().filter(|problem| problem.severity == severity).count()
    }
}

pub(super) fn run(args: &Args) -> anyhow::Result<Done> {
    let found = look(args)?;
    let text = match args.format {
        Format::Human => print::human(&found),
        Format::Json => print::json(&found)?,
        Format::Github => print::github(&found),
    };
    output::line(&text)?;
    let denied = args.deny == Some(Deny::Warnings) && found.count(Severity::Warning) > 0;
    Ok(if denied || found.count(Severity::Error) > 0 { Done::Problems } else { Done::Well })
}

/// The configuration, where there is one; then the policy, where it is known which.
fn look(args: &Args) -> anyhow::Result<Found> {
    let mut found = Found::default();
    let mut dir = args.dir.clone();
    let mut sources = None;
    // A directory by itself needs no configuration, and none that happens to lie about.
    if args.config.is_some() || dir.is_none() {
        match super::configuration(args.config.clone()) {
            Ok(config) => {
                sources = config.as_ref().and_then(Config::source_names);
                dir = dir.or(config.and_then(|config| config.policy));
            }
            Err(error) => {
                let refused = error.downcast::<ConfigError>()?;
                found.problems.extend(refused.told().map(of_configuration));
                if dir.is_none() {
                    return Ok(found);
                }
            }
        }
    }
    let source = dir.as_deref().map_or_else(|| Ok(Source::built_in()), Source::from_dir);
    let problems =
        match source.and_then(|source| policy::load_among(&source, sources.as_ref(), &Proofs::default())) {
            Ok(loaded) => {
                let policy = &loaded.policy;
                let size = format!(
                    "{} services, {} audiences, {} routes",
                    policy.catalogue.services.len(),
                    policy.audiences.len(),
                    policy.routes.list.len()
                );
                found.policy = Some((policy.version.clone(), size));
                loaded.warnings
            }
            Err(refused) => refused.0,
        };
    found.problems.extend(problems.into_iter().map(|problem| problem.below(dir.as_deref())));
    Ok(found)
}

fn of_configuration(told: Told) -> Diagnostic {
    Diagnostic {
        severity: Severity::Error,
        file: told.file,
        line: told.line,
        column: told.column,
        width: 1,
        snippet: told.snippet,
        message: told.message,
        help: told.hint,
    }
}
