//! `types.rs`: types of requests and responses.

use std::collections::BTreeSet;

use engagement_document::{Document, Pagination, Schemas};
use proc_macro2::TokenStream;
use quote::quote;

use crate::codegen::normalise::Normalised;
use crate::codegen::parsed::{Field, Object, ParsedOutput, reachable_types, spelt};
use crate::codegen::{Failure, docs, names};

use super::source::Source;
use super::text::one_or_group;
use super::wire::{self, Direction};
use super::{accept, pagination};

/// The names of the types that can be part of a request, and of a response, among other identifiers.
pub(crate) struct Directions {
    requests: BTreeSet<String>,
    responses: BTreeSet<String>,
}

impl Directions {
    pub(crate) fn of(document: &Document, parsed: &ParsedOutput) -> Self {
        let signatures = || parsed.operations.values();
        let sent = signatures().flat_map(|signature| {
            let parameters = signature.parameters.iter().map(|setter| &setter.ty);
            signature.body.iter().chain(parameters)
        });
        let read = signatures().flat_map(|signature| &signature.response);
        let webhooks = document.webhooks.iter();
        let webhooks = webhooks.filter_map(|webhook| Schemas::ref_name(&webhook.schema));
        let read = read.map(spelt).chain(webhooks.map(names::pascal));
        Self {
            requests: reachable_types(&parsed.objects, &parsed.others, sent.map(spelt)),
            responses: reachable_types(&parsed.objects, &parsed.others, read),
        }
    }

    pub(crate) fn of_object(&self, object: &Object) -> Direction {
        let name = object.name.to_string();
        Direction {
            sent: self.requests.contains(&name),
            read: self.responses.contains(&name),
        }
    }
}

pub(super) fn types(source: Source<'_>) -> Result<String, Failure> {
    let Source {
        document,
        normalised,
        parsed,
    } = source;
    let directions = Directions::of(document, parsed);
    let objects = parsed
        .objects
        .iter()
        .map(|object| structure(object, normalised, directions.of_object(object).sent));
    let pages = pages(document, parsed);
    let others = &parsed.others;
    let code = super::print(quote! {
        #(#objects)*
        #(#others)*
        #(#pages)*
    })?;
    let mut out = format!(
        "//! Types of requests and responses of the {}.\n//!\n//! Fields that the document doesn't list are kept in `extra`. A field that may be absent is an `Option`; `null` is read like\n//! an absent field. `new` takes the required fields; types of requests have setters for the others.\n\n",
        docs::inline(&document.title)
    );
    let used = |module: &&str| code.contains(&format!("{module}::"));
    let modules: Vec<&str> = ["enums", "ids"].into_iter().filter(used).collect();
    if !modules.is_empty() {
        out.push_str(&format!("use super::{};\n\n", one_or_group(&modules)));
    }
    out.push_str(&code);
    for object in &parsed.objects {
        out.push('\n');
        wire::object(&mut out, object, normalised, directions.of_object(object));
    }
    for item in &parsed.others {
        wire::debug(&mut out, item, parsed);
    }
    for (name, tagged) in &normalised.tagged {
        if parsed.used.contains(name) {
            out.push('\n');
            wire::union(&mut out, name, tagged);
        }
    }
    Ok(out)
}

fn structure(object: &Object, normalised: &Normalised, sent: bool) -> TokenStream {
    let name = &object.name;
    let text = docs::or_else(&object.docs, || format!("`{name}` of the provider."));
    let about = docs::attributes(&text);
    let fields = object
        .fields
        .iter()
        .map(|field| struct_field(object, field, normalised));
    let default = object
        .fields
        .iter()
        .all(|field| field.optional)
        .then(|| quote!(Default,));
    let new = constructor(object);
    let setters = sent.then(|| setters(object));
    let must_use = object
        .partial_failure
        .then(|| quote!(#[must_use = "it may report a failure although the call succeeded"]));
    quote! {
        #about
        #[derive(Clone, #default PartialEq)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #must_use
        #[non_exhaustive]
        pub struct #name {
            #(#fields,)*
            /// Fields that the document doesn't list, as they were read; they are written back.
            #[cfg_attr(feature = "schemars", schemars(flatten))]
            pub extra: engagement_core::Attributes,
        }
        impl #name {
            #new
            #setters
        }
    }
}

fn struct_field(object: &Object, field: &Field, normalised: &Normalised) -> TokenStream {
    let (name, ty) = (&field.name, &field.ty);
    let text = docs::or_else(&field.docs, || format!("`{}`.", field.wire));
    let about = docs::attributes(&text);
    let wire = &field.wire;
    let rename =
        (name != wire).then(|| quote!(#[cfg_attr(feature = "schemars", schemars(rename = #wire))]));
    let as_text = wire::is_as_text(normalised, object, wire).then(|| {
        let with = if field.optional {
            "Option<String>"
        } else {
            "String"
        };
        quote!(#[cfg_attr(feature = "schemars", schemars(with = #with))])
    });
    let ty = if field.optional {
        quote!(Option<#ty>)
    } else {
        quote!(#ty)
    };
    quote! { #about #rename #as_text pub #name: #ty }
}

/// The function `new`, which takes the required fields.
fn constructor(object: &Object) -> TokenStream {
    let name = &object.name;
    let article = super::text::article(&name.to_string());
    let required = object.required();
    let text = if required.is_empty() {
        format!("{} [`{name}`] with nothing set.", capital(article))
    } else {
        let fields: Vec<String> = required.iter().map(|field| listed(field)).collect();
        format!(
            "{} [`{name}`] with what is required.\n\n{}",
            capital(article),
            docs::wrap(&fields.join("\n"))
        )
    };
    let text = docs::attributes(&text);
    if required.is_empty() {
        quote! {
            #text
            #[inline]
            pub fn new() -> Self {
                Self::default()
            }
        }
    } else {
        let arguments = required
            .iter()
            .map(|field| accept::required(&field.name, &field.ty).0);
        let fields = object.fields.iter().map(|field| {
            let name = &field.name;
            match field.optional {
                true => quote!(#name: None),
                false => accept::required(name, &field.ty).1,
            }
        });
        quote! {
            #text
            #[inline]
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#fields,)* extra: engagement_core::Attributes::new() }
            }
        }
    }
}

/// Setters of the optional fields, and of fields that the document doesn't list.
fn setters(object: &Object) -> TokenStream {
    let optional = object.fields.iter().filter(|field| field.optional);
    let setters =
        optional.map(|field| accept::setter(&field.name, &field.ty, &field.wire, &field.docs));
    quote! {
        #(#setters)*

        /// Sets a field that the document doesn't list.
        pub fn extra(mut self, key: impl Into<String>, value: impl Into<serde_json::Value>) -> Self {
            self.extra.insert(key, value);
            self
        }
    }
}

/// Lets pages that are objects be iterated like a list.
fn pages(document: &Document, parsed: &ParsedOutput) -> Vec<TokenStream> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for operation in &document.operations {
        let (Some(pagination), Some(page)) = (
            &operation.pagination,
            &parsed.operations[&operation.id].response,
        ) else {
            continue;
        };
        let (Pagination::Cursor { items, .. } | Pagination::Page { items, .. }) = pagination else {
            continue;
        };
        let (Ok(item), Ok(field)) = (
            pagination::item(parsed, page, pagination),
            pagination::records(parsed, page, items),
        ) else {
            continue;
        };
        let [name, item] = [page, &item].map(|ty| spelt(ty).replace("types::", ""));
        let (Ok(name), Ok(item)) = (name.parse::<TokenStream>(), item.parse::<TokenStream>())
        else {
            continue;
        };
        if !seen.insert(name.to_string()) {
            continue;
        }
        let (field_name, records) = (&field.name, pagination::owned(field));
        let slice = if field.optional {
            quote!(self.#field_name.as_deref().unwrap_or_default())
        } else {
            quote!(&self.#field_name)
        };
        found.push(quote! {
            impl #name {
                /// The records of the page.
                pub fn items(&self) -> &[#item] {
                    #slice
                }
            }
            impl<'a> IntoIterator for &'a #name {
                type Item = &'a #item;
                type IntoIter = std::slice::Iter<'a, #item>;

                fn into_iter(self) -> Self::IntoIter {
                    self.items().iter()
                }
            }
            impl IntoIterator for #name {
                type Item = #item;
                type IntoIter = std::vec::IntoIter<#item>;

                fn into_iter(self) -> Self::IntoIter {
                    self.#records.into_iter()
                }
            }
        });
    }
    found
}

/// A field as an item of a list: its name, and the first paragraph of its description.
fn listed(field: &Field) -> String {
    let first = field
        .docs
        .split("\n\n")
        .next()
        .unwrap_or_default()
        .replace('\n', " ");
    if first.is_empty() {
        format!("* `{}`", field.name)
    } else {
        format!("* `{}`: {}", field.name, super::text::sentence(&first))
    }
}

fn capital(article: &str) -> &str {
    if article == "an" { "An" } else { "A" }
}
