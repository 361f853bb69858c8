//! Words for a decided notice: template choice, rendering, limits, and the safe built-in text.

use super::notice::Notice;
use super::record::Notification;
use crate::core::policy::Policy;

/// A rendered message, and what went wrong on the way, if anything did.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// What subscribers read.
    pub notification: Notification,
    /// Why the built-in text stands in a language's place: `(language, reason)`. Empty when all went well.
    pub fallbacks: Vec<(String, String)>,
}

/// Never fails and never loops: where a template can't be used, the built-in text goes out.
pub fn render(_notice: &Notice, _policy: &Policy) -> Rendered {
    unimplemented!()
}
