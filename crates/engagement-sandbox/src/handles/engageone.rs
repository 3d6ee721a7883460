use std::time::Duration;

use serde_json::Value;

use crate::Sandbox;
use crate::accounts::engageone;

/// The EngageOne side of a [`Sandbox`]. [`Sandbox::reset`] undoes whatever was set here.
#[derive(Debug, Clone, Copy)]
pub struct EngageOne<'a> {
    pub(crate) sandbox: &'a Sandbox,
}

/// A transactional campaign that EngageOne was told to send. Nothing leaves the sandbox.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EngageOneSend {
    /// Its id, which version 2 of the call answers.
    pub id: String,
    /// Name of the campaign.
    pub campaign: String,
    /// Version of the call: 1 or 2.
    pub version: u8,
    /// Addresses of the records that have one.
    pub recipients: Vec<String>,
    /// The request's body.
    pub body: Value,
}

impl EngageOne<'_> {
    /// The customer id of the account unless another was set.
    pub const CUSTOMER_ID: &'static str = "sandbox-customer";
    /// The client id of the account unless another was set.
    pub const CLIENT_ID: &'static str = "sandbox-customer.client@communicate.engageone.co";
    /// The secret of the account unless another was set.
    pub const SECRET: &'static str = "sandbox-engageone-secret";

    /// Where a client's base URL must point.
    pub fn base_url(&self) -> String {
        self.sandbox.url("engageone")
    }

    /// Where the base URL of a named host of the document must point, such as `users`, `video` or `archiving`.
    pub fn server_url(&self, name: &str) -> Option<String> {
        self.sandbox.server_url("engageone", name)
    }

    /// Environment variables that lead a client here: credentials and URLs.
    pub fn env(&self) -> Vec<(String, String)> {
        self.sandbox.provider_env("engageone")
    }

    /// A token as a login gives it, without a login.
    pub fn token(&self) -> String {
        self.ask(engageone::State::token)
    }

    /// How many logins have succeeded.
    pub fn logins(&self) -> u64 {
        self.ask(|state| state.logins())
    }

    /// Sets how long the tokens live that are given out from now on; an hour otherwise.
    pub fn token_lifetime(&self, lifetime: Duration) {
        self.ask(|state| state.tokens().set_lifetime(lifetime));
    }

    /// Refuses all tokens given out so far, though by what they say they are still good.
    pub fn expire_tokens(&self) {
        self.ask(|state| state.tokens().expire());
    }

    /// What it was told to send, oldest first.
    pub fn sends(&self) -> Vec<EngageOneSend> {
        self.ask(|state| state.sends())
    }

    /// Adds a communication. From the first one on, a send with any other is 404.
    pub fn add_communication(&self, name: impl Into<String>) {
        self.ask(|state| state.add_communication(name.into()));
    }

    /// Verifies a sender's address. From the first one on, a send with any other is 400.
    pub fn verify_sender(&self, address: impl Into<String>) {
        self.ask(|state| state.add_sender(address.into()));
    }

    /// Adds a data source with its records, objects that get a `uuid` if they have none. One with this id is replaced.
    pub fn add_data_source(
        &self,
        id: impl Into<String>,
        name: impl Into<String>,
        records: Vec<Value>,
    ) {
        self.ask(|state| state.add_data_source(id.into(), name.into(), records));
    }

    fn ask<T: Default>(&self, ask: impl FnOnce(&mut engageone::State) -> T) -> T {
        self.sandbox.ask("engageone", ask)
    }
}
