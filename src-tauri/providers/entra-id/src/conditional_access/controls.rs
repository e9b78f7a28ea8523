//! What a policy asks for.

use super::Holds;
use crate::datasets::policies::{GrantControls, Policy};

/// Methods that a deceived person can't hand to an attacker.
const PHISHING_RESISTANT: [&str; 3] = [
    "windowsHelloForBusiness",
    "fido2",
    "x509CertificateMultiFactor",
];

/// Every control of the policy by name, and whether one of several is enough.
fn named(controls: &GrantControls) -> Result<(Vec<&str>, bool), Holds> {
    let Some(built_in) = &controls.built_in_controls else {
        return Err(Holds::malformed("what the policy asks for"));
    };
    let mut names: Vec<&str> = built_in.iter().map(String::as_str).collect();
    if controls.authentication_strength.is_some() {
        names.push("authenticationStrength");
    }
    let other = [
        &controls.custom_authentication_factors,
        &controls.terms_of_use,
    ];
    names.extend(
        other
            .into_iter()
            .flatten()
            .flatten()
            .map(|_| "another control"),
    );
    match controls.operator.as_deref() {
        Some("AND") => Ok((names, false)),
        Some("OR") => Ok((names, true)),
        // One control needs no operator.
        None if names.len() <= 1 => Ok((names, false)),
        other => Err(Holds::judgement(format!(
            "joins its controls by {}",
            other.unwrap_or("nothing")
        ))),
    }
}

/// The controls, or why there are none to look at.
fn controls(policy: &Policy) -> Result<&GrantControls, Holds> {
    match (&policy.grant_controls, &policy.session_controls) {
        (Some(controls), _) => Ok(controls),
        (None, Some(_)) => Err(Holds::No("asks for nothing at sign-in".to_owned())),
        // A policy has one or the other; with neither, the answer is not whole.
        (None, None) => Err(Holds::malformed("what the policy asks for")),
    }
}

/// Whether a sign-in must satisfy one of `enough`: given alone, joined with others by AND, or by OR among themselves.
fn asks_for(policy: &Policy, enough: impl Fn(&str, &GrantControls) -> Holds, what: &str) -> Holds {
    let controls = match controls(policy) {
        Ok(controls) => controls,
        Err(holds) => return holds,
    };
    let (names, any) = match named(controls) {
        Ok(named) => named,
        Err(holds) => return holds,
    };
    let judged: Vec<(&str, Holds)> = names
        .iter()
        .map(|name| (*name, enough(name, controls)))
        .collect();
    if !judged.iter().any(|(_, holds)| *holds == Holds::Yes) {
        let unclear = judged
            .into_iter()
            .map(|(_, holds)| holds)
            .find(|holds| matches!(holds, Holds::Unclear(..)));
        return unclear.unwrap_or_else(|| Holds::No(format!("does not ask for {what}")));
    }
    if !any {
        return Holds::Yes;
    }
    Holds::all(judged.into_iter().map(|(name, holds)| match holds {
        Holds::No(_) => Holds::No(format!("is satisfied by {name} instead of {what}")),
        holds => holds,
    }))
}

fn known(name: &str) -> Holds {
    match name {
        "block"
        | "mfa"
        | "compliantDevice"
        | "domainJoinedDevice"
        | "approvedApplication"
        | "compliantApplication"
        | "passwordChange"
        | "riskRemediation"
        | "authenticationStrength"
        | "another control" => Holds::No(String::new()),
        other => Holds::judgement(format!(
            "asks for {other}, which this version does not know"
        )),
    }
}

/// Whether every sign-in it applies to needs multifactor authentication.
pub(crate) fn mfa(policy: &Policy) -> Holds {
    asks_for(
        policy,
        |name, controls| match (name, &controls.authentication_strength) {
            ("mfa", _) => Holds::Yes,
            ("authenticationStrength", Some(strength)) => {
                match strength.requirements_satisfied.as_deref() {
                    Some("mfa") => Holds::Yes,
                    Some("none") => Holds::No(String::new()),
                    Some(other) => {
                        Holds::judgement(format!("its authentication strength satisfies {other}"))
                    }
                    None => Holds::malformed("whether the authentication strength is multifactor"),
                }
            }
            (name, _) => known(name),
        },
        "multifactor authentication",
    )
}

/// Whether every sign-in it applies to needs a method that can't be phished.
pub(crate) fn phishing_resistant(policy: &Policy) -> Holds {
    asks_for(
        policy,
        |name, controls| match (name, &controls.authentication_strength) {
            ("authenticationStrength", Some(strength)) => match &strength.allowed_combinations {
                Some(allowed) if allowed.is_empty() => {
                    Holds::malformed("which combinations of methods are allowed")
                }
                Some(allowed)
                    if allowed
                        .iter()
                        .all(|one| PHISHING_RESISTANT.contains(&one.as_str())) =>
                {
                    Holds::Yes
                }
                Some(_) => Holds::No(String::new()),
                None => Holds::malformed("which combinations of methods are allowed"),
            },
            (name, _) => known(name),
        },
        "a phishing-resistant method",
    )
}

/// Whether it needs a compliant or a domain-joined device.
pub(crate) fn managed_device(policy: &Policy) -> Holds {
    asks_for(
        policy,
        |name, _| match name {
            "compliantDevice" | "domainJoinedDevice" => Holds::Yes,
            name => known(name),
        },
        "a managed device",
    )
}

/// Whether it refuses what it applies to.
pub(crate) fn blocks(policy: &Policy) -> Holds {
    asks_for(
        policy,
        |name, _| {
            if name == "block" {
                Holds::Yes
            } else {
                known(name)
            }
        },
        "nothing but to block",
    )
}

/// Whether an account at risk is refused, or has to prove itself and get rid of what was stolen: a new password needs
/// multifactor authentication beside it, Microsoft's own remediation brings it along.
pub(crate) fn remedies_account(policy: &Policy) -> Holds {
    let blocked = blocks(policy);
    if blocked == Holds::Yes {
        return blocked;
    }
    let remediated = asks_for(
        policy,
        |name, _| match name {
            "block" | "riskRemediation" => Holds::Yes,
            name => known(name),
        },
        "remediation",
    );
    if remediated == Holds::Yes {
        return remediated;
    }
    let changed = asks_for(
        policy,
        |name, _| match name {
            "passwordChange" => Holds::Yes,
            name => known(name),
        },
        "a new password",
    );
    match (changed, mfa(policy)) {
        (Holds::Yes, Holds::Yes) => Holds::Yes,
        (Holds::Unclear(code, why), _) | (_, Holds::Unclear(code, why)) => {
            Holds::Unclear(code, why)
        }
        _ => Holds::No(
            "neither blocks nor asks for a new password with multifactor authentication".to_owned(),
        ),
    }
}

/// Whether a sign-in at risk is refused or needs multifactor authentication.
pub(crate) fn remedies_sign_in(policy: &Policy) -> Holds {
    match blocks(policy) {
        Holds::Yes => Holds::Yes,
        _ => mfa(policy),
    }
}

/// Whether people have to sign in again after at most `hours`, and, where `forget` asks so, browsers never stay signed in.
pub(crate) fn session(policy: &Policy, hours: i64, forget: bool) -> Holds {
    let Some(session) = &policy.session_controls else {
        return match &policy.grant_controls {
            Some(_) => Holds::No("does not limit sessions".to_owned()),
            None => Holds::malformed("what the policy asks for"),
        };
    };
    let frequency = match &session.sign_in_frequency {
        None => Holds::No("does not limit how long a sign-in lasts".to_owned()),
        Some(frequency) => match (
            frequency.is_enabled,
            frequency.frequency_interval.as_deref(),
        ) {
            (Some(false), _) => Holds::No("does not limit how long a sign-in lasts".to_owned()),
            (None, _) => Holds::malformed("whether the sign-in frequency is enabled"),
            (Some(true), Some("everyTime")) => Holds::Yes,
            (Some(true), Some("timeBased") | None) => {
                match (frequency.value, frequency.unit.as_deref()) {
                    (Some(value), Some("hours")) => within(value, hours),
                    (Some(value), Some("days")) => within(value.saturating_mul(24), hours),
                    _ => Holds::malformed("how long a sign-in lasts"),
                }
            }
            (Some(true), Some(other)) => {
                Holds::judgement(format!("has the sign-in frequency {other}"))
            }
        },
    };
    if !forget {
        return frequency;
    }
    let browser = match &session.persistent_browser {
        None => Holds::No("lets browsers stay signed in".to_owned()),
        Some(browser) => match (browser.is_enabled, browser.mode.as_deref()) {
            (Some(true), Some("never")) => Holds::Yes,
            (Some(false), _) | (Some(true), Some("always")) => {
                Holds::No("lets browsers stay signed in".to_owned())
            }
            _ => Holds::malformed("whether browsers stay signed in"),
        },
    };
    Holds::all([frequency, browser])
}

fn within(value: i64, hours: i64) -> Holds {
    match value {
        ..=0 => Holds::malformed("how long a sign-in lasts"),
        value if value <= hours => Holds::Yes,
        value => Holds::No(format!(
            "lets a sign-in last {value} hours; at most {hours} are wanted"
        )),
    }
}
