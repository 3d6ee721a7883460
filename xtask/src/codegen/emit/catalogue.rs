//! `catalogue.rs`: the operations as data, for calls that are chosen at run time.

use engagement_document::{BodyKind, Document, Operation, ValueStyle};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::groups::{BodyArgument, Encoding, Inputs, RequestValue, style};
use super::source::Source;
use crate::codegen::{Failure, names};
use crate::json::{list, text};

pub(super) fn catalogue(source: Source<'_>) -> Result<String, Failure> {
    let operations = source.document.operations.iter();
    let entries = operations
        .map(|operation| entry(source, operation))
        .collect::<Result<Vec<_>, _>>()?;
    let code = super::print(quote! {
        #[allow(unused_imports, reason = "no operation may need some of them")]
        use engagement_core::{OperationBody, OperationEntry, OperationParameter, ParameterLocation, ValueStyle};

        use super::operations;

        /// Every operation as data, in the order of the document.
        pub static CATALOGUE: &[OperationEntry] = &[#(#entries),*];
    })?;
    Ok(format!(
        "//! The operations as data, for calls that are chosen at run time.\n\n{code}"
    ))
}

fn entry(source: Source<'_>, operation: &Operation) -> Result<TokenStream, Failure> {
    let constant = format_ident!("{}", names::screaming(&operation.id));
    let summary = &operation.summary;
    let inputs = Inputs::of(source, operation)?;
    let accepts = inputs
        .accepts
        .as_deref()
        .filter(|_| !operation.returns_bytes());
    let headers = [("accept", accepts), ("content-type", inputs.content_type)];
    let headers = headers
        .into_iter()
        .filter_map(|(name, value)| Some((name, Encoding::Header, value?)));
    let constants = inputs.constants.iter().copied().chain(headers);
    let constants = constants.map(|(name, place, value)| {
        let place = location(place);
        quote! {
            OperationParameter { constant: Some(#value), ..OperationParameter::required(#name, #place, "string") }
        }
    });
    let values = inputs.values.iter();
    let values = values.map(|value| parameter(source.document, value));
    let parameters = constants.chain(values);
    let body = body(operation, &inputs);
    let bytes = operation.returns_bytes();
    Ok(quote! {
        OperationEntry {
            operation: &operations::#constant,
            summary: #summary,
            parameters: &[#(#parameters),*],
            body: OperationBody::#body,
            returns_bytes: #bytes,
        }
    })
}

/// A value of a call as data.
fn parameter(document: &Document, value: &RequestValue<'_>) -> TokenStream {
    let (name, media_type) = (value.wire, value.media_type);
    let place = location(value.encoding);
    let how = format_ident!(
        "{}",
        if value.optional {
            "optional"
        } else {
            "required"
        }
    );
    let kind = kind(document, value.schema);
    let plain = quote!(OperationParameter::#how(#name, #place, #kind));
    if value.client_wide {
        quote!(OperationParameter { client_value: true, ..#plain })
    } else if value.style != ValueStyle::Plain {
        let style = style(value.style);
        quote!(OperationParameter { style: #style, ..#plain })
    } else if media_type.is_empty() {
        plain
    } else {
        quote!(OperationParameter { media_type: #media_type, ..#plain })
    }
}

fn location(place: Encoding) -> TokenStream {
    let name = format_ident!("{}", format!("{place:?}"));
    quote!(ParameterLocation::#name)
}

/// What an operation takes as its body.
fn body(operation: &Operation, inputs: &Inputs<'_>) -> TokenStream {
    let kind = operation.body.as_ref().map(|body| body.kind);
    let body = match inputs.body {
        BodyArgument::Required(_) if inputs.raw => "Raw",
        BodyArgument::Optional(_) if inputs.raw => "OptionalRaw",
        BodyArgument::Required(_) => "Json",
        BodyArgument::Optional(_) => "OptionalJson",
        BodyArgument::Empty => "EmptyObject",
        BodyArgument::None if kind == Some(BodyKind::Multipart) => "Multipart",
        BodyArgument::None if inputs.any_field => "OpenForm",
        BodyArgument::None if kind.is_some() => "Form",
        BodyArgument::None => match operation.empty_body {
            Some(kind) => {
                let content_type = kind.media_type();
                return quote!(Empty { content_type: #content_type });
            }
            None => "None",
        },
    };
    let body = format_ident!("{body}");
    quote!(#body)
}

/// The JSON type of a value; empty for any.
fn kind(document: &Document, schema: &Value) -> String {
    let schema = match list(schema, "allOf") {
        [one] => one,
        _ => schema,
    };
    text(document.schemas.resolve(schema), "type")
}
