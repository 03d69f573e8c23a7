use serde_json::json;

use super::work::{JobWork, posted};
use super::*;

fn job(kind: &str, params_json: &str, pace: Option<u32>) -> Job {
    Job {
        id: "j".to_owned(),
        workspace: "shop".into(),
        kind: kind.to_owned(),
        revision: 1,
        params_json: params_json.to_owned(),
        pace,
        by: "ada".to_owned(),
        cursor: None,
        looked_at: 0,
        done: 0,
        total: 0,
        finished: false,
        cancelled: false,
        next_at: Timestamp::default(),
        created_at: Timestamp::default(),
        result_json: None,
    }
}

#[test]
fn a_job_is_read_as_it_was_written_whatever_its_kind() {
    let works = [
        JobWork::Recompute,
        JobWork::Backfill { workflow: "welcome".into() },
        JobWork::Resume { workflow: "welcome".into() },
        JobWork::Discard { workflow: "welcome".into(), reason: "over".to_owned() },
        JobWork::Schedule {
            workflow: "welcome".into(),
            trigger: 0,
            occurrence: "2026-01-05T09:00:00".parse().unwrap(),
        },
        JobWork::Postings { pairs: vec![("Product Viewed".into(), "sku".to_owned())] },
    ];
    for work in works {
        assert_eq!(JobWork::of(&job(work.kind(), &work.params(), None)).unwrap(), work);
    }
    assert_eq!(JobWork::of(&job("recompute", "{}", None)).unwrap(), JobWork::Recompute);
    assert!(JobWork::of(&job("bulk", "{}", None)).is_err());
}

#[test]
fn a_job_with_a_pace_rests_as_long_as_what_it_did_takes() {
    let rest = |pace, n| rest(&job("bulk", "{}", pace), n).as_millis();
    assert_eq!(rest(None, 500), 0);
    assert_eq!(rest(Some(1_000), 500), 500);
    assert_eq!(rest(Some(10), 10), 1_000);
}

#[test]
fn a_number_is_the_same_value_however_it_is_written_and_no_text() {
    assert_eq!(posted(&json!(42)), posted(&json!(42.0)));
    assert_ne!(posted(&json!(42)), posted(&json!("42")));
    assert_eq!(posted(&json!(["a"])), None);
    assert_eq!(posted(&json!("é".repeat(300))).unwrap().len(), 201);
}
