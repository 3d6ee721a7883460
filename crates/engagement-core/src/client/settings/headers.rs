//! The default headers of every request.

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};

use super::Settings;
use crate::auth::credentials::reserved_header;
use crate::error::Error;
use crate::http::text::header_value;

/// The default headers, by the content type of the body. A content type that is inserted for each request would reallocate
/// the headers.
#[derive(Clone)]
pub(crate) struct DefaultHeaders {
    pub(crate) plain: HeaderMap,
    pub(crate) json: HeaderMap,
    pub(crate) form: HeaderMap,
}

impl DefaultHeaders {
    fn new(plain: HeaderMap) -> Self {
        let with = |content_type| {
            let mut headers = plain.clone();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
            headers
        };
        Self {
            json: with("application/json"),
            form: with("application/x-www-form-urlencoded"),
            plain,
        }
    }

    /// The headers for another content type.
    pub(crate) fn with(&self, content_type: HeaderValue) -> HeaderMap {
        let mut headers = self.plain.clone();
        headers.insert(CONTENT_TYPE, content_type);
        headers
    }
}

impl Settings {
    pub(super) fn default_headers(&self) -> Result<DefaultHeaders, Error> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        let mut agent = format!("{}-client/{}", self.provider.name, self.provider.version);
        if let Some(suffix) = self
            .user_agent_suffix
            .as_deref()
            .map(str::trim)
            .filter(|suffix| !suffix.is_empty())
        {
            agent.push(' ');
            agent.push_str(suffix);
        }
        let agent = header_value(&agent).ok_or_else(|| {
            self.error("user_agent_suffix contains a character that is not allowed in a header")
        })?;
        headers.insert(USER_AGENT, agent);
        for (name, value) in &self.headers {
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| self.error("a default header has a name that is not allowed"))?;
            if let Some(reason) = reserved_header(self.provider, &name) {
                return Err(self.error(format_args!("default header `{name}` {reason}")));
            }
            let mut keys = self.provider.operations.iter();
            if keys.any(|operation| {
                let key = operation.idempotency_key;
                key.is_some_and(|key| key.header.eq_ignore_ascii_case(name.as_str()))
            }) {
                return Err(self.error(format_args!(
                    "default header `{name}` is an idempotency key: with the same value in every call, the provider would execute only the first; set it on a call, or leave it to the client"
                )));
            }
            let mut value = header_value(value.expose()).ok_or_else(|| {
                self.error(format_args!(
                    "default header `{name}` has a value that is not allowed in a header"
                ))
            })?;
            // It may contain a secret.
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        Ok(DefaultHeaders::new(headers))
    }
}
