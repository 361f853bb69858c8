//! From a decision to what a reader reads: [`Notice`] (who is told what) in, [`Notification`]
//! (the record of notification.md) out.

mod builtin;
mod content;
mod failed;
mod fit;
mod lead;
mod lead_ask;
mod notice;
mod plain;
mod record;
mod render;
mod sms;
#[cfg(test)]
mod tests;
mod view;

pub use content::choose;
pub use failed::rendering_failed;
pub use notice::{About, Addressee, Cause, Change, LastSaid, Notice};
pub use record::{Approval, Content, IncidentPart, LeadItem, Notification, SCHEMA, Sms, TemplateUsed};
pub use render::{Rendered, render};
pub(crate) use sms::is_one_message;
pub use view::{BusinessService, CustomerText, HelpWanted, Sla, View};
