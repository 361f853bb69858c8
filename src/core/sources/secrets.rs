//! What must not be kept of a body: some senders put their credentials into it.

use std::borrow::Cow;

use super::SourceKind;

/// What stands in a kept body instead of a credential.
const LEFT_OUT: &str = "left out by herald";

/// Members of this kind's bodies whose values are credentials.
const fn members(kind: SourceKind) -> &'static [&'static str] {
    match kind {
        SourceKind::PagerDutyEvents => &["routing_key", "service_key"],
        // It posts its monitor with all that the monitor logs in with.
        SourceKind::UptimeKuma => &[
            "authPassword",
            "basic_auth_pass",
            "basic_auth_user",
            "databaseConnectionString",
            "headers",
            "mqttPassword",
            "oauth_client_secret",
            "pushToken",
            "radiusPassword",
            "radiusSecret",
            "tlsKey",
        ],
        _ => &[],
    }
}

/// The body as it may be kept. It is not taken apart for this, since one that is no JSON is kept too.
pub(super) fn without(kind: SourceKind, body: &[u8]) -> Cow<'_, [u8]> {
    let mut kept = Cow::Borrowed(body);
    for name in members(kind) {
        kept = blanked(kept, name);
    }
    kept
}

/// The same with the text of every member of this name replaced.
fn blanked<'b>(body: Cow<'b, [u8]>, name: &str) -> Cow<'b, [u8]> {
    let quoted = format!("\"{name}\"");
    let mut kept: Vec<u8> = Vec::new();
    let mut rest = body.as_ref();
    while let Some(at) = rest.windows(quoted.len()).position(|window| window == quoted.as_bytes()) {
        let (before, after) = rest.split_at(at + quoted.len());
        kept.extend_from_slice(before);
        rest = after;
        if let Some((start, end)) = text_after_colon(rest) {
            kept.extend_from_slice(rest.get(..start).unwrap_or_default());
            kept.extend_from_slice(LEFT_OUT.as_bytes());
            rest = rest.get(end..).unwrap_or_default();
        }
    }
    if kept.is_empty() {
        return body;
    }
    kept.extend_from_slice(rest);
    Cow::Owned(kept)
}

/// Where the text of a member begins and ends, after its name: behind `: "`, and before the next
/// quotation mark that is not escaped.
fn text_after_colon(rest: &[u8]) -> Option<(usize, usize)> {
    let mark = |from: usize| {
        let skipped = rest.get(from..)?.iter().position(|byte| !byte.is_ascii_whitespace())?;
        Some((from + skipped, *rest.get(from + skipped)?))
    };
    let (colon, _) = mark(0).filter(|(_, byte)| *byte == b':')?;
    let (quote, _) = mark(colon + 1).filter(|(_, byte)| *byte == b'"')?;
    let mut escaped = false;
    let length = rest.get(quote + 1..)?.iter().position(|byte| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    // A body that is cut has no end: then all of it is the credential.
    let end = length.map_or(rest.len(), |length| quote + 1 + length);
    Some((quote + 1, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_left_out_also_of_what_is_no_json() {
        let cases = [
            (r#"{"routing_key":"R0UT3","a":1}"#, r#"{"routing_key":"left out by herald","a":1}"#),
            (r#"{"service_key" : "a\"b" }"#, r#"{"service_key" : "left out by herald" }"#),
            (
                r#"[{"routing_key":"x"},{"routing_key":"y"}]"#,
                r#"[{"routing_key":"left out by herald"},{"routing_key":"left out by herald"}]"#,
            ),
            (r#"{"routing_key": "cut of"#, r#"{"routing_key": "left out by herald"#),
            (r#"{"routing_key": null, "b": "routing_key"}"#, r#"{"routing_key": null, "b": "routing_key"}"#),
            ("not json", "not json"),
        ];
        for (body, expected) in cases {
            let kept = without(SourceKind::PagerDutyEvents, body.as_bytes());
            assert_eq!(String::from_utf8_lossy(&kept), expected);
        }
        let other = r#"{"routing_key":"x"}"#.as_bytes();
        assert!(matches!(without(SourceKind::Herald, other), Cow::Borrowed(_)));
    }
}
