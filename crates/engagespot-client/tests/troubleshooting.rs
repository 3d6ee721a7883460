//! The README contains the exact text of errors.

use engagement_sandbox::{Engagespot, Sandbox};
use engagespot_client::types::{
    NewTopic, NotificationContent, ProfileAttributes, SendNotification,
};
use engagespot_client::{Client, TokenSigner};

const PUBLIC: &str = include_str!("keys/test-only-public.pem");

fn is_documented(error: &dyn std::error::Error) {
    let printed = error.to_string();
    let found = include_str!("../README.md").contains(&format!("{printed}`"))
        || include_str!("../README.md").contains(&format!("{printed} ``"));
    assert!(found, "the README doesn't have: {printed}");
}

#[tokio::test]
async fn printed_errors_are_in_the_readme() {
    let sandbox = Sandbox::start().await.unwrap();
    let url = sandbox.engagespot().base_url();
    let client = Client::builder(Engagespot::API_KEY, Engagespot::API_SECRET)
        .base_url(&url)
        .build()
        .unwrap();
    let hello = || SendNotification::new("Hello").send_to("ada");

    if !std::env::vars_os().any(|(name, _)| name.to_string_lossy().starts_with("ENGAGESPOT_")) {
        is_documented(&Client::from_env().unwrap_err());
        is_documented(&TokenSigner::from_env().unwrap_err());
    }
    let ada = client.as_user("ada").unwrap();
    is_documented(&ada.notifications().send(hello()).send().await.unwrap_err());
    is_documented(&client.as_user("zoë").unwrap_err());
    is_documented(&TokenSigner::from_rsa_pem("key", PUBLIC).unwrap_err());

    let stranger = Client::builder("wrong", "wrong")
        .base_url(&url)
        .build()
        .unwrap();
    is_documented(
        &stranger
            .notifications()
            .send(hello())
            .send()
            .await
            .unwrap_err(),
    );
    sandbox.engagespot().enable_secure_mode(PUBLIC).unwrap();
    is_documented(&ada.notifications().list().send().await.unwrap_err());

    let empty = SendNotification::new(NotificationContent::new()).send_to("ada");
    is_documented(&client.notifications().send(empty).send().await.unwrap_err());
    let named = ProfileAttributes::new().extra("identifier", "ada");
    let users = client.users();
    is_documented(
        &users
            .create_or_update("ada")
            .body(named)
            .send()
            .await
            .unwrap_err(),
    );
    is_documented(&users.delete("ada").send().await.unwrap_err());
    is_documented(&users.delete("..").send().await.unwrap_err());
    is_documented(&client.notifications().list().send().await.unwrap_err());
    let topics = client.topics();
    topics.create(NewTopic::named("News")).send().await.unwrap();
    is_documented(
        &topics
            .create(NewTopic::named("News"))
            .send()
            .await
            .unwrap_err(),
    );

    // A new client: the other one may have an open connection.
    sandbox.stop().await;
    let client = Client::builder("key", "secret")
        .base_url(&url)
        .build()
        .unwrap();
    is_documented(
        &client
            .notifications()
            .send(hello())
            .send()
            .await
            .unwrap_err(),
    );
}
