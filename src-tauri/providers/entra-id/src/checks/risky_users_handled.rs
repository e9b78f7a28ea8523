//! ENTRA-11. An account that Microsoft holds to be taken over is not left like that.

use super::{console, moment};
use crate::{
    datasets::{
        people::{USERS, User},
        risk::{RISKY_USERS, RiskyUser},
    },
    parameters::{self, number},
};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeMap;

/// Accounts whose risk was dealt with (remediated, dismissed, confirmed safe) pass. Per account that is at risk or
/// confirmed as taken over:
///
/// | level | account | risk as it is for | verdict |
/// | --- | --- | --- | --- |
/// | high | enabled | more than the company's days | fail |
/// | high | enabled | fewer days | pass |
/// | high | disabled | any | pass |
/// | low, medium, none | any | any | pass |
/// | hidden, or not said | any | any | unknown |
/// | high | not read, or not said whether it is enabled | any | unknown |
/// | high | enabled | not said since when | unknown |
///
/// A state that is not said or not known makes the account unknown. Without the license for it nothing is known, and the check says so.
pub(crate) static CHECK: Check = Check {
    id: "entra-id.risk.risky_users_handled",
    alias: "ENTRA-11",
    version: 1,
    title: "No account at high risk is left without anybody dealing with it.",
    objectives: &["3.14.7[b]", "3.6.1[e]", "3.14.3[c]"],
    severity: Severity::High,
    remedy: "Look at each listed account's risk: reset the password and confirm the account as compromised, or dismiss the risk if it is \
             explained. Write down what was done.",
    console: console!("Microsoft_AAD_IAM/SecurityMenuBlade/~/RiskyUsers"),
    reperform: Reperform {
        portal: "Entra admin center > Protection > Risky activities > Risky users: Risk level High, Risk state At risk or Confirmed compromised.",
        command: "Get-MgRiskyUser -All -Filter \"riskState eq 'atRisk' or riskState eq 'confirmedCompromised'\" | Select-Object UserPrincipalName, RiskLevel, RiskState, RiskLastUpdatedDateTime",
    },
    datasets: &["entra-id.risky-users", "entra-id.users"],
    parameters: &[parameters::RISKY_USER_DAYS],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let (days, rows, users) = match (
        number(collected, parameters::RISKY_USER_DAYS),
        collected.rows::<RiskyUser>(RISKY_USERS.id),
        collected.rows::<User>(USERS.id),
    ) {
        (Ok(days), Ok(rows), Ok(users)) => (days, rows, users),
        (Err(reason), ..) | (_, Err(reason), _) | (.., Err(reason)) => {
            return Verdict::unknown(reason);
        }
    };
    let enabled: BTreeMap<&str, Option<bool>> = users
        .rows
        .iter()
        .filter_map(|user| Some((user.id.as_deref()?, user.account_enabled)))
        .collect();
    let mut judge = Judge::over(&rows);
    judge.also(&users);
    for row in &rows.rows {
        let id = row.id.clone().unwrap_or_default();
        let name = row
            .user_principal_name
            .clone()
            .unwrap_or_else(|| id.clone());
        match row.risk_state.as_deref() {
            Some("atRisk" | "confirmedCompromised") => {}
            Some("remediated" | "dismissed" | "confirmedSafe" | "none") => {
                judge.pass();
                continue;
            }
            _ => {
                judge.unknown(
                    id,
                    name,
                    "user",
                    "whether the risk was dealt with is not said",
                );
                continue;
            }
        }
        match row.risk_level.as_deref() {
            Some("high") => {}
            Some("low" | "medium" | "none") => {
                judge.pass();
                continue;
            }
            _ => {
                judge.unknown(id, name, "user", "how high the risk is, is not said");
                continue;
            }
        }
        match enabled.get(id.as_str()) {
            Some(Some(false)) => judge.pass(),
            Some(Some(true)) => match moment(row.risk_last_updated_date_time.as_deref()) {
                None => judge.unknown(id, name, "user", "since when it is at risk is not said"),
                Some(since) => {
                    let age = (collected.now.unix() - since.unix()).div_euclid(24 * 3600);
                    if age > days {
                        let note = format!("is enabled and at high risk for {age} days");
                        judge.fail(id, name, "user", note);
                    } else {
                        judge.pass();
                    }
                }
            },
            _ => judge.unknown(
                id,
                name,
                "user",
                "whether the account is enabled was not read",
            ),
        }
    }
    judge.conclude(WhenEmpty::Passes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::CHECK;
    use crate::checks::testing::{Bench, tell};
    use evidence::Outcome::{Fail, Pass, Unknown};
    use evidence::UnknownCode;
    use serde_json::{Value, json};

    const RISKY: &str = "risky-users";

    #[test]
    fn a_high_risk_is_dealt_with_within_days() {
        tell(
            &CHECK,
            &[
                ("none", RISKY, "/0/value", json!([]), Pass),
                (
                    "long ago",
                    RISKY,
                    "/0/value/0/riskLastUpdatedDateTime",
                    json!("2026-01-01T00:00:00Z"),
                    Fail,
                ),
                (
                    "when not said",
                    RISKY,
                    "/0/value/0/riskLastUpdatedDateTime",
                    json!(null),
                    Unknown,
                ),
                (
                    "no moment",
                    RISKY,
                    "/0/value/0/riskLastUpdatedDateTime",
                    json!("lately"),
                    Unknown,
                ),
                (
                    "state not said",
                    RISKY,
                    "/0/value/0/riskState",
                    json!(null),
                    Unknown,
                ),
                (
                    "hidden",
                    RISKY,
                    "/0/value/0/riskLevel",
                    json!("hidden"),
                    Unknown,
                ),
                (
                    "level not said",
                    RISKY,
                    "/0/value/0/riskLevel",
                    json!(null),
                    Unknown,
                ),
                (
                    "nobody we know",
                    RISKY,
                    "/0/value/0/id",
                    json!("gone"),
                    Unknown,
                ),
                ("no id", RISKY, "/0/value/0/id", json!(null), Unknown),
            ],
        );
    }

    #[test]
    fn levels_below_high_and_disabled_accounts_are_no_failure() {
        let old = |bench: Bench| {
            let long_ago: Value = json!("2026-01-01T00:00:00Z");
            bench.set(RISKY, "/0/value/0/riskLastUpdatedDateTime", long_ago)
        };
        for level in ["low", "medium", "none"] {
            let bench = old(Bench::good()).set(RISKY, "/0/value/0/riskLevel", json!(level));
            assert_eq!(bench.outcome(&CHECK), Pass, "{level}");
        }
        for (state, expected) in [
            ("confirmedCompromised", Fail),
            ("remediated", Pass),
            ("dismissed", Pass),
            ("ofTomorrow", Unknown),
        ] {
            let bench = old(Bench::good()).set(RISKY, "/0/value/0/riskState", json!(state));
            assert_eq!(bench.outcome(&CHECK), expected, "{state}");
        }
        let disabled = old(Bench::good()).set("users", "/0/value/0/accountEnabled", json!(false));
        assert_eq!(disabled.outcome(&CHECK), Pass);
        let unsaid = old(Bench::good()).set("users", "/0/value/0/accountEnabled", json!(null));
        assert_eq!(unsaid.outcome(&CHECK), Unknown);
        let longer = old(Bench::good()).parameter(crate::parameters::RISKY_USER_DAYS, json!(365));
        assert_eq!(longer.outcome(&CHECK), Pass);
    }

    #[test]
    fn without_the_license_nothing_is_known() {
        let verdict = Bench::good()
            .without("entra-id.risky-users", UnknownCode::LicenceMissing)
            .judge(&CHECK);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::LicenceMissing);
    }
}
