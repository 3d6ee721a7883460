use serde_json::Value;

use crate::Sandbox;
use crate::accounts::webengage::State;
use crate::provider::Platform as _;

/// The WebEngage side of a [`Sandbox`].
#[derive(Debug, Clone, Copy)]
pub struct WebEngage<'a> {
    pub(crate) sandbox: &'a Sandbox,
}

/// A message of a transactional campaign. Nothing leaves the sandbox.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WebEngageMessage {
    /// The id that was answered; messages of one call share it.
    pub transaction_id: String,
    /// The campaign it belongs to.
    pub campaign_id: String,
    /// How it was to be sent.
    pub channel: WebEngageChannel,
    /// Id of the user.
    pub user_id: String,
    /// The address or number it was to go to; `None` for pushes.
    pub to: Option<String>,
    /// Seconds within which it must go out.
    pub ttl: i64,
    /// What to use instead of the profile's values; null when the request had nothing.
    pub override_data: Value,
}

/// How the messages of a campaign are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum WebEngageChannel {
    /// By e-mail.
    Email,
    /// As a text message.
    Sms,
    /// Through WhatsApp.
    Whatsapp,
    /// To the app on a device.
    Push,
    /// To a browser.
    WebPush,
}

/// A file for a catalog or a recommendation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WebEngageUpload {
    /// Short name of the catalog or recommendation; the sandbox makes one for a new recommendation.
    pub slug: String,
    /// Name of the file; empty when the request gave none.
    pub file_name: String,
    /// Length of the file.
    pub bytes: usize,
    /// Names of the columns, from the first line.
    pub columns: Vec<String>,
    /// What was said about a recommendation; null for a catalog.
    pub meta: Value,
}

/// What a provider reported about a message.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct WebEngageReport {
    /// `sms`, `email`, `whatsapp` or `rcs`; `private_sms` or `private_email` from private providers.
    pub channel: &'static str,
    /// The request's body.
    pub body: Value,
}

impl WebEngage<'_> {
    /// The key that the sandbox takes unless another was set.
    pub const API_KEY: &'static str = "sandbox-webengage-key";
    /// The token for delivery reports that the sandbox takes unless another was set.
    pub const DSN_TOKEN: &'static str = "sandbox-webengage-dsn";
    /// The license code of the account unless another was set.
    pub const LICENSE_CODE: &'static str = "sandbox0";

    /// Where a client's base URL must point.
    pub fn base_url(&self) -> String {
        self.sandbox.url("webengage")
    }

    /// Where the base URL of a named host of the document must point, such as `dashboard` or `sms-status`.
    pub fn server_url(&self, name: &str) -> Option<String> {
        self.sandbox.server_url("webengage", name)
    }

    /// Environment variables that lead a client here: credentials and URLs.
    pub fn env(&self) -> Vec<(String, String)> {
        self.sandbox.provider_env("webengage")
    }

    /// The profiles: those with a `userId` first, then those with an `anonymousId`, each by id. Besides what was sent
    /// they hold the opt-ins.
    pub fn users(&self) -> Vec<Value> {
        self.ask(|state| state.users())
    }

    /// The events of users, oldest first; those that transactions record are among them.
    pub fn events(&self) -> Vec<Value> {
        self.ask(|state| state.events())
    }

    /// Business events that happened, oldest first.
    pub fn business_events(&self) -> Vec<Value> {
        self.ask(|state| state.business_events())
    }

    /// Attributes and events that were dropped, with the reason. Like the provider, the sandbox doesn't tell the caller.
    pub fn dropped(&self) -> Vec<String> {
        self.ask(|state| state.dropped())
    }

    /// Makes a transactional campaign known. Before the first one, every id is taken for a campaign that sends pushes;
    /// afterwards an unknown id is answered with 404. [`Sandbox::reset`] forgets campaigns.
    pub fn campaign(&self, id: &str, channel: WebEngageChannel) {
        self.ask(|state| state.add_campaign(id, channel));
    }

    /// The messages of transactional campaigns, oldest first.
    pub fn messages(&self) -> Vec<WebEngageMessage> {
        self.ask(|state| state.sent_messages())
    }

    /// Adds a response to a survey, which no call can do, or replaces the one with its id. A fresh account has the one
    /// in the document's example.
    ///
    /// # Errors
    /// When it doesn't have the documented form.
    pub fn add_survey_response(&self, response: &Value) -> Result<(), String> {
        let problem = self.ask(|state| state.add_survey_response(response).err());
        problem.map_or(Ok(()), Err)
    }

    /// Adds a feedback with its replies, which no call can do, or replaces the one with its id. A fresh account has the
    /// one in the document's example. Searches find `action` (`read`, `unread` or `done`) as a member of its own; calls
    /// don't show it.
    ///
    /// # Errors
    /// When it doesn't have the documented form.
    pub fn add_feedback(&self, feedback: &Value) -> Result<(), String> {
        let problem = self.ask(|state| state.add_feedback(feedback).err());
        problem.map_or(Ok(()), Err)
    }

    /// Moves a data subject request on, to `PROCESSING` or `DONE`. An erasure that is done takes the user's profile and
    /// events with it.
    ///
    /// # Errors
    /// When there is no such request.
    pub fn set_subject_request_status(&self, id: &str, status: &str) -> Result<(), String> {
        let problem = self.ask(|state| state.set_request_status(id, status).err());
        problem.map_or(Ok(()), Err)
    }

    /// The files for catalogs and recommendations, oldest first.
    pub fn uploads(&self) -> Vec<WebEngageUpload> {
        self.ask(|state| state.uploads())
    }

    /// What message providers reported, oldest first.
    pub fn delivery_reports(&self) -> Vec<WebEngageReport> {
        self.ask(|state| state.delivery_reports())
    }

    fn ask<T: Default>(&self, ask: impl FnOnce(&mut State) -> T) -> T {
        self.sandbox.ask("webengage", ask)
    }
}
