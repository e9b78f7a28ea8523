//! `/{tenant}/oauth2/v2.0/token`, and the discovery document.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use stand_in::{Reply, Request};

use super::{access, assertion, person};
use crate::faults::Fault;
use crate::state::State;

/// An error as the token endpoint reports it.
#[derive(Debug)]
pub(crate) struct TokenError {
    status: u16,
    error: &'static str,
    code: u32,
    text: String,
}

impl TokenError {
    pub(super) fn new(
        status: u16,
        error: &'static str,
        code: u32,
        text: impl Into<String>,
    ) -> Self {
        Self {
            status,
            error,
            code,
            text: text.into(),
        }
    }

    pub(super) fn invalid_client(code: u32, text: impl Into<String>) -> Self {
        Self::new(401, "invalid_client", code, text)
    }

    /// The error as a page in the browser shows it.
    pub(super) fn page(&self) -> Reply {
        Reply::text(
            self.status,
            "text/html; charset=utf-8",
            format!(
                "<html><body>AADSTS{}: {}</body></html>",
                self.code, self.text
            ),
        )
    }

    pub(super) fn reply(&self, state: &State) -> Reply {
        let (trace, correlation) = (state.request_id(), state.request_id());
        let timestamp = state.now().format("%Y-%m-%d %H:%M:%SZ").to_string();
        answer(
            self.status,
            &json!({
                "error": self.error,
                "error_description": format!(
                    "AADSTS{}: {} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}",
                    self.code, self.text
                ),
                "error_codes": [self.code],
                "timestamp": timestamp,
                "trace_id": trace,
                "correlation_id": correlation,
                "error_uri": format!("{}/error?code={}", state.url, self.code),
            }),
        )
    }
}

/// The identity platform's JSON headers.
pub(super) fn answer(status: u16, body: &Value) -> Reply {
    Reply::json(status, "application/json; charset=utf-8", body)
        .with("Cache-Control", "no-store, no-cache")
        .with("Pragma", "no-cache")
}

/// Serves one token request; the flag says whether a token was issued.
pub(crate) fn serve(
    state: &State,
    request: &Request,
    tenant: &str,
    faults: &[Fault],
) -> (Reply, bool) {
    if request.method != "POST" {
        let error = TokenError::new(
            400,
            "invalid_request",
            900_561,
            "The endpoint only accepts POST requests.",
        );
        return (error.reply(state), false);
    }
    let tid = if faults.contains(&Fault::WrongTenant) {
        access::other_tenant()
    } else {
        state.tenant().id.clone()
    };
    match issue(state, request, tenant, &tid) {
        Ok(body) => (answer(200, &body), true),
        Err(error) => (error.reply(state), false),
    }
}

fn issue(state: &State, request: &Request, tenant: &str, tid: &str) -> Result<Value, TokenError> {
    check_tenant(state, tenant)?;
    let kind = request.header("content-type").unwrap_or_default();
    let fields = if kind.split(';').next().is_some_and(|kind| {
        kind.trim()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    }) {
        form_of(&request.body)?
    } else {
        BTreeMap::new()
    };
    let grant = need(&fields, "grant_type")?;
    let known = [
        "client_credentials",
        "authorization_code",
        "refresh_token",
        "urn:ietf:params:oauth:grant-type:device_code",
    ];
    if !known.contains(&grant.as_str()) {
        return Err(TokenError::new(
            400,
            "unsupported_grant_type",
            70003,
            format!("The app requested an unsupported grant type '{grant}'."),
        ));
    }
    let client_id = need(&fields, "client_id")?;
    check_client(state, client_id, tenant)?;
    if grant != "client_credentials" {
        return person::redeem(state, grant, &fields, tid);
    }
    check_scope(state, need(&fields, "scope")?)?;
    check_credential(state, &fields, client_id, tenant)?;
    let lifetime = state.options.token_lifetime.as_secs();
    let token = access::mint(state, &access::claims(state, tid));
    Ok(json!({
        "token_type": "Bearer", "expires_in": lifetime, "ext_expires_in": lifetime, "access_token": token,
    }))
}

/// A parameter that has to be there.
pub(super) fn need<'a>(
    fields: &'a BTreeMap<String, String>,
    name: &str,
) -> Result<&'a String, TokenError> {
    fields
        .get(name)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| {
            TokenError::new(
                400,
                "invalid_request",
                900_144,
                format!("The request body must contain the following parameter: '{name}'."),
            )
        })
}

pub(super) fn check_client(state: &State, client_id: &str, tenant: &str) -> Result<(), TokenError> {
    if client_id.eq_ignore_ascii_case(&state.options.client_id) {
        return Ok(());
    }
    Err(TokenError::new(
        400,
        "unauthorized_client",
        700_016,
        format!(
            "Application with identifier '{client_id}' was not found in the directory '{tenant}'."
        ),
    ))
}

pub(super) fn check_tenant(state: &State, tenant: &str) -> Result<(), TokenError> {
    if ["common", "organizations", "consumers"].contains(&tenant.to_ascii_lowercase().as_str()) {
        return Err(TokenError::new(
            400,
            "invalid_request",
            50059,
            "No tenant-identifying information found in either the request or implied by any provided credentials.",
        ));
    }
    let guid_like = tenant.len() == 36 && tenant.chars().all(|c| c == '-' || c.is_ascii_hexdigit());
    let domain_like = tenant.contains('.')
        && tenant
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ".-".contains(c));
    if !guid_like && !domain_like {
        return Err(TokenError::new(
            400,
            "invalid_request",
            900_023,
            format!(
                "Specified tenant identifier '{tenant}' is neither a valid DNS name, nor a valid external domain."
            ),
        ));
    }
    if state.tenant().answers_to(tenant) {
        return Ok(());
    }
    Err(TokenError::new(
        400,
        "invalid_request",
        90002,
        format!("Tenant '{tenant}' not found."),
    ))
}

fn check_scope(state: &State, scope: &str) -> Result<(), TokenError> {
    if scope.split(' ').count() != 1 {
        return Err(TokenError::new(
            400,
            "invalid_scope",
            70011,
            format!(
                "The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid."
            ),
        ));
    }
    let Some(resource) = scope.strip_suffix("/.default") else {
        return Err(TokenError::new(
            400,
            "invalid_scope",
            1_002_012,
            format!(
                "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier."
            ),
        ));
    };
    if resource != state.options.audience {
        return Err(TokenError::new(
            400,
            "invalid_resource",
            500_011,
            format!("The resource principal named {resource} was not found in the tenant."),
        ));
    }
    Ok(())
}

fn check_credential(
    state: &State,
    fields: &BTreeMap<String, String>,
    client_id: &str,
    tenant: &str,
) -> Result<(), TokenError> {
    match (fields.get("client_secret"), fields.get("client_assertion")) {
        (Some(secret), None) => {
            if state.options.client_secret.as_ref() == Some(secret) && !secret.is_empty() {
                Ok(())
            } else if state.options.expired_secret.as_ref() == Some(secret) {
                Err(TokenError::invalid_client(
                    7_000_222,
                    "The provided client secret keys for app are expired.",
                ))
            } else {
                Err(TokenError::invalid_client(
                    7_000_215,
                    "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.",
                ))
            }
        }
        (None, Some(jwt)) => {
            let kind = fields.get("client_assertion_type").map(String::as_str);
            if kind != Some("urn:ietf:params:oauth:client-assertion-type:jwt-bearer") {
                return Err(TokenError::new(
                    400,
                    "invalid_request",
                    900_144,
                    "The request body must contain the following parameter: 'client_assertion_type'.",
                ));
            }
            assertion::check(state, jwt, client_id, tenant)
        }
        (None, None) => Err(TokenError::invalid_client(
            7_000_216,
            "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
        )),
        (Some(_), Some(_)) => Err(TokenError::new(
            400,
            "invalid_request",
            90013,
            "Invalid input received from the user: two credentials.",
        )),
    }
}

pub(super) fn form_of(body: &[u8]) -> Result<BTreeMap<String, String>, TokenError> {
    let mut fields = BTreeMap::new();
    for (name, value) in url::form_urlencoded::parse(body) {
        if fields
            .insert(name.to_string(), value.into_owned())
            .is_some()
        {
            return Err(TokenError::new(
                400,
                "invalid_request",
                9_000_411,
                format!(
                    "The request is not properly formatted. The parameter '{name}' is duplicated."
                ),
            ));
        }
    }
    Ok(fields)
}

/// `/{tenant}/v2.0/.well-known/openid-configuration`.
pub(crate) fn discovery(state: &State, tenant: &str) -> (Reply, bool) {
    if let Err(mut error) = check_tenant(state, tenant) {
        error.error = "invalid_tenant";
        return (error.reply(state), false);
    }
    let (url, id) = (&state.url, &state.tenant().id);
    let body = json!({
        "token_endpoint": format!("{url}/{id}/oauth2/v2.0/token"),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
        "jwks_uri": format!("{url}/{id}/discovery/v2.0/keys"),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": format!("{}/{id}/v2.0", state.options.authority),
        "authorization_endpoint": format!("{url}/{id}/oauth2/v2.0/authorize"),
        "device_authorization_endpoint": format!("{url}/{id}/oauth2/v2.0/devicecode"),
        "tenant_region_scope": "NA",
        "cloud_instance_name": "microsoftonline.com",
        "msgraph_host": state.options.audience.trim_start_matches("https://"),
    });
    (answer(200, &body), true)
}
