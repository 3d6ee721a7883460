//! Every fault, to the byte.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use engagement_faults::{Answer, At, End, Fault, FaultServer, Pace};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::Semaphore;

use crate::{GET, POST, connect, ending, exchange, is_silent, read, rest, settle, texts};

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
const RESET: Option<ErrorKind> = Some(ErrorKind::ConnectionReset);

async fn server(fault: Fault) -> FaultServer {
    FaultServer::in_turn([body().fault(fault)]).await.unwrap()
}

fn body() -> Answer {
    Answer::new("200 OK").body("abcd")
}

fn chunks() -> Answer {
    Answer::new("200 OK").chunks(["abcd", "efgh"])
}

/// What comes of a chunked answer that the server ends.
async fn of_chunks(fault: Fault) -> (String, Option<ErrorKind>) {
    let server = FaultServer::in_turn([chunks().fault(fault)]).await.unwrap();
    ending(&server, GET).await
}

#[tokio::test]
async fn a_cut_keeps_exactly_what_was_before_it() {
    let whole = format!("{HEAD}abcd");
    for (at, kept) in [
        (At::Start, 0),
        (At::Head, HEAD.len() / 2),
        (At::Body, HEAD.len()),
        (At::HalfBody, HEAD.len() + 2),
        (At::Byte(3), 3),
        (At::Byte(1000), whole.len()),
        (At::End, whole.len()),
    ] {
        for (end, error) in [
            (End::Reset, RESET),
            (End::Close, None),
            (End::CloseWriting, None),
        ] {
            let server = server(Fault::Cut { at, end }).await;
            let outcome = ending(&server, POST).await;
            assert_eq!(outcome, (whole[..kept].to_owned(), error), "{at:?} {end:?}");
            assert_eq!(texts(&server), [POST], "{at:?} {end:?}");
        }
        let server = server(Fault::Cut {
            at,
            end: End::Silence,
        })
        .await;
        let mut stream = connect(&server).await;
        stream.write_all(POST.as_bytes()).await.unwrap();
        assert_eq!(read(&mut stream, kept).await, whole[..kept]);
        assert!(is_silent(&mut stream).await, "{at:?}");
        stream.shutdown().await.unwrap();
        assert_eq!(rest(&mut stream).await, (String::new(), None));
    }
}

#[tokio::test]
async fn a_cut_knows_chunks() {
    let body = "4\r\nabcd\r\n4\r\nefgh\r\n0\r\n\r\n";
    for (at, kept) in [
        (At::Body, 0),
        (At::HalfBody, body.len() / 2),
        (At::End, body.len()),
    ] {
        for (end, error) in [(End::Reset, RESET), (End::Close, None)] {
            let outcome = of_chunks(Fault::Cut { at, end }).await;
            assert_eq!(
                outcome,
                (format!("{CHUNKED}{}", &body[..kept]), error),
                "{at:?} {end:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_side_that_stops_writing_goes_on_reading() {
    let server = server(Fault::Cut {
        at: At::Body,
        end: End::CloseWriting,
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
async fn a_reset_comes_before_the_request_is_read() {
    let server = FaultServer::start(|_| panic!("it has nothing to answer"))
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
async fn a_reset_comes_before_the_request_is_handled() {
    let server = FaultServer::start(|_| panic!("it has nothing to answer"))
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
async fn a_server_that_stops_reading_lets_the_sender_stand() {
    for after in [0, 7] {
        let server = FaultServer::in_turn([body()]).await.unwrap();
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
async fn what_comes_too_late_in_an_answer_breaks_the_connection() {
    for fault in [Fault::ResetUnread, Fault::ResetUnhandled] {
        let server = server(fault).await;
        assert_eq!(ending(&server, GET).await, (String::new(), RESET));
    }
    let server = server(Fault::StopReading { after: 0 }).await;
    let mut stream = connect(&server).await;
    stream.write_all(GET.as_bytes()).await.unwrap();
    assert!(is_silent(&mut stream).await);
    assert_eq!(texts(&server), [GET]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_dribbles_by_the_clock() {
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
async fn an_answer_dribbles_by_permits() {
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
    // The connection is as good as before.
    permits.add_permits(100);
    stream.write_all(GET.as_bytes()).await.unwrap();
    assert_eq!(read(&mut stream, 42).await, format!("{HEAD}abcd"));
}

#[tokio::test]
async fn whole_answers_are_changed() {
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
        // The connection stays open: twice is twice the same.
        let outcome = exchange(&server, format!("{GET}{GET}")).await;
        assert_eq!(outcome, (expected.repeat(2), None), "{fault:?}");
        assert_eq!(server.connections(), 1);
    }
}

#[tokio::test]
async fn a_page_takes_the_place_of_the_answer() {
    let server = FaultServer::in_turn([Answer::new("500 X").fault(Fault::Html)])
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
async fn a_length_promises_too_much() {
    for (end, error) in [(End::Reset, RESET), (End::Close, None)] {
        let server = server(Fault::LongerLength { by: 3, end }).await;
        let expected = "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nabcd".to_owned();
        assert_eq!(ending(&server, GET).await, (expected, error));
    }
}

#[tokio::test]
async fn chunks_break() {
    let server = FaultServer::in_turn([chunks().fault(Fault::GarbageChunkSize)])
        .await
        .unwrap();
    let (text, _) = exchange(&server, GET).await;
    assert_eq!(
        text,
        format!("{CHUNKED}wrong\r\nabcd\r\n4\r\nefgh\r\n0\r\n\r\n")
    );
    for (end, error) in [(End::Reset, RESET), (End::Close, None)] {
        assert_eq!(
            of_chunks(Fault::NoLastChunk { end }).await,
            (format!("{CHUNKED}4\r\nabcd\r\n4\r\nefgh\r\n"), error)
        );
        assert_eq!(
            of_chunks(Fault::ShortChunk { missing: 12, end }).await,
            (
                format!("{CHUNKED}4\r\nabcd\r\n10\r\nefgh\r\n0\r\n\r\n"),
                error
            )
        );
    }
}

#[tokio::test]
async fn raw_bytes_are_cut_too() {
    let fault = Fault::Cut {
        at: At::HalfBody,
        end: End::Reset,
    };
    let server = FaultServer::in_turn([Answer::raw("x\r\n\r\nabcd").fault(fault)])
        .await
        .unwrap();
    assert_eq!(
        ending(&server, GET).await,
        ("x\r\n\r\nab".to_owned(), RESET)
    );
    let server = FaultServer::in_turn([Answer::raw("x").fault(Fault::DuplicateHeaders)])
        .await
        .unwrap();
    assert_eq!(exchange(&server, GET).await, ("x".to_owned(), None));
}
