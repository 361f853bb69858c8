//! Signatures that stand in a header. What is signed is never put together where it can be hashed
//! piece by piece: the largest piece is the body.

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE};
use hmac::{Hmac, KeyInit, Mac};
use openssl::pkey::{PKey, Public};
use openssl::sign::Verifier;
use percent_encoding::percent_decode;
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::ConstantTimeEq;

use super::{Fault, Posted};
use crate::http::settings::signing::{
    Algorithm, Encoding, Piece, Separator, SignaturePlace, Signing, SigningForm, SigningKey,
};
use crate::secret::Secret;

/// Most signatures looked at: a rotation has two.
pub(super) const SIGNATURES_MAX: usize = 8;
/// Most fields of a form that is sorted.
const FORM_FIELDS_MAX: usize = 1_000;
/// Whole numbers from here on are milliseconds: as seconds they are thousands of years away.
const MILLISECONDS_FROM: u64 = 100_000_000_000;

/// What the head says of the signature.
pub(super) struct Said<'r> {
    place: &'r SignaturePlace,
    timestamp: &'r str,
    id: &'r str,
}

/// What the head says, where it can be authentic: all is there, and the time is now.
pub(super) fn said<'r>(form: &'r SigningForm, posted: &Posted<'r>) -> Result<Said<'r>, Fault> {
    let place = form.places.iter().find(|place| posted.headers.contains_key(&*place.signature));
    let place = place.ok_or(Fault::NoSignature)?;
    let mut said = Said { place, timestamp: "", id: "" };
    if form.signed.contains(&Piece::Id) {
        let id = place.id.as_deref().and_then(|name| posted.only(name));
        said.id = id.filter(|id| !id.is_empty()).ok_or(Fault::NoId)?;
    }
    if form.signed.contains(&Piece::Timestamp) {
        let written = match &form.timestamp_field {
            Some(field) => {
                let mut fields =
                    parts(form, posted, place).filter_map(|part| part.strip_prefix(field.as_str()));
                fields.next().filter(|_| fields.next().is_none())
            }
            None => place.timestamp.as_deref().and_then(|name| posted.only(name)),
        };
        said.timestamp = written.ok_or(Fault::NoTimestamp)?;
        in_time(said.timestamp, form, posted)?;
    }
    Ok(said)
}

/// Which of the keys it was signed with.
pub(super) fn verify(signing: &Signing, posted: &Posted<'_>, body: &[u8]) -> Result<usize, Fault> {
    let form = &signing.form;
    let said = said(form, posted)?;
    let signatures: Vec<(Algorithm, Vec<u8>)> = parts(form, posted, said.place)
        .filter_map(|part| signature(form, part))
        .take(SIGNATURES_MAX)
        .collect();
    if signatures.is_empty() {
        return Err(Fault::NoKnownSignature);
    }
    let sorted = if form.signed.contains(&Piece::Form) { sorted_form(body)? } else { Vec::new() };
    let text = Text { form, said: &said, body, sorted: &sorted };
    let mut found = None;
    for (place, key) in signing.keys.iter().enumerate() {
        // All are tried, whichever matches, so that the time says nothing of their order.
        if matches(key, &signatures, &text) {
            found = found.or(Some(place));
        }
    }
    found.ok_or(Fault::WrongSignature)
}

/// The parts of the header: of all of that name, as if they were one.
fn parts<'r>(
    form: &'r SigningForm,
    posted: &Posted<'r>,
    place: &'r SignaturePlace,
) -> impl Iterator<Item = &'r str> + use<'r> {
    let values = posted.headers.get_all(&*place.signature).filter_map(|value| value.to_str().ok());
    let separator = form.separator;
    let is_between = move |c: char| match separator {
        Separator::None => false,
        Separator::Comma => c == ',',
        Separator::Blank => c.is_ascii_whitespace(),
    };
    values.flat_map(move |value| value.split(is_between)).map(str::trim).filter(|part| !part.is_empty())
}

/// A signature, where it is of a version that is read. `v1a,` never is one of `v1,`.
fn signature(form: &SigningForm, part: &str) -> Option<(Algorithm, Vec<u8>)> {
    form.versions.iter().find_map(|(prefix, algorithm)| {
        let written = part.strip_prefix(prefix.as_str())?.as_bytes();
        let bytes = match form.encoding {
            Encoding::Hex => HEXLOWER_PERMISSIVE.decode(written),
            Encoding::Base64 => BASE64.decode(written),
        };
        Some((*algorithm, bytes.ok()?))
    })
}

fn in_time(written: &str, form: &SigningForm, posted: &Posted<'_>) -> Result<(), Fault> {
    // Digits only: what stands beside it must not be read as a part of it.
    let digits = written.bytes().all(|byte| byte.is_ascii_digit());
    let number = written.parse::<u64>().ok().filter(|_| digits).ok_or(Fault::NoTimestamp)?;
    let seconds = if number < MILLISECONDS_FROM { number } else { number / 1_000 };
    let now = u64::try_from(posted.now.as_second()).unwrap_or_default();
    let (seconds_off, tolerance_seconds) = (now.abs_diff(seconds), form.tolerance.as_secs());
    if seconds_off > tolerance_seconds {
        return Err(Fault::OutOfTime { seconds_off, tolerance_seconds });
    }
    Ok(())
}

/// Names and values, sorted by name, with nothing between.
fn sorted_form(body: &[u8]) -> Result<Vec<u8>, Fault> {
    let decoded = |text: &[u8]| -> Vec<u8> {
        let spaced: Vec<u8> = text.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
        percent_decode(&spaced).collect()
    };
    let fields = body.split(|byte| *byte == b'&').filter(|field| !field.is_empty());
    let mut pairs: Vec<[Vec<u8>; 2]> = Vec::new();
    for field in fields {
        if pairs.len() == FORM_FIELDS_MAX {
            return Err(Fault::LargeForm);
        }
        let mut halves = field.splitn(2, |byte| *byte == b'=');
        pairs.push([(); 2].map(|()| decoded(halves.next().unwrap_or_default())));
    }
    pairs.sort_unstable();
    Ok(pairs.concat().concat())
}

/// The signed text, in pieces.
struct Text<'t> {
    form: &'t SigningForm,
    said: &'t Said<'t>,
    body: &'t [u8],
    sorted: &'t [u8],
}

impl Text<'_> {
    fn pieces(&self) -> impl Iterator<Item = &[u8]> {
        self.form.signed.iter().map(|piece| match piece {
            Piece::Text(text) => text.as_bytes(),
            Piece::Id => self.said.id.as_bytes(),
            Piece::Timestamp => self.said.timestamp.as_bytes(),
            Piece::Body => self.body,
            Piece::Url => self.form.url.as_bytes(),
            Piece::Form => self.sorted,
        })
    }
    fn whole(&self) -> Vec<u8> {
        self.pieces().collect::<Vec<_>>().concat()
    }
}

/// Is one of the signatures made with this key? Each is looked at, in constant time.
fn matches(key: &SigningKey, signatures: &[(Algorithm, Vec<u8>)], text: &Text<'_>) -> bool {
    let mut tags: [Option<Vec<u8>>; 3] = [None, None, None];
    let mut any = false;
    for (algorithm, signature) in signatures {
        any |= match key {
            SigningKey::Public(key) => {
                *algorithm == Algorithm::Ed25519 && verifies(key, signature, &text.whole())
            }
            SigningKey::Shared(secret) => {
                let [sha1, sha256, sha512] = &mut tags;
                let tag = match algorithm {
                    Algorithm::Sha1 => sha1.get_or_insert_with(|| tag::<Hmac<Sha1>>(secret, text)),
                    Algorithm::Sha256 => sha256.get_or_insert_with(|| tag::<Hmac<Sha256>>(secret, text)),
                    Algorithm::Sha512 => sha512.get_or_insert_with(|| tag::<Hmac<Sha512>>(secret, text)),
                    // Never a keyed hash, or whoever knows the public key could make one.
                    Algorithm::Ed25519 => continue,
                };
                // An empty tag is that of an empty key, which is a mistake and no key.
                let same: bool = tag.as_slice().ct_eq(signature).into();
                same && !tag.is_empty()
            }
        };
    }
    any
}

fn tag<M: Mac + KeyInit>(secret: &Secret, text: &Text<'_>) -> Vec<u8> {
    // HMAC takes a key of any length, so only an empty one has no tag.
    let key = Some(secret.expose()).filter(|key| !key.is_empty());
    let Some(mut mac) = key.and_then(|key| <M as KeyInit>::new_from_slice(key).ok()) else {
        return Vec::new();
    };
    text.pieces().for_each(|piece| mac.update(piece));
    mac.finalize().into_bytes().to_vec()
}

fn verifies(key: &PKey<Public>, signature: &[u8], text: &[u8]) -> bool {
    let verifier = Verifier::new_without_digest(key);
    verifier.and_then(|mut verifier| verifier.verify_oneshot(signature, text)).unwrap_or(false)
}
