//! How patient, how fast and how large: the limits of the one client.

use std::time::Duration;

/// The limits a client keeps. The defaults suit every service we know; a provider slows down where its notes say so.
#[derive(Clone, Debug)]
pub struct HttpPolicy {
    /// Whether requests are paced. Off only in tests and emulators; a service's own `Retry-After` is always honoured.
    pub pacing: bool,
    /// Requests a second to one host, on average.
    pub requests_per_second: f64,
    /// Requests to one host that may go out at once after a pause.
    pub burst: u32,
    /// Requests in flight to one host.
    pub max_concurrent_per_host: usize,
    /// Bytes of one decoded body.
    pub max_body_bytes: u64,
    /// Decoded bytes for each received byte; more is a decompression bomb. Bodies below a mebibyte are not judged.
    pub max_ratio: u32,
    /// Longest wait for a connection.
    pub connect_timeout: Duration,
    /// Longest silence of a service.
    pub idle_timeout: Duration,
    /// Longest time for one attempt.
    pub total_timeout: Duration,
    /// Attempts for one request, the first included.
    pub attempts: u32,
    /// The first pause between attempts; doubled each time, then shortened at random by up to a half.
    pub backoff_base: Duration,
    /// The longest such pause.
    pub backoff_cap: Duration,
    /// The longest `Retry-After` that is waited for; a longer one ends the request as throttled.
    pub max_retry_after: Duration,
    /// Certificates to trust besides the platform's: an inspection proxy that the platform does not know. PEM.
    pub extra_ca_pem: Option<String>,
}

impl Default for HttpPolicy {
    fn default() -> Self {
        Self {
            pacing: true,
            requests_per_second: 10.0,
            burst: 20,
            max_concurrent_per_host: 4,
            max_body_bytes: 64 << 20,
            max_ratio: 200,
            connect_timeout: Duration::from_secs(15),
            idle_timeout: Duration::from_secs(30),
            total_timeout: Duration::from_secs(120),
            attempts: 5,
            backoff_base: Duration::from_millis(500),
            backoff_cap: Duration::from_secs(30),
            max_retry_after: Duration::from_secs(300),
            extra_ca_pem: None,
        }
    }
}
