//! The client that blocks until its responses are there, against the sandbox.

use engagebay_client::blocking::Client;
use engagebay_client::types::{Contact, Property};
use engagebay_client::{ErrorKind, Method, RetryPolicy, StatusCode};
use engagement_sandbox::{EngageBay, Sandbox};

fn start() -> (Sandbox, Client) {
    let sandbox = Sandbox::builder()
        .without_rate_limits()
        .start_on_thread()
        .unwrap();
    let url = sandbox.engagebay().base_url();
    let client = Client::builder(EngageBay::API_KEY).base_url(url).build();
    (sandbox, client.unwrap())
}

fn create(client: &Client, at: usize) -> Contact {
    let name = [Property::first_name(format!("Ada {at}"))];
    let done = client
        .contacts()
        .upsert(format!("ada{at}@example.com"), name)
        .send();
    let done = done.unwrap();
    assert!(done.is_new());
    done.into_contact()
}

#[test]
fn a_contact_is_made_read_changed_and_missed() {
    let (sandbox, client) = start();
    let ada = create(&client, 0);
    let found = client.contacts().get(ada.id).response().unwrap();
    assert_eq!((found.value().id, found.status()), (ada.id, StatusCode::OK));
    let again = client
        .contacts()
        .upsert("ada0@example.com", [Property::role("Analyst")])
        .send()
        .unwrap();
    assert!(!again.is_new());
    let error = client.contacts().get(1).send().unwrap_err();
    assert!(error.is_not_found(), "{error}");
    let refused = client.contacts().get_by_email("..").send().unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidRequest);
    assert_eq!(sandbox.request_count(), 6);
}

#[test]
fn lists_are_walked_as_async_ones_are() {
    let (sandbox, client) = start();
    for at in 0..5 {
        create(&client, at);
    }
    sandbox.clear_requests();
    let list = client.contacts().list().page_size(2);
    let mut walk = list.clone().iter();
    assert_eq!(sandbox.request_count(), 0);
    let first = walk.next().unwrap().unwrap();
    assert_eq!(sandbox.request_count(), 1);
    let mut ids = vec![first.id];
    ids.extend(walk.map(|contact| contact.unwrap().id));
    let requests = sandbox.request_count();
    let sizes: Vec<_> = list.pages().map(|page| page.unwrap().len()).collect();
    assert_eq!((sizes.iter().sum::<usize>(), ids.len()), (5, 5));
    assert_eq!(sandbox.request_count(), 2 * requests);

    let list = client.as_async().contacts().list().page_size(2);
    let awaited: Vec<_> = client.block_on(list.stream().try_collect()).unwrap();
    let awaited: Vec<_> = awaited.iter().map(|contact| contact.id).collect();
    assert_eq!((awaited, sandbox.request_count()), (ids, 3 * requests));
}

#[test]
fn raw_requests_and_settings_are_there() {
    let (_sandbox, client) = start();
    let raw = client.request(Method::GET, "/dev/api/panel/{what}");
    let raw = raw.path("what", "tags").send().unwrap();
    assert!(raw.json::<serde_json::Value>().unwrap().is_array());
    let small = client.with(|call| call.max_body_bytes(1).retry(RetryPolicy::none()));
    let error = small.profile().get().send().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BodyTooLarge);
    client.profile().get().send().unwrap();
}

#[test]
fn a_builder_has_the_same_settings_and_checks() {
    let error = Client::builder("key").base_url("nowhere").build();
    let awaited = engagebay_client::Client::builder("key").base_url("nowhere");
    assert_eq!(
        error.unwrap_err().to_string(),
        awaited.build().unwrap_err().to_string()
    );
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
        .request(Method::GET, "/dev/api/panel/tags")
        .send()
        .unwrap();
    assert_eq!(raw.status(), StatusCode::OK);
    let clone = client.clone();
    drop(client);
    clone
        .request(Method::GET, "/dev/api/panel/tags")
        .send()
        .unwrap();
    drop(clone);
    assert_eq!(sandbox.request_count(), 2);
}
