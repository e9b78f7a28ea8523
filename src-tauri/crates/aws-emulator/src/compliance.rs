//! How Config judges a rule: by its name alone, so that a test can know it.

/// A rule's compliance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compliance {
    /// `COMPLIANT`
    Compliant,
    /// `NON_COMPLIANT`
    NonCompliant,
    /// `NOT_APPLICABLE`
    NotApplicable,
    /// `INSUFFICIENT_DATA`
    InsufficientData,
}

impl Compliance {
    /// The word on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Compliant => "COMPLIANT",
            Self::NonCompliant => "NON_COMPLIANT",
            Self::NotApplicable => "NOT_APPLICABLE",
            Self::InsufficientData => "INSUFFICIENT_DATA",
        }
    }
}

/// The compliance of a rule for which the options say nothing: from the sum of its name's bytes, two of four are
/// compliant, one is not, and one has no data yet.
#[must_use]
pub fn compliance_of(rule: &str) -> Compliance {
    match rule.bytes().map(u32::from).sum::<u32>() % 4 {
        0 => Compliance::NonCompliant,
        1 => Compliance::InsufficientData,
        _ => Compliance::Compliant,
    }
}
