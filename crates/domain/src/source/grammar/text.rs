//! Kinds of texts: what they look like, and what is wrong with one that doesn't.

use crate::pattern::UrlPattern;
use crate::predicate::date;
use crate::source::codes::{self, Code};
use crate::time::Period;
use crate::value::Path;
use crate::zone::{TimeOfDay, Zone};

/// What a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextKind {
    /// Any text with something in it.
    Line,
    /// A name that a team gives: lower case, digits, dashes, underscores.
    Name,
    /// A step's id.
    StepId,
    /// A channel.
    Channel,
    /// The name of an event, as clients send it.
    EventName,
    /// A dotted path to a trait or a property.
    Path,
    /// A period above zero.
    Period,
    /// A period, also none at all.
    PeriodOrZero,
    /// Whole days, also negative.
    Days,
    /// A period, or calendar days with a time of day.
    Wait,
    /// A time of day.
    TimeOfDay,
    /// A zone's IANA name.
    Zone,
    /// `contact`, `workspace` or a zone's IANA name.
    ZoneOf,
    /// A calendar date.
    Date,
    /// A pattern of addresses.
    UrlPattern,
    /// A pattern of pages, or `any`.
    PageOrAny,
}

/// The word that stands for every page, form, template or workflow.
pub const ANY: &str = "any";

/// What is wrong with a text.
#[derive(Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The kind of finding.
    pub code: &'static Code,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub fix: Option<String>,
}

/// The most characters of a name.
pub const NAME_LENGTH_MAX: usize = 100;

/// The most characters of an event's name.
pub const EVENT_NAME_LENGTH_MAX: usize = 200;

/// The most calendar days of one wait: 100 years, as long as the longest period.
pub const CALENDAR_DAYS_MAX: u32 = 36_525;

impl TextKind {
    /// What it is, in a person's words.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Line => "a text",
            Self::Name => "a name",
            Self::StepId => "a step id",
            Self::Channel => "a channel",
            Self::EventName => "an event name",
            Self::Path => "a path",
            Self::Period => "a period such as `20m` or `3d`",
            Self::PeriodOrZero => "a period such as `0s` or `45m`",
            Self::Days => "whole days such as `3d` or `-3d`",
            Self::Wait => "a period such as `20m`, or `3 calendar days at 09:00`",
            Self::TimeOfDay => "a time of day such as `\"09:00\"`",
            Self::Zone => "a time zone such as `Europe/Berlin`",
            Self::ZoneOf => "`contact`, `workspace` or a time zone",
            Self::Date => "a date such as `2026-01-05`",
            Self::UrlPattern => "a pattern such as `/pricing/**` or `https://shop.example/**`",
            Self::PageOrAny => "a pattern such as `/pricing/**`, or `any`",
        }
    }

    /// The pattern of JSON Schema, where one says enough.
    pub fn pattern(self) -> Option<&'static str> {
        match self {
            Self::Name | Self::StepId | Self::Channel => Some("^[a-z0-9][a-z0-9_-]{0,99}$"),
            Self::Path => Some("^[^.$\\s][^.]*(\\.[^.]+)*$"),
            Self::Period | Self::PeriodOrZero => Some("^([0-9]+(w|d|h|m|s|ms))+$"),
            Self::Days => Some("^[+-]?([0-9]+(w|d|h))+$"),
            Self::TimeOfDay => Some("^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$"),
            Self::Date => Some("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
            Self::Line
            | Self::EventName
            | Self::Wait
            | Self::Zone
            | Self::ZoneOf
            | Self::UrlPattern
            | Self::PageOrAny => None,
        }
    }

    /// Finds what is wrong with a text of this kind.
    pub fn check(self, text: &str) -> Result<(), Wrong> {
        match self {
            Self::Line => not_empty(text),
            Self::Name | Self::StepId | Self::Channel => name(self, text),
            Self::EventName => event_name(text),
            Self::Path => path(text),
            Self::Period => period(text, 1),
            Self::PeriodOrZero => period(text, 0),
            Self::Days => days(text),
            Self::Wait => wait(text),
            Self::TimeOfDay => time_of_day(text),
            Self::ZoneOf if matches!(text, "contact" | "workspace") => Ok(()),
            Self::PageOrAny if text == ANY => Ok(()),
            Self::UrlPattern | Self::PageOrAny => url_pattern(text),
            Self::Date => calendar_date(text),
            Self::Zone | Self::ZoneOf => zone(text),
        }
    }
}

/// Reads `3 calendar days at 09:00` or `1 calendar day`.
pub fn calendar_days(text: &str) -> Option<(u32, Option<TimeOfDay>)> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let (days, at) = match words.as_slice() {
        [days, "calendar", "day" | "days"] => (days, None),
        [days, "calendar", "day" | "days", "at", at] => (days, Some(TimeOfDay::parse(at)?)),
        _ => return None,
    };
    let days: u32 = days.parse().ok()?;
    (1..=CALENDAR_DAYS_MAX).contains(&days).then_some((days, at))
}

/// Reads whole days, such as `-3d`.
pub fn whole_days(text: &str) -> Option<i32> {
    const DAY_MS: i64 = 86_400_000;
    let millis = Period::parse(text)?.as_millis();
    (millis % DAY_MS == 0).then(|| i32::try_from(millis / DAY_MS).ok()).flatten()
}

fn wrong(code: &'static Code, message: String, fix: &str) -> Wrong {
    Wrong { code, message, fix: Some(fix.to_owned()) }
}

fn not_empty(text: &str) -> Result<(), Wrong> {
    if text.trim().is_empty() {
        return Err(wrong(
            &codes::EMPTY,
            "this text is empty".to_owned(),
            "write something, or leave the key out",
        ));
    }
    Ok(())
}

fn name(kind: TextKind, text: &str) -> Result<(), Wrong> {
    let usable = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    let begins = text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    if begins && text.chars().all(usable) && text.len() <= NAME_LENGTH_MAX {
        return Ok(());
    }
    let message = format!("`{text}` cannot be {}", kind.describe());
    let slug = slug(text);
    let fix = if slug.is_empty() {
        "use lower case letters, digits, dashes and underscores".to_owned()
    } else {
        format!("write `{slug}`: lower case letters, digits, dashes and underscores")
    };
    Err(Wrong { code: &codes::BAD_NAME, message, fix: Some(fix) })
}

/// The name that a text would make: `Cart Updated` gives `cart-updated`; empty if nothing of it is usable.
pub fn slug(text: &str) -> String {
    let mut slug = String::new();
    for character in text.chars().flat_map(char::to_lowercase).take(NAME_LENGTH_MAX) {
        if character.is_ascii_alphanumeric() || (character == '_' && !slug.is_empty()) {
            slug.push(character);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

fn event_name(text: &str) -> Result<(), Wrong> {
    not_empty(text)?;
    if text.trim() != text || text.chars().count() > EVENT_NAME_LENGTH_MAX {
        let message = format!("`{text}` cannot be the name of an event");
        let fix = format!("remove blanks around it, and use at most {EVENT_NAME_LENGTH_MAX} characters");
        return Err(Wrong { code: &codes::BAD_NAME, message, fix: Some(fix) });
    }
    Ok(())
}

fn path(text: &str) -> Result<(), Wrong> {
    if let Some((root, rest)) = text.strip_prefix('$').and_then(|rest| rest.split_once('.')) {
        let message = format!("`{text}` is a reference to a value, but here stands the path itself");
        return Err(wrong(&codes::BAD_PATH, message, &format!("write `{rest}`, without `${root}.`")));
    }
    if text.trim() != text || text.starts_with('$') || Path::parse(text).is_none() {
        let message = format!("`{text}` is not a path");
        return Err(wrong(
            &codes::BAD_PATH,
            message,
            "write a name such as `city`, or `address.city` into an object",
        ));
    }
    Ok(())
}

fn period(text: &str, min: i64) -> Result<(), Wrong> {
    let fix = "write a number and a unit: `90s`, `20m`, `1h30m`, `3d`, `2w`";
    match Period::parse(text) {
        None => Err(wrong(&codes::BAD_PERIOD, format!("`{text}` is not a period"), fix)),
        Some(period) if period.as_millis() < min => {
            let message = format!(
                "the period `{text}` is too short: it must be {} zero",
                ["at least", "above"][min as usize]
            );
            Err(wrong(&codes::OUT_OF_RANGE, message, fix))
        }
        Some(_) => Ok(()),
    }
}

fn days(text: &str) -> Result<(), Wrong> {
    if whole_days(text).is_some() {
        return Ok(());
    }
    let message = format!("`{text}` is not a number of whole days");
    Err(wrong(
        &codes::BAD_PERIOD,
        message,
        "write days: `-3d` is three days before the date; `at:` gives the hour",
    ))
}

fn wait(text: &str) -> Result<(), Wrong> {
    if calendar_days(text).is_some() {
        return Ok(());
    }
    if text.contains("calendar") {
        let message = format!("`{text}` is not a number of calendar days");
        return Err(wrong(
            &codes::BAD_PERIOD,
            message,
            "write `3 calendar days at 09:00` or `1 calendar day`",
        ));
    }
    period(text, 1)
}

fn time_of_day(text: &str) -> Result<(), Wrong> {
    if TimeOfDay::parse(text).is_some() {
        return Ok(());
    }
    let message = format!("`{text}` is not a time of day");
    Err(wrong(&codes::BAD_TIME_OF_DAY, message, "write `HH:MM`, such as `\"09:00\"` or `\"23:59\"`"))
}

fn url_pattern(text: &str) -> Result<(), Wrong> {
    UrlPattern::parse(text).map(|_| ()).map_err(|why| Wrong {
        code: &codes::BAD_PATTERN,
        message: format!("`{text}` is not a pattern of addresses"),
        fix: Some(why),
    })
}

fn calendar_date(text: &str) -> Result<(), Wrong> {
    if date(text).is_some() {
        return Ok(());
    }
    let message = format!("`{text}` is not a date");
    Err(wrong(&codes::BAD_DATE, message, "write `YYYY-MM-DD`, such as `2026-01-05`"))
}

fn zone(text: &str) -> Result<(), Wrong> {
    if Zone::named(text).is_some() {
        return Ok(());
    }
    let message = format!("`{text}` is not a time zone");
    Err(wrong(
        &codes::BAD_ZONE,
        message,
        "use an IANA name such as `Europe/Berlin`, `America/New_York` or `UTC`",
    ))
}
