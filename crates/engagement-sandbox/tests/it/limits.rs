//! The rate limits of WebEngage. The other providers publish none that the sandbox emulates.

use engagement_sandbox::{Builder, Sandbox};
use reqwest::header::HeaderMap;
use serde_json::json;

use crate::http::{Http, Payload};

const USERS: &str = "/v1/accounts/sandbox0/users";
const EVENTS: &str = "/v1/accounts/sandbox0/events";

async fn start(builder: Builder) -> Sandbox {
    builder.start().await.expect("a free port")
}

/// The headers of a rate limit: the limit, and the remaining requests.
fn limit_headers(headers: &HeaderMap) -> Option<(&str, &str)> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    Some((text("x-ratelimit-limit")?, text("x-ratelimit-remaining")?))
}

#[tokio::test]
async fn responses_have_the_remaining_requests() {
    let sandbox = start(Sandbox::builder()).await;
    let http = Http::webengage(&sandbox);
    let user = json!({ "userId": "u1" });
    let (_, headers, _) = http
        .call_with_headers("POST", USERS, Payload::Json(user.clone()))
        .await;
    assert_eq!(limit_headers(&headers), Some(("5000", "4999")));
    let (status, headers, _) = http
        .call_with_headers("POST", USERS, Payload::Json(json!([])))
        .await;
    assert_eq!(
        (status, limit_headers(&headers)),
        (400, Some(("5000", "4998")))
    );
    // Each operation has its own count.
    let event = json!({ "userId": "u1", "eventName": "Seen" });
    let (_, headers, _) = http
        .call_with_headers("POST", EVENTS, Payload::Json(event))
        .await;
    assert_eq!(limit_headers(&headers), Some(("5000", "4999")));
    // Requests without valid credentials don't count, and neither do those to operations without a limit.
    let unknown = Http::new(&sandbox, sandbox.webengage().base_url(), "Bearer x".into());
    let (status, headers, _) = unknown
        .call_with_headers("POST", USERS, Payload::Json(user.clone()))
        .await;
    assert_eq!((status, limit_headers(&headers)), (401, None));
    let (_, headers, _) = http
        .call_with_headers("GET", "/v1/feedback/none", Payload::None)
        .await;
    assert_eq!(limit_headers(&headers), None);
    sandbox.reset();
    let (_, headers, _) = http
        .call_with_headers("POST", USERS, Payload::Json(user))
        .await;
    assert_eq!(limit_headers(&headers), Some(("5000", "4999")));
}

#[tokio::test]
async fn one_request_too_many_is_429() {
    let sandbox = start(Sandbox::builder().rate_limit("users_track", 2)).await;
    let http = Http::webengage(&sandbox);
    let mut seen = Vec::new();
    for at in 0..4 {
        let user = json!({ "userId": format!("u{at}") });
        let (status, headers, body) = http
            .call_with_headers("POST", USERS, Payload::Json(user))
            .await;
        let remaining = limit_headers(&headers).map(|(_, remaining)| remaining.to_owned());
        seen.push((status == 429, remaining.expect("a header")));
        if status == 429 {
            let message = "Too many requests: `users_track` takes 2 in 60 seconds";
            let shape = json!({ "response": { "message": message, "status": "error" } });
            assert_eq!(body, shape);
        }
    }
    let expected = [(false, "1"), (false, "0"), (true, "0"), (true, "0")];
    assert_eq!(seen, expected.map(|(over, left)| (over, left.to_owned())));
    assert_eq!(sandbox.webengage().users().len(), 2);
}

#[tokio::test]
async fn limits_can_be_disabled_and_need_a_known_operation() {
    let sandbox = start(
        Sandbox::builder()
            .without_rate_limits()
            .rate_limit("users_track", 1),
    )
    .await;
    let http = Http::webengage(&sandbox);
    for _ in 0..2 {
        let user = json!({ "userId": "u1" });
        let (status, headers, _) = http
            .call_with_headers("POST", USERS, Payload::Json(user))
            .await;
        assert_eq!((status, limit_headers(&headers)), (201, None));
    }
    let unknown = Sandbox::builder()
        .rate_limit("users_merge", 1)
        .start()
        .await;
    assert_eq!(
        unknown
            .expect_err("Engage's limits are not emulated")
            .to_string(),
        "no provider with rate limits has an operation `users_merge`"
    );
}
