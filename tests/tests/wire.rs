//! The exact request on the wire of every operation, made by the typed client from the document's example, and the
//! answer that it hands out.
//!
//! The sandbox answers with the documented examples here and checks each request against the document, so a request
//! that the document doesn't describe fails even before its snapshot does.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::prelude::{BASE64_STANDARD as BASE64, Engine as _};
use engagement_document::{Document, Operation};
use engagement_sandbox::{Engage, EngageBay, RecordedRequest, Sandbox};
use engagement_tests::providers::{self, Provider};
use engagement_tests::{Arguments, Outcome, differences};
use serde_json::Value;

#[tokio::test]
async fn every_operation_of_engagebay() {
    every_operation("engagebay", &[("apiKey", EngageBay::API_KEY.to_owned())]).await;
}

#[tokio::test]
async fn every_operation_of_engage() {
    let full = format!("{}:{}", Engage::API_KEY, Engage::API_SECRET);
    every_operation(
        "engage",
        &[("basicAuth", format!("Basic {}", BASE64.encode(full)))],
    )
    .await;
}

async fn every_operation(name: &str, credentials: &[(&str, String)]) {
    let provider = providers::find(name).unwrap();
    let document = provider.document();
    let sandbox = Sandbox::builder().examples_only().start().await.unwrap();
    let mut groups: BTreeMap<&str, String> = BTreeMap::new();
    for operation in &document.operations {
        let text = one(provider, &document, operation, &sandbox, credentials).await;
        groups.entry(&operation.group).or_default().push_str(&text);
    }
    for (group, text) in groups {
        insta::assert_snapshot!(format!("{name}_{group}"), text);
    }
}

async fn one(
    provider: &Provider,
    document: &Document,
    operation: &Operation,
    sandbox: &Sandbox,
    credentials: &[(&str, String)],
) -> String {
    sandbox.clear_requests();
    let id = &operation.id;
    let mut arguments = Arguments::examples(operation);
    let outcome = (provider.call)(sandbox, id, &mut arguments).await;
    let Outcome::Answer(status, value) = outcome else {
        panic!("{id}: {outcome:?}")
    };
    check_answer(operation, status, &value);
    let requests = sandbox.requests();
    let [request] = requests.as_slice() else {
        panic!("{id}: {} requests instead of one", requests.len())
    };
    assert_eq!(
        request.operation,
        Some(id.as_str()),
        "{id}: the sandbox took the request for another operation"
    );
    show(document, operation, request, status, credentials)
}

/// What the client hands out is what the document's example says.
fn check_answer(operation: &Operation, status: u16, value: &Value) {
    let answer = operation.answers.first().unwrap();
    assert_eq!(status, answer.status, "{}", operation.id);
    let Some(example) = answer.example.as_ref() else {
        assert_eq!(*value, Value::Null, "{}", operation.id);
        return;
    };
    // An object that comes as an array of one is handed out as the object.
    let unwrapped = example
        .as_array()
        .filter(|items| items.len() == 1 && !value.is_array());
    let expected = unwrapped.map_or(example, |items| &items[0]);
    let changed = differences(expected, value);
    assert!(
        changed.is_empty(),
        "{}: the answer was changed: {changed:#?}",
        operation.id
    );
}

fn show(
    document: &Document,
    operation: &Operation,
    request: &RecordedRequest,
    status: u16,
    credentials: &[(&str, String)],
) -> String {
    // The sandbox serves each provider below its name.
    let path = request
        .path
        .strip_prefix(&format!("/{}", document.provider))
        .unwrap();
    let mut out = format!("## {}\n{} {path}", operation.id, request.method);
    if let Some(query) = &request.query {
        let _ = write!(out, "?{query}");
    }
    out.push('\n');
    let mut headers: Vec<(&str, String)> = Vec::new();
    for (name, value) in &request.headers {
        let text = value.to_str().unwrap().to_owned();
        headers.push((
            name.as_str(),
            match name.as_str() {
                "host" => "(the sandbox)".to_owned(),
                "user-agent" => text.replace(engagebay_client::PROVIDER.version, "(version)"),
                "authorization" => masked(document, operation, &text, credentials),
                _ => text,
            },
        ));
    }
    headers.sort();
    for (name, value) in headers {
        let _ = writeln!(out, "{name}: {value}");
    }
    let body = std::str::from_utf8(&request.body).unwrap();
    if !body.is_empty() {
        let _ = write!(out, "\n{body}\n");
    }
    let _ = write!(out, "-> {status}\n\n");
    out
}

/// The scheme's name in place of the secret; it must be that scheme's exact credential.
fn masked(
    document: &Document,
    operation: &Operation,
    text: &str,
    credentials: &[(&str, String)],
) -> String {
    let (scheme, _) = credentials
        .iter()
        .find(|(_, value)| value == text)
        .unwrap_or_else(|| panic!("{}: unexpected credential", operation.id));
    assert!(
        operation
            .security
            .iter()
            .any(|alternative| alternative.iter().any(|name| name == scheme)),
        "{}: takes no {scheme}",
        operation.id
    );
    format!("({})", document.scheme(scheme).unwrap().label)
}

/// Operations that send no credential really send none.
#[tokio::test]
async fn no_credential_where_none_is_due() {
    let sandbox = Sandbox::builder().examples_only().start().await.unwrap();
    for (name, id) in [
        ("engage", "ingest_list_form"),
        ("engagebay", "login_get_domain"),
    ] {
        let provider = providers::find(name).unwrap();
        let document = provider.document();
        sandbox.clear_requests();
        let mut arguments = Arguments::examples(document.operation(id).unwrap());
        let outcome = (provider.call)(&sandbox, id, &mut arguments).await;
        assert!(matches!(outcome, Outcome::Answer(..)), "{outcome:?}");
        assert_eq!(sandbox.requests()[0].header("authorization"), None);
    }
}
