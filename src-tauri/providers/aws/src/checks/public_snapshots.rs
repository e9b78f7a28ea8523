//! A copy of a disk that is public is a disk that is public.

use super::{console::console, told::also};
use crate::datasets::{
    EBS_SNAPSHOT_SHARING, EbsSnapshotSharing, IMAGE_SHARING, IMAGES, Image, ImageSharing,
    PUBLIC_SNAPSHOTS, Snapshot,
};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule.
///
/// | what is seen | judged |
/// | --- | --- |
/// | a copy of the account's disks that everybody may use | fail |
/// | an image of the account that everybody may use | fail |
/// | an image that does not say so | unknown |
/// | a region blocks sharing copies, all or new ones | pass |
/// | a region blocks sharing new images | pass |
/// | a region blocks neither | fail; the note says that nothing has to be public yet |
/// | a region does not say, or says something else | unknown |
pub static CHECK: Check = Check {
    id: "aws.ebs.no_public_snapshots",
    alias: "AWS-58",
    version: 1,
    title: "No copy of a disk and no image of a server is public, and none can be made so.",
    objectives: &["3.1.3[e]", "3.1.22[d]", "3.1.22[e]"],
    severity: Severity::Critical,
    remedy: "Make each listed snapshot and image private at once, and find out who used it. Then block public access for both in EC2 > Settings > Data protection and security, in each listed region.",
    console: console!("ec2/home#Snapshots:visibility=public"),
    reperform: Reperform {
        portal: "EC2 > Snapshots > Public snapshots with the filter Owner = your account; EC2 > AMIs > Owned by me: Visibility; EC2 > Settings: block public access, in each region.",
        command: "for each region: aws ec2 describe-snapshots --owner-ids self --restorable-by-user-ids all; aws ec2 describe-images --owners self --query 'Images[?Public]'; aws ec2 get-snapshot-block-public-access-state; aws ec2 get-image-block-public-access-state",
    },
    datasets: &[
        "aws.ebs_public_snapshots",
        "aws.ec2_images",
        "aws.ebs_snapshot_public_access",
        "aws.ec2_image_public_access",
    ],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut judge = Judge::new();
    for snapshot in also::<Snapshot>(collected, &mut judge, PUBLIC_SNAPSHOTS.id) {
        let name = snapshot.name();
        let id = snapshot.snapshot_id.unwrap_or_default();
        judge.fail(id, name, "snapshot", "Everybody can make a disk of it.");
    }
    for image in also::<Image>(collected, &mut judge, IMAGES.id) {
        let name = image.label();
        let id = image.image_id.unwrap_or_default();
        match image.is_public {
            Some(true) => judge.fail(id, name, "image", "Everybody can start a server of it."),
            Some(false) => judge.pass(),
            None => judge.unknown(id, name, "image", "AWS does not say whether it is public."),
        }
    }
    let blocked = |judge: &mut Judge, region: &str, state: Option<&str>, what: &str| match state {
        Some("block-all-sharing" | "block-new-sharing") => judge.pass(),
        Some("unblocked") => judge.fail(
            format!("{region}:{what}"),
            region,
            "region",
            format!("{what} can be made public here; that one is, this alone does not say."),
        ),
        _ => judge.unknown(
            format!("{region}:{what}"),
            region,
            "region",
            format!("AWS does not say whether {what} can be made public here."),
        ),
    };
    for row in also::<EbsSnapshotSharing>(collected, &mut judge, EBS_SNAPSHOT_SHARING.id) {
        blocked(&mut judge, &row.region, row.state.as_deref(), "Snapshots");
    }
    for row in also::<ImageSharing>(collected, &mut judge, IMAGE_SHARING.id) {
        let state = row.image_block_public_access_state.as_deref();
        blocked(&mut judge, &row.region, state, "Images");
    }
    judge.conclude(WhenEmpty::Unknown("No region answered.".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::Outcome;

    fn account(snapshots: &str, images: &str, snapshot_state: &str, image_state: &str) -> Account {
        let body =
            |action: &str, inner: &str| format!("<{action}Response>{inner}</{action}Response>");
        let pages = [
            (
                &PUBLIC_SNAPSHOTS,
                body(
                    "DescribeSnapshots",
                    &format!("<snapshotSet>{snapshots}</snapshotSet>"),
                ),
            ),
            (
                &IMAGES,
                body(
                    "DescribeImages",
                    &format!("<imagesSet>{images}</imagesSet>"),
                ),
            ),
            (
                &EBS_SNAPSHOT_SHARING,
                body(
                    "GetSnapshotBlockPublicAccessState",
                    &format!("<state>{snapshot_state}</state>"),
                ),
            ),
            (
                &IMAGE_SHARING,
                body(
                    "GetImageBlockPublicAccessState",
                    &format!(
                        "<imageBlockPublicAccessState>{image_state}</imageBlockPublicAccessState>"
                    ),
                ),
            ),
        ];
        pages
            .into_iter()
            .fold(Account::new(), |account, (dataset, page)| {
                account.regions(dataset, &[("us-east-1", &page)])
            })
    }

    const ALL: &str = "block-all-sharing";
    const NEW: &str = "block-new-sharing";
    const PRIVATE: &str = "<item><imageId>ami-1</imageId><isPublic>false</isPublic></item>";

    #[test]
    fn whatever_is_public_fails_and_what_can_be_made_so_too() {
        use Outcome::{Fail, Pass, Unknown};
        let snapshot = "<item><snapshotId>snap-1</snapshotId></item>";
        let public = "<item><imageId>ami-1</imageId><isPublic>true</isPublic></item>";
        let silent = "<item><imageId>ami-1</imageId></item>";
        for (snapshots, images, snapshot_state, image_state, expected) in [
            ("", "", ALL, NEW, Pass),
            ("", PRIVATE, NEW, NEW, Pass),
            (snapshot, PRIVATE, ALL, NEW, Fail),
            ("<item/>", "", ALL, NEW, Unknown),
            ("", public, ALL, NEW, Fail),
            ("", silent, ALL, NEW, Unknown),
            ("", "", "unblocked", NEW, Fail),
            ("", "", ALL, "unblocked", Fail),
            ("", "", "other", NEW, Unknown),
            ("", "", ALL, "", Unknown),
        ] {
            let judged = account(snapshots, images, snapshot_state, image_state).judge(&CHECK);
            assert_eq!(
                judged.outcome, expected,
                "{snapshots} {images} {snapshot_state} {image_state}"
            );
        }
    }

    #[test]
    fn all_four_answers_are_needed() {
        for dataset in [
            &PUBLIC_SNAPSHOTS,
            &IMAGES,
            &EBS_SNAPSHOT_SHARING,
            &IMAGE_SHARING,
        ] {
            refused_is_unknown(&CHECK, dataset);
        }
    }
}
