//! The answers of the demo company are of the documented shape and worth looking at.
#![allow(clippy::unwrap_used)]

use evidence::{Completeness, Digest, Outcome, Timestamp};
use provider_github::PROVIDER;
use provider_kit::{
    Collected, Gathered, Origin, Parameters, Provider, RawPage, Records, conformance::looks_secret,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Arc,
};

/// The pages of each dataset, in their order.
fn pages() -> BTreeMap<&'static str, Vec<(Origin, Vec<u8>)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo");
    let origins: Value =
        serde_json::from_slice(&fs::read(folder.join("origins.json")).unwrap()).unwrap();
    let mut named = BTreeSet::new();
    let mut all: BTreeMap<&'static str, BTreeMap<u32, (Origin, Vec<u8>)>> = BTreeMap::new();
    for file in fs::read_dir(&folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name == "origins.json" {
            continue;
        }
        let stem = name.strip_suffix(".json").unwrap();
        let (dataset, number) = stem.split_once('.').unwrap();
        let dataset = PROVIDER
            .datasets()
            .iter()
            .find(|one| one.id == format!("github.{dataset}"))
            .unwrap_or_else(|| panic!("{name} is of no dataset"));
        let origin = Origin {
            status: u16::try_from(origins[stem]["status"].as_u64().unwrap_or(200)).unwrap(),
            place: None,
            subject: origins[stem]["subject"].as_str().map(str::to_owned),
        };
        named.insert(stem.to_owned());
        all.entry(dataset.id)
            .or_default()
            .insert(number.parse().unwrap(), (origin, fs::read(&path).unwrap()));
    }
    for stem in origins.as_object().unwrap().keys() {
        assert!(named.contains(stem), "there is no page {stem}");
    }
    all.into_iter()
        .map(|(id, pages)| (id, pages.into_values().collect()))
        .collect()
}

#[test]
fn every_page_is_read_and_shows_no_secret() {
    for (id, pages) in pages() {
        let dataset = PROVIDER.datasets().iter().find(|one| one.id == id).unwrap();
        for (origin, body) in &pages {
            let page = RawPage { body, origin };
            let read = dataset.read(&page);
            assert!(read.is_ok(), "{id} {origin:?}: {read:?}");
            let text = String::from_utf8_lossy(body);
            assert_eq!(looks_secret(&text), None, "{id}");
        }
    }
}

#[test]
fn some_checks_pass_and_some_fail() {
    let now: Timestamp = "2026-11-24T09:14:00Z".parse().unwrap();
    let datasets: BTreeMap<&'static str, Gathered> = pages()
        .into_iter()
        .map(|(id, pages)| {
            let dataset = PROVIDER.datasets().iter().find(|one| one.id == id).unwrap();
            let snapshot = Digest::of_parts(pages.iter().map(|(_, body)| body.as_slice()));
            let records = Records {
                dataset,
                snapshot,
                pages: Arc::new(pages),
                completeness: Completeness::complete(),
                collected_at: now,
            };
            (id, Gathered::Snapshot(records))
        })
        .collect();
    let values = PROVIDER
        .manifest()
        .parameters
        .iter()
        .map(|one| (one.key.clone(), one.default.clone()))
        .collect();
    let parameters = Parameters::new(values);
    let collected = Collected {
        datasets: &datasets,
        parameters: &parameters,
        now,
        cloud: "github",
    };
    let count = |outcome| {
        PROVIDER
            .checks()
            .iter()
            .filter(|check| (check.evaluate)(&collected).outcome == outcome)
            .count()
    };
    let (pass, fail) = (count(Outcome::Pass), count(Outcome::Fail));
    assert!(pass >= 15 && fail >= 8, "{pass} pass, {fail} fail");
}
