//! Describes the API by our rules. In: the source as OpenAPI 3. Out: a document whose schemas are still those of the
//! source.

pub(crate) mod answers;
pub(crate) mod bodies;
pub(crate) mod credentials;
pub(crate) mod errors;
pub(crate) mod head;
pub(crate) mod operations;
pub(crate) mod parameters;
pub(crate) mod paths;
