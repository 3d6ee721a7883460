//! `cargo xtask verify` on fixtures that pass, fail or are skipped.

mod support;

use std::path::PathBuf;

use engagement_sandbox::Sandbox;
use engagement_tests::Arguments;
use engagement_tests::providers::{self, Provider, root};
use engagement_tests::verify::verify;
use serde_json::{Value, json};
use support::recorder::Recorder;

/// What must not be printed.
const CANARY: &str = "canary-7f3a@example.com";

#[test]
fn a_folder_of_payloads_is_verified() {
    let report = verify(&root().join("tests/fixtures/payloads/engage"), None).unwrap();
    let (explained, skipped) = (report.explained, report.skipped);
    let counts = [report.passed, report.failed, explained, skipped];
    assert_eq!(counts, [6, 5, 1, 3]);
    insta::assert_snapshot!(report.text);
}

#[test]
fn a_body_that_says_nothing_fits_a_call_without_one() {
    let report = verify(&root().join("tests/fixtures/payloads/engagebay"), None).unwrap();
    assert_eq!((report.passed, report.failed), (3, 1), "{}", report.text);
    let failure = "fields.form: contacts_list_tags_by_email takes no body, but one was recorded";
    assert!(report.text.contains(failure), "{}", report.text);
}

/// Clients and webhooks write the time of an event in more forms than the documented one.
#[test]
fn every_form_of_the_time_of_an_event_is_accepted() {
    let report = verify(&root().join("tests/fixtures/payloads/webengage"), None).unwrap();
    assert_eq!((report.passed, report.failed), (10, 1), "{}", report.text);
    assert!(report.text.contains("event-flag.json"), "{}", report.text);
}

/// A file with the HAR, which is removed when this is dropped.
struct File(PathBuf);

impl File {
    fn new(name: &str, text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("{}-{name}.har", std::process::id()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Calls every operation of a provider through a recorder, and returns what was recorded.
async fn recording(provider: &Provider) -> Value {
    let sandbox = Sandbox::builder().examples_only().without_rate_limits();
    let sandbox = sandbox.start().await.unwrap();
    let recorder = Recorder::start(sandbox.address()).await;
    let through = |url: String| {
        let [from, to] = [sandbox.address(), recorder.address].map(|it| it.to_string());
        url.replace(&from, &to)
    };
    let call = (provider.caller_of_sandbox)(&sandbox, &through);
    for operation in &provider.document().operations {
        call(&operation.id, &mut Arguments::examples(operation)).await;
    }
    recorder.har()
}

#[tokio::test]
async fn every_call_of_a_recorded_sandbox_matches() {
    for provider in providers::ALL {
        let har = recording(provider).await;
        let file = File::new(provider.name, &har.to_string());
        let report = verify(&file.0, Some(provider.name)).unwrap();
        assert_eq!((report.failed, report.drift), (0, 0), "{}", report.text);
        for operation in &provider.document().operations {
            // Operations that share a path have one heading.
            let mut headings = report
                .text
                .lines()
                .filter_map(|line| line.split(':').next());
            let found = headings.any(|ids| ids.split(", ").any(|id| id == operation.id));
            assert!(found, "{}: {}", operation.id, report.text);
        }
        // The provider is recognised by its calls.
        let guessed = verify(&file.0, None).unwrap();
        assert_eq!(guessed.text, report.text);
    }
}

/// Puts the canary in place of every value, and once more under a field that the document doesn't have.
fn spoil(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.values_mut().for_each(spoil);
            object.insert(CANARY.to_owned(), json!(CANARY));
        }
        Value::Array(items) => items.iter_mut().for_each(spoil),
        value => *value = json!([CANARY, {CANARY: CANARY}]),
    }
}

#[tokio::test]
async fn no_value_of_a_recording_is_printed() {
    for provider in providers::ALL {
        let mut har = recording(provider).await;
        for entry in har["log"]["entries"].as_array_mut().unwrap() {
            let url = format!(
                "{}/{CANARY}?q={CANARY}",
                entry["request"]["url"].as_str().unwrap()
            );
            for content in ["/request/postData/text", "/response/content/text"] {
                let Some(text) = entry.pointer_mut(content) else {
                    continue;
                };
                if let Ok(mut body) = serde_json::from_str(text.as_str().unwrap()) {
                    spoil(&mut body);
                    *text = json!(body.to_string());
                }
            }
            if entry["request"]["method"] == "DELETE" {
                entry["request"]["url"] = json!(url);
            }
        }
        let file = File::new(&format!("{}-canary", provider.name), &har.to_string());
        let report = verify(&file.0, Some(provider.name)).unwrap();
        assert!(report.failed > 0, "{}", report.text);
        assert!(!report.text.contains("canary"), "{}", report.text);
    }
}

#[test]
fn what_the_document_does_not_list_is_drift() {
    let body = json!({"id": "u1", "nickname": "Ada", "lists": [{"id": "l1", "colour": 7}]});
    let entry = |url: &str| json!({"request": {"method": "GET", "url": url}, "response": {"status": 200, "content": {"mimeType": "application/json", "text": body.to_string()}}});
    let har = json!({"log": {"entries": [
        entry("https://api.engage.so/v1/users/u1"),
        entry("https://api.engage.so/v1/users/u2?expand=all"),
        entry("https://elsewhere.example/users/u3"),
        entry("https://api.engage.so/v1/people/ada@example.com"),
    ]}});
    let file = File::new("drift", &har.to_string());
    let report = verify(&file.0, None).unwrap();
    insta::assert_snapshot!(report.text);
}

/// Clients in use write custom attributes of a user beside the documented fields; those of an event have a place of their own.
#[test]
fn custom_attributes_beside_the_fields_of_a_user_are_no_drift() {
    let content =
        json!({"mimeType": "application/json", "text": r#"{"response": {"status": "queued"}}"#});
    let entry = |path: &str, body: Value| {
        let url = format!("https://api.webengage.com/v1/accounts/demo4f2a/{path}");
        let data = json!({"mimeType": "application/json", "text": body.to_string()});
        json!({"request": {"method": "POST", "url": url, "postData": data}, "response": {"status": 201, "content": content}})
    };
    let har = json!({"log": {"entries": [
        entry("users", json!({"userId": "ada", "plan": "pro", "attributes": {"age": 36}})),
        entry("events", json!({"userId": "ada", "eventName": "Paid", "plan": "pro"})),
    ]}});
    let file = File::new("attributes", &har.to_string());
    let report = verify(&file.0, None).unwrap();
    assert_eq!((report.failed, report.drift), (0, 1), "{}", report.text);
    let (_, events) = report.text.split_once("events_track").unwrap();
    let drift = "/plan: the document has no such field";
    assert!(events.contains(drift), "{}", report.text);
}

#[test]
fn a_recording_that_cannot_be_read_is_named() {
    let empty = root().join("tests/fixtures");
    let no_har = File::new("no-har", "{\"entries\": []}");
    let damaged = File::new(
        "damaged",
        "{\"log\": {\"entries\": [{\"request\": {\"method\": \"GET\", \"url\": \"https://a.test/\"}, \"response\": {\"status\": 200}}, {\"request\": ",
    );
    let names: Vec<&str> = providers::ALL.iter().map(|one| one.name).collect();
    let unknown = format!(
        "no provider is called `engag`: the providers are {}",
        names.join(", ")
    );
    let foreign = File::new("foreign", "{\"log\": {\"entries\": []}}");
    for (path, provider, want) in [
        (
            &empty,
            None,
            "the folder has neither an index.json nor HAR files",
        ),
        (&empty.join("gone"), None, "there is no such file or folder"),
        (
            &no_har.0,
            None,
            "this is no HAR file: it has no list `log.entries`",
        ),
        (
            &damaged.0,
            None,
            "the file is damaged after entry 1: it ends there (line 1, column 120)",
        ),
        (
            &foreign.0,
            None,
            "no document has an operation of this recording",
        ),
        (&foreign.0, Some("engag"), &unknown),
    ] {
        let error = verify(path, provider).unwrap_err();
        assert!(error.contains(want), "{error}");
        assert!(
            provider.is_some() || error.contains(path.to_str().unwrap()),
            "{error}"
        );
    }
}

#[test]
fn the_example_recording_matches() {
    let report = verify(&root().join("tests/fixtures/recordings/engage.har"), None).unwrap();
    let counts = [report.passed, report.failed, report.skipped, report.drift];
    assert_eq!(counts, [12, 0, 0, 0], "{}", report.text);
}
