//! Undocumented headers and query parameters of one call.

use reqwest::header::HeaderName;

use crate::auth::credentials::reserved_header;
use crate::request::builder::RequestBuilder;
use crate::types::scalar::Scalar;

/// Undocumented headers and query parameters, and the reason if the call must not be sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extras {
    problem: Option<String>,
    headers: Vec<(String, String)>,
    query: Vec<(String, Scalar)>,
}

impl Extras {
    /// Makes the call fail before it is sent. The first reason is reported.
    pub(crate) fn refuse(&mut self, reason: String) {
        self.problem.get_or_insert(reason);
    }

    pub(crate) fn header(&mut self, name: String, value: String) {
        self.headers.push((name, value));
    }

    pub(crate) fn query(&mut self, name: String, value: Scalar) {
        self.query.push((name, value));
    }

    /// Adds them to a request that is otherwise complete.
    pub(crate) fn apply(self, builder: &mut RequestBuilder) {
        if let Some(problem) = self.problem {
            builder.problem(problem);
        }
        for (name, value) in self.headers {
            let reserved = HeaderName::from_bytes(name.as_bytes())
                .ok()
                .and_then(|name| reserved_header(builder.core.provider(), &name));
            match reserved {
                Some(reason) => builder.problem(format!("header `{name}` {reason}")),
                None => builder.header(&name, value.into()),
            }
        }
        for (name, value) in self.query {
            let value = builder.value("query parameter", &name, &value);
            builder.query(&name, value);
        }
    }
}
