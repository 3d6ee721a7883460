//! `types.rs`: what goes in and comes out.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use engagement_document::Document;
use quote::quote;

use crate::codegen::normalise::{Reduced, Tagged};
use crate::codegen::parts::{Object, Parts};
use crate::codegen::{Failure, docs};

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
    for (name, tagged) in &reduced.tagged {
        if parts.used.contains(name) {
            out.push('\n');
            wire_union(&mut out, name, tagged);
        }
    }
    Ok(out)
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
        #[derive(Clone, Debug, #default PartialEq)]
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

/// How the type is read and written.
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
        let _ = writeln!(out, "        {kind} {}: {:?},", field.name, field.wire);
    }
    let open = if object.open { ": open" } else { "" };
    let _ = writeln!(out, "    }} extra{open}\n}}");
}
