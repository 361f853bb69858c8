//! Random policies and random histories, from a seed.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::core::vocabulary::{Impact, Lead, Priority, Readers, StageWord};

use crate::chance::Chance;
use crate::plan::{Approving, Group, Made, Plan};
use crate::tale::{Happening, Post, SCRIPT, Step, Tale, Trouble, Word};

const NAMES: [&str; 6] = ["board", "desk", "engineers", "blind", "public", "named"];
const PRIORITIES: [Priority; 5] = [Priority::P1, Priority::P2, Priority::P3, Priority::P4, Priority::P5];
const IMPACTS: [Impact; 5] = [Impact::Unknown, Impact::None, Impact::Minor, Impact::Major, Impact::Critical];

/// A policy.
pub fn plan(chance: &mut Chance) -> Plan {
    let mut groups: Vec<Group> = NAMES.iter().map(|name| group(name, chance)).collect();
    groups.retain(|_| !chance.percent(8));
    if groups.is_empty() {
        groups.push(group("desk", chance));
    }
    let there: Vec<String> = groups.iter().map(|group| group.name.clone()).collect();
    for group in &mut groups {
        if group.after.as_ref().is_some_and(|(first, _)| !there.contains(first)) {
            group.after = None;
        }
    }
    let names: Vec<&str> = there.iter().map(String::as_str).collect();
    let nonempty = |mut list: Vec<String>| {
        if list.is_empty() {
            list.push(there[0].clone());
        }
        list
    };
    let confidential = chance.below(4);
    Plan {
        reopen: chance.one_of(&[5, 30]),
        silent_after: chance.one_of(&[2, 24]),
        close_silent_after: chance.maybe(8, |chance| chance.one_of(&[90, 300])),
        nobody_on_duty: chance.percent(20),
        confidential: (0..confidential)
            .map(|_| (chance.one_of(&["red", "blue"]).to_owned(), nonempty(chance.some_of(&names, 40))))
            .collect(),
        drills: if chance.percent(40) { nonempty(chance.some_of(&names, 40)) } else { Vec::new() },
        maintenance: chance.maybe(20, |chance| {
            let from = i64::try_from(chance.below(60)).unwrap_or(0) - 10;
            (from, from + chance.one_of(&[5, 20, 90]))
        }),
        damping: if chance.percent(25) {
            PRIORITIES
                .iter()
                .filter(|_| chance.percent(50))
                .copied()
                .collect::<Vec<_>>()
                .into_iter()
                .map(|priority| (priority, chance.one_of(&[30, 120, 600])))
                .collect()
        } else {
            BTreeMap::new()
        },
        open_for: chance.maybe(15, |chance| {
            (chance.one_of(&names).to_owned(), chance.one_of(&PRIORITIES), chance.one_of(&[10, 60]))
        }),
        never: if chance.percent(15) { chance.some_of(&names, 40) } else { Vec::new() },
        otherwise: chance.maybe(50, |chance| chance.one_of(&[Priority::P1, Priority::P3, Priority::P4])),
        impact_of_p1: chance.maybe(30, |chance| chance.one_of(&[Impact::None, Impact::Major])),
        groups,
    }
}

fn group(name: &str, chance: &mut Chance) -> Group {
    let customers = name == "public" || name == "named";
    let mut every = BTreeMap::new();
    for priority in PRIORITIES {
        if chance.percent(45) {
            every.insert(priority, chance.one_of(&[3, 20, 60]));
        }
    }
    let holding_text = !customers && chance.percent(10);
    if holding_text {
        // Or a long quiet would be all holding texts.
        for minutes in every.values_mut() {
            *minutes = (*minutes).max(60);
        }
    }
    let renamed = chance.percent(7);
    Group {
        name: if renamed { format!("{name}-new") } else { name.to_owned() },
        formerly: renamed.then(|| name.to_owned()),
        readers: if customers { Readers::Customers } else { Readers::Internal },
        per_customer: name == "named",
        lead: if name == "engineers" { Lead::Communications } else { Lead::BusinessResponse },
        from: chance.one_of(&[Priority::P1, Priority::P2, Priority::P3, Priority::P5]),
        from_impact: chance.maybe(40, |chance| chance.one_of(&[Impact::Minor, Impact::Major])),
        sees_grades: name != "blind",
        every,
        holding_text,
        by_lead: customers && chance.percent(30),
        after: (customers && chance.percent(40)).then(|| ("desk".to_owned(), chance.one_of(&[1, 5]))),
        approving: chance.one_of(&[
            Approving::NotNeeded,
            Approving::NotNeeded,
            Approving::NotNeeded,
            Approving::Given,
            Approving::GivenInGeneral,
            Approving::Lacking,
        ]),
        fragile: chance.percent(15),
        words_approved: customers && chance.percent(40),
    }
}

/// A history under some of these policies.
pub fn tale(chance: &mut Chance, pool: &[Arc<Made>]) -> Tale {
    let count = 1 + chance.below(3);
    let policies = (0..count).map(|_| Arc::clone(&pool[chance.below(pool.len())])).collect();
    let length = 2 + chance.below(10);
    // Half of them keep to one incident, so that much happens to it.
    let incidents = chance.one_of(&[1, 1, 1, 2, 3]);
    let mut steps = vec![Step { after: 0, what: Happening::Post(begin(chance, incidents)) }];
    for _ in 0..length {
        let after = match chance.below(20) {
            0..=6 => chance.below(30),
            7..=13 => 60 * (1 + chance.below(10)),
            14..=18 => 60 * (10 + chance.below(50)),
            _ => 3600 * (1 + chance.below(26)),
        };
        steps.push(Step {
            after: i64::try_from(after).unwrap_or(0),
            what: happening(chance, incidents, count),
        });
    }
    let troubles = (0..chance.below(8)).map(|_| trouble(chance)).collect();
    Tale {
        policies,
        steps,
        troubles,
        own_after: chance.one_of(&[0, 0, 5, 90]),
        quiet: chance.one_of(&[0, 20, 20, 200, 200, 1600]),
    }
}

fn trouble(chance: &mut Chance) -> Trouble {
    match chance.below(8) {
        0 | 1 => Trouble::Commit,
        2 | 3 => Trouble::Abort,
        4 | 5 => Trouble::Restart,
        6 => Trouble::Tick(1 + chance.below(3)),
        _ => Trouble::Nothing,
    }
}

fn happening(chance: &mut Chance, incidents: usize, policies: usize) -> Happening {
    match chance.below(100) {
        0..=44 => Happening::Post(post(chance, incidents)),
        45..=66 => Happening::Word(word(chance, incidents)),
        67..=71 => Happening::Again(1 + chance.below(4)),
        72..=78 => Happening::Echo(1 + chance.below(4)),
        79..=90 => Happening::Reload(chance.below(policies)),
        91..=93 => Happening::Down,
        94..=97 => Happening::Up,
        _ => Happening::Wait,
    }
}

fn of(chance: &mut Chance, incidents: usize) -> u8 {
    u8::try_from(chance.below(incidents)).unwrap_or(0)
}

fn begin(chance: &mut Chance, incidents: usize) -> Post {
    let mut post = post(chance, incidents);
    post.stage = Some(StageWord::Triggered);
    post.merged_into = None;
    post.partial = false;
    post
}

fn post(chance: &mut Chance, incidents: usize) -> Post {
    if chance.percent(20) { script(chance, incidents) } else { tool(chance, incidents) }
}

/// Of few words, so that the same ones come again.
fn script(chance: &mut Chance, incidents: usize) -> Post {
    Post {
        of: of(chance, incidents),
        by: SCRIPT.to_owned(),
        stage: Some(chance.one_of(&[
            StageWord::Triggered,
            StageWord::Triggered,
            StageWord::Acknowledged,
            StageWord::Resolved,
            StageWord::Resolved,
        ])),
        priority: chance.maybe(70, |_| Priority::P1),
        undated: true,
        ..Post::default()
    }
}

fn tool(chance: &mut Chance, incidents: usize) -> Post {
    let late = chance.maybe(12, |chance| chance.one_of(&[40, 700, 4000, 90_000]));
    // What is late says only how it stands: whether its other words still count is a rule of its own.
    let full = late.is_none();
    let merged = incidents > 1 && chance.percent(8);
    let of = of(chance, incidents);
    Post {
        of,
        by: chance.one_of(&["pager", "pager", "alarm"]).to_owned(),
        stage: if merged {
            Some(StageWord::Merged)
        } else {
            chance.maybe(70, |chance| {
                chance.one_of(&[
                    StageWord::Triggered,
                    StageWord::Triggered,
                    StageWord::Acknowledged,
                    StageWord::Identified,
                    StageWord::Monitoring,
                    StageWord::Resolved,
                    StageWord::Resolved,
                    StageWord::Closed,
                    StageWord::Cancelled,
                    StageWord::Reopened,
                ])
            })
        },
        priority: chance.maybe(60, |chance| chance.one_of(&PRIORITIES)),
        impact: chance.maybe(45, |chance| chance.one_of(&IMPACTS)),
        service: chance
            .maybe(60, |chance| chance.one_of(&["shop-api", "shop-api", "billing"]).to_owned())
            .filter(|_| full),
        security: chance
            .maybe(10, |chance| chance.one_of(&["red", "blue", "none"]).to_owned())
            .filter(|_| full),
        tenant: chance.maybe(12, |chance| chance.one_of(&["initech", "other"]).to_owned()).filter(|_| full),
        drill: full && chance.percent(5),
        private: chance.percent(6),
        test: chance.percent(5),
        title: chance.maybe(20, |chance| u8::try_from(chance.below(3)).unwrap_or(0)),
        late,
        undated: late.is_none() && chance.percent(10),
        merged_into: merged.then(|| (of + 1) % u8::try_from(incidents).unwrap_or(1)),
        partial: chance.percent(3),
    }
}

fn word(chance: &mut Chance, incidents: usize) -> Word {
    let mut word = Word { of: of(chance, incidents), ..Word::default() };
    match chance.below(12) {
        0 | 1 => {
            word.stage = Some(chance.one_of(&[
                StageWord::Triggered,
                StageWord::Identified,
                StageWord::Monitoring,
                StageWord::Resolved,
                StageWord::Reopened,
                StageWord::Cancelled,
            ]));
            word.impact = chance.maybe(30, |chance| chance.one_of(&IMPACTS));
        }
        2 | 3 => word.priority = Some(chance.one_of(&PRIORITIES)),
        4 | 5 => word.impact = Some(chance.one_of(&IMPACTS)),
        6 => {
            word.symptom = Some(u8::try_from(chance.below(3)).unwrap_or(0));
            word.workaround = chance.percent(40);
            word.to = chance.maybe(40, |chance| chance.one_of(&NAMES).to_owned());
            word.next_in = chance.maybe(40, |chance| chance.one_of(&[2, 45]));
        }
        7 => word.release = chance.some_of(&["public", "named"], 70),
        8 => word.hold = chance.some_of(&NAMES, 40),
        9 => word.confidential = Some(chance.percent(60)),
        10 => {
            word.symptom = Some(3);
            (word.corrects, word.follow_up) = if chance.percent(50) { (true, false) } else { (false, true) };
        }
        _ => {
            (word.no_change, word.approves) = if chance.percent(50) { (true, false) } else { (false, true) };
        }
    }
    word
}
