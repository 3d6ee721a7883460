//! How much memory decoding takes, by every way to read a response.

#[path = "support/mod.rs"]
mod support;

use std::sync::atomic::{AtomicUsize, Ordering};

use engagement_core::{
    Attributes, Credential, Error, ErrorKind, RawResponse, Response, RetryPolicy,
};
use peak_alloc::PeakAlloc;
use serde_json::Value;

use support::*;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const MIB: usize = 1024 * 1024;

/// What an error takes: its texts, the part of the body that it keeps, the headers.
const FIXED: usize = 128 * 1024;

struct Contact {
    id: Option<i64>,
    name: Option<String>,
    email: Option<String>,
    owner: Option<String>,
    tags: Option<Vec<String>>,
    extra: Attributes,
}

engagement_core::wire_object! {
    Contact {
        optional id: "id",
        optional name: "name",
        optional email: "email",
        optional owner: "owner",
        optional tags: "tags",
    } extra
}

/// Every way to read a response, and what comes before and after a list of contacts in its body.
const WAYS: &[(&str, Read<()>, &str, &str)] = &[
    (
        "json",
        |response| measured(|| response.into_json::<Vec<Contact>>()),
        "[",
        "]",
    ),
    (
        "one",
        |response| measured(|| response.into_single::<Contact>()),
        "[",
        "]",
    ),
    (
        "one, bare",
        |response| measured(|| response.into_single::<Vec<Vec<Contact>>>()),
        "[[[",
        "]]]",
    ),
    (
        "optional",
        |response| measured(|| response.into_optional::<Vec<Contact>>()),
        "[",
        "]",
    ),
    (
        "value",
        |response| measured(|| response.into_value()),
        "[",
        "]",
    ),
    (
        "part",
        |response| measured(|| response.into_json_at_path::<Vec<Contact>>(&["response", "data"])),
        r#"{"status": [{}], "response": {"data": ["#,
        "]}}",
    ),
    (
        "part_optional",
        |response| measured(|| response.into_optional_at_path::<Vec<Contact>>(&["data"])),
        r#"{"data": ["#,
        "]}",
    ),
    (
        "whole",
        |response| {
            measured(|| {
                let part = response.into_json_at_path::<Value>(&["page"])?;
                part.full_body::<Value>()?;
                Ok(part)
            })
        },
        r#"{"page": 1, "data": ["#,
        "]}",
    ),
];

fn filled(before: &str, element: &str, after: &str, length: usize) -> String {
    let elements = vec![element; length / (element.len() + 1)].join(",");
    format!("{before}{elements}{after}")
}

/// The result of a body, and the most that decoding it allocated at once.
async fn decoded(
    body: impl AsRef<[u8]>,
    max_values: usize,
    read: Read<()>,
) -> (Result<(), Error>, usize) {
    let server = TestServer::once(reply("200 OK", "application/json", body)).await;
    let client = client(&server).with(|call| call.max_values(max_values));
    let outcome = client.call(&CONTACTS_LIST).send(read).into_call().await;
    (outcome, TAKEN.load(Ordering::SeqCst))
}

async fn raw(body: &str) -> RawResponse {
    let server = TestServer::once(json(body)).await;
    let client = client(&server);
    let request = client.request(engagement_core::Method::GET, "/contacts");
    request.send().await.unwrap()
}

/// The result of `decode`, and the most that it allocated at once.
fn peak<T>(decode: impl FnOnce() -> T) -> (T, usize) {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let value = decode();
    (value, MEMORY.peak_usage().saturating_sub(before))
}

static TAKEN: AtomicUsize = AtomicUsize::new(0);

/// Measures what `decode` takes where a response is decoded.
fn measured<T>(decode: impl FnOnce() -> Result<Response<T>, Error>) -> Result<Response<()>, Error> {
    let (response, taken) = peak(decode);
    TAKEN.store(taken, Ordering::SeqCst);
    response.map(|response| response.map(drop))
}

fn assert_refused(way: &str, result: (Result<(), Error>, usize), limit: usize) {
    let (result, taken) = result;
    let error = result.expect_err(way);
    assert_eq!(error.kind(), ErrorKind::BodyTooLarge, "{way}");
    let text = error.to_string();
    let limit = format!("the body holds more than the limit of {limit} JSON values");
    assert!(text.contains(&limit), "{way}: {text}");
    assert!(taken <= FIXED, "{way}: {taken} bytes");
}

/// The limit that is not set.
const MAX_VALUES: usize = 500_000;

/// One test, because the allocator counts for all threads.
#[tokio::test]
async fn the_number_of_values_limits_the_memory_of_decoding() {
    let honest = r#"{"id": 5766466041282560, "name": "Ada Example", "email": "ada.example@mail.example", "owner": "5766466041282561", "tags": ["customer", "programme of 2024"], "created": "2024-05-01T12:00:00Z"}"#;
    for &(way, decode, before, after) in WAYS {
        // The densest of all: three bytes for each of the structs.
        let dense = filled(before, "{}", after, 16 * MIB - 100);
        assert_refused(way, decoded(dense, MAX_VALUES, decode).await, MAX_VALUES);

        let page = filled(before, honest, after, 5 * MIB);
        let (result, taken) = decoded(page, MAX_VALUES, decode).await;
        match (way, result) {
            ("one", Err(error)) => assert!(error.to_string().contains("values where one was")),
            (way, result) => result.unwrap_or_else(|error| panic!("{way}: {error}")),
        }
        // Unknown fields are JSON values, which are three times as large with `preserve_order` of serde_json.
        assert!(taken <= 48 * MIB, "{way}: {taken} bytes");
        println!(
            "{way}: an honest page takes {:.2} times its length",
            taken as f64 / (5 * MIB) as f64
        );
    }

    // The same for requests that no operation describes.
    let dense = raw(&filled("[", "{}", "]", 16 * MIB - 100)).await;
    let decode = || dense.json::<Vec<Contact>>().map(drop);
    assert_refused("raw", peak(decode), MAX_VALUES);

    // As many as the limit are decoded, and the memory is that of the values.
    let full = filled("[", "{}", "]", 3 * (MAX_VALUES - 1));
    let contacts: Read<()> = |response| measured(|| response.into_json::<Vec<Contact>>());
    let (result, taken) = decoded(&full, MAX_VALUES, contacts).await;
    result.unwrap();
    // While a vector grows, its old buffer is there beside the new one.
    let most = 2 * MAX_VALUES * size_of::<Contact>();
    assert!(taken <= most, "{taken} bytes");
    assert!(taken > MAX_VALUES * size_of::<Contact>(), "{taken} bytes");
    let one_less = decoded(&full, MAX_VALUES - 1, contacts).await;
    assert_refused("one less", one_less, MAX_VALUES - 1);

    // Brackets without end need one byte each where they are skipped, and the error is short.
    let deep = format!(r#"{{"skipped": {}"#, "[".repeat(MIB - 100));
    let part: Read<()> = |response| measured(|| response.into_json_at_path::<Value>(&["data"]));
    let (result, taken) = decoded(deep, 2 * MIB, part).await;
    assert!(result.unwrap_err().to_string().len() < 1000);
    assert!(taken <= 4 * MIB, "{taken} bytes");

    // A string where another type is expected, which serde's own error repeats.
    let text = format!("\"{}\"", "\u{200b}".repeat(300_000));
    let number: Read<()> = |response| measured(|| response.into_json::<i64>());
    let (result, taken) = decoded(text, MAX_VALUES, number).await;
    assert!(
        result
            .unwrap_err()
            .to_string()
            .contains("invalid type: string, expected i64")
    );
    assert!(taken <= 16 * MIB, "{taken} bytes");

    // Not JSON at all, of bytes each of which takes three when it is replaced.
    let any: Read<()> = |response| measured(|| response.into_json::<Value>());
    let (result, taken) = decoded(vec![0xFF; MIB - 100], MAX_VALUES, any).await;
    assert!(result.is_err());
    assert!(taken <= MIB, "{taken} bytes");

    forms().await;
}

/// A form takes one copy of each text and the bytes that are sent, three for one at most.
async fn forms() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", closed.local_addr().unwrap());
    drop(closed);
    let client = builder()
        .base_url(url)
        .credential("header", Credential::header("test-key"))
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    for (fields, length) in [(1, 4 * MIB), (64, MIB / 16), (2048, 2048)] {
        let text = "é".repeat(length / 2);
        MEMORY.reset_peak_usage();
        let before = MEMORY.current_usage();
        let mut call = client.0.call(&CONTACTS_CREATE);
        for _ in 0..fields {
            call.form("note", &text);
        }
        let error = call.send(RawResponse::into_empty).await.unwrap_err();
        let taken = MEMORY.peak_usage().saturating_sub(before);
        assert_eq!(error.kind(), ErrorKind::Connect);
        let given = fields * length;
        println!(
            "a form of {fields} texts takes {:.2} times their length",
            taken as f64 / given as f64
        );
        assert!(
            taken <= 4 * given + FIXED,
            "{taken} bytes for {fields} x {length}"
        );
        assert!(taken > 3 * given, "only {taken} bytes, so nothing was made");
    }
}
