//! Takes progenitor's output apart: what a person reads and what compiles fast is emitted anew from these parsed.
//!
//! Kept are the types that typify worked out, and the types of each operation's parameters, body and answer. Left
//! behind are `send` bodies (one non-generic send loop in the runtime does their work), serde attributes (the
//! runtime's `wire_object!` reads and writes without serde's buffering `flatten`) and typify's builders, which can't
//! take `&str` for an optional text.

use std::collections::{BTreeMap, BTreeSet};

use engagement_document::{Document, Schemas};
use quote::ToTokens;
use syn::visit_mut::VisitMut;
use syn::{GenericArgument, Item, PathArguments, Type};

use super::normalise::{IdForm, Normalised, TaggedUnion};
use super::reachable::{identifiers, reachable_types};
use super::{Failure, names};

/// What is kept of progenitor's output.
#[derive(Debug)]
pub(crate) struct ParsedOutput {
    pub(crate) objects: Vec<Object>,
    /// The words of all types that are used, to tell which enums are.
    pub(crate) used: BTreeSet<String>,
    /// Unions and newtypes with their impls, as typify wrote them.
    pub(crate) others: Vec<Item>,
    pub(crate) operations: BTreeMap<String, Signature>,
}

/// A type made of an object schema.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) name: syn::Ident,
    pub(crate) docs: String,
    pub(crate) fields: Vec<Field>,
    /// Whether the document lets it have any further key.
    pub(crate) open: bool,
    /// Whether a successful response of this type may say that something was refused.
    pub(crate) partial_failure: bool,
}

impl Object {
    /// The fields that are always there, in the order of the document.
    pub(crate) fn required(&self) -> Vec<&Field> {
        let mut fields: Vec<&Field> = self.fields.iter().filter(|field| !field.optional).collect();
        fields.sort_by_key(|field| field.place);
        fields
    }
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: syn::Ident,
    /// The key on the wire.
    pub(crate) wire: String,
    /// The type, without `Option`.
    pub(crate) ty: Type,
    pub(crate) optional: bool,
    /// `Debug` keeps the value to itself.
    pub(crate) personal: bool,
    /// Its place in the document, which typify's order by name has lost.
    pub(crate) place: usize,
    pub(crate) docs: String,
}

/// The types of an operation.
#[derive(Debug)]
pub(crate) struct Signature {
    pub(crate) parameters: Vec<TypedParameter>,
    pub(crate) body: Option<Type>,
    /// `None`: the answer's body is ignored.
    pub(crate) response: Option<Type>,
}

#[derive(Debug)]
pub(crate) struct TypedParameter {
    pub(crate) name: syn::Ident,
    pub(crate) ty: Type,
    pub(crate) optional: bool,
}

impl ParsedOutput {
    /// Whether a type of the document is an object or a union, which print themselves without what is personal.
    pub(crate) fn has_own_debug(&self, name: &str) -> bool {
        let union = |item: &Item| matches!(item, Item::Enum(item) if item.ident == name);
        self.objects.iter().any(|object| object.name == name) || self.others.iter().any(union)
    }
}

pub(crate) fn parse_output(
    document: &Document,
    normalised: &Normalised,
    mut file: syn::File,
) -> Result<ParsedOutput, Failure> {
    ShortPaths.visit_file_mut(&mut file);
    let mut parsed = ParsedOutput {
        objects: Vec::new(),
        used: BTreeSet::new(),
        others: Vec::new(),
        operations: BTreeMap::new(),
    };
    for item in file.items {
        let Item::Mod(module) = item else { continue };
        let items = module.content.map(|(_, items)| items).unwrap_or_default();
        match module.ident.to_string().as_str() {
            "types" => types(items, normalised, &mut parsed),
            "builder" => operations(document, items, &mut parsed)?,
            _ => {}
        }
    }
    for ((operation, wire), ty) in &normalised.object_parts {
        let name = names::snake(wire);
        let signature = parsed.operations.get_mut(operation);
        let setters = signature
            .into_iter()
            .flat_map(|signature| &mut signature.parameters);
        for setter in setters.filter(|setter| setter.name == name) {
            let ty = quote::format_ident!("{ty}");
            setter.ty = syn::parse_quote!(types::#ty);
        }
    }
    parsed
        .others
        .extend(normalised.tagged.iter().map(tagged_union));
    for signature in parsed.operations.values_mut() {
        let parameters = signature.parameters.iter_mut().map(|setter| &mut setter.ty);
        let types = signature.body.iter_mut().chain(&mut signature.response);
        for ty in types.chain(parameters) {
            InTypes(&normalised.tagged).visit_type_mut(ty);
        }
    }
    add_schema_marks(document, &mut parsed)?;
    drop_unused_types(document, normalised, &mut parsed);
    for operation in &document.operations {
        if !parsed.operations.contains_key(&operation.id) {
            return Err(Failure::new(format!(
                "progenitor made nothing of the operation {}: this is a defect of xtask",
                operation.id
            )));
        }
    }
    Ok(parsed)
}

/// A union that is told apart by a key; how it is read and written is emitted beside it.
fn tagged_union((name, tagged): (&String, &TaggedUnion)) -> Item {
    let name = quote::format_ident!("{name}");
    let about = super::docs::attributes(&super::docs::wrap(&super::docs::rustdoc(
        &tagged.description,
    )));
    let variants = tagged.members.iter().map(|(words, ty)| {
        let (variant, ty) = (tagged.variant(ty), quote::format_ident!("{ty}"));
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        let text = format!(" `{}` is {}.", tagged.tag, words.join(" or "));
        quote::quote!(#[doc = #text] #variant(#ty))
    });
    let (other, ty) = (
        tagged.variant(&tagged.other),
        quote::format_ident!("{}", tagged.other),
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

/// Takes over from the document what typify doesn't: which fields are personal, and for fields without words of their own
/// those of the schema that they refer to.
fn add_schema_marks(document: &Document, parsed: &mut ParsedOutput) -> Result<(), Failure> {
    let schemas = &document.schemas;
    for object in &mut parsed.objects {
        let named = |name: &&str| object.name == names::pascal(name);
        let Some(schema) = schemas
            .names()
            .find(named)
            .and_then(|name| schemas.get(name))
        else {
            // Written out within another schema, under a name that typify made up: its marks can't be found.
            for field in &mut object.fields {
                field.personal = true;
            }
            continue;
        };
        object.partial_failure =
            schema.get("x-partial-failure") == Some(&serde_json::Value::Bool(true));
        for (place, (name, property)) in schemas.properties(schema).into_iter().enumerate() {
            let field = object.fields.iter_mut().find(|field| field.wire == name);
            let personal = schemas.is_personal(property);
            let Some(field) = field else {
                if personal {
                    return Err(Failure::new(format!(
                        "the personal property `{name}` of `{}` has no field: this is a defect of xtask",
                        object.name
                    )));
                }
                continue;
            };
            field.personal = personal;
            field.place = place;
            if field.docs.is_empty() {
                let text = schemas.resolve(property).get("description");
                let text = text.and_then(serde_json::Value::as_str).unwrap_or_default();
                field.docs = super::docs::wrap(&super::docs::rustdoc(text));
            }
        }
    }
    Ok(())
}

/// Drops types that no call and no webhook leads to, such as the parsed of an `allOf`.
fn drop_unused_types(document: &Document, normalised: &Normalised, parsed: &mut ParsedOutput) {
    let mut roots = vec!["ApiError".to_owned()];
    roots.extend(normalised.full_responses.values().cloned());
    for signature in parsed.operations.values() {
        let types = signature.body.iter().chain(&signature.response);
        let types = types.chain(signature.parameters.iter().map(|setter| &setter.ty));
        roots.extend(types.map(|ty| ty.to_token_stream().to_string()));
    }
    let webhooks = document
        .webhooks
        .iter()
        .filter_map(|webhook| Schemas::ref_name(&webhook.schema));
    roots.extend(webhooks.map(names::pascal));
    let used = reachable_types(&parsed.objects, &parsed.others, roots);
    let made: BTreeSet<String> = parsed
        .objects
        .iter()
        .map(|object| object.name.to_string())
        .chain(parsed.others.iter().filter_map(|item| match item {
            Item::Struct(item) => Some(item.ident.to_string()),
            Item::Enum(item) => Some(item.ident.to_string()),
            _ => None,
        }))
        .collect();
    let dropped = |word: &str| made.contains(word) && !used.contains(word);
    parsed
        .objects
        .retain(|object| !dropped(&object.name.to_string()));
    parsed.others.retain(|item| match item {
        Item::Struct(item) => !dropped(&item.ident.to_string()),
        Item::Enum(item) => !dropped(&item.ident.to_string()),
        Item::Impl(item) => {
            let of = item.self_ty.to_token_stream().to_string();
            let from = item
                .trait_
                .as_ref()
                .map(|(path, _)| path.to_token_stream().to_string());
            !identifiers(&of)
                .chain(identifiers(&from.unwrap_or_default()))
                .any(dropped)
        }
        _ => true,
    });
    parsed.used = used;
}

fn types(items: Vec<Item>, normalised: &Normalised, parsed: &mut ParsedOutput) {
    let mut objects = Vec::new();
    let text_ids: BTreeSet<String> = normalised
        .ids
        .iter()
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
                let of = item.self_ty.to_token_stream().to_string();
                let default = item.trait_.as_ref().is_some_and(|trait_| {
                    trait_
                        .0
                        .segments
                        .last()
                        .is_some_and(|s| s.ident == "Default")
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

/// Conversions for unions with a text, a list of texts or a time: `.tags(["new"])`, `.to("ada@example.com")`,
/// `.to(["a", "b"])`, `.closed_date(1_725_000_000)`.
fn conversions(item: &syn::ItemEnum, text_ids: &BTreeSet<String>) -> Vec<Item> {
    let name = &item.ident;
    let holding = |ty: &str| {
        let holds = |variant: &&syn::Variant| {
            let fields = variant
                .fields
                .iter()
                .map(|field| field.ty.to_token_stream().to_string().replace(' ', ""));
            fields.eq([ty.to_owned()])
        };
        item.variants
            .iter()
            .find(holds)
            .map(|variant| &variant.ident)
    };
    let mut found = Vec::new();
    let id = item.variants.iter().find(|variant| {
        let mut fields = variant.fields.iter().map(|field| &field.ty);
        fields
            .next()
            .is_some_and(|ty| text_ids.contains(&ty.to_token_stream().to_string().replace(' ', "")))
    });
    let text = holding("String").or_else(|| id.map(|variant| &variant.ident));
    if let Some(text) = text {
        found.push(syn::parse_quote! { impl From<&str> for #name { fn from(value: &str) -> Self { Self::#text(value.into()) } } });
        found.push(syn::parse_quote! { impl From<&String> for #name { fn from(value: &String) -> Self { Self::#text(value.into()) } } });
        found.push(syn::parse_quote! { impl From<String> for #name { fn from(value: String) -> Self { Self::#text(value.into()) } } });
    }
    if let Some(variant) = id {
        let (kind, ty) = (
            &variant.ident,
            variant.fields.iter().next().map(|field| &field.ty),
        );
        found.push(syn::parse_quote! { impl From<&#ty> for #name { fn from(id: &#ty) -> Self { Self::#kind(id.clone()) } } });
        found.push(syn::parse_quote! { impl From<&&str> for #name { fn from(id: &&str) -> Self { Self::#kind((*id).into()) } } });
    }
    if let Some(texts) = holding("Vec<String>") {
        found.push(syn::parse_quote! { impl<const N: usize> From<[&str; N]> for #name { fn from(values: [&str; N]) -> Self { Self::#texts(values.map(str::to_owned).into()) } } });
    }
    // A number has no unit, so it is that of the place, as it is where there is no union.
    let epochs = [
        "engagement_core::EpochSeconds",
        "engagement_core::EpochMillis",
    ];
    if let Some(time) = epochs.into_iter().find_map(holding) {
        found.push(syn::parse_quote! { impl From<i64> for #name { fn from(value: i64) -> Self { Self::#time(value.into()) } } });
    }
    found
}

/// Says what a variant holds where the document has no words for it.
fn describe_variants(item: &mut syn::ItemEnum) {
    for variant in &mut item.variants {
        if variant
            .attrs
            .iter()
            .any(|attribute| attribute.path().is_ident("doc"))
        {
            continue;
        }
        let held: Vec<String> = variant
            .fields
            .iter()
            .map(|field| field.ty.to_token_stream().to_string().replace(' ', ""))
            .collect();
        // A reader knows the runtime's types by the names that the client crate gives them.
        let held = held.join(", ").replace("engagement_core::", "");
        let text = format!(" As `{held}`.");
        variant.attrs.insert(0, syn::parse_quote!(#[doc = #text]));
    }
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
        let key = renamed.unwrap_or_else(|| name.to_string().trim_start_matches("r#").to_owned());
        let wire = normalised.renamed.get(&key).cloned().unwrap_or(key);
        let (ty, optional) = match inside(&field.ty, "Option") {
            Some(inner) => (inner.clone(), true),
            None => (field.ty.clone(), false),
        };
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
            place: usize::MAX,
            docs: docs(&field.attrs),
        });
    }
    Object {
        open: normalised.open.contains(&item.ident.to_string()),
        name: item.ident,
        docs: docs(&item.attrs),
        partial_failure: false,
        fields,
    }
}

fn operations(
    document: &Document,
    items: Vec<Item>,
    parsed: &mut ParsedOutput,
) -> Result<(), Failure> {
    let by_name: BTreeMap<String, &str> = document
        .operations
        .iter()
        .map(|o| (names::pascal(&o.id), o.id.as_str()))
        .collect();
    for item in items {
        match item {
            Item::Struct(item) => {
                let Some(id) = by_name.get(&item.ident.to_string()) else {
                    continue;
                };
                let mut signature = Signature {
                    parameters: Vec::new(),
                    body: None,
                    response: None,
                };
                for field in item.fields {
                    let Some(name) = field.ident.filter(|name| name != "client") else {
                        continue;
                    };
                    let Some(ty) = inside(&field.ty, "Result") else {
                        return Err(Failure::new(format!(
                            "{id}: progenitor's parameter `{name}` has an unknown shape: adapt xtask/src/codegen/parsed.rs"
                        )));
                    };
                    if name == "body" {
                        signature.body = Some(without_builder(ty.clone()));
                        continue;
                    }
                    let (ty, optional) = match inside(ty, "Option") {
                        Some(inner) => (inner.clone(), true),
                        None => (ty.clone(), false),
                    };
                    signature
                        .parameters
                        .push(TypedParameter { name, ty, optional });
                }
                parsed.operations.insert((*id).to_owned(), signature);
            }
            Item::Impl(item) => {
                let of = match &*item.self_ty {
                    Type::Path(path) => path
                        .path
                        .segments
                        .last()
                        .map(|segment| segment.ident.to_string())
                        .unwrap_or_default(),
                    _ => String::new(),
                };
                let Some(signature) = by_name
                    .get(&of)
                    .and_then(|id| parsed.operations.get_mut(*id))
                else {
                    continue;
                };
                for item in item.items {
                    if let syn::ImplItem::Fn(function) = item
                        && function.sig.ident == "send"
                    {
                        signature.response = response_type(&function.sig.output);
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// `T` of `-> Result<ResponseValue<T>, Error<…>>`, unless it is `()` or a byte stream.
fn response_type(output: &syn::ReturnType) -> Option<Type> {
    let syn::ReturnType::Type(_, ty) = output else {
        return None;
    };
    let value = inside(inside(ty, "Result")?, "ResponseValue")?;
    let text = value.to_token_stream().to_string();
    (text != "()" && text != "ByteStream").then(|| value.clone())
}

/// `T` of `Outer<T, …>`.
pub(crate) fn inside<'a>(ty: &'a Type, outer: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let segment = path
        .path
        .segments
        .last()
        .filter(|segment| segment.ident == outer)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// `types::NewUser` of `types::builder::NewUser`.
fn without_builder(mut ty: Type) -> Type {
    if let Type::Path(path) = &mut ty {
        path.path.segments = std::mem::take(&mut path.path.segments)
            .into_iter()
            .filter(|segment| segment.ident != "builder")
            .collect();
    }
    ty
}

fn docs(attributes: &[syn::Attribute]) -> String {
    let mut out = Vec::new();
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
    {
        if let syn::Meta::NameValue(pair) = &attribute.meta
            && let syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(text),
                ..
            }) = &pair.value
        {
            out.push(text.value());
        }
    }
    super::docs::wrap(&super::docs::rustdoc(&out.join("\n")))
}

/// Makes the attributes of a kept item those of ours: safe docs, our derives.
fn tidy(attributes: &mut Vec<syn::Attribute>) {
    let text = docs(attributes);
    let wire = attributes.iter().any(|a| {
        a.path().is_ident("derive") && a.to_token_stream().to_string().contains("Serialize")
    });
    attributes.retain(|attribute| attribute.path().is_ident("serde"));
    let docs = super::docs::attributes(&text);
    let mut all: Vec<syn::Attribute> = Vec::new();
    if !text.is_empty() {
        all.extend(parse_attributes(docs));
    }
    if wire {
        all.push(
            syn::parse_quote!(#[derive(Clone, PartialEq, serde::Deserialize, serde::Serialize)]),
        );
        all.push(
            syn::parse_quote!(#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]),
        );
    }
    all.append(attributes);
    *attributes = all;
}

fn parse_attributes(tokens: proc_macro2::TokenStream) -> Vec<syn::Attribute> {
    use syn::parse::Parser;
    syn::Attribute::parse_outer
        .parse2(tokens)
        .unwrap_or_default()
}

/// Puts unions of our own where the other types of the document are, seen from a call: progenitor names a replaced type
/// alike everywhere.
struct InTypes<'a>(&'a BTreeMap<String, TaggedUnion>);

impl VisitMut for InTypes<'_> {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if path
            .get_ident()
            .is_some_and(|name| self.0.contains_key(&name.to_string()))
        {
            let name = path.segments[0].ident.clone();
            *path = syn::parse_quote!(types::#name);
        }
        syn::visit_mut::visit_path_mut(self, path);
    }
}

/// Writes `String` for `::std::string::String` and the like: the generated files are read by people.
struct ShortPaths;

impl VisitMut for ShortPaths {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        let text: Vec<String> = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string())
            .collect();
        let text: Vec<&str> = text.iter().map(String::as_str).collect();
        let keep = match text.as_slice() {
            ["std", "string", "String"]
            | ["std", "option", "Option"]
            | ["std", "vec", "Vec"]
            | ["std", "boxed", "Box"] => 1,
            ["std", "convert", "From" | "TryFrom" | "Into" | "TryInto"] => 1,
            ["std", "collections", _] | ["serde_json", _] => text.len(),
            _ => 0,
        };
        if keep > 0 {
            let skip = path.segments.len() - keep;
            path.segments = std::mem::take(&mut path.segments)
                .into_iter()
                .skip(skip)
                .collect();
            path.leading_colon = None;
        }
        syn::visit_mut::visit_path_mut(self, path);
    }
}
