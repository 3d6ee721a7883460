//! Typed clients report each unknown field and value of a response once. Documented examples contain none.

mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use engagement_core::RetryPolicy;
use engagement_core::observe::{CallAttributes, Event, Observer};
use engagement_document::Operation;
use engagement_faults::Response;
use engagement_tests::{Arguments, Caller, Outcome, caller, instance, providers, variants};
use serde_json::{Value, json};
use support::Responder;

#[derive(Clone, Default)]
struct Reports(Arc<Mutex<Vec<String>>>);

impl Observer for Reports {
    fn event(&self, attributes: &CallAttributes<'_>, event: &Event<'_>) {
        if let Event::Drift {
            kind,
            type_name,
            field,
            ..
        } = event
        {
            let (operation, kind) = (attributes.operation, kind.as_str());
            let field = field.map(|name| format!(".{name}")).unwrap_or_default();
            let text = format!("{operation}: {kind} {type_name}{field}");
            self.0.lock().unwrap().push(text);
        }
    }
}

impl Reports {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// A client with an observer.
fn client(provider: &str, server: &Responder, reports: &Reports) -> Caller {
    caller(
        provider,
        &server.url(),
        RetryPolicy::default(),
        reports.clone(),
    )
}

/// Calls an operation that gets this response.
async fn call(client: &Caller, operation: &Operation, server: &Responder, body: &Value) {
    let status = operation.responses.first().unwrap().status;
    server.set(Response::new(format!("{status} X")).body(body.to_string()));
    let outcome = client(&operation.id, &mut Arguments::examples(operation)).await;
    assert!(matches!(outcome, Outcome::Response(..)), "{outcome:?}");
}

#[tokio::test]
async fn documented_examples_contain_no_drift() {
    let server = Responder::start().await;
    let reports = Reports::default();
    let mut examples = 0;
    for provider in providers::ALL {
        let client = client(provider.name, &server, &reports);
        for operation in &provider.document().operations {
            if let Some(example) = &operation.responses.first().unwrap().example {
                call(&client, operation, &server, example).await;
                examples += 1;
            }
        }
    }
    assert_eq!(reports.take(), [""; 0]);
    assert!(examples > 130, "only {examples} examples");
}

/// Operation, pointers of an enum value and of an object that get an unknown value and an unknown field, and the reports.
const DRIFT: &str = "
engagebay | contacts_get | /status | | enum_value ContactStatus | field Contact.novelty
engage | users_get | /devices/0/platform | | enum_value DevicePlatform | field User.novelty
engagespot | notifications_list | /data/0/blocks/0/type | /data/0 | enum_value BlockType | field Notification.novelty
webengage | surveys_get_response | /response/data/questionResponses/0/value/@class | /response/data | enum_value TypedValue | field SurveyResponse.novelty
";

#[tokio::test]
async fn drift_is_reported_once_in_three_calls() {
    let server = Responder::start().await;
    let engageone = ["engageone", "data_sources_list", "", "/0", "", ""]; // Its objects have free field names.
    for [provider, operation, value, object, reported @ ..] in
        support::rows(DRIFT).chain([engageone])
    {
        let document = providers::find(provider).unwrap().document();
        let operation = document.operation(operation).unwrap();
        let example = &operation.responses.first().unwrap().example;
        let mut body = example.clone().unwrap();
        if !value.is_empty() {
            *body.pointer_mut(value).unwrap() = json!("a-new-value");
        }
        body.pointer_mut(object).unwrap()["novelty"] = json!({ "deep": "a new value" });
        let reports = Reports::default();
        let client = client(provider, &server, &reports);
        for _ in 0..3 {
            call(&client, operation, &server, &body).await;
        }
        let mut reports = reports.take();
        reports.sort();
        let expected = reported.into_iter().filter(|text| !text.is_empty());
        let expected = expected.map(|text| format!("{}: {text}", operation.id));
        assert_eq!(reports, expected.collect::<Vec<_>>());
    }
}

/// Each unknown value and field in each response is reported, except where the document allows any field.
#[tokio::test]
async fn drift_is_reported_at_every_pointer() {
    let server = Responder::start().await;
    for provider in providers::ALL {
        let mut silent: BTreeMap<String, String> = BTreeMap::new();
        let mut pointers = 0;
        let document = provider.document();
        for operation in &document.operations {
            let Some(schema) = &operation.responses.first().unwrap().schema else {
                continue;
            };
            let full = instance(&document.schemas, schema);
            for variant in variants(&document.schemas, schema, &full) {
                let Some(unknown) = variant.what.strip_prefix("unknown ") else {
                    continue;
                };
                pointers += 1;
                let reports = Reports::default();
                let client = client(provider.name, &server, &reports);
                call(&client, operation, &server, &variant.value).await;
                let what = format!("{} {}", operation.id, variant.what);
                match reports.take().as_slice() {
                    [] => {
                        let (kind, pointer) = unknown.split_once(' ').unwrap();
                        let lines = silent.entry(operation.id.clone()).or_default();
                        let _ = writeln!(lines, "  {kind} {pointer}");
                    }
                    [one] if unknown.starts_with("field ") => assert!(
                        one.contains(": field ") && one.ends_with(".new_field"),
                        "{what}: {one}"
                    ),
                    [one] => assert!(one.contains(": enum_value "), "{what}: {one}"),
                    more => panic!("{what}: {more:?}"),
                }
            }
        }
        let mut text = String::new();
        for (operation, lines) in silent {
            let _ = write!(text, "{operation}\n{lines}");
        }
        assert!(pointers > 0, "{}", provider.name);
        insta::assert_snapshot!(format!("silent_{}", provider.name), text);
    }
}
