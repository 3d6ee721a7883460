//! Calls that read all pages of a list.

use engagement_document::{After, Operation, Pagination, Schemas};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use serde_json::Value;
use syn::Type;

use super::source::Source;
use crate::codegen::parsed::{Field, Object, ParsedOutput, inside};
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

/// The type of a list's elements; `None` if the operation is no list that is read page by page.
pub(crate) fn elements(source: Source<'_>, operation: &Operation) -> Result<Option<Type>, Failure> {
    let pagination = operation.pagination.as_ref();
    let list = pagination.map(|pagination| list(source, operation, pagination));
    Ok(list.transpose()?.map(|list| list.item))
}

pub(super) fn list(
    source: Source<'_>,
    operation: &Operation,
    pagination: &Pagination,
) -> Result<List, Failure> {
    try_list(source, operation, pagination).map_err(|what| {
        let place = source
            .document
            .place(&format!("{}/x-pagination", operation.pointer()));
        let response = operation.typed_response();
        let schema = response.and_then(|response| response.schema.as_ref());
        let schema = schema.map_or("a response without a schema".to_owned(), shown);
        Failure::new(format!(
            "{place}: `x-pagination`: {what} (the schema of the response is {schema}): correct the name or the schema"
        ))
    })
}

/// The list; an error says what the types don't have.
fn try_list(
    source: Source<'_>,
    operation: &Operation,
    pagination: &Pagination,
) -> Result<List, String> {
    let parsed = source.parsed;
    let response = source.signature(operation).response.as_ref();
    let response = response.ok_or("the response has no schema, so it has no pages")?;
    let param = call_field(pagination.param());
    let builder = Builder {
        parsed,
        response,
        list: List {
            page: response.clone(),
            item: item(parsed, response, pagination)?,
            take: quote!(|page| page),
            resume: quote!(self.call_context.resume_at_cursor(point, &mut self.#param);),
            pages: quote!(),
            guard: quote!(),
        },
        param,
    };
    match pagination {
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
    }
}

/// A field that `x-pagination` names and the types don't have.
fn missing(key: &str, name: &str, place: &str) -> String {
    let have = if place.ends_with('s') {
        "don't have"
    } else {
        "doesn't have"
    };
    format!("`{key}` names `{name}`, which {place} {have}")
}

/// A schema in a message: its name, or what it is.
fn shown(schema: &Value) -> String {
    match Schemas::ref_name(schema) {
        Some(name) => format!("`{name}`"),
        None => format!("`{schema}`"),
    }
}

/// The field of a call for a parameter.
fn call_field(name: &str) -> Ident {
    format_ident!("{}", names::value_of_call(&names::snake(name)))
}

/// Builds the list of one style of pagination. An error says what the types don't have.
struct Builder<'a> {
    parsed: &'a ParsedOutput,
    response: &'a Type,
    /// The field of the call for the cursor or the page's number.
    param: Ident,
    list: List,
}

impl Builder<'_> {
    fn last_item(mut self, field: &str) -> Result<List, String> {
        let (param, response) = (&self.param, self.response);
        let wanted = field;
        let field = field_at(self.parsed, &self.list.item, field);
        let field = &field
            .ok_or_else(|| missing("field", wanted, "the elements"))?
            .name;
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
    ) -> Result<List, String> {
        let (param, response) = (&self.param, self.response);
        let field = field_at(self.parsed, response, next);
        let next = &field
            .ok_or_else(|| missing("next", next, "the response"))?
            .name;
        let items = records(self.parsed, response, items)?;
        self.list.take = taken(items);
        self.list.pages = quote! {
            Pages::by_cursor(self.#param.as_deref(), request, |page: &#response| page.#next.clone())
        };
        if let Some(more) = more {
            self.more(more, items, after)?;
        }
        if !conflicts.is_empty() {
            self.list.guard = guard(conflicts);
        }
        Ok(self.list)
    }

    /// Adds the flag that says whether there are more records, and how the list continues without a cursor.
    fn more(&mut self, more: &str, items: &Field, after: Option<&After>) -> Result<(), String> {
        let (param, response) = (&self.param, self.response);
        let field = field_at(self.parsed, response, more);
        let field = field.ok_or_else(|| missing("more", more, "the response"))?;
        let name = &field.name;
        let is_true = field.optional.then(|| quote!(== Some(true)));
        let more = quote!(|page: &#response| page.#name #is_true);
        let pages = &self.list.pages;
        self.list.pages = match after {
            None => quote!(#pages.with_more(#more, |_| None)),
            Some(after) => {
                let id = field_at(self.parsed, &self.list.item, &after.field);
                let id = id.ok_or_else(|| missing("after", &after.field, "the elements"))?;
                let last_id = last_id(items, id);
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

    fn numbered(mut self, items: &str, total: &str) -> Result<List, String> {
        let (param, response) = (&self.param, self.response);
        let items = records(self.parsed, response, items)?;
        let total = optional_chain(self.parsed, response, total)
            .ok_or_else(|| missing("total", total, "the response"))?;
        let name = &items.name;
        let count = if items.optional {
            quote!(page.#name.as_ref().map_or(0, Vec::len))
        } else {
            quote!(page.#name.len())
        };
        self.list.take = taken(items);
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
fn last_id(items: &Field, id: &Field) -> TokenStream {
    let (name, id_name) = (&items.name, &id.name);
    let last = if items.optional {
        quote!(page.#name.as_ref().and_then(|items| items.last()))
    } else {
        quote!(page.#name.last())
    };
    if id.optional {
        quote!(#last.and_then(|item| item.#id_name.as_ref()).map(ToString::to_string))
    } else {
        quote!(#last.map(|item| item.#id_name.to_string()))
    }
}

/// The expression that takes the records out of a page.
fn taken(items: &Field) -> TokenStream {
    let records = owned(items);
    quote!(|page| page.#records)
}

/// The field of a page's records as a list.
pub(super) fn owned(items: &Field) -> TokenStream {
    let name = &items.name;
    let default = items.optional.then(|| quote!(.unwrap_or_default()));
    quote!(#name #default)
}

/// The field of a page's records.
pub(super) fn records<'a>(
    parsed: &'a ParsedOutput,
    response: &Type,
    items: &str,
) -> Result<&'a Field, String> {
    field_at(parsed, response, items).ok_or_else(|| missing("items", items, "the response"))
}

/// The type of a list's elements.
pub(super) fn item(
    parsed: &ParsedOutput,
    response: &Type,
    pagination: &Pagination,
) -> Result<Type, String> {
    let items = match pagination {
        Pagination::LastItem { .. } => {
            let item = inside(response, "Vec")
                .ok_or("the response is no array, which the style `last-item` needs")?;
            return Ok(item.clone());
        }
        Pagination::Cursor { items, .. } | Pagination::Page { items, .. } => items,
    };
    let ty = &records(parsed, response, items)?.ty;
    let item =
        inside(ty, "Vec").ok_or_else(|| format!("`items` names `{items}`, which is no array"))?;
    Ok(match object(parsed, item) {
        Some(_) => syn::parse_quote!(types::#item),
        None => item.clone(),
    })
}

/// The number at a pointer through fields that may each be missing.
fn optional_chain(parsed: &ParsedOutput, response: &Type, pointer: &str) -> Option<TokenStream> {
    let mut ty = response;
    let mut chain = quote!(Some(page));
    for key in pointer.trim_start_matches('/').split('/') {
        let field = field_at(parsed, ty, key)?;
        let name = &field.name;
        chain = if field.optional {
            quote!(#chain.and_then(|part| part.#name.as_ref()))
        } else {
            quote!(#chain.map(|part| &part.#name))
        };
        ty = &field.ty;
    }
    Some(quote!(#chain.copied()))
}

fn object<'a>(parsed: &'a ParsedOutput, ty: &Type) -> Option<&'a Object> {
    let Type::Path(path) = ty else { return None };
    let name = &path.path.segments.last()?.ident;
    parsed.objects.iter().find(|object| object.name == *name)
}

/// The field of a type at a pointer of one step, or of that name on the wire.
fn field_at<'a>(parsed: &'a ParsedOutput, ty: &Type, pointer: &str) -> Option<&'a Field> {
    let wire = pointer.trim_start_matches('/');
    let mut fields = object(parsed, ty)?.fields.iter();
    fields.find(|field| field.wire == wire)
}
