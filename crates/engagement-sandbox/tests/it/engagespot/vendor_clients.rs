//! What Engagespot's own clients send and expect, besides what is documented.

use engagement_sandbox::Sandbox;
use serde_json::{Value, json};

use super::{Spot, failure};

/// Sends a body as it is, and gives the status.
async fn raw(
    spot: &Spot<'_>,
    method: &str,
    path: &str,
    content_type: &str,
    body: &'static str,
) -> u16 {
    let url = format!("{}{path}", spot.sandbox.engagespot().base_url());
    let method = method.parse().expect("a method");
    let mut request = spot.client.request(method, url).body(body);
    for (name, value) in &spot.headers {
        request = request.header(*name, value);
    }
    let response = request.header("content-type", content_type).send().await;
    response.expect("a response").status().as_u16()
}

#[tokio::test]
async fn forms_of_the_flutter_client_are_read() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let app = Spot::app(&sandbox);
    app.register(&["ada"]).await;
    app.notify("ada", &["Shipped"]).await;
    let ada = Spot::user(&sandbox, "ada").with("x-engagespot-device-id", "device-01");
    let form = "application/x-www-form-urlencoded";
    let device = "deviceType=android&browserType=other";
    let connect = "/v3/sdk/connect";
    assert_eq!(raw(&ada, "POST", connect, form, device).await, 200);
    assert_eq!(
        sandbox.engagespot().devices("ada"),
        [json!({ "deviceId": "device-01", "deviceType": "android", "browserType": "other" })]
    );
    let id = sandbox.engagespot().inbox("ada")[0]["id"].clone();
    let click = format!("/v3/notifications/{id}/click");
    assert_eq!(raw(&ada, "POST", &click, form, "read=true").await, 200);
    assert!(sandbox.engagespot().inbox("ada")[0]["clickedAt"].is_string());

    assert_eq!(raw(&ada, "POST", &click, form, "read=maybe").await, 400);
    let profile = raw(&ada, "PUT", "/v3/profile", form, "plan=team").await;
    assert_eq!(profile, 415, "other bodies are JSON");
}

#[tokio::test]
async fn paths_of_the_node_client_lead_to_the_documented_operations() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let app = Spot::app(&sandbox);
    app.register(&["ada"]).await;
    app.notify("ada", &["Shipped"]).await;
    let last = || sandbox.requests().last().expect("a request").operation;

    let id = sandbox.engagespot().inbox("ada")[0]["id"].clone();
    let click = format!("/v3/notifications/{id}/click");
    let read = app.patch(&click, json!({ "read": true })).await;
    assert_eq!(read, (200, json!({})));
    assert_eq!(last(), Some("notifications_mark_as_read"));
    assert!(sandbox.engagespot().inbox("ada")[0]["clickedAt"].is_string());

    let category = json!({ "identifier": "orders", "name": "Orders" });
    let (status, created) = app.post("/v3/notifications/categories", category).await;
    assert_eq!((status, &created["name"]), (200, &json!("Orders")));
    assert_eq!(last(), Some("categories_create"));
    let path = format!("/v3/notifications/categories/{}", created["id"]);
    assert_eq!(app.delete(&path).await.0, 200);
    assert_eq!(last(), Some("categories_delete"));
    assert_eq!(app.delete(&path).await, failure(404, "Category not found"));

    let run = json!({ "cancellationKey": "order-5001" });
    assert_eq!(app.patch("/v4/workflows/order_shipped", run).await.0, 200);
    assert_eq!(last(), Some("workflows_cancel_run"));
    let call = sandbox.requests().last().expect("a request");
    assert_eq!(call.template, Some("/v4/workflows/{identifier}/cancel-run"));
}

#[tokio::test]
async fn changes_of_a_notification_respond_with_an_object() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let app = Spot::app(&sandbox);
    app.register(&["ada"]).await;
    app.notify("ada", &["Shipped"]).await;
    let ada = Spot::user(&sandbox, "ada");
    let id = sandbox.engagespot().inbox("ada")[0]["id"].clone();
    let path = format!("/v3/notifications/{id}");
    let none = Value::Null;

    let changes = [
        ("POST", "click"),
        ("DELETE", "reads"),
        ("POST", "views"),
        ("DELETE", "views"),
    ];
    for (method, change) in changes {
        let path = format!("{path}/{change}");
        let response = ada.ok(method, &path, none.clone()).await;
        assert_eq!(response, json!({}), "{method} {change}");
    }
    let state = json!({ "state": "confirmed" });
    let changed = ada.ok("PUT", &format!("{path}/state"), state).await;
    assert_eq!(changed["state"], "confirmed");
    let deleted = ada.ok("DELETE", &path, none).await;
    assert_eq!(deleted["message"], "Notification deleted successfully");
}

#[tokio::test]
async fn null_stands_for_a_profile_or_data_that_was_not_given() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let app = Spot::app(&sandbox);
    let json_type = "application/json";
    let put = raw(&app, "PUT", "/v3/users/ada", json_type, "null").await;
    assert_eq!(put, 200);

    // A user who is not registered gets no notification.
    let send = json!({
        "notification": { "title": "Shipped", "message": null, "url": null, "icon": null, "data": null },
        "data": null,
        "sendTo": { "recipients": ["ada"] },
    });
    assert_eq!(app.post("/v3/notifications", send).await.0, 202);
    assert_eq!(sandbox.engagespot().inbox("ada")[0]["data"], Value::Null);

    let text = app.put("/v3/users/ada", json!("Ada")).await;
    assert_eq!(text.0, 400, "{}", text.1);
}
