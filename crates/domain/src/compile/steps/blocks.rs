//! The lists of steps inside a step, by name: one mechanism for all that has ways.

use std::fmt;

use super::Laid;
use crate::source::yaml::Node;
use crate::workflow::Target;

/// Which of the lists of steps inside a step it is; shown, it is the part of the ids of steps that have none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    /// `then` of a way of a branch or of an alternative of a wait, counted from 1.
    Way(usize),
    /// `steps` of a variant of a split.
    Variant(String),
    /// The steps of an outcome of a task.
    Outcome(String),
    /// `steps` of a repetition.
    Body,
    /// `else` of a branch.
    Else,
    /// `on_timeout`.
    OnTimeout,
    /// `on_error`.
    OnError,
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Way(number) => write!(f, "{number}"),
            Self::Variant(name) => write!(f, "variants/{name}"),
            Self::Outcome(name) => write!(f, "outcomes/{name}"),
            Self::Body => f.write_str("steps"),
            Self::Else => f.write_str("else"),
            Self::OnTimeout => f.write_str("on_timeout"),
            Self::OnError => f.write_str("on_error"),
        }
    }
}

/// The lists of steps inside a step, in the file's order; what isn't there has no list.
pub(super) fn of(step: &Node) -> Vec<(Block, Option<&Node>)> {
    let mut blocks = Vec::new();
    let ways = step.get("branch").map(Node::items).unwrap_or_default();
    let alternatives = step.get("wait_for").map(Node::one_or_many).unwrap_or_default();
    for (n, way) in ways.iter().chain(alternatives).enumerate() {
        blocks.push((Block::Way(n + 1), way.get("then")));
    }
    for (name, variant) in entries(step, "split", "variants") {
        blocks.push((Block::Variant(name), variant.get("steps")));
    }
    for (name, steps) in entries(step, "task", "outcomes") {
        blocks.push((Block::Outcome(name), Some(steps)));
    }
    if let Some(repeat) = step.get("repeat") {
        blocks.push((Block::Body, repeat.get("steps")));
    }
    let others = [("else", Block::Else), ("on_timeout", Block::OnTimeout), ("on_error", Block::OnError)];
    blocks.extend(others.into_iter().map(|(key, block)| (block, step.get(key))));
    blocks
}

/// The entries of an object inside what a step does.
fn entries<'n>(step: &'n Node, action: &str, key: &str) -> Vec<(String, &'n Node)> {
    let object = step.get(action).and_then(|node| node.get(key));
    let entries = object.map(Node::entries).unwrap_or_default();
    entries.iter().map(|entry| (entry.key.clone(), &entry.value)).collect()
}

/// Where each list of steps inside a step begins.
pub(super) struct Starts {
    starts: Vec<(Block, Target)>,
    next: Target,
}

impl Starts {
    /// Looks up the first steps; an empty list leads where the step itself goes on.
    pub(super) fn of(laid: &Laid<'_>, next: Target) -> Self {
        let start = |(block, steps): &(Block, Vec<Laid<'_>>)| {
            (block.clone(), steps.first().map_or(next, |step| Some(step.index)))
        };
        Self { starts: laid.blocks.iter().map(start).collect(), next }
    }

    /// Where a list begins; where the step goes on if there is none.
    pub(super) fn get(&self, block: &Block) -> Target {
        self.starts.iter().find(|(known, _)| known == block).map_or(self.next, |(_, start)| *start)
    }
}

/// The keys that say what a step does and need an id.
const NEED_ID: [&str; 9] =
    ["send", "wait", "wait_for", "branch", "split", "repeat", "webhook", "task", "call"];

/// Whether a step must have an id, because runs, reports and migrations hold on to it.
pub(crate) fn needs_id(step: &Node) -> bool {
    NEED_ID.iter().any(|key| step.get(key).is_some())
}
