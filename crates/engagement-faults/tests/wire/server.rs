//! Reading, recording, planning and failing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use engagement_faults::{ConnectionEnd, CutPoint, Fault, FaultServer, Response};
use tokio::io::AsyncWriteExt as _;

use crate::{GET, POST, connect, exchange, exchange_open, read, rest, settle, texts};

const NO_CONTENT: &str = "HTTP/1.1 204 No Content\r\n\r\n";
const CHUNKED: &str = "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
                       3;x=y\r\nabc\r\nA\r\n0123\r\n\r\n89\r\n0\r\nt: 1\r\n\r\n";

async fn start() -> FaultServer {
    FaultServer::with_responses([]).await.unwrap()
}

#[tokio::test]
async fn requests_are_recorded_to_the_byte() {
    let server = start().await;
    let mut stream = connect(&server).await;
    let all = [GET, POST, CHUNKED, GET];
    for byte in all.concat().as_bytes() {
        stream.write_all(&[*byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(
        read(&mut stream, 4 * NO_CONTENT.len()).await,
        NO_CONTENT.repeat(4)
    );
    let outcome = exchange(&server, all.concat()).await;
    assert_eq!(outcome, (NO_CONTENT.repeat(4), None));
    assert_eq!(texts(&server), [all, all].concat());
    assert_eq!((server.connections(), server.fragments().len()), (2, 0));
    let post = &server.requests()[1];
    assert_eq!((post.method(), post.target()), ("POST", "/a"));
    assert_eq!((post.header("HOST"), post.header("x")), (Some("x"), None));
    assert_eq!(post.body(), "ä\r\n".as_bytes());
    assert_eq!(format!("{post:?}"), format!("{POST:?}"));
}

#[tokio::test]
async fn incomplete_and_invalid_requests_are_fragments() {
    let server = start().await;
    for part in [
        "GET /",
        &POST[..POST.len() - 1],
        &CHUNKED[..CHUNKED.len() - 1],
        "GET / HTTP/1.1\r\ncontent-length: x\r\n\r\n",
        "GET / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nx\r\n",
        "GET / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n",
    ] {
        assert_eq!(exchange(&server, part).await, (String::new(), None));
        assert_eq!(server.fragments().last().unwrap(), part.as_bytes());
    }
    assert_eq!((server.fragments().len(), server.requests().len()), (6, 0));
}

#[tokio::test]
async fn a_connection_is_closed_on_request() {
    let server = FaultServer::start(|request| match request.target() {
        "/closed" => Response::new("200 OK").header("connection", "close"),
        _ => Response::new("200 OK"),
    })
    .await
    .unwrap();
    let (text, error) = exchange_open(&server, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n").await;
    assert_eq!(
        (text.as_str(), error),
        ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", None)
    );
    let (text, error) = exchange_open(&server, "GET /closed HTTP/1.1\r\n\r\n").await;
    assert!(text.starts_with("HTTP/1.1 200 OK\r\nconnection: close\r\n") && error.is_none());
}

#[tokio::test]
async fn a_plan_repeats_its_last_step() {
    let server = FaultServer::start(|_| Response::new("204 No Content").fault(Fault::Html))
        .await
        .unwrap();
    let cut = |end| {
        Some(Fault::Cut {
            at: CutPoint::Start,
            end,
        })
    };
    server.plan([cut(ConnectionEnd::Close), None, cut(ConnectionEnd::Reset)]);
    assert_eq!(exchange_open(&server, GET).await, (String::new(), None));
    // The response's own fault.
    assert!(exchange(&server, GET).await.0.contains("<html>"));
    for _ in 0..3 {
        assert!(exchange_open(&server, GET).await.1.is_some());
    }
    server.plan([]);
    assert!(exchange(&server, GET).await.0.contains("<html>"));
    assert_eq!((server.requests().len(), server.connections()), (6, 6));
}

#[tokio::test]
async fn the_application_has_executed_a_request_whose_response_is_lost() {
    let committed = Arc::new(AtomicUsize::new(0));
    let server = {
        let committed = Arc::clone(&committed);
        FaultServer::start(move |_| {
            committed.fetch_add(1, Ordering::SeqCst);
            Response::json("{}").fault(Fault::Cut {
                at: CutPoint::HalfBody,
                end: ConnectionEnd::Reset,
            })
        })
        .await
        .unwrap()
    };
    for count in 1..=10 {
        let (text, error) = exchange_open(&server, POST).await;
        assert!(text.ends_with("\r\n\r\n{") && error.is_some());
        assert_eq!(committed.load(Ordering::SeqCst), count);
    }
}

#[tokio::test]
async fn a_panic_of_the_application_closes_one_connection() {
    let server = FaultServer::start(|request| match request.method() {
        "POST" => panic!("this is a test of panics"),
        _ => Response::new("204 No Content"),
    })
    .await
    .unwrap();
    for _ in 0..3 {
        let (text, _) = exchange_open(&server, POST).await;
        assert_eq!(text, "");
        assert_eq!(exchange(&server, GET).await, (NO_CONTENT.to_owned(), None));
    }
    assert_eq!(server.requests().len(), 6);
}

#[tokio::test]
async fn dropping_the_server_ends_its_tasks_and_connections() {
    let alive = || {
        tokio::runtime::Handle::current()
            .metrics()
            .num_alive_tasks()
    };
    let before = alive();
    let server = start().await;
    server.plan([
        Some(Fault::StopReading { after: 1 }),
        Some(Fault::Cut {
            at: CutPoint::Start,
            end: ConnectionEnd::Silence,
        }),
        None,
    ]);
    let mut streams = Vec::new();
    for _ in 0..3 {
        let mut stream = connect(&server).await;
        stream.write_all(GET.as_bytes()).await.unwrap();
        settle().await;
        streams.push(stream);
    }
    assert_eq!(alive(), before + 4);
    let address = server.address();
    drop(server);
    settle().await;
    assert_eq!(alive(), before);
    let texts = ["", "", NO_CONTENT];
    for (mut stream, text) in streams.into_iter().zip(texts) {
        assert_eq!(rest(&mut stream).await.0, text);
    }
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}
