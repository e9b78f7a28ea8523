//! How fast requests go to one host: a token bucket, a limit on requests in flight, and what the service asks for.

use super::HttpPolicy;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

/// After each "slow down" the rate is halved, but never below this share of the policy's.
const SLOWEST: f64 = 1.0 / 16.0;
/// Each good answer gives back this share of the policy's rate.
const RECOVERY: f64 = 1.0 / 64.0;

/// The lanes of all hosts.
#[derive(Debug, Default)]
pub struct Lanes {
    hosts: Mutex<HashMap<String, Arc<Lane>>>,
}

impl Lanes {
    /// The lane to `host`.
    pub fn lane(&self, host: &str, policy: &HttpPolicy) -> Arc<Lane> {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lane) = hosts.get(host) {
            return Arc::clone(lane);
        }
        let lane = Arc::new(Lane::new(policy));
        hosts.insert(host.to_owned(), Arc::clone(&lane));
        lane
    }
}

/// The way to one host, shared by all who go there.
#[derive(Debug)]
pub struct Lane {
    slots: Arc<Semaphore>,
    pace: Mutex<Pace>,
}

#[derive(Debug)]
struct Pace {
    paced: bool,
    full_rate: f64,
    /// Share of the full rate that is in use now.
    share: f64,
    burst: f64,
    tokens: f64,
    filled_at: Instant,
    closed_until: Instant,
}

impl Lane {
    fn new(policy: &HttpPolicy) -> Self {
        let burst = f64::from(policy.burst.max(1));
        let now = Instant::now();
        Self {
            slots: Arc::new(Semaphore::new(policy.max_concurrent_per_host.max(1))),
            pace: Mutex::new(Pace {
                paced: policy.pacing,
                full_rate: policy.requests_per_second.max(0.01),
                share: 1.0,
                burst,
                tokens: burst,
                filled_at: now,
                closed_until: now,
            }),
        }
    }

    /// Waits for a place among the requests in flight and for a token; the place is free again when dropped.
    pub async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        // The semaphore is never closed; without it the request would only be less restrained.
        let permit = Arc::clone(&self.slots).acquire_owned().await.ok();
        while let Some(wait) = self.take(Instant::now()) {
            tokio::time::sleep(wait).await;
        }
        permit
    }

    /// Takes a token, or says how long to wait for one.
    fn take(&self, now: Instant) -> Option<Duration> {
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        if pace.closed_until > now {
            return Some(pace.closed_until - now);
        }
        if !pace.paced {
            return None;
        }
        let rate = pace.full_rate * pace.share;
        // Slowed down, a burst would undo the slowing.
        let burst = (pace.burst * pace.share).max(1.0);
        let elapsed = now.saturating_duration_since(pace.filled_at).as_secs_f64();
        pace.tokens = elapsed.mul_add(rate, pace.tokens).min(burst);
        pace.filled_at = now;
        if pace.tokens >= 1.0 {
            pace.tokens -= 1.0;
            return None;
        }
        // A little more than needed, so that rounding never makes this spin.
        Some(Duration::from_secs_f64((1.0 - pace.tokens) / rate) + Duration::from_millis(1))
    }

    /// The service asked to slow down: the rate is halved, and nobody goes there for `wait`.
    pub fn slow_down(&self, wait: Duration) {
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        pace.share = (pace.share / 2.0).max(SLOWEST);
        pace.tokens = pace.tokens.min(1.0);
        if let Some(until) = Instant::now().checked_add(wait) {
            pace.closed_until = pace.closed_until.max(until);
        }
    }

    /// A good answer: the rate recovers a little.
    pub fn speed_up(&self) {
        let mut pace = self.pace.lock().unwrap_or_else(PoisonError::into_inner);
        pace.share = (pace.share + RECOVERY).min(1.0);
    }

    #[cfg(test)]
    fn share(&self) -> f64 {
        self.pace
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .share
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn policy() -> HttpPolicy {
        HttpPolicy {
            requests_per_second: 10.0,
            burst: 5,
            max_concurrent_per_host: 2,
            ..HttpPolicy::default()
        }
    }

    async fn time_for(lane: &Lane, requests: u32) -> f64 {
        let start = Instant::now();
        for _ in 0..requests {
            lane.enter().await;
        }
        start.elapsed().as_secs_f64()
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_is_free_then_the_rate_holds() {
        let lane = Lane::new(&policy());
        assert!(time_for(&lane, 5).await < 0.001);
        let ten = time_for(&lane, 10).await;
        assert!(
            (0.99..1.1).contains(&ten),
            "10 requests at 10 a second took {ten} s"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn slowing_down_halves_the_rate_and_good_answers_restore_it() {
        let lane = Lane::new(&policy());
        lane.slow_down(Duration::from_secs(3));
        let first = time_for(&lane, 1).await;
        assert!(
            (3.0..3.2).contains(&first),
            "nobody goes before the service allows it: {first}"
        );
        time_for(&lane, 3).await;
        let ten = time_for(&lane, 10).await;
        assert!((1.9..2.2).contains(&ten), "half the rate: {ten}");
        (0..10).for_each(|_| lane.slow_down(Duration::ZERO));
        assert!(
            (lane.share() - SLOWEST).abs() < 1e-9,
            "never to a standstill"
        );
        (0..64).for_each(|_| lane.speed_up());
        assert!((lane.share() - 1.0).abs() < 1e-9);
    }

    #[tokio::test(start_paused = true)]
    async fn without_pacing_only_the_services_own_wish_counts() {
        let lane = Lane::new(&HttpPolicy {
            pacing: false,
            ..policy()
        });
        assert!(time_for(&lane, 1000).await < 0.001);
        lane.slow_down(Duration::from_secs(2));
        let wait = time_for(&lane, 1).await;
        assert!((2.0..2.1).contains(&wait), "{wait}");
    }

    #[tokio::test(start_paused = true)]
    async fn only_so_many_are_in_flight() {
        let lane = Lane::new(&policy());
        let (_one, two) = (lane.enter().await, lane.enter().await);
        assert!(
            tokio::time::timeout(Duration::from_secs(60), lane.enter())
                .await
                .is_err()
        );
        drop(two);
        assert!(
            tokio::time::timeout(Duration::from_secs(60), lane.enter())
                .await
                .is_ok()
        );
    }

    #[tokio::test(start_paused = true)]
    async fn hosts_do_not_slow_each_other() {
        let lanes = Lanes::default();
        lanes
            .lane("a", &policy())
            .slow_down(Duration::from_secs(100));
        assert!(time_for(&lanes.lane("b", &policy()), 1).await < 0.001);
        assert!(time_for(&lanes.lane("a", &policy()), 1).await > 99.0);
    }
}
