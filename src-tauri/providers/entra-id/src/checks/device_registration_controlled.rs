//! ENTRA-30. Registering a device takes a second factor, has a limit, and leaves no shared administrator password.

use super::console;
use crate::{
    datasets::devices::{DeviceRegistration, REGISTRATION},
    parameters::{self, number},
};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// | rule | pass | fail | unknown |
/// | --- | --- | --- | --- |
/// | multifactor authentication to register | required | see below | not said |
/// | devices of one person | at most the company's number | more | not said |
/// | changing passwords of local administrators | on | off | not said |
///
/// Where the device settings do not ask for multifactor authentication, a Conditional Access policy for the user action
/// "register or join devices" may do so; whether one does is for a person to look at, so that is unknown and not fail.
pub(crate) static CHECK: Check = Check {
    id: "entra-id.devices.device_registration_controlled",
    alias: "ENTRA-30",
    version: 1,
    title: "Joining and registering devices is controlled.",
    objectives: &["3.1.1[f]", "3.5.2[c]"],
    severity: Severity::Medium,
    remedy: "Under Devices > Device settings require multifactor authentication to register or join devices (or a Conditional Access policy \
             for that user action), lower the number of devices per user, and enable Microsoft Entra Local Administrator Password Solution.",
    console: console!("Microsoft_AAD_Devices/DevicesMenuBlade/~/DeviceSettings"),
    reperform: Reperform {
        portal: "Entra admin center > Identity > Devices > All devices > Device settings.",
        command: "Get-MgPolicyDeviceRegistrationPolicy | ConvertTo-Json -Depth 6",
    },
    datasets: &["entra-id.device-registration-policy"],
    parameters: &[parameters::DEVICE_QUOTA],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let (most, policy) = match (
        number(collected, parameters::DEVICE_QUOTA),
        collected.one::<DeviceRegistration>(REGISTRATION.id),
    ) {
        (Ok(most), Ok(policy)) => (most, policy),
        (Err(reason), _) | (_, Err(reason)) => return Verdict::unknown(reason),
    };
    let mut judge = Judge::new();
    let kind = "deviceSetting";
    match policy.multi_factor_auth_configuration.as_deref() {
        Some("required") => judge.pass(),
        Some("notRequired") => judge.ask(
            "multiFactorAuthConfiguration",
            "Multifactor authentication",
            kind,
            "is not asked for here; whether a Conditional Access policy for registering devices asks for it has to be looked at",
        ),
        _ => judge.unknown(
            "multiFactorAuthConfiguration",
            "Multifactor authentication",
            kind,
            "whether it is asked for is not said",
        ),
    }
    match policy.user_device_quota {
        Some(quota) if (0..=most).contains(&quota) => judge.pass(),
        Some(quota) if quota > most => judge.fail(
            "userDeviceQuota",
            "Devices of one person",
            kind,
            format!("may be {quota}; at most {most} are wanted"),
        ),
        _ => judge.unknown(
            "userDeviceQuota",
            "Devices of one person",
            kind,
            "their number is not said",
        ),
    }
    let password = policy.local_admin_password.and_then(|laps| laps.is_enabled);
    let (id, name) = ("localAdminPassword", "Local administrator passwords");
    match password {
        Some(true) => judge.pass(),
        Some(false) => judge.fail(id, name, kind, "are not changed by the tenant"),
        None => judge.unknown(
            id,
            name,
            kind,
            "whether the tenant changes them is not said",
        ),
    }
    judge.conclude(WhenEmpty::Unknown("Nothing was looked at.".to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::CHECK;
    use crate::checks::testing::{Bench, tell};
    use evidence::Outcome::{Fail, Pass, Unknown};
    use serde_json::json;

    const POLICY: &str = "device-registration-policy";

    #[test]
    fn proof_number_and_passwords() {
        tell(
            &CHECK,
            &[
                (
                    "no MFA",
                    POLICY,
                    "/0/multiFactorAuthConfiguration",
                    json!("notRequired"),
                    Unknown,
                ),
                (
                    "MFA not said",
                    POLICY,
                    "/0/multiFactorAuthConfiguration",
                    json!(null),
                    Unknown,
                ),
                (
                    "MFA of tomorrow",
                    POLICY,
                    "/0/multiFactorAuthConfiguration",
                    json!("maybe"),
                    Unknown,
                ),
                (
                    "at the limit",
                    POLICY,
                    "/0/userDeviceQuota",
                    json!(20),
                    Pass,
                ),
                ("too many", POLICY, "/0/userDeviceQuota", json!(21), Fail),
                (
                    "number not said",
                    POLICY,
                    "/0/userDeviceQuota",
                    json!(null),
                    Unknown,
                ),
                (
                    "a number that is none",
                    POLICY,
                    "/0/userDeviceQuota",
                    json!(-1),
                    Unknown,
                ),
                (
                    "passwords stay",
                    POLICY,
                    "/0/localAdminPassword/isEnabled",
                    json!(false),
                    Fail,
                ),
                (
                    "passwords not said",
                    POLICY,
                    "/0/localAdminPassword",
                    json!(null),
                    Unknown,
                ),
            ],
        );
        let by_policy = Bench::good().set(
            POLICY,
            "/0/multiFactorAuthConfiguration",
            json!("notRequired"),
        );
        let reason = by_policy.judge(&CHECK).reason.unwrap();
        assert_eq!(reason.code, evidence::UnknownCode::NeedsJudgement);
        let fewer = Bench::good().parameter(crate::parameters::DEVICE_QUOTA, json!(3));
        assert_eq!(fewer.outcome(&CHECK), Fail);
        let none = Bench::good().no_parameter(crate::parameters::DEVICE_QUOTA);
        assert_eq!(none.outcome(&CHECK), Unknown);
    }
}
