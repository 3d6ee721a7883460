use serde_json::{Value, json};

use super::{Account, USERS, queued, refused};

const BULK: &str = "/v1/accounts/sandbox0/bulk-users";
const MISSING_ID: &str = "Error: userId and anonymousId cannot be empty.";

#[tokio::test]
async fn a_new_user_has_the_opt_ins_and_later_fields_are_merged() {
    let account = Account::start().await;
    account
        .user(json!({ "userId": "ada#1", "firstName": "Ada", "smsOptIn": false, "attributes": { "Plan": "starter", "Seats": 3 } }))
        .await;
    account
        .user(json!({ "userId": "ada#1", "lastName": "Example", "attributes": { "Seats": 4, "Trial": true } }))
        .await;
    assert_eq!(
        account.handle().users(),
        [json!({
            "userId": "ada#1", "emailOptIn": true, "smsOptIn": false, "rcsOptIn": true, "whatsappOptIn": false,
            "attributes": { "Plan": "starter", "Seats": 4, "Trial": true }, "firstName": "Ada", "lastName": "Example",
        })]
    );
    account
        .user(json!({ "userId": "ADA#1", "attributes": null }))
        .await;
    assert_eq!(account.handle().users().len(), 2, "case matters");
}

#[tokio::test]
async fn the_user_id_takes_precedence_over_the_anonymous_id() {
    let account = Account::start().await;
    account.user(json!({ "anonymousId": "device" })).await;
    account
        .user(json!({ "userId": "ada", "anonymousId": "device", "firstName": "Ada" }))
        .await;
    account
        .user(json!({ "userId": "", "anonymousId": "device", "company": "Example" }))
        .await;
    let users = account.handle().users();
    assert_eq!(users.len(), 2);
    assert_eq!(
        (&users[0]["userId"], &users[0]["firstName"]),
        (&json!("ada"), &json!("Ada"))
    );
    assert!(users[0].get("anonymousId").is_none());
    assert_eq!(
        (&users[1]["anonymousId"], &users[1]["company"]),
        (&json!("device"), &json!("Example"))
    );
    assert!(users[1].get("firstName").is_none());

    for nobody in [
        json!({}),
        json!({ "firstName": "Ada" }),
        json!({ "userId": "", "anonymousId": "" }),
    ] {
        assert_eq!(account.post(USERS, nobody).await, refused(400, MISSING_ID));
    }
    let long = "x".repeat(101);
    assert_eq!(account.post(USERS, json!({ "userId": long })).await.0, 400);
    assert_eq!(account.handle().users().len(), 2);
}

#[tokio::test]
async fn attributes_that_the_provider_ignores_are_dropped_and_listed() {
    let account = Account::start().await;
    let long = "n".repeat(50);
    account
        .user(json!({ "userId": "ada", "we_size": 7, "attributes": { "we_plan": 1, "Seats": 3, "Gone": null, long.as_str(): 1, "": 1 } }))
        .await;
    account
        .user(json!({ "userId": "eve", "attributes": { "Seats": "many" } }))
        .await;
    assert_eq!(
        account.handle().users()[0]["attributes"],
        json!({ "Seats": 3 })
    );
    assert_eq!(account.handle().users()[1]["attributes"], json!({}));
    assert_eq!(
        account.handle().dropped(),
        [
            "users/ada/attributes/we_size: names that start with we_ are reserved".to_owned(),
            "users/ada/attributes/we_plan: names that start with we_ are reserved".to_owned(),
            "users/ada/attributes/Gone: null has no documented meaning".to_owned(),
            format!("users/ada/attributes/{long}: names must be shorter than 50 characters"),
            "users/ada/attributes/: the name is empty".to_owned(),
            "users/eve/attributes/Seats: the first value was number, this one is string".to_owned(),
        ]
    );
}

#[tokio::test]
async fn attributes_may_stand_beside_the_documented_fields() {
    let account = Account::start().await;
    account
        .user(json!({ "userId": "ada", "city": "Oslo", "Plan": "free", "Seats": 3, "attributes": { "Plan": "pro" } }))
        .await;
    let users = account.handle().users();
    assert_eq!(users[0]["attributes"], json!({ "Plan": "pro", "Seats": 3 }));
    assert_eq!(users[0]["city"], "Oslo");
    assert_eq!(users[0].get("Seats"), None);
    assert!(account.handle().dropped().is_empty());
}

#[tokio::test]
async fn a_repeated_batch_is_processed_once() {
    let account = Account::start().await;
    let id = [("x-request-id", "7d1f")];
    for seats in [1, 2] {
        let users = json!({ "users": [{ "userId": "ada", "attributes": { "Seats": seats } }] });
        assert_eq!(account.call("POST", BULK, &id, &users).await, queued());
    }
    assert_eq!(account.handle().users()[0]["attributes"]["Seats"], 1);
}

#[tokio::test]
async fn an_account_stores_25_attributes_of_each_type() {
    let account = Account::start().await;
    let many: serde_json::Map<String, Value> =
        (0..26).map(|at| (format!("n{at:02}"), at.into())).collect();
    account
        .user(json!({ "userId": "ada", "attributes": many }))
        .await;
    account
        .user(json!({ "userId": "ada", "attributes": { "n00": 7, "Plan": "starter" } }))
        .await;
    let attributes = &account.handle().users()[0]["attributes"];
    assert_eq!(attributes.as_object().map(serde_json::Map::len), Some(26));
    assert_eq!(
        (
            &attributes["n00"],
            &attributes["n24"],
            attributes.get("n25"),
            &attributes["Plan"]
        ),
        (&json!(7), &json!(24), None, &json!("starter"))
    );
    assert_eq!(
        account.handle().dropped(),
        ["users/ada/attributes/n25: there are 25 attributes of type number already"]
    );
}

#[tokio::test]
async fn texts_are_truncated() {
    let account = Account::start().await;
    let long = "é".repeat(1001);
    account
        .user(json!({ "userId": "ada", "firstName": long, "hashedEmail": long, "attributes": { "Note": long, "Notes": [long] } }))
        .await;
    let user = &account.handle().users()[0];
    let cut = json!("é".repeat(1000));
    assert_eq!(
        (
            &user["firstName"],
            &user["attributes"]["Note"],
            &user["attributes"]["Notes"][0]
        ),
        (&cut, &cut, &cut)
    );
    assert_eq!(user["hashedEmail"], "é".repeat(512));
}

#[tokio::test]
async fn a_repeated_request_id_gets_the_same_response_and_is_processed_once() {
    let account = Account::start().await;
    let id = [("x-request-id", "7d1f")];
    let seats = |seats: i64| json!({ "userId": "ada", "attributes": { "Seats": seats } });
    assert_eq!(account.call("POST", USERS, &id, &seats(1)).await, queued());
    assert_eq!(account.call("POST", USERS, &id, &seats(2)).await, queued());
    assert_eq!(account.handle().users()[0]["attributes"]["Seats"], 1);
    let other = [("x-request-id", "7d20")];
    assert_eq!(
        account.call("POST", USERS, &other, &seats(3)).await,
        queued()
    );
    assert_eq!(account.handle().users()[0]["attributes"]["Seats"], 3);
}

#[tokio::test]
async fn the_request_id_of_a_refused_call_is_not_stored() {
    let account = Account::start().await;
    let id = [("x-request-id", "7d1f")];
    assert_eq!(
        account.call("POST", USERS, &id, &json!({})).await,
        refused(400, MISSING_ID)
    );
    let body = json!({ "userId": "ada" });
    assert_eq!(account.call("POST", USERS, &id, &body).await, queued());
    assert_eq!(account.handle().users().len(), 1);
}

#[tokio::test]
async fn a_batch_has_1_to_25_users() {
    let account = Account::start().await;
    let batch = |size: usize| -> Value {
        let users: Vec<Value> = (0..size)
            .map(|at| json!({ "userId": format!("u{at}") }))
            .collect();
        json!({ "users": users })
    };
    assert_eq!(
        account.post(BULK, batch(0)).await,
        refused(400, "`users` must hold 1 to 25 entries, not 0")
    );
    assert_eq!(account.post(BULK, batch(26)).await.0, 400);
    assert!(account.handle().users().is_empty());
    assert_eq!(account.post(BULK, batch(25)).await, queued());
    assert_eq!(account.handle().users().len(), 25);
}

#[tokio::test]
async fn one_invalid_entry_refuses_the_batch() {
    let account = Account::start().await;
    let batch = json!({ "users": [{ "userId": "ada" }, { "firstName": "Eve" }] });
    assert_eq!(
        account.post(BULK, batch).await,
        refused(400, &format!("users/1: {MISSING_ID}"))
    );
    assert!(account.handle().users().is_empty());
    // An id can occur twice; the later entry takes precedence.
    let batch = json!({ "users": [{ "userId": "ada", "city": "Oslo" }, { "userId": "ada", "city": "Rome" }] });
    assert_eq!(account.post(BULK, batch).await, queued());
    assert_eq!(account.handle().users()[0]["city"], "Rome");
}
