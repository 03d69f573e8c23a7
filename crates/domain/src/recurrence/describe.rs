//! A rule in plain English.

use jiff::civil::DateTime;

use crate::recurrence::rule::{Frequency, Rule};
use crate::zone::Weekday;

/// Says a completed rule in words: `every week on Monday and Thursday at 09:00`.
pub(super) fn describe(rule: &Rule) -> String {
    let mut said = every(rule);
    let mut say = |phrase: String| {
        if !phrase.is_empty() {
            said.push(' ');
            said.push_str(&phrase);
        }
    };
    say(weeks(rule));
    say(days(rule));
    say(months(rule));
    said.push_str(&positions(rule));
    said.push_str(&times(rule));
    said.push_str(&end(rule));
    said
}

fn every(rule: &Rule) -> String {
    let unit = match rule.frequency {
        Frequency::Hourly => "hour",
        Frequency::Daily => "day",
        Frequency::Weekly => "week",
        Frequency::Monthly => "month",
        Frequency::Yearly => "year",
    };
    match rule.interval {
        1 => format!("every {unit}"),
        n => format!("every {n} {unit}s"),
    }
}

fn weeks(rule: &Rule) -> String {
    let (from_start, from_end): (Vec<i8>, Vec<i8>) = rule.by_week.iter().copied().partition(|week| *week > 0);
    let mut named: Vec<String> = from_start.iter().map(|week| format!("week {week}")).collect();
    named.extend(from_end.iter().map(|week| format!("the {} week", ordinal((*week).into()))));
    prefixed("in ", named)
}

/// The days, as numbers, as weekdays, or as numbers that must fall on a weekday.
fn days(rule: &Rule) -> String {
    let year_days =
        rule.by_year_day.iter().map(|day| format!("the {} day of the year", ordinal((*day).into())));
    let mut numbered: Vec<String> = year_days.collect();
    let (from_start, from_end): (Vec<i8>, Vec<i8>) =
        rule.by_month_day.iter().copied().partition(|day| *day > 0);
    numbered.extend(from_start.iter().map(|day| format!("the {}", ordinal((*day).into()))));
    numbered
        .extend(from_end.iter().rev().map(|day| format!("the {} day of the month", ordinal((*day).into()))));
    let weekdays = weekdays(rule);
    match (numbered.is_empty(), weekdays.is_empty()) {
        (true, _) => prefixed("on ", weekdays),
        (false, true) => prefixed("on ", numbered),
        (false, false) => format!("on {} if it falls on {}", list(numbered, "or"), list(weekdays, "or")),
    }
}

fn weekdays(rule: &Rule) -> Vec<String> {
    const WORKDAYS: [Weekday; 5] =
        [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];
    let every = rule.by_day.iter().filter(|day| day.nth == 0).map(|day| day.weekday);
    if rule.by_day.len() == WORKDAYS.len() && every.eq(WORKDAYS) {
        return vec!["Monday to Friday".to_owned()];
    }
    let of_year = rule.frequency == Frequency::Yearly && rule.by_month.is_empty();
    let named = rule.by_day.iter().map(|day| match day.nth {
        0 => title(day.weekday).to_owned(),
        nth if of_year => format!("the {} {} of the year", ordinal(nth.into()), title(day.weekday)),
        nth => format!("the {} {}", ordinal(nth.into()), title(day.weekday)),
    });
    named.collect()
}

fn months(rule: &Rule) -> String {
    let names = rule.by_month.iter().map(|month| MONTHS[usize::from(*month) - 1].to_owned()).collect();
    // `on the 24th of December`, but `on Sunday in December`.
    let of_day = !rule.by_month_day.is_empty() && rule.by_day.is_empty() && rule.by_year_day.is_empty();
    prefixed(if of_day && rule.by_month_day.iter().all(|day| *day > 0) { "of " } else { "in " }, names)
}

fn positions(rule: &Rule) -> String {
    if rule.by_set_position.is_empty() {
        return String::new();
    }
    let named = rule.by_set_position.iter().map(|position| format!("the {}", ordinal(*position))).collect();
    format!(", of these only {},", list(named, "and"))
}

fn times(rule: &Rule) -> String {
    let seconds = |second: u8| if second == 0 { String::new() } else { format!(":{second:02}") };
    let each = |said: &dyn Fn(u8, &str) -> String| -> Vec<String> {
        let minutes = rule.by_minute.iter();
        minutes
            .flat_map(|minute| rule.by_second.iter().map(|second| said(*minute, &seconds(*second))))
            .collect()
    };
    if rule.by_hour.is_empty() {
        return format!(" at minute {}", list(each(&|minute, seconds| format!("{minute}{seconds}")), "and"));
    }
    let of_hour = |hour: &u8| each(&|minute, seconds| format!("{hour:02}:{minute:02}{seconds}"));
    format!(" at {}", list(rule.by_hour.iter().flat_map(of_hour).collect(), "and"))
}

fn end(rule: &Rule) -> String {
    match (rule.count, rule.until) {
        (Some(1), _) => ", once".to_owned(),
        (Some(count), _) => format!(", {count} times"),
        (None, Some(until)) => format!(", until {}", date_and_time(until)),
        (None, None) => String::new(),
    }
}

fn date_and_time(at: DateTime) -> String {
    let date = format!("{} {} {}", at.day(), MONTHS[at.month() as usize - 1], at.year());
    match (at.hour(), at.minute(), at.second()) {
        (23, 59, 59) => date,
        (hour, minute, _) => format!("{date} at {hour:02}:{minute:02}"),
    }
}

fn prefixed(prefix: &str, items: Vec<String>) -> String {
    if items.is_empty() { String::new() } else { format!("{prefix}{}", list(items, "and")) }
}

/// `a, b and c`.
fn list(mut items: Vec<String>, conjunction: &str) -> String {
    let last = items.pop().unwrap_or_default();
    if items.is_empty() { last } else { format!("{} {conjunction} {last}", items.join(", ")) }
}

/// `first`, `22nd`, `last`, `third last`.
fn ordinal(number: i32) -> String {
    let ending = |number: i32| match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    match number {
        -1 => "last".to_owned(),
        number if number < 0 => format!("{}{} last", -number, ending(-number)),
        number => format!("{number}{}", ending(number)),
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn title(weekday: Weekday) -> &'static str {
    match weekday {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}
