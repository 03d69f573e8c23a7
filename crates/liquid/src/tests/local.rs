//! What differs from contact to contact: language, country, zone, chance.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;
use serde_json::json;

use super::{error, options, try_render};
use crate::{Locale, RenderOptions};

/// Renders for somebody who reads this language, in Berlin.
fn local(tag: &str, source: &str) -> String {
    let options = RenderOptions {
        locale: Locale::named(tag).unwrap_or_else(|| panic!("no locale {tag}")),
        time_zone: TimeZone::get("Europe/Berlin").unwrap(),
        ..options()
    };
    let globals = json!({ "t": "2026-03-05T22:30:00Z", "n": 1_234_567.891, "cents": 199_900 });
    // Spaces that don't break lines look like others here.
    try_render(source, &globals, &options).unwrap().replace(['\u{a0}', '\u{202f}'], " ")
}

#[test]
fn money_is_written_as_the_country_writes_it() {
    let source = "{{ n | money: 'EUR' }} | {{ -3 | money: 'usd' }} | {{ cents | money: 'EUR', minor: true }} | {{ '12.5' | money: 'JPY' }}";
    let written = ["en", "en-GB", "de", "de-CH", "fr", "pt_BR", "sv", "hi", "ja"]
        .map(|tag| format!("{tag}: {}", local(tag, source)))
        .join("\n");
    insta::assert_snapshot!(written, @r"
    en: €1,234,567.89 | -$3.00 | €1,999.00 | ¥13
    en-GB: €1,234,567.89 | -$3.00 | €1,999.00 | ¥13
    de: 1.234.567,89 € | -3,00 $ | 1.999,00 € | 13 ¥
    de-CH: € 1’234’567.89 | -$ 3.00 | € 1’999.00 | ¥ 13
    fr: 1 234 567,89 € | -3,00 $ | 1 999,00 € | 13 ¥
    pt_BR: € 1.234.567,89 | -$ 3,00 | € 1.999,00 | ¥ 13
    sv: 1 234 567,89 € | -3,00 $ | 1 999,00 € | 13 ¥
    hi: €12,34,567.89 | -$3.00 | €1,999.00 | ¥13
    ja: €1,234,567.89 | -$3.00 | €1,999.00 | ￥13
    ");
}

#[test]
fn numbers_are_written_as_the_country_writes_them() {
    let source = "{{ n | number }} {{ n | number: 1 }} {{ 0.5 | number: 0 }} {{ n | number: locale: 'en' }}";
    let written = ["en", "de", "fr", "hi"].map(|tag| format!("{tag}: {}", local(tag, source))).join("\n");
    insta::assert_snapshot!(written, @r"
    en: 1,234,567.891 1,234,567.9 1 1,234,567.891
    de: 1.234.567,891 1.234.567,9 1 1,234,567.891
    fr: 1 234 567,891 1 234 567,9 1 1,234,567.891
    hi: 12,34,567.891 12,34,567.9 1 1,234,567.891
    ");
}

#[test]
fn what_is_no_number_is_refused_and_nothing_stays_nothing() {
    assert_eq!(local("en", "[{{ nosuch | money: 'EUR' }}{{ '' | number }}]"), "[]");
    assert_eq!(error("{{ 'soon' | money: 'EUR' }}"), "line 1, column 13: `soon` is no number");
    assert_eq!(
        error("{{ 1 | money: 'euro' }}"),
        "line 1, column 8: `EURO` is no currency: write its three letters, such as `EUR`"
    );
    assert_eq!(
        error("{{ 1 | number: locale: 'xx' }}"),
        "line 1, column 8: `xx` is no locale: write a tag such as `de` or `pt-BR`"
    );
    assert_eq!(
        error("{{ 0 | date: '%H', zone: 'Berlin' }}"),
        "line 1, column 8: `Berlin` is no time zone: write a name such as `Europe/Berlin`"
    );
}

#[test]
fn dates_are_written_in_the_language_and_zone() {
    let source = "{{ t | local_date: 'short' }} | {{ t | local_date: 'medium' }} | {{ t | local_date }} | {{ t | local_date: 'full' }} | {{ t | local_time }}";
    let written = ["en", "en-GB", "de", "fr", "es", "pt", "pl", "ja", "zh-Hans-CN", "fi", "hu", "ar"]
        .map(|tag| format!("{tag}: {}", local(tag, source)))
        .join("\n");
    insta::assert_snapshot!(written, @r"
    en: 03/05/2026 | Mar 5, 2026 | March 5, 2026 | Thursday, March 5, 2026 | 11:30 PM
    en-GB: 05/03/2026 | 5 Mar 2026 | 5 March 2026 | Thursday 5 March 2026 | 23:30
    de: 05.03.2026 | 5. Mär 2026 | 5. März 2026 | Donnerstag, 5. März 2026 | 23:30
    fr: 05/03/2026 | 5 mars 2026 | 5 mars 2026 | jeudi 5 mars 2026 | 23:30
    es: 05/03/2026 | 5 mar 2026 | 5 de marzo de 2026 | jueves, 5 de marzo de 2026 | 23:30
    pt: 05/03/2026 | 5 mar 2026 | 5 de março de 2026 | quinta, 5 de março de 2026 | 23:30
    pl: 05.03.2026 | 5 mar 2026 | 5 marca 2026 | czwartek, 5 marca 2026 | 23:30
    ja: 2026年03月05日 | 2026年3月5日 | 2026年3月5日 | 2026年3月5日 木曜日 | 23:30
    zh-Hans-CN: 2026年03月05日 | 2026年3月5日 | 2026年3月5日 | 2026年3月5日 星期四 | 23:30
    fi: 5.3.2026 | 5.3.2026 | 5. maaliskuuta 2026 | torstai 5. maaliskuuta 2026 | 23.30
    hu: 2026-03-05 | 2026. márc 5. | 2026. március 5. | 2026. március 5., csütörtök | 23:30
    ar: 05 مار, 2026 | 5 مار 2026 | 5 مارس 2026 | الخميس, 5 مارس 2026 | 11:30 PM
    ");
}

#[test]
fn the_filter_date_speaks_the_language_and_moves_to_a_zone_that_is_named() {
    assert_eq!(local("de", "{{ t | date: '%A, %-d. %B, %H:%M' }}"), "Donnerstag, 5. März, 22:30");
    assert_eq!(local("de", "{{ t | date: '%a %H:%M', zone: 'Asia/Tokyo', locale: 'en' }}"), "Fri 07:30");
}

#[test]
fn words_are_counted_as_the_language_counts() {
    let english = "{% for n in (0..2) %}{{ n | plural: 'item', 'items' }} {% endfor %}";
    assert_eq!(local("en", english), "items item items ");
    assert_eq!(local("fr", english), "item item items ");
    let polish = "{{ n }} {{ n | plural: one: 'plik', few: 'pliki', many: 'plików', other: 'pliku' }}";
    let counted =
        [0, 1, 2, 5, 12, 22].map(|n| local("pl", &format!("{{% assign n = {n} %}}{polish}"))).join(", ");
    assert_eq!(counted, "0 plików, 1 plik, 2 pliki, 5 plików, 12 plików, 22 pliki");
    assert_eq!(local("pl", "{{ 1.5 | plural: one: 'plik', other: 'pliku' }}"), "pliku");
    assert_eq!(local("en", "{{ 0 | plural: 'item', 'items', zero: 'nothing' }}"), "nothing");
    assert_eq!(local("ja", "{{ 1 | plural: '個' }}"), "個");
    assert!(error("{{ 1 | plural }}").contains("there is no word for `one`"));
}

#[test]
fn a_locale_is_found_by_what_people_call_it() {
    for tag in ["de", "de-DE", "de_DE.UTF-8", "DE-de", "de-XX", "de_DE@euro"] {
        assert_eq!(Locale::named(tag), Locale::named("de_DE"), "{tag}");
    }
    for tag in ["zh-Hant-TW", "no", "iw", "sv", "uk", "en-150"] {
        assert!(Locale::named(tag).is_some(), "{tag}");
    }
    for tag in ["", "x", "xx-YY", "de\u{0}", &"d".repeat(1_000)] {
        assert_eq!(Locale::named(tag), None, "{tag}");
    }
}

#[test]
fn a_choice_is_the_same_for_the_same_contact_and_key_and_spreads_over_contacts() {
    let chosen = |seed: &str, source: &str| {
        try_render(source, &json!({ "list": [1, 2, 3] }), &RenderOptions { seed, ..options() }).unwrap()
    };
    let source = "{{ 'a,b,c,d' | split: ',' | choose: 'subject' }}";
    let mut counts = [0_usize; 4];
    for contact in 0..4_000 {
        let seed = format!("contact-{contact}");
        let choice = chosen(&seed, source);
        assert_eq!(choice, chosen(&seed, source));
        counts["abcd".find(&choice).unwrap()] += 1;
    }
    assert!(counts.iter().all(|count| (900..1_100).contains(count)), "{counts:?}");
    let keys: BTreeSet<String> =
        (0..20).map(|key| chosen("ada", &format!("{{{{ (1..9) | choose: 'k{key}' }}}}"))).collect();
    assert!(keys.len() > 4, "keys choose apart from each other: {keys:?}");
    assert!(["1", "2", "3"].contains(&chosen("ada", "{{ list | choose }}").as_str()));
    assert_eq!(chosen("ada", "[{{ nosuch | choose }}{{ (3..1) | choose }}]"), "[]");
}
