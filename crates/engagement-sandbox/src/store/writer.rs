//! The thread that writes.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write as _};
use std::sync::Arc;

use serde_json::value::RawValue;

use super::entry::Entry;
use super::file::Lines;
use super::folder::Folder;
use super::line;
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
    files: Vec<File>,
    /// The number of the last line.
    number: u64,
    /// Length of the snapshot.
    folded: usize,
    /// Length of each file.
    length: usize,
}

impl Writer {
    /// Folds what the folder has: calls are repeated with the settings of the snapshot before them, which may have changed.
    pub(super) fn start(
        folder: Arc<Folder>,
        queue: Arc<Queue>,
        settings: Settings,
        source: Source,
        lines: Option<&Lines>,
    ) -> Result<Self, String> {
        let mut writer = Self {
            folder,
            queue,
            settings,
            source,
            files: Vec::new(),
            number: 0,
            folded: 0,
            length: 0,
        };
        writer.number = lines.map_or(0, Lines::last);
        let started = writer.fold();
        started.map_err(|why| format!("{} can't be written: {why}", writer.folder))?;
        Ok(writer)
    }

    /// Writes until no more changes can come, or until they can't be written.
    pub(super) fn run(mut self) {
        while self.queue.wait_for_work() {
            let limit = self
                .settings
                .min_folded
                .unwrap_or(MIN_FOLDED)
                .max(self.folded);
            let result = if self.length - self.folded > limit {
                self.fold()
            } else {
                let (entries, last) = self.queue.take();
                self.append(entries, last)
            };
            if let Err(why) = result {
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

    /// Writes changes as one line.
    fn append(&mut self, entries: Vec<Entry>, last: Ticket) -> io::Result<()> {
        let saved = entries.into_iter().map(SavedEntry::new);
        let saved = saved.collect::<serde_json::Result<Vec<_>>>()?;
        let line = line::encode(self.number + 1, &serde_json::to_string(&saved)?);
        for file in &mut self.files {
            if let Err(why) = file.write_all(&line).and_then(|()| file.sync_data()) {
                self.undo();
                return Err(why);
            }
        }
        self.number += 1;
        self.length += line.len();
        self.queue.finish(Ok(last));
        Ok(())
    }

    /// Removes the line that was not written completely, so that the next start doesn't find changes that were refused.
    fn undo(&self) {
        for file in &self.files {
            // If this fails too, the next start finds a line that only one of the files has.
            let _ = file.set_len(self.length as u64);
            let _ = file.sync_data();
        }
    }

    /// Writes a snapshot of all accounts, which has the changes that wait, in place of the files.
    fn fold(&mut self) -> io::Result<()> {
        let mut taken = None;
        let mut take = || taken = Some(self.queue.take());
        let accounts = (self.source)(&mut take);
        let (Some(accounts), Some((_, last))) = (accounts, taken) else {
            // The accounts are gone. What waits was pushed before that.
            let (entries, last) = self.queue.take();
            return self.append(entries, last);
        };
        let line = line::encode(self.number + 1, &self.snapshot(accounts)?);
        let mut files = Vec::new();
        for index in [0, 1] {
            files.push(self.folder.replace(index, &line)?);
        }
        self.files = files;
        self.number += 1;
        (self.folded, self.length) = (line.len(), line.len());
        self.queue.finish(Ok(last));
        Ok(())
    }

    fn snapshot(&self, accounts: Vec<(&'static str, Box<dyn Account>)>) -> io::Result<String> {
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
        Ok(serde_json::to_string(&snapshot)?)
    }
}
