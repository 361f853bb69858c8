//! `scheme: jwt`.

use super::words::tolerance;
use crate::config::secrets::Secrets;
use crate::config::section::{Section, some_text, texts};
use crate::config::tree::{Node, Value};
use crate::http::settings::jwt::{JwtSettings, KeyFiles, LEEWAY_DEFAULT};

pub(super) fn read(section: &Section<'_>, secrets: &Secrets<'_>) -> Option<JwtSettings> {
    let keys = section.require("keys_file", |node| {
        KeyFiles::open(texts(node)?.into_iter().map(|file| secrets.base.join(file)).collect())
    });
    let (issuers, audiences) = (section.require("issuer", texts), section.require("audience", texts));
    let claims = section.section("claims");
    let claims = claims.node().map(Node::entries).unwrap_or_default().iter();
    let claims = claims.filter_map(|entry| {
        let said = match &entry.node.value {
            Value::Flag(flag) => Ok(flag.to_string()),
            _ => some_text(&entry.node),
        };
        let path = section.path_of("claims");
        let told = said
            .map_err(|words| section.problems.add(&entry.place, format!("`{path}.{}`: {words}", entry.key)));
        Some((entry.key.clone(), told.ok()?))
    });
    let claims = claims.collect();
    Some(JwtSettings {
        keys: keys?,
        issuers: issuers?,
        audiences: audiences?,
        claims,
        leeway: tolerance(section).unwrap_or(LEEWAY_DEFAULT),
    })
}
