//! Operations as data, for programs that choose one at run time: command lines, bulk jobs, tool servers.

use crate::provider::Operation;

/// One operation as its document describes it.
///
/// A client crate has all of its operations in a static `CATALOGUE`, which only
/// [`operation`](crate::OperationCall) of its client reaches: a program that doesn't use it doesn't carry it.
#[derive(Debug, Clone, Copy)]
pub struct OperationEntry {
    /// Id, method, path, credentials, idempotency, limits and evidence.
    pub operation: &'static Operation,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// Its parameters and the fields of its form, in the order in which they are sent.
    pub parameters: &'static [OperationParameter],
    /// The body it takes.
    pub body: OperationBody,
    /// Whether it answers with bytes of any kind, and not with JSON.
    pub answers_bytes: bool,
}

/// A parameter of an operation, or a field of its form.
#[derive(Debug, Clone, Copy)]
pub struct OperationParameter {
    /// Name on the wire.
    pub name: &'static str,
    /// Where the value goes.
    pub place: ParameterPlace,
    /// JSON type of the value: `string`, `integer`, `number`, `boolean`, `array` or `object`; empty for any.
    pub kind: &'static str,
    /// Whether a call without it is refused.
    pub required: bool,
    /// Whether the client has a value for it that calls may leave out.
    pub client_value: bool,
    /// The only value it can have, which is sent without being asked for.
    pub constant: Option<&'static str>,
    /// Media type of a file; empty for the upload's own.
    pub media_type: &'static str,
}

/// Where the value of a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParameterPlace {
    /// A segment of the path.
    Path,
    /// The query string.
    Query,
    /// A header.
    Header,
    /// A field of a form.
    Form,
    /// A field of a form that holds JSON text.
    FormJson,
    /// A text part of a multipart form.
    Part,
    /// A part of a multipart form that holds JSON text.
    PartJson,
    /// A file in a multipart form.
    File,
}

impl ParameterPlace {
    /// Whether it is a field of a form, of whatever kind.
    #[must_use]
    pub fn is_form(self) -> bool {
        !matches!(self, Self::Path | Self::Query | Self::Header)
    }
}

/// The body that an operation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OperationBody {
    /// None.
    None,
    /// JSON, which may be left out.
    OptionalJson,
    /// JSON.
    Json,
    /// An empty JSON object, which is sent without being asked for.
    EmptyObject,
    /// A form of the fields among the parameters.
    Form,
    /// A form of the fields among the parameters, and of any other.
    OpenForm,
    /// A multipart form of the parts among the parameters.
    Multipart,
}
