//! Reading a body: never more than the cap, packed or unpacked, and not for ever.

use std::io::Read as _;
use std::time::Duration;

use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{Bytes, BytesMut, Payload};
use futures_util::StreamExt as _;

use super::admission::{Admission, SMALL_BODY_BYTES, Taken};
use crate::core::sources::Reader;
use crate::http::problem::{Busy, Case};

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    /// As it is.
    None,
    /// gzip.
    Gzip,
}

/// A body as received, and the room that it takes.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) bytes: Bytes,
    /// Kept until its records are stored, since they hold the body again.
    pub(crate) room: Option<Taken>,
}

/// The media type without parameters, in lower case; empty where none is declared.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// Does this source read this media type? Some tools post JSON as text, and some say
/// nothing at all.
pub(crate) fn is_spoken(reader: &Reader, media_type: &str) -> bool {
    let json = media_type.is_empty()
        || matches!(media_type, "application/json" | "text/json" | "text/plain")
        || media_type.ends_with("+json");
    json || reader.speaks(media_type)
}

/// How the body is packed.
pub(crate) fn packing(headers: &HeaderMap) -> Result<Packing, Case> {
    let mut packing = Packing::None;
    for value in headers.get_all(header::CONTENT_ENCODING) {
        let word = value.to_str().map_err(|_| Case::Encoding)?.trim().to_ascii_lowercase();
        packing = match (word.as_str(), packing) {
            ("identity" | "", packing) => packing,
            ("gzip" | "x-gzip", Packing::None) => Packing::Gzip,
            _ => return Err(Case::Encoding),
        };
    }
    Ok(packing)
}

/// Refuses by the declared length alone, before anything is read.
pub(crate) fn declared_length(headers: &HeaderMap, bytes_max: usize) -> Result<usize, Case> {
    let Some(value) = headers.get(header::CONTENT_LENGTH) else { return Ok(0) };
    let length = value.to_str().ok().and_then(|text| text.trim().parse().ok());
    length.filter(|length| *length <= bytes_max).ok_or(Case::TooLarge)
}

/// Reads the body as it comes, up to the cap and within its time.
pub(crate) async fn receive(
    mut payload: Payload,
    bytes_max: usize,
    declared: usize,
    within: Duration,
    admission: &Admission,
) -> Result<Received, Case> {
    let reading = async {
        let mut body = Collected::default();
        let mut room = None;
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| Case::Malformed)?;
            let length = body.len() + chunk.len();
            if length > bytes_max {
                return Err(Case::TooLarge);
            }
            make_room(&mut room, length, admission)?;
            body.add(chunk, declared);
        }
        Ok(Received { bytes: body.into_bytes(), room })
    };
    tokio::time::timeout(within, reading).await.unwrap_or(Err(Case::Slow))
}

/// Takes the room that a large body needs, if it has none yet.
pub(crate) fn make_room(room: &mut Option<Taken>, bytes: usize, admission: &Admission) -> Result<(), Case> {
    if bytes > SMALL_BODY_BYTES && room.is_none() {
        *room = Some(admission.large_body().ok_or(Case::Unavailable(Busy::LargeBodies))?);
    }
    Ok(())
}

/// Chunks of a body. Most bodies come in one, which then is not copied.
#[derive(Debug, Default)]
struct Collected {
    first: Option<Bytes>,
    rest: BytesMut,
}

impl Collected {
    fn len(&self) -> usize {
        self.first.as_ref().map_or(self.rest.len(), Bytes::len)
    }
    fn add(&mut self, chunk: Bytes, declared: usize) {
        if self.len() == 0 {
            self.first = Some(chunk);
            return;
        }
        if let Some(first) = self.first.take() {
            // What was declared may be a lie: no more room is taken for it than a small body has.
            self.rest.reserve(declared.min(SMALL_BODY_BYTES * 2).max(first.len() + chunk.len()));
            self.rest.extend_from_slice(&first);
        }
        self.rest.extend_from_slice(&chunk);
    }
    fn into_bytes(self) -> Bytes {
        self.first.unwrap_or_else(|| self.rest.freeze())
    }
}

/// Why a body can't be unpacked.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unpacked {
    /// It is larger than the cap.
    TooLarge,
    /// It is not what its header says.
    Broken,
}

/// Unpacks a body, never making more than the cap and one byte of it.
pub(crate) fn unpack(packing: Packing, body: &Bytes, bytes_max: usize) -> Result<Bytes, Unpacked> {
    if packing == Packing::None {
        return Ok(body.clone());
    }
    let mut unpacked = Vec::with_capacity(body.len().saturating_mul(4).min(bytes_max));
    flate2::bufread::MultiGzDecoder::new(body.as_ref())
        .take(bytes_max as u64 + 1)
        .read_to_end(&mut unpacked)
        .map_err(|_| Unpacked::Broken)?;
    if unpacked.len() > bytes_max {
        return Err(Unpacked::TooLarge);
    }
    Ok(unpacked.into())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn gzip(body: &[u8]) -> Bytes {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        packed.write_all(body).expect("packs");
        packed.finish().expect("packs").into()
    }

    #[test]
    fn unpacking_stops_at_the_cap() {
        let bomb = gzip(&vec![b' '; 10_000_000]);
        assert!(bomb.len() < 20_000);
        assert_eq!(unpack(Packing::Gzip, &bomb, 1_000_000), Err(Unpacked::TooLarge));
        assert_eq!(unpack(Packing::Gzip, &gzip(b"abc"), 3).as_deref(), Ok(b"abc".as_slice()));
        assert_eq!(unpack(Packing::Gzip, &gzip(b"abcd"), 3), Err(Unpacked::TooLarge));
        let two = [gzip(b"ab"), gzip(b"c")].concat().into();
        assert_eq!(unpack(Packing::Gzip, &two, 3).as_deref(), Ok(b"abc".as_slice()));
        let packed = gzip(b"abc");
        assert_eq!(unpack(Packing::Gzip, &packed.slice(..packed.len() - 4), 3), Err(Unpacked::Broken));
        assert_eq!(unpack(Packing::Gzip, &Bytes::from_static(b"abc"), 3), Err(Unpacked::Broken));
    }

    #[test]
    fn chunks_become_one_body() {
        let collect = |chunks: &[&[u8]]| {
            let mut body = Collected::default();
            for chunk in chunks {
                body.add(Bytes::copy_from_slice(chunk), 1 << 40);
            }
            body.into_bytes()
        };
        assert_eq!(collect(&[]), "");
        assert_eq!(collect(&[b"", b"a", b"", b"bc"]), "abc");
        let large = vec![b' '; 3 * SMALL_BODY_BYTES];
        assert_eq!(collect(&[&large, b"a"]).len(), large.len() + 1);
    }
}
