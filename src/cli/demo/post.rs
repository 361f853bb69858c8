//! Posts a webhook as its sender does, signature and all: one small HTTP/1.1 exchange.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, bail};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The port answers within 4 s, whatever happens.
const ANSWER_WAIT: Duration = Duration::from_secs(5);

/// Where to post, and with which secret.
pub(super) struct Poster {
    port: SocketAddr,
    secret: String,
}

/// What the port answered.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Ids of the events that were made.
    pub(super) events: Vec<String>,
}

impl Poster {
    pub(super) fn new(port: SocketAddr, secret: &str) -> Self {
        Self { port, secret: secret.to_owned() }
    }

    /// Posts, and wants 202.
    pub(super) async fn post(&self, source: &str, body: &[u8]) -> anyhow::Result<Answer> {
        let answered = tokio::time::timeout(ANSWER_WAIT, self.exchange(source, body)).await;
        let answer = answered.context("the webhook port does not answer")??;
        let (head, content) = answer.split_once("\r\n\r\n").context("that is no HTTP answer")?;
        let status: u16 =
            head.split(' ').nth(1).and_then(|word| word.parse().ok()).context("that is no HTTP answer")?;
        if status != 202 {
            bail!("the webhook port answered {status}: {content}");
        }
        let content: Value = serde_json::from_str(content).context("the answer is no JSON")?;
        let events = content["events"].as_array().into_iter().flatten();
        let ids = events.filter_map(|event| event["id"].as_str().map(str::to_owned)).collect();
        Ok(Answer { status, events: ids })
    }

    async fn exchange(&self, source: &str, body: &[u8]) -> anyhow::Result<String> {
        let proof = match source {
            "pagerduty" => format!("X-PagerDuty-Signature: v1={}", self.signature(body)?),
            _ => format!("Authorization: Bearer {}", self.secret),
        };
        let head = format!(
            "POST /webhooks/{source} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n{proof}\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            self.port,
            body.len()
        );
        let mut stream = TcpStream::connect(self.port).await?;
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(body).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    }

    fn signature(&self, body: &[u8]) -> anyhow::Result<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes())?;
        mac.update(body);
        Ok(data_encoding::HEXLOWER.encode(&mac.finalize().into_bytes()))
    }
}
