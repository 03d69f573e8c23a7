//! What a person or the API asks for: an input like any other (SEMANTICS 11.1).

use super::consents::{self, How};
use super::turn::{About, SegmentChange, Stimulus, Turn};
use super::{accounts, by_hand, entering, imports, intake, news, segments as memberships, sending, tasks};
use crate::input::{Command, Order};
use crate::predicate::ConsentOf;
use crate::record::Decision;

/// Carries out a command.
///
/// `segments` are the memberships with which a contact that was just heard of begins.
pub(super) fn take(turn: &mut Turn<'_>, command: &Command, mut segments: Vec<SegmentChange>) {
    let order =
        serde_json::to_value(&command.order).map_or_else(|_| String::new(), |order| order.to_string());
    let decision = Decision::Commanded { by: command.by.clone(), order, reason: command.reason.clone() };
    turn.note("11.1", About::default(), decision);
    let mut concerns = Vec::new();
    let mut engaged = None;
    match &command.order {
        Order::StartRun { workflow, data, by_hand } => entering::start(turn, workflow, data, *by_hand),
        Order::OnRuns { runs, what } => by_hand::on_runs(turn, command, runs, what),
        Order::CompleteTask { task, outcome, note } => {
            tasks::complete(turn, *task, outcome, note.as_deref(), &command.by);
        }
        Order::List { list, on } => intake::put_on_list(turn, About::default(), list, *on, &mut concerns),
        Order::Tag { tag, on } => intake::tag(turn, About::default(), tag, *on, &mut concerns),
        Order::Account { account, on } => accounts::set(turn, account, *on, &mut concerns),
        Order::ChannelConsent { channel, answer } => {
            let of = ConsentOf::Channel(channel.clone());
            consents::give(turn, &of, *answer, How::by(&command.by), &mut concerns);
        }
        Order::CategoryConsent { category, answer } => {
            let of = ConsentOf::Category(category.clone());
            consents::give(turn, &of, *answer, How::by(&command.by), &mut concerns);
        }
        Order::Answers(answers) => {
            engaged = consents::answer(turn, answers, &command.by, &mut concerns);
        }
        Order::Suppression { channel, address, suppressed } => {
            let reason = command.reason.clone().unwrap_or_else(|| format!("by {}", command.by));
            consents::suppress(turn, channel, address, suppressed.then_some(reason.as_str()), &command.by);
        }
        Order::Merge { with } => {
            // Both are looked at together before either takes it.
            let why = format!("nobody has looked at this contact and {with} together");
            turn.note("13.3", About::default(), Decision::NotDone { why });
        }
        Order::UndoImport { restore, .. } => return imports::undo(turn, restore, segments),
        Order::RequeueMessage { message } => {
            let resting = sending::message(turn, *message).filter(|known| turn.is_message_held(known));
            let requeued = match resting.map(|known| known.workflow.clone()) {
                Some(workflow) => {
                    Err(format!("the workflow `{workflow}`, or the message's run, is paused or was stopped"))
                }
                None => news::requeue(turn, *message),
            };
            if let Err(why) = requeued {
                turn.note("11.1", About::default(), Decision::NotDone { why });
            }
        }
    }
    segments.extend(memberships::recompute(turn, &concerns, turn.at));
    let consents = std::mem::take(&mut turn.consents);
    super::stimulate(turn, &Stimulus { segments, consents, engaged, hop: turn.hop, ..Stimulus::default() });
}
