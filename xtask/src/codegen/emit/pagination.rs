//! Calls that read all pages of a list.

use engagement_document::{After, Document, Operation, Pagination};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::Type;

use crate::codegen::parsed::{Object, ParsedOutput, inside};
use crate::codegen::{Failure, names};

/// A list's pages and records.
pub(super) struct List {
    pub(super) page: Type,
    pub(super) item: Type,
    /// The expression that takes the records out of a page.
    pub(super) take: TokenStream,
    /// The statement that sets the call to a resume point.
    resume: TokenStream,
    /// The expression that makes the pages from `request`, which calls for one page.
    pages: TokenStream,
    /// The statement that refuses parameters which select one page.
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
    let param = call_field(pagination.param());
    let builder = Builder {
        parsed,
        response,
        list: List {
            page: response.clone(),
            item: item.clone(),
            take: quote!(|page| page),
            resume: quote!(self.call_context.resume_at_cursor(point, &mut self.#param);),
            pages: quote!(),
            guard: quote!(),
        },
        param,
        item,
    };
    let list = match pagination {
        Pagination::LastItem { field, .. } => builder.last_item(field),
        Pagination::Cursor {
            next,
            items,
            conflicts,
            more,
            after,
            ..
        } => builder.cursor(next, items, conflicts, more.as_deref(), after.as_ref()),
        Pagination::Page { items, total, .. } => builder.numbered(items, total),
    };
    list.map_err(failed)
}

/// The field of a call for a parameter.
fn call_field(name: &str) -> Ident {
    format_ident!("{}", names::value_of_call(&names::snake(name)))
}

/// Builds the list of one style of pagination. An error says what the types don't have.
struct Builder<'a> {
    parsed: &'a ParsedOutput,
    response: &'a Type,
    item: Type,
    /// The field of the call for the cursor or the page's number.
    param: Ident,
    list: List,
}

impl Builder<'_> {
    fn last_item(mut self, field: &str) -> Result<List, &'static str> {
        let (param, response) = (&self.param, self.response);
        let field =
            field_of(self.parsed, &self.item, field).ok_or("the elements have no such field")?;
        self.list.pages = quote! {
            Pages::by_cursor(self.#param.as_deref(), request, |page: &#response| {
                page.last().and_then(|item| item.#field.clone())
            })
        };
        Ok(self.list)
    }

    fn cursor(
        mut self,
        next: &str,
        items: &str,
        conflicts: &[String],
        more: Option<&str>,
        after: Option<&After>,
    ) -> Result<List, &'static str> {
        let (param, response) = (&self.param, self.response);
        let next = field_of(self.parsed, response, next.trim_start_matches('/'))
            .ok_or("the response has no field at `next`")?;
        let (items, records) =
            records(self.parsed, response, items).ok_or("the response has no field at `items`")?;
        self.list.take = quote!(|page| page.#records);
        self.list.pages = quote! {
            Pages::by_cursor(self.#param.as_deref(), request, |page: &#response| page.#next.clone())
        };
        if let Some(more) = more {
            self.more(more, &items, after)?;
        }
        if !conflicts.is_empty() {
            self.list.guard = guard(conflicts);
        }
        Ok(self.list)
    }

    /// Adds the flag that says whether there are more records, and how the list continues without a cursor.
    fn more(
        &mut self,
        more: &str,
        items: &Records,
        after: Option<&After>,
    ) -> Result<(), &'static str> {
        let (param, response) = (&self.param, self.response);
        let (more, _, optional) = typed_field(self.parsed, response, more.trim_start_matches('/'))
            .ok_or("the response has no field at `more`")?;
        let more = if optional {
            quote!(|page: &#response| page.#more == Some(true))
        } else {
            quote!(|page: &#response| page.#more)
        };
        let pages = &self.list.pages;
        self.list.pages = match after {
            None => quote!(#pages.with_more(#more, |_| None)),
            Some(after) => {
                let last_id = last_id(self.parsed, &self.item, items, &after.field)
                    .ok_or("the elements have no such field as `after`")?;
                let after = call_field(&after.param);
                self.list.resume = quote! {
                    self.call_context.resume_at_cursor_or_id(point, &mut self.#param, &mut self.#after);
                };
                quote! {
                    #pages
                        .with_more(#more, |page: &#response| #last_id)
                        .after(self.#after.as_ref().map(ToString::to_string))
                }
            }
        };
        Ok(())
    }

    fn numbered(mut self, items: &str, total: &str) -> Result<List, &'static str> {
        let (param, response) = (&self.param, self.response);
        let (items, records) =
            records(self.parsed, response, items).ok_or("the response has no field at `items`")?;
        let total = optional_chain(self.parsed, response, total)
            .ok_or("the response has no field at `total`")?;
        let count = match items {
            Records::Required(name) => quote!(page.#name.len()),
            Records::Optional(name) => quote!(page.#name.as_ref().map_or(0, Vec::len)),
        };
        self.list.take = quote!(|page| page.#records);
        self.list.resume = quote!(self.call_context.resume_at_page(point, &mut self.#param););
        self.list.pages = quote! {
            Pages::numbered(self.#param, request, |page: &#response| #count, |page: &#response| #total)
        };
        Ok(self.list)
    }
}

/// Refuses parameters that select one page.
fn guard(conflicts: &[String]) -> TokenStream {
    let checks = conflicts.iter().map(|conflict| {
        let field = call_field(conflict);
        quote!(self.#field.is_some())
    });
    let message = format!(
        "`{}` cannot be combined with all pages: remove it, or call `send` for one page",
        conflicts.join("`, `")
    );
    quote! {
        if #(#checks)||* {
            self.call_context.refuse(#message);
        }
    }
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

/// The field with the records of a page.
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
    let item = inside(&ty, "Vec").ok_or("the field at `items` is no array")?;
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
