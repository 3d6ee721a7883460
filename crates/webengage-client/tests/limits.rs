//! The client-side rate limits that WebEngage documents.

use std::time::Duration;

use engagement_sandbox::{Sandbox, WebEngage};
use webengage_client::types::UserUpsert;
use webengage_client::{Client, Error, ErrorKind, PROVIDER, RateLimit, RateLimits};

#[test]
fn the_client_has_the_documented_limits() {
    let limits = PROVIDER.operations.iter().filter_map(|operation| {
        let limit = operation.rate_limit?;
        assert_eq!(limit.per, Duration::from_secs(60));
        Some((operation.id, limit.requests, limit.shared))
    });
    assert_eq!(
        limits.collect::<Vec<_>>(),
        [
            ("users_track", 5000, None),
            ("users_track_bulk", 500, None),
            ("events_track", 5000, None),
            ("events_track_bulk", 500, None),
            ("transactions_trigger", 100, Some("transactions")),
            ("transactions_trigger_multi", 100, Some("transactions")),
            ("business_events_define", 1, None),
            ("gdpr_create_request", 100, None),
            ("gdpr_get_request", 100, None),
            ("gdpr_cancel_request", 100, None),
        ]
    );
}

async fn track(client: &Client) -> Result<u64, Error> {
    let user = UserUpsert::new().user_id("u1");
    let response = client.users().track(user).response().await?;
    let left = response.rate_limit().and_then(|status| status.remaining);
    Ok(left.expect("the sandbox reports"))
}

fn client(sandbox: &Sandbox, limits: RateLimits) -> Client {
    Client::builder(WebEngage::LICENSE_CODE, WebEngage::API_KEY)
        .base_url(sandbox.webengage().base_url())
        .rate_limits(limits)
        .timeout(Duration::from_secs(10))
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_documented_limit_is_applied_by_default() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox, RateLimits::documented());
    let get = || client.gdpr().get_request("none").send();
    for _ in 0..100 {
        assert!(get().await.unwrap_err().was_sent());
    }
    let error = get().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert!(!error.was_sent() && error.retry_after() > Some(Duration::from_secs(10)));
    assert_eq!(sandbox.requests().len(), 100);
}

#[tokio::test]
async fn an_account_with_another_limit_never_sees_429() {
    let sandbox = Sandbox::builder().rate_limit("users_track", 3);
    let sandbox = sandbox.start().await.unwrap();
    let limits = RateLimits::documented().operation("users_track", RateLimit::per_minute(3));
    let limited = client(&sandbox, limits);
    for left in [2, 1, 0] {
        assert_eq!(track(&limited).await.unwrap(), left);
    }
    let error = track(&limited).await.unwrap_err();
    assert!(error.is_rate_limited() && !error.was_sent());
    assert_eq!((error.status(), sandbox.requests().len()), (None, 3));
    // Without a client-side limit, the provider responds with 429.
    let unlimited = client(&sandbox, RateLimits::unlimited());
    let error = track(&unlimited).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(429));
    assert_eq!(error.rate_limit().and_then(|status| status.limit), Some(3));
}
