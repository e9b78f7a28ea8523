//! Every spelling of a control that people and older documents use.

use crate::ids::RequirementId;
use crate::legacy::{LegacyPractice, legacy};
use crate::level::{LevelOneRequirement, level_one_requirement};
use crate::requirement::{requirement, requirements};

/// A control as it was named: which spelling was used can matter, as `IA.1.076` has its own rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ControlId {
    /// `3.5.3` or `IA.L2-3.5.3`.
    Requirement(RequirementId),
    /// `AC.L1-b.1.i`.
    LevelOne(&'static LevelOneRequirement),
    /// `IA.1.076`, from CMMC 1.02.
    Legacy(&'static LegacyPractice),
}

/// Why a text names no single requirement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnknownControl {
    /// The text is no control id of any kind.
    #[error("{0} is not a control id. Use one like 3.5.3, IA.L2-3.5.3, AC.L1-b.1.i or IA.3.083.")]
    NotRecognised(String),
    /// The number exists, but in another family.
    #[error("{text} does not exist. {requirement} is {right}.")]
    OtherFamily {
        /// What was asked for.
        text: String,
        /// The requirement with that number.
        requirement: RequirementId,
        /// Its CMMC id.
        right: &'static str,
    },
    /// A practice of CMMC 1.02 that no requirement of NIST SP 800-171 Rev. 2 stands behind.
    #[error(
        "{0} was a practice of CMMC 1.02. No NIST SP 800-171 Rev. 2 requirement stands behind it, so it is not assessed today."
    )]
    NoLongerAssessed(&'static str),
    /// One Level 1 requirement is split over several.
    #[error("{id} covers {}. Name one of them.", list(requirements))]
    Several {
        /// The Level 1 id.
        id: &'static str,
        /// What it covers.
        requirements: &'static [RequirementId],
    },
}

impl ControlId {
    /// Reads any known spelling, in capitals or not, with blanks around it or not.
    ///
    /// # Errors
    ///
    /// [`UnknownControl::NotRecognised`] or [`UnknownControl::OtherFamily`].
    pub fn parse(text: &str) -> Result<Self, UnknownControl> {
        let text = text.trim();
        if let Ok(id) = text.parse() {
            return Ok(Self::Requirement(id));
        }
        if let Some(found) = requirements()
            .iter()
            .find(|requirement| requirement.cmmc_l2_id.eq_ignore_ascii_case(text))
        {
            return Ok(Self::Requirement(found.id));
        }
        if let Some(found) = level_one_requirement(text) {
            return Ok(Self::LevelOne(found));
        }
        if let Some(found) = legacy(text) {
            return Ok(Self::Legacy(found));
        }
        Err(unknown(text))
    }

    /// The requirements behind it: one, except for the Level 1 requirement that covers three.
    ///
    /// # Errors
    ///
    /// [`UnknownControl::NoLongerAssessed`] for a practice of CMMC 1.02 that has none.
    pub fn requirements(self) -> Result<Vec<RequirementId>, UnknownControl> {
        match self {
            Self::Requirement(id) => Ok(vec![id]),
            Self::LevelOne(found) => Ok(found.requirements.clone()),
            Self::Legacy(practice) => practice
                .requirement
                .map(|id| vec![id])
                .ok_or(UnknownControl::NoLongerAssessed(practice.id)),
        }
    }

    /// The one requirement a text names, in any known spelling.
    ///
    /// # Errors
    ///
    /// [`UnknownControl`], which says why there is none, or why there is more than one.
    pub fn resolve(text: &str) -> Result<RequirementId, UnknownControl> {
        let control = Self::parse(text)?;
        if let Self::LevelOne(found) = control
            && found.requirements.len() > 1
        {
            return Err(UnknownControl::Several {
                id: found.id,
                requirements: &found.requirements,
            });
        }
        let requirements = control.requirements()?;
        requirements
            .first()
            .copied()
            .ok_or_else(|| UnknownControl::NotRecognised(quote(text)))
    }
}

fn unknown(text: &str) -> UnknownControl {
    let number = text.split_once('-').and_then(|(start, number)| {
        let (family, level) = start.split_once('.')?;
        let is_code = family.len() == 2 && family.chars().all(|one| one.is_ascii_alphabetic());
        let looks_right = is_code && level.eq_ignore_ascii_case("L2");
        looks_right.then(|| number.parse::<RequirementId>().ok())?
    });
    match number {
        Some(id) => UnknownControl::OtherFamily {
            text: quote(text),
            requirement: id,
            right: requirement(id).cmmc_l2_id,
        },
        None => UnknownControl::NotRecognised(quote(text)),
    }
}

/// What was typed, short enough to stand in a message.
pub(crate) fn quote(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut shown: String = text.chars().take(LONGEST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("`{shown}`")
}

fn list(ids: &[RequirementId]) -> String {
    match ids {
        [start @ .., last] if !start.is_empty() => {
            let start: Vec<&str> = start.iter().map(|id| id.as_str()).collect();
            format!("{} and {last}", start.join(", "))
        }
        _ => ids.iter().map(ToString::to_string).collect(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn resolved(text: &str) -> &'static str {
        ControlId::resolve(text).unwrap().as_str()
    }

    fn refusal(text: &str) -> String {
        ControlId::resolve(text).unwrap_err().to_string()
    }

    #[test]
    fn every_spelling_of_multifactor_authentication_is_3_5_3() {
        for text in [
            "3.5.3",
            "IA.L2-3.5.3",
            "ia.l2-3.5.3",
            "IA.3.083",
            "ia.3.083",
            "  3.5.3\n",
        ] {
            assert_eq!(resolved(text), "3.5.3", "{text:?}");
        }
    }

    #[test]
    fn ia_1_076_is_identification_and_says_it_was_a_legacy_id() {
        assert_eq!(resolved("IA.1.076"), "3.5.1");
        let ControlId::Legacy(practice) = ControlId::parse("ia.1.076").unwrap() else {
            panic!("IA.1.076 is a legacy id");
        };
        assert_eq!(practice.id, "IA.1.076");
    }

    #[test]
    fn level_one_ids_are_read_in_capitals_or_not() {
        assert_eq!(resolved("AC.L1-b.1.i"), "3.1.1");
        assert_eq!(resolved("ac.l1-B.1.I"), "3.1.1");
        assert_eq!(resolved("SI.L1-b.1.xv"), "3.14.5");
    }

    #[test]
    fn the_level_one_requirement_that_covers_three_is_not_quietly_one_of_them() {
        assert_eq!(
            refusal("PE.L1-b.1.ix"),
            "PE.L1-b.1.ix covers 3.10.3, 3.10.4 and 3.10.5. Name one of them."
        );
        let three = ControlId::parse("PE.L1-b.1.ix")
            .unwrap()
            .requirements()
            .unwrap();
        assert_eq!(three.len(), 3);
    }

    #[test]
    fn a_practice_that_is_no_longer_assessed_says_so() {
        assert_eq!(
            refusal("ac.4.023"),
            "AC.4.023 was a practice of CMMC 1.02. No NIST SP 800-171 Rev. 2 requirement stands behind it, so it is not assessed today."
        );
    }

    #[test]
    fn a_number_in_the_wrong_family_names_the_right_one() {
        assert_eq!(
            refusal("AC.L2-3.5.3"),
            "`AC.L2-3.5.3` does not exist. 3.5.3 is IA.L2-3.5.3."
        );
    }

    #[test]
    fn anything_else_is_refused_with_an_example() {
        for text in [
            "",
            "3",
            "3.5",
            "3.5.3[a]",
            "IA.L3-3.5.3",
            "IA.L2-3.5.99",
            "IA.1.999",
            "MFA",
            "AC.L1-b.1.xvi",
            "é.L2-3.5.3",
        ] {
            assert!(
                refusal(text).contains("is not a control id. Use one like 3.5.3"),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_refusal_repeats_only_the_start_of_a_long_text() {
        assert!(refusal(&"x".repeat(10_000)).len() < 200);
    }
}
