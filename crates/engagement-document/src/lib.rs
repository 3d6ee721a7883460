#![cfg_attr(doctest, doc = include_str!("../docs/README.md"))]
//! Reads the hand-written OpenAPI documents behind `engagement-clients`.
//!
//! A document has extensions that OpenAPI lacks: which operations are safe to repeat, how pages are read, how well each
//! operation is known. Only this crate reads them, so the code generator, the sandbox and the tests agree on what a document
//! means. `specs/README.md` of the repository describes the extensions.
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
mod lines;
mod model;
mod read;
mod schema;

pub use error::{DocumentError, Problem};
pub use lines::Lines;
pub use model::{
    After, Body, BodyKind, ClientValue, ConflictMessage, Document, DocumentedApi, ErrorInSuccess,
    Evidence, ExampleException, Group, IdempotencyKey, Location, Operation, Pagination, Parameter,
    RateLimit, Response, Scheme, SchemeKind, Server, ValueStyle, Webhook,
};
pub use schema::Schemas;

/// The version of this crate and of all others of its workspace, which are released together.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
