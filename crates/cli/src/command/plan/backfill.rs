//! Who would be let in by the backfills of a plan, in words.

use serde_json::Value;

/// A line per backfill; empty if there is none.
pub fn shown(answer: &Value) -> String {
    let backfills = answer.get("backfill").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    backfills.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn line(backfill: &Value) -> String {
    let number = |key: &str| backfill.get(key).and_then(Value::as_u64).unwrap_or_default();
    let workflow = backfill.get("workflow").and_then(Value::as_str).unwrap_or_default();
    let refused = backfill.get("refused").and_then(Value::as_object);
    let refused: Vec<String> = refused
        .into_iter()
        .flatten()
        .map(|(why, n_contacts)| format!("{n_contacts} {}", why.replace('_', " ")))
        .collect();
    let among = if backfill.get("is_whole").and_then(Value::as_bool) == Some(true) {
        format!("{} contacts", number("looked_at"))
    } else {
        format!("the first {} contacts", number("looked_at"))
    };
    let others = if refused.is_empty() { String::new() } else { format!(" (not: {})", refused.join(", ")) };
    format!("backfill of {workflow}: {} of {among} would enter now{others}", number("would_enter"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::shown;

    #[test]
    fn a_backfill_is_told_with_those_who_would_not_enter() {
        let backfill = json!({
            "workflow": "welcome", "looked_at": 4, "would_enter": 2, "is_whole": true,
            "refused": { "audience": 1, "no_match": 1 },
        });
        let answer = json!({ "backfill": [backfill] });
        assert_eq!(
            shown(&answer),
            "backfill of welcome: 2 of 4 contacts would enter now (not: 1 audience, 1 no match)"
        );
        assert_eq!(shown(&json!({})), "");
    }
}
