//! Users and their profiles.

use engagement_sandbox::Sandbox;
use serde_json::{Value, json};

use super::{Spot, failure};

async fn profile(sandbox: &Sandbox, user: &str) -> Value {
    Spot::user(sandbox, user).get("/v3/profile").await.1
}

#[tokio::test]
async fn users_are_upserted_and_attributes_merged() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let app = Spot::app(&sandbox);
    let new = json!({ "identifier": "u/1", "profile": { "name": "Ada", "plan": { "a": 1 } } });
    let response = (200, json!({ "identifier": "u/1" }));
    assert_eq!(app.post("/v3/users", new).await, response);
    let more = json!({ "plan": { "b": 2 }, "firstName": "Ada" });
    assert_eq!(app.put("/v3/users/u%2F1", more).await, response);
    assert_eq!(
        profile(&sandbox, "u/1").await,
        json!({ "name": "Ada", "plan": { "b": 2 }, "firstName": "Ada" })
    );
    // Creating a user again merges attributes, and an update without a body changes nothing.
    let again = json!({ "identifier": "u/1", "profile": { "name": "Grace" } });
    assert_eq!(app.post("/v3/users", again).await, response);
    assert_eq!(app.put("/v3/users/u%2F1", Value::Null).await, response);
    assert_eq!(profile(&sandbox, "u/1").await["name"], "Grace");
    assert_eq!(
        app.post("/v3/users", json!({ "identifier": "" })).await,
        failure(400, "identifier should not be empty")
    );
}

#[tokio::test]
async fn an_identifier_inside_a_profile_is_refused() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let (app, ada) = (Spot::app(&sandbox), Spot::user(&sandbox, "ada"));
    let refusal = failure(422, "identifier is not allowed in a profile");
    let wrong = json!({ "identifier": "x", "name": "Ada" });
    let new = json!({ "identifier": "ada", "profile": wrong });
    assert_eq!(app.post("/v3/users", new).await, refusal);
    assert_eq!(app.put("/v3/users/ada", wrong.clone()).await, refusal);
    assert_eq!(
        app.delete("/v3/users/ada").await.0,
        404,
        "no user was registered"
    );
    assert_eq!(ada.put("/v3/profile", wrong.clone()).await, refusal);
    assert_eq!(ada.patch("/v3/profile", wrong).await, refusal);
    let patch = json!([{ "op": "add", "path": "/identifier", "value": "x" }]);
    assert_eq!(ada.patch("/v3/profile", patch).await, refusal);
    assert_eq!(ada.get("/v3/profile").await, (200, json!({})));
}

#[tokio::test]
async fn an_identifier_that_is_an_e_mail_address_is_the_address() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let app = Spot::app(&sandbox);
    app.register(&["ada@example.com", "not@an address", "@host.example"])
        .await;
    assert_eq!(
        profile(&sandbox, "ada@example.com").await,
        json!({ "email": "ada@example.com" })
    );
    assert_eq!(profile(&sandbox, "@host.example").await, json!({}));
    let other = json!({ "email": "work@example.com" });
    app.ok("PUT", "/v3/users/grace%40example.com", other.clone())
        .await;
    assert_eq!(profile(&sandbox, "grace@example.com").await, other);
}

#[tokio::test]
async fn an_fcm_token_is_added_to_those_stored() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let (app, ada) = (Spot::app(&sandbox), Spot::user(&sandbox, "ada"));
    let token = |token: &str| json!({ "fcm": { "token": token } });
    app.ok("PUT", "/v3/users/ada", token("one")).await;
    app.ok("PUT", "/v3/users/ada", token("two")).await;
    ada.ok("PUT", "/v3/profile", token("one")).await;
    assert_eq!(
        profile(&sandbox, "ada").await,
        json!({ "fcm": { "tokens": ["one", "two"] } })
    );
    let both = json!({ "fcm": { "tokens": ["three"], "token": "four" } });
    ada.ok("PATCH", "/v3/profile", both).await;
    let patch = json!([{ "op": "add", "path": "/fcm/token", "value": "five" }]);
    ada.ok("PATCH", "/v3/profile", patch).await;
    assert_eq!(
        profile(&sandbox, "ada").await,
        json!({ "fcm": { "tokens": ["three", "four", "five"] } })
    );
}

#[tokio::test]
async fn deleting_a_user_deletes_all_their_data() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let (app, ada) = (Spot::app(&sandbox), Spot::user(&sandbox, "ada"));
    app.ok("PUT", "/v3/users/ada", json!({ "name": "Ada" }))
        .await;
    app.notify("ada", &["one"]).await;
    let topic = app
        .ok(
            "POST",
            "/v3/topics",
            json!({ "name": "T", "identifier": "t" }),
        )
        .await;
    let users = json!({ "users": [{ "identifier": "ada", "channels": ["inApp"] }] });
    let path = format!("/v3/topics/{}/users", topic.as_str().expect("an id"));
    app.ok("POST", &path, users).await;

    assert_eq!(app.delete("/v3/users/ada").await, (202, Value::Null));
    assert_eq!(
        app.delete("/v3/users/ada").await,
        failure(404, "User not found")
    );
    assert_eq!(ada.get("/v3/profile").await, (200, json!({})));
    assert_eq!(sandbox.engagespot().inbox("ada"), Vec::<Value>::new());
    assert_eq!(
        app.get("/v3/topics/subscriptions/ada").await,
        (200, json!([]))
    );
}

#[tokio::test]
async fn a_patch_is_applied_according_to_the_rfc() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let (app, ada) = (Spot::app(&sandbox), Spot::user(&sandbox, "ada"));
    let before = json!({
        "plan": "starter", "nickname": "A", "email": "old@example.com", "tags": ["a", "b"], "a/b": { "m~n": 1 },
    });
    app.ok("PUT", "/v3/users/ada", before).await;
    let patch = json!([
        { "op": "test", "path": "/plan", "value": "starter" },
        { "op": "replace", "path": "/email", "value": "ada@example.com" },
        { "op": "add", "path": "/address", "value": { "city": "Springfield" } },
        { "op": "copy", "from": "/address/city", "path": "/city" },
        { "op": "move", "from": "/plan", "path": "/formerPlan" },
        { "op": "remove", "path": "/nickname" },
        { "op": "add", "path": "/tags/1", "value": "x" },
        { "op": "add", "path": "/tags/-", "value": "z" },
        { "op": "replace", "path": "/a~1b/m~0n", "value": 2 },
    ]);
    assert_eq!(ada.patch("/v3/profile", patch).await, (200, Value::Null));
    let after = json!({
        "email": "ada@example.com", "tags": ["a", "x", "b", "z"], "a/b": { "m~n": 2 },
        "address": { "city": "Springfield" }, "city": "Springfield", "formerPlan": "starter",
    });
    assert_eq!(profile(&sandbox, "ada").await, after);

    let first = json!({ "op": "add", "path": "/plan", "value": "team" });
    let broken = [
        json!({ "op": "test", "path": "/plan", "value": "starter" }),
        json!({ "op": "remove", "path": "/nickname" }),
        json!({ "op": "replace", "path": "/nowhere/else", "value": 1 }),
        json!({ "op": "add", "path": "/tags/9", "value": 1 }),
        json!({ "op": "move", "from": "/address", "path": "/address/city" }),
        json!({ "op": "add", "path": "/x" }),
        json!({ "op": "copy", "path": "/x" }),
        json!({ "op": "add", "path": "no-slash", "value": 1 }),
        json!({ "op": "replace", "path": "", "value": [] }),
    ];
    for second in broken {
        let (status, response) = ada
            .patch("/v3/profile", json!([first.clone(), second]))
            .await;
        assert_eq!(status, 400, "{second}: {response}");
        assert_eq!(
            profile(&sandbox, "ada").await,
            after,
            "{second} left something"
        );
    }
    assert_eq!(
        ada.patch(
            "/v3/profile",
            json!([{ "op": "test", "path": "/city", "value": "Berlin" }])
        )
        .await,
        failure(400, "operation 0 at `/city`: value did not match")
    );
}

#[tokio::test]
async fn an_object_as_patch_is_merged() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let ada = Spot::user(&sandbox, "ada");
    ada.ok("PUT", "/v3/profile", json!({ "a": 1, "b": 1 }))
        .await;
    assert_eq!(
        ada.patch("/v3/profile", json!({ "b": 2 })).await,
        (200, Value::Null)
    );
    assert_eq!(
        ada.get("/v3/profile").await,
        (200, json!({ "a": 1, "b": 2 }))
    );
}

#[tokio::test]
async fn a_patch_that_exceeds_the_limits_is_refused() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let ada = Spot::user(&sandbox, "ada");
    ada.ok("PUT", "/v3/profile", json!({ "a": 1 })).await;
    let doubling = json!({ "op": "copy", "from": "", "path": "/a" });
    let add = json!({ "op": "add", "path": "/b", "value": 1 });
    let deep: Vec<Value> = (1..200)
        .map(|depth| json!({ "op": "add", "path": "/b".repeat(depth), "value": {} }))
        .collect();
    for (patch, message) in [
        (
            json!(vec![doubling; 500]),
            "operation 126: the profile grows too large or deep",
        ),
        (
            json!(deep),
            "operation 126: the profile grows too large or deep",
        ),
        (
            json!(vec![add; 1001]),
            "a patch has at most 1000 operations",
        ),
    ] {
        assert_eq!(ada.patch("/v3/profile", patch).await, failure(400, message));
    }
    let large = "x".repeat(200_000);
    let twice = json!([
        { "op": "add", "path": "/b", "value": large },
        { "op": "copy", "from": "/b", "path": "/c" },
    ]);
    assert_eq!(
        ada.patch("/v3/profile", twice).await,
        failure(400, "operation 1: the profile grows too large or deep")
    );
    assert_eq!(ada.get("/v3/profile").await, (200, json!({ "a": 1 })));
}
