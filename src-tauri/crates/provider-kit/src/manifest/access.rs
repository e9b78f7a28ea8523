//! The least that has to be granted: from the checks a company wants, over the datasets they read, to the permissions
//! that those need. A function of declarations alone, so that a policy made from it never asks for more.

use super::{CUSTOM, Manifest, Permission};
use crate::{Check, Dataset, Provider};
use std::collections::BTreeSet;

/// What is wanted of a provider in one cloud, and what it takes.
#[derive(Clone, Debug)]
pub struct Access<'a> {
    /// The datasets that are wanted, in the provider's order: what the checks read, and the evidence that was kept.
    pub datasets: Vec<&'static Dataset>,
    /// The permissions those datasets need, in the manifest's order.
    pub permissions: Vec<&'a Permission>,
    /// Checks of the cloud that can't be judged with these permissions, in the provider's order.
    pub lost_checks: Vec<&'static Check>,
    /// Datasets of the cloud that can't be read with these permissions, in the provider's order.
    pub lost_datasets: Vec<&'static Dataset>,
}

impl<'a> Access<'a> {
    /// What `checks` (ids) and, with `evidence`, the datasets that no check reads take in `cloud`. An id that is no check
    /// of the cloud asks for nothing.
    #[must_use]
    pub fn least(
        provider: &'a dyn Provider,
        cloud: &str,
        checks: &BTreeSet<&str>,
        evidence: bool,
    ) -> Self {
        let there = checks_in(provider, cloud);
        let read: BTreeSet<&str> = there
            .iter()
            .filter(|check| checks.contains(check.id))
            .flat_map(|check| check.datasets.iter().copied())
            .collect();
        let kept: BTreeSet<&str> = if evidence {
            evidence_only(provider, cloud)
                .iter()
                .map(|dataset| dataset.id)
                .collect()
        } else {
            BTreeSet::new()
        };
        let served = datasets_in(provider, cloud);
        let datasets: Vec<&'static Dataset> = served
            .iter()
            .copied()
            .filter(|dataset| read.contains(dataset.id) || kept.contains(dataset.id))
            .collect();
        let permissions = provider.manifest().permissions_for(&datasets);
        let granted: BTreeSet<&str> = permissions
            .iter()
            .map(|permission| permission.grant.as_str())
            .collect();
        let lost_datasets: Vec<&'static Dataset> = served
            .into_iter()
            .filter(|dataset| !dataset.permissions.iter().all(|one| granted.contains(one)))
            .collect();
        let unread: BTreeSet<&str> = lost_datasets.iter().map(|dataset| dataset.id).collect();
        let lost_checks = there
            .into_iter()
            .filter(|check| check.datasets.iter().any(|id| unread.contains(id)))
            .collect();
        Self {
            datasets,
            permissions,
            lost_checks,
            lost_datasets,
        }
    }
}

impl Manifest {
    /// The permissions that `datasets` need, each once, in the manifest's order.
    #[must_use]
    pub fn permissions_for(&self, datasets: &[&Dataset]) -> Vec<&Permission> {
        let needed: BTreeSet<&str> = datasets
            .iter()
            .flat_map(|dataset| dataset.permissions.iter().copied())
            .collect();
        self.permissions
            .iter()
            .filter(|permission| needed.contains(permission.grant.as_str()))
            .collect()
    }

    /// The cloud that decides which checks exist: `cloud`, or what a custom endpoint is like unless something else is said.
    #[must_use]
    pub fn like<'a>(&'a self, cloud: &'a str) -> &'a str {
        if cloud == CUSTOM {
            &self.custom.like_default
        } else {
            cloud
        }
    }
}

/// The checks that exist in `cloud`, in the provider's order.
#[must_use]
pub fn checks_in(provider: &dyn Provider, cloud: &str) -> Vec<&'static Check> {
    provider
        .checks()
        .iter()
        .copied()
        .filter(|check| check.clouds.has(cloud))
        .collect()
}

fn datasets_in(provider: &dyn Provider, cloud: &str) -> Vec<&'static Dataset> {
    provider
        .datasets()
        .iter()
        .copied()
        .filter(|dataset| dataset.clouds.has(cloud))
        .collect()
}

/// The datasets of `cloud` that none of its checks reads: evidence alone.
#[must_use]
pub fn evidence_only(provider: &dyn Provider, cloud: &str) -> Vec<&'static Dataset> {
    let read: BTreeSet<&str> = checks_in(provider, cloud)
        .iter()
        .flat_map(|check| check.datasets.iter().copied())
        .collect();
    datasets_in(provider, cloud)
        .into_iter()
        .filter(|dataset| !read.contains(dataset.id))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        Clouds, Collected, Connection, Malformed, ProviderError, Reader, Reperform, Session,
        Verdict, manifest::tests::TEXT,
    };
    use async_trait::async_trait;
    use evidence::{Reason, Severity, UnknownCode};
    use std::sync::LazyLock;

    struct Service;

    // As the others' manifest, with five permissions.
    static MANIFEST: LazyLock<Manifest> = LazyLock::new(|| {
        let more: String = ["Logs.Read", "Alerts.Read", "Rules.Read"]
            .iter()
            .map(|grant| format!("\n[[permission]]\ngrant = \"{grant}\"\nwhy = \"Reads more.\"\n"))
            .collect();
        Manifest::parse(&format!("{TEXT}{more}")).unwrap()
    });

    #[async_trait]
    impl Provider for Service {
        fn manifest(&self) -> &Manifest {
            &MANIFEST
        }

        fn datasets(&self) -> &'static [&'static Dataset] {
            static ALL: [&Dataset; 5] = [&LOGS, &USERS, &POLICIES, &ALERTS, &RULES];
            &ALL
        }

        fn checks(&self) -> &'static [&'static Check] {
            static ALL: [&Check; 4] = [&MFA, &LOCKED, &LOGGED, &ALERTED];
            &ALL
        }

        async fn sign_in(&self, _: Connection) -> Result<Box<dyn Session>, ProviderError> {
            Err(ProviderError::cancelled())
        }
    }

    const DATASET: Dataset = Dataset {
        id: "",
        title: "Things",
        what: "Things.",
        permissions: &[],
        licence: None,
        key: &[],
        records: Reader::Body(|_| Err(Malformed("nothing".to_owned()))),
        volatile: &[],
        removed: &[],
        row_cap: None,
        clouds: Clouds::All,
        objectives: &[],
    };
    static LOGS: Dataset = Dataset {
        id: "acme.logs",
        permissions: &["Users.Read", "Logs.Read"],
        ..DATASET
    };
    static USERS: Dataset = Dataset {
        id: "acme.users",
        permissions: &["Users.Read"],
        ..DATASET
    };
    static POLICIES: Dataset = Dataset {
        id: "acme.policies",
        permissions: &["Policies.Read"],
        ..DATASET
    };
    static ALERTS: Dataset = Dataset {
        id: "acme.alerts",
        permissions: &["Alerts.Read"],
        clouds: Clouds::Only(&["global"]),
        ..DATASET
    };
    static RULES: Dataset = Dataset {
        id: "acme.rules",
        permissions: &["Rules.Read"],
        ..DATASET
    };

    fn unknown(_: &Collected<'_>) -> Verdict {
        Reason::new(UnknownCode::NotCollected, "nothing").into()
    }

    const CHECK: Check = Check {
        id: "",
        alias: "",
        version: 1,
        title: "It is so.",
        objectives: &[],
        severity: Severity::High,
        remedy: "Mend it.",
        console: &[],
        reperform: Reperform {
            portal: "Look.",
            command: "look",
        },
        datasets: &[],
        parameters: &[],
        clouds: Clouds::All,
        evaluate: unknown,
    };
    static MFA: Check = Check {
        id: "acme.users.mfa",
        datasets: &["acme.users", "acme.policies"],
        ..CHECK
    };
    static LOCKED: Check = Check {
        id: "acme.users.locked",
        datasets: &["acme.policies"],
        ..CHECK
    };
    static LOGGED: Check = Check {
        id: "acme.logs.kept",
        datasets: &["acme.logs"],
        ..CHECK
    };
    static ALERTED: Check = Check {
        id: "acme.alerts.read",
        datasets: &["acme.alerts"],
        clouds: Clouds::Only(&["global"]),
        ..CHECK
    };

    fn grants<'a>(access: &Access<'a>) -> Vec<&'a str> {
        access
            .permissions
            .iter()
            .map(|permission| permission.grant.as_str())
            .collect()
    }

    fn least(cloud: &str, checks: &[&str], evidence: bool) -> Access<'static> {
        Access::least(&Service, cloud, &checks.iter().copied().collect(), evidence)
    }

    fn ids(checks: &[&'static Check]) -> Vec<&'static str> {
        checks.iter().map(|check| check.id).collect()
    }

    #[test]
    fn a_check_needs_what_its_datasets_need_in_the_order_of_the_manifest() {
        let access = least("global", &["acme.logs.kept", "acme.users.locked"], false);
        assert_eq!(
            grants(&access),
            ["Users.Read", "Policies.Read", "Logs.Read"]
        );
        assert_eq!(
            access.datasets.iter().map(|one| one.id).collect::<Vec<_>>(),
            ["acme.logs", "acme.policies"]
        );
        assert_eq!(grants(&least("global", &[], false)), [""; 0]);
        assert_eq!(grants(&least("global", &[], true)), ["Rules.Read"]);
    }

    #[test]
    fn everything_takes_every_permission_of_the_manifest() {
        let all = ids(Service.checks());
        let access = least("global", &all, true);
        let whole: Vec<&str> = MANIFEST
            .permissions
            .iter()
            .map(|permission| permission.grant.as_str())
            .collect();
        assert_eq!(grants(&access), whole);
        assert!(access.lost_checks.is_empty() && access.lost_datasets.is_empty());
    }

    #[test]
    fn a_cloud_takes_only_what_exists_there() {
        let all = ids(Service.checks());
        assert!(!grants(&least("gov", &all, true)).contains(&"Alerts.Read"));
        assert!(least("gov", &all, true).lost_checks.is_empty());
        assert_eq!(ids(&checks_in(&Service, "gov")), all[..3]);
        let evidence: Vec<&str> = evidence_only(&Service, "gov")
            .iter()
            .map(|dataset| dataset.id)
            .collect();
        assert_eq!(evidence, ["acme.rules"]);
        assert_eq!(
            (MANIFEST.like("custom"), MANIFEST.like("gov")),
            ("global", "gov")
        );
    }

    #[test]
    fn a_check_is_lost_only_where_what_remains_is_not_enough_for_it() {
        let access = least("global", &["acme.users.mfa"], false);
        // Nobody asked for it, and yet it can be judged.
        assert_eq!(
            ids(&access.lost_checks),
            ["acme.logs.kept", "acme.alerts.read"]
        );
        let lost: Vec<&str> = access.lost_datasets.iter().map(|one| one.id).collect();
        assert_eq!(lost, ["acme.logs", "acme.alerts", "acme.rules"]);
    }

    #[test]
    fn what_two_sets_of_checks_need_together_is_what_each_needs() {
        let all = ids(Service.checks());
        let subset = |bits: usize| -> Vec<&str> {
            all.iter()
                .enumerate()
                .filter(|(at, _)| bits & (1 << at) != 0)
                .map(|(_, id)| *id)
                .collect()
        };
        let of = |bits: usize| -> BTreeSet<&str> {
            grants(&least("global", &subset(bits), false))
                .into_iter()
                .collect()
        };
        let sets = 1 << all.len();
        for one in 0..sets {
            for other in 0..sets {
                let both = of(one).union(&of(other)).copied().collect::<BTreeSet<_>>();
                assert_eq!(of(one | other), both, "{one:b} and {other:b}");
            }
            let access = least("global", &subset(one), false);
            for wanted in subset(one) {
                assert!(!ids(&access.lost_checks).contains(&wanted), "{wanted}");
            }
        }
    }
}
