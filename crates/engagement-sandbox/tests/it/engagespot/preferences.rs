//! Categories, and the preferences of users.

use engagement_sandbox::{Engagespot, Sandbox};
use serde_json::{Value, json};

use super::{Spot, failure, unauthorised};

/// A new category's id.
async fn category(app: &Spot<'_>, identifier: &str) -> Value {
    let body = json!({ "identifier": identifier, "name": identifier.to_uppercase() });
    app.ok("POST", "/v3/categories", body).await["id"].clone()
}

#[tokio::test]
async fn categories_are_created_listed_and_deleted() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let (app, ada) = (Spot::app(&sandbox), Spot::user(&sandbox, "ada"));
    let new = json!({ "identifier": "orders", "name": "Orders" });
    let (status, made) = app.post("/v3/categories", new.clone()).await;
    let id = made["id"].as_i64().expect("a number");
    assert_eq!(
        (status, made),
        (
            200,
            json!({ "id": id, "name": "Orders", "identifier": "orders" })
        )
    );
    let listed = ada.ok("GET", "/v3/categories", Value::Null).await;
    let time = listed[0]["createdAt"].as_str().expect("a time");
    assert_eq!(
        listed,
        json!([{
            "id": id, "name": "Orders", "identifier": "orders", "hideInInApp": false,
            "hideInPreferenceManager": false, "createdAt": time, "updatedAt": time,
        }])
    );
    assert_eq!(
        app.post("/v3/categories", new).await,
        failure(409, "a category with this identifier exists already")
    );
    assert_eq!(
        app.post("/v3/categories", json!({ "identifier": "", "name": "x" }))
            .await,
        failure(400, "identifier should not be empty")
    );
    let path = format!("/v3/categories/{id}");
    assert_eq!(app.delete(&path).await, (200, Value::Null));
    assert_eq!(app.delete(&path).await, failure(404, "Category not found"));
    assert_eq!(ada.get("/v3/categories").await, (200, json!([])));
    assert_eq!(app.get("/v3/categories").await, unauthorised());
}

#[tokio::test]
async fn only_categories_accept_the_secret_in_either_header() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let key = ("x-engagespot-api-key", Engagespot::API_KEY);
    let other = ("x-engagespot-secret-key", Engagespot::API_SECRET);
    let either = Spot::new(&sandbox, &[key, other]);
    let id = category(&either, "a").await;
    let path = format!("/v3/categories/{id}");
    assert_eq!(either.delete(&path).await, (200, Value::Null));
    let both = Spot::app(&sandbox).with(other.0, other.1);
    category(&both, "b").await;
    category(&Spot::app(&sandbox), "c").await;

    let new = json!({ "identifier": "d", "name": "D" });
    let differ = Spot::app(&sandbox).with(other.0, "wrong");
    assert_eq!(
        differ.post("/v3/categories", new.clone()).await,
        unauthorised()
    );
    let none = Spot::new(&sandbox, &[key]);
    assert_eq!(none.post("/v3/categories", new).await, unauthorised());
    assert_eq!(
        either.post("/v3/users", json!({ "identifier": "x" })).await,
        unauthorised()
    );
}

#[tokio::test]
async fn preferences_are_listed_as_set() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let (app, ada) = (Spot::app(&sandbox), Spot::user(&sandbox, "ada"));
    let (orders, news) = (category(&app, "orders").await, category(&app, "news").await);
    assert_eq!(ada.get("/v3/preferences").await, (200, json!([])));
    let set = async |id: &Value, channels: Value| {
        let body = json!({ "preference": [{ "categoryId": id, "channels": channels }] });
        assert_eq!(ada.patch("/v3/preferences", body).await, (200, Value::Null));
    };
    set(
        &orders,
        json!([{ "channel": "email", "enabled": false }, { "channel": "inApp", "enabled": true }]),
    )
    .await;
    set(&news, json!([{ "channel": "sms", "enabled": false }])).await;
    set(&orders, json!([{ "channel": "email", "enabled": true }])).await;

    let listed = ada.ok("GET", "/v3/preferences", Value::Null).await;
    let categories = ada.ok("GET", "/v3/categories", Value::Null).await;
    assert_eq!(
        listed,
        json!([
            { "category": categories[0], "channelPreferences": [
                { "channel": "email", "enabled": true }, { "channel": "inApp", "enabled": true }] },
            { "category": categories[1], "channelPreferences": [{ "channel": "sms", "enabled": false }] },
        ])
    );
    let eve = Spot::user(&sandbox, "eve");
    assert_eq!(eve.get("/v3/preferences").await, (200, json!([])));

    // An unknown category refuses all of the update.
    let body = json!({ "preference": [
        { "categoryId": news, "channels": [{ "channel": "sms", "enabled": true }] },
        { "categoryId": 999, "channels": [{ "channel": "sms", "enabled": true }] },
    ] });
    assert_eq!(
        ada.patch("/v3/preferences", body).await,
        failure(404, "Category not found")
    );
    assert_eq!(ada.get("/v3/preferences").await, (200, listed.clone()));

    app.ok("DELETE", &format!("/v3/categories/{orders}"), Value::Null)
        .await;
    assert_eq!(
        ada.get("/v3/preferences").await,
        (200, json!([listed[1]])),
        "rules go with their category"
    );
}
