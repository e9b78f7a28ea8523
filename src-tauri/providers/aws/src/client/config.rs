//! AWS Config by its SDK, in each region.

use super::{Account, paging::Tokens, refusal::Refusal, regional::OfRegion, wire::Exchange};

/// What is asked of AWS Config.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// The recorders.
    Recorders,
    /// Whether they record.
    RecorderStatus,
    /// The rules.
    Rules,
    /// Whether the account complies with each rule.
    RuleCompliance,
    /// Where what is recorded goes.
    DeliveryChannels,
    /// Whether it arrives.
    DeliveryStatus,
}

impl Question {
    /// The permission it needs.
    pub const fn permission(self) -> &'static str {
        match self {
            Self::Recorders => "config:DescribeConfigurationRecorders",
            Self::RecorderStatus => "config:DescribeConfigurationRecorderStatus",
            Self::Rules => "config:DescribeConfigRules",
            Self::RuleCompliance => "config:DescribeComplianceByConfigRule",
            Self::DeliveryChannels => "config:DescribeDeliveryChannels",
            Self::DeliveryStatus => "config:DescribeDeliveryChannelStatus",
        }
    }
}

impl Question {
    const ALL: [Self; 6] = [
        Self::Recorders,
        Self::RecorderStatus,
        Self::Rules,
        Self::RuleCompliance,
        Self::DeliveryChannels,
        Self::DeliveryStatus,
    ];

    /// The question that needs `permission`.
    pub fn of(permission: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|question| question.permission() == permission)
    }
}

/// Whether the question may be asked.
pub async fn probe(account: &Account, question: Question, region: &str) -> Result<(), Refusal> {
    read(account, question, region, &mut Vec::new()).await
}

/// Every page of the answer in `region`.
pub async fn pages(account: &Account, question: Question, region: String) -> OfRegion {
    let mut pages = Vec::new();
    let stopped = read(account, question, &region, &mut pages).await.err();
    (region, pages, stopped)
}

async fn read(
    account: &Account,
    question: Question,
    region: &str,
    pages: &mut Vec<Exchange>,
) -> Result<(), Refusal> {
    let reach = &account.reach;
    let permission = question.permission();
    let mut tokens = Tokens::default();
    loop {
        let (config, wire) = reach.config(region).await.map_err(Refusal::other)?;
        let (exchange, next) = match question {
            Question::Recorders => {
                let answer = config.describe_configuration_recorders().send().await;
                (reach.settle(permission, &wire, answer)?.1, None)
            }
            Question::RecorderStatus => {
                let answer = config.describe_configuration_recorder_status().send().await;
                (reach.settle(permission, &wire, answer)?.1, None)
            }
            Question::DeliveryChannels => {
                let answer = config.describe_delivery_channels().send().await;
                (reach.settle(permission, &wire, answer)?.1, None)
            }
            Question::DeliveryStatus => {
                let answer = config.describe_delivery_channel_status().send().await;
                (reach.settle(permission, &wire, answer)?.1, None)
            }
            Question::Rules => {
                let request = config
                    .describe_config_rules()
                    .set_next_token(tokens.current());
                let (output, exchange) = reach.settle(permission, &wire, request.send().await)?;
                (exchange, output.next_token().map(str::to_owned))
            }
            Question::RuleCompliance => {
                let request = config
                    .describe_compliance_by_config_rule()
                    .set_next_token(tokens.current());
                let (output, exchange) = reach.settle(permission, &wire, request.send().await)?;
                (exchange, output.next_token().map(str::to_owned))
            }
        };
        pages.push(exchange);
        if !tokens.advance(next.as_deref()).map_err(Refusal::other)? {
            return Ok(());
        }
    }
}
