//! Which requests a fault or an answer is for.

use crate::call::action;

/// A service, an operation and a region, each of which may be left open.
///
/// Written `service:Operation@region`; `*` or nothing stands for any. Examples: `iam:ListUsers`, `ec2:*@us-east-2`,
/// `config`, `@us-gov-east-1`, `*`. The service is its signing name; `accessanalyzer` and `cloudwatch` are understood
/// as well, and so are permissions with a name of their own, such as `s3:ListAllMyBuckets`. `s3:GetAccountPublicAccessBlock` is the account's setting, `s3:GetPublicAccessBlock` a bucket's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope {
    service: Option<String>,
    operation: Option<String>,
    region: Option<String>,
}

impl Scope {
    /// Every request.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// The same, in one region only.
    #[must_use]
    pub fn in_region(mut self, region: &str) -> Self {
        self.region = given(region);
        self
    }

    pub(crate) fn covers(&self, service: &str, operation: &str, region: &str) -> bool {
        let agrees =
            |wanted: &Option<String>, have: &str| wanted.as_deref().is_none_or(|it| it == have);
        let permission = action(service, operation);
        let (of, named) = permission.split_once(':').unwrap_or_default();
        let by_name = agrees(&self.service, service) && agrees(&self.operation, operation);
        let by_permission = agrees(&self.service, of) && agrees(&self.operation, named);
        (by_name || by_permission) && agrees(&self.region, region)
    }
}

impl From<&str> for Scope {
    fn from(text: &str) -> Self {
        let (call, region) = text.split_once('@').unwrap_or((text, ""));
        let (service, operation) = call.split_once(':').unwrap_or((call, ""));
        let service = match service {
            "accessanalyzer" => "access-analyzer",
            "cloudwatch" => "monitoring",
            other => other,
        };
        Self {
            service: given(service),
            operation: given(operation),
            region: given(region),
        }
    }
}

fn given(text: &str) -> Option<String> {
    (!matches!(text, "" | "*")).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_may_be_left_open() {
        let covers = |scope: &str| Scope::from(scope).covers("iam", "ListUsers", "us-east-1");
        for scope in [
            "*",
            "iam",
            "iam:*",
            "iam:ListUsers",
            "@us-east-1",
            "iam:ListUsers@us-east-1",
        ] {
            assert!(covers(scope), "{scope}");
        }
        for scope in [
            "ec2",
            "iam:ListRoles",
            "@us-east-2",
            "iam:ListUsers@us-east-2",
        ] {
            assert!(!covers(scope), "{scope}");
        }
        assert!(Scope::all().covers("iam", "ListUsers", "us-east-1"));
        assert!(
            !Scope::all()
                .in_region("us-east-2")
                .covers("iam", "ListUsers", "us-east-1")
        );
        assert!(Scope::from("s3:ListAllMyBuckets").covers("s3", "ListBuckets", "x"));
        assert!(Scope::from("accessanalyzer").covers("access-analyzer", "ListAnalyzers", "x"));
    }
}
