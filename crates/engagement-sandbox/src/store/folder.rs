//! The folder: its files, and who may use it.

use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use fs4::{FileExt, TryLockError};

use super::database::Database;

/// The two files with the same content.
const FILES: [&str; 2] = ["accounts.redb", "accounts-copy.redb"];
/// A file that is not complete yet.
const NEW: &str = "accounts.new";
/// Locked by the process that uses the folder. The system unlocks it when the process ends, however it ends.
const LOCK: &str = "lock";

/// A folder that this process has for itself.
pub(super) struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Takes a folder, which is created if it is missing.
    pub(super) fn open(path: &Path) -> Result<Self, String> {
        let shown = path.display();
        fs::create_dir_all(path).map_err(|why| format!("{shown} can't be created: {why}"))?;
        let mut options = OpenOptions::new();
        let options = options.create(true).truncate(false).write(true);
        let lock = options.open(path.join(LOCK));
        let lock = lock.map_err(|why| format!("{shown} can't be written: {why}"))?;
        // Not the method of the same name, which Rust has since 1.89.
        match FileExt::try_lock(&lock) {
            Ok(()) => Ok(Self {
                path: path.to_owned(),
                _lock: lock,
            }),
            Err(TryLockError::WouldBlock) => Err(format!(
                "{shown} is in use by another sandbox: stop it, or use another folder"
            )),
            Err(TryLockError::Error(why)) => Err(format!("{shown} can't be locked: {why}")),
        }
    }

    /// The path of the first file or of the second.
    pub(super) fn file(&self, index: usize) -> PathBuf {
        self.path.join(FILES[index])
    }

    /// Renames a damaged file, and returns its new name.
    pub(super) fn keep_damaged(&self, index: usize) -> Result<String, String> {
        let names = (1..).map(|number| format!("{}.damaged-{number}", FILES[index]));
        let mut free = names.filter(|name| self.path.join(name).symlink_metadata().is_err());
        let name = free.next().unwrap_or_default();
        self.rename(FILES[index], &name)?;
        Ok(name)
    }

    /// Renames both files, over those that were put aside earlier. Returns what the user should know.
    pub(super) fn put_aside(&self) -> Result<Vec<String>, String> {
        let mut found = false;
        for name in FILES {
            let old = format!("{name}.old");
            match fs::rename(self.path.join(name), self.path.join(&old)) {
                Ok(()) => found = true,
                Err(why) if why.kind() == ErrorKind::NotFound => {}
                Err(why) => return Err(self.failed(name, &why)),
            }
        }
        self.sync().map_err(|why| self.failed(".", &why))?;
        let (path, name) = (self.path.display(), FILES[0]);
        let notice = format!("{path}: the accounts start anew; the old ones are in {name}.old");
        Ok(found.then_some(notice).into_iter().collect())
    }

    fn rename(&self, from: &str, to: &str) -> Result<(), String> {
        let renamed = fs::rename(self.path.join(from), self.path.join(to));
        renamed.map_err(|why| self.failed(from, &why))
    }

    fn failed(&self, name: &str, why: &io::Error) -> String {
        format!("{} can't be changed: {why}", self.path.join(name).display())
    }

    /// Puts a database with one row in the place of a file, completely or not at all.
    pub(super) fn replace(
        &self,
        index: usize,
        number: u64,
        json: &str,
    ) -> Result<Database, Box<dyn Error>> {
        let new = self.path.join(NEW);
        // What a process left that was killed while it wrote it.
        match fs::remove_file(&new) {
            Err(why) if why.kind() != ErrorKind::NotFound => {
                return Err(self.failed(NEW, &why).into());
            }
            _ => {}
        }
        let created = Database::create(&new, number, json);
        let database = created.inspect_err(|_| {
            // On a full disk, the space is needed.
            let _ = fs::remove_file(&new);
        })?;
        fs::rename(&new, self.file(index))?;
        self.sync()?;
        Ok(database)
    }

    /// Writes the names of the files to disk.
    fn sync(&self) -> io::Result<()> {
        if cfg!(unix) {
            File::open(&self.path)?.sync_all()?;
        }
        Ok(())
    }
}

impl std::fmt::Display for Folder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.path.display().fmt(f)
    }
}
