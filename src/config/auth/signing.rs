//! Schemes that sign: a preset, and what the file says besides.

use super::words::{header, tolerance, url};
use crate::config::section::{Section, some_text, text, word};
use crate::http::settings::signing::{
    Algorithm, Encoding, Piece, Preset, SecretForm, Separator, SignaturePlace, Signing, SigningForm,
    SigningKey, pieces,
};
use crate::secret::Secret;

pub(super) fn read(preset: &Preset, section: &Section<'_>, secrets: Vec<Secret>) -> Option<Signing> {
    let mut form = preset.form();
    said(preset, section, &mut form)?;
    let signs = |piece: &Piece| form.signed.contains(piece);
    let missing = |key: &str, why: &str| {
        section.problems.add(&section.place(), format!("`{}` is missing: {why}", section.path_of(key)));
    };
    let place = form.places.first();
    if signs(&Piece::Timestamp)
        && form.timestamp_field.is_none()
        && place.is_some_and(|place| place.timestamp.is_none())
    {
        missing("timestamp_header", "{timestamp} is signed; where does it stand?");
    }
    if signs(&Piece::Id) && place.is_some_and(|place| place.id.is_none()) {
        missing("id_header", "{id} is signed; where does it stand?");
    }
    if signs(&Piece::Url) && form.url.is_empty() {
        missing("url", "the address is signed, exactly as the sender has it");
    }
    for (key, piece) in [
        ("timestamp_header", Piece::Timestamp),
        ("timestamp_field", Piece::Timestamp),
        ("id_header", Piece::Id),
        ("url", Piece::Url),
    ] {
        if let Some(node) = section.get(key).filter(|_| !signs(&piece)) {
            section.problems.add(
                &node.place,
                format!("`{}` is not in what is signed, and would prove nothing", section.path_of(key)),
            );
        }
    }
    let secret_form =
        section.read("secret_form", word(&[("text", SecretForm::Text), ("base64", SecretForm::Base64)]));
    let secret_form = secret_form.unwrap_or(preset.secret_form);
    let mut keys: Vec<SigningKey> = Vec::new();
    for secret in secrets {
        match secret_form.key(secret) {
            Ok(key) => keys.push(key),
            Err(words) => section
                .problems
                .add(&section.place(), format!("`{}`: a secret {words}", section.path_of("secret_file"))),
        }
    }
    Some(Signing { form, keys })
}

/// What the file says besides the preset; what a preset fixes is refused before.
fn said(preset: &Preset, section: &Section<'_>, form: &mut SigningForm) -> Option<()> {
    let place = SignaturePlace {
        signature: if form.places.is_empty() {
            section.require("header", header)?
        } else {
            section.read("header", header).unwrap_or_default()
        },
        timestamp: section.read("timestamp_header", header),
        id: section.read("id_header", header),
    };
    match form.places.first_mut() {
        None => form.places.push(place),
        Some(first) => {
            if !place.signature.is_empty() {
                first.signature = place.signature;
            }
            if place.timestamp.is_some() {
                first.timestamp = place.timestamp;
                // What Grafana signs then.
                form.signed = pieces("{timestamp}:{body}").unwrap_or_default();
            }
        }
    }
    if preset.keys.contains(&"prefix") {
        let algorithm = section.read("algorithm", word(ALGORITHMS)).unwrap_or(Algorithm::Sha256);
        form.versions = vec![(section.read("prefix", text).unwrap_or_default(), algorithm)];
    }
    let signed = section.read("signed", |node| pieces(&some_text(node)?));
    form.signed = signed.unwrap_or_else(|| std::mem::take(&mut form.signed));
    form.encoding = section.read("encoding", word(ENCODINGS)).unwrap_or(form.encoding);
    form.separator = section.read("separator", word(SEPARATORS)).unwrap_or(form.separator);
    form.timestamp_field = section.read("timestamp_field", some_text).or(form.timestamp_field.take());
    form.tolerance = tolerance(section).unwrap_or(form.tolerance);
    form.url = section.read("url", url).unwrap_or_default();
    Some(())
}

const ALGORITHMS: &[(&str, Algorithm)] =
    &[("sha1", Algorithm::Sha1), ("sha256", Algorithm::Sha256), ("sha512", Algorithm::Sha512)];
const ENCODINGS: &[(&str, Encoding)] = &[("hex", Encoding::Hex), ("base64", Encoding::Base64)];
const SEPARATORS: &[(&str, Separator)] =
    &[("none", Separator::None), ("comma", Separator::Comma), ("blank", Separator::Blank)];
