//! From the rows of a database to the accounts.

use std::time::Duration;

use serde::de::DeserializeOwned;

use super::database::Changes;
use super::saved::{SavedCall, SavedEntry, SavedSnapshot};
use crate::accounts;
use crate::accounts::account::{Account, AccountSettings};
use crate::accounts::json::read_deep;
use crate::clock::Clock;
use crate::provider::credentials::Credentials;
use crate::provider::{self, Provider};

/// The accounts of a folder.
pub(crate) struct Recovered {
    /// The accounts by provider, also of those that this sandbox doesn't serve.
    pub(crate) accounts: Vec<(&'static Provider, Box<dyn Account>)>,
    /// The accounts of providers that this version doesn't know, as JSON.
    pub(crate) unknown: Vec<(String, String)>,
    /// The latest time that an account has seen, since 1970.
    pub(crate) time: Duration,
}

/// An account while its calls are repeated.
struct Repeated {
    provider: &'static Provider,
    settings: AccountSettings,
    account: Box<dyn Account>,
}

/// Loads the snapshot, and repeats the changes since.
pub(super) fn recover(changes: &Changes) -> Result<Recovered, String> {
    let mut json = changes.json.iter();
    let snapshot: SavedSnapshot = read(json.next().map_or("", String::as_str))?;
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    let providers = provider::all()?;
    for (name, json) in &snapshot.accounts {
        match providers.iter().find(|provider| provider.name == name) {
            Some(provider) => known.push(Repeated::load(provider, &snapshot, json.get())?),
            None => unknown.push((name.clone(), json.get().to_owned())),
        }
    }
    let mut time = snapshot.time;
    for changes in json {
        let entries: Vec<SavedEntry> = read(changes)?;
        for entry in entries {
            time = time.max(repeat(&mut known, entry)?);
        }
    }
    let accounts = known.into_iter().map(|one| (one.provider, one.account));
    Ok(Recovered {
        accounts: accounts.collect(),
        unknown,
        time: Duration::from_micros(time),
    })
}

/// Repeats a change, and returns its time in microseconds.
fn repeat(known: &mut [Repeated], entry: SavedEntry) -> Result<u64, String> {
    match entry {
        SavedEntry::Call(call) => find(known, &call.provider)?.call(*call),
        SavedEntry::Tick { provider, time } => {
            let repeated = find(known, &provider)?;
            let clock = &repeated.settings.clock;
            clock.stop_at(Duration::from_micros(time));
            repeated.account.tick();
            Ok(time)
        }
        SavedEntry::Account { provider, account } => {
            find(known, &provider)?.replace(account.get())?;
            Ok(0)
        }
        SavedEntry::Clock(time) => Ok(time),
    }
}

fn find<'a>(known: &'a mut [Repeated], name: &str) -> Result<&'a mut Repeated, String> {
    let found = known.iter_mut().find(|one| one.provider.name == name);
    found.ok_or_else(|| format!("there is no provider `{name}`"))
}

impl Repeated {
    fn load(
        provider: &'static Provider,
        snapshot: &SavedSnapshot,
        json: &str,
    ) -> Result<Self, String> {
        let saved = snapshot.credentials.get(provider.name);
        let settings = AccountSettings {
            credentials: Credentials::new(saved.cloned().unwrap_or_default()),
            examples_only: false,
            clock: Clock::new().for_provider(),
            log_size: snapshot.log_size,
        };
        Ok(Self {
            account: load(provider, &settings, json)?,
            provider,
            settings,
        })
    }

    fn replace(&mut self, json: &str) -> Result<(), String> {
        self.account = load(self.provider, &self.settings, json)?;
        Ok(())
    }

    fn call(&mut self, saved: SavedCall) -> Result<u64, String> {
        let (time, skew, operation) = (saved.time, saved.skew, saved.operation.clone());
        let call = saved.into_call()?;
        let clock = &self.settings.clock;
        clock.stop_at(Duration::from_micros(time));
        clock.set_skew(skew);
        // A call that was refused is refused again.
        let _ = self.account.call(&operation, &call);
        clock.set_skew(0);
        Ok(time)
    }
}

fn load(
    provider: &'static Provider,
    settings: &AccountSettings,
    json: &str,
) -> Result<Box<dyn Account>, String> {
    let loaded = accounts::load(provider, settings, json);
    loaded.map_err(|why| format!("the account of {} can't be loaded: {why}", provider.name))
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T, String> {
    read_deep(json).map_err(|why| why.to_string())
}
