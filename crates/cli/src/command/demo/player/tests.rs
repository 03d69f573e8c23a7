use super::{DAY_MS, LAPSE_WITHIN_MS, LAPSES_AFTER_DAYS, Position, history};
use crate::command::demo::shop::Former;
use wend_domain::time::Timestamp;

#[test]
fn a_former_customer_lapses_within_an_hour_of_the_demos_beginning() {
    let began_at = 1_000 * DAY_MS;
    let former = Former { customer: "00007".to_owned(), orders: vec![(30, 1, 9.5), (0, 2, 20.0)] };
    let events = history(&former, began_at);
    assert_eq!(events.len(), 3);
    let at =
        |index: usize| Timestamp::parse(events[index]["timestamp"].as_str().unwrap()).unwrap().as_millis();
    let lapses_at = at(2) + LAPSES_AFTER_DAYS * DAY_MS;
    assert!((began_at..began_at + LAPSE_WITHIN_MS as i64).contains(&lapses_at));
    assert_eq!(at(2) - at(1), 30 * DAY_MS);
    assert_eq!(at(0), at(1));
}

#[test]
fn a_position_is_read_as_it_was_kept() {
    let position = Position { began_at: Some(5), has_former: true, day: 3, sent: 500 };
    let bytes = serde_json::to_vec(&position).unwrap();
    assert_eq!(serde_json::from_slice::<Position>(&bytes).unwrap(), position);
}
