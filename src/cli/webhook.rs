//! Bodies of webhooks from files, read as a configured source reads them.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::Timestamp;

use super::Usage;
use crate::config;
use crate::core::ids;
use crate::core::sources::identity::{Identity, read_as};
use crate::core::sources::origin::Origins;
use crate::core::sources::{Delivery, Read, Reader, SourceKind};
use crate::core::vocabulary::AuthKind;
use crate::http::settings::WebhookSettings;

/// Whose webhooks they are.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) reader: Reader,
    identity: Identity,
    parts_max: usize,
}

impl Source {
    /// A configured source; or, where none is called so, a kind with a source of its own name.
    pub(super) fn named(name: &str, file: Option<PathBuf>) -> anyhow::Result<Self> {
        let plain = |reader| Self::plain(name, reader);
        if file.is_none()
            && let Some(kind) = SourceKind::parse(name)
        {
            return Ok(plain(kind.into()));
        }
        if let Some(source) = mapped(name)? {
            return Ok(source);
        }
        let sources = super::configuration(file)?.map(|config| config.sources).unwrap_or_default();
        if let Some(source) = sources.iter().find(|source| source.name == name) {
            return Ok(Self { identity: source.identity(), ..plain(source.reader.clone()) });
        }
        let known: Vec<&str> = sources
            .iter()
            .map(|source| source.name.as_str())
            .chain(SourceKind::ALL.iter().map(|kind| kind.as_str()))
            .collect();
        let hint = config::nearest(name, known.iter().copied())
            .map_or_else(|| format!("known: {}", known.join(", ")), |near| format!("did you mean {near}?"));
        let kind = SourceKind::parse(name);
        let kind = kind.ok_or_else(|| Usage(format!("there is no source {name:?}; {hint}")))?;
        Ok(plain(kind.into()))
    }

    fn plain(name: &str, reader: Reader) -> Self {
        let parts_max = WebhookSettings::default().parts_max;
        Self { reader, identity: Identity::plain(name), parts_max }
    }

    /// What a body says, received at that time.
    pub(super) fn read(&self, headers: &[(String, String)], body: &[u8], received_at: Timestamp) -> Read {
        read_as(
            &self.reader,
            &self.delivery(headers, body, &ids::body_sha256(body), received_at),
            &self.identity,
        )
    }

    /// Of each of its events: which place of the body each field came from.
    pub(super) fn origins(
        &self,
        headers: &[(String, String)],
        body: &[u8],
        received_at: Timestamp,
    ) -> Vec<Origins> {
        self.reader.origins(&self.delivery(headers, body, &ids::body_sha256(body), received_at))
    }

    fn delivery<'a>(
        &'a self,
        headers: &'a [(String, String)],
        body: &'a [u8],
        body_sha256: &'a str,
        received_at: Timestamp,
    ) -> Delivery<'a> {
        let content_type = headers.iter().find(|(name, _)| name == "content-type");
        Delivery {
            source: self.identity.names_ids(),
            headers,
            content_type: content_type.map_or("application/json", |(_, value)| value.as_str()),
            body,
            body_sha256,
            received_at,
            auth: AuthKind::None,
            key_id: None,
            parts_max: self.parts_max,
        }
    }
}

/// The kinds of source that make events of this body.
pub(super) fn kinds_that_read(
    headers: &[(String, String)],
    body: &[u8],
    received_at: Timestamp,
) -> Vec<&'static str> {
    let reads = |kind: &SourceKind| {
        let source = Source::plain(kind.as_str(), (*kind).into());
        matches!(source.read(headers, body, received_at), Read::Events(events) if !events.is_empty())
    };
    SourceKind::ALL.iter().filter(|kind| reads(kind)).map(|kind| kind.as_str()).collect()
}

/// A mapping's file, which is called as its source would be. A source's name has no dot in it.
fn mapped(name: &str) -> anyhow::Result<Option<Source>> {
    if ![".yaml", ".yml"].iter().any(|end| name.ends_with(end)) {
        return Ok(None);
    }
    let loaded = crate::mapping::load(Path::new(name));
    let loaded = loaded.with_context(|| format!("the mapping {name} can't be used"))?;
    let stem = Path::new(name).file_stem().map(|stem| stem.to_string_lossy().into_owned());
    Ok(Some(Source {
        reader: Reader::Mapping(loaded.mapping),
        identity: Identity::plain(stem.unwrap_or_else(|| name.to_owned())),
        parts_max: WebhookSettings::default().parts_max,
    }))
}

/// A header as it is written on the command line.
pub(super) fn header(header: &str) -> Result<(String, String), Usage> {
    let (name, value) = header
        .split_once(':')
        .ok_or_else(|| Usage(format!("--header {header:?} is written as  name: value")))?;
    Ok((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
}

/// A file, or standard input.
pub(super) fn read_file(file: &Path) -> anyhow::Result<Vec<u8>> {
    if file == Path::new("-") {
        let mut body = Vec::new();
        std::io::stdin().lock().read_to_end(&mut body).context("can't read standard input")?;
        return Ok(body);
    }
    std::fs::read(file).with_context(|| format!("can't read {}", file.display()))
}
