//! A server that nobody manages is patched, configured and listed by nobody.

use super::{console::console, told::also};
use crate::datasets::{INSTANCES, Instance, MANAGED_INSTANCES, ManagedInstance};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule. Each server that runs, or does not say that it does not:
///
/// | Systems Manager | judged |
/// | --- | --- |
/// | reaches it (`Online`) | pass |
/// | lost it (`ConnectionLost`, `Inactive`) | fail |
/// | lists it and does not say | unknown |
/// | does not list it, and the region's list was not read to the end | unknown |
/// | does not list it | fail |
///
/// A server without an id, or without a state, is unknown unless it is managed. Without any such server, all of them
/// having been seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.ssm.managed",
    alias: "AWS-44",
    version: 1,
    title: "Every server that runs is managed by Systems Manager.",
    objectives: &["3.4.1[d]", "3.4.2[b]", "3.14.1[b]"],
    severity: Severity::Medium,
    remedy: "Give each listed server an instance profile with the policy AmazonSSMManagedInstanceCore, and see that its agent runs and reaches Systems Manager.",
    console: console!("systems-manager/fleet-manager/managed-nodes"),
    reperform: Reperform {
        portal: "Systems Manager > Fleet Manager, in each region: compare with the running instances of EC2.",
        command: "for each region: aws ec2 describe-instances --filters Name=instance-state-name,Values=running --query 'Reservations[].Instances[].InstanceId'; aws ssm describe-instance-information --query 'InstanceInformationList[].[InstanceId,PingStatus]'",
    },
    datasets: &["aws.ec2_instances", "aws.ssm_instances"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut judge = Judge::new();
    let (managed, read): (Vec<ManagedInstance>, Vec<String>) =
        match collected.rows(MANAGED_INSTANCES.id) {
            Ok(rows) => {
                judge.also(&rows);
                (rows.rows, rows.places)
            }
            Err(reason) => {
                judge.lacks(reason);
                (Vec::new(), Vec::new())
            }
        };
    for instance in also::<Instance>(collected, &mut judge, INSTANCES.id) {
        let name = instance.name();
        let state = instance.instance_state.as_ref();
        let state = state.and_then(|state| state.name.as_deref());
        let id = instance.instance_id.as_deref().unwrap_or_default();
        match state {
            Some("running") => {}
            Some("pending" | "stopping" | "stopped" | "shutting-down" | "terminated") => continue,
            _ => {
                judge.unknown(id, name, "instance", "AWS does not say whether it runs.");
                continue;
            }
        }
        let known = managed.iter().find(|known| {
            known.region == instance.region
                && !id.is_empty()
                && known.instance_id.as_deref() == Some(id)
        });
        match known.map(|known| known.ping_status.as_deref()) {
            Some(Some("Online")) => judge.pass(),
            Some(Some("ConnectionLost" | "Inactive")) => {
                judge.fail(
                    id,
                    name,
                    "instance",
                    "Systems Manager does not reach it any more.",
                );
            }
            Some(_) => {
                let note = "AWS does not say whether Systems Manager reaches it.";
                judge.unknown(id, name, "instance", note);
            }
            None if id.is_empty() => {
                judge.unknown(id, name, "instance", "AWS does not give its id.");
            }
            None if !read.contains(&instance.region) => {
                let note = "What Systems Manager manages in its region was not all read.";
                judge.unknown(id, name, "instance", note);
            }
            None => judge.fail(id, name, "instance", "Systems Manager does not manage it."),
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Account, origin, refused_is_unknown};
    use evidence::{Completeness, Outcome, Reason, UnknownCode};
    use serde_json::{Value, json};

    fn servers(inner: &str) -> Account {
        let body = format!(
            "<DescribeInstancesResponse><reservationSet><item><instancesSet><item>{inner}</item></instancesSet></item>\
             </reservationSet></DescribeInstancesResponse>"
        );
        Account::new().regions(&INSTANCES, &[("us-east-1", &body)])
    }

    fn managed(account: Account, list: Value) -> Account {
        let page = json!({ "InstanceInformationList": list }).to_string();
        account.regions(&MANAGED_INSTANCES, &[("us-east-1", &page)])
    }

    fn running(id: &str) -> Account {
        servers(&format!(
            "<instanceId>{id}</instanceId><instanceState><name>running</name></instanceState>"
        ))
    }

    #[test]
    fn servers_that_run_have_to_be_reached() {
        let with = |status: Value| {
            let list = json!([{"InstanceId": "i-1", "PingStatus": status}]);
            managed(running("i-1"), list).judge(&CHECK).outcome
        };
        assert_eq!(with(json!("Online")), Outcome::Pass);
        assert_eq!(with(json!("ConnectionLost")), Outcome::Fail);
        assert_eq!(with(json!("Inactive")), Outcome::Fail);
        assert_eq!(with(Value::Null), Outcome::Unknown);
        let other = json!([{"InstanceId": "i-2", "PingStatus": "Online"}]);
        assert_eq!(
            managed(running("i-1"), other).outcome(&CHECK),
            (Outcome::Fail, vec!["i-1 (us-east-1)".to_owned()])
        );
    }

    #[test]
    fn what_does_not_run_needs_no_manager_and_silence_is_unknown() {
        let state = |state: &str| {
            let inner = format!(
                "<instanceId>i-1</instanceId><instanceState><name>{state}</name></instanceState>"
            );
            managed(servers(&inner), json!([])).judge(&CHECK).outcome
        };
        assert_eq!(state("stopped"), Outcome::NotApplicable);
        assert_eq!(state("odd"), Outcome::Unknown);
        let nameless = servers("<instanceState><name>running</name></instanceState>");
        assert_eq!(
            managed(nameless, json!([])).judge(&CHECK).outcome,
            Outcome::Unknown
        );
        let stateless = servers("<instanceId>i-1</instanceId>");
        assert_eq!(
            managed(stateless, json!([])).judge(&CHECK).outcome,
            Outcome::Unknown
        );
        refused_is_unknown(&CHECK, &INSTANCES);
        refused_is_unknown(&CHECK, &MANAGED_INSTANCES);
    }

    #[test]
    fn a_list_that_was_not_read_leaves_out_nobody() {
        let half = Completeness::partial(Reason::new(UnknownCode::Throttled, "slow"));
        let page = br#"{"InstanceInformationList":[]}"#.to_vec();
        let elsewhere = vec![(origin(200, "us-west-2", None), page)];
        let verdict = running("i-1")
            .pages(&MANAGED_INSTANCES, elsewhere, half)
            .judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Unknown);
    }
}
