//! Databases hold what is most worth stealing, and a copy of one is as good as the database.

use super::told::{Told, also};
use crate::datasets::{
    AUTOMATED, DbInstance, DbSnapshot, RDS_INSTANCES, RDS_SNAPSHOT_SHARING, RDS_SNAPSHOTS,
    SnapshotSharing,
};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeSet;

/// The rule.
///
/// | a database | judged |
/// | --- | --- |
/// | has a public address, is not encrypted, or keeps backups for 0 days | fail |
/// | one of that is not told, or its name | unknown |
/// | else | pass |
///
/// | a copy that the account owns | judged |
/// | --- | --- |
/// | is not encrypted, or shared with `all` | fail |
/// | one of that is not told, or its name | unknown |
/// | else; one that RDS made by itself can't be shared | pass |
///
/// Without any of either, every region having been seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.rds.private_encrypted",
    alias: "AWS-69",
    version: 1,
    title: "Databases are private, encrypted and backed up, and so are their copies.",
    objectives: &["3.13.16[a]", "3.13.5[b]", "3.1.3[e]", "3.8.9[a]"],
    severity: Severity::High,
    remedy: "Modify the listed database: Public access No, Backup retention period 7 days or more. One that is not encrypted has to be restored from a copy that was copied with encryption. Take `all` out of the sharing of the listed snapshot, and delete snapshots that are not encrypted.",
    console: super::console::console!("rds/home#databases:"),
    reperform: Reperform {
        portal: "RDS > Databases, in each region > each database: Publicly accessible, Encryption, Automated backups. RDS > Snapshots: Encrypted, and Actions > Share snapshot.",
        command: "for region in $(aws ec2 describe-regions --query 'Regions[].RegionName' --output text); do aws rds describe-db-instances --region $region --query 'DBInstances[].[DBInstanceIdentifier,PubliclyAccessible,StorageEncrypted,BackupRetentionPeriod]'; aws rds describe-db-snapshots --region $region --query 'DBSnapshots[].[DBSnapshotIdentifier,SnapshotType,Encrypted]'; done; for each manual snapshot: aws rds describe-db-snapshot-attributes --db-snapshot-identifier ID",
    },
    datasets: &[
        "aws.rds_instances",
        "aws.rds_snapshots",
        "aws.rds_snapshot_sharing",
    ],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut judge = Judge::new();
    for database in also::<DbInstance>(collected, &mut judge, RDS_INSTANCES.id) {
        let told = Told::all([
            Told::of(
                database.publicly_accessible.map(|public| !public),
                "It has a public address.",
                "AWS does not say whether it has a public address.",
            ),
            Told::of(
                database.storage_encrypted,
                "It is not encrypted.",
                "AWS does not say whether it is encrypted.",
            ),
            Told::of(
                database.backup_retention_period.map(|days| days > 0),
                "It is not backed up.",
                "AWS does not say for how long it keeps backups.",
            ),
        ]);
        one(
            &mut judge,
            database.id.as_deref(),
            &database.region,
            "database",
            told,
        );
    }
    let copies: Vec<DbSnapshot> = also(collected, &mut judge, RDS_SNAPSHOTS.id);
    let sharing: Vec<SnapshotSharing> = also(collected, &mut judge, RDS_SNAPSHOT_SHARING.id);
    let mut seen: BTreeSet<(&str, &str)> = BTreeSet::new();
    for copy in &copies {
        let private = match (copy.snapshot_type.as_deref(), copy.id.as_deref()) {
            (Some(AUTOMATED), _) => Told::Yes,
            (_, Some(id)) => {
                seen.insert((&copy.region, id));
                private(&sharing, id, &copy.region)
            }
            (_, None) => Told::Yes,
        };
        let told = Told::all([
            Told::of(
                copy.encrypted,
                "It is not encrypted.",
                "AWS does not say whether it is encrypted.",
            ),
            private,
        ]);
        one(
            &mut judge,
            copy.id.as_deref(),
            &copy.region,
            "snapshot",
            told,
        );
    }
    // One that the list lacks fails by itself.
    for shared in &sharing {
        if seen.insert((&shared.region, &shared.snapshot)) {
            match private(&sharing, &shared.snapshot, &shared.region) {
                Told::No(why) => {
                    let told = Told::No(why);
                    one(
                        &mut judge,
                        Some(&shared.snapshot),
                        &shared.region,
                        "snapshot",
                        told,
                    );
                }
                _ => {
                    let told = Told::Unclear("It is not in the list of snapshots.".to_owned());
                    one(
                        &mut judge,
                        Some(&shared.snapshot),
                        &shared.region,
                        "snapshot",
                        told,
                    );
                }
            }
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

/// Whether a copy is shared with nobody but named accounts.
fn private(sharing: &[SnapshotSharing], id: &str, region: &str) -> Told {
    let mut found = sharing
        .iter()
        .filter(|shared| shared.snapshot == id && shared.region == region);
    let (Some(shared), None) = (found.next(), found.next()) else {
        return Told::Unclear("With whom it is shared was not read.".to_owned());
    };
    let restore: Vec<_> = shared
        .attributes
        .iter()
        .filter(|attribute| attribute.attribute_name.as_deref() == Some("restore"))
        .collect();
    let with_all = shared.attributes.iter().any(|attribute| {
        attribute
            .attribute_values
            .iter()
            .any(|value| value == "all")
    });
    let blank = restore
        .iter()
        .any(|attribute| attribute.attribute_values.iter().any(String::is_empty));
    if with_all {
        Told::No("It is shared with everybody.".to_owned())
    } else if restore.len() != 1 || blank {
        Told::Unclear("AWS does not say with whom it is shared.".to_owned())
    } else {
        Told::Yes
    }
}

fn one(judge: &mut Judge, id: Option<&str>, region: &str, kind: &str, told: Told) {
    let id = id.unwrap_or_default();
    let name = format!("{id} ({region})");
    match told {
        Told::No(why) => judge.fail(id, name, kind, why),
        Told::Unclear(why) => judge.unknown(id, name, kind, why),
        Told::Yes if id.is_empty() => judge.unknown(id, name, kind, "AWS does not give its name."),
        Told::Yes => judge.pass(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, origin, refused_is_unknown};
    use evidence::{Completeness, Outcome};

    fn databases(inner: &str) -> String {
        format!(
            "<DescribeDBInstancesResponse><DescribeDBInstancesResult><DBInstances>{inner}</DBInstances>\
             </DescribeDBInstancesResult></DescribeDBInstancesResponse>"
        )
    }

    fn copies(inner: &str) -> String {
        format!(
            "<DescribeDBSnapshotsResponse><DescribeDBSnapshotsResult><DBSnapshots>{inner}</DBSnapshots>\
             </DescribeDBSnapshotsResult></DescribeDBSnapshotsResponse>"
        )
    }

    fn shared(accounts: &str) -> String {
        format!(
            "<DescribeDBSnapshotAttributesResponse><DescribeDBSnapshotAttributesResult><DBSnapshotAttributesResult>\
             <DBSnapshotAttributes><DBSnapshotAttribute><AttributeName>restore</AttributeName><AttributeValues>{accounts}\
             </AttributeValues></DBSnapshotAttribute></DBSnapshotAttributes></DBSnapshotAttributesResult>\
             </DescribeDBSnapshotAttributesResult></DescribeDBSnapshotAttributesResponse>"
        )
    }

    fn account(database: &str, copy: &str, sharing: Option<&str>) -> Account {
        let about = sharing
            .iter()
            .map(|body| {
                (
                    origin(200, "us-east-1", Some("copy")),
                    body.as_bytes().to_vec(),
                )
            })
            .collect();
        Account::new()
            .regions(&RDS_INSTANCES, &[("us-east-1", &databases(database))])
            .regions(&RDS_SNAPSHOTS, &[("us-east-1", &copies(copy))])
            .pages(&RDS_SNAPSHOT_SHARING, about, Completeness::complete())
    }

    fn database(public: &str, encrypted: &str, days: &str) -> String {
        format!(
            "<DBInstance><DBInstanceIdentifier>db</DBInstanceIdentifier><PubliclyAccessible>{public}</PubliclyAccessible>\
             <StorageEncrypted>{encrypted}</StorageEncrypted><BackupRetentionPeriod>{days}</BackupRetentionPeriod></DBInstance>"
        )
    }

    fn copy(kind: &str, encrypted: &str) -> String {
        format!(
            "<DBSnapshot><DBSnapshotIdentifier>copy</DBSnapshotIdentifier><SnapshotType>{kind}</SnapshotType>\
             <Encrypted>{encrypted}</Encrypted></DBSnapshot>"
        )
    }

    #[test]
    fn a_database_has_to_be_private_encrypted_and_backed_up() {
        use Outcome::{Fail, Pass, Unknown};
        for (row, expected) in [
            (database("false", "true", "7"), Pass),
            (database("true", "true", "7"), Fail),
            (database("false", "false", "7"), Fail),
            (database("false", "true", "0"), Fail),
            (database("no", "true", "7"), Unknown),
            (
                "<DBInstance><DBInstanceIdentifier>db</DBInstanceIdentifier></DBInstance>"
                    .to_owned(),
                Unknown,
            ),
            (
                database("false", "true", "7")
                    .replace("<DBInstanceIdentifier>db</DBInstanceIdentifier>", ""),
                Unknown,
            ),
        ] {
            assert_eq!(
                account(&row, "", None).judge(&CHECK).outcome,
                expected,
                "{row}"
            );
        }
    }

    #[test]
    fn a_copy_has_to_be_encrypted_and_not_for_everybody() {
        use Outcome::{Fail, Pass, Unknown};
        let all = shared("<AttributeValue>all</AttributeValue>");
        let some = shared("<AttributeValue>210987654321</AttributeValue>");
        let blank = shared("<AttributeValue/>");
        for (row, sharing, expected) in [
            (copy("manual", "true"), Some(shared("")), Pass),
            (copy("manual", "true"), Some(some), Pass),
            (copy("manual", "true"), Some(all.clone()), Fail),
            (copy("manual", "false"), Some(shared("")), Fail),
            (copy("manual", "true"), None, Unknown),
            (copy("manual", "true"), Some(blank), Unknown),
            (copy("automated", "true"), None, Pass),
            (copy("automated", "false"), None, Fail),
            (copy("", "true"), None, Unknown),
            (String::new(), Some(all), Fail),
            (String::new(), Some(shared("")), Unknown),
        ] {
            let account = account("", &row, sharing.as_deref());
            assert_eq!(account.judge(&CHECK).outcome, expected, "{row} {sharing:?}");
        }
        let odd = shared("").replace("restore", "other");
        let odd = account("", &copy("manual", "true"), Some(&odd));
        assert_eq!(odd.judge(&CHECK).outcome, Outcome::Unknown);
    }

    #[test]
    fn without_databases_it_does_not_apply_if_all_was_seen() {
        assert_eq!(
            account("", "", None).judge(&CHECK).outcome,
            Outcome::NotApplicable
        );
        for dataset in [&RDS_INSTANCES, &RDS_SNAPSHOTS, &RDS_SNAPSHOT_SHARING] {
            refused_is_unknown(&CHECK, dataset);
        }
    }
}
