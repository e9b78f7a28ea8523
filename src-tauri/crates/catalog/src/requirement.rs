//! The table of requirements and their objectives.

use std::ops::Range;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::coverage::{SourceKind, Strength, best_strength, sources};
use crate::data::{ROWS, WORDS};
use crate::family::Family;
use crate::ids::{ObjectiveId, RequirementId};
use crate::poam::PoamRule;

/// Where a requirement came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// From FIPS 200.
    Basic,
    /// From NIST SP 800-53.
    Derived,
}

/// One of the 110 requirements.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Requirement {
    /// The number, such as `3.5.3`.
    pub id: RequirementId,
    /// The family it belongs to.
    pub family: Family,
    /// The CMMC id, such as `IA.L2-3.5.3`.
    pub cmmc_l2_id: &'static str,
    /// The Level 1 requirement it belongs to, such as `AC.L1-b.1.i`.
    pub cmmc_l1_id: Option<&'static str>,
    /// The CMMC short title.
    pub name: &'static str,
    /// What it is about, in the product's own words.
    pub title: &'static str,
    /// What it asks, in the product's own words.
    pub says: &'static str,
    /// Points it costs when not met: 5, 3 or 1. None for 3.12.4, without which there is no score.
    pub weight: Option<u8>,
    /// Points it costs when not met with partial credit: 3.5.3 and 3.13.11 only.
    pub partial_weight: Option<u8>,
    /// What earns the partial credit, in the product's own words. A sentence without its end.
    pub partial_when: Option<&'static str>,
    /// Whether it may be on the Level 2 POA&M.
    pub poam: PoamRule,
    /// Its id in CMMC 1.02, such as `IA.3.083`.
    pub legacy_id: &'static str,
    /// Basic or derived.
    pub kind: Kind,
    /// Its objectives, in the order of their letters. At least one.
    pub objectives: &'static [Objective],
}

/// One of the 320 assessment objectives.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Objective {
    /// The id, such as `3.5.3[b]`.
    pub id: ObjectiveId,
    /// The letter, from `a`.
    pub letter: char,
    /// What must be true, in the product's own words.
    pub says: &'static str,
    /// Whether Level 1 asks for it too.
    pub level1: bool,
    /// How far the best kind of source can carry it.
    pub coverage: Strength,
}

static OBJECTIVES: LazyLock<Vec<Objective>> = LazyLock::new(|| {
    RequirementId::all()
        .flat_map(RequirementId::objectives)
        .map(|id| {
            let row = &ROWS[id.requirement().place()];
            Objective {
                id,
                letter: id.letter(),
                says: WORDS
                    .get(row.id)
                    .and_then(|words| words.objectives.get(&id.letter()))
                    .map_or("", String::as_str),
                level1: row.facts.level1.is_some(),
                coverage: best_strength(id),
            }
        })
        .collect()
});

static REQUIREMENTS: LazyLock<Vec<Requirement>> = LazyLock::new(|| {
    RequirementId::all()
        .zip(objective_ranges())
        .map(|(id, range)| {
            let row = &ROWS[id.place()];
            let words = WORDS.get(row.id);
            Requirement {
                id,
                family: row.family,
                cmmc_l2_id: &row.cmmc_l2_id,
                cmmc_l1_id: row.facts.level1,
                name: row.facts.name,
                title: words.map_or("", |words| &words.title),
                says: words.map_or("", |words| &words.says),
                weight: row.facts.weight,
                partial_weight: row.facts.partial_weight,
                partial_when: partial_when(row.id),
                poam: PoamRule::of(row.id, &row.facts),
                legacy_id: row.facts.legacy,
                kind: row.facts.kind,
                objectives: &OBJECTIVES[range],
            }
        })
        .collect()
});

/// Where each requirement's objectives lie in the table of all of them.
fn objective_ranges() -> impl Iterator<Item = Range<usize>> {
    ROWS.iter().scan(0, |next, row| {
        let start = *next;
        *next += usize::from(row.facts.objectives);
        Some(start..*next)
    })
}

/// The two cases of 32 CFR 170.24(c)(2)(i)(B) in which a requirement that is not met costs less.
fn partial_when(id: &str) -> Option<&'static str> {
    match id {
        "3.5.3" => Some(
            "everyone who signs in remotely or with privileges uses multifactor authentication, but not everyone else",
        ),
        "3.13.11" => {
            Some("CUI is encrypted, but not everywhere with a module that is FIPS-validated")
        }
        _ => None,
    }
}

impl Requirement {
    /// Whether it rests on documents, records, people, physical checks or a demonstration: no source of technical
    /// facts can do more than agree with those.
    pub fn rests_on_documents(&self) -> bool {
        sources(self.id).iter().all(|source| {
            source.strength <= Strength::Supporting || source.kind.keeps_records_only()
        })
    }

    /// The kinds of source that support at least one of its objectives, each once.
    pub fn source_kinds(&self) -> impl Iterator<Item = SourceKind> {
        let mut last = None;
        sources(self.id)
            .iter()
            .map(|source| source.kind)
            .filter(move |kind| last.replace(*kind) != Some(*kind))
    }
}

/// The 110 requirements, in numeric order.
pub fn requirements() -> &'static [Requirement] {
    &REQUIREMENTS
}

/// The requirement with this id.
pub fn requirement(id: RequirementId) -> &'static Requirement {
    &REQUIREMENTS[id.place()]
}

/// The 320 objectives, by requirement and letter.
pub fn objectives() -> &'static [Objective] {
    &OBJECTIVES
}

/// The objective with this id.
pub fn objective(id: ObjectiveId) -> &'static Objective {
    &requirement(id.requirement()).objectives[id.letter_place()]
}
