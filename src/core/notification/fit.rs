//! Keeps a notification within the size of a record: what is least needed goes first, and the
//! message always goes out.

use serde_json::Value;

use super::content::cut_body;
use super::record::Notification;
use crate::core::limits::NOTIFICATION_BYTES_MAX;
use crate::core::text::cut;

/// Fields that may go entirely, the least needed first. Readers have the words besides.
const EXPENDABLE: [&str; 9] = [
    "labels",
    "description",
    "hosts",
    "links",
    "services",
    "people",
    "strategic_customers",
    "changes",
    "channels",
];

/// Shrinks step by step until the record fits.
pub(super) fn fit(notification: &mut Notification) {
    if bound(notification) <= NOTIFICATION_BYTES_MAX || fits(notification) {
        return;
    }
    for name in ["description", "labels", "symptom", "workaround", "action", "cause", "customer_text"] {
        if let Some(value) = notification.incident.fields.get_mut(name) {
            shorten(value, 1_000);
        }
    }
    for name in EXPENDABLE {
        if fits(notification) {
            return;
        }
        notification.incident.fields.remove(name);
    }
    for item in &mut notification.about {
        for text in [&mut item.last_said, &mut item.draft].into_iter().flatten() {
            text.truncate(cut(text, 300).0.len());
        }
    }
    for chars_max in [2_000, 1_000, 500, 200] {
        if fits(notification) {
            return;
        }
        for content in &mut notification.contents {
            content.body = cut_body(&content.body, chars_max);
            content.text = cut_body(&content.text, chars_max);
        }
    }
    if !fits(notification) {
        notification.incident.fields.retain(|_, value| bound_of(value) <= 2_000);
        notification.about.truncate(20);
    }
}

/// Cuts every text in a value; a list keeps its first ten.
fn shorten(value: &mut Value, chars_max: usize) {
    match value {
        Value::String(text) => text.truncate(cut(text, chars_max).0.len()),
        Value::Array(items) => {
            items.truncate(10);
            items.iter_mut().for_each(|item| shorten(item, 100));
        }
        Value::Object(members) => members.values_mut().for_each(|member| shorten(member, chars_max)),
        _ => {}
    }
}

fn fits(notification: &Notification) -> bool {
    serde_json::to_vec(notification).is_ok_and(|bytes| bytes.len() <= NOTIFICATION_BYTES_MAX)
}

/// More than the record can take, found without writing it: nearly every message passes here.
/// Quotation marks and backslashes double; control characters, which take six, do not occur in words.
fn bound(notification: &Notification) -> usize {
    let contents = notification.contents.iter().map(|content| {
        let texts = [&content.subject, &content.thread_subject, &content.short, &content.text, &content.body];
        texts.iter().map(|text| text.len() * 2).sum::<usize>() + 300
    });
    let fields = notification.incident.fields.values().map(|value| bound_of(value) + 40);
    let delivery = notification.addressee.as_ref().map_or(0, |addressee| bound_of(&addressee.delivery));
    let about = notification.about.iter().map(|item| {
        let texts = [&item.last_said, &item.draft].into_iter().flatten();
        let addressees = item.addressees.iter().map(|name| name.len() * 6 + 3);
        texts.map(|text| text.len() * 6).chain(addressees).sum::<usize>() + 500
    });
    4_000 + delivery + contents.chain(fields).chain(about).sum::<usize>()
}

fn bound_of(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() * 6 + 3,
        Value::Array(items) => items.iter().map(bound_of).sum::<usize>() + items.len() + 2,
        Value::Object(members) => {
            members.iter().map(|(name, member)| name.len() * 6 + 4 + bound_of(member)).sum::<usize>() + 2
        }
        _ => 26,
    }
}
