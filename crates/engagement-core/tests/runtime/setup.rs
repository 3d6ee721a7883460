//! Settings of a builder.

use std::time::Duration;

use engagement_core::{ClientBuilder, Credential, ErrorKind, Provider, Scheme, SchemeKind};

use crate::support::*;

fn refusal(builder: ClientBuilder<Client>) -> String {
    let error = builder.build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(!error.was_sent());
    let text = error.to_string();
    assert!(
        !text.contains("hidden") && !format!("{error:?}").contains("hidden"),
        "{text}"
    );
    text.strip_prefix("acme client: invalid configuration: ")
        .unwrap()
        .to_owned()
}

fn local() -> ClientBuilder<Client> {
    builder().base_url("http://localhost:1")
}

#[test]
fn base_urls_are_checked() {
    for url in [
        "http://hidden.example",
        "https://u:hidden@x.example",
        "https://x.example/?hidden",
        "hidden",
        "ftp://hidden",
        "",
    ] {
        let reason = refusal(builder().base_url(url));
        assert_starts(&reason, "the URL of the server `api` cannot be used: ");
    }
    let reason = refusal(local().server_url("app", "http://hidden.example"));
    assert_starts(&reason, "the URL of the server `app` cannot be used: ");
    assert_eq!(
        refusal(local().server_url("nope", "http://localhost:1")),
        "there is no server named `nope`"
    );
    for url in [
        "http://localhost:1/p/",
        "http://127.0.0.1:1/p",
        "http://[::1]:1/p",
    ] {
        let client = build(builder().base_url(url));
        assert_eq!(client.base_url(), url.trim_end_matches('/'));
        assert_eq!(client.provider().name, "acme");
    }
    let insecure = builder()
        .base_url("http://10.0.0.1")
        .allow_insecure_http()
        .build()
        .unwrap();
    assert_eq!(insecure.0.base_url(), "http://10.0.0.1");
    // The last URL of a server wins.
    let twice = local()
        .server_url("api", "http://localhost:2")
        .build()
        .unwrap();
    assert_eq!(twice.0.base_url(), "http://localhost:2");
}

#[test]
fn credentials_are_checked() {
    for (scheme, credential, label) in [
        ("header", Credential::header(""), "API key"),
        ("header", Credential::header("hidden\r\nx: y"), "API key"),
        ("header", Credential::bearer("hidden"), "API key"),
        ("token", Credential::bearer("  "), "Access token"),
        ("login", Credential::basic("hidden", ""), "Login"),
        ("key", Credential::user_only("hid:den"), "Account key"),
    ] {
        let reason = refusal(local().credential(scheme, credential));
        assert_starts(
            &reason,
            format!("the credential `{label}` cannot be used: "),
        );
    }
    assert_eq!(
        refusal(local().credential("nope", Credential::header("hidden"))),
        "there is no credential scheme named `nope`"
    );
}

#[test]
fn default_headers_are_checked() {
    for name in [
        "authorization",
        "X-Api-Key",
        "x-api-secret",
        "Cookie",
        "Host",
        "Connection",
    ] {
        let reason = refusal(local().default_header(name, "hidden"));
        assert_starts(
            &reason,
            format!("default header `{}` ", name.to_lowercase()),
        );
    }
    assert_eq!(
        refusal(local().default_header("a b", "hidden")),
        "a default header has a name that is not allowed"
    );
    assert_eq!(
        refusal(local().default_header("x-a", "hidden\n")),
        "default header `x-a` has a value that is not allowed in a header"
    );
    assert_eq!(
        refusal(local().user_agent_suffix("hidden\n x")),
        "user_agent_suffix contains a character that is not allowed in a header"
    );
    assert_eq!(
        refusal(local().timeout(Duration::ZERO)),
        "timeout must be greater than zero"
    );
}

#[cfg(not(any(feature = "rustls", feature = "rustls-aws-lc", feature = "native-tls")))]
#[test]
fn https_without_tls_fails_immediately() {
    let reason = refusal(builder());
    assert_eq!(
        reason,
        "https needs TLS: turn on one of the features `rustls`, `rustls-aws-lc` and `native-tls`, or set an http_client(…)"
    );
    assert!(
        builder()
            .http_client(engagement_core::reqwest::Client::new())
            .build()
            .is_ok()
    );
}

#[cfg(any(feature = "rustls", feature = "rustls-aws-lc", feature = "native-tls"))]
async fn handshake_failure(response: &'static [u8]) -> engagement_core::Error {
    use tokio::io::AsyncWriteExt as _;

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(response).await.unwrap();
        std::future::pending::<()>().await;
    });
    let client = builder()
        .base_url(url)
        .credential("token", Credential::bearer("ttt"))
        .connect_timeout(Duration::from_millis(if response.is_empty() {
            50
        } else {
            30_000
        }))
        .retry(engagement_core::RetryPolicy::none())
        .build()
        .unwrap();
    let error = client
        .0
        .call(&CONTACTS_LIST)
        .send(engagement_core::RawResponse::into_empty)
        .await
        .unwrap_err();
    server.abort();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error:?}");
    assert!(error.is_connect() && !error.was_sent());
    error
}

/// A handshake starts without any setup of the process.
#[cfg(any(feature = "rustls", feature = "rustls-aws-lc", feature = "native-tls"))]
#[tokio::test]
async fn https_works_without_installing_a_crypto_provider() {
    let failed = handshake_failure(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    assert!(!failed.is_timeout(), "{failed}");
    #[cfg(any(feature = "rustls", feature = "rustls-aws-lc"))]
    assert_eq!(
        failed.to_string(),
        "acme contacts_list: could not connect: the TLS handshake failed"
    );
    let stalled = handshake_failure(b"").await;
    assert!(stalled.is_timeout(), "{stalled}");
    assert_eq!(
        stalled.to_string(),
        "acme contacts_list: could not connect: no connection in time"
    );
}

/// With a variable that Cargo sets, because setting variables is unsafe.
#[test]
fn the_environment_is_read() {
    static PRESENT: Provider = Provider {
        schemes: &[Scheme {
            name: "key",
            kind: SchemeKind::Bearer,
            label: "Key",
            env: &["CARGO_PKG_NAME"],
            secret: true,
        }],
        ..EMPTY
    };
    static ABSENT: Provider = Provider {
        schemes: &[Scheme {
            name: "key",
            kind: SchemeKind::Bearer,
            label: "Key",
            env: &["ACME_THAT_IS_NOT_SET"],
            secret: true,
        }],
        ..EMPTY
    };
    let builder = ClientBuilder::<Client>::from_env(&PRESENT).unwrap();
    assert!(format!("{builder:?}").contains("[\"key\"]"), "{builder:?}");
    let error = ClientBuilder::<Client>::from_env(&ABSENT).unwrap_err();
    assert_eq!(
        error.to_string(),
        "acme client: missing credentials: set the environment variable ACME_THAT_IS_NOT_SET (Key)"
    );
}
