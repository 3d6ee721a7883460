//! The contents of a document, in types.

mod extensions;
mod operation;
mod pagination;
mod security;
mod server;

use serde_json::Value;

use crate::error::place;
use crate::lines::{Lines, operation_at};
use crate::schema::Schemas;

pub use extensions::{
    ClientValue, ConflictMessage, ErrorInSuccess, Evidence, ExampleException, IdempotencyKey,
    RateLimit, Webhook,
};
pub use operation::{Body, BodyKind, Location, Operation, Parameter, Response, ValueStyle};
pub use pagination::{After, Pagination};
pub use security::{Scheme, SchemeKind};
pub use server::{DocumentedApi, Server};

/// One provider's document, read and checked.
#[derive(Debug, Clone)]
pub struct Document {
    /// Short name of the provider, such as `engagebay`.
    pub provider: String,
    /// Title of the API.
    pub title: String,
    /// Version of the document.
    pub version: String,
    /// What the API is for.
    pub description: String,
    /// Hosts; the first one, named `api`, is the main one.
    pub servers: Vec<Server>,
    /// Security schemes, in the order of the document.
    pub schemes: Vec<Scheme>,
    /// Groups of operations, in the order of the document's tags.
    pub groups: Vec<Group>,
    /// Operations, in the order of the document's paths.
    pub operations: Vec<Operation>,
    /// JSON pointers to the message in an error body, in the order in which to try them.
    pub error_message: Vec<String>,
    /// The texts of an error message that mean "exists already"; `None` if the provider has a status for that, or none is known.
    pub conflict_message: Option<ConflictMessage>,
    /// How a response with a success status reports a failure; `None` if the provider isn't known to do that.
    pub error_in_success: Option<ErrorInSuccess>,
    /// Recorded payloads that are known to contradict the document.
    pub example_exceptions: Vec<ExampleException>,
    /// Webhooks: what the provider posts to its customers.
    pub webhooks: Vec<Webhook>,
    /// APIs that the provider documents elsewhere; their operations are not in the document.
    pub apis: Vec<DocumentedApi>,
    /// The named schemas.
    pub schemas: Schemas,
    /// The whole document.
    pub raw: Value,
    /// The name of its file, for messages; who read the file sets it.
    pub file: String,
    /// The line of each place in the file.
    pub lines: Lines,
}

impl Document {
    /// A place in the document's file, for messages: `specs/engage.yaml:73 users_create`.
    pub fn place(&self, pointer: &str) -> String {
        let operation = operation_at(&self.raw, pointer);
        let name = operation.as_deref().unwrap_or(pointer);
        place(&self.file, self.lines.line(pointer), name)
    }

    /// The operation of that id.
    pub fn operation(&self, id: &str) -> Option<&Operation> {
        self.operations.iter().find(|operation| operation.id == id)
    }

    /// The scheme of that name.
    pub fn scheme(&self, name: &str) -> Option<&Scheme> {
        self.schemes.iter().find(|scheme| scheme.name == name)
    }

    /// The operations of a group, in the order of the document.
    pub fn group<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Operation> {
        self.operations
            .iter()
            .filter(move |operation| operation.group == name)
    }
}

/// A group of operations: one tag of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The tag, in snake_case.
    pub name: String,
    /// What the group is about.
    pub description: String,
}
