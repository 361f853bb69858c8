//! Who took a role in an incident.

use crate::core::event::{Event, PlainUpdate};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX};
use crate::core::sources::build;
use crate::core::sources::reader::{Fields, Warnings};
use crate::core::vocabulary::Lead;

/// Parts of a role's name that say which of our leads it is; the first that fits decides, so that a
/// "customer communications" role writes the messages.
const LEAD_WORDS: &[(&str, Lead)] = &[
    ("communication", Lead::Communications),
    ("business", Lead::BusinessResponse),
    ("executive", Lead::BusinessResponse),
    ("customer", Lead::BusinessResponse),
];

/// Who took a role that is one of our leads. A role that was given back has no assignee: who leads
/// instead is not said, so it says nothing.
pub(super) fn fill_leads(event: &mut Event, data: &Fields<'_>, w: &mut Warnings) {
    let mut update = PlainUpdate::default();
    for key in ["incident_role_assignments", "roles"] {
        for value in data.list(key).iter().take(LIST_ITEMS_MAX) {
            let Some(fields) = Fields::of(value, data.pointer(key)) else {
                data.drift(key, w);
                continue;
            };
            let role = fields.get("role").and_then(build::named);
            let role = role.and_then(|role| role.name).or_else(|| fields.line("name", NAME_CHARS_MAX, w));
            let holder =
                ["assignee", "user"].into_iter().find_map(|key| fields.get(key).and_then(build::named));
            let holder = holder.and_then(|holder| holder.name.or(holder.id));
            let (Some(role), Some(holder)) = (role, holder) else { continue };
            let role = role.to_lowercase();
            if let Some((_, lead)) = LEAD_WORDS.iter().find(|(word, _)| role.contains(word)) {
                update.leads.insert(*lead, holder);
            }
        }
    }
    if !update.leads.is_empty() {
        event.update = Some(Box::new(update));
    }
}
