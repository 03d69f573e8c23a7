use super::WarmUp;
use crate::time::Timestamp;

fn limit(at: &str) -> (u32, Option<u32>) {
    let warm_up = WarmUp { starts: "2026-11-20".parse().unwrap(), limits: vec![50, 100, 500] };
    let today = warm_up.today(Timestamp::parse(at).unwrap());
    (today.number, today.limit)
}

#[test]
fn each_of_the_first_days_has_its_bound_and_after_them_there_is_none() {
    assert_eq!(limit("2026-11-19T23:59:59.999Z"), (0, Some(0)));
    assert_eq!(limit("2026-11-20T00:00:00Z"), (1, Some(50)));
    assert_eq!(limit("2026-11-21T23:59:59.999Z"), (2, Some(100)));
    assert_eq!(limit("2026-11-22T00:00:00Z"), (3, Some(500)));
    assert_eq!(limit("2026-11-23T00:00:00Z"), (4, None));
    assert_eq!(limit("2027-11-23T00:00:00Z"), (369, None));
}

#[test]
fn a_day_ends_where_the_next_begins() {
    let warm_up = WarmUp { starts: "2026-11-20".parse().unwrap(), limits: vec![50] };
    let today = warm_up.today(Timestamp::parse("2026-11-20T12:00:00Z").unwrap());
    assert_eq!(today.until, Timestamp::parse("2026-11-21T00:00:00Z").unwrap());
}
