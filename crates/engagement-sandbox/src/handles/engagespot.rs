use serde_json::Value;

use crate::Sandbox;
use crate::accounts::engagespot::{State, public_key};
use crate::provider::Platform as _;

/// The Engagespot side of a [`Sandbox`].
#[derive(Debug, Clone, Copy)]
pub struct Engagespot<'a> {
    pub(crate) sandbox: &'a Sandbox,
}

/// A notification or workflow run that Engagespot accepted. Nothing leaves the sandbox.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EngagespotSend {
    /// The id that was answered.
    pub request_id: String,
    /// Identifiers of the users it goes to, in alphabetical order: those named, and those of topics. Who was unknown
    /// stands in [`Engagespot::dropped`], who was taken off in `cancelled`.
    pub recipients: Vec<String>,
    /// Identifiers of the users for whom the run was cancelled.
    pub cancelled: Vec<String>,
    /// Whether it waits for its `sendAt`, which means for [`Engagespot::deliver_scheduled`].
    pub waiting: bool,
    /// The request's body.
    pub body: Value,
}

impl Engagespot<'_> {
    /// The key that the sandbox takes unless another was set.
    pub const API_KEY: &'static str = "sandbox-engagespot-key";
    /// The secret that the sandbox takes unless another was set.
    pub const API_SECRET: &'static str = "sandbox-engagespot-secret";

    /// Where a client's base URL must point.
    pub fn base_url(&self) -> String {
        self.sandbox.url("engagespot")
    }

    /// Environment variables that lead a client here: credentials and URLs.
    pub fn env(&self) -> Vec<(String, String)> {
        self.sandbox.provider_env("engagespot")
    }

    /// What it was told to send, over whatever channel, oldest first.
    pub fn sent(&self) -> Vec<EngagespotSend> {
        self.ask(|state| state.sent())
    }

    /// The notifications in a user's inbox, newest first, as the API shows them. Looking doesn't mark them as seen.
    pub fn inbox(&self, user: &str) -> Vec<Value> {
        self.ask(|state| state.inbox(user))
    }

    /// The devices of a user, each with its `deviceId`, what it said when it connected, and the `webPushSubscription`
    /// that was attached.
    pub fn devices(&self, user: &str) -> Vec<Value> {
        self.ask(|state| state.devices(user))
    }

    /// Recipients, topics and subscribers that were skipped because nobody knows them, with their places in the
    /// bodies. Like the provider, the sandbox doesn't tell the caller.
    pub fn dropped(&self) -> Vec<String> {
        self.ask(|state| state.dropped())
    }

    /// Delivers every send that waits for its `sendAt`, and gives how many those were. Time alone delivers nothing, so
    /// that tests need not wait.
    pub fn deliver_scheduled(&self) -> usize {
        self.ask(State::deliver_scheduled)
    }

    /// Turns secure mode on, with a public RSA key in PEM: a user then needs a token that was signed with its private
    /// half. Before that, tokens are taken for what they claim. [`Sandbox::reset`] turns it off.
    ///
    /// # Errors
    /// When the text isn't such a key.
    pub fn secure_mode(&self, public_key_pem: &str) -> Result<(), String> {
        let key = public_key(public_key_pem)?;
        self.ask(|state| state.rules().public_key = Some(key));
        Ok(())
    }

    /// Asks everyone who calls as a user without a token for the right `X-ENGAGESPOT-USER-SIGNATURE`. Before that, it
    /// isn't looked at. [`Sandbox::reset`] ends it.
    pub fn require_signatures(&self) {
        self.ask(|state| state.rules().require_signatures = true);
    }

    fn ask<T: Default>(&self, ask: impl FnOnce(&mut State) -> T) -> T {
        self.sandbox.ask("engagespot", ask)
    }
}
