//! Steps that have ways: branches, splits, repetitions.

use super::blocks::{Block, Starts};
use super::{Context, Experiment, Laid};
use crate::compile::predicate::predicate_of;
use crate::limits::VARIANTS_MAX;
use crate::source::codes;
use crate::source::yaml::Node;
use crate::workflow::{Action, Repeat, Split, Variant};

impl Context<'_, '_> {
    pub(super) fn branch(&mut self, step: &Node, arms: &Node, starts: &Starts) -> Action {
        if arms.items().is_empty() {
            self.reading.say(&codes::EMPTY, arms.place, "this branch has no ways").fix =
                Some("add `- if: …` with `then:`".to_owned());
        }
        let at = self.at_step(step);
        let mut compiled = Vec::new();
        for (n, arm) in arms.items().iter().enumerate() {
            let condition = predicate_of(self.reading, self.summaries, arm.get("if"), at.view());
            compiled.push((condition, starts.get(&Block::Way(n + 1))));
        }
        Action::Branch { arms: compiled, otherwise: starts.get(&Block::Else) }
    }

    pub(super) fn split(&mut self, laid: &Laid<'_>, node: &Node, starts: &Starts) -> Option<Action> {
        let variants_node = node.get("variants")?;
        let mut variants = Vec::new();
        for entry in variants_node.entries() {
            let weight = entry.value.get("weight").and_then(Node::integer).unwrap_or(0);
            variants.push(Variant {
                name: entry.key.clone(),
                weight: u32::try_from(weight).unwrap_or(0),
                target: starts.get(&Block::Variant(entry.key.clone())),
            });
        }
        if variants.len() < 2 {
            let message = "a split needs at least two variants";
            self.reading.say(&codes::EMPTY, variants_node.place, message).fix =
                Some("add a variant, or write its steps without a split".to_owned());
        } else if variants.len() > VARIANTS_MAX {
            let message = format!("a split of {} variants, more than {VARIANTS_MAX}", variants.len());
            self.reading.say(&codes::OUT_OF_RANGE, variants_node.place, message).fix =
                Some("make two experiments of it".to_owned());
        } else if variants.iter().all(|variant| variant.weight == 0) {
            let message = "no variant of this split lets anybody in: all weights are 0";
            self.reading.say(&codes::BAD_VALUE, variants_node.place, message).fix =
                Some("give one of them a `weight:` above 0".to_owned());
        }
        let own = || format!("{}/{}", self.at.workflow.unwrap_or_default(), self.ids[laid.index]);
        let experiment = node.text_of("experiment").map_or_else(own, ToOwned::to_owned);
        let place = node.get("experiment").map_or(laid.node.place, |node| node.place);
        let names = variants.iter().map(|variant| variant.name.clone()).collect();
        self.experiments.push(Experiment { name: experiment.clone(), variants: names, place });
        Some(Action::Split(Split { experiment, variants }))
    }

    pub(super) fn repeat(&mut self, laid: &Laid<'_>, node: &Node, starts: &Starts) -> Option<Action> {
        if let Some(steps) = node.get("steps").filter(|steps| steps.items().is_empty()) {
            self.reading.say(&codes::EMPTY, steps.place, "this repetition has no steps").fix =
                Some("write what is done in a round".to_owned());
        }
        let at = self.at_step(laid.node);
        let until = node.get("until");
        let until = until.map(|until| predicate_of(self.reading, self.summaries, Some(until), at.view()));
        let times = node.get("times").and_then(Node::integer)?;
        let body = starts.get(&Block::Body);
        Some(Action::Repeat(Repeat {
            times: u32::try_from(times).ok()?,
            until,
            body,
            n_inside: n_inside(laid),
        }))
    }
}

/// How many steps there are inside a step, at all depths.
fn n_inside(laid: &Laid<'_>) -> usize {
    laid.blocks.iter().flat_map(|(_, steps)| steps).map(|step| 1 + n_inside(step)).sum()
}
