//! Messages as SNS signs them, with an authority of our own and a world that answers from a map.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use data_encoding::BASE64;
use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sign::Signer;
use openssl::x509::extension::{BasicConstraints, SubjectAlternativeName};
use openssl::x509::{X509, X509Extension, X509Name};
use serde_json::{Value, json};

use super::*;
use crate::http::fetch::Fetching;
use crate::secret::Secret;

const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:alarms";
const CERTIFICATE: &str = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b.pem";
const ISSUER: &str = "http://crt.r2m01.amazontrust.com/r2m01.cer";
const SENT_AT: &str = "2026-01-02T03:04:05.678Z";

/// Answers from a map, and counts what it is asked for.
#[derive(Debug, Default)]
struct World {
    pages: Mutex<HashMap<String, Vec<u8>>>,
    asked: Mutex<Vec<String>>,
}

impl Fetch for World {
    fn get<'f>(&'f self, url: &'f str) -> Fetching<'f> {
        Box::pin(async move {
            // Others get their turn, as they would over a network.
            tokio::task::yield_now().await;
            self.asked.lock().expect("a lock").push(url.to_owned());
            self.pages.lock().expect("a lock").get(url).cloned().ok_or_else(|| "not there".to_owned())
        })
    }
}

impl World {
    fn has(&self, url: &str, page: impl Into<Vec<u8>>) {
        self.pages.lock().expect("a lock").insert(url.to_owned(), page.into());
    }
    fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("a lock").clone()
    }
}

/// Making them takes longer than all else.
static KEYS: LazyLock<[PKey<Private>; 4]> =
    LazyLock::new(|| [(); 4].map(|()| PKey::from_rsa(Rsa::generate(2048).expect("a key")).expect("a key")));

/// A key that SNS has nothing to do with.
fn stranger() -> PKey<Private> {
    KEYS[3].clone()
}

/// A certificate of `name`, for these days from today on, signed by an issuer.
fn certificate(
    name: &str,
    key: &PKey<Private>,
    issuer: Option<(&X509, &PKey<Private>)>,
    names: &[&str],
    days: u32,
) -> X509 {
    let mut subject = X509Name::builder().expect("a name");
    subject.append_entry_by_text("CN", name).expect("a name");
    let subject = subject.build();
    let mut builder = X509::builder().expect("a builder");
    builder.set_version(2).expect("version");
    let number = BigNum::from_dec_str(&(crate::unique::number() >> 1).to_string()).expect("a number");
    builder.set_serial_number(&number.to_asn1_integer().expect("a number")).expect("a number");
    builder.set_subject_name(&subject).expect("a name");
    builder.set_issuer_name(issuer.map_or(&subject, |(issuer, _)| issuer.subject_name())).expect("a name");
    builder.set_pubkey(key).expect("a key");
    builder.set_not_before(&Asn1Time::from_unix(1_700_000_000).expect("a time")).expect("a time");
    builder.set_not_after(&Asn1Time::days_from_now(days).expect("a time")).expect("a time");
    if names.is_empty() {
        builder.append_extension(BasicConstraints::new().critical().ca().build().expect("CA")).expect("CA");
    } else {
        let mut alternatives = SubjectAlternativeName::new();
        for name in names {
            alternatives.dns(name);
        }
        let context = builder.x509v3_context(None, None);
        let alternatives = alternatives.build(&context).expect("names");
        builder.append_extension(alternatives).expect("names");
    }
    // Where the issuer's own certificate is; a root has none.
    if issuer.is_some_and(|(issuer, _)| {
        issuer.subject_name().try_cmp(issuer.issuer_name()).expect("names").is_ne()
    }) {
        #[allow(deprecated)] // the one way to say it in words
        let access =
            X509Extension::new(None, None, "authorityInfoAccess", &format!("caIssuers;URI:{ISSUER}"));
        builder.append_extension(access.expect("access")).expect("access");
    }
    builder.sign(issuer.map_or(key, |(_, key)| key), MessageDigest::sha256()).expect("signed");
    builder.build()
}

struct Aws {
    world: Arc<World>,
    sns: Sns,
    key: PKey<Private>,
    between: (X509, PKey<Private>),
    settings: SnsSettings,
}

/// SNS in one region, with a certificate of these names.
fn aws(names: &[&str], days: u32) -> Aws {
    let [root_key, between_key, key, _] = KEYS.clone();
    let root = certificate("root", &root_key, None, &[], 10);
    let between = certificate("between", &between_key, Some((&root, &root_key)), &[], 10);
    let own = certificate("sns", &key, Some((&between, &between_key)), names, days);
    let world = Arc::new(World::default());
    // SNS serves its own certificate alone.
    world.has(CERTIFICATE, own.to_pem().expect("PEM"));
    world.has(ISSUER, between.to_der().expect("DER"));
    let outside = Outside { fetch: Arc::<World>::clone(&world), roots: Roots::Only(vec![root]) };
    let settings = SnsSettings {
        topic_arns: vec!["arn:other".to_owned(), TOPIC.to_owned()],
        tolerance: Duration::from_hours(1),
    };
    Aws { world, sns: Sns::new(outside), key, between: (between, between_key), settings }
}

fn standard() -> Aws {
    aws(&["sns.amazonaws.com"], 5)
}

fn notification() -> Value {
    json!({
        "Type": "Notification", "MessageId": "m-1", "TopicArn": TOPIC, "Subject": "ALARM: \"x\"",
        "Message": "{\"AlarmName\":\"x\"}\n", "Timestamp": SENT_AT, "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE, "UnsubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe",
    })
}

fn confirmation(kind: &str) -> Value {
    json!({
        "Type": kind, "MessageId": "m-2", "TopicArn": TOPIC, "Message": "You have chosen to subscribe",
        "Token": "t0ken", "SubscribeURL": subscribe_url(), "Timestamp": SENT_AT, "SignatureVersion": "1",
        "SigningCertURL": CERTIFICATE,
    })
}

fn subscribe_url() -> String {
    format!("https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=t0ken")
}

/// The message with its signature, over these of its members in this order.
fn signed(mut message: Value, key: &PKey<Private>) -> Vec<u8> {
    let names: &[&str] = if message["Type"] == "Notification" {
        &["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
    } else {
        &["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    };
    let lines = names.iter().filter_map(|name| Some(format!("{name}\n{}\n", message[*name].as_str()?)));
    let text: String = lines.collect();
    let digest =
        if message["SignatureVersion"] == "1" { MessageDigest::sha1() } else { MessageDigest::sha256() };
    let mut signer = Signer::new(digest, key).expect("a signer");
    message["Signature"] =
        json!(BASE64.encode(&signer.sign_oneshot_to_vec(text.as_bytes()).expect("signed")));
    message.to_string().into_bytes()
}

impl Aws {
    async fn verify_at(&self, body: &[u8], at: &str) -> Result<(), Refused> {
        let proof = self.sns.verify(&self.settings, body, at.parse().expect("a time")).await?;
        assert_eq!(proof, Proof { kind: AuthKind::Signature, key: None });
        Ok(())
    }
    async fn verify(&self, body: &[u8]) -> Result<(), Refused> {
        self.verify_at(body, SENT_AT).await
    }
    async fn verify_signed(&self, message: Value) -> Result<(), Refused> {
        self.verify(&signed(message, &self.key)).await
    }
}

/// Something changed in a message, as it is afterwards signed.
fn with(mut message: Value, name: &str, value: impl Into<Value>) -> Value {
    message[name] = value.into();
    message
}

const fn fault(fault: Fault) -> Result<(), Refused> {
    Err(Refused::NotAuthentic(fault))
}

#[tokio::test]
async fn messages_of_every_type_and_version_are_verified_with_one_fetch() {
    let aws = standard();
    let mut without_subject = notification();
    without_subject.as_object_mut().expect("a message").remove("Subject");
    for message in [
        notification(),
        with(notification(), "SignatureVersion", "1"),
        without_subject,
        with(notification(), "Subject", Value::Null),
        confirmation("SubscriptionConfirmation"),
        confirmation("UnsubscribeConfirmation"),
    ] {
        assert_eq!(aws.verify_signed(message.clone()).await, Ok(()), "{message}");
    }
    assert_eq!(aws.world.asked(), [CERTIFICATE, ISSUER]);
}

#[tokio::test]
async fn a_change_anywhere_is_a_wrong_signature() {
    let aws = standard();
    for message in [notification(), confirmation("SubscriptionConfirmation")] {
        let body: Value = serde_json::from_slice(&signed(message, &aws.key)).expect("JSON");
        for name in ["Message", "MessageId", "Subject", "SubscribeURL", "Token", "Signature"] {
            if let Some(text) = body[name].as_str() {
                let first = if text.starts_with('Y') { "Z" } else { "Y" };
                let changed = with(body.clone(), name, [first, &text[1..]].concat()).to_string();
                assert_eq!(aws.verify(changed.as_bytes()).await, fault(Fault::WrongSignature), "{name}");
            }
        }
        for (name, value) in [("Timestamp", "2026-01-02T03:04:06.678Z"), ("SignatureVersion", "0")] {
            let changed = with(body.clone(), name, value).to_string();
            let wrong = aws.verify(changed.as_bytes()).await;
            assert!(matches!(wrong, Err(Refused::NotAuthentic(_))), "{name} {wrong:?}");
        }
    }
    let forged = signed(notification(), &stranger());
    assert_eq!(aws.verify(&forged).await, fault(Fault::WrongSignature));
}

#[tokio::test]
async fn what_costs_nothing_is_looked_at_before_anything_is_fetched() {
    let aws = standard();
    let other = TOPIC.replace("alarms", "others");
    assert_eq!(aws.verify_signed(with(notification(), "TopicArn", other)).await, fault(Fault::SnsTopic));
    for url in
        ["https://evil.example/x.pem", "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0a.pem"]
    {
        let message = with(notification(), "SigningCertURL", url);
        assert_eq!(aws.verify_signed(message).await, fault(Fault::SnsCertificateUrl), "{url}");
    }
    assert_eq!(
        aws.verify_signed(with(notification(), "Timestamp", "yesterday")).await,
        fault(Fault::NoTimestamp)
    );
    let body = signed(notification(), &aws.key);
    for at in ["2026-01-02T04:04:06Z", "2026-01-02T02:04:04Z"] {
        let off = aws.verify_at(&body, at).await;
        assert_eq!(off, fault(Fault::OutOfTime { seconds_off: 3601, tolerance_seconds: 3600 }), "{at}");
    }
    let twice = String::from_utf8(body.clone()).expect("JSON").replacen('{', "{\"Message\":\"x\",", 1);
    for odd in [b"".as_slice(), b"{}", b"[]", b"\xff", &body[..body.len() - 1], twice.as_bytes()] {
        assert_eq!(aws.verify(odd).await, fault(Fault::NoSnsMessage));
    }
    assert_eq!(aws.world.asked(), [""; 0]);
    assert_eq!(aws.verify_at(&body, "2026-01-02T04:04:05Z").await, Ok(()));
}

#[tokio::test]
async fn a_certificate_that_cannot_be_fetched_is_our_fault_and_is_tried_again() {
    let aws = standard();
    let body = signed(notification(), &aws.key);
    let page = aws.world.pages.lock().expect("a lock").remove(CERTIFICATE).expect("a page");
    assert_eq!(aws.verify(&body).await, Err(Refused::Unfetched));
    aws.world.has(CERTIFICATE, page);
    let issuer = aws.world.pages.lock().expect("a lock").remove(ISSUER).expect("a page");
    assert_eq!(aws.verify(&body).await, Err(Refused::Unfetched));
    aws.world.has(ISSUER, issuer);
    assert_eq!(aws.verify(&body).await, Ok(()));
}

#[tokio::test]
async fn only_sns_own_certificates_that_a_root_vouches_for_are_believed() {
    for names in [
        &["sns-signing.eu-west-1.amazonaws.com", "sns.eu-west-1.amazonaws.com"][..],
        &["x", "sns.amazonaws.com"],
    ] {
        let aws = aws(names, 5);
        assert_eq!(aws.verify_signed(notification()).await, Ok(()), "{names:?}");
    }
    let wrong = fault(Fault::SnsCertificate);
    for names in [&["sns.us-east-1.amazonaws.com"][..], &["s3.amazonaws.com"], &["*.amazonaws.com"]] {
        assert_eq!(aws(names, 5).verify_signed(notification()).await, wrong, "{names:?}");
    }
    assert_eq!(aws(&["sns.amazonaws.com"], 0).verify_signed(notification()).await, wrong, "it has ended");

    // By itself, by a stranger, by an authority that another one stands for, and none at all.
    let aws = standard();
    let stranger = stranger();
    let own = certificate("sns", &stranger, None, &["sns.amazonaws.com"], 5);
    let authority = certificate("between", &stranger, None, &[], 5);
    let by_stranger = certificate("sns", &stranger, Some((&authority, &stranger)), &["sns.amazonaws.com"], 5);
    let pages = [
        own.to_pem().expect("PEM"),
        by_stranger.to_pem().expect("PEM"),
        [by_stranger.to_pem().expect("PEM"), authority.to_pem().expect("PEM")].concat(),
        b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----".to_vec(),
        b"<html>".to_vec(),
    ];
    for page in pages {
        aws.world.has(CERTIFICATE, page);
        assert_eq!(aws.verify(&signed(notification(), &stranger)).await, wrong);
    }
    assert!(aws.world.asked().iter().all(|url| url == CERTIFICATE), "{:?}", aws.world.asked());

    // One that never gets to a root is not followed for ever.
    let (between, between_key) = &aws.between;
    let lone = certificate("else", &stranger, Some((between, between_key)), &["sns.amazonaws.com"], 5);
    aws.world.has(CERTIFICATE, lone.to_pem().expect("PEM"));
    aws.world.has(ISSUER, lone.to_der().expect("DER"));
    assert_eq!(aws.verify(&signed(notification(), &stranger)).await, wrong);
    assert_eq!(aws.world.asked().iter().filter(|url| *url == ISSUER).count(), 3);
}

#[tokio::test]
async fn a_certificate_is_kept_for_a_day_at_most() {
    let aws = standard();
    let aws = Aws {
        settings: SnsSettings { tolerance: Duration::from_hours(1_000), ..aws.settings.clone() },
        ..aws
    };
    let body = signed(notification(), &aws.key);
    for (at, asked) in [("2026-01-02T03:04:05Z", 1), ("2026-01-03T03:04:04Z", 1), ("2026-01-03T03:04:05Z", 2)]
    {
        assert_eq!(aws.verify_at(&body, at).await, Ok(()));
        assert_eq!(aws.world.asked().iter().filter(|url| *url == CERTIFICATE).count(), asked, "{at}");
    }
}

#[tokio::test]
async fn many_deliveries_at_once_fetch_little() {
    let aws = standard();
    let body = signed(notification(), &aws.key);
    let all = futures_util::future::join_all((0..50).map(|_| aws.verify(&body))).await;
    assert!(all.iter().all(Result::is_ok));
    assert!(aws.world.asked().len() <= 8, "{}", aws.world.asked().len());
}

#[tokio::test]
async fn not_all_that_come_wait() {
    let aws = standard();
    let body = signed(notification(), &aws.key);
    let all = futures_util::future::join_all((0..300).map(|_| aws.verify(&body))).await;
    assert_eq!(all.iter().filter(|one| **one == Err(Refused::Unfetched)).count(), 300 - 256);
    assert_eq!(aws.verify(&body).await, Ok(()));
}

#[tokio::test]
async fn subscriptions_are_confirmed_where_they_are_wanted() {
    let aws = standard();
    let pinned = AuthSettings::Sns(aws.settings.clone());
    let basic = AuthSettings::Basic { secrets: vec![Secret::new("u:p")] };
    let others = TOPIC.replace("alarms", "others");
    let url = subscribe_url();
    aws.sns.confirm("aws", &AuthSettings::None, url.clone(), TOPIC);
    aws.sns.confirm("aws", &pinned, url.replace("alarms", "others"), &others);
    aws.sns.confirm("aws", &pinned, url.replace("alarms", "others"), TOPIC);
    aws.sns.confirm("aws", &pinned, url.replace("amazonaws.com", "evil.example"), TOPIC);
    aws.sns.confirm("aws", &basic, url.replace("https", "http"), TOPIC);
    aws.sns.confirm("aws", &pinned, url.clone(), TOPIC);
    aws.sns.confirm("aws", &basic, url.clone(), TOPIC);
    while aws.world.asked().len() < 2 {
        tokio::task::yield_now().await;
    }
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(aws.world.asked(), [url.clone(), url]);
}
