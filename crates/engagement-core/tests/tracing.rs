//! All spans and events: their fields, which contain no values of a caller or a provider.
//!
//! A program of its own, because its subscriber is installed for the process.

mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::{Mutex, Once};
use std::time::Duration;

use engagement_core::{Attributes, Credential, Method, RawResponse, RetryPolicy, wire_object};
use tokio::task::yield_now;
use tracing::field::{Field, Visit};
use tracing::span::{Id, Record};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use support::*;

/// Lines of text, in order.
static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());
static FIELDS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

struct Recorder;

/// The text of the recorded fields.
struct Values(String);

impl Visit for Values {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        FIELDS.lock().unwrap().insert(field.name());
        let _ = match field.name() {
            "message" => write!(self.0, " {value:?}"),
            name => write!(self.0, " {name}={value:?}"),
        };
    }

    fn record_u64(&mut self, field: &Field, _: u64) {
        panic!("{field} should be an i64: bridges convert u64 to text");
    }
}

impl Recorder {
    fn line<S>(&self, context: &Context<'_, S>, start: String, record: impl FnOnce(&mut Values))
    where
        S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
    {
        let mut values = Values(start);
        record(&mut values);
        let depth = std::iter::successors(context.lookup_current(), |span| span.parent()).count();
        let line = format!("{}{}", "  ".repeat(depth), values.0);
        LINES.lock().unwrap().push(line);
    }
}

fn is_ours(metadata: &tracing::Metadata<'_>) -> bool {
    metadata.target().starts_with("engagement_core")
}

impl<S> Layer<S> for Recorder
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
{
    fn on_new_span(
        &self,
        attributes: &tracing::span::Attributes<'_>,
        _: &Id,
        context: Context<'_, S>,
    ) {
        if is_ours(attributes.metadata()) {
            let start = format!("{} {{", attributes.metadata().name());
            self.line(&context, start, |values| attributes.record(values));
        }
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, context: Context<'_, S>) {
        let metadata = context.metadata(id).unwrap();
        if is_ours(metadata) {
            let start = format!("{} +", metadata.name());
            self.line(&context, start, |values| record.record(values));
        }
    }

    fn on_event(&self, event: &tracing::Event<'_>, context: Context<'_, S>) {
        let metadata = event.metadata();
        if is_ours(metadata) {
            let start = metadata.level().to_string();
            self.line(&context, start, |values| event.record(values));
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let metadata = context.metadata(&id).unwrap();
        if is_ours(metadata) {
            self.line(&context, format!("}} {}", metadata.name()), |_| {});
        }
    }
}

/// Clears the lines. Only one test records at a time.
async fn record() -> tokio::sync::MutexGuard<'static, ()> {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| tracing_subscriber::registry().with(Recorder).init());
    let alone = ALONE.lock().await;
    LINES.lock().unwrap().clear();
    FIELDS.lock().unwrap().clear();
    alone
}

fn lines() -> Vec<String> {
    std::mem::take(&mut LINES.lock().unwrap())
}

struct Contact {
    extra: Attributes,
}
wire_object! { Contact {} extra }

fn without_backoff() -> RetryPolicy {
    RetryPolicy::new().transient_base(Duration::ZERO)
}

#[tokio::test]
async fn a_retried_call() {
    let _alone = record().await;
    let server = TestServer::start([with_headers("503 X", "", ""), json("{}")]).await;
    let client = client(&server).with(|call| call.retry(without_backoff()));
    let mut call = client.call(&CONTACTS_GET);
    call.path("id", &7);
    call.send(RawResponse::into_empty).await.unwrap();
    let port = server.address().port();
    let request = |count: &str| {
        format!(
            r#"  request {{ otel.name=GET /contacts/{{id}} otel.kind="client" http.request.method="GET"{count} url.template="/contacts/{{id}}" server.address="127.0.0.1" server.port={port}"#
        )
    };
    // The resolution of timers is a millisecond.
    let mut traced = lines();
    for line in &mut traced {
        if let Some(at) = line.find(" engagement.waited_ms=") {
            line.truncate(at);
        }
    }
    assert_eq!(
        traced,
        [
            r#"call { otel.name=acme contacts_get engagement.provider="acme" engagement.operation="contacts_get""#,
            &request(""),
            r"  request + http.response.status_code=503",
            r#"  request + error.type="503""#,
            r#"  request + otel.status_code="error""#,
            r"  } request",
            r#"  DEBUG retrying engagement.provider="acme" engagement.operation="contacts_get" engagement.attempt=1 engagement.retry.reason="status" engagement.retry.budget_left=486 engagement.wait_ms=0 http.response.status_code=503"#,
            &request(" http.request.resend_count=1"),
            r"  request + http.response.status_code=200",
            r"  } request",
            r"  call + engagement.attempts=2",
            r"  call +",
            r"} call",
        ]
    );
}

#[tokio::test]
async fn a_dropped_call() {
    let _alone = record().await;
    let server = TestServer::once(Reply::ThenNothing(Vec::new())).await;
    let call = tokio::spawn(send_empty(&client(&server), &CONTACTS_LIST));
    server.received(1).await;
    lines();
    call.abort();
    assert!(call.await.unwrap_err().is_cancelled());
    let lines = lines();
    let lines: Vec<&str> = lines.iter().map(|line| line.trim_start()).collect();
    assert_eq!(
        lines,
        [
            r#"request + error.type="cancelled""#,
            r#"request + otel.status_code="error""#,
            r"} request",
            r"call + engagement.attempts=1",
            r"call + engagement.waited_ms=0",
            r#"call + error.type="cancelled""#,
            r#"call + otel.status_code="error""#,
            r"} call",
        ]
    );
}

/// All fields. A new one must not contain values of a caller or a provider.
const ALLOWED: [&str; 22] = [
    "engagement.attempt",
    "engagement.attempts",
    "engagement.drift.field",
    "engagement.drift.kind",
    "engagement.drift.type_name",
    "engagement.operation",
    "engagement.provider",
    "engagement.retry.budget_left",
    "engagement.retry.reason",
    "engagement.wait_ms",
    "engagement.waited_ms",
    "error.type",
    "http.request.method",
    "http.request.resend_count",
    "http.response.status_code",
    "message",
    "otel.kind",
    "otel.name",
    "otel.status_code",
    "server.address",
    "server.port",
    "url.template",
];

#[tokio::test]
async fn no_other_fields_are_traced() {
    let _alone = record().await;
    // The client does not know the last address from its own values.
    let canary = r#"{"message": "canary", "canary@example.com": "canary", "novel": "canary", "pigeon@example.com": 1}"#;
    let headers = "x-request-id: canary\r\nlocation: /canary\r\nset-cookie: canary\r\n";
    for reply in [
        with_headers("200 OK", headers, canary),
        with_headers("404 Canary", headers, canary),
        with_headers("302 Found", headers, canary),
        with_headers("500 Canary", headers, canary),
        with_headers("200 OK", headers, "canary"),
        Reply::ThenReset(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\ncanary".to_vec()),
    ] {
        let server = TestServer::once(reply).await;
        let client = build(
            builder()
                .base_url(format!("{}/canary-prefix", server.url()))
                .credential("login", Credential::basic("canary", "canary"))
                .default_header("x-tenant", "canary")
                .user_agent_suffix("canary")
                .value("account", "canary")
                .retry(without_backoff()),
        );
        let mut call = client.call(&CONTACTS_GET);
        call.path("id", &"canary@example.com");
        call.query("canary", &"canary");
        call.header("x-canary", &"canary");
        call.json(&"canary");
        let _ = call.send(RawResponse::into_json::<Contact>).await;
        let method = Method::from_bytes(b"CANARY").unwrap();
        let raw = client.request(method, "/canary/{canary}");
        let raw = raw.path("canary", "canary").query("canary", "canary");
        if let Ok(response) = raw.send().await {
            let _ = response.json::<Contact>();
        }
    }
    // An exhausted budget.
    let server = TestServer::once(with_headers("500 X", "", "")).await;
    let failing = client(&server).with(|call| call.retry(without_backoff()));
    for _ in 0..18 {
        send_empty(&failing, &CONTACTS_LIST).await.unwrap_err();
    }
    // A pause.
    let server = TestServer::once(with_headers("429 X", "retry-after: 1\r\n", "")).await;
    let paused = client(&server);
    let call = tokio::spawn(send_empty(&paused, &CONTACTS_LIST));
    while !LINES
        .lock()
        .unwrap()
        .iter()
        .any(|line| line.contains("rate_limited"))
    {
        yield_now().await;
    }
    let waiting = tokio::spawn(send_empty(&paused, &CONTACTS_LIST));
    while !LINES
        .lock()
        .unwrap()
        .iter()
        .any(|line| line.contains("end of a pause"))
    {
        yield_now().await;
    }
    call.abort();
    waiting.abort();
    let _ = (call.await, waiting.await);

    let lines = lines();
    for line in &lines {
        let line = line.to_lowercase();
        assert!(
            !line.contains("canary") && !line.contains("pigeon"),
            "{line}"
        );
    }
    for event in [
        "not retrying: the retry budget is exhausted",
        "the response cannot be decoded",
        r#"DEBUG drift: the response contains an undocumented field or value engagement.provider="acme" engagement.operation="contacts_get" engagement.drift.kind="field" engagement.drift.type_name="Contact" engagement.drift.field="novel""#,
        r#"engagement.drift.type_name="Contact" engagement.drift.field="[unprintable]""#,
        r#"request { otel.name=HTTP otel.kind="client" http.request.method="_OTHER" server.address="#,
        r#"error.type="transport""#,
        r#"error.type="redirect""#,
    ] {
        assert!(lines.iter().any(|line| line.contains(event)), "{event}");
    }
    let fields: Vec<&str> = FIELDS.lock().unwrap().iter().copied().collect();
    assert_eq!(fields, ALLOWED);
}
