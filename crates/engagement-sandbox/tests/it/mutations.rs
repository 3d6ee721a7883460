//! Mutations of valid requests: each is accepted where the document allows it, or refused with a message that names the place.
//! No request is a server error, and none panics.
//!
//! A debug build tries fewer of them. `SANDBOX_MUTATIONS` sets their number.

use engagement_document::{BodyKind, Document, Location, Operation, Parameter};
use engagement_sandbox::{EngageBay, EngageOne, Engagespot, Sandbox, WebEngage};
use serde_json::{Value, json};

use crate::http::{basic, documents};

/// The number of mutations, over all operations.
fn count() -> usize {
    let set = std::env::var("SANDBOX_MUTATIONS").ok();
    let set = set.map(|text| text.parse().expect("SANDBOX_MUTATIONS is a number"));
    set.unwrap_or(if cfg!(debug_assertions) {
        2_000
    } else {
        10_000
    })
}

/// A request, and the place in it that was changed.
struct Mutation {
    path: Vec<(String, String)>,
    query: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    /// Names of which a refusal must contain one; none if the whole body was changed.
    names: Vec<String>,
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// The request of the document's examples, without a body.
fn valid(operation: &Operation) -> Mutation {
    let values = |location: Location| -> Vec<(String, String)> {
        let parameters = operation.parameters.iter();
        let parameters = parameters.filter(|one| one.location == location && one.required);
        let value = |one: &Parameter| match (&one.constant, one.name.as_str()) {
            (Some(constant), _) => constant.clone(),
            (None, "licenseCode") => WebEngage::LICENSE_CODE.to_owned(),
            (None, _) => text(&one.example),
        };
        parameters
            .map(|one| (one.name.clone(), value(one)))
            .collect()
    };
    Mutation {
        path: values(Location::Path),
        query: values(Location::Query),
        body: None,
        names: Vec::new(),
    }
}

/// Values of all kinds, some of them unusual.
fn odd_value(random: &mut fastrand::Rng) -> Value {
    let values = [
        Value::Null,
        json!(true),
        json!(-1),
        json!(0),
        json!(1e300),
        json!(9_007_199_254_740_993_i64),
        json!(i64::MIN),
        json!(""),
        json!("x".repeat(3000)),
        json!("\u{0}\u{fffd}\u{202e}"),
        json!("{{x}} %s ../.. <b>"),
        json!([]),
        json!([null, [[]]]),
        json!({}),
        json!({ "a": { "b": { "c": [] } } }),
    ];
    values[random.usize(..values.len())].clone()
}

/// Changes a value somewhere in a body, and returns the names on the way.
fn change(value: &mut Value, random: &mut fastrand::Rng) -> Vec<String> {
    let inner = random.u8(..4) > 0;
    match value {
        Value::Object(fields) if !fields.is_empty() && inner => {
            let keys: Vec<String> = fields.keys().cloned().collect();
            let key = keys[random.usize(..keys.len())].clone();
            let mut names = vec![key.clone()];
            match random.u8(..5) {
                0 => {
                    fields.remove(&key);
                }
                1 => {
                    let value = fields.remove(&key).unwrap_or_default();
                    let renamed = format!("{key}x");
                    fields.insert(renamed.clone(), value);
                    names.push(renamed);
                }
                _ => names.extend(change(&mut fields[&key], random)),
            }
            names
        }
        Value::Array(items) if !items.is_empty() && inner => {
            let index = random.usize(..items.len());
            change(&mut items[index], random)
        }
        _ => {
            *value = odd_value(random);
            Vec::new()
        }
    }
}

fn mutation(operation: &Operation, random: &mut fastrand::Rng) -> Mutation {
    let mut made = valid(operation);
    let body = operation.body.as_ref();
    let mut value = body.map(|body| body.example.clone()).unwrap_or_default();
    let kind = body.map(|body| body.kind);
    let choice = random.u8(..8);
    match choice {
        0 if !made.query.is_empty() => {
            let index = random.usize(..made.query.len());
            let (name, value) = &mut made.query[index];
            *value = text(&odd_value(random));
            made.names.push(name.clone());
        }
        1 if !made.path.is_empty() => {
            let index = random.usize(..made.path.len());
            let (name, value) = &mut made.path[index];
            *value = format!("x{}", random.u32(..));
            made.names.push(name.clone());
        }
        _ => made.names = change(&mut value, random),
    }
    made.body = match kind {
        None => None,
        Some(BodyKind::Form) => {
            let fields = value.as_object().cloned().unwrap_or_default();
            let mut form = form_urlencoded::Serializer::new(String::new());
            for (name, value) in &fields {
                form.append_pair(name, &text(value));
            }
            Some(form.finish().into_bytes())
        }
        Some(_) => {
            let mut bytes = value.to_string().into_bytes();
            // Also bytes that are no JSON at all.
            if choice == 7 && !bytes.is_empty() {
                let index = random.usize(..bytes.len());
                bytes[index] = random.u8(..);
                made.names.clear();
            }
            Some(bytes)
        }
    };
    made
}

fn credentials(provider: &str, sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    match provider {
        "engagebay" => vec![("authorization", EngageBay::API_KEY.to_owned())],
        "engage" => vec![(
            "authorization",
            basic("sandbox-engage-key", "sandbox-engage-secret"),
        )],
        "engagespot" => vec![
            ("x-engagespot-api-key", Engagespot::API_KEY.to_owned()),
            ("x-engagespot-api-secret", Engagespot::API_SECRET.to_owned()),
            ("x-engagespot-user-id", "ada".to_owned()),
        ],
        "webengage" => vec![("authorization", format!("Bearer {}", WebEngage::API_KEY))],
        _ => vec![
            (
                "authorization",
                format!("Bearer {}", sandbox.engageone().token()),
            ),
            ("pb-customer-id", EngageOne::CUSTOMER_ID.to_owned()),
        ],
    }
}

/// Whether a header is sent as a credential anyway.
fn request_has(provider: &str, header: &str) -> bool {
    let credential = ["x-engagespot-user-id", "pb-customer-id"];
    provider != "engagebay"
        && credential
            .iter()
            .any(|name| header.eq_ignore_ascii_case(name))
}

/// Sends a mutation, and returns status and message.
async fn send(
    client: &reqwest::Client,
    sandbox: &Sandbox,
    document: &Document,
    operation: &Operation,
    made: &Mutation,
) -> (u16, String) {
    let server = &document.servers[operation.server];
    let mut url = sandbox
        .server_url(&document.provider, &server.name)
        .expect("a URL");
    let mut path = operation.path.clone();
    for (name, value) in &made.path {
        path = path.replace(&format!("{{{name}}}"), value);
    }
    url += &path;
    if !made.query.is_empty() {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&made.query);
        url += &format!("?{}", query.finish());
    }
    let method = operation.method.parse().expect("a method");
    let mut request = client
        .request(method, url)
        .header("accept", "application/json");
    for (name, value) in credentials(&document.provider, sandbox) {
        request = request.header(name, value);
    }
    if let (Some(body), Some(bytes)) = (&operation.body, &made.body) {
        request = request
            .header("content-type", &body.media_type)
            .body(bytes.clone());
    }
    for parameter in &operation.parameters {
        let is_credential = request_has(&document.provider, &parameter.name);
        if parameter.location == Location::Header && parameter.required && !is_credential {
            request = request.header(&parameter.name, text(&parameter.example));
        }
    }
    let response = request.send().await.expect("a response");
    let status = response.status().as_u16();
    let body = response.bytes().await.expect("a body");
    (status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn no_mutation_is_a_server_error_and_refusals_name_the_place() {
    // If another crate of the build enables TLS in reqwest, it needs a crypto provider even for plain HTTP.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    let builder = || Sandbox::builder().without_rate_limits();
    // One without accounts, where only the document decides, and one with accounts.
    let examples = builder()
        .examples_only()
        .start()
        .await
        .expect("a free port");
    let accounts = builder().start().await.expect("a free port");
    let operations: Vec<(&Document, &Operation)> = documents()
        .iter()
        .flat_map(|document| document.operations.iter().map(move |one| (document, one)))
        .filter(|(_, one)| {
            one.body
                .as_ref()
                .is_none_or(|body| body.kind != BodyKind::Multipart)
        })
        .collect();
    let mut random = fastrand::Rng::with_seed(1);
    let (mut accepted, mut refused) = (0, 0);
    for number in 0..count() {
        let (document, operation) = operations[number % operations.len()];
        let made = mutation(operation, &mut random);
        for sandbox in [&examples, &accounts] {
            let (status, message) = send(&client, sandbox, document, operation, &made).await;
            let id = &operation.id;
            assert!(status < 500, "{id}, {number}: {status} {message}");
            if !std::ptr::eq(sandbox, &examples) {
                continue;
            }
            if status == 400 {
                refused += 1;
                let names = &made.names;
                let named =
                    names.is_empty() || names.iter().any(|name| message.contains(name.as_str()));
                // A form's field with JSON is named as well; of a union, the message lists what its members take.
                let union = message.contains("alternatives");
                let whole = union || message.contains("the body is");
                assert!(
                    named || whole,
                    "{id}, {number}: {names:?} are not in {message}"
                );
            } else if status < 300 {
                accepted += 1;
            }
        }
    }
    assert!(
        accepted > count() / 10 && refused > count() / 10,
        "{accepted}, {refused}"
    );
}
