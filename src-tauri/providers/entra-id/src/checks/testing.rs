//! A good tenant to break one thing of: the answers of `fixtures/good`.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::{datasets::DATASETS, provider::PROVIDER};
use evidence::{Completeness, Digest, Outcome, Reason, UnknownCode};
use provider_kit::{Check, Collected, Gathered, Parameters, Records, Verdict, conformance};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

static GOOD: LazyLock<conformance::Case> = LazyLock::new(|| {
    let cases = conformance::load(&PROVIDER, env!("CARGO_MANIFEST_DIR")).unwrap();
    cases.into_iter().find(|case| case.name == "good").unwrap()
});

/// Datasets on their way to a check.
#[derive(Clone)]
pub(crate) struct Bench {
    /// Pages by dataset id, as a JSON list.
    pages: BTreeMap<&'static str, Value>,
    lacking: BTreeMap<&'static str, Reason>,
    partial: BTreeMap<&'static str, Reason>,
    parameters: BTreeMap<String, Value>,
}

fn id_of(name: &str) -> &'static str {
    DATASETS
        .iter()
        .find(|dataset| dataset.id.strip_prefix("entra-id.") == Some(name))
        .unwrap()
        .id
}

impl Bench {
    /// Everything as it should be.
    pub(crate) fn good() -> Self {
        let pages = GOOD
            .pages
            .iter()
            .map(|(id, pages)| {
                (
                    *id,
                    pages
                        .iter()
                        .map(|page| serde_json::from_slice::<Value>(page).unwrap())
                        .collect(),
                )
            })
            .collect();
        Self {
            pages,
            lacking: BTreeMap::new(),
            partial: BTreeMap::new(),
            parameters: GOOD.parameters.clone(),
        }
    }

    /// With this value at a pointer that begins with the page's number, from 0.
    pub(crate) fn set(mut self, name: &str, pointer: &str, value: Value) -> Self {
        let pages = self.pages.get_mut(id_of(name)).unwrap();
        match pages.pointer_mut(pointer) {
            Some(place) => *place = value,
            None => {
                let (parent, member) = pointer.rsplit_once('/').unwrap();
                match pages.pointer_mut(parent) {
                    Some(Value::Object(members)) => drop(members.insert(member.to_owned(), value)),
                    Some(Value::Array(items)) if member == "-" => items.push(value),
                    _ => panic!("{name} has no {pointer}"),
                }
            }
        }
        self
    }

    /// Without the member or element at this pointer.
    pub(crate) fn cut(mut self, name: &str, pointer: &str) -> Self {
        let (parent, member) = pointer.rsplit_once('/').unwrap();
        match self
            .pages
            .get_mut(id_of(name))
            .unwrap()
            .pointer_mut(parent)
            .unwrap()
        {
            Value::Object(members) => drop(members.remove(member).unwrap()),
            Value::Array(items) => drop(items.remove(member.parse().unwrap())),
            _ => panic!("{name} has no {pointer}"),
        }
        self
    }

    /// Without the dataset, for this reason.
    pub(crate) fn without(mut self, id: &'static str, code: UnknownCode) -> Self {
        self.lacking
            .insert(id, Reason::new(code, "It was not there."));
        self
    }

    /// With a dataset that is not all there.
    pub(crate) fn partly(mut self, id: &'static str) -> Self {
        self.partial
            .insert(id, Reason::new(UnknownCode::Partial, "Half of it."));
        self
    }

    /// With another parameter.
    pub(crate) fn parameter(mut self, key: &str, value: Value) -> Self {
        self.parameters.insert(key.to_owned(), value);
        self
    }

    /// Without a parameter.
    pub(crate) fn no_parameter(mut self, key: &str) -> Self {
        self.parameters.remove(key);
        self
    }

    /// Runs `work` on what is there.
    pub(crate) fn with<T>(&self, work: impl FnOnce(&Collected<'_>) -> T) -> T {
        let mut datasets = BTreeMap::new();
        for dataset in DATASETS {
            let gathered = match self.lacking.get(dataset.id) {
                Some(reason) => Gathered::Missing(reason.clone()),
                None => {
                    let pages: Vec<Vec<u8>> = self.pages[dataset.id]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|page| page.to_string().into_bytes())
                        .collect();
                    let completeness = match self.partial.get(dataset.id) {
                        Some(reason) => Completeness::partial(reason.clone()),
                        None => Completeness::complete(),
                    };
                    Gathered::Snapshot(Records {
                        dataset,
                        snapshot: Digest::of(dataset.id.as_bytes()),
                        pages: Arc::new(pages),
                        completeness,
                        collected_at: GOOD.now,
                    })
                }
            };
            datasets.insert(dataset.id, gathered);
        }
        let parameters = Parameters::new(self.parameters.clone());
        work(&Collected {
            datasets: &datasets,
            parameters: &parameters,
            now: GOOD.now,
            cloud: "global",
        })
    }

    pub(crate) fn judge(&self, check: &Check) -> Verdict {
        self.with(check.evaluate)
    }

    pub(crate) fn outcome(&self, check: &Check) -> Outcome {
        self.judge(check).outcome
    }

    /// Name and note of every resource that is listed.
    pub(crate) fn notes(&self, check: &Check) -> Vec<String> {
        self.judge(check)
            .resources
            .into_iter()
            .map(|one| format!("{}: {}", one.name, one.note))
            .collect()
    }
}

/// Breaks one thing of the good tenant at a time: story, dataset, pointer, value, outcome.
#[track_caller]
pub(crate) fn tell(check: &Check, stories: &[(&str, &str, &str, Value, Outcome)]) {
    assert_eq!(
        Bench::good().outcome(check),
        Outcome::Pass,
        "{} on the good tenant",
        check.id
    );
    for (story, dataset, pointer, value, expected) in stories {
        let verdict = Bench::good()
            .set(dataset, pointer, value.clone())
            .judge(check);
        assert_eq!(
            verdict.outcome, *expected,
            "{}: {story}: {verdict:?}",
            check.id
        );
    }
}
