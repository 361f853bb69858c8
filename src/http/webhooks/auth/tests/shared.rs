//! Secrets that are sent as they are.

use data_encoding::BASE64;

use super::*;

#[test]
fn bearer() {
    let settings = AuthSettings::Bearer { secrets: secrets(&["one", "two"]) };
    let key = |value: &str| Head::with(&[("authorization", value)]).key(&settings, b"");
    assert_eq!(key("Bearer two"), Ok(1));
    assert_eq!(key("bearer  one"), Ok(0));
    for (wrong, fault) in [
        ("Bearer", Fault::NoCredentials),
        ("Bearer ", Fault::NoCredentials),
        ("Basic one", Fault::NoCredentials),
        ("one", Fault::NoCredentials),
        ("Bearer three", Fault::WrongSecret),
        ("Bearer onE", Fault::WrongSecret),
        ("Bearer one two", Fault::WrongSecret),
    ] {
        assert_eq!(key(wrong), Err(fault), "{wrong}");
    }
    let twice = [("authorization", "Bearer one"), ("authorization", "Bearer one")];
    assert_eq!(Head::with(&twice).key(&settings, b""), Err(Fault::NoCredentials));
    let empty =
        AuthSettings::Header { header: "x-token".to_owned(), prefix: String::new(), secrets: secrets(&[""]) };
    assert_eq!(Head::with(&[("x-token", "")]).key(&empty, b""), Err(Fault::WrongSecret), "an empty secret");
}

#[test]
fn basic() {
    let settings = AuthSettings::Basic { secrets: secrets(&["user:pass:word"]) };
    let key = |value: &str| Head::with(&[("authorization", value)]).key(&settings, b"");
    assert_eq!(key(&format!("Basic {}", BASE64.encode(b"user:pass:word"))), Ok(0));
    for wrong in ["Basic user:pass:word", "Basic dXNlcjpwYXNz", "Basic !", "Bearer dXNlcjpwYXNzOndvcmQ="] {
        assert!(key(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_secret_in_a_header_of_any_name() {
    let settings = |header: &str, prefix: &str| AuthSettings::Header {
        header: header.to_owned(),
        prefix: prefix.to_owned(),
        secrets: secrets(&["old", "n3w"]),
    };
    let honeycomb = settings("x-honeycomb-webhook-token", "");
    let key = |pairs: &[(&str, &str)]| Head::with(pairs).key(&honeycomb, b"");
    assert_eq!(key(&[("X-Honeycomb-Webhook-Token", "n3w")]), Ok(1));
    assert_eq!(key(&[("x-honeycomb-webhook-token", "n3")]), Err(Fault::WrongSecret));
    assert_eq!(key(&[("x-token", "n3w")]), Err(Fault::NoHeader));
    let twice = [("x-honeycomb-webhook-token", "x"), ("x-honeycomb-webhook-token", "n3w")];
    assert_eq!(key(&twice), Err(Fault::NoHeader));

    let genie = settings("authorization", "GenieKey ");
    let key = |value: &str| Head::with(&[("authorization", value)]).key(&genie, b"");
    assert_eq!(key("GenieKey old"), Ok(0));
    assert_eq!(key("old"), Err(Fault::NoHeader));
}

#[test]
fn a_secret_in_the_address() {
    let settings =
        AuthSettings::UrlSecret { parameter: "auth_token".to_owned(), secrets: secrets(&["old", "n/w+ ü"]) };
    let key = |path: &str| Head::at(path).key(&settings, b"");
    assert_eq!(key("/webhooks/x?auth_token=old"), Ok(0));
    assert_eq!(key("/webhooks/x?a=1&auth%5ftoken=n%2Fw%2B%20%C3%BC&b"), Ok(1));
    assert_eq!(key("/webhooks/x/old"), Ok(0));
    assert_eq!(key("/webhooks/x/n%2Fw%2B%20%C3%BC"), Ok(1));
    for (wrong, fault) in [
        ("/webhooks/x", Fault::NoUrlSecret),
        ("/webhooks/x?token=old", Fault::NoUrlSecret),
        ("/webhooks/x?auth_token=old&auth_token=old", Fault::NoUrlSecret),
        ("/webhooks/x?auth_token=", Fault::WrongSecret),
        ("/webhooks/x?auth_token=ol", Fault::WrongSecret),
        ("/webhooks/x/ol", Fault::WrongSecret),
        ("/webhooks/x/", Fault::WrongSecret),
        ("/webhooks/x/wrong?auth_token=old", Fault::WrongSecret),
    ] {
        assert_eq!(key(wrong), Err(fault), "{wrong}");
    }
}
