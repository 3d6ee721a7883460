//! `operations.rs`: what the runtime has to know about each operation.

use engagement_document::{Document, SchemeKind};
use quote::{format_ident, quote};

use crate::codegen::{Failure, names};

pub(super) fn table(document: &Document) -> Result<String, Failure> {
    let statics = document.operations.iter().map(|operation| {
        let name = format_ident!("{}", names::screaming(&operation.id));
        let engagement_document::Operation {
            id,
            group,
            method,
            path,
            server,
            idempotent,
            reaches_people,
            docs_url,
            deprecated,
            ..
        } = operation;
        let security = operation
            .security
            .iter()
            .map(|alternative| quote!(&[#(#alternative),*]));
        let statuses = &operation.not_found_statuses;
        let evidence = &operation.evidence.level;
        quote! {
            pub(super) const #name: Operation = Operation {
                id: #id,
                group: #group,
                method: #method,
                path: #path,
                server: #server,
                security: &[#(#security),*],
                idempotent: #idempotent,
                reaches_people: #reaches_people,
                not_found_statuses: &[#(#statuses),*],
                evidence: #evidence,
                docs_url: #docs_url,
                deprecated: #deprecated,
            };
        }
    });
    let names = document
        .operations
        .iter()
        .map(|operation| format_ident!("{}", names::screaming(&operation.id)));
    let servers = document.servers.iter().map(|server| {
        let (name, url) = (&server.name, &server.url);
        quote!(Server { name: #name, url: #url })
    });
    let schemes = document.schemes.iter().map(|scheme| {
        let (name, label, env) = (&scheme.name, &scheme.label, &scheme.env);
        let kind = match &scheme.kind {
            SchemeKind::Basic => quote!(SchemeKind::Basic),
            SchemeKind::BasicUserOnly => quote!(SchemeKind::BasicUserOnly),
            SchemeKind::Bearer => quote!(SchemeKind::Bearer),
            SchemeKind::Header(name) => quote!(SchemeKind::Header(#name)),
        };
        quote!(Scheme { name: #name, kind: #kind, label: #label, env: &[#(#env),*] })
    });
    let (provider, title) = (&document.provider, super::readme::provider_title(document));
    let prefix = provider.to_uppercase();
    let pointers = &document.error_message;
    let text = super::print(quote! {
        use engagement_core::{Operation, Provider, Scheme, SchemeKind, Server};

        /// The provider: its hosts, credentials and operations.
        pub static PROVIDER: Provider = Provider {
            name: #provider,
            title: #title,
            env_prefix: #prefix,
            version: env!("CARGO_PKG_VERSION"),
            servers: &[#(#servers),*],
            schemes: &[#(#schemes),*],
            error_message: &[#(#pointers),*],
            operations: OPERATIONS,
        };

        /// Every operation, in the order of the document.
        static OPERATIONS: &[Operation] = &[#(#names),*];

        #(#statics)*
    })?;
    Ok(format!(
        "//! What the runtime has to know about each operation.\n\n{text}"
    ))
}
