//! Load balancers and how they speak to whoever comes.

use super::read::{about, items, number, query_items};
use crate::client::{
    LOAD_BALANCING, Operation, Paging, Question, Request, Scope, Subject, Subjects,
};
use crate::xml;
use provider_kit::{Clouds, Dataset, Malformed, RawPage, Reader};
use serde::Deserialize;
use serde_json::Value;

/// The balancers.
pub static LOAD_BALANCERS: Dataset = Dataset {
    id: "aws.elb_load_balancers",
    title: "Load balancers",
    what: "Every load balancer of the current kinds in every region, and whether the internet reaches it.",
    permissions: &[
        "elasticloadbalancing:DescribeLoadBalancers",
        "ec2:DescribeRegions",
    ],
    licence: None,
    key: &["/@region", "/LoadBalancerArn"],
    records: Reader::Page(|page| {
        query_items(page, "DescribeLoadBalancers", ("LoadBalancers", "member"))
    }),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.13.1[a]", "3.13.5[a]"],
};

pub(crate) static LOAD_BALANCERS_LIST: Subjects = Subjects {
    id: "load balancers",
    scope: Scope::Regions,
    list: Operation {
        service: &LOAD_BALANCING,
        permission: "elasticloadbalancing:DescribeLoadBalancers",
        request: Request::Form("DescribeLoadBalancers", &[("PageSize", "400")]),
        paging: Paging::Token {
            asks: "Marker",
            answers: "NextMarker",
        },
        not_used: |_, _| false,
    },
    read: balancers_of,
    batch: 1,
    most: None,
};

/// How each speaks.
pub static LISTENERS: Dataset = Dataset {
    id: "aws.elb_listeners",
    title: "Listeners of load balancers",
    what: "By which protocol and with which TLS policy each load balancer listens.",
    permissions: &[
        "elasticloadbalancing:DescribeListeners",
        "elasticloadbalancing:DescribeLoadBalancers",
        "ec2:DescribeRegions",
    ],
    licence: None,
    key: &["/@region", "/@subject", "/ListenerArn"],
    records: Reader::Page(listeners),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.13.8[c]", "3.13.15[a]"],
};

pub(crate) static LISTENERS_QUESTION: Question = Question {
    subjects: &LOAD_BALANCERS_LIST,
    asks: &[&Operation {
        service: &LOAD_BALANCING,
        permission: "elasticloadbalancing:DescribeListeners",
        request: Request::Form(
            "DescribeListeners",
            &[("LoadBalancerArn", "{subject}"), ("PageSize", "400")],
        ),
        paging: Paging::Token {
            asks: "Marker",
            answers: "NextMarker",
        },
        not_used: |_, _| false,
    }],
    probe: None,
};

/// A balancer.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoadBalancer {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its ARN.
    pub load_balancer_arn: Option<String>,
    /// Its name.
    pub load_balancer_name: Option<String>,
    /// `internet-facing` or `internal`; absent for the kind `gateway`.
    pub scheme: Option<String>,
    /// `application`, `network` or `gateway`.
    #[serde(rename = "Type")]
    pub kind: Option<String>,
}

/// How a balancer speaks.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listener {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// The ARN of its balancer.
    #[serde(rename = "@subject")]
    pub balancer: String,
    /// Its own ARN.
    pub listener_arn: Option<String>,
    /// The port.
    #[serde(default, deserialize_with = "number")]
    pub port: Option<i64>,
    /// `HTTP`, `HTTPS`, `TCP`, `TLS`, `UDP`, `TCP_UDP`, `GENEVE`, ...
    pub protocol: Option<String>,
    /// E.g. `ELBSecurityPolicy-TLS13-1-2-2021-06`.
    pub ssl_policy: Option<String>,
    /// What it does with whatever no rule fits.
    #[serde(default, deserialize_with = "items")]
    pub default_actions: Option<Vec<ListenerAction>>,
}

/// What a listener does.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListenerAction {
    /// `forward`, `redirect`, `fixed-response`, ...
    #[serde(rename = "Type")]
    pub kind: Option<String>,
    /// Where to.
    pub redirect_config: Option<Redirect>,
}

/// Where a listener sends whoever comes.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Redirect {
    /// `HTTP`, `HTTPS`, or `#{protocol}` for the same.
    pub protocol: Option<String>,
}

/// The balancers on a page.
fn balancers_of(page: &RawPage<'_>) -> Result<Vec<Subject>, Malformed> {
    xml::result(page.body, "DescribeLoadBalancers")?
        .list("LoadBalancers")?
        .iter()
        .map(|balancer| {
            balancer
                .text_of("LoadBalancerArn")
                .filter(|arn| !arn.is_empty())
                .map(Subject::here)
                .ok_or_else(|| Malformed("a load balancer has no ARN".to_owned()))
        })
        .collect()
}

/// The listeners on a page, each with its balancer.
fn listeners(page: &RawPage<'_>) -> Result<Vec<Value>, Malformed> {
    let records = query_items(page, "DescribeListeners", ("Listeners", "member"))?;
    records
        .into_iter()
        .map(|record| about(page, record))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read::tests::origin, *};

    #[test]
    fn a_listener_is_its_balancers() {
        let body = "<DescribeListenersResponse><DescribeListenersResult><Listeners><member><ListenerArn>l</ListenerArn>\
            <Port>80</Port><Protocol>HTTP</Protocol><DefaultActions><member><Type>redirect</Type><RedirectConfig>\
            <Protocol>HTTPS</Protocol></RedirectConfig></member></DefaultActions></member></Listeners>\
            </DescribeListenersResult></DescribeListenersResponse>";
        let page = |subject| {
            LISTENERS.read(&RawPage {
                body: body.as_bytes(),
                origin: &origin(200, Some("us-east-1"), subject),
            })
        };
        let row: Listener = serde_json::from_value(page(Some("b")).unwrap().remove(0)).unwrap();
        assert_eq!((row.balancer.as_str(), row.port), ("b", Some(80)));
        let action = row.default_actions.unwrap().remove(0);
        assert_eq!(action.redirect_config.unwrap().protocol.unwrap(), "HTTPS");
        assert!(page(None).is_err());
    }

    #[test]
    fn arns_are_taken_from_a_whole_list_only() {
        let list = |inner: &str| {
            let body = format!(
                "<DescribeLoadBalancersResponse><DescribeLoadBalancersResult><LoadBalancers>{inner}</LoadBalancers>\
                 </DescribeLoadBalancersResult></DescribeLoadBalancersResponse>"
            );
            balancers_of(&RawPage {
                body: body.as_bytes(),
                origin: &origin(200, Some("us-east-1"), None),
            })
        };
        assert_eq!(
            list("<member><LoadBalancerArn>a</LoadBalancerArn></member>").unwrap(),
            [Subject::here("a")]
        );
        assert!(list("<member><Type>network</Type></member>").is_err());
    }
}
