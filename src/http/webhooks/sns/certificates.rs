//! Certificates of SNS, fetched once and kept for a while. Only those that a root vouches for are
//! kept, so that no stranger fills the room of the genuine ones.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use openssl::asn1::Asn1Time;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Public};
use openssl::stack::Stack;
use openssl::x509::{X509, X509Ref, X509StoreContext, X509StoreContextRef};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::place::{Place, is_of_authority};
use super::{Outside, Refused};
use crate::http::webhooks::admission::{Count, Taken};
use crate::http::webhooks::auth::Fault;

/// Most certificates that are kept; SNS has one for each region, and a new one each year.
const CERTIFICATES_MAX: usize = 64;
/// One is looked at anew after this time, or when it ends.
const KEPT: Duration = Duration::from_hours(24);
/// Most being fetched at once.
const FETCHES_MAX: usize = 4;
/// Most deliveries that wait for one: their senders may have gone, and others come.
const WAITING_MAX: usize = 256;
/// Most certificates between one of SNS and its root: SNS serves its own alone, and each names
/// where the next one is.
const BETWEEN_MAX: usize = 3;

/// See the module's text.
#[derive(Debug)]
pub(super) struct Certificates {
    outside: Outside,
    kept: Mutex<Vec<Kept>>,
    fetches: Semaphore,
    waiting: Arc<Count>,
}
#[derive(Debug)]
struct Kept {
    url: String,
    key: Arc<PKey<Public>>,
    until: Timestamp,
}

impl Certificates {
    pub(super) fn new(outside: Outside) -> Self {
        Self {
            outside,
            kept: Mutex::new(Vec::new()),
            fetches: Semaphore::new(FETCHES_MAX),
            waiting: Count::new(WAITING_MAX),
        }
    }

    /// The right to wait for a turn, if not too many wait already.
    pub(super) fn may_wait(&self) -> Option<Taken> {
        self.waiting.take()
    }
    /// A turn to fetch something.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.fetches.acquire().await.ok()
    }

    /// The key of the certificate that is there. Once begun a fetch goes on, even where the sender
    /// stops waiting: the next delivery finds it done.
    pub(super) async fn key(
        self: Arc<Self>,
        place: &Place,
        now: Timestamp,
    ) -> Result<Arc<PKey<Public>>, Refused> {
        if let Some(key) = self.kept(&place.url, now) {
            return Ok(key);
        }
        let place = place.clone();
        let waits = self.may_wait().ok_or(Refused::Unfetched)?;
        let fetching = tokio::spawn(async move {
            let _held = (self.turn().await.ok_or(Refused::Unfetched)?, waits);
            // Others may have waited for the same one.
            if let Some(key) = self.kept(&place.url, now) {
                return Ok(key);
            }
            let (key, lasts) = self.fetch(&place).await?;
            let key = Arc::new(key);
            self.keep(Kept { until: now + lasts.min(KEPT), key: Arc::clone(&key), url: place.url });
            Ok(key)
        });
        fetching.await.unwrap_or(Err(Refused::Unfetched))
    }

    fn kept(&self, url: &str, now: Timestamp) -> Option<Arc<PKey<Public>>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|kept| kept.url == url && now < kept.until).map(|kept| Arc::clone(&kept.key))
    }

    fn keep(&self, new: Kept) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|known| known.url != new.url);
        if kept.len() >= CERTIFICATES_MAX {
            kept.remove(0);
        }
        kept.push(new);
    }

    /// Fetches a certificate, and what stands between it and a root; its key, and for how long.
    async fn fetch(&self, place: &Place) -> Result<(PKey<Public>, Duration), Refused> {
        const NONE: Refused = Refused::NotAuthentic(Fault::SnsCertificate);
        let pem = self.get(&place.url).await?;
        let mut served = X509::stack_from_pem(&pem).map_err(|_| NONE)?.into_iter();
        let certificate = served.next().ok_or(NONE)?;
        let mut between: Vec<X509> = served.take(BETWEEN_MAX).collect();
        while !self.is_vouched_for(&certificate, &between) {
            let last = between.last().unwrap_or(&certificate);
            let next = issuer_url(last)
                .filter(|url| between.len() < BETWEEN_MAX && is_of_authority(url))
                .ok_or(NONE)?;
            let issuer = self.get(&next).await?;
            between.push(X509::from_der(&issuer).or_else(|_| X509::from_pem(&issuer)).map_err(|_| NONE)?);
        }
        if !names(&certificate).iter().any(|name| place.is_signed_by(name)) {
            return Err(NONE);
        }
        let key = certificate.public_key().ok().filter(|key| key.id() == Id::RSA).ok_or(NONE)?;
        Ok((key, lasts(&certificate).ok_or(NONE)?))
    }

    async fn get(&self, url: &str) -> Result<Vec<u8>, Refused> {
        self.outside.fetch.get(url).await.map_err(|error| {
            tracing::warn!(error, "a certificate of SNS can't be fetched");
            Refused::Unfetched
        })
    }

    /// Does a root vouch for it, and is it valid now?
    fn is_vouched_for(&self, certificate: &X509Ref, between: &[X509]) -> bool {
        let verified = || {
            let store = self.outside.roots.store()?;
            let mut chain = Stack::new()?;
            for certificate in between {
                chain.push(certificate.clone())?;
            }
            X509StoreContext::new()?.init(&store, certificate, &chain, X509StoreContextRef::verify_cert)
        };
        verified().unwrap_or(false)
    }
}

/// Where the certificate of its issuer is.
fn issuer_url(certificate: &X509Ref) -> Option<String> {
    let places = certificate.authority_info()?;
    let issuer = places.iter().find(|place| place.method().nid() == Nid::AD_CA_ISSUERS)?;
    issuer.location().uri().map(str::to_owned)
}

/// Whose it is: by its alternative names or, where it has none, by its common name.
fn names(certificate: &X509Ref) -> Vec<String> {
    match certificate.subject_alt_names() {
        Some(names) => names.iter().filter_map(|name| name.dnsname().map(str::to_owned)).collect(),
        None => {
            let names = certificate.subject_name().entries_by_nid(Nid::COMMONNAME);
            names.filter_map(|name| name.data().to_string().ok()).collect()
        }
    }
}

fn lasts(certificate: &X509Ref) -> Option<Duration> {
    let left = Asn1Time::days_from_now(0).ok()?.diff(certificate.not_after()).ok()?;
    let seconds = i64::from(left.days) * 86_400 + i64::from(left.secs);
    u64::try_from(seconds).ok().map(Duration::from_secs)
}
