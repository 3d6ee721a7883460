//! `catalogue.rs`: the operations as data, for calls that are chosen at run time.

use engagement_document::{BodyKind, Document, Location, Operation};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::codegen::parsed::{ParsedOutput, Signature};
use crate::codegen::{Failure, names};

use super::groups::{self, BodyArgument, Encoding};

pub(super) fn catalogue(document: &Document, parsed: &ParsedOutput) -> Result<String, Failure> {
    let mut entries = Vec::new();
    for operation in &document.operations {
        entries.push(entry(document, parsed, operation)?);
    }
    let code = super::print(quote! {
        use engagement_core::{OperationBody, OperationEntry, OperationParameter, ParameterLocation};

        use super::operations;

        /// Every operation as data, in the order of the document.
        pub static CATALOGUE: &[OperationEntry] = &[#(#entries),*];

        /// An optional parameter.
        const fn plain(name: &'static str, location: ParameterLocation, kind: &'static str) -> OperationParameter {
            OperationParameter {
                name,
                location,
                kind,
                required: false,
                client_value: false,
                constant: None,
                media_type: "",
            }
        }

        /// A required parameter.
        const fn required(name: &'static str, location: ParameterLocation, kind: &'static str) -> OperationParameter {
            OperationParameter {
                required: true,
                ..plain(name, location, kind)
            }
        }
    })?;
    Ok(format!(
        "//! The operations as data, for calls that are chosen at run time.\n\n{code}"
    ))
}

fn entry(
    document: &Document,
    parsed: &ParsedOutput,
    operation: &Operation,
) -> Result<TokenStream, Failure> {
    let constant = format_ident!("{}", names::screaming(&operation.id));
    let summary = &operation.summary;
    let signature = &parsed.operations[&operation.id];
    let constants = operation.parameters.iter().filter_map(|parameter| {
        let value = parameter.constant.as_ref()?;
        let place = match parameter.location {
            Location::Path => quote!(ParameterLocation::Path),
            Location::Query => quote!(ParameterLocation::Query),
            Location::Header => quote!(ParameterLocation::Header),
        };
        let name = &parameter.name;
        Some(quote! {
            OperationParameter { constant: Some(#value), ..required(#name, #place, "string") }
        })
    });
    let values = groups::values(document, operation, signature)?;
    let values = values
        .iter()
        .map(|value| parameter(document, operation, value));
    let parameters = constants.chain(values);
    let body = body(document, operation, signature);
    let bytes = operation.returns_bytes();
    Ok(quote! {
        OperationEntry {
            operation: &operations::#constant,
            summary: #summary,
            parameters: &[#(#parameters),*],
            body: #body,
            returns_bytes: #bytes,
        }
    })
}

/// A value of a call as data.
fn parameter(
    document: &Document,
    operation: &Operation,
    value: &groups::RequestValue<'_>,
) -> TokenStream {
    let name = &value.wire;
    let place = match value.encoding {
        Encoding::Path => quote!(ParameterLocation::Path),
        Encoding::Query => quote!(ParameterLocation::Query),
        Encoding::Header => quote!(ParameterLocation::Header),
        Encoding::Form => quote!(ParameterLocation::Form),
        Encoding::FormJson => quote!(ParameterLocation::FormJson),
        Encoding::Part => quote!(ParameterLocation::Part),
        Encoding::PartJson => quote!(ParameterLocation::PartJson),
        Encoding::File => quote!(ParameterLocation::File),
    };
    let kind = kind(document, operation, name, value.encoding);
    let client_value = groups::client_wide(operation, name);
    let how = if value.parameter.optional || client_value {
        quote!(plain)
    } else {
        quote!(required)
    };
    let media_type = operation.body.as_ref().and_then(|body| {
        let known = body.part_types.iter().find(|(part, _)| part == name);
        known.map(|(_, media_type)| media_type.as_str())
    });
    let media_type = media_type.filter(|_| value.encoding == Encoding::File);
    match (client_value, media_type) {
        (true, _) => quote! {
            OperationParameter { client_value: true, ..#how(#name, #place, #kind) }
        },
        (_, Some(media_type)) => quote! {
            OperationParameter { media_type: #media_type, ..#how(#name, #place, #kind) }
        },
        _ => quote!(#how(#name, #place, #kind)),
    }
}

/// What an operation takes as its body.
fn body(document: &Document, operation: &Operation, signature: &Signature) -> TokenStream {
    match (
        groups::body(document, operation, signature),
        operation.body.as_ref(),
    ) {
        (BodyArgument::Required(_), _) => quote!(OperationBody::Json),
        (BodyArgument::Optional(_), _) => quote!(OperationBody::OptionalJson),
        (BodyArgument::Empty, _) => quote!(OperationBody::EmptyObject),
        (BodyArgument::None, Some(body)) if body.kind == BodyKind::Multipart => {
            quote!(OperationBody::Multipart)
        }
        (BodyArgument::None, Some(_)) if groups::takes_any_field(document, operation) => {
            quote!(OperationBody::OpenForm)
        }
        (BodyArgument::None, Some(_)) => quote!(OperationBody::Form),
        (BodyArgument::None, None) => match operation.empty_body {
            Some(kind) => {
                let content_type = kind.media_type();
                quote!(OperationBody::Empty { content_type: #content_type })
            }
            None => quote!(OperationBody::None),
        },
    }
}

/// The JSON type of a value; empty for any.
fn kind(document: &Document, operation: &Operation, name: &str, place: Encoding) -> String {
    let in_form = !matches!(place, Encoding::Path | Encoding::Query | Encoding::Header);
    let schema = if in_form {
        let body = operation.body.as_ref().map(|body| &body.schema);
        let fields = body
            .map(|schema| document.schemas.properties(schema))
            .unwrap_or_default();
        fields
            .into_iter()
            .find(|(field, _)| *field == name)
            .map(|(_, schema)| schema)
    } else {
        let mut parameters = operation.parameters.iter();
        parameters
            .find(|parameter| parameter.name == name)
            .map(|parameter| &parameter.schema)
    };
    let schema = schema.map(
        |schema| match schema.get("allOf").and_then(Value::as_array) {
            Some(one) if one.len() == 1 => document.schemas.resolve(&one[0]),
            _ => document.schemas.resolve(schema),
        },
    );
    let kind = schema
        .and_then(|schema| schema.get("type"))
        .and_then(Value::as_str);
    kind.unwrap_or_default().to_owned()
}
