//! Which addresses are asked at all.

use super::{failure, redact};
use crate::ProviderError;
use std::net::IpAddr;
use url::{Host, Url};

/// Whether two addresses have the same scheme, host and port.
pub(crate) fn same_origin(one: &Url, two: &Url) -> bool {
    one.scheme() == two.scheme()
        && one.host() == two.host()
        && one.port_or_known_default() == two.port_or_known_default()
}

/// Whether an address is this computer.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).to_canonical().is_loopback(),
        None => false,
    }
}

/// `https` anywhere, `http` to this computer only, never with a name or password in it.
pub(crate) fn check_address(url: &Url) -> Result<(), ProviderError> {
    let host = redact::host(url);
    if !url.username().is_empty() || url.password().is_some() {
        return Err(failure::bad_address(format!(
            "The address of {host} holds a user name or a password."
        )));
    }
    match url.scheme() {
        "https" if url.host().is_some() => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        "http" => Err(failure::bad_address(format!(
            "{host} would be asked without encryption (http://)."
        ))),
        other => Err(failure::bad_address(format!(
            "{other}: is not a kind of address a service has."
        ))),
    }
}
