//! One installation for one test, and the one way to talk to it.

use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;
use wend_domain::id::{Channel, WorkspaceId};
use wend_domain::input::Outcome;
use wend_domain::time::{Period, Timestamp};
use wend_engine::{Clock, Courier, Engine, EngineOptions, ManualClock, Parcel, SecretsKey, Worker};
use wend_server::auth::{Scope, hash};
use wend_server::{ServerOptions, ServerState, bootstrap, router};
use wend_store::{Database, KeyRow, Store, StoreOptions};

/// The secret of the key that may do everything.
pub const ADMIN: &str = "an-administrator's-secret";

/// The write key that the recorded clients use.
pub const WRITE_KEY: &str = "WRITEKEY";

/// The most rounds of ticks that an engine may need to come to rest.
const TICKS_MAX: usize = 100;

/// An installation whose engine moves when it is told to.
pub struct App {
    pub router: Router,
    pub state: ServerState,
    pub store: Store,
    pub clock: Arc<ManualClock>,
    pub engine: Engine,
    postman: Arc<Postman>,
    folder: TempDir,
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// Delivers everything at once, and remembers it.
#[derive(Default)]
struct Postman(Mutex<Vec<Parcel>>);

impl Courier for Postman {
    fn honours_keys(&self, _: &Channel) -> bool {
        true
    }

    fn usable(&self, _: &Channel) -> bool {
        true
    }

    fn send<'a>(&'a self, parcel: &'a Parcel) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> {
        self.0.lock().unwrap().push(parcel.clone());
        Box::pin(async { Outcome::Accepted { reply: "250 OK".to_owned() } })
    }
}

impl App {
    /// An installation on 22 November 2026 at 10:00, with an administrator and a write key.
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with other options.
    pub async fn with(change: impl FnOnce(&mut ServerOptions)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite { folder: folder.path().to_owned() };
        let options = StoreOptions {
            database,
            node: "test".to_owned(),
            tail_changes_max: 100_000,
            tail_bytes_max: 100_000_000,
        };
        let store = Store::open(options).await.unwrap();
        let at = Timestamp::parse("2026-11-22T10:00:00Z").unwrap();
        let clock = Arc::new(ManualClock::at(at));
        bootstrap(&store, Some(ADMIN), at).await.unwrap();
        let secrets_key = SecretsKey::from_base64("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap();
        let engine_options = EngineOptions {
            secrets_key: Some(secrets_key),
            public_url: Some("https://shop.example".to_owned()),
            ..EngineOptions::default()
        };
        let postman = Arc::new(Postman::default());
        let engine =
            Engine::start(store.clone(), postman.clone(), clock.clone(), engine_options).await.unwrap();
        let mut options = ServerOptions { clock: clock.clone(), seed: Some(7), ..ServerOptions::default() };
        change(&mut options);
        let state = ServerState::new(engine.clone(), options);
        let app = Self { router: router(state.clone()), state, store, clock, engine, postman, folder };
        app.key("default", WRITE_KEY, Scope::Ingest).await;
        app
    }

    /// Keeps a key with a secret of the test's choice.
    pub async fn key(&self, workspace: &str, secret: &str, scope: Scope) {
        let row = KeyRow {
            id: format!("key_{secret}"),
            workspace: WorkspaceId::from(workspace),
            name: format!("{scope} key"),
            scope: scope.as_str().to_owned(),
            hash: hash(secret),
            created_at: Timestamp::from_millis(0),
            revoked_at: None,
        };
        self.store.key_create(row).await.unwrap();
    }

    /// Everything that was handed over, in order.
    pub fn parcels(&self) -> Vec<Parcel> {
        self.postman.0.lock().unwrap().clone()
    }

    /// Where the installation keeps everything.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Lets time pass.
    pub fn pass(&self, millis: i64) {
        self.clock.pass(Period::from_millis(millis));
    }

    /// Sends a request, while the engine takes inputs.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let ticking = async {
            loop {
                self.engine.tick(Worker::Inputs, self.clock.now()).await.unwrap();
                tokio::task::yield_now().await;
            }
        };
        let response = tokio::select! {
            biased;
            response = self.router.clone().oneshot(request) => response.unwrap(),
            () = ticking => unreachable!("it never ends"),
        };
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Sends a request of the management API.
    pub async fn call(&self, secret: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {secret}"))
            .header("content-type", "application/json");
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(request.body(body).unwrap()).await
    }

    /// Gets what must be there, as the administrator.
    pub async fn get(&self, path: &str) -> Value {
        let answer = self.call(ADMIN, Method::GET, path, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        answer.json()
    }

    /// Posts what must be taken, as the administrator.
    pub async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.call(ADMIN, Method::POST, path, Some(body)).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text());
        if answer.body.is_empty() { Value::Null } else { answer.json() }
    }

    /// Puts what must be taken, as the administrator.
    pub async fn put(&self, path: &str, body: Value) -> Value {
        let answer = self.call(ADMIN, Method::PUT, path, Some(body)).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.text());
        if answer.body.is_empty() { Value::Null } else { answer.json() }
    }

    /// Sends events with the write key in the body.
    pub async fn events(&self, path: &str, body: &str) -> Answer {
        let request = Request::post(path).header("x-write-key", WRITE_KEY);
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    /// Lets the engine do all that is due: nothing happens between requests otherwise.
    pub async fn settle(&self) {
        for _ in 0..TICKS_MAX {
            let mut n_done = 0;
            for worker in Worker::ALL {
                n_done += self.engine.tick(worker, self.clock.now()).await.unwrap().n_done;
                // Attempts go on between ticks.
                tokio::task::yield_now().await;
            }
            if n_done == 0 {
                return;
            }
        }
        panic!("the engine never comes to rest");
    }

    /// Stops the engine: it takes nothing in any more.
    pub async fn stop(&self) {
        self.engine.run(async {}).await.unwrap();
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("not JSON: {}", self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// The codes of findings, in their order.
pub fn codes(findings: &Value) -> Vec<String> {
    let findings = findings.as_array().into_iter().flatten();
    findings.filter_map(|finding| finding["code"].as_str().map(str::to_owned)).collect()
}
