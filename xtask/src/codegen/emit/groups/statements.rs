//! The statements that put a request together.

use engagement_document::{BodyKind, Location, Operation};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::call::Call;
use super::values::{BodyArgument, Encoding, RequestValue, client_wide};

/// The statements, in the order in which they run: constants, values, body.
pub(super) fn statements(call: &Call<'_>) -> Vec<TokenStream> {
    let operation = call.operation;
    let mut out = constants(operation);
    if operation.returns_bytes() {
        out.push(quote!(call.accept("*/*");));
    }
    out.extend(call.values.iter().map(|value| put(operation, value)));
    if call.any_field {
        out.push(quote! {
            for (name, value) in &self.fields {
                call.form_field(name, value);
            }
        });
    }
    match call.body {
        BodyArgument::Required(_) => out.push(quote!(call.json(&self.body);)),
        BodyArgument::Optional(_) => out.push(quote! {
            if let Some(body) = &self.body {
                call.json(body);
            }
        }),
        BodyArgument::Empty => out.push(quote!(call.empty_object();)),
        BodyArgument::None => {
            let empty = operation.empty_body.map(BodyKind::media_type);
            out.extend(empty.map(|content_type| quote!(call.empty_body(#content_type);)));
        }
    }
    out
}

/// Parameters that can have one value only.
fn constants(operation: &Operation) -> Vec<TokenStream> {
    let constants = operation.parameters.iter().filter_map(|parameter| {
        let constant = parameter.constant.as_ref()?;
        let wire = &parameter.name;
        Some(match parameter.location {
            Location::Header => quote!(call.header(#wire, &#constant);),
            Location::Path => quote!(call.path(#wire, &#constant);),
            Location::Query => quote!(call.query(#wire, &#constant);),
        })
    });
    constants.collect()
}

/// The statement that puts a value into the request.
fn put(operation: &Operation, value: &RequestValue<'_>) -> TokenStream {
    let (wire, name) = (&value.wire, &value.name);
    if client_wide(operation, wire) {
        return quote!(call.path_or_client_value(#wire, &self.#name););
    }
    let put = match value.encoding {
        Encoding::File => return put_file(operation, value),
        Encoding::Path => format_ident!("path"),
        Encoding::Query => format_ident!("query"),
        Encoding::Header => format_ident!("header"),
        Encoding::Form => format_ident!("form"),
        Encoding::FormJson => format_ident!("form_json"),
        Encoding::Part => format_ident!("multipart_field"),
        Encoding::PartJson => format_ident!("multipart_json"),
    };
    quote!(call.#put(#wire, &self.#name);)
}

/// A file carries the media type that the document gives its part.
fn put_file(operation: &Operation, value: &RequestValue<'_>) -> TokenStream {
    let (wire, name) = (&value.wire, &value.name);
    let media_type = operation.body.as_ref().and_then(|body| {
        let known = body.part_types.iter().find(|(part, _)| part == wire);
        known.map(|(_, media_type)| media_type.as_str())
    });
    let media_type = media_type.unwrap_or_default();
    if value.optional {
        quote! {
            if let Some(value) = &self.#name {
                call.file(#wire, value, #media_type);
            }
        }
    } else {
        quote!(call.file(#wire, &self.#name, #media_type);)
    }
}
