use serde_json::Value;

use crate::Sandbox;
use crate::http::service::Host;

/// The Engage side of a [`Sandbox`].
#[derive(Debug, Clone, Copy)]
pub struct Engage<'a> {
    pub(crate) sandbox: &'a Sandbox,
}

/// A message that Engage was told to send. Nothing leaves the sandbox.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Message {
    /// The id that was answered.
    pub id: String,
    /// How it was to be sent.
    pub kind: MessageKind,
    /// Addresses or numbers it was to go to, copies included.
    pub to: Vec<String>,
    /// The request's body.
    pub body: Value,
}

/// How a [`Message`] was to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MessageKind {
    /// By e-mail.
    Email,
    /// As a text message.
    Sms,
}

impl Engage<'_> {
    /// The key that the sandbox takes unless another was set.
    pub const API_KEY: &'static str = "sandbox-engage-key";
    /// The secret that the sandbox takes unless another was set.
    pub const API_SECRET: &'static str = "sandbox-engage-secret";

    /// Where a client's base URL must point.
    pub fn base_url(&self) -> String {
        self.sandbox.url("engage")
    }

    /// Where the base URL of a named host of the document must point, such as `root` or `app`.
    pub fn server_url(&self, name: &str) -> Option<String> {
        self.sandbox.server_url("engage", name)
    }

    /// Environment variables that lead a client here: credentials and URLs.
    pub fn env(&self) -> Vec<(String, String)> {
        self.sandbox.provider_env("engage")
    }

    /// The messages it was told to send, oldest first.
    pub fn messages(&self) -> Vec<Message> {
        self.host()
            .map(|host| host.state().messages())
            .unwrap_or_default()
    }

    /// The events it was told of, oldest first, each with the user's `uid`.
    pub fn events(&self) -> Vec<Value> {
        self.host()
            .map(|host| host.state().events())
            .unwrap_or_default()
    }

    /// Items of batches that were dropped, with the reason. Like the provider, the sandbox doesn't tell the caller.
    pub fn dropped_batch_items(&self) -> Vec<String> {
        self.host()
            .map(|host| host.state().dropped())
            .unwrap_or_default()
    }

    fn host(&self) -> Option<&Host> {
        self.sandbox.shared().host("engage")
    }
}
