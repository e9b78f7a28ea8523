//! A server gets a public address because somebody decided so, not because of where it was started.

use super::console::console;
use crate::datasets::{SUBNETS, Subnet};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule.
///
/// | a subnet | judged |
/// | --- | --- |
/// | gives public addresses by itself, and may (parameter) | pass |
/// | gives public addresses by itself | fail |
/// | does not | pass |
/// | does not say, or has no id | unknown |
///
/// Without any subnet, all regions having answered: not applicable.
pub static CHECK: Check = Check {
    id: "aws.vpc.subnet_auto_public",
    alias: "AWS-53",
    version: 1,
    title: "Subnets give no public addresses by themselves.",
    objectives: &["3.13.5[b]"],
    severity: Severity::Low,
    remedy: "Open each listed subnet > Actions > Edit subnet settings, and disable auto-assign public IPv4 address. Enter a subnet that is public on purpose in the list, with who approved it.",
    console: console!("vpcconsole/home#subnets:"),
    reperform: Reperform {
        portal: "VPC > Subnets, in each region: the column Auto-assign public IPv4 address.",
        command: "for each region: aws ec2 describe-subnets --query 'Subnets[].[SubnetId,MapPublicIpOnLaunch]'",
    },
    datasets: &["aws.ec2_subnets"],
    parameters: &["aws.public_subnets"],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let subnets = match collected.rows::<Subnet>(SUBNETS.id) {
        Ok(rows) => rows,
        Err(reason) => return reason.into(),
    };
    let approved = collected.parameters.list("aws.public_subnets");
    let mut judge = Judge::over(&subnets);
    for subnet in &subnets.rows {
        let (id, name) = (
            subnet.subnet_id.as_deref().unwrap_or_default(),
            subnet.name(),
        );
        match subnet.map_public_ip_on_launch {
            Some(true) if !id.is_empty() && approved.contains(&id.to_lowercase()) => judge.pass(),
            Some(true) => judge.fail(
                id,
                name,
                "subnet",
                "Servers in it get a public address by themselves.",
            ),
            Some(false) if !id.is_empty() => judge.pass(),
            _ => judge.unknown(
                id,
                name,
                "subnet",
                "AWS does not say whether it gives public addresses.",
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
    use serde_json::json;

    fn account(inner: &str) -> Account {
        let body = format!(
            "<DescribeSubnetsResponse><subnetSet>{inner}</subnetSet></DescribeSubnetsResponse>"
        );
        Account::new().regions(&SUBNETS, &[("us-east-1", &body)])
    }

    #[test]
    fn a_subnet_that_gives_addresses_has_to_be_approved() {
        use Outcome::{Fail, NotApplicable, Pass, Unknown};
        let with = |id: &str, gives: &str| {
            format!(
                "<item><subnetId>{id}</subnetId><mapPublicIpOnLaunch>{gives}</mapPublicIpOnLaunch></item>"
            )
        };
        for (inner, expected) in [
            (with("subnet-1", "false"), Pass),
            (with("subnet-1", "true"), Fail),
            (with("SUBNET-OK", "true"), Pass),
            (with("subnet-1", ""), Unknown),
            (with("", "false"), Unknown),
            (with("", "true"), Fail),
            (
                "<item><subnetId>subnet-1</subnetId></item>".to_owned(),
                Unknown,
            ),
            (String::new(), NotApplicable),
        ] {
            let account = account(&inner).with("aws.public_subnets", json!(["subnet-ok"]));
            assert_eq!(account.judge(&CHECK).outcome, expected, "{inner}");
        }
        refused_is_unknown(&CHECK, &SUBNETS);
    }
}
