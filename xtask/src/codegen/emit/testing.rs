//! `testing.rs`: errors and responses for the tests of callers.

use engagement_document::Document;

use crate::codegen::docs;

pub(super) fn testing(document: &Document) -> String {
    let title = docs::inline(super::text::provider_title(document));
    let package = format!("{}_client", document.provider);
    let operation = document
        .operations
        .first()
        .map_or("", |operation| operation.id.as_str());
    format!(
        r#"//! Errors and responses for the tests of your program: no server and no network.
//!
//! Test your code that handles responses and errors with values of this crate's types, made by `new`, and with these.
//!
//! ```
//! use {package}::{{Error, Response, testing}};
//!
//! fn describe(outcome: Result<Response<Vec<&str>>, Error>) -> String {{
//!     match outcome {{
//!         Ok(response) => format!("{{}} after {{}} attempts", response.value().join(" "), response.attempts()),
//!         Err(error) if error.is_not_found() => "nothing".to_owned(),
//!         Err(error) => error.to_string(),
//!     }}
//! }}
//!
//! let response = testing::response(vec!["one", "two"]).attempts(2).build();
//! assert_eq!(describe(Ok(response)), "one two after 2 attempts");
//! assert_eq!(describe(Err(testing::error({operation:?}, 404, "unknown"))), "nothing");
//! ```

use engagement_core::Error;

pub use engagement_core::testing::ResponseBuilder;

use super::operations::PROVIDER;

/// The error of a call that {title} refused: of kind [`Api`](engagement_core::ErrorKind::Api), sent once. It
/// reports the same as an error for a response with this status and body.
///
/// `operation` is the id with which the error's text begins. `body` is JSON as {title} writes it, or the message alone.
///
/// ```
/// use {package}::{{ErrorKind, testing}};
///
/// let error = testing::error({operation:?}, 404, "There is no such thing");
/// assert!(error.is_not_found() && error.was_sent());
/// assert_eq!(error.kind(), ErrorKind::Api);
/// assert_eq!(error.message(), Some("There is no such thing"));
/// ```
///
/// # Panics
/// If there is no such operation; the text suggests similar names. If an error of this kind cannot have the status: 1xx, a
/// redirect, or not from 100 to 999.
#[must_use]
#[track_caller]
pub fn error(operation: &str, status: u16, body: &str) -> Error {{
    engagement_core::testing::error(&PROVIDER, operation, status, body)
}}

/// Builds the [`Response`](engagement_core::Response) that `response()` of a call returns, with this value: status 200, one
/// attempt, no headers and an empty body, unless they are set.
///
/// ```
/// use {package}::testing;
///
/// let response = testing::response("the value").status(201).header("x-request-id", "r-1").build();
/// assert_eq!(response.status(), 201);
/// assert_eq!(response.request_id(), Some("r-1"));
/// assert_eq!(response.into_inner(), "the value");
/// ```
pub fn response<T>(value: T) -> ResponseBuilder<T> {{
    engagement_core::testing::response(&PROVIDER, value)
}}
"#
    )
}
