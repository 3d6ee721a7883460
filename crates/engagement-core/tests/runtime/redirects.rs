//! Redirects are not followed.

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

/// The Location, and the reported target.
const TARGETS: &str = "
{target}/steal?token=hidden#hidden | {target}
http://hidden:hidden@127.0.0.1:{port}/hidden | {target}
//127.0.0.1:{port}/hidden | {target}
https://other.example/hidden | https://other.example
javascript:hidden | null
http://[hidden | an unreadable Location
/caf\u{e9}/hidden | an unreadable Location
";

#[tokio::test]
async fn no_redirect_is_followed() {
    let other = TestServer::once(json("{}")).await;
    let target = other.url();
    let port = other.address().port();
    for row in TARGETS.trim().lines() {
        let row = row
            .replace("{target}", &target)
            .replace("{port}", &port.to_string());
        let (location, message) = row.split_once(" | ").unwrap();
        let message = format!("redirected to {message}, which is not followed");
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
                    text.ends_with(&format!(": {message} ({status})")),
                    "{text} for {location}"
                );
                assert!(!text.contains("hidden") && !format!("{error:?}").contains("hidden"));
                assert_eq!(error.request_id(), Some("r-1"));
                assert_eq!(error.retry_after(), Some(Duration::from_secs(5)));
                assert_eq!((server.requests().len(), error.attempts()), (1, 1));
            }
        }
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn no_redirect_to_the_same_server_is_followed() {
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
        assert_contains(
            &error.to_string(),
            format!("redirected to {target}, which is not followed"),
        );
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn other_redirect_statuses_are_reported() {
    for (status, headers, message) in [
        ("300 Multiple Choices", "", "redirected without a Location"),
        ("302 Found", "", "redirected without a Location"),
        ("305 Use Proxy", "", "redirected without a Location"),
        (
            "305 Use Proxy",
            "location: http://proxy.example/hidden\r\n",
            "redirected to http://proxy.example, which is not followed",
        ),
        (
            // The first one is reported.
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
                .ends_with(&format!(": {message} ({status})")),
            "{error}"
        );
        assert_eq!(server.requests().len(), 1);
    }
}

/// A response to a conditional request is no redirect, even with a Location.
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
