//! The README contains the exact text of errors.

use engagement_sandbox::{EngageOne, Sandbox};
use engageone_client::types::TransactionalCampaignRequest;
use engageone_client::{Api, Client, ClientBuilder, Error, Method};
use serde_json::json;

fn is_documented(error: &Error) {
    let printed = error.to_string();
    let found = include_str!("../README.md").contains(&format!("{printed}`"))
        || include_str!("../README.md").contains(&format!("{printed} ``"));
    assert!(found, "the README doesn't have: {printed}");
}

fn with_urls(sandbox: &Sandbox, builder: ClientBuilder) -> Client {
    let one = sandbox.engageone();
    let users = one.server_url("users").unwrap();
    builder
        .base_url(one.base_url())
        .server_url("users", users)
        .build()
        .unwrap()
}

fn credentials(secret: &str) -> ClientBuilder {
    Client::builder(EngageOne::CUSTOMER_ID, EngageOne::CLIENT_ID, secret)
}

fn request() -> TransactionalCampaignRequest {
    let records = [json!({"email": "ada@example.com"})];
    TransactionalCampaignRequest::new("Welcome", records, "email", "orders@example.com", "Hello")
}

#[tokio::test]
async fn printed_errors_are_in_the_readme() {
    let sandbox = Sandbox::start().await.unwrap();
    let one = sandbox.engageone();
    let client = with_urls(&sandbox, credentials(EngageOne::SECRET));
    let list = async |client: &Client| client.data_sources().list().send().await.unwrap_err();
    let send = async |campaign: &str| {
        let call = client
            .campaigns()
            .send_transactional_v2(campaign, request());
        call.send().await.unwrap_err()
    };

    is_documented(&list(&with_urls(&sandbox, credentials("wrong secret"))).await);
    is_documented(
        &list(&with_urls(
            &sandbox,
            Client::builder_with_token(EngageOne::CUSTOMER_ID, "a.b.c"),
        ))
        .await,
    );
    is_documented(&list(&client.for_customer("another").unwrap()).await);
    is_documented(
        &list(
            &credentials(EngageOne::SECRET)
                .base_url(one.base_url())
                .build()
                .unwrap(),
        )
        .await,
    );
    if std::env::var_os("ENGAGEONE_CUSTOMER_ID").is_none()
        && std::env::var_os("ENGAGEONE_CLIENT_ID").is_none()
        && std::env::var_os("ENGAGEONE_SECRET").is_none()
        && std::env::var_os("ENGAGEONE_TOKEN").is_none()
    {
        is_documented(&Client::from_env().unwrap_err());
    }
    let real = credentials(EngageOne::SECRET).build().unwrap();
    is_documented(
        &real
            .request_to(Api::Archiving, Method::GET, "/x")
            .send()
            .await
            .unwrap_err(),
    );
    is_documented(
        &credentials(EngageOne::SECRET)
            .region("eu-west-1")
            .build()
            .unwrap_err(),
    );

    is_documented(&send("").await);
    one.verify_sender("Orders@example.com");
    is_documented(&send("Orders").await);
    one.add_communication("Order confirmation");
    is_documented(&send("Orders").await);

    // A new client: the other one may have an open connection.
    let (url, users) = (one.base_url(), one.server_url("users").unwrap());
    sandbox.stop().await;
    let client = credentials(EngageOne::SECRET)
        .base_url(url)
        .server_url("users", users)
        .build()
        .unwrap();
    is_documented(&list(&client).await);
}
