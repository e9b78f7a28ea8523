//! The two ids everything else hangs on. Both are places in the table, so an id that exists is an id that is valid.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::control::{ControlId, UnknownControl, quote};
use crate::data::ROWS;

/// One of the 110 requirements of NIST SP 800-171 Rev. 2, written `3.5.3`. Ordered as numbers: 3.1.9 before 3.1.10.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequirementId(u8);

/// One of the 320 assessment objectives of NIST SP 800-171A, written `3.5.3[b]`. A requirement with a single
/// objective has `[a]`. Ordered by requirement, then by letter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectiveId {
    requirement: RequirementId,
    /// Places after `a`.
    letter: u8,
}

/// Why a text names no objective.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownObjective {
    /// The text does not look like an objective id.
    #[error("{0} is not an objective id. Use one like 3.5.3[b].")]
    NotRecognised(String),
    /// What stands before the letter is not one requirement.
    #[error(transparent)]
    Requirement(#[from] UnknownControl),
    /// A requirement with several objectives was named without saying which.
    #[error(
        "{requirement} has {count} objectives. Name one, from {requirement}[a] to {requirement}[{last}]."
    )]
    LetterNeeded {
        /// The requirement named.
        requirement: RequirementId,
        /// How many objectives it has.
        count: u8,
        /// The letter of its last objective.
        last: char,
    },
    /// The requirement exists, the letter does not.
    #[error("{requirement} has no objective [{letter}]. Its last one is {requirement}[{last}].")]
    NoSuchLetter {
        /// The requirement named.
        requirement: RequirementId,
        /// The letter asked for.
        letter: char,
        /// The letter of its last objective.
        last: char,
    },
}

static PLACES: LazyLock<HashMap<&'static str, RequirementId>> = LazyLock::new(|| {
    ROWS.iter()
        .zip(0..)
        .map(|(row, place)| (row.id, RequirementId(place)))
        .collect()
});

impl RequirementId {
    /// Every id, in numeric order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..).map(Self).take(ROWS.len())
    }

    /// The number, such as `3.5.3`.
    pub fn as_str(self) -> &'static str {
        ROWS[self.place()].id
    }

    /// The ids of its objectives, in the order of their letters.
    pub fn objectives(self) -> impl Iterator<Item = ObjectiveId> {
        (0..self.objective_count()).map(move |letter| ObjectiveId {
            requirement: self,
            letter,
        })
    }

    /// Its objective with this letter, if it has one.
    pub fn objective(self, letter: char) -> Option<ObjectiveId> {
        self.objectives().find(|id| id.letter() == letter)
    }

    pub(crate) fn place(self) -> usize {
        usize::from(self.0)
    }

    fn objective_count(self) -> u8 {
        ROWS[self.place()].facts.objectives
    }

    fn last_letter(self) -> char {
        char::from(b'a' + self.objective_count().saturating_sub(1))
    }
}

impl ObjectiveId {
    /// Reads `3.5.3[b]`. The requirement may be written in any way [`ControlId::resolve`] knows, and a requirement
    /// that has one objective needs no letter: `3.4.4` means `3.4.4[a]`.
    ///
    /// # Errors
    ///
    /// [`UnknownObjective`], which says what is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, UnknownObjective> {
        let text = text.trim();
        let Some((control, rest)) = text.split_once('[') else {
            let requirement = ControlId::resolve(text)?;
            return requirement.only_objective();
        };
        let mut letters = rest.strip_suffix(']').unwrap_or_default().chars();
        let (Some(letter), None) = (letters.next(), letters.next()) else {
            return Err(UnknownObjective::NotRecognised(quote(text)));
        };
        let requirement = ControlId::resolve(control)?;
        requirement
            .objective(letter.to_ascii_lowercase())
            .ok_or_else(|| UnknownObjective::NoSuchLetter {
                requirement,
                letter,
                last: requirement.last_letter(),
            })
    }

    /// The requirement it belongs to.
    pub fn requirement(self) -> RequirementId {
        self.requirement
    }

    /// Its letter, from `a`.
    pub fn letter(self) -> char {
        char::from(b'a' + self.letter)
    }

    /// The id as an OSCAL token, which can hold no brackets and start with no digit: `IA.L2-3.5.3_obj.b`.
    pub fn oscal_target_id(self) -> String {
        let row = &ROWS[self.requirement.place()];
        format!("{}_obj.{}", row.cmmc_l2_id, self.letter())
    }

    pub(crate) fn letter_place(self) -> usize {
        usize::from(self.letter)
    }
}

impl RequirementId {
    fn only_objective(self) -> Result<ObjectiveId, UnknownObjective> {
        match self.objective_count() {
            1 => Ok(ObjectiveId {
                requirement: self,
                letter: 0,
            }),
            count => Err(UnknownObjective::LetterNeeded {
                requirement: self,
                count,
                last: self.last_letter(),
            }),
        }
    }
}

/// Reads the plain number only; [`ControlId::resolve`] knows the other spellings.
impl FromStr for RequirementId {
    type Err = UnknownControl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        PLACES
            .get(text)
            .copied()
            .ok_or_else(|| UnknownControl::NotRecognised(quote(text)))
    }
}

impl FromStr for ObjectiveId {
    type Err = UnknownObjective;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for RequirementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for ObjectiveId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}[{}]", self.requirement, self.letter()))
    }
}

// The place in the table would mean nothing to whoever reads a failed assertion.
impl fmt::Debug for RequirementId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for ObjectiveId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for RequirementId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Serialize for ObjectiveId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for RequirementId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for ObjectiveId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn requirement(text: &str) -> RequirementId {
        text.parse().unwrap()
    }

    #[test]
    fn ids_are_ordered_as_numbers() {
        assert!(requirement("3.1.9") < requirement("3.1.10"));
        assert!(requirement("3.9.2") < requirement("3.10.1"));
        let parse = |text| ObjectiveId::parse(text).unwrap();
        assert!(parse("3.1.9[b]") < parse("3.1.10[a]"));
        assert!(parse("3.4.7[b]") < parse("3.4.7[o]"));
    }

    #[test]
    fn a_requirement_id_is_read_as_it_is_written_and_in_no_other_way() {
        for wrong in [
            "", "3", "3.5", "3.5.0", "3.5.12", "3.05.3", "03.05.03", " 3.5.3", "3.5.3[a]", "4.1.1",
        ] {
            assert!(wrong.parse::<RequirementId>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_single_objective_needs_no_letter() {
        assert_eq!(ObjectiveId::parse("3.4.4").unwrap().to_string(), "3.4.4[a]");
        assert_eq!(ObjectiveId::parse("3.4.4[a]"), ObjectiveId::parse("3.4.4"));
        assert_eq!(
            ObjectiveId::parse("3.5.3").unwrap_err().to_string(),
            "3.5.3 has 4 objectives. Name one, from 3.5.3[a] to 3.5.3[d]."
        );
    }

    #[test]
    fn an_objective_may_name_its_requirement_in_every_known_way() {
        let expected = ObjectiveId::parse("3.5.3[b]").unwrap();
        for text in ["IA.L2-3.5.3[b]", "ia.3.083[B]", " 3.5.3[b] "] {
            assert_eq!(ObjectiveId::parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_wrong_objective_is_explained() {
        let error = |text| ObjectiveId::parse(text).unwrap_err().to_string();
        assert_eq!(
            error("3.5.3[e]"),
            "3.5.3 has no objective [e]. Its last one is 3.5.3[d]."
        );
        assert_eq!(
            error("3.5.3[]"),
            "`3.5.3[]` is not an objective id. Use one like 3.5.3[b]."
        );
        assert_eq!(
            error("3.5.3[ab]"),
            "`3.5.3[ab]` is not an objective id. Use one like 3.5.3[b]."
        );
        assert_eq!(
            error("3.5.3[b"),
            "`3.5.3[b` is not an objective id. Use one like 3.5.3[b]."
        );
        assert!(error("3.5.99[a]").contains("is not a control id"));
    }

    #[test]
    fn ids_are_strings_in_json_and_may_be_keys() {
        let map: std::collections::BTreeMap<ObjectiveId, RequirementId> =
            serde_json::from_str(r#"{"3.5.3[b]":"3.5.3","3.4.4[a]":"3.4.4"}"#).unwrap();
        assert_eq!(
            serde_json::to_string(&map).unwrap(),
            r#"{"3.4.4[a]":"3.4.4","3.5.3[b]":"3.5.3"}"#
        );
        assert!(serde_json::from_str::<RequirementId>(r#""3.5.99""#).is_err());
    }

    #[test]
    fn the_oscal_token_has_no_brackets() {
        let id = ObjectiveId::parse("3.1.1[a]").unwrap();
        assert_eq!(id.oscal_target_id(), "AC.L2-3.1.1_obj.a");
    }
}
