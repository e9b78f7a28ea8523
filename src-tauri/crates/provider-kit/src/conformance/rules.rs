//! What must hold of a provider's declarations.

use crate::{Clouds, Provider, manifest::CUSTOM, manifest::is_id};
use std::collections::BTreeSet;

/// Ids and aliases are unique and of their form; the manifest itself is right.
#[must_use]
pub fn ids(provider: &dyn Provider) -> Vec<String> {
    let manifest = provider.manifest();
    let mut problems = manifest.problems();
    let (mut seen, mut aliases) = (BTreeSet::new(), BTreeSet::new());
    let ids = provider
        .datasets()
        .iter()
        .map(|dataset| dataset.id)
        .chain(provider.checks().iter().map(|check| check.id));
    for id in ids {
        if !seen.insert(id) {
            problems.push(format!("{id} is there twice."));
        }
    }
    for dataset in provider.datasets() {
        let name = own_part(dataset.id, &manifest.id);
        if !name.is_some_and(|name| name.split('.').all(is_word)) {
            problems.push(format!("{} is not {}.<name>.", dataset.id, manifest.id));
        }
    }
    for check in provider.checks() {
        let parts: Vec<&str> = own_part(check.id, &manifest.id)
            .map(|name| name.split('.').collect())
            .unwrap_or_default();
        if parts.len() != 2 || !parts.iter().all(|part| is_id(part, '_')) {
            problems.push(format!(
                "{} is not {}.<area>.<snake_case>.",
                check.id, manifest.id
            ));
        }
        if check.version == 0 {
            problems.push(format!("{} has no version.", check.id));
        }
        if !aliases.insert(check.alias) || check.alias.is_empty() {
            problems.push(format!(
                "The alias {:?} of {} is empty or there twice.",
                check.alias, check.id
            ));
        }
    }
    problems
}

fn own_part<'a>(id: &'a str, provider: &str) -> Option<&'a str> {
    id.strip_prefix(provider)?.strip_prefix('.')
}

fn is_word(text: &str) -> bool {
    is_id(text, '-') || is_id(text, '_')
}

/// Every objective is one of the 320, fully written, and every check has one.
#[must_use]
pub fn objectives(provider: &dyn Provider) -> Vec<String> {
    let mut problems = Vec::new();
    let of_datasets = provider
        .datasets()
        .iter()
        .map(|dataset| (dataset.id, dataset.objectives));
    let of_checks = provider
        .checks()
        .iter()
        .map(|check| (check.id, check.objectives));
    for (id, objectives) in of_datasets.chain(of_checks) {
        let mut seen = BTreeSet::new();
        for text in objectives {
            match text.parse::<catalog::ObjectiveId>() {
                Ok(objective) if objective.to_string() == **text => {}
                Ok(objective) => {
                    problems.push(format!("{id}: write {objective} instead of {text}."))
                }
                Err(error) => problems.push(format!("{id}: {error}")),
            }
            if !seen.insert(text) {
                problems.push(format!("{id} names {text} twice."));
            }
        }
    }
    for check in provider
        .checks()
        .iter()
        .filter(|check| check.objectives.is_empty())
    {
        problems.push(format!("{} says something about no objective.", check.id));
    }
    problems
}

/// Every check has datasets, and they exist, in every cloud the check exists in.
#[must_use]
pub fn references(provider: &dyn Provider) -> Vec<String> {
    let mut problems = Vec::new();
    for check in provider.checks() {
        if check.datasets.is_empty() {
            problems.push(format!("{} reads no dataset.", check.id));
        }
        for name in check.datasets {
            match provider
                .datasets()
                .iter()
                .find(|dataset| dataset.id == *name)
            {
                None => problems.push(format!("{} reads {name}, which does not exist.", check.id)),
                Some(dataset) => {
                    for cloud in &provider.manifest().clouds {
                        if check.clouds.has(&cloud.id) && !dataset.clouds.has(&cloud.id) {
                            problems.push(format!(
                                "{} exists in {}, {name} does not.",
                                check.id, cloud.id
                            ));
                        }
                    }
                }
            }
        }
    }
    problems
}

/// Every parameter a check reads is declared.
#[must_use]
pub fn parameters(provider: &dyn Provider) -> Vec<String> {
    let declared: BTreeSet<&str> = provider
        .manifest()
        .parameters
        .iter()
        .map(|parameter| parameter.key.as_str())
        .collect();
    let undeclared = |check: &crate::Check| {
        let id = check.id;
        let wrong: Vec<String> = check
            .parameters
            .iter()
            .filter(|key| !declared.contains(**key))
            .map(|key| format!("{id} reads {key}, which is not declared."))
            .collect();
        wrong
    };
    provider
        .checks()
        .iter()
        .flat_map(|check| undeclared(check))
        .collect()
}

/// Every permission a dataset needs is in the manifest, and the other way round; each has its reason.
#[must_use]
pub fn permissions(provider: &dyn Provider) -> Vec<String> {
    let manifest = provider.manifest();
    let mut problems = Vec::new();
    for dataset in provider.datasets() {
        for grant in dataset
            .permissions
            .iter()
            .filter(|grant| manifest.permission(grant).is_none())
        {
            problems.push(format!(
                "{} needs {grant}, which the manifest does not name.",
                dataset.id
            ));
        }
    }
    for permission in &manifest.permissions {
        let grant = permission.grant.as_str();
        if !provider
            .datasets()
            .iter()
            .any(|dataset| dataset.permissions.contains(&grant))
        {
            problems.push(format!("No dataset needs {grant}."));
        }
        if permission.why.trim().is_empty() {
            problems.push(format!("{grant} has no reason."));
        }
    }
    problems
}

/// Every cloud that is named exists.
#[must_use]
pub fn clouds(provider: &dyn Provider) -> Vec<String> {
    let known = |cloud: &str| {
        provider
            .manifest()
            .clouds
            .iter()
            .any(|entry| entry.id == cloud)
    };
    let mut problems = Vec::new();
    let of_datasets = provider
        .datasets()
        .iter()
        .map(|dataset| (dataset.id, dataset.clouds));
    let of_checks = provider
        .checks()
        .iter()
        .map(|check| (check.id, check.clouds));
    for (id, clouds) in of_datasets.chain(of_checks) {
        if let Clouds::Only(names) = clouds {
            problems.extend(
                names
                    .iter()
                    .filter(|name| !known(name))
                    .map(|name| format!("{id} is for {name}, which is no cloud.")),
            );
            if names.is_empty() {
                problems.push(format!("{id} exists nowhere."));
            }
        }
    }
    for check in provider.checks() {
        for (cloud, _) in check
            .console
            .iter()
            .filter(|(cloud, _)| *cloud != "*" && *cloud != CUSTOM && !known(cloud))
        {
            problems.push(format!(
                "{} has a console in {cloud}, which is no cloud.",
                check.id
            ));
        }
    }
    problems
}

/// Every link is `https` and to a host of the manifest's list.
#[must_use]
pub fn links(provider: &dyn Provider) -> Vec<String> {
    let manifest = provider.manifest();
    let consoles = provider
        .checks()
        .iter()
        .flat_map(|check| check.console.iter().map(|(_, link)| (check.id, *link)));
    consoles
        .chain([(manifest.id.as_str(), manifest.docs_url.as_str())])
        .filter(|(_, link)| !manifest.may_open(link))
        .map(|(id, link)| format!("{id}: {link} is not https to one of link_hosts."))
        .collect()
}

/// What people read is there and reads as sentences.
#[must_use]
pub fn sentences(provider: &dyn Provider) -> Vec<String> {
    let mut problems = Vec::new();
    for check in provider.checks() {
        for (what, text) in [("title", check.title), ("remedy", check.remedy)] {
            if !text.trim_end().ends_with(['.', ')', ':']) {
                problems.push(format!("The {what} of {} is no sentence.", check.id));
            }
        }
        if check.reperform.portal.trim().is_empty() || check.reperform.command.trim().is_empty() {
            problems.push(format!("{} can't be re-performed by hand.", check.id));
        }
    }
    for dataset in provider.datasets() {
        if dataset.title.trim().is_empty() || !dataset.what.trim_end().ends_with('.') {
            problems.push(format!("{} does not say what it is.", dataset.id));
        }
    }
    problems
}
