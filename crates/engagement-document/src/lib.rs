#![cfg_attr(doctest, doc = include_str!("../docs/README.md"))]
//! Reads the hand-written OpenAPI documents behind `engagement-clients`.
//!
//! A document says more than an OpenAPI file usually does: which operations are safe to repeat, how pages hang
//! together, how well each call is known. This crate is the one place that knows how to read that, so that the code
//! generator, the sandbox, the tests and the command line agree on what a document means. The extensions are
//! described in `specs/README.md` of the repository.
//!
//! ```
//! # fn main() -> Result<(), engagement_document::DocumentError> {
//! let text = r#"{"openapi":"3.0.3","info":{"title":"T","version":"1"},"x-provider":"t",
//!   "servers":[{"url":"https://api.test","x-name":"api"}],"tags":[{"name":"users","description":"People."}],
//!   "paths":{"/users":{"get":{"operationId":"users_list","tags":["users"],"summary":"List users",
//!     "description":"All of them.","externalDocs":{"url":"https://docs.test"},
//!     "x-evidence":{"level":"docs","source":"https://docs.test"},
//!     "responses":{"200":{"description":"ok"}}}}}}"#;
//! let document = engagement_document::Document::from_json(text)?;
//! assert_eq!(document.operation("users_list").unwrap().action, "list");
//! # Ok(())
//! # }
//! ```

mod check;
mod error;
mod json;
mod model;
mod read;
mod schema;

pub use error::{DocumentError, Problem};
pub use model::{
    After, Answer, Body, BodyKind, ClientValue, ConflictMessage, Document, DocumentedApi,
    ErrorInSuccess, Evidence, ExampleException, Group, Location, Operation, Pagination, Parameter,
    RateLimit, Scheme, SchemeKind, Server, Webhook,
};
pub use schema::Schemas;

/// The version of this crate and of all others of its workspace, which are released together.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
