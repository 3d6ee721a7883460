//! Settings of single calls and of derived clients.

use std::time::Duration;

use engagement_core::{
    ClientCore, Credential, ErrorKind, RawResponse, RetryPolicy, Token, TokenSource,
};

use crate::support::*;

#[tokio::test]
async fn settings_differ_and_connections_are_shared() {
    let server = TestServer::once(json("123456789")).await;
    let parent = client(&server);
    let small = parent.with(|call| call.max_body_bytes(8));
    // A second change adds to the first, and other credentials keep both.
    let other = small
        .with(|call| {
            call.retry(RetryPolicy::none())
                .timeout(Duration::from_secs(7))
        })
        .with(|call| call.attempt_timeout(Duration::from_secs(6)))
        .with_credentials([("header", Some(Credential::header("other")))])
        .unwrap();
    for core in [&other, &other.clone()] {
        let debug = format!("{core:?}");
        assert!(
            debug.contains(
                "Limits { overall: 7s, attempt: 6s, stall_timeout: 20s, body: 8, values: 500000 }"
            ) && debug.contains("max_attempts: 1"),
            "{debug}"
        );
    }
    let large = other.with(|call| call.max_body_bytes(9));
    send_empty(&large, &CONTACTS_LIST).await.unwrap();
    send_empty(&parent, &CONTACTS_LIST).await.unwrap();
    send_empty(&parent, &CONTACTS_LIST).await.unwrap();
    assert_eq!((server.requests().len(), server.connections()), (3, 1));
    let error = send_empty(&small, &CONTACTS_LIST).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
}

#[tokio::test(start_paused = true)]
async fn a_timeout_of_zero_fails() {
    let server = TestServer::once(json("{}")).await;
    for hurried in [
        client(&server).with(|call| call.timeout(Duration::ZERO)),
        client(&server).with(|call| call.attempt_timeout(Duration::ZERO)),
    ] {
        let result =
            crate::virtual_time::without_time(send_empty(&hurried, &CONTACTS_CREATE)).await;
        assert!(result.unwrap_err().is_timeout());
    }
}

struct Login;

impl TokenSource for Login {
    fn fetch<'a>(&'a self, core: &'a ClientCore) -> Fetch<'a> {
        Box::pin(async move {
            let login = core.call(&LOGIN).send(RawResponse::into_json::<String>);
            assert_eq!(login.await?.attempts(), 2);
            Ok(Token::new("token"))
        })
    }
}

#[tokio::test]
async fn a_login_uses_the_settings_of_the_client_and_its_token_is_shared() {
    let server = TestServer::start([
        Reply::ThenClose(Vec::new()),
        json("\"a long text\""),
        json("{}"),
    ])
    .await;
    let client = build(
        at(&server)
            .token_source("token", Login)
            .retry(crate::retries::without_backoff()),
    );
    let small = client.with(|call| call.max_body_bytes(2).retry(RetryPolicy::none()));
    send_empty(&small, &CONTACTS_LIST).await.unwrap();
    send_empty(&client, &CONTACTS_LIST).await.unwrap();
    assert_eq!(server.requests().len(), 4);
}
