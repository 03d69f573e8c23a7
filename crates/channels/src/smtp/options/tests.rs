use std::time::Duration;

use super::{SmtpOptions, Tls};

fn parsed(url: &str) -> SmtpOptions {
    url.parse().unwrap_or_else(|error| panic!("{url}: {error}"))
}

fn refused(url: &str) -> String {
    url.parse::<SmtpOptions>().unwrap_err().to_string()
}

#[test]
fn a_url_says_everything() {
    let options = parsed(
        "smtp://us%40er:p%3Aw%2F@mail.example.com:2525?tls=required&pool=9&timeout=5&final_timeout=7&ca=/ca.pem&name=mta.example.com",
    );
    let (user, password) = options.login.clone().unwrap();
    assert_eq!((user.as_str(), password.0.as_str()), ("us@er", "p:w/"));
    assert_eq!(
        (options.host.as_str(), options.port, options.tls, options.pool),
        ("mail.example.com", 2525, Tls::Required, 9)
    );
    assert_eq!((options.timeout, options.final_timeout), (Duration::from_secs(5), Duration::from_secs(7)));
    assert_eq!(options.ca.unwrap().to_str(), Some("/ca.pem"));
    assert_eq!(options.name.as_deref(), Some("mta.example.com"));
}

#[test]
fn what_a_url_leaves_out_has_a_sensible_value() {
    let options = parsed("smtp://localhost");
    assert_eq!((options.port, options.tls, options.login.is_none()), (587, Tls::Offered, true));
    assert_eq!((options.timeout, options.final_timeout), (Duration::from_secs(30), Duration::from_mins(5)));
    assert_eq!(parsed("smtps://localhost").port, 465);
    assert_eq!(parsed("smtps://localhost").tls, Tls::Implicit);
    assert_eq!(parsed("smtp://[::1]:25").host, "::1");
    assert_eq!(parsed("smtp://127.0.0.1:25?timeout=2").final_timeout, Duration::from_secs(20));
}

#[test]
fn a_wrong_url_is_refused_with_what_is_wrong() {
    for (url, why) in [
        ("mail.example.com", "can't be read"),
        ("http://mail.example.com", "begins with `http:`"),
        ("smtp://", "has no host"),
        ("smtp://a@mail.example.com", "user without a password"),
        ("smtp://mail.example.com/x", "has a path"),
        ("smtp://mail.example.com?tls=maybe", "`tls=maybe`"),
        ("smtps://mail.example.com?tls=none", "which smtps:// decides"),
        ("smtp://mail.example.com?pool=0", "1 to 64"),
        ("smtp://mail.example.com?pool=65", "1 to 64"),
        ("smtp://mail.example.com?timeout=x", "isn't a number"),
        ("smtp://mail.example.com?tsl=none", "unknown parameter `tsl` (known: tls"),
        ("smtp://mail.example.com?name=a%0D%0ARSET", "isn't a host name"),
        ("smtp://a:b%0D%0A@mail.example.com", "control character in its password"),
    ] {
        let error = refused(url);
        assert!(error.contains(why), "{url}: {error}");
    }
}

#[test]
fn the_password_is_never_shown() {
    let options = parsed("smtp://user:s3cret@mail.example.com?pool=2");
    assert!(!format!("{options:?} {options}").contains("s3cret"));
    for url in [
        "smtp://user:s3cret@mail.example.com?x=1",
        "smtp://user:s3cret@",
        "smtp://user:s3cret@mail:port",
        "x://u:s3cret@h",
    ] {
        assert!(!refused(url).contains("s3cret"), "{}", refused(url));
    }
}
