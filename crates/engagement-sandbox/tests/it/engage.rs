//! An Engage workspace over HTTP.

use engagement_sandbox::{EngageMessageKind, Sandbox};
use serde_json::{Value, json};

use crate::http::{Http, Payload, error_message};

fn uids(page: &Value) -> Vec<String> {
    page["data"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|user| user["uid"].as_str())
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn users_are_upserted_and_meta_is_merged() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let http = Http::engage(&sandbox);
    let create = json!({ "id": "u1", "first_name": "Ada", "number": 15_555_550_101_i64, "meta": { "plan": "starter", "seats": 3 } });
    let user = http
        .ok("POST", "/users", Payload::Json(create.clone()))
        .await;
    assert_eq!(
        (&user["uid"], &user["number"]),
        (&json!("u1"), &json!("15555550101"))
    );
    assert_eq!(user["id"].as_str().map(str::len), Some(24));
    let (status, body) = http.post("/users", create).await;
    assert_eq!(status, 400);
    assert!(error_message(&body).contains("exists already"), "{body}");

    let user = http
        .ok(
            "PUT",
            "/users/u1",
            Payload::Json(json!({ "meta": { "plan": "team" }, "last_name": "Example" })),
        )
        .await;
    assert_eq!(
        (&user["meta"], &user["first_name"]),
        (&json!({ "plan": "team", "seats": 3 }), &json!("Ada"))
    );
    let user = http
        .ok("DELETE", "/users/u1/attributes/plan", Payload::None)
        .await;
    assert_eq!(user["meta"], json!({ "seats": 3 }));
    http.ok(
        "PUT",
        "/users/u2",
        Payload::Json(json!({ "meta": { "colour": "blue" } })),
    )
    .await;
    let names = http.ok("GET", "/data/attributes", Payload::None).await;
    assert_eq!(
        names,
        json!([{ "id": "colour", "name": "colour" }, { "id": "seats", "name": "seats" }])
    );

    for at in 0..7 {
        let device = json!({ "device_token": format!("t:{at}"), "device_platform": "ios" });
        http.ok("PUT", "/users/u1", Payload::Json(device)).await;
    }
    let user = http.get("/users/u1").await.1;
    assert_eq!(user["devices"].as_array().map(Vec::len), Some(5));
    assert_eq!(user["devices"][0]["token"], "t:2");
    http.ok("DELETE", "/users/u1/tokens/t%3A3", Payload::None)
        .await;
    assert_eq!(
        http.get("/users/u1").await.1["devices"]
            .as_array()
            .map(Vec::len),
        Some(4)
    );

    http.ok("POST", "/users/u1/archive", Payload::None).await;
    assert_eq!(http.get("/users/u1").await.1["archived"], true);
    assert_eq!(
        http.delete("/users/u1").await,
        (200, json!({ "status": "ok" }))
    );
    let (status, body) = http.get("/users/u1").await;
    assert_eq!((status, error_message(&body)), (404, "User u1 not found"));
    assert_eq!(http.delete("/users/u1").await.0, 404);
}

#[tokio::test]
async fn pages_are_read_in_both_directions() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let http = Http::engage(&sandbox);
    for at in 0..25 {
        http.ok("PUT", &format!("/users/u{at:02}"), Payload::Json(json!({})))
            .await;
    }
    let first = http.ok("GET", "/users", Payload::None).await;
    assert_eq!(uids(&first).len(), 10);
    assert!(first.get("previous_cursor").is_none() && first.get("has_more").is_none());
    let second = http
        .ok(
            "GET",
            &format!(
                "/users?next_cursor={}",
                first["next_cursor"].as_str().expect("more")
            ),
            Payload::None,
        )
        .await;
    let third = http
        .ok(
            "GET",
            &format!(
                "/users?next_cursor={}",
                second["next_cursor"].as_str().expect("more")
            ),
            Payload::None,
        )
        .await;
    assert!(third.get("next_cursor").is_none());
    let all = [uids(&first), uids(&second), uids(&third)].concat();
    assert_eq!(
        all,
        (0..25).map(|at| format!("u{at:02}")).collect::<Vec<_>>()
    );
    let back = http
        .ok(
            "GET",
            &format!(
                "/users?previous_cursor={}",
                third["previous_cursor"].as_str().expect("less")
            ),
            Payload::None,
        )
        .await;
    assert_eq!(back, second);
    let back = http
        .ok(
            "GET",
            &format!(
                "/users?previous_cursor={}",
                back["previous_cursor"].as_str().expect("less")
            ),
            Payload::None,
        )
        .await;
    assert_eq!(back, first);

    let last = |page: &Value| {
        page["data"]
            .as_array()
            .and_then(|rows| rows.last())
            .map(|row| row["id"].clone())
            .expect("a row")
    };
    let text = |id: Value| id.as_str().expect("text").to_owned();
    let after = http
        .ok(
            "GET",
            &format!("/users?limit=12&after_id={}", text(last(&first))),
            Payload::None,
        )
        .await;
    assert_eq!((uids(&after).len(), &after["has_more"]), (12, &json!(true)));
    let after = http
        .ok(
            "GET",
            &format!("/users?limit=12&after_id={}", text(last(&after))),
            Payload::None,
        )
        .await;
    assert_eq!((uids(&after).len(), &after["has_more"]), (3, &json!(false)));
    let before = http
        .ok(
            "GET",
            &format!("/users?limit=30&before_id={}", text(last(&after))),
            Payload::None,
        )
        .await;
    assert_eq!(
        (uids(&before).len(), &before["has_more"]),
        (24, &json!(false))
    );

    let (status, body) = http
        .get("/users?next_cursor=000000000000000000000001&previous_cursor=000000000000000000000002")
        .await;
    assert_eq!(status, 400);
    assert!(
        error_message(&body).contains("next_cursor and previous_cursor"),
        "{body}"
    );
    assert_eq!(http.get("/users?next_cursor=nonsense").await.0, 400);
    assert_eq!(http.get("/users?limit=0").await.0, 400);
}

#[tokio::test]
async fn users_are_filtered() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let http = Http::engage(&sandbox);
    let mut lists = Vec::new();
    for title in ["one", "two"] {
        lists.push(
            http.ok("POST", "/lists", Payload::Json(json!({ "title": title })))
                .await["id"]
                .as_str()
                .expect("an id")
                .to_owned(),
        );
    }
    http.ok(
        "PUT",
        "/users/a",
        Payload::Json(json!({ "email": "a@example.com", "lists": [lists[0]] })),
    )
    .await;
    http.ok(
        "PUT",
        "/users/b",
        Payload::Json(json!({ "lists": [lists[1]] })),
    )
    .await;
    http.ok("PUT", "/users/c", Payload::Json(json!({}))).await;
    assert_eq!(
        uids(&http.get("/users?email=a%40example.com").await.1),
        ["a"]
    );
    assert_eq!(
        uids(
            &http
                .get(&format!("/users?lists%5B%5D={}", lists[1]))
                .await
                .1
        ),
        ["b"]
    );
    assert_eq!(
        uids(
            &http
                .get(&format!("/users?lists[]={}&lists[]={}", lists[0], lists[1]))
                .await
                .1
        ),
        ["a", "b"]
    );
    let (status, body) = http.put("/users/d", json!({ "lists": ["nowhere"] })).await;
    assert_eq!(
        (status, error_message(&body)),
        (400, "List nowhere not found")
    );
    assert_eq!(
        http.get("/users/d").await.0,
        404,
        "a refused upsert leaves nothing"
    );
}

#[tokio::test]
async fn lists_and_their_subscribers() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let http = Http::engage(&sandbox);
    let list = http
        .ok("POST", "/lists", Payload::Json(json!({ "title": "News" })))
        .await;
    assert_eq!(
        (
            &list["double_optin"],
            &list["redirect_url"],
            &list["subscriber_count"]
        ),
        (&json!(false), &Value::Null, &json!(0))
    );
    let path = format!("/lists/{}", list["id"].as_str().expect("an id"));
    assert_eq!(
        http.post("/lists", json!({ "title": "x".repeat(65) }))
            .await
            .0,
        400
    );
    assert_eq!(
        http.put(&path, json!({ "description": "Releases" }))
            .await
            .1["description"],
        "Releases"
    );

    http.ok(
        "PUT",
        "/users/ada",
        Payload::Json(json!({ "email": "ada@example.com", "number": "1555" })),
    )
    .await;
    let subscribers = format!("{path}/subscribers");
    let by_email = json!({ "email": "ada@example.com", "first_name": "Ada" });
    assert_eq!(
        http.post(&subscribers, by_email).await.1,
        json!({ "uid": "ada" })
    );
    assert_eq!(
        http.post(&subscribers, json!({ "number": 1555 })).await.1,
        json!({ "uid": "ada" }),
        "found by number"
    );
    let unknown = http
        .ok(
            "POST",
            &subscribers,
            Payload::Json(json!({ "email": "eve@example.com" })),
        )
        .await;
    let unknown = unknown["uid"].as_str().expect("a uid").to_owned();
    assert_eq!(
        http.get(&format!("/users/{unknown}")).await.1["uid_updateable"],
        true
    );
    assert_eq!(
        http.post(&subscribers, json!({ "first_name": "Nobody" }))
            .await
            .0,
        400
    );
    assert_eq!(http.get(&path).await.1["subscriber_count"], 2);

    // A user created by a subscription gets the application's id on an update with the same address.
    http.ok(
        "PUT",
        "/users/eve",
        Payload::Json(json!({ "email": "eve@example.com" })),
    )
    .await;
    assert_eq!(http.get(&format!("/users/{unknown}")).await.0, 404);
    let eve = http.get("/users/eve").await.1;
    assert_eq!(
        (eve.get("uid_updateable"), &eve["lists"][0]["id"]),
        (None, &list["id"])
    );

    assert_eq!(
        http.put(
            &format!("{subscribers}/ada"),
            json!({ "subscribed": false })
        )
        .await
        .1,
        json!({ "subscribed": false })
    );
    assert_eq!(
        http.get("/users/ada").await.1["lists"],
        json!([{ "id": list["id"], "subscribed": false }])
    );
    assert_eq!(http.get(&path).await.1["subscriber_count"], 1);
    http.ok("DELETE", &format!("{subscribers}/ada"), Payload::None)
        .await;
    assert_eq!(http.get("/users/ada").await.1["lists"], json!([]));
    http.ok(
        "POST",
        "/users/ada/lists",
        Payload::Json(json!({ "lists": [list["id"]] })),
    )
    .await;
    http.ok(
        "DELETE",
        "/users/ada/lists",
        Payload::Json(json!({ "lists": [list["id"]] })),
    )
    .await;
    assert_eq!(http.get("/users/ada").await.1["lists"], json!([]));

    // The public form needs no credentials.
    let app = Http::new(
        &sandbox,
        sandbox.engage().server_url("app").expect("a host"),
        String::new(),
    );
    let form = [("email", "form@example.com"), ("favourite", "blue")];
    assert_eq!(
        app.form(
            &format!("/embed/{}", list["id"].as_str().expect("an id")),
            &form
        )
        .await
        .0,
        200
    );
    assert_eq!(
        uids(&http.get("/users?email=form%40example.com").await.1).len(),
        1
    );

    http.ok("DELETE", &path, Payload::None).await;
    assert_eq!(http.get("/lists").await.1, json!({ "data": [] }));
    assert_eq!(http.get(&path).await.0, 200);
    assert_eq!(
        http.post(&subscribers, json!({ "email": "late@example.com" }))
            .await
            .0,
        400
    );
    assert_eq!(http.get("/lists/nowhere").await.0, 404);
}

#[tokio::test]
async fn accounts_and_their_members() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let http = Http::engage(&sandbox);
    http.ok(
        "PUT",
        "/users/acme",
        Payload::Json(json!({ "is_account": true })),
    )
    .await;
    http.ok("PUT", "/users/ada", Payload::Json(json!({}))).await;
    let user = http
        .ok(
            "POST",
            "/users/ada/accounts",
            Payload::Json(json!({ "accounts": [{ "id": "acme" }] })),
        )
        .await;
    assert_eq!(user["accounts"], json!([{ "id": "acme", "role": null }]));
    let again = json!({ "accounts": [{ "id": "acme", "role": "owner" }] });
    assert_eq!(
        http.post("/users/ada/accounts", again).await.1["accounts"],
        json!([{ "id": "acme", "role": "owner" }])
    );
    assert_eq!(
        http.put("/users/ada/accounts/acme", json!({ "role": "guest" }))
            .await
            .1["accounts"][0]["role"],
        "guest"
    );
    assert_eq!(uids(&http.get("/users/acme/members").await.1), ["ada"]);
    assert_eq!(http.get("/users/acme").await.1["member_count"], 1);
    assert_eq!(http.get("/users/ada").await.1["member_count"], Value::Null);
    assert_eq!(
        http.delete("/users/ada/accounts/acme").await.1["accounts"],
        json!([])
    );
    assert_eq!(http.delete("/users/ada/accounts/acme").await.0, 404);
    assert_eq!(
        http.post("/users/acme/convert", json!({ "type": "customer" }))
            .await
            .1["is_account"],
        false
    );
    assert_eq!(
        http.post("/users/acme/convert", json!({ "type": "robot" }))
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn events_merges_and_batches() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let http = Http::engage(&sandbox);
    http.ok(
        "POST",
        "/users/anon/events",
        Payload::Json(json!({ "event": "Seen", "value": true })),
    )
    .await;
    assert_eq!(
        http.get("/users/anon").await.0,
        200,
        "an event of an unknown user creates one without attributes"
    );
    http.ok(
        "PUT",
        "/users/anon",
        Payload::Json(json!({ "meta": { "a": 1, "b": 1 } })),
    )
    .await;
    http.ok(
        "PUT",
        "/users/ada",
        Payload::Json(json!({ "meta": { "b": 2 } })),
    )
    .await;
    let merged = http
        .ok(
            "POST",
            "/users/merge",
            Payload::Json(json!({ "source": "anon", "destination": "ada" })),
        )
        .await;
    assert_eq!(merged, json!({ "status": "queued" }));
    assert_eq!(http.get("/users/anon").await.0, 404);
    assert_eq!(
        http.get("/users/ada").await.1["meta"],
        json!({ "b": 2, "a": 1 })
    );
    let events = sandbox.engage().events();
    assert_eq!(
        (events.len(), &events[0]["uid"], &events[0]["event"]),
        (1, &json!("ada"), &json!("Seen"))
    );

    let data = json!({ "data": [
        { "type": "create", "id": "u1", "email": "u1@example.com" },
        { "type": "create", "id": "ada" },
        { "type": "update", "id": "u2", "meta": { "x": 1 } },
        { "type": "event", "id": "u3", "event": "Bought", "properties": { "total": 42.5 } },
        { "type": "event", "id": "u3" },
        { "type": "update", "id": "u2", "first_name": 7 },
        "nonsense",
    ] });
    assert_eq!(
        http.post("/batch", data).await.1,
        json!({ "status": "queued" })
    );
    assert_eq!(uids(&http.get("/users").await.1), ["ada", "u1", "u2", "u3"]);
    assert_eq!(sandbox.engage().events().len(), 2);
    let dropped = sandbox.engage().dropped_batch_items();
    let indices: Vec<&str> = dropped
        .iter()
        .filter_map(|why| why.split(['/', ':']).nth(1))
        .collect();
    assert_eq!(indices, ["1", "4", "5", "6"], "{dropped:?}");
    assert_eq!(http.post("/batch", json!({ "data": {} })).await.0, 400);
    let large = json!({ "data": [{ "type": "create", "id": "x".repeat(100_000) }] });
    assert_eq!(http.post("/batch", large).await.0, 400);
}

#[tokio::test]
async fn messages_are_stored_and_not_sent() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let http = Http::engage(&sandbox);
    let mail = json!({ "from": { "email": "shop@example.com" }, "to": ["ada@example.com"], "cc": ["eve@example.com"], "subject": "Hello", "text": "Hi" });
    let sent = http
        .ok("POST", "/send/email", Payload::Json(mail.clone()))
        .await;
    let sms = json!({ "from": "Shop", "to": "15555550101", "body": "Hi", "source": "twilio" });
    http.ok("POST", "/send/sms", Payload::Json(sms)).await;
    let messages = sandbox.engage().messages();
    assert_eq!(messages.len(), 2);
    assert_eq!(
        (json!(messages[0].id), messages[0].kind),
        (sent["id"].clone(), EngageMessageKind::Email)
    );
    assert_eq!(
        (&messages[0].to, &messages[0].body),
        (
            &vec!["ada@example.com".to_owned(), "eve@example.com".to_owned()],
            &mail
        )
    );
    assert_eq!(messages[1].kind, EngageMessageKind::Sms);
    let empty = json!({ "from": { "email": "shop@example.com" }, "to": "ada@example.com", "subject": "Hello" });
    assert_eq!(http.post("/send/email", empty).await.0, 400);
}

#[tokio::test]
async fn what_the_clients_of_engage_send_is_accepted() {
    let sandbox = Sandbox::start().await.expect("a free port");
    let http = Http::engage(&sandbox);
    let user = http
        .ok("PUT", "/users/1234", Payload::Json(json!({ "id": 1234 })))
        .await;
    assert_eq!(user["uid"], "1234");
    http.ok("PUT", "/users/abcd", Payload::Json(json!({})))
        .await;

    let accounts = json!({ "accounts": [{ "id": "abcd", "role": null }] });
    let user = http
        .ok("POST", "/users/1234/accounts", Payload::Json(accounts))
        .await;
    assert_eq!(user["accounts"], json!([{ "id": "abcd", "role": null }]));
    let customer = http.get("/users/abcd").await.1;
    assert_eq!(customer["is_account"], false);

    for role in [json!("owner"), Value::Null] {
        let body = Payload::Json(json!({ "role": role }));
        let user = http.ok("PUT", "/users/1234/accounts/abcd", body).await;
        assert_eq!(user["accounts"], json!([{ "id": "abcd", "role": role }]));
    }

    // Other values that are not documented are refused as before.
    let refused = [
        ("PUT", "/users/1234", json!({ "id": true }), "body/id"),
        (
            "PUT",
            "/users/1234/accounts/abcd",
            json!({ "role": 7 }),
            "body/role",
        ),
        (
            "POST",
            "/users/1234/accounts",
            json!({ "accounts": [{ "id": null }] }),
            "body/accounts/0/id",
        ),
    ];
    for (method, path, body, place) in refused {
        let (status, body) = http.call(method, path, Payload::Json(body)).await;
        assert_eq!(status, 400, "{method} {path}");
        assert!(error_message(&body).starts_with(place), "{body}");
    }
    let unknown = json!({ "accounts": [{ "id": "nobody" }] });
    let (status, body) = http.post("/users/1234/accounts", unknown).await;
    assert_eq!(
        (status, error_message(&body)),
        (400, "Account nobody not found")
    );
}
