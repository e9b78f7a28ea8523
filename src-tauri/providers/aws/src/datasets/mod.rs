//! What AWS serves: one file an API. Pages are AWS's answers as they came, XML or JSON.

mod access_analyzer;
mod account_aliases;
mod account_contact;
mod account_summary;
mod authorization_details;
mod backup;
mod cloudtrail;
mod config;
mod config_delivery;
mod config_packs;
mod credential_report;
mod ebs_settings;
mod ec2;
mod guardduty;
mod identity_providers;
mod inspector;
mod kms;
mod load_balancers;
mod logs;
mod network;
mod organization;
mod organizations_features;
mod password_policy;
mod rds;
mod read;
mod regions;
mod roles;
mod s3;
mod security_hub;
mod security_hub_standards;
mod server_certificates;
mod ssm;
mod users;
mod virtual_mfa_devices;

pub use access_analyzer::{ANALYZER_FINDINGS, ANALYZERS, Analyzer, AnalyzerFinding};
pub use account_aliases::ACCOUNT_ALIASES;
pub use account_contact::{SECURITY_CONTACT, SecurityContact};
pub use account_summary::{ACCOUNT_SUMMARY, AccountSummary};
pub use authorization_details::{
    AUTHORIZATION_DETAILS, AttachedPolicy, Entity, InlinePolicy, PolicyVersion, document,
};
pub use backup::{
    BACKUP_PLANS, BACKUP_RESOURCES, BACKUP_VAULTS, BackedUp, BackupPlan, BackupVault,
};
pub use cloudtrail::{
    AdvancedSelector, CLOUDTRAIL_EVENTS, CLOUDTRAIL_SELECTORS, CLOUDTRAIL_STATUS,
    CLOUDTRAIL_TRAILS, DataResource, FieldSelector, Selector, Trail, TrailEvent, TrailSelectors,
    TrailStatus,
};
pub(crate) use config::config_question;
pub use config::{
    CONFIG_RECORDER_STATUS, CONFIG_RECORDERS, CONFIG_RULE_COMPLIANCE, CONFIG_RULES, ConfigRule,
    Recorder, RecorderStatus, RecordingGroup, RecordingStrategy, ResourceTypes, RuleCompliance,
    RuleResult, RuleSource,
};
pub use config_delivery::{
    CONFIG_DELIVERY_CHANNELS, CONFIG_DELIVERY_STATUS, Delivery, DeliveryChannel, DeliveryStatus,
};
pub use config_packs::{CONFORMANCE_PACKS, ConformancePack, PACK_COMPLIANCE, PackRule};
pub use credential_report::{CREDENTIAL_REPORT, CredentialRow, Flag, Key, Moment, ROOT};
pub use ebs_settings::{
    DefaultEncryption, EBS_DEFAULT_ENCRYPTION, EBS_SNAPSHOT_SHARING, EbsSnapshotSharing,
    IMAGE_SHARING, IMAGES, Image, ImageSharing, PUBLIC_SNAPSHOTS,
};
pub use ec2::{
    Association, INSTANCES, Instance, InstanceState, Interface, IpPermission, IpRange, Ipv6Range,
    MetadataOptions, PrefixList, PrivateAddress, SECURITY_GROUPS, SNAPSHOTS, SecurityGroup,
    Snapshot, Tag, VOLUMES, Volume,
};
pub use guardduty::{
    DETECTOR_SETTINGS, DETECTORS, Detector, Detectors, Feature, FindingResource, FindingService,
    GUARDDUTY_FINDINGS, GuardFinding,
};
pub use identity_providers::{OIDC_PROVIDERS, SAML_PROVIDERS, SamlProvider};
pub use inspector::{
    INSPECTOR_FINDINGS, INSPECTOR_STATUS, InspectedResource, InspectorFinding, InspectorKinds,
    InspectorState, InspectorStatus,
};
pub use kms::{KMS_KEYS, KMS_POLICIES, KMS_ROTATION, KeyPolicy, KeyRotation, KmsKey, MultiRegion};
pub use load_balancers::{
    LISTENERS, LOAD_BALANCERS, Listener, ListenerAction, LoadBalancer, Redirect,
};
pub(crate) use logs::SUBSCRIPTIONS_OPERATION;
pub use logs::{
    ADDRESSES, ALARMS, Alarm, LOG_GROUPS, LogGroup, METRIC_FILTERS, MetricFilter,
    MetricTransformation, SUBSCRIPTIONS, Subscription, without_addresses,
};
pub use network::{
    AclEntry, CLIENT_VPNS, ClientVpn, ConnectionLog, FLOW_LOGS, FlowLog, LoginBanner, NETWORK_ACLS,
    NETWORK_INTERFACES, NetworkAcl, NetworkInterface, PortRange, SUBNETS, Subnet,
    VpnAuthentication, VpnStatus,
};
pub use organization::{
    ControlPolicy, ORGANIZATION, ORGANIZATION_ACCOUNTS, Organization, OrganizationAccount,
    SERVICE_CONTROL_POLICIES,
};
pub(crate) use organizations_features::is_answer as is_answer_of_organizations;
pub use organizations_features::{
    NO_ORGANIZATION, NO_TRUSTED_ACCESS, NOT_ALL_FEATURES, NOT_MANAGEMENT, ORGANIZATIONS_FEATURES,
    OrganizationsFeatures,
};
pub use password_policy::{NO_SUCH_ENTITY, PASSWORD_POLICY, PasswordPolicy};
pub use rds::{
    AUTOMATED, DbInstance, DbSnapshot, RDS_INSTANCES, RDS_SNAPSHOT_SHARING, RDS_SNAPSHOTS,
    SnapshotAttribute, SnapshotSharing,
};
pub use regions::REGIONS;
pub(crate) use regions::region_names;
pub use roles::{ROLES, Role};
pub use s3::{
    AboutBucket, AccountBlock, Acl, AclGrant, Bucket, BucketPolicy, ByDefault, Encryption,
    EncryptionRule, Grantee, Logging, LoggingTarget, ObjectLock, Ownership, OwnershipRule,
    PolicyStatus, PublicAccessBlock, S3_ACCOUNT_BLOCK, S3_ACLS, S3_BUCKET_BLOCKS, S3_BUCKETS,
    S3_ENCRYPTION, S3_LOGGING, S3_OBJECT_LOCK, S3_OWNERSHIP, S3_POLICIES, S3_POLICY_STATUS,
    S3_VERSIONING, Versioning,
};
pub use security_hub::{
    Compliance, Hub, HubFinding, Resource, SECURITY_HUB_FINDINGS, SECURITY_HUB_STATUS, Workflow,
    not_subscribed,
};
pub use security_hub_standards::{SECURITY_HUB_STANDARDS, Standard, StatusReason};
pub use server_certificates::{SERVER_CERTIFICATES, ServerCertificate};
pub use ssm::{
    DOCUMENT_SHARES, DOCUMENTS, Document, DocumentShare, Lacking, MANAGED_INSTANCES,
    ManagedInstance, PATCH_COMPLIANCE, PatchScan, PatchSummary,
};
pub use users::{USERS, User};
pub use virtual_mfa_devices::{SEEDS, VIRTUAL_MFA_DEVICES, VirtualMfaDevice, without_seeds};

use crate::client::{Asked, Operation};
use provider_kit::Dataset;

/// Every dataset.
pub static ALL: &[&Dataset] = &[
    &REGIONS,
    &ACCOUNT_SUMMARY,
    &CREDENTIAL_REPORT,
    &USERS,
    &AUTHORIZATION_DETAILS,
    &VIRTUAL_MFA_DEVICES,
    &PASSWORD_POLICY,
    &ACCOUNT_ALIASES,
    &ROLES,
    &SAML_PROVIDERS,
    &OIDC_PROVIDERS,
    &SERVER_CERTIFICATES,
    &ORGANIZATIONS_FEATURES,
    &SECURITY_CONTACT,
    &ORGANIZATION,
    &ORGANIZATION_ACCOUNTS,
    &SERVICE_CONTROL_POLICIES,
    &ANALYZERS,
    &ANALYZER_FINDINGS,
    &CLOUDTRAIL_TRAILS,
    &CLOUDTRAIL_STATUS,
    &CLOUDTRAIL_SELECTORS,
    &CLOUDTRAIL_EVENTS,
    &LOG_GROUPS,
    &METRIC_FILTERS,
    &ALARMS,
    &SUBSCRIPTIONS,
    &INSTANCES,
    &MANAGED_INSTANCES,
    &PATCH_COMPLIANCE,
    &DOCUMENTS,
    &DOCUMENT_SHARES,
    &SECURITY_GROUPS,
    &NETWORK_INTERFACES,
    &FLOW_LOGS,
    &NETWORK_ACLS,
    &SUBNETS,
    &CLIENT_VPNS,
    &LOAD_BALANCERS,
    &LISTENERS,
    &VOLUMES,
    &SNAPSHOTS,
    &PUBLIC_SNAPSHOTS,
    &IMAGES,
    &EBS_DEFAULT_ENCRYPTION,
    &EBS_SNAPSHOT_SHARING,
    &IMAGE_SHARING,
    &CONFIG_RECORDERS,
    &CONFIG_RECORDER_STATUS,
    &CONFIG_DELIVERY_CHANNELS,
    &CONFIG_DELIVERY_STATUS,
    &CONFIG_RULES,
    &CONFIG_RULE_COMPLIANCE,
    &CONFORMANCE_PACKS,
    &PACK_COMPLIANCE,
    &DETECTORS,
    &DETECTOR_SETTINGS,
    &GUARDDUTY_FINDINGS,
    &SECURITY_HUB_STATUS,
    &SECURITY_HUB_STANDARDS,
    &SECURITY_HUB_FINDINGS,
    &INSPECTOR_STATUS,
    &INSPECTOR_FINDINGS,
    &S3_BUCKETS,
    &S3_ACCOUNT_BLOCK,
    &S3_BUCKET_BLOCKS,
    &S3_POLICY_STATUS,
    &S3_POLICIES,
    &S3_ACLS,
    &S3_OWNERSHIP,
    &S3_ENCRYPTION,
    &S3_LOGGING,
    &S3_VERSIONING,
    &S3_OBJECT_LOCK,
    &KMS_KEYS,
    &KMS_ROTATION,
    &KMS_POLICIES,
    &RDS_INSTANCES,
    &RDS_SNAPSHOTS,
    &RDS_SNAPSHOT_SHARING,
    &BACKUP_PLANS,
    &BACKUP_VAULTS,
    &BACKUP_RESOURCES,
];

/// The datasets that are one signed operation in each region.
pub(crate) static OPERATIONS: &[(&Dataset, &Operation)] = &[
    (&INSTANCES, &ec2::INSTANCES_OPERATION),
    (&SECURITY_GROUPS, &ec2::SECURITY_GROUPS_OPERATION),
    (&LOG_GROUPS, &logs::LOG_GROUPS_OPERATION),
    (&METRIC_FILTERS, &logs::METRIC_FILTERS_OPERATION),
    (&ALARMS, &logs::ALARMS_OPERATION),
    (&SUBSCRIPTIONS, &logs::SUBSCRIPTIONS_OPERATION),
    (&MANAGED_INSTANCES, &ssm::MANAGED_INSTANCES_OPERATION),
    (&PATCH_COMPLIANCE, &ssm::PATCH_COMPLIANCE_OPERATION),
    (&NETWORK_INTERFACES, &network::NETWORK_INTERFACES_OPERATION),
    (&FLOW_LOGS, &network::FLOW_LOGS_OPERATION),
    (&NETWORK_ACLS, &network::NETWORK_ACLS_OPERATION),
    (&SUBNETS, &network::SUBNETS_OPERATION),
    (&CLIENT_VPNS, &network::CLIENT_VPNS_OPERATION),
    (&PUBLIC_SNAPSHOTS, &ebs_settings::PUBLIC_SNAPSHOTS_OPERATION),
    (&IMAGES, &ebs_settings::IMAGES_OPERATION),
    (
        &EBS_DEFAULT_ENCRYPTION,
        &ebs_settings::EBS_DEFAULT_ENCRYPTION_OPERATION,
    ),
    (
        &EBS_SNAPSHOT_SHARING,
        &ebs_settings::EBS_SNAPSHOT_SHARING_OPERATION,
    ),
    (&IMAGE_SHARING, &ebs_settings::IMAGE_SHARING_OPERATION),
    (
        &SECURITY_HUB_STANDARDS,
        &security_hub_standards::SECURITY_HUB_STANDARDS_OPERATION,
    ),
    (&INSPECTOR_STATUS, &inspector::INSPECTOR_STATUS_OPERATION),
    (
        &INSPECTOR_FINDINGS,
        &inspector::INSPECTOR_FINDINGS_OPERATION,
    ),
    (&VOLUMES, &ec2::VOLUMES_OPERATION),
    (&SNAPSHOTS, &ec2::SNAPSHOTS_OPERATION),
    (
        &SECURITY_HUB_STATUS,
        &security_hub::SECURITY_HUB_STATUS_OPERATION,
    ),
    (
        &SECURITY_HUB_FINDINGS,
        &security_hub::SECURITY_HUB_FINDINGS_OPERATION,
    ),
    (&RDS_INSTANCES, &rds::RDS_INSTANCES_OPERATION),
    (&BACKUP_PLANS, &backup::BACKUP_PLANS_OPERATION),
    (&BACKUP_VAULTS, &backup::BACKUP_VAULTS_OPERATION),
    (&BACKUP_RESOURCES, &backup::BACKUP_RESOURCES_OPERATION),
];

/// The datasets that are a list of subjects, what is asked about each of them, or asked once for the account.
pub(crate) static SUBJECTS: &[(&Dataset, Asked)] = &[
    (
        &SECURITY_CONTACT,
        Asked::Once(&account_contact::SECURITY_CONTACT_OPERATION),
    ),
    (
        &ORGANIZATION,
        Asked::Once(&organization::ORGANIZATION_OPERATION),
    ),
    (
        &ORGANIZATION_ACCOUNTS,
        Asked::Once(&organization::ORGANIZATION_ACCOUNTS_OPERATION),
    ),
    (
        &SERVICE_CONTROL_POLICIES,
        Asked::About(&organization::POLICIES_QUESTION),
    ),
    (&ANALYZERS, Asked::List(&access_analyzer::ANALYZERS_LIST)),
    (
        &ANALYZER_FINDINGS,
        Asked::About(&access_analyzer::FINDINGS_QUESTION),
    ),
    (&DETECTORS, Asked::List(&guardduty::DETECTORS_LIST)),
    (
        &DETECTOR_SETTINGS,
        Asked::About(&guardduty::SETTINGS_QUESTION),
    ),
    (
        &GUARDDUTY_FINDINGS,
        Asked::About(&guardduty::FINDINGS_QUESTION),
    ),
    (&DOCUMENTS, Asked::List(&ssm::DOCUMENTS_LIST)),
    (&DOCUMENT_SHARES, Asked::About(&ssm::SHARES_QUESTION)),
    (
        &LOAD_BALANCERS,
        Asked::List(&load_balancers::LOAD_BALANCERS_LIST),
    ),
    (
        &LISTENERS,
        Asked::About(&load_balancers::LISTENERS_QUESTION),
    ),
    (&CONFORMANCE_PACKS, Asked::List(&config_packs::PACKS_LIST)),
    (
        &PACK_COMPLIANCE,
        Asked::About(&config_packs::PACK_COMPLIANCE_QUESTION),
    ),
    (&CLOUDTRAIL_TRAILS, Asked::List(&cloudtrail::TRAILS_LIST)),
    (
        &CLOUDTRAIL_STATUS,
        Asked::About(&cloudtrail::STATUS_QUESTION),
    ),
    (
        &CLOUDTRAIL_SELECTORS,
        Asked::About(&cloudtrail::SELECTORS_QUESTION),
    ),
    (&S3_BUCKETS, s3::BUCKETS_ASKED),
    (&S3_ACCOUNT_BLOCK, s3::ACCOUNT_BLOCK_ASKED),
    (&S3_BUCKET_BLOCKS, s3::BLOCKS_ASKED),
    (&S3_POLICY_STATUS, s3::POLICY_STATUS_ASKED),
    (&S3_POLICIES, s3::POLICIES_ASKED),
    (&S3_ACLS, s3::ACLS_ASKED),
    (&S3_OWNERSHIP, s3::OWNERSHIP_ASKED),
    (&S3_ENCRYPTION, s3::ENCRYPTION_ASKED),
    (&S3_LOGGING, s3::LOGGING_ASKED),
    (&S3_VERSIONING, s3::VERSIONING_ASKED),
    (&S3_OBJECT_LOCK, s3::OBJECT_LOCK_ASKED),
    (&KMS_KEYS, kms::KEYS_ASKED),
    (&KMS_ROTATION, kms::ROTATION_ASKED),
    (&KMS_POLICIES, kms::POLICIES_ASKED),
    (&RDS_SNAPSHOTS, rds::SNAPSHOTS_ASKED),
    (&RDS_SNAPSHOT_SHARING, rds::SHARING_ASKED),
];

#[cfg(test)]
pub(crate) mod testing {
    //! What tests of the client read made-up datasets with.
    pub(crate) use super::read::{absent, object, of_region};
}
