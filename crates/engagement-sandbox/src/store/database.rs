//! One of the two databases: what it holds, and what is added to it.

use std::error::Error;
use std::fs;
use std::io::ErrorKind;
use std::panic::catch_unwind;
use std::path::Path;

use redb::backends::InMemoryBackend;
use redb::{Builder, ReadableTable as _, StorageBackend as _, TableDefinition};
use serde::Deserialize;

use super::layout;
use super::saved::VERSION;

/// JSON by number, of which the first is a snapshot.
const CHANGES: TableDefinition<'_, u64, &str> = TableDefinition::new("changes");
/// The changes of a database are read once, so that a cache of pages is of little use.
const CACHE: usize = 1 << 20;

/// What is in a file.
pub(super) enum Content {
    Missing,
    /// Why it is not as it was written.
    Damaged(String),
    /// It was written by another version.
    OtherVersion(u64),
    Changes(Changes),
}

/// A snapshot and the changes since.
pub(super) struct Changes {
    /// The number of the snapshot. Each of the changes has the next one.
    pub(super) first: u64,
    /// The JSON of the snapshot and of each change.
    pub(super) json: Vec<String>,
}

impl Changes {
    /// The number of the last change.
    pub(super) fn last(&self) -> u64 {
        self.first + self.json.len() as u64 - 1
    }
}

#[derive(Deserialize)]
struct Version {
    version: u64,
}

/// Reads a file and checks all of it. The file is not changed.
pub(super) fn read(path: &Path) -> Content {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Content::Missing,
        Err(error) => return Content::Damaged(format!("it can't be read: {error}")),
    };
    // The crate of the database doesn't expect every kind of damage.
    let read = catch_unwind(|| rows(&bytes));
    let broken = || Err("its structure is broken".to_owned());
    match read.unwrap_or_else(|_| broken()).and_then(in_order) {
        Err(why) => Content::Damaged(why),
        Ok(changes) => match serde_json::from_str(&changes.json[0]) {
            Ok(Version { version: VERSION }) => Content::Changes(changes),
            Ok(Version { version }) => Content::OtherVersion(version),
            Err(_) => Content::Damaged("it has no version".to_owned()),
        },
    }
}

/// All rows of a database whose checksums are right.
fn rows(bytes: &[u8]) -> Result<Vec<(u64, String)>, String> {
    layout::check(bytes)?;
    let rows = || -> Result<_, Box<dyn Error>> {
        let memory = InMemoryBackend::new();
        memory.set_len(bytes.len() as u64)?;
        memory.write(0, bytes)?;
        let mut database = builder().create_with_backend(memory)?;
        if !database.check_integrity()? {
            return Ok(None);
        }
        let table = database.begin_read()?.open_table(CHANGES)?;
        let rows = table.iter()?.map(|row| {
            let (number, json) = row?;
            Ok((number.value(), json.value().to_owned()))
        });
        rows.collect::<Result<_, Box<dyn Error>>>().map(Some)
    };
    let rows = rows().map_err(|why| why.to_string())?;
    rows.ok_or_else(|| "parts of it are not as they were written".to_owned())
}

/// The changes, of which none is missing.
fn in_order(rows: Vec<(u64, String)>) -> Result<Changes, String> {
    let first = rows.first().map(|(number, _)| *number);
    let first = first.ok_or("it has no snapshot")?;
    for ((number, _), expected) in rows.iter().zip(first..) {
        if *number != expected {
            return Err(format!("the change {expected} is missing"));
        }
    }
    let json = rows.into_iter().map(|(_, json)| json).collect();
    Ok(Changes { first, json })
}

fn builder() -> Builder {
    let mut builder = Builder::new();
    builder
        .set_cache_size(CACHE)
        .create_with_file_format_v3(true);
    builder
}

/// A database that is open for changes.
pub(super) struct Database(redb::Database);

impl Database {
    /// Creates a file with one row, which is on disk afterwards.
    pub(super) fn create(path: &Path, number: u64, json: &str) -> Result<Self, Box<dyn Error>> {
        let database = Self(builder().create(path)?);
        database.insert(number, json)?;
        Ok(database)
    }

    /// Adds a row, which is on disk afterwards.
    pub(super) fn insert(&self, number: u64, json: &str) -> Result<(), Box<dyn Error>> {
        let transaction = self.0.begin_write()?;
        transaction.open_table(CHANGES)?.insert(number, json)?;
        Ok(transaction.commit()?)
    }

    /// Removes a row, which is gone from the disk afterwards.
    pub(super) fn remove(&self, number: u64) -> Result<(), Box<dyn Error>> {
        let transaction = self.0.begin_write()?;
        transaction.open_table(CHANGES)?.remove(number)?;
        Ok(transaction.commit()?)
    }
}
