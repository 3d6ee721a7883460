use serde_json::Value;

use crate::accounts::EngagespotSend;
use crate::accounts::engagespot::{EngagespotAccount, public_key};
use crate::http::state::ServerState;

/// The Engagespot app of a [`Sandbox`](crate::Sandbox). [`Sandbox::reset`](crate::Sandbox::reset) undoes all changes
/// made here.
#[derive(Debug, Clone, Copy)]
pub struct Engagespot<'a> {
    pub(crate) state: &'a ServerState,
}

impl Engagespot<'_> {
    /// The default API key.
    pub const API_KEY: &'static str = "sandbox-engagespot-key";
    /// The default API secret.
    pub const API_SECRET: &'static str = "sandbox-engagespot-secret";

    /// The base URL for a client.
    pub fn base_url(&self) -> String {
        self.state.base_url("engagespot")
    }

    /// The names and base URLs of all its hosts, for `builder.servers(…)` of a client.
    pub fn servers(&self) -> Vec<(&'static str, String)> {
        self.state.servers("engagespot")
    }

    /// The environment variables for a client: credentials and base URLs.
    pub fn env(&self) -> Vec<(String, String)> {
        self.state.env("engagespot")
    }

    /// The accepted notifications and workflow runs of all channels, oldest first.
    pub fn sends(&self) -> Vec<EngagespotSend> {
        self.read(|account| account.sends())
    }

    /// The notifications in a user's inbox, newest first, as the API returns them. They are not marked as seen.
    pub fn inbox(&self, user: &str) -> Vec<Value> {
        self.read(|account| account.inbox(user))
    }

    /// The devices of a user. Each has its `deviceId`, the fields that it connected with, and the `webPushSubscription`
    /// that was attached.
    pub fn devices(&self, user: &str) -> Vec<Value> {
        self.read(|account| account.devices(user))
    }

    /// Recipients, topics and subscribers that were skipped because they are unknown, with their paths in the bodies.
    /// Like the provider, the sandbox doesn't report them to the caller.
    pub fn dropped(&self) -> Vec<String> {
        self.read(|account| account.dropped())
    }

    /// Delivers every scheduled send, and returns their number. Scheduled sends are delivered only by this call, so
    /// that tests need not wait.
    pub fn deliver_scheduled(&self) -> usize {
        self.change(EngagespotAccount::deliver_scheduled)
    }

    /// Enables secure mode with a public RSA key in PEM: a user then needs a token signed with the private key. Without
    /// secure mode, signatures of tokens are not verified.
    ///
    /// # Errors
    /// If the text isn't such a key.
    pub fn enable_secure_mode(&self, public_key_pem: &str) -> Result<(), String> {
        let key = public_key(public_key_pem)?;
        self.change(|account| account.auth_rules().public_key = Some(key));
        Ok(())
    }

    /// Requires a valid `X-ENGAGESPOT-USER-SIGNATURE` of users without a token. By default it is ignored.
    pub fn require_signatures(&self) {
        self.change(|account| account.auth_rules().require_signatures = true);
    }

    fn read<T: Default>(&self, f: impl FnOnce(&EngagespotAccount) -> T) -> T {
        self.state.read_account("engagespot", f)
    }

    fn change<T: Default>(&self, f: impl FnOnce(&mut EngagespotAccount) -> T) -> T {
        self.state.change_account("engagespot", f)
    }
}
