//! The app: where the vaults are, and the one that is open.

use crate::{
    Clock,
    api::ApiError,
    attended::Attended,
    data_dir::{self, AppFile},
    renewing::Turns,
};
use evidence::{CompanyId, Digest, Timestamp};
use provider_kit::Provider;
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};
use store::Store;
use tokio_util::sync::CancellationToken;
use vault::{KeyStore, RecoveryKey, Vault, VaultLock};

/// How the app behaves where tests, emulators and the two faces differ.
pub struct Options {
    /// Where the vaults are kept.
    pub data_dir: PathBuf,
    /// The system's key store.
    pub key_store: Arc<dyn KeyStore>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Whether requests are paced. Off only for measurements and emulators.
    pub pacing: bool,
    /// The program's name, shown to a second one that finds the vault in use.
    pub program: &'static str,
    /// The providers that exist.
    pub providers: &'static [&'static dyn Provider],
    /// How expensive guessing a passphrase is made; measured on this machine where `None`.
    pub kdf: Option<vault::KdfProfile>,
}

/// The app.
pub struct App {
    pub(crate) options: Options,
    open: Mutex<Option<Arc<OpenCompany>>>,
    pub(crate) unconfirmed: Mutex<Option<RecoveryKey>>,
    /// The person who is signing in.
    pub(crate) attended: Attended,
    /// What the demo company's connections answer.
    pub(crate) demo_pages: &'static [crate::demo::BundledPage],
}

/// A company whose vault is open.
pub struct OpenCompany {
    /// Its id, which names its folder.
    pub id: CompanyId,
    /// Its folder.
    pub dir: PathBuf,
    pub(crate) vault: Arc<tokio::sync::Mutex<Vault>>,
    /// Its database.
    pub store: Store,
    /// Held while the vault is open for writing; `None` for a reader beside a writer.
    pub(crate) lock: Option<VaultLock>,
    /// One piece of collecting at a time.
    work: tokio::sync::Mutex<()>,
    working: AtomicBool,
    /// Shared by whoever may still keep renewed credentials: the vault closes behind them.
    pub(crate) renewing: Arc<tokio::sync::RwLock<()>>,
    /// Whose turn it is to renew the credentials of a connection.
    pub(crate) turns: Turns,
    /// Parameters that ran out up to here have been judged without.
    pub(crate) settled: Mutex<Timestamp>,
    cancel: Mutex<CancellationToken>,
    /// Whether a person stopped the work that is under way: then it is not due any more.
    given_up: AtomicBool,
    /// Whether it is the made-up demo company: its connections answer from the bundle, and no real one is made.
    pub(crate) demo: bool,
    /// Things to know about the vault, found while opening.
    pub(crate) warnings: Vec<String>,
}

impl App {
    /// An app over `options`; opens nothing.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            open: Mutex::new(None),
            unconfirmed: Mutex::new(None),
            attended: Attended::default(),
            demo_pages: crate::demo::PAGES,
        }
    }

    /// The platform's place for the app's data, or the one given.
    pub fn data_dir(given: Option<PathBuf>) -> Result<PathBuf, ApiError> {
        given.or_else(data_dir::platform).ok_or_else(|| {
            ApiError::usage(
                "There is no place for the app's data.",
                "This system names no home folder for the current user.",
                "Name a folder with --data-dir or CMMCPRO_DATA_DIR.",
            )
        })
    }

    /// Where the vaults are kept.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.options.data_dir
    }

    /// Now, by the app's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.options.clock.now()
    }

    /// The company that is open.
    pub fn company(&self) -> Result<Arc<OpenCompany>, ApiError> {
        self.opened().ok_or_else(|| ApiError {
            code: "locked".to_owned(),
            class: "vault".to_owned(),
            what: "No company is open.".to_owned(),
            why: "The vault is locked.".to_owned(),
            fix: "Unlock it first.".to_owned(),
            detail: None,
            field: None,
        })
    }

    /// The company that is open, if one is.
    #[must_use]
    pub fn opened(&self) -> Option<Arc<OpenCompany>> {
        self.open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Makes `company` the open one, and gives the one before.
    pub(crate) fn set_open(&self, company: Option<Arc<OpenCompany>>) -> Option<Arc<OpenCompany>> {
        std::mem::replace(
            &mut *self.open.lock().unwrap_or_else(PoisonError::into_inner),
            company,
        )
    }

    pub(crate) fn app_file(&self) -> AppFile {
        data_dir::read_app_file(self.dir())
    }
}

impl OpenCompany {
    pub(crate) fn new(
        id: CompanyId,
        dir: PathBuf,
        vault: Vault,
        store: Store,
        lock: Option<VaultLock>,
        demo: bool,
    ) -> Self {
        Self {
            id,
            dir,
            vault: Arc::new(tokio::sync::Mutex::new(vault)),
            store,
            lock,
            work: tokio::sync::Mutex::new(()),
            working: AtomicBool::new(false),
            renewing: Arc::default(),
            turns: Turns::default(),
            settled: Mutex::new(Timestamp::from_unix(0)),
            cancel: Mutex::new(CancellationToken::new()),
            given_up: AtomicBool::new(false),
            demo,
            warnings: Vec::new(),
        }
    }

    /// The right to collect or to judge again, until dropped; the error says that somebody has it.
    pub(crate) fn begin_work(&self) -> Result<Working<'_>, ApiError> {
        let Ok(turn) = self.work.try_lock() else {
            return Err(ApiError::usage(
                "Something is being collected already.",
                "One piece of work at a time changes what is collected in a company.",
                "Wait until it ends, or cancel it.",
            )
            .coded("busy"));
        };
        self.working.store(true, Ordering::SeqCst);
        self.given_up.store(false, Ordering::SeqCst);
        Ok(Working {
            open: self,
            _turn: turn,
        })
    }

    /// Whether something is being collected. Asking takes nobody's turn.
    pub(crate) fn is_working(&self) -> bool {
        self.working.load(Ordering::SeqCst)
    }

    /// Waits until nothing is being collected.
    pub(crate) async fn work_ended(&self) {
        drop(self.work.lock().await);
    }

    /// A token for a new piece of work; [`OpenCompany::stop_work`] cancels it.
    pub(crate) fn new_work(&self) -> CancellationToken {
        let mut current = self.cancel.lock().unwrap_or_else(PoisonError::into_inner);
        if current.is_cancelled() {
            *current = CancellationToken::new();
        }
        current.child_token()
    }

    /// Stops whatever is being collected, within half a second.
    pub fn stop_work(&self) {
        self.cancel
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .cancel();
    }

    /// Stops it because a person does not want it any more.
    pub(crate) fn give_up(&self) {
        self.given_up.store(true, Ordering::SeqCst);
        self.stop_work();
    }

    /// Whether a person stopped the newest piece of work.
    pub(crate) fn was_given_up(&self) -> bool {
        self.given_up.load(Ordering::SeqCst)
    }

    /// Writes the chain's head into the vault's header, so that a shorter or another history is noticed.
    /// Called after a commit: the header may lag behind the database, never run ahead of it.
    pub(crate) async fn keep_head(&self) -> Result<(), ApiError> {
        if self.lock.is_none() {
            return Ok(());
        }
        let mut reader = self.store.read().await?;
        let head = store::chain::head(&mut reader).await?;
        self.vault
            .lock()
            .await
            .set_head(head.seq, *head.digest.as_bytes())?;
        Ok(())
    }

    /// The head that the header names, if it names one.
    pub(crate) async fn expected_head(&self) -> Option<(u64, Digest)> {
        let vault = self.vault.lock().await;
        vault
            .header()
            .head
            .as_ref()
            .map(|head| (head.seq, Digest::from_bytes(head.digest)))
    }
}

/// Somebody's turn at collecting.
pub(crate) struct Working<'a> {
    open: &'a OpenCompany,
    _turn: tokio::sync::MutexGuard<'a, ()>,
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        // Before the turn goes: afterwards it might already be the next one's.
        self.open.working.store(false, Ordering::SeqCst);
    }
}
