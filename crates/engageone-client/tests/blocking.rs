//! The client that waits for its answers, against the sandbox.

use engagement_sandbox::{EngageOne, Sandbox};
use engageone_client::blocking::Client;
use engageone_client::data_sources::DataSources;
use engageone_client::types::TransactionalCampaignRequest;
use engageone_client::{Api, BuilderExt as _, ErrorKind, Method, StatusCode};
use serde_json::json;

fn start() -> (Sandbox, Client) {
    let sandbox = Sandbox::builder()
        .without_rate_limits()
        .start_on_thread()
        .unwrap();
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

#[test]
fn a_campaign_is_sent_and_data_is_read() {
    let (sandbox, client) = start();
    let body = TransactionalCampaignRequest::new(
        "Order confirmation",
        [json!({"email": "ada@example.com"})],
        "email",
        "orders@example.com",
        "Your order",
    );
    let call = client.campaigns().send_transactional_v2("Orders", body);
    call.send().unwrap();
    assert_eq!(sandbox.engageone().sends().len(), 1);
    let answer = client.data_sources().list().send().unwrap();
    let awaited = client.as_async().data_sources().list().send();
    assert_eq!(answer, client.block_on(awaited).unwrap());
    let source = &DataSources::read(&answer)[0];
    let get = client.data_sources().get(&source.id);
    assert_eq!(get.response().unwrap().status(), StatusCode::OK);
    let error = client.data_sources().get("none").send();
    assert!(error.unwrap_err().is_not_found());
    assert_eq!(sandbox.engageone().logins(), 1);
}

#[test]
fn tokens_are_renewed_and_forgotten() {
    let (sandbox, client) = start();
    let one = sandbox.engageone();
    let list = || {
        let response = client.data_sources().list().response();
        response.unwrap().attempts()
    };
    assert_eq!(list(), 1);
    one.expire_tokens();
    assert_eq!((list(), one.logins()), (2, 2));
    client.forget_token();
    assert_eq!((list(), one.logins()), (1, 3));
    let stranger = client.for_customer("another").unwrap();
    assert!(
        stranger
            .data_sources()
            .list()
            .send()
            .unwrap_err()
            .is_forbidden()
    );
    assert!(client.for_customer("").is_err());
    let token = Client::builder_with_token("c", "t")
        .customer("d")
        .in_region("eu-west-1");
    assert_eq!(
        token.build().unwrap().base_url(),
        "https://api.eu-west-1.communicate.engageone.co"
    );
}

#[test]
fn raw_requests_and_settings_are_there() {
    let (sandbox, client) = start();
    let raw = client.request_to(Api::Private, Method::GET, "/data").send();
    assert_eq!(raw.unwrap().status(), StatusCode::OK);
    let raw = client.request(Method::GET, "/data").send().unwrap();
    assert_eq!((raw.attempts(), sandbox.engageone().logins()), (1, 1));
    let small = client.with(|call| call.max_body_bytes(1));
    let error = small.data_sources().list().send().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
}

#[test]
fn many_threads_log_in_once() {
    let (sandbox, client) = start();
    let start = std::sync::Barrier::new(64);
    std::thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| {
                start.wait();
                client.data_sources().list().send().unwrap();
            });
        }
    });
    assert_eq!(
        (sandbox.request_count(), sandbox.engageone().logins()),
        (65, 1)
    );
}

#[tokio::test]
async fn in_an_async_function_calls_and_drops_do_not_panic() {
    let (sandbox, client) = start();
    let raw = client.request(Method::GET, "/data").send().unwrap();
    assert_eq!(raw.status(), StatusCode::OK);
    let clone = client.clone();
    drop(client);
    clone.request(Method::GET, "/data").send().unwrap();
    drop(clone);
    assert_eq!(sandbox.request_count(), 3);
}
