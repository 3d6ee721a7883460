//! Every operation of every document, with a request made of its examples.

use engagement_document::{Body, BodyKind, Document, Location, Operation, SchemeKind};
use engagement_sandbox::Sandbox;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::http::{BOUNDARY, Part, basic, documents, error_message, multipart, read, violation};

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// The texts that a value is sent as: one, or one per element.
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

/// Headers for the first alternative of an operation's security for which all credentials are known.
fn credentials(
    sandbox: &Sandbox,
    document: &Document,
    operation: &Operation,
) -> Vec<(String, String)> {
    let mut env = sandbox.env();
    env.push(("ENGAGESPOT_USER_ID".to_owned(), "u1".to_owned()));
    env.push(("ENGAGEONE_TOKEN".to_owned(), sandbox.engageone().token()));
    let secret = |name: &String| {
        let found = env.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    };
    let header = |name: &String| {
        let scheme = document.scheme(name)?;
        let secrets: Vec<&str> = scheme.env.iter().filter_map(secret).collect();
        let first = secrets.first()?;
        Some(match &scheme.kind {
            SchemeKind::Basic => ("authorization".to_owned(), basic(first, secrets.get(1)?)),
            SchemeKind::BasicUserOnly => ("authorization".to_owned(), basic(first, "")),
            SchemeKind::Bearer => ("authorization".to_owned(), format!("Bearer {first}")),
            SchemeKind::Header(name) => (name.clone(), (*first).to_owned()),
        })
    };
    let mut alternatives = operation.security.iter();
    let known = alternatives.find_map(|alternative| alternative.iter().map(header).collect());
    known.unwrap_or_default()
}

/// The example of a multipart body.
fn parts(document: &Document, body: &Body) -> Vec<u8> {
    let files = document.schemas.properties(&body.schema);
    let files: Vec<&str> = files
        .iter()
        .filter(|(_, schema)| schema["format"] == "binary")
        .map(|(name, _)| *name)
        .collect();
    let fields = body.example.as_object().expect("an object");
    let texts: Vec<(&str, String)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), text(value)))
        .collect();
    let parts: Vec<Part<'_>> = texts
        .iter()
        .map(|(name, text)| {
            let media = body.part_types.iter().find(|(known, _)| known == name);
            let media = media.map_or("", |(_, media)| media.as_str());
            if files.contains(name) {
                Part::file(name, "example", media, text.as_bytes())
            } else {
                Part::text(name, text)
            }
        })
        .collect();
    multipart(&parts)
}

pub(crate) fn request(
    sandbox: &Sandbox,
    client: &reqwest::Client,
    document: &Document,
    operation: &Operation,
) -> reqwest::RequestBuilder {
    let server = &document.servers[operation.server].name;
    let env = sandbox.env();
    let mut path = operation.path.clone();
    let mut query = form_urlencoded::Serializer::new(String::new());
    for parameter in &operation.parameters {
        match parameter.location {
            Location::Path => {
                let own = parameter.client_value.as_ref();
                let own = own.and_then(|own| env.iter().find(|(name, _)| *name == own.env));
                let value =
                    own.map_or_else(|| text(&parameter.example), |(_, value)| value.clone());
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
    for (name, value) in credentials(sandbox, document, operation) {
        request = request.header(name, value);
    }
    let Some(body) = &operation.body else {
        return request;
    };
    let media = body.kind.media_type();
    match body.kind {
        BodyKind::Json => request
            .header("content-type", media)
            .body(body.example.to_string()),
        BodyKind::Raw => request.header("content-type", media),
        BodyKind::Form => {
            request
                .header("content-type", media)
                .body(form(document, &body.schema, &body.example))
        }
        BodyKind::Multipart => request
            .header("content-type", format!("{media}; boundary={BOUNDARY}"))
            .body(parts(document, body)),
    }
}

#[tokio::test]
async fn examples_only_returns_the_example_of_every_operation() {
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
                .expect("a response");
            let status = response.status().as_u16();
            let headers = response.headers().clone();
            let bytes = response.bytes().await.expect("a complete response");
            let documented = &operation.responses[0];
            if documented.binary {
                assert_eq!(&bytes[..], b"sandbox\0\xff\xfe", "{}", operation.id);
            } else {
                let example = documented.example.clone().unwrap_or_default();
                assert_eq!(read(&headers, &bytes), example, "{}", operation.id);
            }
            assert_eq!(status, documented.status, "{}", operation.id);
            assert_eq!(
                sandbox.requests().last().expect("recorded").operation,
                Some(operation.id.as_str())
            );
            count += 1;
        }
    }
    assert_eq!(sandbox.request_count(), count);
    let providers = sandbox.providers();
    let of = |document: &Document| {
        let mut providers = providers.iter();
        providers.find(|provider| provider.name == document.provider)
    };
    let listed = documents().iter().map(|document| {
        let provider = of(document).expect("the sandbox lists every provider");
        provider.operations as u64
    });
    assert_eq!((documents().len(), count), (5, listed.sum()));
}

#[tokio::test]
async fn examples_only_still_requires_credentials_and_valid_bodies() {
    let sandbox = Sandbox::builder()
        .examples_only()
        .start()
        .await
        .expect("a free port");
    let url = format!("{}/users", sandbox.engage().base_url());
    let client = reqwest::Client::new();
    let bare = client.post(&url).send().await.expect("a response");
    assert_eq!(bare.status(), 401);
    let json = client
        .post(&url)
        .header("authorization", basic("sandbox-engage-key", ""))
        .header("content-type", "application/json");
    assert_eq!(
        json.body("{}").send().await.expect("a response").status(),
        400
    );
}

/// The accounts lack the records of the examples, so many calls are refused. None may fail or violate the document.
#[tokio::test]
async fn requests_from_the_examples_to_empty_accounts_have_documented_responses() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let client = reqwest::Client::new();
    for document in documents() {
        for operation in &document.operations {
            let response = request(&sandbox, &client, document, operation)
                .send()
                .await
                .expect("a response");
            let status = response.status().as_u16();
            let headers = response.headers().clone();
            let bytes = response.bytes().await.expect("a complete response");
            let body = read(&headers, &bytes);
            if (200..300).contains(&status) {
                assert_eq!(
                    violation(document, operation, status, &body),
                    None,
                    "{body}"
                );
            } else {
                // The example of a login belongs to no account.
                let login = operation.id == "auth_login" && status == 401;
                assert!(
                    login || matches!(status, 400 | 404 | 409 | 412),
                    "{}: {status} {body}",
                    operation.id
                );
                assert!(!error_message(&body).is_empty(), "{}: {body}", operation.id);
                let mut places = document.error_message.iter();
                assert!(
                    places.any(|place| body.pointer(place).is_some()),
                    "{}: {body}",
                    operation.id
                );
            }
        }
    }
}
