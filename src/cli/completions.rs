//! `herald completions SHELL`

use super::Done;

/// Print the completion script of a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    herald completions bash > ~/.local/share/bash-completion/completions/herald\n  \
    herald completions fish > ~/.config/fish/completions/herald.fish")]
pub(super) struct Args {
    /// The shell
    shell: clap_complete::Shell,
}

pub(super) fn run(args: &Args, command: &mut clap::Command) -> anyhow::Result<Done> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, command, "herald", &mut script);
    super::output::write(&String::from_utf8_lossy(&script))?;
    Ok(Done::Well)
}
