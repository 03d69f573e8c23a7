//! From expressions to values.

use super::Renderer;
use crate::error::{ErrorKind, Fault};
use crate::filters::Call;
use crate::number::Number;
use crate::suggest;
use crate::syntax::{Comparison, Condition, Expression, Junction, Pipeline, Root, Segment, Variable};
use crate::value::{Value, compare};

/// How many loop variables and arguments are searched for one step of fuel.
const SCOPES_PER_STEP: usize = 32;

impl<'a> Renderer<'_, 'a> {
    /// Computes a value with its filters.
    pub(super) fn pipeline(&mut self, pipeline: &Pipeline) -> Result<Value<'a>, Fault> {
        let Some(input) = &pipeline.input else { return Ok(Value::Nil) };
        let may_be_undefined = pipeline.filters.first().is_some_and(|call| call.filter.name == "default");
        let mut value = if may_be_undefined { self.evaluate(input)? } else { self.required(input)? };
        for call in &pipeline.filters {
            let mut arguments = Vec::with_capacity(call.arguments.len());
            for argument in &call.arguments {
                arguments.push(self.required(argument)?);
            }
            let mut named = Vec::with_capacity(call.named.len());
            for (name, argument) in &call.named {
                named.push((name.clone(), self.required(argument)?));
            }
            let mut filter_call =
                Call { input: value, arguments: &arguments, named: &named, work: &mut self.work };
            value = call.filter.apply(&mut filter_call).map_err(|fault| fault.or_at(call.at))?;
        }
        Ok(value)
    }

    /// Computes a value; what is undefined is nothing.
    pub(super) fn evaluate(&mut self, expression: &Expression) -> Result<Value<'a>, Fault> {
        match expression {
            Expression::Literal(literal) => Ok(Value::from_literal(literal)),
            Expression::Variable(variable) => Ok(self.lookup(variable)?.unwrap_or(Value::Nil)),
            Expression::Range(bounds) => {
                let start = self.bound(&bounds.0)?;
                let end = self.bound(&bounds.1)?;
                Ok(Value::Range(start, end))
            }
        }
    }

    /// Computes a value that must be defined if the rendering is strict.
    pub(super) fn required(&mut self, expression: &Expression) -> Result<Value<'a>, Fault> {
        let Expression::Variable(variable) = expression else { return self.evaluate(expression) };
        match self.lookup(variable)? {
            Some(value) => Ok(value),
            None if self.is_strict() => Err(self.undefined(variable)),
            None => Ok(Value::Nil),
        }
    }

    fn bound(&mut self, expression: &Expression) -> Result<i64, Fault> {
        let value = self.evaluate(expression)?;
        match Number::of(&value).to_int_by(f64::trunc)? {
            Number::Int(number) => Ok(number),
            Number::Float(_) => Ok(0),
        }
    }

    /// Follows a path; `None` is undefined.
    fn lookup(&mut self, variable: &Variable) -> Result<Option<Value<'a>>, Fault> {
        let steps = 1 + variable.segments.len() + self.frame.scopes.len() / SCOPES_PER_STEP;
        self.work.burn(steps as u64).map_err(|fault| fault.or_at(variable.at))?;
        let root = match &variable.root {
            Root::Name(name) => self.find(name),
            Root::Computed(expression) => match self.evaluate(expression)? {
                Value::Text(name) => self.find(name.as_str()),
                _ => None,
            },
        };
        let Some(mut value) = root else { return Ok(None) };
        for segment in &variable.segments {
            let next = match segment {
                Segment::Name(name) => value.property(name),
                Segment::Computed(expression) => {
                    let key = self.evaluate(expression)?;
                    value.index(&key)
                }
            };
            match next {
                Some(next) => value = next,
                None => return Ok(None),
            }
        }
        Ok(Some(value))
    }

    /// Finds a variable: loops and arguments first, then what was assigned, counters, globals.
    fn find(&self, name: &str) -> Option<Value<'a>> {
        if let Some((_, value)) = self.frame.scopes.iter().rev().find(|(scoped, _)| **scoped == *name) {
            return Some(value.clone());
        }
        if let Some(value) = self.frame.locals.get(name) {
            return Some(value.clone());
        }
        if let Some(counter) = self.frame.counters.get(name) {
            return Some(Value::Int(*counter));
        }
        self.globals.get(name).or_else(|| self.shared.get(name)).map(Value::from_json)
    }

    /// Says which variable has no value, and which of its name's neighbours was perhaps meant.
    fn undefined(&mut self, variable: &Variable) -> Fault {
        let mut path = String::new();
        let mut value = None;
        let mut missing = None;
        if let Root::Name(name) = &variable.root {
            path.push_str(name);
            value = self.find(name);
            missing = value.is_none().then_some(&**name);
        }
        for segment in &variable.segments {
            if missing.is_some() {
                break;
            }
            let Segment::Name(name) = segment else { break };
            path.push('.');
            path.push_str(name);
            match value.as_ref().and_then(|value| value.property(name)) {
                Some(next) => value = Some(next),
                None => missing = Some(&**name),
            }
        }
        let message = format!("undefined variable `{path}`");
        let candidates = match &value {
            Some(Value::Object(map)) => Some(*map),
            None => self.globals.as_object(),
            _ => None,
        };
        let message = match (missing, candidates) {
            (Some(missing), Some(map)) => {
                suggest::with_suggestion(message, missing, map.keys().map(String::as_str))
            }
            _ => format!("{message}: give it a value or use the filter `default`"),
        };
        Fault::new(ErrorKind::Undefined, message).or_at(variable.at)
    }

    /// Says whether a condition holds; each junction governs all that is right of it.
    pub(super) fn holds(&mut self, condition: &Condition) -> Result<bool, Fault> {
        let mut holds = self.comparison(&condition.first)?;
        for (junction, comparison) in &condition.rest {
            match (junction, holds) {
                (Junction::And, false) | (Junction::Or, true) => return Ok(holds),
                (Junction::And, true) | (Junction::Or, false) => holds = self.comparison(comparison)?,
            }
        }
        Ok(holds)
    }

    fn comparison(&mut self, comparison: &Comparison) -> Result<bool, Fault> {
        self.work.burn(1)?;
        let left = self.evaluate(&comparison.left)?;
        let Some((operator, right)) = &comparison.test else { return Ok(left.is_truthy()) };
        let right = self.evaluate(right)?;
        self.work.burn(left.comparison_weight(&right))?;
        compare(*operator, &left, &right).map_err(|fault| fault.or_at(comparison.at))
    }
}
