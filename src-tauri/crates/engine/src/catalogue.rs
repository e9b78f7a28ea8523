//! The catalogue as the window shows it.

use crate::{
    App,
    api::{
        ApiError, Catalogue, FamilyEntry, LevelOneEntry, Nothing, ObjectiveEntry, RequirementEntry,
    },
    providers::word,
};

/// The whole catalogue: the same for every company, needs no open vault.
pub async fn get(_: &App, _: Nothing) -> Result<Catalogue, ApiError> {
    Ok(Catalogue {
        families: catalog::families()
            .iter()
            .map(|family| FamilyEntry {
                code: family.code.to_string(),
                name: family.name.to_string(),
                number: family.number.to_string(),
            })
            .collect(),
        requirements: catalog::requirements().iter().map(entry).collect(),
        level_one: catalog::level_one()
            .iter()
            .map(|requirement| LevelOneEntry {
                id: requirement.id.to_owned(),
                far: requirement.far.to_owned(),
                title: requirement.title.to_owned(),
                requirements: requirement
                    .requirements
                    .iter()
                    .map(ToString::to_string)
                    .collect(),
            })
            .collect(),
    })
}

fn entry(requirement: &catalog::Requirement) -> RequirementEntry {
    RequirementEntry {
        id: requirement.id.to_string(),
        family: requirement.family.code.to_string(),
        cmmc_id: requirement.cmmc_l2_id.to_owned(),
        level_one_id: requirement.cmmc_l1_id.map(str::to_owned),
        legacy_id: requirement.legacy_id.to_owned(),
        name: requirement.name.to_owned(),
        title: requirement.title.to_owned(),
        says: requirement.says.to_owned(),
        weight: requirement.weight,
        partial_weight: requirement.partial_weight,
        poam: word(&requirement.poam),
        objectives: requirement
            .objectives
            .iter()
            .map(|objective| ObjectiveEntry {
                id: objective.id.to_string(),
                letter: objective.letter.to_string(),
                says: objective.says.to_owned(),
                level_one: objective.level1,
                coverage: word(&objective.coverage),
            })
            .collect(),
    }
}
