//! What sources are called, were called, and whose incidents they speak of.

use super::is_name;
use crate::config::section::{Section, some_text};
use crate::core::nearest::nearest;
use crate::core::sources::api;
use crate::core::sources::identity::{ID_PLACES, IdPlace, SharedId};
use crate::http::settings::SourceSettings;

/// Every name means one source, now and before.
pub(super) fn check(section: &Section<'_>, sources: &[SourceSettings]) {
    for entry in section.node().map(crate::config::tree::Node::entries).unwrap_or_default() {
        if entry.key == api::SOURCE {
            section.problems.add_hint(
                &entry.place,
                format!("`{}` is the source of all that people say over /v1/incidents", api::SOURCE),
                "give this source another name",
            );
        }
    }
    for (place, source) in sources.iter().enumerate() {
        let own = section.section(&source.name);
        let at = own.get("formerly").map_or_else(|| own.place(), |node| node.place.clone());
        for (number, former) in source.formerly.iter().enumerate() {
            let wrong = if !is_name(former) {
                "is not a source's name"
            } else if former == api::SOURCE {
                "is what comes over /v1/incidents"
            } else if sources.iter().any(|other| other.name == *former) {
                "is a source's name now"
            } else if source.formerly[..number].contains(former)
                || sources[..place].iter().any(|other| other.formerly.contains(former))
            {
                "is there twice"
            } else {
                continue;
            };
            section.problems.add(&at, format!("`{}`: {former:?} {wrong}", own.path_of("formerly")));
        }
    }
}

/// Finds the sources whose incidents others speak of.
pub(super) fn join(section: &Section<'_>, sources: &mut [SourceSettings]) {
    for place in 0..sources.len() {
        let own = section.section(&sources[place].name);
        if own.get("same_incident_as").is_none() {
            continue;
        }
        let shared = own.section("same_incident_as");
        let named = shared.require("source", some_text);
        let id = shared.require("id", |node| {
            let word = some_text(node)?;
            IdPlace::parse(&word).ok_or_else(|| unknown_place(&word))
        });
        let (Some(named), Some(id)) = (named, id) else { continue };
        match other(&named, &sources[place].name, section, sources) {
            Ok(names_ids) => {
                sources[place].same_incident_as = Some(SharedId { source: named, names_ids, place: id });
            }
            Err(why) => {
                let at = shared.get("source").map_or_else(|| shared.place(), |node| node.place.clone());
                section.problems.add(&at, format!("`{}`: {why}", shared.path_of("source")));
            }
        }
    }
}

/// The name that the other source's ids are made with.
fn other(
    named: &str,
    own: &str,
    section: &Section<'_>,
    sources: &[SourceSettings],
) -> Result<String, String> {
    if named == own {
        return Err("a source's events are about its own incidents anyway".to_owned());
    }
    if named == api::SOURCE {
        return Ok(named.to_owned());
    }
    let Some(other) = sources.iter().find(|source| source.name == named) else {
        if let Some(now) = sources.iter().find(|source| source.formerly.iter().any(|former| former == named))
        {
            return Err(format!("{named:?} is called {:?} now", now.name));
        }
        let names = sources.iter().map(|source| source.name.as_str());
        let hint = nearest(named, names.filter(|name| *name != own));
        let hint = hint.map(|near| format!("; did you mean {near:?}?")).unwrap_or_default();
        return Err(format!("there is no source {named:?}{hint}"));
    };
    // One id, one owner: which of the two would end it is not to depend on who speaks first.
    if section.section(named).get("same_incident_as").is_some() {
        return Err(format!("{named:?} speaks of another source's incidents itself; name that one"));
    }
    Ok(other.identity().names_ids().to_owned())
}

fn unknown_place(word: &str) -> String {
    let hint = nearest(word, ID_PLACES).map(|near| format!("; did you mean {near:?}?")).unwrap_or_default();
    format!("{word:?} is no place of an id: label.NAME, {}{hint}", ID_PLACES.join(", "))
}
