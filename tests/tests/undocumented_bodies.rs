//! What every operation makes of a success whose body its document doesn't describe.
//!
//! There are three classes. What is documented is a value, or an error which says that the provider accepted the call.
//! What is sometimes absent, and what nobody needs, is never an error: the call was carried out. Whatever comes, the call
//! is sent once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use engagement_core::observe::{CallAttributes, Event, Observer};
use engagement_core::{Error, ErrorKind};
use engagement_document::Operation;
use engagement_faults::{FaultServer, Response};
use engagement_tests::{Arguments, Outcome, caller, providers};
use serde_json::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    /// `T`.
    Documented,
    /// `Bytes`, which any body is.
    Bytes,
    /// `Option<T>`, by `x-optional-response`.
    Optional,
    /// `()`.
    Nothing,
}
use Class::{Bytes, Documented, Nothing, Optional};

fn class(operation: &Operation) -> Class {
    let documented = operation.typed_response().is_some();
    match operation.optional_response {
        Some(_) => Optional,
        None if operation.returns_bytes() => Bytes,
        None if documented => {
            // Half of a class: `Option<T>`, which is an error where it is not empty and no `T`.
            assert!(!operation.may_be_empty(), "{}", operation.id);
            Documented
        }
        None => Nothing,
    }
}

/// How many operations there are of each class.
const CLASSES: [(Class, usize); 4] = [(Documented, 118), (Bytes, 4), (Optional, 21), (Nothing, 53)];

/// An empty response with status 204 is how EngageBay says that there is no such record, and its document says so of
/// these, all of which only read (`x-not-found-statuses`).
const NOTHING_IS_NOT_FOUND: &[&str] = &[
    "companies_get",
    "contacts_find_by_email",
    "contacts_get",
    "contacts_get_by_email",
    "deals_get",
    "products_get",
    "products_get_by_name",
    "tasks_get",
    "tickets_get",
    "tickets_get_alt",
    "tracks_get",
];

/// These may return the record as the one element of an array: without an element there is no such record. Of
/// `tracks_create`, which does so too, it is an error that the new track is missing.
const NO_ELEMENT_IS_NOT_FOUND: &[&str] = &["contacts_get", "contacts_get_by_email"];

/// What stands for an object where the document has an array, and for an array where it has anything else.
const OTHER: &str = "other";

const BODIES: [(&str, &str); 6] = [
    ("application/json", ""),
    ("text/plain", "OK"),
    ("application/json", "null"),
    ("application/json", "{}"),
    ("application/json", "[]"),
    ("application/json", OTHER),
];

fn other(operation: &Operation) -> &'static str {
    let example = operation
        .responses
        .iter()
        .find_map(|it| it.example.as_ref());
    if example.is_some_and(Value::is_array) {
        r#"{"id":1}"#
    } else {
        r#"[{"id":1}]"#
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Came {
    /// A value.
    Value,
    /// `None`, `()`, or `null` as a value of any JSON.
    Null,
    /// An error which says that the provider accepted the call.
    Accepted,
    /// There is no such record.
    NotFound,
}
use Came::{Accepted, NotFound, Null};

type Counts = &'static [(Came, usize)];

/// How often each came of a 200 with a body.
const CAME: [(&str, Class, Counts); 12] = [
    ("", Documented, &[(Null, 6), (Accepted, 112)]),
    ("OK", Documented, &[(Accepted, 118)]),
    ("null", Documented, &[(Null, 6), (Accepted, 112)]),
    ("{}", Documented, &[(Came::Value, 32), (Accepted, 86)]),
    (
        "[]",
        Documented,
        &[(Came::Value, 29), (Accepted, 87), (NotFound, 2)],
    ),
    (OTHER, Documented, &[(Came::Value, 6), (Accepted, 112)]),
    ("", Optional, &[(Null, 21)]),
    ("OK", Optional, &[(Null, 21)]),
    ("null", Optional, &[(Null, 21)]),
    ("{}", Optional, &[(Came::Value, 16), (Null, 5)]),
    ("[]", Optional, &[(Came::Value, 8), (Null, 13)]),
    (OTHER, Optional, &[(Came::Value, 8), (Null, 13)]),
];

/// A 204 has no body, whatever is sent after it.
const CAME_OF_204: [(Class, Counts); 2] = [
    (Documented, &[(Null, 6), (Accepted, 101), (NotFound, 11)]),
    (Optional, &[(Null, 21)]),
];

fn expected(status: u16, body: &str, class: Class) -> BTreeMap<Came, usize> {
    let rows: Counts = match class {
        Bytes => &[(Came::Value, 4)],
        Nothing => &[(Null, 53)],
        _ if status == 204 => CAME_OF_204.iter().find(|row| row.0 == class).unwrap().1,
        _ => {
            CAME.iter()
                .find(|row| (row.0, row.1) == (body, class))
                .unwrap()
                .2
        }
    };
    rows.iter().copied().collect()
}

struct Silent;

impl Observer for Silent {
    fn event(&self, _: &CallAttributes<'_>, _: &Event<'_>) {}
}

#[tokio::test]
async fn every_operation() {
    let response = Arc::new(Mutex::new(Response::new("200 OK")));
    let given = Arc::clone(&response);
    let server = FaultServer::start(move |_| given.lock().unwrap().clone());
    let server = server.await.unwrap();

    let mut classes: BTreeMap<Class, usize> = BTreeMap::new();
    let mut came: BTreeMap<_, BTreeMap<Came, usize>> = BTreeMap::new();
    let mut not_found: BTreeMap<_, Vec<String>> = BTreeMap::new();
    let mut sent = 0;
    for provider in providers::ALL {
        let document = provider.document();
        let client = caller(provider.name, &server.url(), Silent);
        for operation in &document.operations {
            let class = class(operation);
            *classes.entry(class).or_default() += 1;
            for status in [200, 204] {
                for (content_type, body) in BODIES {
                    let id = &operation.id;
                    let what = format!("{id}, responded with {status} and `{body}`");
                    let text = if body == OTHER {
                        other(operation)
                    } else {
                        body
                    };
                    *response.lock().unwrap() = Response::new(format!("{status} X"))
                        .header("connection", "close")
                        .header("content-type", content_type)
                        .body(text);
                    let outcome = client(id, &mut Arguments::examples(operation)).await;
                    sent += 1;
                    assert_eq!(server.requests().len(), sent, "{what}");
                    let outcome = match outcome {
                        Outcome::Response(responded, value) => {
                            assert_eq!(responded, status, "{what}");
                            if value.is_null() { Null } else { Came::Value }
                        }
                        Outcome::Failed(error) => failure(&what, operation, status, &error),
                        other => panic!("{what}: {other:?}"),
                    };
                    if outcome == NotFound {
                        not_found
                            .entry((status, body))
                            .or_default()
                            .push(id.clone());
                    }
                    let counts = came.entry((status, body, class)).or_default();
                    *counts.entry(outcome).or_default() += 1;
                }
            }
        }
    }

    assert_eq!(sent, 196 * 2 * BODIES.len());
    assert_eq!(classes, BTreeMap::from(CLASSES));
    for ((status, body, class), counts) in came {
        let want = expected(status, body, class);
        assert_eq!(counts, want, "{class:?}, {status} with `{body}`");
    }
    for ((status, body), mut ids) in not_found {
        ids.sort();
        let exceptions = match (status, body) {
            (204, _) => NOTHING_IS_NOT_FOUND,
            (_, "[]") => NO_ELEMENT_IS_NOT_FOUND,
            _ => &[],
        };
        assert_eq!(ids, exceptions, "{status} with `{body}`");
    }
}

/// What an error may be: of kind `Decode`, with all that keeps a caller from repeating the call; or one of the exceptions.
fn failure(what: &str, operation: &Operation, status: u16, error: &Error) -> Came {
    let what = format!("{what}: {error}");
    assert_eq!(error.status().map(|it| it.as_u16()), Some(status), "{what}");
    assert_eq!(error.attempts(), 1, "{what}");
    let says = error
        .to_string()
        .ends_with(": the provider accepted the call, so do not repeat it");
    if error.is_not_found() {
        // Nothing was done, and nothing is lost by asking once more.
        assert!(operation.idempotent, "{what}");
        assert_eq!(error.kind(), ErrorKind::Api, "{what}");
        assert!(!error.was_accepted() && !says, "{what}");
        return NotFound;
    }
    assert_eq!(error.kind(), ErrorKind::Decode, "{what}");
    assert!(error.was_accepted(), "{what}");
    // Repeating what is harmless to repeat is left to the caller.
    assert_eq!(says, !operation.idempotent, "{what}");
    Accepted
}
