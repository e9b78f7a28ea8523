//! The list of providers: one dependency line and one line here each (`cargo xtask new provider` makes both).

use provider_kit::Provider;

// One line each: `cargo xtask new provider` adds one, and two branches that add one do not meet on a line.
#[rustfmt::skip]
static PROVIDERS: &[&dyn Provider] = &[
    &provider_entra_id::PROVIDER,
    &provider_aws::PROVIDER,
    &provider_github::PROVIDER,
];

/// Every provider that works, in the order of the cards.
#[must_use]
pub fn providers() -> &'static [&'static dyn Provider] {
    PROVIDERS
}

#[cfg(test)]
mod tests {
    use super::providers;
    use std::collections::BTreeSet;

    #[test]
    fn every_manifest_is_readable_and_every_id_is_there_once() {
        let ids: BTreeSet<&str> = providers()
            .iter()
            .map(|provider| provider.manifest().id.as_str())
            .collect();
        assert_eq!(ids.len(), providers().len());
        assert!(!ids.is_empty());
    }

    #[test]
    fn no_check_or_dataset_id_is_used_twice() {
        let mut seen = BTreeSet::new();
        for provider in providers() {
            for id in provider
                .checks()
                .iter()
                .map(|check| check.id)
                .chain(provider.datasets().iter().map(|dataset| dataset.id))
            {
                assert!(seen.insert(id), "{id}");
            }
        }
    }

    #[test]
    fn every_provider_folder_is_registered() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../providers");
        let mut folders: Vec<String> = std::fs::read_dir(folder)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        let mut registered: Vec<String> = providers()
            .iter()
            .map(|provider| provider.manifest().id.clone())
            .collect();
        folders.sort();
        registered.sort();
        assert_eq!(folders, registered);
    }
}
