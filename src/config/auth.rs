//! Secrets by reference, and how a source's deliveries prove who sent them.

use std::path::Path;

use super::environment::Environment;
use super::problem::Problems;
use super::section::{Section, some_text, text, texts, word};
use super::tree::{Node, Place, Value};
use crate::http::settings::{AuthSettings, HmacAlgorithm, SignatureEncoding};
use crate::secret::Secret;

/// Largest secret: a file that is longer is some other file.
const SECRET_BYTES_MAX: usize = 16 * 1024;

/// Where secrets are looked up.
pub(super) struct Secrets<'a> {
    /// Relative paths are relative to the configuration file.
    pub(super) base: &'a Path,
    pub(super) environment: &'a Environment,
    pub(super) problems: &'a Problems,
}

impl Secrets<'_> {
    /// `<name>_file` or `<name>_env`, not both.
    pub(super) fn one(&self, section: &Section<'_>, name: &str) -> Option<Secret> {
        let mut found = self.gather(section, name);
        if found.len() > 1 {
            self.problems.add(
                &section.place(),
                format!("`{}`: give {name}_file or {name}_env, not both", section.path_of(name)),
            );
        }
        found.pop()
    }

    /// `<name>_files`, `<name>_file` and `<name>_env` together: several while rotating.
    fn gather(&self, section: &Section<'_>, name: &str) -> Vec<Secret> {
        let mut found = Vec::new();
        for key in [format!("{name}_file"), format!("{name}_files")] {
            let Some(node) = section.get(&key) else { continue };
            for path in section.read(&key, texts).unwrap_or_default() {
                found.extend(self.file(&path, &section.path_of(&key), &node.place));
            }
        }
        let key = format!("{name}_env");
        if let (Some(node), Some(variable)) = (section.get(&key), section.read(&key, some_text)) {
            match self.environment.get(&variable).filter(|value| !value.is_empty()) {
                Some(value) => found.push(Secret::new(value)),
                None => self.problems.add(
                    &node.place,
                    format!("`{}`: the environment variable {variable} is not set", section.path_of(&key)),
                ),
            }
        }
        found
    }

    fn file(&self, path: &str, key: &str, place: &Place) -> Option<Secret> {
        let path = self.base.join(path);
        let wrong = |words: &str| {
            self.problems.add(place, format!("`{key}`: {} {words}", path.display()));
            None
        };
        match std::fs::read(&path) {
            Err(error) => wrong(&format!("can't be read: {error}")),
            Ok(bytes) if bytes.len() > SECRET_BYTES_MAX => wrong("is too large for a secret"),
            Ok(bytes) => {
                // Editors end a file with a line break; no secret ends with one.
                let end = bytes.iter().rposition(|b| !matches!(b, b'\n' | b'\r')).map_or(0, |last| last + 1);
                if end == 0 { wrong("is empty") } else { Some(Secret::new(&bytes[..end])) }
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Bearer,
    Basic,
    PagerDuty,
    Hmac,
}

const SCHEMES: &[(&str, Scheme)] = &[
    ("bearer", Scheme::Bearer),
    ("basic", Scheme::Basic),
    ("pagerduty", Scheme::PagerDuty),
    ("hmac", Scheme::Hmac),
];

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
    let scheme = section.require("scheme", word(SCHEMES))?;
    if scheme != Scheme::Hmac {
        for key in ["header", "algorithm", "encoding", "prefix"] {
            if let Some(node) = section.get(key) {
                section
                    .problems
                    .add(&node.place, format!("`{}` belongs to scheme hmac only", section.path_of(key)));
            }
        }
    }
    let values = secrets.gather(&section, "secret");
    let named = ["secret_file", "secret_files", "secret_env"].iter().any(|key| section.get(key).is_some());
    if values.is_empty() && !named {
        section.problems.add(
            &section.place(),
            format!("`{}` wants secret_file, secret_files or secret_env", section.path_of("scheme")),
        );
    }
    settings(scheme, &section, node, values)
}

fn settings(
    scheme: Scheme,
    section: &Section<'_>,
    node: &Node,
    secrets: Vec<Secret>,
) -> Option<AuthSettings> {
    Some(match scheme {
        Scheme::Bearer => AuthSettings::Bearer { secrets },
        Scheme::Basic => {
            if secrets.iter().any(|secret| !secret.expose().contains(&b':')) {
                section.problems.add(&node.place, "a secret of scheme basic is written as user:password");
            }
            AuthSettings::Basic { secrets }
        }
        Scheme::PagerDuty => AuthSettings::PagerDuty { secrets },
        Scheme::Hmac => AuthSettings::Hmac {
            header: section.require("header", header)?,
            algorithm: section
                .read(
                    "algorithm",
                    word(&[("sha256", HmacAlgorithm::Sha256), ("sha512", HmacAlgorithm::Sha512)]),
                )
                .unwrap_or(HmacAlgorithm::Sha256),
            encoding: section
                .read(
                    "encoding",
                    word(&[("hex", SignatureEncoding::Hex), ("base64", SignatureEncoding::Base64)]),
                )
                .unwrap_or(SignatureEncoding::Hex),
            prefix: section.read("prefix", text).unwrap_or_default(),
            secrets,
        },
    })
}

fn header(node: &Node) -> Result<String, String> {
    let name = some_text(node)?.to_ascii_lowercase();
    let fits = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if fits { Ok(name) } else { Err("a header's name has letters, digits, `-`, `_` and `.` only".to_owned()) }
}
