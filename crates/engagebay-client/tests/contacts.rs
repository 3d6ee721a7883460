//! Contacts, against the sandbox.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::http::Method;
use engagebay_client::enums::PropertySubtype;
use engagebay_client::types::{ContactUpdate, NewContact, Property};
use engagebay_client::{
    Address, Client, Date, DateFormat, ErrorKind, Properties as _, StatusCode, search_total,
};
use engagement_sandbox::{EngageBay, Sandbox};
use serde_json::json;

async fn start() -> (Sandbox, Client) {
    let sandbox = Sandbox::start().await.unwrap();
    let client = Client::builder(EngageBay::API_KEY)
        .base_url(sandbox.engagebay().base_url())
        .build()
        .unwrap();
    (sandbox, client)
}

#[tokio::test]
async fn a_contact_is_created_tagged_read_updated_found_and_deleted() {
    let (sandbox, client) = start().await;
    let contacts = client.contacts();
    let born = Date::new(1815, 12, 10).unwrap();
    let home = Address::new().city("London").country("United Kingdom");
    let created = contacts
        .create(
            NewContact::new()
                .score(10)
                .properties([
                    Property::first_name("Ada"),
                    Property::last_name("Lovelace"),
                    Property::email("ada@example.com"),
                    Property::secondary_email("ada@example.org"),
                    Property::phone("mobile", "+1 555 0100"),
                    Property::website(PropertySubtype::Linkedin, "https://example.com/in/ada"),
                    Property::address(&home),
                    Property::number("Machine Count", 3),
                    Property::checkbox("VIP", true),
                    Property::multi_checkbox("Interests", ["Looms", "Engines"]),
                    Property::files("Papers", ["https://example.com/note-g.pdf"]),
                    Property::date("Birthday", born, DateFormat::DAY_FIRST),
                ])
                .tags(["engineer"]),
        )
        .response()
        .await
        .unwrap();
    assert_eq!((created.status(), created.attempts()), (StatusCode::OK, 1));
    let created = created.into_inner();
    let sent = sandbox.requests().last().unwrap().json();
    assert_eq!(
        sent["properties"][3],
        json!({"name": "email", "value": "ada@example.org", "field_type": "TEXT", "type": "SYSTEM", "subtype": "secondary"})
    );

    contacts
        .add_tags(created.id, ["trial", "engineer"])
        .send()
        .await
        .unwrap();
    contacts
        .remove_tags_by_email("ada@example.com", ["engineer"])
        .send()
        .await
        .unwrap();

    let read = contacts.get(created.id).send().await.unwrap();
    assert_eq!(
        (read.first_name().as_deref(), read.last_name().as_deref()),
        (Some("Ada"), Some("Lovelace"))
    );
    let emails: Vec<_> = read
        .emails()
        .into_iter()
        .map(|email| email.value.into_owned())
        .collect();
    assert_eq!(emails, ["ada@example.com", "ada@example.org"]);
    assert_eq!(read.phones()[0].subtype, Some(&PropertySubtype::Mobile));
    assert_eq!(read.websites()[0].value, "https://example.com/in/ada");
    assert_eq!(read.address(), Some(home));
    assert_eq!(
        (read.integer("Machine Count"), read.checkbox("VIP")),
        (Some(3), Some(true))
    );
    assert_eq!(read.multi("Interests"), ["Looms", "Engines"]);
    assert_eq!(
        read.files("Papers").unwrap(),
        ["https://example.com/note-g.pdf"]
    );
    assert_eq!(read.date("Birthday", DateFormat::DAY_FIRST), Ok(Some(born)));
    assert!(read.has_tag("trial") && !read.has_tag("engineer"));

    let changes = ContactUpdate::new(read.id).properties([
        Property::phone("work", "+1 555 0199"),
        Property::role("Analyst"),
    ]);
    let updated = contacts.update(changes).send().await.unwrap();
    assert_eq!(updated.phones().len(), 2);
    assert_eq!(updated.text("role").as_deref(), Some("Analyst"));
    assert!(updated.updated_time.unwrap().get() > 0);

    let hits = contacts.search("lovelace").send().await.unwrap();
    assert_eq!((hits[0].id, search_total(&hits)), (read.id, Some(1)));
    let none = contacts.search("babbage").send().await.unwrap();
    assert_eq!(search_total(&none), Some(0));

    contacts.delete(read.id).send().await.unwrap();
    let gone = contacts.get(read.id).send().await.unwrap_err();
    assert!(gone.is_not_found() && gone.was_sent());
    let stranger = contacts
        .get_by_email("ada@example.com")
        .send()
        .await
        .unwrap_err();
    assert!(stranger.is_not_found());
    assert_eq!(
        stranger.message(),
        Some("There is no contact exists with email [e-mail]")
    );
}

#[tokio::test]
async fn upsert_creates_once_and_then_updates() {
    let (sandbox, client) = start().await;
    let contacts = client.contacts();
    let first = contacts
        .upsert("ada@example.com", [Property::first_name("Ada")])
        .send()
        .await
        .unwrap();
    assert!(first.is_new());
    let second = contacts
        .upsert(
            "ada@example.com",
            [
                Property::role("Analyst"),
                Property::email("not@example.com"),
                Property::secondary_email("two@example.com"),
            ],
        )
        .send()
        .await
        .unwrap();
    assert!(!second.is_new());
    assert_eq!(second.contact().id, first.contact().id);
    assert_eq!(second.contact().email.as_deref(), Some("ada@example.com"));
    assert_eq!(second.contact().emails().len(), 2);
    let second = second.into_contact();
    assert_eq!(
        (
            second.first_name().as_deref(),
            second.text("role").as_deref()
        ),
        (Some("Ada"), Some("Analyst"))
    );
    let methods: Vec<_> = sandbox
        .requests()
        .iter()
        .map(|request| request.method.clone())
        .collect();
    assert_eq!(methods, ["GET", "POST", "GET", "PUT"]);
}

/// A client of a server that gives these responses in turn, and the requests that it received: method and body.
async fn responding(
    replies: impl IntoIterator<Item = (u16, &'static str)>,
) -> (Client, Arc<Mutex<Vec<(String, String)>>>) {
    let replies = Arc::new(Mutex::new(replies.into_iter().collect::<VecDeque<_>>()));
    let requests: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
    let received = Arc::clone(&requests);
    let respond = move |method: Method, body: String| {
        received.lock().unwrap().push((method.to_string(), body));
        let (status, body) = replies.lock().unwrap().pop_front().expect("a reply");
        let status = StatusCode::from_u16(status).unwrap();
        async move { (status, [("content-type", "application/json")], body) }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = axum::Router::new().fallback(respond);
    tokio::spawn(async move { axum::serve(listener, router).await });
    let client = Client::builder("key").base_url(url).build().unwrap();
    (client, requests)
}

const TAKEN: (u16, &str) = (
    400,
    r#"{"error": "A Contact with this email address ada@example.com already exists"}"#,
);
const ADA: (u16, &str) = (200, r#"{"id": 7, "properties": []}"#);

fn methods(requests: &Mutex<Vec<(String, String)>>) -> Vec<String> {
    let requests = requests.lock().unwrap();
    requests.iter().map(|(method, _)| method.clone()).collect()
}

#[tokio::test]
async fn upsert_updates_a_contact_that_somebody_else_created_meanwhile() {
    let (client, requests) = responding([(204, ""), TAKEN, ADA, ADA]).await;
    let upserted = client
        .contacts()
        .upsert("ada@example.com", [Property::first_name("Ada")])
        .send()
        .await
        .unwrap();
    assert!(!upserted.is_new());
    assert_eq!(upserted.contact().id.get(), 7);
    assert_eq!(methods(&requests), ["GET", "POST", "GET", "PUT"]);
    let (_, update) = requests.lock().unwrap().pop().unwrap();
    let update: serde_json::Value = serde_json::from_str(&update).unwrap();
    assert_eq!(
        update,
        json!({"id": 7, "properties": [{"name": "name", "value": "Ada", "field_type": "TEXT", "type": "SYSTEM"}]})
    );
}

#[tokio::test]
async fn upsert_looks_again_only_once_and_only_after_a_conflict() {
    // Another value is taken: the contact is still not there.
    let upsert = |client: &Client| {
        let properties = [Property::first_name("Ada")];
        client
            .contacts()
            .upsert("ada@example.com", properties)
            .send()
    };
    let (client, requests) = responding([(204, ""), TAKEN, (204, "")]).await;
    let error = upsert(&client).await.unwrap_err();
    assert!(error.is_conflict(), "{error}");
    assert_eq!(error.operation().unwrap().id, "contacts_create");
    assert_eq!(methods(&requests), ["GET", "POST", "GET"]);

    let (client, requests) = responding([(204, ""), TAKEN, ADA, TAKEN]).await;
    let error = upsert(&client).await.unwrap_err();
    assert_eq!(error.operation().unwrap().id, "contacts_update");
    assert_eq!(methods(&requests), ["GET", "POST", "GET", "PUT"]);

    let refused = (400, r#"{"error": "Bad property"}"#);
    let (client, requests) = responding([(204, ""), refused]).await;
    let error = upsert(&client).await.unwrap_err();
    assert_eq!(error.message(), Some("Bad property"));
    assert_eq!(methods(&requests), ["GET", "POST"]);
}

#[tokio::test]
async fn upsert_creates_nothing_if_the_lookup_fails() {
    let (sandbox, client) = start().await;
    let stranger = Client::builder("wrong")
        .base_url(sandbox.engagebay().base_url())
        .build()
        .unwrap();
    let error = stranger
        .contacts()
        .upsert("ada@example.com", [Property::first_name("Ada")])
        .send()
        .await
        .unwrap_err();
    assert!(error.is_unauthorized());
    assert_eq!(error.operation().unwrap().id, "contacts_get_by_email");
    assert_eq!(sandbox.request_count(), 1);
    for email in ["", "..", "."] {
        let error = client
            .contacts()
            .upsert(email, [])
            .send()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    }
    assert_eq!(sandbox.request_count(), 1);
}

#[tokio::test]
async fn lists_are_read_page_by_page() {
    let (sandbox, client) = start().await;
    for at in 0..7 {
        client
            .contacts()
            .upsert(
                format!("c{at}@example.com"),
                [Property::first_name(format!("C{at}"))],
            )
            .send()
            .await
            .unwrap();
    }
    sandbox.clear_requests();
    let all: Vec<_> = client
        .contacts()
        .list()
        .page_size(3)
        .stream()
        .try_collect()
        .await
        .unwrap();
    let names: Vec<_> = all
        .iter()
        .filter_map(|contact| contact.first_name())
        .collect();
    assert_eq!(names, ["C0", "C1", "C2", "C3", "C4", "C5", "C6"]);
    assert_eq!(sandbox.request_count(), 3);
}

#[test]
fn calls_are_send() {
    fn spawnable<T: Send + 'static>(_: T) {}
    fn shareable<T: Send + Sync + Clone + 'static>(_: &T) {}
    let client = Client::builder("key").build().unwrap();
    shareable(&client);
    let contacts = client.contacts();
    drop(client);
    shareable(&contacts);
    let upsert = contacts.upsert("ada@example.com", [Property::first_name("Ada")]);
    shareable(&upsert);
    spawnable(upsert.send());
    spawnable(contacts.get(7).send());
    spawnable(contacts.get(7).response());
    spawnable(contacts.list().stream());
    spawnable(contacts.list().pages());
}
