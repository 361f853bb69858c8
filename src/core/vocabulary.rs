//! The domain's closed lists of words: one word per thing, in code, configuration, metrics,
//! records and documents. Each serialises as its lower-case name.

use serde::{Deserialize, Serialize};

/// Declares an enum whose variants are words, with `ALL`, `as_str` and `parse`.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $word)] $variant),+ }
        impl $name {
            /// Every word of this list, in its order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The word as it is written everywhere.
            pub const fn as_str(self) -> &'static str { match self { $(Self::$variant => $word),+ } }
            /// The value of exactly this word.
            pub fn parse(word: &str) -> Option<Self> { match word { $($word => Some(Self::$variant),)+ _ => None } }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
    };
}

words! {
    /// Where an incident stands (domain.md section 3).
    Stage {
        /// Somebody or something raised it.
        Triggered = "triggered",
        /// An engineer took it.
        Acknowledged = "acknowledged",
        /// The cause is being looked for.
        Investigating = "investigating",
        /// The cause is known.
        Identified = "identified",
        /// A remedy is being applied.
        Mitigating = "mitigating",
        /// Remedied, being watched.
        Monitoring = "monitoring",
        /// Over.
        Resolved = "resolved",
        /// Over, and the papers are done.
        Closed = "closed",
        /// It never was: a false alarm.
        Cancelled = "cancelled",
    }
}

impl Stage {
    /// Resolved, closed or cancelled.
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Resolved | Self::Closed | Self::Cancelled)
    }

    /// The word that readers outside engineering see: five instead of nine.
    #[must_use]
    pub const fn for_readers(self) -> Self {
        match self {
            Self::Triggered | Self::Acknowledged | Self::Investigating => Self::Investigating,
            Self::Identified | Self::Mitigating => Self::Identified,
            Self::Monitoring => Self::Monitoring,
            Self::Resolved | Self::Closed => Self::Resolved,
            Self::Cancelled => Self::Cancelled,
        }
    }
}

words! {
    /// What an event says of the stage: a stage, or one of the two transitions.
    StageWord {
        /// See [`Stage::Triggered`].
        Triggered = "triggered",
        /// See [`Stage::Acknowledged`].
        Acknowledged = "acknowledged",
        /// See [`Stage::Investigating`].
        Investigating = "investigating",
        /// See [`Stage::Identified`].
        Identified = "identified",
        /// See [`Stage::Mitigating`].
        Mitigating = "mitigating",
        /// See [`Stage::Monitoring`].
        Monitoring = "monitoring",
        /// See [`Stage::Resolved`].
        Resolved = "resolved",
        /// See [`Stage::Closed`].
        Closed = "closed",
        /// See [`Stage::Cancelled`].
        Cancelled = "cancelled",
        /// Ended before, and back again.
        Reopened = "reopened",
        /// Handed over to another incident.
        Merged = "merged",
    }
}

impl StageWord {
    /// The stage an incident is in after this word; none for `merged`, which is a hand-over.
    pub const fn stage(self) -> Option<Stage> {
        Some(match self {
            Self::Triggered | Self::Reopened => Stage::Triggered,
            Self::Acknowledged => Stage::Acknowledged,
            Self::Investigating => Stage::Investigating,
            Self::Identified => Stage::Identified,
            Self::Mitigating => Stage::Mitigating,
            Self::Monitoring => Stage::Monitoring,
            Self::Resolved => Stage::Resolved,
            Self::Closed => Stage::Closed,
            Self::Cancelled => Stage::Cancelled,
            Self::Merged => return None,
        })
    }
}

words! {
    /// P1 is the gravest. `Ord` is by number; use [`Priority::gravity`] to compare.
    Priority { /// Critical for many customers, or exposes customer data.
        P1 = "P1", /// Critical for many customers' ability to use the product.
        P2 = "P2", /// Stability or minor customer impact.
        P3 = "P3", /// Minor.
        P4 = "P4", /// Cosmetic.
        P5 = "P5" }
}

impl Priority {
    /// 5 for P1 down to 1 for P5: more is graver.
    pub const fn gravity(self) -> u8 {
        5 - self as u8
    }
    /// The priority of a rank 1 to 5.
    pub fn from_rank(rank: u8) -> Option<Self> {
        Self::ALL.get(usize::from(rank).checked_sub(1)?).copied()
    }
    /// Raised by `steps`, at most to P1.
    #[must_use]
    pub fn raised(self, steps: u8) -> Self {
        Self::ALL[(self as usize).saturating_sub(usize::from(steps))]
    }
}

words! {
    /// Customer impact (domain.md section 2). `unknown` is not `none`.
    #[derive(Default)]
    Impact { /// Nobody has said.
        #[default]
        Unknown = "unknown", /// No customer notices.
        None = "none", /// Under 5 %, or a workaround exists.
        Minor = "minor", /// 5 to 50 %, or a strategic customer down.
        Major = "major", /// Over 50 %, or data lost or exposed.
        Critical = "critical" }
}

impl Impact {
    /// What `at_least` compares for internal audiences: unknown counts as minor at P1 and P2, as none below.
    #[must_use]
    pub const fn effective(self, priority: Option<Priority>) -> Self {
        match (self, priority) {
            (Self::Unknown, Some(Priority::P1 | Priority::P2)) => Self::Minor,
            (Self::Unknown, _) => Self::None,
            (known, _) => known,
        }
    }
}

words! {
    /// How a value came to be.
    Provenance { /// The sender's or a person's own word.
        Given = "given", /// A classification rule of the policy.
        Derived = "derived", /// Nobody said and no rule matched.
        Default = "default" }
}

words! {
    /// Technical severity, kept apart from priority.
    Severity { /// Not said, or not understood.
        Unknown = "unknown", /// For information.
        Info = "info", /// May become a problem.
        Warning = "warning", /// A problem.
        Error = "error", /// The gravest.
        Critical = "critical" }
}

words! {
    /// The sender's urgency.
    Urgency { /// Now.
        High = "high", /// Later.
        Low = "low" }
}

words! {
    /// What changed, as an event's `type`.
    EventType { /// Raised.
        Triggered = "triggered", /// Taken.
        Acknowledged = "acknowledged", /// Given back.
        Unacknowledged = "unacknowledged", /// Something about it.
        Updated = "updated", /// Its priority.
        PriorityChanged = "priority_changed", /// Its owner.
        Reassigned = "reassigned", /// Its level of escalation.
        Escalated = "escalated", /// A note for engineers.
        NoteAdded = "note_added", /// A text for stakeholders.
        StatusUpdate = "status_update", /// Who is asked to help.
        ResponderChanged = "responder_changed", /// Over.
        Resolved = "resolved", /// Back.
        Reopened = "reopened", /// Papers done.
        Closed = "closed", /// Handed over.
        Merged = "merged", /// Planned work.
        Maintenance = "maintenance", /// A test delivery.
        Test = "test", /// About a service, not an incident.
        Catalogue = "catalogue", /// An internal event: readers handed over from another incident.
        Adopt = "adopt", /// Not known to this version.
        Other = "other" }
}

words! {
    /// How far a sender's time can be trusted.
    TimeQuality { /// With zone, of this change.
        Exact = "exact", /// Without zone, read as UTC.
        AssumedUtc = "assumed_utc", /// From another field.
        Derived = "derived", /// None.
        Missing = "missing" }
}

words! {
    /// How a delivery proved who sent it.
    AuthKind { /// A signature over the body.
        Signature = "signature", /// A secret in a header.
        SharedSecret = "shared_secret", /// A signed token.
        Jwt = "jwt", /// A client certificate.
        Mtls = "mtls", /// A secret in the address.
        UrlSecret = "url_secret", /// Not at all.
        None = "none" }
}

words! {
    /// What a notification says (domain.md section 6).
    Kind { /// It began.
        Opening = "opening", /// News.
        Update = "update", /// It got worse.
        Upgraded = "upgraded", /// It got better.
        Downgraded = "downgraded", /// No longer expected to affect this reader.
        StandDown = "stand_down", /// Over.
        Resolved = "resolved", /// A false alarm.
        Cancelled = "cancelled", /// Back.
        Reopened = "reopened", /// Handled with another one.
        Merged = "merged", /// What was said was wrong.
        Correction = "correction", /// The final report.
        FollowUp = "follow_up", /// To a lead: an update is due soon.
        UpdateDue = "update_due", /// To a lead: an update was not made.
        UpdateOverdue = "update_overdue", /// To a lead: customers wait for a decision.
        ReleaseWanted = "release_wanted", /// To a lead: a text waits.
        ApprovalWanted = "approval_wanted", /// To a lead: a template was not used.
        TemplateUnapproved = "template_unapproved", /// To a lead: nobody leads.
        LeadMissing = "lead_missing", /// To a lead: nothing heard for long.
        IncidentSilent = "incident_silent", /// To a lead: the built-in text went out.
        RenderingFailed = "rendering_failed", /// To a lead: a text exists in one language only.
        TranslationMissing = "translation_missing" }
}

impl Kind {
    /// The closed list that subscribers treat an unknown kind by.
    pub const fn lifecycle(self) -> Lifecycle {
        match self {
            Self::Opening | Self::Reopened => Lifecycle::Begin,
            Self::Update
            | Self::Upgraded
            | Self::Downgraded
            | Self::StandDown
            | Self::Merged
            | Self::Correction => Lifecycle::Progress,
            Self::Resolved | Self::Cancelled => Lifecycle::End,
            Self::FollowUp => Lifecycle::After,
            Self::UpdateDue
            | Self::UpdateOverdue
            | Self::ReleaseWanted
            | Self::ApprovalWanted
            | Self::TemplateUnapproved
            | Self::LeadMissing
            | Self::IncidentSilent
            | Self::RenderingFailed
            | Self::TranslationMissing => Lifecycle::Lead,
        }
    }
}

words! {
    /// Its values never grow.
    Lifecycle { /// A thread begins.
        Begin = "begin", /// A thread goes on.
        Progress = "progress", /// A thread ends.
        End = "end", /// After its end.
        After = "after", /// To a lead.
        Lead = "lead" }
}

words! {
    /// Why an audience was not told (notification.md, decision records). Closed.
    Reason { /// A test delivery.
        Test = "test", /// Seen before.
        Duplicate = "duplicate", /// Older than what is known.
        Stale = "stale", /// It had ended.
        AlreadyClosed = "already_closed", /// Nothing is known of it, and this event can't begin it.
        UnknownIncident = "unknown_incident", /// Marked private by its sender, and no entry names it.
        Private = "private", /// Confidential, and this audience is not named.
        Confidential = "confidential", /// Planned work covers it.
        Maintenance = "maintenance", /// No route tells this audience.
        NotMatched = "not_matched", /// A route forbids it.
        NeverTell = "never_tell", /// A shadow route would have told.
        Shadow = "shadow", /// This customer is not affected.
        NotAffected = "not_affected", /// No customer notices, so no customer is told.
        CustomerImpactNone = "customer_impact_none", /// Waits until impact is known or a person releases it.
        AwaitingRelease = "awaiting_release", /// Waits for approvals.
        AwaitingApproval = "awaiting_approval", /// The first message is held for a while.
        Damped = "damped", /// Opens some minutes after another audience.
        OpensLater = "opens_later", /// Nothing that it may see changed.
        NoChangeForAudience = "no_change_for_audience", /// Waits for its interval.
        NotDue = "not_due", /// Was not told it began.
        NotToldBefore = "not_told_before", /// Was told it no longer affects them.
        StoodDown = "stood_down", /// Was over before the opening went out.
        EndedBeforeTold = "ended_before_told", /// Too old to begin an incident.
        TooOld = "too_old" }
}

words! {
    /// Who owns an audience's messages.
    Lead { /// Owns technical audiences.
        Communications = "communications", /// Owns all others.
        BusinessResponse = "business-response" }
}

words! {
    /// Who reads.
    Readers { /// Employees.
        Internal = "internal", /// Customers: never told while impact is none.
        Customers = "customers", /// Partners.
        Partners = "partners" }
}

words! {
    /// What a sender needs to choose between phone and e-mail.
    Attention { /// Phone, SMS.
        Interrupt = "interrupt", /// E-mail, chat.
        Normal = "normal", /// A digest will do.
        Low = "low" }
}

words! {
    /// Four-valued: has data been lost, or exposed?
    #[derive(Default)]
    DataState { /// Nobody has said.
        #[default]
        Unknown = "unknown", /// No.
        None = "none", /// Perhaps.
        Suspected = "suspected", /// Yes.
        Confirmed = "confirmed" }
}

words! {
    /// State of a business service.
    ServiceState { /// Works.
        Operational = "operational", /// Slow or partly wrong.
        Degraded = "degraded", /// Some can't use it.
        PartialOutage = "partial_outage", /// Nobody can use it.
        MajorOutage = "major_outage" }
}
