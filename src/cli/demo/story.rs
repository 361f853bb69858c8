//! What happens in the demo, and the bodies that are posted (`examples/demo/`), moved to its clock.

use jiff::civil::{Time, Weekday};
use jiff::{SignedDuration, Timestamp, ToSpan as _, tz::TimeZone};
use serde_json::Value;

/// One thing that happens, or is waited for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// Minutes from the beginning of the story.
    pub(super) minute: i64,
    /// What happens in the world.
    pub(super) words: &'static str,
    /// What a tool posts because of it.
    pub(super) post: Option<Post>,
}

/// A webhook.
#[derive(Debug, Clone, Copy)]
pub(super) struct Post {
    /// `POST /webhooks/<source>`.
    pub(super) source: &'static str,
    /// The body.
    pub(super) body: &'static str,
}

macro_rules! post {
    ($source:literal, $file:literal) => {
        Some(Post {
            source: $source,
            body: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/demo/", $file)),
        })
    };
}

/// One outage as it often goes, and a lag of replicas that no customer ever notices.
pub(super) const STORY: &[Step] = &[
    Step {
        minute: 0,
        words: "PagerDuty: orders begin to fail in checkout-api. Somebody guesses P3.",
        post: post!("pagerduty", "pagerduty-triggered.json"),
    },
    Step {
        minute: 3,
        words: "PagerDuty: Haru takes it.",
        post: post!("pagerduty", "pagerduty-acknowledged.json"),
    },
    Step {
        minute: 5,
        words: "Alertmanager: two replicas of orders-db lag behind. That is for engineers only.",
        post: post!("alertmanager", "alertmanager-firing.json"),
    },
    Step {
        minute: 8,
        words: "PagerDuty: Haru sets the field customer_impact to major.",
        post: post!("pagerduty", "pagerduty-impact.json"),
    },
    Step {
        minute: 10,
        words: "PagerDuty: it is raised to P1.",
        post: post!("pagerduty", "pagerduty-priority-p1.json"),
    },
    Step { minute: 11, words: "Nobody posts anything for a while. Time passes.", post: None },
    Step {
        minute: 20,
        words: "Alertmanager: the replicas have caught up.",
        post: post!("alertmanager", "alertmanager-resolved.json"),
    },
    Step { minute: 21, words: "Time passes. Updates were promised; nobody has written one.", post: None },
    Step { minute: 48, words: "PagerDuty: resolved.", post: post!("pagerduty", "pagerduty-resolved.json") },
];

/// When the bodies say that the story begins.
const WRITTEN_FOR: &str = "2026-04-01T00:00:00Z";

/// The story begins at nine on the last working day that is over by now, in Tokyo: senders' times
/// then lie before the receipt, as they do in life.
pub(super) fn begins(now: Timestamp) -> Timestamp {
    let tokyo = TimeZone::get("Asia/Tokyo").unwrap_or(TimeZone::UTC);
    let mut day = now.to_zoned_datetime(tokyo.clone()).date();
    for _ in 0..7 {
        let nine = day.to_datetime(Time::constant(9, 0, 0, 0)).to_zoned_datetime(tokyo.clone());
        let works = !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        if let Ok(nine) = nine
            && works
            && nine.timestamp().duration_until(now) > SignedDuration::from_hours(2)
        {
            return nine.timestamp();
        }
        day = day.saturating_sub(1.day());
    }
    now.saturating_sub(SignedDuration::from_hours(2)).unwrap_or(now)
}

/// The body with all its times moved so that the story begins then; their distances stay.
pub(super) fn at(body: &str, begins: Timestamp) -> anyhow::Result<Vec<u8>> {
    let written_for: Timestamp = WRITTEN_FOR.parse()?;
    let mut value: Value = serde_json::from_str(body)?;
    move_times(&mut value, written_for.duration_until(begins));
    Ok(serde_json::to_vec(&value)?)
}

fn move_times(value: &mut Value, by: SignedDuration) {
    match value {
        Value::String(text) => {
            // Alertmanager's zero time means that it has not ended.
            let time = text.parse::<Timestamp>().ok().filter(|_| !text.starts_with("0001-"));
            if let Some(moved) = time.and_then(|time| time.checked_add(by).ok()) {
                *text = moved.to_string();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| move_times(item, by)),
        Value::Object(map) => map.values_mut().for_each(|item| move_times(item, by)),
        _ => {}
    }
}

/// A secret for this run; it never leaves the process.
pub(super) fn secret() -> String {
    let seed = format!("{}/{}", std::process::id(), Timestamp::now());
    crate::core::ids::body_sha256(seed.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_move_and_all_else_stays() {
        let body = r#"{"a":"2026-04-01T00:03:00Z","b":["0001-01-01T00:00:00Z","P1"],"n":1}"#;
        let moved = at(body, "2026-05-01T00:00:00Z".parse().unwrap()).unwrap();
        assert_eq!(
            String::from_utf8(moved).unwrap(),
            r#"{"a":"2026-05-01T00:03:00Z","b":["0001-01-01T00:00:00Z","P1"],"n":1}"#
        );
    }

    #[test]
    fn the_story_begins_on_a_working_morning_in_the_past() {
        for now in ["2026-04-05T12:00:00Z", "2026-04-06T00:30:00Z", "2026-04-06T09:00:00Z"] {
            let now: Timestamp = now.parse().unwrap();
            let begins = begins(now).to_zoned_datetime(TimeZone::get("Asia/Tokyo").unwrap());
            assert_eq!((begins.hour(), begins.minute()), (9, 0));
            assert!(begins.timestamp() < now);
            assert!(!matches!(begins.weekday(), Weekday::Saturday | Weekday::Sunday));
        }
    }
}
