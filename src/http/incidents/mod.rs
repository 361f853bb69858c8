//! The API of people and their tools: `POST /v1/incidents`, `…/{id}/updates` and
//! `…/{id}/updates/{update}/approvals`, on the webhook port. What they say goes the way of a webhook;
//! the fold alone knows an incident's state, so that it is the judge, and `?wait=` asks for its verdict.
//!
//! | file | does |
//! |---|---|
//! | `tokens` | who is it? |
//! | `check`, `words` | can it be said? 422 |
//! | `roles` | may they say it? 403 |
//! | `handler` | a request from its head to its answer |
//! | `verdicts` | who waits for which decision |
//! | `answer` | what they are told |

mod answer;
mod check;
mod handler;
mod roles;
mod tokens;
mod verdicts;
mod words;

use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use arc_swap::ArcSwap;

use self::tokens::Tokens;
pub use self::verdicts::Verdicts;
use super::publish::Publish;
use super::settings::ApiToken;
use super::webhooks::admission::Count;
use crate::core::policy::Policy;

/// Kafka's answer is waited for so long, as for senders whose patience is not known.
const ANSWER_WITHIN: Duration = Duration::from_secs(4);

/// What the API needs.
#[derive(Debug, Clone)]
pub struct ApiSettings {
    /// Who may speak, and as what.
    pub tokens: Vec<ApiToken>,
    /// The policy in force: audiences, their leads, languages.
    pub policy: Arc<ArcSwap<Policy>>,
    /// Where decisions come in, for those who wait for them.
    pub verdicts: Arc<Verdicts>,
}

/// The API, ready to serve.
#[derive(Debug)]
pub(in crate::http) struct Api {
    tokens: Tokens,
    policy: Arc<ArcSwap<Policy>>,
    pub(in crate::http) verdicts: Arc<Verdicts>,
    /// Its requests in flight.
    in_flight: Arc<Count>,
}

impl Api {
    pub(in crate::http) fn new(settings: ApiSettings, in_flight: Arc<Count>) -> Self {
        Self {
            tokens: Tokens::new(&settings.tokens),
            policy: settings.policy,
            verdicts: settings.verdicts,
            in_flight,
        }
    }
}

/// The paths.
pub(in crate::http) fn routes<P: Publish>(config: &mut web::ServiceConfig) {
    config
        .route("/v1/incidents", web::route().to(handler::declare::<P>))
        .route("/v1/incidents/{incident}/updates", web::route().to(handler::update::<P>))
        .route("/v1/incidents/{incident}/updates/{update}/approvals", web::route().to(handler::approve::<P>));
}
