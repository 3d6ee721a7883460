//! The builder of a request, for operations and raw requests.

use std::borrow::Cow;
use std::fmt::{Display, Write as _};

use percent_encoding::utf8_percent_encode;
use reqwest::header::{HeaderMap, HeaderName};
use serde::Serialize;
use serde_json::Value;

use super::body::Body;
use crate::client::core::ClientCore;
use crate::decode;
use crate::error::call_target::CallTarget;
use crate::http::idempotency_key::random_key;
use crate::http::path::{Param, RESERVED};
use crate::http::text::{self, ValueStyle};
use crate::secret::zeroizing::Wiped;

/// Collects the parts of a request. Setters never fail: the first problem is stored, and reported instead of sending.
pub(crate) struct RequestBuilder {
    pub(crate) core: ClientCore,
    pub(super) target: CallTarget,
    pub(super) template: Cow<'static, str>,
    pub(super) server: usize,
    pub(super) params: Vec<Param>,
    pub(super) query: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Body,
    pub(super) anonymous: bool,
    pub(super) problem: Option<String>,
}

impl RequestBuilder {
    pub(crate) fn new(
        core: ClientCore,
        target: CallTarget,
        template: Cow<'static, str>,
        server: usize,
    ) -> Self {
        Self {
            core,
            target,
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
            .core
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
            Err(_) => self.problem(format!("path parameter `{name}` cannot be formatted")),
        }
    }

    pub(crate) fn client_value(&mut self, name: &'static str) {
        if let Some(value) = self.core.value(name).map(str::to_owned) {
            self.params.push((Cow::Borrowed(name), value));
            return;
        }
        let known = self.core.provider().client_values;
        let env = known
            .iter()
            .find(|value| value.name == name)
            .map(|value| value.env)
            .filter(|env| !env.is_empty())
            .map(|env| format!(" or {env}"))
            .unwrap_or_default();
        self.problem(format!(
            "`{name}` is missing: set it on the call, or on the client with .value({name:?}, …){env}"
        ));
    }

    pub(crate) fn without_credentials(&mut self) {
        self.anonymous = true;
    }

    /// Sets a random idempotency key if the operation takes one and the caller set none.
    pub(crate) fn idempotency_key(&mut self) {
        let operation = self.target.operation();
        let Some(key) = operation.and_then(|operation| operation.idempotency_key) else {
            return;
        };
        let name = key.header;
        match self.headers.get(name) {
            // It would identify nothing, and the call would still be retried.
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

    /// `value` as JSON, or `null` and a stored problem that names `kind` and `name`.
    pub(crate) fn value<T: Serialize + ?Sized>(
        &mut self,
        kind: &str,
        name: &str,
        value: &T,
    ) -> Value {
        serde_json::to_value(value).unwrap_or_else(|error| {
            // Serialized again as text, to find the path of the value.
            let mut json = Wiped::default();
            let _ = serde_json::to_writer(&mut json, value);
            self.unserializable(kind, name, &super::body::at(&json), &error);
            Value::Null
        })
    }

    pub(super) fn unserializable(
        &mut self,
        kind: &str,
        name: &str,
        at: &str,
        error: &serde_json::Error,
    ) {
        let reason = decode::reason(error);
        self.problem(format!(
            "{kind} `{name}` cannot be written as JSON{at}: {reason}"
        ));
    }

    pub(crate) fn query(&mut self, name: &str, value: Value) {
        text::each_of_query(value, |text| {
            if !self.query.is_empty() {
                self.query.push('&');
            }
            // `%20` instead of `+`: every server decodes it to a space.
            self.query.extend(utf8_percent_encode(name, RESERVED));
            self.query.push('=');
            self.query.extend(utf8_percent_encode(&text, RESERVED));
        });
    }

    /// Adds a query parameter that is written in a way of its own.
    pub(crate) fn query_styled(&mut self, name: &str, value: Value, style: ValueStyle) {
        text::each_styled(name, value, style, &mut |name, texts, sign| {
            if !self.query.is_empty() {
                self.query.push('&');
            }
            self.query.extend(utf8_percent_encode(name, RESERVED));
            self.query.push('=');
            for (at, text) in texts.iter().enumerate() {
                match sign {
                    _ if at == 0 => {}
                    // As it is: a comma within a value is encoded.
                    ',' => self.query.push(','),
                    sign => {
                        let mut buffer = [0; 4];
                        let sign = sign.encode_utf8(&mut buffer);
                        self.query.extend(utf8_percent_encode(sign, RESERVED));
                    }
                }
                self.query.extend(utf8_percent_encode(text, RESERVED));
            }
        });
    }

    /// Sets a header to the values of a list, joined by commas.
    pub(crate) fn header_list(&mut self, name: &str, value: Value) {
        let mut joined = None;
        text::each_styled(name, value, ValueStyle::Joined(','), &mut |_, texts, _| {
            joined = Some(texts.join(","));
        });
        if let Some(joined) = joined {
            self.header(name, joined.into());
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
                "header `{name}` has a value that is not allowed in a header"
            )),
            (Err(_), _) => self.problem("a header has a name that is not allowed".to_owned()),
        }
    }
}
