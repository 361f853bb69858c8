//! What the trial says at every start: where everything is, a line to try, and what it is not.

use std::fmt::Write as _;

use super::Running;
use super::broker::EMBEDDED_WORDS;
use crate::config::Config;
use crate::core::sources::SourceKind;
use crate::http::operations::VERSION;

/// The text; none where it is not the trial.
pub fn banner(config: &Config, running: &Running) -> Option<String> {
    let addresses = running.addresses();
    if !addresses.embedded {
        return None;
    }
    let mut text = format!("\nHerald {VERSION}, a trial on this machine\n\n");
    let mut row = |name: &str, value: &str| {
        // Writing to a string can't fail.
        let _ = writeln!(text, "  {name:<12}{value}");
    };
    if let Some(webhooks) = addresses.webhooks {
        let names: Vec<&str> = config.sources.iter().map(|source| source.name.as_str()).collect();
        row("webhooks", &format!("http://{webhooks}/webhooks/<source>   ({})", names.join(", ")));
    }
    if let Some(webhooks) = addresses.webhooks.filter(|_| !config.api_tokens.is_empty()) {
        row("people", &format!("http://{webhooks}/v1/incidents   (herald incident declare --title … )"));
    }
    row(
        "operations",
        &format!(
            "http://{}   /readyz /metrics /version /openapi.json /asyncapi.json /schemas/ /-/reload",
            addresses.operations
        ),
    );
    row("kafka", &format!("{}   any Kafka client can connect", addresses.kafka));
    if let Some(policy) = running.policy() {
        row("policy", &format!("{}   {} audiences", policy.version, policy.audiences.len()));
    }
    row("broker", EMBEDDED_WORDS);
    if let Some(line) = curl_line(config, running) {
        text.push_str("\nSee what each audience reads, in a second terminal:\n\n  herald tail\n");
        let _ = write!(text, "\nThen report an incident, and end it with \"resolved\":\n\n{line}\n");
    }
    text.push_str("\nFor work: `herald init` writes a policy and a herald.yaml that names your Kafka.\n");
    Some(text)
}

/// A line that works, if there is a source that takes Herald's own JSON without authentication.
fn curl_line(config: &Config, running: &Running) -> Option<String> {
    let address = running.addresses().webhooks?;
    let open = |source: &&crate::http::settings::SourceSettings| {
        source.reader.is(SourceKind::Herald)
            && matches!(source.auth, crate::http::settings::AuthSettings::None)
    };
    let source = config.sources.iter().find(open)?;
    Some(format!(
        "  curl -i http://{address}/webhooks/{} -H 'content-type: application/json' \\\n    \
         -d '{{\"key\":\"inc-1\",\"stage\":\"triggered\",\"title\":\"checkout-api p99 > 2s\",\"service\":\"checkout-api\",\"priority\":\"P1\",\"impact\":\"major\"}}'",
        source.name
    ))
}
