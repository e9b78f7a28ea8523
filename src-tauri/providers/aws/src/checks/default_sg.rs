//! A server that is started without a group of its own gets its network's default group, so that group opens nothing.

use super::SECURITY_GROUPS_PAGE;
use crate::datasets::{SECURITY_GROUPS, SecurityGroup};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule. The first line that fits decides:
///
/// | what the answer says of a group | the group |
/// | --- | --- |
/// | no name | unknown: it may be a default group |
/// | another name than `default` | is not judged |
/// | named `default`, with a rule in `ipPermissions` or `ipPermissionsEgress`, readable or not | fails |
/// | named `default`, and one of the two lists or its id is absent | unknown |
/// | named `default`, both lists empty | passes |
///
/// Only EC2 itself can name a group `default`, and it does so once in each network. Without one, everything having been
/// seen, there is no network: not applicable.
pub static CHECK: Check = Check {
    id: "aws.vpc.default_sg",
    alias: "AWS-49",
    version: 1,
    title: "The default security group of each network allows nothing.",
    objectives: &["3.13.6[a]", "3.4.7[i]"],
    severity: Severity::Medium,
    remedy: "Give every server a security group made for it. Then delete all inbound and outbound rules of each listed group; the group itself can't be deleted.",
    console: SECURITY_GROUPS_PAGE,
    reperform: Reperform {
        portal: "EC2 > Security Groups, in each region: filter by the group name `default`; the Inbound rules and Outbound rules tabs are empty.",
        command: "for region in $(aws ec2 describe-regions --query 'Regions[].RegionName' --output text); do aws ec2 describe-security-groups --region $region --filters Name=group-name,Values=default --query 'SecurityGroups[].[GroupId,IpPermissions,IpPermissionsEgress]'; done",
    },
    datasets: &["aws.ec2_security_groups"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

const KIND: &str = "securityGroup";

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let groups = match collected.rows::<SecurityGroup>(SECURITY_GROUPS.id) {
        Ok(groups) => groups,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&groups);
    for group in &groups.rows {
        let id = group.group_id.as_deref().unwrap_or_default();
        match group.group_name.as_deref() {
            None | Some("") => {
                let note = "AWS does not name the group, so it may be a default group.";
                judge.unknown(id, group.name(), KIND, note);
            }
            Some("default") => judge_default(&mut judge, group, id),
            Some(_) => {}
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

fn judge_default(judge: &mut Judge, group: &SecurityGroup, id: &str) {
    let count = |rules: &Option<Vec<_>>| rules.as_ref().map(Vec::len);
    let ways = (
        count(&group.ip_permissions),
        count(&group.ip_permissions_egress),
    );
    match ways {
        (Some(0), Some(0)) if !id.is_empty() => judge.pass(),
        (None | Some(0), None | Some(0)) => {
            let note = "AWS does not give all of the group's rules, or not its id.";
            judge.unknown(id, group.name(), KIND, note);
        }
        (into, out) => {
            let network = group.vpc_id.as_deref().unwrap_or("without an id");
            let told = |count: Option<usize>| match count {
                Some(count) => count.to_string(),
                None => "an unknown number of".to_owned(),
            };
            let note = format!(
                "The default group of network {network} has {} inbound and {} outbound rules.",
                told(into),
                told(out)
            );
            judge.fail(id, group.name(), KIND, note);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Account, origin, refused_is_unknown};
    use evidence::{Completeness, Outcome, Reason, UnknownCode};

    fn answer(groups: &str) -> String {
        format!(
            "<DescribeSecurityGroupsResponse><securityGroupInfo>{groups}</securityGroupInfo></DescribeSecurityGroupsResponse>"
        )
    }

    fn judge(groups: &str) -> Verdict {
        Account::new()
            .regions(
                &SECURITY_GROUPS,
                &[("us-east-1", &answer(groups)), ("us-west-2", &answer(""))],
            )
            .judge(&CHECK)
    }

    fn default_group(rules: &str) -> String {
        format!(
            "<item><groupId>sg-1</groupId><groupName>default</groupName><vpcId>vpc-1</vpcId>{rules}</item>"
        )
    }

    const RULE: &str = "<item><ipProtocol>-1</ipProtocol></item>";

    #[test]
    fn a_default_group_passes_only_with_two_empty_lists() {
        use Outcome::{Fail, Pass, Unknown};
        let lists = |into: Option<&str>, out: Option<&str>| {
            let list = |name: &str, rules: Option<&str>| {
                rules
                    .map(|rules| format!("<{name}>{rules}</{name}>"))
                    .unwrap_or_default()
            };
            let rules = list("ipPermissions", into) + &list("ipPermissionsEgress", out);
            judge(&default_group(&rules)).outcome
        };
        for (into, out, expected) in [
            (Some(""), Some(""), Pass),
            (Some(RULE), Some(""), Fail),
            (Some(""), Some(RULE), Fail),
            (Some(RULE), Some(RULE), Fail),
            (Some("<item/>"), Some(""), Fail),
            (Some(RULE), None, Fail),
            (None, Some(RULE), Fail),
            (Some(""), None, Unknown),
            (None, Some(""), Unknown),
            (None, None, Unknown),
        ] {
            assert_eq!(lists(into, out), expected, "{into:?} {out:?}");
        }
    }

    #[test]
    fn a_failure_tells_network_and_rules() {
        let verdict = judge(&default_group(&format!(
            "<ipPermissions>{RULE}{RULE}</ipPermissions><ipPermissionsEgress>{RULE}</ipPermissionsEgress>"
        )));
        let resource = &verdict.resources[0];
        assert_eq!(
            (
                resource.id.as_str(),
                resource.name.as_str(),
                resource.kind.as_str(),
                resource.note.as_str()
            ),
            (
                "sg-1",
                "default (us-east-1)",
                KIND,
                "The default group of network vpc-1 has 2 inbound and 1 outbound rules."
            )
        );
        let half = judge(
            "<item><groupName>default</groupName><ipPermissionsEgress><item/></ipPermissionsEgress></item>",
        );
        assert_eq!(
            half.resources[0].note,
            "The default group of network without an id has an unknown number of inbound and 1 outbound rules."
        );
    }

    #[test]
    fn a_group_without_a_name_may_be_one_and_one_of_another_name_is_none() {
        let empty = "<ipPermissions/><ipPermissionsEgress/>";
        let named = |name: &str| {
            judge(&format!(
                "<item><groupId>sg-1</groupId>{name}{empty}</item>"
            ))
            .outcome
        };
        assert_eq!(named(""), Outcome::Unknown);
        assert_eq!(named("<groupName/>"), Outcome::Unknown);
        assert_eq!(named("<groupName>web</groupName>"), Outcome::NotApplicable);
        assert_eq!(named("<groupName>default</groupName>"), Outcome::Pass);
        let without_id = format!("<item><groupName>default</groupName>{empty}</item>");
        assert_eq!(judge(&without_id).outcome, Outcome::Unknown);
    }

    #[test]
    fn no_network_does_not_apply_but_a_part_or_a_refusal_is_unknown() {
        assert_eq!(judge("").outcome, Outcome::NotApplicable);
        let half = Completeness::partial(Reason::new(UnknownCode::Partial, "half"));
        let page = vec![(origin(200, "us-east-1", None), answer("").into_bytes())];
        let part = Account::new().pages(&SECURITY_GROUPS, page, half);
        assert_eq!(part.judge(&CHECK).outcome, Outcome::Unknown);
        refused_is_unknown(&CHECK, &SECURITY_GROUPS);
    }
}
