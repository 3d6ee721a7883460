//! Responses with a success status whose body reports a failure.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::{HeaderMap, header};
use webengage_client::types::{
    BusinessEvent, BusinessEventAttribute, BusinessEventDefinition, MultiTransactionRequest,
    OverrideData, RecommendationMeta, TransactionRequest, UserUpsert,
};
use webengage_client::{Client, ErrorKind, Upload};

/// A client of a server that always responds with this text, and the number of requests.
async fn responding(body: &'static str) -> (Client, Arc<AtomicUsize>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&requests);
    let router = Router::new().fallback(async move || {
        counted.fetch_add(1, Ordering::SeqCst);
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
        headers.insert("x-request-id", "r-1".parse().unwrap());
        (headers, body)
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    let client = Client::builder("license", "key")
        .base_url(&url)
        .server_url("dashboard", url)
        .build();
    (client.unwrap(), requests)
}

#[tokio::test]
async fn a_container_with_the_status_error_is_a_failure() {
    let (client, requests) = responding(
        r#"{"response": {"message": "Error: userId and anonymousId cannot be empty.", "status": "error"}}"#,
    )
    .await;
    let user = UserUpsert::new().user_id("ada");
    let tracked = client.users().track(user).send().await;
    let read = client.feedback().get("f").send().await;
    for error in [tracked.unwrap_err(), read.unwrap_err()] {
        assert_eq!(error.kind(), ErrorKind::Api);
        assert_eq!(
            (error.status().unwrap().as_u16(), error.attempts()),
            (200, 1)
        );
        assert_eq!(error.request_id(), Some("r-1"));
        assert_eq!(
            error.message(),
            Some("Error: userId and anonymousId cannot be empty.")
        );
    }
    assert_eq!(requests.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_status_in_other_fields_is_data() {
    let (client, _) = responding(
        r#"{"response": {"data": {"status": "error", "error": "error"}, "status": "queued"}}"#,
    )
    .await;
    let user = UserUpsert::new().user_id("ada");
    client.users().track(user).send().await.unwrap();
}

#[tokio::test]
async fn undocumented_responses_may_be_anything() {
    for body in ["", "null", "OK", r#"{"response": "OK"}"#] {
        let (client, requests) = responding(body).await;
        let price = BusinessEventAttribute::new("price", "number");
        let definition = BusinessEventDefinition::new("Price drop", [price], "BUSINESS");
        let defined = client.business_events().define(definition).send().await;
        assert_eq!(defined.unwrap(), None, "{body}");
        let event = BusinessEvent::new("Price drop");
        let triggered = client.business_events().trigger(event).send().await;
        assert_eq!(triggered.unwrap(), None, "{body}");
        let one = TransactionRequest::new("ada");
        let sent = client.transactions().trigger("~2camp9", one).send().await;
        assert_eq!(sent.unwrap(), None, "{body}");
        let several = MultiTransactionRequest::new("ada", OverrideData::new());
        let sent = client
            .transactions()
            .trigger_multi(["~2camp9"], "ALL", several)
            .send()
            .await;
        assert_eq!(sent.unwrap(), None, "{body}");
        let meta = RecommendationMeta::new(
            "STATIC_MANUAL",   // type
            "Popular",         // name
            "catalog_7",       // catalog slug
            "ada@example.com", // created by
        );
        let file = Upload::from_bytes("items.csv", "id\nsku-1\n");
        let uploaded = client.recommendations().upload(meta, file).send().await;
        assert_eq!(uploaded.unwrap(), None, "{body}");
        assert_eq!(requests.load(Ordering::SeqCst), 5);
    }
}
