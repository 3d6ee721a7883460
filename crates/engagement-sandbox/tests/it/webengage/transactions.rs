use engagement_sandbox::{WebEngageChannel, WebEngageMessage};
use serde_json::{Value, json};

use super::{Account, refused};

const PATH: &str = "/v2/accounts/sandbox0/experiments/~2camp9/transaction";

impl Account {
    /// An account in which `~2camp9` sends over a channel to a user `ada`.
    async fn with_campaign(channel: WebEngageChannel, mut user: Value) -> Self {
        let account = Self::start().await;
        account.handle().add_campaign("~2camp9", channel);
        user["userId"] = json!("ada");
        account.user(user).await;
        account
    }

    /// The recipients of the messages.
    fn recipients(&self) -> Vec<Option<String>> {
        let messages = self.handle().messages();
        messages.into_iter().map(|message| message.to).collect()
    }
}

#[tokio::test]
async fn without_added_campaigns_every_id_sends_a_push() {
    let account = Account::start().await;
    account.user(json!({ "userId": "ada" })).await;
    let body = json!({ "userId": "ada", "txnId": "t-1", "overrideData": { "context": { "token": { "name": "Ada" } } } });
    assert_eq!(
        account.post(PATH, body).await,
        (
            200,
            json!({ "response": { "data": { "txnId": "t-1", "experimentId": "~2camp9", "userId": "ada", "ttl": 120 } } })
        )
    );
    let messages = account.handle().messages();
    let [
        WebEngageMessage {
            transaction_id,
            campaign_id,
            channel,
            user_id,
            to,
            ttl,
            override_data,
            ..
        },
    ] = &messages[..]
    else {
        panic!("one message: {messages:?}")
    };
    assert_eq!(
        (
            transaction_id.as_str(),
            campaign_id.as_str(),
            user_id.as_str()
        ),
        ("t-1", "~2camp9", "ada")
    );
    assert_eq!((*channel, to, *ttl), (WebEngageChannel::Push, &None, 120));
    assert_eq!(
        *override_data,
        json!({ "context": { "token": { "name": "Ada" } } })
    );
}

#[tokio::test]
async fn unknown_users_and_campaigns_are_404() {
    let account = Account::with_campaign(WebEngageChannel::WebPush, json!({})).await;
    assert_eq!(
        account.post(PATH, json!({ "userId": "eve" })).await,
        refused(404, "User eve not found")
    );
    let other = "/v2/accounts/sandbox0/experiments/~other/transaction";
    assert_eq!(
        account.post(other, json!({ "userId": "ada" })).await,
        refused(404, "Campaign ~other not found")
    );
    // A user with only an anonymous id is not a known user.
    account.user(json!({ "anonymousId": "device" })).await;
    assert_eq!(
        account.post(PATH, json!({ "userId": "device" })).await.0,
        404
    );
    assert!(account.handle().messages().is_empty());
}

#[tokio::test]
async fn ids_are_generated_and_the_time_to_live_is_returned() {
    let account = Account::with_campaign(WebEngageChannel::Push, json!({})).await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let (status, response) = account
            .post(PATH, json!({ "userId": "ada", "ttl": 60 }))
            .await;
        let data = &response["response"]["data"];
        assert_eq!((status, &data["ttl"]), (200, &json!(60)));
        ids.push(data["txnId"].as_str().expect("an id").to_owned());
    }
    let groups: Vec<usize> = ids[0].split('-').map(str::len).collect();
    assert_eq!(groups, [8, 4, 4, 4, 12]);
    assert!(ids[0] < ids[1], "{ids:?}");
    let ttls: Vec<i64> = account
        .handle()
        .messages()
        .iter()
        .map(|message| message.ttl)
        .collect();
    assert_eq!(ttls, [60, 60]);
    assert_eq!(
        account
            .post(PATH, json!({ "userId": "ada", "ttl": 0 }))
            .await,
        refused(400, "`ttl` must be 1 second or more")
    );
}

#[tokio::test]
async fn the_address_of_the_request_takes_precedence_over_the_profile() {
    let user = json!({ "email": "ada@example.com" });
    let account = Account::with_campaign(WebEngageChannel::Email, user).await;
    account
        .user(json!({ "userId": "eve", "hashedEmail": "a1b2" }))
        .await;
    let there = json!({ "userId": "ada", "overrideData": { "email": "other@example.com" } });
    for body in [
        there,
        json!({ "userId": "ada" }),
        json!({ "userId": "eve" }),
    ] {
        assert_eq!(account.post(PATH, body).await.0, 200);
    }
    let to = ["other@example.com", "ada@example.com", "a1b2"];
    assert_eq!(account.recipients(), to.map(|to| Some(to.to_owned())));
}

#[tokio::test]
async fn a_user_without_an_address_is_412() {
    for (channel, key, name) in [
        (WebEngageChannel::Email, "email", "e-mail"),
        (WebEngageChannel::Sms, "phone", "SMS"),
        (WebEngageChannel::Whatsapp, "phone", "WhatsApp"),
    ] {
        let account = Account::with_campaign(channel, json!({ "whatsappOptIn": true })).await;
        let message = format!(
            "the user can't be reached by {name}: neither `overrideData` nor the profile has `{key}`"
        );
        assert_eq!(
            account.post(PATH, json!({ "userId": "ada" })).await,
            refused(412, &message)
        );
        assert!(account.handle().messages().is_empty());
        let body = json!({ "userId": "ada", "overrideData": { key: "+15555550101" } });
        assert_eq!(account.post(PATH, body).await.0, 200);
        assert_eq!(account.recipients(), [Some("+15555550101".to_owned())]);
    }
}

#[tokio::test]
async fn a_user_who_opted_out_is_412_whatever_the_address() {
    let body = json!({ "userId": "ada", "overrideData": { "email": "a@example.com", "phone": "+15555550101" } });
    for (channel, user, name) in [
        (
            WebEngageChannel::Email,
            json!({ "emailOptIn": false }),
            "e-mail",
        ),
        (WebEngageChannel::Sms, json!({ "smsOptIn": false }), "SMS"),
        (WebEngageChannel::Whatsapp, json!({}), "WhatsApp"),
    ] {
        let account = Account::with_campaign(channel, user).await;
        assert_eq!(
            account.post(PATH, body.clone()).await,
            refused(412, &format!("the user has not opted in to {name}"))
        );
    }
}

#[tokio::test]
async fn a_repeat_within_the_window_gets_the_same_response_and_is_not_sent() {
    let account = Account::with_campaign(WebEngageChannel::Push, json!({})).await;
    let body = json!({ "userId": "ada", "dedupe": { "ttl": 600 }, "overrideData": { "context": { "token": { "n": 1 } } } });
    let first = account.post(PATH, body.clone()).await;
    assert_eq!(first.0, 200);
    assert_eq!(account.post(PATH, body.clone()).await, first);
    assert_eq!(account.handle().messages().len(), 1);
    let mut other = body.clone();
    other["overrideData"]["context"]["token"]["n"] = json!(2);
    assert_ne!(account.post(PATH, other).await, first);
    let mut plain = body;
    plain.as_object_mut().expect("an object").remove("dedupe");
    assert_ne!(account.post(PATH, plain).await, first);
    assert_eq!(account.handle().messages().len(), 3);
    for ttl in [4, 1801] {
        let body = json!({ "userId": "ada", "dedupe": { "ttl": ttl } });
        assert_eq!(account.post(PATH, body).await.0, 400);
    }
}

#[tokio::test]
async fn a_repeated_transaction_id_does_not_prevent_sending() {
    let account = Account::with_campaign(WebEngageChannel::Push, json!({})).await;
    for _ in 0..2 {
        assert_eq!(
            account
                .post(PATH, json!({ "userId": "ada", "txnId": "t-1" }))
                .await
                .0,
            200
        );
    }
    assert_eq!(account.handle().messages().len(), 2);
}
