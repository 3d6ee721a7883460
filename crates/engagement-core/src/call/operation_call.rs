//! A call of an operation that is selected at run time.

use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use crate::call::Call;
use crate::call::catalogue::{
    OperationBody, OperationEntry, OperationParameter, ParameterLocation,
};
use crate::call::future::{CallFuture, ResponseFuture};
use crate::client::core::ClientCore;
use crate::error::call_target::CallTarget;
use crate::error::near::did_you_mean;
use crate::error::{Error, ErrorKind};
use crate::http::text::ValueStyle;
#[cfg(feature = "multipart")]
use crate::request::upload::Upload;
use crate::response::Response;
use crate::response::raw::RawResponse;
use crate::types::scalar::Scalar;

const CONTENT_TYPE: &str = "content-type";

/// A call of an operation that is selected by its id. `client.operation(id)` of a client begins one; values are set by their
/// names on the wire.
///
/// The request is the same as that of the typed call: credentials, host, checks, limits, idempotency and retries. Unknown and
/// missing values are reported before the request is sent. The calls of a blocking client are `OperationCall<Blocking>`.
#[must_use = "nothing is sent before `send`"]
pub struct OperationCall<M = ()> {
    entry: &'static OperationEntry,
    call: Call,
    values: Vec<(&'static OperationParameter, Value)>,
    #[cfg(feature = "multipart")]
    files: Vec<(&'static OperationParameter, Upload)>,
    /// Undocumented fields of an open form.
    others: Vec<(String, Value)>,
    has_body: bool,
    mode: PhantomData<M>,
}

impl ClientCore {
    /// Begins a call of an operation of `catalogue`.
    ///
    /// # Errors
    /// An invalid-request error if there is no operation with that id; it suggests similar ids.
    pub fn operation(
        &self,
        catalogue: &'static [OperationEntry],
        id: &str,
    ) -> Result<OperationCall, Error> {
        let found = catalogue.iter().find(|entry| entry.operation.id == id);
        let entry = found.ok_or_else(|| {
            let near = did_you_mean(id, catalogue.iter().map(|entry| entry.operation.id));
            let detail = format!("invalid request: there is no operation with this id{near}");
            let target = CallTarget::Client(self.provider());
            Error::new(ErrorKind::InvalidRequest, target, detail)
        })?;
        Ok(OperationCall {
            entry,
            call: self.call(entry.operation),
            values: Vec::new(),
            #[cfg(feature = "multipart")]
            files: Vec::new(),
            others: Vec::new(),
            has_body: false,
            mode: PhantomData,
        })
    }
}

impl<M> OperationCall<M> {
    /// The operation as data.
    #[must_use]
    pub fn entry(&self) -> &'static OperationEntry {
        self.entry
    }

    /// Sets a value by its name on the wire, in every location with that name, such as path and form.
    ///
    /// In queries and forms, an array repeats the name. `null` counts as not set.
    pub fn param(self, name: &str, value: impl Into<Value>) -> Self {
        self.set(name, value.into(), |_| true)
    }

    /// Sets a path parameter.
    pub fn path_param(self, name: &str, value: impl Into<Value>) -> Self {
        self.set(name, value.into(), |location| {
            location == ParameterLocation::Path
        })
    }

    /// Sets a query parameter.
    pub fn query_param(self, name: &str, value: impl Into<Value>) -> Self {
        self.set(name, value.into(), |location| {
            location == ParameterLocation::Query
        })
    }

    /// Sets a documented header. [`extra_header`](Self::extra_header) sets any other.
    pub fn header_param(self, name: &str, value: impl Into<Value>) -> Self {
        self.set(name, value.into(), |location| {
            location == ParameterLocation::Header
        })
    }

    /// Sets a form field.
    pub fn form_param(self, name: &str, value: impl Into<Value>) -> Self {
        self.set(name, value.into(), ParameterLocation::is_form)
    }

    fn set(mut self, name: &str, value: Value, fits: impl Fn(ParameterLocation) -> bool) -> Self {
        let known = |parameter: &&OperationParameter| {
            parameter.name == name && parameter.constant.is_none() && fits(parameter.location)
        };
        let mut found = self.entry.parameters.iter().filter(known).peekable();
        if found.peek().is_some() {
            self.values
                .extend(found.map(|parameter| (parameter, value.clone())));
        } else if self.entry.body == OperationBody::OpenForm && fits(ParameterLocation::Form) {
            self.others.push((name.to_owned(), value));
        } else {
            let names = self.entry.parameters.iter().filter(|it| fits(it.location));
            let near = did_you_mean(name, names.map(|parameter| parameter.name));
            // The error does not repeat the name: a value may have been passed by mistake.
            self.call.invalid(format!(
                "the operation has no parameter with that name{near}"
            ));
        }
        self
    }

    /// Sets a file of the multipart form, or adds one to a list of files.
    #[cfg(feature = "multipart")]
    pub fn file(mut self, name: &str, file: impl Into<Upload>) -> Self {
        let mut files = self.entry.parameters.iter();
        let known = files.find(|it| it.name == name && it.location == ParameterLocation::File);
        match known {
            Some(parameter) => self.files.push((parameter, file.into())),
            None => self
                .call
                .invalid("the operation has no file with that name"),
        }
        self
    }

    /// Sets the JSON body.
    pub fn json<T: Serialize + ?Sized>(mut self, body: &T) -> Self {
        match self.entry.body {
            OperationBody::Json | OperationBody::OptionalJson | OperationBody::EmptyObject => {
                self.has_body = true;
                self.call.json(body);
            }
            OperationBody::None | OperationBody::Empty { .. } => {
                self.call.invalid("the operation takes no body");
            }
            OperationBody::Form | OperationBody::OpenForm | OperationBody::Multipart => {
                self.call
                    .invalid("the operation takes a form: set its fields with `param`");
            }
            OperationBody::Raw | OperationBody::OptionalRaw => {
                self.call
                    .invalid("the operation takes text or bytes: set them with `bytes`");
            }
        }
        self
    }

    /// Sets the body of an operation that takes text or bytes.
    pub fn bytes(mut self, body: impl Into<Bytes>) -> Self {
        let mut parameters = self.entry.parameters.iter();
        let content_type = parameters.find(|it| it.name == CONTENT_TYPE);
        match (self.entry.body, content_type.and_then(|it| it.constant)) {
            (OperationBody::Raw | OperationBody::OptionalRaw, Some(content_type)) => {
                self.has_body = true;
                self.call.bytes(body, content_type);
            }
            _ => self
                .call
                .invalid("the operation takes no text and no bytes"),
        }
        self
    }

    /// Sets an undocumented header, and replaces one with the same name. A header that carries credentials or frames the
    /// request is an error of the call.
    pub fn extra_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.call.extras().header(name.into(), value.into());
        self
    }

    /// Adds an undocumented query parameter.
    pub fn extra_query(mut self, name: impl Into<String>, value: impl Into<Scalar>) -> Self {
        self.call.extras().query(name.into(), value.into());
        self
    }

    fn prepare(mut self) -> Call {
        if self.entry.returns_bytes {
            self.call.accept("*/*");
        }
        for parameter in self.entry.parameters {
            self.put(parameter);
        }
        for (name, value) in std::mem::take(&mut self.others) {
            self.call.form(&name, &value);
        }
        match self.entry.body {
            OperationBody::Raw if !self.has_body => {
                self.call
                    .invalid("the body is missing: set it with `bytes`");
            }
            OperationBody::Json if !self.has_body => {
                self.call.invalid("the body is missing: set it with `json`");
            }
            OperationBody::EmptyObject if !self.has_body => self.call.empty_object(),
            OperationBody::Empty { content_type } => self.call.empty_body(content_type),
            _ => {}
        }
        self.call
    }

    fn put(&mut self, parameter: &'static OperationParameter) {
        let name = parameter.name;
        if let Some(constant) = parameter.constant {
            // Without a body there is nothing that it describes.
            let optional = matches!(
                self.entry.body,
                OperationBody::OptionalJson | OperationBody::OptionalRaw
            );
            if name == CONTENT_TYPE && optional && !self.has_body {
                return;
            }
            return self.write(parameter, &constant.into());
        }
        #[cfg(feature = "multipart")]
        if parameter.location == ParameterLocation::File {
            let same =
                |(known, _): &&(&OperationParameter, Upload)| std::ptr::eq(*known, parameter);
            let files: Vec<&Upload> = self.files.iter().filter(same).map(|it| &it.1).collect();
            if files.is_empty() && parameter.required {
                self.call
                    .invalid(format!("the file `{name}` is missing: set it with `file`"));
            }
            let first = match parameter.kind {
                "array" => 0,
                _ => files.len().saturating_sub(1),
            };
            for file in &files[first..] {
                self.call.file(name, file, parameter.media_type);
            }
            return;
        }
        let same = |(known, _): &&(&OperationParameter, Value)| std::ptr::eq(*known, parameter);
        let value = self
            .values
            .iter()
            .rfind(same)
            .map(|(_, value)| value.clone());
        match value.filter(|value| !value.is_null()) {
            Some(value) => self.write(parameter, &value),
            None if parameter.client_value => self.call.client_value(name),
            None if parameter.required => {
                self.call
                    .invalid(format!("`{name}` is missing: set it with `param`"));
            }
            None => {}
        }
    }

    fn write(&mut self, parameter: &'static OperationParameter, value: &Value) {
        let (call, name, style) = (&mut self.call, parameter.name, parameter.style);
        #[cfg(feature = "multipart")]
        let media_type = parameter.media_type;
        match parameter.location {
            ParameterLocation::Path => match value {
                Value::Array(_) | Value::Object(_) => {
                    call.invalid(format!("`{name}` goes into the path and must be one value"));
                }
                Value::String(text) => call.path(name, text),
                value => call.path(name, value),
            },
            ParameterLocation::Query if style == ValueStyle::Plain => call.query(name, value),
            ParameterLocation::Query => call.query_styled(name, value, style),
            ParameterLocation::Header if style == ValueStyle::Plain => call.header(name, value),
            ParameterLocation::Header => call.header_list(name, value),
            ParameterLocation::Form if style == ValueStyle::Plain => call.form(name, value),
            ParameterLocation::Form => call.form_styled(name, value, style),
            ParameterLocation::FormJson => call.form_json(name, value),
            #[cfg(feature = "multipart")]
            ParameterLocation::Part => call.multipart_field(name, value, media_type),
            #[cfg(feature = "multipart")]
            ParameterLocation::PartJson => call.multipart_json(name, value, media_type),
            #[cfg(not(feature = "multipart"))]
            ParameterLocation::Part | ParameterLocation::PartJson => {
                call.invalid("multipart forms need the feature `multipart`");
            }
            ParameterLocation::File => {
                call.invalid(format!("`{name}` is a file: set it with `file`"))
            }
        }
    }
}

impl OperationCall {
    /// Sends the request. The response is untyped: [`RawResponse::json`] decodes it.
    ///
    /// # Errors
    /// As for the typed call of the operation. An invalid-request error for names that the operation does not have.
    pub fn send(self) -> CallFuture<RawResponse> {
        self.future().into_call()
    }

    fn future(self) -> ResponseFuture<RawResponse> {
        self.prepare().send(untyped)
    }
}

fn untyped(response: RawResponse) -> Result<Response<RawResponse>, Error> {
    let response = response.require_present()?;
    Ok(Response::new(response.duplicate(), response))
}

impl<M> OperationCall<M> {
    #[cfg(feature = "blocking")]
    pub(crate) fn core(&self) -> &ClientCore {
        self.call.core()
    }

    /// The same call for another type of client.
    #[cfg(feature = "blocking")]
    pub(crate) fn with_mode<N>(self) -> OperationCall<N> {
        OperationCall {
            entry: self.entry,
            call: self.call,
            values: self.values,
            #[cfg(feature = "multipart")]
            files: self.files,
            others: self.others,
            has_body: self.has_body,
            mode: PhantomData,
        }
    }
}

/// Without values: they can be personal data.
impl<M> fmt::Debug for OperationCall<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperationCall")
            .field("operation", &self.entry.operation.id)
            .finish_non_exhaustive()
    }
}
