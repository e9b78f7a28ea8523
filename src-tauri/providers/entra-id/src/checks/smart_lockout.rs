//! ENTRA-26. Guessing passwords locks the account.

use super::console;
use crate::{
    datasets::settings::{DIRECTORY_SETTINGS, DirectorySetting, PASSWORD_RULES},
    parameters::{self, number},
};
use evidence::{Reason, Severity};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// What holds where the tenant never changed its password rules.
const DEFAULT_THRESHOLD: i64 = 10;
const DEFAULT_SECONDS: i64 = 60;

/// | password rules | verdict |
/// | --- | --- |
/// | locks after at most the company's tries, for at least the company's seconds | pass |
/// | more tries or fewer seconds | fail |
/// | a value is missing or no number | unknown |
/// | never changed (no such settings in a complete answer) | judged by Microsoft's defaults: 10 tries, 60 seconds |
pub(crate) static CHECK: Check = Check {
    id: "entra-id.passwords.smart_lockout",
    alias: "ENTRA-26",
    version: 1,
    title: "Accounts lock after repeated wrong passwords.",
    objectives: &["3.1.8[a]", "3.1.8[b]"],
    severity: Severity::Medium,
    remedy: "Set Password protection > Custom smart lockout to at most ten tries and at least sixty seconds.",
    console: console!("Microsoft_AAD_IAM/AuthenticationMethodsMenuBlade/~/PasswordProtection"),
    reperform: Reperform {
        portal: "Entra admin center > Protection > Authentication methods > Password protection: Custom smart lockout.",
        command: "Get-MgGroupSetting | Where-Object TemplateId -eq '5cf42378-d67d-4f36-ba46-e8b86229381d' | Select-Object -ExpandProperty Values",
    },
    datasets: &["entra-id.directory-settings"],
    parameters: &[parameters::LOCKOUT_THRESHOLD, parameters::LOCKOUT_SECONDS],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    judge(collected).unwrap_or_else(Verdict::unknown)
}

fn judge(collected: &Collected<'_>) -> Result<Verdict, Reason> {
    let tries = number(collected, parameters::LOCKOUT_THRESHOLD)?;
    let seconds = number(collected, parameters::LOCKOUT_SECONDS)?;
    let rows = collected.rows::<DirectorySetting>(DIRECTORY_SETTINGS.id)?;
    let mut judge = Judge::over(&rows);
    for row in rows.rows.iter().filter(|row| row.template_id.is_none()) {
        judge.unknown(
            row.id.clone().unwrap_or_default(),
            row.display_name.clone().unwrap_or_default(),
            "setting",
            "what it is about is not said",
        );
    }
    let rules = rows
        .rows
        .iter()
        .find(|row| row.template_id.as_deref() == Some(PASSWORD_RULES));
    let (threshold, duration) = match rules {
        None => (Some(DEFAULT_THRESHOLD), Some(DEFAULT_SECONDS)),
        Some(rules) => {
            let read = |name| {
                rules
                    .value(name)
                    .and_then(|text| text.trim().parse::<i64>().ok())
            };
            (read("LockoutThreshold"), read("LockoutDurationInSeconds"))
        }
    };
    match threshold {
        Some(value) if (1..=tries).contains(&value) => judge.pass(),
        Some(value) => judge.fail(
            "LockoutThreshold",
            "Lockout threshold",
            "setting",
            format!("is {value}; 1 to {tries} are wanted"),
        ),
        None => judge.unknown(
            "LockoutThreshold",
            "Lockout threshold",
            "setting",
            "is not said",
        ),
    }
    match duration {
        Some(value) if value >= seconds => judge.pass(),
        Some(value) => {
            judge.fail(
                "LockoutDurationInSeconds",
                "Lockout duration",
                "setting",
                format!("is {value} seconds; at least {seconds} are wanted"),
            );
        }
        None => judge.unknown(
            "LockoutDurationInSeconds",
            "Lockout duration",
            "setting",
            "is not said",
        ),
    }
    Ok(judge.conclude(WhenEmpty::Unknown(
        "The setting was not looked at.".to_owned(),
    )))
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::checks::testing::{Bench, tell};
    use evidence::Outcome::{Fail, Pass, Unknown};
    use serde_json::json;

    #[test]
    fn guessing_locks() {
        tell(
            &CHECK,
            &[
                (
                    "too many tries",
                    "directory-settings",
                    "/0/value/0/values/0/value",
                    json!("11"),
                    Fail,
                ),
                (
                    "never locks",
                    "directory-settings",
                    "/0/value/0/values/0/value",
                    json!("0"),
                    Fail,
                ),
                (
                    "too short",
                    "directory-settings",
                    "/0/value/0/values/1/value",
                    json!("59"),
                    Fail,
                ),
                (
                    "not a number",
                    "directory-settings",
                    "/0/value/0/values/0/value",
                    json!("ten"),
                    Unknown,
                ),
                (
                    "not said",
                    "directory-settings",
                    "/0/value/0/values",
                    json!(null),
                    Unknown,
                ),
                (
                    "never changed",
                    "directory-settings",
                    "/0/value",
                    json!([]),
                    Pass,
                ),
                (
                    "about what is not said",
                    "directory-settings",
                    "/0/value/0/templateId",
                    json!(null),
                    Unknown,
                ),
            ],
        );
    }

    #[test]
    fn defaults_are_judged_by_the_companys_limits_too() {
        let bench = Bench::good()
            .set("directory-settings", "/0/value", json!([]))
            .parameter(crate::parameters::LOCKOUT_THRESHOLD, json!(5));
        assert_eq!(bench.outcome(&CHECK), Fail);
    }
}
