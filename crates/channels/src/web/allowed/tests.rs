use super::{Allowed, ENTRIES_MAX, Error};

fn allowed(text: &str) -> Allowed {
    text.parse().unwrap()
}

/// Whether a host with this one address may be reached.
fn is_reached(list: &str, name: &str, address: &str) -> bool {
    allowed(list).check_name(name, &[address.parse().unwrap()]).is_ok()
}

#[test]
fn a_list_is_printed_as_it_is_read() {
    for (text, printed) in [
        ("", ""),
        (" erp.internal ,, *.Corp.internal.", "erp.internal, *.corp.internal"),
        ("10.1.2.3/16, 127.0.0.1, [::1], fd12::/16", "10.1.0.0/16, 127.0.0.1/32, ::1/128, fd12::/16"),
        ("::ffff:10.0.0.1, ::/0, münchen.internal", "10.0.0.1/32, ::/0, xn--mnchen-3ya.internal"),
    ] {
        let list = allowed(text);
        assert_eq!(list.to_string(), printed);
        assert_eq!(allowed(printed), list);
    }
}

#[test]
fn an_entry_that_is_no_host_and_no_addresses_is_refused_by_name() {
    for entry in
        ["http://erp", "10.0.0.0/33", "erp internal", "*", "a.*.b", "::ffff:10.0.0.0/104", "10.0.0.1:80"]
    {
        let error = format!("127.0.0.1, {entry}").parse::<Allowed>().unwrap_err();
        assert_eq!(error, Error::Entry { entry: entry.to_owned() });
    }
}

#[test]
fn a_list_has_a_most_of_entries() {
    let list = |n_entries: usize| vec!["erp.internal"; n_entries].join(",").parse::<Allowed>();
    list(ENTRIES_MAX).unwrap();
    assert_eq!(list(ENTRIES_MAX + 1), Err(Error::TooMany { n_entries: ENTRIES_MAX + 1 }));
}

#[test]
fn a_name_on_the_list_may_lead_to_internal_addresses_but_never_to_special_ones() {
    for list in ["erp.internal", "*.internal"] {
        assert!(is_reached(list, "erp.internal", "10.0.0.1"));
        assert!(is_reached(list, "ERP.internal.", "fd00::1"));
        assert!(!is_reached(list, "erp.internal", "169.254.169.254"));
        assert!(!is_reached(list, "erp.internal.evil.example", "10.0.0.1"));
        assert!(!is_reached(list, "internal", "10.0.0.1"));
    }
    assert!(!is_reached("erp.internal", "evil-erp.internal", "10.0.0.1"));
    assert!(!is_reached("*.internal", "evilinternal", "10.0.0.1"));
}

#[test]
fn a_block_on_the_list_lets_its_addresses_be_reached_by_any_name() {
    let list = "10.1.0.0/16, 169.254.7.7";
    assert!(is_reached(list, "any.example", "10.1.255.255"));
    assert!(is_reached(list, "any.example", "::ffff:10.1.0.1"));
    assert!(is_reached(list, "any.example", "169.254.7.7"));
    assert!(!is_reached(list, "any.example", "10.2.0.0"));
    assert!(!is_reached(list, "any.example", "64:ff9b::10.1.0.1"));
    assert!(allowed(list).check_literal("10.1.0.1".parse().unwrap()).is_ok());
    assert!(allowed(list).check_literal("10.2.0.1".parse().unwrap()).is_err());
}

#[test]
fn one_internal_address_among_public_ones_is_enough_to_refuse_a_name() {
    let addresses = ["1.1.1.1", "10.0.0.1"].map(|address| address.parse().unwrap());
    let error = allowed("").check_name("mixed.example", &addresses).unwrap_err();
    assert_eq!(
        error.to_string(),
        "mixed.example leads to a private address; if it is meant, the operator adds it to `allow` under [web] in \
         wend.toml"
    );
}
