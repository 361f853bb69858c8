//! HTTP/1.1 by hand, on one kept-alive connection: a client so small that it leaves the machine to
//! what is measured.

use std::io;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Longest answer that is read.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// Where requests go: `http://host:port/path`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    /// `host:port`.
    pub(crate) authority: String,
    /// From its first slash on; empty where the URL has none or nothing after it.
    pub(crate) path: String,
}

impl Target {
    /// Reads a URL. TLS is not spoken: it would be measured too.
    pub(crate) fn parse(url: &str) -> Result<Self> {
        let Some(rest) = url.strip_prefix("http://") else {
            bail!("{url}: only http:// is spoken, since TLS would be measured too");
        };
        let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
        let port = authority.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
        let authority = if port.is_some() { authority.to_owned() } else { format!("{authority}:80") };
        Ok(Self { authority, path: if path == "/" { String::new() } else { path.to_owned() } })
    }
}

/// One connection, and what was read of it.
pub(crate) struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

/// What a server answered; its body is in [`Connection::body`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// Where the body begins, in what was read.
    from: usize,
    /// Where it ends.
    to: usize,
    /// The server closes the connection after this.
    pub(crate) closes: bool,
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(target: &Target) -> Result<Self> {
        let stream = TcpStream::connect(&target.authority)
            .await
            .with_context(|| format!("can't connect to {}", target.authority))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a request and reads the whole answer.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.write_all(request).await?;
        self.read.clear();
        let head = loop {
            if let Some(end) = find(&self.read, b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await?;
        };
        let (status, framing, closes) = read_head(&self.read[..head])?;
        let to = match framing {
            Framing::Length(length) => {
                while self.read.len() < head + length {
                    self.more().await?;
                }
                head + length
            }
            Framing::Chunked => {
                while !self.read.ends_with(b"0\r\n\r\n") {
                    self.more().await?;
                }
                self.read.len()
            }
            Framing::UntilClose => {
                while self.stream.read_buf(&mut self.read).await? > 0 {}
                self.read.len()
            }
        };
        Ok(Answer { status, from: head, to, closes: closes || framing == Framing::UntilClose })
    }

    /// The body of the last answer, as it came (chunks are left as they are).
    pub(crate) fn body(&self, answer: &Answer) -> &[u8] {
        self.read.get(answer.from..answer.to).unwrap_or_default()
    }

    async fn more(&mut self) -> io::Result<()> {
        if self.read.len() > ANSWER_BYTES_MAX {
            return Err(io::Error::other("the answer is too long"));
        }
        if self.stream.read_buf(&mut self.read).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    Length(usize),
    Chunked,
    UntilClose,
}

fn read_head(head: &[u8]) -> io::Result<(u16, Framing, bool)> {
    let unreadable = || io::Error::new(io::ErrorKind::InvalidData, "not an HTTP/1.1 answer");
    let text = std::str::from_utf8(head).map_err(|_| unreadable())?;
    let mut lines = text.split("\r\n");
    let status: u16 = lines
        .next()
        .and_then(|line| line.strip_prefix("HTTP/1."))
        .and_then(|line| line.get(2..5))
        .and_then(|status| status.parse().ok())
        .ok_or_else(unreadable)?;
    let mut framing = if matches!(status, 204 | 304) { Framing::Length(0) } else { Framing::UntilClose };
    let mut closes = false;
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            framing = Framing::Length(value.parse().map_err(|_| unreadable())?);
        } else if name.eq_ignore_ascii_case("transfer-encoding") && value.eq_ignore_ascii_case("chunked") {
            framing = Framing::Chunked;
        } else if name.eq_ignore_ascii_case("connection") {
            closes = value.eq_ignore_ascii_case("close");
        }
    }
    Ok((status, framing, closes))
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
