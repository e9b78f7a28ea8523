//! What the checks of KMS share.

use super::told::also;
use crate::datasets::{KMS_KEYS, KmsKey};
use provider_kit::{Collected, Judge};

/// What a resource of these checks is.
pub(super) const KIND: &str = "key";
/// Where keys are seen and changed.
pub(super) const KEYS_PAGE: &[(&str, &str)] = super::console::console!("kms/home#/kms/keys");

/// Whose a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The company's.
    Customer,
    /// AWS's, which the company can't change.
    Aws,
    /// AWS does not say.
    Unclear,
}

/// The keys.
pub(super) fn keys(collected: &Collected<'_>, judge: &mut Judge) -> Vec<KmsKey> {
    also(collected, judge, KMS_KEYS.id)
}

/// Whose `key` is.
pub(super) fn owner(key: &KmsKey) -> Owner {
    match key.key_manager.as_deref() {
        Some("CUSTOMER") => Owner::Customer,
        Some("AWS") => Owner::Aws,
        _ => Owner::Unclear,
    }
}

/// The note on a key of which AWS does not say whose it is.
pub(super) const WHOSE: &str = "AWS does not say whether it is the company's key.";

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, origin};
    use evidence::Completeness;
    use provider_kit::Dataset;
    use serde_json::{Value, json};

    /// The ARN of a key.
    pub(in crate::checks) fn arn(id: &str) -> String {
        format!("arn:aws:kms:us-east-1:123456789012:key/{id}")
    }

    /// With these answers about keys.
    pub(in crate::checks) fn about(
        account: Account,
        dataset: &'static Dataset,
        answers: &[(&str, Value)],
    ) -> Account {
        let pages = answers
            .iter()
            .map(|(id, body)| {
                let status = if body.get("__type").is_some() {
                    400
                } else {
                    200
                };
                (
                    origin(status, "us-east-1", Some(&arn(id))),
                    body.to_string().into_bytes(),
                )
            })
            .collect();
        account.pages(dataset, pages, Completeness::complete())
    }

    /// An account with one key as AWS describes it, with these members changed.
    pub(in crate::checks) fn one(members: Value) -> Account {
        let mut key = json!({
            "KeyManager": "CUSTOMER", "KeyState": "Enabled", "KeySpec": "SYMMETRIC_DEFAULT",
            "Origin": "AWS_KMS", "MultiRegion": false
        });
        for (member, value) in members.as_object().unwrap() {
            key[member] = value.clone();
        }
        about(
            Account::new(),
            &KMS_KEYS,
            &[("k-1", json!({"KeyMetadata": key}))],
        )
    }
}
