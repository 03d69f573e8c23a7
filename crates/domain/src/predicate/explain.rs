//! Why a predicate holds for one contact or doesn't: a tree of what was asked, what was found, and how each part came
//! out.
//!
//! Every part's answer is [`holds`]: this file finds words for it, and decides nothing.

#[cfg(test)]
mod tests;
mod words;

use serde::Serialize;

use super::evaluate::{Facts, holds};
use super::{Predicate, next_change};
use crate::limits::EXPLAINED_PARTS_MAX;
use crate::time::Timestamp;

/// What a predicate asked of a contact, and how it came out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// How its parts make the answer.
    pub kind: ExplanationKind,
    /// Whether it holds.
    pub holds: bool,
    /// What is asked, in plain words.
    pub asked: String,
    /// What was found, in plain words; none where the parts say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// When time alone may change the answer next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub may_change_at: Option<Timestamp>,
    /// The parts, in the order of the file.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Explanation>,
}

/// How the parts of an [`Explanation`] make its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ExplanationKind {
    /// It has none: it is one question.
    Question,
    /// All must hold.
    All,
    /// One must hold.
    Any,
    /// Its only part must not hold.
    Not,
    /// The part is the rule of the segment that is asked for.
    Segment,
}

/// Explains a predicate's answer.
///
/// Of a tree with more than [`EXPLAINED_PARTS_MAX`] parts, what lies deeper is left out.
pub fn explain(predicate: &Predicate, facts: &Facts<'_>) -> Explanation {
    let mut n_left = EXPLAINED_PARTS_MAX;
    explained(predicate, facts, &mut n_left)
}

fn explained(predicate: &Predicate, facts: &Facts<'_>, n_left: &mut usize) -> Explanation {
    *n_left = n_left.saturating_sub(1);
    let (kind, inner): (ExplanationKind, Vec<&Predicate>) = match predicate {
        Predicate::All(inner) => (ExplanationKind::All, inner.iter().collect()),
        Predicate::Any(inner) => (ExplanationKind::Any, inner.iter().collect()),
        Predicate::Not(inner) => (ExplanationKind::Not, vec![inner]),
        Predicate::Segment(name) => {
            let rule = facts.catalog.segments.get(name).map(|segment| &segment.rule);
            (ExplanationKind::Segment, rule.into_iter().collect())
        }
        Predicate::Always
        | Predicate::Trait(_)
        | Predicate::Account(_)
        | Predicate::Trigger(_)
        | Predicate::Run(_)
        | Predicate::List(_)
        | Predicate::Tag(_)
        | Predicate::Time(_)
        | Predicate::Share { .. }
        | Predicate::Behaviour { .. }
        | Predicate::Message(_)
        | Predicate::Consent { .. } => (ExplanationKind::Question, Vec::new()),
    };
    let mut parts = Vec::new();
    for part in inner {
        if *n_left > 0 {
            parts.push(explained(part, facts, n_left));
        }
    }
    Explanation {
        kind,
        holds: holds(predicate, facts),
        asked: words::asked(predicate, facts),
        found: words::found(predicate, facts),
        may_change_at: next_change(predicate, facts),
        parts,
    }
}

impl Explanation {
    /// The questions that made the answer what it is: of `all` that doesn't hold, those parts that don't; of `any` that
    /// holds, those that do.
    pub fn decisive(&self) -> Vec<&Self> {
        let mut found = Vec::new();
        self.collect_decisive(&mut found);
        found
    }

    fn collect_decisive<'a>(&'a self, found: &mut Vec<&'a Self>) {
        let parts = self.parts.iter().filter(|part| match self.kind {
            ExplanationKind::All | ExplanationKind::Any => part.holds == self.holds,
            ExplanationKind::Question | ExplanationKind::Not | ExplanationKind::Segment => true,
        });
        let before = found.len();
        for part in parts {
            part.collect_decisive(found);
        }
        if found.len() == before {
            found.push(self);
        }
    }

    /// The answer and what made it so, in one plain sentence.
    pub fn sentence(&self) -> String {
        let why: Vec<String> = self
            .decisive()
            .into_iter()
            .map(|part| {
                // What a `not` asks decides by being otherwise: then the sentence says which of both it is.
                let turned = match (part.holds == self.holds, part.holds) {
                    (true, _) => "",
                    (false, true) => "it is so that ",
                    (false, false) => "it is not so that ",
                };
                let found = part.found.as_ref().map(|found| format!(": {found}")).unwrap_or_default();
                format!("{turned}{}{found}", part.asked)
            })
            .collect();
        format!("{}, because {}", if self.holds { "yes" } else { "no" }, why.join("; "))
    }

    /// The whole tree as indented lines, `+` for what holds and `-` for what doesn't.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        self.collect_lines(0, &mut lines);
        lines
    }

    fn collect_lines(&self, depth: usize, lines: &mut Vec<String>) {
        let sign = if self.holds { '+' } else { '-' };
        let found = self.found.as_ref().map(|found| format!(": {found}")).unwrap_or_default();
        lines.push(format!("{}{sign} {}{found}", "  ".repeat(depth), self.asked));
        for part in &self.parts {
            part.collect_lines(depth + 1, lines);
        }
    }
}
