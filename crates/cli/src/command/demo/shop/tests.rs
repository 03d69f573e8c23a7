use super::{FILE, Order, Shop, Visit};
use crate::command::demo::shop::is_former;
use std::collections::BTreeSet;
use std::path::Path;

fn order(customer: &str, date: &str, number: usize) -> Order {
    let date = date.parse().unwrap();
    Order { customer: customer.to_owned(), date, n_records: 2, dollars: 20.5, number }
}

fn regular() -> String {
    (2..10_000).map(|number| format!("{number:05}")).find(|customer| !is_former(customer)).unwrap()
}

#[test]
fn a_first_order_is_a_sign_up_a_filled_cart_and_a_purchase_in_that_order() {
    let customer = regular();
    let shop = Shop::of(vec![order(&customer, "1997-01-01", 0), order(&customer, "1997-01-03", 1)]).unwrap();
    let names: Vec<String> =
        shop.events(0).iter().map(|event| event["event"].as_str().unwrap_or("identify").to_owned()).collect();
    assert_eq!(names[..2], ["identify", "Signed Up"]);
    assert_eq!(names[names.len() - 3..], ["Cart Updated", "Checkout Started", "Order Completed"]);
    assert!(shop.events(1).is_empty());
    assert!(shop.events(2).iter().all(|event| event["event"] != "Signed Up"));
    assert_eq!(shop.date(2), "1997-01-03");
}

#[test]
fn a_customer_who_was_here_before_has_history_only() {
    let customer =
        (2..10_000).map(|number| format!("{number:05}")).find(|customer| is_former(customer)).unwrap();
    let orders = vec![
        order(&regular(), "1997-01-01", 0),
        order(&customer, "1997-01-01", 0),
        order(&customer, "1997-03-01", 1),
    ];
    let shop = Shop::of(orders).unwrap();
    assert_eq!(shop.former.len(), 1);
    assert_eq!(shop.former[0].orders, [(59, 2, 20.5), (0, 2, 20.5)]);
    assert!(shop.days.iter().flatten().all(|visit| match visit {
        Visit::SignUp(who) | Visit::FillCart { customer: who, .. } | Visit::Buy { customer: who, .. } => {
            *who != customer
        }
    }));
}

#[test]
fn the_shops_orders_are_read_whole_and_every_event_has_an_id_of_its_own() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop");
    let shop = Shop::read(&folder.join(FILE)).unwrap();
    let n_purchases = shop.days.iter().flatten().filter(|visit| matches!(visit, Visit::Buy { .. })).count();
    let n_former: usize = shop.former.iter().map(|former| former.orders.len()).sum();
    assert_eq!(n_purchases + n_former, 69_659);
    assert!(shop.n_days() >= 547);
    let (mut n_events, mut ids) = (0, BTreeSet::new());
    for day in 0..40 {
        for event in shop.events(day) {
            n_events += 1;
            ids.insert(event["messageId"].to_string());
        }
    }
    assert_eq!(ids.len(), n_events);
}
