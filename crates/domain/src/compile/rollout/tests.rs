use super::{Counts, Gates, OnBroken, Plan, Rollout, Stage, Verdict, next};
use crate::time::{Period, Timestamp};

const HOUR_MS: i64 = 3_600_000;

fn rollout(stage: usize, gates: Gates) -> Rollout {
    let stage_of =
        |(of_10_000, hours): (u32, i64)| Stage { of_10_000, at_least: Period::from_millis(hours * HOUR_MS) };
    let stages = [(500, 24), (5_000, 48), (10_000, 1)].map(stage_of).to_vec();
    Rollout {
        version: 3,
        previous: 2,
        plan: Plan { stages, gates, on_broken: OnBroken::Halt },
        stage,
        stage_since: Timestamp::default(),
        since: Timestamp::default(),
        by_hand: None,
    }
}

fn judged(rollout: &Rollout, hour: i64, new: [u64; 3], previous: [u64; 3]) -> String {
    let counts = |[entered, failed, goals]: [u64; 3]| Counts { entered, failed, goals, ..Counts::default() };
    match next(rollout, Timestamp::from_millis(hour * HOUR_MS), counts(new), counts(previous)) {
        Verdict::Wait { until: Some(until) } => format!("wait until {}h", until.as_millis() / HOUR_MS),
        Verdict::Wait { until: None } => "wait".to_owned(),
        Verdict::Advance => "advance".to_owned(),
        Verdict::Finish => "finish".to_owned(),
        Verdict::Broken { which, numbers } => format!("{which}: {numbers}"),
    }
}

#[test]
fn s9_3_a_stage_ends_when_its_time_is_up_and_enough_have_entered() {
    let gates = Gates { entries_min: 100, ..Gates::default() };
    let cases = [
        (0, 0, 0, "wait until 24h"),
        (0, 23, 500, "wait until 24h"),
        (0, 24, 99, "wait"),
        (0, 24, 100, "advance"),
        (1, 47, 500, "wait until 48h"),
        (1, 48, 500, "advance"),
        (2, 1, 500, "finish"),
        (9, 0, 500, "finish"),
    ];
    for (stage, hour, entered, said) in cases {
        assert_eq!(
            judged(&rollout(stage, gates), hour, [entered, 0, 0], [0, 0, 0]),
            said,
            "{stage} {hour} {entered}"
        );
    }
}

#[test]
fn s9_3_a_broken_gate_is_told_at_once_with_its_numbers_but_not_of_too_few() {
    let gates = Gates {
        errors_max_percent: Some(2),
        goal_rate_min_percent_of_previous: Some(80),
        entries_min: 100,
        ..Gates::default()
    };
    let cases = [
        // Two of a hundred are not more than 2 %.
        ([100, 2, 50], [1_000, 0, 500], "wait until 24h"),
        (
            [100, 3, 50],
            [1_000, 0, 500],
            "errors_max_percent: 3 of 100 runs of the new version failed, more than 2 %",
        ),
        ([99, 99, 0], [1_000, 0, 500], "wait until 24h"),
        ([100, 0, 40], [1_000, 0, 500], "wait until 24h"),
        (
            [100, 0, 39],
            [1_000, 0, 500],
            "goal_rate_min_percent_of_previous: 39 goals of 100 entries, below 80 % of the previous version's rate: 500 of 1000",
        ),
        // Of the previous version too little is known.
        ([100, 0, 0], [99, 0, 99], "wait until 24h"),
        ([100, 0, 0], [1_000, 0, 0], "wait until 24h"),
    ];
    for (new, previous, said) in cases {
        assert_eq!(judged(&rollout(0, gates), 1, new, previous), said, "{new:?} {previous:?}");
    }
}

#[test]
fn s9_3_bounces_complaints_and_opt_outs_of_the_new_versions_messages_break_gates() {
    let gates = Gates {
        bounces_max_of_10_000: Some(200),
        complaints_max_of_10_000: Some(10),
        unsubscribes_max_of_10_000: Some(150),
        ..Gates::default()
    };
    let verdict = |bounced, complained, unsubscribed| {
        let new =
            Counts { entered: 2_000, sent: 1_000, bounced, complained, unsubscribed, ..Counts::default() };
        next(&rollout(0, gates), Timestamp::default(), new, Counts::default())
    };
    assert!(matches!(verdict(20, 1, 15), Verdict::Wait { .. }), "as many as may be");
    for (verdict, which, said) in [
        (
            verdict(21, 0, 0),
            "bounces_max_percent",
            "21 of 1000 messages of the new version came back, more than 2.00 %",
        ),
        (
            verdict(0, 2, 0),
            "complaints_max_percent",
            "2 of 1000 messages of the new version were called spam, more than 0.10 %",
        ),
        (
            verdict(0, 0, 16),
            "unsubscribes_max_percent",
            "16 of 1000 messages of the new version led to an opt-out, more than 1.50 %",
        ),
    ] {
        assert_eq!(verdict, Verdict::Broken { which, numbers: said.to_owned() });
    }
}

#[test]
fn s9_3_a_share_set_by_hand_waits_for_a_person_but_its_gates_still_break() {
    let gates = Gates { errors_max_percent: Some(2), ..Gates::default() };
    let rollout = Rollout { by_hand: Some(2_500), ..rollout(0, gates) };
    assert_eq!(rollout.of_10_000(), 2_500);
    assert_eq!(judged(&rollout, 99, [10, 0, 0], [0, 0, 0]), "wait");
    assert!(judged(&rollout, 99, [10, 1, 0], [0, 0, 0]).starts_with("errors_max_percent"));
}

#[test]
fn a_rollout_says_in_json_what_its_plan_says() {
    let gates = Gates { errors_max_percent: Some(2), ..Gates::default() };
    let text = serde_json::to_string(&rollout(1, gates)).unwrap();
    insta::assert_snapshot!(text, @r#"{"version":3,"previous":2,"stages":[{"of_10_000":500,"at_least":86400000},{"of_10_000":5000,"at_least":172800000},{"of_10_000":10000,"at_least":3600000}],"gates":{"errors_max_percent":2,"entries_min":0},"on_broken":"halt","stage":1,"stage_since":0,"since":0}"#);
    assert_eq!(serde_json::from_str::<Rollout>(&text).unwrap(), rollout(1, gates));
}
