use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use wend_domain::id::MessageId;
use wend_domain::sending::gate::GateRule;
use wend_domain::time::Timestamp;

use super::{Carried, NewSender, Senders};
use crate::email::{Email, Mailbox};
use crate::outcome::{Fault, Outcome};
use crate::provider::{Doing, Provider};

/// A provider that says what it is told to, and then accepts.
#[derive(Clone, Default)]
struct Told {
    says: Arc<Mutex<VecDeque<Outcome>>>,
    batches: Arc<Mutex<Vec<usize>>>,
    batch_max: usize,
}

impl Told {
    fn saying(outcomes: &[Outcome]) -> Self {
        Self {
            says: Arc::new(Mutex::new(outcomes.iter().cloned().collect())),
            batch_max: 1,
            ..Self::default()
        }
    }

    fn next(&self) -> Outcome {
        let accepted = Outcome::Accepted { reply: "ok".to_owned(), id: None };
        self.says.lock().unwrap().pop_front().unwrap_or(accepted)
    }
}

impl Provider for Told {
    fn kind(&self) -> &'static str {
        "told"
    }

    fn batch_max(&self) -> usize {
        self.batch_max
    }

    fn send<'a>(&'a self, _: &'a Email) -> Doing<'a, Outcome> {
        self.batches.lock().unwrap().push(1);
        Box::pin(std::future::ready(self.next()))
    }

    fn send_batch<'a>(&'a self, emails: &'a [Email]) -> Doing<'a, Vec<Outcome>> {
        self.batches.lock().unwrap().push(emails.len());
        Box::pin(std::future::ready(emails.iter().map(|_| self.next()).collect()))
    }
}

fn sender(name: &str, tier: u32, provider: &Told) -> NewSender {
    NewSender {
        name: name.to_owned(),
        provider: Box::new(provider.clone()),
        tier,
        weight: 1,
        from_domains: Vec::new(),
        rule: GateRule::default(),
    }
}

fn email() -> Email {
    Email {
        message_key: "m-1".to_owned(),
        from: Mailbox::bare("shop@example.com"),
        return_path: None,
        to: Mailbox::bare("ada@gmail.com"),
        reply_to: None,
        subject: "Hello".to_owned(),
        html: None,
        text: Some("Hello".to_owned()),
        headers: Vec::new(),
        date: 0,
    }
}

fn message(n: u32) -> MessageId {
    MessageId::hashed(Timestamp::from_millis(0), &[&n.to_be_bytes()])
}

fn temporary(fault: Fault, retry_after: Option<u64>) -> Outcome {
    let retry_after = retry_after.map(Duration::from_secs);
    Outcome::Temporary { reply: "no".to_owned(), fault, retry_after }
}

struct Clock(AtomicI64);

impl Clock {
    fn new() -> Self {
        Self(AtomicI64::new(1_700_000_000_000))
    }

    fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

async fn carry(senders: &Senders, n: u32, clock: &Clock) -> String {
    match senders.carry(message(n), email(), &|| clock.now()).await {
        Carried::Made { outcome: Outcome::Accepted { .. }, sender } => format!("accepted by {sender}"),
        Carried::Made { outcome: Outcome::Temporary { .. }, sender } => format!("temporary by {sender}"),
        Carried::Made { outcome: Outcome::Permanent { .. }, sender } => format!("permanent by {sender}"),
        Carried::Made { outcome: Outcome::Unknown { .. }, sender } => format!("unknown by {sender}"),
        Carried::Wait { until, why } => {
            format!("waits {} s: {why}", until.since(clock.now()).as_millis() / 1_000)
        }
    }
}

#[tokio::test]
async fn what_a_sender_certainly_did_not_take_goes_on_to_the_next_in_the_same_attempt() {
    let main = Told::saying(&[temporary(Fault::Provider, None)]);
    let senders =
        Senders::new(vec![sender("main", 1, &main), sender("spare", 2, &Told::saying(&[]))]).unwrap();
    let clock = Clock::new();
    assert_eq!(carry(&senders, 1, &clock).await, "accepted by spare");
    assert_eq!(carry(&senders, 2, &clock).await, "accepted by main");
}

#[tokio::test]
async fn what_may_have_gone_or_is_the_messages_own_fault_goes_to_no_other_sender() {
    let permanent = Outcome::Permanent { reply: "no".to_owned(), suppress: true };
    let says = [Outcome::Unknown { what: "lost".to_owned() }, permanent, temporary(Fault::Message, None)];
    let senders =
        Senders::new(vec![sender("main", 1, &Told::saying(&says)), sender("spare", 2, &Told::saying(&[]))])
            .unwrap();
    let clock = Clock::new();
    for expected in ["unknown by main", "permanent by main", "temporary by main", "accepted by main"] {
        assert_eq!(carry(&senders, 1, &clock).await, expected);
    }
}

#[tokio::test]
async fn a_sender_that_fails_too_often_is_left_alone_and_tried_again_later() {
    let main = Told::saying(&vec![temporary(Fault::Provider, None); 5]);
    let senders = Senders::new(vec![sender("main", 1, &main)]).unwrap();
    let clock = Clock::new();
    for n in 0..5 {
        assert_eq!(carry(&senders, n, &clock).await, "temporary by main");
    }
    let left_alone = "waits 30 s: main: the sender failed too often and is left alone for a while";
    assert_eq!(carry(&senders, 6, &clock).await, left_alone);
    assert_eq!(senders.status(clock.now())[0].breaker, "open");
    clock.pass(30);
    assert_eq!(carry(&senders, 6, &clock).await, "accepted by main");
    assert_eq!(senders.status(clock.now())[0].breaker, "closed");
}

#[tokio::test]
async fn who_is_told_to_wait_asks_nobody_until_then() {
    let main = Told::saying(&[temporary(Fault::Haste, Some(120))]);
    let senders = Senders::new(vec![sender("main", 1, &main)]).unwrap();
    let clock = Clock::new();
    assert_eq!(carry(&senders, 1, &clock).await, "temporary by main");
    assert_eq!(carry(&senders, 2, &clock).await, "waits 120 s: main: the provider asked for a pause");
    clock.pass(120);
    assert_eq!(carry(&senders, 2, &clock).await, "accepted by main");
}

#[tokio::test]
async fn a_sender_carries_only_what_is_from_its_domains() {
    let mut other = sender("other", 1, &Told::saying(&[]));
    other.from_domains = vec!["other.example".to_owned()];
    let senders = Senders::new(vec![other]).unwrap();
    assert_eq!(carry(&senders, 1, &Clock::new()).await, "permanent by ");
    let mut fits = sender("fits", 1, &Told::saying(&[]));
    fits.from_domains = vec!["example.com".to_owned()];
    let senders = Senders::new(vec![fits]).unwrap();
    assert_eq!(carry(&senders, 1, &Clock::new()).await, "accepted by fits");
}

#[tokio::test]
async fn emails_at_one_time_leave_in_one_request_where_the_provider_takes_several() {
    let batching = Told { batch_max: 4, ..Told::saying(&[temporary(Fault::Message, None)]) };
    let senders = Senders::new(vec![sender("main", 1, &batching)]).unwrap();
    let clock = Clock::new();
    let (first, second, third, fourth, fifth) = tokio::join!(
        carry(&senders, 1, &clock),
        carry(&senders, 2, &clock),
        carry(&senders, 3, &clock),
        carry(&senders, 4, &clock),
        carry(&senders, 5, &clock),
    );
    assert_eq!(first, "temporary by main", "each has its own outcome");
    for other in [second, third, fourth, fifth] {
        assert_eq!(other, "accepted by main");
    }
    assert_eq!(*batching.batches.lock().unwrap(), [4, 1]);
}

#[tokio::test]
async fn an_attempt_that_is_given_up_leaves_the_gate() {
    #[derive(Clone, Default)]
    struct Never;
    impl Provider for Never {
        fn kind(&self) -> &'static str {
            "never"
        }

        fn send<'a>(&'a self, _: &'a Email) -> Doing<'a, Outcome> {
            Box::pin(std::future::pending())
        }
    }
    let clock = Clock::new();
    let mut never = sender("main", 1, &Told::default());
    never.provider = Box::new(Never);
    let limit = wend_domain::sending::gate::DomainRule { pace: None, under_way_max: Some(1) };
    never.rule.domains.insert("*".to_owned(), limit);
    let senders = Senders::new(vec![never]).unwrap();
    let now = || clock.now();
    for _ in 0..3 {
        let given_up =
            tokio::time::timeout(Duration::from_millis(1), senders.carry(message(1), email(), &now)).await;
        assert!(given_up.is_err(), "it was let in each time");
    }
}

#[test]
fn two_senders_of_one_name_are_refused() {
    let told = Told::saying(&[]);
    let error = Senders::new(vec![sender("main", 1, &told), sender("main", 2, &told)]).unwrap_err();
    assert_eq!(error.to_string(), "two senders are called `main`");
}
