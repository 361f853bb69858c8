//! What a person decides about an incident, besides saying what is known of it: who leads, which
//! openings go out or wait, who may hear, what legal has cleared, which words are approved.

use jiff::Timestamp;

use super::spoken;
use super::state::Episode;
use crate::core::event::Event;

/// Takes over what the event decides. Says whether anything changed.
pub(super) fn decide(episode: &mut Episode, event: &Event, now: Timestamp) -> bool {
    let Some(update) = &event.update else { return false };
    let before = (
        episode.leads.clone(),
        episode.released.clone(),
        episode.held_back.clone(),
        (episode.confidential, episode.data_cleared, episode.words.len()),
    );
    episode.leads.extend(update.leads.iter().map(|(lead, name)| (*lead, name.clone())));
    for audience in &update.hold {
        episode.held_back.insert(audience.clone());
        episode.released.remove(audience);
    }
    for audience in &update.release {
        episode.released.insert(audience.clone());
        episode.held_back.remove(audience);
    }
    episode.confidential = update.confidential.or(episode.confidential);
    episode.data_cleared = update.data_cleared.unwrap_or(episode.data_cleared);
    spoken::remember(episode, event, update, now);
    let approved = spoken::approve(episode, update, now);
    let after = (
        &episode.leads,
        &episode.released,
        &episode.held_back,
        (episode.confidential, episode.data_cleared, episode.words.len()),
    );
    approved || (&before.0, &before.1, &before.2, before.3) != after
}
