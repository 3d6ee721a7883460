//! The thread that writes.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use serde_json::value::RawValue;

use super::database::{Changes, Database};
use super::entry::Entry;
use super::folder::Folder;
use super::queue::{Queue, Ticket};
use super::saved::{SavedEntry, SavedSnapshot, VERSION};
use crate::accounts::account::Account;
use crate::clock::{Clock, micros};

/// Changes are folded into a snapshot when they are longer than it, and than this many bytes.
const MIN_FOLDED: usize = 4 << 20;

/// Copies all accounts at one moment, at which it calls the function; `None` if the accounts are gone.
pub(crate) type Source =
    Box<dyn Fn(&mut dyn FnMut()) -> Option<Vec<(&'static str, Box<dyn Account>)>> + Send>;

/// What a snapshot has besides the accounts.
pub(crate) struct Settings {
    pub(crate) clock: Clock,
    pub(crate) log_size: usize,
    /// Variables and values by provider.
    pub(crate) credentials: BTreeMap<String, Vec<(String, String)>>,
    /// The accounts of providers that are not served, as JSON.
    pub(crate) others: Vec<(String, String)>,
    /// Changes are folded when they are longer than this and than the snapshot.
    pub(crate) min_folded: Option<usize>,
}

pub(super) struct Writer {
    folder: Arc<Folder>,
    queue: Arc<Queue>,
    settings: Settings,
    source: Source,
    databases: Vec<Database>,
    /// The number of the last row.
    number: u64,
    /// Length of the snapshot.
    folded: usize,
    /// Length of the changes since.
    changed: usize,
}

impl Writer {
    /// Folds what the folder has: calls are repeated with the settings of the snapshot before them, which may have changed.
    pub(super) fn start(
        folder: Arc<Folder>,
        queue: Arc<Queue>,
        settings: Settings,
        source: Source,
        changes: Option<&Changes>,
    ) -> Result<Self, String> {
        let mut writer = Self {
            folder,
            queue,
            settings,
            source,
            databases: Vec::new(),
            number: changes.map_or(0, Changes::last),
            folded: 0,
            changed: 0,
        };
        // The snapshot has the number of the last change in it, so that a start that is killed leaves no gap.
        let started = writer.fold(writer.number);
        started.map_err(|why| format!("{} can't be written: {why}", writer.folder))?;
        Ok(writer)
    }

    /// Writes until no more changes can come, or until they can't be written.
    pub(super) fn run(mut self) {
        while self.queue.wait_for_work() {
            let written = catch_unwind(AssertUnwindSafe(|| self.write()));
            let written = written.unwrap_or_else(|_| Err("it panicked".to_owned()));
            if let Err(why) = written {
                let why = format!("{} can't be written: {why}", self.folder);
                let _ = writeln!(
                    io::stderr(),
                    "engagement-sandbox: {why}. Changes are refused until the next start"
                );
                self.queue.finish(Err(why));
                return;
            }
        }
    }

    /// Writes the changes that wait.
    fn write(&mut self) -> Result<(), String> {
        let limit = self.settings.min_folded.unwrap_or(MIN_FOLDED);
        if self.changed > limit.max(self.folded) {
            self.fold(self.number + 1)
        } else {
            let (entries, last) = self.queue.take();
            self.append(entries, last)
        }
    }

    /// Writes changes as one row.
    fn append(&mut self, entries: Vec<Entry>, last: Ticket) -> Result<(), String> {
        let number = self.number + 1;
        let saved = entries.into_iter().map(SavedEntry::new);
        let saved = saved.collect::<serde_json::Result<Vec<_>>>();
        let json = saved.and_then(|saved| serde_json::to_string(&saved));
        let json = json.map_err(|why| why.to_string())?;
        for (index, database) in self.databases.iter().enumerate() {
            if let Err(why) = database.insert(number, &json) {
                // The next start is not to find changes that were refused. If this fails too, it does.
                for earlier in &self.databases[..index] {
                    let _ = earlier.remove(number);
                }
                return Err(why.to_string());
            }
        }
        self.number = number;
        self.changed += json.len();
        self.queue.finish(Ok(last));
        Ok(())
    }

    /// Puts databases with a snapshot of all accounts, which has the changes that wait, in place of the old ones.
    fn fold(&mut self, number: u64) -> Result<(), String> {
        let mut taken = None;
        let mut take = || taken = Some(self.queue.take());
        let accounts = (self.source)(&mut take);
        let (Some(accounts), Some((_, last))) = (accounts, taken) else {
            // The accounts are gone. What waits was pushed before that.
            let (entries, last) = self.queue.take();
            return self.append(entries, last);
        };
        let json = self.snapshot(accounts).map_err(|why| why.to_string())?;
        self.databases.clear();
        for index in [0, 1] {
            let replaced = self.folder.replace(index, number, &json);
            self.databases
                .push(replaced.map_err(|why| why.to_string())?);
        }
        self.number = number;
        (self.folded, self.changed) = (json.len(), 0);
        self.queue.finish(Ok(last));
        Ok(())
    }

    fn snapshot(
        &self,
        accounts: Vec<(&'static str, Box<dyn Account>)>,
    ) -> serde_json::Result<String> {
        let mut saved = BTreeMap::new();
        for (name, json) in &self.settings.others {
            saved.insert(name.clone(), RawValue::from_string(json.clone())?);
        }
        for (name, account) in accounts {
            saved.insert(name.to_owned(), RawValue::from_string(account.save()?)?);
        }
        let snapshot = SavedSnapshot {
            version: VERSION,
            time: micros(self.settings.clock.now()),
            log_size: self.settings.log_size,
            credentials: self.settings.credentials.clone(),
            accounts: saved,
        };
        serde_json::to_string(&snapshot)
    }
}
