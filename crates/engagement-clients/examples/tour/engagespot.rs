//! Engagespot: in-app notifications, from the side that sends and the side that reads.

use engagement_clients::engagespot::enums::Channel;
use engagement_clients::engagespot::types::{
    CategoryPreferenceUpdate, InlineRecipient, NewCategory, NewTopic, Notification,
    NotificationContent, ProfileAttributes, SendNotification, SendTo, TopicSubscriber,
};
use engagement_clients::engagespot::{Client, topic_id};
use engagement_sandbox::{Engagespot, Sandbox};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;

use crate::printer::{Failure, Printer, call, ensure, here, walk};

/// How many notifications there are to page through.
const NOTIFICATIONS: usize = 25;

pub(crate) async fn run(tour: &mut Printer<'_>, sandbox: &Sandbox) -> Result<(), Failure> {
    let base_url = sandbox.engagespot().base_url();
    tour.provider("Engagespot", &base_url);
    let client = Client::builder(Engagespot::API_KEY, Engagespot::API_SECRET)
        .base_url(&base_url)
        .build()?;

    upsert(tour, &client).await?;
    send(tour, &client, sandbox).await?;
    let ada = inbox(tour, &client).await?;
    mark_as_read(tour, &ada).await?;
    preferences(tour, &client, &ada, sandbox).await?;
    topic(tour, &client, sandbox).await
}

async fn upsert(tour: &mut Printer<'_>, client: &Client) -> Result<(), Failure> {
    tour.step("Create a user, or change it if it is there");
    let ada = ProfileAttributes::new()
        .name("Ada Lovelace")
        .email("ada@example.com")
        .extra("plan", "trial");
    call!(
        tour,
        client.users().create_or_update("ada").body(ada).send()
    )?;
    let change = ProfileAttributes::new().phone_number("+442079460000");
    call!(
        tour,
        client.users().create_or_update("ada").body(change).send()
    )?;
    // What a backend writes, the user reads.
    let profile = call!(tour, client.as_user("ada")?.profile().get().send())?;
    let text = |key: &str| profile.get(key).and_then(|value| value.as_str());
    tour.got(format_args!(
        "{}, {}, {}, plan {}",
        text("name").unwrap_or_default(),
        text("email").unwrap_or_default(),
        text("phoneNumber").unwrap_or_default(),
        text("plan").unwrap_or_default()
    ));
    ensure!(
        text("name") == Some("Ada Lovelace") && text("plan") == Some("trial"),
        "the second call should have kept name and plan"
    );
    ensure!(
        text("phoneNumber") == Some("+442079460000"),
        "the second call should have added the number"
    );
    Ok(())
}

async fn send(tour: &mut Printer<'_>, client: &Client, sandbox: &Sandbox) -> Result<(), Failure> {
    tour.step("Send a notification to a user, and to one who is created on the way");
    let grace = InlineRecipient::new("grace").email("grace@example.com");
    let audience = SendTo::new().recipients(["ada"]).and_recipients([grace]);
    let hello = SendNotification::new("Welcome aboard").send_to(audience);
    let receipt = call!(tour, client.notifications().send(hello).response())?;
    let sent = sandbox.engagespot().sends();
    let [sent] = sent.as_slice() else {
        return Err(format!("the sandbox should know one send, not {}", sent.len()).into());
    };
    let newest = newest(sandbox, "grace");
    tour.got(format_args!(
        "{}: accepted for {}",
        receipt.status(),
        sent.recipients.join(" and ")
    ));
    tour.got(format_args!("grace finds {newest}"));
    ensure!(
        sent.recipients == ["ada", "grace"],
        "both should be recipients"
    );
    ensure!(
        receipt.value().request_id == sent.request_id,
        "the receipt should name the send"
    );
    ensure!(
        newest == "Welcome aboard",
        "the notification should be in the inbox of the new user"
    );
    Ok(())
}

/// The title of the newest notification in a user's inbox; null if there is none.
fn newest(sandbox: &Sandbox, user: &str) -> Value {
    let inbox = sandbox.engagespot().inbox(user);
    inbox
        .first()
        .map_or(Value::Null, |newest| newest["title"].clone())
}

async fn inbox(tour: &mut Printer<'_>, client: &Client) -> Result<Client, Failure> {
    tour.step("Become the user, and read the inbox; the stream fetches a page when it needs one");
    let note = |n| SendNotification::new(format!("Note {n}")).send_to("ada");
    let notes: Vec<_> = walk!(
        tour,
        stream::iter(2..=NOTIFICATIONS)
            .map(|n| client.notifications().send(note(n)).send())
            .buffered(4)
            .try_collect()
    )?;
    tour.were_calls(notes.len());

    let ada = here!(tour, client.as_user("ada"))?;
    let inbox: Vec<Notification> = walk!(
        tour,
        ada.notifications().list().limit(10).stream().try_collect()
    )?;
    let mut ids: Vec<_> = inbox.iter().map(|notification| notification.id).collect();
    ids.sort_unstable();
    ids.dedup();
    tour.got(format_args!(
        "{} notifications in {} pages",
        inbox.len(),
        tour.sent()
    ));
    ensure!(
        inbox.len() == NOTIFICATIONS && ids.len() == NOTIFICATIONS,
        "all {NOTIFICATIONS} notifications should have come, each once"
    );
    ensure!(
        tour.sent() == 3,
        "{NOTIFICATIONS} notifications should fill three pages of 10"
    );
    ensure!(
        inbox.iter().all(|notification| !notification.is_read()),
        "none should have been read yet"
    );
    Ok(ada)
}

async fn mark_as_read(tour: &mut Printer<'_>, ada: &Client) -> Result<(), Failure> {
    tour.step("Mark a notification as read; the number of unread ones goes down");
    let page = call!(tour, ada.notifications().list().limit(1).send())?;
    let before = page.unread_count.unwrap_or_default();
    let newest = page.data.as_deref().unwrap_or_default().first();
    let id = newest.ok_or("the inbox should not be empty")?.id;
    call!(tour, ada.notifications().mark_as_read(id).send())?;
    let page = call!(tour, ada.notifications().list().limit(1).send())?;
    let after = page.unread_count.unwrap_or_default();
    let newest = page.data.as_deref().unwrap_or_default().first();
    tour.got(format_args!("{before} unread, then {after}"));
    ensure!(
        usize::try_from(before).ok() == Some(NOTIFICATIONS) && after == before - 1,
        "there should be one less"
    );
    ensure!(
        newest.is_some_and(|newest| newest.id == id && newest.is_read()),
        "the notification should be read"
    );
    Ok(())
}

async fn preferences(
    tour: &mut Printer<'_>,
    client: &Client,
    ada: &Client,
    sandbox: &Sandbox,
) -> Result<(), Failure> {
    tour.step("Let a user switch a category off: it stays out of that inbox alone");
    let offers = NewCategory::new("offers", "Offers");
    let offers = call!(tour, client.categories().create(offers).send())?;
    let id = offers.id.ok_or("the category should have an id")?;
    let quiet = CategoryPreferenceUpdate::of(id).off(Channel::InApp);
    call!(tour, ada.preferences().update(quiet).send())?;

    let inboxes = || ["ada", "grace"].map(|user| sandbox.engagespot().inbox(user).len());
    let before = inboxes();
    let content = NotificationContent::new()
        .title("Half price today")
        .category("offers");
    let offer = SendNotification::new(content).send_to(["ada", "grace"]);
    call!(tour, client.notifications().send(offer).send())?;
    let [ada_gets, grace_gets] = [0, 1].map(|at| inboxes()[at] - before[at]);
    tour.got(format_args!(
        "{ada_gets} for ada, {grace_gets} for grace, who didn't mind"
    ));
    ensure!(
        ada_gets == 0,
        "the inbox of the user who switched it off should be as it was"
    );
    ensure!(grace_gets == 1, "the other user should have got it");

    let preferences = call!(tour, ada.preferences().list().send())?;
    let [preference] = preferences.as_slice() else {
        return Err("the one preference that was set should be listed".into());
    };
    tour.got(format_args!(
        "{}: in-app {}, e-mail {}",
        preference
            .category
            .as_ref()
            .and_then(|category| category.name.as_deref())
            .unwrap_or_default(),
        on_or_off(preference.allows(Channel::InApp)),
        on_or_off(preference.allows(Channel::Email))
    ));
    ensure!(
        !preference.allows(Channel::InApp) && preference.allows(Channel::Email),
        "only what was switched off should be off"
    );
    Ok(())
}

fn on_or_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

async fn topic(tour: &mut Printer<'_>, client: &Client, sandbox: &Sandbox) -> Result<(), Failure> {
    tour.step("Send to a topic: whoever is subscribed gets it");
    let topic = NewTopic::named("Release Notes");
    let created = call!(tour, client.topics().create(topic).send())?;
    let id = created.as_ref().and_then(topic_id);
    let id = id.ok_or("the response should hold the topic's id")?;
    let ada = TopicSubscriber::new("ada", [Channel::InApp]);
    call!(tour, client.topics().subscribe_users(id, ada).send())?;
    let audience = SendTo::new().topics(["release-notes"]);
    let news = SendNotification::new("Version 2 is out").send_to(audience);
    call!(tour, client.notifications().send(news).send())?;
    let sent = sandbox.engagespot().sends();
    let sent = sent.last().ok_or("the sandbox should know the send")?;
    let newest = newest(sandbox, "ada");
    tour.got(format_args!(
        "sent to {}: {newest}",
        sent.recipients.join(", ")
    ));
    ensure!(
        sent.recipients == ["ada"],
        "the subscriber should be the only recipient"
    );
    ensure!(
        newest == "Version 2 is out",
        "it should be the newest in the inbox"
    );
    Ok(())
}
