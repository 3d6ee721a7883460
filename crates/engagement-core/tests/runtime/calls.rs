//! Calls and their futures.

use std::marker::PhantomPinned;
use std::time::Duration;

use engagement_core::{
    Attributes, Call, CallContext, CallFuture, ClientCore, Error, ErrorKind, RawResponse, Response,
    ResponseFuture, RetryPolicy,
};
use tokio::task::JoinSet;
use tokio::time::{Instant, advance};

use crate::observer::observed_client;
use crate::support::*;
use crate::virtual_time::{settle, without_time};

const SECOND: Duration = Duration::from_secs(1);

/// Like a generated call.
#[derive(Clone)]
#[must_use = "nothing is sent before `send`"]
pub(crate) struct Get<C = Client> {
    call_context: CallContext<C>,
    id: i64,
}

impl<C> Get<C> {
    pub(crate) fn of(core: &ClientCore, id: i64) -> Self {
        Self {
            call_context: CallContext::new(core),
            id,
        }
    }

    fn into_request(self) -> Call {
        let mut call = self.call_context.into_call(&CONTACTS_GET);
        call.path("id", &self.id);
        call
    }
}

engagement_core::call! {
    /// Sends `GET /contacts/{id}`.
    Get -> i64, RawResponse::into_json
}

/// A call composed of several calls.
#[derive(Clone)]
#[must_use = "nothing is sent before `send`"]
pub(crate) struct Sum<C = Client> {
    call_context: CallContext<C>,
    ids: [i64; 2],
}

impl<C: 'static> Sum<C> {
    pub(crate) fn of(core: &ClientCore, ids: [i64; 2]) -> Self {
        let call_context = CallContext::new(core);
        Self { call_context, ids }
    }

    fn into_response(self) -> ResponseFuture<i64> {
        let [one, other] = self.ids;
        let get = move |id| {
            let call_context = self.call_context.clone();
            Get { call_context, id }.into_response()
        };
        ResponseFuture::composed(async move {
            let one = get(one).into_call().await?;
            let other = get(other).await?;
            Ok(other.map(|other| one + other))
        })
    }
}

engagement_core::call_methods! { Sum -> i64 }

fn get(core: &ClientCore, id: i64) -> Get {
    Get::of(core, id)
}

fn sum(core: &ClientCore) -> Sum {
    Sum::of(core, [1, 2])
}

/// A server that returns the id times ten.
async fn tens() -> TestServer {
    TestServer::responding(|request| {
        let id = request.split(['/', ' ']).nth(3).unwrap();
        json(&format!("{id}0"))
    })
    .await
}

#[test]
fn futures_are_small_send_and_static() {
    fn good<T: Future + Send + Unpin + 'static>() {}
    good::<CallFuture<i64>>();
    good::<ResponseFuture<i64>>();
    good::<CallFuture<PhantomPinned>>();
    good::<ResponseFuture<PhantomPinned>>();
    fn shared<T: Clone + Send + Sync + 'static>() {}
    shared::<Get>();
    shared::<Get<crate::blocking::Client>>();
    shared::<Response<i64>>();
    assert!(size_of::<CallFuture<()>>() <= 64);
    assert!(size_of::<ResponseFuture<()>>() <= 64);
    // The size does not depend on the response type.
    assert_eq!(
        [
            size_of::<CallFuture<[u8; 4096]>>(),
            size_of::<ResponseFuture<[u8; 4096]>>(),
            size_of::<ResponseFuture<()>>()
        ],
        [size_of::<CallFuture<()>>(); 3]
    );
}

#[tokio::test]
async fn a_call_is_sent_by_awaiting_it_or_its_future() {
    let server = tens().await;
    let client = client(&server);
    assert_eq!(get(&client, 1).await.unwrap(), 10);
    assert_eq!(get(&client, 2).send().await.unwrap(), 20);
    let response = get(&client, 3).response().await.unwrap();
    assert_eq!((*response.value(), response.status().as_u16()), (30, 200));
    assert_eq!(response.attempts(), 1);
    // As an argument of type `IntoFuture`.
    async fn awaited<T>(call: impl IntoFuture<Output = Result<T, Error>>) -> T {
        call.await.unwrap()
    }
    assert_eq!(awaited(get(&client, 4)).await, 40);
    assert_eq!(sum(&client).await.unwrap(), 30);
    assert_eq!(sum(&client).send().await.unwrap(), 30);
    let response = sum(&client).response().await.unwrap();
    // The metadata is that of the last call.
    assert_eq!((*response.value(), &response.body()[..]), (30, &b"20"[..]));
    // It can be polled without `pin!`.
    let mut call = get(&client, 5).send();
    tokio::select! {
        result = &mut call => assert_eq!(result.unwrap(), 50),
        () = std::future::pending() => unreachable!(),
    }
}

#[tokio::test]
async fn calls_own_the_client() {
    let server = tens().await;
    let mut calls = JoinSet::new();
    {
        let client = client(&server);
        for id in 1..=3 {
            calls.spawn(get(&client, id).send());
        }
        calls.spawn(sum(&client).into_future());
    }
    let mut found: Vec<i64> = Vec::new();
    while let Some(result) = calls.join_next().await {
        found.push(result.unwrap().unwrap());
    }
    found.sort_unstable();
    assert_eq!(found, [10, 20, 30, 30]);
    // A cloned call can be sent again.
    let call = get(&client(&server), 4);
    assert_eq!(call.clone().await.unwrap(), 40);
    assert_eq!(call.await.unwrap(), 40);
}

#[tokio::test]
async fn settings_apply_to_one_call() {
    let server = TestServer::once(reply("503 X", "text/plain", "")).await;
    let client = client(&server).with(|call| call.retry(crate::retries::without_backoff()));
    let once = get(&client, 1).with(|call| call.retry(RetryPolicy::none()));
    assert_eq!(once.send().await.unwrap_err().attempts(), 1);
    assert_eq!(get(&client, 1).await.unwrap_err().attempts(), 3);
    let once = sum(&client).with(|call| call.retry(RetryPolicy::none()));
    assert_eq!(once.await.unwrap_err().attempts(), 1);
}

#[test]
fn debug_output_contains_no_values() {
    let client = build(builder().base_url("http://localhost:1"));
    let texts = [
        format!("{:?}", get(&client, 4_711)),
        format!("{:?}", get(&client, 4_711).send()),
        format!("{:?}", get(&client, 4_711).response()),
        format!("{:?}", get(&client, 4_711).call_context),
    ];
    assert_eq!(
        texts,
        [
            "Get { .. }",
            "CallFuture { .. }",
            "ResponseFuture { .. }",
            "CallContext { .. }"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_never_polled_sends_nothing() {
    let server = TestServer::once(json("7")).await;
    let (client, reported) = observed_client(&server);
    let client = client.with(|call| call.timeout(SECOND));
    drop((get(&client, 1).send(), get(&client, 1).response()));
    drop((sum(&client).send(), get(&client, 1)));
    let kept = [get(&client, 1).send(), sum(&client).send()];
    settle().await;
    assert_eq!((server.requests().len(), server.connections()), (0, 0));
    assert_eq!(reported.take(), [""; 0]);
    drop(kept);
    settle().await;
    assert_eq!((server.requests().len(), server.connections()), (0, 0));
    assert_eq!(reported.take(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn timeouts_start_at_the_first_poll() {
    let server = TestServer::once(json("7")).await;
    let client = client(&server).with(|call| call.timeout(SECOND).attempt_timeout(SECOND));
    let kept = get(&client, 1).send();
    advance(3600 * SECOND).await;
    assert_eq!(without_time(kept).await.unwrap(), 7);

    let silent = TestServer::once(Reply::ThenNothing(Vec::new())).await;
    let client = crate::support::client(&silent);
    let call = get(&client, 1).with(|call| call.timeout(SECOND).retry(RetryPolicy::none()));
    let kept = call.send();
    advance(3600 * SECOND).await;
    let began = Instant::now();
    let called = tokio::spawn(kept);
    silent.received(1).await;
    advance(SECOND).await;
    let error = without_time(called).await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(began.elapsed(), SECOND);
}

#[tokio::test]
async fn an_invalid_call_fails_when_it_is_awaited() {
    let server = TestServer::once(json("7")).await;
    let client = client(&server);
    let refused = || {
        let mut call = get(&client, 1);
        call.call_context.refuse("the first reason");
        call.call_context.refuse("the second reason");
        call.with(|call| call.timeout(SECOND))
    };
    for error in [
        refused().await.unwrap_err(),
        refused().send().await.unwrap_err(),
        refused().response().await.unwrap_err(),
        refused()
            .into_request()
            .send(RawResponse::into_empty)
            .await
            .unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(!error.was_sent());
        assert_eq!(
            error.to_string(),
            "acme contacts_get: invalid request: the first reason"
        );
    }
    assert_eq!(server.requests().len(), 0);
    let error = refused().await.unwrap_err();
    let again: ResponseFuture<i64> = ResponseFuture::refused(error);
    assert_eq!(
        again.into_call().await.unwrap_err().to_string(),
        "acme contacts_get: invalid request: the first reason"
    );
}

#[tokio::test]
async fn a_call_context_converts_to_another_client_type() {
    let server = tens().await;
    let client = client(&server);
    let blocking: Get<crate::blocking::Client> = Get::of(&client, 6);
    let awaited: Get = Get {
        call_context: blocking.call_context.for_client(),
        id: blocking.id,
    };
    assert_eq!(awaited.await.unwrap(), 60);
    let mut refused: CallContext<crate::blocking::Client> = CallContext::new(&client);
    refused.refuse("a reason");
    let refused: Get = Get {
        call_context: refused.for_client(),
        id: 1,
    };
    let error = refused.await.unwrap_err();
    assert!(error.to_string().ends_with("a reason"), "{error}");
}

/// Unknown fields of a response are reported whenever it is decoded.
#[tokio::test]
async fn a_response_reports_drift_after_its_client_was_dropped() {
    struct Record {
        a: Option<i64>,
        extra: Attributes,
    }
    engagement_core::wire_object! { Record { optional a: "a" } extra }

    let server = TestServer::once(json(r#"{"a": 1, "novel": 2}"#)).await;
    let (client, reported) = observed_client(&server);
    let response: Response<()> = send_empty(&client, &CONTACTS_LIST).await.unwrap();
    drop((client, server));
    reported.take();
    let response = response.clone();
    let record = response.full_body::<Record>().unwrap();
    assert_eq!((record.a, record.extra.len()), (Some(1), 1));
    assert_eq!(
        reported.take(),
        [r#"Drift { kind: Field, type_name: "Record", field: Some("novel") }"#]
    );
    assert_eq!(
        response.full_body::<i64>().unwrap_err().to_string(),
        "acme contacts_list: unexpected body: invalid type: map, expected i64 (line 1, column 0) (200 OK)"
    );
    assert_eq!(reported.take(), ["DecodeFailed"]);
}
