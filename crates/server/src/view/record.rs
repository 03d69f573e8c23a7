//! Decisions as the API shows them.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use wend_domain::record::{Line, sentence};

use crate::view::{object, with_instants_shown};

/// One decision: the rule that decided, what it is about, its values, and a plain sentence.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DecisionView {
    /// The rule of the manual's semantics chapter.
    #[schema(example = "4.1")]
    pub rule: String,
    /// The workflow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workflow: Option<String>,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// The run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// The step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// The message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// How many hops from what a client or person did.
    pub hop: u32,
    /// What was decided.
    #[schema(example = "waits_until")]
    pub decision: String,
    /// The decision in one plain sentence.
    pub text: String,
    /// The values that made it, by name.
    #[serde(flatten)]
    pub values: Map<String, Value>,
}

impl From<&Line> for DecisionView {
    fn from(line: &Line) -> Self {
        let mut values = with_instants_shown(object(&line.decision));
        let decision = match values.remove("decision") {
            Some(Value::String(name)) => name,
            _ => String::new(),
        };
        // An order is recorded as text, so that records don't depend on its shape.
        if let Some(Value::String(order)) = values.get("order")
            && let Ok(order @ Value::Object(_)) = serde_json::from_str(order)
        {
            values.insert("order".to_owned(), order);
        }
        Self {
            rule: line.rule.clone(),
            workflow: line.workflow.as_ref().map(|(name, _)| name.to_string()),
            version: line.workflow.as_ref().map(|(_, version)| *version),
            run: line.run.map(|run| run.to_string()),
            step: line.step.as_ref().map(ToString::to_string),
            message: line.message.map(|message| message.to_string()),
            hop: line.hop,
            decision,
            text: sentence(line),
            values,
        }
    }
}
