//! Idempotency keys.

use engagement_core::{Call, ClientCore, RawResponse};

use crate::support::*;

fn order(client: &ClientCore) -> Call {
    let mut call = client.call(&ORDERS_CREATE);
    call.path("account", &1);
    call
}

fn key(request: &str) -> &str {
    let mut keys = request
        .lines()
        .filter_map(|line| line.strip_prefix("idempotency-key: "));
    let key = keys.next().unwrap();
    assert_eq!(keys.next(), None);
    key
}

#[tokio::test]
async fn each_call_has_another_key() {
    let server = TestServer::once(json("{}")).await;
    let client = client(&server);
    order(&client).send(RawResponse::into_empty).await.unwrap();
    order(&client).send(RawResponse::into_empty).await.unwrap();
    let mut own = order(&client);
    own.header("idempotency-KEY", &"mine");
    own.send(RawResponse::into_empty).await.unwrap();
    let mut none = order(&client);
    none.header("Idempotency-Key", &None::<String>);
    none.send(RawResponse::into_empty).await.unwrap();
    send_empty(&client, &CONTACTS_CREATE).await.unwrap();
    let requests = server.requests();
    let mut keys: Vec<&str> = [0, 1, 3].map(|at| key(&requests[at])).to_vec();
    for key in &keys {
        assert_eq!(key.len(), 32, "{key}");
        let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        assert!(key.bytes().all(hex), "{key}");
    }
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 3);
    assert_eq!(key(&requests[2]), "mine");
    assert!(!requests[4].contains("idempotency"), "{}", requests[4]);
}

#[tokio::test]
async fn a_constant_or_empty_key_is_refused() {
    let error = builder()
        .default_header("Idempotency-key", "same")
        .build()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "acme client: invalid configuration: default header `idempotency-key` is an idempotency key: with the same value in every call, the provider would execute only the first; set it on a call, or leave it to the client"
    );

    let server = TestServer::once(json("{}")).await;
    let mut empty = order(&client(&server));
    empty.header("Idempotency-Key", &"");
    let error = empty.send(RawResponse::into_empty).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "acme orders_create: invalid request: header `Idempotency-Key`: an idempotency key must not be empty"
    );
    assert_eq!(server.requests().len(), 0);
}
