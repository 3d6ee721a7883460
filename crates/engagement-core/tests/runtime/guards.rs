//! Invalid path values, missing credentials and servers without a URL: nothing is sent.

use engagement_core::{ClientCore, Credential, ErrorKind, Method, RawResponse};
use percent_encoding::percent_decode_str;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::support::*;

/// Any ids, many with characters that could change a path.
fn any_id() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[.%2eE/?#\\\\ a]{0,6}",
        "(\\.|%2e|%2E){0,3}",
        "\\PC{0,20}",
        "[\\x00-\\x1f\\x7f-\\x9f a]{0,3}",
    ]
}

async fn by_operation(client: &ClientCore, id: &str) -> Result<(), engagement_core::Error> {
    let mut call = client.call(&CONTACTS_DELETE);
    call.path("id", &id);
    call.send(RawResponse::into_empty).await.map(drop)
}

async fn by_path(client: &ClientCore, id: &str) -> Result<(), engagement_core::Error> {
    client
        .request(Method::DELETE, "/contacts/{id}")
        .path("id", id)
        .send()
        .await
        .map(drop)
}

/// The path segment of the id, decoded as by a server.
fn received_id(request: &str) -> String {
    let target = request.split(' ').nth(1).unwrap();
    let segments: Vec<&str> = target.split('/').collect();
    assert_eq!(segments.len(), 4, "{target}");
    assert_eq!(segments[..3], ["", "v1", "contacts"], "{target}");
    assert!(!segments[3].contains(['?', '#']), "{target}");
    percent_decode_str(segments[3])
        .decode_utf8()
        .unwrap()
        .into_owned()
}

#[test]
fn an_id_is_refused_or_sent_unchanged() {
    let runtime = runtime();
    let (server, client) = runtime.block_on(async {
        let server = TestServer::once(no_content()).await;
        let client = build(
            builder()
                .base_url(server.url() + "/v1")
                .credential("key", Credential::user_only("k")),
        );
        (server, client)
    });
    let mut runner = TestRunner::new(Config {
        cases: 1024,
        failure_persistence: None,
        ..Config::default()
    });
    let result = runner.run(&any_id(), |id| {
        runtime.block_on(async {
            for result in [
                by_operation(&client, &id).await,
                by_path(&client, &id).await,
            ] {
                let before = server.requests().len();
                match result {
                    Err(error) => {
                        prop_assert_eq!(error.kind(), ErrorKind::InvalidRequest);
                        let refusable = id.is_empty()
                            || id == "."
                            || id == ".."
                            || id.chars().any(char::is_control);
                        prop_assert!(refusable, "{:?} was refused: {}", id, error);
                        prop_assert_eq!(before, server.requests().len());
                    }
                    Ok(()) => prop_assert_eq!(&received_id(server.requests().last().unwrap()), &id),
                }
            }
            Ok(())
        })
    });
    result.unwrap();
}

#[tokio::test]
async fn invalid_ids_are_not_sent() {
    let server = TestServer::once(no_content()).await;
    let client = client(&server);
    for id in ["", ".", "..", "\r\nX: y", "a\0", "\u{85}"] {
        let error = by_operation(&client, id).await.unwrap_err();
        assert_starts(
            &error.to_string(),
            "acme contacts_delete: invalid request: path parameter `id` is ",
        );
        assert!(by_path(&client, id).await.is_err());
    }
    assert_eq!(server.requests().len(), 0);
    by_operation(&client, "%2e%2e").await.unwrap();
    assert!(
        server
            .request()
            .starts_with("DELETE /contacts/%252e%252e HTTP/1.1")
    );
}

#[tokio::test]
async fn nothing_is_sent_without_credentials() {
    let server = TestServer::once(json("{}")).await;
    let client = build(keyed(&server));
    let error = send_empty(&client, &EVENTS_TRACK).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingCredentials);
    assert!(!error.was_sent());
    assert_eq!(
        error.to_string(),
        "acme events_track: missing credentials: set API key with .credential(\"header\", Credential::header(key)) or ACME_KEY, \
         together with API secret with .credential(\"secret\", Credential::header(key)) or ACME_SECRET; \
         or Access token with .credential(\"token\", Credential::bearer(token)) or ACME_TOKEN"
    );
    let bare = build(at(&server));
    let error = bare.request(Method::GET, "/a").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingCredentials);
    assert_eq!(server.requests().len(), 0);

    send_empty(&bare, &STATUS_GET).await.unwrap();
    let request = server.request();
    assert!(
        !request.contains("authorization") && !request.contains("x-api"),
        "{request}"
    );
}

#[tokio::test]
async fn all_credentials_of_the_first_complete_alternative_are_sent() {
    let server = TestServer::once(json("{}")).await;
    let client = build(
        at(&server)
            .credential("token", Credential::bearer("ttt"))
            .credential("secret", Credential::header("sss"))
            .credential("header", Credential::header("replaced"))
            .credential("header", Credential::header("hhh")),
    );
    send_empty(&client, &EVENTS_TRACK).await.unwrap();
    let request = server.request();
    assert!(
        request.contains("x-api-key: hhh\r\n") && request.contains("x-api-secret: sss\r\n"),
        "{request}"
    );
    assert!(!request.contains("authorization"), "{request}");
}

#[tokio::test]
async fn a_server_whose_url_was_not_set_is_an_error() {
    let server = TestServer::once(json("{}")).await;
    let key = || Credential::header("k");
    let client = build(keyed(&server));
    let error = send_empty(&client, &APPS_LIST).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(!error.was_sent());
    assert_eq!(
        error.to_string(),
        "acme apps_list: invalid configuration: the base URL is set, but this operation uses the server `app`: also set .server_url(\"app\", …) or ACME_APP_URL"
    );
    assert!(
        client
            .request(Method::GET, "/x")
            .server("app")
            .send()
            .await
            .is_err()
    );
    assert!(
        client
            .request(Method::GET, "/x")
            .server("nowhere")
            .send()
            .await
            .is_err()
    );
    assert_eq!(server.requests().len(), 0);

    let app = TestServer::once(json("{}")).await;
    let client = build(
        at(&server)
            .server_url("app", app.url())
            .credential("header", key()),
    );
    send_empty(&client, &APPS_LIST).await.unwrap();
    client
        .request(Method::GET, "/x")
        .server("app")
        .send()
        .await
        .unwrap();
    assert_eq!((server.requests().len(), app.requests().len()), (0, 2));
}

// Without TLS, because reqwest's default client needs a crypto provider of the process.
#[cfg(not(any(feature = "rustls", feature = "rustls-aws-lc")))]
#[tokio::test]
async fn a_custom_http_client_that_follows_redirects_is_detected() {
    let target = TestServer::once(json("{}")).await;
    let location = format!("location: {}/hidden\r\n", target.url());
    let server = TestServer::once(with_headers("302 Found", &location, "")).await;
    let client = build(
        at(&server)
            .http_client(engagement_core::reqwest::Client::new())
            .credential("token", Credential::bearer("ttt")),
    );
    let error = send_empty(&client, &CONTACTS_LIST).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Redirect);
    assert!(
        error.to_string().contains(&target.url()) && !error.to_string().contains("hidden"),
        "{error}"
    );
}
