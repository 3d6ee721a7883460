//! `mod.rs` and `client.rs`.

use engagement_document::Document;
use quote::quote;

use super::source::Source;
use crate::codegen::{Failure, docs, names};

pub(super) fn module(source: Source<'_>) -> String {
    let document = source.document;
    let mut private = vec!["catalogue", "client", "operations"];
    let mut items = vec![
        "catalogue::CATALOGUE",
        "client::Client",
        "operations::PROVIDER",
    ];
    let mut public: Vec<String> = Vec::new();
    if !document.apis.is_empty() {
        private.push("apis");
        items.push("apis::Api");
    }
    if !super::regions::names_of(document).is_empty() {
        private.push("regions");
        items.push("regions::Region");
    }
    if !source.normalised.enums.is_empty() {
        public.push("enums".to_owned());
    }
    if !super::ids::used(source).is_empty() {
        public.push("ids".to_owned());
    }
    public.extend(["testing", "types"].map(str::to_owned));
    let groups = document.groups.iter();
    public.extend(groups.map(|group| names::module_of_group(&group.name)));
    private.sort_unstable();
    items.sort_unstable();
    let mut out = String::from(
        "//! Made from the document; see `cargo xtask codegen`.\n\n#[cfg(feature = \"blocking\")]\npub(crate) mod blocking;\n",
    );
    for module in private {
        out.push_str(&format!("pub(crate) mod {module};\n"));
    }
    out.push('\n');
    for module in public {
        out.push_str(&format!("pub mod {module};\n"));
    }
    out.push('\n');
    for item in items {
        out.push_str(&format!("pub use {item};\n"));
    }
    out
}

pub(super) fn client(document: &Document) -> Result<String, Failure> {
    let title = super::text::provider_title(document);
    let about = docs::prose(&document.description);
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
        use engagement_core::{CallSettings, Error, FromClientCore, Method, OperationCall, RawRequest, ClientCore};

        use super::catalogue::CATALOGUE;

        #about
        #[derive(Clone, Debug)]
        pub struct Client {
            core: ClientCore,
        }

        impl Client {
            pub(crate) fn core(&self) -> &ClientCore {
                &self.core
            }

            /// The base URL that calls go to.
            pub fn base_url(&self) -> &str {
                self.core.base_url()
            }

            /// A request that the document doesn't describe, with the same credentials and checks as every call.
            ///
            /// `path` starts with `/` and is added to the base URL; values in it must be percent-encoded already.
            pub fn request(&self, method: Method, path: impl Into<String>) -> RawRequest {
                self.core.request(method, path)
            }

            /// A call of an operation that is chosen by its id, with values by their names on the wire.
            ///
            /// # Errors
            /// If there is no operation of that id; the error lists near ones.
            pub fn operation(&self, id: &str) -> Result<OperationCall, Error> {
                self.core.operation(CATALOGUE, id)
            }

            /// The same client with other settings for its calls: time, retries, the size of responses.
            ///
            /// Connections, credentials and the budget for retries stay shared.
            #[must_use]
            pub fn with(&self, change: impl FnOnce(CallSettings) -> CallSettings) -> Self {
                Self {
                    core: self.core.with(change),
                }
            }
        }

        impl FromClientCore for Client {
            fn from_client_core(core: ClientCore) -> Result<Self, Error> {
                Ok(Self { core })
            }
        }
    })?;
    Ok(format!("//! The client.\n\n{code}"))
}
