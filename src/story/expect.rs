//! What a step of a story expects everyone to hear.

use crate::core::fields::Field;
use crate::core::policy::{Per, Policy};
use crate::core::record::topics;
use crate::core::vocabulary::{Attention, Kind, Lead, Reason};
use crate::policy::problems::Cx;
use crate::policy::tree::{At, Key, Node, Value};

/// Hears nothing, whatever the reason.
const NOTHING: &str = "nothing";

/// All that one step says of what is heard.
#[derive(Debug, Default)]
pub struct Expectation {
    /// By reader.
    pub heard: Vec<Hears>,
    /// Whoever is not named hears nothing.
    pub nobody_else: bool,
    /// Where that stands.
    pub(super) nobody_else_at: At,
    /// Words that must stand in the reader's last message.
    pub says: Vec<Says>,
    /// Words that must not.
    pub never_says: Vec<Says>,
    /// Fields that the reader's last message carries for machines: these, and no others.
    pub sees: Vec<Says>,
    /// How loudly the reader's last message asks to be heard: one word for each reader.
    pub attention: Vec<Says>,
}

/// What one reader hears.
#[derive(Debug)]
pub struct Hears {
    /// As [`super::reader_of`] names it; an audience that is split stands for all its readers.
    pub reader: String,
    /// What.
    pub expected: Expected,
    /// Where that stands.
    pub(super) at: At,
}

/// What is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// These, in this order; for leads in any.
    Kinds(Vec<Kind>),
    /// Nothing, and this is the last reason.
    Reason(Reason),
    /// Nothing.
    Nothing,
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Kinds(kinds) => {
                let words: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
                f.write_str(&words.join(", "))
            }
            Self::Reason(reason) => write!(f, "nothing ({reason})"),
            Self::Nothing => f.write_str(NOTHING),
        }
    }
}

/// Words in one reader's last message.
#[derive(Debug)]
pub struct Says {
    /// As in [`Hears`].
    pub reader: String,
    /// Each is looked for by itself.
    pub words: Vec<String>,
}

/// Who can be named: the audiences of every policy that the story plays on.
#[derive(Debug, Default)]
pub(super) struct Cast {
    pub(super) audiences: Vec<(String, Option<Per>)>,
    customers: Vec<String>,
}

impl Cast {
    /// Adds those of one policy.
    pub(super) fn add(&mut self, policy: &Policy) {
        for audience in &policy.audiences {
            if !self.audiences.iter().any(|(known, _)| *known == audience.name) {
                self.audiences.push((audience.name.clone(), audience.per));
            }
        }
        for customer in &policy.customers {
            if !self.customers.contains(&customer.id) {
                self.customers.push(customer.id.clone());
            }
        }
    }
}

/// Reads `expect`, `nobody_else`, `says`, `never_says`, `sees` and `attention` of a step.
pub(super) fn read(cx: Cx<'_>, step: &Node, cast: &Cast) -> Expectation {
    let entries =
        |name: &str, what: &str| step.get(name).and_then(|node| cx.entries(node, what)).unwrap_or_default();
    let hears = |(key, node): &(Key, Node)| {
        Some(Hears { reader: reader(cx, key, cast)?, expected: expected(cx, node)?, at: node.at })
    };
    let says = |(key, node): &(Key, Node)| {
        let words = cx.texts(node);
        Some(Says { reader: reader(cx, key, cast)?, words })
    };
    let sees = |(key, node): &(Key, Node)| {
        let fields = node.one_or_more().iter();
        let fields = fields.filter_map(|item| cx.word(item, "field", Field::ALL, Field::as_str));
        let words = fields.map(|field| field.as_str().to_owned()).collect();
        Some(Says { reader: reader(cx, key, cast)?, words })
    };
    let attention = |(key, node): &(Key, Node)| {
        let word = cx.word(node, "attention", Attention::ALL, Attention::as_str)?;
        Some(Says { reader: reader(cx, key, cast)?, words: vec![word.as_str().to_owned()] })
    };
    Expectation {
        heard: entries("expect", "what each audience hears").iter().filter_map(hears).collect(),
        nobody_else: step.get("nobody_else").is_some_and(|node| cx.bool(node).unwrap_or(false)),
        sees: entries("sees", "fields by audience").iter().filter_map(sees).collect(),
        attention: entries("attention", "attention by audience").iter().filter_map(attention).collect(),
        nobody_else_at: step.get("nobody_else").map(|node| node.at).unwrap_or_default(),
        says: entries("says", "words by audience").iter().filter_map(says).collect(),
        never_says: entries("never_says", "words by audience").iter().filter_map(says).collect(),
    }
}

/// `audience`, `audience/addressee`, `drill.audience` or `leads.lead`.
fn reader(cx: Cx<'_>, key: &Key, cast: &Cast) -> Option<String> {
    if let Some(lead) = key.name.strip_prefix(topics::LEADS_PREFIX) {
        if Lead::parse(lead).is_none() {
            cx.unknown(key.at, "lead", lead, Lead::ALL.iter().map(|lead| lead.as_str()));
            return None;
        }
        return Some(key.name.clone());
    }
    let name = key.name.strip_prefix(topics::DRILL_PREFIX).unwrap_or(&key.name);
    let (audience, addressee) =
        name.split_once('/').map_or((name, None), |(audience, addressee)| (audience, Some(addressee)));
    let Some((_, per)) = cast.audiences.iter().find(|(known, _)| known == audience) else {
        let known = cast.audiences.iter().map(|(known, _)| known.as_str());
        cx.unknown(key.at, "audience", audience, known);
        return None;
    };
    if let Some(addressee) = addressee {
        addressed(cx, key.at, (audience, *per), addressee, cast)?;
    }
    Some(key.name.clone())
}

fn addressed(cx: Cx<'_>, at: At, audience: (&str, Option<Per>), addressee: &str, cast: &Cast) -> Option<()> {
    match audience {
        (name, None) => {
            cx.error(at, format!("`{name}` is not split: it has no `/{addressee}`"));
            None
        }
        (_, Some(Per::Customer)) if !cast.customers.iter().any(|known| known == addressee) => {
            cx.unknown(at, "customer", addressee, cast.customers.iter().map(String::as_str));
            None
        }
        (_, Some(_)) => Some(()),
    }
}

/// One kind, several, a reason, or `nothing`.
fn expected(cx: Cx<'_>, node: &Node) -> Option<Expected> {
    if let Value::List(items) = &node.value {
        if items.is_empty() {
            cx.error_help(node.at, "the list is empty", format!("write `{NOTHING}` for who hears nothing"));
            return None;
        }
        let kinds: Vec<Option<Kind>> =
            items.iter().map(|item| cx.word(item, "kind", Kind::ALL, Kind::as_str)).collect();
        return kinds.into_iter().collect::<Option<Vec<Kind>>>().map(Expected::Kinds);
    }
    let word = cx.text(node)?;
    if word == NOTHING {
        return Some(Expected::Nothing);
    }
    if let Some(kind) = Kind::parse(&word) {
        return Some(Expected::Kinds(vec![kind]));
    }
    if let Some(reason) = Reason::parse(&word) {
        return Some(Expected::Reason(reason));
    }
    let known = Kind::ALL.iter().map(|kind| kind.as_str());
    let known = known.chain(Reason::ALL.iter().map(|reason| reason.as_str())).chain([NOTHING]);
    cx.unknown(node.at, "kind of message, or reason for none,", &word, known);
    None
}
