//! What a caller adds to one call beside what the document knows.

use reqwest::header::HeaderName;

use crate::auth::credentials::reserved_header;
use crate::request::builder::RequestBuilder;
use crate::types::scalar::Scalar;

/// Headers and query pairs that the document doesn't know, and why the call can't be sent, if so.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extras {
    problem: Option<String>,
    headers: Vec<(String, String)>,
    query: Vec<(String, Scalar)>,
}

impl Extras {
    /// Keeps a reason why the call must not be sent. The first one counts.
    pub(crate) fn refuse(&mut self, reason: String) {
        self.problem.get_or_insert(reason);
    }

    pub(crate) fn header(&mut self, name: String, value: String) {
        self.headers.push((name, value));
    }

    pub(crate) fn query(&mut self, name: String, value: Scalar) {
        self.query.push((name, value));
    }

    /// Adds them to a request that is complete otherwise.
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
