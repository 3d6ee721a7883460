//! What a call returns.

use engagement_document::Operation;
use proc_macro2::TokenStream;
use quote::quote;

use crate::codegen::emit::source::Source;
use crate::codegen::parsed::spelt;

/// What a successful response is read as: the type, and the runtime's way to read it.
pub(crate) fn response(source: Source<'_>, operation: &Operation) -> (TokenStream, TokenStream) {
    let normalised = source.normalised;
    if operation.returns_bytes() {
        return (
            quote!(engagement_core::Bytes),
            quote!(engagement_core::RawResponse::into_bytes),
        );
    }
    let Some(ty) = &source.signature(operation).response else {
        return (quote!(()), quote!(engagement_core::RawResponse::into_empty));
    };
    let any = spelt(ty) == "serde_json::Value";
    let one = normalised.one_or_many.contains(&operation.id);
    let read = if !operation.envelope.is_empty() {
        let path = &operation.envelope;
        quote!(|response| response.into_json_at_path(&[#(#path),*]))
    } else if any {
        quote!(engagement_core::RawResponse::into_value)
    } else if one {
        quote!(engagement_core::RawResponse::into_single)
    } else {
        quote!(engagement_core::RawResponse::into_json)
    };
    if operation.optional_response.is_some() {
        let read = quote!(|response| response.if_decodable(#read));
        return (quote!(Option<#ty>), read);
    }
    let may_be_missing =
        operation.may_be_empty() || normalised.nullable_responses.contains(&operation.id);
    if may_be_missing && operation.envelope.is_empty() && !any && !one {
        return (
            quote!(Option<#ty>),
            quote!(engagement_core::RawResponse::into_optional),
        );
    }
    (quote!(#ty), read)
}
