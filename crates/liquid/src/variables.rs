//! What a template reads: its global paths, for editors and for checks against a schema.

use std::sync::Arc;

use crate::error::Places;
use crate::syntax::{
    Block, Comparison, Condition, CycleGroup, Expression, Literal, Loop, Node, Offset, PartialCall, Pipeline,
    Root, Segment, Variable,
};
use crate::template::Template;

/// A path that a template reads, with the place where it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariablePath {
    /// The names from the global on; the path ends where it is computed.
    pub segments: Vec<String>,
    /// The line, from one.
    pub line: u32,
    /// The column, from one: in characters, but on lines of more than 4,096 bytes in bytes.
    pub column: u32,
}

/// A partial that a template names, with the place where it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartialName {
    /// The name as `render` or `include` has it in quotes.
    pub name: String,
    /// The line, from one.
    pub line: u32,
    /// The column, from one: counted as in [`VariablePath`].
    pub column: u32,
}

/// Lists the partials that are named in quotes.
pub(crate) fn partials_of(template: &Template) -> Vec<PartialName> {
    let mut walk = Walk::default();
    walk.block(&template.block);
    let places = Places::of(&template.source);
    let place = |(name, at): (String, u32)| {
        let (line, column) = places.line_and_column(at);
        PartialName { name, line, column }
    };
    walk.partials.into_iter().map(place).collect()
}

/// Lists the paths that aren't the template's own variables.
pub(crate) fn of(template: &Template) -> Vec<VariablePath> {
    let mut walk = Walk::default();
    walk.block(&template.block);
    let places = Places::of(&template.source);
    let place = |(segments, at): (Vec<String>, u32)| {
        let (line, column) = places.line_and_column(at);
        VariablePath { segments, line, column }
    };
    walk.found.into_iter().map(place).collect()
}

/// A walk in the order of the text.
#[derive(Default)]
struct Walk {
    /// The names that the template gave a value before; loop variables are removed again.
    own: Vec<Arc<str>>,
    found: Vec<(Vec<String>, u32)>,
    partials: Vec<(String, u32)>,
}

impl Walk {
    fn block(&mut self, block: &Block) {
        block.nodes.iter().for_each(|node| self.node(node));
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Text(_) | Node::Break | Node::Continue => {}
            Node::Output(pipeline) => self.pipeline(pipeline),
            Node::Assign { name, value } => {
                self.pipeline(value);
                self.own.push(name.clone());
            }
            Node::Capture { name, block } => {
                self.block(block);
                self.own.push(name.clone());
            }
            Node::If(branches) => {
                for branch in branches {
                    branch.condition.iter().for_each(|condition| self.condition(condition));
                    self.block(&branch.block);
                }
            }
            Node::Case(case) => {
                self.expression(&case.subject);
                for arm in &case.arms {
                    arm.values.iter().flatten().for_each(|value| self.expression(value));
                    self.block(&arm.block);
                }
            }
            Node::For(head) => self.repeated(head, "forloop"),
            Node::TableRow(head) => self.repeated(head, "tablerowloop"),
            Node::IfChanged(block) => self.block(block),
            Node::Cycle(cycle) => {
                if let CycleGroup::Named(name) = &cycle.group {
                    self.expression(name);
                }
                cycle.values.iter().for_each(|value| self.expression(value));
            }
            Node::Increment(name) | Node::Decrement(name) => self.own.push(name.clone()),
            Node::Include(call) | Node::Render(call) => self.partial(call),
            Node::Abort { reason, .. } => self.expression(reason),
        }
    }

    fn repeated(&mut self, head: &Loop, state: &str) {
        self.expression(&head.collection);
        head.limit.iter().for_each(|limit| self.expression(limit));
        head.columns.iter().for_each(|columns| self.expression(columns));
        if let Some(Offset::At(offset)) = &head.offset {
            self.expression(offset);
        }
        let position = self.own.len();
        self.own.splice(position..position, [head.variable.clone(), state.into()]);
        self.block(&head.block);
        // What was assigned inside stays known; the loop's own variables don't.
        self.own.drain(position..position + 2);
        head.otherwise.iter().for_each(|block| self.block(block));
    }

    fn partial(&mut self, call: &PartialCall) {
        self.expression(&call.name);
        if let Expression::Literal(Literal::Text(name)) = &call.name {
            self.partials.push((name.to_string(), call.at));
        }
        call.binding.iter().for_each(|binding| self.expression(&binding.value));
        call.arguments.iter().for_each(|(_, value)| self.expression(value));
    }

    fn pipeline(&mut self, pipeline: &Pipeline) {
        pipeline.input.iter().for_each(|input| self.expression(input));
        for call in &pipeline.filters {
            call.arguments.iter().for_each(|argument| self.expression(argument));
            call.named.iter().for_each(|(_, argument)| self.expression(argument));
        }
    }

    fn condition(&mut self, condition: &Condition) {
        self.comparison(&condition.first);
        condition.rest.iter().for_each(|(_, comparison)| self.comparison(comparison));
    }

    fn comparison(&mut self, comparison: &Comparison) {
        self.expression(&comparison.left);
        comparison.test.iter().for_each(|(_, right)| self.expression(right));
    }

    fn expression(&mut self, expression: &Expression) {
        match expression {
            Expression::Literal(_) => {}
            Expression::Variable(variable) => self.variable(variable),
            Expression::Range(bounds) => {
                self.expression(&bounds.0);
                self.expression(&bounds.1);
            }
        }
    }

    fn variable(&mut self, variable: &Variable) {
        let root = match &variable.root {
            Root::Name(name) => Some(name),
            Root::Computed(expression) => match &**expression {
                Expression::Literal(Literal::Text(name)) => Some(name),
                computed => {
                    self.expression(computed);
                    None
                }
            },
        };
        if let Some(root) = root.filter(|root| !self.own.contains(root)) {
            let mut segments = vec![root.to_string()];
            segments.extend(variable.segments.iter().map_while(static_name));
            self.found.push((segments, variable.at));
        }
        for segment in &variable.segments {
            if let Segment::Computed(expression) = segment {
                self.expression(expression);
            }
        }
    }
}

/// The name of a segment, if it isn't computed.
fn static_name(segment: &Segment) -> Option<String> {
    match segment {
        Segment::Name(name) | Segment::Computed(Expression::Literal(Literal::Text(name))) => {
            Some(name.to_string())
        }
        Segment::Computed(_) => None,
    }
}
