use super::{Reach, reach};

fn shown(address: &str) -> String {
    match reach(address.parse().unwrap()) {
        Reach::Public => "public".to_owned(),
        Reach::Internal(what) => format!("internal: {what}"),
        Reach::Special(what) => format!("special: {what}"),
    }
}

#[test]
fn addresses_of_the_public_internet_are_public() {
    for address in [
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "::ffff:1.1.1.1",
        "64:ff9b::1.1.1.1",
        "2002:0101:0101::1",
        "2606:4700:4700::1111",
        "2a00:1450:4001::200e",
    ] {
        assert_eq!(shown(address), "public", "{address}");
    }
}

#[test]
fn addresses_of_the_operators_own_machines_are_internal() {
    for (address, what) in [
        ("10.0.0.0", "private"),
        ("10.255.255.255", "private"),
        ("172.16.0.1", "private"),
        ("172.31.255.255", "private"),
        ("192.168.1.1", "private"),
        ("100.64.0.1", "NAT"),
        ("100.127.255.255", "NAT"),
        ("127.0.0.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("::1", "loopback"),
        ("::ffff:127.0.0.1", "loopback"),
        ("::ffff:10.1.2.3", "private"),
        ("fc00::1", "unique local"),
        ("fdff:ffff::1", "unique local"),
    ] {
        let shown = shown(address);
        assert!(shown.starts_with("internal: ") && shown.contains(what), "{address}: {shown}");
    }
}

#[test]
fn addresses_that_nobody_means_are_special() {
    for (address, what) in [
        ("0.0.0.0", "unspecified"),
        ("0.255.255.255", "unspecified"),
        ("169.254.169.254", "link-local"),
        ("100.100.100.200", "metadata"),
        ("168.63.129.16", "metadata"),
        ("192.0.0.192", "protocols"),
        ("192.0.2.1", "documentation"),
        ("192.88.99.1", "6to4"),
        ("198.18.0.1", "benchmarks"),
        ("198.51.100.1", "documentation"),
        ("203.0.113.1", "documentation"),
        ("224.0.0.1", "multicast"),
        ("239.255.255.255", "multicast"),
        ("240.0.0.1", "reserved"),
        ("255.255.255.255", "reserved"),
        ("::", "reserved"),
        ("::ffff:169.254.169.254", "link-local"),
        ("::127.0.0.1", "reserved"),
        ("::ffff:0:10.0.0.1", "reserved"),
        ("64:ff9b::127.0.0.1", "clothes"),
        ("64:ff9b::169.254.169.254", "clothes"),
        ("64:ff9b:1::1.1.1.1", "local translation"),
        ("2002:7f00:0001::1", "clothes"),
        ("2002:c0a8:0101::", "clothes"),
        ("100::1", "reserved"),
        ("2001::1", "protocols"),
        ("2001:20::1", "protocols"),
        ("2001:db8::1", "documentation"),
        ("3fff::1", "documentation"),
        ("4000::1", "reserved"),
        ("5f00::1", "reserved"),
        ("fd00:ec2::254", "metadata"),
        ("fe80::1", "link-local"),
        ("fec0::1", "reserved"),
        ("ff02::1", "multicast"),
    ] {
        let shown = shown(address);
        assert!(shown.starts_with("special: ") && shown.contains(what), "{address}: {shown}");
    }
}

proptest::proptest! {
    #[test]
    fn an_ipv4_address_is_never_more_public_in_the_clothes_of_ipv6(bits: u32) {
        let plain = std::net::Ipv4Addr::from(bits);
        let [a, b, c, d] = plain.octets();
        let pair = |high: u8, low: u8| u16::from(high) << 8 | u16::from(low);
        let dressed = [
            plain.to_ipv6_mapped(),
            std::net::Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, pair(a, b), pair(c, d)),
            std::net::Ipv6Addr::new(0x2002, pair(a, b), pair(c, d), 0, 0, 0, 0, 1),
        ];
        for address in dressed {
            proptest::prop_assert_eq!(
                reach(address.into()) == Reach::Public,
                reach(plain.into()) == Reach::Public,
                "{}", address
            );
        }
        proptest::prop_assert_ne!(reach(plain.to_ipv6_compatible().into()), Reach::Public);
    }
}
