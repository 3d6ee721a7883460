//! `mod.rs` and `client.rs`: the entrance.

use engagement_document::Document;
use quote::quote;

use crate::codegen::normalise::Reduced;
use crate::codegen::{Failure, docs, names};

pub(super) fn module(document: &Document, reduced: &Reduced) -> String {
    let mut out = String::from("//! Made from the document; see `cargo xtask codegen`.\n\n");
    if !document.apis.is_empty() {
        out.push_str("pub(crate) mod apis;\n");
    }
    out.push_str("#[cfg(feature = \"blocking\")]\npub(crate) mod blocking;\n");
    out.push_str("pub(crate) mod client;\n");
    if !reduced.enums.is_empty() {
        out.push_str("pub mod enums;\n");
    }
    out.push_str(
        "pub(crate) mod operations;\n#[doc(hidden)]\npub mod type_builders;\npub mod types;\n",
    );
    if !super::regions::names_of(document).is_empty() {
        out.push_str("pub(crate) mod regions;\n");
    }
    let groups: Vec<String> = document
        .groups
        .iter()
        .map(|group| super::group_module(&group.name))
        .collect();
    let paginated = document
        .operations
        .iter()
        .any(|operation| operation.pagination.is_some());
    if paginated {
        out.push_str("mod pagination;\n");
    }
    out.push('\n');
    for group in &groups {
        out.push_str(&format!("mod {group};\n"));
    }
    out.push_str("\n/// Calls being put together: each group's handle starts one, `send` sends it.\npub mod builder {\n");
    for group in &groups {
        out.push_str(&format!("    pub use super::{group}::*;\n"));
    }
    out.push_str("}\n");
    out
}

pub(super) fn client(document: &Document) -> Result<String, Failure> {
    let title = super::readme::provider_title(document);
    let about = docs::wrap(&docs::rustdoc(&document.description));
    let groups: Vec<String> = document
        .groups
        .iter()
        .map(|group| {
            format!(
                "* [`{0}`](Client::{0}): {1}",
                names::snake(&group.name),
                docs::rustdoc(&group.description)
            )
        })
        .collect();
    let text = format!(
        "Client for {title}.\n\nCheap to clone: clones share connections and settings. Start with `Client::builder` or `Client::from_env`,\nthen pick a group of operations:\n\n{}\n\n{about}",
        groups.join("\n")
    );
    let about = docs::attributes(&text);
    let code = super::print(quote! {
        use engagement_core::{CallSettings, Error, FromRuntime, Method, RawRequest, Runtime};

        #about
        #[derive(Clone, Debug)]
        pub struct Client {
            runtime: Runtime,
        }

        impl Client {
            pub(crate) fn runtime(&self) -> &Runtime {
                &self.runtime
            }

            /// The base URL that calls go to.
            pub fn base_url(&self) -> &str {
                self.runtime.base_url()
            }

            /// A request that the document doesn't know, with the same credentials and guards as every call.
            ///
            /// `path` starts with `/` and is added to the base URL; values in it must be percent-encoded already.
            pub fn request(&self, method: Method, path: impl Into<String>) -> RawRequest {
                self.runtime.request(method, path)
            }

            /// The same client with other settings for its calls: time, retries, the size of answers.
            ///
            /// Connections, credentials and the budget for retries stay shared.
            #[must_use]
            pub fn with(&self, change: impl FnOnce(CallSettings) -> CallSettings) -> Self {
                Self {
                    runtime: self.runtime.with(change),
                }
            }
        }

        impl FromRuntime for Client {
            fn from_runtime(runtime: Runtime) -> Result<Self, Error> {
                Ok(Self { runtime })
            }
        }
    })?;
    Ok(format!("//! The client.\n\n{code}"))
}
