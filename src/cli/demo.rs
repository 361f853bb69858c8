//! `herald demo`: an incident acted out on the real path. The webhooks are posted to the real port
//! with real signatures; everything shown as told or not told is read from the records that came
//! out at the other end.

mod post;
mod screen;
mod story;
mod watch;

use std::time::Duration;

use anyhow::Context as _;
use jiff::Timestamp;

use super::{Done, output, serve};
use crate::app::{App, Hangups, Options, Running, run_until_told};
use crate::config::{self, Config, Environment, Request};
use crate::router::Clock;
use post::Poster;
use screen::Screen;
use story::STORY;
use watch::Watch;

/// Watch Herald at work: one incident, told to every audience in its own words
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Nothing is installed and nothing outside this process is touched: an embedded broker, \
    the built-in policy, a clock that runs faster. It takes half a minute.\n\n\
    Examples:\n  \
    herald demo\n  \
    herald demo --keep        leaves it running, so that `herald tail --from-beginning` can show every message\n  \
    herald demo --full        shows the messages in full"
)]
pub(super) struct Args {
    /// Leave it running at the end, until Ctrl-C
    #[arg(long)]
    keep: bool,
    /// Show each audience's first message in full
    #[arg(long)]
    full: bool,
    /// How many times faster than life the story runs
    #[arg(long, value_name = "FACTOR", default_value_t = SPEED, value_parser = clap::value_parser!(u32).range(10..=600))]
    speed: u32,
}

/// 50 minutes of the story in about 20 seconds.
const SPEED: u32 = 150;
/// A record that takes longer than this does not come.
const RECORD_WAIT: Duration = Duration::from_secs(10);

pub(super) fn run(args: &Args) -> anyhow::Result<Done> {
    let runtime = serve::runtime()?;
    let told = runtime.block_on(play(args))?;
    Ok(if told { Done::Well } else { Done::Problems })
}

async fn play(args: &Args) -> anyhow::Result<bool> {
    let hangups = Hangups::heard_from_now()?;
    let secret = story::secret();
    let config = configuration(&secret)?;
    let begins = story::begins(Timestamp::now());
    let clock = Clock::scaled(begins, args.speed);
    let options = Options { clock, ..Options::default() };
    let running = App::new(config, options).start().await.context("the demo can't start")?;
    let policy = running.policy().context("the demo has a policy")?;
    let screen = Screen::new(policy.time_zone.clone(), args.full);
    screen.title(running.addresses(), &policy, args.speed)?;
    let outcome = act(&running, &secret, begins, &clock, &screen).await;
    let watch = match outcome {
        Ok(watch) => watch,
        Err(error) => {
            running.stop().await;
            return Err(error);
        }
    };
    screen.summary(&watch)?;
    if args.keep {
        output::line(
            "\nStill running. In a second terminal:  herald tail --from-beginning\nCtrl-C ends it.",
        )?;
        run_until_told(running, hangups).await?;
    } else {
        screen.farewell()?;
        running.stop().await;
    }
    Ok(watch.complete())
}

/// Posts every step at its time and shows what comes of it.
async fn act(
    running: &Running,
    secret: &str,
    begins: Timestamp,
    clock: &Clock,
    screen: &Screen,
) -> anyhow::Result<Watch> {
    let port = running.addresses().webhooks.context("the demo has a webhook port")?;
    let poster = Poster::new(port, secret);
    let mut watch = Watch::open(running)?;
    for step in STORY {
        let at = begins.checked_add(jiff::SignedDuration::from_mins(step.minute))?;
        while clock.now() < at {
            watch.gather(Duration::from_millis(20))?;
            screen.timers(&mut watch)?;
            tokio::task::yield_now().await;
        }
        match step.post {
            Some(post) => {
                let body = story::at(post.body, begins)?;
                let answer = poster.post(post.source, &body).await?;
                watch.until_decided(&answer.events, RECORD_WAIT)?;
                screen.step(step, at, &answer, &mut watch)?;
            }
            None => screen.narrate(step, at)?,
        }
    }
    watch.gather(Duration::from_millis(500))?;
    screen.timers(&mut watch)?;
    Ok(watch)
}

/// The trial's configuration, on free ports, with sources that authenticate as real ones do.
fn configuration(secret: &str) -> anyhow::Result<Config> {
    let variables = [
        ("HERALD__WEBHOOKS__LISTEN", "127.0.0.1:0"),
        ("HERALD__OPERATIONS__LISTEN", "127.0.0.1:0"),
        ("HERALD__SOURCES__PAGERDUTY", "{ kind: pagerduty, auth: { scheme: pagerduty, secret_env: DEMO } }"),
        (
            "HERALD__SOURCES__ALERTMANAGER",
            "{ kind: alertmanager, auth: { scheme: bearer, secret_env: DEMO } }",
        ),
        ("DEMO", secret),
    ];
    let environment = Environment::of(variables.map(|(name, value)| (name.to_owned(), value.to_owned())));
    Ok(config::load(&Request { trial: true, environment, ..Request::default() })?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_has_a_configuration_and_bodies_that_are_json() {
        let config = configuration("secret").unwrap();
        assert!(config.broker.is_embedded());
        let minutes: Vec<i64> = STORY.iter().map(|step| step.minute).collect();
        assert!(minutes.is_sorted());
        for post in STORY.iter().filter_map(|step| step.post) {
            assert!(config.sources.iter().any(|source| source.name == post.source));
            story::at(post.body, Timestamp::UNIX_EPOCH).unwrap();
        }
    }
}
