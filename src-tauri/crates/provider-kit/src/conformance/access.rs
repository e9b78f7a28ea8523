//! What is granted follows from what is checked: no more, and no less.

use crate::{
    Check, Provider,
    manifest::{Access, checks_in},
};
use std::collections::BTreeSet;

/// In each cloud: every check has what it needs with the permissions it asks for, two checks need together what each needs,
/// and all of them with the evidence need everything; over all clouds that is every permission of the manifest. A script in
/// JSON is JSON whatever is asked for.
#[must_use]
pub fn access(provider: &dyn Provider) -> Vec<String> {
    let manifest = provider.manifest();
    let mut problems = Vec::new();
    let mut asked: BTreeSet<&str> = BTreeSet::new();
    for cloud in &manifest.clouds {
        let checks = checks_in(provider, &cloud.id);
        let least = |wanted: &[&Check], evidence| {
            let ids = wanted.iter().map(|check| check.id).collect();
            Access::least(provider, &cloud.id, &ids, evidence)
        };
        let whole = least(&checks, true);
        asked.extend(grants(&whole));
        for lost in &whole.lost_datasets {
            problems.push(format!(
                "{} can't be read in {} with every permission.",
                lost.id, cloud.id
            ));
        }
        for one in &checks {
            let alone = least(&[one], false);
            if alone.lost_checks.iter().any(|lost| lost.id == one.id) {
                problems.push(format!("{} is not granted what it needs.", one.id));
            }
            for script in manifest.scripts_granting(&cloud.id, &alone.permissions) {
                if script.language == "json"
                    && serde_json::from_str::<serde_json::Value>(&script.text).is_err()
                {
                    problems.push(format!("{:?} is no JSON for {}.", script.label, one.id));
                }
            }
            for other in &checks {
                let apart = &grants(&alone) | &grants(&least(&[other], false));
                if grants(&least(&[one, other], false)) != apart {
                    problems.push(format!(
                        "{} and {} need something else together.",
                        one.id, other.id
                    ));
                }
            }
        }
    }
    for permission in &manifest.permissions {
        if !asked.contains(permission.grant.as_str()) {
            problems.push(format!("Nothing asks for {}.", permission.grant));
        }
    }
    problems
}

fn grants<'a>(access: &Access<'a>) -> BTreeSet<&'a str> {
    access
        .permissions
        .iter()
        .map(|permission| permission.grant.as_str())
        .collect()
}
