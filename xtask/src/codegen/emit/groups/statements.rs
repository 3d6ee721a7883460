//! The statements that put a request together.

use engagement_document::{BodyKind, ValueStyle};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::values::{BodyArgument, Encoding, Inputs, RequestValue, style};
use crate::codegen::parsed::inside;

/// The statements, in the order in which they run: constants, values, body.
pub(super) fn statements(inputs: &Inputs<'_>) -> Vec<TokenStream> {
    let constants = inputs.constants.iter().map(|(wire, place, value)| {
        let put = put_method(*place);
        quote!(call.#put(#wire, &#value);)
    });
    let mut out: Vec<TokenStream> = constants.collect();
    out.extend(
        inputs
            .accepts
            .as_ref()
            .map(|media| quote!(call.accept(#media);)),
    );
    out.extend(inputs.values.iter().map(put));
    if inputs.any_field {
        out.push(quote! {
            for (name, value) in &self.fields {
                call.form_field(name, value);
            }
        });
    }
    if inputs.raw {
        let media = inputs.content_type.unwrap_or_default();
        out.push(match inputs.body {
            BodyArgument::Optional(_) => quote! {
                if let Some(body) = self.body {
                    call.bytes(body, #media);
                }
            },
            _ => quote!(call.bytes(self.body, #media);),
        });
        return out;
    }
    let content_type = inputs.content_type;
    let content_type = content_type.map(|media| quote!(call.header("content-type", #media);));
    match inputs.body {
        BodyArgument::Required(_) => out.push(quote! {
            call.json(&self.body);
            #content_type
        }),
        BodyArgument::Optional(_) => out.push(quote! {
            if let Some(body) = &self.body {
                call.json(body);
                #content_type
            }
        }),
        BodyArgument::Empty => out.push(quote! {
            call.empty_object();
            #content_type
        }),
        BodyArgument::None => {
            let empty = inputs.empty_body.map(BodyKind::media_type);
            out.extend(empty.map(|content_type| quote!(call.empty_body(#content_type);)));
        }
    }
    out
}

/// The statement that puts a value into the request.
fn put(value: &RequestValue<'_>) -> TokenStream {
    let (wire, name, media_type) = (value.wire, &value.name, value.media_type);
    let put = put_method(value.encoding);
    match value.encoding {
        _ if value.client_wide => quote!(call.path_or_client_value(#wire, &self.#name);),
        Encoding::File if inside(value.ty, "Vec").is_some() => {
            let files = if value.optional {
                quote!(self.#name.iter().flatten())
            } else {
                quote!(&self.#name)
            };
            quote! {
                for value in #files {
                    call.file(#wire, value, #media_type);
                }
            }
        }
        Encoding::File if value.optional => quote! {
            if let Some(value) = &self.#name {
                call.file(#wire, value, #media_type);
            }
        },
        Encoding::File => quote!(call.file(#wire, &self.#name, #media_type);),
        Encoding::Part | Encoding::PartJson => quote!(call.#put(#wire, &self.#name, #media_type);),
        Encoding::Header if value.style != ValueStyle::Plain => {
            quote!(call.header_list(#wire, &self.#name);)
        }
        Encoding::Query | Encoding::Form if value.style != ValueStyle::Plain => {
            let put = format_ident!("{put}_styled");
            let style = style(value.style);
            quote!(call.#put(#wire, &self.#name, engagement_core::#style);)
        }
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
