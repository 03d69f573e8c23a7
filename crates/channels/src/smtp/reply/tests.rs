use super::{Reply, line};
use crate::outcome::Outcome;

fn reply(code: u16, text: &str) -> Reply {
    Reply { code, lines: vec![text.to_owned()] }
}

#[test]
fn a_line_is_three_digits_and_a_separator() {
    assert_eq!(line(b"250 ok"), Some((250, false, "ok".to_owned())));
    assert_eq!(line(b"250-more"), Some((250, true, "more".to_owned())));
    assert_eq!(line(b"250"), Some((250, false, String::new())));
    for nonsense in [&b""[..], b"25", b"abc ok", b"150 no", b"650 no", b"250ok", b"HTTP/1.1 400"] {
        assert_eq!(line(nonsense), None, "{nonsense:?}");
    }
}

#[test]
fn a_reply_is_shown_in_one_bounded_line() {
    let long = Reply { code: 550, lines: vec!["a\u{1b}[31m".to_owned(), "b".repeat(1_000)] };
    assert!(long.text().starts_with("550 a[31m bbb"));
    assert_eq!(long.text().chars().count(), 500);
}

#[test]
fn only_a_verdict_on_the_recipient_suppresses() {
    let suppressed = |code, text: &str, about_recipient| {
        matches!(reply(code, text).refusal(about_recipient), Outcome::Permanent { suppress: true, .. })
    };
    for text in ["5.1.1 x", "5.1.2 x", "5.1.3 x", "5.1.6 x", "5.1.10 x", "5.2.1 x"] {
        assert!(suppressed(550, text, true), "{text}");
        assert!(!suppressed(550, text, false), "{text}");
    }
    for text in
        ["5.1.7 x", "5.1.8 x", "5.2.2 x", "5.7.1 x", "x 5.1.1", "5.1 x", "5.1.1.1 x", "no such user", ""]
    {
        assert!(!suppressed(550, text, true), "{text}");
    }
    assert!(!suppressed(450, "5.1.1 x", true));
}

#[test]
fn a_refused_login_loses_no_message() {
    for code in [530, 534, 535, 538] {
        assert!(matches!(reply(code, "5.7.0 log in").refusal(false), Outcome::Temporary { .. }), "{code}");
    }
}
