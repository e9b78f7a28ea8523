//! AWS Config: what records the configuration, and what its rules found.

use super::read::json_items;
use crate::client::ConfigQuestion;
use provider_kit::{Clouds, Dataset, Reader};
use serde::Deserialize;

/// What records the configuration of resources.
pub static CONFIG_RECORDERS: Dataset = Dataset {
    id: "aws.config_recorders",
    title: "AWS Config recorders",
    what: "Which kinds of resources each region's recorder covers.",
    permissions: &[
        "config:DescribeConfigurationRecorders",
        "ec2:DescribeRegions",
    ],
    licence: None,
    key: &["/@region", "/name"],
    records: Reader::Page(|page| json_items(page, "ConfigurationRecorders")),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.4.1[d]", "3.4.3[a]"],
};

/// Whether the recorders record.
pub static CONFIG_RECORDER_STATUS: Dataset = Dataset {
    id: "aws.config_recorder_status",
    title: "AWS Config recorder status",
    what: "Whether each region's recorder is recording now.",
    permissions: &[
        "config:DescribeConfigurationRecorderStatus",
        "ec2:DescribeRegions",
    ],
    licence: None,
    key: &["/@region", "/name"],
    records: Reader::Page(|page| json_items(page, "ConfigurationRecordersStatus")),
    // It moves with every recorded change.
    volatile: &["/lastStatusChangeTime"],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.4.1[f]", "3.4.3[d]"],
};

/// The rules.
pub static CONFIG_RULES: Dataset = Dataset {
    id: "aws.config_rules",
    title: "AWS Config rules",
    what: "Which rules AWS Config judges resources by, in each region.",
    permissions: &["config:DescribeConfigRules", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/ConfigRuleName"],
    records: Reader::Page(|page| json_items(page, "ConfigRules")),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.4.2[b]", "3.12.3[a]"],
};

/// What the rules found.
pub static CONFIG_RULE_COMPLIANCE: Dataset = Dataset {
    id: "aws.config_rule_compliance",
    title: "AWS Config rule results",
    what: "Whether resources comply with each rule of AWS Config, in each region.",
    permissions: &[
        "config:DescribeComplianceByConfigRule",
        "ec2:DescribeRegions",
    ],
    licence: None,
    key: &["/@region", "/ConfigRuleName"],
    records: Reader::Page(|page| json_items(page, "ComplianceByConfigRules")),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.4.2[b]", "3.12.3[a]"],
};

/// What is asked for a dataset of AWS Config; `None` for every other dataset.
pub(crate) fn config_question(dataset: &Dataset) -> Option<ConfigQuestion> {
    match dataset.id {
        id if id == CONFIG_RECORDERS.id => Some(ConfigQuestion::Recorders),
        id if id == CONFIG_RECORDER_STATUS.id => Some(ConfigQuestion::RecorderStatus),
        id if id == CONFIG_RULES.id => Some(ConfigQuestion::Rules),
        id if id == CONFIG_RULE_COMPLIANCE.id => Some(ConfigQuestion::RuleCompliance),
        id if id == super::CONFIG_DELIVERY_CHANNELS.id => Some(ConfigQuestion::DeliveryChannels),
        id if id == super::CONFIG_DELIVERY_STATUS.id => Some(ConfigQuestion::DeliveryStatus),
        _ => None,
    }
}

/// A rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConfigRule {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its name.
    pub config_rule_name: Option<String>,
    /// What it does.
    pub source: Option<RuleSource>,
}

/// What a rule does.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuleSource {
    /// `AWS`, `CUSTOM_LAMBDA` or `CUSTOM_POLICY`.
    pub owner: Option<String>,
    /// AWS's identifier of the rule, where AWS wrote it.
    pub source_identifier: Option<String>,
}

/// What a rule found.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuleResult {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its name.
    pub config_rule_name: Option<String>,
    /// What it found.
    pub compliance: Option<RuleCompliance>,
}

/// What a rule found.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RuleCompliance {
    /// `COMPLIANT`, `NON_COMPLIANT`, `NOT_APPLICABLE` or `INSUFFICIENT_DATA`.
    pub compliance_type: Option<String>,
}

/// A recorder.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recorder {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its name.
    pub name: Option<String>,
    /// The service that made it for itself; absent for the company's own.
    pub service_principal: Option<String>,
    /// What it covers.
    pub recording_group: Option<RecordingGroup>,
}

/// What a recorder covers.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordingGroup {
    /// Whether every kind of resource.
    pub all_supported: Option<bool>,
    /// Whether those without a region too (IAM).
    pub include_global_resource_types: Option<bool>,
    /// The newer way to say it.
    pub recording_strategy: Option<RecordingStrategy>,
    /// The kinds that are covered, where it is not every kind.
    pub resource_types: Option<Vec<String>>,
    /// The kinds that are not covered, where it is every other kind.
    pub exclusion_by_resource_types: Option<ResourceTypes>,
}

/// Kinds of resources.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceTypes {
    /// E.g. `AWS::IAM::User`.
    pub resource_types: Option<Vec<String>>,
}

/// The newer way to say what is covered.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordingStrategy {
    /// `ALL_SUPPORTED_RESOURCE_TYPES`, `INCLUSION_BY_RESOURCE_TYPES` or `EXCLUSION_BY_RESOURCE_TYPES`.
    pub use_only: Option<String>,
}

/// Whether a recorder records.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecorderStatus {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// The recorder's name.
    pub name: Option<String>,
    /// Whether it is switched on.
    pub recording: Option<bool>,
    /// `Pending`, `Success`, `Failure` or `NotApplicable`; AWS writes it in capitals too.
    pub last_status: Option<String>,
}
