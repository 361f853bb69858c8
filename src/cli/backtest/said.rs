//! What both forms of the page say in the same words.

use crate::backtest::{AudienceReport, Change, Example, Pair, Report, Said};

/// What differs, as one says it of a number of them.
pub(super) const fn change(change: Change) -> &'static str {
    match change {
        Change::NewlyTold => "newly told",
        Change::NoLongerTold => "no longer told",
        Change::ToldOtherwise => "told otherwise",
        Change::OtherWords => "other words",
        Change::OtherDetails => "other details",
    }
}

/// How many of it there are.
pub(super) const fn count(audience: &AudienceReport, change: Change) -> u64 {
    match change {
        Change::NewlyTold => audience.newly_told,
        Change::NoLongerTold => audience.no_longer_told,
        Change::ToldOtherwise => audience.told_otherwise,
        Change::OtherWords => audience.other_words,
        Change::OtherDetails => audience.other_details,
    }
}

/// `120`, or `120 → 98`.
pub(super) fn pair(pair: Pair<u64>) -> String {
    if pair.is_same() { pair.current.to_string() } else { format!("{} → {}", pair.current, pair.proposed) }
}

/// What was folded, and between when.
pub(super) fn past(report: &Report, unusable: u64) -> String {
    let events = format!("{} events, {} incidents", report.events, pair(report.compared.incidents));
    let day = |at: jiff::Timestamp| at.strftime("%Y-%m-%d %H:%MZ").to_string();
    let range = report.from.zip(report.until);
    let range = range.map(|(from, until)| format!(", {} to {}", day(from), day(until)));
    let unusable = (unusable > 0).then(|| format!("; {unusable} could not be read"));
    [Some(events), range, unusable].into_iter().flatten().collect()
}

/// Silence: incidents that nobody is told of.
pub(super) fn silence(report: &Report) -> String {
    let (incidents, told) = (report.compared.incidents, report.compared.told);
    let silent = Pair {
        current: incidents.current.saturating_sub(told.current),
        proposed: incidents.proposed.saturating_sub(told.proposed),
    };
    format!("Incidents that nobody is told of: {}", pair(silent))
}

/// The day with the most messages.
pub(super) fn busiest(audience: &AudienceReport) -> String {
    audience.busiest_day().map_or_else(String::new, |(day, count)| format!("{} on {day}", pair(count)))
}

/// The line in which two texts first differ; of one alone, its subject.
pub(super) fn lines(example: &Example) -> [Option<&str>; 2] {
    let subject = |said: &Option<Said>| said.as_ref().map(|said| said.subject.clone());
    if let (Some(one), Some(other)) = (&example.current, &example.proposed)
        && subject(&example.current) == subject(&example.proposed)
    {
        let mut pairs = one.text.lines().map(Some).chain(std::iter::repeat(None));
        let mut others = other.text.lines().map(Some).chain(std::iter::repeat(None));
        let lines = one.text.lines().count().max(other.text.lines().count());
        for _ in 0..lines {
            let (one, other) = (pairs.next().flatten(), others.next().flatten());
            if one != other {
                return [one.or(Some("")), other.or(Some(""))];
            }
        }
    }
    [&example.current, &example.proposed].map(|said| said.as_ref().map(|said| said.subject.as_str()))
}

/// The causes, the most frequent first.
pub(super) fn causes(audience: &AudienceReport) -> Vec<(&str, u64)> {
    let mut causes: Vec<(&str, u64)> =
        audience.causes.iter().map(|(why, count)| (why.as_str(), *count)).collect();
    causes.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(other.0)));
    causes
}
