//! What goes out: claims, attempts, retries, expiry, recovery.

use super::*;

const SEND: &str = "- { id: hello, send: { email: hello } }";
const SEND_WITHIN_AN_HOUR: &str = "- { id: hello, send: { email: hello, expires: 1h } }";

#[tokio::test]
async fn an_event_becomes_a_message_that_is_sent_once_and_can_be_replayed() {
    let world = World::with_steps(SEND).await;
    world.happens("ada", "Signed Up", json!({})).await;
    let carried = world.courier.carried();
    assert_eq!(carried.len(), 1);
    assert_eq!(carried[0].address, "ada@example.com");
    assert_eq!(carried[0].content.subject.as_deref(), Some("Hello ada@example.com"));
    assert_eq!(carried[0].content.text.as_deref(), Some("Hello\n"));
    assert_eq!(carried[0].content.from.as_deref(), Some("Shop <hello@shop.example>"));
    assert_eq!(world.states().await, ["sent"]);
    world.settle(Worker::Outbox).await;
    assert_eq!(world.courier.carried().len(), 1);
    assert_eq!(world.assert_replays("ada").await, 3, "the event, the rendering, the attempt");
}

#[tokio::test]
async fn s8_2_an_attempt_is_recorded_before_the_provider_is_called() {
    let world = World::with_steps(SEND).await;
    world.courier.reply_with(&[Reply::WhenReleased]);
    world.happens("ada", "Signed Up", json!({})).await;
    assert_eq!(world.courier.carried().len(), 1);
    assert_eq!((world.n_outbox("attempting").await, world.n_outbox("pending").await), (1, 0));
    world.courier.release.notify_one();
    world.settle(Worker::Outbox).await;
    assert_eq!(world.states().await, ["sent"]);
    assert_eq!(world.n_outbox("attempting").await, 0);
}

#[tokio::test]
async fn a_message_that_nobody_may_carry_now_waits_without_an_attempt() {
    let world = World::with_steps(SEND).await;
    let until = world.now() + Period::parse("10m").unwrap();
    world.courier.reply_with(&[Reply::Wait(until)]);
    world.happens("ada", "Signed Up", json!({})).await;
    world.settle(Worker::Outbox).await;
    assert_eq!((world.states().await, world.courier.carried().len()), (vec!["pending".to_owned()], 0));
    world.pass("9m");
    world.settle(Worker::Outbox).await;
    assert_eq!(world.courier.carried().len(), 0);
    world.pass("2m");
    world.settle(Worker::Outbox).await;
    let carried = world.courier.carried();
    assert_eq!(carried.iter().map(|parcel| parcel.attempt).collect::<Vec<_>>(), [1]);
    assert_eq!(world.states().await, ["sent"]);
    world.assert_replays("ada").await;
}

#[tokio::test]
async fn s8_3_a_temporary_failure_is_tried_again_later_and_a_permanent_one_is_not() {
    let world = World::with_steps(SEND).await;
    let temporary = Outcome::Temporary { reply: "451 later".to_owned() };
    world.courier.reply_with(&[Reply::Now(temporary)]);
    world.happens("ada", "Signed Up", json!({})).await;
    assert_eq!((world.states().await, world.courier.carried().len()), (vec!["pending".to_owned()], 1));
    world.pass("10m");
    world.settle(Worker::Outbox).await;
    let carried = world.courier.carried();
    assert_eq!(carried.iter().map(|parcel| parcel.attempt).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(carried[0].message, carried[1].message, "the provider gets the same key");
    assert_eq!(world.states().await, ["sent"]);

    let permanent = Outcome::Permanent { reply: "550 no such user".to_owned(), suppress: true };
    world.courier.reply_with(&[Reply::Now(permanent)]);
    world.happens("bob", "Signed Up", json!({})).await;
    world.pass("12h");
    world.settle(Worker::Outbox).await;
    assert_eq!(world.states().await, ["sent", "failed"]);
    assert!(!world.contact("bob").await.consent.suppressed.is_empty());
    world.assert_replays("bob").await;
}

#[tokio::test]
async fn s8_4_an_attempt_cut_short_by_a_crash_is_uncertain_and_marketing_is_not_sent_twice() {
    let world = World::with_steps(SEND).await;
    world.courier.reply_with(&[Reply::Never]);
    world.happens("ada", "Signed Up", json!({})).await;
    assert_eq!(world.courier.carried().len(), 1);

    let world = world.crash().await;
    assert_eq!(world.tick(Worker::Recovery).await, 1);
    world.settle(Worker::Outbox).await;
    assert_eq!(world.states().await, ["uncertain"]);
    assert_eq!(world.tick(Worker::Recovery).await, 0, "one node handles it once");
    world.pass("1d");
    world.settle(Worker::Outbox).await;
    assert_eq!(world.courier.carried().len(), 0);
    world.assert_replays("ada").await;
}

#[tokio::test]
async fn s8_4_a_provider_that_never_answers_or_a_courier_that_fails_leaves_an_uncertain_message() {
    let options = EngineOptions { attempt_timeout_ms: 1, ..EngineOptions::default() };
    let world = World::with(options).await;
    world.apply(&files(SEND)).await;
    world.courier.reply_with(&[Reply::Never, Reply::Panic]);
    world.happens("ada", "Signed Up", json!({})).await;
    world.happens("bob", "Signed Up", json!({})).await;
    let bell = world.engine.shared().wakers.bell(Worker::Outbox);
    while world.states().await != ["uncertain", "uncertain"] {
        bell.notified().await;
        world.settle(Worker::Outbox).await;
    }
}

#[tokio::test]
async fn s7_7_a_message_that_expired_in_the_outbox_is_not_attempted() {
    let world = World::with_steps(SEND_WITHIN_AN_HOUR).await;
    world.ingest(vec![event("ada", "Signed Up", json!({}), world.now())]).await;
    assert_eq!(world.n_outbox("pending").await, 1);
    world.pass("2h");
    world.settle(Worker::Outbox).await;
    assert_eq!(world.courier.carried().len(), 0);
    assert_eq!(world.states().await, ["expired"]);
    assert_eq!(world.n_outbox("pending").await, 0);
    world.assert_replays("ada").await;
}

#[tokio::test]
async fn s7_13_a_message_that_is_claimed_long_after_it_was_due_meets_what_can_stop_it_again() {
    let world = World::with_steps(SEND).await;
    world.ingest(vec![event("ada", "Signed Up", json!({}), world.now())]).await;
    world.pass("2h");
    world.settle(Worker::Outbox).await;
    assert_eq!((world.states().await, world.courier.carried().len()), (vec!["sent".to_owned()], 1));
    world.assert_replays("ada").await;

    world.ingest(vec![event("bob", "Signed Up", json!({}), world.now())]).await;
    let mut quiet = files(SEND);
    quiet[0].text += "quiet_hours: { from: \"08:00\", to: \"20:00\" }\n";
    world.apply(&quiet).await;
    world.pass("2h");
    world.settle(Worker::Outbox).await;
    assert_eq!(world.courier.carried().len(), 1, "it is quiet now");
    assert_eq!(world.states().await, ["sent", "pending"]);
    assert_eq!((world.n_outbox("attempting").await, world.n_outbox("pending").await), (0, 1));
    world.pass("12h");
    world.settle(Worker::Outbox).await;
    assert_eq!((world.states().await, world.courier.carried().len()), (vec!["sent".to_owned(); 2], 2));
    world.assert_replays("bob").await;
}

#[tokio::test]
async fn a_template_that_fails_fails_its_message_and_nothing_else() {
    let world = World::with_steps(SEND).await;
    let mut files = files(SEND);
    files[1].text = "template: hello\nchannel: email\nsubject: \"{{ contact.email | divided_by: 0 }}\"\n\
                     html: <p>Hello</p>\n"
        .to_owned();
    world.apply(&files).await;
    world.happens("ada", "Signed Up", json!({})).await;
    let messages = world.messages().await;
    assert_eq!(messages[0].state, "failed");
    assert!(
        messages[0].detail_json.contains("template `hello`, subject, line 3"),
        "{}",
        messages[0].detail_json
    );
    assert_eq!(world.courier.carried().len(), 0);
    world.assert_replays("ada").await;
}

#[tokio::test]
async fn s6_a_wait_ends_by_its_alarm_and_the_message_goes() {
    let world = World::with_steps("- { id: pause, wait: 1h }\n- { id: hello, send: { email: hello } }").await;
    world.happens("ada", "Signed Up", json!({})).await;
    world.settle(Worker::Alarms).await;
    assert_eq!(world.courier.carried().len(), 0);
    world.pass("1h");
    assert_eq!(world.tick(Worker::Alarms).await, 1);
    assert_eq!(world.tick(Worker::Alarms).await, 0);
    world.settle(Worker::Outbox).await;
    assert_eq!(world.states().await, ["sent"]);
    world.assert_replays("ada").await;
}

#[tokio::test]
async fn s3_15_the_alarm_of_a_stuck_contact_waits_for_it_and_rings_again() {
    let world = World::with_steps("- { id: pause, wait: 1h }\n- { id: hello, send: { email: hello } }").await;
    world.happens("ada", "Signed Up", json!({})).await;
    let mut poison = event("ada", "Grew", json!({}), world.now());
    poison.traits.insert("essay".to_owned(), json!("x".repeat(70_000)));
    world.ingest(vec![poison]).await;
    world.pass("1h");
    world.settle(Worker::Alarms).await;
    assert_eq!(world.states().await, Vec::<String>::new());

    let stuck = world.engine.store().stuck(&world.workspace, 10).await.unwrap();
    assert_eq!(stuck.len(), 1, "the alarm is not queued: it rings again");
    world.engine.store().stuck_release(&world.workspace, stuck[0].seq, true, world.now()).await.unwrap();
    world.pass("10m");
    world.settle(Worker::Alarms).await;
    world.settle(Worker::Outbox).await;
    assert_eq!(world.states().await, ["sent"]);
}

#[tokio::test]
async fn s11_1_a_message_that_failed_is_sent_when_a_person_asks_for_it_again_even_in_the_same_batch() {
    use wend_domain::input::{Cause, Command, News, NewsKind, Order};

    let world = World::with_steps(SEND).await;
    world.courier.reply_with(&[Reply::Never]);
    world.happens("ada", "Signed Up", json!({})).await;
    let message = world.messages().await[0].clone();
    let outcome = Outcome::Permanent { reply: "552 too large".to_owned(), suppress: false };
    let what = NewsKind::Attempted { attempt: 1, outcome, answer: None, receipt: None };
    let order = Order::RequeueMessage { message: message.id };
    let causes = [
        Cause::News(News { message: message.id, what }),
        Cause::Command(Command { by: "support".to_owned(), reason: None, order }),
    ];
    let arrivals = causes.map(|cause| crate::batch::Arrival::ToContact {
        contact: message.contact,
        source: crate::changes::json(&cause),
        cause,
    });
    crate::batch::run(world.engine.shared(), &world.workspace, &arrivals, world.now()).await.unwrap();
    assert_eq!((world.n_outbox("pending").await, world.n_outbox("attempting").await), (1, 0));
    world.settle(Worker::Outbox).await;
    assert_eq!(world.courier.carried().len(), 2);
    assert_eq!(world.states().await, ["sent"]);
    world.assert_replays("ada").await;
}
