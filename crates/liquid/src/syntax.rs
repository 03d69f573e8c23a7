//! The compiled form of a template: plain immutable data.

use std::sync::Arc;

use crate::filters::Filter;

/// A sequence of nodes between two tags.
#[derive(Debug, Default)]
pub(crate) struct Block {
    pub(crate) nodes: Vec<Node>,
    /// Where each node begins in the source: read only to say where something went wrong.
    pub(crate) places: Vec<u32>,
    /// Prints nothing but white space, which is then left out.
    pub(crate) blank: bool,
}

/// One piece of a template.
#[derive(Debug)]
pub(crate) enum Node {
    Text(Box<str>),
    Output(Pipeline),
    Assign {
        name: Arc<str>,
        value: Pipeline,
    },
    Capture {
        name: Arc<str>,
        block: Block,
    },
    /// The first branch whose condition holds; no condition is `else`.
    If(Vec<Branch>),
    Case(Box<Case>),
    For(Box<Loop>),
    TableRow(Box<Loop>),
    IfChanged(Block),
    Cycle(Box<Cycle>),
    Increment(Arc<str>),
    Decrement(Arc<str>),
    Include(Box<PartialCall>),
    Render(Box<PartialCall>),
    Abort {
        reason: Expression,
        at: u32,
    },
    Break,
    Continue,
}

/// One way through `if` or `unless`.
#[derive(Debug)]
pub(crate) struct Branch {
    pub(crate) condition: Option<Condition>,
    /// What the condition must be: `false` for `unless`.
    pub(crate) wanted: bool,
    pub(crate) block: Block,
}

/// `case` with its `when` and `else` blocks in the order of the text.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) subject: Expression,
    pub(crate) arms: Vec<Arm>,
}

/// One block of a `case`.
#[derive(Debug)]
pub(crate) struct Arm {
    /// What the subject is compared with; `None` is `else`.
    pub(crate) values: Option<Vec<Expression>>,
    pub(crate) block: Block,
}

/// `for` or `tablerow`.
#[derive(Debug)]
pub(crate) struct Loop {
    pub(crate) variable: Arc<str>,
    pub(crate) collection: Expression,
    /// Variable and collection as written, by which `offset: continue` finds its place.
    pub(crate) name: Arc<str>,
    pub(crate) reversed: bool,
    pub(crate) limit: Option<Expression>,
    pub(crate) offset: Option<Offset>,
    pub(crate) columns: Option<Expression>,
    pub(crate) block: Block,
    pub(crate) otherwise: Option<Block>,
    pub(crate) at: u32,
}

/// Where a loop begins.
#[derive(Debug)]
pub(crate) enum Offset {
    At(Expression),
    /// Where the loop of the same name ended before.
    Continue,
}

/// `cycle`.
#[derive(Debug)]
pub(crate) struct Cycle {
    pub(crate) group: CycleGroup,
    pub(crate) values: Vec<Expression>,
    pub(crate) at: u32,
}

/// What `cycle` tags that share a position have in common.
#[derive(Debug)]
pub(crate) enum CycleGroup {
    Named(Expression),
    /// The same values as written.
    Unnamed(Arc<str>),
}

/// `include` or `render`.
#[derive(Debug)]
pub(crate) struct PartialCall {
    pub(crate) name: Expression,
    pub(crate) binding: Option<Binding>,
    pub(crate) arguments: Vec<(Arc<str>, Expression)>,
    pub(crate) at: u32,
}

/// `with value as alias` or `for values as alias`.
#[derive(Debug)]
pub(crate) struct Binding {
    pub(crate) value: Expression,
    pub(crate) each: bool,
    pub(crate) alias: Option<Arc<str>>,
}

/// A value and the filters that it goes through.
#[derive(Debug)]
pub(crate) struct Pipeline {
    /// Absent in `{{ }}`.
    pub(crate) input: Option<Expression>,
    pub(crate) filters: Vec<FilterCall>,
    pub(crate) at: u32,
}

/// One filter with its arguments.
#[derive(Debug)]
pub(crate) struct FilterCall {
    pub(crate) filter: &'static Filter,
    pub(crate) arguments: Vec<Expression>,
    pub(crate) named: Vec<(Arc<str>, Expression)>,
    pub(crate) at: u32,
}

/// Something with a value.
#[derive(Debug)]
pub(crate) enum Expression {
    Literal(Literal),
    Variable(Variable),
    Range(Box<(Expression, Expression)>),
}

/// A value written in the template.
#[derive(Debug, Clone)]
pub(crate) enum Literal {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Arc<str>),
    Blank,
    Empty,
}

/// A path to a value.
#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) root: Root,
    pub(crate) segments: Vec<Segment>,
    pub(crate) at: u32,
}

/// How a path begins.
#[derive(Debug)]
pub(crate) enum Root {
    Name(Arc<str>),
    /// `[expression]`: the name is the value.
    Computed(Box<Expression>),
}

/// One step of a path.
#[derive(Debug)]
pub(crate) enum Segment {
    /// `.name`, which may also be `.size`, `.first` or `.last`.
    Name(Arc<str>),
    /// `[expression]`.
    Computed(Expression),
}

/// Comparisons joined from the right: `a and b or c` is `a and (b or c)`.
#[derive(Debug)]
pub(crate) struct Condition {
    pub(crate) first: Comparison,
    pub(crate) rest: Vec<(Junction, Comparison)>,
}

/// `and` or `or`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Junction {
    And,
    Or,
}

/// A value, or two that are compared.
#[derive(Debug)]
pub(crate) struct Comparison {
    pub(crate) left: Expression,
    pub(crate) test: Option<(Operator, Expression)>,
    pub(crate) at: u32,
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Contains,
}
