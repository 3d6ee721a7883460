//! The result of every operation whose successful response has an undocumented body.
//!
//! A required value is decoded, or the error says that the provider accepted the call. An optional value, bytes and an
//! operation without a value never cause an error. Each call sends one request.
//!
//! The snapshots have the result of each operation.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use engagement_core::observe::{CallAttributes, Event, Observer};
use engagement_core::{Error, ErrorKind, RetryPolicy};
use engagement_document::Operation;
use engagement_faults::Response;
use engagement_tests::{Arguments, Outcome, caller, providers};
use serde_json::Value;
use support::Responder;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    /// `T`.
    Documented,
    /// `Bytes`: any body is valid.
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
            // No operation returns `Option<T>` with an error for a body that is no `T`.
            assert!(!operation.may_be_empty(), "{}", operation.id);
            Documented
        }
        None => Nothing,
    }
}

/// Operations of EngageBay, all of which only read, that respond with 204 if there is no such record
/// (`x-not-found-statuses`).
const NOT_FOUND_WITH_204: &[&str] = &[
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

/// Operations that may return the record as the one element of an array, so that an empty array means that there is no such
/// record. `tracks_create` does so too, but a missing new track is an error.
const NOT_FOUND_WITH_EMPTY_ARRAY: &[&str] = &["contacts_get", "contacts_get_by_email"];

/// Placeholder for an object if the example is an array, otherwise for an array.
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
enum CallResult {
    /// A value.
    Decoded,
    /// `None`, `()`, or `null` as a value of any JSON.
    Null,
    /// An error that says that the provider accepted the call.
    Accepted,
    /// There is no such record.
    NotFound,
}
use CallResult::{Accepted, Decoded, NotFound, Null};

/// The results of a 200 with a body. Null is a documented value of some operations.
const RESULTS: [(&str, Class, &[CallResult]); 12] = [
    ("", Documented, &[Null, Accepted]),
    ("OK", Documented, &[Accepted]),
    ("null", Documented, &[Null, Accepted]),
    ("{}", Documented, &[Decoded, Accepted]),
    ("[]", Documented, &[Decoded, Accepted, NotFound]),
    (OTHER, Documented, &[Decoded, Accepted]),
    ("", Optional, &[Null]),
    ("OK", Optional, &[Null]),
    ("null", Optional, &[Null]),
    ("{}", Optional, &[Decoded, Null]),
    ("[]", Optional, &[Decoded, Null]),
    (OTHER, Optional, &[Decoded, Null]),
];

/// The results of a 204, which has no body even if bytes follow.
const RESULTS_OF_204: [(Class, &[CallResult]); 2] = [
    (Documented, &[Null, Accepted, NotFound]),
    (Optional, &[Null]),
];

fn expected(status: u16, body: &str, class: Class) -> BTreeSet<CallResult> {
    let results: &[CallResult] = match class {
        Bytes => &[Decoded],
        Nothing => &[Null],
        _ if status == 204 => RESULTS_OF_204.iter().find(|row| row.0 == class).unwrap().1,
        _ => {
            let mut rows = RESULTS.iter();
            rows.find(|row| (row.0, row.1) == (body, class)).unwrap().2
        }
    };
    results.iter().copied().collect()
}

struct Silent;

impl Observer for Silent {
    fn event(&self, _: &CallAttributes<'_>, _: &Event<'_>) {}
}

#[tokio::test]
async fn every_operation() {
    let server = Responder::start().await;
    let mut results: BTreeMap<_, BTreeSet<CallResult>> = BTreeMap::new();
    let mut not_found: BTreeMap<_, Vec<String>> = BTreeMap::new();
    let mut sent = 0;
    for provider in providers::ALL {
        let document = provider.document();
        let client = caller(provider.name, &server.url(), RetryPolicy::default(), Silent);
        let mut rows = String::new();
        for operation in &document.operations {
            let class = class(operation);
            write!(rows, "{}: {class:?};", operation.id).unwrap();
            for status in [200, 204] {
                let mut row = Vec::new();
                for (content_type, body) in BODIES {
                    let id = &operation.id;
                    let what = format!("{id}, response {status} with `{body}`");
                    let text = if body == OTHER {
                        other(operation)
                    } else {
                        body
                    };
                    let response = Response::new(format!("{status} X"));
                    server.set(response.header("content-type", content_type).body(text));
                    let result = client(id, &mut Arguments::examples(operation)).await;
                    sent += 1;
                    assert_eq!(server.requests().len(), sent, "{what}");
                    let result = match result {
                        Outcome::Response(responded, value) => {
                            assert_eq!(responded, status, "{what}");
                            if value.is_null() { Null } else { Decoded }
                        }
                        Outcome::Failed(error) => failure(&what, operation, status, &error),
                        other => panic!("{what}: {other:?}"),
                    };
                    if result == NotFound {
                        let ids = not_found.entry((status, body)).or_default();
                        ids.push(id.clone());
                    }
                    results
                        .entry((status, body, class))
                        .or_default()
                        .insert(result);
                    row.push(format!("`{body}` {result:?}"));
                }
                write!(rows, " {status}: {};", row.join(", ")).unwrap();
            }
            rows.push('\n');
        }
        insta::assert_snapshot!(format!("results_{}", provider.name), rows);
    }

    // Two statuses, and four classes of operations.
    assert_eq!(results.len(), 2 * BODIES.len() * 4);
    for ((status, body, class), found) in results {
        let want = expected(status, body, class);
        assert_eq!(found, want, "{class:?}, {status} with `{body}`");
    }
    for ((status, body), mut ids) in not_found {
        ids.sort();
        let exceptions = match (status, body) {
            (204, _) => NOT_FOUND_WITH_204,
            (_, "[]") => NOT_FOUND_WITH_EMPTY_ARRAY,
            _ => &[],
        };
        assert_eq!(ids, exceptions, "{status} with `{body}`");
    }
}

/// Checks an error. It is of kind `Decode` and says that the call was accepted, or it is one of the exceptions.
fn failure(what: &str, operation: &Operation, status: u16, error: &Error) -> CallResult {
    let what = format!("{what}: {error}");
    assert_eq!(error.status().map(|it| it.as_u16()), Some(status), "{what}");
    assert_eq!(error.attempts(), 1, "{what}");
    let is_stated = error
        .to_string()
        .ends_with(": the provider accepted the call, so do not repeat it");
    if error.is_not_found() {
        // The call changed nothing and can be repeated.
        assert!(operation.idempotent, "{what}");
        assert_eq!(error.kind(), ErrorKind::Api, "{what}");
        assert!(!error.was_accepted() && !is_stated, "{what}");
        return NotFound;
    }
    assert_eq!(error.kind(), ErrorKind::Decode, "{what}");
    assert!(error.was_accepted(), "{what}");
    // Callers may repeat idempotent operations.
    assert_eq!(is_stated, !operation.idempotent, "{what}");
    Accepted
}
