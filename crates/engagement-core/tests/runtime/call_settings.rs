//! Settings for some of a client's calls.

use std::pin::Pin;
use std::time::Duration;

use engagement_core::{
    ClientCore, Credential, Error, ErrorKind, RawResponse, RetryPolicy, Token, TokenSource,
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
    large
        .call(&CONTACTS_LIST)
        .send(RawResponse::into_empty)
        .await
        .unwrap();
    parent
        .call(&CONTACTS_LIST)
        .send(RawResponse::into_empty)
        .await
        .unwrap();
    parent
        .call(&CONTACTS_LIST)
        .send(RawResponse::into_empty)
        .await
        .unwrap();
    assert_eq!((server.requests().len(), server.connections()), (3, 1));
    let error = small
        .call(&CONTACTS_LIST)
        .send(RawResponse::into_empty)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
}

#[tokio::test(start_paused = true)]
async fn no_time_at_all_is_too_little() {
    let server = TestServer::once(json("{}")).await;
    for hurried in [
        client(&server).with(|call| call.timeout(Duration::ZERO)),
        client(&server).with(|call| call.attempt_timeout(Duration::ZERO)),
    ] {
        let outcome = crate::virtual_time::standing(
            hurried.call(&CONTACTS_CREATE).send(RawResponse::into_empty),
        )
        .await;
        assert!(outcome.unwrap_err().is_timeout());
    }
}

struct Login;

impl TokenSource for Login {
    fn fetch<'a>(
        &'a self,
        core: &'a ClientCore,
    ) -> Pin<Box<dyn Future<Output = Result<Token, Error>> + Send + 'a>> {
        Box::pin(async move {
            let login = core.call(&LOGIN).send(RawResponse::into_json::<String>);
            assert_eq!(login.await?.attempts(), 2);
            Ok(Token::new("token"))
        })
    }
}

#[tokio::test]
async fn a_login_keeps_the_clients_own_settings_and_its_token_is_shared() {
    let server = TestServer::start([
        Reply::ThenClose(Vec::new()),
        json("\"a long text\""),
        json("{}"),
    ])
    .await;
    let client = builder()
        .base_url(server.url())
        .token_source("token", Login)
        .retry(crate::retries::hasty())
        .build()
        .unwrap()
        .0;
    let small = client.with(|call| call.max_body_bytes(2).retry(RetryPolicy::none()));
    small
        .call(&CONTACTS_LIST)
        .send(RawResponse::into_empty)
        .await
        .unwrap();
    client
        .call(&CONTACTS_LIST)
        .send(RawResponse::into_empty)
        .await
        .unwrap();
    assert_eq!(server.requests().len(), 4);
}
