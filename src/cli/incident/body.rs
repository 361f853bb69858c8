//! Arguments → the body that is posted.

use std::io::Read as _;

use anyhow::Context as _;
use jiff::ZonedDateTime;
use serde_json::{Map, Value, json};

use super::args::Said;
use super::{id_of, when};
use crate::cli::Usage;

/// Largest file that is read.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// The body.
pub(super) fn of(said: &Said, now: &ZonedDateTime) -> anyhow::Result<Value> {
    let mut body = match &said.file {
        Some(path) => file(path)?,
        None => Map::new(),
    };
    plain(said, &mut body);
    words(said, &mut body)?;
    if let Some(word) = &said.eta {
        let at = when::read(word, now).map_err(|why| Usage(format!("--eta: {why}")))?;
        let mut eta = json!({"at": at.to_string(), "quotable": said.eta_quotable});
        if let Some(confidence) = &said.eta_confidence {
            eta["confidence"] = json!(confidence);
        }
        body.insert("eta".to_owned(), eta);
    }
    if let Some(word) = &said.next_update_by {
        let at = when::read(word, now).map_err(|why| Usage(format!("--next-update-by: {why}")))?;
        body.insert("next_update_by".to_owned(), json!(at.to_string()));
    }
    if let Some(word) = &said.merged_into {
        body.insert("merged_into".to_owned(), json!(id_of(word)?));
    }
    for (flag, key, list) in [("--label", "labels", &said.label), ("--lead", "leads", &said.lead)] {
        for word in list {
            let (name, value) = word
                .split_once('=')
                .filter(|(name, _)| !name.is_empty())
                .ok_or_else(|| Usage(format!("{flag} {word:?}: write NAME=VALUE")))?;
            within(&mut body, key, |object| object.insert(name.to_owned(), json!(value)));
        }
    }
    Ok(Value::Object(body))
}

fn file(path: &std::path::Path) -> anyhow::Result<Map<String, Value>> {
    let mut text = String::new();
    let mut input: Box<dyn std::io::Read> = if path.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(path).with_context(|| path.display().to_string())?)
    };
    input
        .by_ref()
        .take(FILE_BYTES_MAX)
        .read_to_string(&mut text)
        .with_context(|| path.display().to_string())?;
    let body = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
    match body {
        Value::Object(body) => Ok(body),
        _ => Err(Usage(format!("{}: an object is wanted", path.display())).into()),
    }
}

fn plain(said: &Said, body: &mut Map<String, Value>) {
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            body.insert(key.to_owned(), value);
        }
    };
    let text = |value: &Option<String>| value.as_ref().map(|text| json!(text));
    let list = |values: &[String]| (!values.is_empty()).then(|| json!(values));
    let flag = |value: bool| value.then_some(Value::Bool(true));
    put("stage", text(&said.stage));
    put("priority", text(&said.priority));
    put("impact", text(&said.impact));
    put("affected_count", said.affected_count.map(|count| json!(count)));
    put("affected_percent", said.affected_percent.map(|percent| json!(percent)));
    put("regions", list(&said.region));
    put("services", list(&said.service));
    put("title", text(&said.title));
    put("cause", text(&said.cause));
    put("language", text(&said.language));
    put("no_change", flag(said.no_change));
    put("data_loss", text(&said.data_loss));
    put("data_exposure", text(&said.data_exposure));
    put("data_cleared", said.data_cleared.map(|flag| json!(flag)));
    put("release", list(&said.release));
    put("hold", list(&said.hold));
    put("confidential", said.confidential.map(|flag| json!(flag)));
    put("is_drill", flag(said.drill));
    put("follow_up", flag(said.follow_up));
    let corrects = |id: &String| if id.is_empty() { json!(true) } else { json!({"notification": id}) };
    put("corrects", said.corrects.as_ref().map(corrects));
}

fn words(said: &Said, body: &mut Map<String, Value>) -> Result<(), Usage> {
    for (key, list) in
        [("symptom", &said.symptom), ("workaround", &said.workaround), ("action", &said.action)]
    {
        for word in list {
            let (language, words) = in_language(word);
            add_words(body, key, language, words, &format!("--{key}"))?;
        }
    }
    for (flag, key, list) in
        [("--text", "text", &said.text), ("--help-wanted", "help_wanted", &said.help_wanted)]
    {
        for word in list {
            let wrong = || Usage(format!("{flag} {word:?}: write AUDIENCE:LANGUAGE=WORDS"));
            let (whom, words) = word.split_once('=').ok_or_else(wrong)?;
            let (audience, language) = match whom.split_once(':') {
                Some((audience, language)) => (audience, Some(language)),
                None => (whom, None),
            };
            if audience.is_empty() {
                return Err(wrong());
            }
            within(body, key, |texts| add_words(texts, audience, language, words, flag))?;
        }
    }
    Ok(())
}

/// `ja=…` is in Japanese; words without a tag may have a `=` of their own.
fn in_language(word: &str) -> (Option<&str>, &str) {
    let is_tag = |tag: &str| {
        let mut parts = tag.split('-');
        let first = parts.next().unwrap_or_default();
        matches!(first.len(), 2 | 3)
            && first.bytes().all(|byte| byte.is_ascii_lowercase())
            && parts
                .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
    };
    match word.split_once('=') {
        Some((tag, words)) if is_tag(tag) => (Some(tag), words),
        _ => (None, word),
    }
}

fn add_words(
    to: &mut Map<String, Value>,
    key: &str,
    language: Option<&str>,
    words: &str,
    flag: &str,
) -> Result<(), Usage> {
    match (language, to.get_mut(key)) {
        (Some(language), Some(Value::Object(by_language))) => {
            by_language.insert(language.to_owned(), json!(words));
        }
        (Some(language), None) => {
            to.insert(key.to_owned(), json!({ language: words }));
        }
        (None, None) => {
            to.insert(key.to_owned(), json!(words));
        }
        _ => return Err(Usage(format!("{flag}: say the language of each, as {flag} en=… and {flag} ja=…"))),
    }
    Ok(())
}

/// Changes the object at this key, made where there is none.
fn within<T>(
    body: &mut Map<String, Value>,
    key: &str,
    change: impl FnOnce(&mut Map<String, Value>) -> T,
) -> T {
    let mut object = match body.remove(key) {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    };
    let changed = change(&mut object);
    body.insert(key.to_owned(), Value::Object(object));
    changed
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Line {
        #[command(flatten)]
        said: Said,
    }

    fn body(arguments: &[&str]) -> Result<Value, String> {
        let now: ZonedDateTime = "2026-04-01T14:20:00+09:00[Asia/Tokyo]".parse().unwrap();
        let line = Line::try_parse_from([&["x"], arguments].concat()).map_err(|error| error.to_string())?;
        of(&line.said, &now).map_err(|error| error.to_string())
    }

    #[test]
    fn everything_can_be_said_with_arguments() {
        let body = body(&[
            "--stage=merged",
            "--merged-into=i-6m7mxq42txt2oorh",
            "--priority=P1",
            "--impact=major",
            "--affected-count=12",
            "--affected-percent=3.5",
            "--region=eu",
            "--region=jp",
            "--service=checkout-api",
            "--label=security=yes",
            "--title=t",
            "--cause=c",
            "--symptom=en=a=b",
            "--symptom=ja=い",
            "--workaround=x = y",
            "--action=en-GB=z",
            "--text=executives:ja=経",
            "--text=all:en=everybody",
            "--text=executives:en=to you",
            "--help-wanted=sales=",
            "--language=en",
            "--eta=30m",
            "--eta-confidence=low",
            "--eta-quotable",
            "--next-update-by=14:50",
            "--no-change",
            "--data-loss=none",
            "--data-exposure=suspected",
            "--data-cleared",
            "--lead=communications=Kim",
            "--release=sales",
            "--hold=marketing",
            "--confidential=false",
            "--drill",
            "--corrects=n-1",
            "--follow-up",
        ]);
        let expected = json!({
            "stage": "merged", "merged_into": "i-6m7mxq42txt2oorh", "priority": "P1", "impact": "major",
            "affected_count": 12, "affected_percent": 3.5, "regions": ["eu", "jp"], "services": ["checkout-api"],
            "labels": {"security": "yes"}, "title": "t", "cause": "c", "symptom": {"en": "a=b", "ja": "い"},
            "workaround": "x = y", "action": {"en-GB": "z"},
            "text": {"executives": {"ja": "経", "en": "to you"}, "all": {"en": "everybody"}},
            "help_wanted": {"sales": ""}, "language": "en",
            "eta": {"at": "2026-04-01T05:50:00Z", "confidence": "low", "quotable": true},
            "next_update_by": "2026-04-01T05:50:00Z", "no_change": true, "data_loss": "none",
            "data_exposure": "suspected", "data_cleared": true, "leads": {"communications": "Kim"},
            "release": ["sales"], "hold": ["marketing"], "confidential": false, "is_drill": true,
            "corrects": {"notification": "n-1"}, "follow_up": true,
        });
        assert_eq!(body, Ok(expected));
        assert_eq!(self::body(&["--corrects"]), Ok(json!({"corrects": true})));
    }

    #[test]
    fn every_argument_is_of_a_field_of_the_api() {
        let schema: Value =
            serde_json::from_str(crate::core::schema::text("incidents-api").unwrap()).unwrap();
        let known = schema["$defs"]["update"]["properties"].as_object().unwrap();
        let everything = body(&["--title=t", "--drill", "--lead=communications=K", "--hold=x", "--eta=1m"]);
        for key in everything.unwrap().as_object().unwrap().keys() {
            assert!(known.contains_key(key), "{key}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for (arguments, words) in [
            (["--symptom=en=a", "--symptom=b"].as_slice(), "say the language of each"),
            (&["--text=executives"], "write AUDIENCE:LANGUAGE=WORDS"),
            (&["--lead=Kim"], "write NAME=VALUE"),
            (&["--eta=soon"], "--eta: \"soon\" is no time"),
            (&["--merged-into=x"], "neither an incident's id"),
            (&["--file=/nowhere"], "/nowhere"),
        ] {
            let told = body(arguments).unwrap_err();
            assert!(told.contains(words), "{arguments:?}: {told}");
        }
    }

    #[test]
    fn arguments_come_on_top_of_a_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), r#"{"priority": "P3", "symptom": {"en": "a"}}"#).unwrap();
        let path = format!("--file={}", file.path().display());
        let body = body(&[&path, "--priority=P1", "--symptom=ja=い"]);
        assert_eq!(body, Ok(json!({"priority": "P1", "symptom": {"en": "a", "ja": "い"}})));
    }
}
