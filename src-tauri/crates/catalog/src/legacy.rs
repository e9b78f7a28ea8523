//! The ids of CMMC 1.02. They have no standing today; old contracts and notes still use them.

use std::sync::LazyLock;

use serde::Serialize;

use crate::data::{ROWS, legacy_ids};
use crate::ids::RequirementId;

/// One of the 171 practices of CMMC 1.02.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LegacyPractice {
    /// The id, such as `IA.1.076`.
    pub id: &'static str,
    /// The level it belonged to, 1 to 5: not one of today's levels.
    pub level: u8,
    /// The domain it belonged to; `RM`, `RE`, `AM` and `SA` are no families today.
    pub domain: &'static str,
    /// The short title of the requirement that took its place.
    pub title: Option<&'static str>,
    /// The requirement that took its place: 110 practices have one, the others are not assessed today.
    pub requirement: Option<RequirementId>,
}

static PRACTICES: LazyLock<Vec<LegacyPractice>> =
    LazyLock::new(|| legacy_ids().into_iter().filter_map(practice).collect());

/// An id is made of domain, level and a running number.
fn practice(id: &'static str) -> Option<LegacyPractice> {
    let mut parts = id.split('.');
    let (domain, level) = (parts.next()?, parts.next()?.parse().ok()?);
    let requirement = RequirementId::all().find(|other| ROWS[other.place()].facts.legacy == id);
    Some(LegacyPractice {
        id,
        level,
        domain,
        title: requirement.map(|other| ROWS[other.place()].facts.name),
        requirement,
    })
}

/// All 171 practices, by domain, level and number.
pub fn legacy_practices() -> &'static [LegacyPractice] {
    &PRACTICES
}

/// The practice with this id, in capitals or not.
pub fn legacy(id: &str) -> Option<&'static LegacyPractice> {
    PRACTICES
        .iter()
        .find(|practice| practice.id.eq_ignore_ascii_case(id))
}
