//! Calls of operations, as generated code builds them.

pub(crate) mod catalogue;
pub(crate) mod context;
pub(crate) mod future;
pub(crate) mod operation_call;
pub(crate) mod pagination;
pub(crate) mod raw_request;

use std::borrow::Cow;
use std::fmt::Display;

use bytes::Bytes;
use reqwest::Method;
use serde::Serialize;

use crate::call::future::{ResponseFuture, SendFuture};
use crate::call::raw_request::RawRequest;
use crate::client::core::ClientCore;
use crate::error::Error;
use crate::error::call_target::CallTarget;
use crate::http::text::ValueStyle;
use crate::provider::Operation;
use crate::request::builder::RequestBuilder;
use crate::request::extras::Extras;
use crate::response::Response;
use crate::response::raw::RawResponse;
use crate::send;

impl ClientCore {
    /// Begins a call of an operation.
    pub fn call(&self, operation: &'static Operation) -> Call {
        self.clone().into_call(operation)
    }

    pub(crate) fn into_call(self, operation: &'static Operation) -> Call {
        Call::new(self, operation)
    }

    /// Begins a request to any path, such as `/beta/things/{id}`. Its segments must be percent-encoded, or set with
    /// [`path`](RawRequest::path).
    pub fn request(&self, method: Method, path: impl Into<String>) -> RawRequest {
        RawRequest::new(self.clone(), method, path.into())
    }
}

/// A call of an operation. Setters never fail: [`send`](Self::send) reports the first problem instead of sending.
#[must_use = "nothing is sent before `send`"]
pub struct Call(RequestBuilder, Option<Box<Extras>>);

impl Call {
    pub(crate) fn new(core: ClientCore, operation: &'static Operation) -> Self {
        let template = Cow::Borrowed(operation.path);
        let target = CallTarget::Operation(core.provider(), operation);
        let builder = RequestBuilder::new(core, target, template, operation.server);
        Self(builder, None)
    }

    pub(crate) fn with_extras(mut self, extras: Option<Box<Extras>>) -> Self {
        self.1 = extras;
        self
    }

    /// Undocumented headers and query parameters that the caller adds.
    pub(crate) fn extras(&mut self) -> &mut Extras {
        self.1.get_or_insert_default()
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn core(&self) -> &ClientCore {
        &self.0.core
    }

    /// Sets a path parameter to the client's value with that name.
    pub(crate) fn client_value(&mut self, name: &'static str) {
        self.0.client_value(name);
    }

    #[cfg(any(test, fuzzing))]
    pub(crate) fn into_builder(self) -> RequestBuilder {
        self.0
    }

    /// Sets a path parameter.
    pub fn path<T: Display>(&mut self, name: &'static str, value: &T) {
        self.0.path(Cow::Borrowed(name), value);
    }

    /// Sets a path parameter to `value`, or to the client's value with that name.
    pub fn path_or_client_value<T: Display>(&mut self, name: &'static str, value: &Option<T>) {
        match value {
            Some(value) => self.path(name, value),
            None => self.client_value(name),
        }
    }

    /// Adds a query parameter: none for `None`, one for each element of an array.
    pub fn query<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) {
        let value = self.0.value("query parameter", name, value);
        self.0.query(name, value);
    }

    /// Adds query parameters for a list or an object that is written in a way of its own: none for `None`.
    pub fn query_styled<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
        style: ValueStyle,
    ) {
        let value = self.0.value("query parameter", name, value);
        self.0.query_styled(name, value, style);
    }

    /// Sets a header to the values of a list, joined by commas: nothing for `None` and for an empty list.
    pub fn header_list<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) {
        let value = self.0.value("header", name, value);
        self.0.header_list(name, value);
    }

    /// Sets a header: nothing for `None`.
    pub fn header<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) {
        let value = self.0.value("header", name, value);
        self.0.header(name, value);
    }

    /// Sets the header `Accept`, if the response is not JSON.
    pub fn accept(&mut self, value: &'static str) {
        self.0.header("accept", value.into());
    }

    /// Adds a form field: none for `None`, one for each element of an array of scalars, JSON text for nested values.
    pub fn form<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) {
        let value = self.0.value("form field", name, value);
        self.0.form(name, value);
    }

    /// Adds form fields for a list or an object that is written in a way of its own: none for `None`.
    pub fn form_styled<T: Serialize + ?Sized>(&mut self, name: &str, value: &T, style: ValueStyle) {
        let value = self.0.value("form field", name, value);
        self.0.form_styled(name, value, style);
    }

    /// Adds a form field with JSON text: none for `None`.
    pub fn form_json<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) {
        let value = self.0.value("form field", name, value);
        self.0.form_json(name, &value);
    }

    /// Sets a JSON body.
    pub fn json<T: Serialize + ?Sized>(&mut self, body: &T) {
        self.0.json(body);
    }

    /// Sets a body that is sent unchanged.
    pub fn bytes(&mut self, body: impl Into<Bytes>, content_type: &str) {
        self.0.bytes(body.into(), content_type);
    }

    /// Sets a JSON body that is an object without fields.
    pub fn empty_object(&mut self) {
        self.0.json(&serde_json::Map::new());
    }

    /// Sets an empty body with a content type.
    pub fn empty_body(&mut self, content_type: &'static str) {
        self.0.bytes(Bytes::new(), content_type);
    }

    /// Adds an undocumented form field.
    pub fn form_field(&mut self, name: &str, value: &str) {
        self.0.form(name, value.into());
    }

    /// Adds a text part to a multipart form: none for `None`, one for each element of an array of scalars, JSON text for
    /// nested values. An empty `content_type` means no content type.
    #[cfg(feature = "multipart")]
    pub fn multipart_field<T: Serialize + ?Sized>(
        &mut self,
        name: &str,
        value: &T,
        content_type: &'static str,
    ) {
        let value = self.0.value("form field", name, value);
        self.0.multipart_field(name, value, content_type);
    }

    /// Adds a part with JSON text to a multipart form: none for `None`. An empty `content_type` means no content type.
    #[cfg(feature = "multipart")]
    pub fn multipart_json<T: Serialize + ?Sized>(
        &mut self,
        name: &str,
        value: &T,
        content_type: &'static str,
    ) {
        let value = self.0.value("form field", name, value);
        self.0.multipart_json(name, &value, content_type);
    }

    /// Adds a file to a multipart form. `default_content_type` applies if the upload has no content type; empty means no
    /// content type.
    #[cfg(feature = "multipart")]
    pub fn file(
        &mut self,
        name: &'static str,
        value: &crate::Upload,
        default_content_type: &'static str,
    ) {
        self.0.file(name, value.clone(), default_content_type);
    }

    /// Records that a setter got an invalid value; the reason must not contain values.
    pub fn invalid(&mut self, reason: impl Into<String>) {
        self.0.problem(reason.into());
    }

    /// The future that sends the request. `decode` decodes a successful response; everything else is an error, see
    /// [`ErrorKind`](crate::ErrorKind).
    #[inline]
    pub fn send<T>(
        self,
        decode: fn(RawResponse) -> Result<Response<T>, Error>,
    ) -> ResponseFuture<T> {
        match self.begin() {
            Ok(sending) => ResponseFuture::sending(sending, decode),
            Err(error) => ResponseFuture::refused(error),
        }
    }

    fn begin(mut self) -> Result<SendFuture, Error> {
        if let Some(extras) = self.1.take() {
            extras.apply(&mut self.0);
        }
        // Once per call: all attempts must have the same key.
        self.0.idempotency_key();
        let (core, request) = self.0.prepare()?;
        Ok(Box::pin(send::send(core, request)))
    }
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Call").finish_non_exhaustive()
    }
}
