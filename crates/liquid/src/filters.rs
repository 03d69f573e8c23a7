//! The filters: a sorted table of names, arities and functions.

mod array;
mod date;
mod encode;
pub(crate) mod html;
mod local;
mod math;
mod select;
mod slice;
mod string;

use std::sync::Arc;

use crate::error::{ErrorKind, Fault};
use crate::render::Work;
use crate::value::{Text, Value, range_length};

/// A filter, as the parser checks it and the renderer calls it.
pub(crate) struct Filter {
    pub(crate) name: &'static str,
    pub(crate) arguments_min: usize,
    pub(crate) arguments_max: usize,
    /// The names of its named arguments.
    pub(crate) named: &'static [&'static str],
    run: Run,
}

/// How a filter is computed.
#[derive(Clone, Copy)]
enum Run {
    /// From a string to a string; what these make of markup is as safe as it was, so it stays markup.
    Text(fn(&str) -> String),
    /// From a string to markup: the author answers for it, and it isn't escaped again.
    Markup(fn(&str) -> String),
    /// From a value to a value, always.
    Value(for<'c, 'a> fn(&mut Call<'c, 'a>) -> Value<'a>),
    /// From a value to a value, unless something is wrong.
    Fallible(for<'c, 'a> fn(&mut Call<'c, 'a>) -> Result<Value<'a>, Fault>),
}

/// What a filter works with.
pub(crate) struct Call<'c, 'a> {
    pub(crate) input: Value<'a>,
    pub(crate) arguments: &'c [Value<'a>],
    pub(crate) named: &'c [(Arc<str>, Value<'a>)],
    pub(crate) work: &'c mut Work,
}

impl std::fmt::Debug for Filter {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name)
    }
}

const fn filter(name: &'static str, arguments_min: usize, arguments_max: usize, run: Run) -> Filter {
    Filter { name, arguments_min, arguments_max, named: &[], run }
}

const fn with_names(
    name: &'static str,
    arguments_min: usize,
    arguments_max: usize,
    named: &'static [&'static str],
    run: Run,
) -> Filter {
    Filter { name, arguments_min, arguments_max, named, run }
}

/// All filters, sorted by name.
static FILTERS: &[Filter] = &[
    filter("abs", 0, 0, Run::Fallible(math::abs)),
    filter("append", 1, 1, Run::Value(string::append)),
    filter("at_least", 1, 1, Run::Value(math::at_least)),
    filter("at_most", 1, 1, Run::Value(math::at_most)),
    filter("base64_decode", 0, 0, Run::Fallible(encode::base64_decode)),
    filter("base64_encode", 0, 0, Run::Text(encode::base64_encode)),
    filter("base64_url_safe_decode", 0, 0, Run::Fallible(encode::base64_url_safe_decode)),
    filter("base64_url_safe_encode", 0, 0, Run::Text(encode::base64_url_safe_encode)),
    filter("capitalize", 0, 0, Run::Text(string::capitalize)),
    filter("ceil", 0, 0, Run::Fallible(math::ceil)),
    filter("choose", 0, 1, Run::Value(local::choose)),
    filter("compact", 0, 1, Run::Fallible(array::compact)),
    filter("concat", 1, 1, Run::Fallible(array::concat)),
    with_names("date", 1, 1, &["locale", "zone"], Run::Fallible(date::date)),
    with_names("default", 0, 1, &["allow_false"], Run::Value(string::default)),
    filter("divided_by", 1, 1, Run::Fallible(math::divided_by)),
    filter("downcase", 0, 0, Run::Text(string::downcase)),
    filter("escape", 0, 0, Run::Markup(html::escape)),
    filter("escape_once", 0, 0, Run::Markup(html::escape_once)),
    filter("find", 1, 2, Run::Fallible(select::find)),
    filter("find_index", 1, 2, Run::Fallible(select::find_index)),
    filter("first", 0, 0, Run::Value(array::first)),
    filter("floor", 0, 0, Run::Fallible(math::floor)),
    filter("h", 0, 0, Run::Markup(html::escape)),
    filter("has", 1, 2, Run::Fallible(select::has)),
    filter("join", 0, 1, Run::Fallible(array::join)),
    filter("last", 0, 0, Run::Value(array::last)),
    with_names("local_date", 0, 1, &["locale", "zone"], Run::Fallible(local::local_date)),
    with_names("local_time", 0, 0, &["locale", "zone"], Run::Fallible(local::local_time)),
    filter("lstrip", 0, 0, Run::Text(string::lstrip)),
    filter("map", 1, 1, Run::Fallible(array::map)),
    filter("minus", 1, 1, Run::Fallible(math::minus)),
    filter("modulo", 1, 1, Run::Fallible(math::modulo)),
    with_names("money", 1, 1, &["locale", "minor"], Run::Fallible(local::money)),
    filter("newline_to_br", 0, 0, Run::Text(html::newline_to_br)),
    with_names("number", 0, 1, &["locale"], Run::Fallible(local::number)),
    with_names(
        "plural",
        0,
        2,
        &["zero", "one", "two", "few", "many", "other", "locale"],
        Run::Fallible(local::plural),
    ),
    filter("plus", 1, 1, Run::Fallible(math::plus)),
    filter("prepend", 1, 1, Run::Value(string::prepend)),
    filter("raw", 0, 0, Run::Markup(str::to_owned)),
    filter("reject", 1, 2, Run::Fallible(select::reject)),
    filter("remove", 1, 1, Run::Value(string::remove)),
    filter("remove_first", 1, 1, Run::Value(string::remove_first)),
    filter("remove_last", 1, 1, Run::Value(string::remove_last)),
    filter("replace", 1, 2, Run::Fallible(string::replace)),
    filter("replace_first", 1, 2, Run::Value(string::replace_first)),
    filter("replace_last", 2, 2, Run::Value(string::replace_last)),
    filter("reverse", 0, 0, Run::Fallible(array::reverse)),
    filter("round", 0, 1, Run::Fallible(math::round)),
    filter("rstrip", 0, 0, Run::Text(string::rstrip)),
    filter("safe", 0, 0, Run::Markup(str::to_owned)),
    filter("size", 0, 0, Run::Value(array::size)),
    filter("slice", 1, 2, Run::Fallible(slice::slice)),
    filter("sort", 0, 1, Run::Fallible(array::sort)),
    filter("sort_natural", 0, 1, Run::Fallible(array::sort_natural)),
    filter("split", 1, 1, Run::Fallible(slice::split)),
    filter("strip", 0, 0, Run::Text(string::strip)),
    filter("strip_html", 0, 0, Run::Text(html::strip_html)),
    filter("strip_newlines", 0, 0, Run::Text(string::strip_newlines)),
    filter("sum", 0, 1, Run::Fallible(array::sum)),
    filter("times", 1, 1, Run::Fallible(math::times)),
    filter("truncate", 0, 2, Run::Fallible(slice::truncate)),
    filter("truncatewords", 0, 2, Run::Fallible(slice::truncate_words)),
    filter("uniq", 0, 1, Run::Fallible(array::uniq)),
    filter("upcase", 0, 0, Run::Text(string::upcase)),
    filter("url_decode", 0, 0, Run::Fallible(encode::url_decode)),
    filter("url_encode", 0, 0, Run::Text(encode::url_encode)),
    filter("where", 1, 2, Run::Fallible(select::where_matching)),
];

/// Finds a filter by its name.
pub(crate) fn find(name: &str) -> Option<&'static Filter> {
    FILTERS.binary_search_by(|filter| filter.name.cmp(name)).ok().map(|index| &FILTERS[index])
}

/// The names of all filters, for suggestions.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    FILTERS.iter().map(|filter| filter.name)
}

impl Filter {
    /// Describes how many arguments the filter takes.
    pub(crate) fn arity(&self) -> String {
        let plural = if self.arguments_max == 1 { "argument" } else { "arguments" };
        match (self.arguments_min, self.arguments_max) {
            (_, 0) => "no arguments".to_owned(),
            (min, max) if min == max => format!("{max} {plural}"),
            (min, max) => format!("{min} to {max} {plural}"),
        }
    }

    /// Computes the filter, charging for what it reads and writes.
    pub(crate) fn apply<'a>(&self, call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
        call.work.burn(1)?;
        call.work.burn(call.input.weight())?;
        let result = match self.run {
            Run::Text(run) => match call.input.to_text() {
                Text::Markup(text) => Value::Text(Text::Markup(run(&text).into())),
                text => Value::owned(run(text.as_str())),
            },
            Run::Markup(run) => Value::Text(Text::Markup(run(call.input.to_text().as_str()).into())),
            Run::Value(run) => run(call),
            Run::Fallible(run) => run(call)?,
        };
        call.work.burn(result.weight())?;
        if let Value::Text(text @ (Text::Owned(_) | Text::Markup(_))) = &result {
            call.work.check_bytes(text.as_str().len())?;
        }
        Ok(result)
    }
}

impl<'a> Call<'_, 'a> {
    /// The argument at this position; nothing if it is missing.
    fn argument(&self, index: usize) -> Value<'a> {
        self.arguments.get(index).cloned().unwrap_or(Value::Nil)
    }

    /// Takes the input as a flat list: an array without nesting, a range counted out,
    /// anything else as the only item.
    fn take_items(&mut self) -> Result<Vec<Value<'a>>, Fault> {
        let mut items = Vec::new();
        match std::mem::replace(&mut self.input, Value::Nil) {
            Value::Nil => {}
            Value::Range(start, end) => {
                self.work.burn(range_length(start, end) as u64)?;
                items.extend((start..=end).map(Value::Int));
            }
            array @ (Value::Array(_) | Value::List(_)) => {
                flatten(&array, &mut items, self.work, crate::value::DEPTH_MAX)?;
            }
            other => items.push(other),
        }
        Ok(items)
    }

    fn no_property(property: &Value<'_>) -> Fault {
        let name = property.to_text();
        Fault::argument(format!("cannot select the property `{}`", name.as_str()))
    }
}

fn flatten<'a>(
    value: &Value<'a>,
    items: &mut Vec<Value<'a>>,
    work: &mut Work,
    depth: usize,
) -> Result<(), Fault> {
    if depth == 0 {
        return Err(Fault::new(ErrorKind::NestingTooDeep, "the array is nested too deep"));
    }
    work.burn(1)?;
    match value {
        Value::Array(array) => {
            array.iter().try_for_each(|item| flatten(&Value::from_json(item), items, work, depth - 1))
        }
        Value::List(list) => list.iter().try_for_each(|item| flatten(item, items, work, depth - 1)),
        other => {
            items.push(other.clone());
            Ok(())
        }
    }
}

/// Reads a whole number; nothing else will do.
pub(crate) fn to_integer(value: &Value<'_>, what: &str) -> Result<i64, Fault> {
    let number = match value {
        Value::Int(number) => Some(*number),
        Value::Text(text) => text.as_str().trim().parse().ok(),
        _ => None,
    };
    number.ok_or_else(|| {
        let text = value.to_text();
        let shown: String = text.as_str().chars().take(40).collect();
        Fault::argument(format!("{what} must be a whole number, found {} `{shown}`", value.type_name()))
    })
}

#[cfg(test)]
mod tests;
