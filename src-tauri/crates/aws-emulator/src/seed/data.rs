//! What the made-up account stores: buckets, keys, a database with a copy, and backups.

use http::Method;
use serde_json::{Value, json};

use super::SeedError;
use super::client::Client;

const KMS: &str = "TrentService";
const S3: &str = "http://s3.amazonaws.com/doc/2006-03-01/";
/// Whoever delivers access logs.
const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";
const EVERYBODY: &str = "http://acs.amazonaws.com/groups/global/AllUsers";

/// Buckets: one as it should be, one for access logs, and one in the last region that is open to everybody.
pub(super) async fn buckets(
    client: &Client,
    home: &str,
    last: &str,
    partition: &str,
) -> Result<(), SeedError> {
    let (drawings, logs, open) = (
        format!("made-up-drawings-{home}"),
        format!("made-up-logs-{home}"),
        format!("made-up-open-{last}"),
    );
    for (name, region) in [(&drawings, home), (&logs, home), (&open, last)] {
        bucket(client, name, region).await?;
    }
    put(
        client,
        home,
        &logs,
        "acl",
        acl(LOG_DELIVERY, &["WRITE", "READ_ACP"]),
    )
    .await?;
    put(client, last, &open, "acl", acl(EVERYBODY, &["READ"])).await?;
    for (part, body) in [
        (
            "encryption",
            format!(
                "<ServerSideEncryptionConfiguration xmlns=\"{S3}\"><Rule><ApplyServerSideEncryptionByDefault>\
                 <SSEAlgorithm>aws:kms</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>\
                 </ServerSideEncryptionConfiguration>"
            ),
        ),
        (
            "versioning",
            format!(
                "<VersioningConfiguration xmlns=\"{S3}\"><Status>Enabled</Status></VersioningConfiguration>"
            ),
        ),
        (
            "publicAccessBlock",
            format!(
                "<PublicAccessBlockConfiguration xmlns=\"{S3}\"><BlockPublicAcls>true</BlockPublicAcls>\
                 <IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy>\
                 <RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>"
            ),
        ),
        (
            "ownershipControls",
            format!(
                "<OwnershipControls xmlns=\"{S3}\"><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule>\
                 </OwnershipControls>"
            ),
        ),
        (
            "logging",
            format!(
                "<BucketLoggingStatus xmlns=\"{S3}\"><LoggingEnabled><TargetBucket>{logs}</TargetBucket>\
                 <TargetPrefix>s3/</TargetPrefix></LoggingEnabled></BucketLoggingStatus>"
            ),
        ),
        (
            "policy",
            json!({
                "Version": "2012-10-17",
                "Statement": [{
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [
                        format!("arn:{partition}:s3:::{drawings}"),
                        format!("arn:{partition}:s3:::{drawings}/*"),
                    ],
                    "Condition": { "Bool": { "aws:SecureTransport": "false" } },
                }],
            })
            .to_string(),
        ),
    ] {
        put(client, home, &drawings, part, body).await?;
    }
    Ok(())
}

/// A bucket in a region.
pub(super) async fn bucket(client: &Client, name: &str, region: &str) -> Result<(), SeedError> {
    let body = if region == "us-east-1" {
        String::new()
    } else {
        format!(
            "<CreateBucketConfiguration xmlns=\"{S3}\"><LocationConstraint>{region}</LocationConstraint>\
             </CreateBucketConfiguration>"
        )
    };
    client
        .rest(("s3", region), Method::PUT, &format!("/{name}"), body)
        .await?;
    Ok(())
}

async fn put(
    client: &Client,
    region: &str,
    bucket: &str,
    part: &str,
    body: String,
) -> Result<(), SeedError> {
    client
        .rest(
            ("s3", region),
            Method::PUT,
            &format!("/{bucket}?{part}"),
            body,
        )
        .await?;
    Ok(())
}

/// A list that lets in the owner, and a group with these rights.
fn acl(group: &str, rights: &[&str]) -> String {
    let owner = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a";
    let xsi = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type";
    let grants: String = rights
        .iter()
        .map(|right| {
            format!(
                "<Grant><Grantee {xsi}=\"Group\"><URI>{group}</URI></Grantee><Permission>{right}</Permission></Grant>"
            )
        })
        .collect();
    format!(
        "<AccessControlPolicy xmlns=\"{S3}\"><Owner><ID>{owner}</ID></Owner><AccessControlList><Grant>\
         <Grantee {xsi}=\"CanonicalUser\"><ID>{owner}</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant>{grants}\
         </AccessControlList></AccessControlPolicy>"
    )
}

/// Everything of one region: a key that rotates, one that does not, one that waits for its deletion; a database without
/// encryption, and a copy of it for everybody; a plan for backups and its vault.
pub(super) async fn fill(client: &Client, region: &str, partition: &str) -> Result<(), SeedError> {
    let rotating = key(client, region, "made-up rotating").await?;
    key(client, region, "made-up forgotten").await?;
    let going = key(client, region, "made-up going").await?;
    for (operation, body) in [
        ("EnableKeyRotation", json!({ "KeyId": rotating })),
        (
            "ScheduleKeyDeletion",
            json!({ "KeyId": going, "PendingWindowInDays": 30 }),
        ),
    ] {
        client.target(("kms", region), KMS, operation, body).await?;
    }
    database(client, region).await?;
    let backup = ("backup", region);
    let vault = json!({
        "EncryptionKeyArn": format!("arn:{partition}:kms:{region}:{}:key/{rotating}", crate::ACCOUNT),
    });
    client
        .rest(
            backup,
            Method::PUT,
            "/backup-vaults/made-up",
            vault.to_string(),
        )
        .await?;
    let plan = json!({ "BackupPlan": {
        "BackupPlanName": "made-up-daily",
        "Rules": [{
            "RuleName": "daily",
            "TargetBackupVaultName": "made-up",
            "ScheduleExpression": "cron(0 5 ? * * *)",
        }],
    } });
    client
        .rest(backup, Method::PUT, "/backup/plans/", plan.to_string())
        .await?;
    Ok(())
}

/// A key with this description; gives its id.
async fn key(client: &Client, region: &str, description: &str) -> Result<String, SeedError> {
    let made = client
        .target(
            ("kms", region),
            KMS,
            "CreateKey",
            json!({ "Description": description, "MultiRegion": false }),
        )
        .await?;
    serde_json::from_str::<Value>(&made)
        .ok()
        .and_then(|made| Some(made.pointer("/KeyMetadata/KeyId")?.as_str()?.to_owned()))
        .ok_or(SeedError::Incomplete {
            what: "CreateKey".to_owned(),
            part: "identifier",
        })
}

async fn database(client: &Client, region: &str) -> Result<(), SeedError> {
    let calls: [(&str, &[(&str, &str)]); 3] = [
        (
            "CreateDBInstance",
            &[
                ("DBInstanceIdentifier", "made-up-orders"),
                ("DBInstanceClass", "db.t3.micro"),
                ("Engine", "postgres"),
                ("AllocatedStorage", "20"),
                ("MasterUsername", "made_up"),
                ("MasterUserPassword", "made-up-Passw0rd"),
                ("PubliclyAccessible", "false"),
                ("StorageEncrypted", "false"),
                ("BackupRetentionPeriod", "7"),
            ],
        ),
        (
            "CreateDBSnapshot",
            &[
                ("DBSnapshotIdentifier", "made-up-copy"),
                ("DBInstanceIdentifier", "made-up-orders"),
            ],
        ),
        (
            "ModifyDBSnapshotAttribute",
            &[
                ("DBSnapshotIdentifier", "made-up-copy"),
                ("AttributeName", "restore"),
                ("ValuesToAdd.AttributeValue.1", "all"),
            ],
        ),
    ];
    for (action, pairs) in calls {
        client
            .form(("rds", region), "2014-10-31", action, pairs)
            .await?;
    }
    Ok(())
}
