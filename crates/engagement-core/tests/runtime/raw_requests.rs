//! Raw requests with any path and any body.

use engagement_core::{ErrorKind, Method, RawRequest};
use serde_json::json;

use crate::support::*;

/// The reason why a request is not sent.
async fn refusal(request: RawRequest) -> String {
    let error = request.send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(!error.was_sent());
    let text = error.to_string();
    let (_, reason) = text.split_once(" request: invalid request: ").unwrap();
    reason.to_owned()
}

/// Method and target of a request, its content type, and its body.
fn parts(request: &str) -> (&str, Option<&str>, &str) {
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    let line = head.lines().next().unwrap();
    let content_type = head
        .lines()
        .find_map(|line| line.strip_prefix("content-type: "));
    (line.strip_suffix(" HTTP/1.1").unwrap(), content_type, body)
}

#[tokio::test]
async fn a_trailing_slash_is_sent() {
    for (prefix, path, line) in [
        ("", "/users/", "GET /users/"),
        ("/v1", "/users/", "GET /v1/users/"),
        ("/v1/", "/users/{id}/", "GET /v1/users/7%2F..%2F8/"),
        ("", "/", "GET /"),
        ("/v1", "/", "GET /v1/"),
        ("", "/a/...", "GET /a/..."),
        ("", "/a;b=../c%20d", "GET /a;b=../c%20d"),
    ] {
        let server = TestServer::once(json("{}")).await;
        let client = build(keyed_at(server.url() + prefix));
        let mut request = client.request(Method::GET, path);
        if path.contains("{id}") {
            // A value may be anything except a dot segment.
            request = request.path("id", "7/../8");
        }
        request.send().await.unwrap();
        let request = server.request();
        assert_eq!(parts(&request).0, line, "{path}");
    }
}

#[tokio::test]
async fn encoded_dot_segments_are_not_sent() {
    let server = TestServer::once(json("{}")).await;
    let client = client(&server);
    for path in [
        "/a/..%2fb",
        "/a/b%2F..",
        "/a/%5c..",
        "/a/..;/b",
        "/a/..;x=y",
        "/a/%2e%2e;/b",
        "/a/%252e%252e/b",
        "/{id}/..%2fb",
    ] {
        let request = client.request(Method::DELETE, path);
        let request = if path.contains("{id}") {
            request.path("id", "x")
        } else {
            request
        };
        assert_eq!(
            refusal(request).await,
            "the path has a `.` or `..` segment, or what a server may decode to one",
            "{path}"
        );
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn any_body_is_sent_unchanged() {
    let server = TestServer::once(json("{}")).await;
    let client = client(&server);
    let rows = String::from("id,name\n7,é\n");
    let put = |path: &str| client.request(Method::PUT, path);
    put("/csv/")
        .body(rows, "text/csv; charset=utf-8")
        .send()
        .await
        .unwrap();
    put("/xml")
        .body("<a/>", "application/xml")
        .send()
        .await
        .unwrap();
    put("/bytes")
        .body(vec![b'\0', b'\n'], "application/octet-stream")
        .send()
        .await
        .unwrap();
    put("/empty").body("", "text/plain").send().await.unwrap();
    // The last body is sent, and a header takes precedence over the argument, as with JSON.
    let twice = put("/twice")
        .body("a", "text/plain")
        .body("b", "application/x-ndjson");
    twice
        .header("Content-Type", "application/jsonl")
        .send()
        .await
        .unwrap();
    let requests = server.requests();
    let sent: Vec<_> = requests.iter().map(|request| parts(request)).collect();
    assert_eq!(
        sent,
        [
            (
                "PUT /csv/",
                Some("text/csv; charset=utf-8"),
                "id,name\n7,é\n"
            ),
            ("PUT /xml", Some("application/xml"), "<a/>"),
            ("PUT /bytes", Some("application/octet-stream"), "\0\n"),
            ("PUT /empty", Some("text/plain"), ""),
            ("PUT /twice", Some("application/jsonl"), "b"),
        ]
    );
    assert!(
        requests[0].contains("\r\ncontent-length: 13\r\n"),
        "{}",
        requests[0]
    );
    assert!(
        requests[3].contains("\r\ncontent-length: 0\r\n"),
        "{}",
        requests[3]
    );
}

#[tokio::test]
async fn a_retry_sends_the_same_bytes() {
    let server = TestServer::start([
        reply("503 Service Unavailable", "text/plain", ""),
        json("{}"),
    ])
    .await;
    let request = client(&server)
        .request(Method::PUT, "/a")
        .body("x", "text/plain");
    assert_eq!(request.send().await.unwrap().attempts(), 2);
    let requests = server.requests();
    assert_eq!(requests[0], requests[1]);
}

#[tokio::test]
async fn a_request_has_one_body_with_a_valid_content_type() {
    let server = TestServer::once(json("{}")).await;
    let client = client(&server);
    let post = || client.request(Method::POST, "/a");
    let both = "both a body of bytes and another body are set";
    for request in [
        post().body("x", "text/plain").json(&1),
        post().json(&1).body("x", "text/plain"),
        post().body("x", "text/plain").form(&json!({"a": 1})),
        post().form(&json!({"a": 1})).body("x", "text/plain"),
    ] {
        assert_eq!(refusal(request).await, both);
    }
    for content_type in [
        "",
        "hidden",
        "hidden/",
        "/hidden",
        "hid den/x",
        "a/b\r\nX: hidden",
        "é/b",
    ] {
        assert_eq!(
            refusal(post().body("x", content_type)).await,
            "the content type of the body is not like `text/csv`",
            "{content_type}"
        );
    }
    assert_eq!(server.connections(), 0);
}

#[cfg(feature = "multipart")]
mod multipart {
    use engagement_core::{Form, Upload};

    use super::*;

    #[tokio::test]
    async fn the_exact_bytes_of_a_form() {
        let server = TestServer::once(json("{}")).await;
        let form = Form::new()
            .text("folder", "réports")
            .text(String::from("folder"), String::from("2026"))
            .file(
                "report",
                Upload::from_bytes("r.csv", "x,y\n").content_type("text/csv"),
            )
            .file("raw", Upload::from_bytes("r", "z"));
        assert_eq!(format!("{form:?}"), "Form { .. }");
        let request = client(&server).request(Method::POST, "/assets/");
        request.multipart(form).send().await.unwrap();
        let request = server.request();
        let (line, content_type, body) = parts(&request);
        assert_eq!(line, "POST /assets/");
        let boundary = content_type
            .unwrap()
            .strip_prefix("multipart/form-data; boundary=")
            .unwrap();
        assert_eq!(
            body.replace(boundary, "B"),
            "--B\r\nContent-Disposition: form-data; name=\"folder\"\r\n\r\nréports\r\n\
             --B\r\nContent-Disposition: form-data; name=\"folder\"\r\n\r\n2026\r\n\
             --B\r\nContent-Disposition: form-data; name=\"report\"; filename=\"r.csv\"\r\n\
             Content-Type: text/csv\r\n\r\nx,y\n\r\n\
             --B\r\nContent-Disposition: form-data; name=\"raw\"; filename=\"r\"\r\n\r\nz\r\n\
             --B--\r\n"
        );
    }

    #[tokio::test]
    async fn a_form_excludes_other_bodies() {
        let server = TestServer::once(json("{}")).await;
        let client = client(&server);
        let post = || client.request(Method::POST, "/a");
        let form = || Form::new().text("a", "b");
        for (request, reason) in [
            (
                post().multipart(form()).json(&1),
                "both a multipart form and another body are set",
            ),
            (
                post().form(&json!({"a": 1})).multipart(form()),
                "both a multipart form and another body are set",
            ),
            (
                post().multipart(form()).body("x", "text/plain"),
                "both a body of bytes and another body are set",
            ),
        ] {
            assert_eq!(refusal(request).await, reason);
        }
        assert_eq!(server.connections(), 0);
    }
}
