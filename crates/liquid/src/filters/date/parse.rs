//! Reads times as people and machines write them: ISO 8601, RFC 2822, `March 14, 2016`,
//! `14.3.2016`, `14/3/2016 5:30 pm`.

use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// The longest text that may be a time.
const BYTES_MAX: usize = 100;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// The zones with a name that are always the same distance from UTC, in minutes.
const ZONES: [(&str, i32); 11] = [
    ("z", 0),
    ("utc", 0),
    ("gmt", 0),
    ("est", -300),
    ("edt", -240),
    ("cst", -360),
    ("cdt", -300),
    ("mst", -420),
    ("mdt", -360),
    ("pst", -480),
    ("pdt", -420),
];

/// What was found so far.
#[derive(Default)]
struct Parts {
    year: Option<i16>,
    month: Option<i8>,
    day: Option<i8>,
    time: Option<Time>,
    is_afternoon: Option<bool>,
    /// In seconds.
    offset: Option<i32>,
}

/// Reads a time; a zone in the text wins over this one.
pub(super) fn parse(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Zoned> {
    if text.len() > BYTES_MAX {
        return None;
    }
    let text = text.to_ascii_lowercase();
    let mut parts = Parts::default();
    let mut rest = text.as_str();
    loop {
        rest = rest.trim_start_matches(|character: char| character.is_whitespace() || character == ',');
        if rest.is_empty() {
            break;
        }
        rest = parts.take(rest)?;
    }
    parts.finish(now, zone)
}

impl Parts {
    /// Reads one part from the beginning and gives what is left.
    fn take<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        match text.as_bytes()[0] {
            b'0'..=b'9' => self.take_number(text),
            b'+' | b'-' if self.time.is_some() && self.offset.is_none() => self.take_offset(text),
            b'a'..=b'z' => self.take_word(text),
            _ => None,
        }
    }

    fn take_word<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        let length = text.bytes().take_while(u8::is_ascii_lowercase).count();
        let (word, rest) = text.split_at(length);
        let rest_after_point = rest.strip_prefix('.').unwrap_or(rest);
        if let Some(month) = position(&MONTHS, word) {
            self.month = Some(i8::try_from(month + 1).ok()?);
            return Some(rest_after_point.strip_prefix('-').unwrap_or(rest_after_point));
        }
        if position(&WEEKDAYS, word).is_some() {
            return Some(rest_after_point);
        }
        if let Some((_, minutes)) = ZONES.iter().find(|(name, _)| *name == word) {
            self.offset = Some(minutes * 60);
            return Some(rest);
        }
        match word {
            "am" | "pm" => {
                self.is_afternoon = Some(word == "pm");
                Some(rest)
            }
            // ISO 8601 puts a `T` before the time.
            "t" if self.day.is_some() && rest.starts_with(|next: char| next.is_ascii_digit()) => Some(rest),
            "at" | "on" | "of" => Some(rest),
            _ => None,
        }
    }

    fn take_number<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        let (digits, rest) = digits(text);
        match rest.as_bytes().first() {
            Some(b':') => return self.take_time(text),
            Some(b'-' | b'/' | b'.') if rest[1..].starts_with(|next: char| next.is_ascii_digit()) => {
                return self.take_date(text);
            }
            _ => {}
        }
        let number: i16 = digits.parse().ok().filter(|_| digits.len() <= 4)?;
        for suffix in ["st", "nd", "rd", "th"] {
            if let Some(rest) = rest.strip_prefix(suffix) {
                self.day = Some(i8::try_from(number).ok()?);
                return Some(rest);
            }
        }
        if rest.trim_start().starts_with("am") || rest.trim_start().starts_with("pm") {
            self.time = Some(Time::new(i8::try_from(number).ok()?, 0, 0, 0).ok()?);
        } else if digits.len() > 2 || self.day.is_some() {
            self.year = Some(if digits.len() == 2 { century(number) } else { number });
        } else {
            self.day = Some(i8::try_from(number).ok()?);
        }
        Some(rest.strip_prefix(['-', '.']).unwrap_or(rest))
    }

    /// Reads `2016-03-14`, `2016/3/14`, `14.3.2016` or `14/3/2016`.
    fn take_date<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        let (first, rest) = digits(text);
        let separator = rest.chars().next()?;
        let (second, rest) = digits(rest.strip_prefix(separator)?);
        self.month = Some(second.parse().ok()?);
        let Some(rest) = rest.strip_prefix(separator) else {
            let (year, day) =
                if first.len() == 4 { (Some(first.parse().ok()?), 1) } else { (None, first.parse().ok()?) };
            (self.year, self.day) = (year, Some(day));
            return Some(rest);
        };
        let (third, rest) = digits(rest);
        let (year, day) = if third.len() == 4 { (third, first) } else { (first, third) };
        self.day = Some(day.parse().ok()?);
        let number: i16 = year.parse().ok()?;
        self.year = Some(if year.len() == 2 { century(number) } else { number });
        Some(rest)
    }

    /// Reads `5:30`, `05:30:15` or `05:30:15.25`.
    fn take_time<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        let (hour, rest) = digits(text);
        let (minute, mut rest) = digits(rest.strip_prefix(':')?);
        let (mut second, mut nanosecond) = ("0", 0);
        if let Some(after) = rest.strip_prefix(':') {
            (second, rest) = digits(after);
            if let Some(after) = rest.strip_prefix(['.', ',']) {
                let fraction;
                (fraction, rest) = digits(after);
                let padded: String = fraction.chars().chain("000000000".chars()).take(9).collect();
                nanosecond = padded.parse().ok()?;
            }
        }
        let time = Time::new(hour.parse().ok()?, minute.parse().ok()?, second.parse().ok()?, nanosecond);
        self.time = Some(time.ok()?);
        Some(rest)
    }

    /// Reads `+02:00`, `+0200` or `+02`.
    fn take_offset<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        let sign = if text.starts_with('-') { -1 } else { 1 };
        let (first, mut rest) = digits(&text[1..]);
        let (hours, minutes) = match first.len() {
            4 => first.split_at(2),
            1 | 2 => match rest.strip_prefix(':') {
                Some(after) => {
                    let minutes;
                    (minutes, rest) = digits(after);
                    (first, minutes)
                }
                None => (first, "0"),
            },
            _ => return None,
        };
        let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
        self.offset = Some(sign * (hours.checked_mul(3_600)?.checked_add(minutes.checked_mul(60)?)?));
        Some(rest)
    }

    /// Puts the parts together; a missing date is today, a missing year this year.
    fn finish(self, now: Timestamp, zone: &TimeZone) -> Option<Zoned> {
        let zone = match self.offset {
            Some(seconds) => TimeZone::fixed(Offset::from_seconds(seconds).ok()?),
            None => zone.clone(),
        };
        let today = now.to_zoned(zone.clone()).date();
        let date = match (self.year, self.month, self.day) {
            (None, None, None) if self.time.is_some() => today,
            (None, None, None) => return None,
            (None, month, day) => {
                Date::new(today.year(), month.unwrap_or(today.month()), day.unwrap_or(1)).ok()?
            }
            (Some(year), month, day) => Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?,
        };
        let time = self.time.unwrap_or(Time::midnight());
        let hour = match self.is_afternoon {
            Some(_) if !(1..=12).contains(&time.hour()) => return None,
            Some(is_afternoon) => time.hour() % 12 + if is_afternoon { 12 } else { 0 },
            None => time.hour(),
        };
        let time = Time::new(hour, time.minute(), time.second(), time.subsec_nanosecond()).ok()?;
        date.to_datetime(time).to_zoned(zone).ok()
    }
}

/// Finds a name by itself or by its first letters, at least three.
fn position(names: &[&str], word: &str) -> Option<usize> {
    const LETTERS_MIN: usize = 3;
    if word.len() < LETTERS_MIN {
        return None;
    }
    names.iter().position(|name| {
        name.starts_with(word) && (word.len() <= LETTERS_MIN + 1 || word.len() == name.len())
    })
}

fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

/// Completes a year of two digits.
fn century(year: i16) -> i16 {
    const TURN: i16 = 69;
    if year < TURN { 2000 + year } else { 1900 + year }
}
