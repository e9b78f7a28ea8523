//! The API: what every request must carry, who asks, what they may ask for, and the answer.

use std::time::Instant;

use aws_lc_rs::digest;
use stand_in::form::percent_decode;
use stand_in::{Reply, Request};

use crate::auth;
use crate::company::Company;
use crate::faults::Fault;
use crate::limits::{self, Standing};
use crate::page;
use crate::permission::granted;
use crate::query::Query;
use crate::refusal::{JSON, Refusal};
use crate::route::{Call, Given, Place, Route, Whose, find};
use crate::routes::visible;
use crate::service;
use crate::state::State;
use crate::token::{Token, TokenKind};

/// The version of the API that the emulator speaks.
const VERSION: &str = "2022-11-28";

/// A path in names: what stands below the base path, decoded, with numbers turned into names.
pub(crate) fn named(state: &State, path: &str) -> Option<Vec<String>> {
    let below = path.strip_prefix(state.options.base_path())?;
    let mut segments: Vec<String> = below
        .strip_prefix('/')?
        .split('/')
        .map(percent_decode)
        .collect();
    let company = state.company();
    match segments.first().map(String::as_str) {
        Some("organizations") => {
            let right = segments.get(1) == Some(&company.id.to_string());
            let name = if right {
                company.login.clone()
            } else {
                String::new()
            };
            segments.splice(0..segments.len().min(2), ["orgs".to_owned(), name]);
        }
        Some("repositories") => {
            let id = segments.get(1).cloned().unwrap_or_default();
            let repo = company.repos.iter().find(|repo| repo.id.to_string() == id);
            let name = repo.map(|repo| repo.name.clone()).unwrap_or_default();
            segments.splice(
                0..segments.len().min(2),
                ["repos".to_owned(), company.login.clone(), name],
            );
        }
        _ => {}
    }
    Some(segments)
}

/// What one request came to.
pub(crate) struct Outcome {
    pub(crate) reply: Reply,
    /// What sort of good token the request carried.
    pub(crate) token: Option<TokenKind>,
}

/// Serves one request below the base path.
pub(crate) fn serve(
    state: &State,
    request: &Request,
    segments: &[String],
    faults: &[Fault],
) -> Outcome {
    let mut standing = None;
    let mut token = None;
    let result = answer(state, request, segments, faults, &mut token, &mut standing);
    let mut reply = result.unwrap_or_else(|refusal| refusal.reply());
    if let Some(standing) = standing {
        let standing: Standing = standing;
        standing.write(&mut reply);
    }
    if let Some(token) = &token {
        describe(token, &mut reply);
    }
    reply.set("x-github-media-type", "github.v3; format=json");
    reply.set("x-github-api-version-selected", VERSION);
    Outcome {
        reply,
        token: token.map(|token| token.kind),
    }
}

fn answer(
    state: &State,
    request: &Request,
    segments: &[String],
    faults: &[Fault],
    token: &mut Option<Token>,
    standing: &mut Option<Standing>,
) -> Result<Reply, Refusal> {
    must_carry(request)?;
    if let Some(answer) = auth::app::serve(state, request, segments) {
        return answer;
    }
    if request.method != "GET" {
        return Err(Refusal::new(405, "Only reading is emulated."));
    }
    *token = who(state, request)?;
    let company = state.company();
    let is = |name: &str| segments.iter().map(String::as_str).eq([name]);
    if is("meta") {
        return Ok(Reply::json(200, JSON, &service::meta(state)));
    }
    if is("rate_limit") {
        return service::rate_limit(state, &company, token.as_ref());
    }
    let Some(token) = token.as_ref() else {
        return Err(Refusal::new(401, "Requires authentication"));
    };
    let resource = if segments.last().is_some_and(|last| last == "audit-log") {
        "audit_log"
    } else {
        "core"
    };
    let limit = limits::granted(&state.options, &company, Some(token), resource);
    if let Some(limit) = limit {
        let mut charged = state
            .limits
            .charge(&token.secret, resource, limit, state.now(), 1);
        let over = charged.used > limit;
        charged.used = charged.used.min(limit);
        *standing = Some(charged);
        if over {
            let who = if token.kind == TokenKind::Installation {
                "installation ID 70010442"
            } else {
                "user ID 5550001"
            };
            return Err(Refusal::new(
                state.options.rate_limit_status,
                format!("API rate limit exceeded for {who}."),
            ));
        }
    }
    secondary(state)?;
    admitted(&company, token)?;
    let reply = route(state, request, segments, faults, token, &company)?;
    let reply = conditional(state, request, reply);
    if reply.status == 304
        && let Some(limit) = limit
    {
        // What has not changed costs nothing.
        *standing = Some(
            state
                .limits
                .charge(&token.secret, resource, limit, state.now(), -1),
        );
    }
    Ok(reply)
}

/// What GitHub asks of every request. That `Accept` and the version are asked for too is the emulator's own strictness.
fn must_carry(request: &Request) -> Result<(), Refusal> {
    if request.header("user-agent").is_none_or(str::is_empty) {
        return Err(Refusal::new(
            403,
            "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
        ));
    }
    let accepts = request
        .header("accept")
        .is_some_and(|accept| accept.contains("application/vnd.github"));
    if !accepts {
        return Err(Refusal::new(
            415,
            "Unsupported 'Accept' header. Must accept 'application/vnd.github+json'.",
        ));
    }
    match request.header("x-github-api-version") {
        Some(VERSION) => Ok(()),
        Some(_) => Err(Refusal::new(
            400,
            "The version in X-GitHub-Api-Version is not supported.",
        )),
        None => Err(Refusal::new(400, "X-GitHub-Api-Version is missing.")),
    }
}

/// The token of a request; `None` without an `Authorization` header.
fn who(state: &State, request: &Request) -> Result<Option<Token>, Refusal> {
    let Some(value) = request.header("authorization") else {
        return Ok(None);
    };
    let secret = value
        .split_once(' ')
        .filter(|(scheme, _)| {
            scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("token")
        })
        .map(|(_, secret)| secret.trim())
        .ok_or_else(Refusal::bad_credentials)?;
    let now = state.now();
    state
        .token(secret)
        .filter(|token| token.expires_at.is_none_or(|at| at > now))
        .map(Some)
        .ok_or_else(Refusal::bad_credentials)
}

fn secondary(state: &State) -> Result<(), Refusal> {
    let (over, status, wait) = match &state.options.secondary {
        Some(limit) => (
            !state.limits.admit(limit, Instant::now()),
            limit.status,
            limit.retry_after,
        ),
        None => (false, 403, Some(60)),
    };
    if over || state.log.under_way() > state.options.concurrent {
        return Err(secondary_limit(status, wait));
    }
    Ok(())
}

/// The refusal of the secondary limit.
pub(crate) fn secondary_limit(status: u16, wait: Option<u64>) -> Refusal {
    let refusal = Refusal::new(
        status,
        "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
    );
    match wait {
        Some(seconds) => refusal.with("retry-after", seconds.to_string()),
        None => refusal,
    }
}

/// Whether the organization lets this token in at all.
fn admitted(company: &Company, token: &Token) -> Result<(), Refusal> {
    if company.ip_blocked {
        return Err(ip_allow_list());
    }
    if company.saml && !token.sso_authorized {
        return Err(sso(&company.login));
    }
    Ok(())
}

/// The refusal of an IP allow list.
pub(crate) fn ip_allow_list() -> Refusal {
    Refusal::new(
        403,
        "Although you appear to have the correct authorization credentials, the organization has an IP allow list \
         enabled, and your IP address is not permitted to access this resource.",
    )
}

/// The refusal of single sign-on, with the address that authorizes the token.
pub(crate) fn sso(org: &str) -> Refusal {
    Refusal::new(
        403,
        "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to \
         this organization.",
    )
    .with(
        "x-github-sso",
        format!("required; url=https://github.com/orgs/{org}/sso?authorization_request=AZSCKL4U8YX1EMULATED"),
    )
}

/// Finds the address, and answers if the token may ask for it.
fn route(
    state: &State,
    request: &Request,
    segments: &[String],
    faults: &[Fault],
    token: &Token,
    company: &Company,
) -> Result<Reply, Refusal> {
    let (place, skip) = match segments.first().map(String::as_str) {
        Some("orgs") => (Place::Org, 2),
        Some("repos") => (Place::Repo, 3),
        _ => (Place::Root, 0),
    };
    let mine = |at: usize| {
        segments
            .get(at)
            .is_some_and(|name| name.eq_ignore_ascii_case(&company.login))
    };
    if place != Place::Root && !mine(1) {
        return Err(Refusal::not_found());
    }
    let repo = match place {
        Place::Repo => Some(
            segments
                .get(2)
                .and_then(|name| company.repo(name))
                .filter(|repo| visible(token, repo))
                .ok_or_else(Refusal::not_found)?,
        ),
        _ => None,
    };
    let tail = segments.get(skip..).unwrap_or_default();
    let (route, rest) = find(place, tail, state.options.product).ok_or_else(Refusal::not_found)?;
    permitted(route, token)?;
    let query = Query::read(&request.query);
    let call = Call {
        state,
        company,
        token,
        repo,
        rest,
        query: &query,
        request,
        faults,
    };
    Ok(match (route.serve)(&call)? {
        Given::One(body) => Reply::json(200, JSON, &body),
        Given::Nothing => Reply::new(204, ""),
        Given::Raw(bytes) => {
            Reply::text(200, "application/vnd.github.raw+json; charset=utf-8", bytes)
        }
        Given::List(list) => {
            let (body, link) = page::page(&call, place, tail, &list)?;
            let mut reply = Reply::json(200, JSON, &body);
            if let Some(link) = link {
                reply.set("Link", link);
            }
            reply
        }
    })
}

/// Whether the token's permissions or scopes, and its owner's rights, are enough.
fn permitted(route: &Route, token: &Token) -> Result<(), Refusal> {
    let nothing_needed = route.needs.is_empty() && route.scopes.is_empty();
    let abroad = !token.approved || !token.of_this_organization;
    let public = nothing_needed || (route.place == Place::Repo && route.path.is_empty());
    if abroad && !public {
        return Err(Refusal::not_found());
    }
    if token.kind.has_scopes() {
        let enough = route.scopes.is_empty()
            || route
                .scopes
                .iter()
                .any(|scope| token.scopes.iter().any(|have| have == scope));
        if !enough {
            return Err(
                Refusal::not_found().with("x-accepted-oauth-scopes", route.scopes.join(", "))
            );
        }
    } else if !granted(&token.permissions, route.needs) {
        return Err(Refusal::not_accessible(token.kind, route.needs));
    }
    if route.whose == Whose::Administrator && !token.administers() {
        return Err(Refusal::new(
            403,
            if route.place == Place::Repo {
                "Must have admin rights to Repository."
            } else {
                "You must be an organization owner to see this."
            },
        ));
    }
    Ok(())
}

/// Adds the tag, and answers 304 to those who have it already.
fn conditional(state: &State, request: &Request, mut reply: Reply) -> Reply {
    if reply.status != 200 {
        return reply;
    }
    let mut bytes = reply.body.clone();
    bytes.extend_from_slice(reply.header("link").unwrap_or_default().as_bytes());
    let tag = format!(
        "W/\"{}\"",
        hex(digest::digest(&digest::SHA256, &bytes).as_ref())
    );
    reply.set("ETag", tag.as_str());
    reply.set("Cache-Control", "private, max-age=60, s-maxage=60");
    reply.set(
        "Vary",
        "Accept, Authorization, Cookie, X-GitHub-OTP, Accept-Encoding, X-Requested-With",
    );
    let known = request
        .header("if-none-match")
        .is_some_and(|tags| tags.split(',').any(|have| weak(have) == weak(&tag)));
    if !known {
        return reply;
    }
    let mut unchanged = Reply::new(304, "");
    for name in ["ETag", "Cache-Control", "Vary"] {
        if let Some(value) = reply.header(name) {
            unchanged.set(name, value);
        }
    }
    if state.options.link_with_304
        && let Some(link) = reply.header("link")
    {
        unchanged.set("Link", link);
    }
    unchanged
}

fn weak(tag: &str) -> &str {
    let tag = tag.trim();
    tag.strip_prefix("W/").unwrap_or(tag)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What headers say about the token.
fn describe(token: &Token, reply: &mut Reply) {
    if token.kind.has_scopes() {
        reply.set("x-oauth-scopes", token.scopes.join(", "));
        if reply.header("x-accepted-oauth-scopes").is_none() {
            reply.set("x-accepted-oauth-scopes", "");
        }
    }
    if let Some(at) = token.expires_at
        && matches!(token.kind, TokenKind::FineGrained | TokenKind::Classic)
    {
        reply.set(
            "github-authentication-token-expiration",
            at.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
        );
    }
}
