//! A request that is being put together, for operations and raw requests alike.

use std::borrow::Cow;
use std::fmt::{Display, Write as _};

use bytes::Bytes;
use percent_encoding::utf8_percent_encode;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde::Serialize;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::credentials::how_to_set;
use crate::decode;
use crate::error::{Error, ErrorKind};
use crate::idempotency::random_key;
use crate::path::{self, Param, RESERVED};
use crate::provider::Provider;
use crate::runtime::Runtime;
use crate::subject::Subject;
use crate::text;
#[cfg(feature = "multipart")]
use crate::upload::{Multipart, Upload};
use crate::wiped::Wiped;

#[cfg(feature = "multipart")]
const SECOND_BODY: &str = "both a multipart form and another body were given";

/// Setters cannot fail where they are called: the first problem is kept, and nothing is sent.
pub(crate) struct Draft {
    pub(crate) runtime: Runtime,
    subject: Subject,
    template: Cow<'static, str>,
    server: usize,
    params: Vec<Param>,
    query: String,
    headers: HeaderMap,
    body: Body,
    anonymous: bool,
    problem: Option<String>,
}

enum Body {
    None,
    Json(Wiped),
    Form(Wiped),
    #[cfg(feature = "multipart")]
    Multipart(Multipart),
}

/// A body that is ready to be sent.
pub(crate) enum Payload {
    Whole(Bytes),
    #[cfg(feature = "multipart")]
    Multipart(Multipart),
}

/// A request that is ready to be sent, as often as [`can_repeat`](Self::can_repeat) allows. Credentials are not in it:
/// they are attached to each attempt, after the check of where it goes.
pub(crate) struct Prepared {
    pub(crate) subject: Subject,
    pub(crate) server: usize,
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Payload,
    pub(crate) schemes: &'static [&'static str],
}

impl Prepared {
    /// Whether what was sent can be sent again.
    pub(crate) fn can_repeat(&self) -> bool {
        match &self.body {
            Payload::Whole(_) => true,
            #[cfg(feature = "multipart")]
            Payload::Multipart(form) => form.can_repeat(),
        }
    }
}

impl Draft {
    pub(crate) fn new(
        runtime: Runtime,
        subject: Subject,
        template: Cow<'static, str>,
        server: usize,
    ) -> Self {
        Self {
            runtime,
            subject,
            template,
            server,
            params: Vec::new(),
            query: String::new(),
            headers: HeaderMap::new(),
            body: Body::None,
            anonymous: false,
            problem: None,
        }
    }

    pub(crate) fn problem(&mut self, reason: String) {
        self.problem.get_or_insert(reason);
    }

    pub(crate) fn server(&mut self, name: &str) {
        match self
            .runtime
            .provider()
            .servers
            .iter()
            .position(|server| server.name == name)
        {
            Some(server) => self.server = server,
            None => self.problem(format!("there is no server named `{name}`")),
        }
    }

    pub(crate) fn path(&mut self, name: Cow<'static, str>, value: &dyn Display) {
        let mut text = String::new();
        match write!(text, "{value}") {
            Ok(()) => self.params.push((name, text)),
            Err(_) => self.problem(format!("path parameter `{name}` has no text")),
        }
    }

    pub(crate) fn client_value(&mut self, name: &'static str) {
        if let Some(value) = self.runtime.value(name).map(str::to_owned) {
            self.params.push((Cow::Borrowed(name), value));
            return;
        }
        let known = self.runtime.provider().client_values;
        let env = known
            .iter()
            .find(|value| value.name == name)
            .map(|value| value.env)
            .filter(|env| !env.is_empty())
            .map(|env| format!(" or {env}"))
            .unwrap_or_default();
        self.problem(format!(
            "`{name}` is missing: give it to the call, or to the client with .value({name:?}, …){env}"
        ));
    }

    pub(crate) fn without_credentials(&mut self) {
        self.anonymous = true;
    }

    /// Sets a key of its own where the operation takes one and nobody has.
    pub(crate) fn idempotency_key(&mut self) {
        let operation = self.subject.operation();
        let Some(name) = operation.and_then(|operation| operation.idempotency_key) else {
            return;
        };
        match self.headers.get(name) {
            // It would keep nothing apart, and the call would be repeated all the same.
            Some(key) if key.is_empty() => {
                self.problem(format!(
                    "header `{name}`: an idempotency key must not be empty"
                ));
            }
            Some(_) => {}
            None => match random_key() {
                Ok(key) => self.header(name, key.into()),
                Err(reason) => self.problem(reason),
            },
        }
    }

    /// `value`, or a kept problem that names what it was for.
    pub(crate) fn value<T: Serialize + ?Sized>(
        &mut self,
        kind: &str,
        name: &str,
        value: &T,
    ) -> Value {
        serde_json::to_value(value).unwrap_or_else(|error| {
            self.unserializable(kind, name, &error);
            Value::Null
        })
    }

    fn unserializable(&mut self, kind: &str, name: &str, error: &serde_json::Error) {
        let reason = decode::reason(error);
        self.problem(format!(
            "{kind} `{name}` cannot be written as JSON: {reason}"
        ));
    }

    pub(crate) fn query(&mut self, name: &str, value: Value) {
        for text in text::of_query(value) {
            if !self.query.is_empty() {
                self.query.push('&');
            }
            // `%20` and not `+`: every server reads the former as a space.
            self.query.extend(utf8_percent_encode(name, RESERVED));
            self.query.push('=');
            self.query.extend(utf8_percent_encode(&text, RESERVED));
        }
    }

    pub(crate) fn header(&mut self, name: &str, value: Value) {
        let value = match text::of_header(value) {
            Ok(None) => return,
            Ok(Some(text)) => text::header_value(&text),
            Err(()) => None,
        };
        match (HeaderName::from_bytes(name.as_bytes()), value) {
            (Ok(name), Some(value)) => drop(self.headers.insert(name, value)),
            (Ok(name), None) => self.problem(format!(
                "header `{name}` has a value that a header cannot carry"
            )),
            (Err(_), _) => self.problem("a header has a name that is not allowed".to_owned()),
        }
    }

    /// Adds a pair to the form. `None` makes the body a form without adding to it.
    fn form_pair(&mut self, name: &str, text: Option<&str>) {
        if matches!(self.body, Body::None) {
            self.body = Body::Form(Wiped::default());
        }
        match (&mut self.body, text) {
            (Body::Form(form), Some(text)) => {
                // Not by a serializer of `form_urlencoded`, whose buffer would leave passwords behind when it grows.
                let separator = if form.is_empty() { "" } else { "&" };
                let name = form_urlencoded::byte_serialize(name.as_bytes());
                let text = form_urlencoded::byte_serialize(text.as_bytes());
                let pieces = std::iter::once(separator)
                    .chain(name)
                    .chain(["="])
                    .chain(text);
                pieces.for_each(|piece| form.extend(piece.as_bytes()));
            }
            (Body::Json(_), _) => {
                self.problem("both a JSON body and form fields were given".to_owned())
            }
            #[cfg(feature = "multipart")]
            (Body::Multipart(_), _) => self.problem(SECOND_BODY.to_owned()),
            _ => {}
        }
    }

    pub(crate) fn form(&mut self, name: &str, value: Value) {
        self.form_pair(name, None);
        for text in text::of_form(value) {
            // It may be a password.
            self.form_pair(name, Some(&Zeroizing::new(text)));
        }
    }

    pub(crate) fn form_json(&mut self, name: &str, value: &Value) {
        let text = (!value.is_null()).then(|| value.to_string());
        self.form_pair(name, text.as_deref());
    }

    /// The multipart form, unless there is another body.
    #[cfg(feature = "multipart")]
    fn multipart(&mut self) -> Option<&mut Multipart> {
        if matches!(self.body, Body::None) {
            self.body = Body::Multipart(Multipart::default());
        }
        if !matches!(self.body, Body::Multipart(_)) {
            self.problem(SECOND_BODY.to_owned());
        }
        match &mut self.body {
            Body::Multipart(form) => Some(form),
            _ => None,
        }
    }

    #[cfg(feature = "multipart")]
    pub(crate) fn multipart_field(&mut self, name: &str, value: Value) {
        if let Some(form) = self.multipart() {
            for text in text::of_form(value) {
                form.text(name, text);
            }
        }
    }

    #[cfg(feature = "multipart")]
    pub(crate) fn multipart_json(&mut self, name: &str, value: &Value) {
        if let Some(form) = self.multipart()
            && !value.is_null()
        {
            form.text(name, value.to_string());
        }
    }

    #[cfg(feature = "multipart")]
    pub(crate) fn file(&mut self, name: &str, file: Upload, default_content_type: &'static str) {
        if let Some(form) = self.multipart() {
            form.file(name, file, default_content_type);
        }
    }

    /// Every field of an object as a form field.
    pub(crate) fn form_object(&mut self, value: Value) {
        match value {
            Value::Object(fields) => fields
                .into_iter()
                .for_each(|(name, value)| self.form(&name, value)),
            _ => self.problem("a form must be a struct or a map".to_owned()),
        }
    }

    pub(crate) fn json<T: Serialize + ?Sized>(&mut self, body: &T) {
        let mut json = Wiped::default();
        let written = serde_json::to_writer(&mut json, body).map(|()| json);
        self.json_bytes(written);
    }

    fn json_bytes(&mut self, json: serde_json::Result<Wiped>) {
        match json {
            Err(error) => self.problem(format!(
                "the body cannot be written as JSON: {}",
                decode::reason(&error)
            )),
            Ok(_) if matches!(self.body, Body::Form(_)) => {
                self.problem("both a JSON body and form fields were given".to_owned());
            }
            #[cfg(feature = "multipart")]
            Ok(_) if matches!(self.body, Body::Multipart(_)) => {
                self.problem(SECOND_BODY.to_owned());
            }
            Ok(json) => self.body = Body::Json(json),
        }
    }

    /// Checks everything that can be checked without the network.
    pub(crate) fn prepare(self) -> Result<(Runtime, Prepared), Error> {
        let fail = |kind, detail: String| Error::new(kind, self.subject.clone(), detail);
        let invalid = |reason: &str| {
            fail(
                ErrorKind::InvalidRequest,
                format!("invalid request: {reason}"),
            )
        };
        if let Some(reason) = &self.problem {
            return Err(invalid(reason));
        }
        let provider = self.runtime.provider();

        let method = self.subject.method().unwrap_or_default();
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| invalid("the method is not valid"))?;
        if method == Method::CONNECT {
            return Err(invalid("CONNECT is not a request to a resource"));
        }

        let path = path::fill(&self.template, &self.params).map_err(|reason| invalid(&reason))?;
        if matches!(self.subject, Subject::Raw(_)) {
            path::check_written(&path).map_err(invalid)?;
        }

        let base = match self.runtime.server(self.server) {
            Some(server) => &server.base,
            None => {
                let reason = unreachable_server(provider, self.server);
                return Err(fail(
                    ErrorKind::Configuration,
                    format!("invalid configuration: {reason}"),
                ));
            }
        };

        let credentials = self.runtime.credentials();
        let (schemes, security) = match &self.subject {
            Subject::Operation(operation) => (
                credentials.choose(operation.security, self.runtime.excluded()),
                operation.security,
            ),
            _ if self.anonymous || provider.schemes.is_empty() => (Some(&[][..]), &[][..]),
            _ => (
                credentials.most_used(provider.operations, self.runtime.excluded()),
                &[][..],
            ),
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

        let mut headers = self.runtime.default_headers().clone();
        let whole = |body: Wiped| Payload::Whole(body.into_bytes());
        let (body, content_type) = match self.body {
            Body::None => (Payload::Whole(Bytes::new()), None),
            Body::Json(json) => (whole(json), Some("application/json")),
            Body::Form(form) => (whole(form), Some("application/x-www-form-urlencoded")),
            #[cfg(feature = "multipart")]
            Body::Multipart(form) => (Payload::Multipart(form), None),
        };
        if let Some(content_type) = content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        let writes = matches!(method, Method::POST | Method::PUT | Method::PATCH);
        if writes && matches!(&body, Payload::Whole(bytes) if bytes.is_empty()) {
            // Some servers answer 411 without it.
            headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        headers.extend(self.headers);
        #[cfg(feature = "multipart")]
        if matches!(body, Payload::Multipart(_)) {
            // It names the boundary, which is made for each attempt.
            headers.remove(CONTENT_TYPE);
        }

        let prepared = Prepared {
            subject: self.subject,
            server: self.server,
            method,
            url,
            headers,
            body,
            schemes,
        };
        Ok((self.runtime, prepared))
    }
}

/// Why a server has no URL, and how to give it one.
fn unreachable_server(provider: &Provider, index: usize) -> String {
    let Some(server) = provider.servers.get(index) else {
        return "the server has no URL".to_owned();
    };
    let name = server.name;
    let set = format!(".server_url({name:?}, …) or {}", provider.server_env(name));
    if !server.url.is_empty() {
        return format!(
            "the base URL was changed, but this goes to the server `{name}`: set {set} too"
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
            ", or choose one of the regions {} with .region(…) or {env}",
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
