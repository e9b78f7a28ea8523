//! A server with a public address stands in front of the firewall's door; the company says which ones may.

use crate::datasets::{Association, INSTANCES, Instance, Interface};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule. The first line that fits decides:
///
/// | what the answer says of a server | the server |
/// | --- | --- |
/// | no id | unknown |
/// | its state is `stopped`, `shutting-down` or `terminated` | is not judged |
/// | its state is absent, or none of those and not `running`, `pending` or `stopping` | unknown |
/// | its id is in the parameter `aws.public_instances` | passes |
/// | a public address: in `ipAddress`, or in the `association` of an interface or of one of its private addresses | fails |
/// | `ipAddress` is there and blank, or an `association` has no `publicIp` | unknown |
/// | no interface, or one that can't be read or has no id | unknown |
/// | nothing of that | passes |
///
/// A server without a public address is told by what is absent: the EC2 API reference has `ipAddress` "if applicable",
/// and `association` only where an address is. So one lost element could make a public server look private. Two
/// witnesses are therefore heard, the server's record and its network interfaces, each of which is enough to fail; and
/// the interfaces have to be there to pass, as every server in a network has one. No exception of the truth tests is
/// needed for it.
///
/// Public IPv6 addresses are not judged: whether one can be reached is up to routes and gateways. Without a server that
/// runs, all of them having been seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.ec2.public_ip",
    alias: "AWS-52",
    version: 1,
    title: "Every running server with a public IPv4 address is approved.",
    objectives: &["3.13.5[a]", "3.13.5[b]", "3.1.3[e]", "3.1.14[b]"],
    severity: Severity::Medium,
    remedy: "For each listed server, put a load balancer or NAT gateway in front of it and remove its public address; or, if it has to be public, have it approved and enter its id in the list of servers that may be public, with who approved it and why.",
    console: &[
        ("aws", "https://console.aws.amazon.com/ec2/home#Instances:"),
        (
            "aws-us-gov",
            "https://console.amazonaws-us-gov.com/ec2/home#Instances:",
        ),
    ],
    reperform: Reperform {
        portal: "EC2 > Instances, in each region: the Public IPv4 address and Elastic IP columns of running instances; compare with the list of servers that may be public.",
        command: "for region in $(aws ec2 describe-regions --query 'Regions[].RegionName' --output text); do aws ec2 describe-instances --region $region --query 'Reservations[].Instances[].[InstanceId,State.Name,PublicIpAddress,NetworkInterfaces[].PrivateIpAddresses[].Association.PublicIp]'; done",
    },
    datasets: &["aws.ec2_instances"],
    parameters: &["aws.public_instances"],
    clouds: Clouds::All,
    evaluate,
};

const KIND: &str = "instance";

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let instances = match collected.rows::<Instance>(INSTANCES.id) {
        Ok(instances) => instances,
        Err(reason) => return reason.into(),
    };
    let approved = collected.parameters.list("aws.public_instances");
    let mut judge = Judge::over(&instances);
    for instance in &instances.rows {
        let name = instance.name();
        let Some(id) = instance.instance_id.as_deref().filter(|id| !id.is_empty()) else {
            judge.unknown("", name, KIND, "AWS does not give the server's id.");
            continue;
        };
        let state = instance.instance_state.as_ref();
        match state.and_then(|state| state.name.as_deref()) {
            Some("stopped" | "shutting-down" | "terminated") => continue,
            Some("running" | "pending" | "stopping") => {}
            _ => {
                judge.unknown(id, name, KIND, "AWS does not say whether the server runs.");
                continue;
            }
        }
        if approved.contains(&id.to_lowercase()) {
            judge.pass();
            continue;
        }
        match Addresses::of(instance) {
            Addresses::Public(found) => {
                let note = format!(
                    "Not on the list of servers that may be public: {}.",
                    found.join(", ")
                );
                judge.fail(id, name, KIND, note);
            }
            Addresses::Unclear(why) => judge.unknown(id, name, KIND, why),
            Addresses::Private => judge.pass(),
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

/// What the two witnesses say of a server's addresses.
enum Addresses {
    /// These are public; each once, in order.
    Public(Vec<String>),
    /// It can't be told.
    Unclear(&'static str),
    /// None is public.
    Private,
}

impl Addresses {
    fn of(instance: &Instance) -> Self {
        let mut public = Vec::new();
        let mut unclear = None;
        let mut hear = |address: Option<&str>| match address {
            Some(address) if !address.is_empty() => public.push(address.to_owned()),
            _ => unclear = Some("AWS does not give a public address that the server has."),
        };
        if let Some(address) = &instance.ip_address {
            hear(Some(address));
        }
        let interfaces = instance.network_interface_set.iter().flatten();
        for interface in interfaces.clone().flatten() {
            let further = interface
                .private_ip_addresses_set
                .iter()
                .flatten()
                .flatten();
            let of_private = further.filter_map(|address| address.association.as_ref());
            for Association { public_ip } in interface.association.iter().chain(of_private) {
                hear(public_ip.as_deref());
            }
        }
        if !public.is_empty() {
            public.sort();
            public.dedup();
            return Self::Public(public);
        }
        let whole = |interface: &Option<Interface>| {
            interface.as_ref().is_some_and(|interface| {
                let id = interface.network_interface_id.as_deref();
                let addresses = interface.private_ip_addresses_set.iter().flatten();
                id.is_some_and(|id| !id.is_empty()) && addresses.clone().all(Option::is_some)
            })
        };
        let seen = interfaces.clone().next().is_some() && interfaces.clone().all(whole);
        match unclear {
            Some(why) => Self::Unclear(why),
            None if seen => Self::Private,
            None => Self::Unclear("AWS does not list the server's network interfaces."),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, origin, refused_is_unknown};
    use evidence::{Completeness, Outcome, Reason, UnknownCode};
    use serde_json::json;

    const HERE: &str = "<networkInterfaceId>eni-1</networkInterfaceId>";
    const PRIVATE: &str = "<networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId></item></networkInterfaceSet>";
    const PUBLIC: &str = "<association><publicIp>203.0.113.9</publicIp></association>";

    fn answer(instances: &str) -> String {
        format!(
            "<DescribeInstancesResponse><reservationSet><item><instancesSet>{instances}</instancesSet></item></reservationSet></DescribeInstancesResponse>"
        )
    }

    fn judge(instances: &str) -> Verdict {
        Account::new()
            .regions(&INSTANCES, &[("us-east-1", &answer(instances))])
            .judge(&CHECK)
    }

    fn in_state(state: &str, rest: &str) -> String {
        format!(
            "<item><instanceId>i-1</instanceId><instanceState>{state}</instanceState>{rest}</item>"
        )
    }

    fn running(rest: &str) -> Outcome {
        judge(&in_state("<name>running</name>", rest)).outcome
    }

    fn interface(inner: &str) -> String {
        format!(
            "<networkInterfaceSet><item>{HERE}</item><item>{HERE}{inner}</item></networkInterfaceSet>"
        )
    }

    #[test]
    fn each_witness_of_a_public_address_is_enough_to_fail() {
        let second = format!(
            "<privateIpAddressesSet><item><primary>true</primary></item><item>{PUBLIC}</item></privateIpAddressesSet>"
        );
        for public in [
            format!("<ipAddress>203.0.113.9</ipAddress>{PRIVATE}"),
            "<ipAddress>203.0.113.9</ipAddress>".to_owned(),
            interface(PUBLIC),
            interface(&second),
            format!("<ipAddress/>{}", interface(PUBLIC)),
            format!(
                "<ipAddress>203.0.113.9</ipAddress>{}",
                interface("<association/>")
            ),
        ] {
            assert_eq!(running(&public), Outcome::Fail, "{public}");
        }
        assert_eq!(running(PRIVATE), Outcome::Pass);
        let addresses =
            "<privateIpAddressesSet><item><primary>true</primary></item></privateIpAddressesSet>";
        assert_eq!(running(&interface(addresses)), Outcome::Pass);
    }

    #[test]
    fn a_record_that_is_not_whole_is_unknown() {
        for odd in [
            String::new(),
            "<privateIpAddress>10.0.1.5</privateIpAddress>".to_owned(),
            "<networkInterfaceSet/>".to_owned(),
            "<networkInterfaceSet><item/></networkInterfaceSet>".to_owned(),
            "<networkInterfaceSet><item><status>in-use</status></item></networkInterfaceSet>"
                .to_owned(),
            format!("<networkInterfaceSet><item>{HERE}</item><item/></networkInterfaceSet>"),
            format!("<ipAddress/>{PRIVATE}"),
            interface("<association/>"),
            interface("<association><ipOwnerId>amazon</ipOwnerId></association>"),
            interface("<association><publicIp/></association>"),
            interface("<privateIpAddressesSet><item/></privateIpAddressesSet>"),
            interface("<privateIpAddressesSet><item><association/></item></privateIpAddressesSet>"),
        ] {
            assert_eq!(running(&odd), Outcome::Unknown, "{odd}");
        }
    }

    #[test]
    fn only_servers_that_run_are_judged() {
        let address = "<ipAddress>203.0.113.9</ipAddress>";
        for (state, expected) in [
            ("<name>running</name>", Outcome::Fail),
            ("<name>pending</name>", Outcome::Fail),
            ("<name>stopping</name>", Outcome::Fail),
            ("<name>stopped</name>", Outcome::NotApplicable),
            ("<name>shutting-down</name>", Outcome::NotApplicable),
            ("<name>terminated</name>", Outcome::NotApplicable),
            ("<name>resting</name>", Outcome::Unknown),
            ("<name/>", Outcome::Unknown),
            ("<code>16</code>", Outcome::Unknown),
        ] {
            assert_eq!(
                judge(&in_state(state, address)).outcome,
                expected,
                "{state}"
            );
        }
        let stateless = format!("<item><instanceId>i-1</instanceId>{address}</item>");
        assert_eq!(judge(&stateless).outcome, Outcome::Unknown);
        let without_id =
            format!("<item><instanceState><name>running</name></instanceState>{address}</item>");
        assert_eq!(judge(&without_id).outcome, Outcome::Unknown);
    }

    #[test]
    fn approved_servers_pass_in_any_spelling_and_no_other() {
        let page = answer(&in_state(
            "<name>running</name>",
            "<ipAddress>203.0.113.9</ipAddress>",
        ));
        let with = |ids: serde_json::Value| {
            Account::new()
                .regions(&INSTANCES, &[("us-east-1", &page)])
                .with("aws.public_instances", ids)
                .judge(&CHECK)
                .outcome
        };
        assert_eq!(with(json!(["I-1"])), Outcome::Pass);
        assert_eq!(with(json!(["i-10", "i"])), Outcome::Fail);
        assert_eq!(with(json!([])), Outcome::Fail);
        assert_eq!(with(json!("i-1")), Outcome::Fail, "a list is needed");
    }

    #[test]
    fn the_mixed_case_is_told_in_words() {
        let verdict = Account::case("mixed").judge(&CHECK);
        let told: Vec<(&str, &str, &str)> = verdict
            .resources
            .iter()
            .map(|resource| {
                (
                    resource.id.as_str(),
                    resource.kind.as_str(),
                    resource.note.as_str(),
                )
            })
            .collect();
        let list = "Not on the list of servers that may be public";
        assert_eq!(
            told,
            [
                (
                    "i-0b10000000000000a",
                    KIND,
                    format!("{list}: 203.0.113.20.").as_str()
                ),
                (
                    "i-0b20000000000000a",
                    KIND,
                    format!("{list}: 203.0.113.40.").as_str()
                ),
            ]
        );
    }

    #[test]
    fn no_server_does_not_apply_but_a_part_or_a_refusal_is_unknown() {
        let none = "<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>";
        let account = Account::new().regions(&INSTANCES, &[("us-east-1", none)]);
        assert_eq!(account.judge(&CHECK).outcome, Outcome::NotApplicable);
        let half = Completeness::partial(Reason::new(UnknownCode::Partial, "half"));
        let page = vec![(origin(200, "us-east-1", None), none.as_bytes().to_vec())];
        let part = Account::new().pages(&INSTANCES, page, half).judge(&CHECK);
        assert_eq!(part.reason.unwrap().code, UnknownCode::Partial);
        refused_is_unknown(&CHECK, &INSTANCES);
    }
}
