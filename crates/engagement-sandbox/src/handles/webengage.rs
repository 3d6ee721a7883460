use serde_json::Value;

use crate::accounts::webengage::WebEngageAccount;
use crate::accounts::{
    WebEngageChannel, WebEngageDeliveryReport, WebEngageMessage, WebEngageUpload,
};
use crate::http::state::ServerState;

/// The WebEngage account of a [`Sandbox`](crate::Sandbox). [`Sandbox::reset`](crate::Sandbox::reset) undoes all changes
/// made here.
#[derive(Debug, Clone, Copy)]
pub struct WebEngage<'a> {
    pub(crate) state: &'a ServerState,
}

impl WebEngage<'_> {
    /// The default API key.
    pub const API_KEY: &'static str = "sandbox-webengage-key";
    /// The default token for delivery reports.
    pub const DSN_TOKEN: &'static str = "sandbox-webengage-dsn";
    /// The default license code.
    pub const LICENSE_CODE: &'static str = "sandbox0";

    /// The base URL for a client.
    pub fn base_url(&self) -> String {
        self.state.base_url("webengage")
    }

    /// The base URL for a named host of the document, such as `dashboard` or `sms-status`. `None` for an unknown name.
    pub fn server_url(&self, name: &str) -> Option<String> {
        self.state.server_url("webengage", name)
    }

    /// The names and base URLs of all its hosts, for `builder.servers(…)` of a client.
    pub fn servers(&self) -> Vec<(&'static str, String)> {
        self.state.servers("webengage")
    }

    /// The environment variables for a client: credentials and base URLs.
    pub fn env(&self) -> Vec<(String, String)> {
        self.state.env("webengage")
    }

    /// The user profiles: those with a `userId` first, then those with an `anonymousId`, each sorted by id. They contain
    /// the fields that were sent, and the opt-ins.
    pub fn users(&self) -> Vec<Value> {
        self.read(|account| account.users())
    }

    /// The most recent events of users, oldest first, including those recorded by transactions.
    pub fn events(&self) -> Vec<Value> {
        self.read(|account| account.events())
    }

    /// The most recent triggered business events, oldest first.
    pub fn business_events(&self) -> Vec<Value> {
        self.read(|account| account.business_events())
    }

    /// Attributes and events that were dropped, with the reason. Like the provider, the sandbox doesn't report them to the
    /// caller.
    pub fn dropped(&self) -> Vec<String> {
        self.read(|account| account.dropped())
    }

    /// Adds a transactional campaign. Before the first one, every id is a campaign that sends pushes; afterwards an
    /// unknown id is 404.
    pub fn add_campaign(&self, id: &str, channel: WebEngageChannel) {
        self.change(|account| account.add_campaign(id, channel));
    }

    /// The messages of transactional campaigns, oldest first.
    pub fn messages(&self) -> Vec<WebEngageMessage> {
        self.read(|account| account.messages())
    }

    /// Adds a survey response, or replaces the one with its id. No API call can do this. A new account has the response
    /// of the document's example.
    ///
    /// # Errors
    /// If the response violates the documented schema.
    pub fn add_survey_response(&self, response: &Value) -> Result<(), String> {
        let error = self.change(|account| account.add_survey_response(response).err());
        error.map_or(Ok(()), Err)
    }

    /// Adds a feedback with its replies, or replaces the one with its id. No API call can do this. A new account has the
    /// feedback of the document's example. The field `action` (`read`, `unread` or `done`) is used by searches and not
    /// returned.
    ///
    /// # Errors
    /// If the feedback violates the documented schema.
    pub fn add_feedback(&self, feedback: &Value) -> Result<(), String> {
        let error = self.change(|account| account.add_feedback(feedback).err());
        error.map_or(Ok(()), Err)
    }

    /// Sets the status of a data subject request, such as `PROCESSING` or `DONE`. An erasure with the status `DONE`
    /// deletes the user's profile and events.
    ///
    /// # Errors
    /// If there is no such request.
    pub fn set_subject_request_status(&self, id: &str, status: &str) -> Result<(), String> {
        let error = self.change(|account| account.set_subject_request_status(id, status).err());
        error.map_or(Ok(()), Err)
    }

    /// The uploaded files of catalogs and recommendations, oldest first.
    pub fn uploads(&self) -> Vec<WebEngageUpload> {
        self.read(|account| account.uploads())
    }

    /// The delivery reports of message providers, oldest first.
    pub fn delivery_reports(&self) -> Vec<WebEngageDeliveryReport> {
        self.read(|account| account.delivery_reports())
    }

    fn read<T: Default>(&self, f: impl FnOnce(&WebEngageAccount) -> T) -> T {
        self.state.read_account("webengage", f)
    }

    fn change<T: Default>(&self, f: impl FnOnce(&mut WebEngageAccount) -> T) -> T {
        self.state.change_account("webengage", f)
    }
}
