//! A network ACL filters at the edge of subnets: the second line behind security groups.

use super::{
    console::console,
    internet::{Reach, WHOLE, is_within, reach},
};
use crate::datasets::{AclEntry, NETWORK_ACLS, NetworkAcl};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule. For traffic that comes in from the internet to port 22 and to port 3389, and to any port of any protocol, the
/// first rule by number decides that is about that port and all addresses (`0.0.0.0/0` or `::/0`), or lets in a large part
/// of the internet ([`super::internet::reach`]) that no rule before it refuses as a whole.
///
/// | a network ACL | judged |
/// | --- | --- |
/// | lets one of these in | fail; of the one that AWS made with the network it is told, as it lets everything in |
/// | has a rule that can't be read, or that lacks number, direction, action or protocol, or its ports | unknown, if no certain rule comes before it |
/// | lists no rules | unknown |
/// | lets none of these in | pass |
///
/// Other rules about parts of the addresses, which may refuse more, are not looked at. Without any network ACL, all regions
/// having answered: not applicable.
pub static CHECK: Check = Check {
    id: "aws.vpc.nacl",
    alias: "AWS-50",
    version: 1,
    title: "No network ACL lets everybody in to SSH, remote desktop or everything.",
    objectives: &["3.13.6[a]", "3.13.1[e]"],
    severity: Severity::Low,
    remedy: "Edit the inbound rules of each listed network ACL: allow the ports that are needed from the addresses that need them, and deny ports 22 and 3389 from everywhere else. Security groups go on filtering behind it.",
    console: console!("vpcconsole/home#acls:"),
    reperform: Reperform {
        portal: "VPC > Network ACLs > open each one, in each region: Inbound rules.",
        command: "for each region: aws ec2 describe-network-acls --query 'NetworkAcls[].[NetworkAclId,IsDefault,Entries[?Egress==`false`]]'",
    },
    datasets: &["aws.ec2_network_acls"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

/// What may come in.
#[derive(Clone, Copy)]
enum Traffic {
    Port(i64),
    Everything,
}

const WATCHED: [(Traffic, &str); 3] = [
    (Traffic::Everything, "everything"),
    (Traffic::Port(22), "port 22 (SSH)"),
    (Traffic::Port(3389), "port 3389 (remote desktop)"),
];

/// What the rules say about some traffic from everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    /// From there.
    Allowed(&'static str),
    Refused,
    Unclear,
}

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let acls = match collected.rows::<NetworkAcl>(NETWORK_ACLS.id) {
        Ok(rows) => rows,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&acls);
    for acl in &acls.rows {
        let (id, name) = (
            acl.network_acl_id.as_deref().unwrap_or_default(),
            acl.name(),
        );
        let Some(entries) = acl.entry_set.as_deref() else {
            judge.unknown(id, name, "networkAcl", "AWS does not list its rules.");
            continue;
        };
        let said: Vec<(Said, &str)> = WATCHED
            .iter()
            .map(|(traffic, what)| {
                let ways = [false, true].map(|six| decide(entries, *traffic, six));
                let allowed = ways
                    .into_iter()
                    .find(|said| matches!(said, Said::Allowed(_)));
                let said = match allowed {
                    Some(allowed) => allowed,
                    None if ways.contains(&Said::Unclear) => Said::Unclear,
                    None => Said::Refused,
                };
                (said, *what)
            })
            .collect();
        let open: Vec<(&str, &str)> = said
            .iter()
            .filter_map(|(said, what)| match said {
                Said::Allowed(from) => Some((*what, *from)),
                _ => None,
            })
            .collect();
        if let Some((first, from)) = open.first() {
            // Whoever lets everything in lets the ports in too.
            let what = if *first == "everything" {
                "everything".to_owned()
            } else {
                let ports: Vec<&str> = open.iter().map(|(what, _)| *what).collect();
                ports.join(" and ")
            };
            let from = if *from == WHOLE { "anywhere" } else { from };
            let note = match acl.default {
                Some(true) => {
                    format!("The default ACL of its network: it lets in {what} from {from}.")
                }
                _ => format!("Lets in {what} from {from}."),
            };
            judge.fail(id, name, "networkAcl", note);
        } else if said.iter().any(|(said, _)| *said == Said::Unclear) || id.is_empty() {
            judge.unknown(id, name, "networkAcl", "Which rule decides can't be told.");
        } else {
            judge.pass();
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

/// What the first rule says that is about this traffic from all addresses of a kind. AWS ends each ACL with a rule that
/// refuses the rest; where nothing fits, the rest is refused.
fn decide(entries: &[Option<AclEntry>], traffic: Traffic, six: bool) -> Said {
    let mut entries: Vec<&Option<AclEntry>> = entries.iter().collect();
    // One that can't be read, or has no number, may come first.
    entries.sort_by_key(|entry| entry.as_ref().and_then(|entry| entry.rule_number));
    let mut refused: Vec<&str> = Vec::new();
    for entry in entries {
        let Some(entry) = entry else {
            return Said::Unclear;
        };
        match entry.egress {
            Some(true) => continue,
            Some(false) => {}
            None => return Said::Unclear,
        }
        let range = match (
            entry.cidr_block.as_deref(),
            entry.ipv6_cidr_block.as_deref(),
        ) {
            (Some(four), None) if !six => four,
            (None, Some(range)) if six => range,
            (Some(_), None) | (None, Some(_)) => continue,
            _ => return Said::Unclear,
        };
        let from = match reach(range) {
            Some(Reach::Internet(from)) => from,
            Some(Reach::Network) => continue,
            None => return Said::Unclear,
        };
        if entry.rule_number.is_none() {
            return Said::Unclear;
        }
        match fits(entry, traffic) {
            Some(true) => {}
            Some(false) => continue,
            None => return Said::Unclear,
        }
        match entry.rule_action.as_deref() {
            Some("allow") if refused.iter().any(|wider| is_within(range, wider)) => {}
            Some("allow") => return Said::Allowed(from),
            Some("deny") if from == WHOLE => return Said::Refused,
            Some("deny") => refused.push(range),
            _ => return Said::Unclear,
        }
    }
    Said::Refused
}

/// Whether a rule is about this traffic; `None` if it does not say.
fn fits(entry: &AclEntry, traffic: Traffic) -> Option<bool> {
    let protocol = entry
        .protocol
        .as_deref()
        .filter(|protocol| !protocol.is_empty())?;
    match traffic {
        _ if protocol == "-1" => Some(true),
        Traffic::Everything => Some(false),
        Traffic::Port(port) if protocol == "6" || protocol == "tcp" => {
            let range = entry.port_range.as_ref()?;
            Some((range.from?..=range.to?).contains(&port))
        }
        Traffic::Port(_) => Some(false),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::Outcome;

    fn account(rest: &str) -> Account {
        let body = format!(
            "<DescribeNetworkAclsResponse><networkAclSet><item><networkAclId>acl-1</networkAclId>{rest}</item></networkAclSet>\
             </DescribeNetworkAclsResponse>"
        );
        Account::new().regions(&NETWORK_ACLS, &[("us-east-1", &body)])
    }

    fn rule(number: &str, protocol: &str, action: &str, from: &str, ports: &str) -> String {
        let ports = match ports.split_once('-') {
            Some((from, to)) => format!("<portRange><from>{from}</from><to>{to}</to></portRange>"),
            None => String::new(),
        };
        let cidr = if from.contains(':') {
            "ipv6CidrBlock"
        } else {
            "cidrBlock"
        };
        format!(
            "<item><ruleNumber>{number}</ruleNumber><protocol>{protocol}</protocol><ruleAction>{action}</ruleAction>\
             <egress>false</egress><{cidr}>{from}</{cidr}>{ports}</item>"
        )
    }

    fn outcome(rules: &[String]) -> Outcome {
        let set = format!(
            "<default>false</default><entrySet>{}</entrySet>",
            rules.concat()
        );
        account(&set).judge(&CHECK).outcome
    }

    const ALL: &str = "0.0.0.0/0";

    #[test]
    fn the_first_rule_about_a_port_decides() {
        use Outcome::{Fail, Pass};
        let last = rule("32767", "-1", "deny", ALL, "");
        for (rules, expected) in [
            (vec![], Pass),
            (vec![rule("100", "-1", "allow", ALL, "")], Fail),
            (vec![rule("100", "-1", "allow", "::/0", "")], Fail),
            (vec![rule("100", "6", "allow", ALL, "443-443")], Pass),
            (vec![rule("100", "6", "allow", ALL, "20-25")], Fail),
            (vec![rule("100", "6", "allow", ALL, "3389-3389")], Fail),
            (vec![rule("100", "17", "allow", ALL, "22-22")], Pass),
            (
                vec![rule("100", "6", "allow", "203.0.113.0/24", "22-22")],
                Pass,
            ),
            (vec![rule("100", "6", "allow", "0.0.0.0/1", "22-22")], Fail),
            (vec![rule("100", "-1", "allow", "2000::/3", "")], Fail),
            (
                vec![
                    rule("90", "-1", "deny", "0.0.0.0/1", ""),
                    rule("100", "6", "allow", "64.0.0.0/2", "22-22"),
                ],
                Pass,
            ),
            (
                vec![
                    rule("90", "-1", "deny", "0.0.0.0/1", ""),
                    rule("100", "6", "allow", "128.0.0.0/1", "22-22"),
                ],
                Fail,
            ),
            (
                vec![
                    rule("90", "6", "deny", ALL, "22-22"),
                    rule("100", "6", "allow", ALL, "20-25"),
                ],
                Pass,
            ),
            (
                vec![
                    rule("110", "6", "deny", ALL, "22-22"),
                    rule("100", "6", "allow", ALL, "20-25"),
                ],
                Fail,
            ),
            (
                vec![
                    rule("90", "-1", "deny", ALL, ""),
                    rule("100", "-1", "allow", ALL, ""),
                ],
                Pass,
            ),
        ] {
            let mut rules = rules;
            rules.push(last.clone());
            assert_eq!(outcome(&rules), expected, "{rules:?}");
        }
        let out = rule("100", "-1", "allow", ALL, "").replace("false", "true");
        assert_eq!(outcome(&[out]), Pass, "what leaves is another matter");
    }

    #[test]
    fn the_default_acl_is_told_as_such() {
        let set = format!(
            "<default>true</default><entrySet>{}</entrySet>",
            rule("100", "-1", "allow", ALL, "")
        );
        let verdict = account(&set).judge(&CHECK);
        assert_eq!(
            verdict.resources[0].note,
            "The default ACL of its network: it lets in everything from anywhere."
        );
    }

    #[test]
    fn a_rule_that_cannot_be_told_leaves_it_open() {
        let full = rule("100", "6", "allow", ALL, "443-443");
        for part in [
            "<ruleNumber>100</ruleNumber>",
            "<protocol>6</protocol>",
            "<egress>false</egress>",
            "<cidrBlock>0.0.0.0/0</cidrBlock>",
            "<portRange><from>443</from><to>443</to></portRange>",
        ] {
            assert_eq!(
                outcome(&[full.replace(part, "")]),
                Outcome::Unknown,
                "{part}"
            );
        }
        let nowhere = rule("100", "6", "allow", "anywhere", "22-22");
        assert_eq!(outcome(&[nowhere]), Outcome::Unknown);
        let odd = rule("100", "6", "perhaps", ALL, "22-22");
        assert_eq!(outcome(&[odd]), Outcome::Unknown);
        assert_eq!(outcome(&["<item/>".to_owned()]), Outcome::Unknown);
        assert_eq!(account("").judge(&CHECK).outcome, Outcome::Unknown);
        refused_is_unknown(&CHECK, &NETWORK_ACLS);
    }
}
