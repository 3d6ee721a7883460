//! Unions that one field selects.

use quote::{format_ident, quote};
use syn::Item;

use crate::codegen::docs;
use crate::codegen::normalise::TaggedUnion;

/// A union that one field selects; the code that reads and writes it is emitted beside it.
pub(super) fn tagged_union((name, tagged): (&String, &TaggedUnion)) -> Vec<Item> {
    let name = format_ident!("{name}");
    let about = docs::attributes(&docs::prose(&tagged.description));
    let variants = tagged.members.iter().map(|(values, ty)| {
        let (variant, ty) = (tagged.variant(ty), tagged.content(ty));
        let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
        let text = format!("`{}` is {}.", tagged.tag, values.join(" or "));
        let text: Vec<&str> = text.split_whitespace().collect();
        let text = format!(" {}", text.join(" "));
        quote!(#[doc = #text] #variant(#ty))
    });
    let (other, ty) = tagged.other_variant();
    // Any JSON can be personal: its `Debug` is emitted apart.
    let debug = tagged.other.is_some().then(|| quote!(Debug,));
    let union: Item = syn::parse_quote! {
        #about
        #[derive(Clone, #debug PartialEq)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(untagged))]
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
            /// Anything else, kept as it came.
            #other(#ty),
        }
    };
    let members = tagged.members.iter().filter(|_| tagged.other.is_none());
    let conversions = members.map(|(_, ty)| {
        let (variant, content) = (tagged.variant(ty), format_ident!("{ty}"));
        let value = match tagged.boxed.contains(ty) {
            true => quote!(Box::new(value)),
            false => quote!(value),
        };
        syn::parse_quote! {
            impl From<#content> for #name {
                fn from(value: #content) -> Self {
                    Self::#variant(#value)
                }
            }
        }
    });
    std::iter::once(union).chain(conversions).collect()
}
