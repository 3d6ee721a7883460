//! Requests to undocumented paths, with the same checks as calls.

use std::borrow::Cow;
use std::fmt::{self, Display};
use std::marker::PhantomData;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::HeaderName;
use serde::Serialize;

use crate::auth::credentials::reserved_header;
use crate::client::core::ClientCore;
use crate::error::Error;
use crate::error::call_target::CallTarget;
use crate::request::builder::RequestBuilder;
#[cfg(feature = "multipart")]
use crate::request::form::Form;
use crate::response::raw::RawResponse;
use crate::send;

/// A request to any path of the provider, with the client's credentials, limits and checks.
///
/// The path starts with `/` and is sent as written, including a final slash. Some paths are rejected before the request is
/// sent: those with an empty segment before the end, which is most likely an empty id, and those with `.` or `..` segments or
/// text that a server may decode to one, such as `..%2f`, `%5c..` and `..;`.
///
/// The body is one of [`json`](Self::json), [`form`](Self::form), [`body`](Self::body) and, with the feature `multipart`,
/// `multipart`. The request has the credentials that most of the provider's operations use. The requests of a blocking client
/// are `RawRequest<Blocking>`.
#[must_use = "nothing is sent before `send`"]
pub struct RawRequest<M = ()> {
    pub(crate) builder: RequestBuilder,
    pub(crate) mode: PhantomData<M>,
}

impl RawRequest {
    pub(crate) fn new(core: ClientCore, method: Method, path: String) -> Self {
        let target = CallTarget::Raw(core.provider(), method);
        Self {
            builder: RequestBuilder::new(core, target, Cow::Owned(path), 0),
            mode: PhantomData,
        }
    }

    /// Sends the request.
    ///
    /// # Errors
    /// See [`ErrorKind`](crate::ErrorKind). Every status except 2xx is an error. That includes 304, the response to a
    /// conditional request: [`status`](crate::Error::status) returns it.
    pub async fn send(self) -> Result<RawResponse, Error> {
        let (core, request) = self.builder.prepare()?;
        send::send(core, request).await?.require_present()
    }
}

impl<M> RawRequest<M> {
    /// Sets the path parameter `{name}`; its value is percent-encoded.
    pub fn path(mut self, name: impl Into<String>, value: impl Display) -> Self {
        self.builder.path(Cow::Owned(name.into()), &value);
        self
    }

    /// Selects another server of the provider.
    pub fn server(mut self, name: &str) -> Self {
        self.builder.server(name);
        self
    }

    /// Sends the request without credentials, for public endpoints.
    pub fn without_credentials(mut self) -> Self {
        self.builder.without_credentials();
        self
    }

    /// Adds a query parameter: none for `None`, one for each element of an array.
    pub fn query(mut self, name: &str, value: impl Serialize) -> Self {
        let value = self.builder.value("query parameter", name, &value);
        self.builder.query(name, value);
        self
    }

    /// Sets a header: none for `None`. Headers that carry credentials are an error: the client sets them.
    pub fn header(mut self, name: &str, value: impl Serialize) -> Self {
        let reserved = HeaderName::from_bytes(name.as_bytes())
            .ok()
            .and_then(|name| reserved_header(self.builder.core.provider(), &name));
        if let Some(reason) = reserved {
            self.builder.problem(format!("header `{name}` {reason}"));
            return self;
        }
        let value = self.builder.value("header", name, &value);
        self.builder.header(name, value);
        self
    }

    /// Sets a body of any other type, such as text, CSV, NDJSON, XML or bytes. It is sent unchanged, with a content type such
    /// as `text/csv; charset=utf-8`.
    ///
    /// ```no_run
    /// # use engagement_core::Method;
    /// # async fn example(client: &engagement_core::ClientCore) -> Result<(), engagement_core::Error> {
    /// let rows = String::from("email\nada@example.com\n");
    /// client.request(Method::PUT, "/imports/").body(rows, "text/csv").send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn body(mut self, body: impl Into<Bytes>, content_type: &str) -> Self {
        self.builder.bytes(body.into(), content_type);
        self
    }

    /// Sets a `multipart/form-data` body.
    #[cfg(feature = "multipart")]
    #[cfg_attr(docsrs, doc(cfg(feature = "multipart")))]
    pub fn multipart(mut self, form: Form) -> Self {
        self.builder.multipart_form(form);
        self
    }

    /// Sets a JSON body.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        self.builder.json(body);
        self
    }

    /// Adds every field of a struct or map as a form field.
    pub fn form<T: Serialize + ?Sized>(mut self, fields: &T) -> Self {
        let fields = self.builder.value("body", "form", fields);
        self.builder.form_object(fields);
        self
    }
}

impl<M> fmt::Debug for RawRequest<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawRequest").finish_non_exhaustive()
    }
}
