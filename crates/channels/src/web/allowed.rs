//! What the operator lets be reached although it isn't public.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use url::Host;

use super::address::{Reach, reach};

/// The most entries of a list.
const ENTRIES_MAX: usize = 200;

/// Host names and blocks of addresses that may be reached though they are not public.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Allowed {
    entries: Vec<Entry>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Entry {
    Name(String),
    /// All names that end so; with the dot.
    NamesUnder(String),
    Block(IpNet),
}

/// Why a list of what is allowed can't be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// One entry is neither a name nor addresses.
    #[error(
        "`{entry}` is no host name (erp.internal, *.internal), no address and no block of addresses (10.1.0.0/16)"
    )]
    Entry {
        /// The entry as it was written.
        entry: String,
    },
    /// There are too many.
    #[error("there are {n_entries} entries; at most {ENTRIES_MAX} are kept")]
    TooMany {
        /// How many there are.
        n_entries: usize,
    },
}

/// Why an address must not be spoken to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{host} {leads} {what}; if it is meant, the operator adds it to `allow` under [web] in wend.toml")]
pub(super) struct Forbidden {
    pub(super) host: String,
    pub(super) leads: &'static str,
    pub(super) what: &'static str,
}

impl Allowed {
    /// Judges the address that a host was written as.
    pub(super) fn check_literal(&self, address: IpAddr) -> Result<(), Forbidden> {
        self.refusal(address, false)
            .map_or(Ok(()), |what| Err(Forbidden { host: address.to_string(), leads: "is", what }))
    }

    /// Judges the addresses that a name leads to. One bad address is enough: the next connection might take it.
    pub(super) fn check_name(&self, name: &str, addresses: &[IpAddr]) -> Result<(), Forbidden> {
        let named = self.has_name(name);
        let refusal = addresses.iter().find_map(|address| self.refusal(*address, named));
        refusal.map_or(Ok(()), |what| Err(Forbidden { host: name.to_owned(), leads: "leads to", what }))
    }

    fn refusal(&self, address: IpAddr, named: bool) -> Option<&'static str> {
        if self.has_address(address) {
            return None;
        }
        match reach(address) {
            Reach::Public => None,
            Reach::Internal(_) if named => None,
            Reach::Internal(what) | Reach::Special(what) => Some(what),
        }
    }

    fn has_name(&self, name: &str) -> bool {
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        self.entries.iter().any(|entry| match entry {
            Entry::Name(allowed) => *allowed == name,
            Entry::NamesUnder(suffix) => name.ends_with(suffix.as_str()),
            Entry::Block(_) => false,
        })
    }

    fn has_address(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.entries.iter().any(|entry| matches!(entry, Entry::Block(block) if block.contains(&address)))
    }
}

impl FromStr for Allowed {
    type Err = Error;

    /// Reads entries with commas between.
    fn from_str(text: &str) -> Result<Self, Error> {
        let entries: Vec<&str> = text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).collect();
        if entries.len() > ENTRIES_MAX {
            return Err(Error::TooMany { n_entries: entries.len() });
        }
        let entries = entries
            .into_iter()
            .map(|entry| Entry::read(entry).ok_or_else(|| Error::Entry { entry: entry.to_owned() }));
        Ok(Self { entries: entries.collect::<Result<_, _>>()? })
    }
}

impl fmt::Display for Allowed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, entry) in self.entries.iter().enumerate() {
            let comma = if n == 0 { "" } else { ", " };
            match entry {
                Entry::Name(name) => write!(formatter, "{comma}{name}")?,
                Entry::NamesUnder(suffix) => write!(formatter, "{comma}*{suffix}")?,
                Entry::Block(block) => write!(formatter, "{comma}{block}")?,
            }
        }
        Ok(())
    }
}

impl Entry {
    fn read(text: &str) -> Option<Self> {
        if text.contains('/') {
            return text.parse::<IpNet>().ok().and_then(Self::block);
        }
        let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Self::block(IpNet::from(address.to_canonical()));
        }
        if let Some(under) = text.strip_prefix("*.") {
            return Some(Self::NamesUnder(format!(".{}", name(under)?)));
        }
        name(text).map(Self::Name)
    }

    /// A block of IPv4 addresses in the clothes of IPv6 would never match, as addresses are undressed first.
    fn block(block: IpNet) -> Option<Self> {
        let dressed = matches!(block, IpNet::V6(block) if block.prefix_len() > 0 && block.addr().to_ipv4_mapped().is_some());
        (!dressed).then(|| Self::Block(block.trunc()))
    }
}

/// A host name as URLs have it: lower case, punycode.
fn name(text: &str) -> Option<String> {
    match Host::parse(text).ok()? {
        Host::Domain(name) if !name.contains('*') => {
            let name = name.strip_suffix('.').unwrap_or(&name);
            (!name.is_empty()).then(|| name.to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
