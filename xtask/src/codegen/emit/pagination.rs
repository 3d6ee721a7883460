//! How the calls of lists are walked.

use engagement_document::{Document, Operation, Pagination};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::Type;

use crate::codegen::parsed::{Object, ParsedOutput, inside};
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
    /// What can't be combined with walking all pages.
    guard: TokenStream,
}

impl List {
    /// The methods of the call, for clients of both kinds.
    pub(super) fn walk(&self, name: &Ident, read: &TokenStream) -> Result<String, Failure> {
        let (page, resume, pages, guard) = (&self.page, &self.resume, &self.pages, &self.guard);
        let mutable = (!guard.is_empty()).then(|| quote!(mut));
        super::print(quote! {
            impl<C> #name<C> {
                /// Starts at a page that an earlier walk named. The other values have to be the same as then.
                #[inline]
                pub fn resume(mut self, point: ResumePoint) -> Self {
                    #resume
                    self
                }
            }
            impl<C: Clone + 'static> #name<C> {
                #[inline]
                fn walk(#mutable self) -> Pages<#page> {
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
    parsed: &ParsedOutput,
) -> Result<List, Failure> {
    let id = &operation.id;
    let failed = |what: &str| {
        Failure::new(format!(
            "specs/{}.yaml: operation {id}: x-pagination: {what}",
            document.provider
        ))
    };
    let response = parsed.operations[id]
        .response
        .as_ref()
        .ok_or_else(|| failed("the operation has no typed response"))?;
    let item = item(parsed, response, pagination).map_err(failed)?;
    let field = |name: &str| format_ident!("{}", names::value_of_call(&names::snake(name)));
    let param = field(pagination.param());
    let mut list = List {
        page: response.clone(),
        item: item.clone(),
        take: quote!(|page| page),
        resume: quote!(self.call_context.resume_at_cursor(point, &mut self.#param);),
        pages: quote!(),
        guard: quote!(),
    };
    match pagination {
        Pagination::LastItem { field, .. } => {
            let field = field_of(parsed, &item, field)
                .ok_or_else(|| failed("the elements have no such field"))?;
            list.pages = quote! {
                Pages::by_cursor(self.#param.as_deref(), request, |page: &#response| {
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
            let next = field_of(parsed, response, next.trim_start_matches('/'))
                .ok_or_else(|| failed("the response has no field at `next`"))?;
            let (items, records) = records(parsed, response, items)
                .ok_or_else(|| failed("the response has no field at `items`"))?;
            list.take = quote!(|page| page.#records);
            list.pages = quote! {
                Pages::by_cursor(self.#param.as_deref(), request, |page: &#response| page.#next.clone())
            };
            if let Some(more) = more {
                let (more, _, optional) =
                    typed_field(parsed, response, more.trim_start_matches('/'))
                        .ok_or_else(|| failed("the response has no field at `more`"))?;
                let more = if optional {
                    quote!(|page: &#response| page.#more == Some(true))
                } else {
                    quote!(|page: &#response| page.#more)
                };
                let pages = &list.pages;
                list.pages = match after {
                    None => quote!(#pages.with_more(#more, |_| None)),
                    Some(after) => {
                        let last_id = last_id(parsed, &item, &items, &after.field)
                            .ok_or_else(|| failed("the elements have no such field as `after`"))?;
                        let after = field(&after.param);
                        list.resume = quote! {
                            self.call_context.resume_at_cursor_or_id(point, &mut self.#param, &mut self.#after);
                        };
                        quote! {
                            #pages
                                .with_more(#more, |page: &#response| #last_id)
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
                    "`{}` can't be combined with walking all pages: leave it out, or call `send` for one page",
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
            let (items, records) = records(parsed, response, items)
                .ok_or_else(|| failed("the response has no field at `items`"))?;
            let total = optional_chain(parsed, response, total)
                .ok_or_else(|| failed("the response has no field at `total`"))?;
            let count = match items {
                Records::Required(name) => quote!(page.#name.len()),
                Records::Optional(name) => quote!(page.#name.as_ref().map_or(0, Vec::len)),
            };
            list.take = quote!(|page| page.#records);
            list.resume = quote!(self.call_context.resume_at_page(point, &mut self.#param););
            list.pages = quote! {
                Pages::numbered(self.#param, request, |page: &#response| #count, |page: &#response| #total)
            };
        }
    }
    Ok(list)
}

/// The id of a page's last record, as text.
fn last_id(
    parsed: &ParsedOutput,
    item: &Type,
    items: &Records,
    field: &str,
) -> Option<TokenStream> {
    let (at, _, optional) = typed_field(parsed, item, field)?;
    let last = match items {
        Records::Required(name) => quote!(page.#name.last()),
        Records::Optional(name) => quote!(page.#name.as_ref().and_then(|items| items.last())),
    };
    Some(if optional {
        quote!(#last.and_then(|item| item.#at.as_ref()).map(ToString::to_string))
    } else {
        quote!(#last.map(|item| item.#at.to_string()))
    })
}

/// Where the records of a page stand.
pub(super) enum Records {
    Required(Ident),
    Optional(Ident),
}

/// The field of a page's records, and the expression that takes them out.
pub(super) fn records(
    parsed: &ParsedOutput,
    response: &Type,
    items: &str,
) -> Option<(Records, TokenStream)> {
    let (name, _, optional) = typed_field(parsed, response, items.trim_start_matches('/'))?;
    Some(if optional {
        let records = quote!(#name.unwrap_or_default());
        (Records::Optional(name), records)
    } else {
        let records = quote!(#name);
        (Records::Required(name), records)
    })
}

/// The type of a list's elements.
pub(super) fn item(
    parsed: &ParsedOutput,
    response: &Type,
    pagination: &Pagination,
) -> Result<Type, &'static str> {
    let items = match pagination {
        Pagination::LastItem { .. } => {
            let item = inside(response, "Vec").ok_or("the response is no array")?;
            return Ok(item.clone());
        }
        Pagination::Cursor { items, .. } | Pagination::Page { items, .. } => items,
    };
    let (_, ty, _) = typed_field(parsed, response, items.trim_start_matches('/'))
        .ok_or("the response has no field at `items`")?;
    let item = inside(&ty, "Vec").ok_or("what stands at `items` is no array")?;
    Ok(if is_local(parsed, item) {
        syn::parse_quote!(types::#item)
    } else {
        item.clone()
    })
}

/// The number at a pointer through fields that may each be missing.
fn optional_chain(parsed: &ParsedOutput, response: &Type, pointer: &str) -> Option<TokenStream> {
    let mut ty = response.clone();
    let mut chain = quote!(Some(page));
    for key in pointer.trim_start_matches('/').split('/') {
        let fields = &object(parsed, &ty)?.fields;
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

fn object<'a>(parsed: &'a ParsedOutput, ty: &Type) -> Option<&'a Object> {
    let Type::Path(path) = ty else { return None };
    let name = &path.path.segments.last()?.ident;
    parsed.objects.iter().find(|object| object.name == *name)
}

fn is_local(parsed: &ParsedOutput, ty: &Type) -> bool {
    object(parsed, ty).is_some()
}

/// The name and type of a field, and whether it may be missing.
fn typed_field(parsed: &ParsedOutput, ty: &Type, wire: &str) -> Option<(Ident, Type, bool)> {
    let field = object(parsed, ty)?
        .fields
        .iter()
        .find(|field| field.wire == wire)?;
    Some((field.name.clone(), field.ty.clone(), field.optional))
}

fn field_of(parsed: &ParsedOutput, ty: &Type, wire: &str) -> Option<Ident> {
    typed_field(parsed, ty, wire).map(|(name, _, _)| name)
}
