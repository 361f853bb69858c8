//! Logs: to standard error, one event a line, for people or for machines. Bodies of webhooks and
//! secrets never stand in them; what identifies a delivery is its event id.

use std::io::IsTerminal;

use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::fmt;

/// How lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Human,
    /// For machines: one JSON object a line.
    Json,
}

/// Why logs could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// A level or filter that can't be read.
    #[error("{0:?} is not a log level; use error, warn, info, debug or trace, or herald::router=debug,info")]
    Level(String),
    /// Something else has set them up already.
    #[error("logs are set up already")]
    Twice,
}

/// Logs from now on. Without a format: for people on a terminal, else for machines.
pub fn init(format: Option<LogFormat>, level: &str) -> Result<(), LogError> {
    let filter = filter(level)?;
    let terminal = std::io::stderr().is_terminal();
    let format = format.unwrap_or(if terminal { LogFormat::Human } else { LogFormat::Json });
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_target(true);
    let done = match format {
        LogFormat::Human => {
            let colours = terminal && std::env::var_os("NO_COLOR").is_none();
            builder.with_ansi(colours).try_init()
        }
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(false).try_init(),
    };
    done.map_err(|_| LogError::Twice)
}

fn filter(level: &str) -> Result<EnvFilter, LogError> {
    EnvFilter::builder().parse(level).map_err(|_| LogError::Level(level.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_filters_are_read() {
        for level in ["info", "error", "herald::router=debug,info"] {
            assert!(filter(level).is_ok(), "{level}");
        }
        assert!(filter("herald=loud").is_err());
    }
}
