//! Without a record of the traffic nobody can say what came in or went out.

use super::{console::console, told::also};
use crate::datasets::{FLOW_LOGS, FlowLog, NETWORK_INTERFACES, NetworkInterface};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeSet;

/// The rule. A network is in use if anything is attached to it. Its flow logs are those of the network as a whole; one of
/// a subnet or an interface is no substitute, as it says nothing about the others.
///
/// | the flow logs of a network in use | judged |
/// | --- | --- |
/// | one is active, did not fail to deliver, and records all or rejected traffic | pass |
/// | else, and the region's flow logs were not read to the end | unknown |
/// | else one does not say whether it is active, or what it records | unknown |
/// | else | fail: none, or what the first one lacks |
///
/// Something attached without a network of its own being named is unknown. Without any network in use, everything having
/// been seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.vpc.flow_logs",
    alias: "AWS-51",
    version: 1,
    title: "The traffic of every network in use is recorded.",
    objectives: &[
        "3.13.1[c]",
        "3.13.1[d]",
        "3.14.6[b]",
        "3.14.6[c]",
        "3.3.1[c]",
        "3.1.12[d]",
    ],
    severity: Severity::High,
    remedy: "Open each listed VPC, make a flow log for the whole VPC with the filter All (or Reject), and send it to a log group or bucket that keeps it long enough. If one fails to deliver, mend the rights of its role or the bucket's policy.",
    console: console!("vpcconsole/home#vpcs:"),
    reperform: Reperform {
        portal: "VPC > Your VPCs > open each one with servers in it, in each region: Flow logs.",
        command: "for each region: aws ec2 describe-network-interfaces --query 'NetworkInterfaces[].VpcId'; aws ec2 describe-flow-logs --query 'FlowLogs[].[ResourceId,FlowLogStatus,DeliverLogsStatus,TrafficType]'",
    },
    datasets: &["aws.ec2_network_interfaces", "aws.ec2_flow_logs"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

/// What is said about one flow log.
enum Log {
    Records,
    Not(String),
    Unclear,
}

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut judge = Judge::new();
    let attached: Vec<NetworkInterface> = also(collected, &mut judge, NETWORK_INTERFACES.id);
    let (logs, read) = match collected.rows::<FlowLog>(FLOW_LOGS.id) {
        Ok(rows) => {
            judge.also(&rows);
            (rows.rows, rows.places)
        }
        Err(reason) => {
            judge.lacks(reason);
            (Vec::new(), Vec::new())
        }
    };
    let mut networks = BTreeSet::new();
    for interface in &attached {
        let region = interface.region.as_str();
        match interface.vpc_id.as_deref().filter(|id| !id.is_empty()) {
            Some(vpc) => {
                networks.insert((region, vpc));
            }
            None => {
                let id = interface.network_interface_id.clone().unwrap_or_default();
                let name = format!("{id} ({region})");
                judge.unknown(
                    id,
                    name,
                    "networkInterface",
                    "AWS does not name its network.",
                );
            }
        }
    }
    for (region, vpc) in networks {
        let name = format!("{vpc} ({region})");
        let said: Vec<Log> = logs
            .iter()
            .filter(|log| log.region == region)
            // One that names nothing may be this network's.
            .filter(|log| log.resource_id.as_deref().is_none_or(|of| of == vpc))
            .map(said)
            .collect();
        if said.iter().any(|log| matches!(log, Log::Records)) {
            judge.pass();
        } else if !read.iter().any(|place| place == region) {
            judge.unknown(
                vpc,
                name,
                "vpc",
                "The flow logs of its region were not all read.",
            );
        } else if said.iter().any(|log| matches!(log, Log::Unclear)) {
            judge.unknown(
                vpc,
                name,
                "vpc",
                "AWS does not say whether its traffic is recorded.",
            );
        } else {
            let lacks = said.into_iter().find_map(|log| match log {
                Log::Not(why) => Some(why),
                _ => None,
            });
            let note = lacks.unwrap_or_else(|| "It has no flow log.".to_owned());
            judge.fail(vpc, name, "vpc", note);
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

fn said(log: &FlowLog) -> Log {
    if log.resource_id.is_none() {
        return Log::Unclear;
    }
    let delivery = log.deliver_logs_status.as_deref();
    match (log.flow_log_status.as_deref(), log.traffic_type.as_deref()) {
        _ if delivery == Some("FAILED") => Log::Not("Its flow log fails to deliver.".to_owned()),
        // Until something is delivered, AWS says nothing about it.
        (Some("ACTIVE"), Some("ALL" | "REJECT")) if matches!(delivery, None | Some("SUCCESS")) => {
            Log::Records
        }
        (_, Some("ACCEPT")) => {
            Log::Not("Its flow log leaves out the traffic that is rejected.".to_owned())
        }
        (Some(status), _) if !status.is_empty() && status != "ACTIVE" => {
            Log::Not("Its flow log is not active.".to_owned())
        }
        _ => Log::Unclear,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, origin, refused_is_unknown};
    use evidence::{Completeness, Outcome, Reason, UnknownCode};

    fn interfaces(inner: &str) -> String {
        format!(
            "<DescribeNetworkInterfacesResponse><networkInterfaceSet>{inner}</networkInterfaceSet></DescribeNetworkInterfacesResponse>"
        )
    }

    fn logs(inner: &str) -> String {
        format!(
            "<DescribeFlowLogsResponse><flowLogSet>{inner}</flowLogSet></DescribeFlowLogsResponse>"
        )
    }

    const IN_USE: &str =
        "<item><networkInterfaceId>eni-1</networkInterfaceId><vpcId>vpc-1</vpcId></item>";

    fn account(attached: &str, recorded: &str) -> Account {
        Account::new()
            .regions(&NETWORK_INTERFACES, &[("us-east-1", &interfaces(attached))])
            .regions(&FLOW_LOGS, &[("us-east-1", &logs(recorded))])
    }

    fn log(of: &str, status: &str, delivery: &str, traffic: &str) -> String {
        let member = |name: &str, value: &str| match value {
            "" => String::new(),
            value => format!("<{name}>{value}</{name}>"),
        };
        format!(
            "<item><flowLogId>fl-1</flowLogId>{}{}{}{}</item>",
            member("resourceId", of),
            member("flowLogStatus", status),
            member("deliverLogsStatus", delivery),
            member("trafficType", traffic)
        )
    }

    #[test]
    fn a_network_in_use_needs_a_flow_log_of_its_own_that_works() {
        use Outcome::{Fail, Pass, Unknown};
        for (of, status, delivery, traffic, expected) in [
            ("vpc-1", "ACTIVE", "SUCCESS", "ALL", Pass),
            ("vpc-1", "ACTIVE", "", "REJECT", Pass),
            ("vpc-1", "ACTIVE", "SUCCESS", "ACCEPT", Fail),
            ("vpc-1", "ACTIVE", "FAILED", "ALL", Fail),
            ("vpc-1", "INACTIVE", "SUCCESS", "ALL", Fail),
            ("subnet-1", "ACTIVE", "SUCCESS", "ALL", Fail),
            ("vpc-2", "ACTIVE", "SUCCESS", "ALL", Fail),
            ("vpc-1", "", "SUCCESS", "ALL", Unknown),
            ("vpc-1", "ACTIVE", "PERHAPS", "ALL", Unknown),
            ("vpc-1", "ACTIVE", "SUCCESS", "", Unknown),
            ("", "ACTIVE", "SUCCESS", "ALL", Unknown),
        ] {
            let judged = account(IN_USE, &log(of, status, delivery, traffic)).judge(&CHECK);
            assert_eq!(
                judged.outcome, expected,
                "{of} {status} {delivery} {traffic}"
            );
        }
        let (outcome, names) = account(IN_USE, "").outcome(&CHECK);
        assert_eq!(
            (outcome, names),
            (Fail, vec!["vpc-1 (us-east-1)".to_owned()])
        );
        let second =
            log("vpc-1", "ACTIVE", "FAILED", "ALL") + &log("vpc-1", "ACTIVE", "SUCCESS", "ALL");
        assert_eq!(account(IN_USE, &second).judge(&CHECK).outcome, Pass);
    }

    #[test]
    fn networks_that_nobody_uses_do_not_count_and_nameless_ones_are_unknown() {
        assert_eq!(
            account("", "").judge(&CHECK).outcome,
            Outcome::NotApplicable
        );
        let nameless = "<item><networkInterfaceId>eni-1</networkInterfaceId></item>";
        assert_eq!(
            account(nameless, "").judge(&CHECK).outcome,
            Outcome::Unknown
        );
        refused_is_unknown(&CHECK, &NETWORK_INTERFACES);
        refused_is_unknown(&CHECK, &FLOW_LOGS);
    }

    #[test]
    fn a_flow_log_that_was_not_read_is_not_one_that_is_lacking() {
        let half = Completeness::partial(Reason::new(UnknownCode::Throttled, "slow"));
        let elsewhere = vec![(origin(200, "us-west-2", None), logs("").into_bytes())];
        let verdict = account(IN_USE, "")
            .pages(&FLOW_LOGS, elsewhere, half)
            .judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Unknown);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::Throttled);
    }
}
