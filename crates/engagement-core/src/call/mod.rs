//! What generated code puts a request together with.

pub(crate) mod catalogue;
pub(crate) mod context;
pub(crate) mod future;
pub(crate) mod operation_call;
pub(crate) mod pagination;
pub(crate) mod raw_request;

use std::borrow::Cow;
use std::fmt::Display;

use reqwest::Method;
use serde::Serialize;

use crate::call::future::{ResponseFuture, Sending};
use crate::call::raw_request::RawRequest;
use crate::client::core::Runtime;
use crate::error::Error;
use crate::error::call_target::Subject;
use crate::provider::Operation;
use crate::request::builder::Draft;
use crate::request::extras::Extras;
use crate::response::Response;
use crate::response::answer::Answer;
use crate::send;

impl Runtime {
    /// Begins a call of an operation.
    pub fn call(&self, operation: &'static Operation) -> Call {
        self.clone().into_call(operation)
    }

    pub(crate) fn into_call(self, operation: &'static Operation) -> Call {
        Call::new(self, operation)
    }

    /// Begins a request to any path, such as `/beta/things/{id}`; its segments must be encoded, or filled in with
    /// [`path`](RawRequest::path).
    pub fn request(&self, method: Method, path: impl Into<String>) -> RawRequest {
        RawRequest::new(self.clone(), method, path.into())
    }
}

/// A call of an operation. Setters never fail: [`send`](Self::send) reports the first problem instead of sending.
#[must_use = "nothing is sent before `send`"]
pub struct Call(Draft, Option<Box<Extras>>);

impl Call {
    pub(crate) fn new(runtime: Runtime, operation: &'static Operation) -> Self {
        let template = Cow::Borrowed(operation.path);
        let subject = Subject::Operation(runtime.provider(), operation);
        let draft = Draft::new(runtime, subject, template, operation.server);
        Self(draft, None)
    }

    pub(crate) fn with_extras(mut self, extras: Option<Box<Extras>>) -> Self {
        self.1 = extras;
        self
    }

    /// What the caller adds beside what the document knows.
    pub(crate) fn extras(&mut self) -> &mut Extras {
        self.1.get_or_insert_default()
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn runtime(&self) -> &Runtime {
        &self.0.runtime
    }

    /// Sets a path parameter to the client's value of that name.
    pub(crate) fn client_value(&mut self, name: &'static str) {
        self.0.client_value(name);
    }

    #[cfg(any(test, fuzzing))]
    pub(crate) fn into_draft(self) -> Draft {
        self.0
    }

    /// Sets a path parameter.
    pub fn path<T: Display>(&mut self, name: &'static str, value: &T) {
        self.0.path(Cow::Borrowed(name), value);
    }

    /// Sets a path parameter to the call's own value, or else to the client's value of that name.
    pub fn path_or_client_value<T: Display>(&mut self, name: &'static str, value: &Option<T>) {
        match value {
            Some(value) => self.path(name, value),
            None => self.client_value(name),
        }
    }

    /// Adds to the query: nothing for `None`, one pair for each element of an array.
    pub fn query<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) {
        let value = self.0.value("query parameter", name, value);
        self.0.query(name, value);
    }

    /// Sets a header: nothing for `None`.
    pub fn header<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) {
        let value = self.0.value("header", name, value);
        self.0.header(name, value);
    }

    /// Says what kind of answer is wanted, where that is not JSON.
    pub fn accept(&mut self, value: &'static str) {
        self.0.header("accept", value.into());
    }

    /// Adds a form field: nothing for `None`, one field for each element of an array of scalars, JSON text for more.
    pub fn form<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        let value = self.0.value("form field", name, value);
        self.0.form(name, value);
    }

    /// Adds a form field that holds JSON text: nothing for `None`.
    pub fn form_json<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) {
        let value = self.0.value("form field", name, value);
        self.0.form_json(name, &value);
    }

    /// Sets a JSON body.
    pub fn json<T: Serialize + ?Sized>(&mut self, body: &T) {
        self.0.json(body);
    }

    /// Sets a JSON body that is an object without fields.
    pub fn empty_object(&mut self) {
        self.0.json(&serde_json::Map::new());
    }

    /// Adds a form field of a name that the document doesn't know.
    pub fn form_field(&mut self, name: &str, value: &str) {
        self.0.form(name, value.into());
    }

    /// Adds a text part to a multipart form: nothing for `None`, one part for each element of an array of scalars, JSON
    /// text for more.
    #[cfg(feature = "multipart")]
    pub fn multipart_field<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        let value = self.0.value("form field", name, value);
        self.0.multipart_field(name, value);
    }

    /// Adds a text part that holds JSON text to a multipart form: nothing for `None`.
    #[cfg(feature = "multipart")]
    pub fn multipart_json<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        let value = self.0.value("form field", name, value);
        self.0.multipart_json(name, &value);
    }

    /// Adds a file to a multipart form. It goes as `default_content_type` unless it has a content type of its own;
    /// empty means without one.
    #[cfg(feature = "multipart")]
    pub fn file(
        &mut self,
        name: &'static str,
        value: &crate::Upload,
        default_content_type: &'static str,
    ) {
        self.0.file(name, value.clone(), default_content_type);
    }

    /// Says that a setter was given something unusable; the reason must not hold values.
    pub fn invalid(&mut self, reason: impl Into<String>) {
        self.0.problem(reason.into());
    }

    /// The future that sends it. `read` makes a response of a successful answer; everything else is an error, as
    /// [`ErrorKind`](crate::ErrorKind) tells.
    #[inline]
    pub fn send<T>(self, read: fn(Answer) -> Result<Response<T>, Error>) -> ResponseFuture<T> {
        match self.begin() {
            Ok(sending) => ResponseFuture::sending(sending, read),
            Err(error) => ResponseFuture::refused(error),
        }
    }

    fn begin(mut self) -> Result<Sending, Error> {
        if let Some(extras) = self.1.take() {
            extras.apply(&mut self.0);
        }
        // Here and not with each attempt: the key says that all attempts are one call.
        self.0.idempotency_key();
        let (runtime, request) = self.0.prepare()?;
        Ok(Box::pin(send::send(runtime, request)))
    }
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Call").finish_non_exhaustive()
    }
}
