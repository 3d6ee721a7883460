use serde_json::{Value, json};

use super::{Account, refused};

const DEFINE: &str = "/v2/accounts/sandbox0/business/events/definition";
const TRIGGER: &str = "/v2/accounts/sandbox0/business/save-event";

fn definition(attributes: &[(&str, &str)]) -> Value {
    let attributes: Vec<Value> = attributes
        .iter()
        .map(|(name, kind)| json!({ "attributeName": name, "dataType": kind }))
        .collect();
    json!({ "eventName": "Price dropped", "eventCategory": "BUSINESS", "attributes": attributes })
}

fn done() -> (u16, Value) {
    (200, json!({ "response": { "status": "success" } }))
}

#[tokio::test]
async fn an_event_must_be_defined_before_it_is_triggered() {
    let account = Account::start().await;
    let event = json!({ "eventName": "Price dropped", "eventTime": "2026-05-04T09:30:00+0530", "eventData": { "Price": 19.5 } });
    assert_eq!(
        account.post(TRIGGER, event.clone()).await,
        refused(
            400,
            "Business event Price dropped is not defined: define it first"
        )
    );
    assert_eq!(
        account
            .post(
                DEFINE,
                definition(&[("Product", "string"), ("Price", "number")])
            )
            .await,
        done()
    );
    for _ in 0..2 {
        assert_eq!(account.post(TRIGGER, event.clone()).await, done());
    }
    assert_eq!(account.handle().business_events(), [event.clone(), event]);
    assert!(
        account.handle().events().is_empty(),
        "no user has the event"
    );
}

#[tokio::test]
async fn values_that_the_definition_lacks_are_dropped_and_listed() {
    let account = Account::start().await;
    let kinds = [
        ("n", "number"),
        ("d", "date"),
        ("m", "map"),
        ("s", "string"),
        ("o", "odd"),
    ];
    assert_eq!(account.post(DEFINE, definition(&kinds)).await, done());
    let good = json!({ "n": 1, "d": "2026-05-31T00:00:00+0530", "m": {}, "s": "", "o": [1] });
    let bad = json!({ "n": "1", "d": "soon", "m": [], "s": null, "x": 1 });
    for data in [&good, &bad] {
        assert_eq!(
            account
                .post(
                    TRIGGER,
                    json!({ "eventName": "Price dropped", "eventData": data })
                )
                .await,
            done()
        );
    }
    let events = account.handle().business_events();
    assert_eq!(
        (&events[0]["eventData"], &events[1]["eventData"]),
        (&good, &json!({}))
    );
    assert_eq!(
        account.handle().dropped(),
        [
            "business events/Price dropped/n: the definition says number",
            "business events/Price dropped/d: the definition says date",
            "business events/Price dropped/m: the definition says map",
            "business events/Price dropped/s: the definition says string",
            "business events/Price dropped/x: the definition has no such attribute",
        ]
    );
}

#[tokio::test]
async fn a_name_can_be_redefined_and_must_be_valid() {
    let account = Account::start().await;
    for kind in ["string", "number"] {
        assert_eq!(
            account.post(DEFINE, definition(&[("Price", kind)])).await,
            done()
        );
    }
    let event = json!({ "eventName": "Price dropped", "eventData": { "Price": 1 } });
    assert_eq!(account.post(TRIGGER, event).await, done());
    assert!(
        account.handle().dropped().is_empty(),
        "the later definition applies"
    );

    let mut reserved = definition(&[]);
    reserved["eventName"] = json!("we_price");
    assert_eq!(
        account.post(DEFINE, reserved).await,
        refused(400, "`eventName`: names that start with we_ are reserved")
    );
    assert_eq!(
        account
            .post(
                DEFINE,
                definition(&[("Price", "number"), ("Price", "string")])
            )
            .await,
        refused(400, "`attributes`: each needs a unique name")
    );
    let mut other = definition(&[]);
    other["eventCategory"] = json!("SYSTEM");
    assert_eq!(account.post(DEFINE, other).await.0, 400);
}
