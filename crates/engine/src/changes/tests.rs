use wend_domain::id::InputId;
use wend_domain::input::Input;

use super::*;

fn message() -> MessageId {
    MessageId::hashed(Timestamp::default(), &[b"m"])
}

fn contact() -> ContactId {
    ContactId::hashed(Timestamp::default(), &[b"c"])
}

fn loaded() -> Loaded {
    Loaded::new(wend_domain::catalog::Catalog::empty("shop".into()), None)
}

/// What one transaction commits that leads to these effects, each of an input of its own.
fn committed(effects: &[Effect]) -> Result<Changes, String> {
    let mut lane = LaneChanges::default();
    for effect in effects {
        let at = Timestamp::from_millis(7);
        let id = InputId::hashed(at, &[]);
        let input = Input { id, cause: Cause::Alarm, history: None, refused_claims: Vec::new(), hop: 0 };
        let taken = TakenInput { input, effects: vec![effect.clone()], record: Record::new() };
        let rendered = (Channel::from("email"), "{}".to_owned());
        let mut payloads = BTreeMap::from([(message(), rendered)]);
        lane.add((contact(), 1), vec![taken], (Vec::new(), None), &mut payloads, at, &loaded())?;
    }
    let (mut changes, mut following) = (Changes::default(), Following::default());
    lane.finish(&"shop".into(), contact(), &mut changes, &mut following);
    Ok(changes)
}

fn dispatch(millis: i64) -> Effect {
    Effect::Dispatch { message: message(), due_at: Timestamp::from_millis(millis), expires_at: None }
}

#[test]
fn s5_1_a_message_that_is_taken_back_in_its_own_transaction_never_reaches_the_outbox() {
    let changes = committed(&[dispatch(9), Effect::Cancel { message: message() }]).unwrap();
    assert!(changes.outbox.is_empty());
    assert_eq!(changes.outbox_cancel, [message()]);
}

#[test]
fn s5_1_a_message_that_is_taken_back_with_its_failed_attempt_leaves_the_outbox() {
    let retry = Effect::Retry { message: message(), due_at: Timestamp::from_millis(20) };
    let changes = committed(&[retry, Effect::Cancel { message: message() }]).unwrap();
    assert_eq!(changes.outbox_settle, [message()], "what is attempted is not cancelled by the store");
    assert!(changes.outbox_cancel.is_empty() && changes.outbox_retry.is_empty());
}

#[test]
fn s8_1_a_message_that_is_settled_and_wanted_again_has_one_row() {
    let changes = committed(&[Effect::Settle { message: message() }, dispatch(9)]).unwrap();
    assert!(changes.outbox_settle.is_empty(), "the store takes back what is put and settled in one commit");
    assert_eq!(changes.outbox.len(), 1);
    assert_eq!(changes.outbox_retry, [(message(), Timestamp::from_millis(9))]);
}

#[test]
fn a_retry_of_a_row_that_is_not_there_yet_moves_it() {
    let retry = Effect::Retry { message: message(), due_at: Timestamp::from_millis(20) };
    let changes = committed(&[dispatch(9), retry]).unwrap();
    assert_eq!(changes.outbox[0].due_at, Timestamp::from_millis(20));
    assert!(changes.outbox_retry.is_empty());
}

#[test]
fn counters_of_one_transaction_are_added_up() {
    let count = |by| Effect::Count { counter: "entered:welcome".to_owned(), by };
    let changes = committed(&[count(1), count(2)]).unwrap();
    // Beside the sum of all time, that of the day.
    let expected = ["day.1970-01-01.entered:welcome", "entered:welcome"].map(|name| (name.to_owned(), 3));
    assert_eq!(changes.counters, BTreeMap::from(expected));
}

#[test]
fn a_message_that_was_not_rendered_is_not_dispatched() {
    let other = MessageId::hashed(Timestamp::default(), &[b"other"]);
    let effect = Effect::Dispatch { message: other, due_at: Timestamp::default(), expires_at: None };
    let why = committed(&[effect]).unwrap_err();
    assert!(why.contains("was not rendered"), "{why}");
}
