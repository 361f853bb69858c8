//! What ends the process, and what makes it load its policy anew.

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Running;

/// Runs until a signal or a failure ends it. SIGHUP loads the policy anew; a second Ctrl-C does not
/// wait for anything.
///
/// # Errors
/// What failed within.
pub async fn run_until_told(running: Running) -> anyhow::Result<()> {
    let mut hangup = signal(SignalKind::hangup())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let failure = loop {
        tokio::select! {
            _ = hangup.recv() => running.reload().await,
            _ = terminate.recv() => break None,
            _ = interrupt.recv() => break None,
            why = running.failed() => break Some(why),
        }
    };
    match &failure {
        Some(why) => tracing::error!("{why}"),
        None => tracing::info!("stopping; once more Ctrl-C to end at once"),
    }
    tokio::select! {
        () = running.stop() => {}
        () = again(&mut interrupt) => std::process::exit(130),
    }
    failure.map_or(Ok(()), |why| Err(anyhow::anyhow!(why)))
}

async fn again(interrupt: &mut Signal) {
    interrupt.recv().await;
}
