//! What a short text takes as SMS, and cutting it to one message.

use super::record::Sms;
use crate::core::limits::{SHORT_GSM7_UNITS_MAX, SHORT_UCS2_UNITS_MAX};

/// Basic table of GSM 03.38: one unit each.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// Extension table: two units each.
const EXTENDED: &str = "\u{c}^{}\\[~]|€";
/// Units of each part where a text takes several: a header takes the rest.
const GSM7_PART_UNITS: usize = 153;
/// See [`GSM7_PART_UNITS`].
const UCS2_PART_UNITS: usize = 67;

/// Units of a character in GSM-7; none where the table lacks it.
fn gsm7_units(c: char) -> Option<usize> {
    // Most of ASCII is in the basic table; the tables are looked through for the rest only.
    let plain = c.is_ascii_alphanumeric() || (' '..='?').contains(&c);
    if plain {
        return Some(1);
    }
    // Nothing beyond the euro sign is in either.
    if c > '€' {
        return None;
    }
    if BASIC.contains(c) { Some(1) } else { EXTENDED.contains(c).then_some(2) }
}

/// How a text is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Gsm7,
    Ucs2,
}

impl Encoding {
    fn of(text: &str) -> Self {
        if text.chars().all(|c| gsm7_units(c).is_some()) { Self::Gsm7 } else { Self::Ucs2 }
    }
    fn units(self, c: char) -> usize {
        match self {
            Self::Gsm7 => gsm7_units(c).unwrap_or(1),
            Self::Ucs2 => c.len_utf16(),
        }
    }
    const fn units_max(self) -> usize {
        match self {
            Self::Gsm7 => SHORT_GSM7_UNITS_MAX,
            Self::Ucs2 => SHORT_UCS2_UNITS_MAX,
        }
    }
    /// What says that something was cut; GSM-7 has no `…`.
    const fn ellipsis(self) -> &'static str {
        match self {
            Self::Gsm7 => "...",
            Self::Ucs2 => "…",
        }
    }
}

/// What a text takes as SMS. A character of two units is never split between two parts.
pub(super) fn sms(text: &str) -> Sms {
    let encoding = Encoding::of(text);
    let (name, part_units) = match encoding {
        Encoding::Gsm7 => ("gsm-7", GSM7_PART_UNITS),
        Encoding::Ucs2 => ("ucs-2", UCS2_PART_UNITS),
    };
    let units: usize = text.chars().map(|c| encoding.units(c)).sum();
    let mut segments = 1;
    if units > encoding.units_max() {
        let mut used = 0;
        for c in text.chars() {
            let more = encoding.units(c);
            if used + more > part_units {
                segments += 1;
                used = 0;
            }
            used += more;
        }
    }
    Sms { encoding: name.to_owned(), segments }
}

/// Does a text stay whole as one message?
pub(crate) fn is_one_message(text: &str) -> bool {
    fit(text.to_owned()).chars().count() >= text.chars().count()
}

/// The text, cut to one message at a sensible place. Typographic characters that would halve what
/// fits are replaced by plain ones, where that is enough to make it GSM-7.
pub(super) fn fit(text: String) -> String {
    let mut text = text;
    let mut encoding = Encoding::of(&text);
    if encoding == Encoding::Ucs2 && !text.chars().any(|c| c > '\u{2fff}') {
        let plain = text.chars().map(typewriter).collect::<String>().replace('…', "...");
        if Encoding::of(&plain) == Encoding::Gsm7 {
            (text, encoding) = (plain, Encoding::Gsm7);
        }
    }
    let fits = |max: usize| {
        let mut used = 0;
        let end = text.char_indices().find(|(_, c)| {
            used += encoding.units(*c);
            used > max
        });
        end.map_or(text.len(), |(at, _)| at)
    };
    if fits(encoding.units_max()) == text.len() {
        return text;
    }
    // A whole sentence needs no ellipsis; else a whole word; else whatever fits.
    let whole = &text[..fits(encoding.units_max())];
    let least = whole.len() / 2;
    if let Some((at, c)) =
        whole.char_indices().rev().find(|(_, c)| matches!(c, '。' | '!' | '?' | '\u{ff01}'))
        && at > least
    {
        return whole[..at + c.len_utf8()].to_owned();
    }
    if let Some(at) = whole.rfind(". ").filter(|at| *at > least) {
        return whole[..=at].to_owned();
    }
    let start = &text[..fits(encoding.units_max() - encoding.ellipsis().chars().count())];
    let end = start.rfind([' ', '、', '・']).filter(|at| *at > least).unwrap_or(start.len());
    format!("{}{}", start[..end].trim_end_matches([' ', ',', '、', '・']), encoding.ellipsis())
}

const fn typewriter(c: char) -> char {
    match c {
        '‘' | '’' | '′' => '\'',
        '“' | '”' | '″' => '"',
        '–' | '—' | '−' | '‑' => '-',
        '\u{a0}' | '\u{202f}' | '\u{2009}' => ' ',
        '•' => '*',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes(text: &str) -> (String, u32) {
        let sms = sms(text);
        (sms.encoding, sms.segments)
    }

    #[test]
    fn segments_are_counted_as_networks_count_them() {
        let cases = [
            ("a".repeat(160), "gsm-7", 1),
            ("a".repeat(161), "gsm-7", 2),
            ("a".repeat(306), "gsm-7", 2),
            ("a".repeat(307), "gsm-7", 3),
            ("[".repeat(80), "gsm-7", 1),
            // 153 is odd: each part holds 76 characters of two units.
            ("[".repeat(152), "gsm-7", 2),
            ("[".repeat(153), "gsm-7", 3),
            ("あ".repeat(70), "ucs-2", 1),
            ("あ".repeat(71), "ucs-2", 2),
            ("あ".repeat(134), "ucs-2", 2),
            ("あ".repeat(135), "ucs-2", 3),
            ("😀".repeat(35), "ucs-2", 1),
            // 67 is odd: each part holds 33 surrogate pairs.
            ("😀".repeat(66), "ucs-2", 2),
            ("😀".repeat(67), "ucs-2", 3),
            (String::new(), "gsm-7", 1),
        ];
        for (text, encoding, segments) in cases {
            assert_eq!(takes(&text), (encoding.to_owned(), segments), "{} characters", text.chars().count());
        }
    }

    #[test]
    fn a_text_is_cut_to_one_message_at_a_sensible_place() {
        assert_eq!(fit("It’s back – “all well”…".to_owned()), "It's back - \"all well\"...");
        let english = fit("Checkout does not work at all. ".repeat(10));
        assert!(english.ends_with("at all.") && takes(&english).1 == 1, "{english}");
        let words = fit("checkout, ".repeat(30));
        assert!(words.ends_with("checkout...") && takes(&words).1 == 1, "{words}");
        let japanese = fit("ご購入手続きがご利用しづらい状態です。".repeat(6));
        assert!(japanese.ends_with('。') && takes(&japanese) == ("ucs-2".to_owned(), 1), "{japanese}");
        let long = fit("あ".repeat(100));
        assert!(long.ends_with('…') && takes(&long).1 == 1, "{long}");
    }
}
