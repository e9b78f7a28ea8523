//! Who may ask at all: the checks on a signature that come before any service looks at a request.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};

use crate::call::{Call, Wire};
use crate::home_region;
use crate::protocol::{Protocol, service_of};
use crate::refusal::Refusal;
use crate::sigv4::Authorization;
use crate::state::State;

/// How far a request's time may be off, in minutes.
const SKEW: i64 = 15;
/// How a request's time is written.
const STAMP: &str = "%Y%m%dT%H%M%SZ";

/// Reads a request's signature and checks it as far as it can be.
pub(crate) fn admit(state: &State, wire: &Wire) -> Result<Call, (Protocol, Refusal)> {
    let form = wire.form();
    let version = form
        .iter()
        .find(|(name, _)| name == "Version")
        .map(|(_, value)| value.as_str());
    let target = wire
        .has("x-amz-target")
        .then(|| wire.header("x-amz-target"));
    let addressed = service_of(version, target);
    let guess = Protocol::of(
        addressed.unwrap_or_default(),
        target.is_some(),
        wire.is_form(),
    );
    if !wire.has("authorization") {
        return Err((guess, Refusal::unsigned(guess)));
    }
    let authorization = Authorization::read(wire.header("authorization"))
        .map_err(|why| (guess, Refusal::incomplete_signature(guess, why)))?;
    let call = Call::read(
        wire,
        &authorization.service,
        &authorization.region,
        &authorization.key_id,
    );
    let protocol = if addressed.is_some() {
        guess
    } else {
        call.protocol
    };
    complete(wire, &authorization)
        .map_err(|why| (protocol, Refusal::incomplete_signature(protocol, why)))?;
    plausible(wire, &authorization, addressed)
        .map_err(|why| (protocol, Refusal::bad_signature(protocol, why)))?;
    timely(state, wire, protocol).map_err(|refusal| (protocol, refusal))?;
    verify(state, wire, &authorization, protocol).map_err(|refusal| (protocol, refusal))?;
    Ok(call)
}

fn complete(wire: &Wire, authorization: &Authorization) -> Result<(), String> {
    if !wire.has("x-amz-date") {
        return Err(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
                .to_owned(),
        );
    }
    for name in ["host", "x-amz-date"] {
        if !authorization.signed.iter().any(|signed| signed == name) {
            return Err(format!(
                "'{name}' must be a 'SignedHeader' in the AWS Authorization."
            ));
        }
    }
    if authorization.service == "s3" && !wire.has("x-amz-content-sha256") {
        return Err("Missing required header for this request: x-amz-content-sha256".to_owned());
    }
    Ok(())
}

fn plausible(
    wire: &Wire,
    authorization: &Authorization,
    addressed: Option<&str>,
) -> Result<(), String> {
    let stamp = wire.header("x-amz-date");
    if moment(stamp).is_none() {
        return Err(format!(
            "Date must be in ISO-8601 'basic format'. Got '{stamp}'."
        ));
    }
    if !stamp.starts_with(&authorization.date) || authorization.date.len() != 8 {
        return Err(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' != '{stamp}'.",
            authorization.date
        ));
    }
    if addressed.is_some_and(|service| service != authorization.service) {
        return Err(format!(
            "Credential should be scoped to correct service: '{}'.",
            addressed.unwrap_or_default()
        ));
    }
    let (service, region) = (&*authorization.service, &*authorization.region);
    let global = matches!(service, "iam" | "organizations" | "account");
    if !region_like(region) || (global && region != home_region(region)) {
        return Err(format!(
            "Credential should be scoped to a valid region, not '{region}'."
        ));
    }
    Ok(())
}

/// The time of a request must be within a quarter of an hour of the clock.
fn timely(state: &State, wire: &Wire, protocol: Protocol) -> Result<(), Refusal> {
    let stamp = wire.header("x-amz-date");
    let Some(time) = moment(stamp) else {
        return Ok(());
    };
    let (now, skew) = (state.now(), TimeDelta::minutes(SKEW));
    if (now - time).abs() <= skew {
        return Ok(());
    }
    let written = |at: DateTime<Utc>| at.format(STAMP).to_string();
    let why = if time < now {
        format!(
            "Signature expired: {stamp} is now earlier than {} ({} - {SKEW} min.)",
            written(now - skew),
            written(now)
        )
    } else {
        format!(
            "Signature not yet current: {stamp} is still later than {} ({} + {SKEW} min.)",
            written(now + skew),
            written(now)
        )
    };
    Err(Refusal::untimely(protocol, why))
}

fn moment(stamp: &str) -> Option<DateTime<Utc>> {
    let time = NaiveDateTime::parse_from_str(stamp, STAMP).ok()?;
    Some(time.and_utc())
}

fn verify(
    state: &State,
    wire: &Wire,
    authorization: &Authorization,
    protocol: Protocol,
) -> Result<(), Refusal> {
    let Some(known) = state.secret(&authorization.key_id) else {
        return Ok(());
    };
    let secret = known.ok_or_else(|| Refusal::unknown_key(protocol))?;
    if authorization.expected(wire, &secret) == authorization.signature {
        return Ok(());
    }
    Err(Refusal::bad_signature(
        protocol,
        "The request signature we calculated does not match the signature you provided.",
    ))
}

/// `us-east-1`, `us-gov-west-1`, ...
fn region_like(region: &str) -> bool {
    let parts: Vec<&str> = region.split('-').collect();
    let number = parts.last().is_some_and(|last| last.parse::<u8>().is_ok());
    parts.len() >= 3 && number && parts.iter().all(|part| !part.is_empty())
}
