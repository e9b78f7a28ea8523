//! The two levels the product serves, and the fifteen requirements of the first.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::data::{ROWS, level_one_facts};
use crate::ids::RequirementId;

/// The CMMC level a company works towards. The numbers 1 and 2 in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum Level {
    /// Fifteen requirements for Federal Contract Information: all met, or not.
    One,
    /// All 110 requirements for Controlled Unclassified Information, with a score.
    Two,
}

/// A level other than 1 or 2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The level is 1 or 2.")]
pub struct UnknownLevel;

impl From<Level> for u8 {
    fn from(level: Level) -> Self {
        match level {
            Level::One => 1,
            Level::Two => 2,
        }
    }
}

impl TryFrom<u8> for Level {
    type Error = UnknownLevel;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        match number {
            1 => Ok(Self::One),
            2 => Ok(Self::Two),
            _ => Err(UnknownLevel),
        }
    }
}

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "1" => Ok(Self::One),
            "2" => Ok(Self::Two),
            _ => Err(UnknownLevel),
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&u8::from(*self), f)
    }
}

/// One of the fifteen requirements of FAR 52.204-21(b)(1).
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LevelOneRequirement {
    /// The CMMC id, such as `AC.L1-b.1.i`.
    pub id: &'static str,
    /// The paragraph of FAR 52.204-21, such as `(b)(1)(i)`.
    pub far: &'static str,
    /// The CMMC short title.
    pub title: &'static str,
    /// The requirements whose objectives judge it: three for (b)(1)(ix), one for each of the others.
    pub requirements: Vec<RequirementId>,
}

static LEVEL_ONE: LazyLock<Vec<LevelOneRequirement>> = LazyLock::new(|| {
    level_one_facts()
        .into_iter()
        .map(|facts| LevelOneRequirement {
            id: facts.id,
            far: facts.far,
            title: facts.title,
            requirements: RequirementId::all()
                .filter(|id| ROWS[id.place()].facts.level1 == Some(facts.id))
                .collect(),
        })
        .collect()
});

/// The fifteen Level 1 requirements, in the order of the FAR paragraphs.
pub fn level_one() -> &'static [LevelOneRequirement] {
    &LEVEL_ONE
}

/// The Level 1 requirement with this id, in capitals or not.
pub fn level_one_requirement(id: &str) -> Option<&'static LevelOneRequirement> {
    level_one()
        .iter()
        .find(|requirement| requirement.id.eq_ignore_ascii_case(id))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_level_is_the_number_one_or_two() {
        assert_eq!(
            serde_json::to_string(&[Level::One, Level::Two]).unwrap(),
            "[1,2]"
        );
        assert_eq!(serde_json::from_str::<Level>("2").unwrap(), Level::Two);
        assert!(serde_json::from_str::<Level>("3").is_err());
        assert_eq!("1".parse(), Ok(Level::One));
        assert_eq!("3".parse::<Level>(), Err(UnknownLevel));
        assert_eq!(Level::Two.to_string(), "2");
    }
}
