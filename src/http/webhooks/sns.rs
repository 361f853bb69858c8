//! Amazon SNS signs within the body, with a key whose certificate must be fetched once: looked at
//! last, when all that costs nothing is right, and never where a stranger's address leads.

mod certificates;
mod message;
mod place;

use std::sync::Arc;

use jiff::Timestamp;

use self::certificates::Certificates;
use self::message::Message;
use self::place::Place;
use super::auth::{Fault, Proof};
use crate::core::text::clean_line;
use crate::core::vocabulary::AuthKind;
use crate::http::fetch::{Fetch, Network, Roots};
use crate::http::settings::AuthSettings;
use crate::http::settings::auth::SnsSettings;

/// How the world outside is reached.
#[derive(Debug, Clone)]
pub struct Outside {
    /// What fetches.
    pub fetch: Arc<dyn Fetch>,
    /// Who is believed to vouch for a certificate of SNS.
    pub roots: Roots,
}

impl Default for Outside {
    fn default() -> Self {
        Self { fetch: Arc::new(Network::default()), roots: Roots::System }
    }
}

/// Why a message is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// The sender's fault.
    NotAuthentic(Fault),
    /// Its certificate can't be fetched just now: ours.
    Unfetched,
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::NotAuthentic(fault)
    }
}

/// Takes a message apart as far as it goes without its certificate.
pub(super) fn look_at(body: &[u8]) {
    if let Some(message) = Message::of(body) {
        _ = Place::of_certificate(message.certificate_url(), message.topic_arn());
        _ = message.sent_at();
    }
}

/// What is known of SNS.
#[derive(Debug)]
pub(crate) struct Sns {
    outside: Outside,
    certificates: Arc<Certificates>,
}

impl Sns {
    pub(super) fn new(outside: Outside) -> Self {
        Self { certificates: Arc::new(Certificates::new(outside.clone())), outside }
    }

    /// The proof that SNS has sent this body, for one of these topics, and just now.
    pub(super) async fn verify(
        &self,
        settings: &SnsSettings,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Proof, Refused> {
        let message = Message::of(body).ok_or(Fault::NoSnsMessage)?;
        if !settings.topic_arns.iter().any(|topic| topic == message.topic_arn()) {
            return Err(Fault::SnsTopic.into());
        }
        let sent_at = message.sent_at().ok_or(Fault::NoTimestamp)?;
        let (seconds_off, tolerance_seconds) =
            (now.as_second().abs_diff(sent_at.as_second()), settings.tolerance.as_secs());
        if seconds_off > tolerance_seconds {
            return Err(Fault::OutOfTime { seconds_off, tolerance_seconds }.into());
        }
        let place = Place::of_certificate(message.certificate_url(), message.topic_arn());
        let place = place.ok_or(Fault::SnsCertificateUrl)?;
        let key = Arc::clone(&self.certificates).key(&place, now).await?;
        if message.is_signed_by(&key) {
            Ok(Proof { kind: AuthKind::Signature, key: None })
        } else {
            Err(Fault::WrongSignature.into())
        }
    }

    /// Confirms a subscription, in the background. Only an authenticated delivery asks for it, and
    /// only SNS itself is asked.
    pub(super) fn confirm(&self, source: &str, auth: &AuthSettings, url: String, topic: &str) {
        let wanted = match auth {
            AuthSettings::None => false,
            AuthSettings::Sns(settings) => settings.topic_arns.iter().any(|known| known == topic),
            // Messages without a signature ("raw delivery"): who sent it is proved in another way.
            _ => true,
        };
        let (source, topic) = (source.to_owned(), clean_line(topic, 256));
        if !wanted || Place::of_subscription(&url, &topic).is_none() {
            tracing::warn!(
                source,
                topic,
                "a subscription of SNS is not confirmed: who asks, its topic or its address is not known"
            );
            return;
        }
        let fetch = Arc::clone(&self.outside.fetch);
        let certificates = Arc::clone(&self.certificates);
        let Some(waits) = certificates.may_wait() else {
            tracing::warn!(
                source,
                topic,
                "a subscription of SNS is not confirmed: too much is being fetched"
            );
            return;
        };
        tokio::spawn(async move {
            let _held = (certificates.turn().await, waits);
            // The address is a secret of its own: it holds the token of the subscription.
            match fetch.get(&url).await {
                Ok(_) => tracing::info!(source, topic, "subscription of SNS confirmed"),
                Err(error) => tracing::warn!(
                    source,
                    topic,
                    error,
                    "a subscription of SNS can't be confirmed; request its confirmation again"
                ),
            }
        });
    }
}

#[cfg(test)]
mod tests;
