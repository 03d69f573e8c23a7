//! The engine on a real store, with a clock that moves when told to and a courier that keeps what it carries.

mod audience;
mod imports;
mod inputs;
mod language;
mod merging;
mod messages;
mod nodes;
mod outage;
mod place;
mod playing;
mod profiles;
mod publishing;
mod stopping;

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value, json};
use tokio::sync::Notify;
use wend_domain::contact::Contact;
use wend_domain::event::{Event, EventKind};
use wend_domain::id::{Channel, ContactId, EventName, SegmentName, WorkspaceId};
use wend_domain::identity::{Identifier, IdentifierKind, Identifiers};
use wend_domain::input::{Answered, Outcome};
use wend_domain::source::SourceFile;
use wend_domain::time::{Period, Timestamp};
use wend_store::{MessageFilter, MessageRow, Store};

use crate::clock::{Clock, ManualClock};
use crate::courier::{Carried, Courier, Parcel, WebReply, WebRequest};
use crate::engine::Engine;
use crate::options::EngineOptions;
use crate::publish::Applied;
use crate::tick::Worker;
use place::Place;

/// When every test begins.
const START: &str = "2026-03-02T09:00:00Z";

/// The most ticks that a worker may need to come to rest.
const TICKS_MAX: usize = 100;

/// What the courier does with a parcel.
#[derive(Debug, Clone)]
enum Reply {
    /// It answers.
    Now(Outcome),
    /// Nobody may carry the message before then.
    Wait(Timestamp),
    /// It answers that the message was taken, once it is released.
    WhenReleased,
    /// It never answers.
    Never,
    /// It has a fault.
    Panic,
}

/// A courier that keeps what it carries, and answers as it is told.
#[derive(Default)]
struct Recorder {
    carried: Mutex<Vec<(Parcel, Reply)>>,
    replies: Mutex<Vec<Reply>>,
    release: Notify,
    /// The calls that were made: URL, headers, body.
    calls: Mutex<Vec<MadeCall>>,
    /// What other systems answer to calls.
    answer: Mutex<Option<Answered>>,
}

/// A call that was made: its URL, headers and body.
type MadeCall = (String, Vec<(String, String)>, Option<String>);

impl Recorder {
    fn accepted() -> Outcome {
        Outcome::Accepted { reply: "250 ok".to_owned() }
    }

    /// The replies to the next parcels; after them all are accepted.
    fn reply_with(&self, replies: &[Reply]) {
        *self.replies.lock().unwrap() = replies.to_vec();
    }

    fn answer_with(&self, answer: Answered) {
        *self.answer.lock().unwrap() = Some(answer);
    }

    fn carried(&self) -> Vec<Parcel> {
        self.log().into_iter().map(|(parcel, _)| parcel).collect()
    }

    /// What was carried, and what came of it.
    fn log(&self) -> Vec<(Parcel, Reply)> {
        self.carried.lock().unwrap().clone()
    }
}

impl Courier for Recorder {
    fn carry<'a>(&'a self, parcel: &'a Parcel) -> Pin<Box<dyn Future<Output = Carried> + Send + 'a>> {
        let first = self.replies.lock().unwrap().first().cloned();
        if let Some(Reply::Wait(until)) = first {
            self.replies.lock().unwrap().remove(0);
            return Box::pin(std::future::ready(Carried::Wait { until, why: "a test".to_owned() }));
        }
        Box::pin(async { Carried::Made(self.send(parcel).await, None) })
    }

    fn honours_keys(&self, _channel: &Channel) -> bool {
        false
    }

    fn usable(&self, _channel: &Channel) -> bool {
        true
    }

    fn call(&self, request: WebRequest) -> Pin<Box<dyn Future<Output = WebReply> + Send + '_>> {
        self.calls.lock().unwrap().push((request.url, request.headers, request.body));
        let answer = self.answer.lock().unwrap().clone();
        Box::pin(std::future::ready(WebReply { outcome: Self::accepted(), answer, retry_after: None }))
    }

    fn send<'a>(&'a self, parcel: &'a Parcel) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> {
        Box::pin(async move {
            let reply = {
                let mut replies = self.replies.lock().unwrap();
                if replies.is_empty() { Reply::Now(Self::accepted()) } else { replies.remove(0) }
            };
            self.carried.lock().unwrap().push((parcel.clone(), reply.clone()));
            match reply {
                Reply::Now(outcome) => outcome,
                Reply::WhenReleased => {
                    self.release.notified().await;
                    Self::accepted()
                }
                Reply::Never => std::future::pending().await,
                Reply::Wait(_) => unreachable!("that is no attempt"),
                Reply::Panic => panic!("the provider's answer made no sense"),
            }
        })
    }
}

/// An installation: a database, a clock, a courier, and an engine that can be dropped and started again.
struct World {
    place: Place,
    clock: Arc<ManualClock>,
    courier: Arc<Recorder>,
    engine: Engine,
    workspace: WorkspaceId,
}

async fn engine_on(
    store: Store,
    courier: &Arc<Recorder>,
    clock: &Arc<ManualClock>,
    options: EngineOptions,
) -> Engine {
    let courier = Arc::clone(courier) as Arc<dyn Courier>;
    Engine::start(store, courier, Arc::clone(clock) as Arc<dyn Clock>, options).await.unwrap()
}

impl World {
    async fn new() -> Self {
        Self::with(EngineOptions::default()).await
    }

    async fn with(options: EngineOptions) -> Self {
        Self::in_place(Place::sqlite(), options).await
    }

    async fn in_place(place: Place, options: EngineOptions) -> Self {
        let store = place.open().await;
        Self::on(place, store, options).await
    }

    async fn on(place: Place, store: Store, options: EngineOptions) -> Self {
        let clock = Arc::new(ManualClock::at(Timestamp::parse(START).unwrap()));
        let courier = Arc::new(Recorder::default());
        let workspace = WorkspaceId::from("shop");
        store.workspace_create(&workspace, clock.now()).await.unwrap();
        let engine = engine_on(store, &courier, &clock, options).await;
        Self { place, clock, courier, engine, workspace }
    }

    /// A world in which the workflow `welcome` has these steps and is entered by `Signed Up`.
    async fn with_steps(steps: &str) -> Self {
        let world = Self::new().await;
        world.apply(&files(steps)).await;
        world
    }

    async fn apply(&self, files: &[SourceFile]) -> u64 {
        match self.engine.apply(&self.workspace, files.to_vec(), None, "test").await.unwrap() {
            Applied::Applied { revision, .. } => revision,
            other => panic!("the files are in order: {other:?}"),
        }
    }

    /// Ends the process without a word, and starts another one on the same database.
    async fn crash(self) -> Self {
        let Self { place, clock, courier, engine, workspace } = self;
        let courier_after = Arc::new(Recorder::default());
        let store = engine.store().clone();
        drop((engine, courier));
        // A folder must be free for the next process; what is not committed is lost all the same.
        store.close().await.unwrap();
        let options = EngineOptions::default();
        let engine = engine_on(place.open().await, &courier_after, &clock, options).await;
        Self { place, clock, courier: courier_after, engine, workspace }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn pass(&self, period: &str) {
        self.clock.pass(Period::parse(period).unwrap());
    }

    async fn tick(&self, worker: Worker) -> usize {
        self.engine.tick(worker, self.now()).await.unwrap().n_done
    }

    /// Ticks a worker until it has nothing to do.
    async fn settle(&self, worker: Worker) {
        for _ in 0..TICKS_MAX {
            // Attempts go on between ticks.
            tokio::task::yield_now().await;
            if self.tick(worker).await == 0 {
                return;
            }
        }
        panic!("{worker:?} never comes to rest");
    }

    /// Takes events in as one request.
    async fn ingest(&self, events: Vec<Event>) {
        let (answer, ()) = tokio::join!(self.engine.ingest(&self.workspace, events), async {
            tokio::task::yield_now().await;
            self.settle(Worker::Inputs).await;
        });
        answer.unwrap();
    }

    /// Takes one event in and hands out what follows.
    async fn happens(&self, user: &str, name: &str, properties: Value) {
        self.ingest(vec![event(user, name, properties, self.now())]).await;
        self.settle(Worker::Outbox).await;
    }

    async fn contact_id(&self, user: &str) -> Option<ContactId> {
        let identifier = Identifier { kind: IdentifierKind::UserId, value: user.to_owned() };
        self.engine.store().contact_by_identifier(&self.workspace, &identifier).await.unwrap()
    }

    async fn contact(&self, user: &str) -> Contact {
        let id = self.contact_id(user).await.expect("the user was heard of");
        let document = self.engine.store().contact_by_id(&self.workspace, id).await.unwrap();
        Contact::from_bytes(&document.expect("the contact has a document")).unwrap()
    }

    async fn messages(&self) -> Vec<MessageRow> {
        let filter = MessageFilter { limit: 100, ..MessageFilter::default() };
        self.engine.store().messages(&self.workspace, &filter).await.unwrap()
    }

    /// The states of all messages, oldest first.
    async fn states(&self) -> Vec<String> {
        self.messages().await.into_iter().rev().map(|message| message.state).collect()
    }

    /// How many rows the outbox has in a state.
    async fn n_outbox(&self, state: &str) -> i64 {
        let statistics = self.engine.store().statistics(&self.workspace).await.unwrap();
        statistics.outbox.get(state).copied().unwrap_or(0)
    }

    async fn assert_replays(&self, user: &str) -> u64 {
        let contact = self.contact_id(user).await.unwrap();
        let report = self.engine.replay(&self.workspace, contact).await.unwrap();
        assert_eq!(report.differences, Vec::new());
        report.inputs
    }
}

static EVENTS: AtomicUsize = AtomicUsize::new(0);

fn event(user: &str, name: &str, properties: Value, at: Timestamp) -> Event {
    let object = |value: Value| if let Value::Object(map) = value { map } else { Map::new() };
    Event {
        kind: EventKind::Track,
        name: EventName::from(name),
        message_id: format!("m-{}", EVENTS.fetch_add(1, Ordering::SeqCst)),
        occurred_at: at,
        identifiers: Identifiers { user_id: Some(user.to_owned()), ..Identifiers::default() },
        properties: object(properties),
        traits: object(json!({ "email": format!("{user}@example.com") })),
        imported: false,
        brought: None,
    }
}

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), text: text.to_owned() }
}

fn files(steps: &str) -> Vec<SourceFile> {
    let steps: Vec<String> = steps.lines().map(|line| format!("  {}\n", line.trim())).collect();
    let steps = steps.concat();
    vec![
        file("policies.yaml", "timezone: Europe/Berlin\nsender: Shop <hello@shop.example>\n"),
        file(
            "templates/hello.yaml",
            "template: hello\nchannel: email\nsubject: Hello {{ contact.email }}\nhtml: <p>Hello</p>\n",
        ),
        file(
            "workflows/welcome.yaml",
            &format!(
                "workflow: welcome\ntitle: Welcome\ncategory: offers\ntrigger: {{ event: Signed Up }}\n\
                 reentry: always\nsteps:\n{steps}"
            ),
        ),
    ]
}
