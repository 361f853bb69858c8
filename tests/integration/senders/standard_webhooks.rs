//! The Standard Webhooks library for Python signs what a script posts.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use super::told;
use crate::fixture::await_that::await_that;
use crate::fixture::herald::Role;
use crate::fixture::site::Site;

const SEEN_IN: Duration = Duration::from_mins(2);
/// Base64 of 32 bytes that are no secret.
const SECRET: &str = "whsec_bm90LWEtcmVhbC1zZWNyZXQtbm90LWEtcmVhbC1zZWM=";
const SCRIPT: &str = r#"
import datetime, json, sys, urllib.request
from standardwebhooks import Webhook
url, secret, identifier, stage = sys.argv[1:]
body = json.dumps({
    "type": "incident." + stage, "timestamp": datetime.datetime.now(datetime.timezone.utc).isoformat(),
    "data": {"key": "CHK-1", "title": "Checkout fails", "service": "checkout-api", "priority": "P2"},
})
now = datetime.datetime.now(datetime.timezone.utc)
headers = {
    "content-type": "application/json", "webhook-id": identifier,
    "webhook-timestamp": str(int(now.timestamp())),
    "webhook-signature": Webhook(secret).sign(identifier, now, body),
}
request = urllib.request.Request(url, body.encode(), headers)
try:
    print(urllib.request.urlopen(request).status)
except urllib.error.HTTPError as error:
    print(error.code)
"#;

#[test]
fn what_the_library_signs_is_told_from_its_begin_to_its_end() {
    let library = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(".tools/standardwebhooks");
    if !library.join("standardwebhooks").is_dir() {
        println!("skipped: no Standard Webhooks library here; scripts/setup --senders fetches it");
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let secret = home.path().join("secret");
    fs::write(&secret, SECRET).unwrap();
    let site = Site::shared("standard-webhooks-sender").with_source(&format!(
        "library: {{ kind: standard_webhooks, auth: {{ scheme: standard_webhooks, secret_file: {secret:?} }} }}"
    ));
    let mut process = site.herald("one", Role::All);
    process.start_ready();
    let url = format!("http://{}/webhooks/library", process.webhooks());
    let post = |secret: &str, id: &str, stage: &str| {
        let output = Command::new("python3")
            .args(["-c", SCRIPT, &url, secret, id, stage])
            .env("PYTHONPATH", &library)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    };
    assert_eq!(post("whsec_YW5vdGhlci1zZWNyZXQtYW5vdGhlci1zZWNyZXQ=", "msg_0", "triggered"), "401");
    assert_eq!(post(SECRET, "msg_1", "triggered"), "202");
    let told_of = |kind: &str| {
        await_that(&format!("technical teams hear of the {kind}"), SEEN_IN, || {
            told(&site, "technical-teams").into_iter().find(|(told, _)| told == kind)
        });
    };
    told_of("opening");
    // As the library's sender would try again: the same id, signed anew.
    assert_eq!(post(SECRET, "msg_1", "triggered"), "202");
    assert_eq!(post(SECRET, "msg_2", "resolved"), "202");
    told_of("resolved");
    let kinds: Vec<String> = told(&site, "technical-teams").into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["opening", "resolved"], "each once");
}
