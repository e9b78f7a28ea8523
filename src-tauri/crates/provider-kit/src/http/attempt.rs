//! One attempt's entry in the log, written whatever happens to the attempt.

use super::{Ask, OutboundRecord, RequestLog};
use crate::ProviderError;
use chrono::Utc;
use evidence::{PageRequest, Timestamp};
use std::time::Instant;

/// Writes its record when dropped, so that a cancelled attempt is in the log as well.
pub struct Logged<'a> {
    log: &'a dyn RequestLog,
    record: OutboundRecord,
    start: Instant,
}

impl<'a> Logged<'a> {
    /// An attempt that begins now. Here and nowhere else the wall clock is read.
    pub fn begin(log: &'a dyn RequestLog, ask: &Ask, attempt: u32) -> Self {
        let PageRequest {
            method,
            host,
            path,
            query,
        } = ask.page_request();
        let record = OutboundRecord {
            at: Timestamp::from_datetime(Utc::now()),
            method,
            host,
            path,
            query,
            status: None,
            attempt,
            bytes: 0,
            millis: 0,
            error_code: Some("cancelled".to_owned()),
        };
        Self {
            log,
            record,
            start: Instant::now(),
        }
    }

    /// A status came.
    pub fn status(&mut self, status: u16) {
        self.record.status = Some(status);
    }

    /// The attempt ended with so many bytes.
    pub fn read(&mut self, bytes: usize) {
        self.record.bytes = bytes as u64;
        self.record.error_code = None;
    }

    /// The attempt ended with this error.
    pub fn failed(&mut self, error: &ProviderError) {
        self.record.error_code = Some(error.code.clone());
    }
}

impl Drop for Logged<'_> {
    fn drop(&mut self) {
        self.record.millis = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        let OutboundRecord {
            method,
            host,
            path,
            status,
            attempt,
            bytes,
            millis,
            error_code,
            ..
        } = &self.record;
        tracing::debug!(%method, %host, %path, ?status, attempt, bytes, millis, ?error_code, "Asked {host}.");
        self.log.record(self.record.clone());
    }
}
