//! A good tenant to break one thing of: the answers of `fixtures/good`.
#![allow(clippy::unwrap_used, clippy::panic)]

use crate::{datasets::DATASETS, provider::PROVIDER};
use evidence::{Completeness, Digest, Outcome, Reason, UnknownCode};
use provider_kit::{Check, Collected, Gathered, Origin, Parameters, Records, Verdict, conformance};
use serde_json::{Value, json};
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
                        .map(|(_, page)| serde_json::from_slice::<Value>(page).unwrap())
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
                    // What the pages are about does not change with what they say.
                    let origins = GOOD.pages[dataset.id].iter().map(|(origin, _)| origin);
                    let pages: Vec<(Origin, Vec<u8>)> = self.pages[dataset.id]
                        .as_array()
                        .unwrap()
                        .iter()
                        .zip(origins)
                        .map(|(page, origin)| (origin.clone(), page.to_string().into_bytes()))
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

/// What narrows a policy, one thing at a time. `base` passes by the policy at this place, from 0, and by no other.
#[track_caller]
pub(crate) fn narrow(check: &Check, base: &Bench, policy: usize) {
    assert_eq!(base.outcome(check), Outcome::Pass, "{}", check.id);
    for (story, member, value, expected) in [
        (
            "report-only enforces nothing",
            "state",
            json!("enabledForReportingButNotEnforced"),
            Outcome::Fail,
        ),
        ("switched off", "state", json!("disabled"), Outcome::Fail),
        (
            "a state of tomorrow",
            "state",
            json!("enabledOnTuesdays"),
            Outcome::Unknown,
        ),
        ("no state", "state", json!(null), Outcome::Unknown),
        (
            "an account left out that is not exempt",
            "conditions/users/excludeUsers",
            json!(["92877af7-0a45-4d6a-8ed7-fe81e1236b78"]),
            Outcome::Fail,
        ),
        (
            "an account left out that nobody knows",
            "conditions/users/excludeUsers",
            json!(["00000000-0000-4000-8000-000000000000"]),
            Outcome::Unknown,
        ),
        (
            "a group left out",
            "conditions/users/excludeGroups",
            json!(["00000000-0000-4000-8000-000000000000"]),
            Outcome::Fail,
        ),
        (
            "a role left out",
            "conditions/users/excludeRoles",
            json!(["d29b2b05-8046-44ba-8758-1e26182fcf32"]),
            Outcome::Fail,
        ),
        (
            "exclusions not said",
            "conditions/users/excludeUsers",
            json!(null),
            Outcome::Unknown,
        ),
        (
            "not every application",
            "conditions/applications/includeApplications",
            json!(["Office365"]),
            Outcome::Fail,
        ),
        (
            "an application left out",
            "conditions/applications/excludeApplications",
            json!(["00000002-0000-0ff1-ce00-000000000000"]),
            Outcome::Fail,
        ),
        (
            "applications by a filter",
            "conditions/applications/applicationFilter",
            json!({"mode": "exclude", "rule": "x"}),
            Outcome::Unknown,
        ),
        ("no conditions", "conditions", json!(null), Outcome::Unknown),
        (
            "only away from trusted places",
            "conditions/locations",
            json!({"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]}),
            Outcome::Fail,
        ),
        (
            "every place",
            "conditions/locations",
            json!({"includeLocations": ["All"], "excludeLocations": []}),
            Outcome::Pass,
        ),
        (
            "devices by a filter",
            "conditions/devices",
            json!({"deviceFilter": {"mode": "include", "rule": "x"}}),
            Outcome::Unknown,
        ),
        (
            "at a risk only",
            "conditions/signInRiskLevels",
            json!(["high"]),
            Outcome::Fail,
        ),
        (
            "risk not said",
            "conditions/userRiskLevels",
            json!(null),
            Outcome::Unknown,
        ),
        (
            "a condition of tomorrow",
            "conditions/phaseOfTheMoon",
            json!("full"),
            Outcome::Unknown,
        ),
    ] {
        let pointer = format!("/0/value/{policy}/{member}");
        let verdict = base
            .clone()
            .set("conditional-access-policies", &pointer, value)
            .judge(check);
        assert_eq!(
            verdict.outcome, expected,
            "{}: {story}: {verdict:?}",
            check.id
        );
    }
}

/// What a policy for roles does not do for holders it may not reach. In `base` one policy, at this place from 0, reaches
/// the administrators, and by their roles.
#[track_caller]
pub(crate) fn reach_by_role(check: &Check, base: &Bench, policy: usize) {
    let outside = "/administrativeUnits/8d1c8b2f-4a35-4cf1-9f4e-2f8b1d7a3c55";
    assert_eq!(base.outcome(check), Outcome::Pass, "{}", check.id);
    for (dataset, number, role) in [
        ("role-assignments", 1, "Privileged Role Administrator"),
        ("role-eligibility", 0, "Global Administrator"),
    ] {
        let pointer = format!("/0/value/{number}/directoryScopeId");
        let scoped = base.clone().set(dataset, &pointer, json!(outside));
        let reason = scoped.judge(check).reason.unwrap();
        assert_eq!(reason.code, UnknownCode::NeedsJudgement, "{reason:?}");
        assert!(reason.detail.contains(role), "{reason:?}");
        let everybody = scoped.set(
            "conditional-access-policies",
            &format!("/0/value/{policy}/conditions/users/includeUsers"),
            json!(["All"]),
        );
        assert_eq!(everybody.outcome(check), Outcome::Pass, "{}", check.id);
        for unsaid in [
            base.clone().set(dataset, &pointer, json!(null)),
            base.clone().cut(dataset, &pointer),
        ] {
            let reason = unsaid.judge(check).reason.unwrap();
            assert_eq!(reason.code, UnknownCode::MalformedAnswer, "{reason:?}");
        }
    }
    // Neither an application nor a role without much power is what the policy has to reach.
    for number in [2, 3] {
        let pointer = format!("/0/value/{number}/directoryScopeId");
        let scoped = base
            .clone()
            .set("role-assignments", &pointer, json!(outside));
        assert_eq!(scoped.outcome(check), Outcome::Pass, "{}", check.id);
    }
    let guests = base.clone().set(
        "conditional-access-policies",
        &format!("/0/value/{policy}/conditions/users/excludeGuestsOrExternalUsers"),
        json!({"guestOrExternalUserTypes": "b2bCollaborationMember"}),
    );
    let reason = guests.judge(check).reason.unwrap();
    assert_eq!(reason.code, UnknownCode::NeedsJudgement, "{reason:?}");
}
