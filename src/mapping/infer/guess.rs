//! Which place means what.

use super::leaves::{Leaf, Leaves};
use crate::core::sources::mapping::{is_time, usual_stage};

/// Most rivals of one guess that are told.
const RIVALS_MAX: usize = 4;
/// A state has few words.
const STATES_MAX: usize = 12;

const IDS: [&str; 26] = [
    "incidentid",
    "alertid",
    "problemid",
    "issueid",
    "incidentkey",
    "alertkey",
    "dedupkey",
    "deduplicationkey",
    "fingerprint",
    "correlationid",
    "eventid",
    "monitorid",
    "checkid",
    "ruleid",
    "alarmid",
    "jobid",
    "faultid",
    "uuid",
    "guid",
    "key",
    "alias",
    "id",
    "identifier",
    "number",
    "reference",
    "token",
];
const STATES: [&str; 20] = [
    "status",
    "state",
    "alertstatus",
    "alertstate",
    "incidentstatus",
    "currentstate",
    "newstate",
    "eventstatus",
    "checkstatus",
    "transition",
    "phase",
    "action",
    "event",
    "eventtype",
    "alerttype",
    "notificationtype",
    "type",
    "resolved",
    "severity",
    "level",
];
const TITLES: [&str; 16] = [
    "title",
    "summary",
    "subject",
    "headline",
    "alertname",
    "shortdescription",
    "name",
    "message",
    "monitorname",
    "checkname",
    "rulename",
    "problemtitle",
    "text",
    "description",
    "reason",
    "memo",
];
const DETAILS: [&str; 10] = [
    "description",
    "details",
    "body",
    "longdescription",
    "message",
    "output",
    "reason",
    "text",
    "info",
    "cause",
];
const TIMES: [&str; 20] = [
    "occurredat",
    "timestamp",
    "updatedat",
    "time",
    "eventtime",
    "date",
    "triggeredat",
    "createdat",
    "datetime",
    "at",
    "ts",
    "lastupdated",
    "startedat",
    "starttime",
    "starttimestamp",
    "triggertime",
    "firedat",
    "created",
    "when",
    "receivedat",
];
const STARTS: [&str; 6] = ["startedat", "starttime", "startsat", "firstseen", "begunat", "openedat"];
const ENDS: [&str; 6] = ["resolvedat", "endedat", "endtime", "endsat", "closedat", "recoveredat"];
const SEVERITIES: [&str; 6] = ["severity", "alertseverity", "criticality", "level", "severitylevel", "sev"];
const PRIORITIES: [&str; 3] = ["priority", "alertpriority", "prio"];
const SERVICES: [&str; 8] =
    ["service", "servicename", "application", "applicationname", "app", "component", "project", "product"];
const HOSTS: [&str; 7] = ["host", "hostname", "node", "server", "device", "instance", "machine"];
const ENVIRONMENTS: [&str; 4] = ["environment", "env", "environmentname", "stage"];
const TEAMS: [&str; 4] = ["team", "teamname", "owner", "group"];
const GROUPS: [&str; 8] =
    ["labels", "tags", "commonlabels", "metadata", "attributes", "customfields", "dimensions", "annotations"];

/// A place, and others that it might have been.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) path: String,
    pub(super) rivals: Vec<String>,
}

/// What stands where, as far as names and values tell.
#[derive(Debug, Default)]
pub(super) struct Guess {
    /// One place, or several that together tell incidents apart.
    pub(super) id: Vec<String>,
    pub(super) id_rivals: Vec<String>,
    pub(super) stage: Option<Place>,
    pub(super) title: Option<Place>,
    pub(super) description: Option<Place>,
    pub(super) occurred_at: Option<Place>,
    pub(super) started_at: Option<Place>,
    pub(super) resolved_at: Option<Place>,
    pub(super) severity: Option<Place>,
    pub(super) priority: Option<Place>,
    pub(super) link: Option<Place>,
    pub(super) service: Option<Place>,
    pub(super) host: Option<Place>,
    pub(super) environment: Option<Place>,
    pub(super) team: Option<Place>,
    pub(super) labels: Vec<String>,
}

impl Guess {
    pub(super) fn of(leaves: &Leaves) -> Self {
        let named = |names: &[&str], fits: &dyn Fn(&Leaf) -> bool| best(leaves, names, fits);
        let any = |_: &Leaf| true;
        let title = named(&TITLES, &|leaf| !leaf.values.iter().all(|value| is_time(value)));
        let host = named(&HOSTS, &any);
        let service = named(&SERVICES, &any);
        let own = named(&IDS, &|leaf| leaf.seen == leaves.elements);
        let (id, id_rivals) = match own {
            Some(place) => (vec![place.path], place.rivals),
            // Without an id: where, and what.
            None => {
                let parts = [&host, &service, &title].into_iter().flatten();
                (parts.map(|place| place.path.clone()).collect(), Vec::new())
            }
        };
        let description =
            named(&DETAILS, &|leaf| Some(&leaf.path) != title.as_ref().map(|place| &place.path));
        let stage = stage(leaves);
        let not_stage = |leaf: &Leaf| stage.as_ref().is_none_or(|stage| stage.path != leaf.path);
        let time = |leaf: &Leaf| leaf.values.iter().any(|value| is_time(value));
        let groups = leaves.groups.iter().filter(|(name, _)| GROUPS.contains(&name.as_str()));
        Self {
            occurred_at: named(&TIMES, &time),
            started_at: named(&STARTS, &time),
            resolved_at: named(&ENDS, &time),
            severity: named(&SEVERITIES, &not_stage),
            priority: named(&PRIORITIES, &not_stage),
            link: link(leaves),
            environment: named(&ENVIRONMENTS, &not_stage),
            team: named(&TEAMS, &any),
            labels: groups.map(|(_, path)| path.clone()).take(RIVALS_MAX).collect(),
            id,
            id_rivals,
            stage,
            title,
            description,
            service,
            host,
        }
    }
}

/// The place with the best name, the shallower one first.
fn best(leaves: &Leaves, names: &[&str], fits: &dyn Fn(&Leaf) -> bool) -> Option<Place> {
    let ranked = |leaf: &Leaf| names.iter().position(|name| *name == leaf.name);
    let mut found: Vec<(usize, &Leaf)> = leaves
        .list
        .iter()
        .filter(|leaf| fits(leaf))
        .filter_map(|leaf| Some((ranked(leaf)? + leaf.depth.saturating_sub(1) * 3, leaf)))
        .collect();
    found.sort_by_key(|(rank, _)| *rank);
    place(found.into_iter().map(|(_, leaf)| leaf))
}

fn place<'l>(mut found: impl Iterator<Item = &'l Leaf>) -> Option<Place> {
    let path = found.next()?.path.clone();
    Some(Place { path, rivals: found.map(|leaf| leaf.path.clone()).take(RIVALS_MAX).collect() })
}

/// The place whose words are understood as stages, else the one that is called like one.
fn stage(leaves: &Leaves) -> Option<Place> {
    let ranked = |leaf: &Leaf| STATES.iter().position(|name| *name == leaf.name);
    let mut found: Vec<(bool, usize, &Leaf)> = leaves
        .list
        .iter()
        .filter(|leaf| leaf.values.len() <= STATES_MAX)
        .filter_map(|leaf| {
            let strange = !leaf.values.iter().any(|value| usual_stage(value).is_some());
            Some((strange, ranked(leaf)? + leaf.depth.saturating_sub(1) * 3, leaf))
        })
        .collect();
    found.sort_by_key(|(strange, rank, _)| (*strange, *rank));
    place(found.into_iter().map(|(_, _, leaf)| leaf))
}

fn link(leaves: &Leaves) -> Option<Place> {
    let web = |leaf: &&Leaf| {
        leaf.values.iter().all(|value| value.starts_with("http://") || value.starts_with("https://"))
    };
    let rank = |leaf: &Leaf| match leaf.name.as_str() {
        "url" | "link" | "permalink" | "htmlurl" | "weburl" | "incidenturl" | "alerturl" => 0,
        name if name.contains("url") || name.contains("link") => 1,
        _ => 2,
    };
    let mut found: Vec<&Leaf> = leaves.list.iter().filter(web).collect();
    found.sort_by_key(|leaf| (rank(leaf), leaf.depth));
    place(found.into_iter())
}
