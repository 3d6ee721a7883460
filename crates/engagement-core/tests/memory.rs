//! How much memory decoding takes, by every way into an answer.

#[path = "support/mod.rs"]
mod support;

use engagement_core::{Answer, Credential, Error, ErrorKind, Extra, RawResponse, RetryPolicy};
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
    extra: Extra,
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

type Decode = fn(Answer) -> Result<(), Error>;

/// Every way, and what has to stand before and after a list of contacts for it.
const WAYS: &[(&str, Decode, &str, &str)] = &[
    (
        "json",
        |answer| answer.json::<Vec<Contact>>().map(drop),
        "[",
        "]",
    ),
    ("one", |answer| answer.one::<Contact>().map(drop), "[", "]"),
    (
        "one, bare",
        |answer| answer.one::<Vec<Vec<Contact>>>().map(drop),
        "[[[",
        "]]]",
    ),
    (
        "optional",
        |answer| answer.optional::<Vec<Contact>>().map(drop),
        "[",
        "]",
    ),
    ("value", |answer| answer.value().map(drop), "[", "]"),
    (
        "part",
        |answer| answer.part::<Vec<Contact>>(&["response", "data"]).map(drop),
        r#"{"status": [{}], "response": {"data": ["#,
        "]}}",
    ),
    (
        "part_optional",
        |answer| answer.part_optional::<Vec<Contact>>(&["data"]).map(drop),
        r#"{"data": ["#,
        "]}",
    ),
    (
        "whole",
        |answer| {
            let part = answer.part::<Value>(&["page"])?;
            part.whole::<Value>().map(drop)
        },
        r#"{"page": 1, "data": ["#,
        "]}",
    ),
];

fn filled(before: &str, element: &str, after: &str, length: usize) -> String {
    let elements = vec![element; length / (element.len() + 1)].join(",");
    format!("{before}{elements}{after}")
}

async fn answer(body: &str, limit: usize) -> Answer {
    let server = TestServer::once(json(body)).await;
    let client = client(&server).with(|call| call.max_body_bytes(limit));
    client.call(&CONTACTS_LIST).send().await.unwrap()
}

async fn raw(body: &str, limit: usize) -> RawResponse {
    let server = TestServer::once(json(body)).await;
    let client = client(&server).with(|call| call.max_body_bytes(limit));
    let request = client.request(engagement_core::Method::GET, "/contacts");
    request.send().await.unwrap()
}

/// What `decode` gives, and the most that it allocated at once.
fn peak<T>(decode: impl FnOnce() -> T) -> (T, usize) {
    MEMORY.reset_peak_usage();
    let before = MEMORY.current_usage();
    let value = decode();
    (value, MEMORY.peak_usage().saturating_sub(before))
}

fn assert_refused(way: &str, result: (Result<(), Error>, usize), limit: usize) {
    let (result, taken) = result;
    let error = result.expect_err(way);
    assert_eq!(error.kind(), ErrorKind::Decode, "{way}");
    let text = error.to_string();
    let memory = format!(
        "decoding the body would take more than {} bytes of memory",
        4 * limit
    );
    assert!(
        text.contains(&memory) && text.contains("raise `max_body_bytes`"),
        "{way}: {text}"
    );
    assert!(taken <= 4 * limit + FIXED, "{way}: {taken} bytes");
    assert!(
        taken > limit,
        "{way}: only {taken} bytes, so nothing was tried"
    );
}

/// One test, because the allocator counts for all threads.
#[tokio::test]
async fn decoding_takes_no_more_memory_than_the_limit_of_the_body_allows() {
    let honest = r#"{"id": 5766466041282560, "name": "Ada Example", "email": "ada.example@mail.example", "owner": "5766466041282561", "tags": ["customer", "programme of 2024"], "created": "2024-05-01T12:00:00Z"}"#;
    for &(way, decode, before, after) in WAYS {
        // The densest of all: three bytes for each of the structs.
        let dense = filled(before, "{}", after, MIB - 100);
        let dense = answer(&dense, MIB).await;
        assert_refused(way, peak(|| decode(dense)), MIB);

        let page = filled(before, honest, after, 5 * MIB);
        let page = answer(&page, 16 * MIB).await;
        let (result, taken) = peak(|| decode(page));
        match (way, result) {
            ("one", Err(error)) => assert!(error.to_string().contains("values where one was")),
            (way, result) => result.unwrap_or_else(|error| panic!("{way}: {error}")),
        }
        assert!(taken <= 64 * MIB, "{way}: {taken} bytes");
        println!(
            "{way}: an honest page takes {:.2} times its length",
            taken as f64 / (5 * MIB) as f64
        );
    }

    // The same for requests that no operation describes.
    let dense = raw(&filled("[", "{}", "]", MIB - 100), MIB).await;
    let decode = || dense.json::<Vec<Contact>>().map(drop);
    assert_refused("raw", peak(decode), MIB);

    // What a value holds in maps, in lists of lists, and as text.
    let mut entries = String::from("{");
    for at in 0..100_000 {
        entries.push_str(&format!("\"{at:x}\":0,"));
    }
    entries.push_str("\"\":0}");
    for (what, body) in [
        ("entries", entries),
        ("objects", filled("[", r#"{"":0}"#, "]", MIB - 100)),
        ("numbers", filled("[", "0", "]", MIB - 100)),
        ("lists", filled("[", "[0]", "]", MIB - 100)),
        ("unknown keys", filled("[", r#"{"a":0}"#, "]", MIB - 100)),
    ] {
        let one = answer(&body, MIB).await;
        assert_refused(what, peak(|| one.value().map(drop)), MIB);
    }
    let extra = answer(&filled("[", r#"{"a":0}"#, "]", MIB - 100), MIB).await;
    let decode = || extra.json::<Vec<Contact>>().map(drop);
    assert_refused("unknown keys of structs", peak(decode), MIB);

    // Levels without end cost nothing where they are skipped, and are told in few words.
    let deep = format!(r#"{{"skipped": {}"#, "[".repeat(MIB - 100));
    let deep = answer(&deep, MIB).await;
    let (result, taken) = peak(|| deep.part::<Value>(&["data"]).map(drop));
    assert!(result.unwrap_err().to_string().len() < 1000);
    assert!(taken <= 4 * MIB + FIXED, "{taken} bytes");

    // A text where another type is expected, which serde's own error would repeat.
    let text = answer(&format!("\"{}\"", "\u{200b}".repeat(300_000)), MIB).await;
    let (result, taken) = peak(|| text.json::<i64>().map(drop));
    assert!(
        result
            .unwrap_err()
            .to_string()
            .contains("invalid type: string, expected i64")
    );
    assert!(taken <= 4 * MIB + FIXED, "{taken} bytes");

    // No JSON at all, of bytes each of which takes three when it is replaced.
    let server = TestServer::once(reply("200 OK", "application/json", vec![0xFF; MIB - 100])).await;
    let call = client(&server).with(|call| call.max_body_bytes(MIB));
    let binary = call.call(&CONTACTS_LIST).send().await.unwrap();
    let (result, taken) = peak(|| binary.json::<Value>().map(drop));
    assert!(result.is_err());
    assert!(taken <= MIB, "{taken} bytes");

    forms().await;
}

/// A form is the texts that were given, once, and what is made of them, once: three bytes for one at most.
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
        let error = call.send().await.map(drop).unwrap_err();
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
