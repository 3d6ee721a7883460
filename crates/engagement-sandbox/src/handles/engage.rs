use std::time::Duration;

use serde_json::Value;

use crate::accounts::EngageMessage;
use crate::accounts::engage::EngageAccount;
use crate::http::state::ServerState;

/// The Engage workspace of a [`Sandbox`](crate::Sandbox).
#[derive(Debug, Clone, Copy)]
pub struct Engage<'a> {
    pub(crate) state: &'a ServerState,
}

impl Engage<'_> {
    /// The default API key.
    pub const API_KEY: &'static str = "sandbox-engage-key";
    /// The default API secret.
    pub const API_SECRET: &'static str = "sandbox-engage-secret";

    /// The base URL for a client.
    pub fn base_url(&self) -> String {
        self.state.base_url("engage")
    }

    /// The base URL for a named host of the document, such as `root` or `app`. `None` for an unknown name.
    pub fn server_url(&self, name: &str) -> Option<String> {
        self.state.server_url("engage", name)
    }

    /// The names and base URLs of all its hosts, for `builder.servers(…)` of a client.
    pub fn servers(&self) -> Vec<(&'static str, String)> {
        self.state.servers("engage")
    }

    /// The environment variables for a client: credentials and base URLs.
    pub fn env(&self) -> Vec<(String, String)> {
        self.state.env("engage")
    }

    /// The accepted messages, oldest first.
    pub fn messages(&self) -> Vec<EngageMessage> {
        self.read(|account| account.messages())
    }

    /// The most recent events, oldest first, each with the user's `uid`.
    pub fn events(&self) -> Vec<Value> {
        self.read(|account| account.events())
    }

    /// Batch items that were dropped, with the reason. Like the provider, the sandbox doesn't report them to the caller.
    pub fn dropped_batch_items(&self) -> Vec<String> {
        self.read(|account| account.dropped())
    }

    /// From now on, lists have `has_more` in place of cursors, as Engage's older pages do. A client continues such a list with
    /// `after_id`.
    pub fn remove_cursors(&self) {
        self.change(EngageAccount::remove_cursors);
    }

    /// From now on, a batch is applied this long after it was accepted, by the sandbox's clock; the provider takes minutes.
    /// By default it is applied immediately.
    pub fn delay_batches(&self, delay: Duration) {
        self.change(|account| account.set_batch_delay(delay));
    }

    fn read<T: Default>(&self, f: impl FnOnce(&EngageAccount) -> T) -> T {
        self.state.read_account("engage", f)
    }

    fn change<T: Default>(&self, f: impl FnOnce(&mut EngageAccount) -> T) -> T {
        self.state.change_account("engage", f)
    }
}
