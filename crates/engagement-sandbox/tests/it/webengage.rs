//! A WebEngage account over HTTP.

mod business_events;
mod delivery_reports;
mod events;
mod feedback;
mod feedback_search;
mod subject_requests;
mod surveys;
mod transactions;
mod transactions_several;
mod unusual_values;
mod uploads;
mod users;

use std::sync::OnceLock;

use engagement_document::Document;
use engagement_sandbox::{Sandbox, WebEngage};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::http::violation;

fn document() -> &'static Document {
    static READ: OnceLock<Document> = OnceLock::new();
    READ.get_or_init(|| {
        Document::from_json(include_str!("../../documents/webengage.json"))
            .expect("a good document")
    })
}

/// A sandbox, and calls to its WebEngage account.
struct Account {
    sandbox: Sandbox,
    client: reqwest::Client,
}

/// A response with its raw body.
struct RawResponse {
    status: u16,
    content_type: String,
    bytes: Vec<u8>,
}

impl Account {
    /// Without rate limits, some of which are one call a minute.
    async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        Self {
            sandbox: Sandbox::builder()
                .without_rate_limits()
                .start()
                .await
                .expect("a free port"),
            client: reqwest::Client::new(),
        }
    }

    fn handle(&self) -> WebEngage<'_> {
        self.sandbox.webengage()
    }

    /// Sends a request to a host. A success response must match the document.
    async fn send(
        &self,
        server: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> RawResponse {
        let base = self.handle().server_url(server).expect("a host");
        let token = match server {
            "api" | "dashboard" => WebEngage::API_KEY,
            _ => WebEngage::DSN_TOKEN,
        };
        let mut request = self
            .client
            .request(method.parse().expect("a method"), format!("{base}{path}"))
            .header(ACCEPT, "application/json");
        if !headers.iter().any(|(name, _)| *name == "authorization") {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.body(body).send().await.expect("a response");
        let content_type = response.headers().get(CONTENT_TYPE);
        let response = RawResponse {
            status: response.status().as_u16(),
            content_type: content_type
                .map(|value| value.to_str().expect("text").to_owned())
                .unwrap_or_default(),
            bytes: response
                .bytes()
                .await
                .expect("a complete response")
                .to_vec(),
        };
        if response.status < 300 && response.content_type != "application/octet-stream" {
            let record = self.sandbox.requests().last().expect("a recorded request");
            let id = record.operation.expect("its operation");
            let operation = document().operation(id).expect("it is documented");
            if !operation.returns_bytes() {
                assert_eq!(
                    violation(document(), operation, response.status, &response.json()),
                    None
                );
            }
        }
        response
    }

    async fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> (u16, Value) {
        let mut headers = headers.to_vec();
        let body = if body.is_null() {
            Vec::new()
        } else {
            headers.push(("content-type", "application/json"));
            body.to_string().into_bytes()
        };
        let response = self.send("api", method, path, &headers, body).await;
        (response.status, response.json())
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        self.call("GET", path, &[], &Value::Null).await
    }

    async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        self.call("POST", path, &[], &body).await
    }

    /// Creates a user.
    async fn user(&self, body: Value) {
        assert_eq!(self.post(USERS, body).await, queued());
    }
}

impl RawResponse {
    fn json(&self) -> Value {
        if self.bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&self.bytes).expect("JSON")
        }
    }
}

const USERS: &str = "/v1/accounts/sandbox0/users";
const EVENTS: &str = "/v1/accounts/sandbox0/events";

/// The response to accepted data.
fn queued() -> (u16, Value) {
    (201, json!({ "response": { "status": "queued" } }))
}

/// An error response in the provider's format.
fn refused(status: u16, message: &str) -> (u16, Value) {
    let body = json!({ "response": { "message": message, "status": "error" } });
    (status, body)
}

/// A multipart body with its media type.
fn multipart(parts: &[(&str, &str)]) -> (String, Vec<u8>) {
    let mut body = String::new();
    for (disposition, text) in parts {
        body +=
            &format!("--edge\r\nContent-Disposition: form-data; {disposition}\r\n\r\n{text}\r\n");
    }
    body += "--edge--\r\n";
    (
        "multipart/form-data; boundary=edge".to_owned(),
        body.into_bytes(),
    )
}

#[tokio::test]
async fn another_key_is_401_and_another_license_code_404() {
    let account = Account::start().await;
    let body = json!({ "userId": "ada" });
    let wrong = [("authorization", "Bearer wrong")];
    assert_eq!(
        account.call("POST", USERS, &wrong, &body).await,
        refused(401, "Unauthorized")
    );
    assert_eq!(
        account.post("/v1/accounts/other/users", body).await,
        refused(404, "The license code is unknown")
    );
    assert!(account.handle().users().is_empty());
}

#[tokio::test]
async fn an_account_can_have_another_license_code() {
    let sandbox = Sandbox::builder()
        .credential("WEBENGAGE_LICENSE_CODE", "~99 x")
        .start()
        .await
        .expect("a free port");
    let path = [("licenseCode", "~99 x")];
    let user = json!({ "userId": "ada" });
    assert_eq!(
        sandbox.perform("webengage", "users_track", &path, user),
        Ok(json!({ "response": { "status": "queued" } }))
    );
    let feedback = sandbox
        .perform(
            "webengage",
            "feedback_get",
            &[("feedbackId", "~8fb3k1")],
            Value::Null,
        )
        .expect("the documented feedback");
    assert_eq!(feedback["response"]["data"]["licenseCode"], "~99 x");
}

#[tokio::test]
async fn a_reset_leaves_a_new_account() {
    let account = Account::start().await;
    account
        .user(json!({ "userId": "ada", "attributes": { "Seats": 3 } }))
        .await;
    account
        .post(EVENTS, json!({ "userId": "ada", "eventName": "we_x" }))
        .await;
    account
        .handle()
        .add_campaign("~c", engagement_sandbox::WebEngageChannel::Sms);
    account
        .handle()
        .add_feedback(&json!({ "id": "mine" }))
        .expect("a good feedback");
    account.sandbox.reset();
    assert!(account.handle().users().is_empty());
    assert!(account.handle().dropped().is_empty());
    assert_eq!(account.get("/v1/feedback/mine").await.0, 404);
    assert_eq!(account.get("/v1/feedback/~8fb3k1").await.0, 200);
    // Neither the type of the attribute nor the campaign exists any more.
    account
        .user(json!({ "userId": "ada", "attributes": { "Seats": "many" } }))
        .await;
    assert_eq!(account.handle().users()[0]["attributes"]["Seats"], "many");
    let path = "/v2/accounts/sandbox0/experiments/~other/transaction";
    assert_eq!(account.post(path, json!({ "userId": "ada" })).await.0, 200);
}
