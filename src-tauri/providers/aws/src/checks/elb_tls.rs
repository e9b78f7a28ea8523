//! What crosses the internet is read on the way, unless it is encrypted well.

use super::{console::console, number, told::also};
use crate::datasets::{LISTENERS, LOAD_BALANCERS, Listener, LoadBalancer};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule. Each listener of a load balancer:
///
/// | protocol | judged |
/// | --- | --- |
/// | HTTPS or TLS, with a policy from TLS 1.2 on (or for FIPS only, parameter) | pass |
/// | HTTPS or TLS, with another policy | fail |
/// | HTTP, and all it does is to send to HTTPS | pass |
/// | HTTP, of a balancer that the internet reaches | fail |
/// | HTTP, of a balancer that only the network reaches | not at all |
/// | TCP, UDP and other ways that are passed on as they are | not at all: what is in them is the server's business |
/// | does not say the protocol, the policy or what it does, or its balancer does not say who reaches it | unknown |
///
/// A balancer whose listeners were not read: unknown. Without any listener that is judged, everything having been seen: not
/// applicable. Load balancers of the first kind (classic) are not collected.
pub static CHECK: Check = Check {
    id: "aws.elb.tls",
    alias: "AWS-55",
    version: 1,
    title: "Load balancers speak TLS 1.2 or newer to the internet.",
    objectives: &["3.13.8[c]", "3.13.11[a]", "3.13.15[a]", "3.1.13[b]"],
    severity: Severity::High,
    remedy: "Edit each listed listener: choose a security policy from TLS 1.2 on (one with FIPS in its name where CUI passes), and have HTTP do nothing but redirect to HTTPS.",
    console: console!("ec2/home#LoadBalancers:"),
    reperform: Reperform {
        portal: "EC2 > Load balancers > open each one, in each region: Listeners, with protocol, security policy and default action.",
        command: "for each region: aws elbv2 describe-load-balancers; for each balancer: aws elbv2 describe-listeners --load-balancer-arn ARN --query 'Listeners[].[Port,Protocol,SslPolicy,DefaultActions]'",
    },
    datasets: &["aws.elb_load_balancers", "aws.elb_listeners"],
    parameters: &["aws.tls_fips_only"],
    clouds: Clouds::All,
    evaluate,
};

/// Policies that begin so take TLS 1.2 and newer only (AWS's tables of predefined policies).
const GOOD: [&str; 4] = [
    "ELBSecurityPolicy-TLS13-1-2-",
    "ELBSecurityPolicy-TLS13-1-3-",
    "ELBSecurityPolicy-FS-1-2-",
    "ELBSecurityPolicy-TLS-1-2-",
];

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let (balancers, fips) = match (
        collected.rows::<LoadBalancer>(LOAD_BALANCERS.id),
        number(collected, "aws.tls_fips_only"),
    ) {
        (Ok(balancers), Ok(fips)) => (balancers, fips == 1),
        (Err(reason), _) | (_, Err(reason)) => return reason.into(),
    };
    let mut judge = Judge::over(&balancers);
    let listeners: Vec<Listener> = also(collected, &mut judge, LISTENERS.id);
    for balancer in &balancers.rows {
        if balancer
            .load_balancer_arn
            .as_deref()
            .is_none_or(str::is_empty)
        {
            let name = format!("? ({})", balancer.region);
            judge.unknown("", name, "loadBalancer", "AWS does not give its ARN.");
        }
    }
    for listener in &listeners {
        let arn = listener.balancer.as_str();
        let of = balancers
            .rows
            .iter()
            .find(|balancer| balancer.load_balancer_arn.as_deref() == Some(arn));
        let name = of
            .and_then(|balancer| balancer.load_balancer_name.as_deref())
            .unwrap_or(arn);
        let port = listener
            .port
            .map_or_else(|| "?".to_owned(), |port| port.to_string());
        let shown = format!("{name}, port {port} ({})", listener.region);
        let id = listener.listener_arn.as_deref().unwrap_or_default();
        match said(listener, of, fips) {
            Said::Good => judge.pass(),
            Said::Nothing => {}
            Said::Bad(why) => judge.fail(id, shown, "listener", why),
            Said::Unclear(why) => judge.unknown(id, shown, "listener", why),
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

/// What is said about a listener.
enum Said {
    Good,
    Nothing,
    Bad(String),
    Unclear(&'static str),
}

fn said(listener: &Listener, balancer: Option<&LoadBalancer>, fips: bool) -> Said {
    match listener.protocol.as_deref() {
        Some("HTTPS" | "TLS") => match listener.ssl_policy.as_deref() {
            None | Some("") => Said::Unclear("AWS does not name its security policy."),
            Some(policy) if fips && !policy.contains("-FIPS-") => {
                Said::Bad(format!("Its security policy {policy} is not one for FIPS."))
            }
            Some(policy) if is_good(policy) => Said::Good,
            Some(policy) => Said::Bad(format!(
                "Its security policy {policy} is not known to take TLS 1.2 and newer only."
            )),
        },
        Some("HTTP") => http(listener, balancer),
        Some("TCP" | "UDP" | "TCP_UDP" | "GENEVE" | "QUIC" | "TCP_QUIC") => Said::Nothing,
        _ => Said::Unclear("AWS does not say which protocol it speaks."),
    }
}

fn http(listener: &Listener, balancer: Option<&LoadBalancer>) -> Said {
    let Some(actions) = listener
        .default_actions
        .as_deref()
        .filter(|actions| !actions.is_empty())
    else {
        return Said::Unclear("AWS does not say what it does.");
    };
    let redirects = actions.iter().all(|action| {
        action.kind.as_deref() == Some("redirect")
            && action
                .redirect_config
                .as_ref()
                .and_then(|to| to.protocol.as_deref())
                == Some("HTTPS")
    });
    if redirects {
        return Said::Good;
    }
    if actions.iter().any(|action| action.kind.is_none()) {
        return Said::Unclear("AWS does not say what it does.");
    }
    match balancer.and_then(|balancer| balancer.scheme.as_deref()) {
        Some("internet-facing") => {
            Said::Bad("The internet reaches it without encryption.".to_owned())
        }
        Some("internal") => Said::Nothing,
        _ => Said::Unclear("AWS does not say whether the internet reaches its load balancer."),
    }
}

/// Whether a policy takes TLS 1.2 and newer only.
fn is_good(policy: &str) -> bool {
    let old = ["TLS13-1-0", "TLS13-1-1", "TLS-1-0", "TLS-1-1"];
    GOOD.iter().any(|beginning| policy.starts_with(beginning))
        && !old.iter().any(|old| policy.contains(old))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Account, origin, refused_is_unknown};
    use evidence::{Completeness, Outcome};
    use serde_json::json;

    fn account(scheme: &str, listener: &str) -> Account {
        let balancers = format!(
            "<DescribeLoadBalancersResponse><DescribeLoadBalancersResult><LoadBalancers><member><LoadBalancerArn>b</LoadBalancerArn>\
             <LoadBalancerName>web</LoadBalancerName>{scheme}</member></LoadBalancers></DescribeLoadBalancersResult>\
             </DescribeLoadBalancersResponse>"
        );
        let listeners = format!(
            "<DescribeListenersResponse><DescribeListenersResult><Listeners>{listener}</Listeners></DescribeListenersResult>\
             </DescribeListenersResponse>"
        );
        let page = (origin(200, "us-east-1", Some("b")), listeners.into_bytes());
        Account::new()
            .regions(&LOAD_BALANCERS, &[("us-east-1", &balancers)])
            .pages(&LISTENERS, vec![page], Completeness::complete())
    }

    const OUTSIDE: &str = "<Scheme>internet-facing</Scheme>";
    const INSIDE: &str = "<Scheme>internal</Scheme>";

    fn listener(protocol: &str, rest: &str) -> String {
        format!(
            "<member><ListenerArn>l</ListenerArn><Port>1</Port><Protocol>{protocol}</Protocol>{rest}</member>"
        )
    }

    fn outcome(scheme: &str, protocol: &str, rest: &str) -> Outcome {
        account(scheme, &listener(protocol, rest))
            .judge(&CHECK)
            .outcome
    }

    #[test]
    fn policies_are_from_tls_1_2_on() {
        let with = |policy: &str| {
            let policy = format!("<SslPolicy>{policy}</SslPolicy>");
            outcome(OUTSIDE, "HTTPS", &policy)
        };
        for good in [
            "ELBSecurityPolicy-TLS13-1-2-2021-06",
            "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
            "ELBSecurityPolicy-TLS13-1-3-2021-06",
            "ELBSecurityPolicy-FS-1-2-Res-2020-10",
            "ELBSecurityPolicy-TLS-1-2-2017-01",
        ] {
            assert_eq!(with(good), Outcome::Pass, "{good}");
        }
        for bad in [
            "ELBSecurityPolicy-2016-08",
            "ELBSecurityPolicy-TLS13-1-0-2021-06",
            "ELBSecurityPolicy-TLS13-1-0-FIPS-2023-04",
            "ELBSecurityPolicy-TLS-1-1-2017-01",
            "ELBSecurityPolicy-FS-1-1-2019-08",
            "Ours",
        ] {
            assert_eq!(with(bad), Outcome::Fail, "{bad}");
        }
        let policy = "<SslPolicy>ELBSecurityPolicy-TLS13-1-2-2021-06</SslPolicy>";
        let account = account(INSIDE, &listener("TLS", policy)).with("aws.tls_fips_only", json!(1));
        assert_eq!(
            account.outcome(&CHECK),
            (Outcome::Fail, vec!["web, port 1 (us-east-1)".to_owned()])
        );
    }

    #[test]
    fn http_may_only_send_to_https() {
        use Outcome::{Fail, NotApplicable, Pass, Unknown};
        let action = |kind: &str, to: &str| {
            format!(
                "<DefaultActions><member><Type>{kind}</Type><RedirectConfig><Protocol>{to}</Protocol></RedirectConfig></member></DefaultActions>"
            )
        };
        for (scheme, does, expected) in [
            (OUTSIDE, action("redirect", "HTTPS"), Pass),
            (OUTSIDE, action("redirect", "HTTP"), Fail),
            (OUTSIDE, action("forward", ""), Fail),
            (INSIDE, action("forward", ""), NotApplicable),
            ("", action("forward", ""), Unknown),
            (OUTSIDE, String::new(), Unknown),
            (
                OUTSIDE,
                "<DefaultActions><member><Order>1</Order></member></DefaultActions>".to_owned(),
                Unknown,
            ),
        ] {
            assert_eq!(outcome(scheme, "HTTP", &does), expected, "{does}");
        }
        assert_eq!(outcome(OUTSIDE, "TCP", ""), NotApplicable);
        assert_eq!(outcome(OUTSIDE, "", ""), Unknown);
        assert_eq!(outcome(OUTSIDE, "HTTPS", ""), Unknown);
    }

    #[test]
    fn both_answers_are_needed() {
        let nameless = "<DescribeLoadBalancersResponse><DescribeLoadBalancersResult><LoadBalancers><member><Type>network</Type>\
            </member></LoadBalancers></DescribeLoadBalancersResult></DescribeLoadBalancersResponse>";
        let account = Account::new()
            .regions(&LOAD_BALANCERS, &[("us-east-1", nameless)])
            .pages(&LISTENERS, vec![], Completeness::complete());
        assert_eq!(account.judge(&CHECK).outcome, Outcome::Unknown);
        refused_is_unknown(&CHECK, &LOAD_BALANCERS);
        refused_is_unknown(&CHECK, &LISTENERS);
    }
}
