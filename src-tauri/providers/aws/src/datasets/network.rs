//! EC2: the networks, what filters and records their traffic, and the ways into them.

use super::ec2::{Items, Tag, describe, name_in, name_tag, structures};
use super::read::{ec2_items, flag, number};
use crate::client::Operation;
use provider_kit::{Clouds, Dataset, Reader};
use serde::Deserialize;

/// What is attached to the networks.
pub static NETWORK_INTERFACES: Dataset = Dataset {
    id: "aws.ec2_network_interfaces",
    title: "Network interfaces",
    what: "What is attached to each network, in every region: servers, balancers, databases and gateways.",
    permissions: &["ec2:DescribeNetworkInterfaces", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/networkInterfaceId"],
    records: Reader::Page(|page| {
        ec2_items(page, "DescribeNetworkInterfaces", "networkInterfaceSet")
    }),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.13.1[a]", "3.13.1[b]"],
};

pub(crate) static NETWORK_INTERFACES_OPERATION: Operation = describe(
    "ec2:DescribeNetworkInterfaces",
    "DescribeNetworkInterfaces",
    &[("MaxResults", "1000")],
);

/// What records the traffic.
pub static FLOW_LOGS: Dataset = Dataset {
    id: "aws.ec2_flow_logs",
    title: "VPC flow logs",
    what: "Which networks, subnets and interfaces have their traffic recorded, in every region, and whether the records arrive.",
    permissions: &["ec2:DescribeFlowLogs", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/flowLogId"],
    records: Reader::Page(|page| ec2_items(page, "DescribeFlowLogs", "flowLogSet")),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.13.1[c]", "3.14.6[b]"],
};

pub(crate) static FLOW_LOGS_OPERATION: Operation = describe(
    "ec2:DescribeFlowLogs",
    "DescribeFlowLogs",
    &[("MaxResults", "1000")],
);

/// What filters traffic at the edge of subnets.
pub static NETWORK_ACLS: Dataset = Dataset {
    id: "aws.ec2_network_acls",
    title: "Network ACLs",
    what: "Which traffic each network ACL lets into and out of subnets, in every region.",
    permissions: &["ec2:DescribeNetworkAcls", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/networkAclId"],
    records: Reader::Page(|page| ec2_items(page, "DescribeNetworkAcls", "networkAclSet")),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.13.1[e]", "3.13.6[a]"],
};

pub(crate) static NETWORK_ACLS_OPERATION: Operation = describe(
    "ec2:DescribeNetworkAcls",
    "DescribeNetworkAcls",
    &[("MaxResults", "1000")],
);

/// The parts of the networks.
pub static SUBNETS: Dataset = Dataset {
    id: "aws.ec2_subnets",
    title: "Subnets",
    what: "The parts of each network, in every region, and whether servers in them get public addresses by themselves.",
    permissions: &["ec2:DescribeSubnets", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/subnetId"],
    records: Reader::Page(|page| ec2_items(page, "DescribeSubnets", "subnetSet")),
    // Moves with every server that starts or ends.
    volatile: &["/availableIpAddressCount"],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.13.5[a]", "3.13.5[b]"],
};

pub(crate) static SUBNETS_OPERATION: Operation = describe(
    "ec2:DescribeSubnets",
    "DescribeSubnets",
    &[("MaxResults", "1000")],
);

/// The ways in for people.
pub static CLIENT_VPNS: Dataset = Dataset {
    id: "aws.ec2_client_vpn_endpoints",
    title: "Client VPN endpoints",
    what: "How people dial into the networks, in every region: sign-in, split tunnel, session length, banner and log.",
    permissions: &["ec2:DescribeClientVpnEndpoints", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/clientVpnEndpointId"],
    records: Reader::Page(|page| {
        ec2_items(page, "DescribeClientVpnEndpoints", "clientVpnEndpoint")
    }),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.12[a]", "3.1.12[b]"],
};

pub(crate) static CLIENT_VPNS_OPERATION: Operation = describe(
    "ec2:DescribeClientVpnEndpoints",
    "DescribeClientVpnEndpoints",
    &[("MaxResults", "1000")],
);

/// Something attached to a network.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkInterface {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its id.
    pub network_interface_id: Option<String>,
    /// Its network.
    pub vpc_id: Option<String>,
}

/// A recording of traffic.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FlowLog {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its id.
    pub flow_log_id: Option<String>,
    /// What is recorded: the id of a network, a subnet or an interface.
    pub resource_id: Option<String>,
    /// `ACTIVE` while it records.
    pub flow_log_status: Option<String>,
    /// `SUCCESS` or `FAILED`; absent where nothing was delivered yet.
    pub deliver_logs_status: Option<String>,
    /// `ACCEPT`, `REJECT` or `ALL`.
    pub traffic_type: Option<String>,
}

/// A filter at the edge of subnets.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NetworkAcl {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its id.
    pub network_acl_id: Option<String>,
    /// Whether AWS made it with the network.
    #[serde(default, deserialize_with = "flag")]
    pub default: Option<bool>,
    /// Its rules.
    #[serde(default, deserialize_with = "structures")]
    pub entry_set: Items<AclEntry>,
    /// Names and other labels.
    #[serde(default, deserialize_with = "structures")]
    pub tag_set: Items<Tag>,
}

/// A rule of a network ACL. The first that fits decides.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AclEntry {
    /// Its place in the order.
    #[serde(default, deserialize_with = "number")]
    pub rule_number: Option<i64>,
    /// `6` for TCP, `17` for UDP, ..., or `-1` for everything.
    pub protocol: Option<String>,
    /// `allow` or `deny`.
    pub rule_action: Option<String>,
    /// Whether it is about traffic that leaves.
    #[serde(default, deserialize_with = "flag")]
    pub egress: Option<bool>,
    /// An IPv4 range.
    pub cidr_block: Option<String>,
    /// An IPv6 range.
    pub ipv6_cidr_block: Option<String>,
    /// The ports of TCP and UDP.
    pub port_range: Option<PortRange>,
}

/// Ports from one to another.
#[derive(Clone, Debug, Deserialize)]
pub struct PortRange {
    /// The first.
    #[serde(default, deserialize_with = "number")]
    pub from: Option<i64>,
    /// The last.
    #[serde(default, deserialize_with = "number")]
    pub to: Option<i64>,
}

/// A part of a network.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Subnet {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its id.
    pub subnet_id: Option<String>,
    /// Whether servers in it get a public address by themselves.
    #[serde(default, deserialize_with = "flag")]
    pub map_public_ip_on_launch: Option<bool>,
    /// Names and other labels.
    #[serde(default, deserialize_with = "structures")]
    pub tag_set: Items<Tag>,
}

/// A way in for people.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientVpn {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its id.
    pub client_vpn_endpoint_id: Option<String>,
    /// How it stands.
    pub status: Option<VpnStatus>,
    /// Whether only some traffic goes through it.
    #[serde(default, deserialize_with = "flag")]
    pub split_tunnel: Option<bool>,
    /// Whether connections are logged.
    pub connection_log_options: Option<ConnectionLog>,
    /// How people sign in.
    #[serde(default, deserialize_with = "structures")]
    pub authentication_options: Items<VpnAuthentication>,
    /// How long a session lasts at most.
    #[serde(default, deserialize_with = "number")]
    pub session_timeout_hours: Option<i64>,
    /// What people read when they connect.
    pub client_login_banner_options: Option<LoginBanner>,
    /// Names and other labels.
    #[serde(default, deserialize_with = "structures")]
    pub tag_set: Items<Tag>,
}

/// How a way in stands.
#[derive(Clone, Debug, Deserialize)]
pub struct VpnStatus {
    /// `pending-associate`, `available`, `deleting` or `deleted`.
    pub code: Option<String>,
}

/// Whether connections are logged.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConnectionLog {
    /// Whether they are.
    #[serde(default, deserialize_with = "flag")]
    pub enabled: Option<bool>,
}

/// A way to sign in.
#[derive(Clone, Debug, Deserialize)]
pub struct VpnAuthentication {
    /// `certificate-authentication`, `directory-service-authentication` or `federated-authentication`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// What people read when they connect.
#[derive(Clone, Debug, Deserialize)]
pub struct LoginBanner {
    /// Whether there is one.
    #[serde(default, deserialize_with = "flag")]
    pub enabled: Option<bool>,
}

impl NetworkAcl {
    /// Its name for people: the `Name` tag or its id, with the region.
    #[must_use]
    pub fn name(&self) -> String {
        name_in(&self.region, name_tag(&self.tag_set), &self.network_acl_id)
    }
}

impl Subnet {
    /// Its name for people: the `Name` tag or its id, with the region.
    #[must_use]
    pub fn name(&self) -> String {
        name_in(&self.region, name_tag(&self.tag_set), &self.subnet_id)
    }
}

impl ClientVpn {
    /// Its name for people: the `Name` tag or its id, with the region.
    #[must_use]
    pub fn name(&self) -> String {
        name_in(
            &self.region,
            name_tag(&self.tag_set),
            &self.client_vpn_endpoint_id,
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read::tests::origin, *};
    use provider_kit::RawPage;

    #[test]
    fn rules_and_ways_in_are_read_as_ec2_writes_them() {
        let read = |dataset: &Dataset, body: &str| {
            let page = RawPage {
                body: body.as_bytes(),
                origin: &origin(200, Some("us-west-2"), None),
            };
            dataset.read(&page).unwrap().remove(0)
        };
        let acl: NetworkAcl = serde_json::from_value(read(
            &NETWORK_ACLS,
            "<DescribeNetworkAclsResponse><networkAclSet><item><networkAclId>acl-1</networkAclId><default>true</default>\
             <entrySet><item><ruleNumber>100</ruleNumber><protocol>6</protocol><ruleAction>allow</ruleAction>\
             <egress>false</egress><cidrBlock>0.0.0.0/0</cidrBlock><portRange><from>22</from><to>22</to></portRange></item>\
             </entrySet></item></networkAclSet></DescribeNetworkAclsResponse>",
        ))
        .unwrap();
        let entry = acl.entry_set.clone().unwrap().remove(0).unwrap();
        assert_eq!((entry.rule_number, entry.egress), (Some(100), Some(false)));
        assert_eq!(entry.port_range.unwrap().to, Some(22));
        assert_eq!(acl.name(), "acl-1 (us-west-2)");
        let vpn: ClientVpn = serde_json::from_value(read(
            &CLIENT_VPNS,
            "<DescribeClientVpnEndpointsResponse><clientVpnEndpoint><item><clientVpnEndpointId>cvpn-1</clientVpnEndpointId>\
             <status><code>available</code></status><splitTunnel>false</splitTunnel><sessionTimeoutHours>12</sessionTimeoutHours>\
             <connectionLogOptions><Enabled>true</Enabled></connectionLogOptions></item></clientVpnEndpoint>\
             </DescribeClientVpnEndpointsResponse>",
        ))
        .unwrap();
        assert_eq!(vpn.connection_log_options.unwrap().enabled, Some(true));
        assert_eq!(
            (vpn.split_tunnel, vpn.session_timeout_hours),
            (Some(false), Some(12))
        );
    }
}
