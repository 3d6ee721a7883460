//! Unions that one field selects.

use quote::{format_ident, quote};
use syn::Item;

use crate::codegen::docs;
use crate::codegen::normalise::TaggedUnion;

/// A union that one field selects; the code that reads and writes it is emitted beside it.
pub(super) fn tagged_union((name, tagged): (&String, &TaggedUnion)) -> Item {
    let name = format_ident!("{name}");
    let about = docs::attributes(&docs::prose(&tagged.description));
    let variants = tagged.members.iter().map(|(values, ty)| {
        let (variant, ty) = (tagged.variant(ty), format_ident!("{ty}"));
        let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
        let text = format!(" `{}` is {}.", tagged.tag, values.join(" or "));
        quote!(#[doc = #text] #variant(#ty))
    });
    let (other, ty) = (
        tagged.variant(&tagged.other),
        format_ident!("{}", tagged.other),
    );
    syn::parse_quote! {
        #about
        #[derive(Clone, Debug, PartialEq)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(untagged))]
        #[non_exhaustive]
        pub enum #name {
            #(#variants,)*
            /// Anything else, kept as it came.
            #other(#ty),
        }
    }
}
