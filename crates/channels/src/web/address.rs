//! Which addresses are whose: the registries of special addresses (IANA, RFC 6890 and its updates), as one table.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// Who can be at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Anybody on the internet.
    Public,
    /// A machine of the operator's own: reached if the operator names it, by name or by address.
    Internal(&'static str),
    /// Nobody, or the machinery around a machine: reached only if the operator lists the address itself.
    Special(&'static str),
}

use Reach::{Internal, Special};

const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), bits)
}

const fn v6(first: [u16; 4], bits: u8) -> Ipv6Net {
    let [a, b, c, d] = first;
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0), bits)
}

/// What isn't public in IPv4; the first row that holds an address counts.
const V4: [(Ipv4Net, Reach); 19] = [
    // The cloud's own services, which answer with keys: they lie inside otherwise harmless blocks.
    (v4(100, 100, 100, 200, 32), Special("a cloud's metadata service")),
    (v4(168, 63, 129, 16, 32), Special("a cloud's metadata service")),
    (v4(169, 254, 0, 0, 16), Special("a link-local address, where clouds keep their metadata service")),
    (v4(0, 0, 0, 0, 8), Special("an unspecified address")),
    (v4(10, 0, 0, 0, 8), Internal("a private address")),
    (v4(100, 64, 0, 0, 10), Internal("an address behind a provider's NAT")),
    (v4(127, 0, 0, 0, 8), Internal("a loopback address")),
    (v4(172, 16, 0, 0, 12), Internal("a private address")),
    (v4(192, 168, 0, 0, 16), Internal("a private address")),
    (v4(192, 0, 0, 0, 24), Special("an address reserved for protocols")),
    (v4(192, 0, 2, 0, 24), Special("an address reserved for documentation")),
    (v4(192, 31, 196, 0, 24), Special("an address reserved for protocols")),
    (v4(192, 52, 193, 0, 24), Special("an address reserved for protocols")),
    (v4(192, 88, 99, 0, 24), Special("an address of a 6to4 relay")),
    (v4(198, 18, 0, 0, 15), Special("an address reserved for benchmarks")),
    (v4(198, 51, 100, 0, 24), Special("an address reserved for documentation")),
    (v4(203, 0, 113, 0, 24), Special("an address reserved for documentation")),
    (v4(224, 0, 0, 0, 4), Special("a multicast address")),
    (v4(240, 0, 0, 0, 4), Special("a reserved address")),
];

/// What isn't public in IPv6, beyond all that lies outside [`GLOBAL`]; the first row that holds an address counts.
const V6: [(Ipv6Net, Reach); 9] = [
    (v6([0xfd00, 0x0ec2, 0, 0], 32), Special("a cloud's metadata service")),
    (v6([0xfc00, 0, 0, 0], 7), Internal("a unique local address")),
    (v6([0xfe80, 0, 0, 0], 10), Special("a link-local address")),
    (v6([0xff00, 0, 0, 0], 8), Special("a multicast address")),
    // Teredo, ORCHID and benchmarks are all in here.
    (v6([0x2001, 0, 0, 0], 23), Special("an address reserved for protocols")),
    (v6([0x2001, 0x0db8, 0, 0], 32), Special("an address reserved for documentation")),
    (v6([0x2620, 0x004f, 0x8000, 0], 48), Special("an address reserved for protocols")),
    (v6([0x3fff, 0, 0, 0], 20), Special("an address reserved for documentation")),
    (v6([0x0064, 0xff9b, 0x0001, 0], 48), Special("an address of a local translation to IPv4")),
];

/// The only part of IPv6 that is given out to the public.
const GLOBAL: Ipv6Net = v6([0x2000, 0, 0, 0], 3);
/// What NAT64 puts before an IPv4 address.
const NAT64: Ipv6Net = v6([0x0064, 0xff9b, 0, 0], 96);
/// What 6to4 puts before an IPv4 address.
const SIX_TO_FOUR: Ipv6Net = v6([0x2002, 0, 0, 0], 16);

/// Tells who can be at an address; an IPv4 address in an IPv6 one is judged as what it is.
pub(super) fn reach(address: IpAddr) -> Reach {
    match address.to_canonical() {
        IpAddr::V4(address) => reach_v4(address),
        IpAddr::V6(address) => reach_v6(address),
    }
}

fn reach_v4(address: Ipv4Addr) -> Reach {
    let row = V4.iter().find(|(block, _)| block.contains(&address));
    row.map_or(Reach::Public, |(_, reach)| *reach)
}

fn reach_v6(address: Ipv6Addr) -> Reach {
    if address.is_loopback() {
        return Internal("a loopback address");
    }
    let octets = address.octets();
    let embedded = |at: usize| Ipv4Addr::new(octets[at], octets[at + 1], octets[at + 2], octets[at + 3]);
    if NAT64.contains(&address) {
        return translated(embedded(12));
    }
    if SIX_TO_FOUR.contains(&address) {
        return translated(embedded(2));
    }
    if let Some((_, reach)) = V6.iter().find(|(block, _)| block.contains(&address)) {
        return *reach;
    }
    if GLOBAL.contains(&address) { Reach::Public } else { Special("a reserved address") }
}

/// An address that leads to an IPv4 one by way of a translator: nobody writes an internal one so for a good reason.
fn translated(address: Ipv4Addr) -> Reach {
    match reach_v4(address) {
        Reach::Public => Reach::Public,
        Internal(_) | Special(_) => Special("an internal address in the clothes of a public one"),
    }
}

#[cfg(test)]
mod tests;
