//! The types that typify made.

use std::collections::BTreeSet;

use quote::{ToTokens, quote};
use syn::Item;

use super::paths::{spelt, without_option};
use super::{Field, Object, ParsedOutput};
use crate::codegen::normalise::{IdForm, Normalised};
use crate::codegen::{docs, names};

pub(super) fn types(items: Vec<Item>, normalised: &Normalised, parsed: &mut ParsedOutput) {
    let mut objects = Vec::new();
    let ids = normalised.ids.iter();
    let text_ids: BTreeSet<String> = ids
        .filter(|(_, id)| id.form == IdForm::Text)
        .map(|(name, _)| format!("ids::{name}"))
        .collect();
    for item in items {
        match item {
            Item::Struct(item) if matches!(item.fields, syn::Fields::Named(_)) => {
                objects.push(object(item, normalised));
            }
            Item::Struct(mut item) => {
                tidy(&mut item.attrs);
                for field in &mut item.fields {
                    tidy(&mut field.attrs);
                }
                parsed.others.push(Item::Struct(item));
            }
            Item::Enum(mut item) => {
                tidy(&mut item.attrs);
                for variant in &mut item.variants {
                    tidy(&mut variant.attrs);
                }
                describe_variants(&mut item);
                let conversions = conversions(&item, &text_ids);
                parsed.others.push(Item::Enum(item));
                parsed.others.extend(conversions);
            }
            Item::Impl(item) => {
                let inherent = item.trait_.is_none();
                let of = spelt(&item.self_ty);
                let default = item.trait_.as_ref().is_some_and(|(path, _)| {
                    let last = path.segments.last();
                    last.is_some_and(|segment| segment.ident == "Default")
                });
                let of_object = objects.iter().any(|object: &Object| object.name == of);
                if !(inherent || default && of_object) {
                    parsed.others.push(Item::Impl(item));
                }
            }
            _ => {}
        }
    }
    parsed.objects = objects;
}

fn object(item: syn::ItemStruct, normalised: &Normalised) -> Object {
    let mut fields = Vec::new();
    for field in item.fields {
        let Some(name) = field.ident else { continue };
        let serde: Vec<String> = field
            .attrs
            .iter()
            .filter(|a| a.path().is_ident("serde"))
            .map(|a| a.to_token_stream().to_string())
            .collect();
        if serde.iter().any(|attribute| attribute.contains("flatten")) {
            continue;
        }
        let renamed = serde.iter().find_map(|attribute| {
            attribute
                .split("rename = \"")
                .nth(1)?
                .split('"')
                .next()
                .map(str::to_owned)
        });
        let wire = renamed.unwrap_or_else(|| name.to_string().trim_start_matches("r#").to_owned());
        let wire = normalised.renamed.get(&wire).cloned().unwrap_or(wire);
        let (ty, optional) = without_option(&field.ty);
        let name = match name.to_string() {
            text if names::field_of_type(&text) == text => name,
            text => quote::format_ident!("{}", names::field_of_type(&text)),
        };
        fields.push(Field {
            name,
            wire,
            ty,
            optional,
            personal: false,
            position: usize::MAX,
            docs: text_of(&field.attrs),
        });
    }
    Object {
        open: normalised.open.contains(&item.ident.to_string()),
        name: item.ident,
        docs: text_of(&item.attrs),
        partial_failure: false,
        fields,
    }
}

/// Conversions for unions with a text, a list of texts or a time: `.tags(["new"])`, `.to("ada@example.com")`,
/// `.to(["a", "b"])`, `.closed_date(1_725_000_000)`.
fn conversions(item: &syn::ItemEnum, text_ids: &BTreeSet<String>) -> Vec<Item> {
    let name = &item.ident;
    // The variant and the type of what is spelt so.
    let find = |wanted: &dyn Fn(&str) -> bool| {
        let mut fields = item.variants.iter().filter_map(|variant| {
            let fields = &variant.fields;
            let field = fields.iter().next().filter(|_| fields.len() == 1)?;
            Some((&variant.ident, &field.ty))
        });
        fields.find(|(_, ty)| wanted(&spelt(ty)))
    };
    let variant_of = |ty: &str| find(&|known| known == ty).map(|(variant, _)| variant);
    let mut found = Vec::new();
    let id = find(&|ty| text_ids.contains(ty));
    let text = variant_of("String").or(id.map(|(variant, _)| variant));
    if let Some(text) = text {
        found.push(syn::parse_quote! { impl From<&str> for #name { fn from(value: &str) -> Self { Self::#text(value.into()) } } });
        found.push(syn::parse_quote! { impl From<&String> for #name { fn from(value: &String) -> Self { Self::#text(value.into()) } } });
        found.push(syn::parse_quote! { impl From<String> for #name { fn from(value: String) -> Self { Self::#text(value.into()) } } });
    }
    if let Some((kind, ty)) = id {
        found.push(syn::parse_quote! { impl From<&#ty> for #name { fn from(id: &#ty) -> Self { Self::#kind(id.clone()) } } });
        found.push(syn::parse_quote! { impl From<&&str> for #name { fn from(id: &&str) -> Self { Self::#kind((*id).into()) } } });
    }
    if let Some(texts) = variant_of("Vec<String>") {
        found.push(syn::parse_quote! { impl<const N: usize> From<[&str; N]> for #name { fn from(values: [&str; N]) -> Self { Self::#texts(values.map(str::to_owned).into()) } } });
    }
    // A number has no unit, so it gets that of the variant.
    let epochs = [
        "engagement_core::EpochSeconds",
        "engagement_core::EpochMillis",
    ];
    if let Some(time) = epochs.into_iter().find_map(variant_of) {
        found.push(syn::parse_quote! { impl From<i64> for #name { fn from(value: i64) -> Self { Self::#time(value.into()) } } });
    }
    found
}

/// Describes variants for which the document has no description.
fn describe_variants(item: &mut syn::ItemEnum) {
    for variant in &mut item.variants {
        let mut attributes = variant.attrs.iter();
        if attributes.any(|attribute| attribute.path().is_ident("doc")) {
            continue;
        }
        let fields = variant.fields.iter();
        let types: Vec<String> = fields.map(|field| spelt(&field.ty)).collect();
        // A reader knows the runtime's types by the names that the client crate gives them.
        let types = types.join(", ").replace("engagement_core::", "");
        let text = format!(" As `{types}`.");
        variant.attrs.insert(0, syn::parse_quote!(#[doc = #text]));
    }
}

fn text_of(attributes: &[syn::Attribute]) -> String {
    let mut out = Vec::new();
    for attribute in attributes {
        if let syn::Meta::NameValue(pair) = &attribute.meta
            && pair.path.is_ident("doc")
            && let syn::Expr::Lit(literal) = &pair.value
            && let syn::Lit::Str(text) = &literal.lit
        {
            out.push(text.value());
        }
    }
    docs::prose(&out.join("\n"))
}

/// Replaces the attributes of an item: escaped docs, our derives.
fn tidy(attributes: &mut Vec<syn::Attribute>) {
    let docs = docs::attributes(&text_of(attributes));
    let wire = attributes.iter().any(|a| {
        a.path().is_ident("derive") && a.to_token_stream().to_string().contains("Serialize")
    });
    let derives = wire.then(|| {
        quote! {
            #[derive(Clone, PartialEq, serde::Deserialize, serde::Serialize)]
            #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        }
    });
    let serde = attributes.iter().filter(|a| a.path().is_ident("serde"));
    *attributes = syn::parse_quote!(#docs #derives #(#serde)*);
}
