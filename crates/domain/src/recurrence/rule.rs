//! The parts of a rule as data, read strictly: whatever the library would guess at or drop in silence is refused here,
//! by name, with what to write instead.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};

use crate::recurrence::{COUNT_MAX, INTERVAL_MAX, OCCURRENCES_PER_DAY_MAX, RULE_BYTES_MAX};
use crate::zone::Weekday;

/// How long a period of a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Frequency {
    Hourly,
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// A weekday of `BYDAY`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ByDay {
    /// Which one of the month or year, counted from the end if negative; zero means every.
    pub(super) nth: i16,
    pub(super) weekday: Weekday,
}

/// A rule, part by part. Empty lists are parts that aren't there; all others are in order, without repetition.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Rule {
    pub(super) frequency: Frequency,
    pub(super) interval: u16,
    pub(super) count: Option<u32>,
    pub(super) until: Option<DateTime>,
    pub(super) week_start: Weekday,
    pub(super) by_month: Vec<u8>,
    pub(super) by_week: Vec<i8>,
    pub(super) by_year_day: Vec<i16>,
    pub(super) by_month_day: Vec<i8>,
    pub(super) by_day: Vec<ByDay>,
    pub(super) by_hour: Vec<u8>,
    pub(super) by_minute: Vec<u8>,
    pub(super) by_second: Vec<u8>,
    pub(super) by_set_position: Vec<i32>,
}

/// The parts that a rule may have.
const PARTS: [&str; 14] = [
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "WKST",
    "BYMONTH",
    "BYWEEKNO",
    "BYYEARDAY",
    "BYMONTHDAY",
    "BYDAY",
    "BYHOUR",
    "BYMINUTE",
    "BYSECOND",
    "BYSETPOS",
];

/// The weekdays by the names that rules use.
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("MO", Weekday::Monday),
    ("TU", Weekday::Tuesday),
    ("WE", Weekday::Wednesday),
    ("TH", Weekday::Thursday),
    ("FR", Weekday::Friday),
    ("SA", Weekday::Saturday),
    ("SU", Weekday::Sunday),
];

impl Rule {
    /// Reads `FREQ=WEEKLY;BYDAY=MO,TH`, with or without `RRULE:` before it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let parts = Parts::split(text)?;
        let rule = Self {
            frequency: parts.frequency()?,
            interval: parts.number("INTERVAL", INTERVAL_MAX.into())?.map_or(1, |number| number as u16),
            count: parts.number("COUNT", COUNT_MAX)?,
            until: parts.get("UNTIL").map(until).transpose()?,
            week_start: match parts.get("WKST") {
                None => Weekday::Monday,
                Some(text) => weekday(text).ok_or_else(|| {
                    format!("`WKST={text}` is no weekday: write one of MO, TU, WE, TH, FR, SA, SU")
                })?,
            },
            by_month: parts.list("BYMONTH", 1, 12)?,
            by_week: parts.list("BYWEEKNO", -53, 53)?,
            by_year_day: parts.list("BYYEARDAY", -366, 366)?,
            by_month_day: parts.list("BYMONTHDAY", -31, 31)?,
            by_day: parts.get("BYDAY").map_or(Ok(Vec::new()), days)?,
            by_hour: parts.list("BYHOUR", 0, 23)?,
            by_minute: parts.list("BYMINUTE", 0, 59)?,
            by_second: parts.list("BYSECOND", 0, 59)?,
            by_set_position: parts.list("BYSETPOS", -366, 366)?,
        };
        rule.check_parts_together()?;
        rule.check_day_numbers()?;
        rule.check_pace()?;
        Ok(rule)
    }

    /// The rule with what it leaves open taken from its start (RFC 5545, 3.3.10).
    pub(super) fn completed(mut self, starts: DateTime) -> Self {
        let names_days =
            !(self.by_day.is_empty() && self.by_month_day.is_empty() && self.by_year_day.is_empty());
        let weekday = ByDay { nth: 0, weekday: Weekday::of(starts.date()) };
        match self.frequency {
            Frequency::Yearly if !names_days && !self.by_week.is_empty() => self.by_day = vec![weekday],
            Frequency::Yearly if !names_days => {
                if self.by_month.is_empty() {
                    self.by_month = vec![starts.month() as u8];
                }
                self.by_month_day = vec![starts.day()];
            }
            Frequency::Monthly if !names_days => self.by_month_day = vec![starts.day()],
            Frequency::Weekly if !names_days => self.by_day = vec![weekday],
            Frequency::Yearly
            | Frequency::Monthly
            | Frequency::Weekly
            | Frequency::Daily
            | Frequency::Hourly => {}
        }
        if self.by_hour.is_empty() && self.frequency > Frequency::Hourly {
            self.by_hour = vec![starts.hour() as u8];
        }
        if self.by_minute.is_empty() {
            self.by_minute = vec![starts.minute() as u8];
        }
        if self.by_second.is_empty() {
            self.by_second = vec![starts.second() as u8];
        }
        self
    }

    /// Which parts may stand beside which: the table of RFC 5545, 3.3.10.
    fn check_parts_together(&self) -> Result<(), String> {
        use Frequency::{Daily, Monthly, Weekly, Yearly};
        if self.count.is_some() && self.until.is_some() {
            return Err("`COUNT` and `UNTIL` both say when the rule ends: leave one of them out".to_owned());
        }
        if !self.by_week.is_empty() && self.frequency != Yearly {
            return Err("`BYWEEKNO` has a meaning with `FREQ=YEARLY` only".to_owned());
        }
        if !self.by_year_day.is_empty() && matches!(self.frequency, Daily | Weekly | Monthly) {
            return Err("`BYYEARDAY` has a meaning with `FREQ=YEARLY` or `FREQ=HOURLY` only".to_owned());
        }
        if !self.by_month_day.is_empty() && self.frequency == Weekly {
            return Err("`BYMONTHDAY` has no meaning with `FREQ=WEEKLY`: write `FREQ=MONTHLY`".to_owned());
        }
        let zero = self.by_month_day.contains(&0)
            || self.by_week.contains(&0)
            || self.by_year_day.contains(&0)
            || self.by_set_position.contains(&0);
        if zero {
            return Err("days, weeks and positions are counted from 1, or from -1 at the end: there is no 0"
                .to_owned());
        }
        let nothing_to_choose_from = self.by_month.is_empty()
            && self.by_week.is_empty()
            && self.by_year_day.is_empty()
            && self.by_month_day.is_empty()
            && self.by_day.is_empty()
            && self.by_hour.is_empty()
            && self.by_minute.is_empty()
            && self.by_second.is_empty();
        if !self.by_set_position.is_empty() && nothing_to_choose_from {
            return Err("`BYSETPOS` chooses among days or times: add `BYDAY`, for example".to_owned());
        }
        Ok(())
    }

    /// `2MO` is the second Monday of a month or of a year, and of nothing else.
    fn check_day_numbers(&self) -> Result<(), String> {
        let of_month = self.frequency == Frequency::Monthly || !self.by_month.is_empty();
        let (lowest, highest) = if of_month { (-4, 5) } else { (-52, 53) };
        for day in self.by_day.iter().filter(|day| day.nth != 0) {
            let shown = format!("{}{}", day.nth, rule_name(day.weekday));
            if !matches!(self.frequency, Frequency::Monthly | Frequency::Yearly) {
                return Err(format!(
                    "`BYDAY={shown}` has a meaning with `FREQ=MONTHLY` or `FREQ=YEARLY` only: write `{}` for every one",
                    rule_name(day.weekday)
                ));
            }
            if !self.by_week.is_empty() {
                return Err(format!(
                    "`BYDAY={shown}` beside `BYWEEKNO`: a week has each day once, so write `{}`",
                    rule_name(day.weekday)
                ));
            }
            if !(lowest..=highest).contains(&day.nth) {
                return Err(format!("`BYDAY={shown}`: the number is out of {lowest} to {highest}"));
            }
        }
        Ok(())
    }

    fn check_pace(&self) -> Result<(), String> {
        let hours = match self.frequency {
            _ if !self.by_hour.is_empty() => self.by_hour.len(),
            Frequency::Hourly => 24_usize.div_ceil(self.interval.into()),
            Frequency::Daily | Frequency::Weekly | Frequency::Monthly | Frequency::Yearly => 1,
        };
        let per_day = hours * self.by_minute.len().max(1) * self.by_second.len().max(1);
        if per_day > OCCURRENCES_PER_DAY_MAX {
            return Err(format!(
                "the rule occurs {per_day} times on a day, more than {OCCURRENCES_PER_DAY_MAX}: name fewer hours, \
                 minutes or seconds"
            ));
        }
        Ok(())
    }
}

/// The rule in the one spelling that the library reads, without its end, which isn't the library's business.
impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let frequency = match self.frequency {
            Frequency::Hourly => "HOURLY",
            Frequency::Daily => "DAILY",
            Frequency::Weekly => "WEEKLY",
            Frequency::Monthly => "MONTHLY",
            Frequency::Yearly => "YEARLY",
        };
        write!(f, "FREQ={frequency};INTERVAL={};WKST={}", self.interval, rule_name(self.week_start))?;
        let days = self.by_day.iter().map(|day| match day.nth {
            0 => rule_name(day.weekday).to_owned(),
            nth => format!("{nth}{}", rule_name(day.weekday)),
        });
        let lists = [
            ("BYMONTH", texts(&self.by_month)),
            ("BYWEEKNO", texts(&self.by_week)),
            ("BYYEARDAY", texts(&self.by_year_day)),
            ("BYMONTHDAY", texts(&self.by_month_day)),
            ("BYDAY", days.collect()),
            ("BYHOUR", texts(&self.by_hour)),
            ("BYMINUTE", texts(&self.by_minute)),
            ("BYSECOND", texts(&self.by_second)),
            ("BYSETPOS", texts(&self.by_set_position)),
        ];
        for (name, items) in lists.iter().filter(|(_, items)| !items.is_empty()) {
            write!(f, ";{name}={}", items.join(","))?;
        }
        Ok(())
    }
}

fn texts<N: ToString>(numbers: &[N]) -> Vec<String> {
    numbers.iter().map(ToString::to_string).collect()
}

/// The parts of a rule as they were written: known names, each at most once.
struct Parts<'a>(Vec<(&'static str, &'a str)>);

impl<'a> Parts<'a> {
    fn split(text: &'a str) -> Result<Self, String> {
        if text.len() > RULE_BYTES_MAX {
            return Err(format!("the rule has {} bytes, more than {RULE_BYTES_MAX}", text.len()));
        }
        let text = text.trim();
        let body = text.strip_prefix("RRULE:").unwrap_or(text);
        if body.is_empty() {
            return Err("the rule is empty: write `FREQ=DAILY`, for example".to_owned());
        }
        let mut parts: Vec<(&str, &str)> = Vec::new();
        for part in body.trim_end_matches(';').split(';') {
            let (name, value) = part.split_once('=').ok_or_else(|| {
                format!("`{part}` is no part of a rule: expected `NAME=VALUE`, such as `FREQ=DAILY`")
            })?;
            let known =
                PARTS.into_iter().find(|known| known.eq_ignore_ascii_case(name.trim())).ok_or_else(|| {
                    format!("`{name}` is no part of a rule; the parts are {}", PARTS.join(", "))
                })?;
            if parts.iter().any(|(name, _)| *name == known) {
                return Err(format!("`{known}` is given twice: keep one"));
            }
            parts.push((known, value.trim()));
        }
        Ok(Self(parts))
    }

    fn get(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
    }

    fn frequency(&self) -> Result<Frequency, String> {
        let expected = "write YEARLY, MONTHLY, WEEKLY, DAILY or HOURLY";
        let text = self.get("FREQ").ok_or_else(|| format!("the rule has no `FREQ`: {expected}"))?;
        match text.to_ascii_uppercase().as_str() {
            "HOURLY" => Ok(Frequency::Hourly),
            "DAILY" => Ok(Frequency::Daily),
            "WEEKLY" => Ok(Frequency::Weekly),
            "MONTHLY" => Ok(Frequency::Monthly),
            "YEARLY" => Ok(Frequency::Yearly),
            "MINUTELY" | "SECONDLY" => {
                Err(format!("`FREQ={text}` is finer than hourly, which is the finest there is: {expected}"))
            }
            _ => Err(format!("`FREQ={text}` is no frequency: {expected}")),
        }
    }

    /// A number from 1 to a limit.
    fn number(&self, name: &str, highest: u32) -> Result<Option<u32>, String> {
        let Some(text) = self.get(name) else { return Ok(None) };
        match text.parse() {
            Ok(number) if (1..=highest).contains(&number) => Ok(Some(number)),
            _ => Err(format!("`{name}={text}`: write a whole number from 1 to {highest}")),
        }
    }

    /// A list of numbers within bounds, in order and without repetition.
    fn list<N: TryFrom<i32> + Ord>(&self, name: &str, lowest: i32, highest: i32) -> Result<Vec<N>, String> {
        let Some(text) = self.get(name) else { return Ok(Vec::new()) };
        let number = |item: &str| -> Option<N> {
            let number = item.trim().parse().ok().filter(|number| (lowest..=highest).contains(number))?;
            N::try_from(number).ok()
        };
        let mut list =
            text.split(',').map(|item| number(item).ok_or(item)).collect::<Result<Vec<N>, _>>().map_err(
                |item| format!("`{name}={text}`: `{item}` is no whole number from {lowest} to {highest}"),
            )?;
        list.sort();
        list.dedup();
        Ok(list)
    }
}

/// The local time that `UNTIL` names; a date means its last second.
fn until(text: &str) -> Result<DateTime, String> {
    if text.ends_with(['Z', 'z']) {
        return Err(format!(
            "`UNTIL={text}` is a time in UTC, but the rule is held in local time: leave off the `Z` and write the \
             local time"
        ));
    }
    let wrong =
        || format!("`UNTIL={text}` is no time: write `20261231T180000`, or `20261231` for the whole day");
    let (day, time) = text.split_once(['T', 't']).map_or((text, None), |(day, time)| (day, Some(time)));
    let digits = |text: &str, from: usize, to: usize| -> Option<i16> { text.get(from..to)?.parse().ok() };
    let whole = |text: &str, len: usize| text.len() == len && text.bytes().all(|byte| byte.is_ascii_digit());
    let date = Some(day).filter(|day| whole(day, 8)).and_then(|day| {
        Date::new(digits(day, 0, 4)?, digits(day, 4, 6)? as i8, digits(day, 6, 8)? as i8).ok()
    });
    let time = match time {
        None => Time::new(23, 59, 59, 0).ok(),
        Some(time) => Some(time).filter(|time| whole(time, 6)).and_then(|time| {
            Time::new(digits(time, 0, 2)? as i8, digits(time, 2, 4)? as i8, digits(time, 4, 6)? as i8, 0).ok()
        }),
    };
    Ok(date.ok_or_else(wrong)?.to_datetime(time.ok_or_else(wrong)?))
}

/// The days of `BYDAY`: `MO`, `2TU`, `-1FR`.
fn days(text: &str) -> Result<Vec<ByDay>, String> {
    let day = |item: &str| -> Option<ByDay> {
        let item = item.trim();
        let weekday = weekday(item.get(item.len().checked_sub(2)?..)?)?;
        let nth = match &item[..item.len() - 2] {
            "" => 0,
            number => number.parse().ok().filter(|number| *number != 0)?,
        };
        Some(ByDay { nth, weekday })
    };
    let mut days =
        text.split(',').map(|item| day(item).ok_or(item)).collect::<Result<Vec<ByDay>, _>>().map_err(
            |item| format!("`BYDAY={text}`: `{item}` is no weekday: write MO, TU, WE, TH, FR, SA or SU"),
        )?;
    days.sort_by_key(|day| (day.nth < 0, day.nth, day.weekday));
    days.dedup();
    Ok(days)
}

fn weekday(text: &str) -> Option<Weekday> {
    WEEKDAYS.iter().find(|(name, _)| name.eq_ignore_ascii_case(text)).map(|(_, weekday)| *weekday)
}

fn rule_name(weekday: Weekday) -> &'static str {
    WEEKDAYS[weekday as usize].0
}
