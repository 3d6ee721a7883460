//! Users, against the sandbox.

use engage_client::enums::StatusResponseStatus;
use engage_client::ids::UserId;
use engage_client::types::{
    BatchItem, NewList, NewSubscriber, NewUser, SubscriptionUpdate, TrackEvent, UserLists,
    UserUpdate,
};
use engage_client::{Client, ErrorKind, split_batch};
use engagement_sandbox::{Engage, Sandbox};
use serde_json::{Value, json};

async fn start() -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    (sandbox, client)
}

fn client(sandbox: &Sandbox) -> Client {
    Client::builder(Engage::API_KEY, Engage::API_SECRET)
        .base_url(sandbox.engage().base_url())
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_user_is_created_updated_tracked_and_deleted() {
    let (sandbox, client) = start().await;
    let users = client.users();
    let attributes = [
        ("first_name", json!("Ada")),
        ("number", json!(15_555_550_100_i64)),
        ("plan", json!("pro")),
    ];
    let user = NewUser::from_attributes("ada@example.com", attributes).unwrap();
    let created = users.create(user).send().await.unwrap();
    assert_eq!(created.uid, Some(UserId::from("ada@example.com")));
    assert_eq!(created.number.as_deref(), Some("15555550100"));
    let twice = users
        .create(NewUser::new("ada@example.com"))
        .send()
        .await
        .unwrap_err();
    assert_eq!(
        (twice.kind(), twice.is_not_found()),
        (ErrorKind::Api, false)
    );

    let changes = UserUpdate::new().last_name("Lovelace").meta([("seats", 5)]);
    let updated = users
        .update("ada@example.com", changes)
        .send()
        .await
        .unwrap();
    assert_eq!(updated.id, created.id);
    assert_eq!(
        Value::from(updated.meta.clone().unwrap()),
        json!({"plan": "pro", "seats": 5})
    );
    let fresh = users
        .update("u2", UserUpdate::new().first_name("Grace"))
        .send()
        .await
        .unwrap();
    assert_ne!(fresh.id, created.id);

    users
        .track("ada@example.com", "signed_up")
        .send()
        .await
        .unwrap();
    users
        .track("u3", TrackEvent::new("paid").value(12.5))
        .await
        .unwrap();
    let events = sandbox.engage().events();
    assert_eq!(
        (&events[0]["event"], &events[0]["value"]),
        (&json!("signed_up"), &json!(true))
    );
    assert_eq!(events[1]["value"], 12.5);
    users.get("u3").send().await.unwrap();

    users.delete("ada@example.com").send().await.unwrap();
    let deleted = users.get("ada@example.com").send().await.unwrap_err();
    assert!(deleted.is_not_found());
    assert_eq!(
        deleted.to_string(),
        "engage users_get: 404 Not Found: User [e-mail] not found"
    );
}

#[tokio::test]
async fn lists_have_subscribers() {
    let (_sandbox, client) = start().await;
    let lists = client.lists();
    let list = lists.create(NewList::new("News")).send().await.unwrap();
    let person = NewSubscriber::new().email("ada@example.com");
    let subscriber = lists.subscribe(&list.id, person).send().await.unwrap();
    let uid = subscriber.uid.unwrap();
    client
        .users()
        .update("u2", UserUpdate::new().first_name("Grace"))
        .send()
        .await
        .unwrap();
    client
        .users()
        .add_to_lists("u2", UserLists::new([&list.id]))
        .send()
        .await
        .unwrap();
    let subscribers = async || {
        let list = lists.get(&list.id).send().await.unwrap();
        list.subscriber_count
    };
    assert_eq!(subscribers().await, Some(2));

    let on_list = client.users().list().lists([&list.id]).send().await;
    assert_eq!(on_list.unwrap().data.unwrap().len(), 2);

    let off = SubscriptionUpdate::new(false);
    let changed = lists
        .update_subscriber(&list.id, &uid, off)
        .send()
        .await
        .unwrap();
    assert_eq!(changed.subscribed, Some(false));
    assert_eq!(subscribers().await, Some(1));
    lists.archive(&list.id).send().await.unwrap();
    assert_eq!(
        lists.list().send().await.unwrap().data.as_deref(),
        Some(&[][..])
    );
}

#[tokio::test]
async fn pages_are_read_in_order() {
    let (sandbox, client) = start().await;
    for at in 0..23 {
        client
            .users()
            .track(format!("u{at}"), "seen")
            .send()
            .await
            .unwrap();
    }
    sandbox.clear_requests();
    let all: Vec<_> = client.users().list().stream().try_collect().await.unwrap();
    let uids: Vec<_> = all.iter().map(|user| user.uid.clone().unwrap()).collect();
    let expected: Vec<_> = (0..23).map(|at| UserId::from(format!("u{at}"))).collect();
    assert_eq!(uids, expected);
    assert_eq!(sandbox.request_count(), 3);
    let backwards = client
        .users()
        .list()
        .previous_cursor("x")
        .stream()
        .try_collect::<Vec<_>>()
        .await
        .unwrap_err();
    assert_eq!(backwards.kind(), ErrorKind::InvalidRequest);
    assert_eq!(sandbox.request_count(), 3);
}

#[tokio::test]
async fn batches_contain_every_kind_of_item() {
    let sandbox = Sandbox::builder().log_size(2_000).start().await.unwrap();
    let client = client(&sandbox);
    let mut items = vec![
        BatchItem::create(
            NewUser::from_attributes("u1", [("first_name", "Ada"), ("plan", "pro")]).unwrap(),
        ),
        BatchItem::update("u1", UserUpdate::new().last_name("Lovelace")),
        BatchItem::track("u1", "signed_up"),
    ];
    let note = "x".repeat(200);
    items.extend((0..1000).map(|at| {
        let properties = json!({"note": note, "at": at});
        BatchItem::track("u1", TrackEvent::new("imported").properties(properties))
    }));
    let batches = split_batch(items).unwrap();
    assert!(batches.len() > 1);
    let count = batches.len();
    for batch in batches {
        let taken = client.batch().queue(batch).send().await.unwrap();
        assert_eq!(taken.status, Some(StatusResponseStatus::Queued));
    }
    let sent = sandbox.requests();
    assert_eq!(sent.len(), count);
    assert!(sent.iter().all(|request| request.body.len() < 100_000));
    assert_eq!(sandbox.engage().dropped_batch_items(), [""; 0]);
    assert_eq!(sandbox.engage().events().len(), 1001);
    let user = client.users().get("u1").send().await.unwrap();
    assert_eq!(
        (user.first_name.as_deref(), user.last_name.as_deref()),
        (Some("Ada"), Some("Lovelace"))
    );
}

#[tokio::test]
async fn a_key_alone_is_enough_for_some_calls() {
    let (sandbox, _) = start().await;
    let client = Client::builder_with_key(Engage::API_KEY)
        .base_url(sandbox.engage().base_url())
        .build()
        .unwrap();
    let users = client.users();
    users.track("u1", "opened").send().await.unwrap();
    let error = users.get("u1").send().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::MissingCredentials, false)
    );
    let email = UserUpdate::new().email("ada@example.com");
    let error = users.update("u1", email).send().await.unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!(sandbox.request_count(), 2);
}

#[tokio::test]
async fn other_hosts_are_used_only_if_configured() {
    let (sandbox, client) = start().await;
    let error = client.ingest().list_form("l1").send().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.was_sent()),
        (ErrorKind::Configuration, false)
    );
    let lists = client.lists();
    let list = lists.create(NewList::new("News")).send().await.unwrap();
    let moved = Client::builder(Engage::API_KEY, Engage::API_SECRET)
        .base_url(sandbox.engage().base_url())
        .server_url("app", sandbox.engage().server_url("app").unwrap())
        .build()
        .unwrap();
    moved
        .ingest()
        .list_form(&list.id)
        .email("ada@example.com")
        .send()
        .await
        .unwrap();
    let list = lists.get(&list.id).send().await.unwrap();
    assert_eq!(list.subscriber_count, Some(1));
}

#[test]
fn calls_are_send() {
    fn spawnable<T: Send + 'static>(_: T) {}
    fn shareable<T: Send + Sync + Clone + 'static>(_: &T) {}
    let client = Client::builder("key", "secret").build().unwrap();
    shareable(&client);
    shareable(&client.users());
    shareable(&client.users().track("u1", "x"));
    spawnable(client.users().track("u1", "x").send());
    spawnable(client.users().track("u1", "x").response());
    spawnable(client.users().list().stream());
    spawnable(client.users().list().pages());
    spawnable(async move { client.users().track("u1", "x").send().await.map(|_| ()) });
}

/// Pages in Engage's older form say that there are more, without a cursor.
#[tokio::test]
async fn lists_without_cursors_are_read_to_their_end() {
    let (sandbox, client) = start().await;
    for user in 0..25 {
        let user = NewUser::new(format!("u{user:02}"));
        client.users().create(user).send().await.unwrap();
    }
    for list in 0..12 {
        let list = NewList::new(format!("List {list}"));
        client.lists().create(list).send().await.unwrap();
    }
    sandbox.engage().remove_cursors();
    let page = client.users().list().send().await.unwrap();
    assert_eq!((page.has_more, page.next_cursor), (Some(true), None));
    sandbox.clear_requests();
    let users: Vec<_> = client.users().list().stream().try_collect().await.unwrap();
    let lists: Vec<_> = client.lists().list().stream().try_collect().await.unwrap();
    assert_eq!((users.len(), lists.len()), (25, 12));
    let requests = sandbox.requests();
    let after = |request: &engagement_sandbox::RecordedRequest| {
        let pairs = request.query_pairs();
        pairs.iter().any(|(name, _)| name == "after_id")
    };
    let continued: Vec<bool> = requests.iter().map(after).collect();
    assert_eq!(continued, [false, true, true, false, true]);
}
