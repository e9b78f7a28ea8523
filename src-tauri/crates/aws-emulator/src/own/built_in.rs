//! Answers that are the same every time but for account, region and time: files of the folder `answers`, compiled in,
//! or of a folder that the options name.

use std::path::Path;

use crate::call::Call;

macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        /// `service.Operation.ending` and the text.
        const ANSWERS: &[(&str, &str)] = &[
            $(($name, include_str!(concat!("../../answers/", $name)))),*
        ];
    };
}

built_in![
    "access-analyzer.ListAnalyzers.json",
    "access-analyzer.ListFindings.json",
    "account.GetContactInformation.json",
    "backup.ListBackupJobs.json",
    "backup.ListProtectedResources.json",
    "cloudtrail.ListEventDataStores.json",
    "config.DescribeConformancePackCompliance.json",
    "config.DescribeConformancePacks.json",
    "config.DescribeDeliveryChannelStatus.json",
    "config.GetDiscoveredResourceCounts.json",
    "ec2.DescribeClientVpnEndpoints.xml",
    "ec2.GetEbsDefaultKmsKeyId.xml",
    "ec2.GetImageBlockPublicAccessState.xml",
    "ec2.GetInstanceMetadataDefaults.xml",
    "ec2.GetSnapshotBlockPublicAccessState.xml",
    "guardduty.GetFindings.json",
    "guardduty.ListFindings.json",
    "inspector2.ListCoverage.json",
    "securityhub.DescribeStandards.json",
    "securityhub.GetEnabledStandards.json",
    "securityhub.ListFindingAggregators.json",
    "securityhub.ListSecurityControlDefinitions.json",
    "ssm.DescribeInstanceInformation.json",
    "ssm.ListResourceComplianceSummaries.json",
];

/// The text for a call: of the folder, for its region and then for all, and then built in.
pub(super) fn find(folder: Option<&Path>, call: &Call) -> Option<String> {
    let (service, operation) = (&*call.service, &*call.operation);
    // An operation without a name is method and path; those never name a file.
    if !operation.chars().all(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    let ending = if call.protocol.is_json() {
        "json"
    } else {
        "xml"
    };
    let general = format!("{service}.{operation}.{ending}");
    let regional = format!("{service}.{operation}@{}.{ending}", call.region);
    let of_folder = |name: &str| std::fs::read_to_string(folder?.join(name)).ok();
    of_folder(&regional)
        .or_else(|| of_folder(&general))
        .or_else(|| {
            ANSWERS
                .iter()
                .find(|(name, _)| *name == general)
                .map(|(_, text)| (*text).to_owned())
        })
}
