//! What must never leave the process, and where requests must never go.

use engagement_core::{ClientCore, Credential, ErrorKind, Method, RawResponse};
use percent_encoding::percent_decode_str;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::support::*;

/// Ids of every kind, most of them close to what could change a path.
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

/// The segment that the server would take for the id.
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
fn an_id_arrives_as_it_is_or_not_at_all() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (server, client) = runtime.block_on(async {
        let server = TestServer::once(no_content()).await;
        let client = builder()
            .base_url(server.url() + "/v1")
            .credential("key", Credential::user_only("k"))
            .build()
            .unwrap()
            .0;
        (server, client)
    });
    let mut runner = TestRunner::new(Config {
        cases: 1024,
        failure_persistence: None,
        ..Config::default()
    });
    let outcome = runner.run(&any_id(), |id| {
        runtime.block_on(async {
            for outcome in [
                by_operation(&client, &id).await,
                by_path(&client, &id).await,
            ] {
                let before = server.requests().len();
                match outcome {
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
    outcome.unwrap();
}

#[tokio::test]
async fn refused_ids_reach_nobody() {
    let server = TestServer::once(no_content()).await;
    let client = client(&server);
    for id in ["", ".", "..", "\r\nX: y", "a\0", "\u{85}"] {
        let error = by_operation(&client, id).await.unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("acme contacts_delete: invalid request: path parameter `id` is "),
            "{error}"
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
async fn without_credentials_nothing_is_sent() {
    let server = TestServer::once(json("{}")).await;
    let client = builder()
        .base_url(server.url())
        .credential("header", Credential::header("k"))
        .build()
        .unwrap()
        .0;
    let error = client
        .call(&EVENTS_TRACK)
        .send(RawResponse::into_empty)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingCredentials);
    assert!(!error.was_sent());
    assert_eq!(
        error.to_string(),
        "acme events_track: missing credentials: set API key with .credential(\"header\", Credential::header(key)) or ACME_KEY, \
         together with API secret with .credential(\"secret\", Credential::header(key)) or ACME_SECRET; \
         or Access token with .credential(\"token\", Credential::bearer(token)) or ACME_TOKEN"
    );
    let bare = builder().base_url(server.url()).build().unwrap().0;
    let error = bare.request(Method::GET, "/a").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingCredentials);
    assert_eq!(server.requests().len(), 0);

    bare.call(&STATUS_GET)
        .send(RawResponse::into_empty)
        .await
        .unwrap();
    let request = server.request();
    assert!(
        !request.contains("authorization") && !request.contains("x-api"),
        "{request}"
    );
}

#[tokio::test]
async fn the_first_complete_alternative_is_sent_whole() {
    let server = TestServer::once(json("{}")).await;
    let client = builder()
        .base_url(server.url())
        .credential("token", Credential::bearer("ttt"))
        .credential("secret", Credential::header("sss"))
        .credential("header", Credential::header("replaced"))
        .credential("header", Credential::header("hhh"))
        .build()
        .unwrap()
        .0;
    client
        .call(&EVENTS_TRACK)
        .send(RawResponse::into_empty)
        .await
        .unwrap();
    let request = server.request();
    assert!(
        request.contains("x-api-key: hhh\r\n") && request.contains("x-api-secret: sss\r\n"),
        "{request}"
    );
    assert!(!request.contains("authorization"), "{request}");
}

#[tokio::test]
async fn a_server_that_was_not_moved_along_is_not_reached() {
    let server = TestServer::once(json("{}")).await;
    let key = || Credential::header("k");
    let client = builder()
        .base_url(server.url())
        .credential("header", key())
        .build()
        .unwrap()
        .0;
    let error = client
        .call(&APPS_LIST)
        .send(RawResponse::into_empty)
        .await
        .unwrap_err();
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
    let client = builder()
        .base_url(server.url())
        .server_url("app", app.url())
        .credential("header", key())
        .build()
        .unwrap()
        .0;
    client
        .call(&APPS_LIST)
        .send(RawResponse::into_empty)
        .await
        .unwrap();
    client
        .request(Method::GET, "/x")
        .server("app")
        .send()
        .await
        .unwrap();
    assert_eq!((server.requests().len(), app.requests().len()), (0, 2));
}

// Without TLS, because reqwest's own client would want a process-wide crypto provider.
#[cfg(not(any(feature = "rustls", feature = "rustls-aws-lc")))]
#[tokio::test]
async fn a_foreign_client_that_follows_redirects_is_found_out() {
    let target = TestServer::once(json("{}")).await;
    let location = format!("location: {}/hidden\r\n", target.url());
    let server = TestServer::once(with_headers("302 Found", &location, "")).await;
    let client = builder()
        .base_url(server.url())
        .http_client(engagement_core::reqwest::Client::new())
        .credential("token", Credential::bearer("ttt"))
        .build()
        .unwrap()
        .0;
    let error = client
        .call(&CONTACTS_LIST)
        .send(RawResponse::into_empty)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Redirect);
    assert!(
        error.to_string().contains(&target.url()) && !error.to_string().contains("hidden"),
        "{error}"
    );
}
