//! Signals at awkward moments.

use std::net::TcpListener;
use std::os::unix::process::ExitStatusExt;
use std::time::{Duration, Instant};

use super::guide::shell;
use super::herald;
use super::trial::Trial;

const TERM: i32 = 15;

/// SIGHUP ends whoever says nothing of it, and a start may take as long as Kafka lets it wait. That it
/// goes on is seen by what ends it: the signal that came after.
#[test]
fn a_hangup_during_the_start_does_not_end_it() {
    let dir = tempfile::tempdir().unwrap();
    // A Kafka that takes connections and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    silent.set_nonblocking(true).unwrap();
    let text = format!(
        "webhooks: {{ listen: \"127.0.0.1:0\" }}\noperations: {{ listen: \"127.0.0.1:0\" }}\n\
         kafka: {{ bootstrap_servers: [\"{}\"] }}\n\
         sources: {{ tool: {{ kind: herald, auth: none }} }}\n",
        silent.local_addr().unwrap()
    );
    std::fs::write(dir.path().join("herald.yaml"), text).unwrap();
    let log = std::fs::File::create(dir.path().join("stderr")).unwrap();
    let mut child = herald(dir.path()).arg("serve").stderr(log).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_mins(2);
    let connected = loop {
        match silent.accept() {
            Ok(connected) => break connected,
            Err(_) => {
                let log = || std::fs::read_to_string(dir.path().join("stderr")).unwrap();
                assert!(child.try_wait().unwrap().is_none(), "{}", log());
                assert!(Instant::now() < deadline, "it does not start: {}", log());
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    };
    let sent =
        shell(dir.path(), "kill -s HUP $PID\nkill -s TERM $PID").env("PID", child.id().to_string()).status();
    assert!(sent.unwrap().success());
    let ended = child.wait().unwrap();
    assert_eq!(ended.signal(), Some(TERM), "{ended}");
    drop(connected);
}

#[test]
fn a_hangup_while_it_stops_is_not_an_end_of_another_kind() {
    let dir = tempfile::tempdir().unwrap();
    let trial = Trial::start(dir.path(), &[]);
    let both = "kill -s TERM $PID\nkill -s HUP $PID";
    let sent = shell(dir.path(), both).env("PID", trial.pid().to_string()).status();
    assert!(sent.unwrap().success());
    assert_eq!(trial.ended().code(), Some(0));
}
