//! Makes what a check looks at, so that a test can break exactly one thing.
#![allow(clippy::unwrap_used)]

use crate::datasets::{BRANCH_PROTECTION, BRANCH_RULES, ORGANIZATION, REPOSITORIES};
use evidence::{Completeness, Digest, Outcome, Reason, Timestamp, UnknownCode};
use provider_kit::{
    Check, Collected, Dataset, Gathered, Manifest, Origin, Parameters, Records, Verdict,
    conformance,
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

/// When everything was collected.
pub const NOW: &str = "2026-11-23T09:00:00Z";

/// Everything collected of an organization, at a fixed time.
#[derive(Clone)]
pub struct Org {
    datasets: BTreeMap<&'static str, Gathered>,
    parameters: BTreeMap<String, Value>,
}

impl Org {
    /// Nothing collected yet; parameters at their defaults.
    pub fn new() -> Self {
        let manifest = Manifest::parse(include_str!("../../provider.toml")).unwrap();
        let parameters = manifest
            .parameters
            .into_iter()
            .map(|parameter| (parameter.key, parameter.default))
            .collect();
        Self {
            datasets: BTreeMap::new(),
            parameters,
        }
    }

    /// The fixtures of a case.
    pub fn case(name: &str) -> Self {
        let cases = conformance::load(&crate::PROVIDER, env!("CARGO_MANIFEST_DIR")).unwrap();
        let case = cases.into_iter().find(|case| case.name == name).unwrap();
        let mut org = Self::new();
        org.parameters.extend(case.parameters.clone());
        org.datasets = case.gathered(&crate::PROVIDER);
        org
    }

    /// With these pages of a dataset, which is as complete as this says.
    pub fn pages(
        mut self,
        dataset: &'static Dataset,
        pages: Vec<(Origin, Vec<u8>)>,
        completeness: Completeness,
    ) -> Self {
        let records = Records {
            dataset,
            snapshot: Digest::of_parts(pages.iter().map(|(_, body)| body.as_slice())),
            pages: Arc::new(pages),
            completeness,
            collected_at: NOW.parse().unwrap(),
        };
        self.datasets
            .insert(dataset.id, Gathered::Snapshot(records));
        self
    }

    fn answer(self, dataset: &'static Dataset, status: u16, body: &Value, whole: bool) -> Self {
        let origin = Origin {
            status,
            ..Origin::default()
        };
        let completeness = match whole {
            true => Completeness::complete(),
            false => Completeness::partial(Reason::new(UnknownCode::Partial, "half")),
        };
        self.pages(
            dataset,
            vec![(origin, body.to_string().into_bytes())],
            completeness,
        )
    }

    /// With this answer as all of a dataset of the organization.
    pub fn list(self, dataset: &'static Dataset, body: Value) -> Self {
        self.answer(dataset, 200, &body, true)
    }

    /// With this answer as a part of a dataset of the organization.
    pub fn half(self, dataset: &'static Dataset, body: Value) -> Self {
        self.answer(dataset, 200, &body, false)
    }

    /// With this refusal as all of a dataset of the organization.
    pub fn refused(self, dataset: &'static Dataset, status: u16, body: Value) -> Self {
        self.answer(dataset, status, &body, true)
    }

    /// With these answers about subjects as all of a dataset; null is an empty body.
    pub fn about(self, dataset: &'static Dataset, pages: &[(&str, u16, Value)]) -> Self {
        let pages = pages
            .iter()
            .map(|(subject, status, body)| {
                let origin = Origin {
                    status: *status,
                    place: None,
                    subject: Some((*subject).to_owned()),
                };
                let body = match body {
                    Value::Null => Vec::new(),
                    body => body.to_string().into_bytes(),
                };
                (origin, body)
            })
            .collect();
        self.pages(dataset, pages, Completeness::complete())
    }

    /// With these settings of the organization.
    pub fn organization(self, mut settings: Value) -> Self {
        settings["login"] = json!("harbor");
        self.list(&ORGANIZATION, settings)
    }

    /// With these repositories.
    pub fn repositories(self, rows: &[Value]) -> Self {
        self.list(&REPOSITORIES, Value::from(rows.to_vec()))
    }

    /// With what there is of a dataset as a part of it.
    pub fn halved(mut self, dataset: &'static Dataset) -> Self {
        if let Some(Gathered::Snapshot(records)) = self.datasets.get_mut(dataset.id) {
            records.completeness = Completeness::partial(Reason::new(UnknownCode::Partial, "half"));
        }
        self
    }

    /// With a refused dataset.
    pub fn without(mut self, dataset: &'static Dataset) -> Self {
        let reason = Reason::new(UnknownCode::PermissionMissing, "refused");
        self.datasets.insert(dataset.id, Gathered::Missing(reason));
        self
    }

    /// With this parameter.
    pub fn with(mut self, key: &str, value: Value) -> Self {
        self.parameters.insert(key.to_owned(), value);
        self
    }

    /// What `look` makes of it.
    pub fn look<T>(&self, look: impl FnOnce(&Collected<'_>) -> T) -> T {
        let parameters = Parameters::new(self.parameters.clone());
        look(&Collected {
            datasets: &self.datasets,
            parameters: &parameters,
            now: NOW.parse::<Timestamp>().unwrap(),
            cloud: "github",
        })
    }

    /// What a check says.
    pub fn judge(&self, check: &Check) -> Verdict {
        let verdict = self.look(|collected| {
            let verdict = (check.evaluate)(collected);
            let used = collected.parameters.used();
            assert!(
                used.keys()
                    .all(|key| check.parameters.contains(&key.as_str())),
                "{} reads only declared parameters",
                check.id
            );
            verdict
        });
        assert_eq!(
            verdict.reason.is_some(),
            verdict.outcome == Outcome::Unknown,
            "{} has a reason exactly when unknown",
            check.id
        );
        verdict
    }

    /// The outcome, and why it is unknown.
    pub fn says(&self, check: &Check) -> (Outcome, Option<UnknownCode>) {
        let verdict = self.judge(check);
        (verdict.outcome, verdict.reason.map(|reason| reason.code))
    }

    /// The outcome, and the names of the listed resources.
    pub fn told(&self, check: &Check) -> (Outcome, Vec<String>) {
        let verdict = self.judge(check);
        let names = verdict.resources.into_iter().map(|resource| resource.name);
        (verdict.outcome, names.collect())
    }
}

/// A private repository of the organization `harbor`, with these changes.
pub fn repository(name: &str, changes: Value) -> Value {
    let mut row = json!({
        "id": name.len(), "full_name": format!("harbor/{name}"), "private": true, "visibility": "private",
        "archived": false, "fork": false, "default_branch": "main", "size": 12, "pushed_at": "2026-11-20T09:00:00Z",
    });
    for (name, value) in changes.as_object().into_iter().flatten() {
        row[name.as_str()] = value.clone();
    }
    row
}

/// The repository `harbor/erp` with these answers about its default branch: status and body, first of classic protection,
/// then of rules.
pub fn on_branch(classic: (u16, Value), rules: (u16, Value)) -> Org {
    Org::new()
        .repositories(&[repository("erp", json!({}))])
        .about(&BRANCH_PROTECTION, &[("harbor/erp", classic.0, classic.1)])
        .about(&BRANCH_RULES, &[("harbor/erp", rules.0, rules.1)])
}

/// Classic protection that asks for everything, with these changes.
pub fn protection(changes: Value) -> Value {
    let mut whole = json!({
        "required_status_checks": {"strict": true, "contexts": ["ci/test"], "checks": [{"context": "ci/test"}]},
        "enforce_admins": {"enabled": true},
        "required_pull_request_reviews": {
            "dismiss_stale_reviews": true, "require_code_owner_reviews": true, "required_approving_review_count": 1,
        },
        "required_signatures": {"enabled": true},
        "required_linear_history": {"enabled": true},
        "allow_force_pushes": {"enabled": false},
        "allow_deletions": {"enabled": false},
        "required_conversation_resolution": {"enabled": true},
    });
    for (name, value) in changes.as_object().into_iter().flatten() {
        whole[name.as_str()] = value.clone();
    }
    whole
}
