//! `blocking.rs`: the blocking client.

use engagement_document::Document;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::codegen::{Failure, docs, names};

use super::{groups, text};

pub(super) fn blocking(document: &Document) -> Result<String, Failure> {
    let client = client(document);
    let handles = document.groups.iter().map(|group| {
        let description = groups::description(document, &group.name);
        let about = docs::attributes(&docs::prose(&description));
        let method = format_ident!("{}", names::snake(&group.name));
        let module = format_ident!("{}", names::module_of_group(&group.name));
        let handle = format_ident!("{}", groups::handle_name(&group.name));
        quote! {
            #about
            pub fn #method(&self) -> #module::#handle<Self> {
                #module::#handle { call_context: CallContext::new(self.core()) }
            }
        }
    });
    let code = super::print(quote! {
        #client

        impl Client {
            #(#handles)*
        }
    })?;
    let api = (!document.apis.is_empty()).then_some("use super::apis::Api;\n");
    let groups = document.groups.iter();
    let mut modules: Vec<String> = groups
        .map(|group| names::module_of_group(&group.name))
        .collect();
    modules.sort();
    let modules = text::one_or_group(&modules);
    Ok(format!(
        "//! The blocking client.\n\nuse engagement_core::blocking::{{OperationCall, RawRequest}};\nuse engagement_core::{{CallContext, CallSettings, Error, FromClientCore, Method, ClientCore}};\n\n{}use super::client::Client as AsyncClient;\nuse super::{modules};\n\n{code}",
        api.unwrap_or_default()
    ))
}

fn client(document: &Document) -> TokenStream {
    let title = text::provider_title(document);
    let about = format!(
        "Blocking client for {title}: every call blocks the thread until its response has arrived.\n\nCheap to clone: clones share connections, settings and one background thread."
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
            pub(crate) fn core(&self) -> &ClientCore {
                self.client.core()
            }

            /// The base URL that calls go to.
            pub fn base_url(&self) -> &str {
                self.client.base_url()
            }

            /// A request that the document doesn't describe, with the same credentials and checks as every call.
            ///
            /// `path` starts with `/` and is added to the base URL; values in it must be percent-encoded already.
            pub fn request(&self, method: Method, path: impl Into<String>) -> RawRequest {
                self.client.request(method, path).blocking()
            }

            #request_to

            /// A call of an operation that is chosen by its id, with values by their names on the wire.
            ///
            /// # Errors
            /// If there is no operation of that id; the error lists near ones.
            pub fn operation(&self, id: &str) -> Result<OperationCall, Error> {
                Ok(self.client.operation(id)?.blocking())
            }

            /// The same client with other settings for its calls: time, retries, the size of responses.
            ///
            /// Connections, credentials and the budget for retries stay shared.
            #[must_use]
            pub fn with(&self, change: impl FnOnce(CallSettings) -> CallSettings) -> Self {
                Self { client: self.client.with(change) }
            }

            /// The async client underneath, for what this client lacks. Its requests run in the background too, so they can be
            /// awaited anywhere: with [`block_on`](Self::block_on), or with any other executor.
            pub fn as_async(&self) -> &AsyncClient {
                &self.client
            }

            /// Runs a future on this thread to its end, within the Tokio runtime of the background thread.
            ///
            /// This may be called anywhere, in an async function too; it blocks the thread there.
            pub fn block_on<F: Future>(&self, future: F) -> F::Output {
                self.core().block_on(future)
            }
        }

        impl FromClientCore for Client {
            fn from_client_core(core: ClientCore) -> Result<Self, Error> {
                let client = AsyncClient::from_client_core(core.in_background()?)?;
                Ok(Self { client })
            }
        }
    }
}
