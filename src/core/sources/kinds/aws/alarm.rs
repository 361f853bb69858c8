//! A CloudWatch alarm, as SNS tells it (`NewStateValue`), as EventBridge does (`detail.state`) and
//! as a Lambda action does (`alarmData.state`); composite alarms have a rule and no metric.

use std::borrow::Cow;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Arn, Origin, Start, account};
use crate::core::event::{Event, NativeChange, TextFormat};
use crate::core::limits::{LIST_ITEMS_MAX, NAME_CHARS_MAX, TITLE_CHARS_MAX};
use crate::core::sources::reader::{Fields, Warnings, opaque};
use crate::core::sources::{build, fill};
use crate::core::text::clean_line;
use crate::core::tree::Tree;
use crate::core::vocabulary::{EventType, StageWord};

/// What all forms have.
#[derive(Default)]
struct Alarm<'v> {
    name: Option<Cow<'v, str>>,
    arn: Option<Cow<'v, str>>,
    account: Option<Cow<'v, str>>,
    /// Its code, or the name that people use (`EU (Ireland)`), which old messages have.
    region: Option<Cow<'v, str>>,
    state: Option<Cow<'v, str>>,
    old_state: Option<Cow<'v, str>>,
    reason: Option<Cow<'v, str>>,
    description: Option<Cow<'v, str>>,
    is_composite: bool,
}

/// Does a message speak of an alarm?
pub(in super::super) fn is_message(fields: &Fields<'_>) -> bool {
    fields.word(&["AlarmName", "AlarmArn"]).is_some()
}

/// The form of SNS.
pub(in super::super) fn of_message(origin: &Origin<'_>, fields: &Fields<'_>) -> Option<Event> {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let alarm = Alarm {
        name: fields.word(&["AlarmName"]),
        arn: fields.word(&["AlarmArn"]),
        account: fields.word(&["AWSAccountId"]),
        region: fields.word(&["Region"]),
        state: fields.word(&["NewStateValue"]),
        old_state: fields.word(&["OldStateValue"]),
        reason: fields.word(&["NewStateReason"]),
        description: fields.word(&["AlarmDescription"]),
        is_composite: fields.get("AlarmRule").is_some(),
    };
    let mut event = begun(origin, &alarm, &fields.pointer("NewStateValue"), w)?;
    fill::occurred(&mut event, fields, &["StateChangeTime"], w);
    // Not CloudWatch's own: whoever republishes an alarm may add it.
    if let Some(native) = fields.line("Priority", NAME_CHARS_MAX, w) {
        fill::priority_word(&mut event, native, &fields.pointer("Priority"), w);
    }
    if let Some(trigger) = fields.deep(&["Trigger"]) {
        metric(&mut event, &trigger);
        for query in trigger.objects("Metrics", &mut Warnings::default()).iter().take(LIST_ITEMS_MAX) {
            if let Some(inner) = query.deep(&["MetricStat", "Metric"]) {
                metric(&mut event, &inner);
            }
        }
    } else {
        metric(&mut event, fields);
    }
    fill::from_labels(&mut event);
    Some(build::finished(event, warnings))
}

/// The forms of EventBridge and Lambda: an envelope, and what is in `detail` or `alarmData`.
pub(in super::super) fn of_event(
    origin: &Origin<'_>,
    envelope: &Fields<'_>,
    detail: &Fields<'_>,
) -> Option<Event> {
    let mut warnings = Warnings::default();
    let w = &mut warnings;
    let state = detail.deep(&["state"]);
    let configuration = detail.deep(&["configuration"]);
    let resource = envelope.list("resources").first().and_then(Tree::as_str);
    let alarm = Alarm {
        name: detail.word(&["alarmName"]),
        arn: resource.map(Cow::Borrowed).or_else(|| envelope.word(&["alarmArn"])),
        account: envelope.word(&["account", "accountId"]),
        region: envelope.word(&["region"]),
        state: state.as_ref().and_then(|state| state.word(&["value"])),
        old_state: detail.deep(&["previousState"]).and_then(|state| state.word(&["value"])),
        reason: state.as_ref().and_then(|state| state.word(&["reason"])),
        description: configuration.as_ref().and_then(|known| known.word(&["description"])),
        is_composite: configuration.as_ref().is_some_and(|known| known.get("alarmRule").is_some()),
    };
    let mut event = begun(origin, &alarm, &detail.pointer("state"), w)?;
    if let Some(state) = &state {
        fill::occurred(&mut event, state, &["timestamp"], w);
        if let Some(by) = state.word(&["actionsSuppressedBy"]) {
            build::add_label(&mut event.labels, "actions_suppressed_by", &by);
        }
    }
    fill::occurred(&mut event, envelope, &["time"], w);
    let queries = configuration.map(|known| known.objects("metrics", &mut Warnings::default()));
    for query in queries.iter().flatten().take(LIST_ITEMS_MAX) {
        if let Some(inner) = query.deep(&["metricStat", "metric"]) {
            metric(&mut event, &inner);
        }
    }
    fill::from_labels(&mut event);
    Some(build::finished(event, warnings))
}

/// The event with all that does not depend on its form.
fn begun(origin: &Origin<'_>, alarm: &Alarm<'_>, pointer: &str, w: &mut Warnings) -> Option<Event> {
    let native_id = identity(origin, alarm)?;
    let state = alarm.state.as_deref().unwrap_or_default();
    let start = Start {
        native_id: &native_id,
        event_type: EventType::Other,
        native_type: state,
        shape: if alarm.is_composite { "composite-alarm" } else { "alarm" },
        is_test: false,
    };
    let mut event = origin.event(&start);
    fill_state(&mut event, alarm, pointer, w);
    event.title = alarm
        .name
        .as_deref()
        .or_else(|| native_id.rsplit(':').next())
        .map(|name| clean_line(name, TITLE_CHARS_MAX))
        .filter(|name| !name.is_empty());
    let words: Vec<&str> =
        [&alarm.description, &alarm.reason].into_iter().flatten().map(|words| &**words).collect();
    event.description = build::text(&words.join("\n\n"), TextFormat::Plain, false);
    let arn = Arn::of(&native_id);
    let region = arn.as_ref().map(|arn| arn.region).filter(|region| !region.is_empty());
    let region = region.or(alarm.region.as_deref());
    let owner = arn.as_ref().map(|arn| arn.account).filter(|account| !account.is_empty());
    event.source.account = account(owner.or(alarm.account.as_deref()), region);
    if let (Some(arn), Some(name)) = (&arn, &alarm.name)
        && let Some(href) = console(arn, name)
    {
        build::add_plain_link(&mut event.links, "source", &href);
    }
    if let (Some(old), Some(new)) = (&alarm.old_state, &alarm.state) {
        event.changed.push(NativeChange {
            field: "state".to_owned(),
            old: Some(clean_line(old, NAME_CHARS_MAX)),
            new: Some(clean_line(new, NAME_CHARS_MAX)),
        });
    }
    Some(event)
}

/// The alarm's ARN. Old messages have none: it is made of the topic's, which is of the same account
/// and region, so that it meets what newer ones say; else of whatever there is.
fn identity(origin: &Origin<'_>, alarm: &Alarm<'_>) -> Option<String> {
    if let Some(arn) = &alarm.arn {
        return Some(arn.clone().into_owned());
    }
    let name = alarm.name.as_deref()?;
    let topic = origin.topic.and_then(Arn::of).filter(|topic| !topic.region.is_empty());
    Some(match (topic, &alarm.account) {
        (Some(topic), owner) => {
            let owner = owner.as_deref().unwrap_or(topic.account);
            format!("arn:{}:cloudwatch:{}:{owner}:alarm:{name}", topic.partition, topic.region)
        }
        (None, owner) => {
            let parts = [owner.as_deref(), alarm.region.as_deref(), Some(name)];
            parts.into_iter().flatten().collect::<Vec<_>>().join("/")
        }
    })
}

/// Without data an alarm is not over, and nothing new has begun either.
fn fill_state(event: &mut Event, alarm: &Alarm<'_>, pointer: &str, w: &mut Warnings) {
    let Some(state) = alarm.state.as_deref() else {
        // Republished without its state; an alarm that nobody hears of would be worse.
        w.add("unknown_state", pointer);
        event.stage = Some(StageWord::Triggered);
        event.event_type = EventType::Triggered;
        return;
    };
    match state.to_ascii_uppercase().as_str() {
        "ALARM" => fill::stage(event, state, Some(StageWord::Triggered), pointer, w),
        "OK" => fill::stage(event, state, Some(StageWord::Resolved), pointer, w),
        "INSUFFICIENT_DATA" => {
            event.native_status = Some(state.to_owned());
            event.event_type = EventType::Updated;
        }
        _ => fill::stage(event, state, None, pointer, w),
    }
}

/// The metric and its dimensions, in any of their forms.
fn metric(event: &mut Event, fields: &Fields<'_>) {
    for (label, wanted) in [("metric", &["MetricName", "name"] as &[&str]), ("namespace", &["Namespace"])] {
        if let Some(word) = fields.word(wanted) {
            build::add_label(&mut event.labels, label, &word);
        }
    }
    let Some(dimensions) = fields.named(&["Dimensions"]) else { return };
    if let Some(object) = fields.deep(&[dimensions]) {
        for (name, value) in object.iter().take(LIST_ITEMS_MAX) {
            if let Some(value) = opaque(value) {
                dimension(event, name, &value);
            }
        }
        return;
    }
    for pair in fields.objects(dimensions, &mut Warnings::default()).iter().take(LIST_ITEMS_MAX) {
        if let (Some(name), Some(value)) = (pair.word(&["name"]), pair.word(&["value"])) {
            dimension(event, &name, &value);
        }
    }
}

fn dimension(event: &mut Event, name: &str, value: &str) {
    build::add_label(&mut event.labels, name, value);
    match name {
        "InstanceId" | "Host" | "host" => build::add_word(&mut event.hosts, value),
        "ServiceName" | "Service" => fill::service(event, value),
        _ => {}
    }
}

/// The alarm's page in the console of its partition. What is no region's code would lead elsewhere.
fn console(arn: &Arn<'_>, name: &str) -> Option<String> {
    let is_code = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if arn.region.is_empty() || !arn.region.bytes().all(is_code) {
        return None;
    }
    let domain = match arn.partition {
        "aws-cn" => "console.amazonaws.cn",
        "aws-us-gov" => "console.amazonaws-us-gov.com",
        _ => "console.aws.amazon.com",
    };
    let (region, name) = (arn.region, utf8_percent_encode(name, NON_ALPHANUMERIC));
    Some(format!("https://{region}.{domain}/cloudwatch/home?region={region}#alarmsV2:alarm/{name}"))
}
