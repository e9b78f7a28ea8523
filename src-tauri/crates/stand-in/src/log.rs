//! What was asked of an emulator, so that a test can compare it with what a client says it did.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The growing log of one emulator's own entries, with a count of requests under way.
#[derive(Debug)]
pub struct Log<E> {
    entries: Mutex<Vec<E>>,
    running: AtomicUsize,
    peak: AtomicUsize,
}

impl<E> Default for Log<E> {
    fn default() -> Self {
        Self {
            entries: Mutex::default(),
            running: AtomicUsize::new(0),
            peak: AtomicUsize::new(0),
        }
    }
}

impl<E: Clone> Log<E> {
    /// Enters a request; the number is for [`Log::decide`].
    pub fn begin(&self, entry: E) -> usize {
        let mut entries = self.lock();
        entries.push(entry);
        entries.len() - 1
    }

    /// Counts a request as under way until the guard is dropped.
    pub fn running(&self) -> Running<'_> {
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.peak.fetch_max(running, Ordering::SeqCst);
        Running(&self.running)
    }

    /// How many requests are under way.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.running.load(Ordering::SeqCst)
    }

    /// Writes the outcome down. To be called before the first byte goes out, so whoever has the answer also finds the
    /// entry.
    pub fn decide(&self, number: usize, change: impl FnOnce(&mut E)) {
        if let Some(entry) = self.lock().get_mut(number) {
            change(entry);
        }
    }

    /// Every entry so far, in the order of arrival.
    #[must_use]
    pub fn entries(&self) -> Vec<E> {
        self.lock().clone()
    }

    /// Forgets the entries. Only sensible while no request is under way.
    pub fn clear(&self) {
        self.lock().clear();
    }

    /// The largest number of requests that were under way at the same time.
    #[must_use]
    pub fn peak(&self) -> usize {
        self.peak.load(Ordering::SeqCst)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<E>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request under way.
#[derive(Debug)]
pub struct Running<'a>(&'a AtomicUsize);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_decided_later_and_the_peak_stays() {
        let log = Log::default();
        let (first, second) = (log.begin("a"), log.begin("b"));
        log.decide(second, |entry| *entry = "B");
        log.decide(9, |entry| *entry = "nobody");
        assert_eq!((first, log.entries()), (0, vec!["a", "B"]));
        {
            let _one = log.running();
            let _two = log.running();
            assert_eq!(log.under_way(), 2);
        }
        let _three = log.running();
        assert_eq!((log.under_way(), log.peak()), (1, 2));
        log.clear();
        assert!(log.entries().is_empty());
    }
}
