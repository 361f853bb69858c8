//! For each audience and addressee: what becomes of it at this moment. Reads like the domain:
//! who is told is told news or stood down; who is not is opened, held, or left alone with a reason.

use super::earlier::Earlier;
use super::gates::{Moment, Verdict};
use super::news::{self, News};
use super::tell::{Said, Saying, Teller, stage_words};
use super::{cadence, leads, spoken};
use crate::core::decision::Outcome;
use crate::core::ledger::{Entry, Held};
use crate::core::notification::{Addressee, Cause};
use crate::core::policy::{Audience, Customer, Per};
use crate::core::vocabulary::{Kind, Reason};

/// An audience, or one of its addressees, as decision records name it.
pub(super) fn name_of(audience: &str, addressee: Option<&Addressee>) -> String {
    addressee.map_or_else(|| audience.to_owned(), |addressee| format!("{audience}/{}", addressee.id))
}

/// Its entry in the ledger. A renamed audience keeps the entries of its earlier names.
pub(super) fn find(ledger: &[Entry], audience: &Audience, addressee: Option<&Addressee>) -> Option<usize> {
    let is_its = |entry: &Entry| {
        is_of(entry, audience) && entry.addressee.as_ref().map(|a| &a.id) == addressee.map(|a| &a.id)
    };
    // Of several names that are one audience's by now, the one under which it was told; else the first.
    let rank = |entry: &Entry| entry.told.as_ref().map_or(0, |told| 1 + u8::from(told.open));
    let found = ledger.iter().enumerate().rev().filter(|(_, entry)| is_its(entry));
    found.max_by_key(|(_, entry)| rank(entry)).map(|(at, _)| at)
}

/// Is it this audience's, under whatever name?
pub(super) fn is_of(entry: &Entry, audience: &Audience) -> bool {
    entry.audience == audience.name || audience.formerly.contains(&entry.audience)
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

/// Is this addressee affected at this moment? An audience that is not split always is.
pub(super) fn is_affected(audience: &Audience, addressee: Option<&Addressee>, moment: &Moment<'_>) -> bool {
    let Some(addressee) = addressee else { return audience.per.is_none() };
    match audience.per {
        None => false,
        Some(Per::Customer) => {
            let affected = moment.affected.customers.iter();
            affected
                .filter_map(|place| moment.policy.customers.get(*place))
                .any(|customer| customer.id == addressee.id && is_member(customer, audience))
        }
        Some(Per::Team) => moment.facts.teams.contains(&addressee.id.as_str()),
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
    let members = all.filter(|customer| is_member(customer, audience));
    let addressee = |customer: &Customer| Addressee {
        addressee_type: "customer".to_owned(),
        id: customer.id.clone(),
        name: customer.name.clone(),
        liaison: customer.liaison.clone(),
        delivery: customer.delivery.clone(),
    };
    members.map(|customer| Some(addressee(customer))).collect()
}

fn is_member(customer: &Customer, audience: &Audience) -> bool {
    customer.audiences.is_empty() || customer.audiences.contains(&audience.name)
}

/// Order in which audiences are judged: those that open after others come after them.
pub(super) fn order(audiences: &[Audience]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..audiences.len()).collect();
    // Depth of waiting; the policy's proof refuses circles, the bound makes one harmless.
    let mut depth = vec![0_usize; audiences.len()];
    for _ in 0..audiences.len() {
        let mut is_settled = true;
        for (place, audience) in audiences.iter().enumerate() {
            let deepest = audience.opens_after.iter().filter_map(|rule| depth.get(rule.audience)).max();
            let found = deepest.map_or(0, |deepest| (deepest + 1).min(audiences.len()));
            is_settled &= std::mem::replace(&mut depth[place], found) == found;
        }
        if is_settled {
            break;
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
    /// Just before this event, under this same policy.
    pub(super) earlier: &'a Earlier<'a>,
    /// Did anything change at all?
    pub(super) changed: bool,
    /// Did the priority change, so that promises take its interval?
    pub(super) reprioritised: bool,
    /// A person says that nothing has changed, or names a new time: whoever waits is told so.
    pub(super) renews: bool,
}

impl Case<'_> {
    fn routed_before(&self) -> bool {
        self.earlier.routes((self.place, self.audience), self.addressee.as_ref())
    }
}

/// Decides for an audience that is affected now, told or not.
pub(super) fn decide_one(case: &Case<'_>, ledger: &mut Vec<Entry>, teller: &mut Teller<'_>) -> Outcome {
    let found = find(ledger, case.audience, case.addressee.as_ref());
    let verdict = teller.moment.judge(case.place, case.audience, found.map(|at| &ledger[at]), ledger);
    let is_told = |at: &usize| ledger[*at].told.as_ref().is_some_and(|told| told.open);
    let outcome = match found.filter(is_told) {
        Some(at) => {
            let outcome = tell_news(case, &mut ledger[at], &verdict, teller);
            settle_promise(case, &mut ledger[at], &verdict, &outcome, teller);
            outcome
        }
        None => open_or_hold(case, ledger, found, verdict, teller),
    };
    await_approval(case, ledger, outcome, teller)
}

/// Words of this very event that this audience reads once they are approved: their lead is told.
fn await_approval(case: &Case<'_>, ledger: &[Entry], outcome: Outcome, teller: &mut Teller<'_>) -> Outcome {
    let Cause::Event { event, .. } = &teller.cause else { return outcome };
    let episode = teller.moment.episode;
    let Some(words) = spoken::waiting(episode, case.audience, event) else { return outcome };
    let Some(at) = find(ledger, case.audience, case.addressee.as_ref()) else { return outcome };
    leads::approval_wanted(words, Some(case.audience), &ledger[at], teller);
    match outcome {
        Outcome::NotTold { not_told: Reason::NoChangeForAudience | Reason::NotDue, .. } => {
            not_told(Reason::AwaitingApproval, None)
        }
        other => other,
    }
}

/// What a told reader was promised, where it hears nothing now: a change of priority takes the new
/// interval; who may not hear any more waits for nothing but the end.
fn settle_promise(
    case: &Case<'_>,
    entry: &mut Entry,
    verdict: &Verdict,
    outcome: &Outcome,
    teller: &Teller<'_>,
) {
    let (Some(told), Outcome::NotTold { .. }) = (&mut entry.told, outcome) else { return };
    if is_cut_off(verdict) {
        told.promised = None;
    } else if case.reprioritised && teller.moment.unrouted(case.place).is_none() {
        cadence::retime(told, case.audience, teller.moment);
    }
}

/// May it not hear of the incident any more, whatever becomes of it?
pub(super) const fn is_cut_off(verdict: &Verdict) -> bool {
    matches!(
        verdict,
        Verdict::Silent { reason: Reason::Confidential | Reason::Private | Reason::CustomerImpactNone, .. }
    )
}

/// Told that it began, and not yet that it ended.
fn tell_news(case: &Case<'_>, entry: &mut Entry, verdict: &Verdict, teller: &mut Teller<'_>) -> Outcome {
    let Some(told) = &entry.told else { return not_told(Reason::NotToldBefore, None) };
    let (stood_down, is_promised) = (told.stood_down, told.promised.is_some());
    if !case.changed && !case.renews && !is_cut_off(verdict) {
        return not_told(Reason::NoChangeForAudience, None);
    }
    let silent = match verdict {
        Verdict::Silent { reason, by } => Some((*reason, by.clone())),
        Verdict::Tell | Verdict::Hold { .. } => None,
    };
    if let Some(Verdict::Silent { reason, by }) = teller.moment.closed_to(entry, Some(case.audience)) {
        // Routes that ask for impact do not match any more either; but that is no stand-down.
        return not_told(reason, by);
    }
    match silent {
        // Only an event can stand an audience down: a route matched before, none does after.
        Some((Reason::NotMatched | Reason::NeverTell | Reason::Maintenance, by))
            if teller.moment.unrouted(case.place).is_some() && !teller.moment.is_drill() =>
        {
            if stood_down || !case.routed_before() {
                return not_told(
                    if stood_down { Reason::StoodDown } else { Reason::NoChangeForAudience },
                    by,
                );
            }
            return said(teller.say(entry, Some(case.audience), &Saying::plain(Kind::StandDown)));
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
    if stood_down {
        // Worse again after a stand-down is `upgraded`, not a second opening.
        return if case.routed_before() {
            not_told(Reason::StoodDown, None)
        } else {
            said(teller.say(entry, Some(case.audience), &Saying::plain(Kind::Upgraded)))
        };
    }
    let (news, besides) = fresh(entry, Some(case.audience), teller);
    match news {
        Some(news) => {
            let saying = Saying { changes: news.changes, ..Saying::plain(news.kind) };
            said(teller.say(entry, Some(case.audience), &saying))
        }
        None if case.renews && is_promised => {
            let saying = Saying { new_information: besides, ..Saying::plain(Kind::Update) };
            said(teller.say(entry, Some(case.audience), &saying))
        }
        None if besides && is_promised => not_told(Reason::NotDue, None),
        None => not_told(Reason::NoChangeForAudience, None),
    }
}

/// What is new for a told reader: what goes out at once, and whether there is anything besides
/// that waits until an update is due.
pub(super) fn fresh(
    entry: &Entry,
    audience: Option<&Audience>,
    teller: &mut Teller<'_>,
) -> (Option<News>, bool) {
    let (Some(told), Some(reader)) = (&entry.told, &entry.reader) else { return (None, false) };
    let view = teller.view(audience, entry.addressee.as_ref(), reader.readers);
    let (words, _) = teller.words(audience, &entry.audience, reader.readers);
    let cleared = teller.cleared(reader);
    let seen = teller.seen.of(&view, cleared, reader.readers, &words);
    let may_see = audience.map_or(cleared, |audience| cleared.intersect(audience.may_see));
    let stage = |stage| stage_words(reader.lead, reader.readers, stage);
    let on_impact_only = audience.is_some_and(|audience| audience.cadence.rows.is_empty());
    let news = news::news(told, &view, &seen, may_see, stage, on_impact_only);
    (news, seen.besides != told.seen_besides)
}

/// Not told yet in this episode, or told of its end.
fn open_or_hold(
    case: &Case<'_>,
    ledger: &mut Vec<Entry>,
    found: Option<usize>,
    verdict: Verdict,
    teller: &mut Teller<'_>,
) -> Outcome {
    let (entry, addressee) = (found.map(|at| &ledger[at]), case.addressee.as_ref());
    let is_held = entry.is_some_and(|entry| entry.held.is_some());
    // Policy alone never causes a message: what would have been told before this event under
    // this policy, and was neither told nor held, is not told because of it.
    if verdict.passes()
        && !is_held
        && case.earlier.would_tell((case.place, case.audience), addressee, entry, ledger)
    {
        return not_told(Reason::NoChangeForAudience, None);
    }
    match verdict {
        Verdict::Tell => {
            let entry = entered(ledger, found, case);
            called_now(entry, case.audience);
            let begins = Saying::plain(begins(entry));
            said(teller.say(entry, Some(case.audience), &begins))
        }
        Verdict::Hold { reason, until, by } => {
            let entry = entered(ledger, found, case);
            let since = entry.held.as_ref().map_or(teller.moment.now, |held| held.since);
            let was = entry.held.replace(Held { reason, until, since }).map(|held| held.reason);
            if reason == Reason::AwaitingRelease && was != Some(Reason::AwaitingRelease) {
                leads::release_wanted(entry, case.audience, teller);
            }
            not_told(reason, by)
        }
        Verdict::Silent { reason, by } => {
            // Removed, and not told; what had been told and ended stays remembered.
            if let Some(at) = found.filter(|at| ledger[*at].told.is_none()) {
                ledger.remove(at);
            }
            not_told(reason, by)
        }
    }
}

/// The entry of this case; a new one where it has none.
fn entered<'l>(ledger: &'l mut Vec<Entry>, found: Option<usize>, case: &Case<'_>) -> &'l mut Entry {
    let at = found.unwrap_or_else(|| {
        ledger.push(blank(case.audience, case.addressee.as_ref()));
        ledger.len() - 1
    });
    &mut ledger[at]
}

/// Who waited under a former name and was told nothing under it hears under the present one.
pub(super) fn called_now(entry: &mut Entry, audience: &Audience) {
    if entry.told.is_none() {
        entry.audience.clone_from(&audience.name);
    }
}

/// Who heard of the end of this very episode, and not that it was taken back, hears that it is back.
pub(super) const fn begins(entry: &Entry) -> Kind {
    if entry.told.is_some() { Kind::Reopened } else { Kind::Opening }
}

/// No longer affected, though told: one stand-down, and the end still comes.
pub(super) fn no_longer_affected(
    entry: &mut Entry,
    audience: &Audience,
    changed: bool,
    teller: &mut Teller<'_>,
) -> Outcome {
    if let Some(Verdict::Silent { reason, by }) = teller.moment.closed_to(entry, Some(audience)) {
        return not_told(reason, by);
    }
    match &entry.told {
        Some(told) if told.open && !told.stood_down && changed => {
            said(teller.say(entry, Some(audience), &Saying::plain(Kind::StandDown)))
        }
        Some(told) if told.open && told.stood_down => not_told(Reason::StoodDown, None),
        _ => not_told(Reason::NotAffected, None),
    }
}

pub(super) fn blank(audience: &Audience, addressee: Option<&Addressee>) -> Entry {
    Entry {
        audience: audience.name.clone(),
        addressee: addressee.cloned(),
        reader: None,
        told: None,
        held: None,
        adopted: None,
        extra: serde_json::Map::new(),
    }
}

pub(super) fn said(said: Said) -> Outcome {
    match said {
        Said::Told(id) => Outcome::Told { told: vec![id] },
        Said::Withheld => not_told(Reason::NotDue, None),
        Said::Nobody => not_told(Reason::NotToldBefore, None),
    }
}

pub(super) const fn not_told(reason: Reason, by: Option<String>) -> Outcome {
    Outcome::NotTold { not_told: reason, by }
}
