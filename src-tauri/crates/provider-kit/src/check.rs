//! A check: metadata beside a pure function over recorded datasets and recorded parameters.

use crate::{Clouds, RawPage, Records, Verdict};
use evidence::{Digest, Reason, Severity, Timestamp, UnknownCode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

/// How a person can see the same thing without this app.
#[derive(Clone, Copy, Debug)]
pub struct Reperform {
    /// The way through the service's own console.
    pub portal: &'static str,
    /// A read-only command.
    pub command: &'static str,
}

/// A rule over datasets.
pub struct Check {
    /// `<provider id>.<area>.<snake_case>`; never reused for another rule.
    pub id: &'static str,
    /// The number of the provider's notes, e.g. `ENTRA-01`.
    pub alias: &'static str,
    /// Raised whenever the rule changes.
    pub version: u32,
    /// The secure state, as a sentence: "Every administrator has MFA registered."
    pub title: &'static str,
    /// Objectives it says something about, e.g. `3.5.3[b]`.
    pub objectives: &'static [&'static str],
    /// How much a failure matters.
    pub severity: Severity,
    /// How to mend a failure, for the person who does it.
    pub remedy: &'static str,
    /// Where to mend it: console address per cloud id; `*` for any.
    pub console: &'static [(&'static str, &'static str)],
    /// How to re-perform it by hand.
    pub reperform: Reperform,
    /// The datasets it reads. Collecting for a control fetches exactly these.
    pub datasets: &'static [&'static str],
    /// Keys of the parameters it reads (declared by the provider).
    pub parameters: &'static [&'static str],
    /// In which clouds it exists.
    pub clouds: Clouds,
    /// The rule.
    pub evaluate: fn(&Collected<'_>) -> Verdict,
}

impl std::fmt::Debug for Check {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Check").field(&self.id).finish()
    }
}

impl Check {
    /// The requirements of its objectives (`3.5.3[b]` -> `3.5.3`), each once, in order.
    #[must_use]
    pub fn requirements(&self) -> Vec<String> {
        let mut requirements: Vec<String> = Vec::new();
        for objective in self.objectives {
            let requirement = objective.split('[').next().unwrap_or(objective).to_owned();
            if !requirements.contains(&requirement) {
                requirements.push(requirement);
            }
        }
        requirements
    }
}

/// What is there for a dataset.
#[derive(Clone)]
pub enum Gathered {
    /// A snapshot.
    Snapshot(Records),
    /// Nothing, for this reason.
    Missing(Reason),
}

/// The parameters of a company (thresholds, exemptions, organisation-defined values) that hold now.
/// Reading one notes it, so that the finding names what it used.
#[derive(Debug, Default)]
pub struct Parameters {
    values: BTreeMap<String, Value>,
    used: RefCell<BTreeMap<String, Value>>,
}

impl Parameters {
    /// Parameters with these values; defaults are already filled in.
    #[must_use]
    pub fn new(values: BTreeMap<String, Value>) -> Self {
        Self {
            values,
            used: RefCell::default(),
        }
    }

    /// The value of `key`, noted as used.
    pub fn get(&self, key: &str) -> Option<Value> {
        let value = self.values.get(key).cloned();
        self.used
            .borrow_mut()
            .insert(key.to_owned(), value.clone().unwrap_or(Value::Null));
        value
    }

    /// A whole number.
    pub fn integer(&self, key: &str) -> Option<i64> {
        self.get(key)?.as_i64()
    }

    /// A list of texts, lower-cased: names and ids that are exempt.
    pub fn list(&self, key: &str) -> Vec<String> {
        match self.get(key) {
            Some(Value::Array(items)) => items
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_lowercase)
                .collect(),
            _ => Vec::new(),
        }
    }

    /// What was read since this value was made.
    pub fn used(&self) -> BTreeMap<String, Value> {
        self.used.borrow().clone()
    }
}

/// Everything a check may look at.
pub struct Collected<'a> {
    /// Per dataset id.
    pub datasets: &'a BTreeMap<&'static str, Gathered>,
    /// The company's parameters.
    pub parameters: &'a Parameters,
    /// The newest collection time among the snapshots: the only "now" a check has.
    pub now: Timestamp,
    /// The cloud (for a custom endpoint the one it is like).
    pub cloud: &'a str,
}

/// The records of a dataset as a check's own type.
#[derive(Debug)]
pub struct Rows<T> {
    /// Every record that could be read.
    pub rows: Vec<T>,
    /// Why this is not everything; `None` when it is.
    pub missing: Option<Reason>,
    /// Pages read.
    pub pages: u64,
    /// The places (regions) that answered and whose pages could be read to the last record, each once, in order. One of
    /// them without a record has none, as far as nothing is `missing`.
    pub places: Vec<String>,
    /// The snapshot.
    pub snapshot: Digest,
}

impl Collected<'_> {
    /// The records of `dataset` as `T`. Members a check reads are `Option` in `T`: absence is never a default.
    /// Records and pages that can't be read make the rows incomplete; they hide nothing that could be read.
    pub fn rows<T: DeserializeOwned>(&self, dataset: &str) -> Result<Rows<T>, Reason> {
        let records = match self.datasets.get(dataset) {
            Some(Gathered::Snapshot(records)) => records,
            Some(Gathered::Missing(reason)) => return Err(reason.clone()),
            None => {
                return Err(Reason::new(
                    UnknownCode::NotCollected,
                    format!("{dataset} was not collected yet."),
                ));
            }
        };
        let mut rows = Vec::new();
        let (mut places, mut unread) = (Vec::new(), BTreeSet::new());
        let mut missing = match &records.completeness {
            completeness if completeness.complete => None,
            completeness => Some(completeness.reason.clone().unwrap_or_else(|| {
                Reason::new(
                    UnknownCode::Partial,
                    format!("{dataset} was collected in part."),
                )
            })),
        };
        let malformed = |detail: String| Reason::new(UnknownCode::MalformedAnswer, detail);
        for index in 0..records.pages.count() {
            let origin = records.pages.origin(index);
            let parsed = records.pages.body(index).and_then(|body| {
                records.dataset.read(&RawPage {
                    body: &body,
                    origin: &origin,
                })
            });
            let mut whole = true;
            match parsed {
                Ok(values) => {
                    for value in values {
                        match serde_json::from_value::<T>(value) {
                            Ok(row) => rows.push(row),
                            Err(error) => {
                                whole = false;
                                missing.get_or_insert_with(|| {
                                    malformed(format!("A record of {dataset} is not of the documented shape: {error}."))
                                });
                            }
                        }
                    }
                }
                Err(error) => {
                    whole = false;
                    missing.get_or_insert_with(|| {
                        malformed(format!(
                            "Page {} of {dataset} can't be read: {error}.",
                            index + 1
                        ))
                    });
                }
            }
            if let Some(place) = origin.place {
                if !whole {
                    unread.insert(place);
                } else if !places.contains(&place) {
                    places.push(place);
                }
            }
        }
        places.retain(|place| !unread.contains(place));
        Ok(Rows {
            rows,
            missing,
            pages: records.pages.count() as u64,
            places,
            snapshot: records.snapshot,
        })
    }

    /// The one record of a dataset that has exactly one. None or several is malformed.
    pub fn one<T: DeserializeOwned>(&self, dataset: &str) -> Result<T, Reason> {
        let mut rows = self.rows::<T>(dataset)?;
        if let Some(reason) = rows.missing {
            return Err(reason);
        }
        match (rows.rows.pop(), rows.rows.is_empty()) {
            (Some(row), true) => Ok(row),
            _ => Err(Reason::new(
                UnknownCode::MalformedAnswer,
                format!("{dataset} should hold exactly one record."),
            )),
        }
    }
}

/// The share that a rule of an older document looked at. It feeds no indication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LegacyShare {
    /// Those that have it.
    pub having: u64,
    /// Those that should.
    pub eligible: u64,
    /// From how many percent on the old rule was content.
    pub threshold_percent: u8,
}

/// A rule of an older document that customers still ask for by its id. See the design, section 3.
pub struct LegacyRule {
    /// The control as the older document names it, e.g. `IA.1.076`.
    pub control: &'static str,
    /// The datasets it reads.
    pub datasets: &'static [&'static str],
    /// Keys of the parameters it reads.
    pub parameters: &'static [&'static str],
    /// The share, or why it can't be told.
    pub evaluate: fn(&Collected<'_>) -> Result<LegacyShare, Reason>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{Dataset, Malformed, Origin, Reader};
    use evidence::Completeness;
    use serde::Deserialize;
    use std::sync::Arc;

    static THINGS: Dataset = Dataset {
        id: "test.things",
        title: "Things",
        what: "Things.",
        permissions: &[],
        licence: None,
        key: &[],
        records: Reader::Page(|page| {
            serde_json::from_slice(page.body).map_err(|error| Malformed(error.to_string()))
        }),
        volatile: &[],
        removed: &[],
        row_cap: None,
        clouds: Clouds::All,
        objectives: &[],
    };

    #[derive(Deserialize)]
    struct Thing {
        #[serde(rename = "n")]
        _n: u8,
    }

    fn places(pages: &[(Option<&str>, &str)]) -> (Vec<String>, usize, bool) {
        let pages: Vec<(Origin, Vec<u8>)> = pages
            .iter()
            .map(|(place, body)| {
                let origin = Origin {
                    place: place.map(str::to_owned),
                    ..Origin::default()
                };
                (origin, body.as_bytes().to_vec())
            })
            .collect();
        let records = Records {
            dataset: &THINGS,
            snapshot: Digest::of_parts(pages.iter().map(|(_, body)| body.as_slice())),
            pages: Arc::new(pages),
            completeness: Completeness::complete(),
            collected_at: Timestamp::from_unix(0),
        };
        let datasets = BTreeMap::from([(THINGS.id, Gathered::Snapshot(records))]);
        let collected = Collected {
            datasets: &datasets,
            parameters: &Parameters::default(),
            now: Timestamp::from_unix(0),
            cloud: "test",
        };
        let rows = collected.rows::<Thing>(THINGS.id).unwrap();
        (rows.places, rows.rows.len(), rows.missing.is_some())
    }

    #[test]
    fn a_place_answered_if_all_of_its_answer_could_be_read() {
        let all = [
            (Some("b"), r#"[{"n":1}]"#),
            (Some("a"), "[]"),
            (Some("b"), "[]"),
            (None, "[]"),
        ];
        assert_eq!(places(&all), (vec!["b".into(), "a".into()], 1, false));
        let page = [
            (Some("a"), "[]"),
            (Some("b"), r#"[{"n":1}]"#),
            (Some("b"), "["),
        ];
        assert_eq!(places(&page), (vec!["a".into()], 1, true));
        let record = [
            (Some("b"), r#"[{"n":"x"},{"n":2}]"#),
            (Some("b"), "[]"),
            (Some("a"), "[]"),
        ];
        assert_eq!(places(&record), (vec!["a".into()], 1, true));
    }
}
