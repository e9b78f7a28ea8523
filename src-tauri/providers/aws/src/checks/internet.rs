//! How much of the internet a range of addresses is.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A range of addresses, as a source of traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// The internet or a large part of it, in words.
    Internet(&'static str),
    /// Some network.
    Network,
}

/// From this prefix length on, an IPv4 range can be somebody's network: blocks are given out as a /8 at most.
const IPV4_NETWORK: u8 = 8;
/// The same for IPv6: a /12 is the stock of a registry, and what a holder has of it is a /16 at most.
const IPV6_NETWORK: u8 = 16;
/// Beyond it are multicast and reserved addresses, from which nothing comes.
const IPV4_END: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 0);
/// The addresses of the IPv6 internet, 2000::/3; what is outside of it is private, local or multicast.
const IPV6_INTERNET: (u128, u128) = (
    Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0).to_bits(),
    Ipv6Addr::new(
        0x3fff,
        u16::MAX,
        u16::MAX,
        u16::MAX,
        u16::MAX,
        u16::MAX,
        u16::MAX,
        u16::MAX,
    )
    .to_bits(),
);

/// All of it.
pub(super) const WHOLE: &str = "the whole internet";
const HALF: &str = "half of the internet";
const LARGE: &str = "a large part of the internet";

/// What `range` is, in any spelling of address and prefix length; bits beyond the prefix do not count, as in EC2.
/// `None` if it is no range.
///
/// | range | is |
/// | --- | --- |
/// | IPv4, prefix length 0 to 7, begins below 224.0.0.0 | the internet |
/// | IPv6, prefix length 0 to 15, shares addresses with 2000::/3 | the internet |
/// | any other | a network |
pub(super) fn reach(range: &str) -> Option<Reach> {
    let (address, prefix) = range.trim().split_once('/')?;
    if !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let prefix: u8 = prefix.parse().ok()?;
    match address.parse().ok()? {
        IpAddr::V4(address) if prefix <= 32 => Some(ipv4(address, prefix)),
        IpAddr::V6(address) if prefix <= 128 => Some(ipv6(address, prefix)),
        _ => None,
    }
}

/// Whether all of the range `inner` is in the range `outer`; ranges that can't be read are in none.
pub(super) fn is_within(inner: &str, outer: &str) -> bool {
    let parsed = |range: &str| -> Option<(bool, u128, u8)> {
        let (address, prefix) = range.trim().split_once('/')?;
        let prefix: u8 = prefix.parse().ok()?;
        match address.parse().ok()? {
            IpAddr::V4(address) => Some((false, u128::from(address.to_bits()) << 96, prefix)),
            IpAddr::V6(address) => Some((true, address.to_bits(), prefix)),
        }
    };
    let (Some((six, inner, longer)), Some((also_six, outer, prefix))) =
        (parsed(inner), parsed(outer))
    else {
        return false;
    };
    let kept = !u128::MAX.checked_shr(prefix.into()).unwrap_or(0);
    six == also_six && longer >= prefix && inner & kept == outer & kept
}

fn ipv4(address: Ipv4Addr, prefix: u8) -> Reach {
    let beyond = u32::MAX.checked_shr(prefix.into()).unwrap_or(0);
    let first = address.to_bits() & !beyond;
    match prefix {
        0 => Reach::Internet(WHOLE),
        _ if prefix >= IPV4_NETWORK || first >= IPV4_END.to_bits() => Reach::Network,
        1 => Reach::Internet(HALF),
        _ => Reach::Internet(LARGE),
    }
}

fn ipv6(address: Ipv6Addr, prefix: u8) -> Reach {
    let beyond = u128::MAX.checked_shr(prefix.into()).unwrap_or(0);
    let first = address.to_bits() & !beyond;
    let last = first | beyond;
    let (from, to) = IPV6_INTERNET;
    if prefix >= IPV6_NETWORK || first > to || last < from {
        Reach::Network
    } else if first <= from && last >= to {
        Reach::Internet(WHOLE)
    } else {
        Reach::Internet(LARGE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_everything_is_the_whole_internet() {
        for range in [
            "0.0.0.0/0",
            "0.0.0.0/00",
            "203.0.113.7/0",
            "::/0",
            "0::/0",
            "0:0:0:0:0:0:0:0/0",
            "0000:0000::0000/0",
            "::0.0.0.0/0",
            "2001:db8::1/0",
            "2000::/3",
            "::/2",
        ] {
            assert_eq!(reach(range), Some(Reach::Internet(WHOLE)), "{range}");
        }
    }

    #[test]
    fn a_large_part_is_told_from_a_network() {
        for (range, words) in [
            ("0.0.0.0/1", HALF),
            ("128.0.0.0/1", HALF),
            ("255.255.255.255/1", HALF),
            ("64.0.0.0/2", LARGE),
            ("8.0.0.0/7", LARGE),
            ("2000::/4", LARGE),
            ("2600::/12", LARGE),
            ("2400::/15", LARGE),
        ] {
            assert_eq!(reach(range), Some(Reach::Internet(words)), "{range}");
        }
        for range in [
            "10.0.0.0/8",
            "203.0.113.0/24",
            "203.0.113.9/32",
            "0.0.0.0/8",
            "0.0.0.0/32",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "2001::/16",
            "2001:db8::/32",
            "::/16",
            "::1/128",
            "fc00::/7",
            "fe80::/10",
            "ff00::/8",
        ] {
            assert_eq!(reach(range), Some(Reach::Network), "{range}");
        }
    }

    #[test]
    fn what_is_no_range_is_none() {
        for text in [
            "",
            "/",
            "0.0.0.0",
            "::",
            "0.0.0.0/",
            "/0",
            "0.0.0.0/33",
            "::/129",
            "0.0.0.0/+0",
            "0.0.0.0/-1",
            "0.0.0.0/x",
            "0.0.0/0",
            "00.0.0.0/0",
            "0.0.0.0/0/0",
            "any/0",
            ":::/0",
            "0.0.0.0/256",
        ] {
            assert_eq!(reach(text), None, "{text}");
        }
    }

    #[test]
    fn a_wider_range_around_the_internet_is_the_internet() {
        let seeds = ["0.0.0.0", "64.1.2.3", "127.0.0.1", "200.0.0.0", "239.1.1.1"];
        for (addresses, most) in [
            (&seeds[..], 32_u8),
            (&["::", "2600::", "3fff::1", "fd00::1"][..], 128),
        ] {
            for address in addresses {
                let mut before = Some(Reach::Network);
                for prefix in (0..=most).rev() {
                    let after = reach(&format!("{address}/{prefix}"));
                    let lost =
                        matches!(before, Some(Reach::Internet(_))) && after == Some(Reach::Network);
                    assert!(after.is_some() && !lost, "{address}/{prefix}");
                    before = after;
                }
                assert_eq!(before, Some(Reach::Internet(WHOLE)));
            }
        }
    }
}
