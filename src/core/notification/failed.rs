//! The lead learns that a template failed and the built-in text went out instead (domain.md
//! section 7, invariant 9). Whether one fails shows only when it is rendered, after the decision;
//! so this message is no part of the leads' threads, and has one of its own for each moment.

use super::notice::{About, Notice};
use super::record::LeadItem;
use crate::core::ids;
use crate::core::record::topics;
use crate::core::text::LocalText;
use crate::core::vocabulary::{Attention, Kind, Lead, Lifecycle, Readers};

/// One message for each lead that owns a message that failed. Failed leads' messages make none:
/// they are in built-in words already.
pub fn rendering_failed(failed: &[&Notice]) -> Vec<Notice> {
    let of = |lead: Lead| {
        let own: Vec<&Notice> = failed
            .iter()
            .copied()
            .filter(|notice| {
                notice.lead == lead && notice.kind.lifecycle() != Lifecycle::Lead && !notice.drill
            })
            .collect();
        own.first().map(|first| note(lead, first, &own))
    };
    Lead::ALL.iter().filter_map(|lead| of(*lead)).collect()
}

fn note(lead: Lead, first: &Notice, failed: &[&Notice]) -> Notice {
    let kind = Kind::RenderingFailed;
    let topic = format!("{}{lead}", topics::LEADS_PREFIX);
    let cause = first.caused_by.word();
    let thread_id = ids::thread(&first.incident_id, &first.episode_id, &topic, Some(&cause));
    let item = |notice: &&Notice| About {
        item: LeadItem {
            audience: notice.audience.clone(),
            addressees: notice.addressee.iter().map(|addressee| addressee.name.clone()).collect(),
            due_at: Some(notice.decided_at),
            last_id: Some(notice.id.clone()),
            last_said: None,
            draft: None,
        },
        last: None,
        draft: None,
        update: None,
    };
    Notice {
        id: ids::notification(&thread_id, kind.as_str(), &cause),
        kind,
        audience: lead.to_string(),
        addressee: None,
        readers: Readers::Internal,
        topic,
        thread_id,
        sequence: 1,
        previous_id: None,
        corrects: None,
        changes: Vec::new(),
        lead,
        next_update_by: None,
        attention: Attention::Normal,
        new_information: true,
        words: LocalText::default(),
        words_approved: Vec::new(),
        merged_from: None,
        reports_stopped: false,
        about: failed.iter().map(item).collect(),
        // What stands behind the message that failed, as far as its own reader may see it.
        ..first.clone()
    }
}
