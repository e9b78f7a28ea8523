//! Faults on the wire.

use std::time::{Duration, Instant};

use aws_emulator::{Denial, Fault};
use stand_in::trial::unpacked_size;

use super::{Bench, elements, read, told};

#[tokio::test]
async fn denials_are_worded_by_protocol_and_bound_to_regions() {
    let bench = Bench::alone(|_| {});
    bench.emulator.deny("iam:ListUsers", None);
    bench
        .emulator
        .deny("ec2:DescribeVolumes", Some("us-east-2"));
    bench.emulator.deny("config:DescribeConfigRules", None);
    bench.emulator.set_fault(
        "access-analyzer",
        Fault::Denied(Denial::ServiceControlPolicy),
    );
    bench
        .emulator
        .set_fault("sts", Fault::Denied(Denial::NoPolicy));

    let (status, _, told) = bench.iam("Action=ListUsers").await;
    assert_eq!(
        (status, elements(&told, "Code").concat()),
        (403, "AccessDenied".to_owned())
    );
    assert!(told.contains("is not authorized to perform: iam:ListUsers on resource: arn:aws:iam::123456789012:user/"), "{told}");
    assert_eq!(bench.iam("Action=ListGroups").await.0, 200);

    let (status, _, told) = bench.ec2("us-east-2", "Action=DescribeVolumes").await;
    assert_eq!(
        (status, elements(&told, "Code").concat()),
        (403, "UnauthorizedOperation".to_owned())
    );
    assert!(told.contains("perform: ec2:DescribeVolumes"), "{told}");
    assert_eq!(
        bench.ec2("us-east-1", "Action=DescribeVolumes").await.0,
        200
    );

    let (status, told) = bench
        .target("config", "us-east-1", "DescribeConfigRules", "{}")
        .await;
    assert_eq!(
        (status, &told["__type"]),
        (400, &"AccessDeniedException".into())
    );
    assert!(
        told["Message"]
            .as_str()
            .unwrap()
            .contains("config:DescribeConfigRules")
    );

    let response = bench
        .signed("access-analyzer", "us-east-1", "GET", "/analyzer", "", &[])
        .send()
        .await
        .unwrap();
    assert_eq!(
        response.headers()["x-amzn-errortype"],
        "AccessDeniedException"
    );
    let (status, _, told) = read(response).await;
    assert!(
        status == 403 && told.contains("service control policy"),
        "{told}"
    );
    assert_eq!(
        bench.sts("us-east-1").await.0,
        200,
        "who one is may always be asked"
    );

    bench.emulator.clear_faults();
    assert_eq!(bench.iam("Action=ListUsers").await.0, 200);
}

#[tokio::test]
async fn services_and_regions_that_are_off() {
    let bench = Bench::alone(|_| {});
    bench.emulator.not_subscribed("us-east-2");
    let hub = async |region: &str| {
        bench
            .rest("securityhub", region, "GET", "/accounts", "")
            .await
    };
    assert_eq!(hub("us-east-1").await.0, 200);
    let (status, told) = hub("us-east-2").await;
    assert_eq!(status, 401);
    assert_eq!(
        told["Message"],
        "Account 123456789012 is not subscribed to AWS Security Hub"
    );
    assert_eq!(
        bench.ec2("us-east-2", "Action=DescribeVolumes").await.0,
        200
    );

    bench.emulator.region_not_enabled("us-west-2");
    let (status, _, told) = bench.ec2("us-west-2", "Action=DescribeVolumes").await;
    assert_eq!(
        (status, elements(&told, "Code").concat()),
        (401, "AuthFailure".to_owned())
    );
    let (status, told) = bench
        .target("config", "us-west-2", "DescribeConfigRules", "{}")
        .await;
    assert_eq!(
        (status, &told["__type"]),
        (400, &"UnrecognizedClientException".into())
    );
    assert_eq!(
        bench.ec2("us-west-1", "Action=DescribeVolumes").await.0,
        200
    );
}

#[tokio::test]
async fn throttling_is_worded_by_service_and_runs_out() {
    let bench = Bench::alone(|_| {});
    bench.emulator.set_fault("*", Fault::Throttle { times: 1 });
    let (status, _, told) = bench.iam("Action=ListUsers").await;
    assert_eq!(
        (status, elements(&told, "Code").concat()),
        (400, "Throttling".to_owned())
    );
    assert_eq!(bench.iam("Action=ListUsers").await.0, 200);
    bench
        .emulator
        .set_fault("*", Fault::Throttle { times: u32::MAX });
    let (status, _, told) = bench.ec2("us-east-1", "Action=DescribeVolumes").await;
    assert_eq!(
        (status, elements(&told, "Code").concat()),
        (503, "RequestLimitExceeded".to_owned())
    );
    let (status, told) = bench
        .target("cloudtrail", "us-east-1", "LookupEvents", "{}")
        .await;
    assert_eq!(
        (status, &told["__type"]),
        (400, &"ThrottlingException".into())
    );
    let (status, _) = bench
        .rest("securityhub", "us-east-1", "GET", "/accounts", "")
        .await;
    assert_eq!(status, 429);

    bench.emulator.clear_faults();
    for (fault, status, code) in [
        (
            Fault::ServerError {
                times: 1,
                status: 503,
            },
            503,
            "InternalFailure",
        ),
        (Fault::Expired, 403, "ExpiredToken"),
        (
            Fault::Refuse {
                times: 1,
                status: 400,
                code: "OptInRequired".to_owned(),
                message: "no".to_owned(),
            },
            400,
            "OptInRequired",
        ),
    ] {
        bench.emulator.set_fault("iam:ListUsers", fault);
        let (have, _, told) = bench.iam("Action=ListUsers").await;
        assert_eq!(
            (have, elements(&told, "Code").concat()),
            (status, code.to_owned())
        );
        bench.emulator.clear_fault("iam:ListUsers");
    }
    assert!(
        bench
            .emulator
            .requests()
            .iter()
            .filter(|entry| entry.status != 200)
            .all(|entry| !entry.forwarded)
    );
}

#[tokio::test]
async fn bodies_are_spoiled_as_named() {
    let bench = Bench::alone(|_| {});
    let spoiled = async |fault: Fault| {
        bench.emulator.clear_faults();
        bench
            .emulator
            .set_fault("config:DescribeConfigRules", fault);
        let response = bench
            .json("config", "us-east-1", "DescribeConfigRules", "{}")
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200);
        response
    };
    let (_, kind, page) = read(spoiled(Fault::HtmlPage).await).await;
    assert!(kind.starts_with("text/html") && page.starts_with("<!doctype html>"));
    assert_eq!(read(spoiled(Fault::EmptyBody).await).await.2, "");
    let (_, _, cut) = read(spoiled(Fault::InvalidBody).await).await;
    assert!(cut.starts_with('{') && serde_json::from_str::<serde_json::Value>(&cut).is_err());
    let cut = spoiled(Fault::Truncate).await;
    assert!(cut.content_length().unwrap() > 10);
    assert!(cut.bytes().await.is_err());
    let bomb = spoiled(Fault::GzipBomb { mebibytes: 4 })
        .await
        .bytes()
        .await
        .unwrap();
    assert!(unpacked_size(&bomb).unwrap() > 4 * 1024 * 1024);

    bench.emulator.clear_faults();
    bench.emulator.set_fault("config", Fault::Reset);
    assert!(
        bench
            .json("config", "us-east-1", "DescribeConfigRules", "{}")
            .send()
            .await
            .is_err()
    );
    let last = bench.emulator.requests().pop().unwrap();
    assert_eq!((&*last.operation, last.status), ("DescribeConfigRules", 0));
}

#[tokio::test]
async fn slow_answers_take_their_time_and_can_be_left() {
    let bench = Bench::alone(|_| {});
    let pause = Duration::from_millis(20);
    bench.emulator.set_fault(
        "ec2",
        Fault::Slow {
            delay: 2 * pause,
            piece: 100,
            pause,
        },
    );
    let start = Instant::now();
    let (status, _, regions) = bench.ec2("us-east-1", "Action=DescribeRegions").await;
    assert!(status == 200 && elements(&regions, "regionName").len() == 4);
    assert!(start.elapsed() > 5 * pause);
    bench
        .emulator
        .set_fault("iam", Fault::named("hang").unwrap());
    let waiting =
        tokio::time::timeout(Duration::from_millis(200), bench.iam("Action=ListUsers")).await;
    assert!(waiting.is_err());
    // A hanging request does not keep the emulator.
    let start = Instant::now();
    bench.emulator.stop();
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn pages_repeat_for_ever_in_every_style() {
    let bench = Bench::new(|_| {});
    bench.emulator.set_fault("*", Fault::RepeatToken);
    bench.iam("Action=CreateUser&UserName=avery").await;
    let (_, _, first) = bench.iam("Action=ListUsers").await;
    assert_eq!(elements(&first, "IsTruncated"), ["true"]);
    let marker = elements(&first, "Marker").concat();
    let (status, _, second) = bench
        .iam(&format!("Action=ListUsers&Marker={marker}"))
        .await;
    assert_eq!((status, second), (200, first));

    let (_, _, first) = bench.ec2("us-east-1", "Action=DescribeVolumes").await;
    let token = elements(&first, "nextToken").concat();
    let (_, _, second) = bench
        .ec2(
            "us-east-1",
            &format!("Action=DescribeVolumes&NextToken={token}"),
        )
        .await;
    assert!(!token.is_empty() && second == first);

    let (_, first) = bench
        .target("config", "us-east-1", "DescribeConfigRules", "{}")
        .await;
    let body = format!(r#"{{"NextToken":{}}}"#, first["NextToken"]);
    assert_eq!(
        bench
            .target("config", "us-east-1", "DescribeConfigRules", &body)
            .await
            .1,
        first
    );
    let (_, first) = bench
        .rest("access-analyzer", "us-east-1", "GET", "/analyzer", "")
        .await;
    let path = format!(
        "/analyzer?nextToken={}",
        first["nextToken"].as_str().unwrap()
    );
    assert_eq!(
        bench
            .rest("access-analyzer", "us-east-1", "GET", &path, "")
            .await
            .1,
        first
    );
}

#[tokio::test]
async fn another_account_may_answer() {
    let bench = Bench::alone(|_| {});
    bench
        .emulator
        .set_fault("*", Fault::WrongAccount("210987654321".to_owned()));
    let (_, _, who) = bench.sts("us-east-2").await;
    assert_eq!(elements(&who, "Account"), ["210987654321"]);
    let (_, _, users) = bench.iam("Action=ListUsers").await;
    assert!(!users.contains("210987654321"));
    let request = bench.form("sts", "us-east-2", "2011-06-15", "Action=GetCallerIdentity");
    bench.emulator.clear_faults();
    let (_, _, who) = told(request).await;
    assert_eq!(elements(&who, "Account"), ["123456789012"]);
}

#[tokio::test]
async fn an_empty_token_ends_a_list() {
    let bench = Bench::alone(|_| {});
    bench.emulator.set_fault("*", Fault::EmptyToken);
    let (_, rules) = bench
        .target("config", "us-east-1", "DescribeConfigRules", "{}")
        .await;
    assert_eq!(rules["NextToken"], "");
    let (_, _, regions) = bench.ec2("us-east-1", "Action=DescribeRegions").await;
    assert_eq!(elements(&regions, "nextToken"), [""]);
}
