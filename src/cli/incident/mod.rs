//! `herald incident`: what a lead does, from a terminal. Declaring and updating go over the API, as
//! everybody's; showing and listing read what the router has committed.
//!
//! | file | does |
//! |---|---|
//! | `args` | what can be said, as arguments |
//! | `body` | arguments → the body that is posted |
//! | `when` | times as people write them |
//! | `client` | one HTTP exchange |
//! | `post` | declare, update, release, approve, and what they are answered |
//! | `view` | the committed state, and how old it is |
//! | `show`, `list` | it, for people |

mod args;
mod body;
mod client;
mod list;
mod post;
mod show;
mod view;
mod when;

use super::cluster::ClusterArgs;
use super::{Done, Usage};
use crate::core::ids;
use crate::core::sources::api;

/// Declare, update and look up incidents
#[derive(Debug, clap::Args)]
#[command(after_help = "INCIDENT is an incident's id, or its key, as api/desk-17 or pagerduty/PGR0VU2.\n\
    The token comes from --token-file or from HERALD_TOKEN, never from an argument.\n\n\
    Examples:\n  \
    herald incident declare --title 'Checkout fails' --service checkout-api --impact major\n  \
    herald incident update api/desk-17 --stage identified --symptom en='Some purchases fail.' --next-update-by 30m\n  \
    herald incident release api/desk-17 customers-general\n  \
    herald incident show api/desk-17\n  \
    herald incident list")]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    Declare(Declare),
    Update(Update),
    Release(Release),
    Approve(Approve),
    Show(Show),
    List(List),
}

/// Begin an incident
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    herald incident declare --title 'Checkout fails' --service checkout-api --priority P1 --impact major\n  \
    herald incident declare --key desk-17 --symptom ja='ご購入を完了できません' --symptom en='Purchases fail.'\n  \
    herald incident declare --title 'Exercise: checkout' --drill\n  \
    herald incident declare --file declaration.json --json")]
struct Declare {
    /// Idempotency-Key: the same one is the same incident, api/KEY [default: a new one]
    #[arg(long)]
    key: Option<String>,
    #[command(flatten)]
    said: args::Said,
    #[command(flatten)]
    server: client::ServerArgs,
}

/// Say what is new
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    herald incident update api/desk-17 --stage monitoring --no-change --next-update-by 14:50\n  \
    herald incident update api/desk-17 --text executives:ja='決済は復旧しました。' --help-wanted sales=\n  \
    herald incident update api/desk-17 --lead communications=Kim --hold customers-general\n  \
    herald incident update api/desk-17 --corrects --text customer-service:en='The EU is not affected.'\n  \
    herald incident update api/desk-17 --stage merged --merged-into pagerduty/PGR0VU2\n  \
    herald incident update api/desk-17 --file update.json")]
struct Update {
    /// Id or key
    incident: String,
    /// Idempotency-Key: makes two attempts one update [default: a new one]
    #[arg(long)]
    key: Option<String>,
    #[command(flatten)]
    said: args::Said,
    #[command(flatten)]
    server: client::ServerArgs,
}

/// Let audiences be told that wait for it
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  herald incident release api/desk-17 customers-general customers-strategic"
)]
struct Release {
    /// Id or key
    incident: String,
    /// Audiences
    #[arg(required = true)]
    audience: Vec<String>,
    #[command(flatten)]
    server: client::ServerArgs,
}

/// Approve the words of an update
#[derive(Debug, clap::Args)]
#[command(
    after_help = "`herald incident show` lists the words that wait, with the update that brought them.\n\n\
    Example:\n  herald incident approve api/desk-17 e-abcdefghijklmnopqrstuvwxyz --role legal"
)]
struct Approve {
    /// Id or key
    incident: String,
    /// Id of the update
    update: String,
    /// In which role
    #[arg(long)]
    role: String,
    #[command(flatten)]
    server: client::ServerArgs,
}

/// Who was told what, what waits and why, what is promised
#[derive(Debug, clap::Args)]
#[command(after_help = "It reads the committed state from Kafka, and says how old that is.\n\n\
    Examples:\n  \
    herald incident show api/desk-17 --config herald.yaml\n  \
    herald incident show i-6m7mxq42txt2oorh --json | jq .state.ledger")]
struct Show {
    /// Id or key
    incident: String,
    /// Print the state as it is
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    cluster: ClusterArgs,
}

/// Incidents that are open
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    herald incident list --config herald.yaml\n  \
    herald incident list --all --json | jq .incidents[].id")]
struct List {
    /// Those that have ended too, as long as they are remembered
    #[arg(long)]
    all: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    cluster: ClusterArgs,
}

pub(super) fn run(args: &Args) -> anyhow::Result<Done> {
    match &args.action {
        Action::Declare(args) => post::declare(args),
        Action::Update(args) => post::update(args),
        Action::Release(args) => post::release(args),
        Action::Approve(args) => post::approve(args),
        Action::Show(args) => show::run(args),
        Action::List(args) => list::run(args),
    }
}

/// The id of an incident that somebody names by its id or its key.
pub(super) fn id_of(word: &str) -> Result<String, Usage> {
    if api::is_incident_id(word) {
        return Ok(word.to_owned());
    }
    // A key that was too long ends with the id.
    if let Some((_, id)) = word.rsplit_once('~').filter(|(_, id)| api::is_incident_id(id)) {
        return Ok(id.to_owned());
    }
    match word.split_once('/') {
        Some((source, native_id)) if !source.is_empty() && !native_id.is_empty() => {
            Ok(ids::incident(source, native_id))
        }
        _ => Err(Usage(format!(
            "{word:?} is neither an incident's id (i-…) nor its key, as api/desk-17; `herald incident list` shows both"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incident_is_named_by_its_id_or_its_key() {
        let id = api::declared("desk/17");
        assert_eq!(id_of(&id).unwrap(), id);
        assert_eq!(id_of("api/desk/17").unwrap(), id);
        assert_eq!(id_of(&format!("api/very-long~{id}")).unwrap(), id);
        for word in ["desk-17", "", "/x", "x/", "i-short"] {
            assert!(id_of(word).is_err(), "{word}");
        }
    }
}
