//! Version 1 of the metadata service gives a server's credentials to whoever can make the server fetch an address.

use super::{console::console, told::also};
use crate::datasets::{INSTANCES, Instance};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule. Each server that is not being ended, and has not:
///
/// | its metadata service | judged |
/// | --- | --- |
/// | is off | pass |
/// | is on and wants tokens (version 2) | pass |
/// | is on and wants none | fail |
/// | does not say whether it is on or wants tokens | unknown |
///
/// Without any such server, all of them having been seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.ec2.imdsv2",
    alias: "AWS-47",
    version: 1,
    title: "Every server's metadata service wants tokens (IMDSv2).",
    objectives: &["3.4.2[b]", "3.4.6[b]", "3.13.4[a]"],
    severity: Severity::Medium,
    remedy: "Require tokens on each listed server (EC2 > Instances > Actions > Instance settings > Modify instance metadata options), after seeing that its programs can use version 2. Set the account's default for each region to IMDSv2 required.",
    console: console!("ec2/home#Instances:"),
    reperform: Reperform {
        portal: "EC2 > Instances, in each region: the column IMDSv2.",
        command: "for each region: aws ec2 describe-instances --query 'Reservations[].Instances[].[InstanceId,MetadataOptions.HttpEndpoint,MetadataOptions.HttpTokens]'",
    },
    datasets: &["aws.ec2_instances"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut judge = Judge::new();
    for instance in also::<Instance>(collected, &mut judge, INSTANCES.id) {
        let name = instance.name();
        let state = instance.instance_state.as_ref();
        if matches!(
            state.and_then(|state| state.name.as_deref()),
            Some("terminated" | "shutting-down")
        ) {
            continue;
        }
        let id = instance.instance_id.unwrap_or_default();
        let options = instance.metadata_options.as_ref();
        let endpoint = options.and_then(|options| options.http_endpoint.as_deref());
        let tokens = options.and_then(|options| options.http_tokens.as_deref());
        match (endpoint, tokens) {
            (Some("disabled"), _) | (Some("enabled"), Some("required")) if !id.is_empty() => {
                judge.pass();
            }
            (Some("enabled"), Some("optional")) => judge.fail(
                id,
                name,
                "instance",
                "Its metadata service answers without a token.",
            ),
            _ => judge.unknown(
                id,
                name,
                "instance",
                "AWS does not say whether its metadata service wants tokens.",
            ),
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::Outcome;

    fn outcome(state: &str, options: &str) -> Outcome {
        let body = format!(
            "<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId>\
             <instanceState><name>{state}</name></instanceState>{options}</item></instancesSet></item></reservationSet>\
             </DescribeInstancesResponse>"
        );
        let account = Account::new().regions(&INSTANCES, &[("us-east-1", &body)]);
        account.judge(&CHECK).outcome
    }

    fn options(endpoint: &str, tokens: &str) -> String {
        format!(
            "<metadataOptions><httpTokens>{tokens}</httpTokens><httpEndpoint>{endpoint}</httpEndpoint></metadataOptions>"
        )
    }

    #[test]
    fn tokens_are_wanted_or_nothing_answers() {
        use Outcome::{Fail, NotApplicable, Pass, Unknown};
        for (endpoint, tokens, expected) in [
            ("enabled", "required", Pass),
            ("disabled", "optional", Pass),
            ("enabled", "optional", Fail),
            ("enabled", "", Unknown),
            ("", "required", Unknown),
        ] {
            assert_eq!(outcome("stopped", &options(endpoint, tokens)), expected);
        }
        assert_eq!(outcome("running", ""), Unknown);
        assert_eq!(
            outcome("terminated", &options("enabled", "optional")),
            NotApplicable
        );
        refused_is_unknown(&CHECK, &INSTANCES);
    }
}
