//! The embedded files, as they are written. Nothing here refers to the tables built from them, so any table may be
//! built while another is being built.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use crate::coverage::{SourceKind, Strength};
use crate::family::{Family, families};
use crate::requirement::Kind;

/// One line of `data/requirements.json`, in the numeric order of the ids.
pub(crate) struct Row {
    pub id: &'static str,
    pub cmmc_l2_id: String,
    pub family: Family,
    pub facts: Facts,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Facts {
    id: &'static str,
    pub name: &'static str,
    pub kind: Kind,
    /// How many objectives there are; they are lettered from `a` without gaps.
    pub objectives: u8,
    pub weight: Option<u8>,
    #[serde(default)]
    pub partial_weight: Option<u8>,
    #[serde(default)]
    pub level1: Option<&'static str>,
    pub legacy: &'static str,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LevelOneFacts {
    pub id: &'static str,
    pub far: &'static str,
    pub title: &'static str,
}

/// The product's own sentences for one requirement.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    pub title: String,
    pub says: String,
    pub objectives: BTreeMap<char, String>,
}

/// Per requirement and kind of source: the letters of the objectives it supports, by strength.
pub(crate) type CoverageFacts =
    HashMap<&'static str, BTreeMap<SourceKind, BTreeMap<Strength, &'static str>>>;

pub(crate) static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let rows: Vec<Facts> = embedded(include_str!("../data/requirements.json"));
    let row = |facts: Facts| {
        let family = families()
            .iter()
            .find(|family| family.holds(facts.id))
            .copied()?;
        Some(Row {
            id: facts.id,
            cmmc_l2_id: format!("{}.L2-{}", family.code, facts.id),
            family,
            facts,
        })
    };
    rows.into_iter().filter_map(row).collect()
});

pub(crate) static WORDS: LazyLock<HashMap<String, Words>> = LazyLock::new(|| {
    [
        include_str!("../data/words/ac.json"),
        include_str!("../data/words/at.json"),
        include_str!("../data/words/au.json"),
        include_str!("../data/words/cm.json"),
        include_str!("../data/words/ia.json"),
        include_str!("../data/words/ir.json"),
        include_str!("../data/words/ma.json"),
        include_str!("../data/words/mp.json"),
        include_str!("../data/words/ps.json"),
        include_str!("../data/words/pe.json"),
        include_str!("../data/words/ra.json"),
        include_str!("../data/words/ca.json"),
        include_str!("../data/words/sc.json"),
        include_str!("../data/words/si.json"),
    ]
    .into_iter()
    .flat_map(embedded::<HashMap<String, Words>>)
    .collect()
});

pub(crate) fn level_one_facts() -> Vec<LevelOneFacts> {
    embedded(include_str!("../data/level_one.json"))
}

pub(crate) fn legacy_ids() -> Vec<&'static str> {
    embedded(include_str!("../data/legacy.json"))
}

pub(crate) fn coverage_facts() -> CoverageFacts {
    embedded(include_str!("../data/coverage.json"))
}

#[expect(
    clippy::expect_used,
    reason = "the text is compiled in, and the tests read every file here: a build whose tests passed cannot fail"
)]
fn embedded<T: Deserialize<'static>>(text: &'static str) -> T {
    serde_json::from_str(text).expect("embedded data has its documented shape")
}
