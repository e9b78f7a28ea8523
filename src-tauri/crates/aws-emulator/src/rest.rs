//! Operations of services that name them by method and path.

/// Service, method, path (`{}` is any one segment), operation.
const ROUTES: &[(&str, &str, &str, &str)] = &[
    ("access-analyzer", "GET", "/analyzer", "ListAnalyzers"),
    ("access-analyzer", "GET", "/analyzer/{}", "GetAnalyzer"),
    ("access-analyzer", "POST", "/finding", "ListFindings"),
    ("access-analyzer", "POST", "/findingv2", "ListFindingsV2"),
    ("account", "POST", "/listRegions", "ListRegions"),
    (
        "account",
        "POST",
        "/getAlternateContact",
        "GetAlternateContact",
    ),
    (
        "account",
        "POST",
        "/putAlternateContact",
        "PutAlternateContact",
    ),
    (
        "account",
        "POST",
        "/getContactInformation",
        "GetContactInformation",
    ),
    (
        "account",
        "POST",
        "/getRegionOptStatus",
        "GetRegionOptStatus",
    ),
    ("backup", "GET", "/backup/plans", "ListBackupPlans"),
    ("backup", "GET", "/backup/plans/{}", "GetBackupPlan"),
    ("backup", "GET", "/backup-vaults", "ListBackupVaults"),
    ("backup", "GET", "/backup-jobs", "ListBackupJobs"),
    ("backup", "GET", "/resources", "ListProtectedResources"),
    ("guardduty", "GET", "/detector", "ListDetectors"),
    ("guardduty", "POST", "/detector", "CreateDetector"),
    ("guardduty", "GET", "/detector/{}", "GetDetector"),
    ("guardduty", "POST", "/detector/{}/findings", "ListFindings"),
    (
        "guardduty",
        "POST",
        "/detector/{}/findings/get",
        "GetFindings",
    ),
    (
        "guardduty",
        "POST",
        "/detector/{}/findings/statistics",
        "GetFindingsStatistics",
    ),
    (
        "inspector2",
        "POST",
        "/status/batch/get",
        "BatchGetAccountStatus",
    ),
    ("inspector2", "POST", "/findings/list", "ListFindings"),
    (
        "inspector2",
        "POST",
        "/findings/aggregation/list",
        "ListFindingAggregations",
    ),
    ("inspector2", "POST", "/coverage/list", "ListCoverage"),
    ("inspector2", "POST", "/enable", "Enable"),
    ("securityhub", "GET", "/accounts", "DescribeHub"),
    ("securityhub", "POST", "/accounts", "EnableSecurityHub"),
    ("securityhub", "DELETE", "/accounts", "DisableSecurityHub"),
    ("securityhub", "GET", "/standards", "DescribeStandards"),
    (
        "securityhub",
        "POST",
        "/standards/get",
        "GetEnabledStandards",
    ),
    ("securityhub", "POST", "/findings", "GetFindings"),
    (
        "securityhub",
        "POST",
        "/findings/import",
        "BatchImportFindings",
    ),
    (
        "securityhub",
        "GET",
        "/findingAggregator/list",
        "ListFindingAggregators",
    ),
    (
        "securityhub",
        "GET",
        "/securityControls/definitions",
        "ListSecurityControlDefinitions",
    ),
    (
        "securityhub",
        "GET",
        "/organization/configuration",
        "DescribeOrganizationConfiguration",
    ),
];

/// Sub-resources of an S3 bucket and the operation that reads them.
const BUCKET: &[(&str, &str)] = &[
    ("acl", "GetBucketAcl"),
    ("encryption", "GetBucketEncryption"),
    ("lifecycle", "GetBucketLifecycleConfiguration"),
    ("location", "GetBucketLocation"),
    ("logging", "GetBucketLogging"),
    ("object-lock", "GetObjectLockConfiguration"),
    ("ownershipControls", "GetBucketOwnershipControls"),
    ("policy", "GetBucketPolicy"),
    ("policyStatus", "GetBucketPolicyStatus"),
    ("publicAccessBlock", "GetPublicAccessBlock"),
    ("tagging", "GetBucketTagging"),
    ("versioning", "GetBucketVersioning"),
];

/// The operation of a request to a service with methods and paths; what is not listed is named by both.
pub(crate) fn operation(service: &str, method: &str, path: &str, query: &str) -> String {
    let path = path.trim_end_matches('/');
    if service == "s3" {
        return bucket_operation(method, path, query);
    }
    ROUTES
        .iter()
        .find(|(of, with, pattern, _)| *of == service && *with == method && fits(pattern, path))
        .map_or_else(
            || format!("{method} {path}"),
            |(.., name)| (*name).to_owned(),
        )
}

fn bucket_operation(method: &str, path: &str, query: &str) -> String {
    if path == "/v20180820/configuration/publicAccessBlock" && method == "GET" {
        return "GetAccountPublicAccessBlock".to_owned();
    }
    let segments = path.split('/').filter(|part| !part.is_empty()).count();
    let named = |name: &str| {
        query
            .split('&')
            .any(|pair| pair.split('=').next() == Some(name))
    };
    match (method, segments) {
        ("GET", 0) => "ListBuckets".to_owned(),
        ("HEAD", 1) => "HeadBucket".to_owned(),
        ("GET", 1) => BUCKET
            .iter()
            .find(|(name, _)| named(name))
            .map_or("ListObjects", |(_, operation)| operation)
            .to_owned(),
        _ => format!("{method} {path}"),
    }
}

fn fits(pattern: &str, path: &str) -> bool {
    let (mut wanted, mut have) = (pattern.split('/'), path.split('/'));
    loop {
        match (wanted.next(), have.next()) {
            (None, None) => return true,
            (Some("{}"), Some(segment)) if !segment.is_empty() => {}
            (Some(wanted), Some(segment)) if wanted == segment => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_operations() {
        for (service, method, path, query, name) in [
            ("securityhub", "POST", "/findings", "", "GetFindings"),
            (
                "guardduty",
                "POST",
                "/detector/abc/findings",
                "",
                "ListFindings",
            ),
            ("guardduty", "GET", "/detector/abc", "", "GetDetector"),
            ("backup", "GET", "/backup/plans/", "", "ListBackupPlans"),
            ("s3", "GET", "/", "max-buckets=1000", "ListBuckets"),
            ("s3", "GET", "/b", "encryption", "GetBucketEncryption"),
            ("s3", "GET", "/b", "policyStatus=", "GetBucketPolicyStatus"),
            ("s3", "GET", "/b", "", "ListObjects"),
            (
                "s3",
                "GET",
                "/v20180820/configuration/publicAccessBlock",
                "",
                "GetAccountPublicAccessBlock",
            ),
            ("securityhub", "GET", "/hubv2", "", "GET /hubv2"),
        ] {
            assert_eq!(operation(service, method, path, query), name);
        }
    }
}
