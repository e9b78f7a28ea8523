//! What the emulator answers itself.

use aws_emulator::{Answer, Simulation, TrailEvent};
use chrono::{TimeDelta, Utc};
use serde_json::Value;

use super::{Bench, elements};

#[tokio::test]
async fn requests_go_to_moto_and_are_logged() {
    let bench = Bench::new(|_| {});
    let (status, kind, told) = bench.iam("Action=CreateUser&UserName=avery").await;
    assert_eq!((status, &*kind), (200, "text/xml"), "{told}");
    let (_, _, users) = bench.iam("Action=ListUsers").await;
    assert_eq!(elements(&users, "UserName"), ["avery"]);
    let (status, rules) = bench
        .target("config", "us-east-2", "DescribeConfigRules", "{}")
        .await;
    assert_eq!(
        (status, rules["ConfigRules"].as_array().unwrap().len()),
        (200, 0)
    );
    let (_, detectors) = bench
        .rest("guardduty", "us-east-1", "GET", "/detector", "")
        .await;
    assert_eq!(detectors["detectorIds"].as_array().unwrap().len(), 0);
    bench.ec2("us-west-1", "Action=GetEbsDefaultKmsKeyId").await;
    let log = bench.emulator.requests();
    let calls: Vec<_> = log
        .iter()
        .map(|entry| (entry.call(), &*entry.region, entry.forwarded, entry.status))
        .collect();
    assert_eq!(
        calls,
        [
            ("iam:CreateUser".to_owned(), "us-east-1", true, 200),
            ("iam:ListUsers".to_owned(), "us-east-1", true, 200),
            (
                "config:DescribeConfigRules".to_owned(),
                "us-east-2",
                true,
                200
            ),
            ("guardduty:ListDetectors".to_owned(), "us-east-1", true, 200),
            (
                "ec2:GetEbsDefaultKmsKeyId".to_owned(),
                "us-west-1",
                false,
                200
            ),
        ]
    );
    bench.emulator.clear_requests();
    assert!(bench.emulator.requests().is_empty());
}

#[tokio::test]
async fn every_operation_that_moto_lacks_answers_in_shape() {
    let bench = Bench::new(|_| {});
    for (operation, element, value) in [
        ("GetEbsDefaultKmsKeyId", "kmsKeyId", "alias/aws/ebs"),
        (
            "GetSnapshotBlockPublicAccessState",
            "state",
            "block-all-sharing",
        ),
        (
            "GetImageBlockPublicAccessState",
            "imageBlockPublicAccessState",
            "block-new-sharing",
        ),
        ("GetInstanceMetadataDefaults", "httpTokens", "required"),
    ] {
        let (status, kind, told) = bench.ec2("us-east-2", &format!("Action={operation}")).await;
        assert_eq!((status, &*kind), (200, "text/xml;charset=UTF-8"));
        assert!(told.contains(&format!("<{operation}Response")), "{told}");
        assert_eq!(elements(&told, element), [value]);
    }
    let (_, _, told) = bench
        .ec2(
            "us-east-2",
            "Action=DescribeSnapshots&Owner.1=self&RestorableBy.1=all",
        )
        .await;
    assert!(told.contains("<snapshotSet/>"), "none is public: {told}");
    let (_, _, told) = bench
        .ec2("us-east-2", "Action=DescribeClientVpnEndpoints")
        .await;
    assert!(told.contains("<clientVpnEndpoint/>"), "{told}");

    for (service, method, path, member) in [
        ("access-analyzer", "GET", "/analyzer", "analyzers"),
        (
            "account",
            "POST",
            "/getContactInformation",
            "ContactInformation",
        ),
        ("backup", "GET", "/backup-jobs/", "BackupJobs"),
        ("backup", "GET", "/resources/", "Results"),
        ("guardduty", "POST", "/detector/abc/findings", "findingIds"),
        (
            "guardduty",
            "POST",
            "/detector/abc/findings/get",
            "findings",
        ),
        ("inspector2", "POST", "/coverage/list", "coveredResources"),
    ] {
        let body = if method == "POST" { "{}" } else { "" };
        let (status, told) = bench.rest(service, "us-east-1", method, path, body).await;
        assert!(status == 200 && !told[member].is_null(), "{path}: {told}");
    }
    for (service, operation, member) in [
        ("cloudtrail", "ListEventDataStores", "EventDataStores"),
        (
            "config",
            "DescribeConformancePacks",
            "ConformancePackDetails",
        ),
        (
            "config",
            "DescribeConformancePackCompliance",
            "ConformancePackRuleComplianceList",
        ),
        (
            "config",
            "DescribeDeliveryChannelStatus",
            "DeliveryChannelsStatus",
        ),
        ("config", "GetDiscoveredResourceCounts", "resourceCounts"),
        (
            "ssm",
            "DescribeInstanceInformation",
            "InstanceInformationList",
        ),
        (
            "ssm",
            "ListResourceComplianceSummaries",
            "ResourceComplianceSummaryItems",
        ),
    ] {
        let (status, told) = bench.target(service, "us-east-1", operation, "{}").await;
        assert!(
            status == 200 && told[member].is_array(),
            "{operation}: {told}"
        );
    }
    let (_, stores) = bench
        .target("cloudtrail", "us-east-2", "ListEventDataStores", "{}")
        .await;
    let arn = stores["EventDataStores"][0]["EventDataStoreArn"]
        .as_str()
        .unwrap();
    let body = format!(r#"{{"EventDataStore":"{arn}"}}"#);
    let (_, store) = bench
        .target("cloudtrail", "us-east-2", "GetEventDataStore", &body)
        .await;
    assert_eq!(store["Status"], "STOPPED_INGESTION", "{store}");
    let (status, _) = bench
        .target("cloudtrail", "us-east-1", "GetEventDataStore", &body)
        .await;
    assert_eq!(status, 400, "a store is in its own region only");

    bench
        .rest("securityhub", "us-east-1", "POST", "/accounts", "{}")
        .await;
    for (path, member) in [
        ("/standards", "Standards"),
        ("/findingAggregator/list", "FindingAggregators"),
        (
            "/securityControls/definitions",
            "SecurityControlDefinitions",
        ),
    ] {
        let (status, told) = bench
            .rest("securityhub", "us-east-1", "GET", path, "")
            .await;
        assert!(status == 200 && told[member].is_array(), "{path}: {told}");
    }
    let (status, _, told) = bench.iam("Action=ListOrganizationsFeatures").await;
    assert_eq!(status, 404);
    assert_eq!(elements(&told, "Code"), ["OrganizationNotFoundException"]);
}

#[tokio::test]
async fn regions_are_those_of_the_options() {
    let bench = Bench::alone(|options| {
        options.regions = ["us-east-1", "us-west-2"].map(str::to_owned).to_vec();
        options.page_size = Some(1);
    });
    let regions = async |form: &str| {
        let (status, _, told) = bench.ec2("us-east-1", form).await;
        (status, elements(&told, "regionName"))
    };
    assert_eq!(
        regions("Action=DescribeRegions").await.1,
        ["us-east-1", "us-west-2"]
    );
    assert_eq!(
        regions("Action=DescribeRegions&RegionName.1=us-west-2")
            .await
            .1,
        ["us-west-2"]
    );
    assert_eq!(
        regions("Action=DescribeRegions&RegionName.1=mars-1")
            .await
            .0,
        400
    );
    assert_eq!(
        regions("Action=DescribeRegions&AllRegions=true")
            .await
            .1
            .len(),
        3
    );

    let mut names = Vec::new();
    let mut token = String::new();
    loop {
        let body = format!(
            r#"{{"RegionOptStatusContains":["ENABLED","ENABLED_BY_DEFAULT"]{}}}"#,
            if token.is_empty() {
                String::new()
            } else {
                format!(r#","NextToken":"{token}""#)
            }
        );
        let (status, page) = bench
            .rest("account", "us-east-1", "POST", "/listRegions", &body)
            .await;
        assert_eq!(status, 200, "{page}");
        names.push(page["Regions"][0]["RegionName"].clone());
        match page["NextToken"].as_str() {
            Some(next) => next.clone_into(&mut token),
            None => break,
        }
    }
    assert_eq!(names, ["us-east-1", "us-west-2"]);
}

#[tokio::test]
async fn the_event_history_is_paged_filtered_and_bounded() {
    let now = Utc::now();
    let bench = Bench::alone(|options| {
        options.events.push(TrailEvent::console_login(
            "us-east-1",
            "late",
            true,
            now - TimeDelta::days(91),
        ));
    });
    let lookup = async |body: &str| {
        bench
            .target("cloudtrail", "us-east-1", "LookupEvents", body)
            .await
    };
    let logins =
        r#""LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":"ConsoleLogin"}]"#;
    let mut events: Vec<Value> = Vec::new();
    let mut pages = 0;
    let mut body = format!("{{{logins}}}");
    loop {
        let (status, page) = lookup(&body).await;
        assert_eq!(status, 200, "{page}");
        pages += 1;
        events.extend(page["Events"].as_array().unwrap().clone());
        let Some(token) = page["NextToken"].as_str() else {
            break;
        };
        body = format!(r#"{{{logins},"NextToken":"{token}"}}"#);
    }
    assert_eq!(
        (pages, events.len()),
        (3, 121),
        "what is older than 90 days is gone"
    );
    let detail = |event: &Value| -> Value {
        serde_json::from_str(event["CloudTrailEvent"].as_str().unwrap()).unwrap()
    };
    let without = events
        .iter()
        .filter(|event| detail(event)["additionalEventData"]["MFAUsed"] == "No")
        .count();
    assert_eq!(without, 3);
    let root = events
        .iter()
        .find(|event| event["Username"] == "root")
        .unwrap();
    assert_eq!(detail(root)["userIdentity"]["type"], "Root");
    let times: Vec<i64> = events
        .iter()
        .map(|event| event["EventTime"].as_i64().unwrap())
        .collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "newest first");

    let since = (now - TimeDelta::hours(10)).timestamp();
    let (_, page) = lookup(&format!(r#"{{{logins},"StartTime":{since}.0}}"#)).await;
    assert_eq!(page["Events"].as_array().unwrap().len(), 5);
    let (_, page) = lookup(
        r#"{"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":"StopLogging"}]}"#,
    )
    .await;
    assert_eq!(page["Events"].as_array().unwrap().len(), 1);
    let (_, elsewhere) = bench
        .target("cloudtrail", "us-west-2", "LookupEvents", "{}")
        .await;
    assert_eq!(elsewhere["Events"].as_array().unwrap().len(), 0);
    for (body, code) in [
        (r#"{"MaxResults":51}"#, "InvalidMaxResultsException"),
        (r#"{"NextToken":"invented"}"#, "InvalidNextTokenException"),
        (
            r#"{"StartTime":2,"EndTime":1}"#,
            "InvalidTimeRangeException",
        ),
        (
            r#"{"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":"a"},{"AttributeKey":"EventName","AttributeValue":"b"}]}"#,
            "InvalidLookupAttributesException",
        ),
    ] {
        let (status, refused) = lookup(body).await;
        assert_eq!((status, &refused["__type"]), (400, &code.into()), "{body}");
    }
}

#[tokio::test]
async fn the_simulator_says_what_it_is_told_and_agrees_with_denials() {
    let bench = Bench::alone(|_| {});
    let form = "Action=SimulatePrincipalPolicy&PolicySourceArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Auser%2Freader\
                &ActionNames.member.1=iam%3AListUsers&ActionNames.member.2=config%3ADescribeConfigRules&MaxItems=50";
    let decisions = async || {
        let (status, _, told) = bench.iam(form).await;
        assert_eq!(status, 200, "{told}");
        assert_eq!(
            elements(&told, "EvalActionName"),
            ["iam:ListUsers", "config:DescribeConfigRules"]
        );
        elements(&told, "EvalDecision")
    };
    assert_eq!(decisions().await, ["implicitDeny", "implicitDeny"]);
    bench
        .emulator
        .set_simulation(Simulation::Only(vec!["iam:ListUsers".to_owned()]));
    assert_eq!(decisions().await, ["allowed", "implicitDeny"]);
    bench.emulator.set_simulation(Simulation::Everything);
    assert_eq!(decisions().await, ["allowed", "allowed"]);
    bench.emulator.deny("iam:ListUsers", None);
    assert_eq!(decisions().await, ["implicitDeny", "allowed"]);
    let (status, _, told) = bench.iam("Action=SimulatePrincipalPolicy&PolicySourceArn=arn:aws:sts::1:assumed-role/a/b&ActionNames.member.1=a:b").await;
    assert_eq!(
        (status, elements(&told, "Code")),
        (400, vec!["InvalidInput".to_owned()])
    );
}

#[tokio::test]
async fn answers_can_be_set_for_a_region_and_taken_from_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("access-analyzer.ListAnalyzers.json", r#"{"analyzers":[]}"#);
    write(
        "access-analyzer.ListAnalyzers@us-east-2.json",
        r#"{"analyzers":[{"arn":"arn:{partition}:x:{region}:{account}:y"}]}"#,
    );
    let bench = Bench::alone(|options| options.answers = Some(folder.path().to_owned()));
    let analyzers = async |region: &str| {
        bench
            .rest("access-analyzer", region, "GET", "/analyzer", "")
            .await
            .1
    };
    assert_eq!(
        analyzers("us-east-1").await["analyzers"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
    assert_eq!(
        analyzers("us-east-2").await["analyzers"][0]["arn"],
        "arn:aws:x:us-east-2:123456789012:y"
    );
    bench.emulator.set_answer(
        "accessanalyzer:ListAnalyzers@us-east-1",
        Answer::ok(r#"{"analyzers":["{region}"]}"#),
    );
    assert_eq!(analyzers("us-east-1").await["analyzers"][0], "us-east-1");
    bench.emulator.clear_answers();
    assert_eq!(
        analyzers("us-east-1").await["analyzers"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
}

#[tokio::test]
async fn the_event_history_has_a_limit_that_can_be_switched_on() {
    let bench = Bench::alone(|options| options.limits = true);
    let lookup = async |region: &str| {
        bench
            .target("cloudtrail", region, "LookupEvents", "{}")
            .await
            .0
    };
    let all = futures::future::join_all((0..6).map(|_| lookup("us-east-1"))).await;
    let served = all.iter().filter(|status| **status == 200).count();
    assert!(
        (2..6).contains(&served),
        "at once, some are too many: {all:?}"
    );
    assert_eq!(lookup("us-east-2").await, 200, "each region has its own");
}
