//! Parses progenitor's output. In: the file that it made. Out: the parts of which `emit` writes new code, that is easier to
//! read and faster to compile.
//!
//! Kept are typify's types, and the types of each operation's parameters, body and response. Dropped are `send` bodies
//! (one non-generic send loop of the runtime replaces them), serde attributes (the runtime's `wire_object!` reads and
//! writes without serde's buffering `flatten`) and typify's builders, which don't accept `&str` for an optional text.

mod marks;
mod operations;
mod paths;
mod reachable;
mod types;
mod unions;
mod used;

use std::collections::{BTreeMap, BTreeSet};

use engagement_document::{BodyKind, Document};
use syn::visit_mut::VisitMut;
use syn::{Ident, Item, Type};

use super::normalise::Normalised;
use super::{Failure, names};
use crate::json::text;
use paths::{InTypes, ShortPaths};

pub(crate) use paths::{inside, spelt};
pub(crate) use reachable::{identifiers, reachable_types};

/// What is kept of progenitor's output.
#[derive(Debug)]
pub(crate) struct ParsedOutput {
    pub(crate) objects: Vec<Object>,
    /// The identifiers in all types that are used, the names of enums among them.
    pub(crate) used: BTreeSet<String>,
    /// Unions and newtypes with their impls, as typify wrote them.
    pub(crate) others: Vec<Item>,
    pub(crate) operations: BTreeMap<String, Signature>,
}

/// A type made of an object schema.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) name: Ident,
    pub(crate) docs: String,
    pub(crate) fields: Vec<Field>,
    /// Whether the document allows any other field.
    pub(crate) open: bool,
    /// Whether a successful response of this type may report a failure.
    pub(crate) partial_failure: bool,
}

impl Object {
    /// The required fields, in the order of the document.
    pub(crate) fn required(&self) -> Vec<&Field> {
        let mut fields: Vec<&Field> = self.fields.iter().filter(|field| !field.optional).collect();
        fields.sort_by_key(|field| field.position);
        fields
    }
}

#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: Ident,
    /// The field's name on the wire.
    pub(crate) wire: String,
    /// The type, without `Option`.
    pub(crate) ty: Type,
    pub(crate) optional: bool,
    /// `Debug` doesn't print the value.
    pub(crate) personal: bool,
    /// Its position in the document: typify orders fields by name.
    pub(crate) position: usize,
    pub(crate) docs: String,
}

/// The types of an operation.
#[derive(Debug)]
pub(crate) struct Signature {
    pub(crate) parameters: Vec<TypedParameter>,
    pub(crate) body: Option<Type>,
    /// `None`: the response body is not read.
    pub(crate) response: Option<Type>,
}

#[derive(Debug)]
pub(crate) struct TypedParameter {
    pub(crate) name: Ident,
    pub(crate) ty: Type,
    pub(crate) optional: bool,
}

impl ParsedOutput {
    /// The names of all types.
    pub(crate) fn names(&self) -> impl Iterator<Item = &Ident> {
        let objects = self.objects.iter().map(|object| &object.name);
        objects.chain(self.others.iter().filter_map(name_of))
    }

    /// Whether a type is an object or a union of the document: their `Debug` hides personal data.
    pub(crate) fn has_own_debug(&self, name: &str) -> bool {
        let union = |item: &Item| matches!(item, Item::Enum(item) if item.ident == name);
        self.objects.iter().any(|object| object.name == name) || self.others.iter().any(union)
    }
}

/// The name of a type that is no object.
fn name_of(item: &Item) -> Option<&Ident> {
    match item {
        Item::Struct(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        _ => None,
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
            "types" => types::types(items, normalised, &mut parsed),
            "builder" => operations::operations(document, items, &mut parsed)?,
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
    for operation in &document.operations {
        let body = operation.body.as_ref();
        if let Some(body) = body.filter(|body| body.kind == BodyKind::Raw)
            && let Some(signature) = parsed.operations.get_mut(&operation.id)
        {
            let bytes = text(&body.schema, "format") == "binary";
            signature.body = Some(match bytes {
                true => syn::parse_quote!(engagement_core::Bytes),
                false => syn::parse_quote!(String),
            });
        }
    }
    parsed
        .others
        .extend(normalised.tagged.iter().flat_map(unions::tagged_union));
    for signature in parsed.operations.values_mut() {
        let parameters = signature.parameters.iter_mut().map(|setter| &mut setter.ty);
        let types = signature.body.iter_mut().chain(&mut signature.response);
        for ty in types.chain(parameters) {
            InTypes(&normalised.tagged).visit_type_mut(ty);
        }
    }
    marks::add_schema_marks(document, &mut parsed)?;
    used::drop_unused_types(document, normalised, &mut parsed);
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
