//! `herald test [DIR]`: plays the stories of a policy.

mod print;

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{Done, Usage, output};
use crate::policy::{Diagnostics, Source};
use crate::story::{self, Coverage, Library, Outcome, Reached, Story, Twin};

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
    herald test --json | jq .coverage\n  \
    herald test my-herald/policy --update     accept what is heard now; git diff shows what that changes"
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
    /// Write what was heard into the stories that expect something else
    #[arg(long, conflicts_with = "json")]
    update: bool,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Done> {
    let dir = match &args.dir {
        Some(dir) => Some(dir.clone()),
        None => super::policy_dir(args.config.clone())?,
    };
    match read(dir.as_deref(), args.story.as_deref()) {
        Ok((twin, library)) => play(args, dir.as_deref(), &twin, &library),
        Err(refused) => {
            output::line(&refused.to_string())?;
            Ok(Done::Problems)
        }
    }
}

fn read(dir: Option<&Path>, only: Option<&str>) -> Result<(Twin, Library), Diagnostics> {
    let (policy, files) = match dir {
        Some(dir) => (Source::from_dir(dir)?, Source::stories_of_dir(dir)?),
        None => (Source::built_in(), Source::built_in_stories()),
    };
    let twin = Twin::load(&policy)?;
    let library = story::load(&policy, &twin, &files, only)?;
    Ok((twin, library))
}

fn play(args: &Args, dir: Option<&Path>, twin: &Twin, library: &Library) -> anyhow::Result<Done> {
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
    if args.update {
        let left = update(dir, &played)?;
        return Ok(if left == 0 { Done::Well } else { Done::Problems });
    }
    let is_well = played.iter().all(|(_, outcome)| outcome.is_well());
    Ok(if is_well { Done::Well } else { Done::Problems })
}

/// Writes what was heard into the files; answers how many differences that can't settle.
fn update(dir: Option<&Path>, played: &[(&Story, Outcome)]) -> anyhow::Result<usize> {
    let Some(dir) = dir else {
        return Err(
            Usage("the built-in stories can't be changed; `herald init` writes them".to_owned()).into()
        );
    };
    let (mut files, mut changed, mut left) = (0, 0, 0);
    for (story, outcome) in played.iter().filter(|(_, outcome)| !outcome.is_well()) {
        let path = dir.join(&story.file);
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let accepted = story::accept(&text, story, outcome);
        left += accepted.left;
        if accepted.changed > 0 {
            std::fs::write(&path, accepted.text).with_context(|| path.display().to_string())?;
            (files, changed) = (files + 1, changed + accepted.changed);
        }
    }
    print::updated(files, changed, left)?;
    Ok(left)
}
