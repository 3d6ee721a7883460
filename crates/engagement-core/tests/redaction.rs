//! Credentials appear in requests only.
//!
//! A program of its own, because its subscriber is installed for the process.

mod support;

use std::collections::BTreeMap;
use std::error::Error as _;
use std::fmt::Debug;
use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use base64::Engine as _;
use engagement_core::{
    ClientBuilder, Credential, Error, ErrorKind, RawResponse, Response, RetryPolicy,
};
use tracing_subscriber::fmt::format::FmtSpan;

use support::*;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// The spans and events of all tests of this program, at any level.
fn log() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::default();
        let writer = log.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_writer(move || writer.clone())
            .with_ansi(false)
            .init();
        log
    })
}

/// It must be encoded in URLs and in JSON.
const CANARY: &str = "canary+4f1/\"9e";

/// Checks that no encoding of the canary is in `text`.
fn assert_clean(text: &str) {
    assert!(!text.contains("canary"), "{text}");
    for encoded in [
        format!("{CANARY}:"),
        format!("{CANARY}:password"),
        format!("user:{CANARY}"),
        CANARY.to_owned(),
    ] {
        let encoded = base64::engine::general_purpose::STANDARD.encode(encoded);
        assert!(!text.contains(encoded.trim_end_matches('=')), "{text}");
    }
}

fn assert_debug_clean(value: &dyn Debug) {
    assert_clean(&format!("{value:?} {value:#?}"));
}

fn assert_error_clean(error: &Error) {
    assert_debug_clean(error);
    assert_clean(&error.to_string());
    assert_clean(error.message().unwrap_or_default());
    assert_clean(error.request_id().unwrap_or_default());
    let mut source = error.source();
    while let Some(error) = source {
        assert_debug_clean(&error);
        assert_clean(&error.to_string());
        source = error.source();
    }
}

/// The canary in each part of each kind of credential.
fn credentials() -> [(&'static str, Credential); 5] {
    [
        ("login", Credential::basic(CANARY, "password")),
        ("login", Credential::basic("user", CANARY)),
        ("key", Credential::user_only(CANARY)),
        ("token", Credential::bearer(CANARY)),
        ("header", Credential::header(CANARY)),
    ]
}

/// The encodings in which a provider may return the credential, in a JSON string.
fn echoes(request: &str) -> Vec<String> {
    let escaped = serde_json::to_string(CANARY).unwrap();
    let mut echoes = vec![
        escaped.trim_matches('"').to_owned(),
        "canary%2B4f1%2F%229e".to_owned(),
        request
            .lines()
            .find_map(|line| line.strip_prefix("authorization: "))
            .unwrap_or_default()
            .to_owned(),
    ];
    for echo in &mut echoes {
        *echo = echo
            .strip_prefix("Bearer ")
            .map(|_| escaped.trim_matches('"').to_owned())
            .unwrap_or(std::mem::take(echo));
    }
    echoes
}

fn with(entry: &(&'static str, Credential), url: String) -> ClientBuilder<Client> {
    let (scheme, credential) = entry.clone();
    let builder = builder()
        .base_url(url)
        .credential(scheme, credential)
        .default_header("x-tenant", CANARY)
        .retry(RetryPolicy::none());
    assert_debug_clean(&builder);
    builder
}

async fn call(
    entry: &(&'static str, Credential),
    reply: Reply,
) -> Result<Response<serde_json::Value>, Error> {
    read(entry, reply, |response| {
        assert_debug_clean(&response);
        response.into_value()
    })
    .await
}

async fn read<T>(
    entry: &(&'static str, Credential),
    reply: Reply,
    read: Read<T>,
) -> Result<Response<T>, Error> {
    let stalls = matches!(reply, Reply::ThenNothing(_));
    let server = TestServer::once(reply).await;
    let mut builder = with(entry, server.url());
    if stalls {
        // Long enough for the request to arrive on a busy machine.
        builder = builder.attempt_timeout(Duration::from_millis(500));
    }
    let client = builder.build().unwrap();
    assert_debug_clean(&client);
    let mut call = client.0.call(&CONTACTS_GET);
    call.path("id", &"canary-id@x.example");
    call.query("q", &"canary-query");
    call.json(&"canary-body");
    assert_debug_clean(&call);
    let call = call.send(read);
    assert_debug_clean(&call);
    let result = call.await;
    let request = server.request();
    assert!(
        request.contains("canary-id")
            && request.contains("canary-query")
            && request.contains("canary-body")
    );
    result
}

#[tokio::test]
async fn credentials_are_never_printed() {
    let log = log();
    for entry in &credentials() {
        assert_debug_clean(&entry.1);

        let response = call(entry, json("{}")).await.unwrap();
        assert_debug_clean(&response);

        // The server returns what was sent, in each encoding.
        let server = TestServer::once(json("{}")).await;
        with(entry, server.url())
            .build()
            .unwrap()
            .0
            .call(&CONTACTS_LIST)
            .send(RawResponse::into_empty)
            .await
            .unwrap();
        for echo in echoes(&server.request()) {
            for reply in [
                with_headers(
                    "401 Unauthorized",
                    "x-request-id: canary+4f1/\"9e\r\n",
                    format!(r#"{{"message": "the key {echo} is not valid"}}"#),
                ),
                reply(
                    "400 Bad Request",
                    "application/json",
                    format!(r#"{{"message": "{}{echo}"}}"#, "x".repeat(492)),
                ),
                reply(
                    "401 Unauthorized",
                    "text/plain",
                    format!("the key {echo} is not valid"),
                ),
                reply(
                    "403 Forbidden",
                    "text/html",
                    format!("<html><title>No {echo}</title>"),
                ),
            ] {
                let error = call(entry, reply).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Api);
                assert_error_clean(&error);
            }
            let unexpected = json(&format!(r#"{{"{echo}": "{echo}"}}"#));
            let decode = read(
                entry,
                unexpected,
                RawResponse::into_json::<BTreeMap<String, i64>>,
            );
            let decode = decode.await.unwrap_err();
            assert_eq!(decode.kind(), ErrorKind::Decode);
            assert_error_clean(&decode);
        }

        let redirect = with_headers(
            "302 Found",
            "location: https://canary.example/canary?canary\r\n",
            "",
        );
        // Only the origin of a redirect is reported.
        let text = call(entry, redirect).await.unwrap_err().to_string();
        assert_contains(&text, "redirected to https://canary.example, ");
        assert_clean(&text.replace("https://canary.example", ""));

        let timeout = call(entry, Reply::ThenNothing(Vec::new()))
            .await
            .unwrap_err();
        assert_eq!(timeout.kind(), ErrorKind::Timeout);
        assert_error_clean(&timeout);

        let server = TestServer::start([
            with_headers(
                "503 X",
                "retry-after: 0\r\nx-request-id: canary\r\n",
                CANARY,
            ),
            json("{}"),
        ])
        .await;
        let immediate = RetryPolicy::new().transient_base(Duration::ZERO);
        let client = with(entry, server.url()).retry(immediate).build().unwrap();
        let retried = send_empty(&client.0, &CONTACTS_LIST);
        assert_eq!(retried.await.unwrap().attempts(), 2);

        let transport = call(entry, Reply::ThenClose(Vec::new())).await.unwrap_err();
        assert_eq!(transport.kind(), ErrorKind::Transport);
        assert_error_clean(&transport);

        let port = unused_port();
        let client = with(entry, format!("http://127.0.0.1:{port}"))
            .build()
            .unwrap();
        let connect = client
            .0
            .call(&CONTACTS_LIST)
            .send(RawResponse::into_empty)
            .await
            .unwrap_err();
        assert_eq!(connect.kind(), ErrorKind::Connect);
        assert_error_clean(&connect);
    }

    let text = log.text();
    assert!(
        text.contains("request{otel.name=GET /contacts/{id} ")
            && text.contains("url.template=\"/contacts/{id}\""),
        "{text}"
    );
    assert!(text.contains("http.response.status_code=401"));
    assert!(text.contains("error.type=\"timeout\""));
    assert!(text.contains("retrying engagement.provider=\"acme\""));
    assert_clean(&text);
}

#[test]
fn invalid_credentials_are_never_printed() {
    log();
    for (scheme, credential) in [
        ("header", Credential::header(format!("{CANARY}\n"))),
        ("token", Credential::bearer(format!("Bearer {CANARY}"))),
        ("login", Credential::basic(format!("{CANARY}:"), "password")),
        ("nope", Credential::header(CANARY)),
    ] {
        let error = builder()
            .base_url("http://localhost:1")
            .credential(scheme, credential)
            .build()
            .unwrap_err();
        assert_error_clean(&error);
    }
    for url in [
        "https://user:canary@x.example",
        "https://x.example/?canary",
        "http://canary.example",
        "canary",
    ] {
        let builder = builder().base_url(url);
        assert_debug_clean(&builder);
        assert_error_clean(&builder.build().unwrap_err());
    }
}
