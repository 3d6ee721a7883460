//! Uploads.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use engagement_core::{Call, ClientCore, Credential, Error, ErrorKind, RawResponse, Upload};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::*;

/// A temporary file.
struct TempFile(PathBuf);

impl TempFile {
    fn new(name: &str, content: &[u8]) -> Self {
        let name = format!("engagement-core-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        let mut file = std::fs::File::create(&path).unwrap();
        file.write_all(content).unwrap();
        Self(path)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn call(client: &ClientCore) -> Call {
    client.call(&CONTACTS_CREATE)
}

/// The body, with the boundary replaced by `B`.
fn body_of(request: &str) -> String {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let boundary = head
        .lines()
        .find_map(|line| line.strip_prefix("content-type: multipart/form-data; boundary="))
        .unwrap();
    assert_eq!(head.matches("content-type").count(), 1, "{head}");
    assert!(body.contains(boundary));
    body.replace(boundary, "B")
}

#[tokio::test]
async fn the_exact_bytes_of_a_multipart_form() {
    let server = TestServer::once(json("{}")).await;
    let file = TempFile::new("a b.csv", b"x,y\n");
    let mut call = call(&client(&server));
    call.header("Content-Type", &"text/plain");
    call.multipart_field("subject", "Hé\nllo", "");
    call.multipart_field("tag", &["one", "two"], "");
    call.multipart_field("none", &None::<i32>, "");
    call.multipart_field("object", &json!({"k": 1}), "");
    call.multipart_field("odd \"name\"\r\n", &true, "");
    call.multipart_json("list", &["x"], "");
    call.multipart_json("text", &"t", "");
    call.multipart_json("no_json", &None::<i32>, "");
    let upload = Upload::from(file.0.as_path()).file_name("r\"1.csv");
    call.file("report", &upload, "text/csv");
    let note = Upload::from_bytes("note.txt", "Hello").content_type("text/plain; charset=utf-8");
    call.file("note", &note, "text/csv");
    call.file("raw", &Upload::from_bytes("ü", vec![b'1', b'2']), "");
    let reader = Upload::from_reader("r", std::io::Cursor::new(b"abcdef")).length(3);
    call.file("reader", &reader, "");
    call.send(RawResponse::into_empty).await.unwrap();
    let request = server.request();
    assert_contains(&request, "\r\ncontent-length: ");
    let text = |name: &str, value: &str| {
        format!("--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let file = |name: &str, file_name: &str, content_type: &str, value: &str| {
        format!(
            "--B\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"{content_type}\r\n\r\n{value}\r\n"
        )
    };
    let expected = [
        text("subject", "Hé\nllo"),
        text("tag", "one"),
        text("tag", "two"),
        text("object", r#"{"k":1}"#),
        text("odd %22name%22%0D%0A", "true"),
        text("list", r#"["x"]"#),
        text("text", r#""t""#),
        file(
            "report",
            "r\\\"1.csv",
            "\r\nContent-Type: text/csv",
            "x,y\n",
        ),
        file(
            "note",
            "note.txt",
            "\r\nContent-Type: text/plain; charset=utf-8",
            "Hello",
        ),
        file("raw", "ü", "", "12"),
        file("reader", "r", "", "abc"),
        "--B--\r\n".to_owned(),
    ];
    assert_eq!(body_of(&request), expected.concat());
}

#[tokio::test]
async fn a_file_is_sent_with_its_name_and_length() {
    let server = TestServer::once(json("{}")).await;
    let file = TempFile::new("named.csv", b"1234567");
    let mut call = call(&client(&server));
    call.file("f", &Upload::from(file.0.clone()), "");
    call.send(RawResponse::into_empty).await.unwrap();
    let request = server.request();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert_contains(head, format!("\r\ncontent-length: {}", body.len()));
    let name = file.0.file_name().unwrap().to_str().unwrap();
    assert_contains(body, format!("; filename=\"{name}\"\r\n\r\n1234567\r\n"));
    assert!(!body.contains("Content-Type"), "{body}");
}

/// A server for one request that returns its Content-Length and the number of received bytes.
async fn counting() -> (String, tokio::task::JoinHandle<(u64, u64)>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let counted = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = Vec::new();
        let mut chunk = vec![0; 64 * 1024];
        let body_at = loop {
            let read = stream.read(&mut chunk).await.unwrap();
            assert_ne!(read, 0);
            bytes.extend_from_slice(&chunk[..read]);
            if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
                break at + 4;
            }
        };
        let head = String::from_utf8_lossy(&bytes[..body_at]).into_owned();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let length: u64 = length.unwrap().parse().unwrap();
        let mut received = (bytes.len() - body_at) as u64;
        while received < length {
            let read = stream.read(&mut chunk).await.unwrap();
            assert_ne!(read, 0);
            received += read as u64;
        }
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
            .await
            .unwrap();
        // Bytes after the body, until the client closes.
        while let Ok(read @ 1..) = stream.read(&mut chunk).await {
            received += read as u64;
        }
        (length, received)
    });
    (url, counted)
}

#[tokio::test]
async fn a_large_file_is_sent_completely() {
    const SIZE: u64 = 64 * 1024 * 1024;
    let file = TempFile::new("large.bin", b"");
    let sparse = std::fs::File::options().write(true).open(&file.0).unwrap();
    sparse.set_len(SIZE).unwrap();
    let (url, counted) = counting().await;
    let client = build(keyed_at(url));
    let mut call = call(&client);
    let upload = Upload::from_path(&file.0).file_name("large.bin");
    call.file("f", &upload, "application/octet-stream");
    call.send(RawResponse::into_empty).await.unwrap();
    drop(client);
    let (length, received) = counted.await.unwrap();
    // A boundary of reqwest consists of four groups of 16 digits.
    let boundary = 67;
    let around = "--\r\nContent-Disposition: form-data; name=\"f\"; filename=\"large.bin\"\r\n\
                  Content-Type: application/octet-stream\r\n\r\n\r\n----\r\n"
        .len() as u64;
    assert_eq!((length, received), (SIZE + around + 2 * boundary, length));
}

#[tokio::test]
async fn a_reader_is_sent_only_once() {
    let server = TestServer::responding(|_| {
        Reply::ThenClose(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_vec())
    })
    .await;
    let client = client(&server);
    let upload = Upload::from_reader("r", std::io::Cursor::new(b"abc"));
    let send = async |upload: &Upload| {
        let mut call = call(&client);
        call.file("f", upload, "");
        call.send(RawResponse::into_empty).await
    };
    send(&upload.clone()).await.unwrap();
    let request = server.request();
    assert!(
        request.contains("\r\ntransfer-encoding: chunked\r\n")
            && !request.contains("content-length"),
        "{request}"
    );
    for again in [&upload, &upload.clone()] {
        let error = send(again).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert_eq!(
            error.to_string(),
            "acme contacts_create: invalid request: `f` is a reader that was already sent: it can be read only once"
        );
        assert!(!error.was_sent());
    }
    assert_eq!(server.requests().len(), 1);
}

/// Advances the clock.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}

/// Uploads `chunks` with a `pause` before each. The timeout of the client is 30 seconds.
async fn slowly(chunks: usize, pause: Duration) -> Result<(), Error> {
    const CHUNK: usize = 64;
    let server = TestServer::once(json("{}")).await;
    let client = build(
        at(&server)
            .credential("token", Credential::bearer("t"))
            .timeout(Duration::from_secs(30))
            .attempt_timeout(Duration::from_secs(30)),
    );
    // With a buffer of one byte, a chunk is written when all but its last byte have been read.
    let (mut sender, reader) = tokio::io::duplex(1);
    let mut call = call(&client);
    let length = (chunks * CHUNK) as u64;
    let upload = Upload::from_reader("slow.bin", reader).length(length);
    call.file("file", &upload, "");
    let driver = async {
        for _ in 0..chunks {
            pass(pause).await;
            if sender.write_all(&[0; CHUNK]).await.is_err() {
                return; // The upload was cancelled.
            }
        }
    };
    let (response, ()) = tokio::join!(call.send(RawResponse::into_empty), driver);
    response.map(drop)
}

#[tokio::test]
async fn an_upload_with_progress_does_not_time_out() {
    slowly(10, Duration::from_secs(20)).await.unwrap();

    let error = slowly(10, Duration::from_secs(31)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.was_sent());
}

#[tokio::test]
async fn an_unreadable_upload_is_not_sent() {
    let server = TestServer::once(json("{}")).await;
    let client = client(&server);
    let refusal = async |upload: Upload| {
        assert!(!format!("{upload:?}").contains("hidden"), "{upload:?}");
        let mut call = call(&client);
        call.multipart_field("a", "b", "");
        call.file("report", &upload, "");
        let error = call.send(RawResponse::into_empty).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(!error.was_sent());
        for text in [error.to_string(), format!("{error:?}")] {
            assert!(!text.contains("hidden"), "{text}");
        }
        let text = error.to_string();
        text.strip_prefix("acme contacts_create: invalid request: `report` ")
            .unwrap()
            .to_owned()
    };
    let missing = std::env::temp_dir().join("hidden-directory/hidden.csv");
    let reason = refusal(Upload::from_path(missing)).await;
    assert_starts(&reason, "is a file that cannot be opened: ");
    let reason = refusal(Upload::from_path(std::env::temp_dir())).await;
    assert_eq!(reason, "is a file that cannot be opened: is a directory");
    let reason = refusal(Upload::from_bytes("hidden\r\nx: y", "")).await;
    assert_eq!(reason, "has a file name with a control character");
    let reason = refusal(Upload::from_bytes("f", "hidden").content_type("hidden")).await;
    assert_eq!(reason, "has an invalid content type");
    assert_eq!(server.requests().len(), 0);
    assert_eq!(
        format!("{:?}", Upload::from(Path::new("/hidden"))),
        r#"Upload { source: "file", .. }"#
    );
}

#[tokio::test]
async fn a_reader_that_ends_early_is_reported() {
    let server = TestServer::once(json("{}")).await;
    let client = client(&server);
    let mut call = call(&client);
    let short = Upload::from_reader("r", std::io::Cursor::new(b"abc")).length(4);
    call.file("f", &short, "");
    let error = call.send(RawResponse::into_empty).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!(
        error.to_string(),
        "acme contacts_create: an upload could not be read to its end: unexpected end of file"
    );
    assert!(error.was_sent());
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn one_request_has_one_body() {
    let client = build(builder().base_url("http://localhost:1"));
    let both: [fn(&mut Call); 4] = [
        |call| {
            call.json(&1);
            call.multipart_field("a", "b", "");
        },
        |call| {
            call.multipart_field("a", "b", "");
            call.json(&1);
        },
        |call| {
            call.form("a", "b");
            call.file("f", &Upload::from_bytes("f", ""), "");
        },
        |call| {
            call.multipart_json("a", "b", "");
            call.form("a", "b");
        },
    ];
    for set in both {
        let mut call = call(&client);
        set(&mut call);
        assert_eq!(
            call.send(RawResponse::into_empty)
                .await
                .unwrap_err()
                .to_string(),
            "acme contacts_create: invalid request: both a multipart form and another body are set"
        );
    }
}

#[tokio::test]
async fn a_file_is_sent_again_after_a_token_renewal_and_a_reader_is_not() {
    for (upload, attempts) in [
        (Upload::from_bytes("f", "content"), 2),
        (
            Upload::from_reader("f", std::io::Cursor::new("content")).length(7),
            1,
        ),
    ] {
        let server = TestServer::once(reply("401 Unauthorized", "text/plain", "no")).await;
        let client = build(at(&server).token_source("token", FixedToken));
        let mut call = call(&client);
        call.file("f", &upload, "");
        let error = call.send(RawResponse::into_empty).await.unwrap_err();
        assert!(error.is_unauthorized());
        assert_eq!(error.attempts(), attempts);
        let requests = server.requests();
        assert_eq!(requests.len() as u32, attempts);
        for request in requests {
            assert!(body_of(&request).contains("\r\n\r\ncontent\r\n--B--\r\n"));
        }
    }
}

#[test]
fn futures_are_send() {
    fn sendable<T: Send>(_: T) {}
    let client = build(builder().base_url("http://localhost:1"));
    let mut call = call(&client);
    call.file("f", &Upload::from_reader("r", tokio::io::empty()), "");
    sendable(call.send(RawResponse::into_empty));
    let mut call = client.call(&CONTACTS_CREATE);
    sendable(async move {
        call.file("f", &Upload::from_bytes("r", ""), "");
        std::future::ready(()).await;
        let _ = call.send(RawResponse::into_empty).await;
    });
}

/// Returns single bytes after an interruption, and then the result of `end`.
struct Slow {
    left: u8,
    interrupted: bool,
    end: End,
}

type End = fn() -> std::io::Result<usize>;

impl std::io::Read for Slow {
    fn read(&mut self, chunk: &mut [u8]) -> std::io::Result<usize> {
        if !std::mem::replace(&mut self.interrupted, true) {
            return Err(std::io::ErrorKind::Interrupted.into());
        }
        if self.left == 0 {
            return (self.end)();
        }
        self.left -= 1;
        chunk[0] = b'a' + self.left;
        Ok(1)
    }
}

#[tokio::test]
async fn a_blocking_reader_is_read_to_its_end() {
    let server = TestServer::once(json("{}")).await;
    let client = client(&server);
    let send = async |length: u64, end: End| {
        let reader = Slow {
            left: 3,
            interrupted: false,
            end,
        };
        let upload = Upload::from_blocking_reader("r", reader).length(length);
        let mut call = call(&client);
        call.file("f", &upload, "");
        call.send(RawResponse::into_empty).await
    };
    send(3, || Ok(0)).await.unwrap();
    assert_eq!(
        body_of(&server.request()),
        "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"r\"\r\n\r\ncba\r\n--B--\r\n"
    );
    let failing: [(End, &str); 3] = [
        (|| Ok(0), "unexpected end of file"),
        (|| Err(std::io::Error::other("no disk")), "no disk"),
        (|| panic!("bad reader"), "the reader panicked"),
    ];
    for (end, reason) in failing {
        let error = send(4, end).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("acme contacts_create: an upload could not be read to its end: {reason}")
        );
    }
    assert_eq!(server.requests().len(), 1);
}
