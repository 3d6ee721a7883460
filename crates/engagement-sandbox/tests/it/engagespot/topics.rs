//! Topics and their subscribers.

use engagement_sandbox::Sandbox;
use serde_json::{Value, json};

use super::{Spot, failure};

/// A new topic's id.
async fn topic(app: &Spot<'_>, identifier: &str) -> i64 {
    let body = json!({ "name": identifier.to_uppercase(), "identifier": identifier });
    let id = app.ok("POST", "/v3/topics", body).await;
    id.as_str()
        .and_then(|id| id.parse().ok())
        .expect("a number as text")
}

#[tokio::test]
async fn topics_are_created_renamed_and_deleted() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let app = Spot::app(&sandbox);
    let id = topic(&app, "team").await;
    let path = format!("/v3/topics/{id}");
    let again = json!({ "name": "x", "identifier": "team" });
    assert_eq!(
        app.post("/v3/topics", again).await,
        failure(409, "a topic with this identifier exists already")
    );
    assert_eq!(
        app.post("/v3/topics", json!({ "name": "x", "identifier": "" }))
            .await,
        failure(400, "identifier should not be empty")
    );
    app.register(&["ada"]).await;
    let users = json!({ "users": [{ "identifier": "ada", "channels": [] }] });
    app.ok("POST", &format!("{path}/users"), users.clone())
        .await;
    let rename = json!({ "name": "Warehouse" });
    assert_eq!(app.patch(&path, rename.clone()).await, (200, Value::Null));
    assert_eq!(
        app.get("/v3/topics/subscriptions/ada").await.1[0]["topic"],
        json!({ "id": id, "name": "Warehouse", "identifier": "team" })
    );
    assert_eq!(app.delete(&path).await, (200, Value::Null));
    assert_eq!(
        app.get("/v3/topics/subscriptions/ada").await,
        (200, json!([]))
    );
    assert_eq!(app.delete("/v3/users/ada").await.0, 202, "its users stay");

    let missing = failure(404, "Topic not found");
    assert_eq!(app.delete(&path).await, missing);
    assert_eq!(app.patch(&path, rename).await, missing);
    assert_eq!(app.post(&format!("{path}/users"), users).await, missing);
    let detach = json!({ "users": ["ada"] });
    assert_eq!(
        app.post(&format!("{path}/detachUsers"), detach).await,
        missing
    );
    let channels = json!({ "channels": [] });
    assert_eq!(
        app.put(&format!("{path}/users/ada"), channels).await,
        missing
    );
}

#[tokio::test]
async fn users_are_subscribed_and_unsubscribed() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let app = Spot::app(&sandbox);
    app.register(&["ada@example.com", "eve"]).await;
    let (one, two) = (topic(&app, "one").await, topic(&app, "two").await);
    let subscribe = async |id: i64, users: Value| {
        let response = app
            .post(&format!("/v3/topics/{id}/users"), json!({ "users": users }))
            .await;
        assert_eq!(response, (200, Value::Null));
    };
    subscribe(
        one,
        json!([
            { "identifier": "ada@example.com", "channels": ["inApp", "email"] },
            { "identifier": "stranger", "channels": ["sms"] },
        ]),
    )
    .await;
    subscribe(
        two,
        json!([{ "identifier": "ada@example.com", "channels": ["inApp"] }]),
    )
    .await;
    assert_eq!(
        sandbox.engagespot().dropped(),
        ["users/1: no user `stranger` is registered"]
    );
    let of = async |user: &str| {
        app.ok(
            "GET",
            &format!("/v3/topics/subscriptions/{user}"),
            Value::Null,
        )
        .await
    };
    let first = json!({ "id": one, "name": "ONE", "identifier": "one" });
    let second = json!({ "id": two, "name": "TWO", "identifier": "two" });
    assert_eq!(
        of("ada%40example.com").await,
        json!([{ "topic": first, "channels": ["inApp", "email"] }, { "topic": second, "channels": ["inApp"] }])
    );
    assert_eq!(of("stranger").await, json!([]));

    // Subscribing again and setting channels both replace the channels.
    subscribe(
        one,
        json!([{ "identifier": "ada@example.com", "channels": ["sms"] }]),
    )
    .await;
    let path = format!("/v3/topics/{two}/users/ada%40example.com");
    let channels = json!({ "channels": ["slack"] });
    assert_eq!(app.put(&path, channels.clone()).await, (200, Value::Null));
    assert_eq!(
        of("ada%40example.com").await,
        json!([{ "topic": first, "channels": ["sms"] }, { "topic": second, "channels": ["slack"] }])
    );
    assert_eq!(
        app.put(&format!("/v3/topics/{two}/users/eve"), channels)
            .await,
        failure(404, "Subscription not found")
    );

    let detach = json!({ "users": ["eve", "ada@example.com"] });
    assert_eq!(
        app.post(&format!("/v3/topics/{one}/detachUsers"), detach)
            .await,
        (200, Value::Null)
    );
    assert_eq!(
        of("ada%40example.com").await,
        json!([{ "topic": second, "channels": ["slack"] }])
    );
}
