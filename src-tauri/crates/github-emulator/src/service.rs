//! What the service says about itself and its limits.

use serde_json::{Value, json};
use stand_in::Reply;

use crate::company::Company;
use crate::limits;
use crate::options::Product;
use crate::refusal::{JSON, Refusal};
use crate::state::State;
use crate::token::Token;

/// The service itself.
pub(crate) fn meta(state: &State) -> Value {
    match state.options.product {
        Product::Server(minor) => json!({
            "verifiable_password_authentication": true, "installed_version": format!("3.{minor}.1"),
        }),
        Product::Cloud => json!({
            "verifiable_password_authentication": false, "hooks": ["192.0.2.0/24"], "web": ["192.0.2.0/24"],
            "api": ["192.0.2.0/24"], "git": ["192.0.2.0/24"],
        }),
    }
}

/// What a token has left. Asking this costs nothing.
pub(crate) fn rate_limit(
    state: &State,
    company: &Company,
    token: Option<&Token>,
) -> Result<Reply, Refusal> {
    let look = |resource: &'static str| {
        let limit = limits::granted(&state.options, company, token, resource)?;
        let secret = token.map_or("", |token| token.secret.as_str());
        let standing = state.limits.charge(secret, resource, limit, state.now(), 0);
        Some(json!({
            "limit": standing.limit, "remaining": standing.remaining(), "reset": standing.reset,
            "used": standing.used.min(standing.limit), "resource": resource,
        }))
    };
    let (Some(core), Some(audit_log)) = (look("core"), look("audit_log")) else {
        return Err(Refusal::new(404, "Rate limiting is not enabled."));
    };
    // Searching is not emulated, so none of it is ever used.
    let search = json!({
        "limit": 30, "remaining": 30, "reset": state.now().timestamp() + 60, "used": 0, "resource": "search",
    });
    let body = json!({"resources": {"core": core, "search": search, "audit_log": audit_log}, "rate": core});
    Ok(Reply::json(200, JSON, &body))
}
