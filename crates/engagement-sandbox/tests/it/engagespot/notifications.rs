//! Notifications in the inboxes of users.

use engagement_sandbox::Sandbox;
use serde_json::{Value, json};

use super::{Spot, failure, titles};

/// An app with a user Ada and notifications in her inbox, the newest last.
async fn with(sandbox: &Sandbox, titles: &[&str]) {
    let app = Spot::app(sandbox);
    app.register(&["ada"]).await;
    app.notify("ada", titles).await;
}

/// The path of a notification in Ada's inbox.
fn path(sandbox: &Sandbox, title: &str) -> String {
    let inbox = sandbox.engagespot().inbox("ada");
    let found = inbox.iter().find(|one| one["title"] == title);
    format!("/v3/notifications/{}", found.expect("it is there")["id"])
}

/// A field of a notification in Ada's inbox.
fn field(sandbox: &Sandbox, title: &str, key: &str) -> Value {
    let inbox = sandbox.engagespot().inbox("ada");
    let found = inbox.iter().find(|one| one["title"] == title);
    found.expect("it is there")[key].clone()
}

fn page(response: &Value) -> (Vec<&str>, &Value, &Value) {
    let data = response["data"].as_array().map_or(&[][..], Vec::as_slice);
    (
        titles(data),
        &response["pagination"]["totalCount"],
        &response["unreadCount"],
    )
}

#[tokio::test]
async fn the_list_has_pages_newest_first() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let all: Vec<String> = (0..17).map(|at| format!("n{at}")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    with(&sandbox, &all).await;
    let ada = Spot::user(&sandbox, "ada");
    let newest: Vec<&str> = all.iter().rev().copied().collect();
    let get = async |query: &str| {
        ada.ok("GET", &format!("/v3/notifications{query}"), Value::Null)
            .await
    };
    let (count, unread) = (json!(17), json!(17));
    assert_eq!(
        page(&get("").await),
        (newest[..15].to_vec(), &count, &unread)
    );
    assert_eq!(
        page(&get("?pageNo=2").await),
        (newest[15..].to_vec(), &count, &unread)
    );
    assert_eq!(
        page(&get("?pageNo=2&limit=5").await),
        (newest[5..10].to_vec(), &count, &unread)
    );
    assert_eq!(page(&get("?pageNo=3").await), (vec![], &count, &unread));
    assert_eq!(page(&get("?limit=20").await).0.len(), 17);
    for (query, message) in [
        ("?limit=21", "limit must not be greater than 20"),
        ("?limit=0", "limit must not be less than 1"),
        ("?pageNo=0", "pageNo must not be less than 1"),
        (
            "?filter=odd",
            "filter must be one of unread, read, interacted",
        ),
    ] {
        assert_eq!(
            ada.get(&format!("/v3/notifications{query}")).await,
            failure(400, message)
        );
    }
    let far = format!("?pageNo={}&limit=20", i64::MAX);
    assert_eq!(page(&get(&far).await).0.len(), 0);
}

#[tokio::test]
async fn the_list_is_filtered_and_has_the_number_of_unread() {
    let sandbox = Sandbox::start().await.expect("a free port");
    with(&sandbox, &["a", "b", "c"]).await;
    let (app, ada) = (Spot::app(&sandbox), Spot::user(&sandbox, "ada"));
    let orders = json!({
        "notification": { "title": "d", "category": "orders" }, "sendTo": { "recipients": ["ada"] },
    });
    app.ok("POST", "/v3/notifications", orders).await;
    let call = async |method: &str, title: &str, rest: &str, body: Value| {
        ada.ok(method, &format!("{}{rest}", path(&sandbox, title)), body)
            .await;
    };
    call("POST", "a", "/click", Value::Null).await;
    call("POST", "b", "/views", Value::Null).await;
    call("PUT", "c", "/state", json!({ "state": "confirmed" })).await;
    let (four, three, two, one) = (json!(4), json!(3), json!(2), json!(1));
    for (query, titles, total) in [
        ("", vec!["d", "c", "b", "a"], &four),
        ("?filter=unread", vec!["d", "c", "b"], &three),
        ("?filter=read", vec!["a"], &one),
        ("?filter=interacted", vec!["c"], &one),
        ("?category=orders", vec!["d"], &one),
        ("?category=orders&filter=read", vec![], &json!(0)),
        (
            "?tenantIdentifier=t&filter=unread&limit=1",
            vec!["d"],
            &three,
        ),
    ] {
        let response = ada
            .ok("GET", &format!("/v3/notifications{query}"), Value::Null)
            .await;
        // A notification is unread if it is neither seen nor clicked, in the entire inbox.
        assert_eq!(page(&response), (titles, total, &two), "{query}");
    }
}

#[tokio::test]
async fn the_app_names_the_user_whose_inbox_it_reads() {
    let sandbox = Sandbox::start().await.expect("a free port");
    with(&sandbox, &["a"]).await;
    let app = Spot::app(&sandbox);
    let response = app.get("/v3/notifications?userIdentifier=ada").await.1;
    assert_eq!(page(&response), (vec!["a"], &json!(1), &json!(1)));
    assert_eq!(
        app.get("/v3/notifications").await,
        failure(
            400,
            "userIdentifier should not be empty when the app reads an inbox"
        )
    );
    let empty = json!({ "unreadCount": 0, "pagination": { "totalCount": 0 }, "data": [] });
    assert_eq!(
        app.get("/v3/notifications?userIdentifier=who").await,
        (200, empty.clone())
    );
    // A user always reads their own inbox. An unregistered user has an empty one.
    let who = Spot::user(&sandbox, "who");
    assert_eq!(
        who.get("/v3/notifications?userIdentifier=ada").await,
        (200, empty)
    );
    assert_eq!(
        app.delete("/v3/users/who").await.0,
        404,
        "reading creates no user"
    );
}

#[tokio::test]
async fn getting_a_notification_marks_it_as_seen() {
    let sandbox = Sandbox::start().await.expect("a free port");
    with(&sandbox, &["a"]).await;
    let ada = Spot::user(&sandbox, "ada");
    let path = path(&sandbox, "a");
    let first = ada.ok("GET", &path, Value::Null).await;
    let seen = first["seenAt"].as_str().expect("a time").to_owned();
    assert_eq!((seen.len(), &seen[23..]), (24, "Z"));
    assert_eq!(first["clickedAt"], Value::Null);
    assert_eq!(
        ada.get(&path).await,
        (200, first.clone()),
        "the first time stays"
    );
    assert_eq!(sandbox.engagespot().inbox("ada"), [first]);

    let missing = failure(404, "Notification not found");
    assert_eq!(ada.get("/v3/notifications/999").await, missing);
    let eve = Spot::user(&sandbox, "eve");
    assert_eq!(eve.get(&path).await, missing);
    assert_eq!(
        eve.post(&format!("{path}/click"), Value::Null).await,
        missing
    );
    assert_eq!(eve.delete(&path).await, missing);
}

#[tokio::test]
async fn clicks_and_views_are_stored_and_reset() {
    let sandbox = Sandbox::start().await.expect("a free port");
    with(&sandbox, &["a"]).await;
    let (app, ada) = (Spot::app(&sandbox), Spot::user(&sandbox, "ada"));
    let path = path(&sandbox, "a");
    let done = (200, json!({}));
    let noted = |key: &str| field(&sandbox, "a", key).is_string();
    let at = |rest: &str| format!("{path}/{rest}");

    assert_eq!(ada.post(&at("click"), Value::Null).await, done);
    assert_eq!((noted("clickedAt"), noted("seenAt")), (true, false));
    assert_eq!(ada.post(&at("views"), Value::Null).await, done);
    assert_eq!((noted("clickedAt"), noted("seenAt")), (true, true));
    assert_eq!(ada.delete(&at("reads")).await, done);
    assert_eq!((noted("clickedAt"), noted("seenAt")), (false, true));
    assert_eq!(ada.delete(&at("views")).await, done);
    assert_eq!((noted("clickedAt"), noted("seenAt")), (false, false));

    // The app can do the same, except marking as seen.
    assert_eq!(app.post(&at("click"), json!({ "read": true })).await, done);
    assert!(noted("clickedAt"));
    assert_eq!(app.delete(&at("reads")).await, done);
    assert!(!noted("clickedAt"));
    assert_eq!(app.delete(&at("views")).await, done);
    assert_eq!(app.post(&at("views"), Value::Null).await.0, 401);
    assert_eq!(app.get(&path).await.0, 401);
}

#[tokio::test]
async fn a_state_is_stored_and_can_delete() {
    let sandbox = Sandbox::start().await.expect("a free port");
    with(&sandbox, &["a"]).await;
    let ada = Spot::user(&sandbox, "ada");
    let path = path(&sandbox, "a");
    let state = json!({ "state": "confirmed", "data": { "comment": "fine" } });
    let response = ada.ok("PUT", &format!("{path}/state"), state).await;
    assert_eq!(
        (&response["title"], &response["state"], &response["data"]),
        (&json!("a"), &json!("confirmed"), &Value::Null)
    );
    assert_eq!(sandbox.engagespot().inbox("ada"), [response]);
    let last = json!({ "state": "done", "delete": true });
    let response = ada.ok("PUT", &format!("{path}/state"), last.clone()).await;
    assert_eq!(response["state"], "done");
    assert!(sandbox.engagespot().inbox("ada").is_empty());
    assert_eq!(
        ada.put(&format!("{path}/state"), last).await,
        failure(404, "Notification not found")
    );
}

#[tokio::test]
async fn marking_all_as_seen_marks_one_page_of_the_unseen() {
    let sandbox = Sandbox::start().await.expect("a free port");
    with(&sandbox, &["x"; 40]).await;
    let ada = Spot::user(&sandbox, "ada");
    let seen = || -> Vec<bool> {
        let inbox = sandbox.engagespot().inbox("ada");
        inbox.iter().map(|one| one["seenAt"].is_string()).collect()
    };
    let mark = async |query: &str| {
        ada.post(
            &format!("/v3/notifications/markAllNotificationsAsSeen{query}"),
            Value::Null,
        )
        .await
    };
    assert_eq!(mark("").await, (200, Value::Null));
    let expected: Vec<bool> = (0..40).map(|at| at < 15).collect();
    assert_eq!(seen(), expected);
    assert_eq!(mark("?limit=5").await.0, 200);
    let expected: Vec<bool> = (0..40).map(|at| at < 20).collect();
    assert_eq!(seen(), expected);
    assert_eq!(mark("?limit=5&page=2").await.0, 200);
    let expected: Vec<bool> = (0..40)
        .map(|at| at < 20 || (25..30).contains(&at))
        .collect();
    assert_eq!(seen(), expected);
    assert_eq!(
        mark("?limit=0").await,
        failure(400, "limit must not be less than 1")
    );
}

#[tokio::test]
async fn marking_all_as_read_marks_all_notifications_of_the_user() {
    let sandbox = Sandbox::start().await.expect("a free port");
    with(&sandbox, &["x"; 20]).await;
    let app = Spot::app(&sandbox);
    app.register(&["eve"]).await;
    app.notify("eve", &["y"]).await;
    let path = "/v3/notifications/markAllNotificationsAsRead";
    assert_eq!(
        Spot::user(&sandbox, "ada").post(path, Value::Null).await,
        (200, Value::Null)
    );
    let clicked = |user: &str| {
        let inbox = sandbox.engagespot().inbox(user);
        inbox
            .iter()
            .filter(|one| one["clickedAt"].is_string())
            .count()
    };
    assert_eq!((clicked("ada"), clicked("eve")), (20, 0));
}

#[tokio::test]
async fn notifications_are_deleted_individually_or_together() {
    let sandbox = Sandbox::start().await.expect("a free port");
    with(&sandbox, &["a", "b", "c", "d"]).await;
    let (app, ada) = (Spot::app(&sandbox), Spot::user(&sandbox, "ada"));
    app.register(&["eve"]).await;
    app.notify("eve", &["y"]).await;
    let deleted = json!({ "statusCode": 200, "message": "Notification deleted successfully" });
    let first = path(&sandbox, "a");
    assert_eq!(ada.delete(&first).await, (200, deleted.clone()));
    assert_eq!(
        ada.delete(&first).await,
        failure(404, "Notification not found")
    );
    assert_eq!(app.delete(&path(&sandbox, "b")).await, (200, deleted));
    assert_eq!(titles(&sandbox.engagespot().inbox("ada")), ["d", "c"]);
    let all = "/v3/notifications/markAllNotificationsAsDeleted";
    assert_eq!(ada.post(all, Value::Null).await, (200, Value::Null));
    assert!(sandbox.engagespot().inbox("ada").is_empty());
    assert_eq!(sandbox.engagespot().inbox("eve").len(), 1);
}
