use std::collections::BTreeSet;
use std::path::Path;

use super::{FILE, Order, Shop, Visit};

fn order(customer: &str, date: &str, number: usize) -> Order {
    let date = date.parse().unwrap();
    Order { customer: customer.to_owned(), date, n_records: 2, dollars: 20.5, number }
}

#[test]
fn a_first_order_is_a_sign_up_a_filled_cart_and_a_purchase_in_that_order() {
    let shop = Shop::of(vec![order("00002", "1997-01-01", 0), order("00002", "1997-01-03", 1)]).unwrap();
    let events = shop.events(0);
    let names: Vec<&str> =
        events.iter().map(|timed| timed.event["event"].as_str().unwrap_or("identify")).collect();
    assert_eq!(names[..2], ["identify", "Signed Up"]);
    assert_eq!(names[names.len() - 3..], ["Cart Updated", "Checkout Started", "Order Completed"]);
    assert!(
        events.is_sorted_by_key(|timed| timed.minute) && events.iter().all(|timed| timed.minute < 24 * 60)
    );
    assert!(shop.events(1).is_empty());
    assert!(shop.events(2).iter().all(|timed| timed.event["event"] != "Signed Up"));
    assert_eq!(shop.date(2), "1997-01-03");
}

#[test]
fn the_shops_orders_are_read_whole_and_every_event_has_an_id_of_its_own() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop");
    let shop = Shop::read(&folder.join(FILE)).unwrap();
    let visits = shop.days.iter().flatten();
    assert_eq!(visits.filter(|(_, visit)| matches!(visit, Visit::Buy { .. })).count(), 69_659);
    assert!(shop.n_days() >= 547);
    let (mut n_events, mut ids) = (0, BTreeSet::new());
    for day in 0..40 {
        for timed in shop.events(day) {
            n_events += 1;
            ids.insert(timed.event["messageId"].to_string());
        }
    }
    assert_eq!(ids.len(), n_events);
}
