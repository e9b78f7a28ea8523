//! The device flow: a code for the person, and polls until they have answered.

use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use stand_in::form::parameters;
use stand_in::{Reply, Request};

use crate::refusal::JSON;
use crate::state::State;
use crate::token::{Token, TokenKind};

/// How long a device code lives, in seconds.
const CODE_LIFETIME: i64 = 900;
/// How long a user token of an App lives, in seconds.
const TOKEN_LIFETIME: i64 = 28_800;
/// How long a refresh token lives, in seconds.
const REFRESH_LIFETIME: i64 = 15_897_600;

/// What the person at the browser does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DeviceAnswer {
    /// Nothing yet.
    #[default]
    Pending,
    /// They approve.
    Approved {
        /// Their login.
        login: String,
        /// Whether they are an owner of the organization.
        owner: bool,
    },
    /// They decline.
    Denied,
}

#[derive(Debug)]
struct Code {
    device_code: String,
    client_id: String,
    scope: String,
    expires_at: DateTime<Utc>,
    interval: i64,
    polled: Option<DateTime<Utc>>,
    used: bool,
}

#[derive(Debug)]
struct Refresh {
    token: String,
    login: String,
    owner: bool,
    expires_at: DateTime<Utc>,
}

#[derive(Debug, Default)]
struct Inner {
    answer: DeviceAnswer,
    codes: Vec<Code>,
    refreshes: Vec<Refresh>,
}

/// Codes that were given out, and what the person says.
#[derive(Debug, Default)]
pub(crate) struct Device(Mutex<Inner>);

impl Device {
    pub(crate) fn answer(&self, answer: DeviceAnswer) {
        self.lock().answer = answer;
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An answer and what sort of token is in it, or the name of an error.
type Step = Result<(Value, Option<TokenKind>), &'static str>;

/// Serves the two addresses; `None` when it is not one of them. The flag says whether a token was issued.
pub(crate) fn serve(state: &State, request: &Request) -> Option<(Reply, Option<TokenKind>)> {
    let step: fn(&State, &Fields) -> Step = match request.path.as_str() {
        "/login/device/code" => start,
        "/login/oauth/access_token" => poll,
        _ => return None,
    };
    if request.method != "POST" {
        return Some((Reply::text(404, "text/html; charset=utf-8", ""), None));
    }
    let fields = Fields::read(request);
    let (body, issued) = step(state, &fields).unwrap_or_else(|error| (problem(error), None));
    Some((write(request, &body), issued))
}

struct Fields(Vec<(String, String)>);

impl Fields {
    /// The parameters of a form, or of a JSON object.
    fn read(request: &Request) -> Self {
        let kind = request.header("content-type").unwrap_or_default();
        if kind.starts_with("application/json") {
            let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
            let members = body.as_object().cloned().unwrap_or_default();
            let text = |value: Value| value.as_str().unwrap_or_default().to_owned();
            return Self(members.into_iter().map(|(n, v)| (n, text(v))).collect());
        }
        let text = String::from_utf8_lossy(&request.body).into_owned();
        Self(parameters(&text))
    }

    fn get(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(have, _)| have == name)
            .map(|(_, value)| value.as_str())
            .unwrap_or_default()
    }
}

/// JSON for those who accept it, and a form for those who do not say so.
fn write(request: &Request, body: &Value) -> Reply {
    let json = request
        .header("accept")
        .is_some_and(|accept| accept.contains("application/json"));
    if json {
        return Reply::json(200, JSON, body);
    }
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in body.as_object().into_iter().flatten() {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        form.append_pair(name, &text);
    }
    Reply::text(
        200,
        "application/x-www-form-urlencoded; charset=utf-8",
        form.finish(),
    )
}

/// An error of the flow. It comes with status 200.
fn problem(error: &str) -> Value {
    let text = match error {
        "authorization_pending" => "The authorization request is still pending.",
        "slow_down" => "Too many requests have been made in the same timeframe.",
        "expired_token" => "This 'device_code' has expired.",
        "access_denied" => "The authorization request was denied.",
        "incorrect_client_credentials" => {
            "The client_id and/or client_secret passed are incorrect."
        }
        "incorrect_device_code" => "The device_code provided is not valid.",
        "device_flow_disabled" => "Device Flow must be explicitly enabled for this App.",
        "bad_refresh_token" => "The refresh token passed is incorrect or expired.",
        _ => "The request is not one that is supported here.",
    };
    json!({
        "error": error, "error_description": text,
        "error_uri": "https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps",
    })
}

fn start(state: &State, fields: &Fields) -> Step {
    let client_id = fields.get("client_id");
    let options = &state.options;
    if client_id == options.app.client_id {
        if !options.app.device_flow {
            return Err("device_flow_disabled");
        }
    } else if client_id != options.oauth_client_id {
        return Err("incorrect_client_credentials");
    }
    let device_code = state.fresh();
    let letters: String = state
        .fresh()
        .bytes()
        .take(8)
        .map(|byte| char::from(b'B' + byte % 20))
        .collect();
    let (left, right) = letters.split_at(4);
    let answer = json!({
        "device_code": device_code, "user_code": format!("{left}-{right}"),
        "verification_uri": format!("{}/login/device", state.url), "expires_in": CODE_LIFETIME,
        "interval": options.device_interval,
    });
    state.device.lock().codes.push(Code {
        device_code,
        client_id: client_id.to_owned(),
        scope: fields.get("scope").to_owned(),
        expires_at: state.now() + Duration::seconds(CODE_LIFETIME),
        interval: i64::try_from(options.device_interval).unwrap_or(i64::MAX / 4),
        polled: None,
        used: false,
    });
    Ok((answer, None))
}

fn poll(state: &State, fields: &Fields) -> Step {
    match fields.get("grant_type") {
        "urn:ietf:params:oauth:grant-type:device_code" => {}
        "refresh_token" => return refresh(state, fields),
        _ => return Err("unsupported_grant_type"),
    }
    let now = state.now();
    let mut inner = state.device.lock();
    let answer = inner.answer.clone();
    let code = inner
        .codes
        .iter_mut()
        .find(|code| code.device_code == fields.get("device_code") && !code.used)
        .ok_or("incorrect_device_code")?;
    if code.client_id != fields.get("client_id") {
        return Err("incorrect_client_credentials");
    }
    if code.expires_at <= now {
        return Err("expired_token");
    }
    let early = code
        .polled
        .is_some_and(|polled| now - polled < Duration::seconds(code.interval));
    code.polled = Some(now);
    if early {
        code.interval += 5;
        let mut body = problem("slow_down");
        body["interval"] = json!(code.interval);
        return Ok((body, None));
    }
    let (login, owner) = match answer {
        DeviceAnswer::Pending => return Err("authorization_pending"),
        DeviceAnswer::Denied => {
            code.used = true;
            return Err("access_denied");
        }
        DeviceAnswer::Approved { login, owner } => (login, owner),
    };
    code.used = true;
    if code.client_id == state.options.app.client_id {
        return Ok(user_token(state, &mut inner, &login, owner));
    }
    let scope = code.scope.replace(' ', ",");
    let token = Token {
        login,
        owner,
        scopes: scope
            .split(',')
            .filter(|scope| !scope.is_empty())
            .map(str::to_owned)
            .collect(),
        ..Token::new(TokenKind::OAuth, &state.fresh())
    };
    let body = json!({"access_token": token.secret, "token_type": "bearer", "scope": scope});
    state.accept(token);
    Ok((body, Some(TokenKind::OAuth)))
}

fn refresh(state: &State, fields: &Fields) -> Step {
    if fields.get("client_id") != state.options.app.client_id {
        return Err("incorrect_client_credentials");
    }
    let now = state.now();
    let mut inner = state.device.lock();
    let at = inner
        .refreshes
        .iter()
        .position(|have| have.token == fields.get("refresh_token") && have.expires_at > now)
        .ok_or("bad_refresh_token")?;
    // A refresh token works once.
    let used = inner.refreshes.remove(at);
    Ok(user_token(state, &mut inner, &used.login, used.owner))
}

/// A `ghu_` token, with a refresh token where the App's tokens end.
fn user_token(
    state: &State,
    inner: &mut Inner,
    login: &str,
    owner: bool,
) -> (Value, Option<TokenKind>) {
    let app = &state.options.app;
    let now = state.now();
    let mut token = Token {
        login: login.to_owned(),
        owner,
        permissions: app.permissions.clone(),
        repositories: app.repositories.clone(),
        ..Token::new(TokenKind::User, &state.fresh())
    };
    let mut body = json!({"access_token": token.secret, "token_type": "bearer", "scope": ""});
    if app.user_tokens_expire {
        token.expires_at = Some(now + Duration::seconds(TOKEN_LIFETIME));
        let refresh = format!("ghr_{}", state.fresh());
        body["expires_in"] = json!(TOKEN_LIFETIME);
        body["refresh_token"] = json!(refresh);
        body["refresh_token_expires_in"] = json!(REFRESH_LIFETIME);
        inner.refreshes.push(Refresh {
            token: refresh,
            login: login.to_owned(),
            owner,
            expires_at: now + Duration::seconds(REFRESH_LIFETIME),
        });
    }
    state.accept(token);
    (body, Some(TokenKind::User))
}
