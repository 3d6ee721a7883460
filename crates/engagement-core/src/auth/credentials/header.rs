//! The headers that carry credentials, and the headers that callers may not set.

use reqwest::header::{AUTHORIZATION, HeaderName};

use crate::provider::{Provider, Scheme, SchemeKind};

/// The header that `scheme` uses, or `None` if its name is invalid.
pub(super) fn header_name(scheme: &Scheme) -> Option<HeaderName> {
    match scheme.kind {
        SchemeKind::Basic | SchemeKind::BasicUserOnly | SchemeKind::Bearer => Some(AUTHORIZATION),
        SchemeKind::Header(name) => HeaderName::from_bytes(name.as_bytes()).ok(),
    }
}

/// Why callers may not set the header `name`, if so: it carries credentials, or it controls framing or routing of the request.
pub(crate) fn reserved_header(provider: &Provider, name: &HeaderName) -> Option<&'static str> {
    const CREDENTIAL: &[&str] = &["authorization", "proxy-authorization", "cookie"];
    const FRAMING: &[&str] = &[
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "keep-alive",
        "te",
        "trailer",
        "upgrade",
        "expect",
    ];
    let own = || {
        provider
            .schemes
            .iter()
            .any(|scheme| header_name(scheme).as_ref() == Some(name))
    };
    if CREDENTIAL.contains(&name.as_str()) || own() {
        Some("carries credentials; use .credential(…) of the builder")
    } else if FRAMING.contains(&name.as_str()) {
        Some("is set by the HTTP client")
    } else {
        None
    }
}
