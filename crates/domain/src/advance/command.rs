//! What a person or the API asks for: an input like any other (SEMANTICS 11.1).

use super::turn::{About, Stimulus, Turn};
use super::{entering, intake, leaving, news, segments};
use crate::input::{Command, Order};
use crate::predicate::ConsentOf;
use crate::record::{Decision, Refusal};
use crate::run::EndReason;

/// Carries out a command.
pub(super) fn take(turn: &mut Turn<'_>, command: &Command) {
    let order = serde_json::to_value(&command.order).map_or_else(|_| String::new(), |order| order.to_string());
    let decision = Decision::Commanded { by: command.by.clone(), order, reason: command.reason.clone() };
    turn.note("11.1", About::default(), decision);
    let mut concerns = Vec::new();
    match &command.order {
        Order::StartRun { workflow, data } => {
            if !entering::trigger_by_api(turn, workflow, data) {
                let detail = format!("the workflow `{workflow}` has no live version with an `api` trigger");
                turn.note("4.1", About::default(), Decision::Refused { reason: Refusal::NoApiTrigger, detail });
            }
        }
        Order::EndRun { run } => {
            let detail = command.reason.clone().unwrap_or_else(|| format!("by {}", command.by));
            leaving::end(turn, *run, EndReason::RemovedByHand, &detail, "11.1");
        }
        Order::ChannelConsent { channel, answer } => {
            let of = ConsentOf::Channel(channel.clone());
            intake::give_consent(turn, &of, *answer, &command.by, &mut concerns);
        }
        Order::CategoryConsent { category, answer } => {
            let of = ConsentOf::Category(category.clone());
            intake::give_consent(turn, &of, *answer, &command.by, &mut concerns);
        }
        Order::Suppression { channel, address, suppressed } => {
            let reason = command.reason.clone().unwrap_or_else(|| format!("by {}", command.by));
            intake::suppress(turn, channel, address, suppressed.then_some(reason.as_str()));
        }
        Order::RequeueMessage { message } => {
            news::requeue(turn, *message);
        }
    }
    let segments = segments::recompute(turn, &concerns, turn.at);
    super::stimulate(turn, &Stimulus { segments, hop: turn.hop, ..Stimulus::default() });
}
