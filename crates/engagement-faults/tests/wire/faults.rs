//! The bytes of every fault.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use engagement_faults::{ConnectionEnd, CutPoint, Fault, FaultServer, Pace, Response};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Semaphore;

use crate::{GET, POST, connect, exchange, exchange_open, is_silent, read, rest, settle, texts};

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
const RESET: Option<ErrorKind> = Some(ErrorKind::ConnectionReset);

async fn server(fault: Fault) -> FaultServer {
    FaultServer::with_responses([body().fault(fault)])
        .await
        .unwrap()
}

fn body() -> Response {
    Response::new("200 OK").body("abcd")
}

fn chunks() -> Response {
    Response::new("200 OK").chunks(["abcd", "efgh"])
}

/// Requests a chunked response with a fault that ends the connection.
async fn exchange_chunked(fault: Fault) -> (String, Option<ErrorKind>) {
    let server = FaultServer::with_responses([chunks().fault(fault)])
        .await
        .unwrap();
    exchange_open(&server, GET).await
}

#[tokio::test]
async fn a_cut_keeps_exactly_the_bytes_before_it() {
    let complete = format!("{HEAD}abcd");
    for (at, kept) in [
        (CutPoint::Start, 0),
        (CutPoint::Head, HEAD.len() / 2),
        (CutPoint::Body, HEAD.len()),
        (CutPoint::HalfBody, HEAD.len() + 2),
        (CutPoint::Byte(3), 3),
        (CutPoint::Byte(1000), complete.len()),
        (CutPoint::End, complete.len()),
    ] {
        for (end, error) in [
            (ConnectionEnd::Reset, RESET),
            (ConnectionEnd::Close, None),
            (ConnectionEnd::CloseWriting, None),
        ] {
            let server = server(Fault::Cut { at, end }).await;
            let outcome = exchange_open(&server, POST).await;
            assert_eq!(
                outcome,
                (complete[..kept].to_owned(), error),
                "{at:?} {end:?}"
            );
            assert_eq!(texts(&server), [POST], "{at:?} {end:?}");
        }
        let server = server(Fault::Cut {
            at,
            end: ConnectionEnd::Silence,
        })
        .await;
        let mut stream = connect(&server).await;
        stream.write_all(POST.as_bytes()).await.unwrap();
        assert_eq!(read(&mut stream, kept).await, complete[..kept]);
        assert!(is_silent(&mut stream).await, "{at:?}");
        stream.shutdown().await.unwrap();
        assert_eq!(rest(&mut stream).await, (String::new(), None));
    }
}

#[tokio::test]
async fn a_cut_counts_the_framing_of_chunks() {
    let body = "4\r\nabcd\r\n4\r\nefgh\r\n0\r\n\r\n";
    for (at, kept) in [
        (CutPoint::Body, 0),
        (CutPoint::HalfBody, body.len() / 2),
        (CutPoint::End, body.len()),
    ] {
        for (end, error) in [(ConnectionEnd::Reset, RESET), (ConnectionEnd::Close, None)] {
            let outcome = exchange_chunked(Fault::Cut { at, end }).await;
            assert_eq!(
                outcome,
                (format!("{CHUNKED}{}", &body[..kept]), error),
                "{at:?} {end:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_server_that_closes_its_writing_side_continues_to_read() {
    let server = server(Fault::Cut {
        at: CutPoint::Body,
        end: ConnectionEnd::CloseWriting,
    })
    .await;
    let mut stream = connect(&server).await;
    stream.write_all(GET.as_bytes()).await.unwrap();
    assert_eq!(rest(&mut stream).await, (HEAD.to_owned(), None));
    for _ in 0..100 {
        stream.write_all(&[0; 64 * 1024]).await.unwrap();
    }
    assert_eq!(texts(&server), [GET]);
}

#[tokio::test]
async fn a_reset_can_precede_reading_the_request() {
    let server = FaultServer::start(|_| panic!("the application must not see the request"))
        .await
        .unwrap();
    server.plan([Some(Fault::ResetUnread)]);
    let mut stream = connect(&server).await;
    assert!(is_silent(&mut stream).await);
    stream.write_all(GET.as_bytes()).await.unwrap();
    assert_eq!(rest(&mut stream).await, (String::new(), RESET));
    assert!(server.requests().is_empty() && server.fragments().is_empty());
}

#[tokio::test]
async fn a_reset_can_precede_the_application() {
    let server = FaultServer::start(|_| panic!("the application must not see the request"))
        .await
        .unwrap();
    server.plan([Some(Fault::ResetUnhandled)]);
    let mut stream = connect(&server).await;
    let (start, end) = POST.split_at(POST.len() - 1);
    stream.write_all(start.as_bytes()).await.unwrap();
    assert!(is_silent(&mut stream).await);
    stream.write_all(end.as_bytes()).await.unwrap();
    assert_eq!(rest(&mut stream).await, (String::new(), RESET));
    assert_eq!(texts(&server), [POST]);
}

#[tokio::test]
async fn a_server_that_stops_reading_stalls_the_sender() {
    for after in [0, 7] {
        let server = FaultServer::with_responses([body()]).await.unwrap();
        server.plan([Some(Fault::StopReading { after })]);
        let mut stream = connect(&server).await;
        stream.write_all(POST.as_bytes()).await.unwrap();
        settle().await;
        // Until all buffers are full.
        let mut sent = 0;
        while let Ok(count) = stream.try_write(&[0; 64 * 1024]) {
            sent += count;
            settle().await;
            assert!(sent < 100_000_000);
        }
        assert!(is_silent(&mut stream).await);
        assert_eq!(server.fragments(), [POST.as_bytes()[..after].to_vec()]);
        assert!(server.requests().is_empty());
    }
}

#[tokio::test]
async fn request_faults_on_a_response_end_the_connection() {
    for fault in [Fault::ResetUnread, Fault::ResetUnhandled] {
        let server = server(fault).await;
        assert_eq!(exchange_open(&server, GET).await, (String::new(), RESET));
    }
    let server = server(Fault::StopReading { after: 0 }).await;
    let mut stream = connect(&server).await;
    stream.write_all(GET.as_bytes()).await.unwrap();
    assert!(is_silent(&mut stream).await);
    assert_eq!(texts(&server), [GET]);
}

#[tokio::test(start_paused = true)]
async fn a_response_dribbles_by_the_clock() {
    let pace = Pace::Every(Duration::from_secs(1));
    let server = server(Fault::Dribble { bytes: 30, pace }).await;
    let mut stream = connect(&server).await;
    let began = tokio::time::Instant::now();
    stream.write_all(GET.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    assert_eq!(rest(&mut stream).await, (format!("{HEAD}abcd"), None));
    assert_eq!(HEAD.len() + 4, 42);
    assert_eq!(began.elapsed().as_secs(), 2);
}

#[tokio::test]
async fn a_response_dribbles_by_permits() {
    let permits = Arc::new(Semaphore::new(0));
    let pace = Pace::Permits(Arc::clone(&permits));
    let server = server(Fault::Dribble { bytes: 5, pace }).await;
    let mut stream = connect(&server).await;
    stream.write_all(GET.as_bytes()).await.unwrap();
    for piece in format!("{HEAD}abcd").as_bytes().chunks(5) {
        assert!(is_silent(&mut stream).await);
        permits.add_permits(1);
        assert_eq!(read(&mut stream, piece.len()).await.as_bytes(), piece);
    }
    // The connection can be used again.
    permits.add_permits(100);
    stream.write_all(GET.as_bytes()).await.unwrap();
    assert_eq!(read(&mut stream, 42).await, format!("{HEAD}abcd"));
}

#[tokio::test]
async fn faults_change_complete_responses() {
    let http = "HTTP/1.1 ";
    for (fault, expected) in [
        (
            Fault::Continue { times: 2 },
            format!("{http}100 Continue\r\n\r\n{http}100 Continue\r\n\r\n{HEAD}abcd"),
        ),
        (
            Fault::DuplicateHeaders,
            format!("{http}200 OK\r\ncontent-length: 4\r\ncontent-length: 4\r\n\r\nabcd"),
        ),
        (
            Fault::ShorterLength { by: 1 },
            format!("{http}200 OK\r\ncontent-length: 3\r\n\r\nabcd"),
        ),
        (
            Fault::LargeHeader { bytes: 5 },
            format!("{http}200 OK\r\nx-large: aaaaa\r\ncontent-length: 4\r\n\r\nabcd"),
        ),
        (
            Fault::Encoded {
                encoding: "gzip".to_owned(),
                body: b"no".to_vec(),
            },
            format!("{http}200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 2\r\n\r\nno"),
        ),
        (
            Fault::GarbageChunkSize,
            format!("{CHUNKED}wrong\r\nabcd\r\n0\r\n\r\n"),
        ),
    ] {
        let server = server(fault.clone()).await;
        // The connection stays open: the second response is the same.
        let outcome = exchange(&server, format!("{GET}{GET}")).await;
        assert_eq!(outcome, (expected.repeat(2), None), "{fault:?}");
        assert_eq!(server.connections(), 1);
    }
}

#[tokio::test]
async fn a_page_replaces_the_response() {
    let server = FaultServer::with_responses([Response::new("500 X").fault(Fault::Html)])
        .await
        .unwrap();
    let (text, _) = exchange(&server, GET).await;
    let (head, page) = text.split_once("\r\n\r\n").unwrap();
    let length = page.len();
    assert_eq!(
        head,
        format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {length}"
        )
    );
    assert!(
        page.starts_with("<!DOCTYPE html>\n<html>") && page.ends_with("</html>\n"),
        "{page}"
    );
}

#[tokio::test]
async fn a_content_length_is_too_large() {
    for (end, error) in [(ConnectionEnd::Reset, RESET), (ConnectionEnd::Close, None)] {
        let server = server(Fault::LongerLength { by: 3, end }).await;
        let expected = "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nabcd".to_owned();
        assert_eq!(exchange_open(&server, GET).await, (expected, error));
    }
}

#[tokio::test]
async fn chunks_are_invalid() {
    let server = FaultServer::with_responses([chunks().fault(Fault::GarbageChunkSize)])
        .await
        .unwrap();
    let (text, _) = exchange(&server, GET).await;
    assert_eq!(
        text,
        format!("{CHUNKED}wrong\r\nabcd\r\n4\r\nefgh\r\n0\r\n\r\n")
    );
    for (end, error) in [(ConnectionEnd::Reset, RESET), (ConnectionEnd::Close, None)] {
        assert_eq!(
            exchange_chunked(Fault::NoLastChunk { end }).await,
            (format!("{CHUNKED}4\r\nabcd\r\n4\r\nefgh\r\n"), error)
        );
        assert_eq!(
            exchange_chunked(Fault::ShortChunk { missing: 12, end }).await,
            (
                format!("{CHUNKED}4\r\nabcd\r\n10\r\nefgh\r\n0\r\n\r\n"),
                error
            )
        );
    }
}

#[tokio::test]
async fn raw_bytes_are_cut() {
    let fault = Fault::Cut {
        at: CutPoint::HalfBody,
        end: ConnectionEnd::Reset,
    };
    let server = FaultServer::with_responses([Response::raw("x\r\n\r\nabcd").fault(fault)])
        .await
        .unwrap();
    assert_eq!(
        exchange_open(&server, GET).await,
        ("x\r\n\r\nab".to_owned(), RESET)
    );
    let server = FaultServer::with_responses([Response::raw("x").fault(Fault::DuplicateHeaders)])
        .await
        .unwrap();
    assert_eq!(exchange(&server, GET).await, ("x".to_owned(), None));
}
