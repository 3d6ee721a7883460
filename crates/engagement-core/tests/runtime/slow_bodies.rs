//! Stalled bodies, with a paused clock.

use std::time::Duration;

use engagement_core::{ClientCore, Error, ErrorKind, RawResponse};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, advance};

use crate::support::*;
use crate::virtual_time::{settle, without_time};

const LONG: Duration = Duration::from_secs(24 * 3600);
const MS: Duration = Duration::from_millis(1);

/// A call with a response that the test writes.
struct Slow {
    stream: TcpStream,
    call: JoinHandle<Result<String, Error>>,
}

impl Slow {
    /// Starts the call and writes the head of the response.
    async fn begin(status: &str, set: fn(ClientCore) -> ClientCore) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = build(
            keyed_at(format!("http://{}", listener.local_addr().unwrap()))
                .timeout(LONG)
                .attempt_timeout(LONG)
                .retry(engagement_core::RetryPolicy::none()),
        );
        let call = set(client).call(&CONTACTS_LIST);
        let call = tokio::spawn(call.send(RawResponse::into_json::<String>).into_call());
        let (mut stream, _) = without_time(listener.accept()).await.unwrap();
        let mut request = [0; 4096];
        assert!(without_time(stream.read(&mut request)).await.unwrap() > 0);
        let mut slow = Self { stream, call };
        let head = format!(
            "HTTP/1.1 {status}\r\nx-request-id: r-1\r\nretry-after: 9\r\ncontent-length: 100\r\n\r\n\""
        );
        slow.write(head.as_bytes()).await;
        slow
    }

    async fn write(&mut self, bytes: &[u8]) {
        without_time(self.stream.write_all(bytes)).await.unwrap();
        for _ in 0..5 {
            settle().await;
        }
    }

    /// Checks that the call fails after exactly this time.
    async fn fails_after(self, time: Duration) -> Error {
        advance(time - MS).await;
        settle().await;
        assert!(!self.call.is_finished(), "too early");
        advance(MS).await;
        settle().await;
        assert!(self.call.is_finished(), "too late");
        self.call.await.unwrap().unwrap_err()
    }
}

fn default_settings(client: ClientCore) -> ClientCore {
    client
}

fn check(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.is_timeout() && error.was_sent());
    assert_eq!(
        (error.status().unwrap().as_u16(), error.request_id()),
        (200, Some("r-1"))
    );
    assert_eq!(error.retry_after(), Some(Duration::from_secs(9)));
}

#[tokio::test(start_paused = true)]
async fn a_stalled_body_times_out() {
    let slow = Slow::begin("200 OK", default_settings).await;
    let error = slow.fails_after(Duration::from_secs(20)).await;
    check(&error);
    assert_eq!(error.body().unwrap(), b"\"");
    assert_eq!(
        error.to_string(),
        "acme contacts_list: the body made no progress for 20 seconds (200 OK)"
    );
}

#[tokio::test(start_paused = true)]
async fn fewer_than_one_byte_per_second_is_a_stall() {
    let mut slow = Slow::begin("200 OK", default_settings).await;
    // 19 bytes with the quotation mark.
    for _ in 0..18 {
        advance(Duration::from_secs(1)).await;
        slow.write(b"x").await;
    }
    let error = slow.fails_after(Duration::from_secs(2)).await;
    check(&error);
    assert_eq!(error.body().unwrap().len(), 19);
}

#[tokio::test(start_paused = true)]
async fn a_byte_per_second_is_enough() {
    let mut slow = Slow::begin("200 OK", default_settings).await;
    let start = Instant::now();
    for _ in 0..98 {
        advance(Duration::from_secs(1) - MS).await;
        slow.write(b"x").await;
    }
    slow.write(b"\"").await;
    let text = without_time(slow.call).await.unwrap().unwrap();
    assert_eq!(text.len(), 98);
    assert_eq!(start.elapsed(), 98 * (Duration::from_secs(1) - MS));
}

#[tokio::test(start_paused = true)]
async fn enough_bytes_restart_the_stall_timeout() {
    let mut slow = Slow::begin("200 OK", default_settings).await;
    advance(Duration::from_secs(19)).await;
    slow.write(&[b'x'; 19]).await;
    check(&slow.fails_after(Duration::from_secs(20)).await);
}

#[tokio::test(start_paused = true)]
async fn the_stall_timeout_can_be_set_and_disabled() {
    let short =
        |client: ClientCore| client.with(|call| call.stall_timeout(Duration::from_millis(1500)));
    let error = Slow::begin("200 OK", short)
        .await
        .fails_after(Duration::from_millis(1500))
        .await;
    assert_eq!(
        error.to_string(),
        "acme contacts_list: the body made no progress for 1.5 seconds (200 OK)"
    );
    let never = |client: ClientCore| client.with(|call| call.stall_timeout(Duration::MAX));
    let error = Slow::begin("200 OK", never).await.fails_after(LONG).await;
    check(&error);
    assert_eq!(
        error.to_string(),
        "acme contacts_list: the body did not arrive in time (200 OK)"
    );
}

#[tokio::test(start_paused = true)]
async fn the_status_of_an_error_response_with_a_stalled_body_is_reported() {
    let slow = Slow::begin("404 Not Found", default_settings).await;
    let error = slow.fails_after(Duration::from_secs(20)).await;
    assert!(error.is_not_found());
    assert_eq!(error.request_id(), Some("r-1"));
}

#[test]
fn a_stall_timeout_of_zero_is_refused() {
    let builder = builder().stall_timeout(Duration::ZERO);
    assert_eq!(
        builder.build().unwrap_err().to_string(),
        "acme client: invalid configuration: stall_timeout must be greater than zero"
    );
}
