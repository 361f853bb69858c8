//! Roles of people who declare, update and approve: the names that tokens, policies and answers share.

use super::vocabulary::Lead;

/// Owns the words for technical audiences.
pub const COMMUNICATIONS_LEAD: &str = "communications-lead";
/// Owns the words for all other audiences.
pub const BUSINESS_RESPONSE_LEAD: &str = "business-response-lead";
/// Agrees that data loss and exposure are told outside.
pub const LEGAL: &str = "legal";
/// Approves words and templates.
pub const EXECUTIVE_SPONSOR: &str = "executive-sponsor";
/// Declares incidents and says what is known.
pub const RESPONDER: &str = "responder";

/// Those that Herald itself asks for. A policy may ask for others in its approvals.
pub const KNOWN: [&str; 5] =
    [COMMUNICATIONS_LEAD, BUSINESS_RESPONSE_LEAD, LEGAL, EXECUTIVE_SPONSOR, RESPONDER];

/// The role of whoever is this lead.
pub const fn of_lead(lead: Lead) -> &'static str {
    match lead {
        Lead::Communications => COMMUNICATIONS_LEAD,
        Lead::BusinessResponse => BUSINESS_RESPONSE_LEAD,
    }
}

/// A role as it is written everywhere: lower case, with `-` where somebody wrote `_`.
pub fn name(word: &str) -> String {
    word.trim().to_ascii_lowercase().replace('_', "-")
}
