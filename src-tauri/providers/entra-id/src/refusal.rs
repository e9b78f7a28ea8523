//! Microsoft's refusals, as errors a person can act on. Their own texts are kept out: they can repeat what was sent.

use provider_kit::{Answer, ErrorClass, ProviderError};
use serde_json::Value;

/// The code of the error for a token that Graph does not accept.
pub(crate) const TOKEN_REFUSED: &str = "token_refused";
/// The code Graph sometimes gives to licensed tenants for a moment.
pub(crate) const NOT_PREMIUM: &str = "licence_premium";

/// What the token endpoint said, as an error.
pub(crate) fn of_sign_in(answer: &Answer) -> ProviderError {
    let body = answer.json().unwrap_or(Value::Null);
    let code = aadsts(&body);
    let error = sign_in_error(
        code,
        body.get("error")
            .and_then(Value::as_str)
            .unwrap_or_default(),
    );
    error.with_detail(detail(answer.status, code, &body))
}

/// `error_codes[0]`, or the number in the description.
fn aadsts(body: &Value) -> Option<u64> {
    if let Some(code) = body.pointer("/error_codes/0").and_then(Value::as_u64) {
        return Some(code);
    }
    let text = body.get("error_description")?.as_str()?;
    let digits: String = text
        .split_once("AADSTS")?
        .1
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}

fn detail(status: u16, code: Option<u64>, body: &Value) -> String {
    let mut parts = vec![format!("status {status}")];
    if let Some(code) = code {
        parts.push(format!("AADSTS{code}"));
    }
    for name in ["error", "trace_id", "correlation_id", "timestamp"] {
        if let Some(text) = body.get(name).and_then(Value::as_str) {
            parts.push(format!("{name} {}", plain(text)));
        }
    }
    parts.join(", ")
}

/// At most eighty characters of ids and dates; anything else is left out.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_ascii_alphanumeric() || "-_:. ".contains(*c))
        .take(80)
        .collect()
}

fn sign_in_error(code: Option<u64>, error: &str) -> ProviderError {
    use ErrorClass::{Authentication, Configuration, Permission};
    let refused = "Microsoft did not accept the sign-in.";
    let make = |class, name: &str, why: &str, fix: &str| {
        ProviderError::new(class, name, refused, why, fix)
    };
    match code {
        Some(7_000_215) => make(
            Authentication,
            "wrong_secret",
            "The client secret is wrong.",
            "In the app registration open Certificates & secrets and enter the secret's Value, not its Secret ID. It is shown only once: make a new one if it is lost.",
        ),
        Some(7_000_222) => make(
            Authentication,
            "expired_secret",
            "The client secret has expired.",
            "In the app registration create a new client secret, or upload a certificate, and enter it here.",
        ),
        Some(700_027 | 50_012 | 5_002_730 | 700_030) => make(
            Authentication,
            "wrong_certificate",
            "The certificate is not one that is registered with the app, or its key does not match.",
            "Upload the certificate to the app registration under Certificates & secrets, or enter the one that is registered there.",
        ),
        Some(700_024 | 500_133) => make(
            Authentication,
            "clock_wrong",
            "The signed statement is outside its time range: this computer's clock is wrong.",
            "Set this computer's date, time and time zone to automatic, then try again.",
        ),
        Some(700_016) => make(
            Configuration,
            "unknown_app",
            "There is no app with this client ID in the tenant, in this cloud.",
            "Check the Application (client) ID and the tenant ID. If both are right, another cloud was chosen: GCC High and DoD tenants sign in at login.microsoftonline.us.",
        ),
        Some(90_002) => make(
            Configuration,
            "unknown_tenant",
            "There is no such tenant in this cloud.",
            "Check the Directory (tenant) ID. If it is right, choose the cloud the tenant is in: commercial, GCC, GCC High, DoD or China.",
        ),
        Some(90_038 | 900_432 | 900_382 | 900_439) => make(
            Configuration,
            "other_cloud",
            "The tenant is in another national cloud.",
            "Choose the cloud the tenant is in: commercial, GCC, GCC High, DoD or China.",
        ),
        Some(900_023 | 90_013 | 900_144 | 90_014) => make(
            Configuration,
            "bad_tenant_or_field",
            "The tenant ID or another field is not of the form Microsoft accepts.",
            "Copy the Directory (tenant) ID and the Application (client) ID again from the app registration's overview.",
        ),
        Some(53_003 | 53_000 | 530_032 | 530_035 | 53_001) => make(
            Authentication,
            "blocked_by_policy",
            "A Conditional Access policy of the tenant blocks this sign-in.",
            "Ask the administrator which policy applies (Sign-in logs > Service principal sign-ins, or User sign-ins for a person). Signing in with a code is often blocked: use the browser, or a certificate.",
        ),
        Some(65_001 | 90_094 | 650_056 | 650_051) => make(
            Permission,
            "consent_missing",
            "No administrator has consented to the app's permissions.",
            "In the app registration open API permissions and choose Grant admin consent.",
        ),
        Some(7_000_218) => make(
            Configuration,
            "not_public",
            "The app does not allow people to sign in without a secret.",
            "In the app registration under Authentication add the platform \"Mobile and desktop applications\" with http://localhost, and set \"Allow public client flows\" to Yes.",
        ),
        Some(50_011) => make(
            Configuration,
            "redirect_unknown",
            "The app does not know the address on this computer that the browser comes back to.",
            "In the app registration under Authentication add http://localhost below \"Mobile and desktop applications\".",
        ),
        Some(50_076 | 50_079 | 50_158 | 50_074) => make(
            Authentication,
            "more_proof_needed",
            "Microsoft wants the person to prove more, e.g. with multifactor authentication.",
            "Sign in again.",
        ),
        Some(700_082 | 70_043 | 50_173 | 50_133 | 700_084 | 70_000 | 50_132) => make(
            Authentication,
            "sign_in_ended",
            "The saved sign-in has ended or was revoked, e.g. by a changed password or a limit on how long sign-ins last.",
            "Sign in again.",
        ),
        Some(50_105) => make(
            Permission,
            "person_not_assigned",
            "The person who signed in may not use the app.",
            "Under Enterprise applications open the app > Users and groups and add the person, or set \"Assignment required\" to No.",
        ),
        Some(7_000_112 | 7_000_113) => make(
            Authentication,
            "app_disabled",
            "The app is disabled in this tenant.",
            "Under Enterprise applications open the app > Properties and set \"Enabled for users to sign-in\" to Yes.",
        ),
        Some(700_025) => make(
            Configuration,
            "public_client",
            "The app is registered as a public client, which has no secret.",
            "In the app registration under Authentication set \"Allow public client flows\" to No, or register a new app.",
        ),
        Some(70_011 | 500_011 | 1_002_012) => make(
            Configuration,
            "wrong_scope",
            "Microsoft Graph of this cloud is not known to the tenant.",
            "Choose the cloud the tenant is in; tokens of one cloud are not valid in another.",
        ),
        _ => match error {
            "invalid_client" => make(
                Authentication,
                "client_refused",
                "The app's credentials were refused.",
                "Check client ID, secret or certificate, and the cloud.",
            ),
            "unauthorized_client" | "invalid_request" | "invalid_tenant" => make(
                Configuration,
                "sign_in_refused",
                "Tenant, client ID and cloud do not fit together.",
                "Check the Directory (tenant) ID, the Application (client) ID and the cloud.",
            ),
            _ => make(
                Authentication,
                "sign_in_refused",
                "It gave a reason this version does not know; the details hold its number.",
                "Look the AADSTS number up in Microsoft's list of sign-in errors, or send the details to support.",
            ),
        },
    }
}

/// What Graph said, as an error; the caller adds which permission or licence it was about.
pub(crate) fn of_graph(answer: &Answer) -> ProviderError {
    let body = answer.json().unwrap_or(Value::Null);
    let code = body
        .pointer("/error/code")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let message = body
        .pointer("/error/message")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_lowercase();
    let inner = body
        .pointer("/error/innerError")
        .or_else(|| body.pointer("/error/innererror"));
    let request = inner
        .and_then(|inner| inner.get("request-id"))
        .and_then(Value::as_str)
        .unwrap_or_default();
    let detail = format!(
        "status {}, code {}, request-id {}",
        answer.status,
        plain(code),
        plain(request)
    );
    let error = match (answer.status, code) {
        (401, _) => ProviderError::new(
            ErrorClass::Authentication,
            TOKEN_REFUSED,
            "Microsoft Graph did not accept the token.",
            "It was revoked, or it is for another cloud.",
            "Try again. If it stays, check that the right cloud is chosen and that the app is not disabled.",
        ),
        (400 | 403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant") => {
            licence(NOT_PREMIUM, "Microsoft Entra ID P1 or P2")
        }
        (400 | 403, "AadPremiumLicenseRequired") => {
            licence("licence_p2", "Microsoft Entra ID P2 or ID Governance")
        }
        (400 | 403, _)
            if message.contains("not licensed") || message.contains("premium license") =>
        {
            licence("licence_missing", "A Microsoft Entra ID license")
        }
        (400 | 403, _) if message.contains("not applicable to target tenant") => {
            ProviderError::new(
                ErrorClass::ServiceNotUsed,
                "service_not_used",
                "The tenant does not use this part of the service.",
                "Microsoft says that it is not set up there.",
                "Nothing needs to be done, unless you expected it to be in use.",
            )
        }
        (403, _) => ProviderError::new(
            ErrorClass::Permission,
            "permission_missing",
            "Microsoft Graph refused the request.",
            "The app lacks a permission.",
            "In the app registration open API permissions, add it as an application permission and grant admin consent.",
        ),
        (404, _) => ProviderError::new(
            ErrorClass::ServiceNotUsed,
            "not_found",
            "Microsoft Graph does not have what was asked for.",
            "This cloud or tenant does not offer it.",
            "Nothing needs to be done; the checks that read it say unknown.",
        ),
        (400, _) => ProviderError::new(
            ErrorClass::OurBug,
            "request_not_understood",
            "Microsoft Graph did not understand a request of this app.",
            "The service may have changed.",
            "Save the diagnostics and report it; the checks that read this say unknown until then.",
        ),
        (status, _) => ProviderError::new(
            ErrorClass::ServiceOutage,
            "unexpected_status",
            "Microsoft Graph answered in a way this app does not know.",
            format!("The status was {status}."),
            "Try again later. If it stays, save the diagnostics and report it.",
        ),
    };
    error.with_detail(detail)
}

fn licence(code: &str, needed: &str) -> ProviderError {
    ProviderError::new(
        ErrorClass::Licence,
        code,
        "Microsoft Graph wants a license for this.",
        format!("{needed} is needed."),
        "Buy the license or leave it: the checks that read this say unknown, and everything else works.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_documented_number_has_its_own_remedy() {
        for (code, class, name) in [
            (7_000_215, ErrorClass::Authentication, "wrong_secret"),
            (7_000_222, ErrorClass::Authentication, "expired_secret"),
            (700_027, ErrorClass::Authentication, "wrong_certificate"),
            (700_024, ErrorClass::Authentication, "clock_wrong"),
            (700_016, ErrorClass::Configuration, "unknown_app"),
            (90_002, ErrorClass::Configuration, "unknown_tenant"),
            (900_432, ErrorClass::Configuration, "other_cloud"),
            (53_003, ErrorClass::Authentication, "blocked_by_policy"),
            (65_001, ErrorClass::Permission, "consent_missing"),
            (700_025, ErrorClass::Configuration, "public_client"),
            (500_011, ErrorClass::Configuration, "wrong_scope"),
            (7_000_218, ErrorClass::Configuration, "not_public"),
            (50_011, ErrorClass::Configuration, "redirect_unknown"),
            (50_076, ErrorClass::Authentication, "more_proof_needed"),
            (50_173, ErrorClass::Authentication, "sign_in_ended"),
            (50_105, ErrorClass::Permission, "person_not_assigned"),
        ] {
            let error = sign_in_error(Some(code), "invalid_client");
            assert_eq!((error.class, error.code.as_str()), (class, name), "{code}");
        }
        assert_eq!(sign_in_error(None, "invalid_client").code, "client_refused");
        assert_eq!(sign_in_error(None, "").class, ErrorClass::Authentication);
    }

    #[test]
    fn the_number_is_found_in_the_list_or_in_the_text() {
        assert_eq!(
            aadsts(
                &serde_json::json!({"error_codes": [7000215], "error_description": "AADSTS1: x"})
            ),
            Some(7_000_215)
        );
        assert_eq!(
            aadsts(&serde_json::json!({"error_description": "AADSTS90002: Tenant"})),
            Some(90_002)
        );
        assert_eq!(
            aadsts(&serde_json::json!({"error_description": "AADSTS"})),
            None
        );
        assert_eq!(aadsts(&Value::Null), None);
    }

    #[test]
    fn details_hold_ids_and_no_free_text() {
        let body = serde_json::json!({"error": "invalid_client", "error_description": "secret hunter2", "trace_id": "a-b\u{202e}\n<script>"});
        let text = detail(401, Some(7), &body);
        assert_eq!(
            text,
            "status 401, AADSTS7, error invalid_client, trace_id a-bscript"
        );
    }
}
