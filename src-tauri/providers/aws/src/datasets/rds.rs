//! RDS: databases, copies of them, and with whom the copies are shared.

use super::read::{about, flag, number, of_region, query_items};
use crate::{
    client::{Asked, Operation, Paging, Question, RDS, Request, Scope, Subject, Subjects},
    xml,
};
use provider_kit::{Clouds, Dataset, Malformed, RawPage, Reader};
use serde::Deserialize;
use serde_json::{Value, json};

const MARKER: Paging = Paging::Token {
    asks: "Marker",
    answers: "Marker",
};

/// The databases.
pub static RDS_INSTANCES: Dataset = Dataset {
    id: "aws.rds_instances",
    title: "RDS databases",
    what: "Every database in every region: whether it is encrypted, backed up, and reachable from outside.",
    permissions: &["rds:DescribeDBInstances", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/DBInstanceIdentifier"],
    records: Reader::Page(|page| {
        query_items(page, "DescribeDBInstances", ("DBInstances", "DBInstance"))
    }),
    volatile: &["/LatestRestorableTime"],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.13.16[a]", "3.13.5[b]"],
};

pub(crate) static RDS_INSTANCES_OPERATION: Operation = Operation {
    service: &RDS,
    permission: "rds:DescribeDBInstances",
    request: Request::Form("DescribeDBInstances", &[("MaxRecords", "100")]),
    paging: MARKER,
    not_used: |_, _| false,
};

/// The copies of databases that the account owns.
pub static RDS_SNAPSHOTS: Dataset = Dataset {
    id: "aws.rds_snapshots",
    title: "RDS snapshots",
    what: "Every copy of a database that the account owns, and whether it is encrypted.",
    permissions: &["rds:DescribeDBSnapshots", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/DBSnapshotIdentifier"],
    records: Reader::Page(|page| {
        query_items(page, "DescribeDBSnapshots", ("DBSnapshots", "DBSnapshot"))
    }),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.13.16[a]", "3.8.9[a]"],
};

static SNAPSHOTS_LIST: Subjects = Subjects {
    id: "rds snapshots",
    scope: Scope::Regions,
    list: Operation {
        service: &RDS,
        permission: "rds:DescribeDBSnapshots",
        request: Request::Form("DescribeDBSnapshots", &[("MaxRecords", "100")]),
        paging: MARKER,
        not_used: |_, _| false,
    },
    read: shareable,
    batch: 1,
    most: None,
};
pub(crate) const SNAPSHOTS_ASKED: Asked = Asked::List(&SNAPSHOTS_LIST);

/// The copies on a page that can be shared: those that RDS makes by itself can't.
fn shareable(page: &RawPage<'_>) -> Result<Vec<Subject>, Malformed> {
    xml::result(page.body, "DescribeDBSnapshots")?
        .each("DBSnapshots", "DBSnapshot")?
        .iter()
        .filter(|snapshot| snapshot.text_of("SnapshotType") != Some(AUTOMATED))
        .map(|snapshot| match snapshot.text_of("DBSnapshotIdentifier") {
            Some(id) if !id.is_empty() => Ok(Subject::here(id)),
            _ => Err(Malformed("a snapshot has no identifier".to_owned())),
        })
        .collect()
}

/// The kind of a copy that RDS makes by itself.
pub const AUTOMATED: &str = "automated";

/// With whom copies are shared.
pub static RDS_SNAPSHOT_SHARING: Dataset = Dataset {
    id: "aws.rds_snapshot_sharing",
    title: "RDS snapshot sharing",
    what: "With whom each copy of a database is shared.",
    permissions: &[
        "rds:DescribeDBSnapshotAttributes",
        "rds:DescribeDBSnapshots",
        "ec2:DescribeRegions",
    ],
    licence: None,
    key: &["/@region", "/@subject"],
    records: Reader::Page(sharing),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.3[e]"],
};

static SHARING: Question = Question {
    subjects: &SNAPSHOTS_LIST,
    asks: &[&Operation {
        service: &RDS,
        permission: "rds:DescribeDBSnapshotAttributes",
        request: Request::Form(
            "DescribeDBSnapshotAttributes",
            &[("DBSnapshotIdentifier", "{subject}")],
        ),
        paging: Paging::None,
        not_used: |_, _| false,
    }],
    probe: None,
};
pub(crate) const SHARING_ASKED: Asked = Asked::About(&SHARING);

/// The accounts in the attribute `restore`.
fn sharing(page: &RawPage<'_>) -> Result<Vec<Value>, Malformed> {
    let result = xml::result(page.body, "DescribeDBSnapshotAttributes")?;
    let holder = result
        .child("DBSnapshotAttributesResult")
        .ok_or_else(|| Malformed("DBSnapshotAttributesResult is missing".to_owned()))?;
    let mut attributes = Vec::new();
    for attribute in holder.each("DBSnapshotAttributes", "DBSnapshotAttribute")? {
        let values = attribute.each("AttributeValues", "AttributeValue")?;
        attributes.push(json!({
            "AttributeName": attribute.text_of("AttributeName"),
            "AttributeValues": values.iter().map(xml::Element::json).collect::<Value>(),
        }));
    }
    let record = json!({"DBSnapshotAttributes": attributes});
    Ok(vec![about(page, of_region(record, page.place()?)?)?])
}

/// A database.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DbInstance {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its name.
    #[serde(rename = "DBInstanceIdentifier")]
    pub id: Option<String>,
    /// Whether it has a public address.
    #[serde(default, deserialize_with = "flag")]
    pub publicly_accessible: Option<bool>,
    /// Whether it is encrypted.
    #[serde(default, deserialize_with = "flag")]
    pub storage_encrypted: Option<bool>,
    /// For how many days backups are kept; 0 where there are none.
    #[serde(default, deserialize_with = "number")]
    pub backup_retention_period: Option<i64>,
}

/// A copy of a database.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct DbSnapshot {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its name.
    #[serde(rename = "DBSnapshotIdentifier")]
    pub id: Option<String>,
    /// `manual`, `automated` or `awsbackup`.
    pub snapshot_type: Option<String>,
    /// Whether it is encrypted.
    #[serde(default, deserialize_with = "flag")]
    pub encrypted: Option<bool>,
}

/// With whom a copy is shared.
#[derive(Clone, Debug, Deserialize)]
pub struct SnapshotSharing {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its name.
    #[serde(rename = "@subject")]
    pub snapshot: String,
    /// The attributes.
    #[serde(rename = "DBSnapshotAttributes")]
    pub attributes: Vec<SnapshotAttribute>,
}

/// An attribute of a copy.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SnapshotAttribute {
    /// `restore`.
    pub attribute_name: Option<String>,
    /// Accounts, or `all`.
    pub attribute_values: Vec<String>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read::tests::origin, *};

    fn snapshots(inner: &str) -> String {
        format!(
            "<DescribeDBSnapshotsResponse><DescribeDBSnapshotsResult><DBSnapshots>{inner}</DBSnapshots>\
             </DescribeDBSnapshotsResult></DescribeDBSnapshotsResponse>"
        )
    }

    #[test]
    fn copies_that_rds_makes_by_itself_are_not_asked_about() {
        let page = |inner: &str| {
            shareable(&RawPage {
                body: snapshots(inner).as_bytes(),
                origin: &origin(200, Some("us-east-1"), None),
            })
        };
        let found = page(
            "<DBSnapshot><DBSnapshotIdentifier>rds:a</DBSnapshotIdentifier><SnapshotType>automated</SnapshotType></DBSnapshot>\
             <DBSnapshot><DBSnapshotIdentifier>b</DBSnapshotIdentifier><SnapshotType>manual</SnapshotType></DBSnapshot>\
             <DBSnapshot><DBSnapshotIdentifier>c</DBSnapshotIdentifier></DBSnapshot>",
        );
        assert_eq!(found.unwrap(), [Subject::here("b"), Subject::here("c")]);
        assert!(page("<DBSnapshot/>").is_err());
    }

    #[test]
    fn sharing_is_a_list_of_accounts() {
        let read = |inner: &str| {
            let body = format!(
                "<DescribeDBSnapshotAttributesResponse><DescribeDBSnapshotAttributesResult>{inner}\
                 </DescribeDBSnapshotAttributesResult></DescribeDBSnapshotAttributesResponse>"
            );
            RDS_SNAPSHOT_SHARING.read(&RawPage {
                body: body.as_bytes(),
                origin: &origin(200, Some("us-east-1"), Some("b")),
            })
        };
        let rows = read(
            "<DBSnapshotAttributesResult><DBSnapshotAttributes><DBSnapshotAttribute><AttributeName>restore</AttributeName>\
             <AttributeValues><AttributeValue>all</AttributeValue></AttributeValues></DBSnapshotAttribute>\
             </DBSnapshotAttributes></DBSnapshotAttributesResult>",
        )
        .unwrap();
        let row: SnapshotSharing = serde_json::from_value(rows[0].clone()).unwrap();
        assert_eq!(row.attributes[0].attribute_values, ["all"]);
        assert!(read("").is_err());
        assert!(read("<DBSnapshotAttributesResult/>").is_err());
    }
}
