//! Copies of what the accounts of a sandbox hold.

use std::fmt;

use crate::accounts::account::Account;
use crate::http::limits::Windows;

/// What the accounts of a [`Sandbox`](crate::Sandbox) held at one moment, for [`Sandbox::restore`](crate::Sandbox::restore).
///
/// In it are the accounts with all that handles such as [`Sandbox::engagespot`](crate::Sandbox::engagespot) set there, their
/// messages and tokens, and the windows of the rate limits. Not in it are the clock, the faults, and the recorded requests with
/// their verdicts.
///
/// It shares its records with the sandbox until they change there, and is cheap to make and to clone.
pub struct Snapshot {
    pub(crate) accounts: Vec<(&'static str, Box<dyn Account>, Windows)>,
}

impl Clone for Snapshot {
    fn clone(&self) -> Self {
        let accounts = self.accounts.iter();
        let copy = |(provider, account, windows): &(&'static str, Box<dyn Account>, Windows)| {
            (*provider, account.clone_account(), windows.clone())
        };
        Self {
            accounts: accounts.map(copy).collect(),
        }
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").finish_non_exhaustive()
    }
}
