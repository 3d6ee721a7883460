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
    let numbered = document
        .operations
        .iter()
        .any(|operation| matches!(operation.pagination, Some(Pagination::Page { .. })));
    let start = numbered.then(|| quote!(PageStart,));
    let code = super::print(quote! {
        use engagement_core::{Error, #start ResponseValue, Stream};

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
    if let Pagination::Page {
        size, items, total, ..
    } = pagination
    {
        let size = format_ident!("{}", names::snake(size));
        let item = item(parts, answer, pagination).map_err(failed)?;
        let at = (items.as_str(), total.as_str());
        return numbered(parts, answer, &item, &call, &cursor, &size, at).map_err(failed);
    }
    let item = item(parts, answer, pagination).map_err(failed)?;
    let (next, take, conflicts) = match pagination {
        Pagination::LastItem { field, .. } => {
            let field = field_of(parts, &item, field)
                .ok_or_else(|| failed("the elements have no such field"))?;
            (
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
            let items = field_of(parts, answer, items)
                .ok_or_else(|| failed("the answer has no field at `items`"))?;
            (
                quote!(page.#next.clone()),
                quote!(|page| page.#items.unwrap_or_default()),
                conflicts.clone(),
            )
        }
        Pagination::Page { .. } => return Err(failed("pages are numbered")),
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

/// The type of a list's elements.
pub(super) fn item(
    parts: &Parts,
    answer: &Type,
    pagination: &Pagination,
) -> Result<Type, &'static str> {
    let items = match pagination {
        Pagination::LastItem { .. } => {
            let item = inside(answer, "Vec").ok_or("the answer is no array")?;
            return Ok(item.clone());
        }
        Pagination::Cursor { items, .. } | Pagination::Page { items, .. } => items,
    };
    let (_, ty) = typed_field(parts, answer, items.trim_start_matches('/'))
        .ok_or("the answer has no field at `items`")?;
    let item = inside(&ty, "Vec").ok_or("what stands at `items` is no array")?;
    Ok(if is_local(parts, item) {
        syn::parse_quote!(types::#item)
    } else {
        item.clone()
    })
}

/// Streams over pages that are numbered from one.
fn numbered(
    parts: &Parts,
    answer: &Type,
    item: &Type,
    call: &syn::Ident,
    page: &syn::Ident,
    size: &syn::Ident,
    (items, total): (&str, &str),
) -> Result<TokenStream, &'static str> {
    let at = field_of(parts, answer, items.trim_start_matches('/'))
        .ok_or("the answer has no field at `items`")?;
    let total = optional_chain(parts, answer, total).ok_or("the answer has no field at `total`")?;
    let required = object(parts, answer)
        .is_some_and(|object| object.fields.iter().any(|f| f.name == at && !f.optional));
    let (count, take) = if required {
        (quote!(page.#at.len()), quote!(page.#at))
    } else {
        (
            quote!(page.#at.as_ref().map_or(0, Vec::len)),
            quote!(page.#at.unwrap_or_default()),
        )
    };
    Ok(quote! {
        impl<'a> builder::#call<'a> {
            /// The pages from here to the end, each fetched when it is asked for.
            ///
            /// Ends with an error if a page can't be had.
            pub fn pages(self) -> impl Stream<Item = Result<ResponseValue<#answer>, Error>> + Send + 'a {
                let start = PageStart { page: self.#page, size: self.#size };
                engagement_core::numbered_pages(
                    self,
                    start,
                    |call| call.send(),
                    |call, page| call.#page(page),
                    |page: &#answer| #count,
                    |page: &#answer| #total,
                )
            }

            /// The elements of all pages from here to the end; the next page is fetched when the last one is used up.
            ///
            /// Ends with an error if a page can't be had.
            pub fn stream(self) -> impl Stream<Item = Result<#item, Error>> + Send + 'a {
                engagement_core::items(self.pages(), |page| #take)
            }
        }
    })
}

/// The number at a pointer through fields that may each be missing.
fn optional_chain(parts: &Parts, answer: &Type, pointer: &str) -> Option<TokenStream> {
    let mut ty = answer.clone();
    let mut chain = quote!(Some(page));
    for key in pointer.trim_start_matches('/').split('/') {
        let fields = &object(parts, &ty)?.fields;
        let field = fields.iter().find(|field| field.wire == key)?;
        let name = &field.name;
        chain = if field.optional {
            quote!(#chain.and_then(|part| part.#name.as_ref()))
        } else {
            quote!(#chain.map(|part| &part.#name))
        };
        ty = field.ty.clone();
    }
    Some(quote!(#chain.copied()))
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
