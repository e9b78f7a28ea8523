//! Keyring calls on one thread of their own, with a time limit.
//!
//! A locked keyring can block for ever. Here the caller never does: a call that is not answered in time returns
//! `Timeout`, and as long as it hangs no second one is started. Nobody joins the thread, so the program can always
//! exit.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use uuid::Uuid;
use zeroize::Zeroizing;

use super::{
    KeyStore, KeyringError, RollbackMarker, decode_key, decode_marker, encode_key, encode_marker,
    key_account, marker_account,
};
use crate::Secret32;

/// A keyring by account name, blocking as it likes. Lives on the thread.
pub(crate) trait Backend: Send + 'static {
    fn read(&mut self, account: &str) -> Result<Option<Zeroizing<String>>, KeyringError>;
    fn write(&mut self, account: &str, value: &str) -> Result<(), KeyringError>;
    fn remove(&mut self, account: &str) -> Result<(), KeyringError>;
}

enum Op {
    Read(String),
    Write(String, Zeroizing<String>),
    Remove(String),
}

type Answer = Result<Option<Zeroizing<String>>, KeyringError>;

struct Job {
    op: Op,
    answer: SyncSender<Answer>,
}

/// Whether a call is under way, finished or abandoned.
#[derive(Default)]
struct Gate {
    busy: Mutex<bool>,
    freed: Condvar,
}

impl Gate {
    fn lock(&self) -> MutexGuard<'_, bool> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until no call is under way, but not beyond `deadline`.
    fn enter(&self, deadline: Instant) -> Result<(), KeyringError> {
        let mut busy = self.lock();
        while *busy {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(KeyringError::Timeout);
            }
            busy = self
                .freed
                .wait_timeout(busy, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        *busy = true;
        Ok(())
    }
}

/// Opens the gate again when a call ends, also by a panic.
struct Leaving(Arc<Gate>);

impl Drop for Leaving {
    fn drop(&mut self) {
        *self.0.lock() = false;
        self.0.freed.notify_one();
    }
}

/// A [`KeyStore`] over a blocking [`Backend`].
pub(crate) struct BoundedKeyring {
    // A mutex only because senders are not shared between threads.
    jobs: Mutex<Sender<Job>>,
    gate: Arc<Gate>,
    limit: Duration,
}

impl BoundedKeyring {
    pub(crate) fn start(backend: impl Backend, limit: Duration) -> Result<Self, KeyringError> {
        let (jobs, received) = channel();
        let gate = Arc::new(Gate::default());
        let theirs = Arc::clone(&gate);
        std::thread::Builder::new()
            .name("keyring".into())
            .spawn(move || work(backend, &received, &theirs))
            .map_err(|error| KeyringError::Failed {
                detail: format!("no thread for the keyring: {}", error.kind()),
            })?;
        Ok(Self {
            jobs: Mutex::new(jobs),
            gate,
            limit,
        })
    }

    fn call(&self, op: Op) -> Answer {
        let gone = || KeyringError::Failed {
            detail: "the keyring's thread has ended".into(),
        };
        let deadline = Instant::now() + self.limit;
        self.gate.enter(deadline)?;
        let (answer, answered) = sync_channel(1);
        let sent = self
            .jobs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .send(Job { op, answer });
        if sent.is_err() {
            drop(Leaving(Arc::clone(&self.gate)));
            return Err(gone());
        }
        match answered.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => {
                tracing::warn!(
                    "The system keyring did not answer within {} ms.",
                    self.limit.as_millis()
                );
                Err(KeyringError::Timeout)
            }
            Err(RecvTimeoutError::Disconnected) => Err(gone()),
        }
    }
}

fn work(mut backend: impl Backend, jobs: &Receiver<Job>, gate: &Arc<Gate>) {
    while let Ok(Job { op, answer }) = jobs.recv() {
        let leaving = Leaving(Arc::clone(gate));
        let outcome = match op {
            Op::Read(account) => backend.read(&account),
            Op::Write(account, value) => backend.write(&account, &value).map(|()| None),
            Op::Remove(account) => backend.remove(&account).map(|()| None),
        };
        // The gate first, so that a caller who has the answer can call again at once.
        drop(leaving);
        // Nobody listens any more after a timeout; a key that comes late is wiped here.
        let _ = answer.send(outcome);
    }
}

impl KeyStore for BoundedKeyring {
    fn get(&self, vault_id: Uuid) -> Result<Option<Secret32>, KeyringError> {
        self.call(Op::Read(key_account(vault_id)))?
            .map(|text| decode_key(&text))
            .transpose()
    }

    fn set(&self, vault_id: Uuid, key: &Secret32) -> Result<(), KeyringError> {
        self.call(Op::Write(key_account(vault_id), encode_key(key)))
            .map(drop)
    }

    fn delete(&self, vault_id: Uuid) -> Result<(), KeyringError> {
        self.call(Op::Remove(marker_account(vault_id)))?;
        self.call(Op::Remove(key_account(vault_id))).map(drop)
    }

    fn marker(&self, vault_id: Uuid) -> Result<Option<RollbackMarker>, KeyringError> {
        self.call(Op::Read(marker_account(vault_id)))?
            .map(|text| decode_marker(&text))
            .transpose()
    }

    fn set_marker(&self, vault_id: Uuid, marker: RollbackMarker) -> Result<(), KeyringError> {
        self.call(Op::Write(marker_account(vault_id), encode_marker(marker)))
            .map(drop)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::HashMap;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Keeps values, and waits before answering for as long as `hold` says.
    struct Slow {
        values: HashMap<String, String>,
        hold: Arc<(Mutex<bool>, Condvar)>,
        inside: Arc<AtomicUsize>,
        most: Arc<AtomicUsize>,
        begun: Arc<AtomicUsize>,
    }

    impl Slow {
        fn pass(&self) {
            let now = self.inside.fetch_add(1, Ordering::SeqCst) + 1;
            self.begun.fetch_add(1, Ordering::SeqCst);
            self.most.fetch_max(now, Ordering::SeqCst);
            let mut held = self.hold.0.lock().unwrap();
            while *held {
                held = self.hold.1.wait(held).unwrap();
            }
            drop(held);
            self.inside.fetch_sub(1, Ordering::SeqCst);
        }
    }

    impl Backend for Slow {
        fn read(&mut self, account: &str) -> Result<Option<Zeroizing<String>>, KeyringError> {
            self.pass();
            Ok(self.values.get(account).cloned().map(Zeroizing::new))
        }

        fn write(&mut self, account: &str, value: &str) -> Result<(), KeyringError> {
            self.pass();
            self.values.insert(account.into(), value.into());
            Ok(())
        }

        fn remove(&mut self, account: &str) -> Result<(), KeyringError> {
            self.pass();
            self.values.remove(account);
            Ok(())
        }
    }

    struct Bench {
        keyring: BoundedKeyring,
        hold: Arc<(Mutex<bool>, Condvar)>,
        most: Arc<AtomicUsize>,
        begun: Arc<AtomicUsize>,
    }

    impl Bench {
        fn new(limit_ms: u64) -> Self {
            let hold = Arc::new((Mutex::new(false), Condvar::new()));
            let most = Arc::new(AtomicUsize::new(0));
            let begun = Arc::new(AtomicUsize::new(0));
            let slow = Slow {
                values: HashMap::new(),
                hold: Arc::clone(&hold),
                inside: Arc::default(),
                most: Arc::clone(&most),
                begun: Arc::clone(&begun),
            };
            let keyring = BoundedKeyring::start(slow, Duration::from_millis(limit_ms)).unwrap();
            Self {
                keyring,
                hold,
                most,
                begun,
            }
        }

        fn hold(&self, held: bool) {
            *self.hold.0.lock().unwrap() = held;
            self.hold.1.notify_all();
        }
    }

    const ID: Uuid = Uuid::from_u128(5);

    #[test]
    fn values_are_kept_under_their_names_and_removed_together() {
        let bench = Bench::new(5000);
        let key = Secret32::from_bytes([4; 32]);
        assert!(bench.keyring.get(ID).unwrap().is_none());
        bench.keyring.set(ID, &key).unwrap();
        bench
            .keyring
            .set_marker(
                ID,
                RollbackMarker {
                    generation: 1,
                    digest: [1; 32],
                },
            )
            .unwrap();
        assert!(bench.keyring.get(ID).unwrap().unwrap().same_as(&key));
        assert!(bench.keyring.get(Uuid::from_u128(6)).unwrap().is_none());
        bench.keyring.delete(ID).unwrap();
        assert!(bench.keyring.get(ID).unwrap().is_none());
        assert!(bench.keyring.marker(ID).unwrap().is_none());
    }

    #[test]
    fn a_hanging_keyring_times_out_and_recovers() {
        let bench = Bench::new(50);
        bench.hold(true);
        for _ in 0..3 {
            let start = Instant::now();
            assert_eq!(bench.keyring.get(ID).unwrap_err(), KeyringError::Timeout);
            assert!(start.elapsed() < Duration::from_secs(2));
        }
        bench.hold(false);
        // The abandoned call ends by itself; the next one waits for it within its own limit.
        let mut attempts = 0;
        let recovered = (0..100).any(|_| {
            attempts += 1;
            bench.keyring.get(ID).is_ok()
        });
        // A call that timed out at the gate must not be carried out later, least of all a write.
        let begun = bench.begun.load(Ordering::SeqCst);
        assert!(
            begun <= 1 + attempts,
            "{begun} calls after {attempts} attempts"
        );
        assert!(recovered);
    }

    #[test]
    fn only_one_call_is_ever_under_way() {
        let bench = Bench::new(5000);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..50).for_each(|_| drop(bench.keyring.get(ID).unwrap())));
            }
        });
        assert_eq!(bench.most.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn dropping_a_hanging_keyring_does_not_wait() {
        let bench = Bench::new(20);
        bench.hold(true);
        assert_eq!(bench.keyring.get(ID).unwrap_err(), KeyringError::Timeout);
        let start = Instant::now();
        drop(bench.keyring);
        assert!(start.elapsed() < Duration::from_secs(1));
        *bench.hold.0.lock().unwrap() = false;
        bench.hold.1.notify_all();
    }
}
