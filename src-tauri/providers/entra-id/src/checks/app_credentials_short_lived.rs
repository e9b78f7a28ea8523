//! ENTRA-24. A stolen application secret does not work for years.

use super::{console, moment};
use crate::{
    datasets::apps::{APPLICATIONS, Application, Credential},
    parameters::{self, number},
};
use evidence::{Reason, Severity};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// Per secret and certificate of an app registration:
///
/// | valid | verdict |
/// | --- | --- |
/// | no longer | pass: it can't be used (removing it is tidier) |
/// | for at most the company's days, from start to end | pass |
/// | for longer | fail |
/// | start or end not said | unknown |
///
/// An app that does not say which secrets it has is unknown. Without any secret or certificate it passes.
pub(crate) static CHECK: Check = Check {
    id: "entra-id.applications.app_credentials_short_lived",
    alias: "ENTRA-24",
    version: 1,
    title: "Secrets and certificates of applications are valid for a limited time.",
    objectives: &["3.5.2[b]", "3.13.10[b]"],
    severity: Severity::Medium,
    remedy: "Replace each listed secret by a certificate or a shorter-lived secret, then delete it. An app management policy can forbid \
             long-lived ones.",
    console: console!("Microsoft_AAD_RegisteredApps/ApplicationsListBlade"),
    reperform: Reperform {
        portal: "Entra admin center > App registrations > All applications > the app > Certificates & secrets.",
        command: "Get-MgApplication -All -Property displayName,passwordCredentials,keyCredentials | ForEach-Object { $a=$_; $_.PasswordCredentials + $_.KeyCredentials | Select-Object @{n='App';e={$a.DisplayName}}, StartDateTime, EndDateTime }",
    },
    datasets: &["entra-id.applications"],
    parameters: &[parameters::SECRET_DAYS, parameters::CERTIFICATE_DAYS],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    judge(collected).unwrap_or_else(Verdict::unknown)
}

fn judge(collected: &Collected<'_>) -> Result<Verdict, Reason> {
    let limits = [
        number(collected, parameters::SECRET_DAYS)?,
        number(collected, parameters::CERTIFICATE_DAYS)?,
    ];
    let apps = collected.rows::<Application>(APPLICATIONS.id)?;
    let mut judge = Judge::over(&apps);
    for app in &apps.rows {
        let id = app.id.clone().unwrap_or_default();
        let name = app.display_name.clone().unwrap_or_else(|| id.clone());
        let kinds = [
            ("secret", &app.password_credentials, limits[0]),
            ("certificate", &app.key_credentials, limits[1]),
        ];
        for (kind, credentials, limit) in kinds {
            let Some(credentials) = credentials else {
                judge.unknown(
                    id.clone(),
                    name.clone(),
                    "application",
                    format!("whether it has a {kind} is not said"),
                );
                continue;
            };
            for credential in credentials {
                one(&mut judge, collected, &name, &id, kind, credential, limit);
            }
        }
    }
    Ok(judge.conclude(WhenEmpty::Passes))
}

fn one(
    judge: &mut Judge,
    collected: &Collected<'_>,
    app: &str,
    app_id: &str,
    kind: &str,
    credential: &Credential,
    limit: i64,
) {
    let id = format!(
        "{app_id}/{}",
        credential.key_id.as_deref().unwrap_or_default()
    );
    let name = format!(
        "{app}: {}",
        credential.display_name.as_deref().unwrap_or(kind)
    );
    let end = moment(credential.end_date_time.as_deref());
    match (moment(credential.start_date_time.as_deref()), end) {
        (_, Some(end)) if end <= collected.now => judge.pass(),
        (Some(start), Some(end)) if end.days_since(start) <= limit => judge.pass(),
        (Some(start), Some(end)) => {
            let days = end.days_since(start);
            judge.fail(
                id,
                name,
                kind,
                format!("valid for {days} days, until {end}; at most {limit} are wanted"),
            );
        }
        _ => judge.unknown(
            id,
            name,
            kind,
            "from when until when it is valid is not said",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::checks::testing::tell;
    use evidence::Outcome::{Fail, Pass, Unknown};
    use serde_json::json;

    #[test]
    fn credentials_end_in_time() {
        tell(
            &CHECK,
            &[
                (
                    "too long",
                    "applications",
                    "/0/value/0/passwordCredentials/0/endDateTime",
                    json!("2027-08-01T00:00:00Z"),
                    Fail,
                ),
                (
                    "expired, however long",
                    "applications",
                    "/0/value/0/passwordCredentials/1/startDateTime",
                    json!("2010-01-01T00:00:00Z"),
                    Pass,
                ),
                (
                    "end not said",
                    "applications",
                    "/0/value/0/passwordCredentials/0/endDateTime",
                    json!(null),
                    Unknown,
                ),
                (
                    "start not said",
                    "applications",
                    "/0/value/0/passwordCredentials/0/startDateTime",
                    json!(null),
                    Unknown,
                ),
                (
                    "a certificate too long",
                    "applications",
                    "/0/value/0/keyCredentials/0/endDateTime",
                    json!("2029-06-01T00:00:00Z"),
                    Fail,
                ),
                (
                    "whether there are any not said",
                    "applications",
                    "/0/value/1/keyCredentials",
                    json!(null),
                    Unknown,
                ),
                ("no app", "applications", "/0/value", json!([]), Pass),
            ],
        );
    }
}
