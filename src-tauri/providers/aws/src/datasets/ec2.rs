//! EC2: servers, what may reach them, and their disks.

use super::read::{REGION, ec2_items, flag, number};
use crate::client::{ACCOUNT, EC2, Operation, Paging, Request};
use provider_kit::{Clouds, Dataset, Malformed, RawPage, Reader};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

pub(super) const fn describe(
    permission: &'static str,
    action: &'static str,
    arguments: &'static [(&'static str, &'static str)],
) -> Operation {
    Operation {
        service: &EC2,
        permission,
        request: Request::Form(action, arguments),
        paging: Paging::NextToken("nextToken"),
        not_used: |_, _| false,
    }
}

/// The servers.
pub static INSTANCES: Dataset = Dataset {
    id: "aws.ec2_instances",
    title: "EC2 instances",
    what: "Every server in every region: its state, addresses, image and network.",
    permissions: &["ec2:DescribeInstances", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/instanceId"],
    records: Reader::Page(instances),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.4.1[d]", "3.4.1[f]"],
};

pub(crate) static INSTANCES_OPERATION: Operation = describe(
    "ec2:DescribeInstances",
    "DescribeInstances",
    &[("MaxResults", "1000")],
);

/// What may reach the servers.
pub static SECURITY_GROUPS: Dataset = Dataset {
    id: "aws.ec2_security_groups",
    title: "Security groups",
    what: "Which traffic each security group lets in and out, in every region.",
    permissions: &["ec2:DescribeSecurityGroups", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/groupId"],
    records: Reader::Page(|page| ec2_items(page, "DescribeSecurityGroups", "securityGroupInfo")),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.13.1[e]", "3.13.6[a]"],
};

pub(crate) static SECURITY_GROUPS_OPERATION: Operation = describe(
    "ec2:DescribeSecurityGroups",
    "DescribeSecurityGroups",
    &[("MaxResults", "1000")],
);

/// The disks.
pub static VOLUMES: Dataset = Dataset {
    id: "aws.ebs_volumes",
    title: "EBS volumes",
    what: "Every disk in every region, whether it is encrypted, and what it is attached to.",
    permissions: &["ec2:DescribeVolumes", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/volumeId"],
    records: Reader::Page(|page| ec2_items(page, "DescribeVolumes", "volumeSet")),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.13.16[a]"],
};

pub(crate) static VOLUMES_OPERATION: Operation = describe(
    "ec2:DescribeVolumes",
    "DescribeVolumes",
    &[("MaxResults", "500")],
);

/// The copies of disks that the account owns.
pub static SNAPSHOTS: Dataset = Dataset {
    id: "aws.ebs_snapshots",
    title: "EBS snapshots",
    what: "Every copy of a disk that the account owns, in every region, and whether it is encrypted.",
    permissions: &["ec2:DescribeSnapshots", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/snapshotId"],
    records: Reader::Page(|page| ec2_items(page, "DescribeSnapshots", "snapshotSet")),
    // Moves while a copy is being made.
    volatile: &["/progress"],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.8.9[a]", "3.13.16[a]"],
};

pub(crate) static SNAPSHOTS_OPERATION: Operation = describe(
    "ec2:DescribeSnapshots",
    "DescribeSnapshots",
    // Either says it. Stand-ins know only the filter.
    &[
        ("MaxResults", "1000"),
        ("Owner.1", "self"),
        ("Filter.1.Name", "owner-id"),
        ("Filter.1.Value.1", ACCOUNT),
    ],
);

/// A list of structures as EC2 writes one: absent, empty, or `item`s. An item that can't be read is `None`, so that it
/// hides neither itself nor what stands beside it.
pub(super) type Items<T> = Option<Vec<Option<T>>>;

/// A server.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Instance {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its id.
    pub instance_id: Option<String>,
    /// Its state.
    pub instance_state: Option<InstanceState>,
    /// How its metadata service answers.
    pub metadata_options: Option<MetadataOptions>,
    /// Its public IPv4 address, "if applicable": absent without one (EC2's API calls it `ipAddress`).
    pub ip_address: Option<String>,
    /// Its network interfaces, which name public addresses once more, and further ones.
    #[serde(default, deserialize_with = "structures")]
    pub network_interface_set: Items<Interface>,
    /// Names and other labels.
    #[serde(default, deserialize_with = "structures")]
    pub tag_set: Items<Tag>,
}

/// How a server's metadata service answers.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MetadataOptions {
    /// `enabled` or `disabled`.
    pub http_endpoint: Option<String>,
    /// `required` (version 2 only) or `optional`.
    pub http_tokens: Option<String>,
}

/// The state of a server.
#[derive(Clone, Debug, Deserialize)]
pub struct InstanceState {
    /// `pending`, `running`, `shutting-down`, `terminated`, `stopping` or `stopped`.
    pub name: Option<String>,
}

/// A network interface of a server.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Interface {
    /// Its id.
    pub network_interface_id: Option<String>,
    /// The public address of its first private one; absent without one.
    pub association: Option<Association>,
    /// Its private addresses; each can have a public one.
    #[serde(default, deserialize_with = "structures")]
    pub private_ip_addresses_set: Items<PrivateAddress>,
}

/// A private address of an interface.
#[derive(Clone, Debug, Deserialize)]
pub struct PrivateAddress {
    /// Its public address; absent without one.
    pub association: Option<Association>,
}

/// What makes a private address public.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Association {
    /// The public address.
    pub public_ip: Option<String>,
}

/// A label.
#[derive(Clone, Debug, Deserialize)]
pub struct Tag {
    /// Its name.
    pub key: Option<String>,
    /// Its value.
    pub value: Option<String>,
}

/// What may reach servers.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecurityGroup {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its id.
    pub group_id: Option<String>,
    /// Its name; each network has one named `default`.
    pub group_name: Option<String>,
    /// Its network.
    pub vpc_id: Option<String>,
    /// What it lets in.
    #[serde(default, deserialize_with = "structures")]
    pub ip_permissions: Items<IpPermission>,
    /// What it lets out.
    #[serde(default, deserialize_with = "structures")]
    pub ip_permissions_egress: Items<IpPermission>,
}

/// A rule of a security group.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IpPermission {
    /// `tcp`, `udp`, `icmp`, a number, or `-1` for everything.
    pub ip_protocol: Option<String>,
    /// The first port; absent for all protocols.
    #[serde(default, deserialize_with = "number")]
    pub from_port: Option<i64>,
    /// The last port.
    #[serde(default, deserialize_with = "number")]
    pub to_port: Option<i64>,
    /// IPv4 ranges.
    #[serde(default, deserialize_with = "structures")]
    pub ip_ranges: Items<IpRange>,
    /// IPv6 ranges.
    #[serde(default, deserialize_with = "structures")]
    pub ipv6_ranges: Items<Ipv6Range>,
    /// Lists of ranges by name, whose contents are not in the answer.
    #[serde(default, deserialize_with = "structures")]
    pub prefix_list_ids: Items<PrefixList>,
}

/// A list of ranges by name.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PrefixList {
    /// E.g. `pl-0a1b2c3d`.
    pub prefix_list_id: Option<String>,
}

/// A range of IPv4 addresses.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IpRange {
    /// E.g. `0.0.0.0/0`.
    pub cidr_ip: Option<String>,
}

/// A range of IPv6 addresses.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ipv6Range {
    /// E.g. `::/0`.
    pub cidr_ipv6: Option<String>,
}

/// A disk.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Volume {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its id.
    pub volume_id: Option<String>,
    /// Whether it is encrypted.
    #[serde(default, deserialize_with = "flag")]
    pub encrypted: Option<bool>,
    /// `in-use`, `available`, ... (EC2's API calls it `status`).
    pub status: Option<String>,
    /// Names and other labels.
    #[serde(default, deserialize_with = "structures")]
    pub tag_set: Items<Tag>,
}

/// A copy of a disk.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its id.
    pub snapshot_id: Option<String>,
    /// Whether it is encrypted.
    #[serde(default, deserialize_with = "flag")]
    pub encrypted: Option<bool>,
    /// Names and other labels.
    #[serde(default, deserialize_with = "structures")]
    pub tag_set: Items<Tag>,
}

impl Instance {
    /// Its name for people: the `Name` tag or its id, with the region.
    #[must_use]
    pub fn name(&self) -> String {
        name_in(&self.region, name_tag(&self.tag_set), &self.instance_id)
    }
}

impl SecurityGroup {
    /// Its name for people, with the region.
    #[must_use]
    pub fn name(&self) -> String {
        name_in(&self.region, self.group_name.as_deref(), &self.group_id)
    }
}

impl Volume {
    /// Its name for people: the `Name` tag or its id, with the region.
    #[must_use]
    pub fn name(&self) -> String {
        name_in(&self.region, name_tag(&self.tag_set), &self.volume_id)
    }
}

impl Snapshot {
    /// Its name for people: the `Name` tag or its id, with the region.
    #[must_use]
    pub fn name(&self) -> String {
        name_in(&self.region, name_tag(&self.tag_set), &self.snapshot_id)
    }
}

pub(super) fn name_tag(tags: &Items<Tag>) -> Option<&str> {
    let mut tags = tags.iter().flatten().flatten();
    tags.find(|tag| tag.key.as_deref() == Some("Name"))?
        .value
        .as_deref()
}

pub(super) fn name_in(region: &str, name: Option<&str>, id: &Option<String>) -> String {
    let name = name
        .filter(|name| !name.is_empty())
        .or(id.as_deref())
        .unwrap_or("without a name");
    format!("{name} ({region})")
}

pub(super) fn structures<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    from: D,
) -> Result<Items<T>, D::Error> {
    let read = |item: Value| match item {
        item @ Value::Object(_) => serde_json::from_value(item).ok(),
        _ => None,
    };
    match Option::<Value>::deserialize(from)? {
        None => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(Some(Vec::new())),
        Some(Value::Array(list)) => Ok(Some(list.into_iter().map(read).collect())),
        Some(_) => Err(serde::de::Error::custom("a list is none")),
    }
}

/// The servers of every reservation; a reservation is only how they were started.
fn instances(page: &RawPage<'_>) -> Result<Vec<Value>, Malformed> {
    let mut records = Vec::new();
    for reservation in ec2_items(page, "DescribeInstances", "reservationSet")? {
        let region = reservation[REGION].clone();
        match reservation.get("instancesSet") {
            Some(Value::Array(found)) => {
                for instance in found {
                    let mut instance = instance.clone();
                    match &mut instance {
                        Value::Object(members) => members.insert(REGION.to_owned(), region.clone()),
                        _ => return Err(Malformed("an instance is empty".to_owned())),
                    };
                    records.push(instance);
                }
            }
            _ => return Err(Malformed("a reservation holds no instances".to_owned())),
        }
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read::tests::origin, *};

    fn read(dataset: &Dataset, body: &str) -> Result<Vec<Value>, Malformed> {
        dataset.read(&RawPage {
            body: body.as_bytes(),
            origin: &origin(200, Some("us-west-2"), None),
        })
    }

    #[test]
    fn servers_of_all_reservations_are_read_with_their_region() {
        let body = "<DescribeInstancesResponse><reservationSet>\
            <item><instancesSet><item><instanceId>i-1</instanceId><instanceState><name>running</name></instanceState>\
              <ipAddress>203.0.113.5</ipAddress></item><item><instanceId>i-2</instanceId></item></instancesSet></item>\
            </reservationSet></DescribeInstancesResponse>";
        let rows = read(&INSTANCES, body).unwrap();
        let first: Instance = serde_json::from_value(rows[0].clone()).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(first.region, "us-west-2");
        assert_eq!(first.instance_state.unwrap().name.unwrap(), "running");
        let hollow = "<DescribeInstancesResponse><reservationSet><item><ownerId>1</ownerId></item></reservationSet></DescribeInstancesResponse>";
        assert!(read(&INSTANCES, hollow).is_err());
    }

    #[test]
    fn rules_of_groups_are_read_and_an_empty_list_is_one() {
        let body = "<DescribeSecurityGroupsResponse><securityGroupInfo><item><groupId>sg-1</groupId><groupName>web</groupName>\
            <ipPermissions><item><ipProtocol>tcp</ipProtocol><fromPort>22</fromPort><toPort>22</toPort>\
              <ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges><ipv6Ranges/></item></ipPermissions>\
            <ipPermissionsEgress/></item></securityGroupInfo></DescribeSecurityGroupsResponse>";
        let rows = read(&SECURITY_GROUPS, body).unwrap();
        let group: SecurityGroup = serde_json::from_value(rows[0].clone()).unwrap();
        let rule = group.ip_permissions.unwrap().remove(0).unwrap();
        assert_eq!((rule.from_port, rule.to_port), (Some(22), Some(22)));
        assert_eq!(rule.ipv6_ranges.as_ref().unwrap().len(), 0);
        assert_eq!(group.ip_permissions_egress.unwrap().len(), 0);
    }

    #[test]
    fn an_item_that_cannot_be_read_is_seen_and_hides_no_other() {
        let body = "<DescribeSecurityGroupsResponse><securityGroupInfo><item><groupId>sg-1</groupId>\
            <ipPermissions><item/><item><fromPort>x</fromPort></item><item><ipProtocol>-1</ipProtocol>\
              <ipRanges><item/><item><description>d</description></item></ipRanges></item></ipPermissions>\
            </item></securityGroupInfo></DescribeSecurityGroupsResponse>";
        let rows = read(&SECURITY_GROUPS, body).unwrap();
        let group: SecurityGroup = serde_json::from_value(rows[0].clone()).unwrap();
        let rules = group.ip_permissions.unwrap();
        assert!(rules[0].is_none() && rules[1].is_none());
        let ranges = rules[2].clone().unwrap().ip_ranges.unwrap();
        assert!(ranges[0].is_none());
        assert_eq!(ranges[1].clone().unwrap().cidr_ip, None);
        assert!(
            group.ip_permissions_egress.is_none(),
            "no list is not an empty one"
        );
    }

    #[test]
    fn things_are_named_by_their_tag_with_the_region() {
        let volume = |tags: &str| {
            let body = format!(
                "<DescribeVolumesResponse><volumeSet><item><volumeId>vol-1</volumeId>{tags}</item></volumeSet></DescribeVolumesResponse>"
            );
            let row = read(&VOLUMES, &body).unwrap().remove(0);
            serde_json::from_value::<Volume>(row).unwrap().name()
        };
        let tag = |key: &str, value: &str| {
            format!("<tagSet><item><key>{key}</key><value>{value}</value></item></tagSet>")
        };
        assert_eq!(volume(&tag("Name", "files")), "files (us-west-2)");
        for unnamed in [
            String::new(),
            tag("Name", ""),
            tag("Team", "a"),
            "<tagSet><item/></tagSet>".to_owned(),
        ] {
            assert_eq!(volume(&unnamed), "vol-1 (us-west-2)", "{unnamed}");
        }
    }
}
