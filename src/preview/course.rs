//! The worked incident as one audience hears it, message by message.

use crate::core::notification::Notice;
use crate::core::policy::Audience;
use crate::core::template::samples::{self, Knowledge};
use crate::core::vocabulary::{Kind, Lifecycle};

/// What the readers of this audience get, as the incident goes; then what they get if it goes otherwise.
pub fn course(audience: &Audience) -> Vec<Notice> {
    let kinds = Kind::ALL.iter().filter(|kind| kind.lifecycle() != Lifecycle::Lead);
    let notices = kinds.flat_map(|&kind| samples::notices(kind, Knowledge::Everything, audience));
    let mut notices: Vec<_> = notices.collect();
    notices.sort_by_key(|notice| (heading(notice).starts_with("Otherwise"), notice.decided_at));
    notices
}

/// The first message, sent when nothing but the alarm is known.
pub fn with_nothing_known(audience: &Audience) -> Notice {
    samples::notice(Kind::Opening, Knowledge::Nothing, audience)
}

/// What a message of the course is called.
pub const fn heading(notice: &Notice) -> &'static str {
    match notice.kind {
        Kind::Opening => "First report",
        Kind::Update if notice.new_information => "Update: cause found",
        Kind::Update => "Update: nothing new",
        Kind::Upgraded => "Worse",
        Kind::Downgraded => "Better",
        Kind::StandDown => "Stood down",
        Kind::Resolved if notice.reports_stopped => "Otherwise: reports stopped",
        Kind::Resolved => "Resolved",
        Kind::Cancelled => "Otherwise: a false alarm",
        Kind::Reopened => "Otherwise: back again",
        Kind::Merged => "Otherwise: merged",
        Kind::Correction => "Correction",
        Kind::FollowUp => "Final report",
        Kind::UpdateDue => "update_due",
        Kind::UpdateOverdue => "update_overdue",
        Kind::ReleaseWanted => "release_wanted",
        Kind::ApprovalWanted => "approval_wanted",
        Kind::TemplateUnapproved => "template_unapproved",
        Kind::LeadMissing => "lead_missing",
        Kind::IncidentSilent => "incident_silent",
        Kind::RenderingFailed => "rendering_failed",
        Kind::TranslationMissing => "translation_missing",
    }
}
