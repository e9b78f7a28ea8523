//! The kinds of events that should ring, and the words a metric filter has to name for each: the events that the CIS
//! benchmark for AWS names (its section on monitoring), less those of services that AWS ended.

/// A kind of event.
pub(super) struct Family {
    /// What it is, as a heading.
    pub(super) what: &'static str,
    /// Words that a pattern has to name, all of them.
    pub(super) words: &'static [&'static str],
}

/// Every kind.
pub(super) const FAMILIES: &[Family] = &[
    Family {
        what: "use of the root user",
        words: &["userIdentity", "Root"],
    },
    Family {
        what: "refused calls",
        words: &["UnauthorizedOperation", "AccessDenied"],
    },
    Family {
        what: "sign-in to the console without MFA",
        words: &["ConsoleLogin", "MFAUsed"],
    },
    Family {
        what: "failed sign-in to the console",
        words: &["ConsoleLogin", "Failed", "authentication"],
    },
    Family {
        what: "changes to IAM policies",
        words: &[
            "CreatePolicy",
            "DeletePolicy",
            "CreatePolicyVersion",
            "DeletePolicyVersion",
            "AttachUserPolicy",
            "DetachUserPolicy",
            "AttachGroupPolicy",
            "DetachGroupPolicy",
            "AttachRolePolicy",
            "DetachRolePolicy",
            "PutUserPolicy",
            "DeleteUserPolicy",
            "PutGroupPolicy",
            "DeleteGroupPolicy",
            "PutRolePolicy",
            "DeleteRolePolicy",
        ],
    },
    Family {
        what: "changes to CloudTrail",
        words: &[
            "CreateTrail",
            "UpdateTrail",
            "DeleteTrail",
            "StartLogging",
            "StopLogging",
        ],
    },
    Family {
        what: "disabling and deletion of KMS keys",
        words: &["kms", "DisableKey", "ScheduleKeyDeletion"],
    },
    Family {
        what: "changes to policies of S3 buckets",
        words: &[
            "PutBucketAcl",
            "PutBucketPolicy",
            "PutBucketCors",
            "PutBucketLifecycle",
            "PutBucketReplication",
            "DeleteBucketPolicy",
            "DeleteBucketCors",
            "DeleteBucketLifecycle",
            "DeleteBucketReplication",
        ],
    },
    Family {
        what: "changes to AWS Config",
        words: &[
            "StopConfigurationRecorder",
            "DeleteDeliveryChannel",
            "PutDeliveryChannel",
            "PutConfigurationRecorder",
        ],
    },
    Family {
        what: "changes to security groups",
        words: &[
            "AuthorizeSecurityGroupIngress",
            "AuthorizeSecurityGroupEgress",
            "RevokeSecurityGroupIngress",
            "RevokeSecurityGroupEgress",
            "CreateSecurityGroup",
            "DeleteSecurityGroup",
        ],
    },
    Family {
        what: "changes to network ACLs",
        words: &[
            "CreateNetworkAcl",
            "CreateNetworkAclEntry",
            "DeleteNetworkAcl",
            "DeleteNetworkAclEntry",
            "ReplaceNetworkAclEntry",
            "ReplaceNetworkAclAssociation",
        ],
    },
    Family {
        what: "changes to network gateways",
        words: &[
            "CreateCustomerGateway",
            "DeleteCustomerGateway",
            "AttachInternetGateway",
            "CreateInternetGateway",
            "DeleteInternetGateway",
            "DetachInternetGateway",
        ],
    },
    Family {
        what: "changes to route tables",
        words: &[
            "CreateRoute",
            "CreateRouteTable",
            "ReplaceRoute",
            "ReplaceRouteTableAssociation",
            "DeleteRouteTable",
            "DeleteRoute",
            "DisassociateRouteTable",
        ],
    },
    Family {
        what: "changes to networks",
        words: &[
            "CreateVpc",
            "DeleteVpc",
            "ModifyVpcAttribute",
            "AcceptVpcPeeringConnection",
            "CreateVpcPeeringConnection",
            "DeleteVpcPeeringConnection",
            "RejectVpcPeeringConnection",
        ],
    },
    Family {
        what: "changes to the organization",
        words: &["organizations"],
    },
];

/// How a pattern stands to a kind of event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// It names every word.
    Yes,
    /// It does not.
    No,
    /// It names every word, and leaves some out by `!=` of their names.
    Unclear,
}

impl Family {
    /// Whether `pattern` is about it. Words are whole: `CreateRoute` is not in `CreateRouteTable`.
    pub(super) fn is_in(&self, pattern: &str) -> Match {
        let words: Vec<&str> = pattern
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        if !self.words.iter().all(|word| words.contains(word)) {
            return Match::No;
        }
        let spaceless: String = pattern.chars().filter(|c| !c.is_whitespace()).collect();
        if spaceless.contains("eventName!=") || spaceless.contains("eventSource!=") {
            return Match::Unclear;
        }
        let left_out = self.words.iter().any(|word| {
            ["", "\"", "*", "\"*"]
                .iter()
                .any(|mark| spaceless.contains(&format!("!={mark}{word}")))
                || (!spaceless.starts_with('{') && spaceless.contains(&format!("-{word}")))
        });
        if left_out {
            return Match::Unclear;
        }
        Match::Yes
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn family(what: &str) -> &'static Family {
        FAMILIES.iter().find(|family| family.what == what).unwrap()
    }

    #[test]
    fn words_are_whole_and_all_of_them_are_needed() {
        let routes = family("changes to route tables");
        let all = r#"{ ($.eventName = CreateRoute) || ($.eventName = CreateRouteTable) || ($.eventName = ReplaceRoute) || ($.eventName = ReplaceRouteTableAssociation) || ($.eventName = DeleteRouteTable) || ($.eventName = DeleteRoute) || ($.eventName = DisassociateRouteTable) }"#;
        assert_eq!(routes.is_in(all), Match::Yes);
        assert_eq!(
            routes.is_in(&all.replace("($.eventName = CreateRoute) ||", "")),
            Match::No
        );
        let refused = family("refused calls");
        let pattern =
            r#"{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }"#;
        assert_eq!(refused.is_in(pattern), Match::Yes);
    }

    #[test]
    fn a_pattern_that_leaves_events_out_cannot_be_told() {
        let root = family("use of the root user");
        let pattern = r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }"#;
        assert_eq!(
            root.is_in(pattern),
            Match::Yes,
            "service events are nobody's"
        );
        let less = r#"{ $.userIdentity.type = "Root" && $.eventName != "ConsoleLogin" }"#;
        assert_eq!(root.is_in(less), Match::Unclear);
        for others in [
            r#"{ $.userIdentity.type != "Root" }"#,
            r#"{ $.userIdentity.type != Root }"#,
            r#"{ ($.userIdentity.type!="*Root") }"#,
            "userIdentity -Root",
        ] {
            assert_eq!(root.is_in(others), Match::Unclear, "{others}");
        }
        let without_mfa = family("sign-in to the console without MFA");
        let pattern =
            r#"{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }"#;
        assert_eq!(without_mfa.is_in(pattern), Match::Yes);
    }
}
