//! Summaries against the whole history that they stand for.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::limits::PIECES_MAX;
use crate::predicate::Test;
use crate::value::Operand;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn ms(millis: i64) -> Period {
    Period::from_millis(millis)
}

/// Orders with a total, as far as rules with windows up to `window_ms` ask for them.
fn orders(window_ms: Option<i64>, newest_enough: Option<usize>) -> SummaryDefinition {
    SummaryDefinition {
        event: EventName::from("Order"),
        filter: Vec::new(),
        value: Path::parse("total"),
        windows: window_ms.map(ms).into_iter().collect(),
        newest_enough,
        noted: None,
        tallied: false,
        since: 1,
    }
}

fn order(occurred_at: i64, total: f64) -> PastEvent {
    let Value::Object(properties) = json!({ "total": total }) else { unreachable!("it is an object") };
    PastEvent { name: EventName::from("Order"), occurred_at: at(occurred_at), properties }
}

/// Notes an event; whether it counts.
fn note(summary: &mut Summary, definition: &SummaryDefinition, event: &PastEvent, at: Timestamp) -> bool {
    let counted = definition.counted(&event.name, &event.properties, event.occurred_at);
    let counts = counted.is_some();
    if let Some(counted) = counted {
        summary.note(definition, counted, at);
    }
    counts
}

fn noted(definition: &SummaryDefinition, times: &[i64], now: i64) -> Summary {
    let mut summary = Summary::default();
    for time in times {
        assert!(note(&mut summary, definition, &order(*time, 1.0), at(now)));
    }
    summary
}

fn times(summary: &Summary) -> Vec<i64> {
    summary.entries.iter().map(|occurrence| occurrence.0.as_millis()).collect()
}

#[test]
fn s6_2_an_event_leaves_a_window_exactly_when_it_has_been_there_for_its_length() {
    let summary = noted(&orders(Some(100), None), &[1_000], 1_000);
    for (now, expected) in [(999, 0), (1_000, 1), (1_099, 1), (1_100, 0)] {
        assert_eq!(summary.count_within(at(now), Some(ms(100))), expected, "at {now}");
    }
}

#[test]
fn late_events_find_their_place_and_what_left_the_window_is_forgotten() {
    let definition = orders(Some(100), None);
    let summary = noted(&definition, &[1_000, 950, 980, 900, 899, 901], 1_000);
    assert_eq!(times(&summary), [901, 950, 980, 1_000]);
    assert_eq!((summary.count, summary.first, summary.last), (6, Some(at(899)), Some(at(1_000))));
    assert_eq!(summary.sum.to_string(), "6");
}

#[test]
fn only_the_newest_that_suffice_are_kept() {
    let summary = noted(&orders(Some(100), Some(2)), &[1_000, 990, 995, 996], 1_000);
    assert_eq!(times(&summary), [996, 1_000]);
    assert!(!summary.spilled);
    let summary = noted(&orders(None, None), &[1_000, 990], 1_000);
    assert_eq!(times(&summary), [0_i64; 0]);
    assert_eq!(summary.count_within(at(1_000), None), 2);
}

#[test]
fn s2_1_an_event_from_the_future_counts_once_its_time_has_come() {
    let definition = orders(None, None);
    let mut summary = noted(&definition, &[1_000], 1_000);
    note(&mut summary, &definition, &order(2_000, 7.0), at(1_500));
    assert_eq!(times(&summary), [1_000, 2_000]);
    let seen = |now| {
        (summary.count_within(at(now), None), summary.sum_within(at(now), None), summary.last_at(at(now)))
    };
    assert_eq!(seen(1_999), (1, 1.0, Some(at(1_000))));
    assert_eq!(seen(2_000), (2, 8.0, Some(at(2_000))));
    assert_eq!(summary.next_at(at(1_999)), Some(at(2_000)));
    assert_eq!(summary.next_at(at(2_000)), None);
    assert_eq!(noted(&definition, &[2_000], 1_000).first_at(at(1_999)), None);
}

#[test]
fn events_that_the_filter_refuses_are_not_counted() {
    let mut definition = orders(None, None);
    let tests = vec![Test::Gte(Operand::Literal(json!(50)))];
    definition.filter = vec![PropertyTest { path: Path::parse("total").unwrap(), tests }];
    let mut summary = Summary::default();
    assert!(!note(&mut summary, &definition, &order(1, 49.99), at(1)));
    assert!(note(&mut summary, &definition, &order(2, 50.0), at(2)));
    let other = PastEvent { name: EventName::from("Refund"), ..order(3, 60.0) };
    assert!(!note(&mut summary, &definition, &other, at(3)));
    assert_eq!(summary.count, 1);
}

#[test]
fn a_filter_on_a_date_is_judged_as_of_the_event() {
    let mut definition = orders(None, None);
    definition.filter = vec![PropertyTest {
        path: Path::parse("ordered").unwrap(),
        tests: vec![Test::WithinLast(ms(86_400_000))],
    }];
    let Value::Object(properties) = json!({ "ordered": "2026-03-28" }) else {
        unreachable!("it is an object")
    };
    let name = EventName::from("Order");
    let counts = |text| definition.counted(&name, &properties, Timestamp::parse(text).unwrap()).is_some();
    assert!(!counts("2026-03-27T23:59:59.999Z"));
    assert!(counts("2026-03-28T00:00Z"));
    assert!(counts("2026-03-28T23:59:59.999Z"));
    assert!(!counts("2026-03-29T00:00Z"));
}

#[test]
fn what_is_not_among_the_newest_is_counted_as_one_until_a_window_ends_in_it() {
    let definition = orders(Some(10_000), None);
    let n = SUMMARY_ENTRIES_MAX as i64 + 44;
    let history: Vec<PastEvent> = (1..=n).map(|time| order(time, 1.0)).collect();
    let now = at(n);
    let mut summary = noted(&definition, &(1..=n).collect::<Vec<_>>(), now.as_millis());
    assert_eq!(summary.entries.len() as i64, n, "nothing is put together before rules were asked");
    summary.trim(&definition, now);
    assert_eq!(times(&summary)[0], 173);
    let spans = |summary: &Summary| {
        let span = |piece: &Piece| {
            (piece.from().as_millis(), piece.until().as_millis(), matches!(piece, Piece::Open(_)))
        };
        summary.pieces.iter().map(span).collect::<Vec<_>>()
    };
    assert_eq!(spans(&summary), [(1, 128, false), (129, 172, false)]);
    assert_eq!(summary.unread(&definition.windows, now, at(10_000)), None);
    assert_eq!(summary.first_within(now, ms(10_000)), Some(at(1)), "that is when it must be opened");

    let due = at(10_001);
    let stretch = summary.unread(&definition.windows, now, due).unwrap();
    assert_eq!((stretch.from, stretch.until), (at(1), at(128)));
    summary.open(&definition, &history, now, due);
    assert_eq!(summary.count_within(due, Some(ms(10_000))), 299);
    summary.trim(&definition, due);
    assert_eq!(spans(&summary), [(2, 128, true), (129, 172, false)]);
    summary.trim(&definition, at(10_128));
    assert_eq!(spans(&summary), [(129, 172, false)]);
    assert_eq!(summary.count, 300);
}

#[test]
fn s9_5_a_summary_of_many_events_to_come_counts_those_whose_time_has_come() {
    let definition = orders(None, None);
    let n = SUMMARY_ENTRIES_MAX as i64;
    let all: Vec<i64> = (1..=n + 10).map(|n| n + 1_000).collect();
    let mut summary = noted(&definition, &all, 1_000);
    let history: Vec<PastEvent> = all.iter().map(|time| order(*time, 1.0)).collect();
    summary.trim(&definition, at(1_000));
    assert_eq!(summary.next_at(at(1_000)), Some(at(1_001)));
    assert_eq!(summary.count_within(at(1_000), None), 0);
    summary.open(&definition, &history, at(1_000), at(1_011));
    assert_eq!(summary.count_within(at(1_011), None), 11);
}

#[test]
fn s9_5_a_rebuilt_summary_may_hold_more_than_is_stored() {
    let definition = orders(Some(10_000), None);
    let n = SUMMARY_ENTRIES_MAX as i64 + 10;
    let history: Vec<PastEvent> = (1..=n).rev().map(|time| order(time, 2.0)).collect();
    let mut summary = Summary::rebuild(&definition, history.iter(), at(n));
    note(&mut summary, &definition, &order(n + 1, 2.0), at(n + 1));
    assert_eq!(summary.count_within(at(n + 1), Some(ms(10_000))), n as u64 + 1);
    assert!(summary.pieces.is_empty());
    summary.trim(&definition, at(n + 1));
    let stored = serde_json::to_string(&summary).unwrap();
    assert_eq!(serde_json::from_str::<Summary>(&stored).unwrap(), summary);
    assert!(!summary.pieces.is_empty());
}

/// What a summary answers, compared as text because sums are floating-point numbers.
fn answers(summary: &Summary, now: Timestamp, within: Period, enough: usize) -> String {
    format!(
        "{} {} {:?} {:?} {}",
        summary.count_within(now, None),
        summary.sum_within(now, None),
        summary.first_at(now),
        summary.last_at(now),
        summary.count_within(now, Some(within)).min(enough as u64),
    )
}

proptest! {
    #[test]
    fn a_summary_kept_event_by_event_answers_as_the_whole_history_does(
        // When each input is taken after the one before, and how far its event's time lies from then.
        inputs in prop::collection::vec((0..20_i64, -120..60_i64, 0..5_u8), 1..40),
        window_ms in prop::option::of(1..100_i64),
        newest_enough in prop::option::of(0..4_usize),
        asked_ms in 1..100_i64,
    ) {
        let definition = orders(window_ms, newest_enough);
        let within = ms(asked_ms.min(window_ms.unwrap_or(1)));
        let enough = match window_ms {
            Some(_) => newest_enough.unwrap_or(usize::MAX),
            None => 0,
        };
        let (mut summary, mut history, mut now) = (Summary::default(), Vec::new(), 1_000);
        for (later, offset, total) in inputs {
            now += later;
            let event = order(now + offset, f64::from(total));
            note(&mut summary, &definition, &event, at(now));
            summary.trim(&definition, at(now));
            history.push(event);
            for ahead in [0, 1, 10, 70, 200] {
                let asked_at = at(now + ahead);
                let past: Vec<&PastEvent> = history.iter().filter(|event| event.occurred_at <= asked_at).collect();
                let in_window = past.iter().filter(|event| asked_at < event.occurred_at + within).count();
                let model = format!(
                    "{} {} {:?} {:?} {}",
                    past.len(),
                    past.iter().fold(0.0, |sum, event| sum + event.properties["total"].as_f64().unwrap()),
                    past.iter().map(|event| event.occurred_at).min(),
                    past.iter().map(|event| event.occurred_at).max(),
                    in_window.min(enough),
                );
                prop_assert_eq!(answers(&summary, asked_at, within, enough), model);
            }
        }
        let rebuilt = Summary::rebuild(&definition, history.iter(), at(now));
        prop_assert_eq!(answers(&rebuilt, at(now), within, enough), answers(&summary, at(now), within, enough));
    }
}

/// What was looked at, with how often each thing ever was.
fn looks(window_ms: Option<i64>) -> SummaryDefinition {
    SummaryDefinition {
        event: EventName::from("Look"),
        value: None,
        noted: Path::parse("sku"),
        tallied: window_ms.is_none(),
        ..orders(window_ms, None)
    }
}

fn look(occurred_at: i64, sku: &str) -> PastEvent {
    let Value::Object(properties) = json!({ "sku": sku }) else { unreachable!("it is an object") };
    PastEvent { name: EventName::from("Look"), occurred_at: at(occurred_at), properties }
}

#[test]
fn an_event_without_the_noted_property_is_not_counted() {
    let definition = looks(None);
    for value in [json!(null), json!([1]), json!({ "a": 1 }), json!("x".repeat(NOTED_BYTES_MAX + 1))] {
        let Value::Object(properties) = json!({ "sku": value }) else { unreachable!("it is an object") };
        assert!(definition.counted(&EventName::from("Look"), &properties, at(1)).is_none(), "{value}");
    }
    assert!(!note(&mut Summary::default(), &definition, &order(1, 1.0), at(1)));
}

#[test]
fn what_is_frequent_gets_in_however_many_different_values_there_are() {
    let definition = looks(None);
    let mut summary = Summary::default();
    for n in 0..1_000 {
        let sku = if n % 10 == 9 { "often".to_owned() } else { format!("sku {n}") };
        note(&mut summary, &definition, &look(n, &sku), at(n));
    }
    assert_eq!(summary.tallies.len(), TALLIES_MAX);
    assert_eq!(summary.most_frequent_at(at(1_000), None), Some(json!("often")));
}

proptest! {
    #[test]
    fn what_was_first_last_and_most_frequent_is_what_the_whole_history_says(
        inputs in prop::collection::vec((1..20_i64, 0..120_i64, 0..4_u8), 1..30),
        window_ms in prop::option::of(1..150_i64),
    ) {
        let window_ms = window_ms.map(|window| window * 100);
        let definition = looks(window_ms);
        let within = window_ms.map(ms);
        let (mut summary, mut history, mut now) = (Summary::default(), Vec::new(), 1_000);
        for (n, (later, ago, sku)) in inputs.into_iter().enumerate() {
            now += later;
            // No two at the same instant: then there is no telling which was first.
            let event = look((now - ago) * 100 + n as i64, &format!("sku {sku}"));
            let asked_at = at(now * 100 + 99);
            note(&mut summary, &definition, &event, asked_at);
            summary.trim(&definition, asked_at);
            history.push(event);
            for summary in [&summary, &Summary::rebuild(&definition, history.iter(), asked_at)] {
                let mut there: Vec<&PastEvent> = history.iter().collect();
                there.retain(|event| within.is_none_or(|within| asked_at < event.occurred_at + within));
                there.sort_by_key(|event| event.occurred_at);
                let sku = |event: &&&PastEvent| event.properties["sku"].clone();
                let times = |event: &&&PastEvent| {
                    let same = there.iter().filter(|other| other.properties == event.properties);
                    (same.count(), event.occurred_at)
                };
                prop_assert_eq!(summary.first_noted_at(asked_at, within).cloned(), there.first().as_ref().map(sku));
                prop_assert_eq!(summary.last_noted_at(asked_at, within).cloned(), there.last().as_ref().map(sku));
                let most = there.iter().max_by_key(times);
                prop_assert_eq!(summary.most_frequent_at(asked_at, within), most.as_ref().map(sku));
            }
        }
    }
}

/// A contact's summary as it is kept, and what it reads of its history.
struct Kept {
    definition: SummaryDefinition,
    summary: Summary,
    history: Vec<PastEvent>,
    now: i64,
    n_read: usize,
}

impl Kept {
    fn new(definition: SummaryDefinition) -> Self {
        Self { definition, summary: Summary::default(), history: Vec::new(), now: 0, n_read: 0 }
    }

    /// Takes an input as `advance` does: what must be read is read first.
    fn take(&mut self, now: i64, event: Option<PastEvent>) {
        let (since, now) = (at(self.now), now.max(self.now));
        if let Some(stretch) = self.summary.unread(&self.definition.windows, since, at(now)) {
            let read: Vec<PastEvent> =
                self.history.iter().filter(|event| stretch.has(event.occurred_at)).cloned().collect();
            self.n_read += read.len();
            self.summary.open(&self.definition, &read, since, at(now));
        }
        if let Some(event) = event {
            note(&mut self.summary, &self.definition, &event, at(now));
            self.history.push(event);
        }
        self.summary.trim(&self.definition, at(now));
        self.now = now;
    }

    fn answers(&self, now: i64) -> String {
        let rebuilt = Summary::rebuild(&self.definition, self.history.iter(), at(now));
        let answers = |summary: &Summary| {
            let windows = self.definition.windows.iter().map(|window| {
                format!(
                    "{window:?}: {} {} {:?} {:?} {:?} {:?}",
                    summary.count_within(at(now), Some(*window)),
                    summary.sum_within(at(now), Some(*window)),
                    summary.first_within(at(now), *window),
                    summary.last_within(at(now), *window),
                    summary.first_noted_at(at(now), Some(*window)),
                    summary.most_frequent_at(at(now), Some(*window)),
                )
            });
            format!(
                "{} {} {:?} {:?}\n{}",
                summary.count_within(at(now), None),
                summary.sum_within(at(now), None),
                summary.last_at(at(now)),
                summary.next_at(at(now)),
                windows.collect::<Vec<_>>().join("\n")
            )
        };
        let (kept, model) = (answers(&self.summary), answers(&rebuilt));
        assert_eq!(kept, model, "at {now}");
        kept
    }
}

#[test]
fn a_summary_of_thousands_reads_each_event_about_once_for_each_window_and_stays_small() {
    let mut definition = looks(Some(300_000));
    definition.value = Path::parse("total");
    definition.windows.insert(ms(40_000));
    let mut kept = Kept::new(definition);
    let n: i64 = 10_000;
    let mut n_bytes_max = 0;
    for time in 0..n {
        let mut event = look(time * 100, &format!("sku {}", time % 7));
        event.properties.insert("total".to_owned(), json!(time % 5));
        kept.take(time * 100, Some(event));
        n_bytes_max = n_bytes_max.max(serde_json::to_vec(&kept.summary).unwrap().len());
        if time % 333 == 0 {
            kept.answers(time * 100);
        }
    }
    assert!(kept.n_read as i64 <= 3 * n, "{} events were read for {n}", kept.n_read);
    assert!(n_bytes_max < 40_000, "{n_bytes_max} bytes");
}

#[test]
fn a_window_in_which_nothing_ends_reads_nothing() {
    let mut kept = Kept::new(orders(Some(1_000_000), None));
    for time in 0..20_000 {
        kept.take(time, Some(order(time, 1.0)));
    }
    assert_eq!(kept.n_read, 0);
    assert!(kept.summary.pieces.len() <= PIECES_MAX);
    kept.answers(20_000);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn a_summary_in_pieces_answers_as_the_whole_history_does(
        // How often it goes on like this, by how much, and how far an event's time lies from then.
        inputs in prop::collection::vec((1..400_i64, 0..40_i64, -9_000..900_i64, 0..9_i64), 1..12),
        windows in prop::collection::btree_set(1..9_000_i64, 1..4),
    ) {
        let mut definition = looks(None);
        definition.tallied = false;
        definition.value = Path::parse("total");
        definition.windows = windows.into_iter().map(ms).collect();
        let (mut kept, mut now, mut n) = (Kept::new(definition), 10_000, 0);
        for (times, later, offset, sku) in inputs {
            for time in 0..times {
                now += later;
                n += 1;
                // One in five lies elsewhere; no two at the same instant, or there is no telling which was first.
                let then = if time % 5 == 0 { now + offset + time } else { now };
                let mut event = look(then * 1_000 + n, &format!("sku {}", (sku + time) % 9));
                event.properties.insert("total".to_owned(), json!(time % 4));
                kept.take(now * 1_000 + n, Some(event));
            }
            // Windows are asked when their time has come, as an alarm does.
            for later in [0, 1, 37, 500] {
                kept.take((now + later) * 1_000 + n, None);
                kept.answers((now + later) * 1_000 + n);
            }
            now += 500;
        }
    }
}
