//! GitHub's refusals, as errors a person can act on. Its own texts are kept out: they can repeat what was sent.

use provider_kit::{Answer, ErrorClass, ProviderError};
use serde_json::Value;

/// The code of the error for a token that GitHub does not accept (any more).
pub const TOKEN_REFUSED: &str = "token_refused";
/// The code of the error for a statement of an app that is outside its time.
pub const CLOCK_WRONG: &str = "clock_wrong";
/// The code of the error for what only an owner may read.
pub const OWNER_NEEDED: &str = "owner_needed";
/// The code of the error for a request that GitHub does not understand.
pub const NOT_UNDERSTOOD: &str = "request_not_understood";
/// The code of the error for what GitHub does not show, whatever the reason.
pub const NOT_SHOWN: &str = "not_shown";

/// The message of an answer, in lower case; empty where there is none.
#[must_use]
pub fn message(answer: &Answer) -> String {
    answer
        .json()
        .ok()
        .and_then(|body| Some(body.get("message")?.as_str()?.to_lowercase()))
        .unwrap_or_default()
}

/// Status and request number: what GitHub's support asks for. No free text.
#[must_use]
pub fn detail(answer: &Answer) -> String {
    let mut parts = vec![format!("status {}", answer.status)];
    for (name, header) in [
        ("request-id", "x-github-request-id"),
        ("accepted-permissions", "x-accepted-github-permissions"),
        ("accepted-scopes", "x-accepted-oauth-scopes"),
    ] {
        if let Some(text) = answer.header(header).filter(|text| !text.is_empty()) {
            parts.push(format!("{name} {}", plain(text)));
        }
    }
    parts.join(", ")
}

/// At most 120 characters of ids, names and what stands between them.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_ascii_alphanumeric() || "-_:.=,; ".contains(*c))
        .take(120)
        .collect()
}

/// The permissions that would be accepted, as people read them; empty where GitHub does not say.
#[must_use]
pub fn accepted(answer: &Answer) -> String {
    let Some(header) = answer.header("x-accepted-github-permissions") else {
        return String::new();
    };
    plain(header)
        .split(';')
        .map(|set| {
            set.split(',')
                .filter_map(|one| {
                    let (name, level) = one.trim().split_once('=')?;
                    Some(format!("{} ({level})", named(name)))
                })
                .collect::<Vec<_>>()
                .join(" and ")
        })
        .filter(|set| !set.is_empty())
        .collect::<Vec<_>>()
        .join(", or ")
}

/// A permission as GitHub's pages call it.
#[must_use]
pub fn named(permission: &str) -> &str {
    match permission {
        "metadata" => "Repository: Metadata",
        "administration" => "Repository: Administration",
        "contents" => "Repository: Contents",
        "vulnerability_alerts" => "Repository: Dependabot alerts",
        "security_events" => "Repository: Code scanning alerts",
        "secret_scanning_alerts" => "Repository: Secret scanning alerts",
        "repository_hooks" => "Repository: Webhooks",
        "members" => "Organization: Members",
        "organization_administration" => "Organization: Administration",
        "organization_self_hosted_runners" => "Organization: Self-hosted runners",
        "organization_hooks" => "Organization: Webhooks",
        "organization_custom_org_roles" => "Organization: Custom organization roles",
        other => other,
    }
}

/// What GitHub said, as an error; the caller adds which dataset it was about.
#[must_use]
pub fn of(answer: &Answer) -> ProviderError {
    let message = message(answer);
    let says = |words: &[&str]| words.iter().any(|words| message.contains(words));
    let error = match answer.status {
        401 if says(&["'exp'", "'iat'", "expiration time", "issued at"]) => ProviderError::new(
            ErrorClass::Authentication,
            CLOCK_WRONG,
            "GitHub did not accept the app's signed statement.",
            "This computer's clock is wrong by more than a minute.",
            "Set this computer's date, time and time zone to automatic, then try again.",
        ),
        401 => ProviderError::new(
            ErrorClass::Authentication,
            TOKEN_REFUSED,
            "GitHub no longer accepts this token.",
            "It is mistyped, was revoked, or has expired.",
            "Create a new one and paste it here.",
        ),
        403 if answer.header("x-github-sso").is_some() => single_sign_on(answer),
        403 if says(&["ip allow list"]) => ProviderError::new(
            ErrorClass::Permission,
            "address_not_allowed",
            "The organization does not let this network in.",
            "It has an IP allow list, and this office's address is not on it.",
            "Add this office's IP address to the organization's allow list: Organization settings > Authentication security > IP allow list.",
        ),
        403 if says(&["upgrade to github"]) => ProviderError::new(
            ErrorClass::Licence,
            "plan_needed",
            "The organization's plan does not include this.",
            "Your plan has no branch protection and no rulesets for private repositories.",
            "Upgrade to GitHub Team or Enterprise, or leave it: the checks that read this say unknown.",
        ),
        403 | 404 if says(&["must be enabled", "not enabled for this repository"]) => {
            ProviderError::new(
                ErrorClass::Licence,
                "security_product_needed",
                "This is not switched on, or not licensed.",
                "GitHub says that Advanced Security, Code Security or Secret Protection must be enabled first.",
                "Enable it under Settings > Advanced Security, where the plan includes it; else the checks that read this say unknown.",
            )
        }
        403 | 404
            if says(&[
                "no analysis found",
                "is disabled",
                "are disabled",
                "not available for",
            ]) =>
        {
            ProviderError::new(
                ErrorClass::ServiceNotUsed,
                "service_not_used",
                "This part of GitHub is not in use there.",
                "GitHub says that it is switched off, or that nothing ran yet.",
                "Switch it on under Settings > Advanced Security; until then its contents do not exist.",
            )
        }
        403 if says(&["resource not accessible by"]) => not_accessible(answer),
        403 if says(&["admin", "owner"]) => {
            owner_needed("Whoever made this token is no administrator of it.")
        }
        403 if says(&["rate limit", "abuse detection"]) => ProviderError::new(
            ErrorClass::Throttled,
            "throttled",
            "GitHub limits how fast it may be asked.",
            "GitHub asked us to wait.",
            "Nothing needs to be mended. The next sync tries again.",
        ),
        403 => not_accessible(answer),
        422 if says(&["owner", "2fa", "two-factor", "filter"]) => {
            owner_needed("Only an organization owner can read two-factor status.")
        }
        404 => ProviderError::new(
            ErrorClass::Permission,
            NOT_SHOWN,
            "GitHub does not show this.",
            "It answers as if it did not exist: the token may lack a permission or wait for approval, or the plan does not have it.",
            "Choose \"All repositories\" for the token, give it the permissions in the table, and ask an owner to approve it.",
        ),
        410 => ProviderError::new(
            ErrorClass::ServiceNotUsed,
            "gone",
            "GitHub does not offer this any more.",
            "It was removed from the service or switched off.",
            "Nothing needs to be done; the checks that read it say unknown.",
        ),
        400 | 409 | 422 => ProviderError::new(
            ErrorClass::OurBug,
            NOT_UNDERSTOOD,
            "GitHub did not understand a request of this app.",
            "The service may have changed.",
            "Save the diagnostics and report it; the checks that read this say unknown until then.",
        ),
        status => ProviderError::new(
            ErrorClass::ServiceOutage,
            "unexpected_status",
            "GitHub answered in a way this app does not know.",
            format!("The status was {status}."),
            "Try again later. If it stays, save the diagnostics and report it.",
        ),
    };
    error.with_detail(detail(answer))
}

fn not_accessible(answer: &Answer) -> ProviderError {
    let accepted = accepted(answer);
    let (why, fix) = if accepted.is_empty() {
        (
            "The token lacks a permission; GitHub does not say which.".to_owned(),
            "Edit the token (or the app) and give it the permissions in the table as Read-only."
                .to_owned(),
        )
    } else {
        (
            format!("The token lacks: {accepted}."),
            format!("Edit the token (or the app) and add {accepted} as Read-only."),
        )
    };
    ProviderError::new(
        ErrorClass::Permission,
        "permission_missing",
        "GitHub refused the request.",
        why,
        fix,
    )
}

fn owner_needed(why: &str) -> ProviderError {
    ProviderError::new(
        ErrorClass::Permission,
        OWNER_NEEDED,
        "GitHub shows this to an owner only.",
        why,
        "Have an owner of the organization make the token. An app can't be an owner: these checks stay unknown with one.",
    )
}

/// The address that authorizes the token is a secret of its own in its query; the page is the same without it.
fn single_sign_on(answer: &Answer) -> ProviderError {
    let page = answer
        .header("x-github-sso")
        .and_then(|text| text.split("url=").nth(1))
        .and_then(|address| address.split(['?', ';', ' ']).next())
        .filter(|address| address.starts_with("https://"))
        .map(|address| address.chars().take(120).collect::<String>());
    let fix = match page {
        Some(page) => format!(
            "Open {page} to sign in, then authorize the token for the organization: Settings > Developer settings > Personal access tokens > Configure SSO."
        ),
        None => "Authorize the token for the organization: Settings > Developer settings > Personal access tokens > Configure SSO."
            .to_owned(),
    };
    ProviderError::new(
        ErrorClass::Permission,
        "single_sign_on",
        "The organization wants the token to be authorized for single sign-on.",
        "The token was made without signing in through the company's identity provider.",
        fix,
    )
}

/// The organization itself is not shown.
#[must_use]
pub fn no_organization(name: &str, answer: &Answer) -> ProviderError {
    ProviderError::new(
        ErrorClass::Configuration,
        "unknown_organization",
        format!("GitHub knows no organization {name}, or does not show it."),
        "Organization not found, or the token was created for your personal account instead of the organization.",
        "Check the name as it stands in the address of the organization's page. If it is right, make a token whose Resource owner is the organization.",
    )
    .with_detail(detail(answer))
}

/// One repository is not shown although the list names it.
#[must_use]
pub fn no_repository(answer: &Answer) -> ProviderError {
    ProviderError::new(
        ErrorClass::Permission,
        "repository_not_covered",
        "GitHub does not show a repository to this token.",
        "The token is limited to selected repositories, waits for approval, or its maker does not administer the repository.",
        "Choose \"All repositories\" for the token, and ask an owner to make or approve it.",
    )
    .with_detail(detail(answer))
}

/// A question that older servers do not know.
#[must_use]
pub fn too_old(mut error: ProviderError) -> ProviderError {
    if error.code == NOT_UNDERSTOOD {
        error.class = ErrorClass::ServiceNotUsed;
        error.code = "server_too_old".to_owned();
        error.why = "This server does not know the question: its version is older.".to_owned();
        error.fix =
            "Update GitHub Enterprise Server; until then the checks that read this say unknown."
                .to_owned();
    }
    error
}

/// The plan has no such interface.
#[must_use]
pub fn enterprise_needed(
    mut error: ProviderError,
    what: &str,
    plan: Option<&str>,
) -> ProviderError {
    let has_it = plan.is_some_and(|plan| plan.to_lowercase().contains("enterprise"));
    if error.code == NOT_SHOWN && !has_it {
        error.class = ErrorClass::Licence;
        error.code = "enterprise_needed".to_owned();
        error.why = match plan {
            Some(plan) => format!(
                "{what} needs GitHub Enterprise; the organization's plan is {}.",
                plain(plan)
            ),
            None => {
                format!("{what} needs GitHub Enterprise, or a permission that the token lacks.")
            }
        };
        error.fix = "Use GitHub Enterprise, or keep this evidence by hand: the checks that read it say unknown.".to_owned();
    }
    error
}

/// The same error about a named thing.
#[must_use]
pub fn about(mut error: ProviderError, title: &str) -> ProviderError {
    let names_more = matches!(
        error.class,
        ErrorClass::Permission | ErrorClass::Licence | ErrorClass::ServiceNotUsed
    );
    if names_more {
        error.what = format!("{title} can't be read.");
    }
    error
}

/// Members of an answer that say who and what, read without trusting them.
#[must_use]
pub fn text<'a>(document: &'a Value, name: &str) -> Option<&'a str> {
    document
        .get(name)
        .and_then(Value::as_str)
        .filter(|text| !text.trim().is_empty())
}

#[cfg(test)]
#[path = "refusal_tests.rs"]
mod tests;
