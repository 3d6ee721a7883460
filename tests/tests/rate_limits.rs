//! With the default time limits, no call is sent that has waited for a documented rate limit so long that less than the time of
//! a whole attempt is left: it could be executed although it times out.

use std::time::Duration;

use engagement_core::{
    ClientBuilder, ClientCore, Error, ErrorKind, FromClientCore, Method, Operation, Provider,
    RateLimit, RateLimits, RawResponse,
};
use engagement_faults::{FaultServer, Response};
use engagement_tests::{credentials, providers};
use futures_util::future::join_all;
use tokio::task::yield_now;
use tokio::time::advance;

/// The defaults.
const TIMEOUT: Duration = Duration::from_secs(60);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);

struct Client(ClientCore);

impl FromClientCore for Client {
    fn from_client_core(core: ClientCore) -> Result<Self, Error> {
        Ok(Self(core))
    }
}

fn client(provider: &'static Provider, url: &str) -> ClientCore {
    let mut builder: ClientBuilder<Client> =
        credentials::builder(provider, |_| Some("a-value".to_owned()));
    for server in provider.servers {
        builder = builder.server_url(server.name, url);
    }
    builder.build().unwrap().0
}

/// Sends a request that counts towards the operation.
async fn send(client: &ClientCore, operation: &Operation) -> Result<RawResponse, Error> {
    let method = Method::from_bytes(operation.method.as_bytes()).unwrap();
    let mut path = String::new();
    for segment in operation.path.split('/').skip(1) {
        let value = if segment.contains('{') { "x" } else { segment };
        path.extend(["/", value]);
    }
    let server = client.provider().servers[operation.server].name;
    let request = client.request(method, path).server(server);
    request.send().await
}

/// The result of `future` while no time passes: a paused clock does not advance while a task is ready.
async fn standing<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    loop {
        tokio::select! {
            biased;
            outcome = &mut future => return outcome,
            () = yield_now() => {}
        }
    }
}

/// Lets everything run that can.
async fn settle() {
    for _ in 0..100 {
        yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_sent_has_the_time_of_a_whole_attempt() {
    let mut limits = 0;
    for provider in providers::ALL {
        let provider = provider.definition;
        for operation in provider.operations {
            let Some(limit) = operation.rate_limit else {
                continue;
            };
            limits += 1;
            let ok = Response::raw("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
            let server = FaultServer::with_responses([ok]).await.unwrap();
            let client = client(provider, &server.url());
            let requests = usize::try_from(limit.requests).unwrap();
            let mut sent = 0;
            while sent < requests {
                let burst = (requests - sent).min(64);
                let calls = (0..burst).map(|_| send(&client, operation));
                for outcome in standing(join_all(calls)).await {
                    assert_eq!(outcome.unwrap().waited(), Duration::ZERO);
                }
                sent += burst;
            }
            // One call after the other, until one can wait for a permit.
            let (mut passed, mut refused) = (Duration::ZERO, 0);
            let waited = loop {
                let call = tokio::spawn({
                    let client = client.clone();
                    async move { send(&client, operation).await }
                });
                settle().await;
                while !call.is_finished() {
                    advance(Duration::from_millis(250)).await;
                    settle().await;
                }
                match standing(call).await.unwrap() {
                    Ok(response) => break response.waited(),
                    Err(error) => {
                        let id = operation.id;
                        assert_eq!(error.kind(), ErrorKind::RateLimited, "{id}: {error}");
                        assert!(!error.was_sent(), "{id}: {error}");
                        assert_eq!(error.waited(), Duration::ZERO, "{id}: {error}");
                        let wait = error.retry_after().unwrap();
                        assert!(wait + ATTEMPT_TIMEOUT > TIMEOUT, "{id}: {error}");
                        refused += 1;
                    }
                }
                advance(Duration::from_secs(1)).await;
                passed += Duration::from_secs(1);
            };
            assert!(waited + ATTEMPT_TIMEOUT <= TIMEOUT, "{}", operation.id);
            assert!(refused > 0 && !waited.is_zero(), "{}", operation.id);
            assert!(passed + waited >= limit.per, "{}", operation.id);
            assert_eq!(server.requests().len(), requests + 1);
        }
    }
    assert_eq!(limits, 10);
}

#[tokio::test]
async fn a_license_code_of_a_call_has_limits_of_its_own() {
    let body = r#"{"response":{"status":"queued"}}"#;
    let length = body.len();
    let ok = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{body}");
    let ok = Response::raw(ok);
    let server = FaultServer::with_responses([ok]).await.unwrap();
    let limits = RateLimits::documented().operation("users_track", RateLimit::per_minute(1));
    let client = webengage_client::Client::builder("first", "key")
        .base_url(server.url())
        .rate_limits(limits)
        .build()
        .unwrap();
    let track = || {
        let user = webengage_client::types::UserUpsert::new().user_id("u1");
        client.users().track(user)
    };
    track().response().await.unwrap();
    for refused in [track(), track().license_code("first")] {
        let error = refused.response().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited);
    }
    track().license_code("in~second").response().await.unwrap();
    let error = track().license_code("in~second").response().await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::RateLimited);
    assert_eq!(server.requests().len(), 2);
}
