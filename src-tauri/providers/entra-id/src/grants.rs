//! How each permission stands, from what the token names.

use crate::{
    datasets::DATASETS,
    token::{Granted, Kind},
};
use provider_kit::{Grant, GrantState, Manifest};
use std::collections::BTreeSet;

/// Permissions that include others, by Microsoft's own table.
const BROADER: [(&str, &[&str]); 19] = [
    (DIRECTORY_READ, &DIRECTORY),
    ("Directory.ReadWrite.All", &DIRECTORY),
    ("User.ReadWrite.All", &["User.Read.All"]),
    ("Group.Read.All", &["GroupMember.Read.All"]),
    ("Group.ReadWrite.All", &["GroupMember.Read.All"]),
    ("GroupMember.ReadWrite.All", &["GroupMember.Read.All"]),
    ("Application.ReadWrite.All", &["Application.Read.All"]),
    ("Organization.ReadWrite.All", &["Organization.Read.All"]),
    ("Domain.ReadWrite.All", &["Domain.Read.All"]),
    (
        "RoleManagement.ReadWrite.Directory",
        &["RoleManagement.Read.Directory"],
    ),
    (
        "RoleManagement.Read.All",
        &["RoleManagement.Read.Directory"],
    ),
    (
        "Policy.ReadWrite.DeviceConfiguration",
        &["Policy.Read.DeviceConfiguration"],
    ),
    ("Device.ReadWrite.All", &["Device.Read.All"]),
    (
        "IdentityRiskyUser.ReadWrite.All",
        &["IdentityRiskyUser.Read.All"],
    ),
    (
        "IdentityRiskEvent.ReadWrite.All",
        &["IdentityRiskEvent.Read.All"],
    ),
    (
        "IdentityRiskyServicePrincipal.ReadWrite.All",
        &["IdentityRiskyServicePrincipal.Read.All"],
    ),
    ("SecurityEvents.ReadWrite.All", &["SecurityEvents.Read.All"]),
    ("AccessReview.ReadWrite.All", &["AccessReview.Read.All"]),
    (
        "PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup",
        &["PrivilegedEligibilitySchedule.Read.AzureADGroup"],
    ),
];

/// Reads everything in the directory; works in place of six narrower ones.
const DIRECTORY_READ: &str = "Directory.Read.All";

const DIRECTORY: [&str; 7] = [
    "User.Read.All",
    "GroupMember.Read.All",
    "Application.Read.All",
    "Organization.Read.All",
    "Domain.Read.All",
    "GroupSettings.Read.All",
    "Device.Read.All",
];

/// What makes `grant` effective: itself, or a broader one.
pub(crate) fn through<'a>(roles: &'a BTreeSet<String>, grant: &'a str) -> Option<&'a str> {
    if roles.contains(grant) {
        return Some(grant);
    }
    BROADER
        .iter()
        .find(|(broad, narrow)| roles.contains(*broad) && narrow.contains(&grant))
        .map(|(broad, _)| *broad)
}

/// The declared permissions, then those that are too much.
pub(crate) fn from_token(manifest: &Manifest, token: &Granted) -> Vec<Grant> {
    let roles = &token.names;
    let mut grants: Vec<Grant> = manifest
        .permissions
        .iter()
        .map(|permission| {
            let name = permission.grant.as_str();
            match through(roles, name) {
                Some(by) if by == name => granted(name, permission.why.clone()),
                Some(by) => granted(name, format!("{} Covered by {by}.", permission.why)),
                None => missing(name, &permission.why, token.kind),
            }
        })
        .collect();
    grants.extend(
        roles
            .iter()
            .filter_map(|role| excess(manifest, roles, role)),
    );
    grants
}

fn excess(manifest: &Manifest, roles: &BTreeSet<String>, role: &str) -> Option<Grant> {
    if manifest.permission(role).is_some() {
        return None;
    }
    let why = match manifest.excess_of(role) {
        Some(why) => why.to_owned(),
        // Broad, but then something else would be missing without it.
        None if role == DIRECTORY_READ
            && DIRECTORY.iter().any(|narrow| !roles.contains(*narrow)) =>
        {
            return None;
        }
        None if role == DIRECTORY_READ => {
            "It reads the whole directory; the narrower permissions, which are there too, suffice."
                .to_owned()
        }
        None => "This connection does not need it.".to_owned(),
    };
    Some(Grant {
        permission: role.to_owned(),
        state: GrantState::Excess,
        why,
        fix: format!(
            "In the app registration open API permissions, remove {role} and revoke its consent, unless something else uses this app."
        ),
    })
}

pub(crate) fn granted(name: &str, why: String) -> Grant {
    Grant {
        permission: name.to_owned(),
        state: GrantState::Granted,
        why,
        fix: String::new(),
    }
}

pub(crate) fn missing(name: &str, why: &str, kind: Kind) -> Grant {
    let lost = Manifest::datasets_of(name, DATASETS).join(", ");
    Grant {
        permission: name.to_owned(),
        state: GrantState::Missing,
        why: format!("{why} Without it these can't be read: {lost}."),
        fix: format!(
            "In the app registration open API permissions, add the {} permission {name} of Microsoft Graph and grant admin consent.",
            kind.word()
        ),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::provider::MANIFEST;

    fn token(names: &[&str], kind: Kind) -> Granted {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Granted { names, kind }
    }

    fn state(roles: &[&str], grant: &str) -> Option<GrantState> {
        from_token(&MANIFEST, &token(roles, Kind::Application))
            .into_iter()
            .find(|one| one.permission == grant)
            .map(|one| one.state)
    }

    #[test]
    fn nothing_granted_is_everything_missing() {
        let grants = from_token(&MANIFEST, &token(&[], Kind::Application));
        assert!(
            grants
                .iter()
                .all(|grant| grant.state == GrantState::Missing && !grant.fix.is_empty())
        );
        assert_eq!(grants.len(), MANIFEST.permissions.len());
    }

    #[test]
    fn a_broader_permission_covers_the_narrower_ones_and_is_no_excess_then() {
        let roles = ["Directory.Read.All", "AuditLog.Read.All"];
        assert_eq!(state(&roles, "User.Read.All"), Some(GrantState::Granted));
        assert_eq!(state(&roles, "Policy.Read.All"), Some(GrantState::Missing));
        assert_eq!(state(&roles, "Directory.Read.All"), None);
        let mut all: Vec<&str> = MANIFEST
            .permissions
            .iter()
            .map(|one| one.grant.as_str())
            .collect();
        all.push("Directory.Read.All");
        assert_eq!(state(&all, "Directory.Read.All"), Some(GrantState::Excess));
    }

    #[test]
    fn a_permission_that_writes_covers_the_one_that_reads_and_is_in_excess() {
        for read in [
            "Policy.Read.DeviceConfiguration",
            "Device.Read.All",
            "IdentityRiskyUser.Read.All",
            "IdentityRiskEvent.Read.All",
            "IdentityRiskyServicePrincipal.Read.All",
            "SecurityEvents.Read.All",
            "AccessReview.Read.All",
            "PrivilegedEligibilitySchedule.Read.AzureADGroup",
        ] {
            let write = read.replace(".Read.", ".ReadWrite.");
            assert_eq!(state(&[&write], read), Some(GrantState::Granted), "{write}");
            assert_eq!(
                state(&[&write], &write),
                Some(GrantState::Excess),
                "{write}"
            );
        }
    }

    #[test]
    fn writing_and_prying_permissions_are_in_excess() {
        for role in [
            "Directory.ReadWrite.All",
            "RoleManagement.ReadWrite.Directory",
            "Mail.Read",
            "Mail.Send",
            "Files.Read.All",
            "Sites.FullControl.All",
            "Directory.AccessAsUser.All",
            "User.Invite.All",
            "Reports.Read.All",
        ] {
            assert_eq!(state(&[role], role), Some(GrantState::Excess), "{role}");
        }
    }

    #[test]
    fn a_persons_scopes_are_judged_like_an_apps_permissions() {
        let scopes = token(&["User.Read.All", "Mail.ReadWrite"], Kind::Delegated);
        let grants = from_token(&MANIFEST, &scopes);
        let of = |name: &str| grants.iter().find(|one| one.permission == name).unwrap();
        assert_eq!(of("User.Read.All").state, GrantState::Granted);
        assert_eq!(of("Mail.ReadWrite").state, GrantState::Excess);
        let missing = of("Policy.Read.All");
        assert_eq!(missing.state, GrantState::Missing);
        assert!(missing.fix.contains("add the delegated permission"));
    }
}
