//! `types.rs`: what goes in and comes out.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use engagement_document::Document;
use quote::{ToTokens, quote};

use crate::codegen::normalise::{Reduced, Tagged};
use crate::codegen::parts::{Object, Parts};
use crate::codegen::{Failure, docs, reach};

pub(super) fn types(
    document: &Document,
    reduced: &Reduced,
    parts: &Parts,
    requests: &BTreeSet<String>,
) -> Result<String, Failure> {
    let title = &document.title;
    let objects = parts
        .objects
        .iter()
        .map(|object| structure(object, requests));
    let others = &parts.others;
    let code = super::print(quote! {
        #(#objects)*
        #(#others)*
    })?;
    let mut out = format!(
        "//! What goes to the {title} and comes back.\n//!\n//! Keys that the document doesn't know are kept in `extra`; values that may be missing are `Option`s, and `null`\n//! reads like a missing key. Request types have a `builder()`.\n\nuse super::enums;\n\n#[doc(inline)]\npub use super::type_builders as builder;\n\n"
    );
    if !code.contains("enums::") {
        out = out.replace("use super::enums;\n\n", "");
    }
    out.push_str(&code);
    for object in &parts.objects {
        out.push('\n');
        wire(&mut out, object);
    }
    for item in &parts.others {
        debug(&mut out, item, parts);
    }
    for (name, tagged) in &reduced.tagged {
        if parts.used.contains(name) {
            out.push('\n');
            wire_union(&mut out, name, tagged);
        }
    }
    Ok(out)
}

/// How a union or a newtype is printed: objects know themselves what is personal in them, numbers and flags are not, and
/// anything else could be.
fn debug(out: &mut String, item: &syn::Item, parts: &Parts) {
    let named = |ty: &syn::Type| {
        let words = ty.to_token_stream().to_string();
        reach::words(&words).all(|word| {
            let plain = ["Vec", "Box", "std", "boxed", "vec", "i64", "f64", "bool"];
            plain.contains(&word) || parts.knows_itself(word)
        })
    };
    match item {
        syn::Item::Struct(item) => {
            let _ = writeln!(
                out,
                "\nengagement_core::personal_debug! {{ struct {} }}",
                item.ident
            );
        }
        // Those that derive it hold objects only.
        syn::Item::Enum(item) if !derives_debug(&item.attrs) => {
            let _ = writeln!(
                out,
                "\nengagement_core::personal_debug! {{\n    enum {} {{",
                item.ident
            );
            for variant in &item.variants {
                let plain = variant.fields.iter().all(|field| named(&field.ty));
                let kind = if plain { "plain" } else { "personal" };
                let _ = writeln!(out, "        {kind} {},", variant.ident);
            }
            out.push_str("    }\n}\n");
        }
        _ => {}
    }
}

fn derives_debug(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let text = attribute.to_token_stream().to_string();
        attribute.path().is_ident("derive") && reach::words(&text).any(|word| word == "Debug")
    })
}

/// How a union that is told apart by a key is read and written.
fn wire_union(out: &mut String, name: &str, tagged: &Tagged) {
    let _ = writeln!(
        out,
        "engagement_core::tagged_union! {{\n    {name} by {:?} {{",
        tagged.tag
    );
    for (words, ty) in &tagged.members {
        let words: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
        let _ = writeln!(
            out,
            "        {} => {},",
            words.join(" | "),
            tagged.variant(ty)
        );
    }
    let _ = writeln!(
        out,
        "        _ => {},\n    }}\n}}",
        tagged.variant(&tagged.other)
    );
}

fn structure(object: &Object, requests: &BTreeSet<String>) -> proc_macro2::TokenStream {
    let name = &object.name;
    let text = if object.docs.is_empty() {
        format!("`{name}` of the provider.")
    } else {
        object.docs.clone()
    };
    let about = docs::attributes(&text);
    let fields = object.fields.iter().map(|field| {
        let (name, ty) = (&field.name, &field.ty);
        let text = if field.docs.is_empty() {
            format!("`{}`.", field.wire)
        } else {
            field.docs.clone()
        };
        let about = docs::attributes(&text);
        let wire = &field.wire;
        let rename = (name != wire)
            .then(|| quote!(#[cfg_attr(feature = "schemars", schemars(rename = #wire))]));
        let ty = if field.optional {
            quote!(Option<#ty>)
        } else {
            quote!(#ty)
        };
        quote! { #about #rename pub #name: #ty }
    });
    let default = object
        .fields
        .iter()
        .all(|field| field.optional)
        .then(|| quote!(Default,));
    let builder = requests.contains(&name.to_string()).then(|| {
        let article = super::article(&name.to_string());
        let text = format!(" Starts {article} [`{name}`] with nothing set.");
        quote! {
            impl #name {
                #[doc = #text]
                pub fn builder() -> builder::#name {
                    builder::#name::default()
                }
            }
        }
    });
    quote! {
        #about
        #[derive(Clone, #default PartialEq)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #[non_exhaustive]
        pub struct #name {
            #(#fields,)*
            /// Keys that the document doesn't know, as they were read; they are written back.
            #[cfg_attr(feature = "schemars", schemars(flatten))]
            pub extra: engagement_core::Extra,
        }
        #builder
    }
}

/// How the type is read, written and printed.
fn wire(out: &mut String, object: &Object) {
    let _ = writeln!(
        out,
        "engagement_core::wire_object! {{\n    {} {{",
        object.name
    );
    for field in &object.fields {
        let kind = if field.optional {
            "optional"
        } else {
            "required"
        };
        let personal = if field.personal { " personal" } else { "" };
        let _ = writeln!(
            out,
            "        {kind} {}: {:?}{personal},",
            field.name, field.wire
        );
    }
    let open = if object.open { ": open" } else { "" };
    let _ = writeln!(out, "    }} extra{open}\n}}");
}
