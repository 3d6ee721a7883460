//! Messages in the different formats of error bodies.

use axum::Router;
use axum::http::StatusCode;
use engagespot_client::{Client, messages};

/// The text of the error and all messages of a call that gets this response.
async fn error_of(status: StatusCode, body: &'static str) -> (String, Vec<String>) {
    let app = Router::new().fallback(move || async move { (status, body) });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let client = Client::builder("my-key", "my-secret")
        .base_url(url)
        .build()
        .unwrap();
    let error = client.users().delete("ada").send().await.unwrap_err();
    (error.to_string(), messages(&error))
}

#[tokio::test]
async fn every_message_is_found() {
    let (printed, all) = error_of(
        StatusCode::BAD_REQUEST,
        r#"{"status": "error", "message": ["notification must be an object", "sendAt must be a date"]}"#,
    )
    .await;
    assert_eq!(
        printed,
        "engagespot users_delete: 400 Bad Request: notification must be an object"
    );
    assert_eq!(
        all,
        ["notification must be an object", "sendAt must be a date"]
    );

    for body in [
        r#"{"status": "error", "message": "no such user"}"#,
        r#"{"statusCode": 404, "message": "no such user", "error": "Not Found"}"#,
        r#"{"error": "no such user"}"#,
        r#"{"message": [], "error": "no such user"}"#,
        r#"{"message": ["no such user", {"code": 7}]}"#,
        "no such user",
    ] {
        let (printed, all) = error_of(StatusCode::NOT_FOUND, body).await;
        assert_eq!(
            printed, "engagespot users_delete: 404 Not Found: no such user",
            "{body}"
        );
        assert_eq!(all, ["no such user"], "{body}");
    }
}

#[tokio::test]
async fn a_body_without_messages_has_none() {
    for body in ["", "{}", "[]", r#"{"message": null}"#] {
        let (printed, all) = error_of(StatusCode::BAD_GATEWAY, body).await;
        assert_eq!(
            printed, "engagespot users_delete: 502 Bad Gateway",
            "{body}"
        );
        assert_eq!(all, [""; 0], "{body}");
    }
}

#[tokio::test]
async fn a_single_message_is_masked() {
    let (_, all) = error_of(StatusCode::UNAUTHORIZED, r#"{"message": "who is my-key?"}"#).await;
    assert_eq!(all, ["who is [REDACTED]?"]);
}
