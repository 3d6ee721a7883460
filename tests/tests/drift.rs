//! What is new in an answer is told once by the typed clients, and no documented example holds anything new.

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
struct Told(Arc<Mutex<Vec<String>>>);

impl Observer for Told {
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

impl Told {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// Answers every request with what is set.
struct Answering {
    url: String,
    answer: Arc<Mutex<(u16, String)>>,
}

impl Answering {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let answer = Arc::new(Mutex::new((200, String::new())));
        let given = Arc::clone(&answer);
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
        Self { url, answer }
    }

    fn answers(&self, status: u16, body: &Value) {
        *self.answer.lock().unwrap() = (status, body.to_string());
    }
}

/// A client of a provider whose observer is `told`.
fn client(provider: &str, url: &str, told: &Told) -> Caller {
    caller(provider, url, told.clone())
}

async fn call(client: &Caller, operation: &Operation) {
    let outcome = client(&operation.id, &mut Arguments::examples(operation)).await;
    assert!(matches!(outcome, Outcome::Answer(..)), "{outcome:?}");
}

fn all_operations() -> Vec<(&'static str, Document)> {
    let of = |provider: &providers::Provider| (provider.name, provider.document());
    providers::ALL.iter().map(of).collect()
}

#[tokio::test]
async fn no_documented_example_holds_anything_new() {
    let server = Answering::start();
    let told = Told::default();
    let mut answers = 0;
    for (provider, document) in all_operations() {
        let client = client(provider, &server.url, &told);
        for operation in &document.operations {
            let answer = operation.responses.first().unwrap();
            if let Some(example) = &answer.example {
                server.answers(answer.status, example);
                call(&client, operation).await;
                answers += 1;
            }
        }
    }
    assert_eq!(told.take(), [""; 0]);
    assert!(answers > 130, "only {answers} examples");
}

#[tokio::test]
async fn drift_is_reported_once_over_three_calls() {
    let server = Answering::start();
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
        // Everything that it is known to answer has free keys.
        ("engageone", "data_sources_list", "", "/0", &[]),
    ] {
        let document = providers::find(provider).unwrap().document();
        let operation = document.operation(operation).unwrap();
        let answer = operation.responses.first().unwrap();
        let mut body = answer.example.clone().unwrap();
        if !words.is_empty() {
            *body.pointer_mut(words).unwrap() = json!("word-of-tomorrow");
        }
        body.pointer_mut(objects).unwrap()["novelty"] = json!({ "deep": "value of tomorrow" });
        server.answers(answer.status, &body);
        let told = Told::default();
        let client = client(provider, &server.url, &told);
        for _ in 0..3 {
            call(&client, operation).await;
        }
        let mut told = told.take();
        told.sort();
        let mut expected: Vec<String> = expected
            .iter()
            .map(|place| format!("{}: {place}", operation.id))
            .collect();
        expected.sort();
        assert_eq!(told, expected);
    }
}

/// An unknown word or key at any place of any answer is told, except where the document leaves the keys free.
#[tokio::test]
async fn drift_is_reported_everywhere() {
    let server = Answering::start();
    let mut silent: BTreeMap<String, String> = BTreeMap::new();
    let mut places = 0;
    for (provider, document) in all_operations() {
        for operation in &document.operations {
            let answer = operation.responses.first().unwrap();
            let Some(schema) = &answer.schema else {
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
                server.answers(answer.status, &variant.value);
                let told = Told::default();
                let client = client(provider, &server.url, &told);
                call(&client, operation).await;
                let told = told.take();
                match told.as_slice() {
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
