use std::time::Duration;

use super::{Answer, BodyEnd, RETRY_AFTER_MAX, Verdict};

fn answer(status: u16, headers: &[(&str, &str)]) -> Answer {
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Answer { status, headers, body: b"hunter2".to_vec(), body_end: BodyEnd::Whole }
}

#[test]
fn a_status_is_accepted_temporary_or_permanent() {
    let temporary = Verdict::Temporary { retry_after: None };
    for (status, expected) in [
        (200, Verdict::Accepted),
        (204, Verdict::Accepted),
        (299, Verdict::Accepted),
        (101, Verdict::Permanent),
        (301, Verdict::Permanent),
        (304, Verdict::Permanent),
        (400, Verdict::Permanent),
        (401, Verdict::Permanent),
        (404, Verdict::Permanent),
        (408, temporary),
        (409, Verdict::Permanent),
        (410, Verdict::Permanent),
        (422, Verdict::Permanent),
        (425, temporary),
        (429, temporary),
        (500, temporary),
        (503, temporary),
        (599, temporary),
        (600, Verdict::Permanent),
    ] {
        assert_eq!(answer(status, &[]).verdict(), expected, "{status}");
    }
}

#[test]
fn the_time_that_a_receiver_asks_for_is_kept_within_a_day() {
    let date = ("date", "Wed, 21 Oct 2026 07:28:00 GMT");
    for (headers, expected) in [
        (vec![("retry-after", "120")], Some(120)),
        (vec![("retry-after", " 0 ")], Some(0)),
        (vec![("retry-after", "999999999")], Some(RETRY_AFTER_MAX.as_secs())),
        (vec![("retry-after", "99999999999999999999999")], Some(RETRY_AFTER_MAX.as_secs())),
        (vec![("retry-after", "Wed, 21 Oct 2026 07:30:00 GMT"), date], Some(120)),
        (vec![("retry-after", "Wed, 21 Oct 2026 07:00:00 GMT"), date], Some(0)),
        (vec![("retry-after", "Wed, 21 Oct 2099 07:30:00 GMT"), date], Some(RETRY_AFTER_MAX.as_secs())),
        (vec![("retry-after", "Wed, 21 Oct 2026 07:30:00 GMT")], None),
        (vec![("retry-after", "soon"), date], None),
        (vec![("retry-after", "-1"), date], None),
        (vec![("retry-after", ""), date], None),
        (vec![], None),
    ] {
        let retry_after = expected.map(Duration::from_secs);
        assert_eq!(answer(503, &headers).verdict(), Verdict::Temporary { retry_after }, "{headers:?}");
    }
}

#[test]
fn an_answer_is_shown_without_what_it_says() {
    let shown = format!("{:?}", answer(200, &[("x-token", "hunter2")]));
    assert_eq!(shown, "Answer { status: 200, n_headers: 1, body_bytes: 7, body_end: Whole, .. }");
}
