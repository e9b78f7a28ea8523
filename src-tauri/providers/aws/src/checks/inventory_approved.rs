//! Which servers there are and what may reach them is the company's baseline; what is there, AWS knows. This compares
//! the two.
//!
//! | the list | the server or group | says |
//! |---|---|---|
//! | any | without an id | unknown |
//! | empty | any | unknown: for a person to look at |
//! | not empty | on it | pass |
//! | not empty | not on it | fail |
//!
//! Servers that are being ended, or are, are not counted.

use super::{SECURITY_GROUPS_PAGE, told};
use crate::datasets::{INSTANCES, Instance, SECURITY_GROUPS, SecurityGroup};
use evidence::{Outcome as Answer, Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule.
pub static CHECK: Check = Check {
    id: "aws.ec2.inventory_approved",
    alias: "AWS-EC2-INVENTORY",
    version: 1,
    title: "Every server and security group is on the company's inventory.",
    objectives: &["3.4.1[d]", "3.4.1[f]"],
    severity: Severity::Medium,
    remedy: "Compare the listed servers and security groups with the company's inventory. Remove those that nobody needs; enter the others in the list, with who approved it.",
    console: SECURITY_GROUPS_PAGE,
    reperform: Reperform {
        portal: "EC2 > Instances and EC2 > Security groups, in each region: compare with the inventory.",
        command: "aws ec2 describe-instances --query 'Reservations[].Instances[].InstanceId'; aws ec2 describe-security-groups --query 'SecurityGroups[].[GroupId,GroupName]'",
    },
    datasets: &["aws.ec2_instances", "aws.ec2_security_groups"],
    parameters: &["aws.approved_inventory"],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut judge = Judge::new();
    let instances = told::also::<Instance>(collected, &mut judge, INSTANCES.id);
    let groups = told::also::<SecurityGroup>(collected, &mut judge, SECURITY_GROUPS.id);
    let approved = collected.parameters.list("aws.approved_inventory");
    for instance in &instances {
        let state = instance.instance_state.as_ref();
        let state = state.and_then(|state| state.name.as_deref());
        if !matches!(state, Some("terminated" | "shutting-down")) {
            let id = instance.instance_id.as_deref();
            look(
                &mut judge,
                &approved,
                id,
                None,
                &instance.region,
                "instance",
            );
        }
    }
    for group in &groups {
        let (id, name) = (group.group_id.as_deref(), group.group_name.as_deref());
        look(
            &mut judge,
            &approved,
            id,
            name,
            &group.region,
            "securityGroup",
        );
    }
    let mut verdict = judge.conclude(WhenEmpty::NotApplicable);
    if verdict.outcome == Answer::Unknown && approved.is_empty() && verdict.population.complete {
        let detail =
            "The company has not entered its inventory (parameter aws.approved_inventory).";
        verdict.reason = Some(Reason::new(UnknownCode::NeedsJudgement, detail));
    }
    verdict
}

fn look(
    judge: &mut Judge,
    approved: &[String],
    id: Option<&str>,
    name: Option<&str>,
    region: &str,
    kind: &str,
) {
    let Some(id) = id.filter(|id| !id.is_empty()) else {
        judge.unknown("", format!("? ({region})"), kind, "AWS gives it no id.");
        return;
    };
    let shown = match name {
        Some(name) => format!("{name} ({region})"),
        None => format!("{id} ({region})"),
    };
    if approved.is_empty() {
        judge.unknown(
            id,
            shown,
            kind,
            "Nobody has entered yet whether it belongs to the inventory.",
        );
    } else if approved.contains(&id.to_lowercase()) {
        judge.pass();
    } else {
        judge.fail(id, shown, kind, "Not on the company's inventory.");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::Outcome;
    use serde_json::json;

    fn account(instance: &str, group: &str) -> Account {
        let instances = format!(
            "<DescribeInstancesResponse><reservationSet><item><instancesSet><item>{instance}</item></instancesSet></item>\
             </reservationSet></DescribeInstancesResponse>"
        );
        let groups = format!(
            "<DescribeSecurityGroupsResponse><securityGroupInfo><item>{group}</item></securityGroupInfo>\
             </DescribeSecurityGroupsResponse>"
        );
        Account::new()
            .regions(&INSTANCES, &[("us-east-1", &instances)])
            .regions(&SECURITY_GROUPS, &[("us-east-1", &groups)])
    }

    const RUNNING: &str =
        "<instanceId>i-1</instanceId><instanceState><name>running</name></instanceState>";
    const WEB: &str = "<groupId>sg-1</groupId><groupName>web</groupName>";

    #[test]
    fn without_a_list_everything_is_for_a_person_to_look_at() {
        let verdict = account(RUNNING, WEB).judge(&CHECK);
        let names: Vec<&str> = verdict
            .resources
            .iter()
            .map(|resource| resource.name.as_str())
            .collect();
        assert_eq!(names, ["i-1 (us-east-1)", "web (us-east-1)"]);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::NeedsJudgement);
    }

    #[test]
    fn what_is_not_on_the_list_fails() {
        let with = |list| account(RUNNING, WEB).with("aws.approved_inventory", list);
        assert_eq!(
            with(json!(["I-1", "sg-1"])).judge(&CHECK).outcome,
            Outcome::Pass
        );
        let (outcome, names) = with(json!(["i-1"])).outcome(&CHECK);
        assert_eq!(
            (outcome, names),
            (Outcome::Fail, vec!["web (us-east-1)".to_owned()])
        );
    }

    #[test]
    fn an_ended_server_is_not_counted_and_one_without_an_id_is_unknown() {
        let list = json!(["sg-1"]);
        let ended =
            "<instanceId>i-1</instanceId><instanceState><name>terminated</name></instanceState>";
        let of = |instance: &str| {
            account(instance, WEB)
                .with("aws.approved_inventory", list.clone())
                .judge(&CHECK)
                .outcome
        };
        assert_eq!(of(ended), Outcome::Pass);
        assert_eq!(of("<imageId>ami-1</imageId>"), Outcome::Unknown);
        assert_eq!(
            of("<instanceId>i-1</instanceId>"),
            Outcome::Fail,
            "no state is no end"
        );
    }

    #[test]
    fn a_group_off_the_list_fails_even_if_the_servers_were_refused() {
        let verdict = account(RUNNING, WEB)
            .without(&INSTANCES)
            .with("aws.approved_inventory", json!(["sg-2"]))
            .judge(&CHECK);
        assert_eq!(
            (verdict.outcome, verdict.population.complete),
            (Outcome::Fail, false)
        );
    }

    #[test]
    fn refused_data_is_unknown() {
        refused_is_unknown(&CHECK, &INSTANCES);
        refused_is_unknown(&CHECK, &SECURITY_GROUPS);
    }
}
