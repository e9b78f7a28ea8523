//! AWS Config: where what is recorded goes, and whether it arrives.

use super::read::json_items;
use provider_kit::{Clouds, Dataset, Reader};
use serde::Deserialize;

/// Where what is recorded goes.
pub static CONFIG_DELIVERY_CHANNELS: Dataset = Dataset {
    id: "aws.config_delivery_channels",
    title: "AWS Config delivery channels",
    what: "To which bucket and topic each region delivers what it recorded.",
    permissions: &["config:DescribeDeliveryChannels", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/name"],
    records: Reader::Page(|page| json_items(page, "DeliveryChannels")),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.4.1[f]"],
};

/// Whether it arrives.
pub static CONFIG_DELIVERY_STATUS: Dataset = Dataset {
    id: "aws.config_delivery_status",
    title: "AWS Config delivery status",
    what: "Whether what each region recorded was delivered.",
    permissions: &[
        "config:DescribeDeliveryChannelStatus",
        "ec2:DescribeRegions",
    ],
    licence: None,
    key: &["/@region", "/name"],
    records: Reader::Page(|page| json_items(page, "DeliveryChannelsStatus")),
    // They move with every delivery.
    volatile: &[
        "/configSnapshotDeliveryInfo",
        "/configHistoryDeliveryInfo/lastAttemptTime",
        "/configHistoryDeliveryInfo/lastSuccessfulTime",
        "/configHistoryDeliveryInfo/nextDeliveryTime",
        "/configStreamDeliveryInfo/lastStatusChangeTime",
    ],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.4.1[f]", "3.3.4[c]"],
};

/// A way for what is recorded.
#[derive(Clone, Debug, Deserialize)]
pub struct DeliveryChannel {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its name.
    pub name: Option<String>,
    /// The topic that each change is sent to; absent where there is none.
    #[serde(rename = "snsTopicARN")]
    pub topic: Option<String>,
}

/// Whether a way works.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeliveryStatus {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its name.
    pub name: Option<String>,
    /// Of the history, which goes to the bucket.
    pub config_history_delivery_info: Option<Delivery>,
    /// Of each change, which goes to the topic.
    pub config_stream_delivery_info: Option<Delivery>,
}

/// Whether something was delivered.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// `Success`, `Failure` or `Not_Applicable`; AWS writes it in capitals too.
    pub last_status: Option<String>,
    /// Why it failed.
    pub last_error_code: Option<String>,
}
