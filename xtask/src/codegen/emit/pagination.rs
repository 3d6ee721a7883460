//! Pagination of list calls.

use engagement_document::{Document, Operation, Pagination};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::Type;

use crate::codegen::parts::{Object, Parts, inside};
use crate::codegen::{Failure, names};

/// A list's pages and records.
pub(super) struct List {
    pub(super) page: Type,
    pub(super) item: Type,
    /// Takes the records out of a page.
    pub(super) take: TokenStream,
    /// Puts the call at a resume point.
    resume: TokenStream,
    /// The pages, of `request` which makes the call of a page.
    pages: TokenStream,
    /// Parameters that cannot be combined with pagination.
    guard: TokenStream,
}

impl List {
    /// The methods of the call, for clients of both kinds.
    pub(super) fn pages_method(&self, name: &Ident, read: &TokenStream) -> Result<String, Failure> {
        let (page, resume, pages, guard) = (&self.page, &self.resume, &self.pages, &self.guard);
        let mutable = (!guard.is_empty()).then(|| quote!(mut));
        super::print(quote! {
            impl<C> #name<C> {
                /// Continues at a page of an earlier run. All other values must be the same.
                #[inline]
                pub fn resume(mut self, point: ResumePoint) -> Self {
                    #resume
                    self
                }
            }
            impl<C: Clone + 'static> #name<C> {
                #[inline]
                fn into_pages(#mutable self) -> Pages<#page> {
                    #guard
                    let first = self.clone();
                    let request = move |point| first.clone().resume(point).into_request().send(#read);
                    #pages
                }
            }
        })
    }
}

pub(super) fn list(
    document: &Document,
    operation: &Operation,
    pagination: &Pagination,
    parts: &Parts,
) -> Result<List, Failure> {
    let id = &operation.id;
    let failed = |what: &str| {
        Failure::new(format!(
            "specs/{}.yaml: operation {id}: x-pagination: {what}",
            document.provider
        ))
    };
    let answer = parts.operations[id]
        .answer
        .as_ref()
        .ok_or_else(|| failed("the operation has no typed answer"))?;
    let item = item(parts, answer, pagination).map_err(failed)?;
    let field = |name: &str| format_ident!("{}", names::value_of_call(&names::snake(name)));
    let param = field(pagination.param());
    let mut list = List {
        page: answer.clone(),
        item: item.clone(),
        take: quote!(|page| page),
        resume: quote!(self.call_context.resume_at_cursor(point, &mut self.#param);),
        pages: quote!(),
        guard: quote!(),
    };
    match pagination {
        Pagination::LastItem { field, .. } => {
            let field = field_of(parts, &item, field)
                .ok_or_else(|| failed("the elements have no such field"))?;
            list.pages = quote! {
                Pages::by_cursor(self.#param.as_deref(), request, |page: &#answer| {
                    page.last().and_then(|item| item.#field.clone())
                })
            };
        }
        Pagination::Cursor {
            next,
            items,
            conflicts,
            more,
            after,
            ..
        } => {
            let next = field_of(parts, answer, next.trim_start_matches('/'))
                .ok_or_else(|| failed("the answer has no field at `next`"))?;
            let (items, records) = records(parts, answer, items)
                .ok_or_else(|| failed("the answer has no field at `items`"))?;
            list.take = quote!(|page| page.#records);
            list.pages = quote! {
                Pages::by_cursor(self.#param.as_deref(), request, |page: &#answer| page.#next.clone())
            };
            if let Some(more) = more {
                let (more, _, optional) = typed_field(parts, answer, more.trim_start_matches('/'))
                    .ok_or_else(|| failed("the answer has no field at `more`"))?;
                let more = if optional {
                    quote!(|page: &#answer| page.#more == Some(true))
                } else {
                    quote!(|page: &#answer| page.#more)
                };
                let pages = &list.pages;
                list.pages = match after {
                    None => quote!(#pages.with_more(#more, |_| None)),
                    Some(after) => {
                        let last_id = last_id(parts, &item, &items, &after.field)
                            .ok_or_else(|| failed("the elements have no such field as `after`"))?;
                        let after = field(&after.param);
                        list.resume = quote! {
                            self.call_context.resume_at_cursor_or_id(point, &mut self.#param, &mut self.#after);
                        };
                        quote! {
                            #pages
                                .with_more(#more, |page: &#answer| #last_id)
                                .after(self.#after.as_ref().map(ToString::to_string))
                        }
                    }
                };
            }
            if !conflicts.is_empty() {
                let checks = conflicts.iter().map(|conflict| {
                    let field = field(conflict);
                    quote!(self.#field.is_some())
                });
                let message = format!(
                    "`{}` cannot be combined with all pages: remove it, or call `send` for one page",
                    conflicts.join("`, `")
                );
                list.guard = quote! {
                    if #(#checks)||* {
                        self.call_context.refuse(#message);
                    }
                };
            }
        }
        Pagination::Page { items, total, .. } => {
            let (items, records) = records(parts, answer, items)
                .ok_or_else(|| failed("the answer has no field at `items`"))?;
            let total = optional_chain(parts, answer, total)
                .ok_or_else(|| failed("the answer has no field at `total`"))?;
            let count = match items {
                Found::Required(name) => quote!(page.#name.len()),
                Found::Optional(name) => quote!(page.#name.as_ref().map_or(0, Vec::len)),
            };
            list.take = quote!(|page| page.#records);
            list.resume = quote!(self.call_context.resume_at_page(point, &mut self.#param););
            list.pages = quote! {
                Pages::numbered(self.#param, request, |page: &#answer| #count, |page: &#answer| #total)
            };
        }
    }
    Ok(list)
}

/// The id of a page's last record, as text.
fn last_id(parts: &Parts, item: &Type, items: &Found, field: &str) -> Option<TokenStream> {
    let (at, _, optional) = typed_field(parts, item, field)?;
    let last = match items {
        Found::Required(name) => quote!(page.#name.last()),
        Found::Optional(name) => quote!(page.#name.as_ref().and_then(|items| items.last())),
    };
    Some(if optional {
        quote!(#last.and_then(|item| item.#at.as_ref()).map(ToString::to_string))
    } else {
        quote!(#last.map(|item| item.#at.to_string()))
    })
}

/// Where the records of a page stand.
pub(super) enum Found {
    Required(Ident),
    Optional(Ident),
}

/// The field of a page's records, and the expression that takes them out.
pub(super) fn records(parts: &Parts, answer: &Type, items: &str) -> Option<(Found, TokenStream)> {
    let (name, _, optional) = typed_field(parts, answer, items.trim_start_matches('/'))?;
    Some(if optional {
        let records = quote!(#name.unwrap_or_default());
        (Found::Optional(name), records)
    } else {
        let records = quote!(#name);
        (Found::Required(name), records)
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
    let (_, ty, _) = typed_field(parts, answer, items.trim_start_matches('/'))
        .ok_or("the answer has no field at `items`")?;
    let item = inside(&ty, "Vec").ok_or("what stands at `items` is no array")?;
    Ok(if is_local(parts, item) {
        syn::parse_quote!(types::#item)
    } else {
        item.clone()
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

/// The name and type of a field, and whether it may be missing.
fn typed_field(parts: &Parts, ty: &Type, wire: &str) -> Option<(Ident, Type, bool)> {
    let field = object(parts, ty)?
        .fields
        .iter()
        .find(|field| field.wire == wire)?;
    Some((field.name.clone(), field.ty.clone(), field.optional))
}

fn field_of(parts: &Parts, ty: &Type, wire: &str) -> Option<Ident> {
    typed_field(parts, ty, wire).map(|(name, _, _)| name)
}
