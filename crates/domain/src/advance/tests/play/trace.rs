//! What a play came to, in words that a test can compare.

use std::fmt::Write as _;

use super::{DAY_MS, Trace};
use crate::effect::Effect;
use crate::id::MessageId;
use crate::input::{Cause, NewsKind};
use crate::record::{Decision, Line, sentence};
use crate::time::{Period, Timestamp};

impl Trace {
    /// An instant, counted from the start.
    pub fn since_start(&self, at: Timestamp) -> String {
        let millis = at.since(self.start).as_millis();
        let (days, rest) = (millis / DAY_MS, Period::from_millis(millis % DAY_MS));
        match (days, rest == Period::ZERO) {
            (0, _) => format!("+{rest}"),
            (_, true) => format!("+{days}d"),
            (_, false) => format!("+{days}d{}", rest.to_string().trim_start_matches('-')),
        }
    }

    /// Everything that was decided, a line each, apart from who the contact is.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for played in &self.inputs {
            let name = match &played.input.cause {
                Cause::Event(event) => format!("event {}", event.name),
                Cause::Alarm => "alarm".to_owned(),
                Cause::Command(_) => "command".to_owned(),
                Cause::News(news) => match &news.what {
                    NewsKind::Rendered => "rendered".to_owned(),
                    NewsKind::RenderAborted { .. } => "aborted".to_owned(),
                    NewsKind::RenderFailed { .. } => "not rendered".to_owned(),
                    NewsKind::Attempted { .. } => "attempted".to_owned(),
                    NewsKind::ExpiredAtClaim => "expired".to_owned(),
                    NewsKind::LateAtClaim => "late".to_owned(),
                    NewsKind::SuppressedAtClaim { .. } => "suppressed".to_owned(),
                    NewsKind::Reported(_) => "reported".to_owned(),
                    NewsKind::Engaged { .. } => "engaged".to_owned(),
                },
                other => other.name().replace('_', " "),
            };
            let follows = if played.is_outer { "" } else { "- " };
            let _ = writeln!(text, "{follows}{} {name}", self.since_start(played.at));
            for line in &played.record {
                if !matches!(line.decision, Decision::Created | Decision::Identified { .. }) {
                    let _ = writeln!(text, "    {}", self.line(line));
                }
            }
        }
        text
    }

    /// One decision: rule, workflow and step, and what was decided, with times counted from the start.
    fn line(&self, line: &Line) -> String {
        let mut said = sentence(line);
        let mut place = String::new();
        if let Some((workflow, version)) = &line.workflow {
            let version = if *version == 1 { String::new() } else { format!("@{version}") };
            let step = line.step.as_ref().map_or_else(String::new, |step| format!("/{step}"));
            place = format!(" {workflow}{version}{step}");
            said = said.split_once(": ").map(|(_, said)| said.to_owned()).unwrap_or(said);
        }
        let words = said.split(' ').map(|word| {
            let core = word.trim_end_matches(['.', ',', ';', ')', ':']);
            match Timestamp::parse(core) {
                Some(at) => format!("{}{}", self.since_start(at), &word[core.len()..]),
                None => word.to_owned(),
            }
        });
        let hop = if line.hop == 0 { String::new() } else { format!(" (hop {})", line.hop) };
        format!("{}{place}{hop}: {}", line.rule, words.collect::<Vec<_>>().join(" "))
    }

    /// When which templates were accepted by the provider.
    pub fn sent(&self) -> Vec<String> {
        self.decided(|decision| matches!(decision, Decision::Sent { .. }).then(String::new))
    }

    /// When which templates were released.
    pub fn released(&self) -> Vec<String> {
        self.decided(|decision| matches!(decision, Decision::Released { .. }).then(String::new))
    }

    /// When which templates would have been released to one who isn't held out.
    pub fn ghosts(&self) -> Vec<String> {
        self.decided(|decision| matches!(decision, Decision::Ghost { .. }).then(String::new))
    }

    /// When which messages were stopped, by which rule or end.
    pub fn stopped(&self) -> Vec<String> {
        self.decided(|decision| match decision {
            Decision::Blocked { .. } => Some(" blocked".to_owned()),
            Decision::Cancelled { .. } => Some(" cancelled".to_owned()),
            Decision::Expired { .. } => Some(" expired".to_owned()),
            Decision::Failed { .. } => Some(" failed".to_owned()),
            Decision::Uncertain { .. } => Some(" uncertain".to_owned()),
            Decision::RenderFailed { .. } => Some(" not rendered".to_owned()),
            _ => None,
        })
    }

    /// When which runs ended, and why.
    pub fn ended(&self) -> Vec<String> {
        self.decided(|decision| match decision {
            Decision::Ended { reason, .. } => {
                Some(format!(" {}", serde_json::to_value(reason).unwrap().as_str().unwrap()))
            }
            _ => None,
        })
    }

    /// When which workflows were entered.
    pub fn entered(&self) -> Vec<String> {
        self.decided(|decision| matches!(decision, Decision::Entered { .. }).then(String::new))
    }

    /// When which workflows were not entered, and why.
    pub fn refused(&self) -> Vec<String> {
        self.decided(|decision| match decision {
            Decision::Refused { reason, .. } => Some(format!(" {}", reason.as_str())),
            _ => None,
        })
    }

    /// When which goals were reached, with their values.
    pub fn goals(&self) -> Vec<String> {
        self.decided(|decision| match decision {
            Decision::GoalReached { goal, value } => {
                Some(value.map_or_else(|| format!(" {goal}"), |value| format!(" {goal} {value}")))
            }
            _ => None,
        })
    }

    /// The decisions that pass, each as when, rule where a message was stopped, template or workflow, and what.
    fn decided(&self, what: impl Fn(&Decision) -> Option<String>) -> Vec<String> {
        let mut found = Vec::new();
        for played in &self.inputs {
            for line in &played.record {
                let Some(what) = what(&line.decision) else { continue };
                let message = line.message.map(|id| self.template(id));
                let workflow = line.workflow.as_ref().map(|(name, _)| name.to_string());
                let about = message.or(workflow).unwrap_or_default();
                let rule = match &line.decision {
                    Decision::Blocked { .. } => format!(" by {}", line.rule),
                    _ => String::new(),
                };
                found.push(format!("{} {about}{what}{rule}", self.since_start(played.at)));
            }
        }
        found
    }

    fn template(&self, id: MessageId) -> String {
        let shown = self.inputs.iter().flat_map(|played| &played.effects).find_map(|effect| match effect {
            Effect::Show(message) if message.id == id => Some(message.template.to_string()),
            _ => None,
        });
        shown.expect("a message that is decided on is shown")
    }

    /// Fails with the whole trace unless these fragments occur in this order, on lines of their own.
    #[track_caller]
    pub fn says(&self, fragments: &[&str]) {
        let text = self.text();
        let mut lines = text.lines();
        for fragment in fragments {
            assert!(lines.any(|line| line.contains(fragment)), "not said: `{fragment}`\n{text}");
        }
    }

    /// Fails with the whole trace if a fragment occurs.
    #[track_caller]
    pub fn never_says(&self, fragment: &str) {
        let text = self.text();
        assert!(!text.contains(fragment), "said: `{fragment}`\n{text}");
    }
}
