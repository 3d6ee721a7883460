//! A call of an operation that is chosen at run time.

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde_json::Value;

use crate::call::Call;
use crate::call::catalogue::{OperationBody, OperationEntry, OperationParameter, ParameterPlace};
use crate::call::future::{CallFuture, ResponseFuture};
use crate::call::raw_request::RawResponse;
use crate::client::core::Runtime;
use crate::error::call_target::Subject;
use crate::error::near::did_you_mean;
use crate::error::{Error, ErrorKind};
#[cfg(feature = "multipart")]
use crate::request::upload::Upload;
use crate::response::Response;
use crate::response::answer::Answer;
use crate::types::scalar::Scalar;

/// A call of an operation that is chosen by its id, with values by their names on the wire: `client.operation(id)` of a
/// client starts one.
///
/// It goes out exactly as the typed call: with that operation's credentials, host, guards, limits, idempotency and retries.
/// Values that the document doesn't know, or that are missing, are an error of the call, before anything is sent. One that a
/// blocking client made is an `OperationCall<Blocking>`.
#[must_use = "nothing is sent before `send`"]
pub struct OperationCall<M = ()> {
    entry: &'static OperationEntry,
    call: Call,
    values: Vec<(&'static OperationParameter, Value)>,
    #[cfg(feature = "multipart")]
    files: Vec<(&'static OperationParameter, Upload)>,
    /// Fields of an open form that the document doesn't list.
    others: Vec<(String, Value)>,
    has_body: bool,
    mode: PhantomData<M>,
}

impl Runtime {
    /// Begins a call of an operation of `catalogue`.
    ///
    /// # Errors
    /// If there is no operation of that id; the error lists near ones.
    pub fn operation(
        &self,
        catalogue: &'static [OperationEntry],
        id: &str,
    ) -> Result<OperationCall, Error> {
        let found = catalogue.iter().find(|entry| entry.operation.id == id);
        let entry = found.ok_or_else(|| {
            let near = did_you_mean(id, catalogue.iter().map(|entry| entry.operation.id));
            let detail = format!("invalid request: there is no operation of this id{near}");
            let subject = Subject::Client(self.provider());
            Error::new(ErrorKind::InvalidRequest, subject, detail)
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

    /// Sets a value by its name on the wire. A name that stands in two places, such as path and form, gets the value in both.
    ///
    /// An array repeats the name in queries and forms. `null` is as if nothing had been set.
    pub fn param(self, name: &str, value: impl Into<Value>) -> Self {
        self.set(name, value.into(), |_| true)
    }

    /// Sets a value of the path alone.
    pub fn path_param(self, name: &str, value: impl Into<Value>) -> Self {
        self.set(name, value.into(), |place| place == ParameterPlace::Path)
    }

    /// Sets a value of the query alone.
    pub fn query_param(self, name: &str, value: impl Into<Value>) -> Self {
        self.set(name, value.into(), |place| place == ParameterPlace::Query)
    }

    /// Sets a header that the operation has. See [`extra_header`](Self::extra_header) for others.
    pub fn header_param(self, name: &str, value: impl Into<Value>) -> Self {
        self.set(name, value.into(), |place| place == ParameterPlace::Header)
    }

    /// Sets a field of the form alone.
    pub fn form_param(self, name: &str, value: impl Into<Value>) -> Self {
        self.set(name, value.into(), ParameterPlace::is_form)
    }

    fn set(mut self, name: &str, value: Value, fits: impl Fn(ParameterPlace) -> bool) -> Self {
        let known = |parameter: &&OperationParameter| {
            parameter.name == name && parameter.constant.is_none() && fits(parameter.place)
        };
        let mut found = self.entry.parameters.iter().filter(known).peekable();
        if found.peek().is_some() {
            self.values
                .extend(found.map(|parameter| (parameter, value.clone())));
        } else if self.entry.body == OperationBody::OpenForm && fits(ParameterPlace::Form) {
            self.others.push((name.to_owned(), value));
        } else {
            let names = self.entry.parameters.iter().filter(|it| fits(it.place));
            let near = did_you_mean(name, names.map(|parameter| parameter.name));
            // What was given in the place of a name may be a value.
            self.call
                .invalid(format!("the operation has no parameter of that name{near}"));
        }
        self
    }

    /// Sets a file of the multipart form.
    #[cfg(feature = "multipart")]
    pub fn file(mut self, name: &str, file: impl Into<Upload>) -> Self {
        let mut files = self.entry.parameters.iter();
        let known = files.find(|it| it.name == name && it.place == ParameterPlace::File);
        match known {
            Some(parameter) => self.files.push((parameter, file.into())),
            None => self.call.invalid("the operation has no file of that name"),
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
            OperationBody::None => self.call.invalid("the operation takes no body"),
            OperationBody::Form | OperationBody::OpenForm | OperationBody::Multipart => {
                self.call
                    .invalid("the operation takes a form: set its fields with `param`");
            }
        }
        self
    }

    /// Sends a header that the document doesn't know, in place of one of the same name. One that carries credentials or
    /// frames the request is an error of the call.
    pub fn extra_header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.call.extras().header(name.into(), value.into());
        self
    }

    /// Adds a pair to the query that the document doesn't know.
    pub fn extra_query(mut self, name: impl Into<String>, value: impl Into<Scalar>) -> Self {
        self.call.extras().query(name.into(), value.into());
        self
    }

    fn prepare(mut self) -> Call {
        if self.entry.answers_bytes {
            self.call.accept("*/*");
        }
        for parameter in self.entry.parameters {
            self.put(parameter);
        }
        for (name, value) in std::mem::take(&mut self.others) {
            self.call.form(&name, &value);
        }
        match self.entry.body {
            OperationBody::Json if !self.has_body => {
                self.call.invalid("the body is missing: set it with `json`");
            }
            OperationBody::EmptyObject if !self.has_body => self.call.empty_object(),
            _ => {}
        }
        self.call
    }

    fn put(&mut self, parameter: &'static OperationParameter) {
        let name = parameter.name;
        if let Some(constant) = parameter.constant {
            return self.write(parameter, &constant.into());
        }
        #[cfg(feature = "multipart")]
        if parameter.place == ParameterPlace::File {
            let same =
                |(known, _): &&(&OperationParameter, Upload)| std::ptr::eq(*known, parameter);
            match self.files.iter().rfind(same) {
                Some((_, file)) => self.call.file(name, file, parameter.media_type),
                None if parameter.required => {
                    self.call
                        .invalid(format!("the file `{name}` is missing: set it with `file`"));
                }
                None => {}
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
        let (call, name) = (&mut self.call, parameter.name);
        match parameter.place {
            ParameterPlace::Path => match value {
                Value::Array(_) | Value::Object(_) => {
                    call.invalid(format!("`{name}` goes into the path and must be one value"));
                }
                Value::String(text) => call.path(name, text),
                value => call.path(name, value),
            },
            ParameterPlace::Query => call.query(name, value),
            ParameterPlace::Header => call.header(name, value),
            ParameterPlace::Form => call.form(name, value),
            ParameterPlace::FormJson => call.form_json(name, value),
            #[cfg(feature = "multipart")]
            ParameterPlace::Part => call.multipart_field(name, value),
            #[cfg(feature = "multipart")]
            ParameterPlace::PartJson => call.multipart_json(name, value),
            #[cfg(not(feature = "multipart"))]
            ParameterPlace::Part | ParameterPlace::PartJson => {
                call.invalid("multipart forms need the feature `multipart`");
            }
            ParameterPlace::File => call.invalid(format!("`{name}` is a file: set it with `file`")),
        }
    }
}

impl OperationCall {
    /// Sends it. The response is untyped: [`RawResponse::json`] decodes it.
    ///
    /// # Errors
    /// As the typed call of the operation; before anything is sent also for names that the operation doesn't have.
    pub fn send(self) -> CallFuture<RawResponse> {
        self.future().into_call()
    }

    fn future(self) -> ResponseFuture<RawResponse> {
        self.prepare().send(untyped)
    }
}

fn untyped(answer: Answer) -> Result<Response<RawResponse>, Error> {
    let answer = answer.there()?;
    Ok(Response::new(RawResponse::new(answer.duplicate()), answer))
}

impl<M> OperationCall<M> {
    #[cfg(feature = "blocking")]
    pub(crate) fn runtime(&self) -> &Runtime {
        self.call.runtime()
    }

    /// The same call for a client of another kind.
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

/// Values are left out: they can be personal.
impl<M> fmt::Debug for OperationCall<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperationCall")
            .field("operation", &self.entry.operation.id)
            .finish_non_exhaustive()
    }
}
