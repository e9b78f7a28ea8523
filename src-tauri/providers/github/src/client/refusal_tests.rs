use super::*;
use crate::client::testing::answer;
use ErrorClass::{Authentication, Licence, OurBug, Permission, ServiceNotUsed, ServiceOutage};

fn said(status: u16, message: &str) -> Answer {
    let body = serde_json::json!({"message": message, "status": status.to_string()});
    answer(status, &body.to_string(), &[])
}

#[test]
fn every_documented_refusal_has_its_class_and_its_remedy() {
    for (status, message, class, code) in [
        (401, "Bad credentials", Authentication, TOKEN_REFUSED),
        (
            401,
            "'Expiration time' claim ('exp') is too far in the future",
            Authentication,
            CLOCK_WRONG,
        ),
        (
            401,
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued and in the past",
            Authentication,
            CLOCK_WRONG,
        ),
        (
            403,
            "Resource not accessible by personal access token",
            Permission,
            "permission_missing",
        ),
        (
            403,
            "Resource not accessible by integration",
            Permission,
            "permission_missing",
        ),
        (
            403,
            "Must have admin rights to Repository.",
            Permission,
            OWNER_NEEDED,
        ),
        (404, "Not Found", Permission, NOT_SHOWN),
        (
            422,
            "Only owners can use this filter.",
            Permission,
            OWNER_NEEDED,
        ),
        (
            403,
            "API rate limit exceeded for user ID 1.",
            ErrorClass::Throttled,
            "throttled",
        ),
        (
            403,
            "You have exceeded a secondary rate limit.",
            ErrorClass::Throttled,
            "throttled",
        ),
        (
            403,
            "Upgrade to GitHub Pro or make this repository public to enable this feature.",
            Licence,
            "plan_needed",
        ),
        (
            403,
            "Advanced Security must be enabled for this repository to use code scanning.",
            Licence,
            "security_product_needed",
        ),
        (404, "no analysis found", ServiceNotUsed, "service_not_used"),
        (
            404,
            "Secret scanning is disabled on this repository.",
            ServiceNotUsed,
            "service_not_used",
        ),
        (
            403,
            "Although you appear to have the correct authorization credentials, the organization has an IP allow list enabled, and your IP address is not permitted to access this resource.",
            Permission,
            "address_not_allowed",
        ),
        (410, "Gone", ServiceNotUsed, "gone"),
        (422, "Validation Failed", OurBug, "request_not_understood"),
        (451, "", ServiceOutage, "unexpected_status"),
    ] {
        let error = of(&said(status, message));
        assert_eq!(
            (error.class, error.code.as_str()),
            (class, code),
            "{message}"
        );
        assert!(!error.what.is_empty() && !error.why.is_empty() && !error.fix.is_empty());
    }
}

#[test]
fn the_missing_permission_is_named_as_the_page_names_it() {
    let answer = answer(
        403,
        r#"{"message":"Resource not accessible by personal access token"}"#,
        &[
            (
                "x-accepted-github-permissions",
                "administration=read,metadata=read; organization_administration=read",
            ),
            ("x-github-request-id", "AB12:34"),
        ],
    );
    let error = of(&answer);
    assert_eq!(
        error.why,
        "The token lacks: Repository: Administration (read) and Repository: Metadata (read), or Organization: Administration (read)."
    );
    assert!(error.fix.contains("Read-only"));
    assert!(error.detail.is_some_and(|text| text.contains("AB12:34")));
}

#[test]
fn single_sign_on_names_the_page_without_its_secret() {
    let answer = answer(
        403,
        r#"{"message":"Resource protected by organization SAML enforcement."}"#,
        &[(
            "x-github-sso",
            "required; url=https://github.com/orgs/acme/sso?authorization_request=CANARY",
        )],
    );
    let error = of(&answer);
    assert_eq!(error.code, "single_sign_on");
    assert!(error.fix.contains("https://github.com/orgs/acme/sso "));
    assert!(!format!("{error:?}").contains("CANARY"));
}

#[test]
fn an_organization_or_repository_that_is_not_shown_says_why_that_can_be() {
    let answer = said(404, "Not Found");
    let error = no_organization("acme", &answer);
    assert_eq!(error.class, ErrorClass::Configuration);
    assert!(error.what.contains("acme") && error.why.contains("personal account"));
    let error = no_repository(&answer);
    assert!(error.fix.contains("All repositories") && error.fix.contains("approve"));
}

#[test]
fn a_plan_without_it_is_a_licence_and_an_enterprise_without_it_is_not() {
    let hidden = || of(&said(404, "Not Found"));
    let error = enterprise_needed(hidden(), "The audit log", Some("team"));
    assert_eq!(
        (error.class, error.code.as_str()),
        (Licence, "enterprise_needed")
    );
    assert!(error.why.contains("team"));
    assert_eq!(
        enterprise_needed(hidden(), "The audit log", Some("enterprise")).class,
        Permission
    );
    let refused = of(&said(403, "Resource not accessible by integration"));
    assert_eq!(
        enterprise_needed(refused, "The audit log", Some("free")).class,
        Permission
    );
}

#[test]
fn details_hold_no_free_text() {
    let error = of(&answer(
        403,
        "{\"message\":\"ghp_CANARY <script>\"}",
        &[("x-github-request-id", "A-1\u{7f}<b>")],
    ));
    let text = format!("{error:?}");
    assert!(!text.contains("CANARY") && !text.contains("<b>"), "{text}");
}
