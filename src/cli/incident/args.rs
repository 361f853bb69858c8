//! What can be said of an incident, as arguments. Whether it makes sense, the API says.

use std::path::PathBuf;

/// Everything that declarations and updates have in common.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "What is said")]
pub(super) struct Said {
    /// A body as the API takes it (`herald schema incidents-api`), - for standard input; other
    /// arguments come on top
    #[arg(long, value_name = "FILE")]
    pub(super) file: Option<PathBuf>,
    /// triggered, investigating, identified, mitigating, monitoring, resolved, cancelled, reopened …
    #[arg(long)]
    pub(super) stage: Option<String>,
    /// P1 to P5
    #[arg(long)]
    pub(super) priority: Option<String>,
    /// none, minor, major, critical
    #[arg(long)]
    pub(super) impact: Option<String>,
    /// Customers affected
    #[arg(long, value_name = "NUMBER")]
    pub(super) affected_count: Option<u64>,
    /// Share of customers affected
    #[arg(long, value_name = "PERCENT")]
    pub(super) affected_percent: Option<f64>,
    /// Where it is noticed; may be given several times
    #[arg(long, value_name = "REGION")]
    pub(super) region: Vec<String>,
    /// What is broken; may be given several times
    #[arg(long, value_name = "SERVICE")]
    pub(super) service: Vec<String>,
    /// For the policy's matchers; may be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    pub(super) label: Vec<String>,
    /// For engineers
    #[arg(long)]
    pub(super) title: Option<String>,
    /// For engineers
    #[arg(long)]
    pub(super) cause: Option<String>,
    /// What is noticed, in plain words
    #[arg(long, value_name = "[LANGUAGE=]WORDS")]
    pub(super) symptom: Vec<String>,
    /// What readers can do meanwhile
    #[arg(long, value_name = "[LANGUAGE=]WORDS")]
    pub(super) workaround: Vec<String>,
    /// What is being done
    #[arg(long, value_name = "[LANGUAGE=]WORDS")]
    pub(super) action: Vec<String>,
    /// The words for one audience, or for all
    #[arg(long, value_name = "AUDIENCE[:LANGUAGE]=WORDS")]
    pub(super) text: Vec<String>,
    /// What is asked of an audience; no words: no longer
    #[arg(long, value_name = "AUDIENCE[:LANGUAGE]=WORDS")]
    pub(super) help_wanted: Vec<String>,
    /// Language of words that do not say it
    #[arg(long)]
    pub(super) language: Option<String>,
    /// When it is expected to be over: a time, 14:50, or 45m from now
    #[arg(long, value_name = "TIME")]
    pub(super) eta: Option<String>,
    /// low, medium, high
    #[arg(long, requires = "eta", value_name = "WORD")]
    pub(super) eta_confidence: Option<String>,
    /// Customers may be told the ETA
    #[arg(long, requires = "eta")]
    pub(super) eta_quotable: bool,
    /// When the next news comes: a time, 14:50, or 30m from now
    #[arg(long, value_name = "TIME")]
    pub(super) next_update_by: Option<String>,
    /// Nothing has changed, and that is the news
    #[arg(long)]
    pub(super) no_change: bool,
    /// none, suspected, confirmed
    #[arg(long, value_name = "STATE")]
    pub(super) data_loss: Option<String>,
    /// none, suspected, confirmed
    #[arg(long, value_name = "STATE")]
    pub(super) data_exposure: Option<String>,
    /// Legal agrees that it is told outside (or, with =false, no longer)
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(super) data_cleared: Option<bool>,
    /// Who leads: communications=NAME or business-response=NAME
    #[arg(long, value_name = "LEAD=NAME")]
    pub(super) lead: Vec<String>,
    /// Audiences that may be told now
    #[arg(long, value_name = "AUDIENCE")]
    pub(super) release: Vec<String>,
    /// Audiences that wait until they are released
    #[arg(long, value_name = "AUDIENCE")]
    pub(super) hold: Vec<String>,
    /// Only audiences that the policy names may hear of it (or, with =false, all again)
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(super) confidential: Option<bool>,
    /// An exercise
    #[arg(long)]
    pub(super) drill: bool,
    /// With stage merged: the incident that takes over, by id or key
    #[arg(long, value_name = "INCIDENT")]
    pub(super) merged_into: Option<String>,
    /// The words correct what was said last, or one message by its id
    #[arg(long, value_name = "MESSAGE", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub(super) corrects: Option<String>,
    /// The words are the final report
    #[arg(long)]
    pub(super) follow_up: bool,
}
