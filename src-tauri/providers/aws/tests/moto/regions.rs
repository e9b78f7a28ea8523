//! Four regions of a made-up plant: moto, with our emulator before it for what moto lacks.

use crate::support::{connection, gather, judge};
use aws_emulator::{Emulator, Moto, Options, Seed, Seeded};
use evidence::{Outcome, UnknownCode};
use provider_aws::Aws;
use provider_kit::{Gathered, Grant, GrantState, Provider as _, Session};
use std::collections::BTreeMap;

pub(crate) const REGIONS: [&str; 4] = ["us-east-1", "us-east-2", "us-west-1", "us-west-2"];
const GOVCLOUD: [&str; 2] = ["us-gov-west-1", "us-gov-east-1"];

/// Operations that are asked more than once in a region: about each subject of a list, and about own and public copies.
const REPEATED: [&str; 9] = [
    "LookupEvents",
    "DescribeKey",
    "GetKeyRotationStatus",
    "GetKeyPolicy",
    "GetTrailStatus",
    "GetEventSelectors",
    "DescribePolicy",
    "ListTargetsForPolicy",
    "DescribeSnapshots",
];

/// A seeded account and the way to it.
pub(crate) struct Plant {
    pub(crate) emulator: Emulator,
    pub(crate) seeded: Seeded,
    cloud: &'static str,
    // Stopped when dropped.
    _moto: Moto,
}

impl Plant {
    pub(crate) async fn start(users: usize, regions: &[&str]) -> Self {
        let moto = Moto::start().unwrap();
        let seeded = Seed::new(users, regions).run(moto.url()).await.unwrap();
        let mut options = Options::new(moto.url().clone());
        options.regions = regions.iter().map(|region| (*region).to_owned()).collect();
        options.keys = BTreeMap::from([(
            seeded.access_key_id.clone(),
            seeded.secret_access_key.clone(),
        )]);
        Self {
            emulator: Emulator::start(options).unwrap(),
            cloud: if seeded.partition == "aws" {
                "aws"
            } else {
                "aws-us-gov"
            },
            seeded,
            _moto: moto,
        }
    }

    pub(crate) async fn sign_in(&self) -> Box<dyn Session> {
        let (mut connection, _) = connection(
            self.emulator.url(),
            &self.seeded.access_key_id,
            &self.seeded.secret_access_key,
        );
        connection
            .config
            .insert("like".to_owned(), self.cloud.to_owned());
        Aws.sign_in(connection).await.unwrap()
    }

    pub(crate) async fn gather(&self) -> BTreeMap<&'static str, Gathered> {
        gather(self.sign_in().await.as_ref()).await
    }

    pub(crate) fn judge(
        &self,
        gathered: &BTreeMap<&'static str, Gathered>,
    ) -> BTreeMap<&'static str, (Outcome, Vec<String>)> {
        judge(gathered, self.cloud)
    }
}

/// Why a dataset is not whole; `None` where it is.
pub(crate) fn gap(entry: &Gathered) -> Option<evidence::Reason> {
    match entry {
        Gathered::Missing(reason) => Some(reason.clone()),
        Gathered::Snapshot(records) => records.completeness.reason.clone(),
    }
}

/// Every dataset that is not whole, with the reason.
fn gaps(gathered: &BTreeMap<&'static str, Gathered>) -> Vec<String> {
    gathered
        .iter()
        .filter_map(|(id, entry)| Some(format!("{id}: {}", gap(entry)?)))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn four_regions_are_read_whole_and_judged() {
    let plant = Plant::start(25, &REGIONS).await;
    let gathered = plant.gather().await;
    let judged = plant.judge(&gathered);
    use Outcome::{Fail, NotApplicable, Pass, Unknown};
    let expected = [
        ("aws.cloudtrail.multi_region", Pass),
        ("aws.cloudtrail.delivery_ok", Pass),
        ("aws.cloudtrail.validation", Pass),
        ("aws.cloudtrail.kms", Fail),
        ("aws.cloudtrail.cloudwatch", Fail),
        ("aws.cloudtrail.s3_data_events", Unknown),
        ("aws.cloudtrail.tamper_events", Fail),
        ("aws.logs.retention", Fail),
        ("aws.logs.kms", Fail),
        ("aws.logs.alarms", Fail),
        ("aws.config.delivery", Pass),
        ("aws.config.conformance_pack", Pass),
        ("aws.config.rules", Fail),
        ("aws.ssm.managed", Fail),
        ("aws.ssm.patch", Fail),
        ("aws.ssm.public_documents", Pass),
        ("aws.ec2.imdsv2", Fail),
        ("aws.guardduty.enabled", Pass),
        ("aws.guardduty.features", Unknown),
        ("aws.guardduty.high_findings", Fail),
        ("aws.inspector.enabled", Pass),
        ("aws.inspector.findings", Pass),
        ("aws.securityhub.nist_standard", Pass),
        ("aws.vpc.flow_logs", Pass),
        ("aws.vpc.nacl", Fail),
        ("aws.vpc.subnet_auto_public", Fail),
        ("aws.vpn.client_logging", NotApplicable),
        ("aws.elb.tls", Fail),
        ("aws.ebs.default_encryption", Fail),
        ("aws.ebs.no_public_snapshots", Pass),
        ("aws.iam.root_central_mgmt", Pass),
        ("aws.iam.phishing_resistant_mfa", NotApplicable),
        ("aws.iam.no_initial_key", Fail),
        ("aws.iam.password_max_age", NotApplicable),
        ("aws.iam.user_direct_policies", Fail),
        ("aws.iam.privilege_escalation", Pass),
        ("aws.iam.log_admin_restricted", Pass),
        ("aws.iam.role_trust", Fail),
        ("aws.iam.stale_roles", Pass),
        ("aws.iam.server_certs", Fail),
        ("aws.iam.federation", Pass),
        ("aws.access_analyzer.enabled", Pass),
        ("aws.access_analyzer.findings", Fail),
        ("aws.account.security_contact", Pass),
        ("aws.org.member", Pass),
        ("aws.org.region_restriction", Unknown),
        ("aws.cloudtrail.bucket_protected", Fail),
        ("aws.s3.account_pab", Fail),
        ("aws.s3.bucket_public", Fail),
        ("aws.s3.encryption", Fail),
        ("aws.s3.tls_only", Fail),
        ("aws.s3.access_logging", Unknown),
        ("aws.s3.versioning", Fail),
        ("aws.s3.acl_disabled", Fail),
        ("aws.kms.rotation", Fail),
        ("aws.kms.pending_deletion", Fail),
        ("aws.kms.key_policy_public", Pass),
        ("aws.rds.private_encrypted", Fail),
        ("aws.backup.plan", Pass),
        ("aws.config.recorder", Pass),
        ("aws.securityhub.enabled", Pass),
        ("aws.securityhub.findings", Fail),
        ("aws.ebs.volumes_encrypted", Fail),
        ("aws.ec2.public_ip", Fail),
        ("aws.ec2.inventory_approved", Unknown),
        ("aws.iam.admin_mfa", Pass),
        ("aws.iam.aws_admin_attachments", Fail),
        ("aws.iam.no_star_star", Fail),
        ("aws.iam.root_mfa", Pass),
        ("aws.iam.unused_credentials", Pass),
        ("aws.iam.users_authorised", Unknown),
        ("aws.vpc.default_sg", Fail),
    ];
    let others: Vec<String> = expected
        .into_iter()
        .filter(|(check, outcome)| judged[check].0 != *outcome)
        .map(|(check, _)| format!("{check}: {:?}", judged[check]))
        .collect();
    assert!(others.is_empty(), "{others:#?}");
    let gaps = gaps(&gathered);
    assert!(gaps.is_empty(), "{gaps:#?}");
    let Gathered::Snapshot(subscriptions) = &gathered["aws.sns_subscriptions"] else {
        panic!("it was read whole");
    };
    for page in 0..subscriptions.pages.count() {
        let body = subscriptions.pages.body(page).unwrap();
        let body = String::from_utf8_lossy(&body);
        assert!(body.contains("made-up-security"), "{body}");
        assert!(!body.contains("made-up@example.com"), "{body}");
    }
    let open: Vec<String> = REGIONS
        .iter()
        .map(|region| format!("open-ssh ({region})"))
        .collect();
    let mut found = judged["aws.vpc.sg_admin_ports"].1.clone();
    found.sort();
    assert_eq!(found, open, "one in each region");
    assert_eq!(
        judged["aws.s3.bucket_public"].1,
        ["made-up-open-us-west-2"],
        "asked about in its own region"
    );
    let mut without_mfa = judged["aws.iam.console_mfa"].1.clone();
    without_mfa.sort();
    let mut expected = plant.seeded.without_mfa();
    expected.sort_unstable();
    assert_eq!(without_mfa, expected);
    let requests = plant.emulator.requests();
    let asked: Vec<String> = requests
        .iter()
        .filter(|request| !REPEATED.contains(&request.operation.as_str()))
        .map(|request| format!("{} {}@{}", request.call(), request.path, request.region))
        .collect();
    let unique: std::collections::BTreeSet<&String> = asked.iter().collect();
    // The second user page of none; signing in reads the alias that is evidence too, and the report is asked for until
    // it is there.
    assert!(
        asked.len() <= unique.len() + 5,
        "{} for {}: {:#?}",
        asked.len(),
        unique.len(),
        asked
            .iter()
            .filter(|one| asked.iter().filter(|other| other == one).count() > 1)
            .collect::<Vec<_>>()
    );
    // "There is none" is an answer of S3.
    let refused: Vec<_> = requests
        .iter()
        .filter(|request| request.status >= 400)
        .filter(|request| (request.service.as_str(), request.status) != ("s3", 404))
        .collect();
    assert!(refused.is_empty(), "{refused:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn govcloud_is_read_with_its_own_partition_and_home() {
    let plant = Plant::start(3, &GOVCLOUD).await;
    let session = plant.sign_in().await;
    let gathered = gather(session.as_ref()).await;
    let gaps = gaps(&gathered);
    assert!(gaps.is_empty(), "{gaps:#?}");
    let judged = plant.judge(&gathered);
    assert_eq!(judged["aws.iam.root_mfa"].0, Outcome::NotApplicable);
    assert!(
        plant
            .emulator
            .requests()
            .iter()
            .all(|request| request.region.starts_with("us-gov-"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_part_is_unknown_and_named_and_what_fails_elsewhere_still_fails() {
    let plant = Plant::start(3, &REGIONS).await;
    plant
        .emulator
        .deny("ec2:DescribeSecurityGroups", Some("us-west-1"));
    plant
        .emulator
        .deny("config:DescribeConfigurationRecorders", Some("us-east-2"));
    plant.emulator.deny("cloudtrail:GetTrailStatus", None);
    plant.emulator.region_not_enabled("us-west-2");
    let session = plant.sign_in().await;
    let gathered = gather(session.as_ref()).await;
    let groups = gap(&gathered["aws.ec2_security_groups"]).unwrap();
    assert_eq!(groups.code, UnknownCode::PermissionMissing);
    for named in ["us-west-1", "us-west-2", "ec2:DescribeSecurityGroups"] {
        assert!(groups.detail.contains(named), "{groups}");
    }
    let judged = plant.judge(&gathered);
    assert_eq!(judged["aws.vpc.sg_admin_ports"].0, Outcome::Fail);
    assert_eq!(judged["aws.config.recorder"].0, Outcome::Unknown);
    assert_eq!(judged["aws.cloudtrail.multi_region"].0, Outcome::Unknown);
    let grants: Vec<Grant> = session.grants().await.unwrap();
    let state = |name: &str| {
        grants
            .iter()
            .find(|grant| grant.permission == name)
            .unwrap()
            .state
    };
    assert_eq!(state("cloudtrail:GetTrailStatus"), GrantState::Missing);
    // It is denied in one region only; the home region is what is tried.
    assert_eq!(state("ec2:DescribeSecurityGroups"), GrantState::Granted);
}
