//! A client that checks every response against the documents.

use std::sync::OnceLock;

use engagement_document::{Document, Operation};
use engagement_sandbox::{Engage, EngageBay, EngageOne, Engagespot, Sandbox, WebEngage};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use serde_json::{Value, json};

pub(crate) fn documents() -> &'static [Document] {
    static READ: OnceLock<Vec<Document>> = OnceLock::new();
    READ.get_or_init(|| {
        let texts = [
            include_str!("../../documents/engagebay.json"),
            include_str!("../../documents/engage.json"),
            include_str!("../../documents/engagespot.json"),
            include_str!("../../documents/webengage.json"),
            include_str!("../../documents/engageone.json"),
        ];
        texts
            .map(|text| Document::from_json(text).expect("a good document"))
            .into()
    })
}

/// How a success response violates the document.
pub(crate) fn violation(
    document: &Document,
    operation: &Operation,
    status: u16,
    body: &Value,
) -> Option<String> {
    let not_found = operation.not_found_statuses.contains(&status);
    let Some(response) = operation
        .responses
        .iter()
        .find(|response| response.status == status)
    else {
        return (!not_found)
            .then(|| format!("{}: status {status} is not documented", operation.id));
    };
    let Some(schema) = &response.schema else {
        // An empty object says nothing.
        return (!body.is_null() && *body != json!({}) && !response.binary)
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
    /// JSON as it is written.
    Text(&'a str),
    Form(&'a [(&'a str, &'a str)]),
    Multipart(&'a [Part<'a>]),
}

/// A part of a multipart body. An empty file name or media type is left out.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    pub(crate) name: &'a str,
    pub(crate) file_name: &'a str,
    pub(crate) content_type: &'a str,
    pub(crate) bytes: &'a [u8],
}

impl<'a> Part<'a> {
    /// A field without a file.
    pub(crate) fn text(name: &'a str, text: &'a str) -> Self {
        Self {
            name,
            file_name: "",
            content_type: "",
            bytes: text.as_bytes(),
        }
    }

    /// A file.
    pub(crate) fn file(
        name: &'a str,
        file_name: &'a str,
        content_type: &'a str,
        bytes: &'a [u8],
    ) -> Self {
        Self {
            name,
            file_name,
            content_type,
            bytes,
        }
    }
}

pub(crate) const BOUNDARY: &str = "----sandbox-test";

/// A multipart body with [`BOUNDARY`].
pub(crate) fn multipart(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        body.extend(
            format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{}\"",
                part.name
            )
            .bytes(),
        );
        if !part.file_name.is_empty() {
            body.extend(format!("; filename=\"{}\"", part.file_name).bytes());
        }
        if !part.content_type.is_empty() {
            body.extend(format!("\r\nContent-Type: {}", part.content_type).bytes());
        }
        body.extend(b"\r\n\r\n");
        body.extend(part.bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").bytes());
    body
}

pub(crate) struct Http<'a> {
    pub(crate) sandbox: &'a Sandbox,
    client: reqwest::Client,
    base: String,
    headers: Vec<(String, String)>,
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

    pub(crate) fn engagespot(sandbox: &'a Sandbox) -> Self {
        Self::bare(sandbox, sandbox.engagespot().base_url())
            .header("x-engagespot-api-key", Engagespot::API_KEY)
            .header("x-engagespot-api-secret", Engagespot::API_SECRET)
    }

    pub(crate) fn webengage(sandbox: &'a Sandbox) -> Self {
        let bearer = format!("Bearer {}", WebEngage::API_KEY);
        Self::new(sandbox, sandbox.webengage().base_url(), bearer)
    }

    /// With a token that needs no login.
    pub(crate) fn engageone(sandbox: &'a Sandbox) -> Self {
        let bearer = format!("Bearer {}", sandbox.engageone().token());
        Self::new(sandbox, sandbox.engageone().base_url(), bearer)
            .header("pb-customer-id", EngageOne::CUSTOMER_ID)
    }

    pub(crate) fn new(sandbox: &'a Sandbox, base: String, authorization: String) -> Self {
        Self::bare(sandbox, base).header(AUTHORIZATION.as_str(), authorization)
    }

    /// Without credentials.
    pub(crate) fn bare(sandbox: &'a Sandbox, base: String) -> Self {
        // If another crate of the build enables TLS in reqwest, it needs a crypto provider even for plain HTTP.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            sandbox,
            client: reqwest::Client::new(),
            base,
            headers: Vec::new(),
        }
    }

    /// Sends a header with every request, instead of one with this name.
    pub(crate) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Uses another host with the same headers.
    pub(crate) fn at(mut self, base: Option<String>) -> Self {
        self.base = base.expect("a host of the document");
        self
    }

    /// Sends a request, and returns status and JSON (null for no body).
    pub(crate) async fn call(
        &self,
        method: &str,
        path: &str,
        payload: Payload<'_>,
    ) -> (u16, Value) {
        let (status, _, body) = self.call_with_headers(method, path, payload).await;
        (status, body)
    }

    /// The same, with the headers of the response.
    pub(crate) async fn call_with_headers(
        &self,
        method: &str,
        path: &str,
        payload: Payload<'_>,
    ) -> (u16, HeaderMap, Value) {
        let url = format!("{}{path}", self.base);
        let mut request = self.client.request(method.parse().expect("a method"), url);
        request = request.header(ACCEPT, "application/json");
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request = match payload {
            Payload::None => request,
            Payload::Json(body) => request
                .header(CONTENT_TYPE, "application/json; charset=utf-8")
                .body(body.to_string()),
            Payload::Text(text) => request
                .header(CONTENT_TYPE, "application/json")
                .body(text.to_owned()),
            Payload::Form(pairs) => {
                let body: String = form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(pairs)
                    .finish();
                request
                    .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                    .body(body)
            }
            Payload::Multipart(parts) => request
                .header(
                    CONTENT_TYPE,
                    format!("multipart/form-data; boundary={BOUNDARY}"),
                )
                .body(multipart(parts)),
        };
        let response = request.send().await.expect("a response");
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let bytes = response.bytes().await.expect("a complete response");
        let body = read(&headers, &bytes);
        if (200..300).contains(&status) {
            let record = self.sandbox.requests().last().expect("a recorded request");
            let document = documents()
                .iter()
                .find(|document| document.provider == record.provider)
                .expect("its document");
            let operation = document
                .operation(record.operation.expect("its operation"))
                .expect("it is documented");
            assert_eq!(
                violation(document, operation, status, &body),
                None,
                "{method} {path}: {body}"
            );
        }
        (status, headers, body)
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

/// A body as JSON: null without a body, text for other media types.
pub(crate) fn read(headers: &HeaderMap, bytes: &[u8]) -> Value {
    if bytes.is_empty() {
        return Value::Null;
    }
    match headers.get(CONTENT_TYPE) {
        Some(json) if json == "application/json" => serde_json::from_slice(bytes).expect("JSON"),
        _ => String::from_utf8_lossy(bytes).into(),
    }
}

/// The message in an error body; of several, the first.
pub(crate) fn error_message(body: &Value) -> &str {
    let pointers = ["/error", "/message/0", "/message", "/response/message"];
    let mut found = pointers.iter().filter_map(|pointer| body.pointer(pointer));
    found.find_map(Value::as_str).unwrap_or_default()
}
