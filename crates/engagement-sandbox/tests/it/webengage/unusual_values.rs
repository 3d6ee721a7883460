use engagement_document::{BodyKind, Location, Operation};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::{Account, document};

/// The path of an operation with other values in it.
fn path(operation: &Operation, value: &str) -> String {
    let value = utf8_percent_encode(value, NON_ALPHANUMERIC).to_string();
    let mut path = operation.path.replace("{licenseCode}", "sandbox0");
    for parameter in operation.path_parameters() {
        path = path.replace(&format!("{{{}}}", parameter.name), &value);
    }
    let mut query = operation.parameters.iter();
    if query.any(|parameter| parameter.location == Location::Query && parameter.required) {
        path += "?campaignIds=~&campaignIds=x&mode=all";
    }
    path
}

/// Every operation, with a body in which one field after the other has an unusual value.
#[tokio::test]
async fn unusual_values_are_refused_or_stored_and_never_invalidate_a_response() {
    let account = Account::start().await;
    account.user(json!({ "userId": "customer-1001" })).await;
    let unusual = [
        json!(null),
        json!([]),
        json!({}),
        json!(""),
        json!("\u{0}\u{202e}"),
        json!(-1),
        json!(1e300),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(true),
        json!([[[]]]),
        json!({ "id": {} }),
        json!("x".repeat(10_000)),
        json!(["", null]),
        json!("2026-02-31T99:99+9999"),
        json!("+"),
        json!("T-"),
    ];
    for operation in &document().operations {
        let server = &document().servers[operation.server].name;
        let headers = [("content-type", "application/json")];
        let body = operation
            .body
            .as_ref()
            .filter(|body| body.kind == BodyKind::Json);
        let example = body.map(|body| body.example.clone()).unwrap_or_default();
        let mut bodies: Vec<Value> = unusual.to_vec();
        for field in example.as_object().into_iter().flat_map(Map::keys) {
            for value in &unusual {
                let mut body = example.clone();
                body[field] = value.clone();
                bodies.push(body);
                for (inner, _) in example[field].as_object().into_iter().flatten() {
                    let mut body = example.clone();
                    body[field][inner] = value.clone();
                    bodies.push(body);
                }
            }
        }
        let path_values = ["~2camp9", "~\u{0}/.."];
        for (at, body) in bodies.into_iter().enumerate() {
            let path = path(operation, path_values[at % 2]);
            let body = if operation.body.is_some() {
                body.to_string().into_bytes()
            } else {
                Vec::new()
            };
            let response = account
                .send(server, &operation.method, &path, &headers, body)
                .await;
            let text = String::from_utf8_lossy(&response.bytes);
            assert!(response.status < 500, "{}: {text}", operation.id);
        }
    }
}
