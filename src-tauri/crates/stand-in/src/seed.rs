//! Numbers, names and identifiers that are the same on every run and on every machine.

use chrono::{DateTime, Duration, SecondsFormat, Utc};

/// One step of a well-mixed counter: the same input always gives the same, evenly spread output.
#[must_use]
pub fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A GUID that depends only on the kind of object and its number.
#[must_use]
pub fn guid(kind: &str, number: u64) -> String {
    let mut high = mix(number);
    for byte in kind.bytes() {
        high = mix(high ^ u64::from(byte));
    }
    let low = mix(high ^ 0x5bd1_e995);
    format!(
        "{:08x}-{:04x}-4{:03x}-{:x}{:03x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        8 + (low >> 62),
        (low >> 48) & 0xfff,
        low & 0xffff_ffff_ffff
    )
}

/// One of the words, chosen by the seed.
#[must_use]
pub fn pick<'a>(words: &[&'a str], seed: u64) -> &'a str {
    let index = usize::try_from(mix(seed) % words.len().max(1) as u64).unwrap_or(0);
    words.get(index).copied().unwrap_or_default()
}

/// A time in the form that services print: UTC, whole seconds, `Z`.
#[must_use]
pub fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// The time `days` days and `minutes` minutes before `reference`.
#[must_use]
pub fn before(reference: DateTime<Utc>, days: i64, minutes: i64) -> String {
    stamp(reference - Duration::days(days) - Duration::minutes(minutes))
}

/// Made-up given names.
pub const GIVEN: &[&str] = &[
    "Adaeze", "Bram", "Cosima", "Dagny", "Emeka", "Freya", "Gideon", "Hana", "Ilias", "Juno",
    "Kofi", "Liesl", "Mateo", "Nadia", "Orla", "Pavel", "Quilla", "Rashid", "Signe", "Tomas",
    "Ulrika", "Viggo", "Wanda", "Xiomara", "Yusuf", "Zelda",
];

/// Made-up surnames.
pub const SURNAMES: &[&str] = &[
    "Ashgrove",
    "Birchall",
    "Calloway",
    "Dunmore",
    "Eastlake",
    "Farrow",
    "Greywell",
    "Hollis",
    "Ironside",
    "Jessop",
    "Kestrel",
    "Larkspur",
    "Marchetti",
    "Northcote",
    "Okonjo",
    "Pemberton",
    "Quarrie",
    "Redfern",
    "Saltmarsh",
    "Thornbury",
    "Underhill",
    "Vantongeren",
    "Whitlock",
    "Yarrow",
    "Zimarro",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_stable_distinct_and_well_formed() {
        let first = guid("user", 1);
        assert_eq!(first, guid("user", 1));
        assert_ne!(first, guid("user", 2));
        assert_ne!(first, guid("group", 1));
        let groups: Vec<usize> = first.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        assert!(first.chars().all(|c| c == '-' || c.is_ascii_hexdigit()));
    }
}
