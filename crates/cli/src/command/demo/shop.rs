//! From a list of orders to what customers do on each day.
//!
//! The orders are a real shop's (see `examples/shop/data/SOURCE.md`). What must have happened before each - looking,
//! filling a cart, going to the checkout - and the carts that were left behind are made up from a hash of the customer
//! and the order, so that they are the same in every demo.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use anyhow::Context as _;
use flate2::read::MultiGzDecoder;
use jiff::civil::Date;
use serde_json::{Value, json};
use wend_domain::id::chance;

use crate::command::events::{identify, track};
use crate::exit::{Exit, Failure};

/// Where the orders are in the example's folder.
pub const FILE: &str = "data/CDNOW_master.txt.gz";
/// A customer who is there from the first day.
pub const EXAMPLE_CUSTOMER: &str = "00001";

/// One order in so many is followed, weeks later, by a cart that is left behind.
const ABANDONED_ONE_IN: u64 = 5;
/// The earliest day after an order on which a cart is left behind, and how many days later at most.
const ABANDONED_AFTER_DAYS: u64 = 5;
const ABANDONED_WITHIN_DAYS: u64 = 30;
/// The most products that are looked at before an order.
const VIEWS_MAX: u64 = 3;
/// The minutes of the day in which customers come, in UTC.
const OPENS_AT_MINUTE: u64 = 7 * 60;
const OPEN_FOR_MINUTES: u64 = 12 * 60;
/// How many minutes after filling a cart customers buy, at most; some hesitate for longer than an hour.
const HESITATE_MINUTES_MAX: u64 = 90;
/// Where customers live, so that at any hour some may be written to.
const ZONES: [&str; 3] = ["Europe/Berlin", "America/New_York", "Asia/Tokyo"];
/// One customer in so many has the shop's app, and so can get push messages.
const APP_ONE_IN: u64 = 2;
/// What the shop sells.
const GENRES: [&str; 6] = ["jazz", "rock", "classical", "electronic", "folk", "soul"];

/// One order.
#[derive(Debug, Clone, PartialEq)]
struct Order {
    customer: String,
    date: Date,
    n_records: u32,
    dollars: f64,
    /// Which order of the customer it is, from 0.
    number: usize,
}

/// What one customer does at once.
#[derive(Debug, Clone, PartialEq)]
pub enum Visit {
    /// Comes for the first time and signs up.
    SignUp(String),
    /// Looks around and fills a cart.
    FillCart { customer: String, cart: String, n_records: u32, dollars: f64 },
    /// Buys what is in it.
    Buy { customer: String, cart: String, n_records: u32, dollars: f64 },
}

/// Everything that happens in the shop.
#[derive(Debug)]
pub struct Shop {
    /// The first day.
    first: Date,
    /// What happens on each day, from the first, each at a minute of the day.
    days: Vec<Vec<(u64, Visit)>>,
}

/// What a client sends, and at which minute of the day.
#[derive(Debug, Clone, PartialEq)]
pub struct Timed {
    /// The minute.
    pub minute: u64,
    /// The call.
    pub event: Value,
}

impl Shop {
    /// Reads the orders.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let file = File::open(path).with_context(|| {
            format!("cannot open the shop's orders in {} (run this in the repository)", path.display())
        })?;
        let mut orders = Vec::new();
        let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
        for (index, line) in BufReader::new(MultiGzDecoder::new(file)).lines().enumerate() {
            let line = line.with_context(|| format!("cannot read {}", path.display()))?;
            let words: Vec<&str> = line.split_whitespace().collect();
            if index == 0 || words.is_empty() {
                continue;
            }
            let order = order(&words, &mut numbers).ok_or_else(|| {
                let message =
                    format!("{}:{}: this is no customer, date, number and price", path.display(), index + 1);
                Failure::new(Exit::Invalid, "bad_order", message)
            })?;
            orders.push(order);
        }
        Ok(Self::of(orders)?)
    }

    fn of(orders: Vec<Order>) -> anyhow::Result<Self> {
        let first = orders.iter().map(|order| order.date).min().context("the shop has no orders")?;
        let mut days: BTreeMap<i64, Vec<(u64, Visit)>> = BTreeMap::new();
        for order in orders {
            let day = days_between(first, order.date);
            let Order { customer, n_records, dollars, number, .. } = order.clone();
            let cart = format!("{customer}-{number}");
            let comes_at = OPENS_AT_MINUTE + chance("demo comes", &[cart.as_bytes()], OPEN_FOR_MINUTES);
            let buys_at = comes_at + 1 + chance("demo hesitates", &[cart.as_bytes()], HESITATE_MINUTES_MAX);
            let visits = days.entry(day).or_default();
            if number == 0 {
                visits.push((comes_at, Visit::SignUp(customer.clone())));
            }
            let fill = Visit::FillCart { customer: customer.clone(), cart: cart.clone(), n_records, dollars };
            visits.push((comes_at, fill));
            visits.push((buys_at, Visit::Buy { customer, cart, n_records, dollars }));
            if let Some((later, visit)) = abandoned(&order) {
                days.entry(day + later).or_default().push((comes_at, visit));
            }
        }
        let n_days = days.keys().last().map_or(0, |last| last + 1);
        let in_order = |mut visits: Vec<(u64, Visit)>| {
            // A stable sort: what happens in the same minute keeps its order.
            visits.sort_by_key(|(minute, _)| *minute);
            visits
        };
        let days = (0..n_days).map(|day| in_order(days.remove(&day).unwrap_or_default())).collect();
        Ok(Self { first, days })
    }

    /// How many days there are.
    pub fn n_days(&self) -> usize {
        self.days.len()
    }

    /// The date of a day.
    pub fn date(&self, day: usize) -> String {
        let date = self.first.checked_add(jiff::Span::new().days(day as i64));
        date.map_or_else(|_| format!("day {day}"), |date| date.to_string())
    }

    /// What clients send on a day, in order; each event with an id of its own that is the same in every demo.
    pub fn events(&self, day: usize) -> Vec<Timed> {
        let visits = self.days.get(day).into_iter().flatten();
        let calls =
            visits.flat_map(|(minute, visit)| visit.events().into_iter().map(|event| (*minute, event)));
        calls
            .enumerate()
            .map(|(index, (minute, mut event))| {
                event["messageId"] = format!("demo-{day}-{index}").into();
                Timed { minute, event }
            })
            .collect()
    }
}

impl Visit {
    fn events(&self) -> Vec<Value> {
        match self {
            Self::SignUp(customer) => {
                vec![
                    identify(customer, &traits(customer)),
                    track(customer, "Signed Up", &json!({ "source": "web" })),
                ]
            }
            Self::FillCart { customer, cart, n_records, dollars } => {
                let n_views = 1 + chance("demo views", &[cart.as_bytes()], VIEWS_MAX);
                let mut events: Vec<Value> = (0..n_views).map(|view| viewed(customer, cart, view)).collect();
                let contents = json!({ "cart_id": cart, "item_count": n_records, "value": dollars });
                events.push(track(customer, "Cart Updated", &contents));
                events
            }
            Self::Buy { customer, cart, n_records, dollars } => {
                let order =
                    json!({ "order_id": cart, "cart_id": cart, "item_count": n_records, "total": dollars });
                vec![
                    track(customer, "Checkout Started", &json!({ "cart_id": cart })),
                    track(customer, "Order Completed", &order),
                ]
            }
        }
    }
}

fn viewed(customer: &str, cart: &str, view: u64) -> Value {
    let number = chance("demo record", &[cart.as_bytes(), &view.to_be_bytes()], 1_000);
    let genre = GENRES[(number % GENRES.len() as u64) as usize];
    track(customer, "Product Viewed", &json!({ "product_id": format!("cd-{number:03}"), "genre": genre }))
}

fn traits(customer: &str) -> Value {
    let zone = ZONES[chance("demo zone", &[customer.as_bytes()], ZONES.len() as u64) as usize];
    let mut traits = json!({
        "email": format!("c{customer}@customers.example"),
        "first_name": format!("Customer {customer}"),
        "timezone": zone,
    });
    if chance("demo app", &[customer.as_bytes()], APP_ONE_IN) == 0 {
        traits["push_token"] = format!("device-{customer}").into();
    }
    traits
}

/// The cart that this order's customer leaves behind later, if it is one of those.
fn abandoned(order: &Order) -> Option<(i64, Visit)> {
    let number = order.number.to_be_bytes();
    let parts: [&[u8]; 2] = [order.customer.as_bytes(), &number];
    if chance("demo abandons", &parts, ABANDONED_ONE_IN) != 0 {
        return None;
    }
    let later = ABANDONED_AFTER_DAYS + chance("demo abandons after", &parts, ABANDONED_WITHIN_DAYS);
    let (customer, cart) = (order.customer.clone(), format!("{}-{}-left", order.customer, order.number));
    let visit = Visit::FillCart { customer, cart, n_records: order.n_records, dollars: order.dollars };
    Some((later as i64, visit))
}

fn order(words: &[&str], numbers: &mut BTreeMap<String, usize>) -> Option<Order> {
    let &[customer, date, n_records, dollars] = words else {
        return None;
    };
    let number = numbers.entry(customer.to_owned()).or_default();
    let order = Order {
        customer: customer.to_owned(),
        date: Date::strptime("%Y%m%d", date).ok()?,
        n_records: n_records.parse().ok()?,
        dollars: dollars.parse().ok()?,
        number: *number,
    };
    *number += 1;
    Some(order)
}

fn days_between(from: Date, to: Date) -> i64 {
    to.since(from).map_or(0, |span| i64::from(span.get_days()))
}

#[cfg(test)]
mod tests;
