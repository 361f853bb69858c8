//! What ends the process, and what makes it load its policy anew.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;

use super::Running;

/// Every SIGHUP from now on. Who says nothing of them is ended by one, so they are heard before
/// anything starts: one that comes during the start loads the policy anew right after it, since the
/// start may have read the one before. Several in a row are one.
#[derive(Debug)]
pub struct Hangups(Signal);

impl Hangups {
    /// From now on, and until the process ends.
    ///
    /// # Errors
    /// Where the system has no signals to hear.
    pub fn heard_from_now() -> std::io::Result<Self> {
        signal(SignalKind::hangup()).map(Self)
    }
}

/// Runs until a signal or a failure ends it. SIGHUP loads the policy anew; a second Ctrl-C does not
/// wait for anything.
///
/// # Errors
/// What failed within.
pub async fn run_until_told(running: Running, Hangups(mut hangup): Hangups) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut reload = None;
    let failure = loop {
        tokio::select! {
            // One that comes while it loads waits: what it read may be what was there before.
            _ = hangup.recv(), if reload.is_none() => reload = Some(running.reload()),
            () = done(&mut reload) => reload = None,
            // A reload may take long, and nobody waits for it with the end.
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

/// Its outcome is logged and counted where it happens.
async fn done(reload: &mut Option<JoinHandle<()>>) {
    match reload {
        Some(reload) => _ = reload.await,
        None => std::future::pending().await,
    }
}

async fn again(interrupt: &mut Signal) {
    interrupt.recv().await;
}
