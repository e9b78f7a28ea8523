//! Every line of the table, every gap, and that nothing that is added makes a group better.
#![allow(clippy::unwrap_used)]
use super::*;
use crate::{
    checks::testing::{Account, refused_is_unknown},
    datasets::{IpRange, Ipv6Range, PrefixList},
};
use evidence::{Completeness, Outcome, Reason, UnknownCode};
use proptest::{collection::vec, option, prelude::*, sample::select};
use provider_kit::conformance;

fn rule(protocol: &str, ports: Option<(i64, i64)>, ranges: &[&str]) -> IpPermission {
    let (ipv6, ipv4): (Vec<&str>, Vec<&str>) = ranges.iter().partition(|range| range.contains(':'));
    IpPermission {
        ip_protocol: Some(protocol.to_owned()),
        from_port: ports.map(|(first, _)| first),
        to_port: ports.map(|(_, last)| last),
        ip_ranges: Some(
            ipv4.iter()
                .map(|range| {
                    Some(IpRange {
                        cidr_ip: Some((*range).to_owned()),
                    })
                })
                .collect(),
        ),
        prefix_list_ids: None,
        ipv6_ranges: Some(
            ipv6.iter()
                .map(|range| {
                    Some(Ipv6Range {
                        cidr_ipv6: Some((*range).to_owned()),
                    })
                })
                .collect(),
        ),
    }
}

fn group(rules: Vec<Option<IpPermission>>) -> SecurityGroup {
    SecurityGroup {
        region: "us-east-1".to_owned(),
        group_id: Some("sg-1".to_owned()),
        group_name: Some("web".to_owned()),
        vpc_id: None,
        ip_permissions: Some(rules),
        ip_permissions_egress: None,
    }
}

fn reading(rule: IpPermission) -> Reading {
    of_group(&group(vec![Some(rule)]))
}

fn opens(rule: IpPermission) -> bool {
    matches!(reading(rule), Reading::Opens(_))
}

fn ssh() -> IpPermission {
    rule("tcp", Some((22, 22)), &["0.0.0.0/0"])
}

#[test]
fn exactly_the_high_risk_ports_are_ones() {
    // Written out once more, so that a slip in the table is seen.
    let high: [i64; 29] = [
        20, 21, 22, 23, 135, 137, 138, 139, 445, 1433, 1434, 1521, 3306, 3389, 5432, 5500, 5601,
        5900, 6379, 7199, 8888, 9042, 9092, 9160, 9200, 9300, 11211, 27017, 27018,
    ];
    for port in 0..=65_535 {
        for (protocol, range) in [("tcp", "0.0.0.0/0"), ("17", "::/0")] {
            let open = opens(rule(protocol, Some((port, port)), &[range]));
            assert_eq!(open, high.contains(&port), "{protocol} {port}");
        }
    }
}

#[test]
fn a_note_names_ports_protocol_and_range() {
    let note = |rule| match reading(rule) {
        Reading::Opens(what) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        note(ssh()),
        "TCP 22 (SSH 22) from 0.0.0.0/0, the whole internet"
    );
    assert_eq!(
        note(rule(
            "udp",
            Some((0, 65_535)),
            &["0.0.0.0/1", "128.0.0.0/1", "203.0.113.0/24"]
        )),
        "UDP 0-65535 (SSH 22, Remote Desktop 3389, FTP 20-21, Telnet 23 and 20 more) \
         from 0.0.0.0/1, half of the internet and 128.0.0.0/1, half of the internet"
    );
    assert_eq!(
        note(rule("-1", None, &["0:0:0:0:0:0:0:0/0"])),
        "every protocol and port from 0:0:0:0:0:0:0:0/0, the whole internet"
    );
    let two = group(vec![Some(ssh()), Some(rule("-1", None, &["::/0"]))]);
    assert_eq!(
        of_group(&two),
        Reading::Opens(
            "TCP 22 (SSH 22) from 0.0.0.0/0, the whole internet; every protocol and port from ::/0, the whole internet"
                .to_owned()
        )
    );
}

#[test]
fn other_ports_protocols_and_sources_are_closed() {
    for closed in [
        rule("tcp", Some((443, 443)), &["0.0.0.0/0", "::/0"]),
        rule("tcp", Some((24, 134)), &["0.0.0.0/0"]),
        rule("icmp", Some((-1, -1)), &["0.0.0.0/0"]),
        rule("icmpv6", None, &["::/0"]),
        rule("50", None, &["0.0.0.0/0"]),
        rule(
            "tcp",
            Some((22, 22)),
            &["203.0.113.0/24", "2001:db8::/32", "10.0.0.0/8"],
        ),
        rule("-1", None, &["203.0.113.0/24"]),
        // Another group is the source.
        rule("-1", None, &[]),
    ] {
        assert_eq!(reading(closed.clone()), Reading::Closed, "{closed:?}");
    }
    assert!(
        opens(rule("tcp", Some((80, 443)), &["0.0.0.0/0"])),
        "135 is between them"
    );
    assert!(opens(rule("TCP", Some((22, 22)), &["0.0.0.0/0"])));
}

#[test]
fn a_prefix_list_may_hold_the_internet() {
    let list = |rule: IpPermission| IpPermission {
        prefix_list_ids: Some(vec![Some(PrefixList {
            prefix_list_id: Some("pl-1".to_owned()),
        })]),
        ..rule
    };
    let to_list = reading(list(rule("tcp", Some((22, 22)), &[])));
    assert!(matches!(to_list, Reading::Unclear(why) if why.contains("prefix list")));
    let harmless = list(rule("tcp", Some((443, 443)), &[]));
    assert_eq!(reading(harmless), Reading::Closed);
    assert!(opens(list(rule("tcp", Some((22, 22)), &["0.0.0.0/0"]))));
}

#[test]
fn every_gap_is_unknown_and_hides_no_open_port() {
    let gap = |change: fn(&mut IpPermission)| {
        let mut rule = ssh();
        change(&mut rule);
        Some(rule)
    };
    let gaps = [
        (None, "can't be read"),
        (gap(|rule| rule.ip_protocol = None), "protocol"),
        (
            gap(|rule| rule.ip_protocol = Some(String::new())),
            "protocol",
        ),
        (
            gap(|rule| rule.ip_protocol = Some("all".to_owned())),
            "document",
        ),
        (
            gap(|rule| rule.ip_protocol = Some("256".to_owned())),
            "document",
        ),
        (gap(|rule| rule.from_port = None), "which ports"),
        (gap(|rule| rule.to_port = None), "which ports"),
        (
            gap(|rule| (rule.from_port, rule.to_port) = (None, None)),
            "which ports",
        ),
        (
            gap(|rule| (rule.from_port, rule.to_port) = (Some(-1), Some(-1))),
            "are none",
        ),
        (
            gap(|rule| (rule.from_port, rule.to_port) = (Some(30), Some(29))),
            "are none",
        ),
        (gap(|rule| rule.to_port = Some(65_536)), ""),
        (gap(|rule| rule.ip_ranges = None), "all the ranges"),
        (
            gap(|rule| (rule.ip_ranges, rule.ipv6_ranges) = (Some(vec![]), None)),
            "all the ranges",
        ),
        (gap(|rule| rule.ip_ranges = Some(vec![None])), "readable"),
        (
            gap(|rule| rule.ip_ranges = Some(vec![Some(IpRange { cidr_ip: None })])),
            "readable",
        ),
        (
            gap(|rule| rule.ipv6_ranges = Some(vec![Some(Ipv6Range { cidr_ipv6: None })])),
            "",
        ),
        (
            gap(|rule| {
                *rule = super::tests::rule("tcp", Some((443, 443)), &["0.0.0.0"]);
            }),
            "readable",
        ),
    ];
    for (rule, why) in gaps {
        match of_group(&group(vec![rule.clone()])) {
            // What can't be read of it does not matter where the rest is open.
            Reading::Opens(_) => assert_eq!(why, "", "{rule:?}"),
            Reading::Unclear(told) => {
                assert!(!why.is_empty() && told.contains(why), "{rule:?}: {told}")
            }
            Reading::Closed => panic!("{rule:?} passes"),
        }
        for rules in [
            vec![rule.clone(), Some(ssh())],
            vec![Some(ssh()), rule.clone()],
        ] {
            assert!(
                matches!(of_group(&group(rules)), Reading::Opens(_)),
                "{rule:?}"
            );
        }
    }
    let listless = SecurityGroup {
        ip_permissions: None,
        ..group(vec![])
    };
    assert!(matches!(of_group(&listless), Reading::Unclear(_)));
    for id in [None, Some(String::new())] {
        let nameless = SecurityGroup {
            group_id: id.clone(),
            ..group(vec![])
        };
        assert!(matches!(of_group(&nameless), Reading::Unclear(_)));
        let open = SecurityGroup {
            group_id: id,
            ..group(vec![Some(ssh())])
        };
        assert!(matches!(of_group(&open), Reading::Opens(_)));
    }
    assert_eq!(of_group(&group(vec![])), Reading::Closed);
}

fn answer(groups: &str) -> String {
    format!(
        "<DescribeSecurityGroupsResponse><securityGroupInfo>{groups}</securityGroupInfo></DescribeSecurityGroupsResponse>"
    )
}

#[test]
fn no_group_anywhere_does_not_apply_and_a_part_never_passes() {
    let none = answer("");
    let closed = answer("<item><groupId>sg-1</groupId><ipPermissions/></item>");
    let all = |body: &str| {
        Account::new()
            .regions(
                &SECURITY_GROUPS,
                &[("us-east-1", body), ("us-west-2", &none)],
            )
            .judge(&CHECK)
            .outcome
    };
    assert_eq!(
        (all(&none), all(&closed)),
        (Outcome::NotApplicable, Outcome::Pass)
    );
    assert_eq!(
        all(&answer("<item><groupId>sg-1</groupId></item>")),
        Outcome::Unknown
    );
    let part = |body: &str| {
        let pages = vec![(
            crate::checks::testing::origin(200, "us-east-1", None),
            body.as_bytes().to_vec(),
        )];
        let half = Completeness::partial(Reason::new(UnknownCode::Partial, "half"));
        Account::new()
            .pages(&SECURITY_GROUPS, pages, half)
            .judge(&CHECK)
            .outcome
    };
    assert_eq!(
        (part(&none), part(&closed)),
        (Outcome::Unknown, Outcome::Unknown)
    );
    refused_is_unknown(&CHECK, &SECURITY_GROUPS);
}

/// In the mixed case two groups fail, so a damage to one is not seen in the outcome. Here each group stands alone.
#[test]
fn a_group_alone_withstands_every_damage() {
    for (name, range) in [
        (
            "web",
            "<ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges><ipv6Ranges/>",
        ),
        (
            "default",
            "<ipRanges/><ipv6Ranges><item><cidrIpv6>::/0</cidrIpv6></item></ipv6Ranges>",
        ),
    ] {
        let body = answer(&format!(
            "<item><groupId>sg-1</groupId><groupName>{name}</groupName><ipPermissions><item><ipProtocol>tcp</ipProtocol>\
             <fromPort>22</fromPort><toPort>22</toPort>{range}</item></ipPermissions><ipPermissionsEgress/></item>"
        ));
        let here = crate::checks::testing::origin(200, "us-east-1", None);
        let case = conformance::Case {
            pages: [(SECURITY_GROUPS.id, vec![(here, body.into_bytes())])].into(),
            files: [(SECURITY_GROUPS.id, vec![name.to_owned()])].into(),
            ..conformance::Case::empty(&crate::PROVIDER)
        };
        let mut problems = Vec::new();
        conformance::truth::holds_for(&crate::PROVIDER, &case, &mut problems);
        assert_eq!(problems, Vec::<String>::new());
    }
}

#[test]
fn the_mixed_case_is_told_in_words() {
    let verdict = Account::case("mixed").judge(&CHECK);
    let told: Vec<(&str, &str)> = verdict
        .resources
        .iter()
        .map(|resource| (resource.id.as_str(), resource.note.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (
                "sg-0b10000000000000b",
                "Lets in TCP 3389 (Remote Desktop 3389) from 0.0.0.0/0, the whole internet and ::/0, the whole internet."
            ),
            (
                "sg-0b20000000000000c",
                "Lets in every protocol and port from 0.0.0.0/1, half of the internet and 128.0.0.0/1, half of the internet."
            ),
        ]
    );
    assert!(
        verdict
            .resources
            .iter()
            .all(|resource| resource.kind == "securityGroup")
    );
}

/// Rules as they are and as they should not be.
fn any_rule() -> impl Strategy<Value = Option<IpPermission>> {
    let protocol = option::weighted(
        0.9,
        select(vec![
            "tcp", "udp", "6", "17", "-1", "icmp", "58", "50", "odd",
        ]),
    );
    let port = || {
        option::weighted(
            0.9,
            prop_oneof![
                0..=65_535_i64,
                select(vec![-1, 20, 22, 23, 443, 3389, 65_536])
            ],
        )
    };
    let ranges = || option::weighted(0.9, vec(option::weighted(0.9, any_range()), 0..3));
    let rule = (protocol, port(), port(), ranges(), ranges()).prop_map(
        |(protocol, from_port, to_port, ipv4, ipv6)| IpPermission {
            ip_protocol: protocol.map(str::to_owned),
            from_port,
            to_port,
            ip_ranges: ipv4.map(|ranges| {
                ranges
                    .into_iter()
                    .map(|range| Some(IpRange { cidr_ip: range }))
                    .collect()
            }),
            prefix_list_ids: None,
            ipv6_ranges: ipv6.map(|ranges| {
                ranges
                    .into_iter()
                    .map(|range| Some(Ipv6Range { cidr_ipv6: range }))
                    .collect()
            }),
        },
    );
    option::weighted(0.95, rule)
}

fn any_range() -> impl Strategy<Value = String> {
    prop_oneof![
        select(vec!["0.0.0.0/0", "::/0", "odd", "203.0.113.0/24"]).prop_map(str::to_owned),
        (any::<u32>(), 0..=32_u8)
            .prop_map(|(bits, prefix)| format!("{}/{prefix}", std::net::Ipv4Addr::from_bits(bits))),
        (any::<u128>(), 0..=128_u8)
            .prop_map(|(bits, prefix)| format!("{}/{prefix}", std::net::Ipv6Addr::from_bits(bits))),
    ]
}

fn rank(rules: &[Option<IpPermission>]) -> u8 {
    match of_group(&group(rules.to_vec())) {
        Reading::Closed => 0,
        Reading::Unclear(_) => 1,
        Reading::Opens(_) => 2,
    }
}

fn wider(range: &mut Option<String>, by: u8) {
    let Some((address, prefix)) = range.as_deref().and_then(|range| range.split_once('/')) else {
        return;
    };
    let prefix: u8 = prefix.parse().unwrap();
    *range = Some(format!("{address}/{}", prefix.saturating_sub(by)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_further_rule_makes_nothing_better(mut rules in vec(any_rule(), 0..4), further in any_rule(), at in 0..4_usize) {
        let before = rank(&rules);
        rules.insert(at.min(rules.len()), further);
        prop_assert!(rank(&rules) >= before);
    }

    #[test]
    fn wider_ports_make_nothing_better(mut rules in vec(any_rule(), 1..3), down in 0..70_000_i64, up in 0..70_000_i64) {
        let before = rank(&rules);
        for rule in rules.iter_mut().flatten() {
            rule.from_port = rule.from_port.map(|port| port.min((port - down).max(0)));
            rule.to_port = rule.to_port.map(|port| port.max((port + up).min(65_535)));
        }
        // Ports that are none can become some; unknown may then be closed, but open stays open.
        prop_assert!(before < 2 || rank(&rules) == 2);
    }

    #[test]
    fn wider_addresses_make_nothing_better(mut rules in vec(any_rule(), 1..3), by in 0..128_u8) {
        let before = rank(&rules);
        for rule in rules.iter_mut().flatten() {
            for range in rule.ip_ranges.iter_mut().flatten().flatten() {
                wider(&mut range.cidr_ip, by);
            }
            for range in rule.ipv6_ranges.iter_mut().flatten().flatten() {
                wider(&mut range.cidr_ipv6, by);
            }
        }
        prop_assert!(rank(&rules) >= before);
    }
}
