//! A way in for people has to know them, to tell them the rules, and to leave a record.

use super::{console::console, number};
use crate::datasets::{CLIENT_VPNS, ClientVpn};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule. Each client VPN endpoint that is not being deleted:
///
/// | part | fails where | unknown where |
/// | --- | --- | --- |
/// | log | connections are not logged | it does not say |
/// | tunnel | only some traffic goes through it (split tunnel) | it does not say |
/// | banner | people read nothing when they connect | it does not say |
/// | sign-in | certificates are the only way | no way is named |
/// | session | it may last longer than allowed (parameter) | it does not say |
///
/// One part that fails makes the endpoint fail, and its note tells all of them. Without any endpoint, all regions having
/// answered: not applicable.
pub static CHECK: Check = Check {
    id: "aws.vpn.client_logging",
    alias: "AWS-54",
    version: 1,
    title: "Client VPN endpoints log, show a banner, tunnel everything and end long sessions.",
    objectives: &[
        "3.1.12[c]",
        "3.1.12[d]",
        "3.13.7[a]",
        "3.1.9[b]",
        "3.1.11[b]",
        "3.5.3[d]",
    ],
    severity: Severity::Medium,
    remedy: "Modify each listed endpoint: switch on connection logging and a login banner, switch off split tunnel, set the session timeout, and have people sign in through the directory or identity provider that asks for MFA.",
    console: console!("vpcconsole/home#ClientVPNEndpoints:"),
    reperform: Reperform {
        portal: "VPC > Client VPN endpoints > open each one, in each region: Details.",
        command: "for each region: aws ec2 describe-client-vpn-endpoints --query 'ClientVpnEndpoints[].[ClientVpnEndpointId,ConnectionLogOptions.Enabled,SplitTunnel,ClientLoginBannerOptions.Enabled,AuthenticationOptions[].Type,SessionTimeoutHours]'",
    },
    datasets: &["aws.ec2_client_vpn_endpoints"],
    parameters: &["aws.vpn_session_hours"],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let (vpns, hours) = match (
        collected.rows::<ClientVpn>(CLIENT_VPNS.id),
        number(collected, "aws.vpn_session_hours"),
    ) {
        (Ok(vpns), Ok(hours)) => (vpns, hours),
        (Err(reason), _) | (_, Err(reason)) => return reason.into(),
    };
    let mut judge = Judge::over(&vpns);
    for vpn in &vpns.rows {
        let status = vpn
            .status
            .as_ref()
            .and_then(|status| status.code.as_deref());
        if matches!(status, Some("deleting" | "deleted")) {
            continue;
        }
        let id = vpn.client_vpn_endpoint_id.as_deref().unwrap_or_default();
        let (wrong, open) = parts(vpn, hours);
        if !wrong.is_empty() {
            judge.fail(id, vpn.name(), "clientVpnEndpoint", wrong.join(" "));
        } else if !open.is_empty() || id.is_empty() {
            let note = format!("AWS does not say: {}.", open.join(", "));
            judge.unknown(id, vpn.name(), "clientVpnEndpoint", note);
        } else {
            judge.pass();
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

/// What is wrong with an endpoint, and what it does not say.
fn parts(vpn: &ClientVpn, hours: i64) -> (Vec<String>, Vec<&'static str>) {
    let (mut wrong, mut open) = (Vec::new(), Vec::new());
    let mut part = |good: Option<bool>, note: &str, what: &'static str| match good {
        Some(true) => {}
        Some(false) => wrong.push(note.to_owned()),
        None => open.push(what),
    };
    let log = vpn
        .connection_log_options
        .as_ref()
        .and_then(|log| log.enabled);
    part(log, "Connections are not logged.", "its log");
    let whole = vpn.split_tunnel.map(|split| !split);
    part(
        whole,
        "Only some traffic goes through it (split tunnel).",
        "its tunnel",
    );
    let banner = vpn
        .client_login_banner_options
        .as_ref()
        .and_then(|banner| banner.enabled);
    part(banner, "It shows no banner.", "its banner");
    let known = |kind: &str| {
        matches!(
            kind,
            "certificate-authentication"
                | "directory-service-authentication"
                | "federated-authentication"
        )
    };
    let ways: Option<Vec<&str>> = vpn.authentication_options.as_deref().and_then(|ways| {
        ways.iter()
            .map(|way| way.as_ref()?.kind.as_deref().filter(|kind| known(kind)))
            .collect()
    });
    let people = ways
        .filter(|ways| !ways.is_empty())
        .map(|ways| ways.iter().any(|way| *way != "certificate-authentication"));
    part(
        people,
        "Certificates are the only way to sign in.",
        "how people sign in",
    );
    let session = vpn.session_timeout_hours.map(|most| most <= hours);
    let long = format!("A session may last longer than {hours} hours.");
    part(session, &long, "how long a session lasts");
    (wrong, open)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::Outcome;
    use serde_json::json;

    const GOOD: [&str; 7] = [
        "<clientVpnEndpointId>cvpn-1</clientVpnEndpointId>",
        "<status><code>available</code></status>",
        "<connectionLogOptions><Enabled>true</Enabled></connectionLogOptions>",
        "<splitTunnel>false</splitTunnel>",
        "<clientLoginBannerOptions><enabled>true</enabled></clientLoginBannerOptions>",
        "<authenticationOptions><item><type>federated-authentication</type></item></authenticationOptions>",
        "<sessionTimeoutHours>24</sessionTimeoutHours>",
    ];

    fn account(endpoint: &str) -> Account {
        let body = format!(
            "<DescribeClientVpnEndpointsResponse><clientVpnEndpoint>{endpoint}</clientVpnEndpoint>\
             </DescribeClientVpnEndpointsResponse>"
        );
        Account::new().regions(&CLIENT_VPNS, &[("us-east-1", &body)])
    }

    /// The good endpoint with one change.
    fn outcome(from: &str, to: &str) -> Outcome {
        let endpoint = GOOD.concat().replace(from, to);
        account(&format!("<item>{endpoint}</item>"))
            .judge(&CHECK)
            .outcome
    }

    #[test]
    fn every_part_has_to_be_right() {
        assert_eq!(outcome("x", "x"), Outcome::Pass);
        for (from, to) in [
            ("<Enabled>true", "<Enabled>false"),
            ("<splitTunnel>false", "<splitTunnel>true"),
            ("<enabled>true", "<enabled>false"),
            ("federated-", "certificate-"),
            ("<sessionTimeoutHours>24", "<sessionTimeoutHours>25"),
        ] {
            assert_eq!(outcome(from, to), Outcome::Fail, "{to}");
        }
        let two = "<item><type>certificate-authentication</type></item><item><type>directory-service-authentication</type></item>";
        assert_eq!(
            outcome("<item><type>federated-authentication</type></item>", two),
            Outcome::Pass
        );
        assert_eq!(outcome("available", "deleting"), Outcome::NotApplicable);
        let shorter = account(&format!("<item>{}</item>", GOOD.concat()));
        let shorter = shorter
            .with("aws.vpn_session_hours", json!(12))
            .judge(&CHECK);
        assert_eq!(
            shorter.resources[0].note,
            "A session may last longer than 12 hours."
        );
    }

    #[test]
    fn what_is_not_said_is_unknown() {
        for part in [GOOD[0], GOOD[2], GOOD[3], GOOD[4], GOOD[5], GOOD[6]] {
            assert_eq!(outcome(part, ""), Outcome::Unknown, "{part}");
        }
        assert_eq!(outcome("federated-authentication", "odd"), Outcome::Unknown);
        assert_eq!(account("").judge(&CHECK).outcome, Outcome::NotApplicable);
        refused_is_unknown(&CHECK, &CLIENT_VPNS);
    }
}
