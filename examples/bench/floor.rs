//! The floor: the least that a webhook intake can do. A bare actix-web handler publishes the body
//! as it came, with Herald's own producer settings, and answers 202 once Kafka has acknowledged.
//! It checks no signature, reads no JSON, limits nothing.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::http::header::ContentType;
use actix_web::{App, HttpResponse, HttpServer, web};
use anyhow::{Context, Result};
use rdkafka::ClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::message::DeliveryResult;
use rdkafka::producer::{BaseRecord, Producer, ProducerContext, ThreadedProducer};
use tokio::sync::oneshot;

use crate::kafka;

/// Largest body; the default of actix-web, 256 KB, would do as well.
const BODY_BYTES_MAX: usize = 1024 * 1024;

struct Acknowledge;

impl ClientContext for Acknowledge {}

impl ProducerContext for Acknowledge {
    type DeliveryOpaque = Box<oneshot::Sender<bool>>;

    fn delivery(&self, result: &DeliveryResult<'_>, waiting: Self::DeliveryOpaque) {
        // An error says that nobody waits any more, because the connection broke.
        let _ = waiting.send(result.is_ok());
    }
}

struct Floor {
    producer: ThreadedProducer<Acknowledge>,
    topic: String,
    number: AtomicU64,
}

/// Serves until it is killed. Prints its address first.
pub(crate) fn serve(bootstrap_servers: &str, topic: &str, workers: usize) -> Result<()> {
    kafka::create_topic(bootstrap_servers, topic, kafka::PARTITIONS)?;
    let producer: ThreadedProducer<Acknowledge> = ClientConfig::new()
        .set("bootstrap.servers", bootstrap_servers)
        .set("acks", "all")
        .set("enable.idempotence", "true")
        .set("linger.ms", "1")
        .set("compression.type", "lz4")
        .set("partitioner", "murmur2_random")
        .create_with_context(Acknowledge)
        .context("the floor's producer")?;
    // Connected before the first request, as any server that says it is ready.
    producer.client().fetch_metadata(Some(topic), std::time::Duration::from_secs(20))?;
    let floor = Arc::new(Floor { producer, topic: topic.to_owned(), number: AtomicU64::new(0) });
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("http://{}", listener.local_addr()?);
    actix_web::rt::System::new().block_on(async move {
        HttpServer::new(move || {
            App::new()
                .app_data(web::Data::from(Arc::clone(&floor)))
                .app_data(web::PayloadConfig::new(BODY_BYTES_MAX))
                .route("/webhooks/{source}", web::post().to(take))
        })
        .workers(workers)
        .listen(listener)?
        .run()
        .await
    })?;
    Ok(())
}

async fn take(floor: web::Data<Floor>, body: web::Bytes) -> HttpResponse {
    // A key for each, as incidents have, so that both spread over the partitions alike.
    let key = floor.number.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    let (sender, receiver) = oneshot::channel();
    let record =
        BaseRecord::with_opaque_to(&floor.topic, Box::new(sender)).key(key.as_slice()).payload(body.as_ref());
    if floor.producer.send(record).is_err() {
        return HttpResponse::ServiceUnavailable().finish();
    }
    match receiver.await {
        Ok(true) => HttpResponse::Accepted().content_type(ContentType::json()).body("{}"),
        _ => HttpResponse::ServiceUnavailable().finish(),
    }
}
