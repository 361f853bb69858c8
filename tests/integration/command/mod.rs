//! The `herald` command as people run it: arguments, output, exit status, signals.

mod backtest;
mod browser;
mod guide;
mod in_force;
mod offline;
mod pipeline;
mod review;
mod signals;
mod trial;

use std::process::{Command, Output};

/// The command, with nothing of this machine's own configuration.
pub fn herald(dir: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_herald"));
    command.current_dir(dir).env("XDG_RUNTIME_DIR", dir).env_remove("HERALD_CONFIG").env_remove("HERALD_LOG");
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("HERALD__")) {
            command.env_remove(name);
        }
    }
    command
}

/// Runs it to its end.
pub fn run(dir: &std::path::Path, arguments: &[&str]) -> Output {
    herald(dir).args(arguments).output().unwrap()
}

/// Standard output as text.
pub fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Standard error as text.
pub fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
