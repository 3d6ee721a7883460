//! Logins, sends, data and videos, against the sandbox.

use std::time::Duration;

use engagement_sandbox::{EngageOne, Sandbox};
use engageone_client::data_sources::DataSources;
use engageone_client::types::{ClientCredentials, TransactionalCampaignRequest};
use engageone_client::{Api, Client, Method, SendReceipt, personalised_video_url};
use serde_json::{Value, json};

async fn start() -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let one = sandbox.engageone();
    let builder = Client::builder(
        EngageOne::CUSTOMER_ID,
        EngageOne::CLIENT_ID,
        EngageOne::SECRET,
    );
    let builder = Api::ALL.iter().fold(builder, |builder, api| {
        builder.server_url(api.server(), one.server_url(api.server()).unwrap())
    });
    let client = builder.build().unwrap();
    (sandbox, client)
}

fn request(path: &str) -> TransactionalCampaignRequest {
    let orders = [
        json!({"email": "ada@example.com", "n": 1}),
        json!({"email": "grace@example.com"}),
    ];
    TransactionalCampaignRequest::new(
        "Order confirmation",
        orders,
        path,
        "orders@example.com",
        "Your order",
    )
}

#[tokio::test]
async fn campaigns_are_sent_with_both_operations() {
    let (sandbox, client) = start().await;
    let campaigns = client.campaigns();
    let name = "Orders / März?";
    let body = request("email")
        .project("Web shop")
        .extra("attachments", json!(["terms.pdf"]));
    let newer = campaigns
        .send_transactional_v2(name, body)
        .send()
        .await
        .unwrap();
    let older = campaigns
        .send_transactional_v1(name, request("$[*].email"))
        .send()
        .await
        .unwrap();
    assert!(SendReceipt::read(older).send_id().is_none());

    let sends = sandbox.engageone().sends();
    assert_eq!(newer.unwrap().send_id.as_str(), sends[0].id);
    assert_eq!((sends[0].version, sends[1].version), (2, 1));
    for send in &sends {
        assert_eq!(send.campaign, name);
        assert_eq!(send.recipients, ["ada@example.com", "grace@example.com"]);
    }
    assert_eq!(
        sends[0].body,
        json!({
            "communication": "Order confirmation",
            "dataset": [{"email": "ada@example.com", "n": 1}, {"email": "grace@example.com"}],
            "email_json_path": "email",
            "project": "Web shop",
            "sender": "orders@example.com",
            "subject": "Your order",
            "attachments": ["terms.pdf"],
        })
    );
    assert_eq!(sandbox.engageone().logins(), 1);
}

#[tokio::test]
async fn videos_of_records_are_found() {
    let (sandbox, client) = start().await;
    let records = vec![
        json!({"uuid": "u-1", "NAME": "Ada"}),
        json!({"NAME": "Grace"}),
    ];
    sandbox
        .engageone()
        .add_data_source("source/9", "Guests", records);
    let sources_json = client.data_sources().list().send().await.unwrap();
    let sources = DataSources::read(&sources_json);
    let guests = sources
        .iter()
        .find(|source| source.name.as_deref() == Some("Guests"))
        .unwrap();
    let records = client.data_sources().get(&guests.id).send().await.unwrap();
    let names: Vec<&Value> = records
        .data
        .iter()
        .map(|record| &record.extra["NAME"])
        .collect();
    assert_eq!(names, ["Ada", "Grace"]);

    let video = client
        .videos()
        .get_url("Web shop", "Welcome")
        .send()
        .await
        .unwrap();
    let uuid = records.data[0].uuid.as_ref().unwrap();
    let url = personalised_video_url(&video.video_url, uuid);
    assert_eq!(url, "https://video.example.com/Web%20shop/Welcome/u-1");
}

#[tokio::test]
async fn tokens_are_renewed() {
    let (sandbox, client) = start().await;
    let one = sandbox.engageone();
    let list = || client.data_sources().list().response();
    list().await.unwrap();
    list().await.unwrap();
    assert_eq!(one.logins(), 1);
    one.expire_tokens();
    assert_eq!(list().await.unwrap().attempts(), 2);
    assert_eq!(one.logins(), 2);
    one.expire_tokens();
    let raw = client.request_to(Api::Private, Method::GET, "/data");
    assert_eq!(raw.send().await.unwrap().attempts(), 2);

    // Tokens that expire immediately are used for one attempt.
    one.set_token_lifetime(Duration::ZERO);
    client.forget_token();
    assert!(list().await.unwrap_err().is_unauthorized());
}

#[tokio::test]
async fn a_token_can_be_used_by_another_client() {
    let (sandbox, client) = start().await;
    let credentials = ClientCredentials::new(
        EngageOne::CLIENT_ID,
        EngageOne::SECRET,
        EngageOne::CUSTOMER_ID,
    );
    let token = client.auth().login(credentials).send().await.unwrap();
    let other = Client::builder_with_token(EngageOne::CUSTOMER_ID, token)
        .base_url(sandbox.engageone().base_url())
        .build()
        .unwrap();
    other.data_sources().list().send().await.unwrap();
    assert_eq!(sandbox.engageone().logins(), 1);
    // A token belongs to one customer.
    let stranger = other.for_customer("another").unwrap();
    assert!(
        stranger
            .data_sources()
            .list()
            .send()
            .await
            .unwrap_err()
            .is_forbidden()
    );
}
