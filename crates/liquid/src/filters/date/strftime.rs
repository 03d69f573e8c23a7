//! Formats a time with the directives of `strftime`, as the reference's language has them.

use std::fmt::Write as _;

use jiff::Zoned;

use crate::locale::Locale;

/// The widest that one directive may be padded to.
const WIDTH_MAX: usize = 64;

/// What stands between `%` and the letter.
#[derive(Default)]
struct Flags {
    /// `-` no padding, `_` spaces, `0` zeros.
    padding: Option<char>,
    is_upper: bool,
    is_swapped: bool,
    colons: usize,
    width: Option<usize>,
}

/// A directive's text and how it is padded.
enum Field {
    Number { value: i64, width: usize, padding: char },
    Text(String),
}

/// Formats a time; a directive that doesn't exist stays as it is.
pub(in crate::filters) fn strftime(time: &Zoned, format: &str, locale: Locale) -> String {
    let mut output = String::with_capacity(format.len() * 2);
    let mut rest = format;
    while let Some(percent) = rest.find('%') {
        output.push_str(&rest[..percent]);
        let directive = &rest[percent..];
        let (flags, letter, after) = parse_flags(&directive[1..]);
        rest = after;
        match letter.and_then(|letter| field(time, letter, &flags, locale)) {
            Some(field) => push(field, &flags, &mut output),
            None => output.push_str(&directive[..directive.len() - after.len()]),
        }
    }
    output.push_str(rest);
    output
}

fn parse_flags(text: &str) -> (Flags, Option<char>, &str) {
    let mut flags = Flags::default();
    for (index, character) in text.char_indices() {
        match character {
            '-' | '_' => flags.padding = Some(character),
            '0' if flags.width.is_none() => flags.padding = Some('0'),
            '^' => flags.is_upper = true,
            '#' => flags.is_swapped = true,
            ':' => flags.colons += 1,
            '0'..='9' => {
                let digit = character as usize - '0' as usize;
                flags.width = Some((flags.width.unwrap_or(0) * 10 + digit).min(WIDTH_MAX));
            }
            letter => return (flags, Some(letter), &text[index + letter.len_utf8()..]),
        }
    }
    (flags, None, "")
}

fn push(field: Field, flags: &Flags, output: &mut String) {
    const INFALLIBLE: &str = "a string takes any text";
    match field {
        Field::Number { value, width, padding } => {
            let width = flags.width.unwrap_or(width);
            match flags.padding.unwrap_or(padding) {
                '-' => write!(output, "{value}"),
                '_' => write!(output, "{value:>width$}"),
                _ => write!(output, "{value:0>width$}"),
            }
            .expect(INFALLIBLE);
        }
        Field::Text(text) => {
            let text = match (flags.is_upper, flags.is_swapped) {
                (true, _) => text.to_uppercase(),
                (_, true) if text.chars().any(char::is_lowercase) => text.to_uppercase(),
                (_, true) => text.to_lowercase(),
                _ => text,
            };
            let width = flags.width.unwrap_or(0);
            if flags.padding == Some('0') {
                write!(output, "{text:0>width$}").expect(INFALLIBLE);
            } else {
                write!(output, "{text:>width$}").expect(INFALLIBLE);
            }
        }
    }
}

/// Computes one directive.
fn field(time: &Zoned, letter: char, flags: &Flags, locale: Locale) -> Option<Field> {
    let zeros = |value: i64, width: usize| Some(Field::Number { value, width, padding: '0' });
    let spaces = |value: i64, width: usize| Some(Field::Number { value, width, padding: '_' });
    let text = |text: &str| Some(Field::Text(text.to_owned()));
    let month = usize::from(time.month().unsigned_abs()).saturating_sub(1);
    let weekday_number = time.weekday().to_sunday_zero_offset();
    let weekday = usize::from(weekday_number.unsigned_abs());
    let named = |names: &[&str], index: usize| text(names.get(index).copied().unwrap_or_default());
    let hour = i64::from(time.hour());
    let hour_of_twelve = (hour + 11) % 12 + 1;
    let day_of_year = i64::from(time.day_of_year());
    let year = i64::from(time.year());
    match letter {
        'Y' => zeros(year, 1),
        'C' => zeros(year.div_euclid(100), 2),
        'y' => zeros(year.rem_euclid(100), 2),
        'm' => zeros(i64::from(time.month()), 2),
        'B' => named(locale.months(), month),
        'b' | 'h' => named(locale.months_short(), month),
        'd' => zeros(i64::from(time.day()), 2),
        'e' => spaces(i64::from(time.day()), 2),
        'j' => zeros(day_of_year, 3),
        'H' => zeros(hour, 2),
        'k' => spaces(hour, 2),
        'I' => zeros(hour_of_twelve, 2),
        'l' => spaces(hour_of_twelve, 2),
        'M' => zeros(i64::from(time.minute()), 2),
        'S' => zeros(i64::from(time.second()), 2),
        'L' => Some(Field::Text(fraction(time, flags.width.unwrap_or(3)))),
        'N' => Some(Field::Text(fraction(time, flags.width.unwrap_or(9)))),
        'p' => text(if hour < 12 { "AM" } else { "PM" }),
        'P' => text(if hour < 12 { "am" } else { "pm" }),
        'A' => named(locale.weekdays(), weekday),
        'a' => named(locale.weekdays_short(), weekday),
        'u' => zeros(i64::from(time.weekday().to_monday_one_offset()), 1),
        'w' => zeros(i64::from(weekday_number), 1),
        'G' => zeros(i64::from(time.date().iso_week_date().year()), 1),
        'g' => zeros(i64::from(time.date().iso_week_date().year()).rem_euclid(100), 2),
        'V' => zeros(i64::from(time.date().iso_week_date().week()), 2),
        'U' => zeros((day_of_year + 6 - i64::from(weekday_number)) / 7, 2),
        'W' => zeros((day_of_year + 6 - i64::from(time.weekday().to_monday_zero_offset())) / 7, 2),
        's' => zeros(time.timestamp().as_second(), 1),
        'z' => Some(Field::Text(offset(time, flags.colons))),
        'Z' => Some(Field::Text(zone_name(time))),
        'n' => text("\n"),
        't' => text("\t"),
        '%' => text("%"),
        _ => composite(letter).map(|format| Field::Text(strftime(time, format, locale))),
    }
}

/// The directives that stand for several others.
fn composite(letter: char) -> Option<&'static str> {
    match letter {
        'c' => Some("%a %b %e %H:%M:%S %Y"),
        'D' | 'x' => Some("%m/%d/%y"),
        'F' => Some("%Y-%m-%d"),
        'T' | 'X' => Some("%H:%M:%S"),
        'R' => Some("%H:%M"),
        'r' => Some("%I:%M:%S %p"),
        'v' => Some("%e-%^b-%Y"),
        '+' => Some("%a %b %e %H:%M:%S %Z %Y"),
        _ => None,
    }
}

/// The digits of the second's fraction, cut and not rounded.
fn fraction(time: &Zoned, digits: usize) -> String {
    let nanoseconds = format!("{:09}", time.subsec_nanosecond());
    nanoseconds.chars().chain(std::iter::repeat('0')).take(digits).collect()
}

/// The distance from UTC: `+0200`, with one colon `+02:00`, with two `+02:00:00`.
fn offset(time: &Zoned, colons: usize) -> String {
    let seconds = time.offset().seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let seconds = seconds.abs();
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match colons {
        0 => format!("{sign}{hours:02}{minutes:02}"),
        1 => format!("{sign}{hours:02}:{minutes:02}"),
        _ => format!("{sign}{hours:02}:{minutes:02}:{seconds:02}"),
    }
}

/// The zone's abbreviation; a bare distance from UTC has none but UTC itself.
fn zone_name(time: &Zoned) -> String {
    if time.offset().seconds() == 0 && time.time_zone().iana_name().is_none_or(|name| name == "UTC") {
        return "UTC".to_owned();
    }
    if time.time_zone().iana_name().is_none() {
        return String::new();
    }
    time.time_zone().to_offset_info(time.timestamp()).abbreviation().to_owned()
}
