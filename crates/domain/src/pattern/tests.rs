//! Patterns with the addresses that they match and those that they don't; hostile patterns; campaigns.

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn pattern(text: &str) -> UrlPattern {
    UrlPattern::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn a_pattern_matches_the_addresses_that_it_means_and_no_others() {
    for (text, matching, others) in [
        ("/", "/ https://a.example https://a.example/?b=c#d /#/cart", "/a //a.example/b"),
        (
            "/pricing",
            "/pricing /pricing/ https://a.example/pricing?x=1#top pricing http://b.example:8080/pricing",
            "/pricing-eu /Pricing /pricing/eu /a/pricing",
        ),
        ("/pricing/", "/pricing /pricing/", "/pricing/eu"),
        ("/pricing*", "/pricing /pricing-eu /pricing/", "/pricing/eu /a/pricing"),
        ("/pricing**", "/pricing /pricing-eu /pricing/eu/a", "/a/pricing /pricin"),
        (
            "/products/*/reviews",
            "/products/a/reviews https://a.example/products/b%20c/reviews/",
            "/products/reviews /products/a/b/reviews /products/a/reviews/1",
        ),
        ("/products/*", "/products/a", "/products /products/ /products/a/b"),
        ("/blog/**", "/blog /blog/ /blog/a /blog/a/b/", "/blogs /a/blog/b"),
        ("/**", "/ /a/b https://a.example", ""),
        ("/a/**/z", "/a/z /a/b/z /a/b/c/z/", "/az /a/bz /a/z/b"),
        ("/**/**/z", "/z /a/z /a/b/c/z", "/az"),
        ("/a**z", "/az /a/b/z /abz", "/a /az/b"),
        ("*/cart", "/cart /de/cart https://a.example/x/y/cart/", "/my-cart /cart/1"),
        ("**/cart", "/cart /de/cart https://a.example/x/y/cart/", "/my-cart /cart/1"),
        ("*/*.pdf", "/a.pdf /x/y/b.pdf", "/a.pdf/b /pdf"),
        ("*", "/ /a/b https://a.example", ""),
        (
            "shop.example/cart",
            "https://shop.example/cart http://SHOP.example:80/cart //shop.example/cart https://user:pw@shop.example./cart",
            "/cart https://www.shop.example/cart https://shop.example:8443/cart https://shop.example/",
        ),
        (
            "https://shop.example/pricing*",
            "https://shop.example/pricing-eu HTTPS://Shop.Example:443/pricing",
            "http://shop.example/pricing //shop.example/pricing /pricing",
        ),
        ("HTTPS://Shop.Example:443", "https://shop.example https://shop.example/", "https://shop.example/a"),
        ("//shop.example/", "https://shop.example http://shop.example/", "/ https://shop.example/a"),
        (
            "*.shop.example/**",
            "https://www.shop.example/a https://a.b.shop.example",
            "https://shop.example/a https://myshop.example/a",
        ),
        ("https://*/cart", "https://a.example/cart", "http://a.example/cart https://a.example/de/cart"),
        ("localhost:3000/cart", "http://localhost:3000/cart", "http://localhost/cart"),
        (
            "/pricing?plan=pro*",
            "/pricing?plan=pro /pricing?a=b&plan=professional&c /pricing/?plan=pro#x",
            "/pricing /pricing?plan=team /pricing?xplan=pro /pricing?Plan=pro",
        ),
        (
            "/pricing?plan&yearly=1",
            "/pricing?yearly=1&plan=x /pricing?plan&yearly=1",
            "/pricing?plan=x /pricing?yearly=1",
        ),
        ("/a?q=b+c%2Bd", "/a?q=b%20c%2bd /a?q=b+c%2Bd", "/a?q=b+c+d"),
        (
            "?utm_source=news",
            "/?utm_source=news https://a.example/x/y?utm_source=news",
            "/x /x?utm_source=newsletter",
        ),
        ("/caf%C3%A9/*", "/café/a /caf%c3%a9/b", "/cafe/a"),
        ("/a%2Ab/x%2fy", "/a*b/x%2fy", "/aab/x%2fy /a*b/x/y"),
    ] {
        let pattern = pattern(text);
        assert_eq!(pattern.as_str(), text);
        for address in matching.split(' ') {
            assert!(pattern.matches(address), "{text} doesn't match {address}");
        }
        for address in others.split(' ').filter(|address| !address.is_empty()) {
            assert!(!pattern.matches(address), "{text} matches {address}");
        }
    }
}

#[test]
fn a_pattern_that_makes_no_sense_says_how_to_mend_it() {
    for (text, expected) in [
        ("", "the pattern is empty: write `/pricing*`, for example, or `/**` for every page"),
        ("/a b", "`/a b` has a space in it: write it as `%20`"),
        ("/#/cart", "`/#/cart` has a `#`, but fragments are ignored: write `/`, or `%23` for the sign"),
        ("cart", "`cart` is no host: write `/cart` for a path, or `*/cart` for one below any folders"),
        (
            "*cart/x",
            "`*cart` is no host: write `/*cart/x` for a path, or `*/*cart/x` for one below any folders",
        ),
        (
            "shop.example",
            "`shop.example` has no path: write `shop.example/` for its first page, `shop.example/**` for all, or `/shop.example` if it is a path",
        ),
        ("https:///cart", "`https:///cart` has no host: write `https://shop.example/`, or `/…` for any host"),
        ("http*://a.example/", "`http*://` is no scheme: write `https://`, or leave it out to mean any"),
        ("/a?*=b", "`?*` names no query parameter: write its whole name, `?plan=*` for example"),
        ("/a?=b", "`?` names no query parameter: write its whole name, `?plan=*` for example"),
    ] {
        assert_eq!(UrlPattern::parse(text).unwrap_err(), expected, "{text}");
    }
    let long = format!("/{}", "a".repeat(PATTERN_BYTES_MAX));
    assert_eq!(UrlPattern::parse(&long).unwrap_err(), "the pattern has 501 bytes, more than 500");
    assert!(UrlPattern::parse(&long[1..]).is_err());
    assert!(pattern(&long[..PATTERN_BYTES_MAX]).matches(&long[..PATTERN_BYTES_MAX]));
    let many = format!("/?{}", "a&".repeat(PATTERN_PARAMETERS_MAX + 1));
    assert!(UrlPattern::parse(&many).unwrap_err().contains("21 query parameters"));
}

#[test]
fn an_address_beyond_its_bounds_matches_nothing() {
    let fits = format!("/{}", "a".repeat(ADDRESS_BYTES_MAX - 1));
    assert!(pattern("/**").matches(&fits));
    assert!(!pattern("/**").matches(&format!("{fits}a")));
    let query = format!("/?{}z=1", "a&".repeat(ADDRESS_PARAMETERS_MAX - 1));
    assert!(pattern("/?z=1").matches(&query));
    assert!(!pattern("/?z=1").matches(&query.replace("/?", "/?b&")));
}

#[test]
fn the_page_of_an_event_is_its_address_or_else_its_path() {
    for (text, properties, expected) in [
        ("/cart", json!({"url": "https://a.example/cart"}), true),
        ("/cart", json!({"path": "/cart"}), true),
        ("/cart?a=b", json!({"path": "/cart", "search": "?a=b"}), true),
        ("/cart?a=b", json!({"path": "/cart", "search": "?a=c"}), false),
        ("a.example/cart", json!({"path": "/cart"}), false),
        ("/cart", json!({"url": " ", "path": "/cart"}), true),
        ("/cart", json!({"url": "https://a.example/", "path": "/cart"}), false),
        // A purchase has the product's own address; the page that it happened on stands beside it.
        ("/cart", json!({"url": "https://a.example/shoe", "page_url": "https://a.example/cart"}), true),
        ("/cart", json!({"page_path": "/cart"}), true),
        ("/**", json!({"title": "Cart"}), false),
        ("/**", json!({"url": 7}), false),
    ] {
        let properties = properties.as_object().unwrap();
        assert_eq!(pattern(text).matches_page(properties), expected, "{text} {properties:?}");
    }
}

#[test]
fn a_campaign_is_read_from_properties_and_then_from_the_address() {
    for (properties, expected) in [
        (json!({}), [None, None, None, None, None]),
        (
            json!({"url": "https://a.example/?utm_source=news&utm_medium=e+mail&UTM_Campaign=may%2026&utm_term=t&utm_content=c#x"}),
            [Some("news"), Some("e mail"), Some("may 26"), Some("t"), Some("c")],
        ),
        (
            json!({"utm_source": "kept", "url": "/?utm_source=news&utm_medium=&utm_campaign=first&utm_campaign=second"}),
            [Some("kept"), None, Some("first"), None, None],
        ),
        (
            json!({"page_url": "/?utm_source=page", "url": "/?utm_source=product"}),
            [Some("page"), None, None, None, None],
        ),
        (json!({"path": "/", "search": "?utm_source=s"}), [Some("s"), None, None, None, None]),
        (json!({"utm_source": 7, "utm_term": " "}), [None, None, None, None, None]),
    ] {
        let utm = Utm::read(properties.as_object().unwrap());
        let found = Utm::NAMES.map(|name| utm.get(name));
        assert_eq!(found, expected, "{properties}");
        assert_eq!(utm.is_empty(), expected.iter().all(Option::is_none));
        assert_eq!((utm.get("source"), utm.get("other")), (expected[0], None));
    }
    let long = json!({"utm_source": "é".repeat(300)});
    assert_eq!(Utm::read(long.as_object().unwrap()).source.unwrap().len(), utm::UTM_BYTES_MAX);
}

/// Matching as its definition says it, by trying everything: only for short texts.
fn naive(pattern: &[char], text: &[char]) -> bool {
    match pattern {
        [] => text.is_empty(),
        ['*', '*', rest @ ..] => (0..=text.len()).any(|n| naive(rest, &text[n..])),
        ['*', rest @ ..] => {
            (0..=text.len()).take_while(|n| *n == 0 || text[n - 1] != '/').any(|n| naive(rest, &text[n..]))
        }
        [first, rest @ ..] => text.first() == Some(first) && naive(rest, &text[1..]),
    }
}

proptest! {
    #[test]
    fn stars_match_what_trying_everything_matches(pattern in "/x[ab/*]{0,8}x", text in "/x[ab/]{0,10}x") {
        // A double star that is a whole part means folders, which the definition below doesn't know.
        prop_assume!(!pattern.contains("***") && !pattern.split('/').any(|part| part == "**"));
        let chars = |text: &str| text.chars().collect::<Vec<char>>();
        let expected = naive(&chars(&pattern), &chars(&text));
        prop_assert_eq!(self::pattern(&pattern).matches(&text), expected, "{} {}", pattern, text);
    }

    #[test]
    fn no_text_makes_reading_or_matching_panic(pattern in "\\PC{0,40}", text in "\\PC{0,60}") {
        if let Ok(pattern) = UrlPattern::parse(&pattern) {
            pattern.matches(&text);
        }
    }

    #[test]
    fn a_path_without_stars_matches_itself(path in "(/[a-zé0-9._~-]{1,8}){1,5}") {
        prop_assert!(pattern(&path).matches(&path));
        let on_a_host = format!("https://a.example{path}?b#c");
        prop_assert!(pattern(&path).matches(&on_a_host));
    }
}

#[test]
fn a_hostile_pattern_takes_no_more_than_its_length_times_the_texts() {
    // Going back would take longer than the universe is old: each star could end anywhere.
    let address = "/a".repeat(ADDRESS_BYTES_MAX / 2);
    for hostile in ["*a".repeat(248), "**a".repeat(165), "/**/a*".repeat(82), "*/".repeat(248)] {
        assert!(!pattern(&format!("/{hostile}/b")).matches(&address), "{hostile}");
        assert!(
            pattern(&format!("/{hostile}**")).matches(&address) || !hostile.starts_with("**"),
            "{hostile}"
        );
    }
}
