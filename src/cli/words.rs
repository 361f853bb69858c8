//! Herald's closed words, in sentences for people at a terminal.

use crate::core::vocabulary::{Kind, Reason};

/// Why an audience was not told, as one would say it.
pub(super) const fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Test => "a test delivery reaches nobody",
        Reason::Duplicate => "this event was seen before",
        Reason::Stale => "older than what is known already",
        Reason::AlreadyClosed => "the incident had ended",
        Reason::UnknownIncident => "nothing is known of this incident, and this event can't begin it",
        Reason::Private => "its sender marked it private",
        Reason::Confidential => "confidential, and this audience is not named",
        Reason::Maintenance => "planned work covers it",
        Reason::NotMatched => "no route tells this audience",
        Reason::NeverTell => "a route forbids it",
        Reason::Shadow => "only a shadow route would have told it",
        Reason::NotAffected => "this customer is not affected",
        Reason::CustomerImpactNone => "no customer notices, so no customer is told",
        Reason::AwaitingRelease => {
            "customer impact is unknown; waits until it is known or a person releases it"
        }
        Reason::AwaitingApproval => "waits for approvals",
        Reason::Damped => "held a while, in case it ends by itself",
        Reason::OpensLater => "opens some minutes after another audience",
        Reason::NoChangeForAudience => "nothing that it may see has changed",
        Reason::NotDue => "waits until its next update is due",
        Reason::NotToldBefore => "was not told that it began, so not that it ended",
        Reason::StoodDown => "was told that it no longer concerns it",
        Reason::EndedBeforeTold => "over before anybody had to be told",
        Reason::TooOld => "too old to begin an incident",
    }
}

/// What a message is, as one would say it.
pub(super) const fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Opening => "first report",
        Kind::Update => "update",
        Kind::Upgraded => "it got worse",
        Kind::Downgraded => "it got better",
        Kind::StandDown => "no longer concerns you",
        Kind::Resolved => "it is over",
        Kind::Cancelled => "false alarm",
        Kind::Reopened => "it is back",
        Kind::Merged => "handled with another one",
        Kind::Correction => "correction",
        Kind::FollowUp => "final report",
        Kind::UpdateDue => "for the lead: an update is due soon",
        Kind::UpdateOverdue => "for the lead: a promised update was not made",
        Kind::ReleaseWanted => "for the lead: customers wait for a decision",
        Kind::ApprovalWanted => "for the lead: a text waits for approval",
        Kind::TemplateUnapproved => "for the lead: a template is not approved",
        Kind::LeadMissing => "for the lead: nobody leads",
        Kind::IncidentSilent => "for the lead: nothing heard for long",
        Kind::RenderingFailed => "for the lead: built-in words went out",
        Kind::TranslationMissing => "for the lead: a translation is missing",
    }
}
