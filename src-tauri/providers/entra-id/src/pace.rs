//! Microsoft's narrower limits for reports and for policies of identity protection, kept beside the client's own budget.

use crate::datasets::Pace;
use provider_kit::ProviderError;
use std::time::Duration;
use tokio::{sync::Mutex, time::Instant};
use tokio_util::sync::CancellationToken;

/// Requests that may go at once, and the time after which one more may.
#[derive(Debug)]
struct Gate {
    burst: u32,
    interval: Duration,
    /// When the bucket would be full again.
    full_at: Mutex<Option<Instant>>,
}

impl Gate {
    const fn new(burst: u32, interval: Duration) -> Self {
        Self {
            burst,
            interval,
            full_at: Mutex::const_new(None),
        }
    }

    /// How long the next request has to wait; it is booked.
    async fn book(&self) -> Duration {
        let now = Instant::now();
        let mut full_at = self.full_at.lock().await;
        let next = full_at.unwrap_or(now).max(now) + self.interval;
        *full_at = Some(next);
        next.duration_since(now)
            .saturating_sub(self.interval * self.burst)
    }
}

/// The gates of one session.
#[derive(Debug)]
pub(crate) struct Paces {
    on: bool,
    reports: Gate,
    protection: Gate,
}

impl Paces {
    /// Gates that are open from the start where nothing is paced.
    pub(crate) const fn new(on: bool) -> Self {
        Self {
            on,
            reports: Gate::new(5, Duration::from_secs(2)),
            protection: Gate::new(1, Duration::from_secs(1)),
        }
    }

    /// Waits until a request of this kind may go out.
    pub(crate) async fn wait(
        &self,
        pace: Pace,
        cancel: &CancellationToken,
    ) -> Result<(), ProviderError> {
        let gate = match pace {
            Pace::Reports if self.on => &self.reports,
            Pace::Protection if self.on => &self.protection,
            _ => return Ok(()),
        };
        let wait = gate.book().await;
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(ProviderError::cancelled()),
            () = tokio::time::sleep(wait) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn five_reports_go_at_once_and_then_one_every_two_seconds() {
        let (paces, cancel, start) = (Paces::new(true), CancellationToken::new(), Instant::now());
        for _ in 0..5 {
            paces.wait(Pace::Reports, &cancel).await.unwrap();
        }
        assert_eq!(start.elapsed().as_secs(), 0);
        paces.wait(Pace::Reports, &cancel).await.unwrap();
        paces.wait(Pace::Reports, &cancel).await.unwrap();
        assert_eq!(start.elapsed().as_secs(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_waits_where_nothing_is_paced_or_all_is_cancelled() {
        let (cancel, start) = (CancellationToken::new(), Instant::now());
        for _ in 0..20 {
            Paces::new(false)
                .wait(Pace::Protection, &cancel)
                .await
                .unwrap();
        }
        let paces = Paces::new(true);
        paces.wait(Pace::Protection, &cancel).await.unwrap();
        cancel.cancel();
        assert!(paces.wait(Pace::Protection, &cancel).await.is_err());
        assert_eq!(start.elapsed().as_secs(), 0);
    }
}
