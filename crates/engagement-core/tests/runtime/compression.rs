//! Compressed responses.

use std::io::Write as _;

use engagement_core::{Error, ErrorKind, Method, RawResponse};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::support::*;

fn gzip(plain: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(plain.as_ref()).unwrap();
    encoder.finish().unwrap()
}

fn encoded(encoding: &str, body: impl AsRef<[u8]>) -> Reply {
    let headers = format!("x-request-id: r-1\r\ncontent-encoding: {encoding}\r\n");
    with_headers("200 OK", &headers, body)
}

async fn failure(reply: Reply) -> Error {
    let server = TestServer::once(reply).await;
    let error = list_json::<Value>(&without_retries(&server))
        .await
        .unwrap_err();
    assert_eq!(error.status().unwrap(), 200, "{error}");
    assert_eq!(error.request_id(), Some("r-1"));
    error
}

#[tokio::test]
async fn only_supported_encodings_are_accepted() {
    let server = TestServer::once(json("{}")).await;
    send_empty(&client(&server), &CONTACTS_LIST).await.unwrap();
    let request = server.request();
    let accepted: Vec<&str> = request
        .lines()
        .filter_map(|line| line.strip_prefix("accept-encoding: "))
        .collect();
    let expected: &[&str] = if cfg!(feature = "gzip") {
        &["gzip"]
    } else {
        &[]
    };
    assert_eq!(accepted, expected);
}

/// The body is never decoded as JSON.
#[tokio::test]
async fn errors_contain_an_unsupported_encoding() {
    let twice = gzip(gzip(r#"{"a": "hidden"}"#));
    for (encoding, body, named) in [
        ("br", &b"\x0b\x02\x80{}"[..], "br"),
        ("zstd", b"\x28\xb5\x2f\xfd", "zstd"),
        ("x-acme.v1", b"\xff\xfe", "x-acme.v1"),
        ("identity, br", b"\xff", "br"),
        ("gzip, gzip", &twice, "gzip, gzip"),
        ("a,b,c,d", b"\xff", "a, b, c"),
        ("hidden@x.example", b"\xff", "unknown"),
        ("\u{e9}", b"\xff", "unknown"),
        (&"x".repeat(21), b"\xff", "unknown"),
    ] {
        let server = TestServer::once(encoded(encoding, body)).await;
        let client = without_retries(&server);
        let read = async |read: Read<Value>| {
            let call = client.call(&CONTACTS_LIST);
            call.send(read).await.unwrap_err()
        };
        let optional = async |read: Read<Option<Value>>| {
            let call = client.call(&CONTACTS_LIST);
            call.send(read).await
        };
        let raw = client.request(Method::GET, "/a").send().await.unwrap();
        for error in [
            read(RawResponse::into_json).await,
            read(RawResponse::into_single).await,
            optional(RawResponse::into_optional).await.unwrap_err(),
            read(RawResponse::into_value).await,
            read(|response| response.into_json_at_path(&["a"])).await,
            optional(|response| response.into_optional_at_path(&["a"]))
                .await
                .unwrap_err(),
            raw.json::<Value>().unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Decode);
            let text = error.to_string();
            let (_, message) = text.split_once(": ").unwrap();
            assert_eq!(
                message,
                format!(
                    "the body is encoded as `{named}`, which this client does not decompress (200 OK)"
                )
            );
        }
        // Bytes are returned unchanged.
        let bytes = client
            .call(&CONTACTS_LIST)
            .send(RawResponse::into_bytes)
            .into_call();
        assert_eq!(&bytes.await.unwrap()[..], body);
        let empty = send_empty(&client, &CONTACTS_LIST).await;
        assert_eq!(&empty.unwrap().body()[..], body);
        let unread = optional(|response| response.if_decodable(RawResponse::into_json)).await;
        assert_eq!(*unread.unwrap().value(), None);
    }
}

#[tokio::test]
async fn a_wrong_encoding_of_plain_json_is_ignored() {
    for encoding in ["br", "identity", "x-gzip", ""] {
        let server = TestServer::once(encoded(encoding, r#"{"a": 1}"#)).await;
        let value = list_json::<Value>(&client(&server)).into_call().await;
        assert_eq!(value.unwrap()["a"], 1, "{encoding}");
    }
}

#[tokio::test]
async fn undeclared_gzip_is_reported() {
    let error = failure(with_headers("200 OK", "x-request-id: r-1\r\n", gzip("{}"))).await;
    assert_eq!(
        error.to_string(),
        "acme contacts_list: the body is encoded as `gzip`, which this client does not decompress (200 OK)"
    );
}

#[cfg(not(feature = "gzip"))]
#[tokio::test]
async fn without_the_feature_gzip_is_unsupported() {
    let error = failure(encoded("gzip", gzip("{}"))).await;
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_contains(&error.to_string(), "encoded as `gzip`");
}

#[cfg(feature = "gzip")]
mod decompressed {
    use super::*;

    #[tokio::test]
    async fn gzip_is_decompressed() {
        let text = "x".repeat(300_000);
        let plain = format!("\u{feff}{{\"a\": \"{text}\"}}");
        let body = gzip(&plain);
        let chunked = {
            let mut bytes =
                b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n"
                    .to_vec();
            for byte in &body {
                bytes.extend_from_slice(b"1\r\n");
                bytes.extend_from_slice(&[*byte]);
                bytes.extend_from_slice(b"\r\n");
            }
            bytes.extend_from_slice(b"0\r\n\r\n");
            Reply::Bytes(bytes)
        };
        for reply in [encoded("gzip", &body), chunked] {
            let server = TestServer::once(reply).await;
            let client = client(&server);
            for _ in 0..2 {
                let call = list_json::<Value>(&client);
                let response = call.await.unwrap();
                assert_eq!(response.value()["a"], *text);
                assert!(!response.headers().contains_key("content-encoding"));
                assert!(!response.headers().contains_key("content-length"));
            }
            assert_eq!((server.requests().len(), server.connections()), (2, 1));
        }
    }

    #[tokio::test]
    async fn an_error_response_is_decompressed() {
        let headers = "content-encoding: gzip\r\nretry-after: 7\r\n";
        let server = TestServer::once(with_headers(
            "404 Not Found",
            headers,
            gzip(r#"{"message": "There is none"}"#),
        ))
        .await;
        let error = send_empty(&client(&server), &CONTACTS_LIST)
            .await
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "acme contacts_list: 404 Not Found: There is none"
        );
        assert_eq!(error.retry_after().unwrap().as_secs(), 7);
    }

    #[tokio::test]
    async fn the_size_limit_applies_to_the_decompressed_body() {
        // 1003 bytes, compressed to about 32.
        let body = format!("\"{}\" ", "x".repeat(1000));
        let reply = encoded("gzip", gzip(&body));
        for (limit, fits) in [(1002, false), (1003, true)] {
            let server = TestServer::once(reply.clone()).await;
            let client = without_retries(&server).with(|call| call.max_body_bytes(limit));
            let call = list_json::<String>(&client);
            match call.into_call().await {
                Ok(text) => assert!(fits && text.len() == 1000),
                Err(error) => {
                    assert!(!fits);
                    assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
                    assert_eq!(error.body().unwrap(), &body.as_bytes()[..1002]);
                }
            }
        }
        // A small body is larger when it is compressed, which does not matter.
        let server = TestServer::once(encoded("gzip", gzip("7"))).await;
        let client = client(&server).with(|call| call.max_body_bytes(1));
        let call = list_json::<i64>(&client);
        assert_eq!(call.into_call().await.unwrap(), 7);
    }

    /// Two gibibytes of zeros in two megabytes. The end is missing, because it is never read.
    fn bomb() -> Vec<u8> {
        const PIECE: usize = 1 << 20;
        let mut deflate = flate2::Compress::new(Compression::best(), false);
        let mut piece = Vec::with_capacity(PIECE);
        deflate
            .compress_vec(&vec![0; PIECE], &mut piece, flate2::FlushCompress::Full)
            .unwrap();
        let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
        for _ in 0..2048 {
            bytes.extend_from_slice(&piece);
        }
        bytes
    }

    #[tokio::test]
    async fn a_decompression_bomb_exceeds_the_limit() {
        let bomb = bomb();
        assert!(bomb.len() < 3_000_000, "{}", bomb.len());
        let error = failure(encoded("gzip", &bomb)).await;
        assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
        assert_eq!(
            error.to_string(),
            "acme contacts_list: the body is larger than the limit of 16777216 bytes (200 OK)"
        );
        assert_eq!(error.body().unwrap().len(), 64 * 1024);

        let refused = with_headers("400 Bad Request", "content-encoding: gzip\r\n", &bomb);
        let server = TestServer::once(refused).await;
        let error = send_empty(&client(&server), &CONTACTS_LIST)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Api);
        assert_eq!(error.body().unwrap().len(), 64 * 1024);
    }

    /// The peak memory of this process, in KiB.
    #[cfg(target_os = "linux")]
    fn peak() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let (kib, _) = line.unwrap().trim().split_once(' ').unwrap();
        kib.parse().unwrap()
    }

    /// In a process of its own, because the peak is measured for a process.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_bomb_takes_little_memory() {
        const CHILD: &str = "ENGAGEMENT_CORE_TEST_BOMB";
        if std::env::var_os(CHILD).is_none() {
            let name = "compression::decompressed::a_bomb_takes_little_memory";
            let child = std::process::Command::new(std::env::current_exe().unwrap())
                .args(["--exact", name])
                .env(CHILD, "1")
                .output()
                .unwrap();
            let output = String::from_utf8_lossy(&child.stdout);
            assert!(
                child.status.success() && output.contains("1 passed"),
                "{output}"
            );
            return;
        }
        let runtime = runtime();
        runtime.block_on(async {
            let server = TestServer::once(encoded("gzip", bomb())).await;
            let client = without_retries(&server);
            let before = peak();
            let error = send_empty(&client, &CONTACTS_LIST).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
            // The limit is 16 MiB, and a growing buffer is copied.
            let grown = peak() - before;
            assert!(grown < 48 * 1024, "{grown} KiB");
        });
    }

    /// The same kind of error as for an incomplete body, and retried if the operation is idempotent.
    #[tokio::test]
    async fn invalid_gzip_is_a_transport_error() {
        let valid = gzip(format!("\"{}\"", "hidden ".repeat(1000)));
        let mut wrong_checksum = valid.clone();
        let at = wrong_checksum.len() - 5;
        wrong_checksum[at] ^= 1;
        let mut garbled = valid.clone();
        garbled[12..20].fill(0xff);
        for (case, body) in [
            ("cut within the head", &valid[..7]),
            ("cut within the data", &valid[..valid.len() / 2]),
            ("cut within the checksum", &valid[..valid.len() - 3]),
            ("wrong checksum", &wrong_checksum),
            ("garbled", &garbled),
            ("plain text", b"{\"hidden\": 1}"),
        ] {
            let error = failure(encoded("gzip", body)).await;
            assert_eq!(error.kind(), ErrorKind::Transport, "{case}");
            assert!(error.was_sent() && !error.is_timeout());
            assert_eq!(
                error.to_string(),
                "acme contacts_list: the body could not be decompressed (200 OK)",
                "{case}"
            );
            assert!(!format!("{error:?}").contains("hidden"));

            let server = TestServer::start([encoded("gzip", body), json("7")]).await;
            let client = client(&server);
            let call = list_json::<i64>(&client);
            assert_eq!(call.await.unwrap().attempts(), 2, "{case}");
            let server = TestServer::start([encoded("gzip", body), json("7")]).await;
            let posted = send_empty(&crate::support::client(&server), &CONTACTS_CREATE).await;
            assert_eq!(posted.unwrap_err().attempts(), 1, "{case}");
        }
    }

    #[tokio::test]
    async fn a_broken_connection_is_not_a_decompression_error() {
        let body = gzip("{}");
        let head = format!(
            "HTTP/1.1 200 OK\r\nx-request-id: r-1\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let cut = [head.as_bytes(), &body[..body.len() - 4]].concat();
        let error = failure(Reply::ThenClose(cut)).await;
        assert_eq!(error.kind(), ErrorKind::Transport);
        assert_eq!(
            error.to_string(),
            "acme contacts_list: the connection broke within the body (200 OK)"
        );
    }

    /// Only the first member of a gzip body is decompressed, as in most HTTP clients.
    #[tokio::test]
    async fn unusual_gzip_bodies() {
        let one = gzip("[1, 2]");
        for (case, body, result) in [
            (
                "two members",
                [gzip("[1"), gzip(", 2]")].concat(),
                Err("unexpected body at `[0]`: EOF while parsing a list (line 1, column 2)"),
            ),
            ("the same twice", one.repeat(2), Ok("[1,2]")),
            (
                "many members",
                one.repeat(10_000),
                Err("the connection broke within the body"),
            ),
            (
                "garbage after the end",
                [&one[..], b"garbage"].concat(),
                Ok("[1,2]"),
            ),
            (
                "an empty member",
                gzip(""),
                Err("the body is empty where JSON was expected"),
            ),
            (
                "an empty body",
                Vec::new(),
                Err("the body is empty where JSON was expected"),
            ),
            (
                "compressed twice, declared once",
                gzip(&one),
                Err("the body is encoded as `gzip`, which this client does not decompress"),
            ),
        ] {
            let server = TestServer::once(encoded("gzip", body)).await;
            let found = list_json::<Value>(&without_retries(&server))
                .into_call()
                .await;
            let found = found
                .map(|value| value.to_string())
                .map_err(|error| error.to_string());
            let expected = result
                .map(str::to_owned)
                .map_err(|message| format!("acme contacts_list: {message} (200 OK)"));
            assert_eq!(found, expected, "{case}");
        }
    }

    /// Only the first encoding is decompressed.
    #[tokio::test]
    async fn two_gzip_headers_are_reported() {
        let headers = "content-encoding: gzip\r\ncontent-encoding: gzip\r\nx-request-id: r-1\r\n";
        let error = failure(with_headers("200 OK", headers, gzip(gzip("{}")))).await;
        assert_eq!(
            error.to_string(),
            "acme contacts_list: the body is encoded as `gzip`, which this client does not decompress (200 OK)"
        );
    }

    #[tokio::test]
    async fn responses_without_a_body_may_declare_an_encoding() {
        for head in [
            "HTTP/1.1 204 No Content\r\ncontent-encoding: gzip\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 0\r\n\r\n",
        ] {
            let server = TestServer::once(Reply::Bytes(head.into())).await;
            let call = without_retries(&server).call(&CONTACTS_LIST);
            let value = call
                .send(RawResponse::into_optional::<i64>)
                .into_call()
                .await;
            assert_eq!(value.unwrap(), None, "{head}");
        }
        let head = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 99\r\n\r\n";
        let server = TestServer::once(Reply::Bytes(head.into())).await;
        let request = without_retries(&server).request(Method::HEAD, "/a");
        assert!(request.send().await.unwrap().bytes().is_empty());
    }
}
