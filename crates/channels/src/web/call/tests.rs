use std::time::Duration;

use hyper::header::HeaderValue;

use super::{
    Allowed, BODY_SENT_BYTES_MAX, Call, HEADER_BYTES_MAX, HEADERS_MAX, KEY_BYTES_MAX, Method, URL_BYTES_MAX,
    check,
};

fn call(method: Method, url: &str) -> Call {
    Call {
        method,
        url: url.to_owned(),
        headers: Vec::new(),
        body: None,
        key: "run-1".to_owned(),
        timeout: Duration::from_secs(1),
    }
}

fn why(call: &Call) -> String {
    check(call, &Allowed::default()).err().unwrap_or_else(|| panic!("{call:?} may be sent"))
}

#[test]
fn every_spelling_of_an_internal_address_is_refused() {
    for host in [
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0X7F.0x0.0x0.0x1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1%2e",
        "%31%32%37.0.0.1",
        "①②⑦.⓪.⓪.①",
        "１２７.0.0.1",
        "127。0。0。1",
        "0",
        "0.0.0.0",
        "10.1",
        "192.168.257",
        "3232235777",
        "169.254.169.254",
        "2852039166",
        "0xa9fea9fe",
        "0251.0376.0251.0376",
        "[::]",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "[ff02::1]",
        "255.255.255.255",
        "224.0.0.1",
        "100.64.0.1",
        "203.0.113.9",
    ] {
        for url in [format!("http://{host}/"), format!("https://{host}:8443/x?y#z"), format!("\\\\{host}/")] {
            let url = url.strip_prefix("\\\\").map_or(url.clone(), |rest| format!("http:\\\\{rest}"));
            let why = why(&call(Method::Post, &url));
            assert!(why.contains(" is a") && why.contains("[web]"), "{url}: {why}");
        }
    }
}

#[test]
fn urls_of_other_kinds_are_refused_without_showing_what_is_in_them() {
    for (url, expected) in [
        ("", "this is no URL"),
        ("/relative/hunter2", "this is no URL"),
        ("//shop.example/hunter2", "this is no URL"),
        ("http://", "this is no URL"),
        ("http://[::1%25eth0]/hunter2", "this is no URL"),
        ("http://1.2.3.4.5/hunter2", "this is no URL"),
        ("http://0x100000000/hunter2", "this is no URL"),
        ("http://shop.example:99999/hunter2", "this is no URL"),
        ("http://{{ contact.hunter2 }}/", "this is no URL"),
        ("file:///etc/hunter2", "begins with `file:`"),
        ("gopher://shop.example/hunter2", "begins with `gopher:`"),
        ("ftp://shop.example/hunter2", "begins with `ftp:`"),
        ("ws://shop.example/hunter2", "begins with `ws:`"),
        ("data:text/plain,hunter2", "begins with `data:`"),
        ("javascript:hunter2", "begins with `javascript:`"),
        ("unix:/run/hunter2", "begins with `unix:`"),
        ("https://user:hunter2@shop.example/", "a user or a password"),
        ("https://hunter2@shop.example/", "a user or a password"),
        ("https://:hunter2@shop.example/", "a user or a password"),
        ("https://shop.exa\nmple/hunter2", "a line break"),
        ("https://shop.example/\thunter2", "a line break"),
        ("https://shop.example/\r\nX: hunter2", "a line break"),
        ("https://shop.example:22/hunter2", "port 22"),
        ("https://shop.example:25/hunter2", "port 25"),
        ("http://shop.example:6379/hunter2", "port 6379"),
        ("http://shop.example:0/hunter2", "port 0"),
    ] {
        let why = why(&call(Method::Post, url));
        assert!(why.contains(expected), "{url:?}: {why}");
        assert!(!why.contains("hunter2"), "{why}");
    }
}

#[test]
fn a_call_that_may_be_sent_says_who_calls_and_keeps_its_secrets() {
    let call = Call {
        headers: vec![
            ("Authorization".to_owned(), "Bearer hunter2".to_owned()),
            ("X-Tag".to_owned(), "Zoë".to_owned()),
            ("x-tag".to_owned(), "b".to_owned()),
        ],
        body: Some(b"hunter2".to_vec()),
        ..call(Method::Put, "  https://Shop.example/hunter2?q=hunter2#hunter2\n")
    };
    let checked = check(&call, &Allowed::default()).unwrap();
    assert_eq!(checked.origin, "https://shop.example");
    assert!(checked.is_https);
    let request = &checked.request;
    assert_eq!(
        (request.method().as_str(), request.uri().to_string().as_str()),
        ("PUT", "https://shop.example/hunter2?q=hunter2")
    );
    let header = |name: &str| -> Vec<&[u8]> {
        request.headers().get_all(name).iter().map(HeaderValue::as_bytes).collect()
    };
    assert_eq!(header("user-agent"), [concat!("Wend/", env!("CARGO_PKG_VERSION")).as_bytes()]);
    assert_eq!(header("idempotency-key"), [b"run-1"]);
    assert_eq!(header("x-tag"), ["Zoë".as_bytes(), b"b"]);
    assert_eq!(header("authorization"), [b"Bearer hunter2"]);
    assert_eq!(header("accept-encoding"), [b"identity"]);
    for shown in [format!("{call:?}"), format!("{:?}", request.headers())] {
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}

#[test]
fn headers_that_break_out_or_belong_to_the_connection_are_refused() {
    for (name, value, expected) in [
        ("Host", "internal", "`host` can't be set"),
        ("content-length", "5", "`content-length` can't be set"),
        ("Transfer-Encoding", "chunked", "`transfer-encoding` can't be set"),
        ("Connection", "close", "`connection` can't be set"),
        ("Upgrade", "h2c", "`upgrade` can't be set"),
        ("TE", "trailers", "`te` can't be set"),
        ("Trailer", "x", "`trailer` can't be set"),
        ("Expect", "100-continue", "`expect` can't be set"),
        ("Proxy-Authorization", "hunter2", "`proxy-authorization` can't be set"),
        ("Idempotency-Key", "mine", "`idempotency-key` can't be set"),
        ("X-A", "hunter2\r\nHost: internal", "the value of header `x-a`"),
        ("X-A", "hunter2\n", "the value of header `x-a`"),
        ("X-A", "hunter2\0", "the value of header `x-a`"),
        ("X-A: hunter2\r\nX-B", "b", "the name of header 1"),
        ("Authorization: hunter2", "", "the name of header 1"),
        ("", "hunter2", "the name of header 1"),
        ("Grüße", "hunter2", "the name of header 1"),
    ] {
        let call = Call {
            headers: vec![(name.to_owned(), value.to_owned())],
            ..call(Method::Post, "https://shop.example/")
        };
        let why = why(&call);
        assert!(why.contains(expected), "{name:?}: {why}");
        assert!(!why.contains("hunter2"), "{why}");
    }
}

#[test]
fn every_part_of_a_call_has_a_largest_size() {
    let good = call(Method::Post, "https://shop.example/");
    let header = |n_bytes: usize| vec![("x".to_owned(), "v".repeat(n_bytes - 1))];
    let headers = |n_headers: usize| vec![("x".to_owned(), String::new()); n_headers];
    let url = |n_bytes: usize| format!("{}{}", good.url, "u".repeat(n_bytes - good.url.len()));
    let largest = [
        Call { url: url(URL_BYTES_MAX), ..good.clone() },
        Call { headers: headers(HEADERS_MAX), ..good.clone() },
        Call { headers: header(HEADER_BYTES_MAX), ..good.clone() },
        Call { body: Some(vec![0; BODY_SENT_BYTES_MAX]), ..good.clone() },
        Call { key: "k".repeat(KEY_BYTES_MAX), ..good.clone() },
    ];
    for call in &largest {
        assert_eq!(check(call, &Allowed::default()).err(), None, "{call:?}");
    }
    for (call, expected) in [
        (Call { url: url(URL_BYTES_MAX + 1), ..good.clone() }, "at most 8192"),
        (Call { headers: headers(HEADERS_MAX + 1), ..good.clone() }, "at most 50"),
        (Call { headers: header(HEADER_BYTES_MAX + 1), ..good.clone() }, "at most 16384"),
        (Call { body: Some(vec![0; BODY_SENT_BYTES_MAX + 1]), ..good.clone() }, "at most 1048576"),
        (Call { key: "k".repeat(KEY_BYTES_MAX + 1), ..good.clone() }, "to 255"),
        (Call { key: String::new(), ..good.clone() }, "from 1"),
        (Call { key: "a\nb".to_owned(), ..good.clone() }, "can't carry"),
        (Call { method: Method::Get, body: Some(vec![0]), ..good }, "a GET has no body"),
    ] {
        let why = why(&call);
        assert!(why.contains(expected), "{why}");
    }
}

#[test]
fn a_method_is_one_of_six_words() {
    assert_eq!("post".parse(), Ok(Method::Post));
    for method in [Method::Get, Method::Head, Method::Post, Method::Put, Method::Patch, Method::Delete] {
        assert_eq!(method.name().parse(), Ok(method));
    }
    for text in ["CONNECT", "TRACE", "", "GET /"] {
        assert!(text.parse::<Method>().is_err());
    }
}

proptest::proptest! {
    #[test]
    fn no_url_whatever_panics_or_leads_inside_by_address(url in "(http|https)://[0-9a-fx.:\\[\\]@/\\\\%]{0,30}") {
        if let Ok(checked) = check(&call(Method::Post, &url), &Allowed::default()) {
            let host = checked.request.uri().host().unwrap_or_default();
            let bare = host.trim_matches(['[', ']']);
            if let Ok(address) = bare.parse() {
                proptest::prop_assert!(Allowed::default().check_literal(address).is_ok(), "{}", url);
            }
        }
    }
}
