//! The bytes of requests.

use engagement_core::{ErrorKind, Method, RawResponse};
use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn the_exact_bytes_of_a_get() {
    let server = TestServer::once(json("{}")).await;
    let client = build(
        keyed_at(server.url() + "/v1/")
            .user_agent_suffix("shop/2")
            .default_header("X-Tenant", "blue"),
    );
    let mut call = client.call(&CONTACTS_GET);
    call.path("id", &"a/b c");
    call.query("q", &"x y&z=é+");
    call.query("tag", &["one", "two"]);
    call.query("none", &None::<i32>);
    call.query("filter", &json!({"a": 1}));
    call.query("limit", &Some(10));
    call.query("deep", &true);
    call.query("empty", &"");
    call.header("X-Trace", &7);
    call.header("X-None", &None::<&str>);
    call.send(RawResponse::into_empty).await.unwrap();
    assert_eq!(
        server.request(),
        format!(
            "GET /v1/contacts/a%2Fb%20c?q=x%20y%26z%3D%C3%A9%2B&tag=one&tag=two&filter=%7B%22a%22%3A1%7D&limit=10&deep=true&empty= HTTP/1.1\r\n\
             accept: application/json\r\n\
             user-agent: acme-client/1.2.3 shop/2\r\n\
             x-tenant: blue\r\n\
             x-trace: 7\r\n\
             x-api-key: test-key\r\n\
             {}host: {}\r\n\r\n",
            if cfg!(feature = "gzip") {
                "accept-encoding: gzip\r\n"
            } else {
                ""
            },
            server.address()
        )
    );
}

/// The body.
fn body_of(request: &str) -> &str {
    request.split_once("\r\n\r\n").unwrap().1
}

#[tokio::test]
async fn a_form_repeats_keys_and_contains_json() {
    let server = TestServer::once(json("{}")).await;
    let mut call = client(&server).call(&CONTACTS_CREATE);
    call.form("email", &"a b@x.example");
    call.form("list", &[1, 2]);
    call.form("none", &None::<&str>);
    call.form("object", &json!({"k": "v"}));
    call.form("objects", &json!([{"k": 1}]));
    call.form_json("tags", &["x", "y"]);
    call.form_json("no_tags", &None::<Vec<String>>);
    call.form_json("text", &"t");
    call.send(RawResponse::into_empty).await.unwrap();
    let request = server.request();
    assert_starts(&request, "POST /contacts HTTP/1.1\r\n");
    assert_contains(
        &request,
        "\r\ncontent-type: application/x-www-form-urlencoded\r\n",
    );
    assert_eq!(
        body_of(&request),
        "email=a+b%40x.example&list=1&list=2&object=%7B%22k%22%3A%22v%22%7D&objects=%5B%7B%22k%22%3A1%7D%5D\
         &tags=%5B%22x%22%2C%22y%22%5D&text=%22t%22"
    );
}

#[tokio::test]
async fn an_empty_body_has_a_length() {
    let server = TestServer::once(json("{}")).await;
    let client = client(&server);
    let mut call = client.call(&CONTACTS_CREATE);
    call.form("none", &None::<&str>);
    call.send(RawResponse::into_empty).await.unwrap();
    send_empty(&client, &CONTACTS_CREATE).await.unwrap();
    send_empty(&client, &CONTACTS_LIST).await.unwrap();
    let requests = server.requests();
    for request in &requests[..2] {
        assert_eq!(
            request.matches("content-length: 0\r\n").count(),
            1,
            "{request}"
        );
    }
    assert!(requests[0].contains("content-type: application/x-www-form-urlencoded\r\n"));
    assert!(!requests[1].contains("content-type"));
    assert!(!requests[2].contains("content-length"));
}

#[tokio::test]
async fn the_exact_bytes_of_a_json_body() {
    #[derive(serde::Serialize)]
    struct Body {
        z: i64,
        a: &'static str,
        f: f32,
    }
    let server = TestServer::once(json("{}")).await;
    let mut call = client(&server).call(&CONTACTS_CREATE);
    call.json(&Body {
        z: i64::MAX,
        a: "é\n",
        f: 0.1,
    });
    call.send(RawResponse::into_empty).await.unwrap();
    let request = server.request();
    assert_contains(&request, "\r\ncontent-type: application/json\r\n");
    assert_contains(&request, "\r\ncontent-length: 44\r\n");
    assert_eq!(
        body_of(&request),
        r#"{"z":9223372036854775807,"a":"é\n","f":0.1}"#
    );
}

#[tokio::test]
async fn invalid_requests_are_not_sent() {
    struct Failing;
    impl std::fmt::Display for Failing {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            Err(std::fmt::Error)
        }
    }
    impl serde::Serialize for Failing {
        fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("hidden"))
        }
    }
    let server = TestServer::once(json("{}")).await;
    let client = client(&server);
    let problem = async |set: fn(&mut engagement_core::Call)| {
        let mut call = client.call(&CONTACTS_CREATE);
        set(&mut call);
        call.invalid("second");
        let error = call.send(RawResponse::into_empty).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(!error.was_sent());
        assert_eq!(error.attempts(), 0);
        let text = error.to_string();
        assert!(!text.contains("hidden"), "{text}");
        text.strip_prefix("acme contacts_create: invalid request: ")
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        problem(|call| call.header("X-A", &"hidden\r\nX-B: c")).await,
        "header `x-a` has a value that is not allowed in a header"
    );
    assert_eq!(
        problem(|call| call.header("X-A", &"hiddené")).await,
        "header `x-a` has a value that is not allowed in a header"
    );
    assert_eq!(
        problem(|call| call.header("X-A", &["hidden"])).await,
        "header `x-a` has a value that is not allowed in a header"
    );
    assert_eq!(
        problem(|call| call.header("X A", &"hidden")).await,
        "a header has a name that is not allowed"
    );
    assert_eq!(
        problem(|call| call.query("q", &Failing)).await,
        "query parameter `q` cannot be written as JSON: invalid value"
    );
    fn wrong() -> engagement_core::Attributes {
        serde_json::json!("hidden").into()
    }
    assert_eq!(
        problem(|call| call.form_json("f", &[serde_json::json!({}).into(), wrong()])).await,
        "form field `f` cannot be written as JSON at `[1]`: invalid type: string, expected an object"
    );
    assert_eq!(
        problem(|call| call.query("q", &std::collections::BTreeMap::from([("a", wrong())]))).await,
        "query parameter `q` cannot be written as JSON at `a`: invalid type: string, expected an object"
    );
    assert_eq!(
        problem(|call| call.form_json("f", &Failing)).await,
        "form field `f` cannot be written as JSON: invalid value"
    );
    assert_eq!(
        problem(|call| call.json(&Failing)).await,
        "the body cannot be written as JSON: invalid value"
    );
    assert_eq!(
        problem(|call| call.path("id", &Failing)).await,
        "path parameter `id` cannot be formatted"
    );
    assert_eq!(
        problem(|call| call.invalid("parameter `id` is missing")).await,
        "parameter `id` is missing"
    );
    let both = |call: &mut engagement_core::Call| {
        call.json(&1);
        call.form("a", &1);
    };
    assert_eq!(
        problem(both).await,
        "both a JSON body and form fields are set"
    );
    assert_eq!(
        send_empty(&client, &CONTACTS_GET)
            .await
            .unwrap_err()
            .to_string(),
        "acme contacts_get: invalid request: path parameter `id` is missing"
    );
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn raw_requests_are_sent_in_the_same_way() {
    let server = TestServer::start([reply("200 OK", "text/plain", "\u{feff}[1]")]).await;
    let client = client(&server);
    let response = client
        .request(Method::PUT, "/beta/things/{id}/a%20b")
        .path("id", "x/y")
        .query("a", "b c")
        .header("X-More", 1)
        .json(&json!({"k": 1}))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/plain");
    assert_eq!(response.text().unwrap(), "[1]");
    assert_eq!(&response.bytes()[..], "\u{feff}[1]".as_bytes());
    assert_eq!(response.json::<Vec<i32>>().unwrap(), [1]);
    assert_eq!(
        response.json::<String>().unwrap_err().to_string(),
        "acme PUT request: unexpected body: invalid type: sequence, expected a string (line 1, column 0) (200 OK)"
    );
    let request = server.request();
    assert_starts(
        &request,
        "PUT /beta/things/x%2Fy/a%20b?a=b%20c HTTP/1.1\r\n",
    );
    assert!(
        request.contains("\r\nx-more: 1\r\n") && request.contains("\r\nx-api-key: test-key\r\n"),
        "{request}"
    );
    assert_eq!(body_of(&request), r#"{"k":1}"#);

    client
        .request(Method::POST, "/form")
        .form(&json!({"a": [1, 2], "b": "c d"}))
        .send()
        .await
        .unwrap();
    assert_eq!(body_of(&server.requests()[1]), "a=1&a=2&b=c+d");
}

#[tokio::test]
async fn invalid_raw_requests_are_not_sent() {
    let server = TestServer::once(json("{}")).await;
    let client = client(&server);
    for path in [
        "",
        "x",
        "//",
        "//evil.example/x",
        "/a//b",
        "/a//",
        "/a/../b",
        "/a/..%2fb",
        "/a/%5c..",
        "/a/..;/b",
        "/%2E%2e",
        "/a?b=c",
        "/a#b",
        "/a b",
        "/a\\b",
        "/a%00",
        "http://evil.example/",
        "/a/{id}",
    ] {
        let error = client.request(Method::GET, path).send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{path}");
        assert_starts(&error.to_string(), "acme GET request: invalid request: ");
    }
    for header in [
        "Authorization",
        "x-api-key",
        "X-API-SECRET",
        "cookie",
        "Host",
        "content-length",
        "Transfer-Encoding",
    ] {
        let error = client
            .request(Method::GET, "/a")
            .header(header, "hidden")
            .send()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{header}");
        assert!(!error.to_string().contains("hidden"));
    }
    let error = client
        .request(Method::GET, "/a")
        .form("text")
        .send()
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "acme GET request: invalid request: a form must be a struct or a map"
    );
    let error = client
        .request(Method::CONNECT, "/a")
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(server.requests().len(), 0);

    let refusing = TestServer::once(reply(
        "404 Not Found",
        "application/json",
        r#"{"message": "no"}"#,
    ))
    .await;
    let error = crate::support::client(&refusing)
        .request(Method::GET, "/a")
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "acme GET request: 404 Not Found: no");
    assert!(error.is_not_found() && error.operation().is_none());
}

#[test]
fn futures_are_send() {
    fn sendable<T: Send>(_: T) {}
    let client = build(builder().base_url("http://localhost:1"));
    sendable(client.call(&STATUS_GET));
    sendable(send_empty(&client, &STATUS_GET));
    sendable(client.request(Method::GET, "/").send());
}
