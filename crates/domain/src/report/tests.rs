use super::machine::{Act, Network, judge, judge_clicks, network};
use super::*;

fn visit(agent: &str) -> Visit {
    Visit { agent: agent.to_owned(), ..Visit::default() }
}

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

#[test]
fn people_are_told_from_machines_by_what_programs_call_themselves() {
    let late = Some(Period::from_millis(3_600_000));
    let people = [
        FIREFOX,
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
        "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
        "Mozilla/4.0 (compatible; ms-office; MSOffice 16)",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    ];
    for agent in people {
        assert_eq!(judge(Act::Open, &visit(agent), late, None), None, "{agent}");
        assert_eq!(judge(Act::Click, &visit(agent), late, None), None, "{agent}");
    }
    let machines = [
        "",
        "curl/8.5.0",
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0 Safari/537.36",
        "BarracudaCentral Link Checker",
        "Microsoft Office Existence Discovery",
        "WhatsApp/2.23.20.0",
    ];
    for agent in machines {
        assert!(judge(Act::Open, &visit(agent), late, None).is_some(), "{agent}");
        assert!(judge(Act::Click, &visit(agent), late, None).is_some(), "{agent}");
    }
    assert!(judge(Act::Open, &visit("Mozilla/5.0"), late, None).unwrap().contains("Apple"));
}

#[test]
fn what_comes_too_soon_or_after_the_hidden_link_is_a_machines() {
    let ms = |ms| Some(Period::from_millis(ms));
    assert!(judge(Act::Click, &visit(FIREFOX), ms(1_999), None).is_some());
    assert_eq!(judge(Act::Click, &visit(FIREFOX), ms(2_000), None), None);
    assert!(judge(Act::Open, &visit(FIREFOX), ms(999), None).is_some());
    assert_eq!(judge(Act::Open, &visit(FIREFOX), ms(1_000), None), None);
    assert!(judge(Act::Open, &visit(FIREFOX), None, ms(60_000)).is_some());
    assert_eq!(judge(Act::Open, &visit(FIREFOX), None, ms(60_001)), None);
    let ahead = Visit { prefetch: true, ..visit(FIREFOX) };
    assert!(judge(Act::Open, &ahead, None, None).is_some());
    let scanner = Visit { network: Some(Network::Scanner), ..visit(FIREFOX) };
    assert!(judge(Act::Click, &scanner, None, None).is_some());
    let apple = Visit { network: Some(Network::Apple), ..visit(FIREFOX) };
    assert!(judge(Act::Open, &apple, None, None).is_some());
    assert_eq!(judge(Act::Click, &apple, None, None), None);
}

#[test]
fn many_links_within_a_second_are_a_machines_and_the_others_a_persons() {
    let click = |ms, link: &str| Click {
        at: Timestamp::from_millis(ms),
        link: link.to_owned(),
        source: "link".to_owned(),
    };
    let human = |clicks: &[Click], scanned_at| {
        judge_clicks(clicks, scanned_at).iter().map(Option::is_none).collect::<Vec<_>>()
    };
    let burst = [click(0, "a"), click(400, "b"), click(1_000, "c"), click(1_900, "d")];
    assert_eq!(human(&burst, None), [false, false, false, true]);
    // The same link again and again is an impatient person.
    assert_eq!(human(&[click(0, "a"), click(100, "a"), click(200, "a")], None), [true, true, true]);
    assert_eq!(human(&burst[..1], Some(Timestamp::from_millis(60_000))), [false]);
    assert_eq!(human(&burst[..1], Some(Timestamp::from_millis(60_001))), [true]);
}

#[test]
fn networks_are_known_by_their_prefixes() {
    let of = |text: &str| network(text.parse().unwrap());
    assert_eq!(of("17.58.100.1"), Some(Network::Apple));
    assert_eq!(of("::ffff:17.58.100.1"), Some(Network::Apple));
    assert_eq!(of("18.0.0.0"), None);
    assert_eq!(of("104.47.127.255"), Some(Network::Scanner));
    assert_eq!(of("104.47.128.0"), None);
    assert_eq!(of("2001:db8::1"), None);
}

#[test]
fn status_codes_say_whether_anything_will_ever_arrive() {
    let class = |status| BounceClass::of_status(status);
    assert_eq!(class("5.1.1"), Some(BounceClass::NoMailbox));
    assert_eq!(class("5.2.1"), Some(BounceClass::NoMailbox));
    assert_eq!(class("5.1.2"), Some(BounceClass::NoDomain));
    assert_eq!(class("5.1.10"), Some(BounceClass::NoDomain));
    assert_eq!(class("5.2.2"), Some(BounceClass::Full));
    assert_eq!(class("4.2.2"), Some(BounceClass::Full));
    assert_eq!(class("5.3.4"), Some(BounceClass::TooLarge));
    assert_eq!(class("5.7.1"), Some(BounceClass::Refused));
    assert_eq!(class("5.0.0"), Some(BounceClass::Unknown));
    assert_eq!(class("4.4.7"), Some(BounceClass::Temporary));
    assert_eq!(class("4.1.1"), Some(BounceClass::Temporary));
    for none in ["2.0.0", "5.1", "", "x.y.z", "5.1.1.1", "99999999999.1.1"] {
        assert_eq!(class(none), None, "{none}");
    }
    assert!(BounceClass::NoMailbox.is_hard() && !BounceClass::Refused.is_hard());
}

#[test]
fn the_words_of_others_are_bounded_and_stay_on_one_line() {
    let words = format!("550\r\nX-Evil: yes\0 {}", "ä".repeat(REPORT_WORDS_BYTES_MAX));
    let report = Report {
        what: Told::Bounced { class: BounceClass::Unknown, words },
        occurred_at: Timestamp::from_millis(0),
        source: "bounce mail".to_owned(),
        address: None,
    };
    let Told::Bounced { words, .. } = report.bounded().what else { panic!("it is another kind") };
    assert!(words.starts_with("550 X-Evil: yes ä") && words.len() <= REPORT_WORDS_BYTES_MAX);
}
