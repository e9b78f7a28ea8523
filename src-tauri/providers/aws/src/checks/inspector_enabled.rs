//! Vulnerabilities are found by whoever looks for them.

use super::console::console;
use crate::datasets::{INSPECTOR_STATUS, INSTANCES, InspectorStatus, Instance};
use evidence::{Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule. Each region in which a server exists, or may exist:
///
/// | Inspector there | judged |
/// | --- | --- |
/// | is on, and looks at servers | pass |
/// | is off, or does not look at servers, and another scanner is named (parameter) | what it would say is missing: a person has to look at that scanner |
/// | is off, or does not look at servers | fail |
/// | does not say | unknown |
///
/// A region whose servers were read and which has none is not judged. Without any server, all regions having answered:
/// not applicable. Container images and functions are not collected, so they are not judged.
pub static CHECK: Check = Check {
    id: "aws.inspector.enabled",
    alias: "AWS-77",
    version: 1,
    title: "Inspector looks for vulnerabilities wherever there are servers.",
    objectives: &["3.11.2[b]", "3.11.2[d]", "3.14.1[b]"],
    severity: Severity::Medium,
    remedy: "In each listed region, open Inspector, activate it, and switch on EC2 scanning. If another scanner looks at these servers, enter its name in the list of other scanners.",
    console: console!("inspector/v2/home#/settings/accounts"),
    reperform: Reperform {
        portal: "Inspector > Account management, in each region with servers: EC2 scanning.",
        command: "for each region: aws inspector2 batch-get-account-status --query 'accounts[].[state.status,resourceState.ec2.status]'",
    },
    datasets: &["aws.inspector_status", "aws.ec2_instances"],
    parameters: &["aws.other_scanners"],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let statuses = match collected.rows::<InspectorStatus>(INSPECTOR_STATUS.id) {
        Ok(rows) => rows,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&statuses);
    let others = collected.parameters.list("aws.other_scanners");
    let (servers, read): (Vec<Instance>, Vec<String>) = match collected.rows(INSTANCES.id) {
        Ok(rows) => {
            judge.also(&rows);
            (rows.rows, rows.places)
        }
        Err(reason) => {
            judge.lacks(reason);
            (Vec::new(), Vec::new())
        }
    };
    let ended = |server: &Instance| {
        let state = server.instance_state.as_ref();
        let state = state.and_then(|state| state.name.as_deref());
        matches!(state, Some("terminated" | "shutting-down"))
    };
    for status in &statuses.rows {
        let region = &status.region;
        let has = servers
            .iter()
            .any(|server| server.region == *region && !ended(server));
        if !has && read.contains(region) {
            continue;
        }
        let word = |state: Option<&str>| match state {
            Some("ENABLED") => Some(true),
            Some("DISABLED" | "DISABLING" | "SUSPENDED" | "SUSPENDING" | "ENABLING") => Some(false),
            _ => None,
        };
        let whole = word(
            status
                .state
                .as_ref()
                .and_then(|state| state.status.as_deref()),
        );
        let kinds = status.resource_state.as_ref();
        let ec2 = word(
            kinds
                .and_then(|kinds| kinds.ec2.as_ref())
                .and_then(|state| state.status.as_deref()),
        );
        match (whole, ec2) {
            (Some(true), Some(true)) => judge.pass(),
            (Some(false), _) | (_, Some(false)) if others.is_empty() && has => judge.fail(
                region,
                region,
                "region",
                "There are servers here, and Inspector does not look at them.",
            ),
            (Some(false), _) | (_, Some(false)) if !has => judge.unknown(
                region,
                region,
                "region",
                "Inspector does not look at servers here; whether there are some was not read.",
            ),
            (Some(false), _) | (_, Some(false)) => judge.lacks(Reason::new(
                UnknownCode::NeedsJudgement,
                format!(
                    "Inspector does not look at the servers in {region}. The company names another scanner ({}); what that one looks at, a person has to see.",
                    others.join(", ")
                ),
            )),
            _ => judge.unknown(
                region,
                region,
                "region",
                "AWS does not say whether Inspector looks at servers here.",
            ),
        }
    }
    // A region with servers about which Inspector's answer names no account.
    for region in &statuses.places {
        let named = statuses.rows.iter().any(|row| row.region == *region);
        let mut here = servers.iter().filter(|server| server.region == *region);
        if !named && here.any(|server| !ended(server)) {
            let note = "AWS does not say whether Inspector looks at servers here.";
            judge.unknown(region, region, "region", note);
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::Outcome;
    use serde_json::{Value, json};

    fn account(servers: &str, statuses: Value) -> Account {
        let servers = format!(
            "<DescribeInstancesResponse><reservationSet>{servers}</reservationSet></DescribeInstancesResponse>"
        );
        let statuses = json!({ "accounts": statuses, "failedAccounts": [] }).to_string();
        Account::new()
            .regions(&INSTANCES, &[("us-east-1", &servers)])
            .regions(&INSPECTOR_STATUS, &[("us-east-1", &statuses)])
    }

    const SERVER: &str =
        "<item><instancesSet><item><instanceId>i-1</instanceId></item></instancesSet></item>";
    const ENDED: &str = "<item><instancesSet><item><instanceId>i-1</instanceId><instanceState><name>terminated</name>\
        </instanceState></item></instancesSet></item>";

    fn stands(whole: Value, ec2: Value) -> Value {
        json!([{"accountId": "1", "state": {"status": whole}, "resourceState": {"ec2": {"status": ec2}}}])
    }

    #[test]
    fn servers_have_to_be_looked_at() {
        use Outcome::{Fail, Pass, Unknown};
        for (whole, ec2, expected) in [
            (json!("ENABLED"), json!("ENABLED"), Pass),
            (json!("ENABLED"), json!("DISABLED"), Fail),
            (json!("ENABLING"), json!("ENABLED"), Fail),
            (json!("DISABLED"), Value::Null, Fail),
            (json!("ENABLED"), Value::Null, Unknown),
            (json!("?"), json!("ENABLED"), Unknown),
        ] {
            let judged = account(SERVER, stands(whole.clone(), ec2.clone())).judge(&CHECK);
            assert_eq!(judged.outcome, expected, "{whole} {ec2}");
        }
        assert_eq!(account(SERVER, json!([])).judge(&CHECK).outcome, Unknown);
    }

    #[test]
    fn no_server_no_question_and_another_scanner_is_for_a_person() {
        let off = || stands(json!("DISABLED"), json!("DISABLED"));
        for none in ["", ENDED] {
            assert_eq!(
                account(none, off()).judge(&CHECK).outcome,
                Outcome::NotApplicable
            );
        }
        let other = account(SERVER, off()).with("aws.other_scanners", json!(["Qualys"]));
        let verdict = other.judge(&CHECK);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::NeedsJudgement);
        let unread = account(SERVER, off()).without(&INSTANCES).judge(&CHECK);
        assert_eq!(unread.outcome, Outcome::Unknown, "nobody saw a server");
        refused_is_unknown(&CHECK, &INSPECTOR_STATUS);
        refused_is_unknown(&CHECK, &INSTANCES);
    }
}
