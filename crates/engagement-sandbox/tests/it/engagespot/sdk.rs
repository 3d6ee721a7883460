//! The calls with which front ends start.

use engagement_sandbox::Sandbox;
use serde_json::{Value, json};

use super::{Spot, unauthorised};

#[tokio::test]
async fn connecting_registers_user_and_device() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let app = Spot::app(&sandbox);
    app.ok(
        "POST",
        "/v3/categories",
        json!({ "identifier": "c", "name": "C" }),
    )
    .await;
    let device = json!({ "deviceType": "browser", "browserType": "firefox" });
    let ada = Spot::user(&sandbox, "ada");
    let (status, refusal) = ada.post("/v3/sdk/connect", device.clone()).await;
    let message = refusal["message"][0].as_str().expect("a sentence");
    assert_eq!(status, 400);
    assert!(
        message.starts_with("header `X-ENGAGESPOT-DEVICE-ID` is missing"),
        "{message}"
    );
    assert_eq!(app.delete("/v3/users/ada").await.0, 404);

    let ada = Spot::user(&sandbox, "ada").with("x-engagespot-device-id", "d1");
    let response = ada.ok("POST", "/v3/sdk/connect", device.clone()).await;
    let categories = ada.ok("GET", "/v3/categories", Value::Null).await;
    assert_eq!(
        response,
        json!({ "unreadCount": 0, "app": {
            "id": 1, "name": "Sandbox", "categories": categories, "channels": ["inApp", "webPush"],
            "enableWebPush": true, "hideBranding": false, "publicKey": "sandbox-vapid-public-key",
        } })
    );
    // The user now exists and can be reached.
    app.notify("ada", &["a", "b"]).await;
    let again = ada.ok("POST", "/v3/sdk/connect", json!({ "deviceType": "ios" }));
    assert_eq!(again.await["unreadCount"], 2);
    assert_eq!(
        sandbox.engagespot().devices("ada"),
        [json!({ "deviceId": "d1", "deviceType": "ios", "browserType": "firefox" })]
    );
    assert!(sandbox.engagespot().devices("eve").is_empty());
    let wrong = app.with("x-engagespot-device-id", "d1");
    assert_eq!(wrong.post("/v3/sdk/connect", device).await, unauthorised());
}

#[tokio::test]
async fn a_real_time_token_allows_the_channel_of_the_user() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let ada = Spot::user(&sandbox, "ada");
    let request = async || {
        let body = json!({ "deviceType": "browser" });
        ada.ok("POST", "/v3/sdk/realtimeTokenRequests", body).await
    };
    let first = request().await;
    assert_eq!(first["clientId"], "ada");
    assert_eq!(
        first["capability"],
        r#"{"sandbox-engagespot-key_ada":["subscribe"]}"#
    );
    assert!(first["timestamp"].as_i64() > Some(1_700_000_000_000));
    assert_ne!(first["nonce"], request().await["nonce"]);
}

#[tokio::test]
async fn web_push_is_attached_to_a_device() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let ada = Spot::user(&sandbox, "ada");
    let subscription = json!({
        "endpoint": "https://push.example.com/1", "expirationTime": null, "keys": { "p256dh": "p", "auth": "a" },
    });
    assert_eq!(
        ada.post(
            "/v3/devices/d%2F1/webPushSubscription",
            subscription.clone()
        )
        .await,
        (200, json!({}))
    );
    assert_eq!(
        sandbox.engagespot().devices("ada"),
        [json!({ "deviceId": "d/1", "webPushSubscription": subscription })]
    );
}
