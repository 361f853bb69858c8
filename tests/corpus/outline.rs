//! What came of one body, in a line that a person can review.

use herald::core::event::Event;
use herald::core::rejected::Rejected;

/// What the port answered, and what was published.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) events: Vec<Event>,
    pub(crate) rejected: Option<Rejected>,
}

/// Type, stage, incident, title and warnings of each event, or why there is none.
pub(crate) fn of(answer: &Answer) -> String {
    let Answer { status, events, rejected } = answer;
    let text = if let Some(rejected) = rejected {
        let pointers: Vec<_> = rejected.problems.iter().map(|p| p.pointer.as_str()).collect();
        format!("rejected {status} {} {}", rejected.reason, pointers.join(" "))
    } else if !(200..300).contains(status) {
        format!("refused {status}")
    } else if events.is_empty() {
        "handshake".to_owned()
    } else {
        events.iter().map(event).collect::<Vec<_>>().join(" | ")
    };
    text.replace(['\t', '\n', '\r'], " ")
}

fn event(event: &Event) -> String {
    let stage = event.stage.map_or("-", |stage| stage.as_str());
    let mut text = format!("{} {stage} {}", event.event_type, event.incident.native_id);
    let marks = [
        (event.partial, "partial"),
        (event.is_test, "test"),
        (event.is_maintenance, "maintenance"),
        (event.is_private, "private"),
    ];
    for (_, word) in marks.iter().filter(|(on, _)| *on) {
        text.push(' ');
        text.push_str(word);
    }
    let title: String = event.title.as_deref().unwrap_or("-").chars().take(80).collect();
    let mut words = vec![format!("{title:?}")];
    words.extend(event.priority.as_ref().map(|p| format!("priority={}", p.native)));
    words.extend(event.severity.as_ref().map(|s| format!("severity={}", s.native)));
    words.extend(event.impact.as_ref().and_then(|i| i.native.as_ref()).map(|i| format!("impact={i}")));
    words.extend(event.occurred_at.map(|at| at.to_string()));
    if !event.warnings.is_empty() {
        words.push(format!("{:?}", event.warnings));
    }
    format!("{text} {}", words.join(" "))
}
