//! The folder in which accounts survive the end of the process.
//!
//! Two databases with the same rows, `accounts.redb` and `accounts-copy.redb`: first a snapshot of all accounts, then the changes
//! since, one row for each group of changes that was written at once. Accounts have no randomness and get the time from outside,
//! so that repeating the calls at their times leads to the same accounts.
//!
//! A thread adds each row to the first database, waits until it is on disk, and does the same with the second; then the
//! responses of these calls are sent. When the changes have become longer than the snapshot, new databases with a new snapshot
//! take the place of the old ones.

mod database;
mod entry;
mod folder;
mod layout;
mod pair;
mod queue;
mod recovery;
mod saved;
mod writer;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

pub(crate) use entry::{CallEntry, Entry};
use folder::Folder;
use queue::Queue;
pub(crate) use queue::Ticket;
pub(crate) use recovery::Recovered;
use writer::Writer;
pub(crate) use writer::{Settings, Source};

/// What is done with the accounts that a folder has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    Use,
    /// They are put aside, and new ones take their place.
    PutAside,
}

/// A folder that this process has for itself, before anything in it is changed.
pub(crate) struct OpenFolder {
    folder: Folder,
    existing: Existing,
    state: pair::State,
}

/// The changes of accounts on their way to the folder.
pub(crate) struct Store {
    queue: Arc<Queue>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// Locked as long as accounts can change.
    folder: Mutex<Option<Arc<Folder>>>,
}

impl OpenFolder {
    /// Takes a folder, which is created if it is missing, and reads its files.
    ///
    /// # Errors
    /// If it can't be written, another process has it, both files are damaged, or they are from another version.
    pub(crate) fn open(path: &Path, existing: Existing) -> Result<Self, String> {
        let folder = Folder::open(path)?;
        let state = match existing {
            Existing::Use => pair::read(&folder)?,
            Existing::PutAside => pair::State::default(),
        };
        Ok(Self {
            folder,
            existing,
            state,
        })
    }

    /// The accounts in the folder; `None` if it has none.
    ///
    /// # Errors
    /// If they can't be loaded.
    pub(crate) fn recover(&self) -> Result<Option<Recovered>, String> {
        let Some(changes) = &self.state.changes else {
            return Ok(None);
        };
        let recovered = recovery::recover(changes);
        recovered
            .map(Some)
            .map_err(|why| format!("{}: {why}", self.folder.file(0).display()))
    }
}

impl Store {
    /// A store whose changes wait until it [starts](Self::start).
    pub(crate) fn new() -> Self {
        Self {
            queue: Arc::default(),
            thread: Mutex::default(),
            folder: Mutex::default(),
        }
    }

    /// Brings the folder up to date, and writes changes from now on. Returns what the user should know about the folder.
    ///
    /// # Errors
    /// If the folder can't be written.
    pub(crate) fn start(
        &self,
        opened: OpenFolder,
        settings: Settings,
        source: Source,
    ) -> Result<Vec<String>, String> {
        let folder = Arc::new(opened.folder);
        let notices = match opened.existing {
            Existing::Use => pair::keep_damaged(&folder, &opened.state)?,
            Existing::PutAside => folder.put_aside()?,
        };
        let queue = Arc::clone(&self.queue);
        let writer = Writer::start(
            Arc::clone(&folder),
            queue,
            settings,
            source,
            opened.state.changes.as_ref(),
        )?;
        let spawned = thread::Builder::new()
            .name("engagement-sandbox store".to_owned())
            .spawn(move || writer.run());
        let thread = spawned.map_err(|why| format!("can't start a thread: {why}"))?;
        *lock(&self.thread) = Some(thread);
        *lock(&self.folder) = Some(folder);
        Ok(notices)
    }

    /// Adds a change. The account is locked meanwhile, so that the order is that of the changes.
    pub(crate) fn push(&self, entry: Entry) -> Ticket {
        self.queue.push(entry)
    }

    /// Why changes are no longer accepted.
    pub(crate) fn failure(&self) -> Option<String> {
        self.queue.failure()
    }

    /// Waits until a change is on disk.
    ///
    /// # Errors
    /// If it can't be written.
    pub(crate) async fn committed(&self, ticket: Ticket) -> Result<(), String> {
        self.queue.committed(ticket).await
    }

    /// As [`committed`](Self::committed), blocking the thread.
    pub(crate) fn wait(&self, ticket: Ticket) -> Result<(), String> {
        self.queue.wait(ticket)
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.queue.close();
        let thread = lock(&self.thread).take();
        // The last owner of the accounts may be the thread itself, which is copying them.
        if let Some(thread) = thread.filter(|it| it.thread().id() != thread::current().id()) {
            // It doesn't panic, and what it writes has been reported.
            let _ = thread.join();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
