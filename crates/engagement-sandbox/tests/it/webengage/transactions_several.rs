use engagement_sandbox::WebEngageChannel;
use serde_json::{Value, json};

use super::{Account, refused};

fn path(campaigns: &[&str], mode: &str) -> String {
    let campaigns: String = campaigns
        .iter()
        .map(|id| format!("campaignIds={id}&"))
        .collect();
    format!("/v2/accounts/sandbox0/transaction?{campaigns}mode={mode}")
}

/// An account with a campaign per channel and a user who can be sent an SMS and a push.
async fn account() -> Account {
    let account = Account::start().await;
    account
        .handle()
        .add_campaign("mail", WebEngageChannel::Email);
    account.handle().add_campaign("sms", WebEngageChannel::Sms);
    account
        .handle()
        .add_campaign("push", WebEngageChannel::Push);
    account
        .user(json!({ "userId": "ada", "phone": "+15555550101" }))
        .await;
    account
}

fn ran(account: &Account) -> Vec<String> {
    let messages = account.handle().messages();
    messages
        .into_iter()
        .map(|message| message.campaign_id)
        .collect()
}

#[tokio::test]
async fn all_campaigns_run_in_the_given_order() {
    let account = account().await;
    let body = json!({ "userId": "ada", "txnId": "t-1", "overrideData": {} });
    assert_eq!(
        account
            .post(&path(&["push", "mail", "sms"], "all"), body)
            .await,
        (
            200,
            json!({ "response": { "data": { "txnId": "t-1", "userId": "ada", "ttl": 120 } } })
        )
    );
    assert_eq!(ran(&account), ["push", "sms"], "no e-mail address is known");
}

#[tokio::test]
async fn a_fallback_runs_only_after_a_campaign_that_failed() {
    for mode in [
        "fallback_on_attempt_failure",
        "fallback_on_delivery_failure",
    ] {
        let account = account().await;
        let body = json!({ "userId": "ada", "ttl": 300, "overrideData": {} });
        let (status, response) = account
            .post(&path(&["mail", "sms", "push"], mode), body)
            .await;
        assert_eq!(
            (status, &response["response"]["data"]["ttl"]),
            (200, &json!(300))
        );
        assert_eq!(ran(&account), ["sms"], "{mode}");
    }
}

#[tokio::test]
async fn an_unknown_mode_or_no_campaign_is_400() {
    let account = account().await;
    let body = json!({ "userId": "ada", "overrideData": {} });
    assert_eq!(
        account.post(&path(&["push"], "some"), body.clone()).await.0,
        400
    );
    assert_eq!(account.post(&path(&[], "all"), body).await.0, 400);
    assert_eq!(
        account
            .post(&path(&["push"], "all"), json!({ "userId": "ada" }))
            .await,
        refused(400, "body: \"overrideData\" is a required property")
    );
    assert!(ran(&account).is_empty());
}

#[tokio::test]
async fn a_failed_call_has_no_effect() {
    let account = account().await;
    let users = account.handle().users();
    let track = json!({ "eventName": "Sent", "updateUser": { "firstName": "Ada" } });
    let body = |user: &str, overrides: Value| json!({ "userId": user, "overrideData": overrides, "trackConfig": track });
    assert_eq!(
        account
            .post(&path(&["push", "other"], "all"), body("ada", json!({})))
            .await,
        refused(404, "Campaign other not found")
    );
    assert_eq!(
        account
            .post(&path(&["mail"], "all"), body("ada", json!({})))
            .await,
        refused(
            412,
            "mail: the user can't be reached by e-mail: neither `overrideData` nor the profile has `email`"
        )
    );
    let unknown =
        json!({ "userId": "eve", "overrideData": {}, "trackConfig": { "eventName": "Sent" } });
    assert_eq!(
        account.post(&path(&["push"], "all"), unknown).await,
        refused(404, "User eve not found")
    );
    assert!(ran(&account).is_empty());
    assert!(account.handle().events().is_empty());
    assert_eq!(account.handle().users(), users);
}

#[tokio::test]
async fn the_event_contains_the_transaction_and_its_tokens() {
    let account = account().await;
    let body = json!({
        "userId": "ada", "txnId": "t-1", "ttl": 60,
        "overrideData": { "email": "ada@example.com", "context": { "token": { "order": { "id": 7, "to": { "town": "Oslo" } }, "name": "Ada" } } },
        "trackConfig": { "eventName": "Sent" },
    });
    assert_eq!(
        account.post(&path(&["push"], "all"), body.clone()).await.0,
        200
    );
    let events = account.handle().events();
    assert_eq!(
        (events.len(), &events[0]["userId"], &events[0]["eventName"]),
        (1, &json!("ada"), &json!("Sent"))
    );
    assert_eq!(
        events[0]["eventData"],
        json!({ "order.id": 7, "order.to": { "town": "Oslo" }, "name": "Ada", "txnId": "t-1", "ttl": 60, "email": "ada@example.com" })
    );
    // An event that can't be recorded is no error.
    let mut reserved = body;
    reserved["txnId"] = json!("t-2");
    reserved["trackConfig"]["eventName"] = json!("we_sent");
    assert_eq!(account.post(&path(&["push"], "all"), reserved).await.0, 200);
    assert_eq!(account.handle().events().len(), 1);
    assert_eq!(
        account.handle().dropped(),
        ["events/we_sent: names that start with we_ are reserved"]
    );
}

#[tokio::test]
async fn the_profile_is_changed_or_created() {
    let account = account().await;
    let update = json!({ "birthDate": "1985-03-14", "attributes": { "Orders": 4 } });
    let body = |user: &str| json!({ "userId": user, "overrideData": {}, "trackConfig": { "updateUser": update } });
    for user in ["ada", "eve"] {
        assert_eq!(
            account.post(&path(&["push"], "all"), body(user)).await.0,
            200
        );
    }
    let users = account.handle().users();
    assert_eq!(
        (
            &users[0]["phone"],
            &users[0]["birthDate"],
            &users[0]["attributes"]
        ),
        (
            &json!("+15555550101"),
            &json!("1985-03-14"),
            &json!({ "Orders": 4 })
        )
    );
    assert_eq!(
        (
            &users[1]["userId"],
            &users[1]["emailOptIn"],
            &users[1]["attributes"]
        ),
        (&json!("eve"), &json!(true), &json!({ "Orders": 4 }))
    );
    assert!(
        account.handle().events().is_empty(),
        "no event was requested"
    );
}

#[tokio::test]
async fn a_repeated_transaction_id_gets_the_same_response_and_has_no_effect() {
    let account = account().await;
    let body = json!({ "userId": "ada", "txnId": "t-1", "overrideData": {}, "trackConfig": { "eventName": "Sent" } });
    let first = account.post(&path(&["push"], "all"), body.clone()).await;
    let mut later = body;
    later["ttl"] = json!(5);
    assert_eq!(account.post(&path(&["push"], "all"), later).await, first);
    assert_eq!(
        (ran(&account).len(), account.handle().events().len()),
        (1, 1)
    );
}
