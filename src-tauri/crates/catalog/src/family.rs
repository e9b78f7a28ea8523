//! The fourteen families that group the requirements.

use serde::Serialize;

/// One family of requirements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Family {
    /// Two capital letters that start every CMMC id of the family, such as `AC`.
    pub code: &'static str,
    /// The family's name in NIST SP 800-171, such as `Access Control`.
    pub name: &'static str,
    /// What every requirement number of the family starts with, such as `3.1`.
    pub number: &'static str,
}

impl Family {
    /// Whether a requirement number such as `3.1.20` belongs here.
    pub(crate) fn holds(&self, requirement: &str) -> bool {
        requirement
            .strip_prefix(self.number)
            .is_some_and(|rest| rest.starts_with('.'))
    }
}

const fn family(code: &'static str, name: &'static str, number: &'static str) -> Family {
    Family { code, name, number }
}

static FAMILIES: [Family; 14] = [
    family("AC", "Access Control", "3.1"),
    family("AT", "Awareness and Training", "3.2"),
    family("AU", "Audit and Accountability", "3.3"),
    family("CM", "Configuration Management", "3.4"),
    family("IA", "Identification and Authentication", "3.5"),
    family("IR", "Incident Response", "3.6"),
    family("MA", "Maintenance", "3.7"),
    family("MP", "Media Protection", "3.8"),
    family("PS", "Personnel Security", "3.9"),
    family("PE", "Physical Protection", "3.10"),
    family("RA", "Risk Assessment", "3.11"),
    family("CA", "Security Assessment", "3.12"),
    family("SC", "System and Communications Protection", "3.13"),
    family("SI", "System and Information Integrity", "3.14"),
];

/// The fourteen families, in numeric order.
pub fn families() -> &'static [Family] {
    &FAMILIES
}
