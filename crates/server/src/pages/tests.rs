use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

use super::html::{escaped, masked};
use super::words::{ALL, words};

fn spoken(locale: Option<&str>, accepted: &str) -> &'static str {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT_LANGUAGE, accepted.parse().unwrap());
    words(locale, &headers).language
}

#[test]
fn a_page_speaks_the_contacts_language_then_the_browsers_best_then_english() {
    assert_eq!(spoken(Some("fr-CA"), "de"), "fr");
    assert_eq!(spoken(Some("ja"), "da, it;q=0.4, de-AT;q=0.9"), "de");
    assert_eq!(spoken(None, "es_MX"), "es");
    assert_eq!(spoken(None, "fr;q=0, it;q=0.1"), "it");
    assert_eq!(spoken(None, "de, fr"), "de", "of equal weights the first counts");
    assert_eq!(spoken(None, "ja, *;q=0.5, ;;q=x"), "en");
}

#[test]
fn every_language_keeps_the_gaps_of_the_texts() {
    for words in ALL {
        for text in [
            words.unsubscribe_from,
            words.unsubscribe_from_at,
            words.unsubscribed_from,
            words.preferences_of,
            words.pause_until,
            words.confirm_question,
            words.confirmed_thanks,
        ] {
            assert_eq!(text.matches("{}").count(), 1, "{}: {text}", words.language);
        }
        assert_eq!(words.frequency_kept.matches("{}").count(), 2, "{}", words.language);
    }
}

#[test]
fn a_masked_address_shows_little() {
    assert_eq!(masked("ada@example.com"), "a•••@example.com");
    assert_eq!(masked("+491701234567"), "+•••67");
    assert_eq!(masked("x"), "x•••");
    assert_eq!(masked(""), "•••");
}

#[test]
fn nothing_that_a_team_or_a_person_wrote_is_markup() {
    assert_eq!(escaped("<b a=\"1\" b='2'>&"), "&lt;b a=&quot;1&quot; b=&#39;2&#39;&gt;&amp;");
}
