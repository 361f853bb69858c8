//! Where what was heard differs from what a story says.

use std::collections::BTreeMap;

use super::expect::{Expectation, Expected, Hears, Says};
use super::heard::{Message, Reasons};
use crate::core::record::topics;
use crate::core::vocabulary::Kind;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// A reader heard something else than it was to.
    Heard {
        /// Who.
        reader: String,
        /// What the story says.
        expected: String,
        /// What it was.
        heard: String,
        /// What a story would write to say so; none where one value can't say it.
        instead: Option<String>,
    },
    /// A reader's words lack something, or hold something that they must not.
    Words {
        /// Who.
        reader: String,
        /// A sentence.
        problem: String,
        /// Its last message; empty where it has none.
        said: String,
    },
    /// The step could not be played.
    Failed(String),
}

/// All differences of one step.
pub(super) fn differences(
    expectation: &Expectation,
    heard: &[Message],
    reasons: &Reasons,
) -> Vec<Difference> {
    let mut found: Vec<Difference> =
        expectation.heard.iter().filter_map(|hears| heard_otherwise(hears, heard, reasons)).collect();
    if expectation.nobody_else {
        let named = |reader: &str| expectation.heard.iter().any(|hears| is_of(&hears.reader, reader));
        for (reader, kinds) in by_reader(heard.iter().filter(|message| !named(&message.reader))) {
            found.push(Difference::Heard {
                reader: reader.to_owned(),
                expected: "nothing (nobody else)".to_owned(),
                heard: words(&kinds),
                instead: Some(as_written(&kinds)),
            });
        }
    }
    for says in &expectation.says {
        found.extend(missing_words(says, heard, true));
    }
    for says in &expectation.never_says {
        found.extend(missing_words(says, heard, false));
    }
    for sees in &expectation.sees {
        found.extend(other_fields(sees, heard));
    }
    for attention in &expectation.attention {
        found.extend(other_attention(attention, heard));
    }
    found
}

/// Is this reader the one that is named, or one of an audience that is named and split?
fn is_of(named: &str, reader: &str) -> bool {
    reader.strip_prefix(named).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn by_reader<'m>(messages: impl Iterator<Item = &'m Message>) -> BTreeMap<&'m str, Vec<Kind>> {
    let mut readers: BTreeMap<&str, Vec<Kind>> = BTreeMap::new();
    for message in messages {
        readers.entry(&message.reader).or_default().push(message.kind);
    }
    readers
}

fn words(kinds: &[Kind]) -> String {
    kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ")
}

/// As a story writes them: one kind stands without brackets.
fn as_written(kinds: &[Kind]) -> String {
    if kinds.len() == 1 { words(kinds) } else { format!("[{}]", words(kinds)) }
}

fn heard_otherwise(hears: &Hears, heard: &[Message], reasons: &Reasons) -> Option<Difference> {
    let readers = by_reader(heard.iter().filter(|message| is_of(&hears.reader, &message.reader)));
    let why = reasons.of(&hears.reader);
    let is_well = match &hears.expected {
        Expected::Nothing => readers.is_empty(),
        Expected::Reason(reason) => readers.is_empty() && why.contains(reason),
        Expected::Kinds(kinds) => {
            let in_any_order = hears.reader.starts_with(topics::LEADS_PREFIX);
            !readers.is_empty() && readers.values().all(|heard| alike(kinds, heard, in_any_order))
        }
    };
    if is_well {
        return None;
    }
    let actual = if readers.is_empty() {
        let why: Vec<&str> = why.iter().map(|reason| reason.as_str()).collect();
        if why.is_empty() { "nothing".to_owned() } else { format!("nothing ({})", why.join(", ")) }
    } else {
        let each = readers.iter().map(|(reader, kinds)| match reader.strip_prefix(hears.reader.as_str()) {
            Some("") | None => words(kinds),
            Some(addressee) => format!("{}: {}", addressee.trim_start_matches('/'), words(kinds)),
        });
        each.collect::<Vec<_>>().join("; ")
    };
    let expected = hears.expected.to_string();
    let alike = readers.values().all(|kinds| Some(kinds) == readers.values().next());
    let instead = match (readers.values().next(), why.as_slice()) {
        (Some(kinds), _) => alike.then(|| as_written(kinds)),
        (None, [reason]) => Some(reason.as_str().to_owned()),
        (None, _) => Some(Expected::Nothing.to_string()),
    };
    Some(Difference::Heard { reader: hears.reader.clone(), expected, heard: actual, instead })
}

/// In this order; for leads, the same set.
fn alike(expected: &[Kind], heard: &[Kind], in_any_order: bool) -> bool {
    if in_any_order {
        return expected.iter().all(|kind| heard.contains(kind))
            && heard.iter().all(|kind| expected.contains(kind));
    }
    expected == heard
}

/// The last message of each reader that is meant. Who heard nothing said nothing either way: the
/// story means a message that is not there.
fn last_of<'m>(reader: &str, heard: &'m [Message]) -> Result<BTreeMap<&'m str, &'m Message>, Difference> {
    let mut last: BTreeMap<&str, &Message> = BTreeMap::new();
    for message in heard.iter().filter(|message| is_of(reader, &message.reader)) {
        last.insert(&message.reader, message);
    }
    if last.is_empty() {
        let problem = "heard nothing in this step, so its words can't be looked at".to_owned();
        return Err(Difference::Words { reader: reader.to_owned(), problem, said: String::new() });
    }
    Ok(last)
}

/// Words that are not there and must be, or are there and must not.
fn missing_words(says: &Says, heard: &[Message], must_stand: bool) -> Vec<Difference> {
    let last = match last_of(&says.reader, heard) {
        Ok(last) => last,
        Err(nothing) => return vec![nothing],
    };
    let mut found = Vec::new();
    for (reader, message) in last {
        let said = message.words();
        for word in says.words.iter().filter(|word| said.contains(word.as_str()) != must_stand) {
            let verb = if must_stand { "does not say" } else { "says" };
            let problem = format!("{} {verb} `{word}`", message.kind);
            found.push(Difference::Words { reader: reader.to_owned(), problem, said: said.clone() });
        }
    }
    found
}

/// Fields that a message carries and must not, or does not carry and must.
fn other_fields(sees: &Says, heard: &[Message]) -> Vec<Difference> {
    let last = match last_of(&sees.reader, heard) {
        Ok(last) => last,
        Err(nothing) => return vec![nothing],
    };
    let mut found = Vec::new();
    for (reader, message) in last {
        let fields = &message.notification.incident.fields;
        let more = fields.keys().filter(|field| !sees.words.contains(field)).map(|field| ("shows", field));
        let less = sees.words.iter().filter(|field| !fields.contains_key(*field));
        for (verb, field) in more.chain(less.map(|field| ("does not show", field))) {
            let problem = format!("{} {verb} the field `{field}`", message.kind);
            found.push(Difference::Words { reader: reader.to_owned(), problem, said: String::new() });
        }
    }
    found
}

/// Messages that interrupt and must not, or do not and must.
fn other_attention(expected: &Says, heard: &[Message]) -> Vec<Difference> {
    let last = match last_of(&expected.reader, heard) {
        Ok(last) => last,
        Err(nothing) => return vec![nothing],
    };
    let mut found = Vec::new();
    for (reader, message) in last {
        let attention = message.notification.attention.as_str();
        for word in expected.words.iter().filter(|word| *word != attention) {
            let problem = format!("{} asks for attention `{attention}`, not `{word}`", message.kind);
            found.push(Difference::Words { reader: reader.to_owned(), problem, said: String::new() });
        }
    }
    found
}
