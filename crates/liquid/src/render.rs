//! Walks the compiled form once and writes into one buffer.
//!
//! `evaluate` finds values, `loops` repeats, `partial` renders other templates.

mod evaluate;
mod loops;
mod partial;

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use jiff::tz::TimeZone;
use serde_json::Value as Json;

use crate::error::{Error, ErrorKind, Fault};
use crate::filters::html::escape_into;
use crate::locale::Locale;
use crate::syntax::{Block, Branch, Case, Cycle, CycleGroup, Expression, Node};
use crate::template::{Escape, Mode, RenderOptions, Template};
use crate::value::{BYTES_PER_STEP, LoopState, PRINT_BYTES_MAX, Text, Value, equal};

/// How deep blocks and partials may be nested while rendering.
const DEPTH_MAX: usize = 100;

/// What a rendering may still spend, and the little that filters know of the world.
pub(crate) struct Work {
    fuel: u64,
    bytes_max: usize,
    pub(crate) now: jiff::Timestamp,
    pub(crate) time_zone: TimeZone,
    pub(crate) locale: Locale,
    /// Whom the rendering is for, as a number that chance begins with.
    seed: u64,
}

impl Work {
    /// Spends steps.
    pub(crate) fn burn(&mut self, steps: u64) -> Result<(), Fault> {
        let Some(fuel) = self.fuel.checked_sub(steps) else {
            self.fuel = 0;
            let message = "the template takes too many steps: loop over less, or over less often";
            return Err(Fault::new(ErrorKind::FuelExhausted, message));
        };
        self.fuel = fuel;
        Ok(())
    }

    /// A number that is the same whenever whom the rendering is for and the key are the same.
    pub(crate) fn chance(&self, key: &str) -> u64 {
        // The last steps spread what differs in few bits over all of them.
        let mixed = hash(self.seed, key.as_bytes());
        let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Refuses a text that is too large.
    pub(crate) fn check_bytes(&self, bytes: usize) -> Result<(), Fault> {
        if bytes <= self.bytes_max {
            return Ok(());
        }
        let message = format!("the text grows larger than {} bytes", self.bytes_max);
        Err(Fault::new(ErrorKind::OutputTooLarge, message))
    }
}

/// What [`hash`] begins with.
const HASH_START: u64 = 0xcbf2_9ce4_8422_2325;

/// Fowler, Noll and Vo's hash, which is the same everywhere and for ever: what a contact was shown depends on it.
fn hash(start: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(start, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

/// How to go on after a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flow {
    Next,
    Break,
    Continue,
}

/// The variables of a template, which `render` hides from its partial.
#[derive(Default)]
struct Frame<'a> {
    /// What `assign` and `capture` wrote.
    locals: BTreeMap<Arc<str>, Value<'a>>,
    /// Loop variables and arguments, the innermost last.
    scopes: Vec<(Arc<str>, Value<'a>)>,
    counters: BTreeMap<Arc<str>, i64>,
    cycles: BTreeMap<String, usize>,
    /// Where loops ended, by their names.
    offsets: BTreeMap<Arc<str>, i64>,
    /// What the last `ifchanged` printed.
    changed: Option<String>,
    current_loop: Option<Rc<LoopState>>,
    /// Within a partial of `render`, where `include` is refused.
    is_isolated: bool,
}

/// The state of one rendering.
struct Renderer<'r, 'a> {
    options: &'r RenderOptions<'r>,
    globals: &'a Json,
    /// Looked at after the globals.
    shared: &'a Json,
    frame: Frame<'a>,
    output: String,
    depth: usize,
    work: Work,
    /// The names of the loops' own variables, made once.
    forloop: Arc<str>,
    tablerowloop: Arc<str>,
}

/// Renders a template.
pub(crate) fn render<'a>(
    template: &Template,
    globals: &'a Json,
    shared: &'a Json,
    options: &RenderOptions<'_>,
) -> Result<String, Error> {
    let mut renderer = Renderer {
        options,
        globals,
        shared,
        frame: Frame::default(),
        output: String::with_capacity(template.source.len().min(options.output_bytes_max)),
        depth: 0,
        work: Work {
            fuel: options.fuel_max,
            bytes_max: options.output_bytes_max.min(PRINT_BYTES_MAX),
            now: options.now,
            time_zone: options.time_zone.clone(),
            locale: options.locale,
            seed: hash(HASH_START, options.seed.as_bytes()),
        },
        forloop: "forloop".into(),
        tablerowloop: "tablerowloop".into(),
    };
    match renderer.block(&template.block) {
        Ok(_) => Ok(renderer.output),
        Err(fault) => Err(fault.locate(&template.source, None)),
    }
}

impl<'a> Renderer<'_, 'a> {
    fn block(&mut self, block: &Block) -> Result<Flow, Fault> {
        if self.depth >= DEPTH_MAX {
            let message = format!("blocks and partials are nested more than {DEPTH_MAX} deep");
            return Err(Fault::new(ErrorKind::NestingTooDeep, message));
        }
        self.depth += 1;
        let mut flow = Flow::Next;
        for (index, node) in block.nodes.iter().enumerate() {
            let done = self.work.burn(1).and_then(|()| self.node(node));
            flow = done.map_err(|fault| fault.or_at(block.places.get(index).copied().unwrap_or(0)))?;
            if flow != Flow::Next {
                break;
            }
        }
        self.depth -= 1;
        Ok(flow)
    }

    fn node(&mut self, node: &Node) -> Result<Flow, Fault> {
        match node {
            Node::Text(text) => self.push_text(text)?,
            Node::Output(pipeline) => {
                let value = self.pipeline(pipeline)?;
                self.print(&value).map_err(|fault| fault.or_at(pipeline.at))?;
            }
            Node::Assign { name, value } => {
                let value = self.pipeline(value)?.into_shared();
                self.frame.locals.insert(name.clone(), value);
            }
            Node::Capture { name, block } => return self.capture(name, block),
            Node::If(branches) => return self.branches(branches),
            Node::Case(case) => return self.case(case),
            Node::For(head) => return self.for_loop(head),
            Node::TableRow(head) => return self.table_row(head),
            Node::IfChanged(block) => return self.if_changed(block),
            Node::Cycle(cycle) => self.cycle(cycle).map_err(|fault| fault.or_at(cycle.at))?,
            Node::Increment(name) => {
                let counter = self.frame.counters.entry(name.clone()).or_insert(0);
                let value = *counter;
                *counter = counter.saturating_add(1);
                self.print(&Value::Int(value))?;
            }
            Node::Decrement(name) => {
                let counter = self.frame.counters.entry(name.clone()).or_insert(0);
                *counter = counter.saturating_sub(1);
                let value = *counter;
                self.print(&Value::Int(value))?;
            }
            Node::Include(call) => return self.include(call).map_err(|fault| fault.or_at(call.at)),
            Node::Render(call) => self.render_partial(call).map_err(|fault| fault.or_at(call.at))?,
            Node::Abort { reason, at } => return Err(self.abort(reason, *at)?),
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::Next)
    }

    fn push_text(&mut self, text: &str) -> Result<(), Fault> {
        self.work.burn((text.len() / BYTES_PER_STEP) as u64)?;
        self.output.push_str(text);
        self.work.check_bytes(self.output.len())
    }

    /// Prints a value, escaping it if the rendering does, unless it is markup.
    fn print(&mut self, value: &Value<'a>) -> Result<(), Fault> {
        let before = self.output.len();
        let escapes = self.options.escape == Escape::Html;
        match value {
            Value::Text(Text::Markup(text)) => self.output.push_str(text),
            Value::Text(text) if escapes => escape_into(text.as_str(), &mut self.output),
            Value::Array(_) | Value::List(_) | Value::Object(_) if escapes => {
                escape_into(value.to_text().as_str(), &mut self.output);
            }
            other => other.print(&mut self.output),
        }
        self.work.burn(((self.output.len() - before) / BYTES_PER_STEP) as u64)?;
        self.work.check_bytes(self.output.len())
    }

    /// Renders a block into a text of its own.
    fn caught(&mut self, block: &Block) -> Result<(String, Flow), Fault> {
        let around = std::mem::take(&mut self.output);
        let flow = self.block(block)?;
        Ok((std::mem::replace(&mut self.output, around), flow))
    }

    fn capture(&mut self, name: &Arc<str>, block: &Block) -> Result<Flow, Fault> {
        let (text, flow) = self.caught(block)?;
        let text = match self.options.escape {
            Escape::None => Text::Shared(text.into()),
            Escape::Html => Text::Markup(text.into()),
        };
        self.frame.locals.insert(name.clone(), Value::Text(text));
        Ok(flow)
    }

    fn if_changed(&mut self, block: &Block) -> Result<Flow, Fault> {
        let (text, flow) = self.caught(block)?;
        if self.frame.changed.as_deref() != Some(text.as_str()) {
            self.push_text(&text)?;
            self.frame.changed = Some(text);
        }
        Ok(flow)
    }

    fn branches(&mut self, branches: &[Branch]) -> Result<Flow, Fault> {
        for branch in branches {
            let holds = match &branch.condition {
                Some(condition) => self.holds(condition)? == branch.wanted,
                None => true,
            };
            if holds {
                return self.block(&branch.block);
            }
        }
        Ok(Flow::Next)
    }

    /// Renders a block once for each of its values that equals the subject, and each `else`
    /// that nothing before it matched.
    fn case(&mut self, case: &Case) -> Result<Flow, Fault> {
        let subject = self.evaluate(&case.subject)?;
        let mut has_matched = false;
        for arm in &case.arms {
            let Some(values) = &arm.values else {
                if !has_matched {
                    let flow = self.block(&arm.block)?;
                    if flow != Flow::Next {
                        return Ok(flow);
                    }
                }
                continue;
            };
            for value in values {
                let value = self.evaluate(value)?;
                self.work.burn(1 + subject.comparison_weight(&value))?;
                if equal(&subject, &value) {
                    has_matched = true;
                    let flow = self.block(&arm.block)?;
                    if flow != Flow::Next {
                        return Ok(flow);
                    }
                }
            }
        }
        Ok(Flow::Next)
    }

    fn cycle(&mut self, cycle: &Cycle) -> Result<(), Fault> {
        let key = match &cycle.group {
            CycleGroup::Named(name) => format!("named {}", self.evaluate(name)?.inspected()),
            CycleGroup::Unnamed(values) => format!("unnamed {values}"),
        };
        self.work.burn((key.len() / BYTES_PER_STEP) as u64)?;
        let position = self.frame.cycles.get(&key).copied().unwrap_or(0);
        let next = if position + 1 >= cycle.values.len() { 0 } else { position + 1 };
        self.frame.cycles.insert(key, next);
        let Some(expression) = cycle.values.get(position) else { return Ok(()) };
        let value = self.evaluate(expression)?;
        match expression {
            // What the template itself says may be markup.
            Expression::Literal(_) => self.push_text(value.to_text().as_str()),
            Expression::Variable(_) | Expression::Range(_) => self.print(&value),
        }
    }

    fn abort(&mut self, reason: &Expression, at: u32) -> Result<Fault, Fault> {
        let reason = self.evaluate(reason)?.to_text().as_str().to_owned();
        let message = format!("the template aborted the message: {reason}");
        Ok(Fault::new(ErrorKind::Aborted(reason), message).or_at(at))
    }

    fn is_strict(&self) -> bool {
        self.options.mode == Mode::Strict
    }
}
