//! How values are read, from YAML.

use regex::{Regex, RegexBuilder};

use super::{Compiler, conditions};
use crate::core::sources::mapping::path::Path;
use crate::core::sources::mapping::plain;
use crate::core::sources::mapping::reading::{
    Alternative, Encoding, From, Ignored, Lookup, Meaning, Piece, Reading, Step,
};
use crate::policy::problems::{Cx, suggest};
use crate::policy::read::Map;
use crate::policy::tree::{At, Node, Value};

/// Where a value comes from: one of these.
const FROM: [&str; 5] = ["from", "header", "const", "join", "text"];
/// All keys of a value: where it comes from, when, and what is done to it, in this order, whatever
/// the order in the file.
pub(super) const KEYS: [&str; 17] = [
    "from", "header", "const", "join", "text", "when", "with", "all", "decode", "split", "part", "capture",
    "case", "scale", "ignore", "lookup", "default",
];
/// In a table: any other word.
const ANY_OTHER: &str = "*";
/// Longest regular expression.
const PATTERN_CHARS_MAX: usize = 500;
/// Largest compiled regular expression.
const PATTERN_BYTES_MAX: usize = 256 * 1024;
/// Most values that one list of alternatives or parts names.
const ALTERNATIVES_MAX: usize = 32;

/// The words that a field may have; none: any.
pub(super) type Words<'w> = Option<&'w [&'static str]>;

/// A value: a place, a list of which the first that is there counts, or a map.
pub(super) fn read(to: Compiler<'_>, node: &Node, words: Words<'_>) -> Option<Reading> {
    read_with(to, node, words, &[])
}

/// The same, where the map may have these keys besides.
pub(super) fn read_with(
    to: Compiler<'_>,
    node: &Node,
    words: Words<'_>,
    besides: &[&str],
) -> Option<Reading> {
    if let Value::List(items) = &node.value {
        if items.is_empty() || items.len() > ALTERNATIVES_MAX {
            to.cx.error(node.at, format!("a list of values has 1 to {ALTERNATIVES_MAX} of them"));
            return None;
        }
        let parts: Vec<_> = items.iter().map(|item| read(to, item, words)).collect();
        let parts = parts.into_iter().collect::<Option<Vec<_>>>()?;
        return Some(Reading { first_of: parts.into_iter().flat_map(|part| part.first_of).collect() });
    }
    let alternative = match &node.value {
        Value::Map(_) => alternative(to, node, words, besides)?,
        _ => plain_alternative(From::Path(path_of(to.cx, node)?)),
    };
    Some(Reading { first_of: vec![alternative] })
}

const fn plain_alternative(from: From) -> Alternative {
    Alternative { when: None, from, steps: Vec::new(), ignore: Vec::new(), lookup: None, default: None }
}

fn alternative(to: Compiler<'_>, node: &Node, words: Words<'_>, besides: &[&str]) -> Option<Alternative> {
    let cx = to.cx;
    let keys: Vec<&str> = KEYS.iter().chain(besides).copied().collect();
    let map = Map::of(cx, node, "a value", &keys)?;
    let given: Vec<&str> = FROM.iter().filter(|name| node.get(name).is_some()).copied().collect();
    let [source] = given.as_slice() else {
        let help =
            "`from: /place`, `header: name`, `const: word`, `join: [/a, /b]` or `text: \"{/a} on {/b}\"`";
        cx.error_help(node.at, "a value comes from exactly one place", help);
        return None;
    };
    let node = map.get(source)?;
    let from = match *source {
        "header" => header(to, node),
        "const" => cx.text(node).filter(|word| is_word(cx, node.at, word, words)).map(From::Const),
        "join" => join(to, &map, node),
        "text" => cx.text(node).and_then(|text| pieces(cx, node.at, &text)).map(From::Text),
        // Words are those of the field after the last table only.
        _ => from(to, node, words.filter(|_| map.get("lookup").is_none())),
    };
    let when = match map.get("when") {
        Some(node) => Some(conditions::read(to, node, false)?),
        None => None,
    };
    let steps = steps(cx, &map);
    let ignore = map.get("ignore").map(|node| ignored(cx, node)).unwrap_or_default();
    let lookup = match map.get("lookup") {
        Some(node) => Some(lookup(cx, node, words)?),
        None => None,
    };
    let default = match map.get("default") {
        Some(node) => Some(cx.text(node).filter(|word| is_word(cx, node.at, word, words))?),
        None => None,
    };
    Some(Alternative { when, from: from?, steps: steps?, ignore, lookup, default })
}

fn from(to: Compiler<'_>, node: &Node, words: Words<'_>) -> Option<From> {
    if matches!(node.value, Value::List(_) | Value::Map(_)) {
        return read(to, node, words).map(|reading| From::Reading(Box::new(reading)));
    }
    path_of(to.cx, node).map(From::Path)
}

fn header(to: Compiler<'_>, node: &Node) -> Option<From> {
    let name = to.cx.text(node)?.trim().to_ascii_lowercase();
    if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c == ':') {
        to.cx.error(node.at, format!("`{name}` is no header's name"));
        return None;
    }
    to.reads_header(&name);
    Some(From::Header(name))
}

fn join(to: Compiler<'_>, map: &Map<'_>, node: &Node) -> Option<From> {
    let items = to.cx.items(node, "values");
    if items.is_empty() || items.len() > ALTERNATIVES_MAX {
        to.cx.error(node.at, format!("`join` has 1 to {ALTERNATIVES_MAX} values"));
        return None;
    }
    let parts: Vec<_> = items.iter().map(|item| read(to, item, None)).collect();
    let with = match map.get("with") {
        Some(Node { value: Value::Text(text), .. }) => text.clone(),
        Some(node) => to.cx.text(node)?,
        None => "/".to_owned(),
    };
    let all = map.get("all").is_some_and(|node| to.cx.bool(node).unwrap_or_default());
    Some(From::Join { parts: parts.into_iter().collect::<Option<_>>()?, with, all })
}

/// `words {/place} words`; a brace that opens no place stands for itself.
fn pieces(cx: Cx<'_>, at: At, text: &str) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("{/").into_iter().chain(rest.find("{$")).min() {
        let (words, after) = rest.split_at(start);
        let Some(end) = after.find('}') else { break };
        if !words.is_empty() {
            pieces.push(Piece::Words(words.to_owned()));
        }
        pieces.push(Piece::Value(path(cx, at, &after[1..end])?));
        rest = &after[end + 1..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest.to_owned()));
    }
    if !pieces.iter().any(|piece| matches!(piece, Piece::Value(_))) {
        cx.error_help(at, "there is no place in this text", "write \"{/host} is down\", or use `const`");
        return None;
    }
    Some(pieces)
}

/// In their order, whatever the order in the file.
fn steps(cx: Cx<'_>, map: &Map<'_>) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    if let Some(node) = map.get("decode") {
        let all = [("base64", Encoding::Base64), ("url", Encoding::Url)];
        let named = cx.word(node, "encoding of a text", &all, |(name, _)| name);
        steps.push(Step::Decode(named?.1));
    }
    let part = match map.get("part") {
        Some(node) => Some(whole(cx, node)?),
        None => None,
    };
    match (map.get("split"), part) {
        (Some(Node { value: Value::Text(by), .. }), part) if !by.is_empty() => {
            steps.push(Step::Split(by.clone(), part));
        }
        (Some(node), _) => {
            cx.wrong(node, "the text between the parts");
            return None;
        }
        (None, Some(_)) => {
            cx.error(map.at, "`part` says which part of a `split`");
            return None;
        }
        (None, None) => {}
    }
    if let Some(node) = map.get("capture") {
        steps.push(Step::Capture(pattern(cx, node, false)?));
    }
    if let Some(node) = map.get("case") {
        let lower = cx.word(node, "case", &["lower", "upper"], |word| word)? == "lower";
        steps.push(if lower { Step::Lower } else { Step::Upper });
    }
    if let Some(node) = map.get("scale") {
        steps.push(Step::Scale(cx.number(node)?));
    }
    Some(steps)
}

fn whole(cx: Cx<'_>, node: &Node) -> Option<i64> {
    let number = if let Value::Number(_, written) = &node.value { written.parse().ok() } else { None };
    if number.is_none() {
        cx.wrong(node, "a whole number: 0 is the first part, -1 the last");
    }
    number
}

fn lookup(cx: Cx<'_>, node: &Node, words: Words<'_>) -> Option<Lookup> {
    let entries = cx.entries(node, "the sender's words and what they mean")?;
    if entries.is_empty() {
        cx.error(node.at, "the table is empty");
        return None;
    }
    let mut table = Lookup::default();
    for (key, node) in entries {
        let native = plain(&key.name);
        if table.words.iter().any(|(known, _)| *known == native) {
            let help = "words are compared without case, blanks and dashes";
            cx.error_help(key.at, format!("`{}` is there twice", key.name), help);
        }
        let meaning = match &node.value {
            Value::Null => Meaning::Nothing,
            _ => Meaning::Word(cx.text(node).filter(|word| is_word(cx, node.at, word, words))?),
        };
        if key.name == ANY_OTHER {
            table.others = Some(meaning);
        } else {
            table.words.push((native, meaning));
        }
    }
    Some(table)
}

fn is_word(cx: Cx<'_>, at: At, word: &str, words: Words<'_>) -> bool {
    let Some(words) = words else { return true };
    let known = words.contains(&word);
    if !known {
        let help = suggest(word, words.iter().copied());
        let help = help.unwrap_or_else(|| format!("there are {}", words.join(", ")));
        cx.error_help(at, format!("`{word}` is no word that this field may have"), help);
    }
    known
}

/// Values that count as none.
pub(super) fn ignored(cx: Cx<'_>, node: &Node) -> Vec<Ignored> {
    let one = |node: &Node| match &node.value {
        Value::Map(_) => {
            let map = Map::of(cx, node, "a value to ignore", &["matches"])?;
            pattern(cx, map.need("matches")?, true).map(Ignored::Matches)
        }
        _ => cx.text(node).map(Ignored::Word),
    };
    node.one_or_more().iter().filter_map(one).collect()
}

/// A linear-time expression; of the whole value, or of a piece of it.
pub(super) fn pattern(cx: Cx<'_>, node: &Node, whole: bool) -> Option<Regex> {
    let pattern = cx.text(node)?;
    if pattern.chars().count() > PATTERN_CHARS_MAX {
        cx.error(node.at, format!("a regular expression has at most {PATTERN_CHARS_MAX} characters"));
        return None;
    }
    // Alone first: `a)(b` would become a good expression once wrapped.
    let alone = Regex::new(&pattern).map(|_| ());
    let wrapped = if whole { format!("^(?:{pattern})$") } else { pattern };
    match alone.and(RegexBuilder::new(&wrapped).size_limit(PATTERN_BYTES_MAX).build()) {
        Ok(regex) => Some(regex),
        Err(error) => {
            let text = error.to_string();
            let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
            cx.error(node.at, format!("this is no regular expression: {reason}"));
            None
        }
    }
}

/// A place in the body.
pub(super) fn path_of(cx: Cx<'_>, node: &Node) -> Option<Path> {
    match &node.value {
        Value::Text(text) => path(cx, node.at, text),
        _ => {
            cx.wrong(node, "a place in the body, such as /alert/id");
            None
        }
    }
}

/// The same, from its text.
pub(super) fn path(cx: Cx<'_>, at: At, text: &str) -> Option<Path> {
    match Path::parse(text) {
        Ok(path) => Some(path),
        Err(message) => {
            let dotted = text.trim_start_matches(['$', '.']).replace('.', "/");
            let help = format!("/{dotted} for what stands there; {{ const: {text} }} for always this word");
            cx.error_help(at, format!("`{text}`: {message}"), help);
            None
        }
    }
}
