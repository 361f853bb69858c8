//! One HTTP exchange with the API: HTTP/1.1, with TLS where the address says https.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, bail};
use openssl::ssl::{SslConnector, SslMethod};
use serde_json::Value;

use crate::app::addresses;
use crate::cli::Usage;
use crate::config;
use crate::http::wire;
use crate::secret::Secret;

/// Largest answer that is read.
const ANSWER_BYTES_MAX: u64 = 8 * 1024 * 1024;
const CONNECT_WAIT: Duration = Duration::from_secs(10);
/// Beyond what was asked to be waited for.
const ANSWER_WAIT: Duration = Duration::from_secs(15);
const TOKEN_VARIABLE: &str = "HERALD_TOKEN";

/// Where the API is, and who speaks.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "The API")]
pub(super) struct ServerArgs {
    // `help`: addresses and variables stand as they are typed.
    #[arg(
        long,
        env = "HERALD_URL",
        hide_env_values = true,
        help = "Where the webhook port is [default: the trial that runs here, else http://127.0.0.1:8080]"
    )]
    url: Option<String>,
    #[arg(
        long,
        value_name = "FILE",
        env = "HERALD_TOKEN_FILE",
        hide_env_values = true,
        help = "File that holds the token; else the environment's HERALD_TOKEN"
    )]
    token_file: Option<PathBuf>,
    /// Certificates that a server of https is trusted by, besides the system's
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Send the token unencrypted to another machine
    #[arg(long)]
    plain_http: bool,
    /// How long to wait for the router's verdict; 0s: not at all
    #[arg(long, value_name = "LENGTH", default_value = "10s", value_parser = config::parse_duration)]
    pub(super) wait: Duration,
    /// Print the answer as it is
    #[arg(long)]
    pub(super) json: bool,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
}

/// An address, taken apart.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    tls: bool,
    host: String,
    port: u16,
    /// Before every path; no slash at its end.
    prefix: String,
}

/// See the module's text.
pub(super) struct Client {
    place: Place,
    token: Secret,
    ca_file: Option<PathBuf>,
    wait: Duration,
}

impl Client {
    pub(super) fn new(args: &ServerArgs) -> anyhow::Result<Self> {
        let trial = if args.url.is_none() { addresses::running_trial() } else { None };
        let of_trial = trial.and_then(|trial| trial.webhooks).map(|address| format!("http://{address}"));
        let is_trial = of_trial.is_some();
        let url = args.url.clone().or(of_trial).unwrap_or_else(|| "http://127.0.0.1:8080".to_owned());
        let place = place(&url)?;
        if !place.tls && !args.plain_http && !is_loopback(&place.host) {
            return Err(Usage(format!(
                "{url}: the token would travel unencrypted; use https://, or say --plain-http on purpose"
            ))
            .into());
        }
        let token = token(args)?.or_else(|| is_trial.then(|| Secret::new(config::trial::API_TOKEN)));
        let Some(token) = token else {
            return Err(
                Usage(format!("whose words are these? Say --token-file, or set {TOKEN_VARIABLE}")).into()
            );
        };
        if !token.expose().iter().all(u8::is_ascii_graphic) {
            bail!("the token has characters that no header can carry");
        }
        Ok(Self { place, token, ca_file: args.ca_file.clone(), wait: args.wait })
    }

    /// Posts a body under a key that makes a second attempt the same.
    pub(super) fn post(&self, path: &str, key: &str, body: &Value) -> anyhow::Result<Answer> {
        let Place { host, port, tls, prefix } = &self.place;
        let request = self.request(&format!("{prefix}{path}"), key, body);
        let stream = self.connect()?;
        let said =
            || format!("no answer from {host}:{port}; it may have been stored: try again with --key {key}");
        let stream: Box<dyn Exchange> = if *tls {
            let mut builder = SslConnector::builder(SslMethod::tls_client())?;
            if let Some(file) = &self.ca_file {
                builder.set_ca_file(file).with_context(|| file.display().to_string())?;
            }
            let secured = builder.build().connect(host, stream);
            Box::new(secured.map_err(|error| anyhow::anyhow!("{host}:{port}: {error}"))?)
        } else {
            Box::new(stream)
        };
        exchange(stream, &request).with_context(said)
    }

    fn request(&self, path: &str, key: &str, body: &Value) -> Vec<u8> {
        let body = body.to_string();
        let query = match self.wait.as_millis() {
            0 => String::new(),
            wait => format!("?wait={wait}ms"),
        };
        let host = &self.place.host;
        let mut request = format!(
            "POST {path}{query} HTTP/1.1\r\nHost: {host}:{}\r\nContent-Type: application/json\r\n\
             Idempotency-Key: {key}\r\nContent-Length: {}\r\nConnection: close\r\nAuthorization: Bearer ",
            self.place.port,
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(self.token.expose());
        request.extend_from_slice(b"\r\n\r\n");
        request.extend_from_slice(body.as_bytes());
        request
    }

    fn connect(&self) -> anyhow::Result<TcpStream> {
        let Place { host, port, .. } = &self.place;
        let name = host.trim_start_matches('[').trim_end_matches(']');
        let mut last = None;
        for address in (name, *port).to_socket_addrs().with_context(|| format!("{host}:{port}"))? {
            match TcpStream::connect_timeout(&address, CONNECT_WAIT) {
                Ok(stream) => {
                    stream.set_read_timeout(Some(self.wait + ANSWER_WAIT))?;
                    stream.set_write_timeout(Some(ANSWER_WAIT))?;
                    return Ok(stream);
                }
                Err(error) => last = Some(error),
            }
        }
        match last {
            Some(error) => Err(error).with_context(|| format!("nobody answers at {host}:{port}")),
            None => bail!("{host} has no address"),
        }
    }
}

trait Exchange: Read + Write {}
impl<T: Read + Write> Exchange for T {}

fn exchange(mut stream: Box<dyn Exchange>, request: &[u8]) -> anyhow::Result<Answer> {
    stream.write_all(request)?;
    let mut answer = Vec::new();
    let end = stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer);
    // Some servers cut a connection off once they have said all.
    match (parse(&answer), end) {
        (Ok(answer), _) => Ok(answer),
        (Err(_), Err(error)) => Err(error.into()),
        (Err(error), Ok(_)) => Err(error),
    }
}

fn token(args: &ServerArgs) -> anyhow::Result<Option<Secret>> {
    if let Some(file) = &args.token_file {
        let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
        return Ok(Some(Secret::new(bytes.trim_ascii())));
    }
    Ok(std::env::var(TOKEN_VARIABLE).ok().filter(|token| !token.is_empty()).map(Secret::new))
}

fn place(url: &str) -> Result<Place, Usage> {
    let wrong =
        || Usage(format!("{url:?} is no address: write http://127.0.0.1:8080 or https://herald.example.com"));
    let (tls, rest) = match url.split_once("://").ok_or_else(wrong)? {
        ("http", rest) => (false, rest),
        ("https", rest) => (true, rest),
        _ => return Err(wrong()),
    };
    let (authority, prefix) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    // The last colon begins a port, unless it is within an IPv6 address.
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, port.parse().map_err(|_| wrong())?),
        _ => (authority, if tls { 443 } else { 80 }),
    };
    let odd = |c: char| c.is_whitespace() || c.is_control() || "@?#".contains(c);
    if host.is_empty() || url.contains(odd) {
        return Err(wrong());
    }
    Ok(Place { tls, host: host.to_owned(), port, prefix: prefix.trim_end_matches('/').to_owned() })
}

fn is_loopback(host: &str) -> bool {
    let name = host.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn parse(bytes: &[u8]) -> anyhow::Result<Answer> {
    let wire::Answer { status, body } = wire::answer(bytes)?;
    let body = serde_json::from_slice(&body).unwrap_or_else(|_| {
        Value::String(crate::core::text::clean_line(&String::from_utf8_lossy(&body), 500))
    });
    Ok(Answer { status, body })
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
