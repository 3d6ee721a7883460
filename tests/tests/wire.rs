//! The exact request of every operation, sent by the typed client with the document's examples, and the decoded response.
//!
//! The sandbox responds with the documented examples and checks each request against the document.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::prelude::{BASE64_STANDARD as BASE64, Engine as _};
use engagement_document::{Document, Operation, SchemeKind};
use engagement_sandbox::{RecordedRequest, Sandbox};
use engagement_tests::credentials::sandbox_value;
use engagement_tests::providers::{self, Provider};
use engagement_tests::{Arguments, Outcome, differences};
use serde_json::Value;

/// Placeholder for a token that the sandbox generates.
const ISSUED: &str = "Bearer (issued)";

#[tokio::test]
async fn every_operation() {
    for provider in providers::ALL {
        every_operation_of(provider).await;
    }
}

async fn every_operation_of(provider: &Provider) {
    let document = provider.document();
    let sandbox = Sandbox::builder().examples_only().start().await.unwrap();
    // Another sandbox, because a sandbox enforces the provider's rate limits.
    let other = Sandbox::builder().examples_only().start().await.unwrap();
    let credentials = credentials(provider.name, &document, &sandbox);
    let mut groups: BTreeMap<&str, String> = BTreeMap::new();
    for operation in &document.operations {
        let sandboxes = [&sandbox, &other];
        let text = one(provider, &document, operation, sandboxes, &credentials).await;
        groups.entry(&operation.group).or_default().push_str(&text);
    }
    for (group, text) in groups {
        insta::assert_snapshot!(format!("{}_{group}", provider.name), text);
    }
}

/// The value of the header of each scheme, as the sandbox's account has it.
fn credentials(name: &str, document: &Document, sandbox: &Sandbox) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for scheme in &document.schemes {
        let values = scheme.env.iter();
        let values: Option<Vec<String>> = values
            .map(|variable| sandbox_value(sandbox, name, variable))
            .collect();
        let value = match (&scheme.kind, values) {
            (SchemeKind::Header(_), Some(values)) => values.concat(),
            (SchemeKind::Bearer, Some(values)) => format!("Bearer {}", values.concat()),
            (SchemeKind::Bearer, None) => ISSUED.to_owned(),
            (SchemeKind::Basic, Some(values)) => {
                format!("Basic {}", BASE64.encode(values.join(":")))
            }
            (SchemeKind::BasicUserOnly, Some(values)) => {
                format!("Basic {}", BASE64.encode(format!("{}:", values.concat())))
            }
            (_, None) => continue,
        };
        found.push((scheme.name.clone(), value));
    }
    found
}

async fn one(
    provider: &Provider,
    document: &Document,
    operation: &Operation,
    [sandbox, other]: [&Sandbox; 2],
    credentials: &[(String, String)],
) -> String {
    sandbox.clear_requests();
    other.clear_requests();
    let id = &operation.id;
    let mut arguments = Arguments::examples(operation);
    let outcome = (provider.call)(sandbox, id, &mut arguments).await;
    let Outcome::Response(status, value) = outcome else {
        panic!("{id}: {outcome:?}")
    };
    check_response(operation, status, &value);
    let request = the_request(sandbox, id);
    let text = show(document, operation, &request, status, credentials);

    // The untyped call by id sends the same request.
    let mut arguments = Arguments::examples(operation);
    let outcome = (provider.call_by_id)(other, id, &mut arguments).await;
    let success = matches!(outcome, Outcome::Response(..));
    assert!(success, "{id}: {outcome:?}");
    let request = the_request(other, id);
    let by_id = show(document, operation, &request, status, credentials);
    if operation.idempotency_key.is_none() {
        assert_eq!(by_id, text, "{id}, called by its id");
    }
    text
}

/// The only request except logins.
fn the_request(sandbox: &Sandbox, id: &str) -> RecordedRequest {
    let mut requests = sandbox.requests().into_vec();
    if id != "auth_login" {
        // A client with a session logs in first.
        requests.retain(|request| request.operation != Some("auth_login"));
    }
    let [request] = requests.as_slice() else {
        panic!("{id}: {} requests instead of one", requests.len())
    };
    assert_eq!(request.operation, Some(id));
    request.clone()
}

/// The decoded response equals the document's example.
fn check_response(operation: &Operation, status: u16, value: &Value) {
    let response = operation.responses.first().unwrap();
    assert_eq!(status, response.status, "{}", operation.id);
    if response.binary {
        assert!(value.is_string(), "{}", operation.id);
        return;
    }
    let Some(example) = response.example.as_ref() else {
        assert_eq!(*value, Value::Null, "{}", operation.id);
        return;
    };
    // The client returns the value in an envelope.
    let example = operation.envelope.iter().fold(example, |at, key| &at[key]);
    // The client returns the object of an array of one.
    let unwrapped = example
        .as_array()
        .filter(|items| items.len() == 1 && !value.is_array());
    let expected = unwrapped.map_or(example, |items| &items[0]);
    let changed = differences(expected, value);
    assert!(changed.is_empty(), "{}: {changed:#?}", operation.id);
}

fn show(
    document: &Document,
    operation: &Operation,
    request: &RecordedRequest,
    status: u16,
    credentials: &[(String, String)],
) -> String {
    // The sandbox serves each provider under its name, and further hosts under `name.host`.
    let prefix = format!("/{}", document.provider);
    let path = request.path.strip_prefix(&prefix).unwrap();
    let path = match path.strip_prefix('.') {
        Some(path) => format!("({}", path.replacen('/', ") /", 1)),
        None => path.to_owned(),
    };
    let mut out = format!("## {}\n{} {path}", operation.id, request.method);
    let boundary = request.header("content-type").and_then(boundary);
    if let Some(query) = &request.query {
        let _ = write!(out, "?{query}");
    }
    out.push('\n');
    let mut headers: Vec<(&str, String)> = Vec::new();
    for (name, value) in &request.headers {
        // It depends on the features of the build.
        if name == "accept-encoding" {
            continue;
        }
        let (name, text) = (name.as_str(), value.to_str().unwrap().to_owned());
        let text = match name {
            "host" => "(the sandbox)".to_owned(),
            "user-agent" => text.replace(engagebay_client::PROVIDER.version, "(version)"),
            "content-type" => without(text, boundary.as_deref()),
            _ if is_credential(document, name) => {
                masked(document, operation, name, &text, credentials)
            }
            _ => text,
        };
        headers.push((name, text));
    }
    headers.sort();
    for (name, value) in headers {
        let _ = writeln!(out, "{name}: {value}");
    }
    let body = std::str::from_utf8(&request.body).unwrap().to_owned();
    let body = without(body, boundary.as_deref()).replace("\r\n", "\n");
    if !body.is_empty() {
        let _ = write!(out, "\n{body}\n");
    }
    let _ = write!(out, "-> {status}\n\n");
    out
}

/// The boundary of a multipart request.
fn boundary(content_type: &str) -> Option<String> {
    let (_, boundary) = content_type.split_once("boundary=")?;
    Some(boundary.trim_matches('"').to_owned())
}

fn without(text: String, boundary: Option<&str>) -> String {
    match boundary {
        Some(boundary) => text.replace(boundary, "(boundary)"),
        None => text,
    }
}

/// The header with the credential of a scheme.
fn header_of(kind: &SchemeKind) -> String {
    match kind {
        SchemeKind::Header(name) => name.to_lowercase(),
        _ => "authorization".to_owned(),
    }
}

fn is_credential(document: &Document, header: &str) -> bool {
    let mut schemes = document.schemes.iter();
    schemes.any(|scheme| header_of(&scheme.kind) == header)
}

/// The scheme's name instead of the secret. The secret must be the exact credential of the scheme.
fn masked(
    document: &Document,
    operation: &Operation,
    header: &str,
    text: &str,
    credentials: &[(String, String)],
) -> String {
    let issued = |value: &str| value == ISSUED && text.starts_with("Bearer ey");
    let (scheme, _) = credentials
        .iter()
        .find(|(scheme, value)| {
            header_of(&document.scheme(scheme).unwrap().kind) == header
                && (*value == text || issued(value))
        })
        .unwrap_or_else(|| panic!("{}: unexpected credential", operation.id));
    let mut accepted = operation.security.iter().flatten();
    let is_accepted = accepted.any(|name| name == scheme);
    assert!(is_accepted, "{}: unexpected {scheme}", operation.id);
    format!("({})", document.scheme(scheme).unwrap().label)
}

/// Operations without security.
#[tokio::test]
async fn no_credentials_are_sent_if_none_are_required() {
    let sandbox = Sandbox::builder().examples_only().start().await.unwrap();
    for (name, id) in [
        ("engage", "ingest_list_form"),
        ("engagebay", "login_get_domain"),
        ("engageone", "auth_login"),
        ("webengage", "delivery_report_private_email"),
    ] {
        let provider = providers::find(name).unwrap();
        let document = provider.document();
        sandbox.clear_requests();
        let mut arguments = Arguments::examples(document.operation(id).unwrap());
        let outcome = (provider.call)(&sandbox, id, &mut arguments).await;
        assert!(matches!(outcome, Outcome::Response(..)), "{outcome:?}");
        assert_eq!(sandbox.requests()[0].header("authorization"), None);
    }
}
