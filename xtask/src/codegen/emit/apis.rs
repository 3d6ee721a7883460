//! `apis.rs`: the APIs that the provider documents elsewhere.

use engagement_document::Document;
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
    let variants = document.apis.iter().map(|api| {
        let variant = format_ident!("{}", names::pascal(&api.name));
        let host = match document.servers[api.server].url.as_str() {
            "" => format!(
                "Give the client its base URL with `server_url({:?}, …)`.",
                document.servers[api.server].name
            ),
            url => format!("Host: `{url}`."),
        };
        let (summary, note) = (docs::rustdoc(&api.summary), docs::rustdoc(&api.note));
        let text = format!("{summary}.\n\n{note} {host}");
        let about = docs::attributes(&docs::wrap(&text));
        quote!(#about #variant)
    });
    let variant = |name: &str| {
        let variant = format_ident!("{}", names::pascal(name));
        quote!(Self::#variant)
    };
    let all = document.apis.iter().map(|api| variant(&api.name));
    let names = document.apis.iter().map(|api| {
        let (variant, name) = (variant(&api.name), &api.name);
        quote!(#variant => #name)
    });
    let servers = document.apis.iter().map(|api| {
        let (variant, name) = (variant(&api.name), &document.servers[api.server].name);
        quote!(#variant => #name)
    });
    let pages = document.apis.iter().map(|api| {
        let (variant, url) = (variant(&api.name), &api.docs_url);
        quote!(#variant => #url)
    });
    let anonymous: Vec<_> = document
        .apis
        .iter()
        .filter(|api| api.anonymous)
        .map(|api| variant(&api.name))
        .collect();
    let anonymous = if anonymous.is_empty() {
        quote!(false)
    } else {
        quote!(matches!(self, #(#anonymous)|*))
    };
    let code = super::print(quote! {
        use engagement_core::{Method, RawRequest};

        use super::client::Client;

        #[doc = #about]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Api {
            #(#variants,)*
        }

        impl Api {
            /// Every documented API.
            pub const ALL: &[Self] = &[#(#all),*];

            /// Its name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { #(#names,)* }
            }

            /// The name of its host, for `server_url` of the client's builder.
            #[must_use]
            pub const fn server(self) -> &'static str {
                match self { #(#servers,)* }
            }

            /// The provider's page about it.
            #[must_use]
            pub const fn docs_url(self) -> &'static str {
                match self { #(#pages,)* }
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
    })?;
    Ok(Some(format!(
        "//! The APIs that the provider documents elsewhere.\n\n{code}"
    )))
}
