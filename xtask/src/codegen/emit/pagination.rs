//! `pagination.rs`: streams over all pages.

use engagement_document::{Document, Operation, Pagination};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Type;

use crate::codegen::parts::{Object, Parts, inside};
use crate::codegen::{Failure, names};

pub(super) fn pagination(document: &Document, parts: &Parts) -> Result<Option<String>, Failure> {
    let mut impls = Vec::new();
    for operation in &document.operations {
        if let Some(pagination) = &operation.pagination {
            impls.push(streams(document, operation, pagination, parts)?);
        }
    }
    if impls.is_empty() {
        return Ok(None);
    }
    let code = super::print(quote! {
        use engagement_core::{Error, ResponseValue, Stream};

        use super::{builder, types};

        #(#impls)*
    })?;
    Ok(Some(format!(
        "//! Streams over all pages of a list.\n\n{code}"
    )))
}

fn streams(
    document: &Document,
    operation: &Operation,
    pagination: &Pagination,
    parts: &Parts,
) -> Result<TokenStream, Failure> {
    let id = &operation.id;
    let failed = |what: &str| {
        Failure::new(format!(
            "specs/{}.yaml: operation {id}: x-pagination: {what}",
            document.provider
        ))
    };
    let call = format_ident!("{}", names::pascal(id));
    let answer = parts.operations[id]
        .answer
        .as_ref()
        .ok_or_else(|| failed("the operation has no typed answer"))?;
    let cursor = format_ident!("{}", names::snake(pagination.param()));
    let (item, next, take, conflicts) = match pagination {
        Pagination::LastItem { field, .. } => {
            let item = inside(answer, "Vec").ok_or_else(|| failed("the answer is no array"))?;
            let field = field_of(parts, item, field)
                .ok_or_else(|| failed("the elements have no such field"))?;
            (
                item.clone(),
                quote!(page.last().and_then(|item| item.#field.clone())),
                quote!(|page| page),
                Vec::new(),
            )
        }
        Pagination::Cursor {
            next,
            items,
            conflicts,
            ..
        } => {
            let (next, items) = (next.trim_start_matches('/'), items.trim_start_matches('/'));
            let next = field_of(parts, answer, next)
                .ok_or_else(|| failed("the answer has no field at `next`"))?;
            let (items, ty) = typed_field(parts, answer, items)
                .ok_or_else(|| failed("the answer has no field at `items`"))?;
            let item =
                inside(&ty, "Vec").ok_or_else(|| failed("what stands at `items` is no array"))?;
            let item = if is_local(parts, item) {
                syn::parse_quote!(types::#item)
            } else {
                item.clone()
            };
            (
                item,
                quote!(page.#next.clone()),
                quote!(|page| page.#items.unwrap_or_default()),
                conflicts.clone(),
            )
        }
    };
    let guard = (!conflicts.is_empty()).then(|| {
        let checks = conflicts.iter().map(|conflict| {
            let field = format_ident!("{}", names::snake(conflict));
            quote!(self.#field.is_some())
        });
        let message = format!("`{}` can't be combined with walking all pages: leave it out, or call `send` for one page", conflicts.join("`, `"));
        quote! {
            if #(#checks)||* {
                self.setters.refuse(#message);
            }
        }
    });
    let mutable = guard.is_some().then(|| quote!(mut));
    Ok(quote! {
        impl<'a> builder::#call<'a> {
            /// The pages from here to the end, each fetched when it is asked for.
            ///
            /// Ends with an error if a page can't be had or the provider repeats a cursor.
            pub fn pages(#mutable self) -> impl Stream<Item = Result<ResponseValue<#answer>, Error>> + Send + 'a {
                #guard
                engagement_core::pages(
                    self,
                    |call| call.send(),
                    |page: &#answer| #next,
                    |call, cursor| call.#cursor(cursor),
                )
            }

            /// The elements of all pages from here to the end; the next page is fetched when the last one is used up.
            ///
            /// Ends with an error if a page can't be had or the provider repeats a cursor.
            pub fn stream(self) -> impl Stream<Item = Result<#item, Error>> + Send + 'a {
                engagement_core::items(self.pages(), #take)
            }
        }
    })
}

fn object<'a>(parts: &'a Parts, ty: &Type) -> Option<&'a Object> {
    let Type::Path(path) = ty else { return None };
    let name = &path.path.segments.last()?.ident;
    parts.objects.iter().find(|object| object.name == *name)
}

fn is_local(parts: &Parts, ty: &Type) -> bool {
    object(parts, ty).is_some()
}

fn typed_field(parts: &Parts, ty: &Type, wire: &str) -> Option<(syn::Ident, Type)> {
    let field = object(parts, ty)?
        .fields
        .iter()
        .find(|field| field.wire == wire)?;
    Some((field.name.clone(), field.ty.clone()))
}

fn field_of(parts: &Parts, ty: &Type, wire: &str) -> Option<syn::Ident> {
    typed_field(parts, ty, wire).map(|(name, _)| name)
}
