//! One YAML file, the environment over it, and the trial where there is neither. What comes out
//! is complete and consistent, or the list of everything that is wrong with it.

mod auth;
mod environment;
mod kafka;
mod keys;
mod ports;
mod print;
mod problem;
mod quantity;
mod secrets;
mod section;
mod sources;
mod tokens;
mod tree;
pub(crate) mod trial;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use crate::http::settings::{ApiToken, SourceSettings, WebhookSettings};
use crate::kafka::settings::KafkaSettings;
use crate::policy::SourceNames;
use crate::router::settings::RouterSettings;
pub use environment::Environment;
use problem::Problems;
pub(crate) use problem::nearest;
pub use problem::{ConfigError, Told};
use section::Section;
use tree::Node;

/// Looked for in the working directory where no file is named.
pub const DEFAULT_FILE: &str = "herald.yaml";

/// Everything that one process is told.
#[derive(Debug, Clone)]
pub struct Config {
    /// The file it came from; none for the trial, or where the environment says all.
    pub file: Option<PathBuf>,
    /// `webhooks:`
    pub webhooks: WebhookSettings,
    /// `operations:`
    pub operations: OperationsSettings,
    /// `policy:`, a directory; none for the policy that is built in.
    pub policy: Option<PathBuf>,
    /// Where records go.
    pub broker: Broker,
    /// `router:`
    pub router: RouterSettings,
    /// `api_tokens:`
    pub api_tokens: Vec<ApiToken>,
    /// `sources:`, in the file's order.
    pub sources: Vec<SourceSettings>,
    /// The whole configuration as YAML, defaults included. Secrets stand in it by reference only.
    pub printed: String,
}

impl Config {
    /// What its sources are called, for a policy that names some; none where it names none.
    pub fn source_names(&self) -> Option<SourceNames> {
        let names = self.sources.iter().map(|source| (source.name.clone(), source.formerly.clone()));
        (!self.sources.is_empty()).then(|| SourceNames::new(names))
    }
}

/// Where records go.
#[derive(Debug, Clone)]
pub enum Broker {
    /// A real cluster.
    Kafka(KafkaSettings),
    /// The trial's broker in this very process: forgets everything on exit.
    Embedded(KafkaSettings),
}

impl Broker {
    /// How it is spoken to, whichever it is; the embedded one has no servers until it runs.
    pub fn settings(&self) -> &KafkaSettings {
        match self {
            Self::Kafka(settings) | Self::Embedded(settings) => settings,
        }
    }
    /// Is it the trial's?
    pub fn is_embedded(&self) -> bool {
        matches!(self, Self::Embedded(_))
    }
}

/// `operations:`
#[derive(Debug, Clone)]
pub struct OperationsSettings {
    /// Where it listens; port 0 picks one.
    pub listen: SocketAddr,
}

/// What to load, and what is allowed on purpose.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// `--config`.
    pub file: Option<PathBuf>,
    /// `--trial`: the trial, whatever file there is.
    pub trial: bool,
    /// `--insecure-sources`: unauthenticated sources on a listener that others can reach.
    pub insecure_sources: bool,
    /// The environment.
    pub environment: Environment,
}

/// Loads the file, or makes the trial's configuration where there is none.
///
/// # Errors
/// Everything that is wrong, with file, line and column.
pub fn load(request: &Request) -> Result<Config, ConfigError> {
    let default = PathBuf::from(DEFAULT_FILE);
    let file = match &request.file {
        _ if request.trial => None,
        Some(file) => Some(file.clone()),
        None => default.is_file().then_some(default),
    };
    let text = match &file {
        Some(file) => read_file(file)?,
        None => String::new(),
    };
    from_text(&text, file.as_deref(), request)
}

fn read_file(file: &Path) -> Result<String, ConfigError> {
    let wrong = |message: String| ConfigError::of_file(file.to_owned(), message);
    let metadata = std::fs::metadata(file).map_err(|error| wrong(format!("can't be read: {error}")))?;
    if metadata.len() > tree::FILE_BYTES_MAX as u64 {
        return Err(wrong("is larger than 1 MiB; is it the right file?".to_owned()));
    }
    std::fs::read_to_string(file).map_err(|error| wrong(format!("can't be read: {error}")))
}

/// Reads a configuration from its text; `file` names it in messages and is what relative paths
/// in it are relative to.
fn from_text(text: &str, file: Option<&Path>, request: &Request) -> Result<Config, ConfigError> {
    let problems = Problems::default();
    let mut root = match tree::parse(text) {
        Ok(root) => root,
        Err(error) => {
            let place = error.location().map_or(tree::Place::Nowhere, tree::place);
            let words = error.without_snippet().render();
            // The place is told in front, as for every other problem.
            problems.push(problem::Problem {
                place,
                message: words.split(" at line ").next().unwrap_or(&words).to_owned(),
                hint: None,
                shown_chars: Some(1),
            });
            Node::empty()
        }
    };
    if let Some(error) = gathered(&problems, file, text) {
        return Err(error);
    }
    environment::apply(&mut root, &request.environment, &problems);
    keys::check(&root, &problems);
    let config = read(&root, file, request, &problems);
    match problems.into_error(file.map(Path::to_owned), text) {
        Some(error) => Err(error),
        None => Ok(config),
    }
}

/// The problems so far, as an error of their own: a file that is no YAML has no keys to check.
fn gathered(problems: &Problems, file: Option<&Path>, text: &str) -> Option<ConfigError> {
    problems.clone().into_error(file.map(Path::to_owned), text)
}

fn read(root: &Node, file: Option<&Path>, request: &Request, problems: &Problems) -> Config {
    let whole = Section::root(root, problems);
    let base = file.and_then(Path::parent).unwrap_or_else(|| Path::new(""));
    let secrets = secrets::Secrets { base, environment: &request.environment, problems };
    // Without a file and without servers from the environment, it is the trial. A file that does
    // not name its servers is refused: its 202 would promise what nobody keeps.
    let servers = whole.section("kafka").get("bootstrap_servers").is_some();
    let trial = request.trial || (file.is_none() && !servers);
    let webhooks = ports::webhooks(&whole.section("webhooks"));
    let mut sources = sources::read(&whole.section("sources"), &secrets, &webhooks, request.insecure_sources);
    if sources.is_empty() && !whole.section("sources").is_given() {
        if trial {
            sources = trial::sources();
            if !webhooks.listen.ip().is_loopback() && !request.insecure_sources {
                let section = whole.section("webhooks");
                let place = section.get("listen").map_or_else(|| section.place(), |node| node.place.clone());
                problems.add_hint(
                    &place,
                    format!("the trial's sources have no authentication, and {} can be reached from other machines: anybody could declare or end incidents", webhooks.listen),
                    "listen on 127.0.0.1, configure `sources` with their secrets, or say --insecure-sources on purpose",
                );
            }
        } else {
            problems.add_hint(
                &whole.place(),
                "no `sources` are configured: nothing could be posted",
                "add one, as  sources: { alertmanager: { kind: alertmanager, auth: { scheme: bearer, secret_file: … } } }",
            );
        }
    }
    let mut api_tokens = tokens::read(whole.get("api_tokens"), &secrets);
    if trial && api_tokens.is_empty() && webhooks.listen.ip().is_loopback() {
        api_tokens.push(trial::api_token());
    }
    let kafka = kafka::read(&whole.section("kafka"), &secrets, webhooks.body_bytes_max, trial);
    Config {
        file: file.map(Path::to_owned),
        operations: ports::operations(&whole.section("operations")),
        policy: whole.read("policy", section::some_text).map(|path| base.join(path)),
        router: ports::router(&whole.section("router")),
        api_tokens,
        printed: print::effective(root, &sources, trial),
        broker: if trial { Broker::Embedded(kafka) } else { Broker::Kafka(kafka) },
        webhooks,
        sources,
    }
}

/// A length of time as the file has it: `500ms`, `5m`, `1m30s`.
///
/// # Errors
/// In words, where it can't be read.
pub(crate) fn parse_duration(text: &str) -> Result<std::time::Duration, String> {
    quantity::duration(text)
}
