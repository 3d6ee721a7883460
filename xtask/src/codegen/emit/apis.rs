//! `apis.rs`: the APIs that the provider documents elsewhere.

use engagement_document::{Document, DocumentedApi, Server};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::codegen::{Failure, docs, names};

pub(super) fn apis(document: &Document) -> Result<Option<String>, Failure> {
    if document.apis.is_empty() {
        return Ok(None);
    }
    let title = super::text::provider_title(document);
    let about = format!(
        " An API that {title} documents, for requests that no operation of this crate describes."
    );
    let apis = || document.apis.iter();
    let servers = || apis().map(|api| &document.servers[api.server]);
    let abouts = apis()
        .zip(servers())
        .map(|(api, server)| api_docs(api, server));
    let variant = |name: &String| format_ident!("{}", names::pascal(name));
    let variants: Vec<Ident> = apis().map(|api| variant(&api.name)).collect();
    let names = apis().map(|api| &api.name);
    let pages = apis().map(|api| &api.docs_url);
    let servers = servers().map(|server| &server.name);
    let anonymous = apis().filter(|api| api.anonymous);
    let anonymous: Vec<Ident> = anonymous.map(|api| variant(&api.name)).collect();
    let anonymous = if anonymous.is_empty() {
        quote!(false)
    } else {
        quote!(matches!(self, #(Self::#anonymous)|*))
    };
    let request_to = request_to();
    let code = super::print(quote! {
        use engagement_core::{Method, RawRequest};

        use super::client::Client;

        #[doc = #about]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Api {
            #(#abouts #variants,)*
        }

        impl Api {
            /// Every documented API.
            pub const ALL: &[Self] = &[#(Self::#variants),*];

            /// Its name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { #(Self::#variants => #names,)* }
            }

            /// The name of its host, for `server_url` of the client's builder.
            #[must_use]
            pub const fn server(self) -> &'static str {
                match self { #(Self::#variants => #servers,)* }
            }

            /// The provider's page about it.
            #[must_use]
            pub const fn docs_url(self) -> &'static str {
                match self { #(Self::#variants => #pages,)* }
            }

            /// Whether it takes no credentials.
            #[must_use]
            pub const fn is_anonymous(self) -> bool {
                #anonymous
            }
        }

        impl std::fmt::Display for Api {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        #request_to
    })?;
    Ok(Some(format!(
        "//! The APIs that the provider documents elsewhere.\n\n{code}"
    )))
}

fn api_docs(api: &DocumentedApi, server: &Server) -> TokenStream {
    let host = match server.url.as_str() {
        "" => format!(
            "Give the client its base URL with `server_url({:?}, …)`.",
            server.name
        ),
        url => format!("Host: `{url}`."),
    };
    let (summary, note) = (docs::rustdoc(&api.summary), docs::rustdoc(&api.note));
    docs::attributes(&docs::wrap(&format!("{summary}.\n\n{note} {host}")))
}

/// The method of the client.
fn request_to() -> TokenStream {
    quote! {
        impl Client {
            /// A request to one of the documented APIs, with the same credentials and checks as every call; without
            /// credentials if the API takes none.
            ///
            /// `path` starts with `/` and is added to the API's base URL. If that is not public, sending fails with a
            /// configuration error that says how to set it.
            pub fn request_to(&self, api: Api, method: Method, path: impl Into<String>) -> RawRequest {
                let request = self.request(method, path).server(api.server());
                if api.is_anonymous() {
                    request.without_credentials()
                } else {
                    request
                }
            }
        }
    }
}
