//! Does a message have to do without a template, for want of approval? (domain.md section 7,
//! invariant 10: the lead is told.)

use super::Templates;
use crate::core::disclosure::stage_for;
use crate::core::notification::Notice;
use crate::core::policy::Audience;

impl Templates {
    /// Path of the first template that this notice would use and may not; none in the usual case.
    pub fn unapproved(&self, notice: &Notice, audience: &Audience) -> Option<String> {
        if audience.template_approval.is_empty() {
            return None;
        }
        let stage = notice.view.stage.map(|stage| stage_for(notice, stage));
        let priority = notice.view.priority;
        notice.languages.iter().find_map(|language| {
            let choice = self.choose(audience, notice.kind, stage, priority, language);
            choice.unapproved.map(|template| format!("{}/{}", language, template.path()))
        })
    }
}
