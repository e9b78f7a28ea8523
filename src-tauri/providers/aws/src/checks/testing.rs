//! Makes what a check looks at from rows, so that a test can break exactly one thing.
#![allow(clippy::unwrap_used)]

use crate::datasets;
use base64::{Engine, engine::general_purpose::STANDARD};
use evidence::{Completeness, Digest, Outcome, Reason, Timestamp, UnknownCode};
use provider_kit::{
    Check, Collected, Dataset, Gathered, Manifest, Origin, Parameters, Records, Verdict,
    conformance,
};
use serde_json::Value;
use std::{collections::BTreeMap, sync::Arc};

/// Everything collected of an account, at a fixed time.
pub struct Account {
    datasets: BTreeMap<&'static str, Gathered>,
    parameters: BTreeMap<String, Value>,
    cloud: &'static str,
}

const NOW: &str = "2026-11-23T09:00:00Z";

impl Account {
    /// Nothing collected yet; parameters at their defaults.
    pub fn new() -> Self {
        let manifest = Manifest::parse(include_str!("../../provider.toml")).unwrap();
        let parameters = manifest
            .parameters
            .into_iter()
            .map(|parameter| (parameter.key, parameter.default))
            .collect();
        Self {
            datasets: BTreeMap::new(),
            parameters,
            cloud: "aws",
        }
    }

    /// The fixtures of a case.
    pub fn case(name: &str) -> Self {
        let cases = conformance::load(&crate::PROVIDER, env!("CARGO_MANIFEST_DIR")).unwrap();
        let case = cases.into_iter().find(|case| case.name == name).unwrap();
        let mut account = Self::new();
        account.parameters.extend(case.parameters.clone());
        account.datasets = case.gathered(&crate::PROVIDER);
        account
    }

    /// With this page as all of a dataset.
    pub fn page(self, dataset: &'static Dataset, body: Vec<u8>) -> Self {
        self.part(dataset, body, Completeness::complete())
    }

    /// With these pages, each of a region, as all of a dataset.
    pub fn regions(self, dataset: &'static Dataset, pages: &[(&str, &str)]) -> Self {
        let pages = pages
            .iter()
            .map(|(region, body)| (origin(200, region, None), body.as_bytes().to_vec()))
            .collect();
        self.pages(dataset, pages, Completeness::complete())
    }

    /// With these pages of a dataset, which is as complete as this says.
    pub fn pages(
        mut self,
        dataset: &'static Dataset,
        pages: Vec<(Origin, Vec<u8>)>,
        completeness: Completeness,
    ) -> Self {
        let records = Records {
            dataset,
            snapshot: Digest::of_parts(pages.iter().map(|(_, body)| body.as_slice())),
            pages: Arc::new(pages),
            completeness,
            collected_at: now(),
        };
        self.datasets
            .insert(dataset.id, Gathered::Snapshot(records));
        self
    }

    /// With this page as a part of a dataset.
    pub fn part(
        self,
        dataset: &'static Dataset,
        body: Vec<u8>,
        completeness: Completeness,
    ) -> Self {
        self.pages(dataset, vec![(Origin::default(), body)], completeness)
    }

    /// With a refused dataset.
    pub fn without(mut self, dataset: &'static Dataset) -> Self {
        let reason = Reason::new(UnknownCode::PermissionMissing, "refused");
        self.datasets.insert(dataset.id, Gathered::Missing(reason));
        self
    }

    /// With this parameter.
    pub fn with(mut self, key: &str, value: Value) -> Self {
        self.parameters.insert(key.to_owned(), value);
        self
    }

    /// In this cloud.
    pub fn in_cloud(mut self, cloud: &'static str) -> Self {
        self.cloud = cloud;
        self
    }

    /// With a credential report of these columns and rows; root's comes first, as AWS writes it, unless it is given.
    pub fn report(self, columns: &str, rows: &[&str]) -> Self {
        let body = report(columns, &with_root(columns, rows));
        self.page(&datasets::CREDENTIAL_REPORT, body)
    }

    /// With half of such a report.
    pub fn half_report(self, columns: &str, rows: &[&str]) -> Self {
        let half = Completeness::partial(Reason::new(UnknownCode::Partial, "half"));
        let body = report(columns, &with_root(columns, rows));
        self.part(&datasets::CREDENTIAL_REPORT, body, half)
    }

    /// With a credential report that lacks root's row.
    pub fn rootless_report(self, columns: &str, rows: &[&str]) -> Self {
        let rows: Vec<String> = rows.iter().map(|row| (*row).to_owned()).collect();
        self.page(&datasets::CREDENTIAL_REPORT, report(columns, &rows))
    }

    /// With an account summary of these figures.
    pub fn summary(self, figures: &[(&str, i64)]) -> Self {
        let entries: String = figures
            .iter()
            .map(|(key, value)| format!("<entry><key>{key}</key><value>{value}</value></entry>"))
            .collect();
        self.page(
            &datasets::ACCOUNT_SUMMARY,
            format!(
                "<GetAccountSummaryResponse><GetAccountSummaryResult><SummaryMap>{entries}</SummaryMap>\
                 </GetAccountSummaryResult></GetAccountSummaryResponse>"
            )
            .into_bytes(),
        )
    }

    /// With a password policy of these elements.
    pub fn policy(self, elements: &str) -> Self {
        self.page(
            &datasets::PASSWORD_POLICY,
            format!(
                "<GetAccountPasswordPolicyResponse><GetAccountPasswordPolicyResult><PasswordPolicy>{elements}</PasswordPolicy>\
                 </GetAccountPasswordPolicyResult></GetAccountPasswordPolicyResponse>"
            )
            .into_bytes(),
        )
    }

    /// What a check says.
    pub fn judge(&self, check: &Check) -> Verdict {
        let parameters = Parameters::new(self.parameters.clone());
        let collected = Collected {
            datasets: &self.datasets,
            parameters: &parameters,
            now: now(),
            cloud: self.cloud,
        };
        let verdict = (check.evaluate)(&collected);
        assert!(
            parameters
                .used()
                .keys()
                .all(|key| check.parameters.contains(&key.as_str())),
            "it reads only declared parameters"
        );
        assert_eq!(
            verdict.reason.is_some(),
            verdict.outcome == Outcome::Unknown
        );
        verdict
    }

    /// The outcome, and the names of the listed resources.
    pub fn outcome(&self, check: &Check) -> (Outcome, Vec<String>) {
        let verdict = self.judge(check);
        (
            verdict.outcome,
            verdict
                .resources
                .into_iter()
                .map(|resource| resource.name)
                .collect(),
        )
    }
}

/// Where a page came from.
pub fn origin(status: u16, region: &str, subject: Option<&str>) -> Origin {
    Origin {
        status,
        place: Some(region.to_owned()),
        subject: subject.map(str::to_owned),
    }
}

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn with_root(columns: &str, rows: &[&str]) -> Vec<String> {
    let root: Vec<&str> = columns
        .split(',')
        .map(|column| match column {
            "user" => datasets::ROOT,
            "arn" => "arn:aws:iam::123456789012:root",
            "password_enabled" | "mfa_active" => "true",
            active if active.ends_with("_active") => "false",
            _ => "N/A",
        })
        .collect();
    let given = rows.iter().any(|row| row.starts_with(datasets::ROOT));
    let root = (!given).then(|| root.join(","));
    root.into_iter()
        .chain(rows.iter().map(|row| (*row).to_owned()))
        .collect()
}

fn report(columns: &str, rows: &[String]) -> Vec<u8> {
    let table = format!("{columns}\n{}\n", rows.join("\n"));
    format!(
        "<GetCredentialReportResponse><GetCredentialReportResult><Content>{}</Content></GetCredentialReportResult>\
         </GetCredentialReportResponse>",
        STANDARD.encode(table)
    )
    .into_bytes()
}

/// Every check is unknown, with the reason given, when any of its datasets was refused.
pub fn refused_is_unknown(check: &'static Check, dataset: &'static Dataset) {
    let verdict = Account::case("good").without(dataset).judge(check);
    assert_eq!(
        verdict.outcome,
        Outcome::Unknown,
        "{} without {}",
        check.id,
        dataset.id
    );
    assert_eq!(verdict.reason.unwrap().code, UnknownCode::PermissionMissing);
}

/// The whole table of the two fixture cases.
#[test]
fn the_fixture_cases_give_what_they_are_made_for() {
    use Outcome::{Fail, Pass};
    for check in super::ALL {
        let account = Account::case("good").with(
            "aws.authorised_users",
            serde_json::json!(["Avery", "blake"]),
        );
        assert_eq!(
            account.outcome(check),
            (Pass, vec![]),
            "{} on the good case",
            check.id
        );
    }
    let mixed = Account::case("mixed");
    let failing: BTreeMap<&str, Vec<String>> = super::ALL
        .iter()
        .filter_map(|check| {
            let (outcome, names) = mixed.outcome(check);
            (outcome == Fail).then_some((check.id, names))
        })
        .collect();
    let expected: Vec<(&str, &[&str])> = vec![
        ("aws.iam.root_mfa", &["root user"]),
        ("aws.iam.root_no_access_keys", &["root user"]),
        ("aws.iam.root_not_used", &["root user"]),
        ("aws.iam.console_mfa", &["blake"]),
        ("aws.iam.admin_mfa", &["blake", "casey", "deploy-bot"]),
        (
            "aws.iam.no_star_star",
            &[
                "old-everything",
                "build-runner, inline policy runner",
                "casey, inline policy legacy-reports",
            ],
        ),
        (
            "aws.iam.aws_admin_attachments",
            &["people with AdministratorAccess", "deploy-bot"],
        ),
        (
            "aws.iam.key_rotation",
            &[
                "casey, access key 1",
                "deploy-bot, access key 1",
                "deploy-bot, access key 2",
            ],
        ),
        ("aws.iam.unused_credentials", &["casey"]),
        ("aws.iam.one_active_key", &["deploy-bot"]),
        ("aws.iam.root_central_mgmt", &["organization"]),
        ("aws.iam.phishing_resistant_mfa", &["avery", "casey"]),
        ("aws.iam.no_initial_key", &["casey"]),
        ("aws.iam.password_max_age", &["password policy"]),
        ("aws.iam.user_direct_policies", &["casey", "deploy-bot"]),
        (
            "aws.iam.privilege_escalation",
            &[
                "identity-desk, inline policy identity",
                "casey, inline policy legacy-reports",
            ],
        ),
        (
            "aws.iam.log_admin_restricted",
            &[
                "identity-desk, inline policy log-desk",
                "casey, inline policy legacy-reports",
            ],
        ),
        ("aws.iam.role_trust", &["partner-access"]),
        ("aws.iam.server_certs", &["old-shop"]),
        ("aws.access_analyzer.enabled", &["us-west-2"]),
        (
            "aws.access_analyzer.findings",
            &[
                "arn:aws:s3:::example-shop-orders (us-east-1)",
                "arn:aws:iam::123456789012:role/partner-access (us-east-1)",
            ],
        ),
        ("aws.account.security_contact", &["security contact"]),
        ("aws.org.member", &["organization"]),
        ("aws.org.region_restriction", &["organization"]),
        ("aws.iam.password_length", &["password policy"]),
        ("aws.iam.password_complexity", &["password policy"]),
        ("aws.iam.password_reuse", &["password policy"]),
        ("aws.cloudtrail.multi_region", &["company", "plant"]),
        ("aws.cloudtrail.delivery_ok", &["company"]),
        ("aws.cloudtrail.validation", &["company"]),
        ("aws.cloudtrail.kms", &["company", "plant"]),
        ("aws.cloudtrail.cloudwatch", &["company", "plant"]),
        ("aws.cloudtrail.s3_data_events", &["plant-drawings"]),
        (
            "aws.cloudtrail.tamper_events",
            &["UpdateTrail (us-east-1)", "StopLogging (us-west-2)"],
        ),
        ("aws.logs.retention", &["/plant/app (us-east-1)"]),
        ("aws.logs.kms", &["/plant/app (us-east-1)"]),
        (
            "aws.logs.alarms",
            &[
                "changes to AWS Config",
                "changes to CloudTrail",
                "changes to IAM policies",
                "changes to network ACLs",
                "changes to network gateways",
                "changes to networks",
                "changes to policies of S3 buckets",
                "changes to route tables",
                "changes to security groups",
                "changes to the organization",
                "disabling and deletion of KMS keys",
                "failed sign-in to the console",
                "refused calls",
                "sign-in to the console without MFA",
                "use of the root user",
            ],
        ),
        ("aws.config.delivery", &["us-east-1"]),
        ("aws.config.conformance_pack", &["CMMC-level-2 (us-east-1)"]),
        ("aws.config.rules", &["root-account-mfa (us-east-1)"]),
        (
            "aws.ssm.managed",
            &["files-1 (us-east-1)", "lab-1 (us-west-2)"],
        ),
        (
            "aws.ssm.patch",
            &["jump-host (us-east-1)", "files-1 (us-east-1)"],
        ),
        ("aws.ssm.public_documents", &["plant-setup (us-east-1)"]),
        ("aws.ec2.imdsv2", &["lab-1 (us-west-2)"]),
        ("aws.guardduty.enabled", &["us-west-2"]),
        ("aws.guardduty.features", &["detector (us-east-1)"]),
        (
            "aws.guardduty.high_findings",
            &["A key of deploy-bot was used from an odd place. (us-east-1)"],
        ),
        ("aws.inspector.enabled", &["us-west-2"]),
        (
            "aws.inspector.findings",
            &["CVE-2026-00001 - made-up package: i-0b10000000000000a (us-east-1)"],
        ),
        ("aws.securityhub.nist_standard", &["us-east-1"]),
        (
            "aws.vpc.nacl",
            &[
                "acl-0b10000000000000a (us-east-1)",
                "acl-0b20000000000000a (us-west-2)",
            ],
        ),
        (
            "aws.vpc.flow_logs",
            &[
                "vpc-0b10000000000000a (us-east-1)",
                "vpc-0b20000000000000a (us-west-2)",
            ],
        ),
        ("aws.vpc.subnet_auto_public", &["everything (us-east-1)"]),
        (
            "aws.vpn.client_logging",
            &["cvpn-endpoint-0b10000000000000a (us-east-1)"],
        ),
        (
            "aws.elb.tls",
            &["shop, port 443 (us-east-1)", "shop, port 80 (us-east-1)"],
        ),
        ("aws.ebs.default_encryption", &["us-west-2"]),
        (
            "aws.ebs.no_public_snapshots",
            &[
                "demo-kit (us-east-1)",
                "snap-0b10000000000000c (us-east-1)",
                "us-east-1",
            ],
        ),
        ("aws.config.recorder", &["global resources", "us-west-2"]),
        ("aws.securityhub.enabled", &["us-west-2"]),
        (
            "aws.securityhub.findings",
            &[
                "IAM.7: Password policies for IAM users should have strong configurations",
                "CloudTrail.2: CloudTrail should have encryption at-rest enabled",
                "S3.8: S3 general purpose buckets should block public access",
            ],
        ),
        (
            "aws.vpc.sg_admin_ports",
            &["remote-desktop (us-east-1)", "lab (us-west-2)"],
        ),
        ("aws.vpc.default_sg", &["default (us-east-1)"]),
        (
            "aws.ec2.public_ip",
            &["jump-host (us-east-1)", "lab-1 (us-west-2)"],
        ),
        (
            "aws.ebs.volumes_encrypted",
            &[
                "before the move (us-east-1)",
                "files-1 (us-east-1)",
                "vol-0b20000000000000a (us-west-2)",
            ],
        ),
        (
            "aws.cloudtrail.bucket_protected",
            &["company-cloudtrail-logs", "plant-cloudtrail-logs"],
        ),
        ("aws.s3.account_pab", &["public access block"]),
        ("aws.s3.bucket_public", &["plant-drawings"]),
        ("aws.s3.encryption", &["plant-drawings"]),
        ("aws.s3.tls_only", &["plant-drawings"]),
        ("aws.s3.access_logging", &["plant-drawings"]),
        (
            "aws.s3.versioning",
            &["company-cloudtrail-logs", "plant-drawings"],
        ),
        (
            "aws.s3.acl_disabled",
            &["company-cloudtrail-logs", "plant-drawings"],
        ),
        (
            "aws.kms.rotation",
            &["Files, 0a1b2c3d-1111-4222-8333-444455556666 (us-east-1)"],
        ),
        (
            "aws.kms.pending_deletion",
            &["Old archive, 0a1b2c3d-2222-4222-8333-444455556666 (us-east-1)"],
        ),
        (
            "aws.kms.key_policy_public",
            &["Files, 0a1b2c3d-1111-4222-8333-444455556666 (us-east-1)"],
        ),
        (
            "aws.rds.private_encrypted",
            &[
                "orders (us-east-1)",
                "orders-export (us-east-1)",
                "plant (us-east-1)",
                "plant-old (us-east-1)",
            ],
        ),
        ("aws.backup.plan", &["files-1 (us-east-1)", "plan"]),
    ];
    let expected: BTreeMap<&str, Vec<String>> = expected
        .iter()
        .map(|(id, names)| (*id, names.iter().map(|name| (*name).to_owned()).collect()))
        .collect();
    assert_eq!(failing, expected);
}
