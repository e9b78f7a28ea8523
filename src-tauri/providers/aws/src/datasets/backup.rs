//! AWS Backup: plans, where backups are kept, and what was backed up when.

use super::read::json_items;
use crate::client::{BACKUP, Operation, Paging, Request};
use provider_kit::{Clouds, Dataset, Malformed, RawPage, Reader};
use serde::Deserialize;
use serde_json::Value;

const fn dataset(
    (id, title, what): (&'static str, &'static str, &'static str),
    permissions: &'static [&'static str],
    key: &'static [&'static str],
    records: fn(&RawPage<'_>) -> Result<Vec<Value>, Malformed>,
    volatile: &'static [&'static str],
) -> Dataset {
    Dataset {
        id,
        title,
        what,
        permissions,
        licence: None,
        key,
        records: Reader::Page(records),
        volatile,
        removed: &[],
        row_cap: None,
        clouds: Clouds::All,
        objectives: &["3.8.9[a]"],
    }
}

const fn list(permission: &'static str, path: &'static str) -> Operation {
    Operation {
        service: &BACKUP,
        permission,
        request: Request::Get(path),
        paging: Paging::Token {
            asks: "nextToken",
            answers: "NextToken",
        },
        not_used: |_, _| false,
    }
}

/// The plans.
pub static BACKUP_PLANS: Dataset = dataset(
    (
        "aws.backup_plans",
        "Backup plans",
        "Each plan of AWS Backup in every region.",
    ),
    &["backup:ListBackupPlans", "ec2:DescribeRegions"],
    &["/@region", "/BackupPlanId"],
    |page| json_items(page, "BackupPlansList"),
    &["/LastExecutionDate"],
);
pub(crate) static BACKUP_PLANS_OPERATION: Operation =
    list("backup:ListBackupPlans", "/backup/plans?maxResults=1000");

/// Where backups are kept.
pub static BACKUP_VAULTS: Dataset = dataset(
    (
        "aws.backup_vaults",
        "Backup vaults",
        "Each vault of AWS Backup in every region, and the key that encrypts it.",
    ),
    &["backup:ListBackupVaults", "ec2:DescribeRegions"],
    &["/@region", "/BackupVaultName"],
    |page| json_items(page, "BackupVaultList"),
    &["/NumberOfRecoveryPoints"],
);
pub(crate) static BACKUP_VAULTS_OPERATION: Operation =
    list("backup:ListBackupVaults", "/backup-vaults?maxResults=1000");

/// What was backed up.
pub static BACKUP_RESOURCES: Dataset = dataset(
    (
        "aws.backup_resources",
        "Backed up resources",
        "What AWS Backup has backed up in every region, and when last.",
    ),
    &["backup:ListProtectedResources", "ec2:DescribeRegions"],
    &["/@region", "/ResourceArn"],
    |page| json_items(page, "Results"),
    &["/LastBackupTime", "/LastRecoveryPointArn"],
);
pub(crate) static BACKUP_RESOURCES_OPERATION: Operation = list(
    "backup:ListProtectedResources",
    "/resources?maxResults=1000",
);

/// A plan.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BackupPlan {
    /// Its id.
    pub backup_plan_id: Option<String>,
}

/// A place where backups are kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BackupVault {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its name.
    pub backup_vault_name: Option<String>,
    /// Its ARN.
    pub backup_vault_arn: Option<String>,
    /// The key that encrypts it.
    pub encryption_key_arn: Option<String>,
    /// Whose key: `AWS_OWNED_KMS_KEY` or `CUSTOMER_MANAGED_KMS_KEY`.
    pub encryption_key_type: Option<String>,
}

/// Something that was backed up.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BackedUp {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its ARN.
    pub resource_arn: Option<String>,
    /// Its name, where AWS knows one.
    pub resource_name: Option<String>,
    /// `EBS`, `RDS`, `S3`, ...
    pub resource_type: Option<String>,
    /// When last, in seconds since 1970.
    pub last_backup_time: Option<f64>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read::tests::origin, *};

    #[test]
    fn what_was_backed_up_is_read_with_its_region() {
        let read = |body: &str| {
            BACKUP_RESOURCES.read(&RawPage {
                body: body.as_bytes(),
                origin: &origin(200, Some("us-east-1"), None),
            })
        };
        let rows = read(r#"{"Results":[{"ResourceArn":"a","LastBackupTime":1.5}]}"#).unwrap();
        let row: BackedUp = serde_json::from_value(rows[0].clone()).unwrap();
        assert_eq!(
            (row.region.as_str(), row.last_backup_time),
            ("us-east-1", Some(1.5))
        );
        assert!(read("{}").is_err());
    }
}
