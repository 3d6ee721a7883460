//! Operations as data, for programs that select one at run time: command lines, bulk jobs, tool servers.

use crate::http::text::ValueStyle;
use crate::provider::Operation;

/// An operation with its parameters and body, as documented.
///
/// A client crate lists its operations in a static `CATALOGUE`. Only `operation` of its client uses it (see
/// [`OperationCall`](crate::OperationCall)), so programs that do not call that do not contain it.
#[derive(Debug, Clone, Copy)]
pub struct OperationEntry {
    /// Id, method, path, credentials, idempotency, rate limit and evidence.
    pub operation: &'static Operation,
    /// What the operation does, in one sentence.
    pub summary: &'static str,
    /// Parameters and form fields, in the order in which they are sent.
    pub parameters: &'static [OperationParameter],
    /// The request body.
    pub body: OperationBody,
    /// Whether the response body is bytes of any type instead of JSON.
    pub returns_bytes: bool,
}

/// A parameter of an operation, or a field of its form.
#[derive(Debug, Clone, Copy)]
pub struct OperationParameter {
    /// Name on the wire.
    pub name: &'static str,
    /// Where the value is sent.
    pub location: ParameterLocation,
    /// JSON type of the value: `string`, `integer`, `number`, `boolean`, `array` or `object`; empty for any.
    pub kind: &'static str,
    /// Whether a call without it is an error.
    pub required: bool,
    /// Whether the client can set it for all calls.
    pub client_value: bool,
    /// The constant value, which is always sent.
    pub constant: Option<&'static str>,
    /// Media type of a file or a part; empty if the upload determines it, or the part has none.
    pub media_type: &'static str,
    /// How a list or an object is written.
    pub style: ValueStyle,
}

impl OperationParameter {
    /// A parameter that calls may omit, written in the plain style.
    pub const fn optional(
        name: &'static str,
        location: ParameterLocation,
        kind: &'static str,
    ) -> Self {
        Self {
            name,
            location,
            kind,
            required: false,
            client_value: false,
            constant: None,
            media_type: "",
            style: ValueStyle::Plain,
        }
    }

    /// A parameter that every call needs, written in the plain style.
    pub const fn required(
        name: &'static str,
        location: ParameterLocation,
        kind: &'static str,
    ) -> Self {
        Self {
            required: true,
            ..Self::optional(name, location, kind)
        }
    }
}

/// Where the value of a parameter is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ParameterLocation {
    /// A segment of the path.
    Path,
    /// The query string.
    Query,
    /// A header.
    Header,
    /// A field of a form.
    Form,
    /// A field of a form with JSON text.
    FormJson,
    /// A text part of a multipart form.
    Part,
    /// A part of a multipart form with JSON text.
    PartJson,
    /// A file in a multipart form.
    File,
}

impl ParameterLocation {
    /// Whether it is a field of a form of any type.
    #[must_use]
    pub fn is_form(self) -> bool {
        !matches!(self, Self::Path | Self::Query | Self::Header)
    }
}

/// The request body of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OperationBody {
    /// No body.
    None,
    /// An empty body with a content type.
    Empty {
        /// Such as `application/json`.
        content_type: &'static str,
    },
    /// Optional JSON.
    OptionalJson,
    /// JSON.
    Json,
    /// An empty JSON object, which is always sent.
    EmptyObject,
    /// A form with the fields among the parameters.
    Form,
    /// A form with the fields among the parameters, and any other fields.
    OpenForm,
    /// A multipart form with the parts among the parameters.
    Multipart,
    /// Text or bytes, which are sent unchanged.
    Raw,
    /// The same, or no body.
    OptionalRaw,
}
