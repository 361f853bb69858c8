//! A history, as it is generated, kept and shrunk: what was said when, by whom, under which
//! policies, and what befell the router meanwhile.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::core::vocabulary::{Impact, Priority, StageWord};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::plan::{Made, Plan};

/// Minute 0 of every tale: so far in the future that a real router's own clock makes nothing due, and
/// time goes by what stands on the log alone.
pub fn minute(minute: i64) -> Timestamp {
    let start = Timestamp::from_second(4_102_444_800).unwrap_or(Timestamp::UNIX_EPOCH);
    start + SignedDuration::from_mins(minute)
}

#[allow(clippy::trivially_copy_pass_by_ref)] // the form that serde calls
fn is_false(value: &bool) -> bool {
    !*value
}

/// A tool that gives neither delivery ids nor times: what it says again are the same bytes.
pub const SCRIPT: &str = "script";

/// What a tool posts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Post {
    /// Incident 0, 1, 2.
    pub of: u8,
    /// `pager`, `alarm` or [`SCRIPT`].
    pub by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageWord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impact: Option<Impact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub drill: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub private: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub test: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<u8>,
    /// So many seconds older than it is received; else undated or now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub late: Option<i64>,
    #[serde(skip_serializing_if = "is_false")]
    pub undated: bool,
    /// The incident that it is handled with from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<u8>,
    #[serde(skip_serializing_if = "is_false")]
    pub partial: bool,
}

/// What a person says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[serde(default)]
pub struct Word {
    pub of: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageWord>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub impact: Option<Impact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub symptom: Option<u8>,
    #[serde(skip_serializing_if = "is_false")]
    pub workaround: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub release: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hold: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidential: Option<bool>,
    #[serde(skip_serializing_if = "is_false")]
    pub corrects: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub follow_up: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub no_change: bool,
    /// Approves the words of the last person before, as legal.
    #[serde(skip_serializing_if = "is_false")]
    pub approves: bool,
    /// Minutes until the next news.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_in: Option<i64>,
}

/// One thing that happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// A tool posts.
    Post(Post),
    /// A person speaks.
    Word(Word),
    /// The event so many before comes again, as it was.
    Again(usize),
    /// A tool says again what it said so many events before, in another delivery.
    Echo(usize),
    /// Another policy is loaded.
    Reload(usize),
    /// No router runs from here on.
    Down,
    /// One runs again.
    Up,
    /// Nothing.
    Wait,
}

/// A happening and how many seconds after the one before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub after: i64,
    pub what: Happening,
}

/// What befalls the router before an entry of the log, in the second run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    Nothing,
    Commit,
    Abort,
    Restart,
    /// Timers fold by themselves, at most so many.
    Tick(usize),
}

/// A whole history.
#[derive(Debug, Clone)]
pub struct Tale {
    pub policies: Vec<Arc<Made>>,
    pub steps: Vec<Step>,
    pub troubles: Vec<Trouble>,
    /// Seconds until an event of Herald's own stands on the log.
    pub own_after: i64,
    /// Minutes between the last step and the end of all incidents.
    pub quiet: i64,
}

impl Tale {
    /// Of so many incidents it tells at most.
    pub fn incidents(&self) -> u8 {
        let of = self.steps.iter().map(|step| match &step.what {
            Happening::Post(post) => post.of.max(post.merged_into.unwrap_or(0)) + 1,
            Happening::Word(word) => word.of + 1,
            _ => 0,
        });
        of.max().unwrap_or(0)
    }

    /// As it is kept: one line for each thing.
    pub fn write(&self) -> String {
        let mut text = String::new();
        let json = |value: &dyn erased::Json| value.json();
        for made in &self.policies {
            let _ = writeln!(text, "policy {}", json(&made.plan));
        }
        for step in &self.steps {
            let _ = writeln!(text, "+{} {}", step.after, json(&step.what));
        }
        let _ = writeln!(text, "troubles {}", json(&self.troubles));
        let _ = writeln!(text, "own_after {}", self.own_after);
        let _ = writeln!(text, "quiet {}", self.quiet);
        text
    }

    /// Reads what [`Tale::write`] wrote; lines that begin with `#` say what it is about.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut tale =
            Self { policies: Vec::new(), steps: Vec::new(), troubles: Vec::new(), own_after: 0, quiet: 0 };
        for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
            let wrong = |why: &dyn std::fmt::Display| format!("{line}: {why}");
            let (word, rest) = line.split_once(' ').ok_or_else(|| wrong(&"nothing follows"))?;
            match word {
                "policy" => {
                    tale.policies.push(serde_json::from_str::<Plan>(rest).map_err(|e| wrong(&e))?.make());
                }
                "troubles" => tale.troubles = serde_json::from_str(rest).map_err(|e| wrong(&e))?,
                "own_after" => tale.own_after = rest.parse().map_err(|e| wrong(&e))?,
                "quiet" => tale.quiet = rest.parse().map_err(|e| wrong(&e))?,
                after => tale.steps.push(Step {
                    after: after.trim_start_matches('+').parse().map_err(|e| wrong(&e))?,
                    what: serde_json::from_str(rest).map_err(|e| wrong(&e))?,
                }),
            }
        }
        Ok(tale)
    }
}

/// Anything that can be written in a line.
mod erased {
    pub trait Json {
        fn json(&self) -> String;
    }
    impl<T: serde::Serialize> Json for T {
        fn json(&self) -> String {
            serde_json::to_string(self).unwrap_or_default()
        }
    }
}
