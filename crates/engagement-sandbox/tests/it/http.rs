//! A plain client that checks every answer against the documents.

use std::sync::OnceLock;

use engagement_document::{Document, Operation};
use engagement_sandbox::{Engage, EngageBay, Sandbox};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use serde_json::Value;

pub(crate) fn documents() -> &'static [Document] {
    static READ: OnceLock<Vec<Document>> = OnceLock::new();
    READ.get_or_init(|| {
        let texts = [
            include_str!("../../documents/engagebay.json"),
            include_str!("../../documents/engage.json"),
        ];
        texts
            .map(|text| Document::from_json(text).expect("a good document"))
            .into()
    })
}

/// Says what in a success answer contradicts the document.
pub(crate) fn contradiction(
    document: &Document,
    operation: &Operation,
    status: u16,
    body: &Value,
) -> Option<String> {
    let not_found = operation.not_found_statuses.contains(&status);
    let Some(answer) = operation
        .answers
        .iter()
        .find(|answer| answer.status == status)
    else {
        return (!not_found)
            .then(|| format!("{}: status {status} is not documented", operation.id));
    };
    let Some(schema) = &answer.schema else {
        return (!body.is_null())
            .then(|| format!("{}: a body where none is documented", operation.id));
    };
    let validator =
        jsonschema::validator_for(&document.schemas.json_schema(schema)).expect("a good schema");
    let error = validator.iter_errors(body).next()?;
    Some(format!(
        "{}: {} at {}",
        operation.id,
        error,
        error.instance_path()
    ))
}

pub(crate) enum Payload<'a> {
    None,
    Json(Value),
    Form(&'a [(&'a str, &'a str)]),
}

pub(crate) struct Http<'a> {
    pub(crate) sandbox: &'a Sandbox,
    client: reqwest::Client,
    base: String,
    authorization: String,
}

impl<'a> Http<'a> {
    pub(crate) fn engagebay(sandbox: &'a Sandbox) -> Self {
        Self::new(
            sandbox,
            sandbox.engagebay().base_url(),
            EngageBay::API_KEY.to_owned(),
        )
    }

    pub(crate) fn engage(sandbox: &'a Sandbox) -> Self {
        Self::new(
            sandbox,
            sandbox.engage().base_url(),
            basic(Engage::API_KEY, Engage::API_SECRET),
        )
    }

    pub(crate) fn engage_key_only(sandbox: &'a Sandbox) -> Self {
        Self::new(
            sandbox,
            sandbox.engage().base_url(),
            basic(Engage::API_KEY, ""),
        )
    }

    pub(crate) fn new(sandbox: &'a Sandbox, base: String, authorization: String) -> Self {
        // Where other crates of a build turn reqwest's TLS on, it wants a provider even for plain HTTP.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            sandbox,
            client: reqwest::Client::new(),
            base,
            authorization,
        }
    }

    /// Sends a request and gives status and JSON (null for no body).
    pub(crate) async fn call(
        &self,
        method: &str,
        path: &str,
        payload: Payload<'_>,
    ) -> (u16, Value) {
        let url = format!("{}{path}", self.base);
        let mut request = self.client.request(method.parse().expect("a method"), url);
        request = request
            .header(ACCEPT, "application/json")
            .header(AUTHORIZATION, &self.authorization);
        request = match payload {
            Payload::None => request,
            Payload::Json(body) => request
                .header(CONTENT_TYPE, "application/json; charset=utf-8")
                .body(body.to_string()),
            Payload::Form(pairs) => {
                let body: String = form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(pairs)
                    .finish();
                request
                    .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .body(body)
            }
        };
        let response = request.send().await.expect("an answer");
        let status = response.status().as_u16();
        let text = response.text().await.expect("a whole answer");
        let body = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).expect("JSON")
        };
        if (200..300).contains(&status) {
            let record = self.sandbox.requests().pop().expect("a recorded request");
            let document = documents()
                .iter()
                .find(|document| document.provider == record.provider)
                .expect("its document");
            let operation = document
                .operation(record.operation.expect("its operation"))
                .expect("it is documented");
            assert_eq!(
                contradiction(document, operation, status, &body),
                None,
                "{method} {path}: {body}"
            );
        }
        (status, body)
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        self.call("GET", path, Payload::None).await
    }

    pub(crate) async fn delete(&self, path: &str) -> (u16, Value) {
        self.call("DELETE", path, Payload::None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.call("POST", path, Payload::Json(body)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> (u16, Value) {
        self.call("PUT", path, Payload::Json(body)).await
    }

    pub(crate) async fn form(&self, path: &str, pairs: &[(&str, &str)]) -> (u16, Value) {
        self.call("POST", path, Payload::Form(pairs)).await
    }

    /// A call that must succeed.
    pub(crate) async fn ok(&self, method: &str, path: &str, payload: Payload<'_>) -> Value {
        let (status, body) = self.call(method, path, payload).await;
        assert!(
            (200..300).contains(&status),
            "{method} {path}: {status} {body}"
        );
        body
    }
}

pub(crate) fn basic(user: &str, password: &str) -> String {
    use base64::Engine as _;
    format!(
        "Basic {}",
        base64::prelude::BASE64_STANDARD.encode(format!("{user}:{password}"))
    )
}

/// The provider's words in an error body.
pub(crate) fn words(body: &Value) -> &str {
    body["error"].as_str().unwrap_or_default()
}
