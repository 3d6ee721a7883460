//! A sandbox whose accounts are in a folder: what is done with it at the start.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::accounts::account::Account;
use crate::clock::Clock;
use crate::http::state::ServerState;
use crate::provider::Provider;
use crate::store::{Existing, OpenFolder, Settings, Store};

/// An open folder and its accounts.
pub(crate) struct Saved {
    pub(crate) store: Arc<Store>,
    /// Whether it had no accounts.
    pub(crate) is_new: bool,
    folder: OpenFolder,
    accounts: Vec<(&'static Provider, Box<dyn Account>)>,
    /// The accounts of providers that this version doesn't know.
    unknown: Vec<(String, String)>,
}

impl Saved {
    /// Opens a folder and reads its accounts, unless new ones are to take their place. The clock is moved to their time.
    pub(crate) fn open(folder: &Path, reset: bool, clock: &Clock) -> Result<Self, String> {
        let existing = if reset {
            Existing::PutAside
        } else {
            Existing::Use
        };
        let folder = OpenFolder::open(folder, existing)?;
        let recovered = folder.recover()?;
        let is_new = recovered.is_none();
        let (accounts, unknown) = recovered.map_or_else(Default::default, |recovered| {
            clock.advance_to(recovered.time);
            (recovered.accounts, recovered.unknown)
        });
        Ok(Self {
            store: Arc::new(Store::new()),
            is_new,
            folder,
            accounts,
            unknown,
        })
    }

    /// Takes the account of a provider; `None` if the folder has none.
    pub(crate) fn account(&mut self, provider: &Provider) -> Option<Box<dyn Account>> {
        let mut accounts = self.accounts.iter();
        let position = accounts.position(|(known, _)| known.name == provider.name)?;
        Some(self.accounts.swap_remove(position).1)
    }

    /// Brings the folder up to date, and saves changes from now on. Returns what the user should know.
    pub(crate) fn start(self, state: &Arc<ServerState>) -> Result<Vec<String>, String> {
        let mut others = self.unknown;
        for (provider, account) in self.accounts {
            let json = account.save().map_err(|why| why.to_string())?;
            others.push((provider.name.to_owned(), json));
        }
        let credentials = state.services.iter().map(|service| {
            let variables = service.settings.credentials.variables().to_vec();
            (service.provider.name.to_owned(), variables)
        });
        let settings = Settings {
            clock: state.clock.clone(),
            log_size: state.log_size,
            credentials: credentials.collect::<BTreeMap<_, _>>(),
            others,
            min_folded: None,
        };
        let weak = Arc::downgrade(state);
        let source = move |f: &mut dyn FnMut()| Some(weak.upgrade()?.copy_accounts(f));
        self.store.start(self.folder, settings, Box::new(source))
    }
}
