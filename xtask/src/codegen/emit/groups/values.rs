//! What a call takes: path, query and header parameters, fields of a form, and the JSON body.

use std::collections::BTreeSet;

use engagement_document::{BodyKind, Document, Location, Operation};
use quote::format_ident;
use serde_json::Value;
use syn::{Ident, Type};

use crate::codegen::parsed::{Signature, TypedParameter};
use crate::codegen::{Failure, names};

/// A value that a call takes.
#[derive(Clone)]
pub(crate) struct RequestValue<'a> {
    /// Name on the wire.
    pub(crate) wire: String,
    /// Name of the argument, or of field and setter.
    pub(crate) name: Ident,
    pub(crate) parameter: &'a TypedParameter,
    /// Whether the caller may omit it.
    pub(crate) optional: bool,
    pub(crate) docs: String,
    pub(crate) encoding: Encoding,
}

/// Where a value goes in the request, and how it is written.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Encoding {
    Path,
    Query,
    Header,
    Form,
    FormJson,
    Part,
    PartJson,
    File,
}

pub(crate) fn values<'a>(
    document: &Document,
    operation: &Operation,
    signature: &'a Signature,
) -> Result<Vec<RequestValue<'a>>, Failure> {
    let mut found = Vec::new();
    let mut add = |wire: &str, docs: &str, encoding| {
        let rust = names::snake(wire);
        let parameter = signature
            .parameters
            .iter()
            .find(|parameter| parameter.name == rust);
        let parameter = parameter.ok_or_else(|| {
            Failure::new(format!(
                "{}: progenitor has no parameter `{rust}` for `{wire}`: this is a defect of xtask",
                operation.id
            ))
        })?;
        found.push(RequestValue {
            wire: wire.to_owned(),
            name: format_ident!("{}", names::value_of_call(&rust)),
            optional: parameter.optional || client_wide(operation, wire),
            parameter,
            docs: docs.to_owned(),
            encoding,
        });
        Ok(())
    };
    for parameter in &operation.parameters {
        if parameter.constant.is_none() {
            let encoding = match parameter.location {
                Location::Path => Encoding::Path,
                Location::Query => Encoding::Query,
                Location::Header => Encoding::Header,
            };
            add(&parameter.name, &parameter.description, encoding)?;
        }
    }
    if let Some(body) = operation
        .body
        .as_ref()
        .filter(|body| body.kind.has_fields())
    {
        for (name, schema) in document.schemas.properties(&body.schema) {
            let description = schema
                .get("description")
                .or_else(|| document.schemas.resolve(schema).get("description"));
            let description = description.and_then(Value::as_str).unwrap_or_default();
            add(name, description, field_encoding(body.kind, schema))?;
        }
    }
    Ok(found)
}

/// How a field of a form or multipart body is sent.
fn field_encoding(kind: BodyKind, schema: &Value) -> Encoding {
    let json = schema.get("x-form-json") == Some(&Value::Bool(true));
    let file = schema.get("format").and_then(Value::as_str) == Some("binary");
    match (kind, json) {
        (BodyKind::Multipart, _) if file => Encoding::File,
        (BodyKind::Multipart, true) => Encoding::PartJson,
        (BodyKind::Multipart, false) => Encoding::Part,
        (_, true) => Encoding::FormJson,
        (_, false) => Encoding::Form,
    }
}

/// A value that the caller sets: an argument if it is required, else a field with a setter.
pub(crate) struct CallValue {
    pub(crate) wire: String,
    pub(crate) name: Ident,
    pub(crate) ty: Type,
    pub(crate) optional: bool,
    pub(crate) docs: String,
}

/// What the caller of an operation sets: required values first, in the order of the arguments. One that is sent in two
/// places, such as path and form, is listed once.
pub(crate) fn call_values(
    document: &Document,
    operation: &Operation,
    signature: &Signature,
) -> Result<Vec<CallValue>, Failure> {
    let mut seen = BTreeSet::new();
    let values = values(document, operation, signature)?;
    let (optional, required): (Vec<_>, Vec<_>) = values
        .into_iter()
        .filter(|value| seen.insert(value.name.to_string()))
        .partition(|value| value.optional);
    let given = required.into_iter().chain(optional).map(|value| CallValue {
        wire: value.wire,
        name: value.name,
        ty: value.parameter.ty.clone(),
        optional: value.optional,
        docs: value.docs,
    });
    Ok(given.collect())
}

/// The JSON body that a caller sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BodyArgument<'a> {
    None,
    /// The last argument.
    Required(&'a Type),
    /// A field with a setter.
    Optional(&'a Type),
    /// It can only be an empty object; it is sent without an argument.
    Empty,
}

pub(crate) fn body<'a>(
    document: &Document,
    operation: &Operation,
    signature: &'a Signature,
) -> BodyArgument<'a> {
    let (Some(ty), Some(body)) = (&signature.body, &operation.body) else {
        return BodyArgument::None;
    };
    let schema = document.schemas.resolve(&body.schema);
    let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
    if closed && document.schemas.properties(schema).is_empty() && body.required {
        return BodyArgument::Empty;
    }
    if body.required {
        BodyArgument::Required(ty)
    } else {
        BodyArgument::Optional(ty)
    }
}

/// Whether a form takes fields that the document doesn't list.
pub(crate) fn takes_any_field(document: &Document, operation: &Operation) -> bool {
    let body = operation
        .body
        .as_ref()
        .filter(|body| body.kind == BodyKind::Form);
    let open = body.and_then(|body| {
        document
            .schemas
            .resolve(&body.schema)
            .get("additionalProperties")
    });
    open.is_some_and(|open| *open != Value::Bool(false))
}

/// Whether the client knows the value of a path parameter.
pub(crate) fn client_wide(operation: &Operation, wire: &str) -> bool {
    operation
        .parameters
        .iter()
        .any(|parameter| parameter.name == wire && parameter.client_value.is_some())
}
