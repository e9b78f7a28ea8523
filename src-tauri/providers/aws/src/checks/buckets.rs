//! What the checks of S3 share: each bucket once, what was answered about it, and what blocks public access to it.

use super::told::also;
use crate::datasets::{
    AboutBucket, AccountBlock, Bucket, PublicAccessBlock, S3_ACCOUNT_BLOCK, S3_BUCKETS,
};
use evidence::{Reason, UnknownCode};
use provider_kit::{Collected, Judge};
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;

/// What a resource of these checks is.
pub(super) const KIND: &str = "bucket";
/// Where buckets are seen and changed.
pub(super) const BUCKETS_PAGE: &[(&str, &str)] = super::console::console!("s3/buckets");
/// The buckets that hold CUI.
pub(super) const CUI: &str = "aws.cui_buckets";
/// What is said of a bucket of which nothing else is known.
pub(super) const NOT_READ: &str = "It was not read.";

/// The answers to one question, by bucket.
pub(super) struct Answers<T>(Vec<AboutBucket<T>>);

impl<T: DeserializeOwned> Answers<T> {
    /// The answers in `dataset`; what it lacks, the verdict lacks.
    pub(super) fn read(collected: &Collected<'_>, judge: &mut Judge, dataset: &str) -> Self {
        Self(also(collected, judge, dataset))
    }

    /// The one answer about `bucket`.
    pub(super) fn of(&self, bucket: &str) -> Option<&AboutBucket<T>> {
        let mut found = self.0.iter().filter(|row| row.bucket == bucket);
        found.next().filter(|_| found.next().is_none())
    }

    /// Every answer.
    pub(super) fn all(&self) -> &[AboutBucket<T>] {
        &self.0
    }

    /// Adds the buckets that were answered about: one of them fails though the list lacks it.
    pub(super) fn name_into(&self, names: &mut BTreeSet<String>) {
        names.extend(self.0.iter().map(|row| row.bucket.clone()));
    }
}

/// The names of the account's buckets; what their list lacks, the verdict lacks.
pub(super) fn names(collected: &Collected<'_>, judge: &mut Judge) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for bucket in also::<Bucket>(collected, judge, S3_BUCKETS.id) {
        match bucket.name.filter(|name| !name.is_empty()) {
            Some(name) => {
                names.insert(name);
            }
            None => judge.lacks(Reason::new(
                UnknownCode::MalformedAnswer,
                "A bucket has no name, so nothing can be told about it.",
            )),
        }
    }
    names
}

/// What blocks public access by the account's own settings. Every flag is `None` where they were not read.
pub(super) fn account_block(collected: &Collected<'_>) -> PublicAccessBlock {
    match collected.one::<AccountBlock>(S3_ACCOUNT_BLOCK.id) {
        Ok(block) if block.absent.is_some() => nothing(),
        Ok(block) => block.told,
        Err(_) => PublicAccessBlock::default(),
    }
}

fn nothing() -> PublicAccessBlock {
    PublicAccessBlock {
        block_public_acls: Some(false),
        ignore_public_acls: Some(false),
        block_public_policy: Some(false),
        restrict_public_buckets: Some(false),
    }
}

/// What blocks public access to a bucket: either of the two settings is enough.
pub(super) fn effective(
    bucket: Option<&AboutBucket<PublicAccessBlock>>,
    account: &PublicAccessBlock,
) -> PublicAccessBlock {
    let own = match bucket {
        Some(row) if row.absent.is_some() => nothing(),
        Some(row) => row.told.clone(),
        None => PublicAccessBlock::default(),
    };
    PublicAccessBlock {
        block_public_acls: either(own.block_public_acls, account.block_public_acls),
        ignore_public_acls: either(own.ignore_public_acls, account.ignore_public_acls),
        block_public_policy: either(own.block_public_policy, account.block_public_policy),
        restrict_public_buckets: either(
            own.restrict_public_buckets,
            account.restrict_public_buckets,
        ),
    }
}

fn either(one: Option<bool>, other: Option<bool>) -> Option<bool> {
    match (one, other) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

/// The four settings with their names in the console.
pub(super) fn flags(block: &PublicAccessBlock) -> [(&'static str, Option<bool>); 4] {
    [
        ("BlockPublicAcls", block.block_public_acls),
        ("IgnorePublicAcls", block.ignore_public_acls),
        ("BlockPublicPolicy", block.block_public_policy),
        ("RestrictPublicBuckets", block.restrict_public_buckets),
    ]
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, origin};
    use evidence::Completeness;
    use provider_kit::{Dataset, Origin};

    /// An account with these buckets.
    pub(in crate::checks) fn listed(names: &[&str]) -> Account {
        let buckets: String = names
            .iter()
            .map(|name| {
                format!(
                    "<Bucket><Name>{name}</Name><BucketRegion>us-east-1</BucketRegion></Bucket>"
                )
            })
            .collect();
        let body = format!(
            "<ListAllMyBucketsResult><Buckets>{buckets}</Buckets></ListAllMyBucketsResult>"
        );
        Account::new().regions(&S3_BUCKETS, &[("us-east-1", &body)])
    }

    fn answers(bodies: &[(&str, &str)]) -> Vec<(Origin, Vec<u8>)> {
        bodies
            .iter()
            .map(|(bucket, body)| {
                let status = if body.starts_with("<Error>") {
                    404
                } else {
                    200
                };
                (
                    origin(status, "us-east-1", Some(bucket)),
                    body.as_bytes().to_vec(),
                )
            })
            .collect()
    }

    /// With these answers to a question.
    pub(in crate::checks) fn told(
        account: Account,
        dataset: &'static Dataset,
        bodies: &[(&str, &str)],
    ) -> Account {
        account.pages(dataset, answers(bodies), Completeness::complete())
    }

    /// AWS's answer that there is none.
    pub(in crate::checks) fn none(code: &str) -> String {
        format!("<Error><Code>{code}</Code><Message>m</Message></Error>")
    }

    /// The four settings as AWS writes them.
    pub(in crate::checks) fn block(values: [&str; 4]) -> String {
        let names = flags(&PublicAccessBlock::default()).map(|(name, _)| name);
        let inner: String = names
            .iter()
            .zip(values)
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("<{name}>{value}</{name}>"))
            .collect();
        format!("<PublicAccessBlockConfiguration>{inner}</PublicAccessBlockConfiguration>")
    }

    #[test]
    fn either_setting_blocks_and_only_both_leave_open() {
        let (yes, no) = (Some(true), Some(false));
        for (one, other, both) in [
            (yes, no, yes),
            (None, yes, yes),
            (no, no, no),
            (no, None, None),
            (None, None, None),
        ] {
            assert_eq!(either(one, other), both);
            assert_eq!(either(other, one), both);
        }
        assert_eq!(
            effective(None, &nothing()).block_public_acls,
            None,
            "what was not read is not open"
        );
    }
}
