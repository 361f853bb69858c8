//! The real path from bytes to decisions, without Kafka: adapter, fold, words.

use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use jiff::{SignedDuration, Timestamp};

use super::{Args, Usage};
use crate::config;
use crate::core::decision::InputPlace;
use crate::core::ids;
use crate::core::policy::Policy;
use crate::core::shard::{Shard, Step};
use crate::core::sources::origin::Origins;
use crate::core::sources::{Delivery, Read, Reader, SourceKind};
use crate::core::vocabulary::AuthKind;

/// Most timers folded in one wait: an incident has a handful.
const STEPS_MAX: usize = 10_000;

/// What one file did.
pub(super) struct Outcome {
    pub(super) read: Read,
    /// Of each event: which place of the body each field came from.
    pub(super) origins: Vec<Origins>,
    pub(super) bytes: usize,
    pub(super) steps: Vec<Step>,
}

/// A made-up partition with a made-up clock.
pub(super) struct Session {
    pub(super) policy: Policy,
    shard: Shard,
    now: Timestamp,
    offset: i64,
}

impl Session {
    pub(super) fn new(policy: Policy) -> Self {
        Self { policy, shard: Shard::new(0), now: Timestamp::now(), offset: 0 }
    }

    /// Reads and folds one delivery, a second after the one before.
    pub(super) fn deliver(
        &mut self,
        source: &str,
        reader: &Reader,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Outcome {
        self.now = self.now.saturating_add(SignedDuration::from_secs(1)).unwrap_or(self.now);
        let content_type = headers.iter().find(|(name, _)| name == "content-type");
        let delivery = Delivery {
            source,
            headers,
            content_type: content_type.map_or("application/json", |(_, value)| value.as_str()),
            body,
            body_sha256: &ids::body_sha256(body),
            received_at: self.now,
            auth: AuthKind::None,
            key_id: None,
            parts_max: crate::http::settings::WebhookSettings::default().parts_max,
        };
        let read = reader.read(&delivery);
        let origins = reader.origins(&delivery);
        let mut steps = Vec::new();
        if let Read::Events(events) = &read {
            for event in events {
                let place = self.place();
                steps.extend(self.shard.event(event, self.now, place, &self.policy));
                self.shard.commit();
            }
        }
        Outcome { read, origins, bytes: body.len(), steps }
    }

    /// Lets time pass.
    pub(super) fn wait(&mut self, wait: Duration) -> anyhow::Result<Vec<Step>> {
        let wait = SignedDuration::try_from(wait).context("that is too long to wait")?;
        self.now = self.now.checked_add(wait).context("that is too long to wait")?;
        let place = self.place();
        let steps = self.shard.due(self.now, place, &self.policy, STEPS_MAX);
        self.shard.commit();
        Ok(steps)
    }

    fn place(&mut self) -> InputPlace {
        self.offset += 1;
        InputPlace { partition: 0, offset: self.offset - 1 }
    }
}

/// Who reads the source: a kind by its own name, a mapping by its file, or what the configuration says.
pub(super) fn reader(args: &Args) -> anyhow::Result<Reader> {
    if args.config.is_none()
        && let Some(kind) = SourceKind::parse(&args.source)
    {
        return Ok(Reader::Kind(kind));
    }
    // A source's name has no dot in it.
    if [".yaml", ".yml"].iter().any(|end| args.source.ends_with(end)) {
        let loaded = crate::mapping::load(Path::new(&args.source));
        let loaded = loaded.with_context(|| format!("the mapping {} can't be used", args.source))?;
        return Ok(Reader::Mapping(loaded.mapping));
    }
    let config = super::super::configuration(args.config.clone())?;
    let sources = config.map(|config| config.sources).unwrap_or_default();
    if let Some(source) = sources.iter().find(|source| source.name == args.source) {
        return Ok(source.reader.clone());
    }
    let known: Vec<&str> = sources
        .iter()
        .map(|source| source.name.as_str())
        .chain(SourceKind::ALL.iter().map(|kind| kind.as_str()))
        .collect();
    let hint = config::nearest(&args.source, known.iter().copied())
        .map_or_else(|| format!("known: {}", known.join(", ")), |near| format!("did you mean {near}?"));
    SourceKind::parse(&args.source)
        .map(Reader::Kind)
        .ok_or_else(|| Usage(format!("there is no source {:?}; {hint}", args.source)).into())
}

/// What the source is called: a mapping's file is called as its source would be.
pub(super) fn name(args: &Args) -> String {
    let stem = Path::new(&args.source).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    stem.unwrap_or_else(|| args.source.clone())
}

/// The policy that is asked about.
pub(super) fn policy(args: &Args) -> anyhow::Result<Policy> {
    let dir = match &args.policy {
        Some(dir) => Some(dir.clone()),
        None => super::super::policy_dir(args.config.clone())?,
    };
    Ok(crate::app::policy::load(dir.as_deref()).context("the policy is wrong")?.policy)
}

/// A file, or standard input.
pub(in crate::cli) fn read_file(file: &Path) -> anyhow::Result<Vec<u8>> {
    let mut body = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut body).context("can't read standard input")?;
    } else {
        body = std::fs::read(file).with_context(|| format!("can't read {}", file.display()))?;
    }
    Ok(body)
}
