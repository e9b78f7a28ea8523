//! A whole made-up account, and what moto and the emulator say about it.

use aws_emulator::{Options, RootMfa, RootUser, Seed, compliance_of};
use base64::Engine as _;

use super::{Bench, elements, told};

const REGIONS: [&str; 4] = ["us-east-1", "us-east-2", "us-west-1", "us-west-2"];

fn four(options: &mut Options) {
    options.regions = REGIONS.map(str::to_owned).to_vec();
    options.page_size = Some(4);
}

#[tokio::test]
async fn an_account_of_25_users_in_four_regions() {
    let mut bench = Bench::new(four);
    let mut seed = Seed::new(25, &REGIONS);
    seed.without_security_hub = vec!["us-west-2".to_owned()];
    seed.without_config = vec!["us-west-2".to_owned()];
    let seeded = seed.run(bench.moto().url()).await.unwrap();
    assert_eq!(
        (seeded.people.len(), &*seeded.partition, &*seeded.home),
        (24, "aws", "us-east-1")
    );
    // From here on the key, its signature and its permissions count, in both moto and the emulator.
    bench.moto().enforce_permissions().await.unwrap();
    bench
        .emulator
        .add_key(&seeded.access_key_id, &seeded.secret_access_key);
    bench.key = (
        seeded.access_key_id.clone(),
        seeded.secret_access_key.clone(),
    );

    let (status, _, users) = bench.iam("Action=ListUsers&MaxItems=1000").await;
    assert_eq!(
        (status, elements(&users, "UserName").len()),
        (200, 25),
        "{users}"
    );
    let (_, _, told) = bench
        .iam("Action=GetAccountAuthorizationDetails&Filter.member.1=User")
        .await;
    assert!(told.contains("policy/AdministratorAccess"), "{told}");
    let (_, _, told) = bench
        .iam("Action=GetLoginProfile&UserName=person0000")
        .await;
    assert!(told.contains("person0000"), "{told}");
    let (status, _, denied) = bench.iam("Action=DeleteUser&UserName=person0000").await;
    assert_eq!(status, 403, "moto enforces the reading policy: {denied}");

    let (status, _, told) = bench.iam("Action=ListOrganizationsFeatures").await;
    assert!(
        status == 200 && told.contains("RootCredentialsManagement"),
        "moto has an organization: {told}"
    );
    let (_, _, told) = bench.iam("Action=ListServerCertificates").await;
    assert_eq!(elements(&told, "ServerCertificateName"), ["made-up-shop"]);
    let asked = r#"{"AlternateContactType":"SECURITY"}"#;
    let (status, told) = bench
        .rest(
            "account",
            "us-east-1",
            "POST",
            "/getAlternateContact",
            asked,
        )
        .await;
    assert!(
        status == 200 && told["AlternateContact"]["EmailAddress"].is_string(),
        "{told}"
    );

    bench.iam("Action=GenerateCredentialReport").await;
    let report = report(&bench).await;
    assert_eq!(report.len(), 1 + 1 + 25, "header, root, users");
    let with_mfa = seeded.people.iter().filter(|person| person.mfa).count();
    let reported = report[2..].iter().filter(|row| row[7] == "true").count();
    assert_eq!(reported, with_mfa);

    let columns = ["password_enabled", "mfa_active"]
        .map(|name| report[0].iter().position(|have| have == name).unwrap());
    let mut without: Vec<&str> = report[2..]
        .iter()
        .filter(|row| row[columns[0]] == "true" && row[columns[1]] == "false")
        .map(|row| &*row[0])
        .collect();
    without.sort_unstable();
    assert_eq!(without, seeded.without_mfa());
    assert_eq!(
        seeded.administrators(),
        ["person0000", "person0001", "person0002"]
    );
    let (status, hub) = bench
        .rest("securityhub", "us-east-1", "GET", "/accounts", "")
        .await;
    assert_eq!(status, 200, "moto can verify it: {hub}");

    let (_, _, regions) = bench.ec2("us-west-1", "Action=DescribeRegions").await;
    assert_eq!(elements(&regions, "regionName"), REGIONS);
    for region in REGIONS {
        let (_, _, groups) = bench.ec2(region, "Action=DescribeSecurityGroups").await;
        assert!(
            groups.contains("open-ssh") && groups.contains("203.0.113.0/24"),
            "{groups}"
        );
        let (_, _, volumes) = bench.ec2(region, "Action=DescribeVolumes").await;
        for encrypted in ["true", "false"] {
            assert!(
                volumes.contains(&format!("<encrypted>{encrypted}</encrypted>")),
                "{volumes}"
            );
        }
        let (_, _, snapshots) = bench
            .ec2(region, "Action=DescribeSnapshots&Owner.1=self")
            .await;
        assert!(elements(&snapshots, "snapshotId").len() >= 2, "{snapshots}");
        let (_, _, instances) = bench.ec2(region, "Action=DescribeInstances").await;
        assert!(
            instances.contains("<publicIp>") || instances.contains("<ipAddress>"),
            "{instances}"
        );
        let (_, _, flows) = bench.ec2(region, "Action=DescribeFlowLogs").await;
        assert_eq!(elements(&flows, "flowLogStatus"), ["ACTIVE"]);
        let (_, trails) = bench
            .target("cloudtrail", region, "DescribeTrails", "{}")
            .await;
        let expected = if region == "us-east-1" { 2 } else { 1 };
        assert_eq!(
            trails["trailList"].as_array().unwrap().len(),
            expected,
            "{trails}"
        );
    }
    let (_, status) = bench
        .target(
            "config",
            "us-east-2",
            "DescribeConfigurationRecorderStatus",
            "{}",
        )
        .await;
    assert_eq!(
        status["ConfigurationRecordersStatus"][0]["recording"], true,
        "{status}"
    );

    buckets_say_where_they_are(&bench).await;
    rules_are_judged(&bench).await;
    findings_need_the_hub_and_are_filtered(&bench).await;
    assert!(bench.emulator.peak_concurrency() >= 1);
}

async fn buckets_say_where_they_are(bench: &Bench) {
    let get = |region: &'static str, path: &'static str| {
        told(bench.signed("s3", region, "GET", path, "", &[]))
    };
    let (status, _, listed) = get("us-east-1", "/?max-buckets=1000").await;
    assert_eq!(status, 200, "moto can verify it: {listed}");
    let places: Vec<(String, String)> = elements(&listed, "Name")
        .into_iter()
        .zip(elements(&listed, "BucketRegion"))
        .collect();
    assert_eq!(places.len(), 4, "{listed}");
    for (name, region) in [
        ("made-up-drawings-us-east-1", "us-east-1"),
        ("made-up-open-us-west-2", "us-west-2"),
    ] {
        let place = (name.to_owned(), region.to_owned());
        assert!(places.contains(&place), "{places:?}");
    }
    let (_, _, silent) = get("us-east-1", "/").await;
    assert!(
        !silent.contains("BucketRegion"),
        "AWS tells only those who ask with an argument"
    );
    let (_, _, versions) = get("us-east-1", "/made-up-drawings-us-east-1?versioning=").await;
    assert!(
        versions.contains("<VersioningConfiguration") && versions.contains("Enabled"),
        "{versions}"
    );
}

async fn rules_are_judged(bench: &Bench) {
    let mut names = Vec::new();
    let mut body = "{}".to_owned();
    loop {
        let (status, page) = bench
            .target(
                "config",
                "us-east-1",
                "DescribeComplianceByConfigRule",
                &body,
            )
            .await;
        assert_eq!(status, 200, "{page}");
        for rule in page["ComplianceByConfigRules"].as_array().unwrap() {
            let name = rule["ConfigRuleName"].as_str().unwrap();
            assert_eq!(
                rule["Compliance"]["ComplianceType"],
                compliance_of(name).word()
            );
            names.push(name.to_owned());
        }
        let Some(token) = page["NextToken"].as_str() else {
            break;
        };
        body = format!(r#"{{"NextToken":"{token}"}}"#);
    }
    assert_eq!(names.len(), 6, "two pages of at most four");
    let (status, refused) = bench
        .target(
            "config",
            "us-east-1",
            "DescribeComplianceByConfigRule",
            r#"{"ConfigRuleNames":["no-such-rule"]}"#,
        )
        .await;
    assert_eq!(
        (status, &refused["__type"]),
        (400, &"NoSuchConfigRuleException".into())
    );
    let (_, empty) = bench
        .target(
            "config",
            "us-west-2",
            "DescribeComplianceByConfigRule",
            "{}",
        )
        .await;
    assert_eq!(
        empty["ComplianceByConfigRules"].as_array().unwrap().len(),
        0
    );
}

async fn findings_need_the_hub_and_are_filtered(bench: &Bench) {
    let findings = async |region: &str, filters: &str| {
        let body = format!(r#"{{"MaxResults":100,"Filters":{filters}}}"#);
        bench
            .rest("securityhub", region, "POST", "/findings", &body)
            .await
    };
    let (status, all) = findings("us-east-2", "{}").await;
    assert_eq!(
        (status, all["Findings"].as_array().unwrap().len()),
        (200, 4),
        "{all}"
    );
    assert_eq!(
        all["Findings"][0]["Compliance"]["RelatedRequirements"][0],
        "NIST.800-171.r2 3.5.3"
    );
    let filters = r#"{"ComplianceStatus":[{"Value":"FAILED","Comparison":"EQUALS"}],
        "ComplianceAssociatedStandardsId":[{"Value":"standards/nist-800-171/v/2.0.0","Comparison":"EQUALS"}],
        "WorkflowStatus":[{"Value":"NEW","Comparison":"EQUALS"},{"Value":"NOTIFIED","Comparison":"EQUALS"}]}"#;
    let (_, failed) = findings("us-east-2", filters).await;
    assert_eq!(failed["Findings"].as_array().unwrap().len(), 3, "{failed}");
    let (status, refused) = findings("us-west-2", "{}").await;
    assert_eq!(status, 401);
    assert!(
        refused["Message"]
            .as_str()
            .unwrap()
            .contains("not subscribed")
    );
    let (status, standards) = bench
        .rest("securityhub", "us-east-1", "POST", "/standards/get", "{}")
        .await;
    let arn = standards["StandardsSubscriptions"][0]["StandardsArn"]
        .as_str()
        .unwrap();
    assert_eq!(
        (status, arn),
        (
            200,
            "arn:aws:securityhub:us-east-1::standards/nist-800-171/v/2.0.0"
        )
    );
    let (status, _) = bench
        .rest("securityhub", "us-west-2", "POST", "/standards/get", "{}")
        .await;
    assert_eq!(status, 401);
}

/// The report's rows as fields.
async fn report(bench: &Bench) -> Vec<Vec<String>> {
    let (status, _, told) = bench.iam("Action=GetCredentialReport").await;
    assert_eq!(status, 200, "{told}");
    let made = elements(&told, "GeneratedTime").remove(0);
    assert!(made.as_str() > "2026", "{made}");
    let content = elements(&told, "Content").remove(0);
    let csv = base64::engine::general_purpose::STANDARD
        .decode(content)
        .unwrap();
    let csv = String::from_utf8(csv).unwrap();
    csv.lines()
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect()
}

#[tokio::test]
async fn the_root_user_is_shown_and_the_same_everywhere() {
    let bench = Bench::new(|_| {});
    bench.iam("Action=GenerateCredentialReport").await;
    let summary = async |key: &str| {
        let (_, _, told) = bench.iam("Action=GetAccountSummary").await;
        let (_, rest) = told.split_once(&format!("<key>{key}</key>")).unwrap();
        elements(rest, "value").remove(0)
    };
    for (mfa, keys, active) in [
        (RootMfa::Hardware, 0, "true"),
        (RootMfa::Virtual, 2, "true"),
        (RootMfa::None, 1, "false"),
    ] {
        bench.emulator.set_root(RootUser {
            mfa,
            access_keys: keys,
            ..RootUser::default()
        });
        let rows = report(&bench).await;
        let root = &rows[1];
        assert_eq!(rows[0].len(), root.len());
        assert_eq!(
            (&*root[0], &*root[1]),
            ("<root_account>", "arn:aws:iam::123456789012:root")
        );
        let column = |name: &str| &root[rows[0].iter().position(|have| have == name).unwrap()];
        assert_eq!(column("mfa_active"), active);
        assert_eq!(column("access_key_1_active"), &(keys >= 1).to_string());
        assert_eq!(column("access_key_2_active"), &(keys >= 2).to_string());
        assert_eq!(
            summary("AccountMFAEnabled").await,
            if active == "true" { "1" } else { "0" }
        );
        assert_eq!(
            summary("AccountAccessKeysPresent").await,
            keys.min(1).to_string()
        );
        let (_, _, devices) = bench
            .iam("Action=ListVirtualMFADevices&AssignmentStatus=Assigned")
            .await;
        assert_eq!(
            devices.contains("root-account-mfa-device"),
            mfa == RootMfa::Virtual,
            "{devices}"
        );
    }
    bench.emulator.set_root(RootUser {
        in_report: false,
        ..RootUser::default()
    });
    assert_eq!(report(&bench).await.len(), 1, "as moto itself");
}

#[tokio::test]
async fn govcloud_has_its_own_partition_and_regions() {
    let bench = Bench::new(|_| {});
    let seeded = Seed::new(4, &["us-gov-west-1", "us-gov-east-1"])
        .run(bench.moto().url())
        .await
        .unwrap();
    assert_eq!(
        (&*seeded.partition, &*seeded.home),
        ("aws-us-gov", "us-gov-west-1")
    );
    let (_, _, regions) = bench.ec2("us-gov-west-1", "Action=DescribeRegions").await;
    assert_eq!(
        elements(&regions, "regionName"),
        ["us-gov-west-1", "us-gov-east-1"]
    );
    let (_, _, who) = bench.sts("us-gov-west-1").await;
    assert!(who.contains("arn:aws-us-gov:"), "{who}");
    let form = bench.form("iam", "us-gov-west-1", "2010-05-08", "Action=ListUsers");
    let (_, _, users) = super::told(form).await;
    assert_eq!(elements(&users, "Arn").len(), 4);
    assert!(elements(&users, "Arn")[0].starts_with("arn:aws-us-gov:iam::123456789012:user/"));
    let (_, standards) = bench
        .rest(
            "securityhub",
            "us-gov-east-1",
            "POST",
            "/standards/get",
            "{}",
        )
        .await;
    assert!(
        standards
            .to_string()
            .contains("arn:aws-us-gov:securityhub:us-gov-east-1:")
    );
    let mixed = Seed::new(1, &["us-east-1", "us-gov-west-1"])
        .run(bench.moto().url())
        .await;
    assert!(mixed.is_err(), "two partitions are two accounts");
}
