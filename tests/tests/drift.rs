//! Typed clients report each unknown field and value of a response once; documented examples contain none.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use engagement_core::observe::{CallAttributes, Event, Observer};
use engagement_document::{Document, Operation};
use engagement_tests::{Arguments, Caller, Outcome, caller, instance, providers, variants};
use serde_json::{Value, json};

#[derive(Clone, Default)]
struct Reports(Arc<Mutex<Vec<String>>>);

impl Observer for Reports {
    fn event(&self, labels: &CallAttributes<'_>, event: &Event<'_>) {
        if let Event::Drift {
            kind,
            type_name,
            field,
            ..
        } = event
        {
            let field = field.map(|name| format!(".{name}")).unwrap_or_default();
            let text = format!("{}: {} {type_name}{field}", labels.operation, kind.as_str());
            self.0.lock().unwrap().push(text);
        }
    }
}

impl Reports {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// Responds to every request with what is set.
struct Responder {
    url: String,
    response: Arc<Mutex<(u16, String)>>,
}

impl Responder {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let response = Arc::new(Mutex::new((200, String::new())));
        let given = Arc::clone(&response);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut head = Vec::new();
                let mut byte = [0];
                while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|n| n == 1) {
                    head.push(byte[0]);
                }
                let head = String::from_utf8_lossy(&head).to_lowercase();
                let length = head
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length: "));
                let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
                stream.read_exact(&mut body).unwrap();
                let (status, body) = given.lock().unwrap().clone();
                let _ = write!(
                    stream,
                    "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                );
            }
        });
        Self { url, response }
    }

    fn responses(&self, status: u16, body: &Value) {
        *self.response.lock().unwrap() = (status, body.to_string());
    }
}

/// A client of a provider whose observer is `reported`.
fn client(provider: &str, url: &str, reported: &Reports) -> Caller {
    caller(provider, url, reported.clone())
}

async fn call(client: &Caller, operation: &Operation) {
    let outcome = client(&operation.id, &mut Arguments::examples(operation)).await;
    assert!(matches!(outcome, Outcome::Response(..)), "{outcome:?}");
}

fn all_operations() -> Vec<(&'static str, Document)> {
    let of = |provider: &providers::Provider| (provider.name, provider.document());
    providers::ALL.iter().map(of).collect()
}

#[tokio::test]
async fn no_documented_example_holds_anything_new() {
    let server = Responder::start();
    let reported = Reports::default();
    let mut responses = 0;
    for (provider, document) in all_operations() {
        let client = client(provider, &server.url, &reported);
        for operation in &document.operations {
            let response = operation.responses.first().unwrap();
            if let Some(example) = &response.example {
                server.responses(response.status, example);
                call(&client, operation).await;
                responses += 1;
            }
        }
    }
    assert_eq!(reported.take(), [""; 0]);
    assert!(responses > 130, "only {responses} examples");
}

#[tokio::test]
async fn drift_is_reported_once_over_three_calls() {
    let server = Responder::start();
    for (provider, operation, words, objects, expected) in [
        (
            "engagebay",
            "contacts_get",
            "/status",
            "",
            &["enum_value ContactStatus", "field Contact.novelty"][..],
        ),
        (
            "engage",
            "users_get",
            "/devices/0/platform",
            "",
            &["enum_value DevicePlatform", "field User.novelty"],
        ),
        (
            "engagespot",
            "notifications_list",
            "/data/0/blocks/0/type",
            "/data/0",
            &["enum_value BlockType", "field Notification.novelty"],
        ),
        (
            "webengage",
            "surveys_get_response",
            "/response/data/questionResponses/0/value/@class",
            "/response/data",
            &["enum_value TypedValue", "field SurveyResponse.novelty"],
        ),
        // All its known responses have free field names.
        ("engageone", "data_sources_list", "", "/0", &[]),
    ] {
        let document = providers::find(provider).unwrap().document();
        let operation = document.operation(operation).unwrap();
        let response = operation.responses.first().unwrap();
        let mut body = response.example.clone().unwrap();
        if !words.is_empty() {
            *body.pointer_mut(words).unwrap() = json!("word-of-tomorrow");
        }
        body.pointer_mut(objects).unwrap()["novelty"] = json!({ "deep": "value of tomorrow" });
        server.responses(response.status, &body);
        let reported = Reports::default();
        let client = client(provider, &server.url, &reported);
        for _ in 0..3 {
            call(&client, operation).await;
        }
        let mut reported = reported.take();
        reported.sort();
        let mut expected: Vec<String> = expected
            .iter()
            .map(|place| format!("{}: {place}", operation.id))
            .collect();
        expected.sort();
        assert_eq!(reported, expected);
    }
}

/// An unknown value or field at any place of any response is reported, except where the document allows any field.
#[tokio::test]
async fn drift_is_reported_everywhere() {
    let server = Responder::start();
    let mut silent: BTreeMap<String, String> = BTreeMap::new();
    let mut places = 0;
    for (provider, document) in all_operations() {
        for operation in &document.operations {
            let response = operation.responses.first().unwrap();
            let Some(schema) = &response.schema else {
                continue;
            };
            let whole = instance(&document.schemas, schema);
            for variant in variants(&document.schemas, schema, &whole) {
                let Some((what, pointer)) =
                    variant.what.split_once(' ').and_then(|(kind, rest)| {
                        let new = kind == "unknown";
                        new.then(|| rest.split_once(' ').unwrap())
                    })
                else {
                    continue;
                };
                places += 1;
                server.responses(response.status, &variant.value);
                let reported = Reports::default();
                let client = client(provider, &server.url, &reported);
                call(&client, operation).await;
                let reported = reported.take();
                match reported.as_slice() {
                    [] => {
                        let line = format!("  {what} {pointer}\n");
                        let id = format!("{provider} {}", operation.id);
                        silent.entry(id).or_default().push_str(&line);
                    }
                    [one] => assert!(
                        match what {
                            "key" => one.contains(": field ") && one.ends_with(".key_of_tomorrow"),
                            _ => one.contains(": enum_value "),
                        },
                        "{} {}: {one}",
                        operation.id,
                        variant.what
                    ),
                    more => panic!("{} {}: {more:?}", operation.id, variant.what),
                }
            }
        }
    }
    let mut text = format!("of {places} places\n");
    for (operation, lines) in silent {
        let _ = write!(text, "{operation}\n{lines}");
    }
    insta::assert_snapshot!("silent_places", text);
}
