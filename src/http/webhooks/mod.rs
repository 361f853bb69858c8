//! The webhook port: `POST /webhooks/{source}`, and the API of people (`super::incidents`). It keeps nothing: what it has answered with 202 is
//! in Kafka on all in-sync replicas, and what it could not store the sender sends again.

// The API's handlers are of the same port: they share these.
pub(super) mod admission;
mod answer;
pub(super) mod auth;
pub(super) mod body;
pub(super) mod handler;
mod headers;
mod proof;
pub(super) mod request_id;
pub mod sns;
pub(super) mod state;
pub(super) mod store;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::http::KeepAlive;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::{App, HttpServer, web};
use tokio::time::{Instant, sleep};

use self::sns::Outside;
use self::state::State;
use super::incidents::{self, ApiSettings};
use super::publish::Publish;
use super::settings::{AuthSettings, SourceSettings, WebhookSettings};
use crate::telemetry::metrics::Metrics;

/// Most connections at once, of all workers: with [`admission::SMALL_BODY_BYTES`] for each this
/// bounds what strangers can fill. More of them wait in the listener's queue.
const CONNECTIONS_MAX: usize = 4_096;
/// actix reckons the headers' time by a clock that may be half a second old, and never wakes where
/// it is up by then: so no less than this.
const HEADER_TIMEOUT_MIN: Duration = Duration::from_secs(1);
/// Longest time that an idle connection of a known sender is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// Time for a client to close its side after the last answer.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(1);
/// Time for answers on their way when the listener has closed.
const CLOSING_SECONDS_MAX: u64 = 2;
/// How often a stop looks whether all is stored.
const STOP_INTERVAL: Duration = Duration::from_millis(5);

/// Would a delivery with these headers and this query prove who sent it? Without a port: for tools
/// that try proofs out. Of SNS no certificate is fetched, so that its messages prove nothing here.
pub fn proves(
    settings: &AuthSettings,
    headers: &[(String, String)],
    query: &str,
    body: &[u8],
    now: jiff::Timestamp,
) -> bool {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            map.append(name, value);
        }
    }
    if let AuthSettings::Sns(_) = settings {
        sns::look_at(body);
    }
    let posted = auth::Posted { headers: &map, below: None, query, now };
    auth::over_body(settings, &posted, body).is_ok()
}

/// A port that serves.
pub struct Running {
    local_addr: SocketAddr,
    server: ServerHandle,
    control: Arc<dyn Control>,
}

/// The state, whatever its publisher.
trait Control: Send + Sync {
    fn drain(&self);
    fn in_flight(&self) -> usize;
}

impl<P: Publish> Control for State<P> {
    fn drain(&self) {
        State::drain(self);
    }
    fn in_flight(&self) -> usize {
        self.admission.in_flight()
    }
}

/// Binds the port and serves it in `workers` threads (0: one for each core). Without `api` nobody has
/// a token, and every declaration and update is 401. To be called inside a tokio runtime, which must
/// outlive the port.
///
/// # Errors
/// Where the port can't be bound.
pub fn start<P: Publish>(
    settings: &WebhookSettings,
    sources: Vec<SourceSettings>,
    api: Option<ApiSettings>,
    publisher: Arc<P>,
    metrics: &Metrics,
    workers: usize,
) -> io::Result<Running> {
    start_with(settings, sources, api, publisher, metrics, workers, Outside::default())
}

/// The same, with another world outside.
///
/// # Errors
/// Where the port can't be bound.
pub fn start_with<P: Publish>(
    settings: &WebhookSettings,
    sources: Vec<SourceSettings>,
    api: Option<ApiSettings>,
    publisher: Arc<P>,
    metrics: &Metrics,
    workers: usize,
    outside: Outside,
) -> io::Result<Running> {
    let workers = match workers {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        some => some,
    };
    let state = Arc::new(State::new(settings, sources, api, publisher, metrics, outside));
    let control: Arc<dyn Control> = Arc::clone(&state) as _;
    let data = web::Data::from(state);
    let app = move || {
        // A path without a gap is compared, not matched by a regular expression. Those with a gap
        // come after it: a path may be written with escapes.
        let paths = data.names().map(|name| format!("/webhooks/{name}"));
        paths
            .chain(["/webhooks/{source}", "/webhooks/{source}/{below}"].map(str::to_owned))
            .fold(App::new(), |app, path| app.route(&path, web::route().to(handler::webhook::<P>)))
            .app_data(data.clone())
            .configure(incidents::routes::<P>)
            .default_service(web::route().to(handler::elsewhere::<P>))
    };
    let server = HttpServer::new(app)
        .workers(workers)
        .max_connections((CONNECTIONS_MAX / workers).max(1))
        .keep_alive(KeepAlive::Timeout(KEEP_ALIVE))
        .client_request_timeout(settings.header_timeout.max(HEADER_TIMEOUT_MIN))
        .client_disconnect_timeout(DISCONNECT_TIMEOUT)
        .shutdown_timeout(CLOSING_SECONDS_MAX)
        .disable_signals()
        .bind(settings.listen)?;
    let local_addr = server.addrs().first().copied().unwrap_or(settings.listen);
    let server = server.run();
    let handle = server.handle();
    tokio::spawn(async move {
        if let Err(error) = server.await {
            tracing::error!(%error, "the webhook port has stopped");
        }
    });
    Ok(Running { local_addr, server: handle, control })
}

impl Running {
    /// Where it listens.
    pub const fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }
    /// From now on every delivery is answered with 503 and its connection closed, so that senders
    /// find another instance. What is in flight goes on.
    pub fn drain(&self) {
        self.control.drain();
    }
    /// Deliveries whose records Kafka has not answered for.
    pub fn in_flight(&self) -> usize {
        self.control.in_flight()
    }
    /// Drains, waits at most `grace` for what is in flight, and closes the port.
    pub async fn stop(self, grace: Duration) {
        self.drain();
        let last = Instant::now() + grace;
        while self.in_flight() > 0 && Instant::now() < last {
            sleep(STOP_INTERVAL).await;
        }
        self.server.stop(true).await;
    }
}
