//! Filters for what differs from contact to contact: language, country, zone, and a choice that stays the same.

use jiff::tz::TimeZone;

use super::date::{strftime, time_of};
use super::{Call, to_integer};
use crate::error::Fault;
use crate::locale::{DateStyle, Locale, currency_digits};
use crate::number::Number;
use crate::value::{Value, range_length};

/// The most digits after the point that a number is written with.
const DIGITS_MAX: i64 = 12;

/// The longest number that is written, in characters.
const NUMBER_CHARACTERS_MAX: usize = 64;

impl<'a> Call<'_, 'a> {
    /// A named argument that was given and isn't nothing.
    pub(super) fn named(&self, name: &str) -> Option<&Value<'a>> {
        self.named
            .iter()
            .find(|(key, _)| **key == *name)
            .map(|(_, value)| value)
            .filter(|value| !value.is_nil())
    }

    /// The locale of the argument `locale`, else the rendering's.
    pub(super) fn locale(&self) -> Result<Locale, Fault> {
        let Some(named) = self.named("locale") else { return Ok(self.work.locale) };
        let tag = named.to_text();
        let tag = tag.as_str();
        Locale::named(tag).ok_or_else(|| {
            Fault::argument(format!("`{}` is no locale: write a tag such as `de` or `pt-BR`", short(tag)))
        })
    }

    /// The zone of the argument `zone`, else the rendering's.
    pub(super) fn zone(&self) -> Result<TimeZone, Fault> {
        let Some(named) = self.named("zone") else { return Ok(self.work.time_zone.clone()) };
        let name = named.to_text();
        let name = name.as_str();
        TimeZone::get(name).map_err(|_| {
            Fault::argument(format!(
                "`{}` is no time zone: write a name such as `Europe/Berlin`",
                short(name)
            ))
        })
    }

    /// The input as a number; nothing stays nothing, and what is no number is refused rather than taken for zero.
    fn amount(&self) -> Result<Option<Number>, Fault> {
        match &self.input {
            value if value.is_blank() => Ok(None),
            Value::Int(_) | Value::Float(_) => Ok(Some(Number::of(&self.input))),
            Value::Text(text) if is_number(text.as_str()) => Ok(Some(Number::of(&self.input))),
            other => {
                let text = other.to_text();
                Err(Fault::argument(format!("`{}` is no number", short(text.as_str()))))
            }
        }
    }
}

/// `12`, `-3.50`.
fn is_number(text: &str) -> bool {
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    text.len() <= NUMBER_CHARACTERS_MAX
        && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && digits.bytes().filter(|byte| *byte == b'.').count() <= 1
        && digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.ends_with(|last: char| last.is_ascii_digit())
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

/// `price | money: 'EUR'`; with `minor: true` the price is in cents.
pub(super) fn money<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    let Some(amount) = call.amount()? else { return Ok(Value::Nil) };
    let currency = call.argument(0).to_text();
    let currency = currency.as_str().trim().to_ascii_uppercase();
    if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        let message =
            format!("`{}` is no currency: write its three letters, such as `EUR`", short(&currency));
        return Err(Fault::argument(message));
    }
    let digits = currency_digits(&currency);
    let is_minor = call.named("minor").is_some_and(Value::is_truthy);
    let text = if is_minor { amount.shifted(digits) } else { amount.fixed(digits) };
    Ok(Value::owned(call.locale()?.money(&text.ok_or_else(too_large)?, &currency)))
}

/// `n | number`, `n | number: 2`: as the locale writes it, with so many digits after the point.
pub(super) fn number<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    let Some(amount) = call.amount()? else { return Ok(Value::Nil) };
    let text = match call.argument(0) {
        Value::Nil => amount.shortest(),
        wanted => {
            let digits = to_integer(&wanted, "the number of digits")?.clamp(0, DIGITS_MAX);
            amount.fixed(u32::try_from(digits).unwrap_or(0))
        }
    };
    Ok(Value::owned(call.locale()?.number(&text.ok_or_else(too_large)?)))
}

fn too_large() -> Fault {
    Fault::argument("the number is too large to be written")
}

/// `n | plural: 'item', 'items'`, or by the categories of the language: `n | plural: one: …, few: …, other: …`.
pub(super) fn plural<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    let number = call.amount()?.unwrap_or(Number::Int(0));
    let is_zero = matches!(number, Number::Int(0));
    let category = call.locale()?.plural(&number.shortest().ok_or_else(too_large)?);
    let exact = call.named("zero").filter(|_| is_zero);
    let word = exact.or_else(|| call.named(category)).or_else(|| call.named("other")).cloned();
    if let Some(word) = word {
        return Ok(word);
    }
    match (call.arguments, category) {
        ([], _) => Err(Fault::argument(format!(
            "there is no word for `{category}`: write `plural: 'item', 'items'` or `plural: one: 'item', other: 'items'`"
        ))),
        ([one, ..], "one") => Ok(one.clone()),
        ([.., other], _) => Ok(other.clone()),
    }
}

/// `t | local_date`, `t | local_date: 'short'`: as the locale writes a date.
pub(super) fn local_date<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    let style = call.argument(0).to_text();
    let style = match style.as_str() {
        "" | "long" => DateStyle::Long,
        "short" => DateStyle::Short,
        "medium" => DateStyle::Medium,
        "full" => DateStyle::Full,
        other => {
            let message = format!("`{}` is no style of dates: short, medium, long or full", short(other));
            return Err(Fault::argument(message));
        }
    };
    let locale = call.locale()?;
    written(call, &locale.date_format(style))
}

/// `t | local_time`: the time of day as the locale writes it.
pub(super) fn local_time<'a>(call: &mut Call<'_, 'a>) -> Result<Value<'a>, Fault> {
    let locale = call.locale()?;
    written(call, locale.time_format())
}

fn written<'a>(call: &Call<'_, 'a>, format: &str) -> Result<Value<'a>, Fault> {
    let (locale, zone) = (call.locale()?, call.zone()?);
    Ok(match time_of(&call.input, call.work.now, &zone) {
        Some(time) => Value::owned(strftime(&time.with_time_zone(zone), format, locale)),
        None => call.input.clone(),
    })
}

/// `list | choose`, `list | choose: 'key'`: one of the items, always the same for the same contact and key.
pub(super) fn choose<'a>(call: &mut Call<'_, 'a>) -> Value<'a> {
    let key = call.argument(0).to_text();
    let chance = call.work.chance(key.as_str());
    let pick = |length: usize| usize::try_from(chance % (length.max(1) as u64)).unwrap_or(0);
    match &call.input {
        Value::Array(items) => items.get(pick(items.len())).map_or(Value::Nil, Value::from_json),
        Value::List(items) => items.get(pick(items.len())).cloned().unwrap_or(Value::Nil),
        Value::Range(start, end) if range_length(*start, *end) > 0 => Value::Int(
            start.saturating_add((chance % range_length(*start, *end).unsigned_abs()).cast_signed()),
        ),
        Value::Range(..) => Value::Nil,
        other => other.clone(),
    }
}
