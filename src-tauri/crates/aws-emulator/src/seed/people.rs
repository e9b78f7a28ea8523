//! The made-up account's users, groups and policies.

use super::client::Client;
use super::{Person, SeedError};
use crate::amend::between;
use crate::{ACCOUNT, partition};

/// The reading user's name.
const READER: &str = "compliance-reader";
const GROUPS: [&str; 3] = ["engineering", "finance", "operations"];
const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
const INVOICES: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::made-up-invoices","arn:aws:s3:::made-up-invoices/*"]}]}"#;
const READ: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:Get*","iam:List*","iam:GenerateCredentialReport","iam:SimulatePrincipalPolicy","account:Get*","organizations:Describe*","organizations:List*","access-analyzer:List*","ec2:Describe*","cloudtrail:Describe*","cloudtrail:Get*","cloudtrail:LookupEvents","config:Describe*","securityhub:Describe*","securityhub:Get*","s3:ListAllMyBuckets","s3:GetBucket*","s3:GetAccount*","s3:GetEncryptionConfiguration","kms:List*","kms:Describe*","kms:Get*","rds:Describe*","backup:List*"],"Resource":"*"}]}"#;

/// The first administers through a group, the second by a policy of AWS, the third by an inline one. One of ten has no
/// console, one of five with a console has no second factor, one of three has an access key.
pub(super) fn plan(count: usize) -> Vec<Person> {
    (0..count)
        .map(|number| {
            let console = number % 10 != 9;
            Person {
                name: format!("person{number:04}"),
                console,
                mfa: console && number % 5 != 3,
                access_key: number % 3 == 0,
                administrator: number < 3,
            }
        })
        .collect()
}

/// Groups, policies and the account's own settings.
pub(super) async fn prepare(client: &Client, region: &str) -> Result<(), SeedError> {
    for group in GROUPS.iter().chain(&["administrators"]) {
        client
            .iam(region, "CreateGroup", &[("GroupName", group)])
            .await?;
    }
    let administrator = aws_policy(region, "AdministratorAccess");
    client
        .iam(
            region,
            "AttachGroupPolicy",
            &[
                ("GroupName", "administrators"),
                ("PolicyArn", &administrator),
            ],
        )
        .await?;
    for (name, document) in [
        ("ReadInvoices", INVOICES),
        ("ComplianceEvidenceReadOnly", READ),
    ] {
        client
            .iam(
                region,
                "CreatePolicy",
                &[("PolicyName", name), ("PolicyDocument", document)],
            )
            .await?;
    }
    client
        .iam(
            region,
            "CreateAccountAlias",
            &[("AccountAlias", "made-up-works")],
        )
        .await?;
    client
        .iam(
            region,
            "UpdateAccountPasswordPolicy",
            &[
                ("MinimumPasswordLength", "14"),
                ("RequireSymbols", "true"),
                ("RequireNumbers", "true"),
                ("RequireUppercaseCharacters", "true"),
                ("RequireLowercaseCharacters", "true"),
                ("PasswordReusePrevention", "24"),
            ],
        )
        .await?;
    Ok(())
}

/// One user with everything that belongs to it.
pub(super) async fn make(
    client: &Client,
    region: &str,
    number: usize,
    person: &Person,
) -> Result<(), SeedError> {
    let name = ("UserName", &*person.name);
    client.iam(region, "CreateUser", &[name]).await?;
    let group = GROUPS
        .get(number % GROUPS.len())
        .copied()
        .unwrap_or_default();
    client
        .iam(region, "AddUserToGroup", &[name, ("GroupName", group)])
        .await?;
    if person.console {
        client
            .iam(
                region,
                "CreateLoginProfile",
                &[name, ("Password", "Made-Up-Passw0rd")],
            )
            .await?;
    }
    if person.mfa {
        let device = ("VirtualMFADeviceName", &*person.name);
        client
            .iam(region, "CreateVirtualMFADevice", &[device])
            .await?;
        let serial = format!(
            "arn:{}:iam::{ACCOUNT}:mfa/{}",
            partition(region),
            person.name
        );
        client
            .iam(
                region,
                "EnableMFADevice",
                &[
                    name,
                    ("SerialNumber", &serial),
                    ("AuthenticationCode1", "123456"),
                    ("AuthenticationCode2", "654321"),
                ],
            )
            .await?;
    }
    if person.access_key {
        client.iam(region, "CreateAccessKey", &[name]).await?;
    }
    match number {
        0 => {
            client
                .iam(
                    region,
                    "AddUserToGroup",
                    &[name, ("GroupName", "administrators")],
                )
                .await?;
        }
        1 => {
            let arn = aws_policy(region, "AdministratorAccess");
            client
                .iam(region, "AttachUserPolicy", &[name, ("PolicyArn", &arn)])
                .await?;
        }
        2 => {
            client
                .iam(
                    region,
                    "PutUserPolicy",
                    &[
                        name,
                        ("PolicyName", "everything"),
                        ("PolicyDocument", EVERYTHING),
                    ],
                )
                .await?;
        }
        3 => {
            let arn = own_policy(region, "ReadInvoices");
            client
                .iam(region, "AttachUserPolicy", &[name, ("PolicyArn", &arn)])
                .await?;
        }
        _ => {}
    }
    Ok(())
}

/// The reading user; gives its key.
pub(super) async fn reader(client: &Client, region: &str) -> Result<(String, String), SeedError> {
    let name = ("UserName", READER);
    client.iam(region, "CreateUser", &[name]).await?;
    let arn = own_policy(region, "ComplianceEvidenceReadOnly");
    client
        .iam(region, "AttachUserPolicy", &[name, ("PolicyArn", &arn)])
        .await?;
    let answer = client.iam(region, "CreateAccessKey", &[name]).await?;
    let part = |element: &str| {
        between(&answer, &format!("<{element}>"), &format!("</{element}>")).map(str::to_owned)
    };
    part("AccessKeyId")
        .zip(part("SecretAccessKey"))
        .ok_or_else(|| SeedError::Incomplete {
            what: "CreateAccessKey".to_owned(),
            part: "key",
        })
}

fn aws_policy(region: &str, name: &str) -> String {
    format!("arn:{}:iam::aws:policy/{name}", partition(region))
}

fn own_policy(region: &str, name: &str) -> String {
    format!("arn:{}:iam::{ACCOUNT}:policy/{name}", partition(region))
}
