//! What a running Herald says of itself, and is told, on its operations port.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::wire::Target;

const ASK_TIMEOUT: Duration = Duration::from_secs(10);
/// A large policy is proved before it is in force.
const RELOAD_TIMEOUT: Duration = Duration::from_mins(2);

/// The value of a metric without labels.
pub(crate) fn value(operations: &Target, name: &str) -> Result<f64> {
    let text = exposition(operations).context("the operations port does not answer")?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.and_then(|value| value.trim().parse().ok()).with_context(|| format!("there is no metric {name}"))
}

/// The sum of a metric over all its labels; none yet is none.
pub(crate) fn sum(operations: &Target, name: &str) -> Result<f64> {
    let text = exposition(operations).context("the operations port does not answer")?;
    let values = text.lines().filter_map(|line| {
        let labels = line.strip_prefix(name)?.strip_prefix('{')?;
        labels.rsplit_once("} ")?.1.trim().parse::<f64>().ok()
    });
    Ok(values.sum())
}

/// Does it say that it is ready?
pub(crate) fn is_ready(operations: &Target) -> Result<bool> {
    Ok(asked(operations, "GET /readyz", ASK_TIMEOUT)?.starts_with("HTTP/1.1 200"))
}

/// Has it read its policy anew? It answers once the new one is in force.
pub(crate) fn reload(operations: &Target) -> Result<()> {
    let answer = asked(operations, "POST /-/reload", RELOAD_TIMEOUT)?;
    ensure!(answer.starts_with("HTTP/1.1 202"), "the policy is refused: {answer}");
    Ok(())
}

fn exposition(operations: &Target) -> Result<String> {
    asked(operations, "GET /metrics", ASK_TIMEOUT)
}

fn asked(operations: &Target, what: &str, within: Duration) -> Result<String> {
    let mut stream = TcpStream::connect(&operations.authority)?;
    stream.set_read_timeout(Some(within))?;
    write!(
        stream,
        "{what} HTTP/1.1\r\nHost: {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        operations.authority
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
