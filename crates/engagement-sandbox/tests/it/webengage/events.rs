use serde_json::{Value, json};

use super::{Account, EVENTS, queued, refused};

const BULK: &str = "/v1/accounts/sandbox0/bulk-events";
const MISSING_ID: &str = "Error: userId and anonymousId cannot be empty.";

#[tokio::test]
async fn events_are_recorded_without_creating_or_merging_profiles() {
    let account = Account::start().await;
    let event = json!({
        "userId": "ada", "anonymousId": "device", "eventName": "Order placed", "eventTime": "2026-05-04T09:30:00+0530",
        "eventData": { "Amount": 49.5, "Items": ["sku-1"], "Gift": false, "To": { "Town": "Oslo" } },
    });
    assert_eq!(account.post(EVENTS, event.clone()).await, queued());
    assert_eq!(account.handle().events(), [event]);
    assert!(account.handle().users().is_empty());
}

#[tokio::test]
async fn an_event_without_a_time_gets_the_current_one() {
    let account = Account::start().await;
    let event = json!({ "anonymousId": "device", "eventName": "Seen" });
    assert_eq!(account.post(EVENTS, event).await, queued());
    let event = &account.handle().events()[0];
    let time = event["eventTime"].as_str().expect("a time");
    assert!(time.starts_with("20") && time.ends_with("+0000"), "{time}");
    assert_eq!(time.len(), "2026-05-04T09:30:00+0530".len());
    assert_eq!(
        (
            event.get("userId"),
            &event["anonymousId"],
            &event["eventData"]
        ),
        (None, &json!("device"), &json!({}))
    );
}

#[tokio::test]
async fn an_event_needs_an_id_and_a_name() {
    let account = Account::start().await;
    assert_eq!(
        account.post(EVENTS, json!({ "eventName": "Seen" })).await,
        refused(400, MISSING_ID)
    );
    assert_eq!(
        account.post(EVENTS, json!({ "userId": "ada" })).await,
        refused(400, "body: \"eventName\" is a required property")
    );
    assert_eq!(
        account
            .post(EVENTS, json!({ "userId": "ada", "eventName": "" }))
            .await,
        refused(400, "`eventName` is empty: give the event a name")
    );
    assert!(account.handle().events().is_empty());
}

#[tokio::test]
async fn reserved_names_are_dropped_and_listed() {
    let account = Account::start().await;
    let event =
        |name: &str, data: Value| json!({ "userId": "ada", "eventName": name, "eventData": data });
    let long = "n".repeat(50);
    assert_eq!(
        account.post(EVENTS, event("we_bought", json!({}))).await,
        queued()
    );
    assert_eq!(
        account.post(EVENTS, event(&long, json!({}))).await,
        queued()
    );
    assert!(account.handle().events().is_empty());
    let data = json!({ "we_id": 1, "Amount": 2 });
    assert_eq!(account.post(EVENTS, event("Bought", data)).await, queued());
    assert_eq!(
        account.handle().events()[0]["eventData"],
        json!({ "Amount": 2 })
    );
    assert_eq!(
        account.handle().dropped(),
        [
            "events/we_bought: names that start with we_ are reserved".to_owned(),
            format!("events/{long}: names must be shorter than 50 characters"),
            "events/Bought/we_id: names that start with we_ are reserved".to_owned(),
        ]
    );
}

#[tokio::test]
async fn an_attribute_keeps_its_type_among_events_of_one_name() {
    let account = Account::start().await;
    for (name, amount) in [
        ("Bought", json!(2)),
        ("Bought", json!("two")),
        ("Sold", json!("two")),
    ] {
        let event =
            json!({ "userId": "ada", "eventName": name, "eventData": { "Amount": amount } });
        assert_eq!(account.post(EVENTS, event).await, queued());
    }
    let amounts: Vec<Value> = account
        .handle()
        .events()
        .iter()
        .map(|event| event["eventData"].clone())
        .collect();
    assert_eq!(
        amounts,
        [
            json!({ "Amount": 2 }),
            json!({}),
            json!({ "Amount": "two" })
        ]
    );
    assert_eq!(
        account.handle().dropped(),
        ["events/Bought/Amount: the first value was number, this one is string"]
    );
}

#[tokio::test]
async fn a_repeated_request_id_records_one_event() {
    let account = Account::start().await;
    let id = [("x-request-id", "7d1f")];
    let event = json!({ "userId": "ada", "eventName": "Seen" });
    for _ in 0..2 {
        assert_eq!(account.call("POST", EVENTS, &id, &event).await, queued());
    }
    assert_eq!(account.handle().events().len(), 1);
    // A request id applies to one operation.
    let user = json!({ "userId": "ada" });
    assert_eq!(
        account.call("POST", super::USERS, &id, &user).await,
        queued()
    );
    assert_eq!(account.handle().users().len(), 1);
}

#[tokio::test]
async fn a_repeated_batch_records_its_events_once() {
    let account = Account::start().await;
    let id = [("x-request-id", "7d1f")];
    // Epoch seconds are stored as they came.
    let event = json!({ "userId": "ada", "eventName": "Seen", "eventTime": 1_777_887_000 });
    let events = json!({ "events": [event] });
    for _ in 0..2 {
        assert_eq!(account.call("POST", BULK, &id, &events).await, queued());
    }
    let recorded = account.handle().events();
    assert_eq!(recorded.len(), 1);
    assert_eq!(recorded[0]["eventTime"], 1_777_887_000);
}

#[tokio::test]
async fn a_batch_has_1_to_25_events_which_all_must_be_valid() {
    let account = Account::start().await;
    let batch = |size: usize| -> Value {
        let event = json!({ "userId": "ada", "eventName": "Seen" });
        json!({ "events": vec![event; size] })
    };
    assert_eq!(
        account.post(BULK, batch(0)).await,
        refused(400, "`events` must hold 1 to 25 entries, not 0")
    );
    assert_eq!(account.post(BULK, batch(26)).await.0, 400);
    let one_bad =
        json!({ "events": [{ "userId": "ada", "eventName": "Seen" }, { "eventName": "Seen" }] });
    assert_eq!(
        account.post(BULK, one_bad).await,
        refused(400, &format!("events/1: {MISSING_ID}"))
    );
    assert!(account.handle().events().is_empty());
    assert_eq!(account.post(BULK, batch(25)).await, queued());
    assert_eq!(account.handle().events().len(), 25);
}
