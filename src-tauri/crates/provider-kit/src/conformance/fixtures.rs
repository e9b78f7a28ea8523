//! The made-up answers a provider brings along, by case.

use super::leaks::looks_secret;
use crate::{Dataset, Gathered, Origin, Provider, RawPage, Records};
use evidence::{Completeness, Digest, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::Arc,
};

/// When fixtures were "collected", unless their case says otherwise.
const NOW: &str = "2026-11-23T09:00:00Z";
/// The file in a case's folder that says when, where and with which parameters.
const ABOUT: &str = "case.json";

/// A case: a folder of fixtures that belong together.
#[derive(Clone, Debug)]
pub struct Case {
    /// The folder's name.
    pub name: String,
    /// The page bodies, by dataset id.
    pub pages: BTreeMap<&'static str, Vec<(Origin, Vec<u8>)>>,
    /// Names of the pages' files, to tell of them.
    pub files: BTreeMap<&'static str, Vec<String>>,
    /// When they were collected.
    pub now: Timestamp,
    /// In which cloud.
    pub cloud: String,
    /// Parameters: the declared defaults, and what the case sets.
    pub parameters: BTreeMap<String, Value>,
    /// Damages after which a check may rightly say something better.
    pub exceptions: Vec<Exception>,
}

/// A damage that is a statement of its own: the service documents what the absence of this member means.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// The check.
    pub check: String,
    /// The dataset that is damaged.
    pub dataset: String,
    /// Where: a JSON pointer into the page, with `*` for any array element. In an XML page the names of the elements from
    /// the root on, `/Answer/userSet/item/address`, which means that element of every `item`.
    pub pointer: String,
    /// Where the service documents it.
    pub why: String,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct About {
    now: Option<Timestamp>,
    cloud: Option<String>,
    parameters: BTreeMap<String, Value>,
    /// Where pages came from, by `<dataset name>.<n>`, where that is not status 200 of the whole service.
    origins: BTreeMap<String, AboutPage>,
    exceptions: Vec<Exception>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct AboutPage {
    status: Option<u16>,
    place: Option<String>,
    subject: Option<String>,
}

impl AboutPage {
    fn origin(self) -> Origin {
        let whole = Origin::default();
        Origin {
            status: self.status.unwrap_or(whole.status),
            place: self.place,
            subject: self.subject,
        }
    }
}

impl Case {
    /// A case without any page, in the first cloud, with default parameters.
    #[must_use]
    pub fn empty(provider: &dyn Provider) -> Self {
        let manifest = provider.manifest();
        Self {
            name: "empty".to_owned(),
            pages: BTreeMap::new(),
            files: BTreeMap::new(),
            now: NOW.parse().unwrap_or_else(|_| Timestamp::from_unix(0)),
            cloud: manifest
                .clouds
                .first()
                .map(|cloud| cloud.id.clone())
                .unwrap_or_default(),
            parameters: manifest
                .parameters
                .iter()
                .map(|parameter| (parameter.key.clone(), parameter.default.clone()))
                .collect(),
            exceptions: Vec::new(),
        }
    }

    /// Its datasets as checks see them.
    #[must_use]
    pub fn gathered(&self, provider: &dyn Provider) -> BTreeMap<&'static str, Gathered> {
        self.pages
            .iter()
            .filter_map(|(id, pages)| {
                let dataset = dataset(provider, id)?;
                Some((
                    *id,
                    self.snapshot(dataset, pages.clone(), Completeness::complete()),
                ))
            })
            .collect()
    }

    pub(super) fn snapshot(
        &self,
        dataset: &'static Dataset,
        pages: Vec<(Origin, Vec<u8>)>,
        completeness: Completeness,
    ) -> Gathered {
        let snapshot = Digest::of_parts(pages.iter().map(|(_, body)| body.as_slice()));
        Gathered::Snapshot(Records {
            dataset,
            snapshot,
            pages: Arc::new(pages),
            completeness,
            collected_at: self.now,
        })
    }
}

pub(super) fn dataset(provider: &dyn Provider, id: &str) -> Option<&'static Dataset> {
    provider
        .datasets()
        .iter()
        .find(|dataset| dataset.id == id)
        .copied()
}

/// Reads every case of the provider whose folder this is.
///
/// # Errors
///
/// Sentences about files that can't be read or belong to no dataset.
pub fn load(provider: &dyn Provider, folder: &str) -> Result<Vec<Case>, Vec<String>> {
    let root = Path::new(folder).join("fixtures");
    let mut problems = Vec::new();
    let mut cases = Vec::new();
    for (name, path) in entries(&root, &mut problems) {
        if path.is_dir() {
            cases.push(load_case(provider, name, &path, &mut problems));
        }
    }
    if cases.is_empty() && problems.is_empty() {
        problems.push("There is no case in fixtures/.".to_owned());
    }
    if problems.is_empty() {
        Ok(cases)
    } else {
        Err(problems)
    }
}

fn load_case(
    provider: &dyn Provider,
    name: String,
    folder: &Path,
    problems: &mut Vec<String>,
) -> Case {
    let mut case = Case {
        name: name.clone(),
        ..Case::empty(provider)
    };
    let mut found: BTreeMap<&'static str, BTreeMap<u32, (String, Vec<u8>)>> = BTreeMap::new();
    let mut origins = BTreeMap::new();
    for (file, path) in entries(folder, problems) {
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                problems.push(format!("{name}/{file}: {error}"));
                continue;
            }
        };
        if file == ABOUT {
            match serde_json::from_slice::<About>(&bytes) {
                Ok(about) => {
                    case.now = about.now.unwrap_or(case.now);
                    case.cloud = about.cloud.unwrap_or(case.cloud);
                    case.parameters.extend(about.parameters);
                    case.exceptions = about.exceptions;
                    origins = about.origins;
                }
                Err(error) => problems.push(format!("{name}/{file}: {error}")),
            }
            continue;
        }
        let Some((id, number)) = place(provider, &file) else {
            problems.push(format!(
                "{name}/{file} is not <dataset name>.<n>.<ending> of a dataset."
            ));
            continue;
        };
        found.entry(id).or_default().insert(number, (file, bytes));
    }
    for (id, pages) in found {
        let (mut files, mut bodies) = (Vec::new(), Vec::new());
        for (file, body) in pages.into_values() {
            let stem = file
                .rsplit_once('.')
                .map_or(file.as_str(), |(stem, _)| stem);
            let origin = origins.remove(stem).unwrap_or_default().origin();
            bodies.push((origin, body));
            files.push(file);
        }
        case.files.insert(id, files);
        case.pages.insert(id, bodies);
    }
    for stem in origins.into_keys() {
        problems.push(format!("{name}/{ABOUT}: there is no page {stem}."));
    }
    case
}

/// The dataset and the page number of a file.
fn place(provider: &dyn Provider, file: &str) -> Option<(&'static str, u32)> {
    let (stem, _ending) = file.rsplit_once('.')?;
    let (name, number) = stem.rsplit_once('.')?;
    let id = format!("{}.{name}", provider.manifest().id);
    Some((dataset(provider, &id)?.id, number.parse().ok()?))
}

fn entries(folder: &Path, problems: &mut Vec<String>) -> Vec<(String, std::path::PathBuf)> {
    let read = match fs::read_dir(folder) {
        Ok(read) => read,
        Err(error) => {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            problems.push(format!("{name}: {error}"));
            return Vec::new();
        }
    };
    let mut entries: Vec<_> = read
        .flatten()
        .map(|entry| {
            (
                entry.file_name().to_string_lossy().into_owned(),
                entry.path(),
            )
        })
        .filter(|(name, _)| !name.starts_with('.'))
        .collect();
    entries.sort();
    entries
}

/// Every fixture is read by its dataset, every dataset has one, no record lacks its key, and nothing looks like a secret.
#[must_use]
pub fn fixtures(provider: &dyn Provider, folder: &str) -> Vec<String> {
    let cases = match load(provider, folder) {
        Ok(cases) => cases,
        Err(problems) => return problems,
    };
    let mut problems = Vec::new();
    let mut covered = BTreeSet::new();
    for case in &cases {
        for (id, pages) in &case.pages {
            covered.insert(*id);
            let (Some(dataset), Some(files)) = (dataset(provider, id), case.files.get(id)) else {
                continue;
            };
            for ((origin, body), file) in pages.iter().zip(files) {
                let file = format!("{}/{file}", case.name);
                if let Some(what) = looks_secret(&String::from_utf8_lossy(body)) {
                    problems.push(format!("{file} holds what looks like {what}."));
                }
                match dataset.read(&RawPage { body, origin }) {
                    Err(error) => problems.push(format!("{file} is not readable: {error}.")),
                    Ok(records) => {
                        let keyless = records.iter().any(|record| {
                            dataset
                                .key
                                .iter()
                                .any(|pointer| record.pointer(pointer).is_none_or(Value::is_null))
                        });
                        if keyless {
                            problems.push(format!("{file} has a record without its key."));
                        }
                    }
                }
            }
        }
    }
    for dataset in provider
        .datasets()
        .iter()
        .filter(|dataset| !covered.contains(dataset.id))
    {
        problems.push(format!("{} has no fixture.", dataset.id));
    }
    problems
}
