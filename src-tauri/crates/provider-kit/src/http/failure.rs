//! What went wrong on the way, as an error with a remedy. Each class of failure has its own code.

use crate::{ErrorClass, ProviderError};
use rustls::{AlertDescription, CertificateError, Error as TlsError};
use std::{error::Error, io, time::Duration};

const TRY_NETWORK: &str =
    "Check the network connection, then try again; what was collected before is kept.";
const TRUST: &str = "If your company inspects encrypted traffic, ask IT to add its certificate authority to this computer's \
                     trusted certificates, or to exempt this host.";

fn network(code: &str, host: &str, why: impl Into<String>, fix: &str) -> ProviderError {
    ProviderError::new(
        ErrorClass::Network,
        code,
        format!("{host} could not be reached."),
        why,
        fix,
    )
}

fn tls(code: &str, host: &str, why: impl Into<String>, fix: &str) -> ProviderError {
    let what = format!("The secure connection to {host} was refused by this app.");
    ProviderError::new(ErrorClass::TlsInterception, code, what, why, fix)
}

/// The error of a request that failed before or while its answer came in. The URL, which may hold a secret, is left out.
pub fn from_reqwest(host: &str, error: reqwest::Error) -> ProviderError {
    let error = error.without_url();
    let mapped = if let Some(tls) = find_tls(&error) {
        from_tls(host, tls)
    } else if error.is_dns() || says(&error, "dns error") {
        network(
            "dns_failed",
            host,
            "The name could not be looked up: there is no network, the name is mistyped, or the network blocks it.",
            "Check the network connection and the spelling of the host, then try again.",
        )
    } else if says(&error, "proxy authorization required") {
        proxy_sign_in(host)
    } else if says(&error, "tunnel error") {
        ProviderError::new(
            ErrorClass::Proxy,
            "proxy_failed",
            format!("The proxy of this network did not connect to {host}."),
            "The proxy set for this computer refused or could not make the connection.",
            "Ask IT whether the proxy allows this host, or correct the computer's proxy settings.",
        )
    } else if error.is_timeout() {
        timed_out(host, None)
    } else if let Some(kind) = io_kind(&error) {
        from_io(host, kind, error.is_connect())
    } else if error.is_connect() {
        network(
            "connect_failed",
            host,
            "No connection could be made.",
            TRY_NETWORK,
        )
    } else {
        broken_off(host)
    };
    mapped.with_detail(chain(&error))
}

fn from_io(host: &str, kind: io::ErrorKind, connecting: bool) -> ProviderError {
    use io::ErrorKind::{ConnectionRefused, HostUnreachable, NetworkUnreachable, TimedOut};
    match kind {
        ConnectionRefused => network(
            "connection_refused",
            host,
            "The computer answered that nothing listens at that address.",
            "Check the host and the port, and whether a firewall on this computer or the network blocks it.",
        ),
        HostUnreachable | NetworkUnreachable => network(
            "unreachable",
            host,
            "There is no way from this network to that address.",
            "Check the network connection, the VPN, and whether the network offers the kind of address (IPv4 or IPv6) the service has.",
        ),
        TimedOut => timed_out(host, None),
        _ if connecting => network(
            "connect_failed",
            host,
            "No connection could be made.",
            TRY_NETWORK,
        ),
        _ => broken_off(host),
    }
}

/// The transfer ended before its end.
pub fn broken_off(host: &str) -> ProviderError {
    network(
        "connection_broken",
        host,
        "The connection ended in the middle of an answer.",
        TRY_NETWORK,
    )
}

/// Nothing came for too long.
pub fn timed_out(host: &str, after: Option<Duration>) -> ProviderError {
    let why = after.map_or_else(
        || "Nothing came back in time.".to_owned(),
        |after| {
            format!(
                "No complete answer came within {} seconds.",
                after.as_secs()
            )
        },
    );
    network("timeout", host, why, TRY_NETWORK)
}

/// A failure that is not told in the service's own words.
pub(super) fn not_its_own(host: &str, status: u16) -> ProviderError {
    ProviderError::malformed(
        format!("The answer of {host} can't be read."),
        format!("It failed (status {status}), and not in the words of the service."),
    )
}

/// A proxy wants a sign-in.
pub fn proxy_sign_in(host: &str) -> ProviderError {
    ProviderError::new(
        ErrorClass::Proxy,
        "proxy_sign_in",
        format!("The proxy of this network did not let the request to {host} through."),
        "It asks for a user name and a password (status 407).",
        "Ask IT for a proxy that this computer may use without signing in, or to exempt this host.",
    )
}

/// A web page came where data was expected.
pub fn web_page(host: &str) -> ProviderError {
    ProviderError::new(
        ErrorClass::Proxy,
        "captive_portal",
        format!("A web page came back instead of {host}'s data."),
        "A sign-in page of the network (hotel, guest Wi-Fi), a proxy's block page, or a wrong address answers in its place.",
        "Open a browser and sign in to the network, or ask IT to exempt this host; then try again. Nothing of it was stored.",
    )
}

/// A redirect to where we don't follow.
pub fn redirected(host: &str, target: &str) -> ProviderError {
    ProviderError::new(
        ErrorClass::Proxy,
        "redirected",
        format!("{host} sent the request elsewhere."),
        format!(
            "It pointed to {target}. Requests with credentials are not sent on to another address."
        ),
        "If a proxy or the network's sign-in page does this, sign in to the network or ask IT to exempt this host. \
         If the service has moved, correct the address in the connection.",
    )
}

/// An address that can't be asked.
pub fn bad_address(why: impl Into<String>) -> ProviderError {
    ProviderError::new(
        ErrorClass::Configuration,
        "bad_address",
        "The request was not sent.",
        why,
        "Correct the address in the connection: it begins with https:// and holds no user name or password.",
    )
}

/// The service asked for a longer pause than we make, or did not stop asking.
pub fn throttled(host: &str, status: u16, wait: Option<Duration>, attempts: u32) -> ProviderError {
    let why = match wait {
        Some(wait) => format!("It asked to wait {} seconds.", wait.as_secs()),
        None => format!("It still said so at attempt {attempts}."),
    };
    let mut error = ProviderError::new(
        ErrorClass::Throttled,
        "throttled",
        format!("{host} limits how fast it may be asked."),
        why,
        "Nothing needs to be mended. The next sync tries again; other programs that use the same account can be the cause.",
    )
    .with_detail(format!("status {status}, attempts {attempts}"));
    error.retry_after_s = wait.map(|wait| wait.as_secs());
    error
}

/// The service failed by its own account.
pub fn outage(host: &str, status: u16, attempts: u32) -> ProviderError {
    ProviderError::new(
        ErrorClass::ServiceOutage,
        "service_error",
        format!("{host} has a problem of its own."),
        format!("It answered {status} at each of {attempts} attempts."),
        "Look at the service's status page. The next sync tries again.",
    )
    .with_detail(format!("status {status}, attempts {attempts}"))
}

fn from_tls(host: &str, error: &TlsError) -> ProviderError {
    use CertificateError as C;
    const CLOCK: &str = "Check this computer's date and time; if they are right, the service's operator must renew it.";
    const OPERATOR: &str = "Ask IT or the service's operator: the connection can't be made safely. There is no switch to ignore this.";
    match error {
        TlsError::InvalidCertificate(cause) => match cause {
            C::Expired | C::ExpiredContext { .. } => {
                tls("tls_expired", host, "Its certificate has expired.", CLOCK)
            }
            C::NotValidYet | C::NotValidYetContext { .. } => tls(
                "tls_not_valid_yet",
                host,
                "Its certificate is not valid yet.",
                CLOCK,
            ),
            C::NotValidForName | C::NotValidForNameContext { .. } => tls(
                "tls_wrong_host",
                host,
                "The certificate shown is for another host.",
                "Check the host in the connection. If it is right, something between this computer and the service answers in its place.",
            ),
            C::Revoked => tls(
                "tls_revoked",
                host,
                "Its certificate was revoked.",
                OPERATOR,
            ),
            C::UnknownIssuer => tls(
                "tls_unknown_issuer",
                host,
                "Its certificate was issued by somebody this computer does not trust: usually a company's inspection proxy.",
                TRUST,
            ),
            C::BadSignature => tls(
                "tls_bad_signature",
                host,
                "Its certificate's signature is wrong.",
                OPERATOR,
            ),
            C::UnsupportedSignatureAlgorithmContext { .. }
            | C::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => tls(
                "tls_weak_signature",
                host,
                "Its certificate is signed in an outdated way.",
                OPERATOR,
            ),
            C::InvalidPurpose | C::InvalidPurposeContext { .. } => tls(
                "tls_wrong_purpose",
                host,
                "Its certificate is not made for a server.",
                OPERATOR,
            ),
            C::UnknownRevocationStatus
            | C::ExpiredRevocationList
            | C::ExpiredRevocationListContext { .. } => tls(
                "tls_revocation_unknown",
                host,
                "Whether its certificate was revoked could not be found out.",
                OPERATOR,
            ),
            // The platform verifier wraps this one, without a type of its own that could be matched.
            C::Other(cause) if format!("{cause:?}").contains("EkuError") => tls(
                "tls_wrong_purpose",
                host,
                "Its certificate is not made for a server.",
                OPERATOR,
            ),
            // The systems' own verifiers have further reasons; the detail keeps their words.
            _ => tls(
                "tls_not_trusted",
                host,
                "This computer does not trust its certificate.",
                TRUST,
            ),
        },
        TlsError::AlertReceived(AlertDescription::ProtocolVersion)
        | TlsError::PeerIncompatible(_) => tls(
            "tls_too_old",
            host,
            "It offers only outdated kinds of encryption (older than TLS 1.2, or broken ciphers).",
            OPERATOR,
        ),
        TlsError::AlertReceived(AlertDescription::HandshakeFailure) => tls(
            "tls_no_common_cipher",
            host,
            "No kind of encryption suits both sides.",
            OPERATOR,
        ),
        TlsError::InvalidMessage(_) => tls(
            "tls_not_spoken",
            host,
            "What answers there does not speak TLS.",
            "Check the port and whether the address is one for https.",
        ),
        _ => tls("tls_failed", host, "The handshake failed.", OPERATOR),
    }
}

type Cause<'a> = &'a (dyn Error + 'static);

fn sources(error: Cause<'_>) -> impl Iterator<Item = Cause<'_>> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}

/// An `io::Error` hides what it wraps from `source`, so both are looked into.
fn find_tls<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a TlsError> {
    sources(error).find_map(|error| {
        error.downcast_ref::<TlsError>().or_else(|| {
            let inner = error.downcast_ref::<io::Error>()?.get_ref()?;
            inner.downcast_ref::<TlsError>().or_else(|| {
                inner
                    .downcast_ref::<io::Error>()?
                    .get_ref()?
                    .downcast_ref::<TlsError>()
            })
        })
    })
}

fn io_kind(error: &(dyn Error + 'static)) -> Option<io::ErrorKind> {
    sources(error)
        .filter_map(|error| error.downcast_ref::<io::Error>())
        .map(io::Error::kind)
        .last()
}

fn says(error: &(dyn Error + 'static), words: &str) -> bool {
    sources(error).any(|error| error.to_string().contains(words))
}

fn chain(error: &(dyn Error + 'static)) -> String {
    let mut parts: Vec<String> = sources(error).map(ToString::to_string).collect();
    parts.dedup();
    parts.join(": ")
}
