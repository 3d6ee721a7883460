//! Calls, futures and streams own what they need: typical code with tokio and axum compiles and runs, with async and with
//! blocking clients.

use axum::body::{Body, Bytes};
use engagement_clients::engage::types::{NewUser, User};
use engagement_clients::engagebay::types::{Contact, NewContact, Property};
use engagement_clients::{Error, Items, RetryPolicy, Stream, engage, engagebay, engagespot};
use engagement_sandbox::{Engage, EngageBay, Engagespot, Sandbox};
use futures_util::{StreamExt as _, TryStreamExt as _};
use tokio::task::JoinSet;

fn engagebay_client(sandbox: &Sandbox) -> engagebay::Client {
    engagebay::Client::builder(EngageBay::API_KEY)
        .base_url(sandbox.engagebay().base_url())
        .build()
        .unwrap()
}

fn engage_client(sandbox: &Sandbox) -> engage::Client {
    engage::Client::builder(Engage::API_KEY, Engage::API_SECRET)
        .base_url(sandbox.engage().base_url())
        .build()
        .unwrap()
}

fn engagespot_backend(sandbox: &Sandbox) -> engagespot::Client {
    engagespot::Client::builder(Engagespot::API_KEY, Engagespot::API_SECRET)
        .base_url(sandbox.engagespot().base_url())
        .build()
        .unwrap()
}

fn contact(number: usize) -> NewContact {
    NewContact::new().properties([
        Property::first_name("Ada"),
        Property::email(format!("ada{number}@example.com")),
    ])
}

/// A function that returns a stream, and drops the client.
fn all_contacts(client: engagebay::Client) -> impl Stream<Item = Result<Contact, Error>> {
    client.contacts().list().page_size(2).stream()
}

fn to_json_line(user: User) -> Bytes {
    let mut line = serde_json::to_vec(&user).unwrap();
    line.push(b'\n');
    line.into()
}

fn is_owned<T: Send + 'static>(value: T) -> T {
    value
}

#[tokio::test(flavor = "multi_thread")]
async fn with_an_async_client() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = engagebay_client(&sandbox);

    // A call that is spawned, and several in a set.
    let call = is_owned(client.contacts().create(contact(0)));
    let ada = tokio::spawn(call.send()).await.unwrap().unwrap();
    let mut set = JoinSet::new();
    for number in 1..5 {
        set.spawn(client.contacts().create(contact(number)).send());
    }
    while let Some(created) = set.join_next().await {
        created.unwrap().unwrap();
    }

    // A stream from a function, spawned too.
    let walk = is_owned(all_contacts(client.clone()));
    let count = tokio::spawn(walk.count()).await.unwrap();
    assert_eq!(count, 5);

    // Handles and clients that are temporaries.
    let handle = client.contacts();
    let calls = [
        client
            .with(|call| call.retry(RetryPolicy::none()))
            .contacts()
            .get(ada.id),
        handle.get(ada.id).with(|call| call.max_body_bytes(1 << 20)),
    ];
    drop((client, handle));
    for call in calls {
        assert_eq!(call.await.unwrap().id, ada.id);
    }
    let inbox: Items<_> = is_owned(
        engagespot_backend(&sandbox)
            .as_user("ada@example.com")
            .unwrap()
            .notifications()
            .list()
            .stream(),
    );
    let inbox: Vec<_> = inbox.try_collect().await.unwrap();
    assert!(inbox.is_empty());

    // The body of a response in a web framework.
    let client = engage_client(&sandbox);
    for number in 0..3 {
        let user = NewUser::new(format!("u{number}")).first_name("Ada");
        client.users().create(user).await.unwrap();
    }
    let users = client.users().list().limit(2).stream();
    let body = Body::from_stream(users.map_ok(to_json_line));
    let text = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    assert_eq!(text.iter().filter(|byte| **byte == b'\n').count(), 3);
}

#[test]
fn with_a_blocking_client() {
    let sandbox = Sandbox::builder().start_on_thread().unwrap();
    let client = engagebay::blocking::Client::builder(EngageBay::API_KEY)
        .base_url(sandbox.engagebay().base_url())
        .build()
        .unwrap();

    // Calls that other threads send.
    let ada = client.contacts().create(contact(0)).send().unwrap();
    let calls: Vec<_> = (1..5)
        .map(|number| is_owned(client.contacts().create(contact(number))))
        .collect();
    let threads = calls
        .into_iter()
        .map(|call| std::thread::spawn(move || call.send()));
    let threads: Vec<_> = threads.collect();
    for thread in threads {
        thread.join().unwrap().unwrap();
    }

    // An iterator from a function that drops the client.
    fn all_contacts(
        client: engagebay::blocking::Client,
    ) -> impl Iterator<Item = Result<Contact, Error>> + Send {
        client.contacts().list().page_size(2).iter()
    }
    let walk = all_contacts(client.clone());
    let count = std::thread::spawn(move || walk.count()).join().unwrap();
    assert_eq!(count, 5);

    // Handles and clients that are temporaries.
    let call = client
        .with(|call| call.retry(RetryPolicy::none()))
        .contacts()
        .get(ada.id);
    drop(client);
    let response = call.response().unwrap();
    assert_eq!((response.value().id, response.attempts()), (ada.id, 1));
    let backend =
        engagespot::blocking::Client::builder(Engagespot::API_KEY, Engagespot::API_SECRET)
            .base_url(sandbox.engagespot().base_url())
            .build()
            .unwrap();
    let inbox = backend
        .as_user("ada@example.com")
        .unwrap()
        .notifications()
        .list()
        .iter();
    drop(backend);
    assert_eq!(inbox.count(), 0);
}
