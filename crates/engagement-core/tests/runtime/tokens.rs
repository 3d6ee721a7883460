//! Token sources.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::Poll;
use std::time::{Duration, SystemTime};

use engagement_core::{
    ClientCore, Credential, Error, ErrorKind, RawResponse, Response, Secret, Token, TokenSource,
};
use futures_util::future::join_all;
use tokio::sync::Semaphore;

use crate::support::*;

/// Returns `token-1`, `token-2` and so on. While it is blocked, fetches wait.
#[derive(Clone)]
struct CountingSource {
    fetches: Arc<AtomicUsize>,
    permits: Arc<Semaphore>,
    token: fn(String) -> Option<Token>,
}

impl CountingSource {
    fn new(token: fn(String) -> Option<Token>) -> Self {
        Self {
            fetches: Arc::default(),
            permits: Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)),
            token,
        }
    }

    fn block(&self) {
        self.permits.forget_permits(Semaphore::MAX_PERMITS);
    }

    fn blocked(self) -> Self {
        self.block();
        self
    }

    fn unblock(&self) {
        self.permits.add_permits(1000);
    }

    fn fetches(&self) -> usize {
        self.fetches.load(Ordering::SeqCst)
    }
}

impl TokenSource for CountingSource {
    fn fetch<'a>(&'a self, core: &'a ClientCore) -> Fetch<'a> {
        let number = self.fetches.fetch_add(1, Ordering::SeqCst) + 1;
        Box::pin(async move {
            self.permits.acquire().await.unwrap().forget();
            let token = (self.token)(format!("token-{number}"));
            token.ok_or_else(|| core.no_token("no token is available"))
        })
    }
}

fn with(server: &TestServer, source: impl TokenSource) -> ClientCore {
    build(at(server).token_source("token", source))
}

async fn list(client: &ClientCore) -> Result<Response<()>, Error> {
    send_empty(client, &CONTACTS_LIST).await
}

/// The tokens that were sent, in order.
fn tokens(server: &TestServer) -> Vec<String> {
    let requests = server.requests();
    let token = |request: &String| {
        let mut lines = request.lines();
        let line = lines.find_map(|line| line.strip_prefix("authorization: Bearer "));
        line.unwrap_or("none").to_owned()
    };
    requests.iter().map(token).collect()
}

/// Advances the clock.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

type Waiting<'a> = Vec<Pin<Box<dyn Future<Output = Result<Response<()>, Error>> + 'a>>>;

/// This number of calls that wait for a token.
async fn waiting(client: &ClientCore, count: usize) -> Waiting<'_> {
    let mut calls: Waiting<'_> = Vec::new();
    for _ in 0..count {
        let mut call: Pin<Box<dyn Future<Output = _>>> = Box::pin(list(client));
        poll_fn(|context| {
            assert!(call.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
        calls.push(call);
    }
    calls
}

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_token_is_used_until_shortly_before_it_expires() {
    for (token, used_for) in [
        (
            (|text| Some(Token::new(text).expires_in(600 * SECOND))) as fn(String) -> Option<Token>,
            540 * SECOND,
        ),
        (
            |text| Some(Token::new(text).expires_at(SystemTime::now() + 600 * SECOND)),
            540 * SECOND,
        ),
        (|text| Some(Token::new(text)), 3000 * SECOND),
        // A token with a short lifetime is used for half of it.
        (
            |text| Some(Token::new(text).expires_in(30 * SECOND)),
            15 * SECOND,
        ),
    ] {
        let server = TestServer::once(json("{}")).await;
        let source = CountingSource::new(token);
        let client = with(&server, source.clone());
        assert_eq!(source.fetches(), 0);
        list(&client).await.unwrap();
        pass(used_for - 2 * SECOND).await;
        list(&client).await.unwrap();
        assert_eq!(source.fetches(), 1);
        pass(3 * SECOND).await;
        list(&client).await.unwrap();
        assert_eq!(source.fetches(), 2);
        assert_eq!(tokens(&server), ["token-1", "token-1", "token-2"]);
    }
}

#[tokio::test]
async fn an_expired_token_is_fetched_once_for_all_calls() {
    let tokens_of: [fn(String) -> Option<Token>; 2] = [
        |text| Some(Token::new(text).expires_in(600 * SECOND)),
        // Already expired by the local clock: calls that waited for it use it.
        |text| Some(Token::new(text).expires_at(SystemTime::UNIX_EPOCH)),
    ];
    for token in tokens_of {
        let server = TestServer::once(json("{}")).await;
        let source = CountingSource::new(token);
        let client = with(&server, source.clone());
        list(&client).await.unwrap();
        pass(541 * SECOND).await;
        source.block();
        let calls = waiting(&client, 64).await;
        assert_eq!(source.fetches(), 2);
        source.unblock();
        for result in join_all(calls).await {
            assert_eq!(result.unwrap().attempts(), 1);
        }
        assert_eq!(source.fetches(), 2);
        let sent = tokens(&server);
        assert_eq!(sent.len(), 65);
        assert!(sent[1..].iter().all(|token| token == "token-2"), "{sent:?}");
    }
}

#[tokio::test]
async fn a_refused_token_is_fetched_once_for_all_calls() {
    let revoked = Arc::new(AtomicBool::new(false));
    let server = {
        let revoked = Arc::clone(&revoked);
        TestServer::responding(move |request| {
            let old = request.contains("Bearer token-1\r\n");
            if old && revoked.load(Ordering::SeqCst) {
                reply("401 Unauthorized", "text/plain", "expired")
            } else {
                json("{}")
            }
        })
        .await
    };
    let source = CountingSource::new(|text| Some(Token::new(text)));
    let client = with(&server, source.clone());
    list(&client).await.unwrap();
    revoked.store(true, Ordering::SeqCst);
    let calls = (0..64).map(|_| send_empty(&client, &CONTACTS_CREATE));
    for result in join_all(calls).await {
        assert_eq!(result.unwrap().attempts(), 2);
    }
    assert_eq!(source.fetches(), 2);
    let sent = tokens(&server);
    let of = |token: &str| sent.iter().filter(|sent| *sent == token).count();
    assert_eq!((of("token-1"), of("token-2")), (65, 64));
    assert_eq!(list(&client).await.unwrap().attempts(), 1);
}

#[tokio::test]
async fn a_second_refusal_is_returned() {
    let server = TestServer::once(reply("401 Unauthorized", "text/plain", "not allowed")).await;
    let source = CountingSource::new(|text| Some(Token::new(text)));
    let client = with(&server, source.clone());
    let error = list(&client).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "acme contacts_list: 401 Unauthorized: not allowed"
    );
    assert!(error.is_unauthorized() && error.was_sent());
    assert_eq!(error.attempts(), 2);
    assert_eq!(tokens(&server), ["token-1", "token-2"]);
    assert_eq!(source.fetches(), 2);

    // A 403 does not renew the token, and other credentials cannot be renewed.
    let server = TestServer::once(reply("403 Forbidden", "text/plain", "no")).await;
    let error = list(&with(&server, source.clone())).await.unwrap_err();
    assert_eq!((error.attempts(), server.requests().len()), (1, 1));
    let server = TestServer::once(reply("401 Unauthorized", "text/plain", "no")).await;
    let error = list(&crate::support::client(&server)).await.unwrap_err();
    assert_eq!((error.attempts(), server.requests().len()), (1, 1));
}

#[tokio::test]
async fn a_failed_login_fails_all_waiting_calls() {
    let server = TestServer::once(json("{}")).await;
    let source = CountingSource::new(|_| None).blocked();
    let client = with(&server, source.clone());
    let calls = waiting(&client, 64).await;
    source.unblock();
    let results = join_all(calls).await;
    assert_eq!((results.len(), source.fetches()), (64, 1));
    for result in results {
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::MissingCredentials);
        assert_eq!(
            error.to_string(),
            "acme contacts_list: login failed: no token is available"
        );
        assert!(!error.was_sent());
        assert_eq!(error.attempts(), 0);
    }
    // A later call fetches again.
    assert!(list(&client).await.is_err());
    assert_eq!((source.fetches(), server.requests().len()), (2, 0));
}

#[tokio::test]
async fn a_failed_renewal_fails_all_refused_calls() {
    let server = TestServer::once(reply("401 Unauthorized", "text/plain", "revoked")).await;
    let source = CountingSource::new(|text| (text == "token-1").then(|| Token::new(text)));
    let client = with(&server, source.clone());
    let calls: Vec<_> = (0..64).map(|_| list(&client)).collect();
    let results = join_all(calls).await;
    assert_eq!((server.requests().len(), source.fetches()), (64, 2));
    for result in results {
        let error = result.unwrap_err();
        assert_eq!(
            error.to_string(),
            "acme contacts_list: login failed: no token is available"
        );
        assert!(error.was_sent());
    }
    assert!(list(&client).await.is_err());
    assert_eq!(source.fetches(), 3);
}

#[tokio::test]
async fn a_login_goes_on_when_the_call_that_began_it_is_dropped() {
    let server = TestServer::once(json("{}")).await;
    let source = CountingSource::new(|text| Some(Token::new(text))).blocked();
    let client = with(&server, source.clone());
    let mut calls = waiting(&client, 64).await;
    assert_eq!(source.fetches(), 1);
    // Those that poll it, one after the other.
    for _ in 0..32 {
        drop(calls.remove(0));
        tokio::task::yield_now().await;
    }
    source.unblock();
    for outcome in join_all(calls).await {
        outcome.unwrap();
    }
    assert_eq!(
        (source.fetches(), tokens(&server)),
        (1, vec!["token-1".to_owned(); 32])
    );
}

#[tokio::test]
async fn a_login_that_takes_longer_than_callers_wait_succeeds() {
    let server = TestServer::once(json("{}")).await;
    let source = CountingSource::new(|text| Some(Token::new(text))).blocked();
    let client = with(&server, source.clone());
    for _ in 0..10 {
        drop(waiting(&client, 1).await);
        pass(10 * SECOND).await;
    }
    source.unblock();
    list(&client).await.unwrap();
    assert_eq!(
        (source.fetches(), tokens(&server)),
        (1, vec!["token-1".to_owned()])
    );
}

#[tokio::test]
async fn a_login_that_nobody_waits_for_is_given_up() {
    let server = TestServer::once(json("{}")).await;
    let source = CountingSource::new(|text| Some(Token::new(text))).blocked();
    let client = with(&server, source.clone());
    drop(waiting(&client, 1).await);
    pass(31 * SECOND).await;
    source.unblock();
    list(&client).await.unwrap();
    assert_eq!(
        (source.fetches(), tokens(&server)),
        (2, vec!["token-2".to_owned()])
    );
}

/// What failed may have failed because nobody polled it: its time limit has passed, or its connection is closed.
#[tokio::test]
async fn a_login_that_failed_after_a_break_is_repeated() {
    for (after, fetches) in [(2 * SECOND, 2), (SECOND / 2, 1)] {
        let server = TestServer::once(json("{}")).await;
        let source =
            CountingSource::new(|text| (text == "token-2").then(|| Token::new(text))).blocked();
        let client = with(&server, source.clone());
        drop(waiting(&client, 1).await);
        pass(after).await;
        source.unblock();
        assert_eq!(list(&client).await.is_ok(), fetches == 2);
        assert_eq!(source.fetches(), fetches);
    }
}

/// Otherwise it would hold the client, and the client would hold it.
#[tokio::test]
async fn a_login_in_progress_does_not_keep_its_client_alive() {
    let server = TestServer::once(json("{}")).await;
    let reported = crate::observer::Recorded::default();
    let alive = Arc::new(());
    struct Observing(
        crate::observer::Recorded,
        #[allow(dead_code, reason = "counted")] Arc<()>,
    );
    impl engagement_core::observe::Observer for Observing {
        fn event(
            &self,
            attributes: &engagement_core::observe::CallAttributes<'_>,
            event: &engagement_core::observe::Event<'_>,
        ) {
            self.0.event(attributes, event);
        }
    }
    let source = CountingSource::new(|text| Some(Token::new(text))).blocked();
    let client = builder()
        .base_url(server.url())
        .token_source("token", source.clone())
        .observer(Observing(reported, Arc::clone(&alive)))
        .build()
        .unwrap()
        .0;
    drop(waiting(&client, 1).await);
    assert_eq!(source.fetches(), 1);
    assert!(Arc::strong_count(&alive) > 1);
    drop(client);
    assert_eq!(Arc::strong_count(&alive), 1);
}

#[tokio::test]
async fn a_token_is_used_for_a_while_even_if_it_seems_to_have_expired() {
    let tokens_of: [fn(String) -> Option<Token>; 2] = [
        |text| Some(Token::new(text).expires_at(SystemTime::UNIX_EPOCH)),
        |text| Some(Token::new(text).expires_in(Duration::ZERO)),
    ];
    for token in tokens_of {
        let server = TestServer::once(json("{}")).await;
        let source = CountingSource::new(token);
        let client = with(&server, source.clone());
        for _ in 0..100 {
            list(&client).await.unwrap();
        }
        assert_eq!(source.fetches(), 1);
        pass(11 * SECOND).await;
        list(&client).await.unwrap();
        assert_eq!(source.fetches(), 2);
    }
}

#[tokio::test]
async fn tokens_can_be_forgotten() {
    let server = TestServer::once(json("{}")).await;
    let source = CountingSource::new(|text| Some(Token::new(text)));
    let client = with(&server, source.clone());
    list(&client).await.unwrap();
    client.clone().forget_tokens();
    list(&client).await.unwrap();
    assert_eq!(tokens(&server), ["token-1", "token-2"]);

    // A token that is being fetched is used by the waiting calls, and not cached.
    let source = CountingSource::new(|text| Some(Token::new(text))).blocked();
    let client = with(&server, source.clone());
    let calls = waiting(&client, 1).await;
    client.forget_tokens();
    source.unblock();
    join_all(calls).await;
    list(&client).await.unwrap();
    list(&client).await.unwrap();
    assert_eq!(tokens(&server)[2..], ["token-1", "token-2", "token-2"]);
}

#[tokio::test]
async fn derived_clients_have_their_own_tokens() {
    let server = TestServer::once(json("{}")).await;
    let source = CountingSource::new(|text| Some(Token::new(text)));
    let client = with(&server, source.clone());
    list(&client).await.unwrap();
    let other = client
        .with_credentials([("key", Some(Credential::user_only("other")))])
        .unwrap();
    // `key` comes before `token` in the alternatives.
    send_empty(&other, &CONTACTS_LIST).await.unwrap();
    send_empty(&other, &EVENTS_TRACK).await.unwrap();
    let fixed = [("token", Some(Credential::bearer("fixed-token")))];
    let fixed = client.with_credentials(fixed).unwrap();
    list(&fixed).await.unwrap();
    list(&client).await.unwrap();
    assert_eq!(
        tokens(&server),
        ["token-1", "none", "token-2", "fixed-token", "token-1"]
    );
    let none = client.with_credentials([("token", None)]).unwrap();
    let error = list(&none).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingCredentials);
    assert_eq!(source.fetches(), 2);
    assert_eq!(server.connections(), 1);
}

/// Logs in with the client.
pub(crate) struct Login {
    pub(crate) operation: &'static engagement_core::Operation,
}

impl TokenSource for Login {
    fn fetch<'a>(&'a self, core: &'a ClientCore) -> Fetch<'a> {
        Box::pin(async move {
            let mut call = core.call(self.operation);
            call.json(&serde_json::json!({"password": Secret::from("pass word/1")}));
            let token = call
                .send(RawResponse::into_json::<Secret>)
                .into_call()
                .await?;
            Ok(Token::new(token))
        })
    }

    fn secrets(&self) -> Vec<Secret> {
        vec!["pass word/1".into()]
    }
}

fn clean(error: &Error) {
    let mut texts = vec![error.to_string(), format!("{error:?}")];
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        texts.extend([error.to_string(), format!("{error:?}")]);
        source = error.source();
    }
    for text in texts {
        for secret in ["pass word", "pass%20word", "pass+word", "tok/en"] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[tokio::test]
async fn the_login_error_is_reported_without_its_secrets() {
    let refusal = r#"{"message": "pass%20word%2F1, that is pass word/1, is wrong"}"#;
    let headers = "retry-after: 7\r\nx-request-id: pass+word%2F1\r\n";
    let server = TestServer::once(with_headers("403 Forbidden", headers, refusal)).await;
    let client = with(&server, Login { operation: &LOGIN });
    assert!(!format!("{client:?}").contains("pass"));
    let error = list(&client).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "acme contacts_list: login failed: 403 Forbidden: [REDACTED], that is [REDACTED], is wrong"
    );
    assert_eq!(error.kind(), ErrorKind::Api);
    assert!(error.is_forbidden() && !error.was_sent());
    assert_eq!(error.attempts(), 0);
    assert_eq!(error.operation().unwrap().id, "contacts_list");
    assert_eq!(
        error.message(),
        Some("[REDACTED], that is [REDACTED], is wrong")
    );
    assert_eq!(error.request_id(), Some("[REDACTED]"));
    assert_eq!(error.retry_after(), Some(7 * SECOND));
    let source = std::error::Error::source(&error).unwrap();
    assert_starts(&source.to_string(), "acme auth_login: 403 ");
    clean(&error);
    assert!(server.request().ends_with(r#"{"password":"pass word/1"}"#));

    // A 404 of the login does not mean that the contact is missing.
    let server = TestServer::once(reply("404 Not Found", "text/plain", "")).await;
    let error = list(&with(&server, Login { operation: &LOGIN }))
        .await
        .unwrap_err();
    assert!(!error.is_not_found(), "{error}");
}

#[tokio::test]
async fn current_and_old_tokens_are_masked() {
    let server = TestServer::responding(|request| {
        if request.starts_with("POST /login ") {
            return json(r#""tok/en-1""#);
        }
        let echo = r#"{"message": "tok/en-1 tok%2Fen-1"}"#;
        reply("400 Bad Request", "application/json", echo)
    })
    .await;
    let client = with(&server, Login { operation: &LOGIN });
    for _ in 0..2 {
        let error = list(&client).await.unwrap_err();
        assert_eq!(error.message(), Some("[REDACTED] [REDACTED]"));
        clean(&error);
        client.forget_tokens();
    }
    let derived =
        client.with_credentials([("token", None), ("header", Some(Credential::header("k")))]);
    let error = list(&derived.unwrap()).await.unwrap_err();
    assert_eq!(error.message(), Some("[REDACTED] [REDACTED]"));

    let server = TestServer::once(reply(
        "400 Bad Request",
        "text/plain",
        "token-1 token-2 token-3",
    ))
    .await;
    let client = with(&server, CountingSource::new(|text| Some(Token::new(text))));
    for message in [
        "[REDACTED] token-2 token-3",
        "[REDACTED] [REDACTED] token-3",
        "[REDACTED] [REDACTED] [REDACTED]",
    ] {
        let error = list(&client).await.unwrap_err();
        assert_eq!(error.message(), Some(message));
        client.forget_tokens();
    }
    assert_eq!(
        format!("{:?}", Token::new("hidden")),
        "Token { text: [REDACTED], expiry: Unknown }"
    );
}

#[tokio::test]
async fn a_login_operation_that_needs_a_token_is_an_error() {
    let server = TestServer::once(json("{}")).await;
    let client = with(
        &server,
        Login {
            operation: &EVENTS_TRACK,
        },
    );
    let error = list(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingCredentials);
    let text = error.to_string();
    assert_starts(
        &text,
        "acme contacts_list: login failed: missing credentials: set API key ",
    );
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn a_login_counts_towards_the_timeout_of_the_call() {
    let server = TestServer::once(json("{}")).await;
    let client = build(
        at(&server)
            .token_source("token", CountingSource::new(|_| None).blocked())
            .timeout(Duration::from_millis(50)),
    );
    let error = list(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.is_timeout() && !error.was_sent());
    assert_eq!(
        error.to_string(),
        "acme contacts_list: login failed: no token in time"
    );
}

#[tokio::test]
async fn an_invalid_token_is_reported() {
    let server = TestServer::once(json("{}")).await;
    let client = with(
        &server,
        CountingSource::new(|_| Some(Token::new("hidden token"))),
    );
    let error = list(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(
        error.to_string(),
        "acme contacts_list: login failed: the token cannot be used: it contains white space; set the token only, without `Bearer`"
    );
    assert!(!format!("{error:?}").contains("hidden"));
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn token_sources_are_checked() {
    let source = || CountingSource::new(|text| Some(Token::new(text)));
    let local = || builder().base_url("http://localhost:1");
    for (builder, reason) in [
        (
            local()
                .token_source("token", source())
                .credential("token", Credential::bearer("hidden")),
            "`token` has both a credential and a token source: set only one of them",
        ),
        (
            local().token_source("nope", source()),
            "there is no credential scheme named `nope`",
        ),
        (
            local().token_source("login", source()),
            "the token source for `Login` cannot be used: it takes a user and a password, not a token",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert_eq!(
            error.to_string(),
            format!("acme client: invalid configuration: {reason}")
        );
    }
    let builder = local().token_source("token", source());
    let debug = format!("{builder:?}");
    assert_contains(&debug, r#"token_sources: ["token"]"#);
    let debug = format!("{:?}", builder.build().unwrap());
    assert_contains(&debug, r#"credentials: ["token"]"#);
}

#[test]
fn futures_are_send() {
    fn sendable<T: Send>(_: T) {}
    let client = build(
        builder()
            .base_url("http://localhost:1")
            .token_source("token", CountingSource::new(|_| None)),
    );
    sendable(send_empty(&client, &CONTACTS_LIST));
    sendable(list(&client));
}
