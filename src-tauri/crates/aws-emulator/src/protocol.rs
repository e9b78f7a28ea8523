//! The five ways AWS services speak.

/// How a service writes requests, answers and errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// `Action=` in a form, XML back: IAM, STS, SNS, RDS, load balancers, CloudWatch.
    Query,
    /// The same with its own error document.
    Ec2,
    /// S3 and S3 Control.
    RestXml,
    /// `x-amz-target` and JSON 1.1: Config, CloudTrail, KMS, Logs, Organizations, Systems Manager.
    Json,
    /// Methods and paths with JSON: Security Hub, GuardDuty, Access Analyzer, Inspector, Backup, Account.
    RestJson,
}

impl Protocol {
    /// The protocol of a service, by its signing name. `target` is whether the request has `x-amz-target`, `form`
    /// whether its body is one: they decide for services that are not listed.
    pub(crate) fn of(service: &str, target: bool, form: bool) -> Self {
        match service {
            "ec2" => Self::Ec2,
            "s3" => Self::RestXml,
            "config" | "cloudtrail" | "kms" | "logs" | "organizations" | "ssm" => Self::Json,
            "iam" | "sts" | "sns" | "rds" | "elasticloadbalancing" => Self::Query,
            "securityhub" | "guardduty" | "access-analyzer" | "inspector2" | "backup"
            | "account" => Self::RestJson,
            _ if target => Self::Json,
            _ if form => Self::Query,
            _ => Self::RestJson,
        }
    }

    /// The content type of its answers.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Query => "text/xml",
            Self::Ec2 => "text/xml;charset=UTF-8",
            Self::RestXml => "application/xml",
            Self::Json => "application/x-amz-json-1.1",
            Self::RestJson => "application/json",
        }
    }

    pub(crate) fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::RestJson)
    }
}

/// The service that a version of a form or the prefix of an `x-amz-target` belongs to, where that is known.
pub(crate) fn service_of(version: Option<&str>, target: Option<&str>) -> Option<&'static str> {
    if let Some(target) = target {
        let prefix = target.rsplit_once('.').map_or(target, |(prefix, _)| prefix);
        return Some(match prefix {
            "StarlingDoveService" => "config",
            "TrentService" => "kms",
            "AmazonSSM" => "ssm",
            "AWSOrganizationsV20161128" => "organizations",
            "Logs_20140328" => "logs",
            other if other.ends_with("CloudTrail_20131101") => "cloudtrail",
            _ => return None,
        });
    }
    Some(match version? {
        "2010-05-08" => "iam",
        "2011-06-15" => "sts",
        "2016-11-15" => "ec2",
        "2010-03-31" => "sns",
        "2014-10-31" => "rds",
        "2015-12-01" => "elasticloadbalancing",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unlisted_services_are_told_by_their_request() {
        assert_eq!(Protocol::of("monitoring", true, false), Protocol::Json);
        assert_eq!(Protocol::of("monitoring", false, true), Protocol::Query);
        assert_eq!(Protocol::of("new", false, false), Protocol::RestJson);
        assert_eq!(Protocol::of("ec2", false, true), Protocol::Ec2);
    }

    #[test]
    fn versions_and_targets_name_their_service() {
        assert_eq!(service_of(Some("2010-05-08"), None), Some("iam"));
        let trail = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents";
        assert_eq!(service_of(None, Some(trail)), Some("cloudtrail"));
        assert_eq!(service_of(None, Some("Unknown.Operation")), None);
        assert_eq!(service_of(None, None), None);
    }
}
