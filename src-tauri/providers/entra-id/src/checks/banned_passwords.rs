//! ENTRA-27. Passwords that an attacker tries first can't be chosen.

use super::console;
use crate::datasets::{
    people::{USERS, User},
    settings::{DIRECTORY_SETTINGS, DirectorySetting, PASSWORD_RULES},
    tenant::{ORGANIZATION, Organization},
};
use evidence::{Reason, Severity};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// | subject | pass | fail | unknown |
/// | --- | --- | --- | --- |
/// | custom banned passwords | on, with a list | off, empty, or never set up | not said |
/// | check on-premises, for a synchronized directory | on and enforced | off, or audit only | not said |
/// | each enabled account | strong passwords required | exempted (`DisableStrongPassword`) | whether it is enabled is not said |
pub(crate) static CHECK: Check = Check {
    id: "entra-id.passwords.banned_passwords",
    alias: "ENTRA-27",
    version: 2,
    title: "Banned passwords are enforced and no account is exempt from strong passwords.",
    objectives: &["3.5.7[a]", "3.5.7[c]"],
    severity: Severity::Medium,
    remedy: "Switch on Password protection > Enforce custom list with words of your company, set on-premises protection to Enforced if you \
             synchronize accounts, and remove DisableStrongPassword from the listed accounts.",
    console: console!("Microsoft_AAD_IAM/AuthenticationMethodsMenuBlade/~/PasswordProtection"),
    reperform: Reperform {
        portal: "Entra admin center > Protection > Authentication methods > Password protection: Custom banned passwords.",
        command: "Get-MgGroupSetting | Where-Object TemplateId -eq '5cf42378-d67d-4f36-ba46-e8b86229381d' | Select-Object -ExpandProperty Values; Get-MgUser -All -Property userPrincipalName,passwordPolicies | Where-Object PasswordPolicies -match 'DisableStrongPassword'",
    },
    datasets: &[
        "entra-id.directory-settings",
        "entra-id.users",
        "entra-id.organization",
    ],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    judge(collected).unwrap_or_else(Verdict::unknown)
}

fn judge(collected: &Collected<'_>) -> Result<Verdict, Reason> {
    let settings = collected.rows::<DirectorySetting>(DIRECTORY_SETTINGS.id)?;
    let users = collected.rows::<User>(USERS.id)?;
    let organization = collected.one::<Organization>(ORGANIZATION.id)?;
    let mut judge = Judge::over(&settings);
    judge.also(&users);
    let rules = settings
        .rows
        .iter()
        .find(|row| row.template_id.as_deref() == Some(PASSWORD_RULES));
    let unreadable =
        settings.rows.iter().any(|row| row.template_id.is_none()) || settings.missing.is_some();
    cloud_rules(&mut judge, rules, unreadable);
    match organization.on_premises_sync_enabled {
        Some(Some(true)) => on_premises_rules(&mut judge, rules, unreadable),
        Some(Some(false) | None) => {}
        None => judge.unknown(
            "onPremisesSyncEnabled",
            "Synchronization",
            "setting",
            "whether accounts are synchronized is not said",
        ),
    }
    for user in users
        .rows
        .iter()
        .filter(|user| user.account_enabled != Some(false))
    {
        let exempt = user
            .password_policies
            .as_deref()
            .is_some_and(|text| text.contains("DisableStrongPassword"));
        match (user.account_enabled, exempt) {
            (Some(_), true) => judge.fail(
                user.key(),
                user.label(),
                "user",
                "may choose a weak password",
            ),
            (Some(_), false) => judge.pass(),
            (None, _) => judge.unknown(
                user.key(),
                user.label(),
                "user",
                "whether the account is enabled is not said",
            ),
        }
    }
    Ok(judge.conclude(WhenEmpty::Unknown("No account was found.".to_owned())))
}

fn cloud_rules(judge: &mut Judge, rules: Option<&DirectorySetting>, unreadable: bool) {
    let (id, name, kind) = ("BannedPasswordList", "Custom banned passwords", "setting");
    let Some(rules) = rules else {
        if unreadable {
            judge.unknown(id, name, kind, "whether there are any is not said");
        } else {
            judge.fail(id, name, kind, "never set up");
        }
        return;
    };
    match (
        rules.value("EnableBannedPasswordCheck"),
        rules.value("BannedPasswordList"),
    ) {
        (Some(on), _) if on.eq_ignore_ascii_case("false") => judge.fail(id, name, kind, "are off"),
        (Some(on), Some(list)) if on.eq_ignore_ascii_case("true") => {
            if list.trim().is_empty() {
                judge.fail(id, name, kind, "are on without a list");
            } else {
                judge.pass();
            }
        }
        _ => judge.unknown(
            id,
            name,
            kind,
            "whether they are on, or the list, is not said",
        ),
    }
}

fn on_premises_rules(judge: &mut Judge, rules: Option<&DirectorySetting>, unreadable: bool) {
    let (id, name, kind) = (
        "EnableBannedPasswordCheckOnPremises",
        "Banned passwords on-premises",
        "setting",
    );
    let value = |name: &str| rules.and_then(|rules| rules.value(name));
    match (value(id), value("BannedPasswordCheckOnPremisesMode")) {
        (Some(on), _) if on.eq_ignore_ascii_case("false") => judge.fail(id, name, kind, "are off"),
        (Some(on), Some(mode)) if on.eq_ignore_ascii_case("true") => {
            match mode.to_lowercase().as_str() {
                "enforce" | "enforced" => judge.pass(),
                "audit" => judge.fail(id, name, kind, "are only logged"),
                other => judge.unknown(id, name, kind, format!("have the unknown mode {other}")),
            }
        }
        _ if rules.is_none() && !unreadable => judge.fail(id, name, kind, "never set up"),
        _ => judge.unknown(id, name, kind, "whether they are on is not said"),
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::checks::testing::{Bench, tell};
    use evidence::Outcome::{Fail, Pass, Unknown};
    use serde_json::json;

    #[test]
    fn the_first_guesses_are_banned() {
        tell(
            &CHECK,
            &[
                (
                    "off",
                    "directory-settings",
                    "/0/value/0/values/2/value",
                    json!("False"),
                    Fail,
                ),
                (
                    "not said",
                    "directory-settings",
                    "/0/value/0/values/2/value",
                    json!(null),
                    Unknown,
                ),
                (
                    "no words",
                    "directory-settings",
                    "/0/value/0/values/3/value",
                    json!(""),
                    Fail,
                ),
                (
                    "on-premises off",
                    "directory-settings",
                    "/0/value/0/values/4/value",
                    json!("False"),
                    Fail,
                ),
                (
                    "on-premises only logged",
                    "directory-settings",
                    "/0/value/0/values/5/value",
                    json!("Audit"),
                    Fail,
                ),
                (
                    "on-premises mode of tomorrow",
                    "directory-settings",
                    "/0/value/0/values/5/value",
                    json!("Maybe"),
                    Unknown,
                ),
                (
                    "on-premises not said",
                    "directory-settings",
                    "/0/value/0/values/4/value",
                    json!(null),
                    Unknown,
                ),
                (
                    "never set up",
                    "directory-settings",
                    "/0/value",
                    json!([]),
                    Fail,
                ),
                (
                    "about what is not said",
                    "directory-settings",
                    "/0/value/0/templateId",
                    json!(null),
                    Unknown,
                ),
                (
                    "an exempt account",
                    "users",
                    "/0/value/2/passwordPolicies",
                    json!("DisableStrongPassword"),
                    Fail,
                ),
                (
                    "enabled not said",
                    "users",
                    "/0/value/2/accountEnabled",
                    json!(null),
                    Unknown,
                ),
                (
                    "a disabled exempt account",
                    "users",
                    "/1/value/0/passwordPolicies",
                    json!("DisableStrongPassword"),
                    Pass,
                ),
                (
                    "no organization",
                    "organization",
                    "/0/value",
                    json!([]),
                    Unknown,
                ),
            ],
        );
    }

    #[test]
    fn on_premises_matters_only_to_a_synchronized_directory() {
        let off = || {
            Bench::good().set(
                "directory-settings",
                "/0/value/0/values/4/value",
                json!("False"),
            )
        };
        assert_eq!(
            off()
                .set(
                    "organization",
                    "/0/value/0/onPremisesSyncEnabled",
                    json!(null)
                )
                .outcome(&CHECK),
            Pass
        );
        assert_eq!(
            Bench::good()
                .cut("organization", "/0/value/0/onPremisesSyncEnabled")
                .outcome(&CHECK),
            Unknown
        );
    }
}
