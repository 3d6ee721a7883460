//! The checks that turn a request builder into a request that is ready to be sent.

use bytes::Bytes;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderValue};
use reqwest::{Method, Url};

use super::body::Body;
use super::builder::RequestBuilder;
use crate::auth::credentials::how_to_set;
use crate::client::core::ClientCore;
use crate::error::call_target::CallTarget;
use crate::error::{Error, ErrorKind};
use crate::http::path;
use crate::provider::Provider;
#[cfg(feature = "multipart")]
use crate::request::upload::Multipart;
use crate::secret::zeroizing::Wiped;

/// A body that is ready to be sent.
pub(crate) enum Payload {
    Whole(Bytes),
    #[cfg(feature = "multipart")]
    Multipart(Multipart),
}

/// A request that is ready to be sent, more than once if [`can_repeat`](Self::can_repeat). It has no credentials: they are
/// attached to each attempt, after the check of its origin.
pub(crate) struct PreparedRequest {
    pub(crate) target: CallTarget,
    pub(crate) server: usize,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Payload,
    pub(crate) schemes: &'static [&'static str],
}

impl PreparedRequest {
    /// Whether a retry is safe although the request may have been executed. `declared` is whether the caller says so.
    pub(crate) fn is_idempotent(&self, declared: bool) -> bool {
        match &self.target {
            CallTarget::Operation(_, operation) => {
                let keyed = || {
                    let key = operation.idempotency_key.filter(|key| key.documented);
                    key.is_some_and(|key| self.headers.contains_key(key.header))
                };
                // A person must not get the same message twice, even if the operation is documented as idempotent.
                !operation.sends_message && (operation.idempotent || declared || keyed())
            }
            CallTarget::Raw(_, method) => {
                let by_method = matches!(
                    *method,
                    Method::GET | Method::HEAD | Method::PUT | Method::DELETE
                );
                by_method || declared
            }
            CallTarget::Client(_) => false,
        }
    }

    /// Whether the body can be sent again.
    pub(crate) fn can_repeat(&self) -> bool {
        match &self.body {
            Payload::Whole(_) => true,
            #[cfg(feature = "multipart")]
            Payload::Multipart(form) => form.can_repeat(),
        }
    }
}

impl RequestBuilder {
    /// Checks everything that can be checked without the network.
    pub(crate) fn prepare(self) -> Result<(ClientCore, PreparedRequest), Error> {
        let fail = |kind, detail: String| Error::new(kind, self.target.clone(), detail);
        let invalid = |reason: &str| {
            fail(
                ErrorKind::InvalidRequest,
                format!("invalid request: {reason}"),
            )
        };
        if let Some(reason) = &self.problem {
            return Err(invalid(reason));
        }
        let provider = self.core.provider();

        let method = self.target.method().unwrap_or_default();
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| invalid("the method is not valid"))?;
        if method == Method::CONNECT {
            return Err(invalid("CONNECT is not a request to a resource"));
        }

        let path = path::fill(&self.template, &self.params).map_err(|reason| invalid(&reason))?;
        if matches!(self.target, CallTarget::Raw(..)) {
            path::check_written(&self.template).map_err(invalid)?;
        }

        let base = match self.core.server(self.server) {
            Some(server) => &server.base,
            None => {
                let reason = unreachable_server(provider, self.server, self.core.base_url());
                return Err(fail(
                    ErrorKind::Configuration,
                    format!("invalid configuration: {reason}"),
                ));
            }
        };

        let credentials = self.core.credentials();
        let (schemes, security) = match &self.target {
            CallTarget::Operation(_, operation) => (
                credentials.select_schemes(operation.security),
                operation.security,
            ),
            _ if self.anonymous || provider.schemes.is_empty() => (Some(&[][..]), &[][..]),
            _ => (credentials.default_schemes(provider.operations), &[][..]),
        };
        let Some(schemes) = schemes else {
            let all: Vec<&[&str]> = provider
                .schemes
                .iter()
                .map(|scheme| std::slice::from_ref(&scheme.name))
                .collect();
            let how = how_to_set(provider, if security.is_empty() { &all } else { security });
            return Err(fail(
                ErrorKind::MissingCredentials,
                format!("missing credentials: set {how}"),
            ));
        };

        let url = base.join(&path, &self.query).map_err(invalid)?;

        let defaults = self.core.default_headers();
        let whole = |body: Wiped| Payload::Whole(body.into_bytes());
        let (body, mut headers) = match self.body {
            Body::None => (Payload::Whole(Bytes::new()), defaults.plain.clone()),
            Body::Json(json) => (whole(json), defaults.json.clone()),
            Body::Form(form) => (whole(form.written()), defaults.form.clone()),
            Body::Bytes(bytes, content_type) => {
                (Payload::Whole(bytes), defaults.with(content_type))
            }
            #[cfg(feature = "multipart")]
            Body::Multipart(form) => (Payload::Multipart(form), defaults.plain.clone()),
        };
        let writes = matches!(method, Method::POST | Method::PUT | Method::PATCH);
        if writes && matches!(&body, Payload::Whole(bytes) if bytes.is_empty()) {
            // Some servers respond with 411 without it.
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        if !self.headers.is_empty() {
            headers.extend(self.headers);
        }
        #[cfg(feature = "multipart")]
        if matches!(body, Payload::Multipart(_)) {
            // It contains the boundary, which differs in each attempt.
            headers.remove(reqwest::header::CONTENT_TYPE);
        }

        let prepared = PreparedRequest {
            target: self.target,
            server: self.server,
            method,
            url,
            headers,
            body,
            schemes,
        };
        Ok((self.core, prepared))
    }
}

/// Why a server has no URL, and how to set one.
fn unreachable_server(provider: &Provider, index: usize, base_url: &str) -> String {
    let Some(server) = provider.servers.get(index) else {
        return "the server has no URL".to_owned();
    };
    let name = server.name;
    let set = format!(".server_url({name:?}, …) or {}", provider.server_env(name));
    let published = provider.servers.first().is_some_and(|main| {
        let mut regions = main.regions.iter();
        main.url == base_url || regions.any(|(_, url)| *url == base_url)
    });
    if !server.url.is_empty() && published {
        return format!("the host of `{name}` in the selected region is not known: set {set}");
    }
    if !server.url.is_empty() {
        return format!(
            "the base URL is set, but this operation uses the server `{name}`: also set {set}"
        );
    }
    let regions: Vec<String> = server
        .regions
        .iter()
        .map(|(region, _)| format!("`{region}`"))
        .collect();
    let region = if regions.is_empty() {
        String::new()
    } else {
        let env = provider.region_env();
        format!(
            ", or select one of the regions {} with .region(…) or {env}",
            regions.join(", ")
        )
    };
    let docs = if server.docs_url.is_empty() {
        String::new()
    } else {
        format!("; see {}", server.docs_url)
    };
    format!("the provider does not publish the host of `{name}`: set {set}{region}{docs}")
}
