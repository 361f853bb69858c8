//! What a configuration becomes, and what each mistake is answered with.

use std::path::Path;
use std::time::Duration;

use super::*;
use crate::core::sources::identity::IdPlace;
use crate::http::settings::signing::{Algorithm, SigningKey};
use crate::http::settings::{AuthSettings, OnRejected};

pub(super) fn load_text(text: &str, request: &Request) -> Result<Config, ConfigError> {
    from_text(text, Some(Path::new("herald.yaml")), request)
}

pub(super) fn refused(text: &str) -> String {
    load_text(text, &Request::default()).expect_err("it is refused").to_string()
}

fn with(variables: &[(&str, &str)]) -> Request {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Request { environment: Environment::of(variables), ..Request::default() }
}

const MINIMAL: &str = "kafka: { bootstrap_servers: [kafka-1:9092] }
sources:
  am: { kind: alertmanager, auth: none }
";

#[test]
fn a_minimal_file_has_every_default() {
    let config = load_text(MINIMAL, &Request::default()).unwrap();
    assert!(!config.broker.is_embedded());
    assert_eq!(config.broker.settings().bootstrap_servers, ["kafka-1:9092"]);
    assert_eq!(config.broker.settings().topics.partitions, 12);
    assert_eq!(config.webhooks.body_bytes_max, 1 << 20);
    assert_eq!(config.router.group, "herald-router");
    assert_eq!(config.policy, None);
    assert_eq!(config.sources[0].answer_within, Duration::from_secs(4));
    assert_eq!(config.sources[0].on_rejected, OnRejected::Refuse);
}

#[test]
fn every_key_is_read() {
    let dir = tempfile::tempdir().unwrap();
    for (name, content) in [("pd", "one\n"), ("pd-next", "two"), ("probe", "three"), ("kafka", "four\r\n")] {
        std::fs::write(dir.path().join(name), content).unwrap();
    }
    let text = "
webhooks: { listen: '127.0.0.1:0', body_bytes_max: 64KiB, parts_max: 7, header_timeout: 1s, body_timeout: 1m30s, in_flight_max: 9 }
operations: { listen: '[::1]:1' }
policy: policy/
kafka:
  bootstrap_servers: [a:1, b:2]
  topic_prefix: prod.
  security: { protocol: sasl_plaintext, mechanism: SCRAM-SHA-512, username: herald, password_file: kafka }
  topics: { create: false, partitions: 3, replication: 1, unsafe: true }
  properties: { socket.keepalive.enable: true, socket.send.buffer.bytes: 5000 }
router: { group: g, instance: i, batch_events_max: 5, batch_wait: 0ms }
api_tokens: [ { name: desk, token_env: DESK, roles: [communications_lead] } ]
sources:
  pd: { kind: pagerduty, auth: { scheme: pagerduty, secret_files: [pd, pd-next] }, formerly: pager }
  probe: { kind: herald, formerly: [prober, probe-one], same_incident_as: { source: pd, id: label.cf.pd_id }, on_rejected: accept, answer_within: 800ms, auth: { scheme: hmac, header: X-Signature, algorithm: sha512, encoding: base64, prefix: 'v=', secret_file: probe } }
";
    let file = dir.path().join("herald.yaml");
    let config = from_text(text, Some(&file), &with(&[("DESK", "t0ken")])).unwrap();
    assert_eq!(config.policy, Some(dir.path().join("policy/")));
    let kafka = config.broker.settings();
    assert_eq!(kafka.security.as_ref().unwrap().password.as_ref().unwrap().expose(), b"four");
    assert_eq!(kafka.properties["socket.send.buffer.bytes"], "5000");
    assert!(kafka.topics.allow_unsafe && !kafka.topics.create);
    assert_eq!(config.webhooks.body_timeout, Duration::from_secs(90));
    assert_eq!(config.router.batch_wait, Duration::ZERO);
    assert_eq!(config.api_tokens[0].token.expose(), b"t0ken");
    assert_eq!(config.api_tokens[0].roles, ["communications-lead"]);
    assert_eq!(config.sources[1].formerly, ["prober", "probe-one"]);
    let shared = config.sources[1].same_incident_as.as_ref().unwrap();
    assert_eq!((shared.source.as_str(), shared.names_ids.as_str()), ("pd", "pager"));
    assert_eq!(shared.place, IdPlace::Label("cf.pd_id".to_owned()));
    let AuthSettings::Signed(pagerduty) = &config.sources[0].auth else { panic!("pagerduty") };
    let exposed = |key: &SigningKey| match key {
        SigningKey::Shared(secret) => secret.expose().to_vec(),
        SigningKey::Public(_) => panic!("shared"),
    };
    assert_eq!(pagerduty.keys.iter().map(exposed).collect::<Vec<_>>(), [b"one", b"two"]);
    assert_eq!(config.sources[0].on_rejected, OnRejected::Accept);
    let AuthSettings::Signed(hmac) = &config.sources[1].auth else { panic!("hmac") };
    assert_eq!(hmac.form.places[0].signature, "x-signature");
    assert_eq!(hmac.form.versions, [("v=".to_owned(), Algorithm::Sha512)]);
    assert_eq!(config.sources[1].answer_within, Duration::from_millis(800));
    // What is printed is a configuration again, the same one, and has no secret in it.
    let again = from_text(&config.printed, Some(&file), &with(&[("DESK", "t0ken")])).unwrap();
    assert_eq!(again.printed, config.printed);
    for secret in ["t0ken", "one\n", "four"] {
        assert!(!config.printed.contains(secret), "{}", config.printed);
    }
}

#[test]
fn a_misspelt_key_is_told_with_place_line_and_what_was_meant() {
    let text =
        "kafka:\n  bootstrap_server: [kafka-1:9092]\nsources: { am: { kind: alertmanager, auth: none } }\n";
    let expected = "herald.yaml:2:3: unknown key `kafka.bootstrap_server`
   |
 2 |   bootstrap_server: …
   |   ^
  hint: did you mean `bootstrap_servers`?";
    let told = refused(text);
    assert!(told.contains(expected), "{told}");
    assert!(told.contains("`kafka.bootstrap_servers` is missing"), "{told}");
}

#[test]
#[allow(clippy::too_many_lines)] // a table
fn each_mistake_has_words_of_its_own() {
    for (text, words) in [
        ("topic_prefix: x", "`topic_prefix` stands at `kafka.topic_prefix`"),
        ("webhooks: { listen: localhost }", "is not an address"),
        ("webhooks: { body_bytes_max: 1GiB }", "is not between 1KiB and 32MiB"),
        ("webhooks: { body_timeout: 5 }", "\"5\" is not a length of time"),
        ("webhooks: [1]", "`webhooks` is a map of keys, not a list"),
        ("webhooks: { parts_max: many }", "a whole number is wanted, not a text"),
        ("kafka: { topic_prefix: 'a b' }", "letters, digits"),
        ("kafka: { bootstrap_servers: [kafka-1] }", "has no port"),
        ("kafka: { properties: { ssl.key.password: x } }", "a secret is never written in this file"),
        ("kafka: { security: { password: hunter2 } }", "a secret is never written in this file"),
        ("kafka: { security: { protocol: sasl_ssl } }", "wants mechanism, username"),
        ("kafka: { topics: { create: yes } }", "true or false is wanted"),
        ("sources: { PD: { kind: pagerduty, auth: none } }", "is not a source's name"),
        ("sources: { pd: { kind: pagerdty, auth: none } }", "did you mean \"pagerduty\"?"),
        ("sources: { pd: { kind: pagerduty } }", "`sources.pd.auth` is missing"),
        (
            "sources: { pd: { kind: pagerduty, auth: { scheme: bearer, secret_file: /nowhere } } }",
            "/nowhere can't be read",
        ),
        ("sources: { pd: { kind: pagerduty, auth: { scheme: bearer } } }", "wants secret_file"),
        (
            "sources: { pd: { kind: pagerduty, mapping: x, auth: none } }",
            "a `mapping` is read by kind `custom`",
        ),
        ("sources: { probe: { kind: custom, mapping: absent.yaml, auth: none } }", "it can't be read"),
        ("sources: { api: { kind: herald, auth: none } }", "`api` is the source of all that people say"),
        ("sources: { pd: { kind: pagerduty, auth: none, formerly: [pd] } }", "\"pd\" is a source's name now"),
        ("sources: { pd: { kind: pagerduty, auth: none, formerly: [a, a] } }", "\"a\" is there twice"),
        ("sources: { pd: { kind: pagerduty, auth: none, formerly: [api] } }", "comes over /v1/incidents"),
        ("sources: { pd: { kind: pagerduty, auth: none, formerly: [A] } }", "\"A\" is not a source's name"),
        (
            "sources: { pd: { kind: pagerduty, auth: none, same_incident_as: { source: x } } }",
            "`sources.pd.same_incident_as.id` is missing",
        ),
        (
            "sources: { pd: { kind: pagerduty, auth: none, same_incident_as: { source: pd, id: reference } } }",
            "its own incidents anyway",
        ),
        (
            "sources: { snow: { kind: herald, auth: none, same_incident_as: { source: pagerdty, id: reference } }, pagerduty: { kind: pagerduty, auth: none } }",
            "there is no source \"pagerdty\"; did you mean \"pagerduty\"?",
        ),
        (
            "sources: { snow: { kind: herald, auth: none, same_incident_as: { source: old, id: reference } }, pd: { kind: pagerduty, auth: none, formerly: [old] } }",
            "\"old\" is called \"pd\" now",
        ),
        (
            "sources: { a: { kind: herald, auth: none, same_incident_as: { source: b, id: reference } }, b: { kind: herald, auth: none, same_incident_as: { source: c, id: reference } }, c: { kind: herald, auth: none } }",
            "\"b\" speaks of another source's incidents itself",
        ),
        (
            "sources: { pd: { kind: pagerduty, auth: none, same_incident_as: { source: api, id: referense } } }",
            "did you mean \"reference\"?",
        ),
        (
            "api_tokens: [ { name: desk, token_env: DESK, roles: [comunications_lead] } ]",
            "\"communications-lead\"?",
        ),
        (
            "api_tokens: [ { name: desk, token_env: DESK, roles: [] } ]",
            "it is empty; known: communications-lead",
        ),
        ("api_tokens: [ { name: desk, token_env: DESK, roles: ['no way'] } ]", "is not a role"),
        ("policy: [", "herald.yaml:"),
        ("a: 1\na: 2", "herald.yaml:2:1: duplicate mapping key: a"),
    ] {
        let told = refused(text);
        assert!(told.contains(words), "{text}\n{told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn two_names_never_share_a_token() {
    let text = format!(
        "api_tokens: [ {{ name: a, token_env: T, roles: [legal] }}, {{ name: b, token_env: T, roles: [responder] }} ]\n{MINIMAL}"
    );
    let told = load_text(&text, &with(&[("T", "t0ken")])).unwrap_err().to_string();
    assert!(told.contains("\"b\" has the same token as \"a\"") && !told.contains("t0ken"), "{told}");
}

#[test]
fn an_unauthenticated_source_stays_on_loopback() {
    let text = format!("webhooks: {{ listen: '0.0.0.0:8080' }}\n{MINIMAL}");
    assert!(refused(&text).contains("herald.yaml:4:35: source `am` has no authentication"));
    let on_purpose = Request { insecure_sources: true, ..Request::default() };
    assert!(load_text(&text, &on_purpose).is_ok());
}

#[test]
fn the_environment_beats_the_file_and_is_held_to_the_same_rules() {
    let request = with(&[
        ("HERALD__KAFKA__TOPIC_PREFIX", "prod."),
        ("HERALD__KAFKA__BOOTSTRAP_SERVERS", "x:1, y:2"),
        ("HERALD__KAFKA__PROPERTIES__SOCKET_KEEPALIVE_ENABLE", "true"),
        ("HERALD__SOURCES__AM__ON_REJECTED", "accept"),
        ("HERALD__SOURCES__SHOP_PROBE", "{ kind: herald, auth: none }"),
        ("HERALD_LOG", "info"),
    ]);
    let config = load_text(MINIMAL, &request).unwrap();
    let kafka = config.broker.settings();
    assert_eq!(kafka.topic_prefix, "prod.");
    assert_eq!(kafka.bootstrap_servers, ["x:1", "y:2"]);
    assert_eq!(kafka.properties["socket.keepalive.enable"], "true");
    assert_eq!(config.sources[0].on_rejected, OnRejected::Accept);
    assert_eq!(config.sources[1].name, "shop-probe");

    let misspelt = load_text(MINIMAL, &with(&[("HERALD__KAFKA__TOPIC_PREFX", "x")])).unwrap_err();
    assert_eq!(
        misspelt.to_string(),
        "environment HERALD__KAFKA__TOPIC_PREFX: no such key\n  hint: did you mean HERALD__KAFKA__TOPIC_PREFIX?"
    );
    let wrong = load_text(MINIMAL, &with(&[("HERALD__WEBHOOKS__PARTS_MAX", "0")])).unwrap_err();
    assert!(wrong.to_string().starts_with("environment HERALD__WEBHOOKS__PARTS_MAX: "), "{wrong}");
}

#[test]
fn without_a_file_it_is_the_trial_unless_the_environment_names_a_cluster() {
    let trial = from_text("", None, &Request::default()).unwrap();
    assert!(trial.broker.is_embedded());
    assert_eq!(trial.sources.len(), crate::core::sources::SourceKind::ALL.len());
    assert!(trial.webhooks.listen.ip().is_loopback());
    assert_eq!(trial.api_tokens.len(), 1);
    let open = with(&[("HERALD__WEBHOOKS__LISTEN", "0.0.0.0:1")]);
    let closed = from_text("", None, &Request { trial: true, ..open.clone() }).unwrap_err().to_string();
    assert!(
        closed
            .starts_with("environment HERALD__WEBHOOKS__LISTEN: the trial's sources have no authentication"),
        "{closed}"
    );
    let open = from_text("", None, &Request { trial: true, insecure_sources: true, ..open }).unwrap();
    assert_eq!(open.api_tokens.len(), 0, "a known token is for this machine only");
    assert!(trial.printed.starts_with("# The trial"));

    let cluster = with(&[("HERALD__KAFKA__BOOTSTRAP_SERVERS", "a:1")]);
    let told = from_text("", None, &cluster).unwrap_err().to_string();
    assert!(told.contains("no `sources` are configured"), "{told}");
}

/// The schema's paths, in the table's spelling.
fn schema_paths(schema: &serde_json::Value, path: &str, out: &mut Vec<String>) {
    if let Some(properties) = schema.get("properties").and_then(|p| p.as_object()) {
        for (name, below) in properties {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            schema_paths(below, &path, out);
        }
        return;
    }
    for choice in schema.get("oneOf").and_then(|c| c.as_array()).into_iter().flatten() {
        if choice["type"] == "object" {
            return schema_paths(choice, path, out);
        }
    }
    match (schema["type"].as_str(), schema.get("additionalProperties"), schema.get("items")) {
        (Some("object"), Some(below), _) if below.is_object() => {
            schema_paths(below, &format!("{path}.*"), out);
        }
        (Some("array"), _, Some(items)) if items["type"] == "object" => {
            schema_paths(items, &format!("{path}[]"), out);
        }
        _ => out.push(path.to_owned()),
    }
}

#[test]
fn the_schema_has_exactly_the_accepted_keys() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../schemas/configuration.json")).unwrap();
    let mut in_schema = Vec::new();
    schema_paths(&schema, "", &mut in_schema);
    let mut in_table: Vec<String> = keys::KEYS.iter().map(|key| key.path.to_owned()).collect();
    in_schema.sort();
    in_table.sort();
    assert_eq!(in_schema, in_table);
}

#[test]
fn the_schema_accepts_what_is_printed() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../schemas/configuration.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let printed = load_text(MINIMAL, &Request::default()).unwrap().printed;
    let value: serde_json::Value = serde_saphyr::from_str(&printed).unwrap();
    let problems: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
    assert!(problems.is_empty(), "{problems:?}\n{printed}");
}

#[test]
fn the_schema_has_exactly_the_kinds_of_sources() {
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../schemas/configuration.json")).unwrap();
    let kinds = &schema["properties"]["sources"]["additionalProperties"]["properties"]["kind"]["enum"];
    let mut known: Vec<&str> =
        crate::core::sources::SourceKind::ALL.iter().map(|kind| kind.as_str()).collect();
    known.push("custom");
    known.sort_unstable();
    assert_eq!(*kinds, serde_json::json!(known));
}
