//! The README contains the exact text of errors.

use engage_client::types::NewUser;
use engage_client::{Client, Error};
use engagement_sandbox::{Engage, Sandbox};

fn is_documented(error: &Error) {
    let printed = error.to_string();
    let found = include_str!("../README.md").contains(&format!("{printed}`"))
        || include_str!("../README.md").contains(&format!("{printed} ``"));
    assert!(found, "the README doesn't have: {printed}");
}

#[tokio::test]
async fn printed_errors_are_in_the_readme() {
    let sandbox = Sandbox::start().await.unwrap();
    let url = sandbox.engage().base_url();
    let client = Client::builder(Engage::API_KEY, Engage::API_SECRET)
        .base_url(&url)
        .build()
        .unwrap();

    let stranger = Client::builder("wrong", "wrong")
        .base_url(&url)
        .build()
        .unwrap();
    is_documented(&stranger.users().list().send().await.unwrap_err());
    let public = Client::builder_with_key(Engage::API_KEY)
        .base_url(&url)
        .build()
        .unwrap();
    is_documented(&public.users().list().send().await.unwrap_err());
    if std::env::var_os("ENGAGE_API_KEY").is_none() {
        is_documented(&Client::from_env().unwrap_err());
    }
    is_documented(&client.users().get("u13").send().await.unwrap_err());
    is_documented(&client.users().get("").send().await.unwrap_err());
    is_documented(&client.ingest().list_form("l1").send().await.unwrap_err());

    client
        .users()
        .create(NewUser::new("u13"))
        .send()
        .await
        .unwrap();
    is_documented(
        &client
            .users()
            .create(NewUser::new("u13"))
            .send()
            .await
            .unwrap_err(),
    );

    // A new client: the other one may have an open connection.
    sandbox.stop().await;
    let client = Client::builder(Engage::API_KEY, Engage::API_SECRET)
        .base_url(&url)
        .build()
        .unwrap();
    is_documented(&client.users().list().send().await.unwrap_err());
}
