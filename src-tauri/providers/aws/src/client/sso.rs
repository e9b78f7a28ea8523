//! Profiles that sign in by IAM Identity Center (AWS's single sign-on): whether one is, and what its refusals mean.
//!
//! `aws sso login` leaves a token in AWS's folder of this computer; the SDK reads it, renews it where the profile names an
//! `sso_session`, and asks the sign-on's portal for the role's credentials with it. Signing in itself is left to AWS's
//! command line.

use aws_config::profile::load;
use aws_types::os_shim_internal::{Env, Fs};
use provider_kit::{ErrorClass, ProviderError};

/// Members of a profile by which it signs in so.
const MEMBERS: [&str; 3] = ["sso_session", "sso_start_url", "sso_account_id"];
/// Profiles that are followed from one to the next; AWS's own chains are shorter.
const LONGEST: usize = 8;

/// The profile that signs in by IAM Identity Center: `name`, or one that it takes its keys from.
pub async fn profile_of(name: &str) -> Option<String> {
    let (fs, env) = (Fs::real(), Env::real());
    let profiles = load(&fs, &env, &Default::default(), None).await.ok()?;
    in_chain(name, |profile, member| {
        let value = profiles.get_profile(profile)?.get(member)?;
        Some(value.to_owned())
    })
}

fn in_chain(name: &str, member: impl Fn(&str, &str) -> Option<String>) -> Option<String> {
    let mut profile = name.to_owned();
    for _ in 0..LONGEST {
        if MEMBERS.iter().any(|one| member(&profile, one).is_some()) {
            return Some(profile);
        }
        profile = member(&profile, "source_profile")?;
    }
    None
}

/// The sign-in is lacking or has ended.
pub fn sign_in_needed(profile: &str) -> ProviderError {
    ProviderError::new(
        ErrorClass::Authentication,
        "sso_sign_in_needed",
        "The single sign-on of the AWS profile has ended.",
        format!(
            "The profile {profile} signs in by IAM Identity Center, and there is no sign-in on this computer that works now. It lasts for some hours."
        ),
        format!("Run `aws sso login --profile {profile}`, sign in in the browser, and try again."),
    )
}

/// Whether AWS's code says that the sign-in itself is fine, and not for this account and role.
pub fn is_about_role(code: &str) -> bool {
    matches!(code, "ForbiddenException" | "ResourceNotFoundException")
}

/// Whether AWS's code says that it does not know the sign-in, or knows it no more.
pub fn is_about_sign_in(code: &str) -> bool {
    matches!(
        code,
        "UnauthorizedException"
            | "ExpiredTokenException"
            | "InvalidGrantException"
            | "InvalidRequestException"
    )
}

/// The account or role of the profile is not assigned to whoever signed in.
pub fn role_refused(profile: &str) -> ProviderError {
    ProviderError::new(
        ErrorClass::Authentication,
        "sso_role_refused",
        "The single sign-on does not open this account with this role.",
        format!(
            "Whoever signed in has no assignment for sso_account_id and sso_role_name of the profile {profile}."
        ),
        "Check both in AWS's file config, or ask whoever runs IAM Identity Center to assign the permission set with the read-only policy.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_that_signs_in_is_found_along_the_chain() {
        let of = |name: &str| {
            in_chain(name, |profile, member| {
                let value = match (profile, member) {
                    ("plant", "sso_session") => "company",
                    ("old", "sso_start_url") => "https://example.com",
                    ("role", "source_profile") => "plant",
                    ("two", "source_profile") => "role",
                    ("circle", "source_profile") => "circle",
                    ("keys", "aws_access_key_id") => "x",
                    _ => return None,
                };
                Some(value.to_owned())
            })
        };
        for (name, found) in [
            ("plant", Some("plant")),
            ("old", Some("old")),
            ("role", Some("plant")),
            ("two", Some("plant")),
            ("circle", None),
            ("keys", None),
            ("nobody", None),
        ] {
            assert_eq!(of(name).as_deref(), found, "{name}");
        }
    }

    #[test]
    fn the_command_to_run_names_the_profile() {
        let error = sign_in_needed("plant");
        assert_eq!(error.class, ErrorClass::Authentication);
        assert!(error.fix.contains("`aws sso login --profile plant`"));
        assert!(role_refused("plant").why.contains("plant"));
        assert!(is_about_sign_in("UnauthorizedException"));
        assert!(is_about_role("ForbiddenException") && !is_about_role("UnauthorizedException"));
    }
}
