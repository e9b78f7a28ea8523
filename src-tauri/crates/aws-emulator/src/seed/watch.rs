//! What watches the made-up account in each region, and what the internet reaches: logs, an alarm, a load balancer, a
//! document for servers, Inspector.

use http::Method;
use serde_json::json;

use super::SeedError;
use super::client::Client;
use crate::ACCOUNT;
use crate::amend::between;

const LOGS: &str = "Logs_20140328";
const SYSTEMS_MANAGER: &str = "AmazonSSM";
const DOCUMENT: &str = r#"{"schemaVersion":"2.2","description":"made up","mainSteps":[{"action":"aws:runShellScript","name":"x","inputs":{"runCommand":["true"]}}]}"#;

/// A log group for 30 days whose refused calls are counted, an alarm on the count, and a topic that nobody confirmed;
/// flow logs of the network; a load balancer that speaks HTTP; a document of the account's own; Inspector for servers.
pub(super) async fn make(client: &Client, region: &str, bucket: &str) -> Result<(), SeedError> {
    logs(client, region).await?;
    let topic = topic(client, region).await?;
    let alarm = [
        ("AlarmName", "refused-calls"),
        ("MetricName", "refused"),
        ("Namespace", "Company"),
        ("Statistic", "Sum"),
        ("Period", "300"),
        ("EvaluationPeriods", "1"),
        ("Threshold", "1"),
        ("ComparisonOperator", "GreaterThanOrEqualToThreshold"),
        ("ActionsEnabled", "true"),
        ("AlarmActions.member.1", &topic),
    ];
    client
        .form(
            ("monitoring", region),
            "2010-08-01",
            "PutMetricAlarm",
            &alarm,
        )
        .await?;
    client
        .target(
            ("ssm", region),
            SYSTEMS_MANAGER,
            "CreateDocument",
            json!({"Name": "made-up-document", "Content": DOCUMENT, "DocumentType": "Command", "DocumentFormat": "JSON"}),
        )
        .await?;
    let scanned = json!({ "accountIds": [ACCOUNT], "resourceTypes": ["EC2"] });
    client
        .rest(
            ("inspector2", region),
            Method::POST,
            "/enable",
            scanned.to_string(),
        )
        .await?;
    network(client, region, bucket).await
}

async fn logs(client: &Client, region: &str) -> Result<(), SeedError> {
    let group = "/made-up/app";
    for (operation, body) in [
        ("CreateLogGroup", json!({ "logGroupName": group })),
        (
            "PutRetentionPolicy",
            json!({ "logGroupName": group, "retentionInDays": 30 }),
        ),
        (
            "PutMetricFilter",
            json!({
                "logGroupName": group,
                "filterName": "refused-calls",
                "filterPattern": "{ ($.errorCode = \"*UnauthorizedOperation\") || ($.errorCode = \"AccessDenied*\") }",
                "metricTransformations": [
                    {"metricName": "refused", "metricNamespace": "Company", "metricValue": "1"}
                ],
            }),
        ),
    ] {
        client
            .target(("logs", region), LOGS, operation, body)
            .await?;
    }
    Ok(())
}

/// A topic with one subscription, which stays to be confirmed.
async fn topic(client: &Client, region: &str) -> Result<String, SeedError> {
    let scope = ("sns", region);
    let made = client
        .form(
            scope,
            "2010-03-31",
            "CreateTopic",
            &[("Name", "made-up-security")],
        )
        .await?;
    let topic = part(&made, "TopicArn", "CreateTopic")?;
    let pairs = [
        ("TopicArn", topic.as_str()),
        ("Protocol", "email"),
        ("Endpoint", "made-up@example.com"),
    ];
    client
        .form(scope, "2010-03-31", "Subscribe", &pairs)
        .await?;
    Ok(topic)
}

async fn network(client: &Client, region: &str, bucket: &str) -> Result<(), SeedError> {
    let subnets = client.ec2(region, "DescribeSubnets", &[]).await?;
    let vpc = part(&subnets, "vpcId", "DescribeSubnets")?;
    let ids: Vec<&str> = subnets
        .split("<subnetId>")
        .skip(1)
        .filter_map(|rest| rest.split_once('<').map(|(id, _)| id))
        .collect();
    let [first, second, ..] = ids.as_slice() else {
        return Err(SeedError::Incomplete {
            what: "DescribeSubnets".to_owned(),
            part: "second subnet",
        });
    };
    let destination = format!("arn:{}:s3:::{bucket}", crate::partition(region));
    let flow = [
        ("ResourceType", "VPC"),
        ("ResourceId.1", vpc.as_str()),
        ("TrafficType", "ALL"),
        ("LogDestinationType", "s3"),
        ("LogDestination", destination.as_str()),
    ];
    client.ec2(region, "CreateFlowLogs", &flow).await?;
    let scope = ("elasticloadbalancing", region);
    let balancer = [
        ("Name", "made-up-shop"),
        ("Scheme", "internet-facing"),
        ("Subnets.member.1", first),
        ("Subnets.member.2", second),
    ];
    let made = client
        .form(scope, "2015-12-01", "CreateLoadBalancer", &balancer)
        .await?;
    let arn = part(&made, "LoadBalancerArn", "CreateLoadBalancer")?;
    let listener = [
        ("LoadBalancerArn", arn.as_str()),
        ("Protocol", "HTTP"),
        ("Port", "80"),
        ("DefaultActions.member.1.Type", "fixed-response"),
        (
            "DefaultActions.member.1.FixedResponseConfig.StatusCode",
            "200",
        ),
        (
            "DefaultActions.member.1.FixedResponseConfig.ContentType",
            "text/plain",
        ),
    ];
    client
        .form(scope, "2015-12-01", "CreateListener", &listener)
        .await?;
    Ok(())
}

fn part(text: &str, name: &str, what: &str) -> Result<String, SeedError> {
    between(text, &format!("<{name}>"), &format!("</{name}>"))
        .map(str::to_owned)
        .ok_or_else(|| SeedError::Incomplete {
            what: what.to_owned(),
            part: "identifier",
        })
}
