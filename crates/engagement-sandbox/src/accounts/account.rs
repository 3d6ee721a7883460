//! What the server requires of an account.

use std::any::Any;

use engagement_document::Operation;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::accounts::call::Call;
use crate::accounts::message::Message;
use crate::accounts::response::{ApiError, ApiResult};
use crate::clock::Clock;
use crate::provider::credentials::Credentials;
use crate::recent::Recent;

/// The settings of a sandbox that concern an account.
#[derive(Debug, Clone)]
pub(crate) struct AccountSettings {
    /// The account's credentials.
    pub(crate) credentials: Credentials,
    /// Whether [`Account::call`] is never called, because each response is the documented example.
    pub(crate) examples_only: bool,
    /// The time, for all that an account does.
    pub(crate) clock: Clock,
    /// The number of messages, and of other things that no call reads, that are kept.
    pub(crate) log_size: usize,
}

/// Records of one kind.
pub(crate) struct RecordList {
    /// What they are, such as `contacts`.
    pub(crate) kind: &'static str,
    /// How many there are.
    pub(crate) count: usize,
    /// The first of them.
    pub(crate) records: Vec<Value>,
}

impl RecordList {
    /// Keeps as many records as the limit says.
    pub(crate) fn new(
        kind: &'static str,
        limit: usize,
        records: impl IntoIterator<Item = Value>,
    ) -> Self {
        let mut records = records.into_iter();
        let kept: Vec<Value> = records.by_ref().take(limit).collect();
        Self {
            kind,
            count: kept.len() + records.count(),
            records: kept,
        }
    }

    /// The oldest of the records that are kept, and the number of all.
    pub(crate) fn recent(kind: &'static str, limit: usize, records: &Recent<Value>) -> Self {
        let kept = records.iter().take(limit).cloned();
        Self {
            kind,
            count: usize::try_from(records.count()).unwrap_or(usize::MAX),
            records: kept.collect(),
        }
    }
}

/// An account at a provider: its records, and what operations do with them.
///
/// A copy of an account, and one that is saved and loaded, behave as the account itself: nothing in it is random, and the time
/// is that of the clock.
pub(crate) trait Account: Any + Send + Sync {
    /// A copy. Both share their records until one of them changes.
    fn clone_account(&self) -> Box<dyn Account>;

    /// Uses the clock, the credentials and the limits of these settings from now on. None of them is saved.
    fn attach(&mut self, settings: &AccountSettings);

    /// Writes the records as JSON, the same for the same records.
    fn save(&self) -> serde_json::Result<String>;

    /// Executes an operation. The call is valid according to the document.
    fn call(&mut self, operation: &str, call: &Call) -> ApiResult;

    /// The status of a successful call, where it isn't that of the first documented response.
    fn success_status(&self, _operation: &Operation) -> Option<StatusCode> {
        None
    }

    /// Checks credentials in the provider's own way: the names of the security schemes that a request satisfies, or
    /// why its credentials are wrong (401). `None` leaves the check to the document's security schemes.
    fn authenticate(
        &self,
        _operation: &Operation,
        _headers: &HeaderMap,
    ) -> Option<Result<Vec<String>, String>> {
        None
    }

    /// Does what is due by now, such as scheduled sends. Returns whether something was.
    fn tick(&mut self) -> bool {
        false
    }

    /// Whether an operation leaves every account as it is.
    fn only_reads(&self, operation: &Operation) -> bool {
        operation.method == "GET"
    }

    /// Invalidates the tokens that the account has issued.
    fn expire_tokens(&mut self) {}

    /// The messages that would have reached people, oldest first.
    fn outbox(&self) -> Vec<Message> {
        Vec::new()
    }

    /// What the account holds, with at most this many records of each kind.
    fn records(&self, limit: usize) -> Vec<RecordList>;

    /// Refuses a request whose credentials are valid, but not for this operation (403).
    fn authorise(&self, _operation: &Operation, _headers: &HeaderMap) -> Result<(), ApiError> {
        Ok(())
    }
}
