//! The operations port: health, metrics, version, reload, schemas and documents. It is for those who run
//! Herald, and never shares a port with webhooks.

use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::http::StatusCode;
use actix_web::http::header::{CacheControl, CacheDirective, ContentType};
use actix_web::{App, HttpResponse, HttpServer, web};
use serde_json::{Value, json};

use super::documents;
use crate::schemas;

/// What the port asks of the process that it speaks for.
pub trait Operated: Send + Sync + 'static {
    /// Why it should get no traffic now; none where it is ready.
    fn unready(&self) -> Option<&'static str>;
    /// All metrics in the text format.
    fn metrics(&self) -> Result<String, String>;
    /// Loads the policy anew: what is now in force, or why the old one stays. May take a while.
    fn reload(&self) -> Result<Reloaded, Refusal>;
    /// Where records go, in words.
    fn broker(&self) -> &'static str;
}

/// A policy that came into force.
#[derive(Debug, Clone, PartialEq)]
pub struct Reloaded {
    /// Its version.
    pub version: String,
    /// What of the one before it leaves without a name, a line for each.
    pub orphans: Vec<String>,
    /// What is odd about it, each as `herald check --format json` has it.
    pub warnings: Vec<Value>,
}

/// Why the policy before stays.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// The new one is wrong: each problem as `herald check --format json` has it.
    Wrong(Vec<Value>),
    /// What it needs outside could not be made.
    Unprepared(String),
    /// This process has none, and never will.
    Without,
}

/// Version of this build.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The commit that it was built from, where the build said so.
pub fn revision() -> &'static str {
    option_env!("HERALD_REVISION").unwrap_or("unknown")
}

/// Starts the port. The server ends when it is told to (its handle), never by a signal.
///
/// # Errors
/// Where the address can't be listened on.
pub fn start(listen: SocketAddr, operated: Arc<dyn Operated>) -> std::io::Result<(Server, SocketAddr)> {
    let operated = web::Data::from(operated);
    let server = HttpServer::new(move || App::new().app_data(operated.clone()).configure(routes))
        .workers(1)
        .disable_signals()
        .shutdown_timeout(5)
        .bind(listen)?;
    let address = server.addrs().first().copied().unwrap_or(listen);
    Ok((server.run(), address))
}

fn routes(config: &mut web::ServiceConfig) {
    let only = |method: &'static str| {
        move || async move {
            let mut answer = problem(StatusCode::METHOD_NOT_ALLOWED, &format!("only {method} here"), &[]);
            if let Ok(allow) = method.parse() {
                answer.headers_mut().insert(actix_web::http::header::ALLOW, allow);
            }
            answer
        }
    };
    config
        .service(web::resource("/livez").get(livez).default_service(web::to(only("GET"))))
        .service(web::resource("/readyz").get(readyz).default_service(web::to(only("GET"))))
        .service(web::resource("/metrics").get(metrics).default_service(web::to(only("GET"))))
        .service(web::resource("/version").get(version).default_service(web::to(only("GET"))))
        .service(web::resource("/-/reload").post(reload).default_service(web::to(only("POST"))))
        .service(document("/openapi.json", documents::openapi).default_service(web::to(only("GET"))))
        .service(document("/asyncapi.json", documents::asyncapi).default_service(web::to(only("GET"))))
        .service(web::resource(["/schemas", "/schemas/"]).get(list).default_service(web::to(only("GET"))))
        .service(web::resource("/schemas/{name:.+}").get(schema).default_service(web::to(only("GET"))))
        .default_service(web::to(|| async { problem(StatusCode::NOT_FOUND, "there is no such page", &[]) }));
}

async fn livez() -> HttpResponse {
    text("ok\n".to_owned())
}

async fn readyz(operated: web::Data<dyn Operated>) -> HttpResponse {
    match operated.unready() {
        None => text("ready\n".to_owned()),
        Some(why) => problem(StatusCode::SERVICE_UNAVAILABLE, why, &[]),
    }
}

async fn metrics(operated: web::Data<dyn Operated>) -> HttpResponse {
    match operated.metrics() {
        Ok(exposition) => HttpResponse::Ok()
            .insert_header(("content-type", "text/plain; version=0.0.4; charset=utf-8"))
            .body(exposition),
        Err(why) => problem(StatusCode::INTERNAL_SERVER_ERROR, &why, &[]),
    }
}

async fn version(operated: web::Data<dyn Operated>) -> HttpResponse {
    HttpResponse::Ok().json(json!({
        "version": VERSION,
        "revision": revision(),
        "broker": operated.broker(),
    }))
}

async fn reload(operated: web::Data<dyn Operated>) -> HttpResponse {
    // Reading and proving a directory is no work for the thread that answers /livez.
    let loaded = web::block(move || operated.reload()).await;
    match loaded {
        Ok(Ok(Reloaded { version, orphans, warnings })) => HttpResponse::Accepted()
            .json(json!({ "policy": version, "orphaned": orphans, "warnings": warnings })),
        Ok(Err(Refusal::Wrong(problems))) => {
            problem(StatusCode::UNPROCESSABLE_ENTITY, "the policy is wrong; the one before stays", &problems)
        }
        Ok(Err(Refusal::Unprepared(why))) => {
            let why = format!("the policy can't be put in force now, the one before stays: {why}");
            problem(StatusCode::SERVICE_UNAVAILABLE, &why, &[])
        }
        Ok(Err(Refusal::Without)) => problem(
            StatusCode::UNPROCESSABLE_ENTITY,
            "this process has no policy: it only takes webhooks (--role intake, no api_tokens)",
            &[],
        ),
        Err(_) => problem(StatusCode::SERVICE_UNAVAILABLE, "the process is stopping", &[]),
    }
}

/// A document that is the same as long as the process runs.
fn document(path: &'static str, text: fn() -> &'static str) -> actix_web::Resource {
    web::resource(path).get(move || async move {
        HttpResponse::Ok()
            .insert_header(ContentType::json())
            .insert_header(CacheControl(vec![CacheDirective::MaxAge(300)]))
            .body(text())
    })
}

async fn list() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "schemas": schemas::names() }))
}

async fn schema(name: web::Path<String>) -> HttpResponse {
    match schemas::text(&name) {
        Some(text) => HttpResponse::Ok()
            .insert_header(("content-type", "application/schema+json"))
            .insert_header(CacheControl(vec![CacheDirective::MaxAge(300)]))
            .body(text),
        None => problem(StatusCode::NOT_FOUND, "there is no such schema; GET /schemas/ lists them", &[]),
    }
}

fn text(body: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header(ContentType::plaintext())
        .insert_header(CacheControl(vec![CacheDirective::NoStore]))
        .body(body)
}

fn problem(status: StatusCode, detail: &str, problems: &[Value]) -> HttpResponse {
    let mut body = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("Error"),
        "status": status.as_u16(),
        "detail": detail,
    });
    if !problems.is_empty() {
        body["problems"] = json!(problems);
    }
    HttpResponse::build(status)
        .insert_header(("content-type", "application/problem+json"))
        .insert_header(CacheControl(vec![CacheDirective::NoStore]))
        .body(body.to_string())
}

#[cfg(test)]
#[path = "operations_tests.rs"]
mod tests;
