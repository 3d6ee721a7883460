use std::time::Duration;

use serde_json::Value;

use crate::accounts::EngageOneSend;
use crate::accounts::engageone::EngageOneAccount;
use crate::http::state::ServerState;

/// The EngageOne account of a [`Sandbox`](crate::Sandbox). [`Sandbox::reset`](crate::Sandbox::reset) undoes all changes
/// made here.
#[derive(Debug, Clone, Copy)]
pub struct EngageOne<'a> {
    pub(crate) state: &'a ServerState,
}

impl EngageOne<'_> {
    /// The default customer id.
    pub const CUSTOMER_ID: &'static str = "sandbox-customer";
    /// The default client id.
    pub const CLIENT_ID: &'static str = "sandbox-customer.client@communicate.engageone.co";
    /// The default secret.
    pub const SECRET: &'static str = "sandbox-engageone-secret";

    /// The base URL for a client.
    pub fn base_url(&self) -> String {
        self.state.base_url("engageone")
    }

    /// The base URL for a named host of the document, such as `users`, `video` or `archiving`. `None` for an unknown
    /// name.
    pub fn server_url(&self, name: &str) -> Option<String> {
        self.state.server_url("engageone", name)
    }

    /// The names and base URLs of all its hosts, for `builder.servers(…)` of a client.
    pub fn servers(&self) -> Vec<(&'static str, String)> {
        self.state.servers("engageone")
    }

    /// The environment variables for a client: credentials and base URLs.
    pub fn env(&self) -> Vec<(String, String)> {
        self.state.env("engageone")
    }

    /// Issues a token as a login does, without a login.
    pub fn token(&self) -> String {
        self.change(EngageOneAccount::issue_token)
    }

    /// The number of successful logins.
    pub fn logins(&self) -> u64 {
        self.read(|account| account.logins())
    }

    /// Sets the lifetime of tokens that are issued from now on. The default is one hour.
    pub fn set_token_lifetime(&self, lifetime: Duration) {
        self.change(|account| account.tokens().set_lifetime(lifetime));
    }

    /// Invalidates all tokens issued so far, whatever their claims say.
    pub fn expire_tokens(&self) {
        self.change(|account| account.tokens().expire());
    }

    /// The accepted sends, oldest first.
    pub fn sends(&self) -> Vec<EngageOneSend> {
        self.read(|account| account.sends())
    }

    /// Adds a communication. Before the first one every communication exists; afterwards a send with an unknown one is
    /// 404.
    pub fn add_communication(&self, name: impl Into<String>) {
        self.change(|account| account.add_communication(name.into()));
    }

    /// Adds a verified sender address. Before the first one every address is verified; afterwards a send from another
    /// one is 400.
    pub fn verify_sender(&self, address: impl Into<String>) {
        self.change(|account| account.add_sender(address.into()));
    }

    /// Adds a data source, or replaces the one with this id. Its records are objects; each gets a `uuid` if it has none.
    pub fn add_data_source(
        &self,
        id: impl Into<String>,
        name: impl Into<String>,
        records: Vec<Value>,
    ) {
        self.change(|account| account.add_data_source(id.into(), name.into(), records));
    }

    fn read<T: Default>(&self, f: impl FnOnce(&EngageOneAccount) -> T) -> T {
        self.state.read_account("engageone", f)
    }

    fn change<T: Default>(&self, f: impl FnOnce(&mut EngageOneAccount) -> T) -> T {
        self.state.change_account("engageone", f)
    }
}
