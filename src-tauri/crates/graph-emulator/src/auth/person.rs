//! Signing in as a person: `authorize`, `devicecode`, and the grants that follow. There is no page to fill in: whoever
//! asks for `authorize` is a person who consents, and a code is entered by the test ([`Emulator::enter_code`]).
//!
//! Stricter than the real service: a refresh token works once, so that a client that loses the new one is found out.

use std::collections::{BTreeMap, HashMap};
use std::sync::PoisonError;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use stand_in::{Reply, Request};
use url::form_urlencoded;

use super::access;
use super::token::{TokenError, answer, check_client, check_tenant, form_of, need};
use crate::server::Emulator;
use crate::state::State;
use crate::tenant::guid;

/// How long a device code holds, in seconds.
const DEVICE_CODE_S: i64 = 900;
/// How long an authorization code holds, in seconds.
const CODE_S: i64 = 600;
/// What every app may ask for.
const OPENID: [&str; 4] = ["openid", "offline_access", "profile", "email"];

/// What people did and what they were given.
#[derive(Debug, Default)]
pub(crate) struct SignIns {
    declines: bool,
    revoked: bool,
    count: u64,
    codes: HashMap<String, Code>,
    devices: HashMap<String, Device>,
    refresh: HashMap<String, Scope>,
}

/// What was asked for.
#[derive(Clone, Debug)]
struct Scope {
    openid: bool,
    offline: bool,
    names: Vec<String>,
}

#[derive(Debug)]
struct Code {
    redirect_uri: String,
    challenge: String,
    nonce: Option<String>,
    scope: Scope,
    until: i64,
    used: bool,
}

#[derive(Debug)]
struct Device {
    user_code: String,
    scope: Scope,
    until: i64,
    approved: Option<bool>,
}

impl Emulator {
    /// A person enters a code and consents, or refuses. False where nobody waits for this code.
    pub fn enter_code(&self, user_code: &str, consents: bool) -> bool {
        self.people(|people| {
            let waiting = people
                .devices
                .values_mut()
                .find(|device| device.user_code == user_code && device.approved.is_none());
            waiting
                .map(|device| device.approved = Some(consents))
                .is_some()
        })
    }

    /// The codes that wait for somebody, oldest or not.
    #[must_use]
    pub fn waiting_codes(&self) -> Vec<String> {
        self.people(|people| {
            let waiting = people.devices.values();
            waiting
                .filter(|device| device.approved.is_none())
                .map(|device| device.user_code.clone())
                .collect()
        })
    }

    /// The refresh tokens that work now.
    #[must_use]
    pub fn refresh_tokens(&self) -> Vec<String> {
        self.people(|people| people.refresh.keys().cloned().collect())
    }

    /// Whether people refuse at `authorize` from now on.
    pub fn people_decline(&self, decline: bool) {
        self.people(|people| people.declines = decline);
    }

    /// Makes every refresh token worthless, as a changed password does.
    pub fn revoke_sign_ins(&self) {
        self.people(|people| {
            people.refresh.clear();
            people.revoked = true;
        });
    }

    fn people<T>(&self, change: impl FnOnce(&mut SignIns) -> T) -> T {
        with(self.state(), change)
    }
}

fn with<T>(state: &State, change: impl FnOnce(&mut SignIns) -> T) -> T {
    change(
        &mut state
            .sign_ins
            .lock()
            .unwrap_or_else(PoisonError::into_inner),
    )
}

impl SignIns {
    fn next(&mut self, kind: &str) -> String {
        self.count += 1;
        guid(kind, self.count)
    }
}

fn refuse(status: u16, error: &'static str, code: u32, text: &str) -> TokenError {
    TokenError::new(status, error, code, text)
}

/// `GET /{tenant}/oauth2/v2.0/authorize`. What is wrong with the request is a page; what the person says is a redirect.
pub(crate) fn authorize(state: &State, request: &Request, tenant: &str) -> (Reply, bool) {
    match authorized(state, &request.query, tenant) {
        Ok(location) => {
            let reply = Reply::text(302, "text/html; charset=utf-8", Vec::new())
                .with("Location", location)
                .with("Cache-Control", "no-store, no-cache");
            (reply, true)
        }
        Err(error) => (error.page(), false),
    }
}

fn authorized(state: &State, query: &str, tenant: &str) -> Result<String, TokenError> {
    check_tenant(state, tenant)?;
    let fields = form_of(query.as_bytes())?;
    check_client(state, need(&fields, "client_id")?, tenant)?;
    if need(&fields, "response_type")? != "code" {
        return Err(refuse(
            400,
            "unsupported_response_type",
            700_051,
            "The response type is not enabled.",
        ));
    }
    let redirect_uri = need(&fields, "redirect_uri")?;
    // The registered one is http://localhost; the port does not matter, the path does.
    let port = redirect_uri
        .strip_prefix("http://localhost:")
        .map(|port| port.trim_end_matches('/'))
        .and_then(|port| port.parse::<u16>().ok());
    if port.is_none() {
        return Err(refuse(
            400,
            "invalid_request",
            50011,
            "The redirect URI specified in the request does not match the redirect URIs configured for the application.",
        ));
    }
    let challenge = need(&fields, "code_challenge")?;
    if fields.get("code_challenge_method").map(String::as_str) != Some("S256")
        || challenge.len() != 43
    {
        return Err(refuse(
            400,
            "invalid_request",
            9_002_325,
            "Proof Key for Code Exchange is required.",
        ));
    }
    let scope = scope_of(state, need(&fields, "scope")?)?;
    let mut back = form_urlencoded::Serializer::new(String::new());
    let declines = with(state, |people| people.declines);
    if declines {
        back.append_pair("error", "access_denied").append_pair(
            "error_description",
            "AADSTS65004: User declined to consent to access the app.",
        );
    } else {
        let until = state.now().timestamp() + CODE_S;
        let code = with(state, |people| {
            let code = people.next("code");
            people.codes.insert(
                code.clone(),
                Code {
                    redirect_uri: redirect_uri.to_owned(),
                    challenge: challenge.to_owned(),
                    nonce: fields.get("nonce").cloned(),
                    scope,
                    until,
                    used: false,
                },
            );
            code
        });
        back.append_pair("code", &code);
    }
    if let Some(given) = fields.get("state") {
        back.append_pair("state", given);
    }
    back.append_pair("session_state", &state.request_id());
    Ok(format!(
        "{}/?{}",
        redirect_uri.trim_end_matches('/'),
        back.finish()
    ))
}

/// `POST /{tenant}/oauth2/v2.0/devicecode`.
pub(crate) fn device_code(state: &State, request: &Request, tenant: &str) -> (Reply, bool) {
    let begun = || -> Result<serde_json::Value, TokenError> {
        check_tenant(state, tenant)?;
        let fields = form_of(&request.body)?;
        check_client(state, need(&fields, "client_id")?, tenant)?;
        let scope = scope_of(state, need(&fields, "scope")?)?;
        let until = state.now().timestamp() + DEVICE_CODE_S;
        Ok::<Value, TokenError>(with(state, |people| {
            let device_code = people.next("device");
            let user_code = format!("EMU{:06}", people.count);
            people.devices.insert(
                device_code.clone(),
                Device {
                    user_code: user_code.clone(),
                    scope,
                    until,
                    approved: None,
                },
            );
            json!({
                "device_code": device_code,
                "user_code": user_code,
                "verification_uri": format!("{}/devicelogin", state.url),
                "expires_in": DEVICE_CODE_S,
                "interval": 1,
                "message": format!("To sign in, enter the code {user_code}."),
            })
        }))
    };
    match begun() {
        Ok(body) => (answer(200, &body), false),
        Err(error) => (error.reply(state), false),
    }
}

/// The grants of people at the token endpoint: the answer's body.
pub(super) fn redeem(
    state: &State,
    grant: &str,
    fields: &BTreeMap<String, String>,
    tid: &str,
) -> Result<Value, TokenError> {
    if fields.contains_key("client_secret") || fields.contains_key("client_assertion") {
        return Err(refuse(
            401,
            "invalid_client",
            700_025,
            "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
        ));
    }
    let now = state.now().timestamp();
    match grant {
        "authorization_code" => {
            let (scope, nonce) = with(state, |people| redeem_code(people, fields, now))?;
            Ok(tokens(state, &scope, nonce.as_deref(), tid))
        }
        "refresh_token" => {
            let given = need(fields, "refresh_token")?;
            let scope = with(state, |people| {
                // One that was replaced and one that never was look alike, and both are refused.
                people.refresh.remove(given).ok_or_else(|| {
                    let code = if people.revoked { 50173 } else { 70000 };
                    refuse(
                        400,
                        "invalid_grant",
                        code,
                        "The provided grant has expired or been revoked.",
                    )
                })
            })?;
            Ok(tokens(state, &scope, None, tid))
        }
        _ => {
            let scope = with(state, |people| redeem_device(people, fields, now))?;
            Ok(tokens(state, &scope, None, tid))
        }
    }
}

fn redeem_code(
    people: &mut SignIns,
    fields: &BTreeMap<String, String>,
    now: i64,
) -> Result<(Scope, Option<String>), TokenError> {
    let given = need(fields, "code")?;
    let verifier = need(fields, "code_verifier")?;
    let redirect_uri = need(fields, "redirect_uri")?;
    let code = people
        .codes
        .get_mut(given)
        .ok_or_else(|| refuse(400, "invalid_grant", 9_002_313, "The code is not known."))?;
    if std::mem::replace(&mut code.used, true) {
        return Err(refuse(
            400,
            "invalid_grant",
            54005,
            "OAuth2 Authorization code was already redeemed.",
        ));
    }
    if code.until <= now {
        return Err(refuse(
            400,
            "invalid_grant",
            70008,
            "The provided authorization code has expired.",
        ));
    }
    if code.redirect_uri != *redirect_uri {
        return Err(refuse(
            400,
            "invalid_grant",
            500_112,
            "The reply address does not match the one of the code.",
        ));
    }
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
    if code.challenge != challenge {
        return Err(refuse(
            400,
            "invalid_grant",
            501_481,
            "The Code_Verifier does not match the code_challenge.",
        ));
    }
    Ok((code.scope.clone(), code.nonce.clone()))
}

fn redeem_device(
    people: &mut SignIns,
    fields: &BTreeMap<String, String>,
    now: i64,
) -> Result<Scope, TokenError> {
    let given = need(fields, "device_code")?;
    let device = people.devices.get(given).ok_or_else(|| {
        refuse(
            400,
            "bad_verification_code",
            70018,
            "Invalid verification code.",
        )
    })?;
    if device.until <= now {
        return Err(refuse(
            400,
            "expired_token",
            70020,
            "The provided device code has expired.",
        ));
    }
    match device.approved {
        None => Err(refuse(
            400,
            "authorization_pending",
            70016,
            "Authorization is pending.",
        )),
        Some(false) => Err(refuse(
            400,
            "authorization_declined",
            70017,
            "The end user denied the request.",
        )),
        Some(true) => {
            let scope = device.scope.clone();
            people.devices.remove(given);
            Ok(scope)
        }
    }
}

/// What a scope asks for: OpenID's words, and permissions of Graph as `{audience}/{name}` or `{audience}/.default`.
fn scope_of(state: &State, scope: &str) -> Result<Scope, TokenError> {
    let mut asked = Scope {
        openid: false,
        offline: false,
        names: Vec::new(),
    };
    for one in scope.split(' ').filter(|one| !one.is_empty()) {
        match one {
            "openid" => asked.openid = true,
            "offline_access" => asked.offline = true,
            _ if OPENID.contains(&one) => {}
            _ => {
                let name = one
                    .rsplit_once('/')
                    .filter(|(resource, _)| *resource == state.options.audience)
                    .map(|(_, name)| name);
                let Some(name) = name else {
                    return Err(refuse(
                        400,
                        "invalid_resource",
                        500_011,
                        "The resource principal was not found in the tenant.",
                    ));
                };
                // `.default` is all that was consented, which comes along anyway.
                if name != ".default" {
                    asked.names.push(name.to_owned());
                }
            }
        }
    }
    Ok(asked)
}

fn tokens(state: &State, scope: &Scope, nonce: Option<&str>, tid: &str) -> Value {
    let lifetime = state.options.token_lifetime.as_secs();
    // What was consented before comes along, asked for or not.
    let mut names = scope.names.clone();
    for role in &state.options.roles {
        if !names.contains(role) {
            names.push(role.clone());
        }
    }
    let mut claims = access::claims(state, tid);
    if let Some(claims) = claims.as_object_mut() {
        claims.remove("roles");
    }
    claims["idtyp"] = json!("user");
    claims["scp"] = json!(names.join(" "));
    claims["upn"] = json!("casey@harborpoint.example");
    let mut body = json!({
        "token_type": "Bearer",
        "scope": names.iter().map(|name| format!("{}/{name}", state.options.audience)).collect::<Vec<_>>().join(" "),
        "expires_in": lifetime,
        "ext_expires_in": lifetime,
        "access_token": access::mint(state, &claims),
    });
    if scope.openid {
        let now = state.now().timestamp();
        let mut identity = json!({
            "aud": state.options.client_id,
            "iss": format!("{}/{tid}/v2.0", state.options.authority),
            "iat": now,
            "exp": now + 3600,
            "tid": tid,
            "preferred_username": "casey@harborpoint.example",
        });
        if let Some(nonce) = nonce {
            identity["nonce"] = json!(nonce);
        }
        body["id_token"] = json!(access::mint(state, &identity));
    }
    if scope.offline {
        let refresh = with(state, |people| {
            let refresh = format!("0.refresh-{}", people.next("refresh"));
            people.revoked = false;
            people.refresh.insert(refresh.clone(), scope.clone());
            refresh
        });
        body["refresh_token"] = json!(refresh);
    }
    body
}
