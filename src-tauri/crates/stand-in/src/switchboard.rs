//! Things that go wrong on purpose, switched on and off while an emulator runs.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// One way to misbehave, as a service names it.
pub trait Misbehaviour: Clone {
    /// Uses up one of a limited number of times. False once it is spent.
    fn spend(&mut self) -> bool {
        true
    }

    /// Whether it ends the request with an error of the service.
    fn refuses(&self) -> bool;
}

/// Uses up one of `times`; `u32::MAX` means for ever. False once none is left.
pub fn spend(times: &mut u32) -> bool {
    if *times == 0 {
        return false;
    }
    if *times != u32::MAX {
        *times -= 1;
    }
    true
}

/// The faults that are on, each with what it covers. Several on one request take effect together; of those that refuse,
/// the first set goes first, and the next waits for the next request.
#[derive(Debug)]
pub struct Switchboard<S, F> {
    active: Mutex<Vec<(S, F)>>,
}

impl<S, F> Default for Switchboard<S, F> {
    fn default() -> Self {
        Self {
            active: Mutex::default(),
        }
    }
}

impl<S, F: Misbehaviour> Switchboard<S, F> {
    /// Switches a fault on for what the scope covers.
    pub fn set(&self, scope: S, fault: F) {
        self.lock().push((scope, fault));
    }

    /// Switches off every fault whose scope is meant.
    pub fn clear(&self, meant: impl Fn(&S) -> bool) {
        self.lock().retain(|(scope, _)| !meant(scope));
    }

    /// Switches everything off.
    pub fn clear_all(&self) {
        self.lock().clear();
    }

    /// The faults for one request; limited ones are used up by this call.
    pub fn take(&self, concerns: impl Fn(&S, &F) -> bool) -> Vec<F> {
        let mut found: Vec<F> = Vec::new();
        for (scope, fault) in self.lock().iter_mut() {
            let waits = fault.refuses() && found.iter().any(F::refuses);
            if concerns(scope, fault) && !waits && fault.spend() {
                found.push(fault.clone());
            }
        }
        found
    }

    /// Whether a fault like this is on. Uses nothing up.
    pub fn any(&self, like: impl Fn(&S, &F) -> bool) -> bool {
        self.lock().iter().any(|(scope, fault)| like(scope, fault))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(S, F)>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, PartialEq)]
    enum Fault {
        Refuse(u32),
        Slow,
    }

    impl Misbehaviour for Fault {
        fn spend(&mut self) -> bool {
            match self {
                Self::Refuse(times) => spend(times),
                Self::Slow => true,
            }
        }

        fn refuses(&self) -> bool {
            matches!(self, Self::Refuse(_))
        }
    }

    #[test]
    fn refusals_queue_up_run_out_and_leave_the_others_on() {
        let board = Switchboard::default();
        board.set("a", Fault::Refuse(1));
        board.set("a", Fault::Slow);
        board.set("a", Fault::Refuse(u32::MAX));
        board.set("b", Fault::Slow);
        let take = |path: &str| board.take(|scope, _| *scope == path);
        assert_eq!(take("a"), [Fault::Refuse(0), Fault::Slow]);
        assert_eq!(take("a"), [Fault::Slow, Fault::Refuse(u32::MAX)]);
        assert_eq!(take("a").len(), 2);
        assert!(take("c").is_empty());
        board.clear(|scope| *scope == "a");
        assert!(take("a").is_empty() && board.any(|scope, _| *scope == "b"));
        board.clear_all();
        assert!(!board.any(|_, _| true));
    }
}
