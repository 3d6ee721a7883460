//! Requests that no operation describes, under the same guards.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::marker::PhantomData;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName};
use reqwest::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::auth::credentials::reserved_header;
use crate::client::core::Runtime;
use crate::decode;
use crate::error::call_target::Subject;
use crate::error::{Error, ErrorKind};
use crate::http::rate_limit_status::RateLimitStatus;
use crate::http::request_id::request_id;
use crate::request::builder::Draft;
#[cfg(feature = "multipart")]
use crate::request::form::Form;
use crate::response::KnownHeaders;
use crate::response::answer::Answer;
use crate::send;

/// A request to any path of the provider, with the client's credentials, limits and checks.
///
/// The path starts with `/` and is sent as it is written, a slash at its end included. Refused before anything is sent are
/// paths with an empty segment elsewhere, which is most likely an empty id, and with `.` or `..` segments or what some server
/// may decode to one, such as `..%2f`, `%5c..` and `..;`.
///
/// The body is one of [`json`](Self::json), [`form`](Self::form), [`body`](Self::body) and, with the feature `multipart`,
/// `multipart`. It carries the credentials that most of the provider's operations take. One that a blocking client made is a
/// `RawRequest<Blocking>`.
#[must_use = "nothing is sent before `send`"]
pub struct RawRequest<M = ()> {
    pub(crate) draft: Draft,
    pub(crate) mode: PhantomData<M>,
}

impl RawRequest {
    pub(crate) fn new(runtime: Runtime, method: Method, path: String) -> Self {
        let subject = Subject::Raw(runtime.provider(), method);
        Self {
            draft: Draft::new(runtime, subject, Cow::Owned(path), 0),
            mode: PhantomData,
        }
    }

    /// Sends it.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind); any other status than 2xx is an error. So is 304, which answers a conditional
    /// request: look for it with [`status`](crate::Error::status).
    pub async fn send(self) -> Result<RawResponse, Error> {
        let (runtime, request) = self.draft.prepare()?;
        let answer = send::send(runtime, request).await?;
        answer.there().map(RawResponse)
    }
}

impl<M> RawRequest<M> {
    /// Fills `{name}` in the path, encoded as needed.
    pub fn path(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.draft.path(Cow::Owned(name.into()), &value);
        self
    }

    /// Sends it to another of the provider's servers.
    pub fn server(mut self, name: &str) -> Self {
        self.draft.server(name);
        self
    }

    /// Sends it without any credential, to what the provider has for everybody.
    pub fn without_credentials(mut self) -> Self {
        self.draft.without_credentials();
        self
    }

    /// Adds to the query: nothing for `None`, one pair for each element of an array.
    pub fn query(mut self, name: &str, value: impl Serialize) -> Self {
        let value = self.draft.value("query parameter", name, &value);
        self.draft.query(name, value);
        self
    }

    /// Sets a header: nothing for `None`. Credentials come from the client only.
    pub fn header(mut self, name: &str, value: impl Serialize) -> Self {
        let reserved = HeaderName::from_bytes(name.as_bytes())
            .ok()
            .and_then(|name| reserved_header(self.draft.runtime.provider(), &name));
        if let Some(reason) = reserved {
            self.draft.problem(format!("header `{name}` {reason}"));
            return self;
        }
        let value = self.draft.value("header", name, &value);
        self.draft.header(name, value);
        self
    }

    /// Sets a body of any other kind: text, CSV, NDJSON, XML or bytes, with its content type, such as
    /// `text/csv; charset=utf-8`. It is sent as it is.
    ///
    /// ```no_run
    /// # use engagement_core::Method;
    /// # async fn example(client: &engagement_core::Runtime) -> Result<(), engagement_core::Error> {
    /// let rows = String::from("email\nada@example.com\n");
    /// client.request(Method::PUT, "/imports/").body(rows, "text/csv").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn body(mut self, body: impl Into<Bytes>, content_type: &str) -> Self {
        self.draft.bytes(body.into(), content_type);
        self
    }

    /// Sets a `multipart/form-data` body.
    #[cfg(feature = "multipart")]
    #[cfg_attr(docsrs, doc(cfg(feature = "multipart")))]
    pub fn multipart(mut self, form: Form) -> Self {
        self.draft.multipart_form(form);
        self
    }

    /// Sets a JSON body.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        self.draft.json(body);
        self
    }

    /// Adds every field of a struct or map as a form field.
    pub fn form<T: Serialize + ?Sized>(mut self, fields: &T) -> Self {
        let fields = self.draft.value("body", "form", fields);
        self.draft.form_object(fields);
        self
    }
}

impl<M> fmt::Debug for RawRequest<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest").finish_non_exhaustive()
    }
}

/// The answer to a [`RawRequest`].
pub struct RawResponse(Answer);

impl RawResponse {
    pub(crate) fn new(answer: Answer) -> Self {
        Self(answer)
    }

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
        let _watching = self.0.meta.watch_drift();
        decode::from_slice(decode::without_bom(&self.0.body), self.0.max_values())
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
