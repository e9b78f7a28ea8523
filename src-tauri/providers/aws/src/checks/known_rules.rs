//! Rules of AWS Config that the packs for NIST SP 800-171 and CMMC are made of, by AWS's identifiers, and the requirements
//! that each says something about. Names of rules are free text; the identifier is what a rule does.

/// Identifier and requirements; none where a rule is about availability only.
const RULES: &[(&str, &[&str])] = &[
    ("ACCESS_KEYS_ROTATED", &["3.5.2", "3.13.10"]),
    ("ACCOUNT_PART_OF_ORGANIZATIONS", &["3.1.5", "3.4.2"]),
    ("ACM_CERTIFICATE_EXPIRATION_CHECK", &["3.13.8", "3.13.15"]),
    ("ALB_HTTP_DROP_INVALID_HEADER_ENABLED", &["3.13.1"]),
    (
        "ALB_HTTP_TO_HTTPS_REDIRECTION_CHECK",
        &["3.13.8", "3.13.11", "3.13.15", "3.1.13"],
    ),
    ("ALB_WAF_ENABLED", &["3.13.1"]),
    ("API_GW_ASSOCIATED_WITH_WAF", &["3.13.1"]),
    (
        "API_GW_CACHE_ENABLED_AND_ENCRYPTED",
        &["3.13.16", "3.13.11"],
    ),
    ("API_GW_EXECUTION_LOGGING_ENABLED", &["3.3.1", "3.14.6"]),
    ("API_GW_SSL_ENABLED", &["3.13.8", "3.13.15"]),
    ("AUTOSCALING_GROUP_ELB_HEALTHCHECK_REQUIRED", &[]),
    (
        "AUTOSCALING_LAUNCH_CONFIG_PUBLIC_IP_DISABLED",
        &["3.1.3", "3.13.5", "3.1.22"],
    ),
    ("AWS_CONFIG_PROCESS_CHECK", &["3.4.1", "3.4.3", "3.12.3"]),
    (
        "BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK",
        &["3.8.9"],
    ),
    (
        "CLOUDTRAIL_S3_DATAEVENTS_ENABLED",
        &["3.3.1", "3.3.2", "3.1.3"],
    ),
    (
        "CLOUDTRAIL_SECURITY_TRAIL_ENABLED",
        &["3.3.1", "3.3.2", "3.1.7", "3.1.12"],
    ),
    (
        "CLOUDWATCH_ALARM_ACTION_CHECK",
        &["3.3.4", "3.3.5", "3.6.1", "3.14.6", "3.14.7"],
    ),
    ("CLOUDWATCH_LOG_GROUP_ENCRYPTED", &["3.3.8", "3.13.16"]),
    (
        "CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED",
        &["3.3.5", "3.3.6", "3.14.6"],
    ),
    (
        "CLOUD_TRAIL_ENABLED",
        &["3.3.1", "3.3.2", "3.1.7", "3.1.12"],
    ),
    (
        "CLOUD_TRAIL_ENCRYPTION_ENABLED",
        &["3.3.8", "3.13.16", "3.13.11"],
    ),
    ("CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED", &["3.3.8"]),
    ("CMK_BACKING_KEY_ROTATION_ENABLED", &["3.13.10"]),
    ("CODEBUILD_PROJECT_ENVVAR_AWSCRED_CHECK", &["3.5.10"]),
    ("CODEBUILD_PROJECT_SOURCE_REPO_URL_CHECK", &["3.5.10"]),
    ("CW_LOGGROUP_RETENTION_PERIOD_CHECK", &["3.3.1"]),
    (
        "DB_INSTANCE_BACKUP_ENABLED",
        &["3.13.16", "3.13.5", "3.1.3", "3.8.9"],
    ),
    ("DMS_REPLICATION_NOT_PUBLIC", &["3.1.3", "3.13.5", "3.1.22"]),
    ("DYNAMODB_AUTOSCALING_ENABLED", &[]),
    ("DYNAMODB_IN_BACKUP_PLAN", &["3.8.9"]),
    ("DYNAMODB_PITR_ENABLED", &["3.8.9"]),
    ("DYNAMODB_TABLE_ENCRYPTED_KMS", &["3.13.16", "3.13.11"]),
    ("DYNAMODB_THROUGHPUT_LIMIT_CHECK", &[]),
    ("EBS_IN_BACKUP_PLAN", &["3.8.9"]),
    ("EBS_OPTIMIZED_INSTANCE", &[]),
    ("EBS_SNAPSHOT_PUBLIC_RESTORABLE_CHECK", &["3.1.3", "3.1.22"]),
    ("EC2_EBS_ENCRYPTION_BY_DEFAULT", &["3.13.16", "3.13.11"]),
    ("EC2_IMDSV2_CHECK", &["3.4.2", "3.4.6", "3.13.4"]),
    ("EC2_INSTANCE_MANAGED_BY_SSM", &["3.4.1", "3.4.2", "3.14.1"]),
    ("EC2_INSTANCE_NO_PUBLIC_IP", &["3.13.5", "3.1.3", "3.1.14"]),
    (
        "EC2_INSTANCE_PROFILE_ATTACHED",
        &["3.1.1", "3.1.2", "3.1.5"],
    ),
    (
        "EC2_MANAGEDINSTANCE_ASSOCIATION_COMPLIANCE_STATUS_CHECK",
        &["3.4.1", "3.4.2", "3.14.1"],
    ),
    (
        "EC2_MANAGEDINSTANCE_PATCH_COMPLIANCE_STATUS_CHECK",
        &["3.14.1", "3.11.3", "3.11.2"],
    ),
    ("EC2_SECURITY_GROUP_ATTACHED_TO_ENI_PERIODIC", &["3.4.1"]),
    ("EC2_STOPPED_INSTANCE", &["3.4.1"]),
    ("EC2_VOLUME_INUSE_CHECK", &["3.4.1"]),
    ("ECR_PRIVATE_IMAGE_SCANNING_ENABLED", &["3.11.2", "3.14.1"]),
    ("ECS_CONTAINERS_NONPRIVILEGED", &["3.1.1", "3.1.2", "3.1.5"]),
    (
        "ECS_CONTAINERS_READONLY_ACCESS",
        &["3.1.1", "3.1.2", "3.1.5"],
    ),
    (
        "ECS_TASK_DEFINITION_NONROOT_USER",
        &["3.1.1", "3.1.2", "3.1.5"],
    ),
    (
        "ECS_TASK_DEFINITION_USER_FOR_HOST_MODE_CHECK",
        &["3.1.1", "3.1.2", "3.1.5"],
    ),
    (
        "EFS_ACCESS_POINT_ENFORCE_USER_IDENTITY",
        &["3.1.1", "3.1.2", "3.1.5"],
    ),
    ("EFS_ENCRYPTED_CHECK", &["3.13.16", "3.13.11"]),
    ("EFS_IN_BACKUP_PLAN", &["3.8.9"]),
    ("EIP_ATTACHED", &["3.4.1"]),
    (
        "ELASTICACHE_REDIS_CLUSTER_AUTOMATIC_BACKUP_CHECK",
        &["3.8.9"],
    ),
    ("ELASTICSEARCH_ENCRYPTED_AT_REST", &["3.13.16", "3.13.11"]),
    ("ELASTICSEARCH_IN_VPC_ONLY", &["3.13.1"]),
    ("ELASTICSEARCH_LOGS_TO_CLOUDWATCH", &["3.3.1", "3.14.6"]),
    (
        "ELASTICSEARCH_NODE_TO_NODE_ENCRYPTION_CHECK",
        &["3.13.8", "3.13.15"],
    ),
    ("ELASTIC_BEANSTALK_MANAGED_UPDATES_ENABLED", &["3.14.1"]),
    ("ELBV2_ACM_CERTIFICATE_REQUIRED", &["3.13.8", "3.13.15"]),
    ("ELB_ACM_CERTIFICATE_REQUIRED", &["3.13.8", "3.13.15"]),
    ("ELB_CROSS_ZONE_LOAD_BALANCING_ENABLED", &[]),
    ("ELB_DELETION_PROTECTION_ENABLED", &[]),
    ("ELB_LOGGING_ENABLED", &["3.3.1", "3.14.6"]),
    (
        "ELB_TLS_HTTPS_LISTENERS_ONLY",
        &["3.13.8", "3.13.11", "3.13.15", "3.1.13"],
    ),
    ("EMR_KERBEROS_ENABLED", &["3.1.1", "3.1.2", "3.1.5"]),
    ("EMR_MASTER_NO_PUBLIC_IP", &["3.1.3", "3.13.5", "3.1.22"]),
    ("ENCRYPTED_VOLUMES", &["3.13.16", "3.13.11", "3.8.9"]),
    (
        "GUARDDUTY_ENABLED_CENTRALIZED",
        &["3.14.6", "3.14.2", "3.6.1"],
    ),
    (
        "GUARDDUTY_NON_ARCHIVED_FINDINGS",
        &["3.6.1", "3.14.7", "3.14.3"],
    ),
    (
        "IAM_CUSTOMER_POLICY_BLOCKED_KMS_ACTIONS",
        &["3.3.9", "3.3.8", "3.13.10"],
    ),
    ("IAM_GROUP_HAS_USERS_CHECK", &["3.1.1", "3.1.2", "3.1.5"]),
    (
        "IAM_INLINE_POLICY_BLOCKED_KMS_ACTIONS",
        &["3.3.9", "3.3.8", "3.13.10"],
    ),
    ("IAM_NO_INLINE_POLICY_CHECK", &["3.1.2", "3.1.5"]),
    ("IAM_PASSWORD_POLICY", &["3.5.7", "3.5.8", "3.5.6"]),
    (
        "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS",
        &["3.1.5", "3.1.7", "3.1.2", "3.4.6"],
    ),
    (
        "IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS",
        &["3.1.5", "3.1.7", "3.1.2", "3.4.6"],
    ),
    ("IAM_ROOT_ACCESS_KEY_CHECK", &["3.1.5", "3.1.6", "3.1.7"]),
    ("IAM_USER_GROUP_MEMBERSHIP_CHECK", &["3.1.2", "3.1.5"]),
    ("IAM_USER_MFA_ENABLED", &["3.5.3", "3.5.2", "3.1.12"]),
    ("IAM_USER_NO_POLICIES_CHECK", &["3.1.2", "3.1.5"]),
    ("IAM_USER_UNUSED_CREDENTIALS_CHECK", &["3.5.6", "3.1.1"]),
    (
        "INCOMING_SSH_DISABLED",
        &["3.13.6", "3.13.1", "3.1.12", "3.1.14", "3.4.7"],
    ),
    ("INSTANCES_IN_VPC", &["3.13.1"]),
    ("INTERNET_GATEWAY_AUTHORIZED_VPC_ONLY", &["3.13.1"]),
    ("KMS_CMK_NOT_SCHEDULED_FOR_DELETION", &["3.13.10"]),
    ("LAMBDA_DLQ_CHECK", &[]),
    (
        "LAMBDA_FUNCTION_PUBLIC_ACCESS_PROHIBITED",
        &["3.1.3", "3.13.5", "3.1.22"],
    ),
    ("LAMBDA_INSIDE_VPC", &["3.13.1"]),
    (
        "MFA_ENABLED_FOR_IAM_CONSOLE_ACCESS",
        &["3.5.3", "3.5.2", "3.1.12"],
    ),
    (
        "MULTI_REGION_CLOUD_TRAIL_ENABLED",
        &["3.3.1", "3.3.2", "3.1.7", "3.1.12"],
    ),
    ("NO_UNRESTRICTED_ROUTE_TO_IGW", &["3.13.1"]),
    (
        "OPENSEARCH_ACCESS_CONTROL_ENABLED",
        &["3.1.1", "3.1.2", "3.1.5"],
    ),
    ("OPENSEARCH_ENCRYPTED_AT_REST", &["3.13.16", "3.13.11"]),
    ("OPENSEARCH_HTTPS_REQUIRED", &["3.13.8", "3.13.15"]),
    ("OPENSEARCH_IN_VPC_ONLY", &["3.13.1"]),
    ("OPENSEARCH_LOGS_TO_CLOUDWATCH", &["3.3.1", "3.14.6"]),
    (
        "OPENSEARCH_NODE_TO_NODE_ENCRYPTION_CHECK",
        &["3.13.8", "3.13.15"],
    ),
    ("RDS_AUTOMATIC_MINOR_VERSION_UPGRADE_ENABLED", &["3.14.1"]),
    ("RDS_CLUSTER_MULTI_AZ_ENABLED", &[]),
    ("RDS_INSTANCE_DELETION_PROTECTION_ENABLED", &[]),
    (
        "RDS_INSTANCE_PUBLIC_ACCESS_CHECK",
        &["3.13.16", "3.13.5", "3.1.3", "3.8.9"],
    ),
    ("RDS_IN_BACKUP_PLAN", &["3.8.9"]),
    ("RDS_LOGGING_ENABLED", &["3.3.1", "3.14.6"]),
    ("RDS_MULTI_AZ_SUPPORT", &[]),
    (
        "RDS_SNAPSHOTS_PUBLIC_PROHIBITED",
        &["3.13.16", "3.13.5", "3.1.3", "3.8.9"],
    ),
    (
        "RDS_SNAPSHOT_ENCRYPTED",
        &["3.13.16", "3.13.5", "3.1.3", "3.8.9"],
    ),
    (
        "RDS_STORAGE_ENCRYPTED",
        &["3.13.16", "3.13.5", "3.1.3", "3.8.9"],
    ),
    ("REDSHIFT_BACKUP_ENABLED", &["3.8.9"]),
    ("REDSHIFT_CLUSTER_CONFIGURATION_CHECK", &["3.3.1", "3.14.6"]),
    ("REDSHIFT_CLUSTER_KMS_ENABLED", &["3.13.16", "3.13.11"]),
    ("REDSHIFT_CLUSTER_MAINTENANCESETTINGS_CHECK", &["3.14.1"]),
    (
        "REDSHIFT_CLUSTER_PUBLIC_ACCESS_CHECK",
        &["3.1.3", "3.13.5", "3.1.22"],
    ),
    ("REDSHIFT_ENHANCED_VPC_ROUTING_ENABLED", &["3.13.1"]),
    ("REDSHIFT_REQUIRE_TLS_SSL", &["3.13.8", "3.13.15"]),
    (
        "RESTRICTED_INCOMING_TRAFFIC",
        &["3.13.6", "3.13.1", "3.1.12", "3.1.14", "3.4.7"],
    ),
    ("ROOT_ACCOUNT_HARDWARE_MFA_ENABLED", &["3.5.3", "3.5.4"]),
    ("ROOT_ACCOUNT_MFA_ENABLED", &["3.5.3", "3.5.2", "3.1.1"]),
    (
        "S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC",
        &["3.1.3", "3.1.22", "3.13.5"],
    ),
    ("S3_BUCKET_DEFAULT_LOCK_ENABLED", &["3.3.8", "3.3.1"]),
    (
        "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
        &["3.1.3", "3.1.22", "3.13.5"],
    ),
    ("S3_BUCKET_LOGGING_ENABLED", &["3.3.1", "3.1.12"]),
    (
        "S3_BUCKET_POLICY_GRANTEE_CHECK",
        &["3.1.3", "3.1.22", "3.13.5"],
    ),
    (
        "S3_BUCKET_PUBLIC_READ_PROHIBITED",
        &["3.1.3", "3.1.22", "3.13.5"],
    ),
    (
        "S3_BUCKET_PUBLIC_WRITE_PROHIBITED",
        &["3.1.3", "3.1.22", "3.13.5"],
    ),
    ("S3_BUCKET_REPLICATION_ENABLED", &["3.8.9"]),
    (
        "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED",
        &["3.13.16", "3.13.11"],
    ),
    ("S3_BUCKET_SSL_REQUESTS_ONLY", &["3.13.8", "3.1.13"]),
    ("S3_BUCKET_VERSIONING_ENABLED", &["3.3.8", "3.8.9"]),
    ("S3_DEFAULT_ENCRYPTION_KMS", &["3.13.16", "3.13.11"]),
    (
        "SAGEMAKER_ENDPOINT_CONFIGURATION_KMS_KEY_CONFIGURED",
        &["3.13.16", "3.13.11"],
    ),
    (
        "SAGEMAKER_NOTEBOOK_INSTANCE_KMS_KEY_CONFIGURED",
        &["3.13.16", "3.13.11"],
    ),
    (
        "SAGEMAKER_NOTEBOOK_NO_DIRECT_INTERNET_ACCESS",
        &["3.1.3", "3.13.5", "3.1.22"],
    ),
    ("SECRETSMANAGER_ROTATION_ENABLED_CHECK", &["3.5.10"]),
    (
        "SECRETSMANAGER_SCHEDULED_ROTATION_SUCCESS_CHECK",
        &["3.5.10"],
    ),
    ("SECURITYHUB_ENABLED", &["3.12.1", "3.12.3", "3.14.3"]),
    ("SNS_ENCRYPTED_KMS", &["3.13.16", "3.13.11"]),
    ("SSM_DOCUMENT_NOT_PUBLIC", &["3.1.3", "3.1.22"]),
    ("SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED", &["3.13.5"]),
    ("VPC_DEFAULT_SECURITY_GROUP_CLOSED", &["3.13.6", "3.4.7"]),
    (
        "VPC_FLOW_LOGS_ENABLED",
        &["3.13.1", "3.14.6", "3.3.1", "3.1.12"],
    ),
    (
        "VPC_SG_OPEN_ONLY_TO_AUTHORIZED_PORTS",
        &["3.13.6", "3.13.1", "3.1.12", "3.1.14", "3.4.7"],
    ),
    (
        "VPC_VPN_2_TUNNELS_UP",
        &["3.1.12", "3.13.7", "3.1.9", "3.1.11"],
    ),
    ("WAFV2_LOGGING_ENABLED", &["3.3.1", "3.14.6"]),
];

/// The requirements that the rule with this identifier says something about; `None` for a rule that is not known here.
pub(super) fn requirements_of(identifier: &str) -> Option<&'static [&'static str]> {
    RULES
        .iter()
        .find(|(known, _)| *known == identifier)
        .map(|(_, requirements)| *requirements)
}

/// How many rules are known here.
pub(super) const fn known() -> usize {
    RULES.len()
}

/// The identifiers.
#[cfg(test)]
pub(super) fn identifiers() -> Vec<&'static str> {
    RULES.iter().map(|(identifier, _)| *identifier).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn each_is_there_once_and_its_requirements_exist() {
        let mut seen = std::collections::BTreeSet::new();
        for (identifier, requirements) in RULES {
            assert!(seen.insert(identifier), "{identifier}");
            for requirement in *requirements {
                let parts: Vec<&str> = requirement.split('.').collect();
                assert!(parts.len() == 3 && parts[0] == "3", "{requirement}");
            }
        }
        assert_eq!(known(), seen.len());
        assert_eq!(
            requirements_of("ROOT_ACCOUNT_MFA_ENABLED").unwrap().first(),
            Some(&"3.5.3")
        );
        assert!(requirements_of("LAMBDA_DLQ_CHECK").unwrap().is_empty());
        assert!(requirements_of("SOMETHING_ELSE").is_none());
    }
}
