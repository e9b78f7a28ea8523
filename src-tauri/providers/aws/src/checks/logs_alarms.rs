//! An event that matters should reach somebody at once.

use super::{
    alarm_families::{FAMILIES, Family, Match},
    console::console,
    selectors::records_management,
    told::{Told, also},
    trails::{records, trails},
};
use crate::datasets::{
    ALARMS, Alarm, CLOUDTRAIL_SELECTORS, CLOUDTRAIL_STATUS, LOG_GROUPS, LogGroup, METRIC_FILTERS,
    MetricFilter, SUBSCRIPTIONS, Subscription, TrailSelectors, TrailStatus,
};
use evidence::{Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule. For each kind of event (`alarm_families.rs`), something has to ring: in the log group of a trail that is on
/// and records every management event of every region, a metric filter whose pattern names the events; in that region an alarm on what it counts,
/// with its actions on; and among them a topic of SNS to which somebody subscribed and agreed.
///
/// | a kind of event | judged |
/// | --- | --- |
/// | rings | pass |
/// | else, and a part of the chain can't be told, or not all of it was read, or the log group is another account's | unknown |
/// | else | fail: what the first chain lacks |
///
/// | the account | judged |
/// | --- | --- |
/// | names a SIEM that watches the trail instead (parameter), and some kind does not ring | unknown, `needs_judgement` |
/// | has no trail that is on, records every region and delivers to a log group | every kind fails, or is unknown where a trail can't be told |
pub static CHECK: Check = Check {
    id: "aws.logs.alarms",
    alias: "AWS-38",
    version: 2,
    title: "Somebody is told when something happens that matters for security.",
    objectives: &["3.3.4[c]", "3.3.5[b]", "3.6.1[c]", "3.14.6[a]", "3.14.7[b]"],
    severity: Severity::Medium,
    remedy: "In the log group of the trail, make a metric filter for each listed kind of event, an alarm on its metric, and a topic that people have subscribed to and confirmed. The CIS benchmark for AWS lists the patterns. If a SIEM watches the trail instead, enter its name.",
    console: console!("cloudwatch/home#alarmsV2:"),
    reperform: Reperform {
        portal: "CloudWatch > Log groups > the trail's group > Metric filters; CloudWatch > Alarms: Actions; SNS > Subscriptions: Status.",
        command: "in the region of the trail's log group: aws logs describe-metric-filters --log-group-name GROUP; aws cloudwatch describe-alarms; aws sns list-subscriptions",
    },
    datasets: &[
        "aws.cloudtrail_trails",
        "aws.cloudtrail_status",
        "aws.cloudtrail_selectors",
        "aws.logs_groups",
        "aws.logs_metric_filters",
        "aws.cloudwatch_alarms",
        "aws.sns_subscriptions",
    ],
    parameters: &["aws.siem"],
    clouds: Clouds::All,
    evaluate,
};

/// A log group of a trail.
struct Group {
    region: String,
    account: String,
    name: String,
}

/// Everything between an event and a person.
struct Chain {
    groups: Vec<Group>,
    /// The account's own log groups.
    own: Vec<LogGroup>,
    filters: Vec<MetricFilter>,
    alarms: Vec<Alarm>,
    subscriptions: Vec<Subscription>,
    /// The regions of which filters, alarms and subscriptions were all read.
    whole: Vec<String>,
    /// Whether every trail could be told.
    told: bool,
}

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let (trails, mut judge) = match trails(collected) {
        Ok(found) => found,
        Err(reason) => return reason.into(),
    };
    let siem = collected.parameters.list("aws.siem");
    let statuses: Vec<TrailStatus> = also(collected, &mut judge, CLOUDTRAIL_STATUS.id);
    let selectors: Vec<TrailSelectors> = also(collected, &mut judge, CLOUDTRAIL_SELECTORS.id);
    let (mut groups, mut told) = (Vec::new(), trails.complete);
    for trail in &trails.list {
        let group = trail
            .log_group
            .as_ref()
            .map(|group| group.as_deref().map(group_of));
        // A trail of data events alone delivers nothing to ring by.
        let here = Told::all([
            records(&statuses, &trail.arn),
            records_management(trail, &selectors),
        ]);
        match (here, trail.multi_region, group) {
            (Told::No(_), ..) | (_, Some(false), _) | (_, _, Some(None)) => {}
            (Told::Yes, Some(true), Some(Some(Some(group)))) => groups.push(group),
            _ => told = false,
        }
    }
    let (filters, of_filters) = read::<MetricFilter>(collected, &mut judge, METRIC_FILTERS.id);
    let (alarms, of_alarms) = read::<Alarm>(collected, &mut judge, ALARMS.id);
    let (subscriptions, of_topics) = read::<Subscription>(collected, &mut judge, SUBSCRIPTIONS.id);
    let whole = of_filters
        .into_iter()
        .filter(|region| of_alarms.contains(region) && of_topics.contains(region))
        .collect();
    let chain = Chain {
        groups,
        own: also(collected, &mut judge, LOG_GROUPS.id),
        filters,
        alarms,
        subscriptions,
        whole,
        told,
    };
    let rings: Vec<(&Family, Told)> = FAMILIES
        .iter()
        .map(|family| (family, chain.rings(family)))
        .collect();
    let silent = rings.iter().any(|(_, told)| *told != Told::Yes);
    if silent && !siem.is_empty() {
        let detail = format!(
            "Not everything rings in CloudWatch. The company names {} instead; what that one watches, a person has to see.",
            siem.join(", ")
        );
        let mut judge = Judge::new();
        judge.lacks(Reason::new(UnknownCode::NeedsJudgement, detail));
        return judge.conclude(WhenEmpty::NotApplicable);
    }
    if !silent {
        // Each kind rings, which nothing that was not read can take away.
        return super::cloudtrail_multi_region::proof(judge, FAMILIES.len() as u64);
    }
    for (family, told) in rings {
        match told {
            Told::Yes => judge.pass(),
            Told::No(why) => judge.fail(family.what, family.what, "alarm", why),
            Told::Unclear(why) => judge.unknown(family.what, family.what, "alarm", why),
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

/// The rows of a dataset and the regions that were read whole.
fn read<T: serde::de::DeserializeOwned>(
    collected: &Collected<'_>,
    judge: &mut Judge,
    dataset: &str,
) -> (Vec<T>, Vec<String>) {
    match collected.rows::<T>(dataset) {
        Ok(rows) => {
            judge.also(&rows);
            (rows.rows, rows.places)
        }
        Err(reason) => {
            judge.lacks(reason);
            (Vec::new(), Vec::new())
        }
    }
}

/// The log group of an ARN: `arn:aws:logs:REGION:ACCOUNT:log-group:NAME:*`; `None` of anything else.
fn group_of(arn: &str) -> Option<Group> {
    let parts: Vec<&str> = arn.splitn(7, ':').collect();
    match parts.as_slice() {
        ["arn", _, "logs", region, account, "log-group", name] => Some(Group {
            region: (*region).to_owned(),
            account: (*account).to_owned(),
            name: name.strip_suffix(":*").unwrap_or(name).to_owned(),
        }),
        _ => None,
    }
}

impl Chain {
    /// Whether a kind of event rings in one of the groups.
    fn rings(&self, family: &Family) -> Told {
        let mut told: Vec<Told> = self
            .groups
            .iter()
            .map(|group| self.rings_in(family, group))
            .collect();
        if told.contains(&Told::Yes) {
            return Told::Yes;
        }
        if !self.told {
            told.push(Told::Unclear(
                "Which log groups the trails deliver to can't be told.".to_owned(),
            ));
        }
        if let Some(unclear) = told.iter().find(|told| matches!(told, Told::Unclear(_))) {
            return unclear.clone();
        }
        told.into_iter().next().unwrap_or_else(|| {
            Told::No(
                "No trail that is on and records every region delivers to a log group.".to_owned(),
            )
        })
    }

    fn rings_in(&self, family: &Family, group: &Group) -> Told {
        if !self.whole.contains(&group.region) {
            return Told::Unclear(format!(
                "What is counted, what rings and who is told was not all read in {}.",
                group.region
            ));
        }
        // A trail of the organization delivers to another account, whose filters nobody sees here.
        let own = self.own.iter().any(|own| {
            own.region == group.region && own.log_group_name.as_ref() == Some(&group.name)
        });
        if !own {
            return Told::Unclear(format!(
                "{} is not one of the log groups that were read: it may be another account's.",
                group.name
            ));
        }
        let mut told = Vec::new();
        for filter in self
            .filters
            .iter()
            .filter(|filter| filter.region == group.region)
        {
            match filter.log_group_name.as_deref() {
                Some(name) if name != group.name => continue,
                _ => {}
            }
            let named = filter.log_group_name.is_some();
            match filter
                .filter_pattern
                .as_deref()
                .map(|pattern| family.is_in(pattern))
            {
                Some(Match::No) => {}
                Some(Match::Yes) if named => told.push(self.counted(filter)),
                _ => told.push(Told::Unclear(
                    "What a metric filter of the log group counts can't be told.".to_owned(),
                )),
            }
        }
        best(told)
            .unwrap_or_else(|| Told::No(format!("No metric filter of {} counts it.", group.name)))
    }

    /// Whether an alarm rings for what a filter counts.
    fn counted(&self, filter: &MetricFilter) -> Told {
        let unclear =
            || Told::Unclear("AWS does not say what a metric filter counts up.".to_owned());
        let Some(metrics) = filter.metric_transformations.as_deref() else {
            return unclear();
        };
        let mut told = Vec::new();
        for metric in metrics {
            let (Some(name), Some(space)) = (&metric.metric_name, &metric.metric_namespace) else {
                told.push(unclear());
                continue;
            };
            let alarms = self.alarms.iter().filter(|alarm| {
                alarm.region == filter.region
                    && alarm.metric_name.as_ref() == Some(name)
                    && alarm.namespace.as_ref() == Some(space)
            });
            told.extend(alarms.map(|alarm| self.heard(alarm)));
        }
        best(told).unwrap_or_else(|| {
            Told::No("It is counted, and no alarm watches the count.".to_owned())
        })
    }

    /// Whether an alarm reaches somebody.
    fn heard(&self, alarm: &Alarm) -> Told {
        let on = Told::of(
            alarm.actions_enabled,
            "Its alarm has its actions switched off.",
            "AWS does not say whether the actions of its alarm are on.",
        );
        let reached = match alarm.alarm_actions.as_deref() {
            None => Told::Unclear("AWS does not say what its alarm does.".to_owned()),
            Some(actions) => best(
                actions
                    .iter()
                    .map(|action| self.reached(action, &alarm.region))
                    .collect(),
            )
            .unwrap_or_else(|| Told::No("Its alarm does nothing when it rings.".to_owned())),
        };
        Told::all([on, reached])
    }

    /// Whether somebody hears of what is sent to `action`.
    fn reached(&self, action: &str, region: &str) -> Told {
        let parts: Vec<&str> = action.splitn(6, ':').collect();
        match parts.as_slice() {
            ["arn", _, "sns", of, account, _]
                if *of == region && self.groups.iter().any(|group| group.account == *account) => {}
            ["arn", _, "sns", ..] => {
                return Told::Unclear(
                    "The topic of its alarm is in another region or account.".to_owned(),
                );
            }
            _ => return Told::No("Its alarm sends to no topic of SNS.".to_owned()),
        }
        let mut own = self
            .subscriptions
            .iter()
            .filter(|subscription| subscription.topic_arn.as_deref() == Some(action))
            .peekable();
        if own.peek().is_none() {
            return Told::No("Nobody subscribed to the topic of its alarm.".to_owned());
        }
        let agreed = |subscription: &Subscription| match subscription.subscription_arn.as_deref() {
            Some(arn) if arn.starts_with("arn:") => Told::Yes,
            Some("PendingConfirmation" | "Deleted") => {
                Told::No("Nobody confirmed a subscription to the topic of its alarm.".to_owned())
            }
            _ => Told::Unclear("AWS does not say whether a subscription was confirmed.".to_owned()),
        };
        best(own.map(agreed).collect()).unwrap_or(Told::Yes)
    }
}

/// The best of several: one that holds, else one that can't be told, else the first that does not; `None` of nothing.
fn best(told: Vec<Told>) -> Option<Told> {
    told.into_iter().min_by_key(|told| match told {
        Told::Yes => 0,
        Told::Unclear(_) => 1,
        Told::No(_) => 2,
    })
}

#[cfg(test)]
mod tests;
