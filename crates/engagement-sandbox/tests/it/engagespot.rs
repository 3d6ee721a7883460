//! An Engagespot app over HTTP.

mod auth;
mod notifications;
mod preferences;
mod profiles;
mod sdk;
mod sends;
mod topics;
mod vendor_clients;

use engagement_document::Document;
use engagement_sandbox::{Engagespot, Sandbox};
use serde_json::{Value, json};

use crate::http::{documents, violation};

fn document() -> &'static Document {
    let mut all = documents().iter();
    all.find(|document| document.provider == "engagespot")
        .expect("its document")
}

/// A client with fixed headers that checks every success against the document.
struct Spot<'a> {
    sandbox: &'a Sandbox,
    client: reqwest::Client,
    headers: Vec<(&'static str, String)>,
}

impl<'a> Spot<'a> {
    fn new(sandbox: &'a Sandbox, headers: &[(&'static str, &str)]) -> Self {
        // If another crate of the build enables TLS in reqwest, it needs a crypto provider even for plain HTTP.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let headers = headers.iter();
        Self {
            sandbox,
            client: reqwest::Client::new(),
            headers: headers
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect(),
        }
    }

    fn app(sandbox: &'a Sandbox) -> Self {
        let headers = [
            ("x-engagespot-api-key", Engagespot::API_KEY),
            ("x-engagespot-api-secret", Engagespot::API_SECRET),
        ];
        Self::new(sandbox, &headers)
    }

    fn user(sandbox: &'a Sandbox, user: &str) -> Self {
        let headers = [
            ("x-engagespot-api-key", Engagespot::API_KEY),
            ("x-engagespot-user-id", user),
        ];
        Self::new(sandbox, &headers)
    }

    fn token(sandbox: &'a Sandbox, token: &str) -> Self {
        Self::new(sandbox, &[("authorization", &format!("Bearer {token}"))])
    }

    /// Adds a header.
    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Sends a request and gives status and JSON (null for no body); null as body sends none.
    async fn call(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let url = format!("{}{path}", self.sandbox.engagespot().base_url());
        let mut request = self.client.request(method.parse().expect("a method"), url);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if !body.is_null() {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let response = request.send().await.expect("a response");
        let status = response.status().as_u16();
        let text = response.text().await.expect("a complete response");
        let body = if text.is_empty() {
            Value::Null
        } else {
            serde_json::from_str(&text).expect("JSON")
        };
        if (200..300).contains(&status) {
            let record = self.sandbox.requests().last().expect("a recorded request");
            let operation = document()
                .operation(record.operation.expect("its operation"))
                .expect("it is documented");
            let wrong = violation(document(), operation, status, &body);
            assert_eq!(wrong, None, "{method} {path}: {body}");
        }
        (status, body)
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.call("GET", path, Value::Null).await
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.call("POST", path, body).await
    }

    async fn put(&self, path: &str, body: Value) -> (u16, Value) {
        self.call("PUT", path, body).await
    }

    async fn patch(&self, path: &str, body: Value) -> (u16, Value) {
        self.call("PATCH", path, body).await
    }

    async fn delete(&self, path: &str) -> (u16, Value) {
        self.call("DELETE", path, Value::Null).await
    }

    /// A call that must succeed.
    async fn ok(&self, method: &str, path: &str, body: Value) -> Value {
        let (status, response) = self.call(method, path, body).await;
        assert!(
            (200..300).contains(&status),
            "{method} {path}: {status} {response}"
        );
        response
    }

    /// Registers users with only an identifier.
    async fn register(&self, users: &[&str]) {
        for user in users {
            self.ok("POST", "/v3/users", json!({ "identifier": user }))
                .await;
        }
    }

    /// Sends notifications with these titles to a user, the newest last.
    async fn notify(&self, user: &str, titles: &[&str]) {
        for title in titles {
            let send =
                json!({ "notification": { "title": title }, "sendTo": { "recipients": [user] } });
            self.ok("POST", "/v3/notifications", send).await;
        }
    }
}

/// An error with one message.
fn failure(status: u16, message: &str) -> (u16, Value) {
    let message = if status == 400 {
        json!([message])
    } else {
        json!(message)
    };
    (status, json!({ "status": "error", "message": message }))
}

fn unauthorised() -> (u16, Value) {
    failure(
        401,
        "No auth params (or combination of params) were found in the request",
    )
}

/// Titles of the notifications in an inbox or a page, newest first.
fn titles(notifications: &[Value]) -> Vec<&str> {
    notifications
        .iter()
        .filter_map(|one| one["title"].as_str())
        .collect()
}
