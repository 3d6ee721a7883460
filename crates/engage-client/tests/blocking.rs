//! The client that blocks, against the sandbox.

use engage_client::blocking::Client;
use engage_client::types::NewUser;
use engage_client::{ErrorKind, Method, StatusCode};
use engagement_sandbox::{Engage, Sandbox};

fn start() -> (Sandbox, Client) {
    let sandbox = Sandbox::builder()
        .without_rate_limits()
        .start_on_thread()
        .unwrap();
    let url = sandbox.engage().base_url();
    let builder = Client::builder(Engage::API_KEY, Engage::API_SECRET);
    (sandbox, builder.base_url(url).build().unwrap())
}

fn create(client: &Client, uid: &str) {
    let user = NewUser::new(uid).first_name("Ada");
    client.users().create(user).send().unwrap();
}

#[test]
fn a_user_is_made_read_and_missed() {
    let (sandbox, client) = start();
    create(&client, "u1");
    let found = client.users().get("u1").response().unwrap();
    assert_eq!(
        (found.value().uid.clone(), found.status()),
        (Some("u1".into()), StatusCode::OK)
    );
    let error = client.users().get("nobody").send().unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(sandbox.request_count(), 3);
    let url = sandbox.engage().base_url();
    let keyed = Client::builder_with_key(Engage::API_KEY).base_url(url);
    let error = keyed.build().unwrap().users().delete("u1").send();
    assert_eq!(error.unwrap_err().kind(), ErrorKind::MissingCredentials);
}

#[test]
fn lists_are_walked_as_async_ones_are() {
    let (sandbox, client) = start();
    for at in 0..23 {
        create(&client, &format!("u{at}"));
    }
    sandbox.clear_requests();
    let walked: Vec<_> = client.users().list().iter().map(Result::unwrap).collect();
    assert_eq!((walked.len(), sandbox.request_count()), (23, 3));
    let users = client.as_async().users();
    let awaited: Vec<_> = client
        .block_on(users.list().stream().try_collect())
        .unwrap();
    assert_eq!(walked, awaited);
    assert_eq!(client.users().list().pages().count(), 3);
    let backwards = client.users().list().previous_cursor("x");
    let error = backwards.iter().next().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
}

#[test]
fn raw_requests_and_settings_are_there() {
    let (_sandbox, client) = start();
    let answer = client.request(Method::GET, "/users").query("limit", 1);
    let answer: serde_json::Value = answer.send().unwrap().json().unwrap();
    assert!(answer["data"].is_array(), "{answer}");
    let small = client.with(|call| call.max_body_bytes(1));
    let error = small.users().list().send().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
    client.users().list().send().unwrap();
}

#[test]
fn sixty_four_threads_call_at_once() {
    let (sandbox, client) = start();
    sandbox.clear_requests();
    std::thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| {
                let clone = client.clone();
                for _ in 0..2 {
                    clone.users().list().send().unwrap();
                }
            });
        }
    });
    assert_eq!(sandbox.request_count(), 128);
}

#[tokio::test]
async fn in_an_async_function_calls_and_drops_do_not_panic() {
    let (sandbox, client) = start();
    let raw = client.request(Method::GET, "/users").send().unwrap();
    assert_eq!(raw.status(), StatusCode::OK);
    let clone = client.clone();
    drop(client);
    clone.request(Method::GET, "/users").send().unwrap();
    drop(clone);
    assert_eq!(sandbox.request_count(), 2);
}
