//! Sending notifications, immediately or at a later time.

use engagement_sandbox::Sandbox;
use serde_json::{Value, json};

use super::{Spot, failure, titles};

const SEND: &str = "/v3/notifications";

/// A send to Ada with more fields.
fn to_ada(mut more: Value) -> Value {
    more["sendTo"] = json!({ "recipients": ["ada"] });
    if more["notification"].is_null() {
        more["notification"] = json!({ "title": "Hello" });
    }
    more
}

#[tokio::test]
async fn a_send_reaches_registered_and_inline_users() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let app = Spot::app(&sandbox);
    app.register(&["ada"]).await;
    app.ok("PUT", "/v3/users/grace", json!({ "plan": "team" }))
        .await;
    let body = json!({
        "notification": {
            "title": "Shipped", "message": "Order 5001", "icon": "https://example.com/i.png",
            "url": "https://example.com/o", "data": { "a": 2 },
        },
        "data": { "a": 1, "b": 1, "attachments": [{ "content": "SGVsbG8=", "name": "r.txt", "contentType": "text/plain" }] },
        "sendTo": { "recipients": ["ada", "stranger", { "identifier": "grace", "firstName": "Grace" }, { "identifier": "new@example.com" }, "ada"] },
        "recipients": ["ada", "nobody"],
    });
    let (status, response) = app.post(SEND, body.clone()).await;
    assert_eq!(status, 202);

    let sent = sandbox.engagespot().sends();
    assert_eq!(sent.len(), 1);
    assert_eq!(response, json!({ "requestId": sent[0].request_id }));
    assert_eq!(sent[0].recipients, ["ada", "grace", "new@example.com"]);
    assert_eq!((sent[0].scheduled, sent[0].cancelled.len()), (false, 0));
    assert_eq!(sent[0].body, body);
    assert_eq!(
        sandbox.engagespot().dropped(),
        [
            "sendTo/recipients/1: no user `stranger` is registered",
            "recipients/1: no user `nobody` is registered"
        ]
    );

    let inbox = sandbox.engagespot().inbox("ada");
    assert_eq!(inbox.len(), 1);
    assert!(inbox[0]["id"].is_i64());
    let time = inbox[0]["createdAt"].as_str().expect("a time");
    assert_eq!((time.len(), &time[23..]), (24, "Z"));
    assert_eq!(
        inbox[0],
        json!({
            "id": inbox[0]["id"], "title": "Shipped", "message": "Order 5001", "icon": "https://example.com/i.png",
            "url": "https://example.com/o", "data": { "a": 2, "b": 1 }, "category": null, "blocks": [],
            "createdAt": time, "seenAt": null, "clickedAt": null, "state": null,
        })
    );
    for user in ["grace", "new@example.com"] {
        assert_eq!(titles(&sandbox.engagespot().inbox(user)), ["Shipped"]);
    }
    assert!(sandbox.engagespot().inbox("stranger").is_empty());
    let profile = Spot::user(&sandbox, "grace").get("/v3/profile").await.1;
    assert_eq!(profile, json!({ "plan": "team", "firstName": "Grace" }));
    let profile = Spot::user(&sandbox, "new@example.com")
        .get("/v3/profile")
        .await
        .1;
    assert_eq!(profile, json!({ "email": "new@example.com" }));
}

#[tokio::test]
async fn required_fields_are_checked() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let app = Spot::app(&sandbox);
    let object = failure(400, "notification must be an object");
    let recipients = json!({ "recipients": ["ada"] });
    assert_eq!(
        app.post(SEND, json!({ "sendTo": recipients })).await,
        object
    );
    for wrong in [json!("Hello"), json!(["Hello"]), Value::Null] {
        let body = json!({ "notification": wrong, "sendTo": recipients });
        assert_eq!(app.post(SEND, body).await, object);
    }
    let content = failure(
        400,
        "notification must have a title, a workflow or a template",
    );
    for notification in [json!({}), json!({ "title": "" }), json!({ "message": "m" })] {
        let body = to_ada(json!({ "notification": notification }));
        assert_eq!(app.post(SEND, body).await, content);
    }
    let body = json!({ "notification": { "title": "Hello" } });
    assert_eq!(
        app.post(SEND, body).await,
        failure(400, "sendTo should not be empty")
    );
    assert!(sandbox.engagespot().sends().is_empty());

    let body = json!({ "notification": { "title": "Hello" }, "sendTo": { "recipients": [] } });
    assert_eq!(
        app.post(SEND, body).await.0,
        202,
        "an empty audience is accepted"
    );
    assert_eq!(
        sandbox.engagespot().sends()[0].recipients,
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn a_template_or_workflow_identifier_is_used_as_title() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let app = Spot::app(&sandbox);
    app.register(&["ada"]).await;
    for notification in [
        json!({ "workflow": { "identifier": "welcome" } }),
        json!({ "templateIdentifier": "receipt" }),
        json!({ "templateId": 7 }),
        json!({ "templateId": "8", "title": "Own" }),
    ] {
        app.ok(
            "POST",
            SEND,
            to_ada(json!({ "notification": notification })),
        )
        .await;
    }
    assert_eq!(
        titles(&sandbox.engagespot().inbox("ada")),
        ["Own", "7", "receipt", "welcome"]
    );
}

#[tokio::test]
async fn topics_reach_their_subscribers_on_their_channels() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let app = Spot::app(&sandbox);
    app.register(&["ada", "grace", "eve"]).await;
    for (identifier, users) in [
        (
            "one",
            json!([{ "identifier": "ada", "channels": ["inApp"] }, { "identifier": "grace", "channels": ["email"] }]),
        ),
        (
            "two",
            json!([{ "identifier": "ada", "channels": ["sms"] }, { "identifier": "eve", "channels": ["sms"] }]),
        ),
    ] {
        let topic = json!({ "name": identifier, "identifier": identifier });
        let id = app.ok("POST", "/v3/topics", topic).await;
        let path = format!("/v3/topics/{}/users", id.as_str().expect("an id"));
        app.ok("POST", &path, json!({ "users": users })).await;
    }
    let body = json!({
        "notification": { "title": "Hello" },
        "sendTo": { "recipients": ["eve"], "topics": ["one", "two", "three"] },
    });
    app.ok("POST", SEND, body).await;
    assert_eq!(
        sandbox.engagespot().sends()[0].recipients,
        ["ada", "eve", "grace"]
    );
    let count = |user: &str| sandbox.engagespot().inbox(user).len();
    assert_eq!(
        (count("ada"), count("grace"), count("eve")),
        (1, 0, 1),
        "one copy, and who is named needs no channel"
    );
    assert_eq!(
        sandbox.engagespot().dropped(),
        ["sendTo/topics/2: there is no topic `three`"]
    );
}

#[tokio::test]
async fn overridden_channels_apply_to_the_inbox() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let app = Spot::app(&sandbox);
    app.register(&["ada"]).await;
    for (title, channels) in [
        ("mail", json!(["email", "sms"])),
        ("both", json!(["email", "inApp"])),
        ("none", json!([])),
    ] {
        let body =
            json!({ "notification": { "title": title }, "override": { "channels": channels } });
        app.ok("POST", SEND, to_ada(body)).await;
    }
    let other = json!({ "override": { "channel": { "email": { "subject": "Hi" } } } });
    app.ok("POST", SEND, to_ada(other)).await;
    assert_eq!(
        titles(&sandbox.engagespot().inbox("ada")),
        ["Hello", "both"]
    );
    assert_eq!(sandbox.engagespot().sends().len(), 4);
}

#[tokio::test]
async fn a_category_is_created_when_it_is_first_used() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let (app, ada) = (Spot::app(&sandbox), Spot::user(&sandbox, "ada"));
    app.register(&["ada"]).await;
    app.ok("POST", SEND, to_ada(json!({ "category": "orders" })))
        .await;
    let newer =
        json!({ "notification": { "title": "n", "category": "orders" }, "category": "old" });
    app.ok("POST", SEND, to_ada(newer)).await;
    let all = ada.ok("GET", "/v3/categories", Value::Null).await;
    assert_eq!(all.as_array().map(Vec::len), Some(1), "{all}");
    let short = json!({ "id": all[0]["id"], "identifier": "orders", "name": "orders" });
    for notification in sandbox.engagespot().inbox("ada") {
        assert_eq!(notification["category"], short);
    }
}

#[tokio::test]
async fn preferences_apply_to_the_inbox() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let (app, ada) = (Spot::app(&sandbox), Spot::user(&sandbox, "ada"));
    app.register(&["ada", "grace"]).await;
    let category = json!({ "identifier": "orders", "name": "Orders" });
    let id = app.ok("POST", "/v3/categories", category).await["id"].clone();
    let set = async |channel: &str, enabled: bool| {
        let channels = json!([{ "channel": channel, "enabled": enabled }]);
        let body = json!({ "preference": [{ "categoryId": id, "channels": channels }] });
        ada.ok("PATCH", "/v3/preferences", body).await;
    };
    let send = async |title: &str, category: Option<&str>| {
        let mut body = json!({ "notification": { "title": title }, "sendTo": { "recipients": ["ada", "grace"] } });
        if let Some(category) = category {
            body["category"] = json!(category);
        }
        app.ok("POST", SEND, body).await;
    };
    set("inApp", false).await;
    send("unwanted", Some("orders")).await;
    send("other", Some("news")).await;
    send("plain", None).await;
    set("inApp", true).await;
    set("email", false).await;
    send("wanted", Some("orders")).await;
    assert_eq!(
        titles(&sandbox.engagespot().inbox("ada")),
        ["wanted", "plain", "other"]
    );
    assert_eq!(sandbox.engagespot().inbox("grace").len(), 4);
}

#[tokio::test]
async fn a_scheduled_send_is_delivered_only_on_request() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let app = Spot::app(&sandbox);
    app.register(&["ada", "gone"]).await;
    let later = json!({
        "notification": { "title": "later" }, "sendTo": { "recipients": ["ada", "gone"] },
        "sendAt": "2999-01-01T00:00:00.000Z",
    });
    app.ok("POST", SEND, later).await;
    let past =
        json!({ "notification": { "title": "past" }, "sendAt": "2020-01-01T00:00:00+02:00" });
    app.ok("POST", SEND, to_ada(past)).await;
    assert_eq!(
        app.post(SEND, to_ada(json!({ "sendAt": "tomorrow" })))
            .await,
        failure(400, "sendAt must be a valid ISO 8601 date string")
    );
    let spot = sandbox.engagespot();
    assert_eq!(titles(&spot.inbox("ada")), ["past"]);
    let waiting: Vec<bool> = spot.sends().iter().map(|sent| sent.scheduled).collect();
    assert_eq!(waiting, [true, false]);

    app.ok("DELETE", "/v3/users/gone", Value::Null).await;
    assert_eq!(spot.deliver_scheduled(), 1);
    assert_eq!(titles(&spot.inbox("ada")), ["later", "past"]);
    assert!(spot.inbox("gone").is_empty());
    assert!(!spot.sends()[0].scheduled);
    assert_eq!(spot.deliver_scheduled(), 0);
    assert_eq!(spot.inbox("ada").len(), 2);
}

#[tokio::test]
async fn a_scheduled_run_can_be_cancelled() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let app = Spot::app(&sandbox);
    app.register(&["ada", "eve", "grace"]).await;
    let start = async |workflow: &str, key: &str, at: &str| {
        let workflow = json!({ "identifier": workflow, "cancellationKey": key });
        let body = json!({
            "notification": { "workflow": workflow }, "sendTo": { "recipients": ["ada", "eve", "grace"] }, "sendAt": at,
        });
        app.ok("POST", SEND, body).await;
    };
    start("shipped", "5001", "2999-01-01T00:00:00Z").await;
    start("shipped", "5002", "2999-01-01T00:00:00Z").await;
    start("other", "5001", "2999-01-01T00:00:00Z").await;
    start("shipped", "5001", "2020-01-01T00:00:00Z").await;
    let cancel = async |body: Value| app.patch("/v4/workflows/shipped/cancel-run", body).await;
    let done = (200, Value::Null);
    let some = json!({ "cancellationKey": "5001", "cancelFor": { "recipients": ["eve", "who"] } });
    assert_eq!(cancel(some).await, done);
    let spot = sandbox.engagespot();
    let first = spot.sends().swap_remove(0);
    assert_eq!(
        (first.recipients, first.cancelled, first.scheduled),
        (
            vec!["ada".to_owned(), "grace".to_owned()],
            vec!["eve".to_owned()],
            true
        )
    );
    assert_eq!(cancel(json!({ "cancellationKey": "5002" })).await, done);
    let second = spot.sends().swap_remove(1);
    assert_eq!(
        (second.recipients.len(), second.cancelled, second.scheduled),
        (
            0,
            vec!["ada".to_owned(), "eve".to_owned(), "grace".to_owned()],
            false
        )
    );
    assert_eq!(
        cancel(json!({ "cancellationKey": "nobody's" })).await,
        done,
        "an unknown key is no error"
    );
    let delivered = spot.sends().swap_remove(3);
    assert_eq!(
        (delivered.recipients.len(), delivered.cancelled.len()),
        (3, 0),
        "a delivered send cannot be cancelled"
    );
    assert_eq!(spot.deliver_scheduled(), 2);
    assert_eq!(titles(&spot.inbox("ada")), ["other", "shipped", "shipped"]);
    assert_eq!(titles(&spot.inbox("eve")), ["other", "shipped"]);
}

#[tokio::test]
async fn attachments_that_are_no_files_are_a_variable_of_the_caller() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let app = Spot::app(&sandbox);
    app.register(&["ada"]).await;
    let file = json!({ "content": "SGVsbG8=", "name": "r.txt", "contentType": "text/plain" });
    for (attachments, kept) in [
        (json!([file]), false),
        (json!(["r.txt"]), true),
        (json!([file, "r.txt"]), true),
        (json!({ "count": 2 }), true),
        (json!("two"), true),
    ] {
        let body = to_ada(json!({ "data": { "a": 1, "attachments": attachments } }));
        app.ok("POST", SEND, body).await;
        let data = sandbox.engagespot().inbox("ada")[0]["data"].clone();
        let expected = if kept {
            json!({ "a": 1, "attachments": attachments })
        } else {
            json!({ "a": 1 })
        };
        assert_eq!(data, expected);
    }
}
