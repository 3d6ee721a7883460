//! What retries may cost in all.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use engagement_core::{ClientCore, Credential, RawResponse, RetryPolicy};

use crate::retries::hasty;
use crate::support::*;
use crate::virtual_time::{Retries, standing};

async fn attempts(client: &ClientCore) -> (u32, bool) {
    match client
        .call(&CONTACTS_LIST)
        .send(RawResponse::into_empty)
        .await
    {
        Ok(response) => (response.attempts(), true),
        Err(error) => (error.attempts(), error.retries_exhausted()),
    }
}

#[tokio::test]
async fn an_outage_costs_hardly_more_requests() {
    let down = Arc::new(AtomicBool::new(true));
    let server = {
        let down = Arc::clone(&down);
        let response = move |_: &str| match down.load(Ordering::SeqCst) {
            true => reply("503 Service Unavailable", "text/plain", ""),
            false => json("{}"),
        };
        TestServer::responding(response).await
    };
    let client = client(&server).with(|call| call.retry(hasty()));
    assert_eq!(attempts(&client).await, (3, false));
    for _ in 1..10_000 {
        attempts(&client).await;
    }
    let requests = server.requests().len();
    assert_eq!(requests, 10_035);
    // Clones and derived runtimes don't get more.
    let derived = client.with_credentials([("header", Some(Credential::header("other")))]);
    for client in [client.clone(), derived.unwrap()] {
        assert_eq!(attempts(&client).await, (1, true));
    }
    // Nobody would have tried again, so it is not the budget's fault.
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
async fn what_helped_is_given_back() {
    let good = AtomicBool::new(true);
    let server = TestServer::responding(move |_| match good.fetch_xor(true, Ordering::SeqCst) {
        true => reply("503 Service Unavailable", "text/plain", ""),
        false => json("{}"),
    })
    .await;
    let client = client(&server).with(|call| call.retry(hasty()));
    // Each call needs a retry; 500 / 14 of them would be all if they were not given back.
    for _ in 0..200 {
        assert_eq!(attempts(&client).await, (2, true));
    }
}

#[tokio::test(start_paused = true)]
async fn a_retry_that_is_given_up_costs_nothing() {
    let retries = Retries::record();
    let server = TestServer::once(reply("503 Service Unavailable", "text/plain", "")).await;
    let hour = Duration::from_secs(3600);
    let slow = RetryPolicy::new().transient_base(hour).max_backoff(hour);
    let client = client(&server).with(|call| call.retry(slow).timeout(2 * hour));
    for waiting in 1..=1000 {
        let call = tokio::spawn(client.call(&CONTACTS_LIST).send(RawResponse::into_empty));
        standing(retries.reach(waiting)).await;
        call.abort();
        assert!(standing(call).await.unwrap_err().is_cancelled());
    }
    let client = client.with(|call| call.retry(hasty()));
    assert_eq!(standing(attempts(&client)).await, (3, false));
}
