//! Redirects: none is followed, nothing leaks, nothing is sent twice.

use std::time::Duration;

use engagement_core::{Error, ErrorKind, Method};

use crate::support::*;

async fn redirect(status: &str, headers: &str, method: Method) -> (TestServer, Error) {
    let headers = format!("x-request-id: r-1\r\nretry-after: 5\r\n{headers}");
    let server = TestServer::once(with_headers(status, &headers, "<a href=hidden>")).await;
    let request = client(&server).request(method, "/a").query("q", "asked");
    let error = request.send().await.unwrap_err();
    (server, error)
}

#[tokio::test]
async fn no_target_is_followed() {
    let elsewhere = TestServer::once(json("{}")).await;
    let target = elsewhere.url();
    let port = elsewhere.address().port();
    for (location, words) in [
        (
            format!("{target}/steal?token=hidden#hidden"),
            format!("redirected to {target}, which is not followed"),
        ),
        (
            format!("http://hidden:hidden@127.0.0.1:{port}/hidden"),
            format!("redirected to {target}, which is not followed"),
        ),
        (
            format!("//127.0.0.1:{port}/hidden"),
            format!("redirected to {target}, which is not followed"),
        ),
        (
            "https://other.example/hidden".to_owned(),
            "redirected to https://other.example, which is not followed".to_owned(),
        ),
        (
            "javascript:hidden".to_owned(),
            "redirected to null, which is not followed".to_owned(),
        ),
        (
            "http://[hidden".to_owned(),
            "redirected to an unreadable Location, which is not followed".to_owned(),
        ),
        (
            "/caf\u{e9}/hidden".to_owned(),
            "redirected to an unreadable Location, which is not followed".to_owned(),
        ),
    ] {
        for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
            for status in [
                "301 Moved Permanently",
                "302 Found",
                "303 See Other",
                "307 Temporary Redirect",
                "308 Permanent Redirect",
            ] {
                let header = format!("location: {location}\r\n");
                let (server, error) = redirect(status, &header, method.clone()).await;
                assert_eq!(error.kind(), ErrorKind::Redirect);
                let text = error.to_string();
                assert!(
                    text.ends_with(&format!(": {words} ({status})")),
                    "{text} for {location}"
                );
                assert!(!text.contains("hidden") && !format!("{error:?}").contains("hidden"));
                assert_eq!(error.request_id(), Some("r-1"));
                assert_eq!(error.retry_after(), Some(Duration::from_secs(5)));
                assert_eq!((server.requests().len(), error.attempts()), (1, 1));
            }
        }
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn not_even_to_the_same_server() {
    for location in ["/b", "b?c=d", "?q=1", "", "//{}", "http://{}/b"] {
        let server = TestServer::responding(|request| {
            let host = request
                .lines()
                .find_map(|line| line.strip_prefix("host: "))
                .unwrap();
            let location = request.split(['[', ']']).nth(1).unwrap_or_default();
            let location = location.replace("{}", host);
            with_headers(
                "307 Temporary Redirect",
                &format!("location: {location}\r\n"),
                "",
            )
        })
        .await;
        let error = client(&server)
            .request(Method::POST, "/a")
            .header("x-location", format!("[{location}]"))
            .send()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Redirect, "{location}");
        let target = server.url();
        assert!(
            error
                .to_string()
                .contains(&format!("redirected to {target}, which is not followed")),
            "{error}"
        );
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn other_redirect_statuses_are_reported() {
    for (status, headers, words) in [
        ("300 Multiple Choices", "", "redirected without a Location"),
        ("302 Found", "", "redirected without a Location"),
        ("305 Use Proxy", "", "redirected without a Location"),
        (
            "305 Use Proxy",
            "location: http://proxy.example/hidden\r\n",
            "redirected to http://proxy.example, which is not followed",
        ),
        (
            // The first one counts, as far as anything is made of it.
            "302 Found",
            "location: http://one.example/\r\nlocation: http://two.example/\r\n",
            "redirected to http://one.example, which is not followed",
        ),
    ] {
        let (server, error) = redirect(status, headers, Method::GET).await;
        assert_eq!(error.kind(), ErrorKind::Redirect);
        assert!(
            error
                .to_string()
                .ends_with(&format!(": {words} ({status})")),
            "{error}"
        );
        assert_eq!(server.requests().len(), 1);
    }
}

/// It is the response to a conditional request, and leads nowhere even where it names a place.
#[tokio::test]
async fn not_modified_is_no_redirect() {
    for headers in ["etag: \"e\"\r\n", "location: http://hidden.example/\r\n"] {
        let (server, error) = redirect("304 Not Modified", headers, Method::GET).await;
        let text = error.to_string();
        assert!(
            text.ends_with("acme GET request: 304 Not Modified: not modified, so there is no body"),
            "{text}"
        );
        assert_eq!(error.kind(), ErrorKind::Api);
        assert_eq!(error.status().unwrap(), 304);
        assert_eq!((error.message(), error.body()), (None, None));
        assert_eq!(
            error.headers().unwrap().get("etag").is_some(),
            headers.contains("etag")
        );
        assert!(!error.is_not_found() && error.was_sent());
        assert_eq!((server.requests().len(), error.attempts()), (1, 1));
    }
}
