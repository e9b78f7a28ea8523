//! Whoever gets hold of an unencrypted disk, or of a copy of one, reads what is on it.

use super::told;
use crate::datasets::{SNAPSHOTS, Snapshot, VOLUMES, Volume};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule. Each disk in any state and each copy that the account owns is judged:
///
/// | what the answer says of it | it |
/// | --- | --- |
/// | `encrypted` is `false` | fails; of a disk it is told whether it is in use |
/// | `encrypted` or the id is absent | unknown |
/// | `encrypted` is `true` | passes |
///
/// A record whose `encrypted` is neither word can't be read, which makes the whole unknown. Without any disk and any
/// copy, all of them having been seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.ebs.volumes_encrypted",
    alias: "AWS-57",
    version: 1,
    title: "Every disk and every copy of one is encrypted.",
    objectives: &["3.13.16[a]", "3.13.11[a]", "3.8.9[a]"],
    severity: Severity::High,
    remedy: "A disk can't be encrypted in place: copy a snapshot of it with encryption, make a new disk from the copy, switch the server over, and delete the old disk and its unencrypted snapshots. Then switch on encryption by default for each region.",
    console: &[
        ("aws", "https://console.aws.amazon.com/ec2/home#Volumes:"),
        (
            "aws-us-gov",
            "https://console.amazonaws-us-gov.com/ec2/home#Volumes:",
        ),
    ],
    reperform: Reperform {
        portal: "EC2 > Volumes and EC2 > Snapshots (Owned by me), in each region: the Encryption column.",
        command: "for region in $(aws ec2 describe-regions --query 'Regions[].RegionName' --output text); do aws ec2 describe-volumes --region $region --query 'Volumes[].[VolumeId,State,Encrypted]'; aws ec2 describe-snapshots --region $region --owner-ids self --query 'Snapshots[].[SnapshotId,Encrypted]'; done",
    },
    datasets: &["aws.ebs_volumes", "aws.ebs_snapshots"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut judge = Judge::new();
    for volume in told::also::<Volume>(collected, &mut judge, VOLUMES.id) {
        let note = match volume.status.as_deref() {
            Some("in-use") => "Not encrypted, and in use.".to_owned(),
            Some("available") => "Not encrypted, and not in use.".to_owned(),
            Some(status) if !status.is_empty() => format!("Not encrypted; its state is {status}."),
            _ => "Not encrypted; AWS does not say whether it is in use.".to_owned(),
        };
        let name = volume.name();
        one(
            &mut judge,
            volume.volume_id,
            name,
            "volume",
            volume.encrypted,
            note,
        );
    }
    for snapshot in told::also::<Snapshot>(collected, &mut judge, SNAPSHOTS.id) {
        let name = snapshot.name();
        let note = "Not encrypted.".to_owned();
        one(
            &mut judge,
            snapshot.snapshot_id,
            name,
            "snapshot",
            snapshot.encrypted,
            note,
        );
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

fn one(
    judge: &mut Judge,
    id: Option<String>,
    name: String,
    kind: &str,
    encrypted: Option<bool>,
    note: String,
) {
    let id = id.unwrap_or_default();
    match encrypted {
        Some(false) => judge.fail(id, name, kind, note),
        Some(true) if !id.is_empty() => judge.pass(),
        Some(true) => judge.unknown(id, name, kind, "AWS does not give its id."),
        None => judge.unknown(id, name, kind, "AWS does not say whether it is encrypted."),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, origin, refused_is_unknown};
    use evidence::{Completeness, Outcome, Reason, UnknownCode};

    fn volumes(inner: &str) -> String {
        format!("<DescribeVolumesResponse><volumeSet>{inner}</volumeSet></DescribeVolumesResponse>")
    }

    fn snapshots(inner: &str) -> String {
        format!(
            "<DescribeSnapshotsResponse><snapshotSet>{inner}</snapshotSet></DescribeSnapshotsResponse>"
        )
    }

    fn account(disks: &str, copies: &str) -> Account {
        Account::new()
            .regions(&VOLUMES, &[("us-east-1", &volumes(disks))])
            .regions(&SNAPSHOTS, &[("us-east-1", &snapshots(copies))])
    }

    fn disk(rest: &str) -> String {
        format!("<item><volumeId>vol-1</volumeId>{rest}</item>")
    }

    fn copy(rest: &str) -> String {
        format!("<item><snapshotId>snap-1</snapshotId>{rest}</item>")
    }

    const YES: &str = "<encrypted>true</encrypted>";
    const NO: &str = "<encrypted>false</encrypted>";

    #[test]
    fn one_of_either_kind_that_is_not_encrypted_fails() {
        use Outcome::{Fail, NotApplicable, Pass, Unknown};
        for (disks, copies, expected) in [
            (disk(YES), copy(YES), Pass),
            (disk(YES), String::new(), Pass),
            (String::new(), copy(YES), Pass),
            (String::new(), String::new(), NotApplicable),
            (disk(NO), copy(YES), Fail),
            (disk(YES), copy(NO), Fail),
            (disk(NO), copy(""), Fail),
            (disk(""), copy(NO), Fail),
            (disk(""), copy(YES), Unknown),
            (disk(YES), copy(""), Unknown),
            (disk("<encrypted/>"), copy(YES), Unknown),
            (disk("<encrypted>no</encrypted>"), String::new(), Unknown),
            (format!("<item>{YES}</item>"), String::new(), Unknown),
            (String::new(), format!("<item>{YES}</item>"), Unknown),
            (format!("<item>{NO}</item>"), String::new(), Fail),
        ] {
            assert_eq!(
                account(&disks, &copies).judge(&CHECK).outcome,
                expected,
                "{disks} {copies}"
            );
        }
    }

    #[test]
    fn a_note_says_whether_a_disk_is_in_use() {
        let note = |status: &str| {
            let verdict = account(&disk(&format!("{NO}{status}")), "").judge(&CHECK);
            verdict.resources[0].note.clone()
        };
        assert_eq!(
            note("<status>in-use</status>"),
            "Not encrypted, and in use."
        );
        assert_eq!(
            note("<status>available</status>"),
            "Not encrypted, and not in use."
        );
        assert_eq!(
            note("<status>error</status>"),
            "Not encrypted; its state is error."
        );
        assert_eq!(
            note(""),
            "Not encrypted; AWS does not say whether it is in use."
        );
        assert_eq!(
            note("<status/>"),
            "Not encrypted; AWS does not say whether it is in use."
        );
    }

    #[test]
    fn both_datasets_are_needed_and_each_alone_can_fail() {
        refused_is_unknown(&CHECK, &VOLUMES);
        refused_is_unknown(&CHECK, &SNAPSHOTS);
        let fails = |account: Account| {
            let verdict = account.judge(&CHECK);
            (
                verdict.outcome,
                verdict.resources.len(),
                verdict.population.complete,
            )
        };
        let expected = (Outcome::Fail, 1, false);
        assert_eq!(fails(account(&disk(NO), "").without(&SNAPSHOTS)), expected);
        assert_eq!(fails(account("", &copy(NO)).without(&VOLUMES)), expected);
        let half = Completeness::partial(Reason::new(UnknownCode::Partial, "half"));
        let page = vec![(origin(200, "us-east-1", None), snapshots("").into_bytes())];
        let part = account("", "").pages(&SNAPSHOTS, page, half).judge(&CHECK);
        assert_eq!(part.reason.unwrap().code, UnknownCode::Partial);
    }

    #[test]
    fn the_mixed_case_is_told_in_words() {
        let verdict = Account::case("mixed").judge(&CHECK);
        let told: Vec<String> = verdict
            .resources
            .iter()
            .map(|resource| format!("{} {} {}", resource.kind, resource.id, resource.note))
            .collect();
        assert_eq!(
            told,
            [
                "snapshot snap-0b10000000000000a Not encrypted.",
                "volume vol-0b10000000000000b Not encrypted, and in use.",
                "volume vol-0b20000000000000a Not encrypted, and not in use.",
            ]
        );
    }
}
