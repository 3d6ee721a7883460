//! Deletions whose retry finds that the record is already deleted.

use engagement_core::{ClientCore, Error, ErrorKind, Method, RawResponse, Response, StatusCode};

use crate::retries::without_backoff;
use crate::support::*;

fn missing() -> Reply {
    reply(
        "404 Not Found",
        "application/json",
        r#"{"message": "no such contact"}"#,
    )
}

fn of(server: &TestServer) -> ClientCore {
    client(server).with(|call| call.retry(without_backoff()))
}

async fn delete<T>(server: &TestServer, read: Read<T>) -> Result<Response<T>, Error> {
    let mut call = of(server).call(&CONTACTS_DELETE);
    call.path("id", &7);
    call.send(read).await
}

#[tokio::test]
async fn not_found_after_an_attempt_that_may_have_deleted_is_a_success() {
    for failed in [
        reply("503 Service Unavailable", "text/plain", ""),
        Reply::ThenClose(Vec::new()),
    ] {
        let server = TestServer::start([failed, missing()]).await;
        let done = delete(&server, RawResponse::into_empty).await.unwrap();
        assert!(done.was_already_deleted());
        assert_eq!((done.status(), done.attempts()), (StatusCode::NOT_FOUND, 2));
        assert_eq!(server.requests().len(), 2);
    }
}

#[tokio::test]
async fn other_not_found_responses_are_errors() {
    let limited = with_headers("429 Too Many Requests", "retry-after: 0\r\n", "");
    for replies in [vec![missing()], vec![limited, missing()]] {
        let count = replies.len();
        let server = TestServer::start(replies).await;
        let error = delete(&server, RawResponse::into_empty).await.unwrap_err();
        assert!(error.is_not_found());
        assert_eq!(server.requests().len(), count);
    }

    let server = TestServer::start([Reply::ThenClose(Vec::new()), missing()]).await;
    let mut call = of(&server).call(&CONTACTS_GET);
    call.path("id", &7);
    let error = call.send(RawResponse::into_empty).await.unwrap_err();
    assert!(error.is_not_found());
}

#[tokio::test]
async fn a_required_body_makes_it_an_error() {
    let lost = || TestServer::start([Reply::ThenClose(Vec::new()), missing()]);

    let server = lost().await;
    for error in [
        delete(&server, RawResponse::into_json::<i64>)
            .await
            .unwrap_err(),
        delete(&lost().await, RawResponse::into_single::<i64>)
            .await
            .unwrap_err(),
        delete(&lost().await, RawResponse::into_bytes)
            .await
            .unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Api);
        assert_eq!(
            error.to_string(),
            "acme contacts_delete: 404 Not Found: no such contact"
        );
        assert!(error.is_not_found());
        assert_eq!(error.attempts(), 2);
    }

    let server = lost().await;
    let deleted = delete(&server, RawResponse::into_optional::<i64>)
        .await
        .unwrap();
    assert_eq!(*deleted.value(), None);
    assert!(deleted.was_already_deleted());

    let if_decodable: Read<Option<i64>> = |response| response.if_decodable(RawResponse::into_json);
    let deleted = delete(&lost().await, if_decodable).await.unwrap();
    assert_eq!(*deleted.value(), None);
    assert!(deleted.was_already_deleted());

    let server = lost().await;
    let raw = of(&server).request(Method::DELETE, "/x").send().await;
    let error = raw.unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(error.attempts(), 2);
}
