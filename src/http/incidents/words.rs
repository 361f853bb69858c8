//! Words by audience and language: are they for somebody, in a language that somebody reads?

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::check::Problems;
use crate::core::nearest::nearest;
use crate::core::policy::Policy;
use crate::core::sources::api::ALL_AUDIENCES;

/// Fields of words for all readers.
pub(super) const PLAIN: [&str; 3] = ["symptom", "workaround", "action"];

/// Checks all words of a body, and says in which language those are that do not say it, where the
/// policy speaks only one.
pub(super) fn check(body: &mut Map<String, Value>, policy: &Policy, problems: &mut Problems) {
    let languages = languages(policy);
    let language = language(body, &languages, problems);
    for key in PLAIN {
        if let Some(words) = body.get(key) {
            check_words(words, &format!("/{key}"), &languages, language.as_deref(), problems);
        }
    }
    for key in ["text", "help_wanted"] {
        let Some(Value::Object(by_audience)) = body.get(key) else { continue };
        for (name, words) in by_audience {
            let pointer = format!("/{key}/{name}");
            if !(key == "text" && name == ALL_AUDIENCES) {
                check_audience(name, &pointer, policy, problems);
            }
            // Empty words take back what was asked.
            let taken_back = key == "help_wanted" && is_empty(words);
            if !taken_back {
                check_words(words, &pointer, &languages, language.as_deref(), problems);
            }
        }
    }
    for key in ["release", "hold"] {
        let names = body.get(key).and_then(Value::as_array).into_iter().flatten();
        for (place, name) in names.enumerate() {
            let name = name.as_str().unwrap_or_default();
            check_audience(name, &format!("/{key}/{place}"), policy, problems);
        }
    }
    if let Some(language) = language {
        body.insert("language".to_owned(), Value::String(language));
    }
}

/// Every language that any reader of this policy may read.
fn languages(policy: &Policy) -> BTreeSet<&str> {
    let audiences = policy.audiences.iter().flat_map(|audience| &audience.languages);
    let customers = policy.customers.iter().filter_map(|customer| customer.language.as_ref());
    policy.languages.iter().chain(audiences).chain(customers).map(String::as_str).collect()
}

/// The language of words that do not say it: what the body says, else the only one there is.
fn language(
    body: &Map<String, Value>,
    languages: &BTreeSet<&str>,
    problems: &mut Problems,
) -> Option<String> {
    match body.get("language").and_then(Value::as_str) {
        Some(given) => {
            check_language(given, "/language", languages, problems);
            Some(given.to_owned())
        }
        None if languages.len() == 1 => languages.first().map(|only| (*only).to_owned()),
        None => None,
    }
}

fn check_words(
    words: &Value,
    pointer: &str,
    languages: &BTreeSet<&str>,
    language: Option<&str>,
    problems: &mut Problems,
) {
    match words {
        Value::Object(by_language) => {
            for (language, words) in by_language {
                let pointer = format!("{pointer}/{language}");
                check_language(language, &pointer, languages, problems);
                if is_empty(words) {
                    problems.add(&pointer, "there are no words in it");
                }
            }
        }
        words if is_empty(words) => problems.add(pointer, "there are no words in it"),
        _ if language.is_none() => {
            let known = listed(languages);
            problems.add(pointer, format!("in which language? Say it in language, or by language: {known}"));
        }
        _ => {}
    }
}

fn check_language(language: &str, pointer: &str, languages: &BTreeSet<&str>, problems: &mut Problems) {
    if !languages.contains(language) {
        problems.add(pointer, format!("nobody reads this language; known: {}", listed(languages)));
    }
}

fn check_audience(name: &str, pointer: &str, policy: &Policy, problems: &mut Problems) {
    if policy.audience(name).is_some() {
        return;
    }
    let renamed = policy.audiences.iter().find(|audience| audience.formerly.iter().any(|old| old == name));
    let names = || policy.audiences.iter().map(|audience| audience.name.as_str());
    problems.add(
        pointer,
        match (renamed, nearest(name, names())) {
            (Some(audience), _) => format!("this audience is called {} now", audience.name),
            (None, Some(near)) => format!("there is no such audience; did you mean {near}?"),
            (None, None) => {
                format!("there is no such audience; known: {}", names().collect::<Vec<_>>().join(", "))
            }
        },
    );
}

/// No words, whatever blanks there are.
fn is_empty(words: &Value) -> bool {
    match words {
        Value::String(words) => {
            crate::core::text::clean_text(words, crate::core::limits::TEXT_CHARS_MAX).0.is_empty()
        }
        Value::Object(by_language) => by_language.is_empty(),
        _ => false,
    }
}

fn listed(languages: &BTreeSet<&str>) -> String {
    languages.iter().copied().collect::<Vec<_>>().join(", ")
}
