//! The retry budget.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use engagement_core::{ClientCore, Credential, RetryPolicy};

use crate::retries::without_backoff;
use crate::support::*;
use crate::virtual_time::{Retries, without_time};

async fn attempts(client: &ClientCore) -> (u32, bool) {
    match send_empty(client, &CONTACTS_LIST).await {
        Ok(response) => (response.attempts(), true),
        Err(error) => (error.attempts(), error.retries_exhausted()),
    }
}

#[tokio::test]
async fn an_outage_causes_few_extra_requests() {
    let down = Arc::new(AtomicBool::new(true));
    let server = {
        let down = Arc::clone(&down);
        let response = move |_: &str| match down.load(Ordering::SeqCst) {
            true => reply("503 Service Unavailable", "text/plain", ""),
            false => json("{}"),
        };
        TestServer::responding(response).await
    };
    let client = client(&server).with(|call| call.retry(without_backoff()));
    assert_eq!(attempts(&client).await, (3, false));
    for _ in 1..10_000 {
        attempts(&client).await;
    }
    let requests = server.requests().len();
    assert_eq!(requests, 10_035);
    // Clones and derived clients share the budget.
    let derived = client.with_credentials([("header", Some(Credential::header("other")))]);
    for client in [client.clone(), derived.unwrap()] {
        assert_eq!(attempts(&client).await, (1, true));
    }
    // Without a retry policy, the budget is not the reason.
    let once = client.with(|call| call.retry(RetryPolicy::none()));
    assert_eq!(attempts(&once).await, (1, false));

    down.store(false, Ordering::SeqCst);
    for _ in 0..500 {
        attempts(&client).await;
    }
    down.store(true, Ordering::SeqCst);
    let before = server.requests().len();
    for _ in 0..100 {
        attempts(&client).await;
    }
    assert_eq!(server.requests().len() - before, 135);
}

#[tokio::test]
async fn the_cost_of_a_successful_retry_is_refunded() {
    let good = AtomicBool::new(true);
    let server = TestServer::responding(move |_| match good.fetch_xor(true, Ordering::SeqCst) {
        true => reply("503 Service Unavailable", "text/plain", ""),
        false => json("{}"),
    })
    .await;
    let client = client(&server).with(|call| call.retry(without_backoff()));
    // Each call needs a retry. Without refunds, the budget would allow 500 / 14 of them.
    for _ in 0..200 {
        assert_eq!(attempts(&client).await, (2, true));
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_retry_costs_nothing() {
    let retries = Retries::record();
    let server = TestServer::once(reply("503 Service Unavailable", "text/plain", "")).await;
    let hour = Duration::from_secs(3600);
    let slow = RetryPolicy::new().transient_base(hour).max_backoff(hour);
    let client = client(&server).with(|call| call.retry(slow).timeout(2 * hour));
    for waiting in 1..=1000 {
        let call = tokio::spawn(send_empty(&client, &CONTACTS_LIST));
        without_time(retries.reach(waiting)).await;
        call.abort();
        assert!(without_time(call).await.unwrap_err().is_cancelled());
    }
    let client = client.with(|call| call.retry(without_backoff()));
    assert_eq!(without_time(attempts(&client)).await, (3, false));
}
