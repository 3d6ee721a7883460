//! Requests that no operation describes, under the same guards.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::answer::Answer;
use crate::credentials::reserved_header;
use crate::decode;
use crate::draft::Draft;
use crate::drift;
use crate::error::{Error, ErrorKind};
use crate::rate_limit::RateLimitStatus;
use crate::response::{KnownHeaders, request_id};
use crate::runtime::Runtime;
use crate::send;
use crate::subject::Subject;

/// A request to any path of the provider, with the client's credentials, limits and checks.
///
/// It carries the credentials that most of the provider's operations take.
#[must_use = "nothing is sent before `send`"]
pub struct RawRequest(Draft);

impl RawRequest {
    pub(crate) fn new(runtime: Runtime, method: Method, path: String) -> Self {
        Self(Draft::new(
            runtime,
            Subject::Raw(method),
            Cow::Owned(path),
            0,
        ))
    }

    /// Fills `{name}` in the path, encoded as needed.
    pub fn path(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.0.path(Cow::Owned(name.into()), &value);
        self
    }

    /// Sends it to another of the provider's servers.
    pub fn server(mut self, name: &str) -> Self {
        self.0.server(name);
        self
    }

    /// Sends it without any credential, to what the provider has for everybody.
    pub fn without_credentials(mut self) -> Self {
        self.0.without_credentials();
        self
    }

    /// Adds to the query: nothing for `None`, one pair for each element of an array.
    pub fn query(mut self, name: &str, value: impl Serialize) -> Self {
        let value = self.0.value("query parameter", name, &value);
        self.0.query(name, value);
        self
    }

    /// Sets a header: nothing for `None`. Credentials come from the client only.
    pub fn header(mut self, name: &str, value: impl Serialize) -> Self {
        let reserved = HeaderName::from_bytes(name.as_bytes())
            .ok()
            .and_then(|name| reserved_header(self.0.runtime.provider(), &name));
        if let Some(reason) = reserved {
            self.0.problem(format!("header `{name}` {reason}"));
            return self;
        }
        let value = self.0.value("header", name, &value);
        self.0.header(name, value);
        self
    }

    /// Sets a JSON body.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        self.0.json(body);
        self
    }

    /// Adds every field of a struct or map as a form field.
    pub fn form<T: Serialize + ?Sized>(mut self, fields: &T) -> Self {
        let fields = self.0.value("body", "form", fields);
        self.0.form_object(fields);
        self
    }

    /// Sends it.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind); any other status than 2xx is an error.
    pub async fn send(self) -> Result<RawResponse, Error> {
        let (runtime, request) = self.0.prepare()?;
        let answer = send::send(runtime, request).await?;
        answer.there().map(RawResponse)
    }
}

impl fmt::Debug for RawRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest").finish_non_exhaustive()
    }
}

/// The answer to a [`RawRequest`].
pub struct RawResponse(Answer);

impl RawResponse {
    /// HTTP status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.0.meta.status
    }

    /// Response headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.0.meta.headers
    }

    /// How many times the request was tried, renewals of a token included.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.meta.attempts
    }

    /// How long the call waited between its attempts, for a pause that the provider asked for, and for the
    /// client's own [limits](crate::RateLimits).
    #[must_use]
    pub fn waited(&self) -> Duration {
        self.0.meta.waited
    }

    /// The provider's name for this request, for its support desk.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        request_id(self.headers())
    }

    /// What the provider says of its limit in the answer's headers, if it does.
    #[must_use]
    pub fn rate_limit(&self) -> Option<RateLimitStatus> {
        RateLimitStatus::read(self.headers(), SystemTime::now())
    }

    /// The body.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.0.body
    }

    /// The body as text.
    ///
    /// # Errors
    /// If it is not UTF-8.
    pub fn text(&self) -> Result<&str, Error> {
        let text = std::str::from_utf8(decode::without_bom(&self.0.body));
        text.map_err(|error| {
            self.0
                .failed(ErrorKind::Decode, "the body is not UTF-8 text".to_owned())
                .with_source(error)
        })
    }

    /// The body as JSON.
    ///
    /// # Errors
    /// If it is empty or something else.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        let _watching = drift::watch(&self.0.meta.runtime, &self.0.meta.subject);
        serde_json::from_slice(decode::without_bom(&self.0.body))
            .map_err(|error| self.0.undecodable(&error))
    }
}

impl fmt::Debug for RawResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawResponse")
            .field("status", &self.status().as_u16())
            .field("headers", &KnownHeaders(self.headers()))
            .field("bytes", &self.0.body.len())
            .finish_non_exhaustive()
    }
}
