//! What AWS serves: one file an API. Pages are AWS's answers as they came, XML or JSON.

mod account_aliases;
mod account_summary;
mod authorization_details;
mod cloudtrail;
mod config;
mod credential_report;
mod ec2;
mod password_policy;
mod read;
mod regions;
mod security_hub;
mod users;
mod virtual_mfa_devices;

pub use account_aliases::ACCOUNT_ALIASES;
pub use account_summary::{ACCOUNT_SUMMARY, AccountSummary};
pub use authorization_details::{
    AUTHORIZATION_DETAILS, AttachedPolicy, Entity, InlinePolicy, PolicyVersion, document,
};
pub use cloudtrail::{
    AdvancedSelector, CLOUDTRAIL_EVENTS, CLOUDTRAIL_SELECTORS, CLOUDTRAIL_STATUS,
    CLOUDTRAIL_TRAILS, FieldSelector, Selector, Trail, TrailSelectors, TrailStatus,
};
pub(crate) use cloudtrail::{CLOUDTRAIL_TRAILS_OPERATION, TrailRef, trail_refs};
pub(crate) use config::config_question;
pub use config::{
    CONFIG_RECORDER_STATUS, CONFIG_RECORDERS, CONFIG_RULE_COMPLIANCE, CONFIG_RULES, Recorder,
    RecorderStatus, RecordingGroup, RecordingStrategy, ResourceTypes,
};
pub use credential_report::{CREDENTIAL_REPORT, CredentialRow, Flag, Key, Moment, ROOT};
pub use ec2::{
    Association, INSTANCES, Instance, InstanceState, Interface, IpPermission, IpRange, Ipv6Range,
    PrefixList, PrivateAddress, SECURITY_GROUPS, SNAPSHOTS, SecurityGroup, Snapshot, Tag, VOLUMES,
    Volume,
};
pub use password_policy::{NO_SUCH_ENTITY, PASSWORD_POLICY, PasswordPolicy};
pub use regions::REGIONS;
pub(crate) use regions::region_names;
pub use security_hub::{
    Compliance, Hub, HubFinding, Resource, SECURITY_HUB_FINDINGS, SECURITY_HUB_STATUS, Workflow,
    not_subscribed,
};
pub use users::{USERS, User};
pub use virtual_mfa_devices::{SEEDS, VIRTUAL_MFA_DEVICES, VirtualMfaDevice, without_seeds};

use crate::client::Operation;
use provider_kit::Dataset;

/// Every dataset.
pub static ALL: [&Dataset; 22] = [
    &REGIONS,
    &ACCOUNT_SUMMARY,
    &CREDENTIAL_REPORT,
    &USERS,
    &AUTHORIZATION_DETAILS,
    &VIRTUAL_MFA_DEVICES,
    &PASSWORD_POLICY,
    &ACCOUNT_ALIASES,
    &CLOUDTRAIL_TRAILS,
    &CLOUDTRAIL_STATUS,
    &CLOUDTRAIL_SELECTORS,
    &CLOUDTRAIL_EVENTS,
    &INSTANCES,
    &SECURITY_GROUPS,
    &VOLUMES,
    &SNAPSHOTS,
    &CONFIG_RECORDERS,
    &CONFIG_RECORDER_STATUS,
    &CONFIG_RULES,
    &CONFIG_RULE_COMPLIANCE,
    &SECURITY_HUB_STATUS,
    &SECURITY_HUB_FINDINGS,
];

/// The datasets that are one signed operation in each region.
pub(crate) static OPERATIONS: [(&Dataset, &Operation); 6] = [
    (&INSTANCES, &ec2::INSTANCES_OPERATION),
    (&SECURITY_GROUPS, &ec2::SECURITY_GROUPS_OPERATION),
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
];
