//! A group message, taken apart once; and what it says of itself.

use std::borrow::Cow;
use std::fmt::Write as _;

use jiff::Timestamp;

use crate::core::label_set::LabelSet;
use crate::core::limits::{NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::build;
use crate::core::sources::fill;
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::sources::words;
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::StageWord;

/// A group message.
pub(in crate::core::sources::kinds) struct Group<'v> {
    pub(in crate::core::sources::kinds) body: Fields<'v>,
    /// What the group was made by: `groupLabels`.
    pub(super) shared_by: Option<Fields<'v>>,
    pub(super) labels: Option<Fields<'v>>,
    pub(super) annotations: Option<Fields<'v>>,
    pub(in crate::core::sources::kinds) alerts: Vec<Alert<'v>>,
    /// A word for a shape that has no version of its own.
    pub(super) shape: Option<&'static str>,
}

/// One alert of the group.
pub(in crate::core::sources::kinds) struct Alert<'v> {
    pub(in crate::core::sources::kinds) fields: Fields<'v>,
    pub(in crate::core::sources::kinds) labels: Option<Fields<'v>>,
    pub(super) annotations: Option<Fields<'v>>,
    pub(super) ended: bool,
    pub(super) started_at: Option<Timestamp>,
    pub(super) ended_at: Option<Timestamp>,
}

fn alert<'v>(fields: Fields<'v>, w: &mut Warnings) -> Alert<'v> {
    let status = fields.text("status", w).unwrap_or_default();
    let started_at = fields.instant("startsAt", w);
    Alert {
        labels: fields.object("labels", w),
        annotations: fields.object("annotations", w),
        ended: words::stage(&status) == Some(StageWord::Resolved),
        // The first versions kept it below.
        started_at: started_at.or_else(|| fields.deep(&["payload"])?.instant("activeSince", w)),
        ended_at: fields.instant("endsAt", w),
        fields,
    }
}

/// Takes a group message apart.
pub(in crate::core::sources::kinds) fn group<'v>(body: Fields<'v>, w: &mut Warnings) -> Group<'v> {
    // The first versions had a list of the other name.
    let key = if body.get("alerts").is_none() && body.get("alert").is_some_and(Tree::is_list) {
        "alert"
    } else {
        "alerts"
    };
    let alerts = body.objects(key, w).into_iter().map(|fields| alert(fields, w)).collect();
    Group {
        shared_by: body.object("groupLabels", w),
        labels: body.object("commonLabels", w),
        annotations: body.object("commonAnnotations", w),
        body,
        alerts,
        shape: None,
    }
}

/// An alert outside a group. Without a status it is over once its end has passed.
pub(in crate::core::sources::kinds) fn single<'v>(
    body: Fields<'v>,
    received_at: Timestamp,
    w: &mut Warnings,
) -> Group<'v> {
    let mut alert = alert(body.clone(), w);
    if body.get("status").is_none() && body.get("state").is_none() {
        alert.ended = alert.ended_at.is_some_and(|end| end <= received_at);
    }
    Group {
        body,
        shared_by: None,
        labels: None,
        annotations: None,
        alerts: vec![alert],
        shape: Some("alert"),
    }
}

impl<'v> Group<'v> {
    /// The sender's word for the state, and what it means. Without one the alerts say it.
    pub(super) fn stage(&self, w: &mut Warnings) -> (Cow<'v, str>, Option<StageWord>) {
        for key in ["status", "state"] {
            let Some(word) = self.body.opaque(key, w) else { continue };
            let stage = words::stage(&word);
            if stage.is_none() {
                w.add("unknown_state", &self.body.pointer(key));
            }
            return (word, stage);
        }
        if self.alerts.is_empty() {
            w.add("unknown_state", &self.body.pointer("status"));
            return (Cow::Borrowed(""), None);
        }
        w.add("assumed_state", &self.body.pointer("status"));
        if self.alerts.iter().all(|alert| alert.ended) {
            (Cow::Borrowed("resolved"), Some(StageWord::Resolved))
        } else {
            (Cow::Borrowed("firing"), Some(StageWord::Triggered))
        }
    }

    /// `groupKey`; where an old version has none, what it was made from: receiver and group labels,
    /// else the alerts' own labels, else what a body of one's own making has.
    pub(super) fn identity(&self, w: &mut Warnings) -> Option<String> {
        if self.shape.is_some() {
            return self.own_identity(w);
        }
        if let Some(key) = self.body.opaque("groupKey", w) {
            return Some(key.into());
        }
        w.add("partial_key", &self.body.pointer("groupKey"));
        let receiver = self.body.opaque("receiver", w).unwrap_or_default();
        let by_labels = |fields: Option<&Fields<'_>>| {
            let labels = build::single_labels(fields);
            (!labels.is_empty()).then(|| format!("{receiver}:{}", written(&labels)))
        };
        by_labels(self.shared_by.as_ref()).or_else(|| by_labels(self.labels.as_ref())).or_else(|| {
            let mut keys: Vec<String> = self.alerts.iter().filter_map(alert_key).collect();
            keys.sort_unstable();
            if !keys.is_empty() {
                return Some(format!("{receiver}:{}", keys.join(",")));
            }
            let title = self.body.line("title", TITLE_CHARS_MAX, w).filter(|_| !self.alerts.is_empty());
            // An alert without any label is the one that has none.
            title.or_else(|| (!self.alerts.is_empty()).then(|| format!("{receiver}:{{}}")))
        })
    }

    /// Of an alert outside a group: its fingerprint, its labels, or what it is called.
    fn own_identity(&self, w: &mut Warnings) -> Option<String> {
        const NAMES: &[&str] = &["alertname", "alert", "name", "title", "summary", "rule"];
        if let Some(id) =
            ["fingerprint", "id", "dedup_key", "key"].iter().find_map(|key| self.body.opaque(key, w))
        {
            return Some(id.into());
        }
        let labels = build::single_labels(self.alerts.first().and_then(|alert| alert.labels.as_ref()));
        if labels.iter().any(|(key, _)| key == "alertname") {
            return Some(written(&labels));
        }
        w.add("partial_key", &self.body.pointer("labels"));
        let name = fill::first_line(&self.body, NAMES, NAME_CHARS_MAX, w);
        match (name, labels.is_empty()) {
            (Some(name), true) => Some(name),
            (Some(name), false) => Some(format!("{name}{}", written(&labels))),
            (None, false) => Some(written(&labels)),
            (None, true) => None,
        }
    }

    /// The alerts that still fire, then those that are over.
    fn firing_first(&self) -> impl Iterator<Item = &Alert<'v>> {
        let firing = self.alerts.iter().filter(|alert| !alert.ended);
        firing.chain(self.alerts.iter().filter(|alert| alert.ended))
    }

    /// An annotation that all alerts share, else that of the first alert which has it; the first
    /// versions, and bodies of one's own making, have it beside the labels.
    pub(super) fn annotation(&self, keys: &[&str], w: &mut Warnings) -> Option<String> {
        keys.iter().find_map(|key| self.annotated().find_map(|place| place.text(key, w))).map(Into::into)
    }

    /// Where annotations may stand, the most telling first.
    fn annotated(&self) -> impl Iterator<Item = &Fields<'v>> {
        let alerts = self.firing_first().map(|alert| alert.annotations.as_ref().unwrap_or(&alert.fields));
        let own = Some(&self.body).filter(|_| self.shape.is_some());
        self.annotations.iter().chain(alerts).chain(own)
    }

    /// A label that names all of it, or the first alert.
    pub(super) fn label(&self, key: &str) -> Option<Cow<'v, str>> {
        let shared = [&self.shared_by, &self.labels].into_iter().flatten();
        let all = shared.chain(self.firing_first().filter_map(|alert| alert.labels.as_ref()));
        all.into_iter().find_map(|labels| labels.opaque(key, &mut Warnings::default()))
    }
}

/// Is it a group message, and not an alert outside one? Both may name a group.
pub(in crate::core::sources::kinds) fn is_group(body: &Fields<'_>) -> bool {
    let has = |key: &str| body.get(key).is_some();
    has("alerts")
        || body.get("alert").is_some_and(Tree::is_list)
        || (!has("labels") && ["groupKey", "groupLabels", "commonLabels"].into_iter().any(has))
}

/// Labels as Prometheus writes them.
fn written(labels: &LabelSet) -> String {
    let mut text = String::from("{");
    for (key, value) in labels.iter() {
        let comma = if text.len() > 1 { "," } else { "" };
        // Writing to a string can't fail.
        let _ = write!(text, "{comma}{key}={value:?}");
    }
    text.push('}');
    text
}

/// Its fingerprint; old versions have none, so its labels.
pub(super) fn alert_key(alert: &Alert<'_>) -> Option<String> {
    let fingerprint = alert.fields.opaque("fingerprint", &mut Warnings::default());
    if let Some(fingerprint) = fingerprint {
        return Some(clean_line(&fingerprint, NAME_CHARS_MAX));
    }
    let labels = build::single_labels(alert.labels.as_ref());
    (!labels.is_empty()).then(|| clean_line(&written(&labels), NAME_CHARS_MAX))
}
