//! Arguments of setters and calls: the type that is accepted, and the conversion.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, Type};

use crate::codegen::docs;
use crate::codegen::parsed::{inside, spelt};

/// The type of an argument, and the expression that converts it.
///
/// Integers and flags have their own types: `impl Into<i64>` would accept `true` and refuse large literals. Everything else
/// is accepted as `impl Into`.
fn argument(name: &Ident, ty: &Type) -> (TokenStream, TokenStream) {
    match inside(ty, "Vec") {
        Some(element) if is_plain(element) => (
            quote!(impl IntoIterator<Item = #element>),
            quote!(#name.into_iter().collect()),
        ),
        Some(element) => (
            quote!(impl IntoIterator<Item: Into<#element>>),
            quote!(#name.into_iter().map(Into::into).collect()),
        ),
        None if is_plain(ty) => (quote!(#ty), quote!(#name)),
        None => (quote!(impl Into<#ty>), quote!(#name.into())),
    }
}

/// An argument for a required value, and the field that it fills.
pub(super) fn required(name: &Ident, ty: &Type) -> (TokenStream, TokenStream) {
    let (accepted, made) = argument(name, ty);
    let field = if *name == made.to_string() {
        quote!(#name)
    } else {
        quote!(#name: #made)
    };
    (quote!(#name: #accepted), field)
}

/// Whether values of the type are passed as they are.
fn is_plain(ty: &Type) -> bool {
    matches!(spelt(ty).as_str(), "i64" | "bool" | "i32" | "u32" | "u64")
}

/// A setter of an optional value.
pub(super) fn setter(name: &Ident, ty: &Type, wire: &str, text: &str) -> TokenStream {
    let about = docs::attributes(&docs::or_else(text, || format!("Sets `{wire}`.")));
    let value = quote::format_ident!("value");
    let (accepted, converted) = argument(&value, ty);
    quote! {
        #about
        #[inline]
        pub fn #name(mut self, value: #accepted) -> Self {
            self.#name = Some(#converted);
            self
        }
    }
}
