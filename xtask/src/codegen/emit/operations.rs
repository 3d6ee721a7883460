//! `operations.rs`: the description of each operation for the runtime.

use std::collections::BTreeSet;

use engagement_document::{Document, Operation, Scheme, SchemeKind, Server};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use crate::codegen::{Failure, names};

pub(super) fn table(document: &Document) -> Result<String, Failure> {
    let statics = document.operations.iter().map(operation_constant);
    let names = document
        .operations
        .iter()
        .map(|operation| format_ident!("{}", names::screaming(&operation.id)));
    let servers = document.servers.iter().map(server);
    let client_values = client_values(document);
    let schemes = document.schemes.iter().map(scheme);
    let (provider, title) = (&document.provider, super::text::provider_title(document));
    let prefix = provider.to_uppercase();
    let pointers = &document.error_message;
    let error_in_success = match &document.error_in_success {
        Some(mark) => {
            let (path, value) = (&mark.path, &mark.value);
            quote!(Some(ErrorInSuccess { path: &[#(#path),*], value: #value }))
        }
        None => quote!(None),
    };
    let conflicts = document
        .conflict_message
        .iter()
        .flat_map(|known| &known.texts);
    let limited = document.operations.iter().any(|o| o.rate_limit.is_some());
    let limits = limited.then(|| {
        quote!(
            use std::time::Duration;
        )
    });
    let mut used = vec![quote!(Operation), quote!(Provider)];
    let mut operations = document.operations.iter();
    if operations.any(|operation| operation.idempotency_key.is_some()) {
        used.insert(0, quote!(IdempotencyKey));
    }
    if document.error_in_success.is_some() {
        used.insert(0, quote!(ErrorInSuccess));
    }
    if !client_values.is_empty() {
        used.insert(0, quote!(ClientValue));
    }
    if limited {
        used.push(quote!(RateLimit));
    }
    let text = super::print(quote! {
        #limits

        use engagement_core::{#(#used,)* Scheme, SchemeKind, Server};

        /// The provider: its hosts, credentials and operations.
        pub static PROVIDER: Provider = Provider {
            name: #provider,
            title: #title,
            env_prefix: #prefix,
            version: env!("CARGO_PKG_VERSION"),
            servers: &[#(#servers),*],
            schemes: &[#(#schemes),*],
            client_values: &[#(#client_values),*],
            error_message: &[#(#pointers),*],
            conflict_messages: &[#(#conflicts),*],
            error_in_success: #error_in_success,
            operations: OPERATIONS,
        };

        /// Every operation, in the order of the document.
        static OPERATIONS: &[Operation] = &[#(#names),*];

        #(#statics)*
    })?;
    Ok(format!(
        "//! The provider and its operations, as the runtime reads them.\n\n{text}"
    ))
}

/// The constant that describes an operation.
fn operation_constant(operation: &Operation) -> TokenStream {
    let name = format_ident!("{}", names::screaming(&operation.id));
    let Operation {
        id,
        group,
        method,
        path,
        server,
        idempotent,
        sends_message,
        docs_url,
        deprecated,
        ..
    } = operation;
    let security = operation
        .security
        .iter()
        .map(|alternative| quote!(&[#(#alternative),*]));
    let rate_limit = match &operation.rate_limit {
        Some(limit) => {
            let (requests, seconds) = (limit.requests, limit.seconds);
            let shared = match limit.shared.as_str() {
                "" => quote!(None),
                name => quote!(Some(#name)),
            };
            quote!(Some(RateLimit { requests: #requests, per: Duration::from_secs(#seconds), shared: #shared }))
        }
        None => quote!(None),
    };
    let idempotency_key = match &operation.idempotency_key {
        Some(key) => {
            let (header, documented) = (&key.header, key.is_documented());
            quote!(Some(IdempotencyKey { header: #header, documented: #documented }))
        }
        None => quote!(None),
    };
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
            sends_message: #sends_message,
            idempotency_key: #idempotency_key,
            rate_limit: #rate_limit,
            not_found_statuses: &[#(#statuses),*],
            evidence: #evidence,
            docs_url: #docs_url,
            deprecated: #deprecated,
        };
    }
}

fn server(server: &Server) -> TokenStream {
    let (name, url, docs_url) = (&server.name, &server.url, &server.docs_url);
    let regions = server
        .regions
        .iter()
        .map(|(name, url)| quote!((#name, #url)));
    quote!(Server { name: #name, url: #url, regions: &[#(#regions),*], docs_url: #docs_url })
}

/// The parameters that a client has one value for.
fn client_values(document: &Document) -> Vec<TokenStream> {
    let mut seen = BTreeSet::new();
    let values = document
        .operations
        .iter()
        .flat_map(|operation| &operation.parameters)
        .filter_map(|parameter| Some((&parameter.name, parameter.client_value.as_ref()?)))
        .filter(|(name, _)| seen.insert(name.as_str()))
        .map(|(name, value)| {
            let (label, env) = (&value.label, &value.env);
            quote!(ClientValue { name: #name, label: #label, env: #env })
        });
    values.collect()
}

fn scheme(scheme: &Scheme) -> TokenStream {
    let (name, label, env) = (&scheme.name, &scheme.label, &scheme.env);
    let secret = scheme.secret;
    let kind = match &scheme.kind {
        SchemeKind::Basic => quote!(SchemeKind::Basic),
        SchemeKind::BasicUserOnly => quote!(SchemeKind::BasicUserOnly),
        SchemeKind::Bearer => quote!(SchemeKind::Bearer),
        SchemeKind::Header(name) => quote!(SchemeKind::Header(#name)),
    };
    quote!(Scheme { name: #name, kind: #kind, label: #label, env: &[#(#env),*], secret: #secret })
}
