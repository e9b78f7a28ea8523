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
            &["deploy-bot, access key 1", "deploy-bot, access key 2"],
        ),
        ("aws.iam.unused_credentials", &["casey"]),
        ("aws.iam.one_active_key", &["deploy-bot"]),
        ("aws.iam.password_length", &["password policy"]),
        ("aws.iam.password_complexity", &["password policy"]),
        ("aws.iam.password_reuse", &["password policy"]),
        ("aws.cloudtrail.multi_region", &["company", "plant"]),
        ("aws.cloudtrail.delivery_ok", &["company"]),
        ("aws.cloudtrail.validation", &["company"]),
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
    ];
    let expected: BTreeMap<&str, Vec<String>> = expected
        .iter()
        .map(|(id, names)| (*id, names.iter().map(|name| (*name).to_owned()).collect()))
        .collect();
    assert_eq!(failing, expected);
}
