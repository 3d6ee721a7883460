//! Invalid and unusual input.

use std::io;

use engagement_document::BodyKind;
use engagement_sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::examples::request;
use crate::http::{Http, Payload, documents};

/// Sends bytes, and reads until the connection ends.
async fn raw(sandbox: &Sandbox, bytes: &[u8]) -> io::Result<String> {
    let mut stream = TcpStream::connect(sandbox.address()).await?;
    stream.write_all(bytes).await?;
    stream.shutdown().await?;
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await?;
    Ok(String::from_utf8_lossy(&response).into_owned())
}

#[tokio::test]
async fn invalid_bytes_get_a_response_or_a_closed_connection() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let inputs: [&[u8]; 7] = [
        b"\x00\xff\x00\xff\r\n\r\n",
        b"GET /engagebay/%ff%fe HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"GET /%00/../%2e%2e HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"GET * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"GET /engage/v1/users?%ff=%zz&&&=& HTTP/1.1\r\nhost: x\r\nauthorization: Basic \xff\xfe\r\nconnection: close\r\n\r\n",
        b"POST /engagebay/dev/api/panel/tags HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n{",
        b"BREW /engage HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
    ];
    for input in inputs {
        // A reset counts as closed.
        let response = raw(&sandbox, input).await.unwrap_or_default();
        assert!(
            response.is_empty() || response.starts_with("HTTP/1.1 4"),
            "{response}"
        );
    }
    assert_eq!(Http::engage(&sandbox).get("/users").await.0, 200);
}

#[tokio::test]
async fn unusual_values_are_refused_or_stored_and_never_invalidate_a_response() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let (bay, engage) = (Http::engagebay(&sandbox), Http::engage(&sandbox));
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    let unusual = [
        json!(null),
        json!([]),
        json!({}),
        json!(""),
        json!("\u{0}\u{202e}"),
        json!(-1),
        json!(1e300),
        json!(0.5),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(true),
        json!([[[]]]),
        json!({ "id": {} }),
        json!("x".repeat(10_000)),
        json!(deep),
    ];
    let bay_calls = [
        ("POST", "/dev/api/panel/subscribers/subscriber"),
        ("PUT", "/dev/api/panel/subscribers/update-partial"),
        ("POST", "/dev/api/panel/companies/company"),
        ("POST", "/dev/api/panel/deals/deal"),
        ("PUT", "/dev/api/panel/deals/change-track"),
        ("POST", "/dev/api/panel/tracks/track"),
        ("PUT", "/dev/api/panel/tracks/track"),
        ("POST", "/dev/api/panel/calendar/event/normal"),
        ("POST", "/dev/api/panel/tasks"),
        ("POST", "/dev/api/panel/notes"),
        ("POST", "/dev/api/panel/tickets/ticket"),
        ("POST", "/dev/api/panel/products/product"),
        ("PUT", "/dev/api/panel/products/update-partial"),
        ("POST", "/dev/api/panel/customfields/"),
        ("POST", "/dev/api/panel/tags"),
        ("POST", "/dev/api/panel/subscribers/contact/tags/add2/1"),
    ];
    let keys = [
        "id",
        "name",
        "properties",
        "tags",
        "amount",
        "track_id",
        "milestoneLabelName",
        "milestones",
        "start_time",
        "end_time",
        "parentId",
        "subject",
        "group_id",
        "requester_name",
        "requester_email",
        "html_body",
        "price",
        "scope",
        "field_label",
        "field_type",
        "field_description",
        "tag",
        "closed_date",
        "unique_id",
        "contact_ids",
    ];
    for (method, path) in bay_calls {
        for value in &unusual {
            let all: serde_json::Map<_, _> = keys
                .iter()
                .map(|key| ((*key).to_owned(), value.clone()))
                .collect();
            for body in [value.clone(), all.into()] {
                let (status, _) = bay.call(method, path, Payload::Json(body)).await;
                assert!(status < 500, "{method} {path} {value}");
            }
        }
    }
    let engage_calls = [
        ("POST", "/users"),
        ("PUT", "/users/u"),
        ("POST", "/users/u/events"),
        ("POST", "/users/merge"),
        ("POST", "/lists"),
        ("POST", "/send/email"),
        ("POST", "/send/sms"),
        ("POST", "/batch"),
        ("POST", "/users/u/accounts"),
        ("DELETE", "/users/u/lists"),
    ];
    let keys = [
        "id",
        "email",
        "number",
        "meta",
        "lists",
        "accounts",
        "event",
        "value",
        "source",
        "destination",
        "title",
        "from",
        "to",
        "subject",
        "html",
        "body",
        "data",
        "device_token",
        "device_platform",
        "created_at",
    ];
    for (method, path) in engage_calls {
        for value in &unusual {
            let all: serde_json::Map<_, _> = keys
                .iter()
                .map(|key| ((*key).to_owned(), value.clone()))
                .collect();
            for body in [
                value.clone(),
                all.into(),
                json!({ "data": [value, { "type": "create", "id": value }] }),
            ] {
                let (status, _) = engage.call(method, path, Payload::Json(body)).await;
                assert!(status < 500, "{method} {path} {value}");
            }
        }
    }
}

/// Every operation, with a body that may violate its document.
#[tokio::test]
async fn unusual_fields_never_invalidate_a_response() {
    let sandbox = Sandbox::builder()
        .without_rate_limits()
        .start()
        .await
        .expect("a free port");
    let client = reqwest::Client::new();
    let unusual = [
        json!(null),
        json!({}),
        json!("\u{0}\u{202e}é"),
        json!(-1),
        json!([null, {}, "x", [[]]]),
    ];
    for document in documents() {
        for operation in &document.operations {
            let json = operation
                .body
                .as_ref()
                .filter(|body| body.kind == BodyKind::Json);
            let Some(body) = json else {
                continue;
            };
            let example = body.example.as_object().cloned().unwrap_or_default();
            let mut bodies: Vec<Value> = unusual.to_vec();
            for (name, value) in &example {
                // Each field alone, and each field of its objects.
                for unusual in &unusual {
                    let mut body = body.example.clone();
                    body[name] = unusual.clone();
                    bodies.push(body);
                    for inner in value.as_object().into_iter().flatten() {
                        let mut body = json!(example);
                        body[name][inner.0] = unusual.clone();
                        bodies.push(body);
                    }
                }
            }
            for body in bodies {
                let request =
                    request(&sandbox, &client, document, operation).body(body.to_string());
                let response = request.send().await;
                let status = response.map(|response| response.status().as_u16());
                assert!(
                    status.as_ref().is_ok_and(|status| *status < 500),
                    "{} {body}: {status:?}",
                    operation.id
                );
            }
        }
    }
}

#[tokio::test]
async fn deeply_nested_json_is_refused() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let body = format!("{{\"tag\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let request = reqwest::Client::new()
        .post(format!(
            "{}/dev/api/panel/tags",
            sandbox.engagebay().base_url()
        ))
        .header("authorization", "sandbox-engagebay-key")
        .header("accept", "application/json")
        .header("content-type", "application/json");
    assert_eq!(
        request
            .body(body)
            .send()
            .await
            .expect("a response")
            .status(),
        400
    );
}

#[tokio::test]
async fn integers_beyond_64_bits_are_refused() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let bay = Http::engagebay(&sandbox);
    let path = "/dev/api/panel/products/product";
    // As text, because JSON is read with the last two as floating-point numbers.
    for (quantity, status) in [
        ("9223372036854775807", 200),
        ("-9223372036854775808", 200),
        ("9223372036854775808", 400),
        ("-9223372036854775809", 400),
        ("18446744073709551616", 400),
    ] {
        let text =
            format!(r#"{{"name": "Engine {quantity}", "price": 1, "quantity": {quantity}}}"#);
        let (got, body) = bay.call("POST", path, Payload::Text(&text)).await;
        assert_eq!(got, status, "{quantity}: {body}");
        if status == 200 {
            assert_eq!(body["quantity"].to_string(), quantity);
        } else {
            let message = "body/quantity: value is not a 64-bit integer";
            assert_eq!(body, json!({ "error": message }));
        }
    }
}
