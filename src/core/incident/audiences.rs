//! For each audience and addressee: what becomes of it at this moment. Reads like the domain:
//! who is told is told news or stood down; who is not is opened, held, or left alone with a reason.

use super::gates::{Moment, Verdict};
use super::news::{self, Seen};
use super::tell::{Saying, Teller, stage_words};
use crate::core::decision::Outcome;
use crate::core::ledger::{Entry, Held};
use crate::core::notification::Addressee;
use crate::core::policy::{Audience, Customer, Per};
use crate::core::vocabulary::{Kind, Reason};

/// An audience, or one of its addressees, as decision records name it.
pub(super) fn name_of(audience: &str, addressee: Option<&Addressee>) -> String {
    addressee.map_or_else(|| audience.to_owned(), |addressee| format!("{audience}/{}", addressee.id))
}

/// Its entry in the ledger. A renamed audience keeps the entries of its earlier names.
pub(super) fn find(ledger: &[Entry], audience: &Audience, addressee: Option<&Addressee>) -> Option<usize> {
    ledger.iter().position(|entry| {
        (entry.audience == audience.name || audience.formerly.contains(&entry.audience))
            && entry.addressee.as_ref().map(|a| &a.id) == addressee.map(|a| &a.id)
    })
}

/// Addressees affected now; one that stands for all where the audience is not split.
pub(super) fn addressees(audience: &Audience, moment: &Moment<'_>) -> Vec<Option<Addressee>> {
    match audience.per {
        Some(Per::Customer) => {
            let affected = moment.affected.customers.iter();
            customers(audience, affected.filter_map(|place| moment.policy.customers.get(*place)))
        }
        None | Some(Per::Team) => everyone(audience, moment),
    }
}

/// All addressees that the audience has, affected or not.
pub(super) fn everyone(audience: &Audience, moment: &Moment<'_>) -> Vec<Option<Addressee>> {
    match audience.per {
        None => vec![None],
        Some(Per::Customer) => customers(audience, moment.policy.customers.iter()),
        Some(Per::Team) => {
            let team = |team: &&str| Addressee {
                addressee_type: "team".to_owned(),
                id: (*team).to_owned(),
                name: (*team).to_owned(),
                liaison: None,
                delivery: serde_json::Value::Null,
            };
            moment.facts.teams.iter().map(|name| Some(team(name))).collect()
        }
    }
}

fn customers<'c>(audience: &Audience, all: impl Iterator<Item = &'c Customer>) -> Vec<Option<Addressee>> {
    let members =
        all.filter(|customer| customer.audiences.is_empty() || customer.audiences.contains(&audience.name));
    let addressee = |customer: &Customer| Addressee {
        addressee_type: "customer".to_owned(),
        id: customer.id.clone(),
        name: customer.name.clone(),
        liaison: customer.liaison.clone(),
        delivery: customer.delivery.clone(),
    };
    members.map(|customer| Some(addressee(customer))).collect()
}

/// Order in which audiences are judged: those that open after others come after them.
pub(super) fn order(audiences: &[Audience]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..audiences.len()).collect();
    // Depth of waiting; the policy's proof refuses circles, the bound makes one harmless.
    let mut depth = vec![0_usize; audiences.len()];
    for _ in 0..audiences.len() {
        for (place, audience) in audiences.iter().enumerate() {
            let deepest = audience.opens_after.iter().filter_map(|rule| depth.get(rule.audience)).max();
            depth[place] = deepest.map_or(0, |deepest| (deepest + 1).min(audiences.len()));
        }
    }
    order.sort_by_key(|place| depth[*place]);
    order
}

/// What is known of one audience at this event.
pub(super) struct Case<'a> {
    pub(super) place: usize,
    pub(super) audience: &'a Audience,
    pub(super) addressee: Option<Addressee>,
    /// Would it have been told just before this event, under this same policy?
    pub(super) before: bool,
    /// Did a route match just before this event, under this same policy?
    pub(super) routed_before: bool,
    /// Did anything change at all?
    pub(super) changed: bool,
}

/// Decides for an audience that is affected now, told or not.
pub(super) fn decide_one(case: &Case<'_>, ledger: &mut Vec<Entry>, teller: &mut Teller<'_>) -> Outcome {
    let found = find(ledger, case.audience, case.addressee.as_ref());
    let entry = found.map(|at| ledger[at].clone());
    let verdict = teller.moment.judge(case.place, case.audience, entry.as_ref(), ledger);
    let told = entry.as_ref().and_then(|entry| entry.told.as_ref());
    match (entry.clone(), told.map(|told| told.open)) {
        (Some(mut entry), Some(true)) => {
            let outcome = tell_news(case, &mut entry, &verdict, teller);
            put(ledger, found, entry);
            outcome
        }
        (entry, _) => open_or_hold(case, ledger, (found, entry), verdict, teller),
    }
}

/// Told that it began, and not yet that it ended.
fn tell_news(case: &Case<'_>, entry: &mut Entry, verdict: &Verdict, teller: &mut Teller<'_>) -> Outcome {
    let Some(told) = entry.told.clone() else { return not_told(Reason::NotToldBefore, None) };
    if !case.changed {
        return not_told(Reason::NoChangeForAudience, None);
    }
    let silent = match verdict {
        Verdict::Silent { reason, by } => Some((*reason, by.clone())),
        Verdict::Tell | Verdict::Hold { .. } => None,
    };
    match silent {
        // Only an event can stand an audience down: a route matched before, none does after.
        Some((Reason::NotMatched | Reason::NeverTell | Reason::Maintenance, by))
            if teller.moment.unrouted(case.place).is_some() && !teller.moment.is_drill() =>
        {
            if told.stood_down || !case.routed_before {
                return not_told(
                    if told.stood_down { Reason::StoodDown } else { Reason::NoChangeForAudience },
                    by,
                );
            }
            return said(teller.say(entry, Some(case.audience), Saying::plain(Kind::StandDown)));
        }
        // Turned confidential, or without impact, after telling: silence until the end.
        Some((
            reason @ (Reason::Confidential
            | Reason::Private
            | Reason::CustomerImpactNone
            | Reason::NotMatched),
            by,
        )) => {
            return not_told(reason, by);
        }
        _ => {}
    }
    if told.stood_down {
        // Worse again after a stand-down is `upgraded`, not a second opening.
        return if case.routed_before {
            not_told(Reason::StoodDown, None)
        } else {
            said(teller.say(entry, Some(case.audience), Saying::plain(Kind::Upgraded)))
        };
    }
    let view = teller.view(Some(case.audience), case.addressee.as_ref());
    let words = teller.words(Some(case.audience), &case.audience.name);
    let (may_see, readers) = match &entry.reader {
        Some(reader) => (reader.may_see.intersect(case.audience.may_see), reader.readers),
        None => (case.audience.may_see, case.audience.readers),
    };
    let remembered = entry.reader.as_ref().map_or(may_see, |reader| reader.may_see);
    let seen = Seen::of(&view, remembered, readers, &words);
    let stage = |stage| stage_words(case.audience.lead, case.audience.readers, stage);
    let on_impact_only = case.audience.cadence.rows.is_empty();
    match news::news(&told, &view, &seen, may_see, stage, on_impact_only) {
        Some(news) => {
            let saying = Saying { kind: news.kind, changes: news.changes, new_information: true };
            said(teller.say(entry, Some(case.audience), saying))
        }
        None => not_told(Reason::NoChangeForAudience, None),
    }
}

/// Not told yet in this episode, or told of its end.
fn open_or_hold(
    case: &Case<'_>,
    ledger: &mut Vec<Entry>,
    (found, entry): (Option<usize>, Option<Entry>),
    verdict: Verdict,
    teller: &mut Teller<'_>,
) -> Outcome {
    let is_held = entry.as_ref().is_some_and(|entry| entry.held.is_some());
    // Policy alone never causes a message: what would have been told before this event under
    // this policy, and was neither told nor held, is not told because of it.
    if verdict.passes() && case.before && !is_held {
        return not_told(Reason::NoChangeForAudience, None);
    }
    match verdict {
        Verdict::Tell => {
            let mut entry = entry.unwrap_or_else(|| blank(case));
            let outcome = said(teller.say(&mut entry, Some(case.audience), Saying::plain(Kind::Opening)));
            put(ledger, found, entry);
            outcome
        }
        Verdict::Hold { reason, until, by } => {
            let mut entry = entry.unwrap_or_else(|| blank(case));
            let since = entry.held.as_ref().map_or(teller.moment.now, |held| held.since);
            entry.held = Some(Held { reason, until, since });
            put(ledger, found, entry);
            not_told(reason, by)
        }
        Verdict::Silent { reason, by } => {
            if let Some(at) = found.filter(|at| ledger[*at].told.is_none()) {
                ledger.remove(at);
            }
            not_told(reason, by)
        }
    }
}

/// No longer affected, though told: one stand-down, and the end still comes.
pub(super) fn no_longer_affected(
    entry: &mut Entry,
    audience: &Audience,
    changed: bool,
    teller: &mut Teller<'_>,
) -> Outcome {
    match &entry.told {
        Some(told) if told.open && !told.stood_down && changed => {
            said(teller.say(entry, Some(audience), Saying::plain(Kind::StandDown)))
        }
        Some(told) if told.open && told.stood_down => not_told(Reason::StoodDown, None),
        _ => not_told(Reason::NotAffected, None),
    }
}

fn blank(case: &Case<'_>) -> Entry {
    Entry {
        audience: case.audience.name.clone(),
        addressee: case.addressee.clone(),
        reader: None,
        told: None,
        held: None,
        adopted: None,
        extra: serde_json::Map::new(),
    }
}

fn put(ledger: &mut Vec<Entry>, found: Option<usize>, entry: Entry) {
    match found {
        Some(at) => ledger[at] = entry,
        None => ledger.push(entry),
    }
}

pub(super) fn said(id: Option<String>) -> Outcome {
    id.map_or(Outcome::NotTold { not_told: Reason::NotToldBefore, by: None }, |id| Outcome::Told {
        told: vec![id],
    })
}

pub(super) const fn not_told(reason: Reason, by: Option<String>) -> Outcome {
    Outcome::NotTold { not_told: reason, by }
}
