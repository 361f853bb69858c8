//! `kafka:`

use std::collections::BTreeMap;

use super::secrets::Secrets;
use super::section::{Section, count, flag, some_text, text, texts, word};
use crate::kafka::properties;
use crate::kafka::settings::{KafkaSettings, SecuritySettings, TopicSettings};

const PROTOCOLS: &[(&str, &str)] = &[
    ("plaintext", "plaintext"),
    ("ssl", "ssl"),
    ("sasl_plaintext", "sasl_plaintext"),
    ("sasl_ssl", "sasl_ssl"),
];
const MECHANISMS: &[(&str, &str)] =
    &[("PLAIN", "PLAIN"), ("SCRAM-SHA-256", "SCRAM-SHA-256"), ("SCRAM-SHA-512", "SCRAM-SHA-512")];
/// Parts of a property's name that say that its value is a secret.
const SECRET_WORDS: &[&str] = &["password", "secret", "token", "pem", "sasl.oauthbearer.config"];

pub(super) fn read(
    section: &Section<'_>,
    secrets: &Secrets<'_>,
    body_bytes_max: usize,
    trial: bool,
) -> KafkaSettings {
    let servers = section.read("bootstrap_servers", texts).unwrap_or_default();
    if trial {
        if let Some(node) = section.get("bootstrap_servers") {
            section.problems.add_hint(
                &node.place,
                "the trial has a broker of its own and takes no `kafka.bootstrap_servers`",
                "leave --trial out to use this cluster",
            );
        }
    } else if servers.is_empty() {
        section.problems.add_hint(
            &section.place(),
            "`kafka.bootstrap_servers` is missing: without it a 202 would promise what nobody keeps",
            "name your brokers, as  kafka: { bootstrap_servers: [kafka-1:9092] } ; to only try Herald out, run `herald serve --trial`",
        );
    }
    for server in servers.iter().filter(|server| !has_port(server)) {
        if let Some(node) = section.get("bootstrap_servers") {
            section.problems.add(
                &node.place,
                format!("`kafka.bootstrap_servers`: {server:?} has no port; write host:9092"),
            );
        }
    }
    KafkaSettings {
        bootstrap_servers: servers,
        topic_prefix: section.read("topic_prefix", topic_prefix).unwrap_or_default(),
        security: security(&section.section("security"), secrets),
        topics: topics(&section.section("topics"), trial),
        properties: other_properties(&section.section("properties")),
        record_bytes_max: (2 * body_bytes_max).max(1024 * 1024),
    }
}

fn has_port(server: &str) -> bool {
    server.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
}

/// What Kafka takes in a topic's name; long enough for any habit, short enough for our names.
fn topic_prefix(node: &super::tree::Node) -> Result<String, String> {
    let prefix = text(node)?;
    let fits = prefix.len() <= 100
        && prefix.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
    if fits {
        Ok(prefix)
    } else {
        Err("a topic's name has letters, digits, `.`, `_` and `-` only".to_owned())
    }
}

fn topics(section: &Section<'_>, trial: bool) -> TopicSettings {
    let default = TopicSettings::default();
    // One broker in the trial: more replicas or many partitions would say nothing there.
    let (partitions, replication) = if trial { (4, 1) } else { (default.partitions, default.replication) };
    let number = |key, max: u32, otherwise: i32| {
        section.read(key, count(1, max)).and_then(|n| i32::try_from(n).ok()).unwrap_or(otherwise)
    };
    TopicSettings {
        create: section.read("create", flag).unwrap_or(default.create),
        partitions: number("partitions", 10_000, partitions),
        replication: number("replication", 100, replication),
        allow_unsafe: section.read("unsafe", flag).unwrap_or(default.allow_unsafe),
    }
}

fn security(section: &Section<'_>, secrets: &Secrets<'_>) -> Option<SecuritySettings> {
    if !section.is_given() {
        return None;
    }
    let path = |key| section.read(key, some_text).map(|path| secrets.base.join(path));
    let settings = SecuritySettings {
        protocol: section.require("protocol", word(PROTOCOLS))?.to_owned(),
        mechanism: section.read("mechanism", word(MECHANISMS)).map(str::to_owned),
        username: section.read("username", some_text),
        password: secrets.one(section, "password"),
        ca_file: path("ca_file"),
        certificate_file: path("certificate_file"),
        key_file: path("key_file"),
    };
    let sasl = settings.protocol.starts_with("sasl");
    if sasl && (settings.mechanism.is_none() || settings.username.is_none() || settings.password.is_none()) {
        section.problems.add(
            &section.place(),
            format!("`kafka.security`: {} wants mechanism, username and password_file", settings.protocol),
        );
    }
    if settings.certificate_file.is_some() != settings.key_file.is_some() {
        section.problems.add(
            &section.place(),
            "`kafka.security`: certificate_file and key_file come together or not at all",
        );
    }
    for (key, file) in [
        ("ca_file", &settings.ca_file),
        ("certificate_file", &settings.certificate_file),
        ("key_file", &settings.key_file),
    ] {
        if let (Some(file), Some(node)) = (file, section.get(key))
            && let Err(error) = std::fs::File::open(file)
        {
            section.problems.add(
                &node.place,
                format!("`{}`: {} can't be read: {error}", section.path_of(key), file.display()),
            );
        }
    }
    Some(settings)
}

fn other_properties(section: &Section<'_>) -> BTreeMap<String, String> {
    let mut given = BTreeMap::new();
    for entry in section.node().map(super::tree::Node::entries).unwrap_or_default() {
        if SECRET_WORDS.iter().any(|word| entry.key.contains(word)) {
            section.problems.push(super::problem::Problem {
                place: entry.place.clone(),
                message: format!("`kafka.properties.{}`: a secret is never written in this file", entry.key),
                hint: Some(
                    "`kafka.security` has username, password_file, certificate_file and key_file".to_owned(),
                ),
                shown_chars: Some(entry.key.chars().count() + 1),
            });
            continue;
        }
        let value = match &entry.node.value {
            super::tree::Value::Flag(flag) => Some(flag.to_string()),
            super::tree::Value::Real(number) => Some(number.to_string()),
            _ => section.read(&entry.key, text),
        };
        let Some(value) = value else { continue };
        let alone = KafkaSettings {
            properties: BTreeMap::from([(entry.key.clone(), value.clone())]),
            ..KafkaSettings::default()
        };
        if let Err(error) = properties::check(&alone) {
            section.problems.add(&entry.place, error.to_string());
        }
        given.insert(entry.key.clone(), value);
    }
    given
}
