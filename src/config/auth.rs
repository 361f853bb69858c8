//! `auth:` of a source: how its deliveries prove who sent them.

mod jwt;
mod signing;
mod words;

use std::sync::Arc;
use std::time::Duration;

use self::words::{header, parameter, tolerance, topics};
use super::secrets::Secrets;
use super::section::{Section, text, word};
use super::tree::{Node, Value};
use crate::http::settings::AuthSettings;
use crate::http::settings::auth::SnsSettings;
use crate::http::settings::signing::{PRESETS, Preset};

/// A message of SNS is tried again for as long.
const SNS_TOLERANCE_DEFAULT: Duration = Duration::from_hours(1);
/// The keys by which a secret is named.
const SECRET: &[&str] = &["secret_file", "secret_files", "secret_env"];

#[derive(Debug, Clone, Copy)]
enum Scheme {
    Bearer,
    Basic,
    Header,
    UrlSecret,
    Signed(&'static Preset),
    Jwt,
    Sns,
}

impl Scheme {
    fn all() -> Vec<(&'static str, Self)> {
        let others = [
            ("bearer", Self::Bearer),
            ("basic", Self::Basic),
            ("header", Self::Header),
            ("url_secret", Self::UrlSecret),
            ("jwt", Self::Jwt),
            ("sns", Self::Sns),
        ];
        let signed = PRESETS.iter().map(|preset| (preset.scheme, Self::Signed(preset)));
        others.into_iter().chain(signed).collect()
    }

    /// The keys that it reads, besides those of its secrets.
    const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Bearer | Self::Basic => &[],
            Self::Header => &["header", "prefix"],
            Self::UrlSecret => &["parameter"],
            Self::Signed(preset) => preset.keys,
            Self::Jwt => &["keys_file", "issuer", "audience", "claims", "tolerance"],
            Self::Sns => &["topic_arns", "tolerance"],
        }
    }

    const fn has_secrets(self) -> bool {
        !matches!(self, Self::Jwt | Self::Sns)
    }
}

/// `auth:` of one source. None where there was a problem, which is told.
pub(super) fn read(source: &Section<'_>, secrets: &Secrets<'_>) -> Option<AuthSettings> {
    let Some(node) = source.get("auth") else {
        source.problems.add_hint(
            &source.place(),
            format!("`{}` is missing: how do its deliveries prove who sent them?", source.path_of("auth")),
            "auth: { scheme: bearer, secret_file: … }, or on a loopback listener  auth: none",
        );
        return None;
    };
    if let Value::Text(word) = &node.value {
        if word == "none" {
            return Some(AuthSettings::None);
        }
        source.problems.add_hint(
            &node.place,
            format!("`{}` is `none` or a map", source.path_of("auth")),
            "auth: { scheme: bearer, secret_file: … }",
        );
        return None;
    }
    let section = source.section("auth");
    let schemes = Scheme::all();
    let scheme = section.require("scheme", word(&schemes))?;
    strange_keys(&section, scheme, node, &schemes);
    let values = if scheme.has_secrets() { secrets.gather(&section, "secret") } else { Vec::new() };
    if values.is_empty() && scheme.has_secrets() && !SECRET.iter().any(|key| section.get(key).is_some()) {
        section.problems.add(
            &section.place(),
            format!("`{}` wants secret_file, secret_files or secret_env", section.path_of("scheme")),
        );
    }
    Some(match scheme {
        Scheme::Bearer => AuthSettings::Bearer { secrets: values },
        Scheme::Basic => {
            if values.iter().any(|secret| !secret.expose().contains(&b':')) {
                section.problems.add(&node.place, "a secret of scheme basic is written as user:password");
            }
            AuthSettings::Basic { secrets: values }
        }
        Scheme::Header => AuthSettings::Header {
            header: section.require("header", header)?,
            prefix: section.read("prefix", text).unwrap_or_default(),
            secrets: values,
        },
        Scheme::UrlSecret => AuthSettings::UrlSecret {
            parameter: section.read("parameter", parameter).unwrap_or_else(|| "token".to_owned()),
            secrets: values,
        },
        Scheme::Signed(preset) => AuthSettings::Signed(signing::read(preset, &section, values)?),
        Scheme::Jwt => AuthSettings::Jwt(Arc::new(jwt::read(&section, secrets)?)),
        Scheme::Sns => AuthSettings::Sns(SnsSettings {
            topic_arns: section.require("topic_arns", topics)?,
            tolerance: tolerance(&section).unwrap_or(SNS_TOLERANCE_DEFAULT),
        }),
    })
}

/// Keys that exist, but not for this scheme: whoever writes one believes that it does something.
fn strange_keys(section: &Section<'_>, scheme: Scheme, node: &Node, schemes: &[(&str, Scheme)]) {
    let reads = |scheme: Scheme, key: &str| {
        key == "scheme" || scheme.keys().contains(&key) || (scheme.has_secrets() && SECRET.contains(&key))
    };
    for entry in node.entries().iter().filter(|entry| !reads(scheme, &entry.key)) {
        let key = entry.key.as_str();
        let owners: Vec<&str> =
            schemes.iter().filter(|(_, other)| reads(*other, key)).map(|(name, _)| *name).collect();
        // One that no scheme has is told as unknown.
        if owners.is_empty() {
            continue;
        }
        let owners = if SECRET.contains(&key) { "one with a secret".to_owned() } else { owners.join(", ") };
        let known = ["scheme"].iter().chain(scheme.keys());
        let known = known.chain(if scheme.has_secrets() { SECRET } else { &[] }).copied().collect::<Vec<_>>();
        section.problems.add_hint(
            &entry.place,
            format!("`{}` belongs to another scheme: {owners}", section.path_of(key)),
            format!("this one knows {}", known.join(", ")),
        );
    }
}

#[cfg(test)]
mod tests;
