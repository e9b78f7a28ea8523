//! EC2: a region's own settings for disks, their copies and images, and what of the account's everybody may use.

use super::ec2::{Items, Tag, describe, name_in, name_tag, structures};
use super::read::{REGION, ec2_items, flag};
use crate::client::{ACCOUNT, EC2, Operation, Paging, Request};
use crate::xml;
use provider_kit::{Clouds, Dataset, Malformed, RawPage, Reader};
use serde::Deserialize;
use serde_json::{Value, json};

const fn setting(permission: &'static str, action: &'static str) -> Operation {
    Operation {
        service: &EC2,
        permission,
        request: Request::Form(action, &[]),
        paging: Paging::None,
        not_used: |_, _| false,
    }
}

/// Whether new disks are encrypted by themselves.
pub static EBS_DEFAULT_ENCRYPTION: Dataset = Dataset {
    id: "aws.ebs_default_encryption",
    title: "EBS encryption by default",
    what: "Whether each region encrypts new disks by itself.",
    permissions: &["ec2:GetEbsEncryptionByDefault", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region"],
    records: Reader::Page(|page| one(page, "GetEbsEncryptionByDefault", "ebsEncryptionByDefault")),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.13.16[a]"],
};

pub(crate) static EBS_DEFAULT_ENCRYPTION_OPERATION: Operation =
    setting("ec2:GetEbsEncryptionByDefault", "GetEbsEncryptionByDefault");

/// Whether copies of disks can be made public.
pub static EBS_SNAPSHOT_SHARING: Dataset = Dataset {
    id: "aws.ebs_snapshot_public_access",
    title: "Block public access for snapshots",
    what: "Whether each region lets copies of disks be shared with everybody.",
    permissions: &[
        "ec2:GetSnapshotBlockPublicAccessState",
        "ec2:DescribeRegions",
    ],
    licence: None,
    key: &["/@region"],
    records: Reader::Page(|page| one(page, "GetSnapshotBlockPublicAccessState", "state")),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.3[e]", "3.1.22[d]"],
};

pub(crate) static EBS_SNAPSHOT_SHARING_OPERATION: Operation = setting(
    "ec2:GetSnapshotBlockPublicAccessState",
    "GetSnapshotBlockPublicAccessState",
);

/// Whether images can be made public.
pub static IMAGE_SHARING: Dataset = Dataset {
    id: "aws.ec2_image_public_access",
    title: "Block public access for images",
    what: "Whether each region lets images of servers be shared with everybody.",
    permissions: &["ec2:GetImageBlockPublicAccessState", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region"],
    records: Reader::Page(|page| {
        one(
            page,
            "GetImageBlockPublicAccessState",
            "imageBlockPublicAccessState",
        )
    }),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.3[e]", "3.1.22[d]"],
};

pub(crate) static IMAGE_SHARING_OPERATION: Operation = setting(
    "ec2:GetImageBlockPublicAccessState",
    "GetImageBlockPublicAccessState",
);

/// Copies of the account's disks that everybody may use.
pub static PUBLIC_SNAPSHOTS: Dataset = Dataset {
    id: "aws.ebs_public_snapshots",
    title: "Public EBS snapshots",
    what: "Copies of the account's disks from which everybody may make a disk, in every region.",
    permissions: &["ec2:DescribeSnapshots", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/snapshotId"],
    records: Reader::Page(|page| ec2_items(page, "DescribeSnapshots", "snapshotSet")),
    // Moves while a copy is being made.
    volatile: &["/progress"],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.22[d]", "3.1.22[e]"],
};

pub(crate) static PUBLIC_SNAPSHOTS_OPERATION: Operation = describe(
    "ec2:DescribeSnapshots",
    "DescribeSnapshots",
    // The owner is said twice, as for the account's own copies: the filter is what stand-ins know.
    &[
        ("MaxResults", "1000"),
        ("RestorableBy.1", "all"),
        ("Owner.1", "self"),
        ("Filter.1.Name", "owner-id"),
        ("Filter.1.Value.1", ACCOUNT),
    ],
);

/// The account's images of servers.
pub static IMAGES: Dataset = Dataset {
    id: "aws.ec2_images",
    title: "Images of servers",
    what: "The account's own images of servers, in every region, and whether everybody may use them.",
    permissions: &["ec2:DescribeImages", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/imageId"],
    records: Reader::Page(|page| ec2_items(page, "DescribeImages", "imagesSet")),
    // Moves with every server that starts from it.
    volatile: &["/lastLaunchedTime"],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.22[d]", "3.1.22[e]"],
};

pub(crate) static IMAGES_OPERATION: Operation = describe(
    "ec2:DescribeImages",
    "DescribeImages",
    // Those that are out of date or switched off may be public all the same.
    &[
        ("MaxResults", "1000"),
        ("Owner.1", "self"),
        ("IncludeDeprecated", "true"),
        ("IncludeDisabled", "true"),
    ],
);

/// Whether a region encrypts new disks by itself.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DefaultEncryption {
    /// Where.
    #[serde(rename = "@region")]
    pub region: String,
    /// Whether it does.
    #[serde(default, deserialize_with = "flag")]
    pub ebs_encryption_by_default: Option<bool>,
}

/// Whether a region lets copies of disks be shared with everybody.
#[derive(Clone, Debug, Deserialize)]
pub struct EbsSnapshotSharing {
    /// Where.
    #[serde(rename = "@region")]
    pub region: String,
    /// `block-all-sharing`, `block-new-sharing` or `unblocked`.
    pub state: Option<String>,
}

/// Whether a region lets images be shared with everybody.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageSharing {
    /// Where.
    #[serde(rename = "@region")]
    pub region: String,
    /// `block-new-sharing` or `unblocked`.
    pub image_block_public_access_state: Option<String>,
}

/// An image of a server.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its id.
    pub image_id: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Whether everybody may use it.
    #[serde(default, deserialize_with = "flag")]
    pub is_public: Option<bool>,
    /// Names and other labels.
    #[serde(default, deserialize_with = "structures")]
    pub tag_set: Items<Tag>,
}

impl Image {
    /// Its name for people: the `Name` tag, its name or its id, with the region.
    #[must_use]
    pub fn label(&self) -> String {
        let name = name_tag(&self.tag_set).or(self.name.as_deref());
        name_in(&self.region, name, &self.image_id)
    }
}

/// The answer of an operation that gives a region's one setting, which has to be there.
fn one(page: &RawPage<'_>, action: &str, needed: &str) -> Result<Vec<Value>, Malformed> {
    let answer = xml::response(page.body, action)?;
    let Value::Object(mut members) = answer.json() else {
        return Err(Malformed("the answer is empty".to_owned()));
    };
    if !members.contains_key(needed) {
        return Err(Malformed(format!("{needed} is missing")));
    }
    members.remove("requestId");
    members.insert(REGION.to_owned(), json!(page.place()?));
    Ok(vec![Value::Object(members)])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read::tests::origin, *};

    fn read(dataset: &Dataset, body: &str) -> Result<Vec<Value>, Malformed> {
        dataset.read(&RawPage {
            body: body.as_bytes(),
            origin: &origin(200, Some("us-east-1"), None),
        })
    }

    #[test]
    fn a_setting_is_one_record_of_its_region() {
        let on = "<GetEbsEncryptionByDefaultResponse><requestId>r</requestId>\
                  <ebsEncryptionByDefault>true</ebsEncryptionByDefault></GetEbsEncryptionByDefaultResponse>";
        let row = read(&EBS_DEFAULT_ENCRYPTION, on).unwrap().remove(0);
        let setting: DefaultEncryption = serde_json::from_value(row.clone()).unwrap();
        assert_eq!(
            (setting.region.as_str(), setting.ebs_encryption_by_default),
            ("us-east-1", Some(true))
        );
        assert!(row.get("requestId").is_none(), "it differs every time");
        for bad in [
            "<GetEbsEncryptionByDefaultResponse><requestId>r</requestId></GetEbsEncryptionByDefaultResponse>",
            "<GetEbsEncryptionByDefaultResponse/>",
            "<OtherResponse><ebsEncryptionByDefault>true</ebsEncryptionByDefault></OtherResponse>",
        ] {
            assert!(read(&EBS_DEFAULT_ENCRYPTION, bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_image_is_named_by_tag_name_or_id() {
        let image = |rest: &str| {
            let body = format!(
                "<DescribeImagesResponse><imagesSet><item><imageId>ami-1</imageId>{rest}</item></imagesSet></DescribeImagesResponse>"
            );
            let row = read(&IMAGES, &body).unwrap().remove(0);
            serde_json::from_value::<Image>(row).unwrap().label()
        };
        assert_eq!(image("<name>gold</name>"), "gold (us-east-1)");
        assert_eq!(image(""), "ami-1 (us-east-1)");
    }
}
