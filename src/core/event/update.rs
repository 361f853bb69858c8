//! What a person, or a tool that speaks to the business, says of an incident; and the hand-over of
//! readers from one incident to another.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::is_false;
use crate::core::ledger::Entry;
use crate::core::text::LocalText;
use crate::core::vocabulary::{DataState, Lead};

/// An estimate of the end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Eta {
    /// When.
    pub at: Timestamp,
    /// low, medium, high.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<String>,
    /// May it be told to customers?
    #[serde(default)]
    pub quotable: bool,
}

/// Plain words and figures of a person or a tool that speaks to the business, by language.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct PlainUpdate {
    /// Who says it. A person's word is always meant, and never older than a tool's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Person>,
    /// What is noticed.
    #[serde(skip_serializing_if = "LocalText::is_empty")]
    pub symptom: LocalText,
    /// What readers can do meanwhile.
    #[serde(skip_serializing_if = "LocalText::is_empty")]
    pub workaround: LocalText,
    /// What is being done.
    #[serde(skip_serializing_if = "LocalText::is_empty")]
    pub action: LocalText,
    /// For engineers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Estimate of the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eta: Option<Eta>,
    /// Lost data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_loss: Option<DataState>,
    /// Exposed data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_exposure: Option<DataState>,
    /// A text for one audience, by audience and language.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub text: BTreeMap<String, LocalText>,
    /// What is asked of whom, by audience and language; no words: no longer asked.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub help_wanted: BTreeMap<String, LocalText>,
    /// When the next news comes, promised to everyone who hears of this update.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_update_by: Option<Timestamp>,
    /// Nothing has changed, and that is the news.
    #[serde(skip_serializing_if = "is_false")]
    pub no_change: bool,
    /// Who leads from now on.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub leads: BTreeMap<Lead, String>,
    /// Audiences whose opening may go out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub release: Vec<String>,
    /// Audiences whose opening waits until it is released.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hold: Vec<String>,
    /// From now on confidential, or not any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidential: Option<bool>,
    /// Legal agrees that data loss and exposure are told outside.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_cleared: Option<bool>,
    /// The words of this update correct something that was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrects: Option<Corrects>,
    /// The words of this update are the final report.
    #[serde(skip_serializing_if = "is_false")]
    pub follow_up: bool,
    /// Approves the words of an earlier update.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approves: Option<Approves>,
}

impl PlainUpdate {
    /// Are there words for readers in it?
    pub fn has_words(&self) -> bool {
        let plain = [&self.symptom, &self.workaround, &self.action];
        plain.iter().any(|words| !words.is_empty()) || !self.text.is_empty()
    }
}

/// Who declares or updates an incident by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Name of the API token.
    pub name: String,
    /// What its owner may do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
}

/// What a correction corrects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct Corrects {
    /// Id of the notification; none: each reader's last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notification: Option<String>,
}

/// An approval of a person's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approves {
    /// Id of the event that brought the words.
    pub update: String,
    /// In which role.
    pub role: String,
}

/// The hand-over of one incident's readers to another (domain.md section 8, Merges): an event of
/// Herald's own, keyed by the incident that takes over; or back, where that one can't.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Adopt {
    /// Whose readers they are.
    pub incident: String,
    /// Its episode.
    pub episode: String,
    /// What its readers know it by.
    pub public_reference: String,
    /// Who was told and is owed an end.
    pub entries: Vec<Entry>,
    /// Incidents that they have come through, the first first.
    pub path: Vec<String>,
    /// Handed back: the first of `path` is to tell them the end itself.
    #[serde(default, skip_serializing_if = "is_false")]
    pub refused: bool,
}
