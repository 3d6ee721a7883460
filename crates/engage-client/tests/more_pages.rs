//! Pages that report that there are more without a cursor.

use engage_client::types::User;
use engage_client::{Client, Error, ErrorKind};
use engagement_faults::{FaultServer, Response};

/// A server that sends these bodies in order, and its client.
async fn start(bodies: &[&str]) -> (FaultServer, Client) {
    let bodies = bodies.iter().map(|body| Response::json(*body));
    let server = FaultServer::with_responses(bodies).await.unwrap();
    let client = Client::builder("key", "secret")
        .base_url(server.url())
        .build()
        .unwrap();
    (server, client)
}

/// The received requests, such as `GET /users`.
fn requests(server: &FaultServer) -> Vec<String> {
    let requests = server.requests().into_iter();
    requests
        .map(|request| format!("{} {}", request.method(), request.target()))
        .collect()
}

fn ids(users: &[User]) -> Vec<&str> {
    users.iter().map(|user| user.id.as_str()).collect()
}

fn assert_incomplete(error: &Error, call: &str, reason: &str) {
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::Pagination, true)
    );
    assert_eq!(
        error.to_string(),
        format!("engage {call}: {reason} (200 OK)")
    );
}

const NO_CURSOR: &str = "the provider reports more pages, but no cursor";

#[tokio::test]
async fn users_continue_after_the_last_id() {
    let (server, client) = start(&[
        r#"{"data": [{"id": "a"}, {"id": "b/1"}], "has_more": true}"#,
        r#"{"data": [{"id": "c"}], "has_more": true, "next_cursor": null}"#,
        r#"{"data": [{"id": "d"}], "has_more": false}"#,
    ])
    .await;
    let users = client.users().list().limit(2).lists(["l1"]);
    let users: Vec<User> = users.stream().try_collect().await.unwrap();
    assert_eq!(ids(&users), ["a", "b/1", "c", "d"]);
    assert_eq!(
        requests(&server),
        [
            "GET /users?limit=2&lists%5B%5D=l1",
            "GET /users?limit=2&after_id=b%2F1&lists%5B%5D=l1",
            "GET /users?limit=2&after_id=c&lists%5B%5D=l1",
        ]
    );
}

#[tokio::test]
async fn lists_continue_after_the_last_id() {
    let (server, client) = start(&[
        r#"{"data": [{"id": "l1"}, {"id": "l2"}], "has_more": true}"#,
        r#"{"data": [{"id": "l3"}]}"#,
    ])
    .await;
    let mut pages = client.lists().list().limit(2).pages();
    let mut sizes = Vec::new();
    while let Some(page) = pages.try_next().await.unwrap() {
        sizes.push(page.data.unwrap().len());
    }
    assert_eq!(sizes, [2, 1]);
    assert_eq!(
        requests(&server),
        ["GET /lists?limit=2", "GET /lists?limit=2&after_id=l2"]
    );
}

#[tokio::test]
async fn a_cursor_takes_precedence_over_an_id() {
    let (server, client) = start(&[
        r#"{"data": [{"id": "a"}], "has_more": true, "next_cursor": "one"}"#,
        r#"{"data": [{"id": "b"}], "has_more": true}"#,
        r#"{"data": [{"id": "c"}], "has_more": false, "next_cursor": "two"}"#,
        r#"{"data": [{"id": "d"}]}"#,
    ])
    .await;
    let users = client.users().list().after_id("before-a");
    let users: Vec<User> = users.stream().try_collect().await.unwrap();
    assert_eq!(ids(&users), ["a", "b", "c", "d"]);
    assert_eq!(
        requests(&server),
        [
            "GET /users?after_id=before-a",
            "GET /users?next_cursor=one",
            "GET /users?after_id=b",
            "GET /users?next_cursor=two",
        ]
    );
}

#[tokio::test]
async fn a_list_is_resumed_after_an_id() {
    let (server, client) = start(&[
        r#"{"data": [{"id": "a"}, {"id": "b"}], "has_more": true}"#,
        r#"{"data": [{"id": "c"}]}"#,
    ])
    .await;
    let mut users = client.users().list().stream();
    let mut points = Vec::new();
    for _ in 0..2 {
        users.try_next().await.unwrap().unwrap();
        points.push(users.resume_point().unwrap().to_string());
    }
    assert_eq!(points, ["start", "after:b"]);
    let point = points[1].parse().unwrap();
    let rest = client.users().list().resume(point).stream();
    let rest: Vec<User> = rest.try_collect().await.unwrap();
    assert_eq!(ids(&rest), ["c"]);
    assert_eq!(requests(&server), ["GET /users", "GET /users?after_id=b"]);
}

#[tokio::test]
async fn a_list_that_cannot_be_continued_is_an_error() {
    let (server, client) = start(&[
        r#"{"data": [{"id": "a"}], "has_more": true}"#,
        r#"{"data": [], "has_more": true}"#,
    ])
    .await;
    let mut users = client.users().list().stream();
    assert_eq!(users.try_next().await.unwrap().unwrap().id.as_str(), "a");
    assert_incomplete(
        &users.try_next().await.unwrap_err(),
        "users_list",
        NO_CURSOR,
    );
    assert!(users.try_next().await.unwrap().is_none());
    assert_eq!(requests(&server), ["GET /users", "GET /users?after_id=a"]);

    let (server, client) = start(&[r#"{"data": [{"id": "l1"}], "has_more": true}"#]).await;
    let error = client.lists().list().stream().try_collect::<Vec<_>>();
    assert_incomplete(
        &error.await.unwrap_err(),
        "lists_list",
        "after 2 pages the provider repeated a cursor, so the list would never end",
    );
    assert_eq!(requests(&server), ["GET /lists", "GET /lists?after_id=l1"]);

    let backwards = client.users().list().before_id("x").stream();
    let error = backwards.try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::InvalidRequest, false)
    );
}

#[tokio::test]
async fn more_members_without_a_cursor_are_an_error() {
    let (server, client) = start(&[
        r#"{"data": [{"id": "a"}], "has_more": true, "next_cursor": "one"}"#,
        r#"{"data": [{"id": "b"}, {"id": "c"}], "has_more": true}"#,
    ])
    .await;
    let mut members = client.users().list_members("acme").limit(2).stream();
    let mut seen = Vec::new();
    let error = loop {
        match members.try_next().await {
            Ok(member) => seen.push(member.expect("the walk ended without an error")),
            Err(error) => break error,
        }
    };
    assert_eq!(ids(&seen), ["a", "b", "c"]);
    assert_incomplete(&error, "users_list_members", NO_CURSOR);
    assert_eq!(
        members.resume_point().unwrap().to_string(),
        "cursor:one",
        "the page that failed"
    );
    assert_eq!(
        requests(&server),
        [
            "GET /users/acme/members?limit=2",
            "GET /users/acme/members?limit=2&next_cursor=one",
        ]
    );
}
