//! Users, notifications and inboxes, against the sandbox.

use std::time::{Duration, UNIX_EPOCH};

use engagement_sandbox::{Engagespot, Sandbox};
use engagespot_client::enums::{Channel, DeviceInfoDeviceType, NotificationsListFilter};
use engagespot_client::types::{
    CancelRun, CategoryPreferenceUpdate, ChannelOverrides, DeviceInfo, EmailOverride,
    InlineRecipient, JsonPatchOperation, NewCategory, NewTopic, NewUser, NotificationContent,
    NotificationData, NotificationOverride, NotificationState, ProfileAttributes, SendNotification,
    SendTo, TopicSubscriber, WorkflowTrigger,
};
use engagespot_client::{Client, ErrorKind, SendAt, json_pointer, messages, topic_id};
use serde_json::{Value, json};

async fn start() -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::builder(Engagespot::API_KEY, Engagespot::API_SECRET)
        .base_url(sandbox.engagespot().base_url())
        .build()
        .unwrap();
    (sandbox, client)
}

async fn register(client: &Client, users: &[&str]) {
    for user in users {
        client
            .users()
            .create(NewUser::new(*user))
            .send()
            .await
            .unwrap();
    }
}

fn titles(inbox: &[Value]) -> Vec<&str> {
    inbox
        .iter()
        .map(|one| one["title"].as_str().unwrap())
        .collect()
}

fn last_body(sandbox: &Sandbox) -> Value {
    sandbox.requests().last().unwrap().json()
}

#[tokio::test]
async fn a_user_is_registered_changed_and_deleted() {
    let (sandbox, client) = start().await;
    let users = client.users();
    let profile = ProfileAttributes::new()
        .first_name("Ada")
        .extra("plan", "free");
    let ada = NewUser::new("ada/1@example.com").profile(profile);
    users.create(ada).send().await.unwrap();
    let change = json!({"phoneNumber": "+15555550101", "a/b": 1});
    users
        .create_or_update("ada/1@example.com")
        .body(change)
        .send()
        .await
        .unwrap();
    assert_eq!(
        sandbox.requests()[1].path,
        "/engagespot/v3/users/ada%2F1%40example.com"
    );

    let ada = client.as_user("ada/1@example.com").unwrap();
    let merged = ProfileAttributes::new().name("Ada Lovelace");
    ada.profile().update(merged).send().await.unwrap();
    ada.profile()
        .patch([
            JsonPatchOperation::test("/plan", "free"),
            JsonPatchOperation::replace("/plan", "pro"),
            JsonPatchOperation::move_(json_pointer(["a/b"]), "/seats"),
            JsonPatchOperation::remove("/firstName"),
        ])
        .send()
        .await
        .unwrap();
    let profile = ada.profile().get().send().await.unwrap();
    assert_eq!(
        Value::from(profile),
        json!({
            "email": "ada/1@example.com", "phoneNumber": "+15555550101", "name": "Ada Lovelace",
            "plan": "pro", "seats": 1,
        })
    );
    let stale = [
        JsonPatchOperation::test("/plan", "free"),
        JsonPatchOperation::remove("/seats"),
    ];
    let error = ada.profile().patch(stale).send().await.unwrap_err();
    assert_eq!(error.status().unwrap(), 400);

    let named = ProfileAttributes::new().extra("identifier", "grace");
    let error = users
        .create_or_update("ada/1@example.com")
        .body(named)
        .send()
        .await;
    assert_eq!(error.unwrap_err().status().unwrap(), 422);
    users.delete("ada/1@example.com").send().await.unwrap();
    let deleted = users.delete("ada/1@example.com").send().await.unwrap_err();
    assert!(deleted.is_not_found());
}

#[tokio::test]
async fn a_notification_is_sent_to_registered_and_inline_users() {
    let (sandbox, client) = start().await;
    register(&client, &["ada"]).await;
    let grace = InlineRecipient::new("grace")
        .email("grace@example.com")
        .extra("plan", "pro");
    let audience = SendTo::new().recipients(["ada", "nobody"]);
    let send = SendNotification::new("Hello").send_to(audience.and_recipients([grace]));
    let receipt = client.notifications().send(send).response().await.unwrap();
    assert_eq!(receipt.status(), 202);
    assert_eq!(
        last_body(&sandbox),
        json!({
            "notification": {"title": "Hello"},
            "sendTo": {"recipients": [
                "ada", "nobody",
                {"identifier": "grace", "email": "grace@example.com", "plan": "pro"},
            ]},
        })
    );
    let sent = sandbox.engagespot().sends();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].request_id, receipt.value().request_id);
    assert_eq!(sent[0].recipients, ["ada", "grace"]);
    assert_eq!(
        sandbox.engagespot().dropped(),
        ["sendTo/recipients/1: no user `nobody` is registered"]
    );
    assert_eq!(titles(&sandbox.engagespot().inbox("grace")), ["Hello"]);
    let grace = client
        .as_user("grace")
        .unwrap()
        .profile()
        .get()
        .send()
        .await
        .unwrap();
    assert_eq!(grace.get("plan"), Some(&json!("pro")));
}

/// A caller may have a variable of the name that is reserved for files.
#[tokio::test]
async fn a_variable_named_attachments_is_sent_unchanged() {
    let (sandbox, client) = start().await;
    register(&client, &["ada"]).await;
    let body = json!({
        "notification": {"title": "Shipped", "data": {"attachments": 3}},
        "sendTo": {"recipients": ["ada"]},
        "data": {"attachments": "three files"},
    });
    let typed: SendNotification = serde_json::from_value(body.clone()).unwrap();
    client.notifications().send(typed).send().await.unwrap();
    assert_eq!(last_body(&sandbox), body);
    let by_id = client.operation("notifications_send").unwrap().json(&body);
    by_id.send().await.unwrap();
    assert_eq!(last_body(&sandbox), body);
    assert_eq!(sandbox.requests().len(), 3);
}

/// The vendor's clients send `null` for what is not set.
#[tokio::test]
async fn null_is_sent_and_accepted_for_what_is_not_set() {
    let (sandbox, client) = start().await;
    register(&client, &["ada"]).await;
    let body = json!({
        "notification": {"title": "Shipped", "message": null, "url": null, "icon": null, "data": null},
        "sendTo": {"recipients": ["ada"]},
        "data": null,
    });
    let send = client.operation("notifications_send").unwrap().json(&body);
    send.send().await.unwrap();
    assert_eq!(last_body(&sandbox), body);
    let typed: SendNotification = serde_json::from_value(body).unwrap();
    client.notifications().send(typed).send().await.unwrap();
    let without = json!({"notification": {"title": "Shipped"}, "sendTo": {"recipients": ["ada"]}});
    assert_eq!(last_body(&sandbox), without);
    let inbox = sandbox.engagespot().inbox("ada");
    assert_eq!(titles(&inbox), ["Shipped", "Shipped"]);
}

#[tokio::test]
async fn a_send_has_every_option() {
    let (sandbox, client) = start().await;
    register(&client, &["ada"]).await;
    let at = UNIX_EPOCH + Duration::from_millis(4_102_444_800_250);
    let content = NotificationContent::new()
        .title("Shipped")
        .message("It is on its way")
        .category("orders");
    let send = SendNotification::new(content)
        .send_to("ada")
        .data(NotificationData::new().extra("orderId", 5001))
        .override_(
            NotificationOverride::new()
                .channels([Channel::InApp, Channel::Email])
                .channel(ChannelOverrides::new().email(EmailOverride::new().subject("Order 5001")))
                .extra(
                    "sendgrid_email",
                    json!({"_config": {"FROM_EMAIL": "shop@example.com"}}),
                ),
        )
        .send_at(SendAt::time(at).unwrap());
    client.notifications().send(send).send().await.unwrap();
    assert_eq!(
        last_body(&sandbox),
        json!({
            "notification": {"title": "Shipped", "message": "It is on its way", "category": "orders"},
            "sendTo": {"recipients": ["ada"]},
            "data": {"orderId": 5001},
            "override": {
                "channels": ["inApp", "email"],
                "channel": {"email": {"subject": "Order 5001"}},
                "sendgrid_email": {"_config": {"FROM_EMAIL": "shop@example.com"}},
            },
            "sendAt": "2100-01-01T00:00:00.250Z",
        })
    );
    assert!(sandbox.engagespot().sends()[0].scheduled);
    assert_eq!(sandbox.engagespot().inbox("ada").len(), 0);
    assert_eq!(sandbox.engagespot().deliver_scheduled(), 1);
    assert_eq!(titles(&sandbox.engagespot().inbox("ada")), ["Shipped"]);
}

#[tokio::test]
async fn a_workflow_is_started_and_cancelled() {
    let (sandbox, client) = start().await;
    register(&client, &["ada", "grace", "mary"]).await;
    let start = async |key: &str| {
        let run = WorkflowTrigger::new("order_shipped").cancellation_key(key);
        let send = SendNotification::new(run)
            .send_to(["ada", "grace", "mary"])
            .send_at(SendAt::after(Duration::from_secs(3600)).unwrap());
        client.notifications().send(send).send().await.unwrap();
    };
    start("order-5001").await;
    start("order-5002").await;
    let workflows = client.workflows();
    let some = CancelRun::new("order-5001").cancel_for(["ada", "mary"]);
    let cancel = workflows.cancel_run("order_shipped", some);
    cancel.send().await.unwrap();
    let cancel = workflows.cancel_run("order_shipped", "order-5002");
    cancel.send().await.unwrap();
    let request = sandbox.requests().last().unwrap();
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("PATCH", "/engagespot/v4/workflows/order_shipped/cancel-run")
    );
    assert_eq!(request.json(), json!({"cancellationKey": "order-5002"}));

    let [first, second] = <[_; 2]>::try_from(sandbox.engagespot().sends()).unwrap();
    assert_eq!(
        (first.recipients, first.cancelled),
        (vec!["grace".to_owned()], vec!["ada".into(), "mary".into()])
    );
    assert_eq!(
        (
            second.recipients.len(),
            second.cancelled.len(),
            second.scheduled
        ),
        (0, 3, false)
    );
    assert_eq!(sandbox.engagespot().deliver_scheduled(), 1);
    assert_eq!(
        titles(&sandbox.engagespot().inbox("grace")),
        ["order_shipped"]
    );
    assert_eq!(sandbox.engagespot().inbox("ada").len(), 0);
}

#[tokio::test]
async fn an_inbox_is_read_and_emptied() {
    let (sandbox, client) = start().await;
    register(&client, &["ada"]).await;
    for at in 0..23 {
        let send = SendNotification::new(format!("n{at}")).send_to("ada");
        client.notifications().send(send).send().await.unwrap();
    }
    let ada = client.as_user("ada").unwrap();
    let inbox = ada.notifications();
    sandbox.clear_requests();
    let all: Vec<_> = inbox.list().limit(10).stream().try_collect().await.unwrap();
    assert_eq!(sandbox.request_count(), 3);
    let found: Vec<_> = all.iter().map(|one| one.title.clone().unwrap()).collect();
    assert_eq!(
        found,
        (0..23).rev().map(|at| format!("n{at}")).collect::<Vec<_>>()
    );
    let page = inbox.list().limit(5).page_no(2).send().await.unwrap();
    assert_eq!(page.unread_count, Some(23));
    assert_eq!(page.pagination.unwrap().total_count, Some(23));
    assert_eq!(page.data.unwrap()[0].title.as_deref(), Some("n17"));
    let as_app = client
        .notifications()
        .list()
        .user_identifier("ada")
        .limit(20);
    let pages: Vec<_> = as_app.pages().try_collect().await.unwrap();
    assert_eq!(pages.len(), 2);

    let (first, second) = (&all[0], &all[1]);
    assert_eq!((first.is_seen(), first.is_read()), (false, false));
    let seen = inbox.get(first.id).send().await.unwrap();
    assert_eq!((seen.is_seen(), seen.is_read()), (true, false));
    inbox.mark_as_read(first.id).send().await.unwrap();
    inbox.mark_as_unseen(first.id).send().await.unwrap();
    let read = inbox
        .list()
        .filter(NotificationsListFilter::Read)
        .send()
        .await
        .unwrap();
    let read = read.data.unwrap();
    assert_eq!(read.len(), 1);
    assert_eq!(
        (read[0].id, read[0].is_seen(), read[0].is_read()),
        (first.id, false, true)
    );
    inbox.mark_as_unread(first.id).send().await.unwrap();
    inbox.mark_as_seen(first.id).send().await.unwrap();

    let state = inbox.change_state(second.id, "confirmed");
    assert_eq!(
        state.send().await.unwrap().state.as_deref(),
        Some("confirmed")
    );
    let state = NotificationState::new("ordered")
        .delete(true)
        .data([("size".to_owned(), "M".to_owned())]);
    inbox.change_state(second.id, state).send().await.unwrap();
    assert_eq!(
        last_body(&sandbox),
        json!({"state": "ordered", "delete": true, "data": {"size": "M"}})
    );
    assert!(
        inbox
            .get(second.id)
            .send()
            .await
            .unwrap_err()
            .is_not_found()
    );

    let deleted = inbox.delete(first.id).send().await.unwrap();
    assert_eq!(
        deleted.message.as_deref(),
        Some("Notification deleted successfully")
    );
    // Other users cannot change it.
    let grace = client.as_user("grace").unwrap();
    let others = grace.notifications().get(all[2].id).send().await;
    assert!(others.unwrap_err().is_not_found());
    inbox.mark_all_as_read().send().await.unwrap();
    assert_eq!(inbox.list().send().await.unwrap().unread_count, Some(0));
    inbox.delete_all().send().await.unwrap();
    assert_eq!(sandbox.engagespot().inbox("ada").len(), 0);
}

#[tokio::test]
async fn preferences_suppress_messages() {
    let (sandbox, client) = start().await;
    register(&client, &["ada"]).await;
    let news = NewCategory::new("news", "News");
    let news = client.categories().create(news).send().await.unwrap();
    let news = news.id.unwrap();
    let ada = client.as_user("ada").unwrap();
    assert_eq!(ada.preferences().list().send().await.unwrap().len(), 0);
    let quiet = CategoryPreferenceUpdate::of(&news)
        .off(Channel::InApp)
        .on(Channel::Email);
    ada.preferences().update(quiet).send().await.unwrap();

    let preferences = ada.preferences().list().send().await.unwrap();
    assert_eq!(preferences.len(), 1);
    let preference = &preferences[0];
    assert_eq!(
        preference.category.as_ref().unwrap().identifier,
        Some("news".into())
    );
    let allowed =
        [Channel::InApp, Channel::Email, Channel::Sms].map(|channel| preference.allows(channel));
    assert_eq!(allowed, [false, true, true]);

    let content = NotificationContent::new().title("Issue 1").category("news");
    let send = SendNotification::new(content).send_to("ada");
    client.notifications().send(send).send().await.unwrap();
    assert_eq!(sandbox.engagespot().inbox("ada").len(), 0);
    let again = [CategoryPreferenceUpdate::of(&news).on("inApp")];
    ada.preferences().update(again).send().await.unwrap();
    let content = NotificationContent::new().title("Issue 2").category("news");
    let send = SendNotification::new(content).send_to("ada");
    client.notifications().send(send).send().await.unwrap();
    assert_eq!(titles(&sandbox.engagespot().inbox("ada")), ["Issue 2"]);

    assert_eq!(ada.categories().list().send().await.unwrap().len(), 1);
    client.categories().delete(news).send().await.unwrap();
    assert_eq!(ada.categories().list().send().await.unwrap().len(), 0);
}

#[tokio::test]
async fn topics_reach_their_subscribers() {
    let (sandbox, client) = start().await;
    register(&client, &["ada", "grace"]).await;
    let topics = client.topics();
    let topic = NewTopic::named("Release Notes");
    let topic = topics.create(topic).send().await.unwrap();
    let topic = topic_id(&topic.unwrap()).unwrap();
    let subscribers = [
        TopicSubscriber::new("ada", [Channel::InApp, Channel::Email]),
        TopicSubscriber::new("grace", ["email"]),
    ];
    topics
        .subscribe_users(topic, subscribers)
        .send()
        .await
        .unwrap();
    let content = NotificationContent::new().template_identifier("release");
    let send = SendNotification::new(content).send_to(SendTo::new().topics(["release-notes"]));
    client.notifications().send(send).send().await.unwrap();
    assert_eq!(
        last_body(&sandbox),
        json!({
            "notification": {"templateIdentifier": "release"},
            "sendTo": {"topics": ["release-notes"]},
        })
    );
    assert_eq!(titles(&sandbox.engagespot().inbox("ada")), ["release"]);
    assert_eq!(sandbox.engagespot().inbox("grace").len(), 0);

    let channels = topics.update_user_channels(topic, "grace", [Channel::InApp]);
    channels.send().await.unwrap();
    let subscriptions = topics
        .list_user_subscriptions("grace")
        .send()
        .await
        .unwrap();
    assert_eq!(subscriptions[0]["channels"], json!(["inApp"]));
    topics
        .unsubscribe_users(topic, ["ada"])
        .send()
        .await
        .unwrap();
    let subscriptions = topics.list_user_subscriptions("ada").send().await.unwrap();
    assert_eq!(subscriptions, json!([]));
    topics.delete(topic).send().await.unwrap();
    assert!(
        topics
            .delete(topic)
            .send()
            .await
            .unwrap_err()
            .is_not_found()
    );
}

#[tokio::test]
async fn a_device_connects() {
    let (sandbox, client) = start().await;
    let ada = client.as_user("ada").unwrap();
    let device = DeviceInfo::new(DeviceInfoDeviceType::Android);
    let connected = ada.sdk().connect("phone-1", device).send().await.unwrap();
    assert_eq!(connected.unread_count, Some(0));
    assert_eq!(
        sandbox.requests()[0].header("x-engagespot-device-id"),
        Some("phone-1")
    );
    assert_eq!(
        sandbox.engagespot().devices("ada"),
        [json!({"deviceId": "phone-1", "deviceType": "android"})]
    );
}

#[tokio::test]
async fn an_error_has_all_messages() {
    let (_sandbox, client) = start().await;
    let empty = SendNotification::new(NotificationContent::new()).send_to("ada");
    let error = client.notifications().send(empty).send().await.unwrap_err();
    assert_eq!(
        messages(&error),
        ["notification must have a title, a workflow or a template"]
    );
    let stranger = Client::builder("wrong", "wrong")
        .base_url(client.base_url())
        .build()
        .unwrap();
    let error = stranger.users().delete("ada").send().await.unwrap_err();
    assert_eq!(messages(&error).len(), 1);
    assert_eq!(messages(&error)[0], error.message().unwrap());
    let error = client.users().delete("").send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(messages(&error), [""; 0]);
}

#[test]
fn calls_are_send() {
    fn spawnable<T: Send + 'static>(_: T) {}
    fn shareable<T: Send + Sync + Clone + 'static>(_: &T) {}
    let client = Client::builder("key", "secret").build().unwrap();
    shareable(&client);
    // A call of a derived client that is already dropped.
    let as_ada = || client.as_user("ada").unwrap();
    spawnable(as_ada().notifications().list().stream());
    spawnable(as_ada().notifications().list().pages());
    spawnable(as_ada().profile().get());
    spawnable(as_ada().profile().get().send());
    spawnable(as_ada().profile().get().response());
    spawnable(async move {
        let send = SendNotification::new("Hello").send_to("ada");
        client.notifications().send(send).await
    });
}
