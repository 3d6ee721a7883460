//! `catalogue.rs`: the operations as data, for calls that are chosen at run time.

use engagement_document::{BodyKind, Document, Location, Operation};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::codegen::parts::Parts;
use crate::codegen::{Failure, names};

use super::groups::{self, BodyOf, Place};

pub(super) fn catalogue(document: &Document, parts: &Parts) -> Result<String, Failure> {
    let mut entries = Vec::new();
    for operation in &document.operations {
        entries.push(entry(document, parts, operation)?);
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
    parts: &Parts,
    operation: &Operation,
) -> Result<TokenStream, Failure> {
    let constant = format_ident!("{}", names::screaming(&operation.id));
    let summary = &operation.summary;
    let signature = &parts.operations[&operation.id];
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
    let mut parameters: Vec<TokenStream> = constants.collect();
    for value in groups::values(document, operation, signature)? {
        let name = &value.wire;
        let place = match value.place {
            Place::Path => quote!(ParameterLocation::Path),
            Place::Query => quote!(ParameterLocation::Query),
            Place::Header => quote!(ParameterLocation::Header),
            Place::Form => quote!(ParameterLocation::Form),
            Place::FormJson => quote!(ParameterLocation::FormJson),
            Place::Part => quote!(ParameterLocation::Part),
            Place::PartJson => quote!(ParameterLocation::PartJson),
            Place::File => quote!(ParameterLocation::File),
        };
        let kind = kind(document, operation, name, value.place);
        let client_value = groups::client_wide(operation, name);
        let how = if value.setter.optional || client_value {
            quote!(plain)
        } else {
            quote!(required)
        };
        let media_type = operation.body.as_ref().and_then(|body| {
            let known = body.part_types.iter().find(|(part, _)| part == name);
            known.map(|(_, media_type)| media_type.as_str())
        });
        let media_type = media_type.filter(|_| value.place == Place::File);
        parameters.push(match (client_value, media_type) {
            (true, _) => quote! {
                OperationParameter { client_value: true, ..#how(#name, #place, #kind) }
            },
            (_, Some(media_type)) => quote! {
                OperationParameter { media_type: #media_type, ..#how(#name, #place, #kind) }
            },
            _ => quote!(#how(#name, #place, #kind)),
        });
    }
    let body = match (
        groups::body(document, operation, signature),
        operation.body.as_ref(),
    ) {
        (BodyOf::Required(_), _) => quote!(OperationBody::Json),
        (BodyOf::Optional(_), _) => quote!(OperationBody::OptionalJson),
        (BodyOf::Empty, _) => quote!(OperationBody::EmptyObject),
        (BodyOf::None, Some(body)) if body.kind == BodyKind::Multipart => {
            quote!(OperationBody::Multipart)
        }
        (BodyOf::None, Some(_)) if groups::takes_any_field(document, operation) => {
            quote!(OperationBody::OpenForm)
        }
        (BodyOf::None, Some(_)) => quote!(OperationBody::Form),
        (BodyOf::None, None) => quote!(OperationBody::None),
    };
    let bytes = operation.answers_bytes();
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

/// The JSON type of a value; empty for any.
fn kind(document: &Document, operation: &Operation, name: &str, place: Place) -> String {
    let in_form = !matches!(place, Place::Path | Place::Query | Place::Header);
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
