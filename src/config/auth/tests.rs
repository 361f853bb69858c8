//! Each scheme as a file has it, and each mistake.

use crate::config::tests::{load_text, refused};
use crate::config::{Request, from_text};
use crate::http::settings::AuthSettings;
use crate::http::settings::signing::{Algorithm, Encoding, Piece, Separator, Signing, SigningKey};

const JWKS: &str = r#"{"keys": [{"kty": "EC", "crv": "P-256", "kid": "a",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"#;

/// Reads the `auth` of a source, in a folder that has its secrets.
fn read(auth: &str) -> Result<AuthSettings, String> {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        ("old", "0ld-secret"),
        ("new", "n3w-secret\n"),
        ("pair", "user:n3w-secret"),
        ("whsec", "whsec_AAECAwQFBgc="),
        ("whpk", "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
        ("keys", JWKS),
    ];
    for (name, content) in files {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let text = format!(
        "kafka: {{ bootstrap_servers: [kafka-1:9092] }}\nsources:\n  x:\n    kind: herald\n    auth: {auth}\n"
    );
    let file = folder.path().join("herald.yaml");
    let config = from_text(&text, Some(&file), &Request::default()).map_err(|error| error.to_string())?;
    // What is printed is a configuration again, names secrets only, and the schema knows it.
    let again = from_text(&config.printed, Some(&file), &Request::default());
    assert_eq!(again.map_err(|error| error.to_string())?.printed, config.printed);
    for secret in ["0ld-secret", "n3w-secret", "AAECAwQFBgc"] {
        assert!(!config.printed.contains(secret), "{}", config.printed);
        assert!(!format!("{config:?}").contains(secret), "{config:?}");
    }
    let schema: serde_json::Value =
        serde_json::from_str(include_str!("../../../schemas/configuration.json")).unwrap();
    let printed: serde_json::Value = serde_saphyr::from_str(&config.printed).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let problems: Vec<String> = validator.iter_errors(&printed).map(|error| error.to_string()).collect();
    assert!(problems.is_empty(), "{problems:?}\n{}", config.printed);
    Ok(config.sources.into_iter().next().unwrap().auth)
}

#[track_caller]
fn signing(auth: &str) -> Signing {
    match read(auth) {
        Ok(AuthSettings::Signed(signing)) => signing,
        other => panic!("{auth}: {other:?}"),
    }
}

#[test]
fn each_scheme_is_read() {
    let known = |auth: &str, is: fn(&AuthSettings) -> bool| {
        let settings = read(auth).unwrap_or_else(|error| panic!("{error}"));
        assert!(is(&settings), "{auth}: {settings:?}");
    };
    known(
        "{ scheme: bearer, secret_files: [old, new] }",
        |auth| matches!(auth, AuthSettings::Bearer { secrets } if secrets.len() == 2 && secrets[1].expose() == b"n3w-secret"),
    );
    known("{ scheme: basic, secret_file: pair }", |auth| matches!(auth, AuthSettings::Basic { .. }));
    known(
        "{ scheme: header, header: X-Honeycomb-Webhook-Token, secret_file: new }",
        |auth| matches!(auth, AuthSettings::Header { header, prefix, .. } if header == "x-honeycomb-webhook-token" && prefix.is_empty()),
    );
    known(
        "{ scheme: header, header: Authorization, prefix: 'GenieKey ', secret_file: new }",
        |auth| matches!(auth, AuthSettings::Header { prefix, .. } if prefix == "GenieKey "),
    );
    known(
        "{ scheme: url_secret, secret_file: new }",
        |auth| matches!(auth, AuthSettings::UrlSecret { parameter, .. } if parameter == "token"),
    );
    known(
        "{ scheme: url_secret, parameter: auth_token, secret_file: new }",
        |auth| matches!(auth, AuthSettings::UrlSecret { parameter, .. } if parameter == "auth_token"),
    );
    known(
        "{ scheme: jwt, keys_file: keys, issuer: [https://accounts.google.com, accounts.google.com], audience: herald, claims: { email: push@example.com, email_verified: true }, tolerance: 2m }",
        |auth| {
            let AuthSettings::Jwt(jwt) = auth else { return false };
            jwt.keys.keys().len() == 1
                && jwt.issuers.len() == 2
                && jwt.audiences == ["herald"]
                && jwt.claims[1] == ("email_verified".to_owned(), "true".to_owned())
                && jwt.leeway.as_secs() == 120
        },
    );
    known(
        "{ scheme: sns, topic_arns: ['arn:aws:sns:eu-west-1:1:alarms'] }",
        |auth| matches!(auth, AuthSettings::Sns(sns) if sns.topic_arns.len() == 1 && sns.tolerance.as_secs() == 3600),
    );
}

#[test]
fn each_scheme_that_signs_is_read() {
    for scheme in ["pagerduty", "github", "sentry", "firehydrant", "rootly", "grafana"] {
        let signing = signing(&format!("{{ scheme: {scheme}, secret_files: [old, new] }}"));
        assert!(
            matches!(&signing.keys[1], SigningKey::Shared(key) if key.expose() == b"n3w-secret"),
            "{scheme}"
        );
        assert_eq!(signing.form.signed.contains(&Piece::Timestamp), scheme == "rootly");
    }
    let grafana = signing(
        "{ scheme: grafana, timestamp_header: X-Time, header: X-Own, tolerance: 1m, secret_file: new }",
    )
    .form;
    assert_eq!(grafana.signed, [Piece::Timestamp, Piece::Text(":".to_owned()), Piece::Body]);
    assert_eq!(
        (grafana.places[0].signature.as_str(), grafana.places[0].timestamp.as_deref()),
        ("x-own", Some("x-time"))
    );
    assert_eq!(grafana.tolerance.as_secs(), 60);
    let standard = signing("{ scheme: standard_webhooks, secret_files: [whsec, whpk] }");
    assert!(
        matches!(&standard.keys[..], [SigningKey::Shared(key), SigningKey::Public(_)] if key.expose() == [0, 1, 2, 3, 4, 5, 6, 7])
    );
    assert_eq!(standard.form.places.len(), 2);
    let victorops = signing("{ scheme: victorops, url: 'https://h/webhooks/v?a', secret_file: new }").form;
    assert_eq!(victorops.url, "https://h/webhooks/v?a");

    let plain = signing("{ scheme: hmac, header: X-Sig, secret_file: new }").form;
    assert_eq!(
        (plain.encoding, plain.separator, plain.signed),
        (Encoding::Hex, Separator::None, vec![Piece::Body])
    );
    assert_eq!(plain.versions, [(String::new(), Algorithm::Sha256)]);
    let whole = signing(
        "{ scheme: hmac, header: X-Sig, algorithm: sha1, encoding: base64, prefix: 'v1=', separator: blank, signed: '{url}{id}.{timestamp}.{form}', timestamp_field: 't=', id_header: X-Id, secret_form: base64, tolerance: 10s, url: 'https://h/', secret_file: whsec }",
    );
    let SigningKey::Shared(key) = &whole.keys[0] else { panic!("shared") };
    assert_eq!(key.expose().len(), 8);
    let form = whole.form;
    assert_eq!(form.versions, [("v1=".to_owned(), Algorithm::Sha1)]);
    assert_eq!((form.encoding, form.separator, form.signed.len()), (Encoding::Base64, Separator::Blank, 6));
    assert_eq!(form.timestamp_field.as_deref(), Some("t="));
    assert_eq!(form.places[0].id.as_deref(), Some("x-id"));
}

#[test]
fn each_mistake_is_told() {
    for (auth, words) in [
        ("{ scheme: githup, secret_file: new }", "did you mean \"github\"?"),
        ("{ scheme: github }", "wants secret_file, secret_files or secret_env"),
        (
            "{ scheme: github, prefix: x, secret_file: new }",
            "`sources.x.auth.prefix` belongs to another scheme: header, hmac",
        ),
        (
            "{ scheme: github, prefix: x, secret_file: new }",
            "hint: this one knows scheme, secret_file, secret_files, secret_env",
        ),
        (
            "{ scheme: github, tolerance: 1m, secret_file: new }",
            "belongs to another scheme: jwt, sns, hmac, standard_webhooks",
        ),
        ("{ scheme: bearer, topic_arns: x, secret_file: new }", "belongs to another scheme: sns"),
        (
            "{ scheme: sns, topic_arns: 'arn:aws:sns:r:1:n', secret_file: new }",
            "belongs to another scheme: one with a secret",
        ),
        ("{ scheme: bearer, secret: hunter2 }", "a secret is never written in this file"),
        ("{ scheme: bearer, secrets: hunter2, secret_file: new }", "unknown key `sources.x.auth.secrets`"),
        ("{ scheme: basic, secret_file: new }", "written as user:password"),
        ("{ scheme: header, secret_file: new }", "`sources.x.auth.header` is missing"),
        ("{ scheme: header, header: 'a b', secret_file: new }", "a header's name has letters"),
        ("{ scheme: url_secret, parameter: 'a&b', secret_file: new }", "a name in the query has"),
        ("{ scheme: standard_webhooks, secret_file: new }", "is not base64, as `whsec_…` is"),
        ("{ scheme: hmac, secret_file: new }", "`sources.x.auth.header` is missing"),
        ("{ scheme: hmac, header: a, signed: '{timestamp}', secret_file: new }", "neither {body} nor {form}"),
        ("{ scheme: hmac, header: a, signed: '{bdy}', secret_file: new }", "{bdy} is not known"),
        (
            "{ scheme: hmac, header: a, signed: '{timestamp}{body}', secret_file: new }",
            "`sources.x.auth.timestamp_header` is missing",
        ),
        (
            "{ scheme: hmac, header: a, signed: '{id}{body}', secret_file: new }",
            "`sources.x.auth.id_header` is missing",
        ),
        ("{ scheme: hmac, header: a, timestamp_header: b, secret_file: new }", "would prove nothing"),
        (
            "{ scheme: hmac, header: a, algorithm: md5, secret_file: new }",
            "it is one of sha1, sha256, sha512",
        ),
        ("{ scheme: rootly, tolerance: 0s, secret_file: new }", "is not between"),
        ("{ scheme: victorops, secret_file: new }", "`sources.x.auth.url` is missing"),
        ("{ scheme: victorops, url: 'https://u:hunter2@h/', secret_file: new }", "a password in an address"),
        ("{ scheme: victorops, url: h, secret_file: new }", "is no address"),
        ("{ scheme: jwt, issuer: a, audience: b }", "`sources.x.auth.keys_file` is missing"),
        ("{ scheme: jwt, keys_file: keys, audience: b }", "`sources.x.auth.issuer` is missing"),
        ("{ scheme: jwt, keys_file: keys, issuer: b }", "`sources.x.auth.audience` is missing"),
        ("{ scheme: jwt, keys_file: new, issuer: a, audience: b }", "has no public key for RS256"),
        ("{ scheme: jwt, keys_file: none, issuer: a, audience: b }", "can't be read"),
        ("{ scheme: sns }", "`sources.x.auth.topic_arns` is missing"),
        ("{ scheme: sns, topic_arns: [] }", "anybody's topic would be believed"),
        ("{ scheme: sns, topic_arns: ['*'] }", "is no topic"),
    ] {
        let told = read(auth).expect_err(auth);
        assert!(told.contains(words), "{auth}\n{told}");
        assert!(told.contains("herald.yaml:5:"), "{auth}\n{told}");
        assert!(!told.contains("n3w-secret"), "{told}");
    }
}

/// Whoever points a tool at Herald copies it from there.
#[test]
fn what_the_page_says_is_read() {
    let page = include_str!("../../../docs/sources/authentication.md");
    let mut count = 0;
    for quoted in page.split('`').filter(|quoted| quoted.starts_with("{ scheme:")) {
        let secret = match quoted.split([' ', ',']).nth(2) {
            Some("basic") => "pair",
            Some("standard_webhooks") => "whsec",
            _ => "new",
        };
        let auth = quoted
            .replace("secret_files: […]", "secret_files: [old, new]")
            .replace("secret_file: …", &format!("secret_file: {secret}"))
            .replace("sns:…", "sns:eu-west-1:1:alarms");
        // What is told further below.
        if !auth.contains(", … }") {
            read(&auth).unwrap_or_else(|error| panic!("{error}"));
            count += 1;
        }
    }
    assert!(count >= 15, "{count}");
}

#[test]
fn the_environment_may_hold_the_secret() {
    let text = "kafka: { bootstrap_servers: [a:1] }\nsources: { x: { kind: herald, auth: { scheme: sentry, secret_env: SENTRY } } }";
    let environment = crate::config::Environment::of([("SENTRY".to_owned(), "s3cret".to_owned())]);
    let config = load_text(text, &Request { environment, ..Request::default() }).unwrap();
    assert!(matches!(&config.sources[0].auth, AuthSettings::Signed(signing) if signing.keys.len() == 1));
    assert!(refused(text).contains("the environment variable SENTRY is not set"));
}
