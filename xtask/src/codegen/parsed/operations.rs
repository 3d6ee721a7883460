//! The types of each operation, from progenitor's builders.

use std::collections::BTreeMap;

use engagement_document::Document;
use syn::{Item, Type};

use super::paths::{inside, spelt, without_option};
use super::{ParsedOutput, Signature, TypedParameter};
use crate::codegen::{Failure, names};

pub(super) fn operations(
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
                if let Some(id) = by_name.get(&item.ident.to_string()) {
                    let signature = signature(id, item)?;
                    parsed.operations.insert((*id).to_owned(), signature);
                }
            }
            Item::Impl(item) => {
                let signature = by_name
                    .get(&name_of(&item.self_ty))
                    .and_then(|id| parsed.operations.get_mut(*id));
                let send = item.items.into_iter().find_map(|item| match item {
                    syn::ImplItem::Fn(function) if function.sig.ident == "send" => Some(function),
                    _ => None,
                });
                if let (Some(signature), Some(send)) = (signature, send) {
                    signature.response = response_type(&send.sig.output);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// The parameters and the body of a builder; the response is that of its `send`.
fn signature(id: &str, builder: syn::ItemStruct) -> Result<Signature, Failure> {
    let mut signature = Signature {
        parameters: Vec::new(),
        body: None,
        response: None,
    };
    for field in builder.fields {
        let Some(name) = field.ident.filter(|name| name != "client") else {
            continue;
        };
        let Some(ty) = inside(&field.ty, "Result") else {
            return Err(Failure::new(format!(
                "{id}: progenitor's parameter `{name}` has an unknown type: adapt xtask/src/codegen/parsed/operations.rs"
            )));
        };
        if name == "body" {
            signature.body = Some(without_builder(ty.clone()));
            continue;
        }
        let (ty, optional) = without_option(ty);
        signature
            .parameters
            .push(TypedParameter { name, ty, optional });
    }
    Ok(signature)
}

/// The last segment of a type's path.
fn name_of(ty: &Type) -> String {
    let Type::Path(path) = ty else {
        return String::new();
    };
    let last = path.path.segments.last();
    last.map(|segment| segment.ident.to_string())
        .unwrap_or_default()
}

/// `T` of `-> Result<ResponseValue<T>, Error<…>>`, unless it is `()` or a byte stream.
fn response_type(output: &syn::ReturnType) -> Option<Type> {
    let syn::ReturnType::Type(_, ty) = output else {
        return None;
    };
    let value = inside(inside(ty, "Result")?, "ResponseValue")?;
    let nothing = matches!(spelt(value).as_str(), "()" | "ByteStream");
    (!nothing).then(|| value.clone())
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
