//! `herald test [DIR]`: plays the stories of a policy.

mod print;

use std::path::PathBuf;

use super::{Done, output};
use crate::policy::{Diagnostics, Source};
use crate::story::{self, Coverage, Library, Reached, Twin};

/// Play the stories of a policy: who must hear what, when, and who must not
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A story is an incident acted out against a clock of its own: what tools post, what people \
    write, what time brings, and what each audience must hear of it. Their format is in stories/README.md of \
    what `herald init` writes. Differences are shown as who heard what when; then what of the policy no story \
    reaches.\n\n\
    Examples:\n  \
    herald test my-herald/policy\n  \
    herald test my-herald/policy --story reopen --heard     a few, with all that was heard\n  \
    herald test --json | jq .coverage"
)]
pub(super) struct Args {
    /// The policy's directory [default: the configuration's, else the built-in policy]
    dir: Option<PathBuf>,
    /// The configuration that names the policy
    #[arg(long, value_name = "FILE", env = "HERALD_CONFIG", hide_env = true)]
    config: Option<PathBuf>,
    /// Only stories with this in their path or title
    #[arg(long, value_name = "TEXT")]
    story: Option<String>,
    /// Show who heard what when, also of stories that went well
    #[arg(long)]
    heard: bool,
    /// Print JSON: one document
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Done> {
    let dir = match &args.dir {
        Some(dir) => Some(dir.clone()),
        None => super::policy_dir(args.config.clone())?,
    };
    match read(dir.as_deref(), args.story.as_deref()) {
        Ok((twin, library)) => play(args, &twin, &library),
        Err(refused) => {
            output::line(&refused.to_string())?;
            Ok(Done::Problems)
        }
    }
}

fn read(dir: Option<&std::path::Path>, only: Option<&str>) -> Result<(Twin, Library), Diagnostics> {
    let (policy, files) = match dir {
        Some(dir) => (Source::from_dir(dir)?, Source::stories_of_dir(dir)?),
        None => (Source::built_in(), Source::built_in_stories()),
    };
    let twin = Twin::load(&policy)?;
    let library = story::load(&policy, &twin, &files, only)?;
    Ok((twin, library))
}

fn play(args: &Args, twin: &Twin, library: &Library) -> anyhow::Result<Done> {
    // A test of nothing must not look like one that went well.
    if library.stories.is_empty() {
        let which = args.story.as_ref().map(|word| format!(" with `{word}`")).unwrap_or_default();
        output::line(&format!("{} has no story{which} to play", twin.policy.version))?;
        return Ok(Done::Problems);
    }
    let mut reached = Reached::default();
    let mut played = Vec::with_capacity(library.stories.len());
    let width = print::path_width(&library.stories);
    for one in &library.stories {
        let outcome = story::play(one, twin, &library.variants, &mut reached);
        if !args.json {
            print::story(one, &outcome, width, args.heard)?;
        }
        played.push((one, outcome));
    }
    // A few stories leave most of a policy aside: that is no news.
    let coverage = args.story.is_none().then(|| Coverage::of(&twin.policy, &reached));
    if args.json {
        print::json(&twin.policy, &played, coverage.as_ref())?;
    } else {
        print::summary(&twin.policy, &played, coverage.as_ref())?;
    }
    let is_well = played.iter().all(|(_, outcome)| outcome.is_well());
    Ok(if is_well { Done::Well } else { Done::Problems })
}
