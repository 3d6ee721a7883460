//! Customers and companies, and the hosts of calls.

mod support;

use engageone_client::{
    BuilderExt as _, Client, ErrorKind, PROVIDER, Region, company_header, regional_url,
};
use support::*;

#[tokio::test]
async fn the_company_is_sent_unchanged() {
    let service = Service::start().await;
    let default = service.client();
    default.data_sources().list().send().await.unwrap();
    for customer in [
        "another",
        "EOCM-upper-Case",
        "with inner  spaces",
        "a/b:c;d=e,\"f\"",
        &company_header("Acme Bank of Æ").replace('Æ', "AE"),
    ] {
        for client in [
            service.builder().customer(customer).build().unwrap(),
            default.for_customer(customer).unwrap(),
        ] {
            service.server.take_requests();
            client.data_sources().list().send().await.unwrap();
            let requests = service.server.requests();
            assert!(requests[0].body.contains(r#""customer_id":"sa11bB""#));
            let line = format!("\r\npb-customer-id: {customer}\r\n");
            assert!(requests[1].head.contains(&line), "{}", requests[1].head);
        }
    }
    service.server.take_requests();
    default.data_sources().list().send().await.unwrap();
    let requests = service.server.requests();
    assert_eq!(requests.len(), 1);
    assert!(requests[0].head.contains("\r\npb-customer-id: sa11bB\r\n"));
}

#[test]
fn a_company_is_named_as_documented() {
    assert_eq!(company_header("Acme Bank"), "eocm-Acme-Bank");
    assert_eq!(company_header("ACME  bank & Co"), "eocm-ACME--bank-&-Co");
}

#[test]
fn companies_that_are_invalid_in_a_header_are_refused() {
    let client = Client::builder("c", "i", "s").build().unwrap();
    for customer in ["", " ", "a\nb", "Äcme"] {
        let built = Client::builder("c", "i", "s").customer(customer).build();
        for error in [
            built.unwrap_err(),
            client.for_customer(customer).unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(error.to_string().contains("`customer id`"), "{error}");
        }
    }
}

#[tokio::test]
async fn calls_use_the_hosts_of_the_region() {
    let builder = || Client::builder("c", "i", "s");
    let known = PROVIDER.servers[0].url;
    assert_eq!(builder().build().unwrap().base_url(), known);
    assert_eq!(
        builder()
            .region(Region::UsEast1)
            .build()
            .unwrap()
            .base_url(),
        known
    );
    let regional = builder().in_region("eu-west-1").build().unwrap();
    assert_eq!(regional.base_url(), regional_url("eu-west-1"));
    let error = regional
        .videos()
        .get_url("p", "c")
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
    let error = builder().region("eu-west-1").build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "engageone client: invalid configuration: there is no such region: the regions are `us-east-1`"
    );
}

#[tokio::test]
async fn another_region_keeps_the_login_host() {
    let service = Service::start().await;
    // The login uses the test server too.
    let builder = Client::builder(CUSTOMER_ID, CLIENT_ID, SECRET).in_region("eu-west-1");
    let client = builder
        .base_url(&service.server.url)
        .server_url("users", &service.server.url)
        .build()
        .unwrap();
    client.data_sources().list().send().await.unwrap();
    assert_eq!(service.logins(), 1);
}

#[tokio::test]
async fn with_a_changed_base_url_no_login_is_sent_to_the_real_host() {
    let service = Service::start().await;
    let builder = Client::builder(CUSTOMER_ID, CLIENT_ID, SECRET);
    let client = builder.base_url(&service.server.url).build().unwrap();
    let error = client.data_sources().list().send().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "engageone data_sources_list: login failed: invalid configuration: the base URL is set, but this operation uses the server `users`: also set .server_url(\"users\", …) or ENGAGEONE_USERS_URL"
    );
    assert!(!error.was_sent());
    assert_eq!(service.server.requests().len(), 0);
}
