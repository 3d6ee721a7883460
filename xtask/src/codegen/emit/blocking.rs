//! `blocking.rs`: the client that waits, and the calls that it sends.

use engagement_document::{Document, Operation};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::codegen::normalise::Reduced;
use crate::codegen::parts::Parts;
use crate::codegen::{Failure, docs, names};

use super::{groups, pagination, readme};

pub(super) fn blocking(
    document: &Document,
    reduced: &Reduced,
    parts: &Parts,
) -> Result<String, Failure> {
    let client = client(document);
    let handles = document.groups.iter().map(|group| {
        let description = groups::description(document, &group.name);
        let about = docs::attributes(&docs::wrap(&docs::rustdoc(&description)));
        let method = format_ident!("{}", names::snake(&group.name));
        let handle = format_ident!("{}", groups::handle_name(&group.name));
        quote! {
            #about
            pub fn #method(&self) -> builder::#handle<'_, Self> {
                builder::#handle { client: self }
            }
        }
    });
    let mut calls = Vec::new();
    for operation in &document.operations {
        calls.push(call(document, reduced, parts, operation)?);
    }
    let code = super::print(quote! {
        #client

        impl Client {
            #(#handles)*
        }

        #(#calls)*
    })?;
    let mut modules = vec!["builder"];
    if code.contains("enums::") {
        modules.push("enums");
    }
    if code.contains("types::") {
        modules.push("types");
    }
    let api = (!document.apis.is_empty()).then_some("use super::apis::Api;\n");
    let modules = match modules.as_slice() {
        [one] => format!("use super::{one};\n"),
        several => format!("use super::{{{}}};\n", several.join(", ")),
    };
    Ok(format!(
        "//! The client that waits for its answers, and the calls that it sends.\n\nuse engagement_core::blocking::RawRequest;\nuse engagement_core::{{CallSettings, Error, FromRuntime, Method, ResponseValue, Runtime}};\n\n{}use super::client::Client as AsyncClient;\n{modules}\n{code}",
        api.unwrap_or_default()
    ))
}

fn client(document: &Document) -> TokenStream {
    let title = readme::provider_title(document);
    let about = format!(
        "Client for {title} that waits for its answers. Every call blocks the thread until it is done.\n\nCheap to clone: clones share connections, settings and the one thread in the background."
    );
    let about = docs::attributes(&about);
    let request_to = (!document.apis.is_empty()).then(|| {
        quote! {
            /// A request to one of the documented APIs; see [`request_to`](AsyncClient::request_to) of the async client.
            pub fn request_to(&self, api: Api, method: Method, path: impl Into<String>) -> RawRequest {
                self.client.request_to(api, method, path).blocking()
            }
        }
    });
    quote! {
        #about
        #[derive(Clone, Debug)]
        pub struct Client {
            client: AsyncClient,
        }

        impl Client {
            pub(crate) fn runtime(&self) -> &Runtime {
                self.client.runtime()
            }

            /// The base URL that calls go to.
            pub fn base_url(&self) -> &str {
                self.client.base_url()
            }

            /// A request that the document doesn't know, with the same credentials and guards as every call.
            ///
            /// `path` starts with `/` and is added to the base URL; values in it must be percent-encoded already.
            pub fn request(&self, method: Method, path: impl Into<String>) -> RawRequest {
                self.client.request(method, path).blocking()
            }

            #request_to

            /// The same client with other settings for its calls: time, retries, the size of answers.
            ///
            /// Connections, credentials and the budget for retries stay shared.
            #[must_use]
            pub fn with(&self, change: impl FnOnce(CallSettings) -> CallSettings) -> Self {
                Self { client: self.client.with(change) }
            }

            /// The async client underneath, for what it has besides. Its requests are made in the background too, so it may
            /// be awaited anywhere: with [`block_on`](Self::block_on), or with any other executor.
            pub fn as_async(&self) -> &AsyncClient {
                &self.client
            }

            /// Runs a future on this thread to its end. It finds a Tokio runtime if it needs one: the one in the
            /// background. This may stand anywhere, in an async function too; it blocks the thread there.
            pub fn block_on<F: Future>(&self, future: F) -> F::Output {
                self.runtime().block_on(future)
            }
        }

        impl FromRuntime for Client {
            fn from_runtime(runtime: Runtime) -> Result<Self, Error> {
                let client = AsyncClient::from_runtime(runtime.in_background()?)?;
                Ok(Self { client })
            }
        }
    }
}

fn call(
    document: &Document,
    reduced: &Reduced,
    parts: &Parts,
    operation: &Operation,
) -> Result<TokenStream, Failure> {
    let signature = &parts.operations[&operation.id];
    let name = format_ident!("{}", names::pascal(&operation.id));
    let (value, _) = groups::answer(operation, reduced, signature);
    let fields = groups::fields(document, operation, signature)?;
    let about = format!(
        " Sends `{} {}` and waits for the answer.",
        operation.method, operation.path
    );
    let errors = format!(
        " As [`send`](builder::{name}::send) of the async client; [`Error::kind`] tells them apart."
    );
    let walk = operation.pagination.as_ref().map(|pagination| {
        let answer = signature.answer.as_ref();
        let item = answer.and_then(|answer| pagination::item(parts, answer, pagination).ok());
        quote! {
            /// The pages from here to the end, each fetched when it is asked for.
            ///
            /// Ends with an error where `pages()` of the async client does.
            pub fn pages(self) -> impl Iterator<Item = Result<ResponseValue<#answer>, Error>> + Send + 'a {
                self.client.runtime().iter(self.into_async().pages())
            }

            /// The elements of all pages from here to the end; the next page is fetched when the last one is used up.
            ///
            /// Ends with an error where `stream()` of the async client does.
            pub fn iter(self) -> impl Iterator<Item = Result<#item, Error>> + Send + 'a {
                self.client.runtime().iter(self.into_async().stream())
            }
        }
    });
    Ok(quote! {
        impl<'a> builder::#name<'a, Client> {
            #[doc = #about]
            ///
            /// # Errors
            #[doc = #errors]
            pub fn send(self) -> Result<ResponseValue<#value>, Error> {
                self.client.block_on(self.into_async().send())
            }

            #walk

            fn into_async(self) -> builder::#name<'a> {
                builder::#name { client: self.client.as_async(), #(#fields: self.#fields,)* }
            }
        }
    })
}
