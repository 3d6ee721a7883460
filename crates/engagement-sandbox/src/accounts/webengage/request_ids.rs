//! Deduplication of calls by their request id.

use std::time::Duration;

use super::account::WebEngageAccount;
use crate::accounts::call::Call;

/// How long the id of a call is stored.
const REQUEST_ID_LIFETIME: Duration = Duration::from_secs(4 * 60 * 60);

impl WebEngageAccount {
    /// Whether no earlier call to the operation was accepted with this request id, which is stored.
    pub(super) fn is_first(&mut self, operation: &'static str, call: &Call) -> bool {
        let (id, now) = (call.text("x-request-id"), self.clock.now());
        if id.is_empty() {
            return true;
        }
        let key = (operation.to_owned(), id.to_owned());
        // The time counts from the first call; repeats don't extend it.
        let first = self.request_ids.get(&key, now).is_none();
        if first {
            self.request_ids.insert(key, (), now, REQUEST_ID_LIFETIME);
        }
        first
    }
}
