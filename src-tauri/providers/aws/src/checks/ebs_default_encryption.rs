//! What is encrypted by itself is not forgotten.

use super::console::console;
use crate::datasets::{DefaultEncryption, EBS_DEFAULT_ENCRYPTION};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule.
///
/// | a region | judged |
/// | --- | --- |
/// | encrypts new disks by itself | pass |
/// | does not | fail |
/// | does not say | unknown |
/// | did not answer | not judged, and what it would say is missing |
pub static CHECK: Check = Check {
    id: "aws.ebs.default_encryption",
    alias: "AWS-56",
    version: 1,
    title: "Every region encrypts new disks by itself.",
    objectives: &["3.13.16[a]", "3.13.11[a]"],
    severity: Severity::Medium,
    remedy: "In each listed region, open EC2 > Settings > Data protection and security, and enable EBS encryption. Disks that exist stay as they are.",
    console: console!("ec2/home#Settings:"),
    reperform: Reperform {
        portal: "EC2 > Settings > Data protection and security, in each region: EBS encryption.",
        command: "for each region: aws ec2 get-ebs-encryption-by-default",
    },
    datasets: &["aws.ebs_default_encryption"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let settings = match collected.rows::<DefaultEncryption>(EBS_DEFAULT_ENCRYPTION.id) {
        Ok(rows) => rows,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&settings);
    for setting in &settings.rows {
        let region = &setting.region;
        match setting.ebs_encryption_by_default {
            Some(true) => judge.pass(),
            Some(false) => judge.fail(
                region,
                region,
                "region",
                "New disks are not encrypted by default.",
            ),
            None => judge.unknown(
                region,
                region,
                "region",
                "AWS does not say whether new disks are encrypted by default.",
            ),
        }
    }
    judge.conclude(WhenEmpty::Unknown("No region answered.".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::Outcome;

    #[test]
    fn every_region_has_to() {
        let outcome = |regions: &[(&str, &str)]| {
            let pages: Vec<(&str, String)> = regions
                .iter()
                .map(|(region, set)| {
                    let body = format!(
                        "<GetEbsEncryptionByDefaultResponse><ebsEncryptionByDefault>{set}</ebsEncryptionByDefault>\
                         </GetEbsEncryptionByDefaultResponse>"
                    );
                    (*region, body)
                })
                .collect();
            let pages: Vec<(&str, &str)> = pages
                .iter()
                .map(|(region, body)| (*region, body.as_str()))
                .collect();
            Account::new()
                .regions(&EBS_DEFAULT_ENCRYPTION, &pages)
                .outcome(&CHECK)
        };
        assert_eq!(outcome(&[("us-east-1", "true")]), (Outcome::Pass, vec![]));
        assert_eq!(
            outcome(&[("us-east-1", "true"), ("us-west-2", "false")]),
            (Outcome::Fail, vec!["us-west-2".to_owned()])
        );
        assert_eq!(outcome(&[("us-east-1", "")]).0, Outcome::Unknown);
        assert_eq!(outcome(&[("us-east-1", "perhaps")]).0, Outcome::Unknown);
        assert_eq!(outcome(&[]).0, Outcome::Unknown);
        refused_is_unknown(&CHECK, &EBS_DEFAULT_ENCRYPTION);
    }
}
