//! The statements that put a request together.

use engagement_document::Operation;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::values::{BodyArgument, Encoding, Inputs, RequestValue};

/// The statements, in the order in which they run: constants, values, body.
pub(super) fn statements(operation: &Operation, inputs: &Inputs<'_>) -> Vec<TokenStream> {
    let constants = inputs.constants.iter().map(|(wire, place, value)| {
        let put = put_method(*place);
        quote!(call.#put(#wire, &#value);)
    });
    let mut out: Vec<TokenStream> = constants.collect();
    if operation.returns_bytes() {
        out.push(quote!(call.accept("*/*");));
    }
    out.extend(inputs.values.iter().map(put));
    if inputs.any_field {
        out.push(quote! {
            for (name, value) in &self.fields {
                call.form_field(name, value);
            }
        });
    }
    match inputs.body {
        BodyArgument::Required(_) => out.push(quote!(call.json(&self.body);)),
        BodyArgument::Optional(_) => out.push(quote! {
            if let Some(body) = &self.body {
                call.json(body);
            }
        }),
        BodyArgument::Empty => out.push(quote!(call.empty_object();)),
        BodyArgument::None => {}
    }
    out
}

/// The statement that puts a value into the request.
fn put(value: &RequestValue<'_>) -> TokenStream {
    let (wire, name, media_type) = (value.wire, &value.name, value.media_type);
    let put = put_method(value.encoding);
    match value.encoding {
        _ if value.client_wide => quote!(call.path_or_client_value(#wire, &self.#name);),
        Encoding::File if value.optional => quote! {
            if let Some(value) = &self.#name {
                call.file(#wire, value, #media_type);
            }
        },
        Encoding::File => quote!(call.file(#wire, &self.#name, #media_type);),
        _ => quote!(call.#put(#wire, &self.#name);),
    }
}

/// The method of the runtime for a value at that place.
fn put_method(place: Encoding) -> Ident {
    format_ident!(
        "{}",
        match place {
            Encoding::Path => "path",
            Encoding::Query => "query",
            Encoding::Header => "header",
            Encoding::Form => "form",
            Encoding::FormJson => "form_json",
            Encoding::Part => "multipart_field",
            Encoding::PartJson => "multipart_json",
            Encoding::File => "file",
        }
    )
}
