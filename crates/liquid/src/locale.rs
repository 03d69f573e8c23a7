//! How a language and its country write dates, numbers and money, and which words they count with.
//!
//! The data is that of the C library's locales and of Unicode's plural rules, compiled in. What a day is called comes
//! from there; only the order of the words in a long date is kept here.

use intl_pluralrules::{PluralCategory, PluralRuleType, PluralRules};
use pure_rust_locales::{Locale as Known, locale_match};
use unic_langid::LanguageIdentifier;

/// The longest tag that is looked at.
const TAG_BYTES_MAX: usize = 32;

/// Countries of languages that don't have their own name in capitals.
const COUNTRIES: [(&str, &str); 38] = [
    ("ar", "EG"),
    ("be", "BY"),
    ("bn", "BD"),
    ("bs", "BA"),
    ("ca", "ES"),
    ("cs", "CZ"),
    ("cy", "GB"),
    ("da", "DK"),
    ("el", "GR"),
    ("en", "US"),
    ("et", "EE"),
    ("eu", "ES"),
    ("fa", "IR"),
    ("ga", "IE"),
    ("gl", "ES"),
    ("he", "IL"),
    ("hi", "IN"),
    ("hy", "AM"),
    ("ja", "JP"),
    ("ka", "GE"),
    ("kk", "KZ"),
    ("km", "KH"),
    ("ko", "KR"),
    ("lb", "LU"),
    ("ms", "MY"),
    ("nb", "NO"),
    ("ne", "NP"),
    ("nn", "NO"),
    ("sl", "SI"),
    ("sq", "AL"),
    ("sr", "RS"),
    ("sv", "SE"),
    ("ta", "IN"),
    ("uk", "UA"),
    ("ur", "PK"),
    ("vi", "VN"),
    ("zh", "CN"),
    ("zu", "ZA"),
];

/// Currencies with another number of digits than two.
const DIGITS: [(&str, u32); 16] = [
    ("BHD", 3),
    ("CLP", 0),
    ("ISK", 0),
    ("IQD", 3),
    ("JOD", 3),
    ("JPY", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("TND", 3),
    ("UGX", 0),
    ("VND", 0),
    ("XAF", 0),
    ("XOF", 0),
];

/// What currencies are written with outside their own countries.
const SYMBOLS: [(&str, &str); 18] = [
    ("AUD", "A$"),
    ("BRL", "R$"),
    ("CAD", "CA$"),
    ("CNY", "CN¥"),
    ("EUR", "€"),
    ("GBP", "£"),
    ("HKD", "HK$"),
    ("ILS", "₪"),
    ("INR", "₹"),
    ("JPY", "¥"),
    ("KRW", "₩"),
    ("MXN", "MX$"),
    ("NZD", "NZ$"),
    ("PHP", "₱"),
    ("TRY", "₺"),
    ("UAH", "₴"),
    ("USD", "$"),
    ("VND", "₫"),
];

/// A language and its country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Locale(Known);

impl Default for Locale {
    /// English as it is written in the United States.
    fn default() -> Self {
        Self(Known::en_US)
    }
}

/// What a date is to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateStyle {
    Short,
    Medium,
    Long,
    Full,
}

impl Locale {
    /// Finds a locale by a tag such as `de`, `pt-BR` or `zh_Hant_TW`; one whose country is unknown is that of the language.
    pub fn named(tag: &str) -> Option<Self> {
        if tag.len() > TAG_BYTES_MAX {
            return None;
        }
        // `.UTF-8` and `@euro` are how the C library ends its names.
        let tag = tag.split(['.', '@']).next().unwrap_or_default();
        let mut parts = tag.split(['-', '_']);
        let language = parts.next().unwrap_or_default().to_ascii_lowercase();
        let language = match language.as_str() {
            "no" => "nb",
            "iw" => "he",
            "in" => "id",
            other => other,
        };
        let country = parts.find(|part| part.len() == 2).map(str::to_ascii_uppercase);
        let of_country = country.and_then(|country| known(language, &country));
        of_country.or_else(|| {
            let usual = COUNTRIES.iter().find(|(known, _)| *known == language).map(|(_, country)| *country);
            known(language, usual.unwrap_or(&language.to_ascii_uppercase()))
        })
    }

    fn language(self) -> &'static str {
        locale_match!(self.0 => LC_ADDRESS::LANG_AB).unwrap_or("en")
    }

    pub(crate) fn months(self) -> &'static [&'static str] {
        locale_match!(self.0 => LC_TIME::MON)
    }

    pub(crate) fn months_short(self) -> &'static [&'static str] {
        locale_match!(self.0 => LC_TIME::ABMON)
    }

    /// From Sunday on.
    pub(crate) fn weekdays(self) -> &'static [&'static str] {
        locale_match!(self.0 => LC_TIME::DAY)
    }

    /// From Sunday on.
    pub(crate) fn weekdays_short(self) -> &'static [&'static str] {
        locale_match!(self.0 => LC_TIME::ABDAY)
    }

    /// The directives with which a date is written.
    pub(crate) fn date_format(self, style: DateStyle) -> String {
        let (weekday, day_month, has_comma) = match self.language() {
            "ja" | "zh" => return cjk(style, "%Y年%-m月%-d日", " %A", self),
            "ko" => return cjk(style, "%Y년 %-m월 %-d일", " %A", self),
            "hu" => return cjk(style, "%Y. %B %-d.", ", %A", self),
            "lt" => return cjk(style, "%Y m. %B %-d d.", ", %A", self),
            "fi" => return finnish(style).to_owned(),
            "en" if self.is_american() => ("%A, ", "%B %-d", true),
            "en" | "it" | "nl" | "fr" | "sv" | "tr" | "id" | "ro" => ("%A ", "%-d %B", false),
            "de" | "nb" | "nn" | "hr" | "sl" | "cs" | "sk" | "bs" => ("%A, ", "%-d. %B", false),
            "da" => ("%A den ", "%-d. %B", false),
            "es" | "pt" | "ca" | "gl" => ("%A, ", "%-d de %B de", false),
            _ => ("%A, ", "%-d %B", false),
        };
        let long = format!("{day_month}{} %Y", if has_comma { "," } else { "" });
        match style {
            DateStyle::Short => self.short_date(),
            // With a short name the words between day, month and year would be most of it.
            DateStyle::Medium => long.replace(" de %B de", " %B").replace("%B", "%b"),
            DateStyle::Long => long,
            DateStyle::Full => format!("{weekday}{long}"),
        }
    }

    /// In digits; years with all of theirs.
    fn short_date(self) -> String {
        locale_match!(self.0 => LC_TIME::D_FMT).replace("%y", "%Y")
    }

    /// The directives with which a time of day is written, without seconds.
    pub(crate) fn time_format(self) -> &'static str {
        let seconds = locale_match!(self.0 => LC_TIME::T_FMT);
        if seconds.contains("%r") || seconds.contains("%I") || seconds.contains("%l") {
            return "%-I:%M %p";
        }
        if seconds.contains("%H.%M") { "%H.%M" } else { "%H:%M" }
    }

    fn is_american(self) -> bool {
        matches!(self.0, Known::en_US | Known::en_CA | Known::en_PH)
    }

    /// Writes digits such as `-1234.50` as the locale does.
    pub(crate) fn number(self, digits: &str) -> String {
        let point = locale_match!(self.0 => LC_NUMERIC::DECIMAL_POINT);
        let separator = locale_match!(self.0 => LC_NUMERIC::THOUSANDS_SEP);
        // The groups of amounts: those of numbers are left out of the data for some countries that have lakhs.
        let grouping = locale_match!(self.0 => LC_MONETARY::MON_GROUPING);
        grouped(digits, point, separator, grouping)
    }

    /// Writes an amount of a currency, given as digits such as `-1234.50`.
    pub(crate) fn money(self, digits: &str, currency: &str) -> String {
        let point = locale_match!(self.0 => LC_MONETARY::MON_DECIMAL_POINT);
        let separator = locale_match!(self.0 => LC_MONETARY::MON_THOUSANDS_SEP);
        let grouping = locale_match!(self.0 => LC_MONETARY::MON_GROUPING);
        let is_negative = digits.starts_with('-');
        let amount = grouped(digits.trim_start_matches('-'), point, separator, grouping);
        let own = locale_match!(self.0 => LC_MONETARY::INT_CURR_SYMBOL).trim();
        let symbol = if own == currency {
            locale_match!(self.0 => LC_MONETARY::CURRENCY_SYMBOL)
        } else {
            SYMBOLS.iter().find(|(code, _)| *code == currency).map_or(currency, |(_, symbol)| symbol)
        };
        let is_first = locale_match!(self.0 => LC_MONETARY::P_CS_PRECEDES) == 1;
        let is_apart = locale_match!(self.0 => LC_MONETARY::P_SEP_BY_SPACE) == 1;
        // Letters would run into the digits.
        let is_word = symbol.chars().all(char::is_alphabetic);
        let space = if is_apart || is_word { "\u{a0}" } else { "" };
        let sign = if is_negative { "-" } else { "" };
        if is_first {
            format!("{sign}{symbol}{space}{amount}")
        } else {
            format!("{sign}{amount}{space}{symbol}")
        }
    }

    /// Which word a number is counted with: `zero`, `one`, `two`, `few`, `many` or `other`. The number is given as digits.
    pub(crate) fn plural(self, digits: &str) -> &'static str {
        let digits = digits.trim_start_matches('-');
        let rules = self.language().parse::<LanguageIdentifier>().ok();
        let rules = rules.and_then(|language| PluralRules::create(language, PluralRuleType::CARDINAL).ok());
        let Some(rules) = rules else { return if digits == "1" { "one" } else { "other" } };
        match rules.select(digits) {
            Ok(PluralCategory::ZERO) => "zero",
            Ok(PluralCategory::ONE) => "one",
            Ok(PluralCategory::TWO) => "two",
            Ok(PluralCategory::FEW) => "few",
            Ok(PluralCategory::MANY) => "many",
            Ok(PluralCategory::OTHER) | Err(_) => "other",
        }
    }
}

/// How many digits after the point amounts of a currency have.
pub(crate) fn currency_digits(currency: &str) -> u32 {
    DIGITS.iter().find(|(code, _)| *code == currency).map_or(2, |(_, digits)| *digits)
}

fn known(language: &str, country: &str) -> Option<Locale> {
    Known::try_from(format!("{language}_{country}").as_str()).ok().map(Locale)
}

/// Dates that begin with the year.
fn cjk(style: DateStyle, long: &str, weekday: &str, locale: Locale) -> String {
    match style {
        DateStyle::Short => locale.short_date(),
        DateStyle::Medium => long.replace("%B", "%b"),
        DateStyle::Long => long.to_owned(),
        DateStyle::Full => format!("{long}{weekday}"),
    }
}

/// Dates whose month ends otherwise than in the list of months.
fn finnish(style: DateStyle) -> &'static str {
    match style {
        DateStyle::Short | DateStyle::Medium => "%-d.%-m.%Y",
        DateStyle::Long => "%-d. %Bta %Y",
        DateStyle::Full => "%A %-d. %Bta %Y",
    }
}

/// Puts a separator between groups of digits, counted from the point; the last size stands for all further groups.
fn grouped(digits: &str, point: &str, separator: &str, grouping: &[i64]) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut sizes = grouping.iter().filter_map(|size| usize::try_from(*size).ok()).filter(|size| *size > 0);
    let mut groups: Vec<&str> = Vec::new();
    let mut rest = whole;
    let mut size = sizes.next().unwrap_or(usize::MAX);
    while rest.len() > size && !separator.is_empty() {
        let (before, group) = rest.split_at(rest.len() - size);
        groups.push(group);
        rest = before;
        size = sizes.next().unwrap_or(size);
    }
    groups.push(rest);
    groups.reverse();
    let mut text = format!("{sign}{}", groups.join(separator));
    if !fraction.is_empty() {
        text.push_str(point);
        text.push_str(fraction);
    }
    text
}
