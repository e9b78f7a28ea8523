//! Four regions of a made-up plant: moto, with our emulator before it for what moto lacks.

use crate::support::{connection, gather, judge};
use aws_emulator::{Emulator, Moto, Options, Seed, Seeded};
use evidence::{Outcome, UnknownCode};
use provider_aws::Aws;
use provider_kit::{Gathered, Grant, GrantState, Provider as _, Session};
use std::collections::BTreeMap;

pub(crate) const REGIONS: [&str; 4] = ["us-east-1", "us-east-2", "us-west-1", "us-west-2"];
const GOVCLOUD: [&str; 2] = ["us-gov-west-1", "us-gov-east-1"];

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

#[tokio::test(flavor = "multi_thread")]
async fn four_regions_are_read_whole_and_judged() {
    let plant = Plant::start(25, &REGIONS).await;
    let gathered = plant.gather().await;
    for (id, entry) in &gathered {
        assert_eq!(gap(entry), None, "{id}");
    }
    let judged = plant.judge(&gathered);
    use Outcome::{Fail, Pass, Unknown};
    for (check, outcome) in [
        ("aws.cloudtrail.multi_region", Pass),
        ("aws.cloudtrail.delivery_ok", Pass),
        ("aws.cloudtrail.validation", Pass),
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
    ] {
        assert_eq!(judged[check].0, outcome, "{check}: {:?}", judged[check].1);
    }
    let open: Vec<String> = REGIONS
        .iter()
        .map(|region| format!("open-ssh ({region})"))
        .collect();
    let mut found = judged["aws.vpc.sg_admin_ports"].1.clone();
    found.sort();
    assert_eq!(found, open, "one in each region");
    let mut without_mfa = judged["aws.iam.console_mfa"].1.clone();
    without_mfa.sort();
    let mut expected = plant.seeded.without_mfa();
    expected.sort_unstable();
    assert_eq!(without_mfa, expected);
    let requests = plant.emulator.requests();
    let unique: std::collections::BTreeSet<String> = requests
        .iter()
        .filter(|request| request.operation != "LookupEvents")
        .map(|request| format!("{}@{}", request.call(), request.region))
        .collect();
    let others = requests
        .iter()
        .filter(|request| request.operation != "LookupEvents")
        .count();
    // The second trail's status and selectors, the second user page of none; signing in reads the alias that is
    // evidence too, and the report is asked for until it is there.
    assert!(others <= unique.len() + 5, "{others} for {}", unique.len());
    assert!(
        requests.iter().all(|request| request.status < 400),
        "{requests:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn govcloud_is_read_with_its_own_partition_and_home() {
    let plant = Plant::start(3, &GOVCLOUD).await;
    let session = plant.sign_in().await;
    let gathered = gather(session.as_ref()).await;
    for (id, entry) in &gathered {
        assert_eq!(gap(entry), None, "{id}");
    }
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
