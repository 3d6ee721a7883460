//! Engage: users, events, lists, messages, and pages both ways.

use engagement_clients::engage::Client;
use engagement_clients::engage::ids::{ListId, UserRecordId};
use engagement_clients::engage::types::{
    EmailMessage, EmailSender, NewList, NewSubscriber, TrackEvent, User, UserUpdate,
};
use engagement_sandbox::{Engage, EngageMessageKind, Sandbox};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::json;

use crate::printer::{Failure, Printer, call, ensure, walk};

pub(crate) async fn run(tour: &mut Printer<'_>, sandbox: &Sandbox) -> Result<(), Failure> {
    let base_url = sandbox.engage().base_url();
    tour.provider("Engage", &base_url);
    let client = Client::builder(Engage::API_KEY, Engage::API_SECRET)
        .base_url(&base_url)
        .build()?;

    upsert(tour, &client).await?;
    event(tour, &client, sandbox).await?;
    let list = list(tour, &client).await?;
    subscribe(tour, &client, &list).await?;
    pages(tour, &client).await?;
    email(tour, &client, sandbox).await
}

async fn upsert(tour: &mut Printer<'_>, client: &Client) -> Result<(), Failure> {
    tour.step("Create a user, or change it if it is there");
    let ada = UserUpdate::new()
        .first_name("Ada")
        .email("ada@example.com")
        .meta(json!({"plan": "pro", "seats": 3}));
    let ada = call!(tour, client.users().update("u-1", ada).send())?;
    let change = UserUpdate::new().last_name("Lovelace");
    let same = call!(tour, client.users().update("u-1", change).send())?;
    let name = |user: &User| {
        let names = [user.first_name.as_deref(), user.last_name.as_deref()];
        names.into_iter().flatten().collect::<Vec<_>>().join(" ")
    };
    tour.got(format_args!(
        "{:?}, then {:?}, with the same id {}",
        name(&ada),
        name(&same),
        same.id
    ));
    ensure!(
        ada.id == same.id,
        "the second call should have changed the same user"
    );
    ensure!(
        name(&same) == "Ada Lovelace",
        "the first name should be unchanged"
    );
    let plan = same
        .meta
        .as_ref()
        .and_then(|meta| meta.get("plan")?.as_str());
    ensure!(plan == Some("pro"), "the attribute `plan` should be kept");
    Ok(())
}

async fn event(tour: &mut Printer<'_>, client: &Client, sandbox: &Sandbox) -> Result<(), Failure> {
    tour.step("Record an event for the user");
    let event = TrackEvent::new("Upgraded").properties([("amount", 49.5)]);
    call!(tour, client.users().track("u-1", event).send())?;
    let events = sandbox.engage().events();
    let [event] = events.as_slice() else {
        return Err(format!("the sandbox should know one event, not {}", events.len()).into());
    };
    tour.got(format_args!(
        "the sandbox was told: {} of {}",
        event["event"], event["uid"]
    ));
    ensure!(
        event["event"] == "Upgraded" && event["uid"] == "u-1",
        "it should be the event just sent"
    );
    ensure!(
        event["properties"]["amount"] == 49.5,
        "its properties should have arrived as they are"
    );
    Ok(())
}

async fn list(tour: &mut Printer<'_>, client: &Client) -> Result<ListId, Failure> {
    tour.step("Create a mailing list");
    let list = NewList::new("Monthly letter");
    let list = call!(tour, client.lists().create(list).send())?;
    tour.got(format_args!(
        "list {}, {}",
        list.id,
        list.title.as_deref().unwrap_or_default()
    ));
    ensure!(
        list.title.as_deref() == Some("Monthly letter"),
        "the title should be the one given"
    );
    Ok(list.id)
}

async fn subscribe(tour: &mut Printer<'_>, client: &Client, list: &ListId) -> Result<(), Failure> {
    tour.step("Subscribe a person who is no user yet");
    let grace = NewSubscriber::new()
        .email("grace@example.com")
        .first_name("Grace");
    let subscribed = call!(tour, client.lists().subscribe(list, grace).send())?;
    let uid = subscribed.uid.ok_or("the response should name the user")?;
    let grace = call!(tour, client.users().get(&uid).send())?;
    let list = call!(tour, client.lists().get(list).send())?;
    let count = list.subscriber_count.unwrap_or_default();
    tour.got(format_args!(
        "user {uid} was made for {}",
        grace.email.as_deref().unwrap_or_default()
    ));
    tour.got(format_args!("the list has {count} subscriber"));
    ensure!(
        grace.email.as_deref() == Some("grace@example.com"),
        "the user should have the address"
    );
    ensure!(
        count == 1,
        "the list should have one subscriber, not {count}"
    );
    Ok(())
}

async fn pages(tour: &mut Printer<'_>, client: &Client) -> Result<(), Failure> {
    tour.step("Turn pages forth and back, then walk all of them");
    let guest = UserUpdate::new().first_name("Guest");
    let guests: Vec<_> = walk!(
        tour,
        stream::iter(2..=10)
            .map(|n| client
                .users()
                .update(format!("u-{n}"), guest.clone())
                .send())
            .buffered(4)
            .try_collect()
    )?;
    tour.were_calls(guests.len());

    let first = call!(tour, client.users().list().limit(5).send())?;
    let next = first
        .next_cursor
        .clone()
        .ok_or("there should be a second page")?;
    let second = call!(
        tour,
        client.users().list().limit(5).next_cursor(next).send()
    )?;
    let back = second
        .previous_cursor
        .clone()
        .ok_or("there should be a way back")?;
    let again = call!(
        tour,
        client.users().list().limit(5).previous_cursor(back).send()
    )?;
    let ids = |page: &Option<Vec<User>>| -> Vec<UserRecordId> {
        page.iter().flatten().map(|user| user.id.clone()).collect()
    };
    tour.got(format_args!(
        "{} users, {} more, and back to the first",
        ids(&first.data).len(),
        ids(&second.data).len()
    ));
    ensure!(
        ids(&first.data) == ids(&again.data),
        "the way back should lead to the first page"
    );
    ensure!(
        ids(&first.data) != ids(&second.data),
        "the second page should be another one"
    );

    let users: Vec<User> = walk!(tour, client.users().list().limit(5).stream().try_collect())?;
    tour.got(format_args!(
        "{} users in {} pages",
        users.len(),
        tour.sent()
    ));
    ensure!(
        users.len() == 11,
        "there should be 11 users, not {}",
        users.len()
    );
    ensure!(tour.sent() == 3, "11 users should fill three pages of 5");
    Ok(())
}

async fn email(tour: &mut Printer<'_>, client: &Client, sandbox: &Sandbox) -> Result<(), Failure> {
    tour.step("Send a transactional e-mail; the sandbox keeps it in its outbox");
    let sender = EmailSender::new("hello@example.com").name("Example");
    let message = EmailMessage::new(sender, "ada@example.com", "Welcome")
        .html("<p>Good to have you here.</p>");
    let receipt = call!(tour, client.send().email(message).send())?;
    let messages = sandbox.engage().messages();
    let [message] = messages.as_slice() else {
        return Err(format!("the outbox should hold one message, not {}", messages.len()).into());
    };
    tour.got(format_args!(
        "message {}: {:?} to {}, {}",
        message.id,
        message.kind,
        message.to.join(", "),
        message.body["subject"]
    ));
    ensure!(
        message.kind == EngageMessageKind::Email,
        "it should be an e-mail"
    );
    ensure!(
        message.to == ["ada@example.com"],
        "it should go to ada@example.com alone"
    );
    ensure!(
        message.body["subject"] == "Welcome",
        "its subject should have arrived"
    );
    ensure!(
        receipt.id.as_deref() == Some(&message.id),
        "the receipt should name the message"
    );
    Ok(())
}
