//! The Liquid template language, compiled once and rendered fast.
//!
//! The semantics are those of the reference implementation in Ruby, in its strict
//! parsing mode. Read in this order: `template` (what a caller does), `lexer` and
//! `token` (from text to tokens), `parser` (from tokens to `syntax`), `value` (what a
//! template computes with), `filters`, `render`, and `variables` (what a template reads). `number`
//! computes and prints, `locale` knows how languages write, `suggest` finds what may have been meant, `error` says where.
//!
//! **Invariants:**
//! - no I/O, no clock, no random number: the same arguments always give the same text;
//! - no input makes it panic, run for ever or fill the memory: nesting, steps and bytes
//!   are bounded, for templates and for data;
//! - a [`Template`] is immutable and shared between threads; all state of a rendering is
//!   in the rendering;
//! - what can be refused when a template is parsed is refused then: unknown tags, unknown
//!   filters, a wrong number of arguments.
//!
//! **Known differences from the reference:** integers are 64 bits wide and overflow is an
//! error; objects are read in the order of their keys; an error stops the rendering and
//! is never printed into the text; `render` sees the globals, as it does in a shop's theme.

mod error;
mod filters;
mod lexer;
mod locale;
mod number;
mod parser;
mod render;
mod suggest;
mod syntax;
mod template;
mod token;
mod value;
mod variables;

pub use error::{Error, ErrorKind};
pub use locale::Locale;
pub use template::{Escape, Mode, NoPartials, Partials, RenderOptions, Template};
pub use variables::{PartialName, VariablePath};

#[cfg(test)]
mod tests;
