//! The client that blocks, against the sandbox.

use engagement_sandbox::{Engagespot, Sandbox};
use engagespot_client::blocking::Client;
use engagespot_client::types::{NewUser, SendNotification};
use engagespot_client::{ErrorKind, Method, StatusCode};

/// A backend's client and that of its one user, Ada.
fn start() -> (Sandbox, Client) {
    let sandbox = Sandbox::builder()
        .without_rate_limits()
        .start_on_thread()
        .unwrap();
    let url = sandbox.engagespot().base_url();
    let builder = Client::builder(Engagespot::API_KEY, Engagespot::API_SECRET);
    let client = builder.base_url(url).build().unwrap();
    client.users().create(NewUser::new("ada")).send().unwrap();
    sandbox.clear_requests();
    (sandbox, client)
}

fn notify(client: &Client, title: String) {
    let send = SendNotification::new(title).send_to("ada");
    client.notifications().send(send).send().unwrap();
}

#[test]
fn an_inbox_is_walked_as_by_an_async_client() {
    let (sandbox, client) = start();
    for at in 0..23 {
        notify(&client, format!("n{at}"));
    }
    let ada = client.as_user("ada").unwrap();
    // Derived ones go on by themselves.
    drop(client);
    sandbox.clear_requests();
    let inbox = ada.notifications();
    let walked: Vec<_> = inbox.list().limit(10).iter().map(Result::unwrap).collect();
    assert_eq!((walked.len(), sandbox.request_count()), (23, 3));
    let list = ada.as_async().notifications().list().limit(10);
    let awaited: Vec<_> = ada.block_on(list.stream().try_collect()).unwrap();
    assert_eq!(walked, awaited);
    assert_eq!(inbox.list().limit(10).pages().count(), 3);
    let one = inbox.get(walked[0].id).response().unwrap();
    assert_eq!(
        (one.value().id, one.status()),
        (walked[0].id, StatusCode::OK)
    );
}

#[test]
fn who_may_call_what_is_the_same() {
    let (sandbox, client) = start();
    let ada = client.as_user("ada").unwrap();
    let error = ada.users().delete("ada").send().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingCredentials);
    let error = client.profile().get().send().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingCredentials);
    assert_eq!(sandbox.request_count(), 0);
    ada.profile().get().send().unwrap();
    let signed = client.as_user_with_signature("ada", "s").unwrap();
    signed.profile().get().send().unwrap();
    let signature = sandbox.requests()[1]
        .header("x-engagespot-user-signature")
        .map(str::to_owned);
    assert_eq!(signature.as_deref(), Some("s"));
    let unsigned = client.as_user_with_token("no-token").unwrap();
    assert!(
        unsigned
            .profile()
            .get()
            .send()
            .unwrap_err()
            .is_unauthorized()
    );
    assert!(client.as_user("").is_err());
}

#[test]
fn raw_requests_and_settings_are_there() {
    let (_sandbox, client) = start();
    let raw = client.request(Method::GET, "/v3/notifications");
    let answer = raw.query("userIdentifier", "ada").send().unwrap();
    assert!(answer.json::<serde_json::Value>().unwrap().is_object());
    let ada = client.as_user("ada").unwrap();
    let small = ada.with(|call| call.max_body_bytes(1));
    let error = small.profile().get().send().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
}

#[test]
fn sixty_four_threads_call_at_once() {
    let (sandbox, client) = start();
    let ada = client.as_user("ada").unwrap();
    sandbox.clear_requests();
    std::thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| {
                let clone = ada.clone();
                for _ in 0..2 {
                    clone.profile().get().send().unwrap();
                }
            });
        }
    });
    assert_eq!(sandbox.request_count(), 128);
}

#[tokio::test]
async fn in_an_async_function_calls_and_drops_do_not_panic() {
    let (sandbox, client) = start();
    let raw = client
        .request(Method::GET, "/v3/notifications")
        .query("userIdentifier", "ada")
        .send()
        .unwrap();
    assert_eq!(raw.status(), StatusCode::OK);
    let clone = client.clone();
    drop(client);
    clone
        .request(Method::GET, "/v3/notifications")
        .query("userIdentifier", "ada")
        .send()
        .unwrap();
    drop(clone);
    assert_eq!(sandbox.request_count(), 2);
}
