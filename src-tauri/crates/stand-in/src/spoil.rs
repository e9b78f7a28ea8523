//! Bodies that no service means to send.

use crate::reply::Reply;

/// The page that a captive portal puts in the way, with status 200.
#[must_use]
pub fn captive_portal() -> Reply {
    Reply::text(
        200,
        "text/html; charset=utf-8",
        "<!doctype html><title>Guest network</title><form action=/login><button>Accept</button></form>",
    )
}

/// Ends the body in the middle, with a matching length.
pub fn stop_in_the_middle(reply: &mut Reply) {
    reply.body.truncate(reply.body.len() * 2 / 3);
}
