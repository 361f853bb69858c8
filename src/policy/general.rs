//! policy.yaml: name, languages, zone, named times, windows, leads, link hosts.

use jiff::civil::{Time, Weekday};
use jiff::{SignedDuration, tz::TimeZone};

use super::problems::Cx;
use super::read::Map;
use super::tree::Node;
use crate::core::policy::{DailyTime, LeadDuty, Leads, NamedTime, TimeSpan, Windows};
use crate::core::vocabulary::Lead;

/// What policy.yaml says.
#[derive(Debug)]
pub(super) struct General {
    pub(super) name: String,
    pub(super) languages: Vec<String>,
    pub(super) time_zone: TimeZone,
    pub(super) link_hosts: Vec<String>,
    pub(super) windows: Windows,
    pub(super) times: Vec<NamedTime>,
    pub(super) leads: Leads,
}

const KEYS: [&str; 7] = ["name", "languages", "time_zone", "link_hosts", "times", "windows", "leads"];

/// The days, as the policy writes them.
const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

pub(super) fn read(cx: Cx<'_>, root: &Node) -> Option<General> {
    let map = Map::of(cx, root, "policy.yaml", &KEYS)?;
    let name = map.need("name").and_then(|node| cx.name(node));
    if let Some(node) = map.need("languages") {
        check_languages(cx, node);
    }
    let time_zone = map.need("time_zone").and_then(|node| cx.time_zone(node)).unwrap_or(TimeZone::UTC);
    let times = map.get("times").map(|node| times(cx, node, &time_zone)).unwrap_or_default();
    let hosts = map.get("link_hosts").map(|node| hosts(cx, node)).unwrap_or_default();
    let windows = windows(cx, map.get("windows"));
    let leads = map.need("leads").map(|node| leads(cx, node)).unwrap_or_default();
    Some(General {
        name: name?,
        languages: cx.names.languages.clone(),
        time_zone,
        link_hosts: hosts,
        windows,
        times,
        leads,
    })
}

fn check_languages(cx: Cx<'_>, node: &Node) {
    for item in node.one_or_more() {
        let Some(tag) = cx.text(item) else { continue };
        let mut parts = tag.split('-');
        let first = parts
            .next()
            .is_some_and(|part| matches!(part.len(), 2..=3) && part.bytes().all(|b| b.is_ascii_lowercase()));
        let rest =
            parts.all(|part| matches!(part.len(), 2..=8) && part.bytes().all(|b| b.is_ascii_alphanumeric()));
        if !first || !rest {
            cx.error_help(item.at, format!("`{tag}` is no language tag"), "write ja, en, pt-BR");
        }
    }
}

fn hosts(cx: Cx<'_>, node: &Node) -> Vec<String> {
    let hosts = cx.texts(node);
    if let Some(host) = hosts.iter().find(|host| host.contains(['/', ':', '*', ' '])) {
        cx.error_help(
            node.at,
            format!("`{host}` is no host name"),
            "write the name alone: status.example.com",
        );
    }
    hosts
}

fn times(cx: Cx<'_>, node: &Node, zone: &TimeZone) -> Vec<NamedTime> {
    let named = cx.named(node, "times by name");
    named
        .filter_map(|(key, node)| Some(NamedTime { name: key.name.clone(), span: span(cx, node, zone)? }))
        .collect()
}

fn span(cx: Cx<'_>, node: &Node, zone: &TimeZone) -> Option<TimeSpan> {
    let map = Map::of(cx, node, "a time", &["weekdays", "from", "to", "time_zone"])?;
    let (from, to) = (map.need("from")?, map.need("to")?);
    let is_daily = map.get("weekdays").is_some() || cx.text(from).is_some_and(|text| text.len() == 5);
    if !is_daily {
        let (start, end) = (cx.timestamp(from)?, cx.timestamp(to)?);
        if end <= start {
            cx.error(to.at, "it ends before it begins");
        }
        return Some(TimeSpan::Once { from: start, to: end });
    }
    let (start, end) = (time_of_day(cx, from)?, time_of_day(cx, to)?);
    if start == end {
        cx.error_help(
            to.at,
            "it ends when it begins",
            "write from: \"00:00\", to: \"23:59\" for nearly all day",
        );
    }
    let weekdays = map.get("weekdays").map_or_else(
        || DAYS.iter().map(|(_, day)| *day).collect(),
        |node| node.one_or_more().iter().filter_map(|item| weekday(cx, item)).collect(),
    );
    let time_zone = map.get("time_zone").and_then(|node| cx.time_zone(node)).unwrap_or_else(|| zone.clone());
    Some(TimeSpan::Daily(DailyTime { weekdays, from: start, to: end, time_zone }))
}

fn weekday(cx: Cx<'_>, node: &Node) -> Option<Weekday> {
    let names = DAYS.map(|(name, _)| name.to_owned());
    cx.reference(node, "day of the week", &names).map(|place| DAYS[place].1)
}

/// `"09:00"`; without its quotation marks too.
fn time_of_day(cx: Cx<'_>, node: &Node) -> Option<Time> {
    let text = cx.text(node)?;
    let time = text
        .split_once(':')
        .filter(|_| text.len() == 5)
        .and_then(|(hours, minutes)| Time::new(hours.parse().ok()?, minutes.parse().ok()?, 0, 0).ok());
    if time.is_none() {
        cx.error(node.at, format!("expected a time of day such as \"09:00\", found {}", node.what()));
    }
    time
}

fn windows(cx: Cx<'_>, node: Option<&Node>) -> Windows {
    let keys = ["reopen", "keep_ended", "silent_after", "lead_missing_after", "close_silent_after"];
    let map = node.and_then(|node| Map::of(cx, node, "`windows`", &keys));
    let length = |key: &str, otherwise: SignedDuration| {
        map.as_ref().and_then(|map| map.get(key)).and_then(|node| cx.duration(node)).unwrap_or(otherwise)
    };
    let windows = Windows {
        reopen: length("reopen", SignedDuration::from_mins(30)),
        keep_ended: length("keep_ended", SignedDuration::from_hours(7 * 24)),
        silent_after: length("silent_after", SignedDuration::from_hours(24)),
        lead_missing_after: length("lead_missing_after", SignedDuration::from_mins(10)),
        close_silent_after: map
            .as_ref()
            .and_then(|map| map.get("close_silent_after"))
            .and_then(|node| cx.duration(node)),
    };
    if windows.keep_ended < windows.reopen
        && let Some(map) = map
    {
        let help = "an ended incident must still be known when it reopens";
        cx.error_help(map.at, "`keep_ended` is shorter than `reopen`", help);
    }
    windows
}

fn leads(cx: Cx<'_>, node: &Node) -> Leads {
    let Some(map) =
        Map::of(cx, node, "`leads`", &Lead::ALL.iter().map(|lead| lead.as_str()).collect::<Vec<_>>())
    else {
        return Leads::default();
    };
    let duty = |lead: Lead| map.get(lead.as_str()).and_then(|node| duty(cx, node)).unwrap_or_default();
    Leads { business_response: duty(Lead::BusinessResponse), communications: duty(Lead::Communications) }
}

fn duty(cx: Cx<'_>, node: &Node) -> Option<LeadDuty> {
    let map = Map::of(cx, node, "a lead", &["default", "by_service"])?;
    let default = map.get("default").and_then(|node| cx.text(node)).unwrap_or_default();
    let mut by_service = Vec::new();
    for (key, value) in
        map.get("by_service").and_then(|node| cx.entries(node, "leads by service")).unwrap_or_default()
    {
        if !cx.names.services.contains(&key.name) {
            let help = super::problems::suggest(&key.name, cx.names.services.iter().map(String::as_str));
            cx.error_help(key.at, format!("there is no service `{}`", key.name), help.unwrap_or_default());
        }
        by_service.extend(cx.text(value).map(|duty| (key.name.clone(), duty)));
    }
    Some(LeadDuty { default, by_service })
}
