//! What came of an order to one contact: done, kept for later, or not done and why.

use serde_json::Value;

use crate::exit::{Exit, Failure};
use crate::output::{Output, member};

/// Prints what was decided; an order that came to nothing is a failure.
pub fn finish(output: Output, answer: &Value) -> Result<(), Failure> {
    if let Some(why) = refused(answer) {
        return Err(Failure::new(Exit::Conflict, "not_done", format!("nothing was done: {why}"))
            .hint("`wend contact show` tells where the contact is"));
    }
    output.finish(answer, || {
        if answer.get("queued").and_then(Value::as_bool) == Some(true) {
            return "kept: it is carried out after earlier inputs of the contact".to_owned();
        }
        let lines: Vec<String> = decisions(answer).iter().map(|decision| member(decision, "text")).collect();
        if lines.is_empty() { "done".to_owned() } else { lines.join("\n") }
    })
}

/// Why an order came to nothing, if it did: it was refused, and nothing else followed from it.
fn refused(answer: &Value) -> Option<String> {
    let is_refusal = |decision: &Value| ["not_done", "refused"].contains(&&*member(decision, "decision"));
    let mut followed = decisions(answer).iter().filter(|decision| decision.get("order").is_none()).peekable();
    let found = *followed.peek()?;
    if !followed.all(is_refusal) {
        return None;
    }
    let why = member(found, "why");
    Some(if why.is_empty() { member(found, "text") } else { why })
}

fn decisions(answer: &Value) -> &[Value] {
    answer.get("decisions").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

#[cfg(test)]
mod tests;
