//! The README contains the exact text of errors.

use engagebay_client::types::{NewContact, Property};
use engagebay_client::{Client, Error};
use engagement_sandbox::{EngageBay, Sandbox};

fn is_documented(error: &Error) {
    let printed = error.to_string();
    let found = include_str!("../README.md").contains(&format!("{printed}`"))
        || include_str!("../README.md").contains(&format!("{printed} ``"));
    assert!(found, "the README doesn't have: {printed}");
}

#[tokio::test]
async fn printed_errors_are_in_the_readme() {
    let sandbox = Sandbox::start().await.unwrap();
    let url = sandbox.engagebay().base_url();
    let client = Client::builder(EngageBay::API_KEY)
        .base_url(&url)
        .build()
        .unwrap();
    let contacts = client.contacts();

    let stranger = Client::builder("wrong").base_url(&url).build().unwrap();
    is_documented(&stranger.contacts().list().send().await.unwrap_err());
    if std::env::var_os("ENGAGEBAY_API_KEY").is_none() {
        is_documented(&Client::from_env().unwrap_err());
    }
    is_documented(&contacts.get(7).send().await.unwrap_err());
    is_documented(
        &contacts
            .get_by_email("nobody@example.com")
            .send()
            .await
            .unwrap_err(),
    );
    is_documented(&contacts.get_by_email("..").send().await.unwrap_err());
    is_documented(
        &contacts
            .create(NewContact::new().score(1))
            .send()
            .await
            .unwrap_err(),
    );

    let ada = || {
        NewContact::new().properties([
            Property::first_name("Ada"),
            Property::email("ada@example.com"),
        ])
    };
    contacts.create(ada()).send().await.unwrap();
    is_documented(&contacts.create(ada()).send().await.unwrap_err());

    is_documented(
        &Client::builder("key")
            .base_url("http://example.com")
            .build()
            .unwrap_err(),
    );
    // A new client: the other one may have an open connection.
    sandbox.stop().await;
    let client = Client::builder(EngageBay::API_KEY)
        .base_url(&url)
        .build()
        .unwrap();
    is_documented(&client.contacts().list().send().await.unwrap_err());
}
