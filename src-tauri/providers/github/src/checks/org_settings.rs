//! What members of the organization may do by its settings.
//!
//! Each is one setting or two that say the same. A setting that is null or absent is unknown: GitHub shows it to owners
//! only, and an older server does not know it.

use super::{
    jury::Jury,
    optional::{NOT_NEEDED, wanted},
    org_two_factor::owners_only,
    told::Told,
};
use crate::datasets::{ORGANIZATION, Organization};
use evidence::{Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};

const PAGE: &[(&str, &str)] = console!("organizations/managing-organization-settings");
const WIDEST: &str = "github.widest_base_permission";

/// The rule.
///
/// | `default_repository_permission` | the company allows `read` | the company allows `none` only |
/// | --- | --- | --- |
/// | `none` | passes | passes |
/// | `read` | passes | fails |
/// | `write`, `admin` | fails | fails |
/// | null, absent | unknown | unknown |
/// | any other word | unknown | unknown |
///
/// Where the parameter is neither word, `read` is unknown.
pub static BASE_PERMISSION: Check = Check {
    id: "github.org.base_permission",
    alias: "GITHUB-6",
    version: 1,
    title: "Belonging to the organization lets nobody change its repositories.",
    objectives: &["3.1.2[b]", "3.1.5[b]", "3.1.1[d]"],
    severity: Severity::High,
    remedy: "Organization settings > Member privileges > Base permissions: choose \"No permission\", or \"Read\", and give access through teams.",
    console: PAGE,
    reperform: Reperform {
        portal: "Organization settings > Member privileges: Base permissions.",
        command: "gh api orgs/ORG --jq .default_repository_permission",
    },
    datasets: &["github.organization"],
    parameters: &[WIDEST],
    clouds: Clouds::All,
    evaluate: |collected| {
        let widest = collected.parameters.get(WIDEST);
        let widest = widest
            .as_ref()
            .and_then(|value| value.as_str())
            .map(str::trim);
        setting(collected, |organization| {
            base_permission(organization, widest)
        })
    },
};

/// The rule.
///
/// | creating public ones | creating any | which | it |
/// | --- | --- | --- | --- |
/// | `true` | any | any | fails |
/// | any | `true` | `all` | fails |
/// | `false` | `false` | any | passes |
/// | `false` | `true` | `private`, `internal`, `none` | passes |
/// | otherwise | | | unknown |
pub static REPO_CREATION: Check = Check {
    id: "github.org.repo_creation",
    alias: "GITHUB-7",
    version: 1,
    title: "Members can't create public repositories.",
    objectives: &["3.1.22[a]", "3.1.22[c]", "3.1.2[b]"],
    severity: Severity::High,
    remedy: "Organization settings > Member privileges > Repository creation: untick \"Public\".",
    console: PAGE,
    reperform: Reperform {
        portal: "Organization settings > Member privileges: Repository creation.",
        command: "gh api orgs/ORG --jq '[.members_can_create_public_repositories, .members_can_create_repositories, .members_allowed_repository_creation_type]'",
    },
    datasets: &["github.organization"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate: |collected| setting(collected, creation),
};

/// The rule: either setting `true` fails, both `false` pass, otherwise unknown.
pub static REPO_DELETION: Check = Check {
    id: "github.org.repo_deletion",
    alias: "GITHUB-8",
    version: 1,
    title: "Members can neither delete repositories nor change who sees them.",
    objectives: &["3.1.22[c]", "3.1.5[b]", "3.4.5[h]"],
    severity: Severity::High,
    remedy: "Organization settings > Member privileges > Admin repository permissions: untick \"Allow members to change repository visibilities\" and \"Allow members to delete or transfer repositories\".",
    console: PAGE,
    reperform: Reperform {
        portal: "Organization settings > Member privileges: Admin repository permissions.",
        command: "gh api orgs/ORG --jq '[.members_can_delete_repositories, .members_can_change_repo_visibility]'",
    },
    datasets: &["github.organization"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate: |collected| {
        setting(collected, |organization| {
            Told::all([
                denied(
                    organization.members_can_delete_repositories,
                    "Members can delete or transfer repositories they administer.",
                ),
                denied(
                    organization.members_can_change_repo_visibility,
                    "Members can make repositories they administer public.",
                ),
            ])
        })
    },
};

/// The rule: `false` passes, `true` fails, otherwise unknown.
pub static PRIVATE_FORKS: Check = Check {
    id: "github.org.private_forks",
    alias: "GITHUB-9",
    version: 1,
    title: "Private repositories can't be forked.",
    objectives: &["3.1.3[e]", "3.1.20[f]"],
    severity: Severity::Medium,
    remedy: "Organization settings > Member privileges > Repository forking: untick \"Allow forking of private repositories\".",
    console: PAGE,
    reperform: Reperform {
        portal: "Organization settings > Member privileges: Repository forking.",
        command: "gh api orgs/ORG --jq .members_can_fork_private_repositories",
    },
    datasets: &["github.organization"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate: |collected| {
        setting(collected, |organization| {
            denied(
                organization.members_can_fork_private_repositories,
                "Members can fork private repositories.",
            )
        })
    },
};

/// The rule: `false` passes, `true` fails, otherwise unknown.
pub static INVITE_OUTSIDE: Check = Check {
    id: "github.org.invite_outside",
    alias: "GITHUB-10",
    version: 1,
    title: "Only owners can invite people from outside.",
    objectives: &["3.1.1[d]", "3.1.20[d]"],
    severity: Severity::Medium,
    remedy: "Organization settings > Member privileges > Repository invitations: untick \"Allow members to invite outside collaborators\".",
    console: PAGE,
    reperform: Reperform {
        portal: "Organization settings > Member privileges: Repository invitations.",
        command: "gh api orgs/ORG --jq .members_can_invite_outside_collaborators",
    },
    datasets: &["github.organization"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate: |collected| {
        setting(collected, |organization| {
            denied(
                organization.members_can_invite_outside_collaborators,
                "Members who administer a repository can invite people from outside.",
            )
        })
    },
};

/// The rule.
///
/// | public Pages | any Pages | it |
/// | --- | --- | --- |
/// | `false` | any | passes |
/// | any | `false` | passes |
/// | `true` | `true` | fails |
/// | otherwise | | unknown |
pub static PUBLIC_PAGES: Check = Check {
    id: "github.org.public_pages",
    alias: "GITHUB-12",
    version: 1,
    title: "Members can't publish web pages for everybody.",
    objectives: &["3.1.22[a]", "3.1.22[c]"],
    severity: Severity::Low,
    remedy: "Organization settings > Member privileges > Pages creation: untick \"Public\".",
    console: PAGE,
    reperform: Reperform {
        portal: "Organization settings > Member privileges: Pages creation.",
        command: "gh api orgs/ORG --jq '[.members_can_create_public_pages, .members_can_create_pages]'",
    },
    datasets: &["github.organization"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate: |collected| {
        setting(collected, |organization| {
            let may = "Members can publish Pages that everybody can see.";
            Told::any(
                [
                    denied(organization.members_can_create_public_pages, may),
                    denied(organization.members_can_create_pages, may),
                ],
                may,
            )
        })
    },
};

/// The rule.
///
/// | `is_verified` | the company has entered that it does not need it | it |
/// | --- | --- | --- |
/// | `true` | either way | passes |
/// | any | yes | passes |
/// | `false` | no | unknown: for a person to judge |
/// | null or absent | no | unknown |
pub static VERIFIED_DOMAIN: Check = Check {
    id: "github.org.verified_domain",
    alias: "GITHUB-14",
    version: 1,
    title: "The organization proved that its domain is its own, if the company wants it so.",
    objectives: &["3.5.1[a]"],
    severity: Severity::Info,
    remedy: "Organization settings > Verified and approved domains > Add a domain, and add the record that GitHub shows to the domain's DNS.",
    console: console!("organizations/managing-organization-settings"),
    reperform: Reperform {
        portal: "Organization settings > Verified and approved domains.",
        command: "gh api orgs/ORG --jq .is_verified",
    },
    datasets: &["github.organization"],
    parameters: &[NOT_NEEDED],
    clouds: Clouds::All,
    evaluate: |collected| {
        setting(collected, |organization| {
            let told = Told::of(
                organization.is_verified,
                "The organization has no verified domain.",
                "GitHub does not say whether a domain is verified.",
            );
            wanted(collected, "verified_domain", told)
        })
    },
};

fn setting(collected: &Collected<'_>, rule: impl FnOnce(&Organization) -> Told) -> Verdict {
    let organization: Organization = match collected.one(ORGANIZATION.id) {
        Ok(organization) => organization,
        Err(reason) => return reason.into(),
    };
    let told = rule(&organization);
    let name = organization.login.unwrap_or_default();
    let mut jury = Jury::new();
    jury.told("organization", &name, &name, told);
    jury.conclude(WhenEmpty::Unknown(
        "GitHub tells of one organization.".to_owned(),
    ))
}

/// A setting that should be off.
fn denied(may: Option<bool>, why: &str) -> Told {
    match may {
        Some(false) => Told::Yes,
        Some(true) => Told::no(why),
        None => Told::Unclear(owners_only()),
    }
}

fn base_permission(organization: &Organization, widest: Option<&str>) -> Told {
    match (
        organization.default_repository_permission.as_deref(),
        widest,
    ) {
        (Some("none"), _) | (Some("read"), Some("read")) => Told::Yes,
        (Some("read"), Some("none")) => Told::no(
            "Every member can read every repository; the company allows nothing by default.",
        ),
        (Some("read"), _) => Told::Unclear(Reason::new(
            UnknownCode::NeedsJudgement,
            format!("The parameter {WIDEST} is neither \"read\" nor \"none\"."),
        )),
        (Some(word @ ("write" | "admin")), _) => Told::no(format!(
            "Every member has the permission \"{word}\" in every repository."
        )),
        (Some(_), _) => Told::silent("GitHub names a base permission that it does not document."),
        (None, _) => Told::Unclear(owners_only()),
    }
}

fn creation(organization: &Organization) -> Told {
    let kind = organization
        .members_allowed_repository_creation_type
        .as_deref();
    match (
        organization.members_can_create_public_repositories,
        organization.members_can_create_repositories,
        kind,
    ) {
        (Some(true), ..) | (_, Some(true), Some("all")) => {
            Told::no("Members can create public repositories.")
        }
        (Some(false), Some(false), _)
        | (Some(false), Some(true), Some("private" | "internal" | "none")) => Told::Yes,
        _ => Told::Unclear(owners_only()),
    }
}

#[cfg(test)]
mod tests;
