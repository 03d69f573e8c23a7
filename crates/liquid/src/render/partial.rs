//! `include`, which shares its variables, and `render`, which doesn't.

use std::sync::Arc;

use super::loops::Items;
use super::{Flow, Frame, Renderer};
use crate::error::{ErrorKind, Fault};
use crate::syntax::{Binding, PartialCall};
use crate::template::Template;
use crate::value::Value;

impl<'a> Renderer<'_, 'a> {
    pub(super) fn include(&mut self, call: &PartialCall) -> Result<Flow, Fault> {
        if self.frame.is_isolated {
            let message = "`include` can't be used in a partial that `render` renders: use `render`";
            return Err(Fault::argument(message));
        }
        self.work.burn(call.arguments.len() as u64)?;
        let (name, template) = self.partial(call)?;
        let binding = self.binding(call, &name)?;
        let scopes = self.frame.scopes.len();
        for (key, expression) in &call.arguments {
            let value = self.required(expression)?;
            self.frame.scopes.push((key.clone(), value));
        }
        let mut flow = Flow::Next;
        match binding {
            None => flow = self.rendered(&name, &template)?,
            Some((variable, value)) => {
                let items = match &value {
                    Value::Array(_) | Value::List(_) => Items::of(&value),
                    _ => Items::List(std::rc::Rc::new(vec![value])),
                };
                for index in 0..items.len() {
                    self.frame.scopes.push((variable.clone(), items.get(index)));
                    flow = self.rendered(&name, &template)?;
                    self.frame.scopes.pop();
                    if flow != Flow::Next {
                        break;
                    }
                }
            }
        }
        self.frame.scopes.truncate(scopes);
        Ok(flow)
    }

    pub(super) fn render_partial(&mut self, call: &PartialCall) -> Result<(), Fault> {
        let (name, template) = self.partial(call)?;
        let binding = self.binding(call, &name)?;
        let mut arguments = Vec::with_capacity(call.arguments.len());
        for (key, expression) in &call.arguments {
            arguments.push((key.clone(), self.required(expression)?));
        }
        let is_each = call.binding.as_ref().is_some_and(|binding| binding.each);
        let Some((variable, value)) = binding else {
            return self.isolated(&name, &template, arguments);
        };
        if !is_each
            || !matches!(value, Value::Array(_) | Value::List(_) | Value::Object(_) | Value::Range(..))
        {
            arguments.push((variable, value));
            return self.isolated(&name, &template, arguments);
        }
        let items = Items::of(&value);
        let outer_loop = self.frame.current_loop.take();
        let state = self.loop_state(&variable, items.len(), None);
        for index in 0..items.len() {
            self.work.burn(1)?;
            state.index.set(index);
            let mut arguments = arguments.clone();
            arguments.push((self.forloop.clone(), Value::Loop(state.clone())));
            arguments.push((variable.clone(), items.get(index)));
            self.isolated(&name, &template, arguments)?;
        }
        self.frame.current_loop = outer_loop;
        Ok(())
    }

    /// Finds the partial by its name.
    fn partial(&mut self, call: &PartialCall) -> Result<(String, Arc<Template>), Fault> {
        let Value::Text(name) = self.evaluate(&call.name)? else {
            return Err(Fault::argument("the name of a partial must be a string"));
        };
        let name = name.as_str();
        let Some(template) = self.options.partials.partial(name) else {
            let message = format!("there is no partial `{name}`");
            return Err(Fault::new(ErrorKind::PartialNotFound, message));
        };
        Ok((name.to_owned(), template))
    }

    /// Evaluates `with value` or `for values`, and the name that it gets.
    fn binding(&mut self, call: &PartialCall, name: &str) -> Result<Option<(Arc<str>, Value<'a>)>, Fault> {
        let Some(Binding { value, alias, .. }) = &call.binding else {
            return Ok(None);
        };
        let variable = match alias {
            Some(alias) => alias.clone(),
            None => name.rsplit('/').next().unwrap_or(name).into(),
        };
        Ok(Some((variable, self.required(value)?)))
    }

    /// Renders a partial with nothing but the globals and its arguments.
    fn isolated(
        &mut self,
        name: &str,
        template: &Template,
        arguments: Vec<(Arc<str>, Value<'a>)>,
    ) -> Result<(), Fault> {
        self.work.burn(arguments.len() as u64)?;
        // The arguments are where `assign` writes, so that a partial can give one a new value.
        let frame = Frame { locals: arguments.into_iter().collect(), is_isolated: true, ..Frame::default() };
        let around = std::mem::replace(&mut self.frame, frame);
        self.rendered(name, template)?;
        self.frame = around;
        Ok(())
    }

    /// Renders a partial in the frame at hand; a mistake in it is told with its own lines.
    fn rendered(&mut self, name: &str, template: &Template) -> Result<Flow, Fault> {
        self.block(&template.block)
            .map_err(|fault| Fault::Located(Box::new(fault.locate(&template.source, Some(name)))))
    }
}
