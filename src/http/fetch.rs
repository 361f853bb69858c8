//! Fetching a small document from somewhere else. Who calls it says from where: an address that a
//! stranger has sent is looked at before.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use openssl::ssl::{SslConnector, SslMethod, SslVersion};
use openssl::x509::X509;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::wire;

/// All of it, from the look-up of the name to the last byte.
const FETCH_WITHIN: Duration = Duration::from_secs(3);
/// Largest answer, its head included.
const ANSWER_BYTES_MAX: u64 = 128 * 1024;

/// A document, or in words why there is none.
pub type Fetching<'f> = Pin<Box<dyn Future<Output = Result<Vec<u8>, String>> + Send + 'f>>;

/// See the module's text.
pub trait Fetch: Send + Sync + std::fmt::Debug {
    /// The body of the answer to a GET, if it is 200. No redirect is followed.
    fn get<'f>(&'f self, url: &'f str) -> Fetching<'f>;
}

/// Certificates of authorities that are believed.
#[derive(Debug, Clone, Default)]
pub enum Roots {
    /// The system's.
    #[default]
    System,
    /// These alone.
    Only(Vec<X509>),
}

impl Roots {
    /// As OpenSSL wants them.
    pub(crate) fn store(&self) -> Result<X509Store, openssl::error::ErrorStack> {
        let mut store = X509StoreBuilder::new()?;
        match self {
            Self::System => store.set_default_paths()?,
            Self::Only(certificates) => {
                for certificate in certificates {
                    store.add_cert(certificate.clone())?;
                }
            }
        }
        Ok(store.build())
    }
}

/// Fetches over the network, with TLS where the address says https.
#[derive(Debug, Default)]
pub struct Network {
    /// Which servers are believed.
    pub roots: Roots,
}

impl Fetch for Network {
    fn get<'f>(&'f self, url: &'f str) -> Fetching<'f> {
        Box::pin(async move {
            let fetching = self.fetch(url);
            tokio::time::timeout(FETCH_WITHIN, fetching)
                .await
                .unwrap_or_else(|_| Err("it takes too long".to_owned()))
        })
    }
}

impl Network {
    async fn fetch(&self, url: &str) -> Result<Vec<u8>, String> {
        let Address { tls, host, port, target } = Address::of(url).ok_or("that is no address")?;
        let say = |error: &dyn std::fmt::Display| format!("{host}: {error}");
        let request = format!(
            "GET {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: herald\r\nAccept: */*\r\nConnection: close\r\n\r\n"
        );
        let stream = TcpStream::connect((host, port)).await.map_err(|error| say(&error))?;
        let answer = if tls {
            let ssl = self.connector().and_then(|connector| connector.configure()?.into_ssl(host));
            let ssl = ssl.and_then(|ssl| tokio_openssl::SslStream::new(ssl, stream));
            let mut stream = ssl.map_err(|error| say(&error))?;
            Pin::new(&mut stream).connect().await.map_err(|error| say(&error))?;
            exchange(stream, &request).await
        } else {
            exchange(stream, &request).await
        };
        let answer = wire::answer(&answer.map_err(|error| say(&error))?).map_err(|error| say(&error))?;
        if answer.status == 200 { Ok(answer.body) } else { Err(format!("{host} answers {}", answer.status)) }
    }

    fn connector(&self) -> Result<SslConnector, openssl::error::ErrorStack> {
        let mut builder = SslConnector::builder(SslMethod::tls_client())?;
        builder.set_min_proto_version(Some(SslVersion::TLS1_2))?;
        if matches!(self.roots, Roots::Only(_)) {
            builder.set_cert_store(self.roots.store()?);
        }
        Ok(builder.build())
    }
}

async fn exchange(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    request: &str,
) -> std::io::Result<Vec<u8>> {
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    let end = stream.take(ANSWER_BYTES_MAX).read_to_end(&mut answer).await;
    // Some servers cut a connection off once they have said all; what is missing then is seen by
    // the length that was announced.
    if answer.is_empty() { end.map(|_| answer) } else { Ok(answer) }
}

/// An address, taken apart. Nothing in it can end a line of the request.
#[derive(Debug, PartialEq, Eq)]
struct Address<'u> {
    tls: bool,
    host: &'u str,
    port: u16,
    /// Path and query.
    target: &'u str,
}

impl<'u> Address<'u> {
    fn of(url: &'u str) -> Option<Self> {
        let (tls, rest) = match url.split_once("://")? {
            ("https", rest) => (true, rest),
            ("http", rest) => (false, rest),
            _ => return None,
        };
        let (authority, target) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = match authority.split_once(':') {
            Some((host, port)) => (host, port.parse().ok()?),
            None => (authority, if tls { 443 } else { 80 }),
        };
        let plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
        let visible = target.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
        let target = if target.is_empty() { "/" } else { target };
        (!host.is_empty() && plain && visible).then_some(Self { tls, host, port, target })
    }
}

#[cfg(test)]
#[path = "fetch_tests.rs"]
mod tests;
