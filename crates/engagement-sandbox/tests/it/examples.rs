//! Every operation of every document, with the request that its examples make.

use engagement_document::{BodyKind, Document, Location, Operation, SchemeKind};
use engagement_sandbox::Sandbox;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::http::{basic, contradiction, documents};

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// The texts that a value goes on the wire as: one, or one for each element.
fn texts(value: &Value) -> Vec<String> {
    value.as_array().map_or_else(
        || vec![text(value)],
        |items| items.iter().map(text).collect(),
    )
}

fn form(document: &Document, schema: &Value, example: &Value) -> String {
    let properties = document.schemas.properties(schema);
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in example.as_object().expect("a form's example is an object") {
        let schema = properties
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, schema)| *schema);
        if schema.is_some_and(|schema| schema["x-form-json"] == Value::Bool(true)) {
            form.append_pair(name, &value.to_string());
        } else {
            form.extend_pairs(texts(value).iter().map(|text| (name, text)));
        }
    }
    form.finish()
}

fn authorization(
    sandbox: &Sandbox,
    document: &Document,
    operation: &Operation,
) -> Option<(String, String)> {
    let scheme = document.scheme(operation.security.first()?.first()?)?;
    let env = sandbox.env();
    let secrets: Vec<&str> = scheme
        .env
        .iter()
        .filter_map(|name| env.iter().find(|(known, _)| known == name))
        .map(|(_, value)| value.as_str())
        .collect();
    Some(match &scheme.kind {
        SchemeKind::Basic => ("authorization".to_owned(), basic(secrets[0], secrets[1])),
        SchemeKind::BasicUserOnly => ("authorization".to_owned(), basic(secrets[0], "")),
        SchemeKind::Bearer => ("authorization".to_owned(), format!("Bearer {}", secrets[0])),
        SchemeKind::Header(name) => (name.clone(), secrets[0].to_owned()),
    })
}

fn request(
    sandbox: &Sandbox,
    client: &reqwest::Client,
    document: &Document,
    operation: &Operation,
) -> reqwest::RequestBuilder {
    let server = &document.servers[operation.server].name;
    let mut path = operation.path.clone();
    let mut query = form_urlencoded::Serializer::new(String::new());
    for parameter in &operation.parameters {
        match parameter.location {
            Location::Path => {
                let value = text(&parameter.example);
                let value = utf8_percent_encode(&value, NON_ALPHANUMERIC).to_string();
                path = path.replace(&format!("{{{}}}", parameter.name), &value);
            }
            Location::Query => {
                query.extend_pairs(
                    texts(&parameter.example)
                        .iter()
                        .map(|text| (&parameter.name, text)),
                );
            }
            Location::Header => {}
        }
    }
    let base = sandbox
        .server_url(&document.provider, server)
        .expect("every host is served");
    let url = format!("{base}{path}?{}", query.finish());
    let mut request = client
        .request(operation.method.parse().expect("a method"), url)
        .header("accept", "application/json");
    for parameter in operation
        .parameters
        .iter()
        .filter(|parameter| parameter.location == Location::Header)
    {
        request = request.header(&parameter.name, text(&parameter.example));
    }
    if let Some((name, value)) = authorization(sandbox, document, operation) {
        request = request.header(name, value);
    }
    match &operation.body {
        None => request,
        Some(body) if body.kind == BodyKind::Json => request
            .header("content-type", "application/json")
            .body(body.example.to_string()),
        Some(body) => request
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form(document, &body.schema, &body.example)),
    }
}

#[tokio::test]
async fn examples_only_answers_every_operation_with_its_example() {
    let sandbox = Sandbox::builder()
        .examples_only()
        .start()
        .await
        .expect("a free port");
    let client = reqwest::Client::new();
    let mut count = 0;
    for document in documents() {
        for operation in &document.operations {
            let response = request(&sandbox, &client, document, operation)
                .send()
                .await
                .expect("an answer");
            let status = response.status().as_u16();
            let body = response.text().await.expect("a whole answer");
            let documented = &operation.answers[0];
            assert_eq!(status, documented.status, "{}: {body}", operation.id);
            let body: Value = if body.is_empty() {
                Value::Null
            } else {
                serde_json::from_str(&body).expect("JSON")
            };
            assert_eq!(
                body,
                documented.example.clone().unwrap_or_default(),
                "{}",
                operation.id
            );
            assert_eq!(
                sandbox.requests().last().expect("recorded").operation,
                Some(operation.id.as_str())
            );
            count += 1;
        }
    }
    assert_eq!(sandbox.request_count(), count);
    assert!(count > 100, "both documents are there: {count} operations");
}

#[tokio::test]
async fn examples_only_still_asks_for_credentials_and_valid_bodies() {
    let sandbox = Sandbox::builder()
        .examples_only()
        .start()
        .await
        .expect("a free port");
    let url = format!("{}/users", sandbox.engage().base_url());
    let client = reqwest::Client::new();
    let bare = client.post(&url).send().await.expect("an answer");
    assert_eq!(bare.status(), 401);
    let json = client
        .post(&url)
        .header("authorization", basic("sandbox-engage-key", ""))
        .header("content-type", "application/json");
    assert_eq!(
        json.body("{}").send().await.expect("an answer").status(),
        400
    );
}

/// With accounts that don't hold the examples' records, many calls are refused; none may fail or break the document.
#[tokio::test]
async fn the_examples_against_empty_accounts_are_answered_or_refused() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let client = reqwest::Client::new();
    for document in documents() {
        for operation in &document.operations {
            let response = request(&sandbox, &client, document, operation)
                .send()
                .await
                .expect("an answer");
            let status = response.status().as_u16();
            let body = response.text().await.expect("a whole answer");
            let body: Value = if body.is_empty() {
                Value::Null
            } else {
                serde_json::from_str(&body).expect("JSON")
            };
            if (200..300).contains(&status) {
                assert_eq!(
                    contradiction(document, operation, status, &body),
                    None,
                    "{body}"
                );
            } else {
                assert!(
                    matches!(status, 400 | 404),
                    "{}: {status} {body}",
                    operation.id
                );
                assert!(body["error"].is_string(), "{}: {body}", operation.id);
            }
        }
    }
}
