//! Two runs over the same log: the same messages with the same ids, the same decisions and states,
//! whatever befell the router (invariant 13), and whatever policies were loaded over unchanged
//! inputs (invariant 12).

use super::Verdict;
use crate::play::Played;

/// The first difference, if there is any: it breaks this invariant.
pub fn same(invariant: u8, first: &Played, second: &Played) -> Option<Verdict> {
    let broken = |words: String| Some(Verdict { invariant, words });
    for (one, other) in first.outs.iter().zip(&second.outs) {
        if one.record != other.record {
            return broken(format!("a decision is {:?}\n and again {:?}", one.record, other.record));
        }
        if one.notices != other.notices {
            let ids = |out: &crate::play::Out| -> Vec<String> {
                out.notices
                    .iter()
                    .map(|notice| format!("{} {} {}", notice.kind, notice.audience, notice.id))
                    .collect()
            };
            return broken(format!(
                "messages of {} are {:?}\n and again {:?}",
                one.incident,
                ids(one),
                ids(other)
            ));
        }
        if one.events != other.events {
            return broken(format!("what {} hands over differs", one.incident));
        }
    }
    if first.outs.len() != second.outs.len() {
        return broken(format!("{} decisions, and again {}", first.outs.len(), second.outs.len()));
    }
    (first.states != second.states)
        .then(|| Verdict { invariant, words: "the states differ at the end".to_owned() })
}
