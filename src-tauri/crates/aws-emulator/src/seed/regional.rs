//! What the made-up account has in each region, and its trails.

use http::Method;
use serde_json::{Value, json};

use super::client::Client;
use super::{Seed, SeedError, data, watch};
use crate::amend::between;
use crate::{ACCOUNT, partition};

const CONFIG: &str = "StarlingDoveService";
const TRAILS: &str = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101";
/// Rules of AWS, by identifier; the name is the same in small letters.
const RULES: [&str; 6] = [
    "CLOUD_TRAIL_ENABLED",
    "ENCRYPTED_VOLUMES",
    "IAM_USER_MFA_ENABLED",
    "INCOMING_SSH_DISABLED",
    "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS",
    "ROOT_ACCOUNT_MFA_ENABLED",
];
/// Control, requirement it stands for, severity, status, title.
const FINDINGS: [(&str, &str, &str, &str, &str); 4] = [
    (
        "IAM.5",
        "3.5.3",
        "MEDIUM",
        "FAILED",
        "Console users without a second factor (made-up title)",
    ),
    (
        "CloudTrail.2",
        "3.3.8",
        "MEDIUM",
        "FAILED",
        "Trail without a key of its own (made-up title)",
    ),
    (
        "EC2.13",
        "3.1.3",
        "HIGH",
        "FAILED",
        "Port 22 open to everybody (made-up title)",
    ),
    (
        "EC2.10",
        "3.13.1",
        "MEDIUM",
        "PASSED",
        "Private way to the service (made-up title)",
    ),
];

/// A bucket and two trails in the first region: one for all regions that logs, one that does not.
pub(super) async fn trails(client: &Client, home: &str) -> Result<(), SeedError> {
    let bucket = bucket(home);
    data::bucket(client, &bucket, home).await?;
    for (name, everywhere) in [("every-region", true), ("stopped", false)] {
        let body = json!({
            "Name": name,
            "S3BucketName": bucket,
            "IsMultiRegionTrail": everywhere,
            "IncludeGlobalServiceEvents": true,
            "EnableLogFileValidation": everywhere,
        });
        client
            .target(("cloudtrail", home), TRAILS, "CreateTrail", body)
            .await?;
    }
    client
        .target(
            ("cloudtrail", home),
            TRAILS,
            "StartLogging",
            json!({ "Name": "every-region" }),
        )
        .await?;
    Ok(())
}

/// Everything of one region.
pub(super) async fn fill(client: &Client, seed: &Seed, region: &str) -> Result<(), SeedError> {
    let home = seed.regions.first().map_or(region, String::as_str);
    network(client, region).await?;
    disks(client, region).await?;
    data::fill(client, region, partition(region)).await?;
    watch::make(client, region, &bucket(home)).await?;
    client
        .rest(
            ("guardduty", region),
            Method::POST,
            "/detector",
            r#"{"enable":true}"#,
        )
        .await?;
    if !seed.without_config.iter().any(|off| off == region) {
        rules(client, region, &bucket(home)).await?;
    }
    if !seed.without_security_hub.iter().any(|off| off == region) {
        findings(client, region).await?;
    }
    Ok(())
}

/// Two instances with public addresses and two groups of firewall rules: one open to everybody on port 22, one not.
async fn network(client: &Client, region: &str) -> Result<(), SeedError> {
    client
        .ec2(
            region,
            "RunInstances",
            &[
                ("ImageId", "ami-12c6146b"),
                ("InstanceType", "t3.micro"),
                ("MinCount", "2"),
                ("MaxCount", "2"),
            ],
        )
        .await?;
    for (name, port, from) in [
        ("open-ssh", "22", "0.0.0.0/0"),
        ("office", "443", "203.0.113.0/24"),
    ] {
        let made = client
            .ec2(
                region,
                "CreateSecurityGroup",
                &[("GroupName", name), ("GroupDescription", name)],
            )
            .await?;
        let group = element(&made, "groupId", "CreateSecurityGroup")?;
        client
            .ec2(
                region,
                "AuthorizeSecurityGroupIngress",
                &[
                    ("GroupId", &group),
                    ("IpPermissions.1.IpProtocol", "tcp"),
                    ("IpPermissions.1.FromPort", port),
                    ("IpPermissions.1.ToPort", port),
                    ("IpPermissions.1.IpRanges.1.CidrIp", from),
                ],
            )
            .await?;
    }
    Ok(())
}

/// An encrypted volume and one that is not, with a snapshot of each.
async fn disks(client: &Client, region: &str) -> Result<(), SeedError> {
    let zones = client.ec2(region, "DescribeAvailabilityZones", &[]).await?;
    let zone = element(&zones, "zoneName", "DescribeAvailabilityZones")?;
    for encrypted in ["true", "false"] {
        let made = client
            .ec2(
                region,
                "CreateVolume",
                &[
                    ("AvailabilityZone", &zone),
                    ("Size", "8"),
                    ("Encrypted", encrypted),
                ],
            )
            .await?;
        let volume = element(&made, "volumeId", "CreateVolume")?;
        client
            .ec2(region, "CreateSnapshot", &[("VolumeId", &volume)])
            .await?;
    }
    Ok(())
}

async fn rules(client: &Client, region: &str, bucket: &str) -> Result<(), SeedError> {
    let role = format!(
        "arn:{}:iam::{ACCOUNT}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig",
        partition(region)
    );
    let mut requests: Vec<(&str, Value)> = vec![
        (
            "PutConfigurationRecorder",
            json!({ "ConfigurationRecorder": {
                "name": "default",
                "roleARN": role,
                "recordingGroup": { "allSupported": true, "includeGlobalResourceTypes": true },
            } }),
        ),
        (
            "PutDeliveryChannel",
            json!({ "DeliveryChannel": { "name": "default", "s3BucketName": bucket } }),
        ),
        (
            "StartConfigurationRecorder",
            json!({ "ConfigurationRecorderName": "default" }),
        ),
    ];
    requests.extend(RULES.map(|rule| {
        let name = rule.to_ascii_lowercase().replace('_', "-");
        let source = json!({ "Owner": "AWS", "SourceIdentifier": rule });
        (
            "PutConfigRule",
            json!({ "ConfigRule": { "ConfigRuleName": name, "Source": source } }),
        )
    }));
    for (operation, body) in requests {
        client
            .target(("config", region), CONFIG, operation, body)
            .await?;
    }
    Ok(())
}

async fn findings(client: &Client, region: &str) -> Result<(), SeedError> {
    let scope = ("securityhub", region);
    client
        .rest(
            scope,
            Method::POST,
            "/accounts",
            r#"{"EnableDefaultStandards":false}"#,
        )
        .await?;
    let partition = partition(region);
    let findings: Vec<Value> = FINDINGS
        .iter()
        .map(|(control, requirement, severity, status, title)| {
            json!({
                "SchemaVersion": "2018-10-08",
                "Id": format!("arn:{partition}:securityhub:{region}:{ACCOUNT}:security-control/{control}/finding/5eed"),
                "ProductArn": format!("arn:{partition}:securityhub:{region}::product/aws/securityhub"),
                "GeneratorId": format!("security-control/{control}"),
                "AwsAccountId": ACCOUNT,
                "Region": region,
                "Types": ["Software and Configuration Checks/Industry and Regulatory Standards"],
                "CreatedAt": "2026-11-01T00:00:00Z",
                "UpdatedAt": "2026-11-22T10:00:00Z",
                "Severity": { "Label": severity },
                "Title": title,
                "Description": title,
                "Compliance": {
                    "Status": status,
                    "SecurityControlId": control,
                    "RelatedRequirements": [format!("NIST.800-171.r2 {requirement}")],
                    "AssociatedStandards": [{ "StandardsId": "standards/nist-800-171/v/2.0.0" }],
                },
                "Workflow": { "Status": if *status == "PASSED" { "RESOLVED" } else { "NEW" } },
                "RecordState": "ACTIVE",
                "Resources": [{
                    "Type": "AwsAccount",
                    "Id": format!("AWS::::Account:{ACCOUNT}"),
                    "Partition": partition,
                    "Region": region,
                }],
            })
        })
        .collect();
    let body = json!({ "Findings": findings }).to_string();
    let answer = client
        .rest(scope, Method::POST, "/findings/import", body)
        .await?;
    let failed = serde_json::from_str::<Value>(&answer)
        .ok()
        .and_then(|answer| answer.get("FailedCount")?.as_u64());
    if failed == Some(0) {
        Ok(())
    } else {
        Err(SeedError::Incomplete {
            what: "BatchImportFindings".to_owned(),
            part: "whole import",
        })
    }
}

fn bucket(home: &str) -> String {
    format!("made-up-trail-{home}")
}

fn element(text: &str, name: &str, what: &str) -> Result<String, SeedError> {
    between(text, &format!("<{name}>"), &format!("</{name}>"))
        .map(str::to_owned)
        .ok_or_else(|| SeedError::Incomplete {
            what: what.to_owned(),
            part: "identifier",
        })
}
