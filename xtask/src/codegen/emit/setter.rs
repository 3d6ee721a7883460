//! Setters of calls and of types.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Ident, Type};

use crate::codegen::docs;
use crate::codegen::parts::inside;

/// A setter that takes what converts into the type; lists take anything iterable whose elements convert.
pub(super) fn setter(name: &Ident, ty: &Type, wire: &str, text: &str) -> TokenStream {
    let text = if text.is_empty() {
        format!("Sets `{wire}`.")
    } else {
        text.to_owned()
    };
    let about = docs::attributes(&text);
    match inside(ty, "Vec") {
        Some(element) => quote! {
            #about
            pub fn #name(mut self, values: impl IntoIterator<Item: TryInto<#element, Error: std::fmt::Display>>) -> Self {
                self.#name = self.setters.list(#wire, values);
                self
            }
        },
        None => quote! {
            #about
            pub fn #name(mut self, value: impl TryInto<#ty, Error: std::fmt::Display>) -> Self {
                self.#name = self.setters.value(#wire, value);
                self
            }
        },
    }
}
