//! Whoever can reach an administration port can try passwords and known holes on it, day and night.

use super::{
    SECURITY_GROUPS_PAGE,
    internet::{self, Reach},
};
use crate::datasets::{IpPermission, SECURITY_GROUPS, SecurityGroup};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule. A group is judged by the rules that let traffic in (`ipPermissions`); the first line that fits decides:
///
/// | what the answer says of the group | the group |
/// | --- | --- |
/// | a rule for all protocols (`-1`), from the internet | fails |
/// | a rule for `tcp`/`6` or `udp`/`17` whose ports, first to last, hold one of [`HIGH_RISK`], from the internet | fails |
/// | no id, or no list of rules | unknown |
/// | a rule that can't be read, has no protocol, or one that EC2 does not document | unknown |
/// | a rule for TCP or UDP without both ends of its ports, or with ends that are none | unknown |
/// | a rule without its list of IPv4 or of IPv6 ranges, or with a range that has no readable address | unknown |
/// | a rule for a high-risk port whose source is a prefix list: what the list holds is not collected | unknown |
/// | nothing of that | passes |
///
/// "From the internet" is what [`internet::reach`] says of a range: 0.0.0.0/0 and ::/0 in any spelling, and ranges so
/// wide (IPv4 below /8, IPv6 below /16) that two or a few of them are the same. Other security groups
/// are not the internet. Without any group in any region there is no network
/// to reach: not applicable. Whether a server uses the group does not matter, as one can at any time.
pub static CHECK: Check = Check {
    id: "aws.vpc.sg_admin_ports",
    alias: "AWS-48",
    version: 1,
    title: "No security group opens administration or other high-risk ports to the internet.",
    objectives: &[
        "3.13.6[a]",
        "3.13.6[b]",
        "3.13.1[e]",
        "3.1.12[c]",
        "3.1.14[b]",
        "3.4.7[i]",
    ],
    severity: Severity::Critical,
    remedy: "For each listed group, remove the rule or narrow its source to the addresses that need it. Reach servers through Systems Manager Session Manager or a VPN instead.",
    console: SECURITY_GROUPS_PAGE,
    reperform: Reperform {
        portal: "EC2 > Security Groups, in each region: the Inbound rules tab of each group; look for the sources 0.0.0.0/0 and ::/0.",
        command: "for region in $(aws ec2 describe-regions --query 'Regions[].RegionName' --output text); do aws ec2 describe-security-groups --region $region --query 'SecurityGroups[].[GroupId,GroupName,IpPermissions]'; done",
    },
    datasets: &["aws.ec2_security_groups"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

/// Ports that nobody on the internet needs: first, last, and what usually listens there.
const HIGH_RISK: &[(i64, i64, &str)] = &[
    (22, 22, "SSH"),
    (3389, 3389, "Remote Desktop"),
    (20, 21, "FTP"),
    (23, 23, "Telnet"),
    (135, 135, "Windows RPC"),
    (137, 139, "NetBIOS"),
    (445, 445, "Windows file sharing"),
    (1433, 1434, "SQL Server"),
    (1521, 1521, "Oracle"),
    (3306, 3306, "MySQL"),
    (5432, 5432, "PostgreSQL"),
    (5500, 5500, "VNC"),
    (5601, 5601, "Kibana"),
    (5900, 5900, "VNC"),
    (6379, 6379, "Redis"),
    (7199, 7199, "Cassandra"),
    (8888, 8888, "notebooks and admin pages"),
    (9042, 9042, "Cassandra"),
    (9092, 9092, "Kafka"),
    (9160, 9160, "Cassandra"),
    (9200, 9200, "Elasticsearch"),
    (9300, 9300, "Elasticsearch"),
    (11211, 11211, "Memcached"),
    (27017, 27018, "MongoDB"),
];
/// So many of them are named in a note; the rest is counted.
const NAMED: usize = 4;

/// What a rule or a group says.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Reading {
    /// It opens a high-risk port; a phrase says which, and to whom.
    Opens(String),
    /// It can't be told whether it does; a sentence says why.
    Unclear(&'static str),
    /// It does not.
    Closed,
}

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let groups = match collected.rows::<SecurityGroup>(SECURITY_GROUPS.id) {
        Ok(groups) => groups,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&groups);
    for group in &groups.rows {
        let id = group.group_id.as_deref().unwrap_or_default();
        match of_group(group) {
            Reading::Opens(what) => {
                judge.fail(
                    id,
                    group.name(),
                    "securityGroup",
                    format!("Lets in {what}."),
                );
            }
            Reading::Unclear(why) => judge.unknown(id, group.name(), "securityGroup", why),
            Reading::Closed => judge.pass(),
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

fn of_group(group: &SecurityGroup) -> Reading {
    let rules = group.ip_permissions.as_deref();
    let mut unclear = match (&group.group_id, rules) {
        (_, None) => Some("AWS does not list what the group lets in."),
        (Some(id), _) if !id.is_empty() => None,
        _ => Some("AWS does not give the group's id."),
    };
    let mut open = Vec::new();
    for rule in rules.unwrap_or_default() {
        match rule.as_ref().map(of_rule) {
            Some(Reading::Opens(what)) => open.push(what),
            Some(Reading::Unclear(why)) => unclear = unclear.or(Some(why)),
            Some(Reading::Closed) => {}
            None => unclear = unclear.or(Some("A rule can't be read.")),
        }
    }
    match (open.is_empty(), unclear) {
        (false, _) => Reading::Opens(open.join("; ")),
        (true, Some(why)) => Reading::Unclear(why),
        (true, None) => Reading::Closed,
    }
}

fn of_rule(rule: &IpPermission) -> Reading {
    let (sources, unclear) = sources(rule);
    let lists = rule.prefix_list_ids.as_ref();
    let to_a_list = lists.is_some_and(|lists| !lists.is_empty());
    match (traffic(rule), sources.is_empty(), unclear) {
        (Reading::Opens(what), false, _) => {
            Reading::Opens(format!("{what} from {}", sources.join(" and ")))
        }
        (Reading::Opens(_), true, None) if to_a_list => Reading::Unclear(
            "It opens a high-risk port to a prefix list, whose addresses are not collected.",
        ),
        (Reading::Unclear(why), ..) | (_, _, Some(why)) => Reading::Unclear(why),
        _ => Reading::Closed,
    }
}

/// Whether a rule is about a high-risk port, wherever the traffic comes from.
fn traffic(rule: &IpPermission) -> Reading {
    let protocol = rule.ip_protocol.as_deref().unwrap_or_default();
    let name = match protocol.to_ascii_lowercase().as_str() {
        "" => return Reading::Unclear("AWS does not say for which protocol a rule is."),
        "-1" => return Reading::Opens("every protocol and port".to_owned()),
        "tcp" | "6" => "TCP",
        "udp" | "17" => "UDP",
        "icmp" | "icmpv6" => return Reading::Closed,
        // Any other protocol has no ports.
        number if number.bytes().all(|b| b.is_ascii_digit()) && number.parse::<u8>().is_ok() => {
            return Reading::Closed;
        }
        _ => return Reading::Unclear("A rule is for a protocol that AWS does not document."),
    };
    let (Some(first), Some(last)) = (rule.from_port, rule.to_port) else {
        return Reading::Unclear("AWS does not say for which ports a rule is.");
    };
    let held: Vec<String> = HIGH_RISK
        .iter()
        .filter(|(from, to, _)| first <= *to && *from <= last)
        .map(|(from, to, service)| format!("{service} {}", span(*from, *to)))
        .collect();
    if held.is_empty() {
        return match 0 <= first && first <= last && last <= i64::from(u16::MAX) {
            true => Reading::Closed,
            false => Reading::Unclear("The ports of a rule are none."),
        };
    }
    let more = match held.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let named: Vec<&str> = held.iter().take(NAMED).map(String::as_str).collect();
    Reading::Opens(format!(
        "{name} {} ({}{more})",
        span(first, last),
        named.join(", ")
    ))
}

fn span(first: i64, last: i64) -> String {
    match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    }
}

/// The parts of the internet that a rule lets in, in words, and what can't be told of its ranges.
fn sources(rule: &IpPermission) -> (Vec<String>, Option<&'static str>) {
    let ipv4 = rule.ip_ranges.as_ref().map(|ranges| {
        let text = ranges
            .iter()
            .map(|range| range.as_ref()?.cidr_ip.as_deref());
        text.collect::<Vec<_>>()
    });
    let ipv6 = rule.ipv6_ranges.as_ref().map(|ranges| {
        let text = ranges
            .iter()
            .map(|range| range.as_ref()?.cidr_ipv6.as_deref());
        text.collect::<Vec<_>>()
    });
    let mut unclear = (ipv4.is_none() || ipv6.is_none())
        .then_some("AWS does not list all the ranges that a rule lets in.");
    let mut wide = Vec::new();
    for range in ipv4.into_iter().chain(ipv6).flatten() {
        match range.and_then(|range| Some((range, internet::reach(range)?))) {
            Some((range, Reach::Internet(words))) => wide.push(format!("{range}, {words}")),
            Some((_, Reach::Network)) => {}
            None => {
                unclear = unclear.or(Some("A range that a rule lets in has no readable address."))
            }
        }
    }
    (wide, unclear)
}

#[cfg(test)]
mod tests;
