//! What the operations port answers.

use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::test::{TestRequest, call_service, init_service, read_body};

use super::*;

#[derive(Default)]
struct Fake {
    ready: AtomicBool,
    wrong: AtomicBool,
}

impl Operated for Fake {
    fn unready(&self) -> Option<&'static str> {
        (!self.ready.load(Ordering::Relaxed)).then_some("it is starting")
    }
    fn metrics(&self) -> Result<String, String> {
        Ok("herald_build_info 1\n".to_owned())
    }
    fn reload(&self) -> Result<Reloaded, Refusal> {
        if self.wrong.load(Ordering::Relaxed) {
            return Err(Refusal::Wrong(vec![json!({"file": "routes.yaml", "line": 3})]));
        }
        Ok(Reloaded {
            version: "web-shop@0123".to_owned(),
            orphans: vec!["audience legal is gone".to_owned()],
            warnings: vec![json!({"file": "routes.yaml", "line": 2})],
        })
    }
    fn broker(&self) -> &'static str {
        "kafka"
    }
}

async fn ask(fake: Arc<Fake>, request: TestRequest) -> (u16, String, String) {
    let operated: web::Data<dyn Operated> = web::Data::from(fake as Arc<dyn Operated>);
    let service = init_service(App::new().app_data(operated).configure(routes)).await;
    let answer = call_service(&service, request.to_request()).await;
    let status = answer.status().as_u16();
    let kind = answer.headers().get("content-type").unwrap().to_str().unwrap().to_owned();
    (status, kind, String::from_utf8(read_body(answer).await.to_vec()).unwrap())
}

#[tokio::test]
async fn every_page_answers() {
    let fake = Arc::new(Fake::default());
    let get = |path: &str| ask(Arc::clone(&fake), TestRequest::get().uri(path));
    assert_eq!(get("/livez").await.0, 200);
    let (status, kind, body) = get("/readyz").await;
    assert_eq!((status, kind.as_str()), (503, "application/problem+json"));
    assert!(body.contains("it is starting"));
    fake.ready.store(true, Ordering::Relaxed);
    assert_eq!(get("/readyz").await.0, 200);
    assert!(get("/metrics").await.1.contains("version=0.0.4"));
    let (_, _, body) = get("/version").await;
    assert!(body.contains("\"broker\":\"kafka\"") && body.contains(VERSION), "{body}");
    assert!(get("/schemas/").await.2.contains("configuration"));
    assert_eq!(get("/schemas/configuration").await.1, "application/schema+json");
    assert_eq!(get("/schemas/configuration.json").await.0, 200);
    for document in ["/openapi.json", "/asyncapi.json"] {
        let (status, kind, body) = get(document).await;
        assert_eq!((status, kind.as_str()), (200, "application/json"), "{document}");
        assert!(body.contains(VERSION), "{document}");
    }
    for missing in ["/", "/schemas/nothing", "/webhooks/pagerduty"] {
        let (status, kind, _) = get(missing).await;
        assert_eq!((status, kind.as_str()), (404, "application/problem+json"), "{missing}");
    }
    assert_eq!(get("/-/reload").await.0, 405);
    assert_eq!(ask(Arc::clone(&fake), TestRequest::post().uri("/livez")).await.0, 405);
}

#[tokio::test]
async fn a_reload_says_the_version_or_everything_that_is_wrong() {
    let fake = Arc::new(Fake::default());
    let post = || TestRequest::post().uri("/-/reload");
    let (status, _, body) = ask(Arc::clone(&fake), post()).await;
    let expected = r#"{"orphaned":["audience legal is gone"],"policy":"web-shop@0123","warnings":[{"file":"routes.yaml","line":2}]}"#;
    assert_eq!((status, body.as_str()), (202, expected));
    fake.wrong.store(true, Ordering::Relaxed);
    let (status, _, body) = ask(fake, post()).await;
    assert_eq!(status, 422);
    assert!(body.contains(r#""problems":[{"file":"routes.yaml","line":3}]"#), "{body}");
}
