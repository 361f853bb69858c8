//! One whole answer of another HTTP/1.1 server, taken apart.

/// What came back.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// Why it can't be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unread {
    #[error("that is no HTTP answer")]
    NoHttp,
    #[error("the answer broke off")]
    BrokeOff,
}

/// The answer that these bytes are, up to the end of the connection.
pub(crate) fn answer(bytes: &[u8]) -> Result<Answer, Unread> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").ok_or(Unread::NoHttp)?;
    let (head, body) = bytes.split_at(end);
    let head = std::str::from_utf8(head).map_err(|_| Unread::NoHttp)?;
    let body = body.get(4..).unwrap_or_default();
    let status = head.starts_with("HTTP/1.").then(|| head.split(' ').nth(1)).flatten();
    let status = status.and_then(|word| word.get(..3)?.parse().ok()).ok_or(Unread::NoHttp)?;
    let header = |name: &str| {
        let mut lines = head.lines().filter_map(|line| line.split_once(':'));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    };
    let body = match header("content-length").map(str::parse::<usize>) {
        Some(Ok(length)) => body.get(..length).ok_or(Unread::BrokeOff)?.to_vec(),
        // A proxy on the way may cut it into pieces.
        _ if header("transfer-encoding").is_some_and(|word| word.eq_ignore_ascii_case("chunked")) => {
            joined(body).ok_or(Unread::BrokeOff)?
        }
        _ => body.to_vec(),
    };
    Ok(Answer { status, body })
}

/// The chunks of a body, joined.
fn joined(mut chunks: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = chunks.windows(2).position(|window| window == b"\r\n")?;
        let size = std::str::from_utf8(chunks.get(..end)?).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        chunks = chunks.get(end + 2..)?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(chunks.get(..size)?);
        chunks = chunks.get(size.checked_add(2)?..)?;
    }
}
