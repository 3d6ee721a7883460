//! What the server requires of an account.

use std::any::Any;

use engagement_document::Operation;
use http::HeaderMap;

use crate::accounts::call::Call;
use crate::accounts::response::{ApiError, ApiResult};
use crate::provider::credentials::Credentials;

/// The settings of a sandbox that concern an account.
#[derive(Debug, Clone, Default)]
pub(crate) struct AccountSettings {
    /// The account's credentials.
    pub(crate) credentials: Credentials,
    /// Whether [`Account::call`] is never called, because each response is the documented example.
    pub(crate) examples_only: bool,
}

/// An account at a provider: its records, and what operations do with them.
pub(crate) trait Account: Any + Send {
    /// Executes an operation. The call is valid according to the document.
    fn call(&mut self, operation: &str, call: &Call) -> ApiResult;

    /// Checks credentials in the provider's own way: the names of the security schemes that a request satisfies, or
    /// why its credentials are wrong (401). `None` leaves the check to the document's security schemes.
    fn authenticate(
        &self,
        _operation: &Operation,
        _headers: &HeaderMap,
    ) -> Option<Result<Vec<String>, String>> {
        None
    }

    /// Refuses a request whose credentials are valid, but not for this operation (403).
    fn authorise(&self, _operation: &Operation, _headers: &HeaderMap) -> Result<(), ApiError> {
        Ok(())
    }
}
