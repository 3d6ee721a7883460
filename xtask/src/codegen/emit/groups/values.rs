//! What a call takes: path, query and header parameters, fields of a form, and the JSON body.

use std::collections::BTreeSet;

use engagement_document::{BodyKind, Document, Location, Operation, ValueStyle};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;
use syn::{Ident, Type};

use crate::codegen::emit::source::Source;
use crate::codegen::normalise::{field_name, parameter_name};
use crate::codegen::parsed::Signature;
use crate::codegen::{Failure, names};
use crate::json::{flag, text};

/// What a call takes.
pub(crate) struct Inputs<'a> {
    /// Parameters that can have one value only: name on the wire, place and value.
    pub(crate) constants: Vec<(&'a str, Encoding, &'a str)>,
    /// The header `Accept`, if the response is not plain JSON.
    pub(crate) accepts: Option<String>,
    /// The header `Content-Type` of a body that is text or bytes, or JSON of another name.
    pub(crate) content_type: Option<&'a str>,
    /// Everything else but the body, in the order of the document.
    pub(crate) values: Vec<RequestValue<'a>>,
    pub(crate) body: BodyArgument<'a>,
    /// Whether a form takes fields that the document doesn't list.
    pub(crate) any_field: bool,
    /// Whether the body is text or bytes.
    pub(crate) raw: bool,
    /// The media type that a request without a body has nevertheless.
    pub(crate) empty_body: Option<BodyKind>,
}

impl<'a> Inputs<'a> {
    pub(crate) fn of(source: Source<'a>, operation: &'a Operation) -> Result<Self, Failure> {
        let (document, signature) = (source.document, source.signature(operation));
        let constants = operation.parameters.iter().filter_map(|parameter| {
            let value = parameter.constant.as_deref()?;
            let place = Encoding::of(parameter.location);
            Some((parameter.name.as_str(), place, value))
        });
        Ok(Self {
            constants: constants.collect(),
            accepts: operation.accepts(),
            content_type: content_type(operation),
            values: values(document, operation, signature)?,
            body: body(document, operation, signature),
            any_field: takes_any_field(document, operation),
            raw: operation
                .body
                .as_ref()
                .is_some_and(|body| body.kind == BodyKind::Raw),
            empty_body: operation.empty_body,
        })
    }

    /// What the caller sets: required values first, in the order of the arguments. One that is sent in two places, such as
    /// path and form, is listed once.
    pub(crate) fn given(&self) -> Vec<&RequestValue<'a>> {
        let mut seen = BTreeSet::new();
        let values = self.values.iter();
        let mut given: Vec<_> = values.filter(|value| seen.insert(&value.name)).collect();
        given.sort_by_key(|value| value.optional);
        given
    }
}

/// A value that a call takes: an argument if it is required, else a field with a setter.
pub(crate) struct RequestValue<'a> {
    /// Name on the wire.
    pub(crate) wire: &'a str,
    /// Name of the argument, or of field and setter.
    pub(crate) name: Ident,
    pub(crate) ty: &'a Type,
    pub(crate) schema: &'a Value,
    /// Whether the caller may omit it.
    pub(crate) optional: bool,
    /// Whether the client has a value for it.
    pub(crate) client_wide: bool,
    pub(crate) docs: String,
    pub(crate) encoding: Encoding,
    /// The media type that the document gives a file or a part.
    pub(crate) media_type: &'a str,
    /// How a list or an object is written.
    pub(crate) style: ValueStyle,
}

/// The runtime's name of a style.
pub(crate) fn style(style: ValueStyle) -> TokenStream {
    match style {
        ValueStyle::Plain => quote!(ValueStyle::Plain),
        ValueStyle::Joined(sign) => quote!(ValueStyle::Joined(#sign)),
        ValueStyle::Fields => quote!(ValueStyle::Fields),
        ValueStyle::Deep => quote!(ValueStyle::Deep),
    }
}

/// Where a value goes in the request, and how it is written; named like the runtime's `ParameterLocation`.
#[derive(Clone, Copy, Debug, PartialEq)]
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

impl Encoding {
    fn of(location: Location) -> Self {
        match location {
            Location::Path => Self::Path,
            Location::Query => Self::Query,
            Location::Header => Self::Header,
        }
    }

    /// How a field of a form or multipart body is sent.
    fn of_field(kind: BodyKind, schema: &Value) -> Self {
        match (kind, flag(schema, "x-form-json")) {
            (BodyKind::Multipart, _) if is_file(schema) => Self::File,
            (BodyKind::Multipart, _) if schema.get("items").is_some_and(is_file) => Self::File,
            (BodyKind::Multipart, true) => Self::PartJson,
            (BodyKind::Multipart, false) => Self::Part,
            (_, true) => Self::FormJson,
            (_, false) => Self::Form,
        }
    }
}

/// Whether a part of a multipart body is a file.
fn is_file(schema: &Value) -> bool {
    text(schema, "format") == "binary"
}

fn values<'a>(
    document: &'a Document,
    operation: &'a Operation,
    signature: &'a Signature,
) -> Result<Vec<RequestValue<'a>>, Failure> {
    let body = operation.body.as_ref();
    let mut found = Vec::new();
    let mut add = |wire: &'a str, named: &str, docs: String, schema: &'a Value, encoding, style| {
        let rust = names::snake(named);
        let mut parameters = signature.parameters.iter();
        let parameter = parameters.find(|parameter| parameter.name == rust);
        let parameter = parameter.ok_or_else(|| {
            Failure::new(format!(
                "{}: progenitor has no parameter `{rust}` for `{wire}`: this is a defect of xtask",
                operation.id
            ))
        })?;
        let mut known = operation.parameters.iter();
        let client_wide = known.any(|it| it.name == wire && it.client_value.is_some());
        let mut types = body.into_iter().flat_map(|body| &body.part_types);
        let part = matches!(
            encoding,
            Encoding::File | Encoding::Part | Encoding::PartJson
        );
        let media_type = types.find(|(name, _)| part && name == wire);
        found.push(RequestValue {
            wire,
            name: format_ident!("{}", names::value_of_call(&rust)),
            ty: &parameter.ty,
            schema,
            optional: parameter.optional || client_wide,
            client_wide,
            docs,
            encoding,
            media_type: media_type.map_or("", |(_, media_type)| media_type),
            style,
        });
        Ok(())
    };
    for parameter in &operation.parameters {
        if parameter.constant.is_none() {
            let place = Encoding::of(parameter.location);
            let docs = parameter.description.clone();
            add(
                &parameter.name,
                &parameter_name(parameter),
                docs,
                &parameter.schema,
                place,
                parameter.style,
            )?;
        }
    }
    if let Some(body) = body.filter(|body| body.kind.has_fields()) {
        for (name, schema) in document.schemas.properties(&body.schema) {
            let described = match schema.get("description") {
                Some(_) => schema,
                None => document.schemas.resolve(schema),
            };
            let docs = text(described, "description");
            let mut styles = body.styles.iter();
            let style = styles.find(|(styled, _)| styled == name);
            let style = style.map_or(ValueStyle::Plain, |(_, style)| *style);
            add(
                name,
                &field_name(name, schema),
                docs,
                schema,
                Encoding::of_field(body.kind, schema),
                style,
            )?;
        }
    }
    Ok(found)
}

/// The media type of a body that is text or bytes, or JSON of another name.
fn content_type(operation: &Operation) -> Option<&str> {
    let body = operation.body.as_ref()?;
    let named = match body.kind {
        BodyKind::Raw => true,
        kind => !kind.has_fields() && body.media_type != kind.media_type(),
    };
    named.then_some(&body.media_type)
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

fn body<'a>(
    document: &Document,
    operation: &Operation,
    signature: &'a Signature,
) -> BodyArgument<'a> {
    let (Some(ty), Some(body)) = (&signature.body, &operation.body) else {
        return BodyArgument::None;
    };
    let schema = document.schemas.resolve(&body.schema);
    let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
    if !body.required {
        BodyArgument::Optional(ty)
    } else if closed && document.schemas.properties(schema).is_empty() {
        BodyArgument::Empty
    } else {
        BodyArgument::Required(ty)
    }
}

/// Whether a form takes fields that the document doesn't list.
fn takes_any_field(document: &Document, operation: &Operation) -> bool {
    let body = operation.body.as_ref();
    let form = body.filter(|body| body.kind == BodyKind::Form);
    form.is_some_and(|form| {
        let open = document.schemas.resolve(&form.schema);
        let open = open.get("additionalProperties");
        open.is_some_and(|open| *open != Value::Bool(false))
    })
}
