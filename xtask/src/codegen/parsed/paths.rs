//! Paths in types.

use std::collections::BTreeMap;

use quote::ToTokens;
use syn::visit_mut::VisitMut;
use syn::{GenericArgument, PathArguments, Type};

use crate::codegen::normalise::TaggedUnion;

/// `T` of `Outer<T, …>`.
pub(crate) fn inside<'a>(ty: &'a Type, outer: &str) -> Option<&'a Type> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last();
    let segment = last.filter(|segment| segment.ident == outer)?;
    let PathArguments::AngleBracketed(arguments) = &segment.arguments else {
        return None;
    };
    arguments.args.iter().find_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    })
}

/// `T` of `Option<T>`, and whether it is one.
pub(super) fn without_option(ty: &Type) -> (Type, bool) {
    match inside(ty, "Option") {
        Some(inner) => (inner.clone(), true),
        None => (ty.clone(), false),
    }
}

/// A type as text without spaces.
pub(crate) fn spelt(ty: &Type) -> String {
    ty.to_token_stream().to_string().replace(' ', "")
}

/// Puts `types::` before our own unions: progenitor names a replaced type alike everywhere.
pub(super) struct InTypes<'a>(pub(super) &'a BTreeMap<String, TaggedUnion>);

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

/// Writes `String` for `::std::string::String` and the like, so that generated files are readable.
pub(super) struct ShortPaths;

impl VisitMut for ShortPaths {
    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        let segments = path.segments.iter();
        let text: Vec<String> = segments.map(|it| it.ident.to_string()).collect();
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
