//! `herald check [DIR]`

use std::path::PathBuf;

use super::{Done, output};

/// Say everything that is wrong with a policy, all at once
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Besides spelling it proves: no classification rule is unreachable, no route can't match, \
    every audience has approved words for everything it can be told, no template names a field that its audience \
    may not see, every audience that can be opened can be closed.\n\n\
    Examples:\n  \
    herald check my-herald/policy\n  \
    herald check --config herald.yaml     the configuration, and the policy that it names"
)]
pub(super) struct Args {
    /// The policy's directory [default: the configuration's, else the built-in policy]
    dir: Option<PathBuf>,
    /// The configuration to check too
    #[arg(long, value_name = "FILE", env = "HERALD_CONFIG", hide_env = true)]
    config: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Done> {
    let dir = match &args.dir {
        Some(dir) => Some(dir.clone()),
        None => super::policy_dir(args.config.clone())?,
    };
    match crate::app::policy::load(dir.as_deref()) {
        Ok(loaded) => {
            for warning in &loaded.warnings {
                output::line(&format!("warning: {warning}"))?;
            }
            let policy = &loaded.policy;
            output::line(&format!(
                "{}: {} services, {} audiences, {} routes; {}",
                policy.version,
                policy.catalogue.services.len(),
                policy.audiences.len(),
                policy.routes.list.len(),
                match loaded.warnings.len() {
                    0 => "all well".to_owned(),
                    1 => "1 warning".to_owned(),
                    many => format!("{many} warnings"),
                }
            ))?;
            Ok(Done::Well)
        }
        Err(refused) => {
            output::line(&refused.to_string())?;
            Ok(Done::Problems)
        }
    }
}
