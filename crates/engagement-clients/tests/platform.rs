//! The same code with every platform: the requests, and the errors without a request.
#![cfg(all(
    feature = "platform",
    feature = "engage",
    feature = "engagebay",
    feature = "engageone",
    feature = "engagespot",
    feature = "webengage"
))]

use engagement_clients::platform::{
    Channel, Event, Message, Person, Platform, PlatformError, Task,
};
use engagement_clients::{engage, engagebay, engageone, engagespot, webengage};
use engagement_sandbox::{
    Engage, EngageBay, EngageOne, Engagespot, Sandbox, WebEngage, WebEngageChannel,
};
use serde_json::{Value, json};

/// Every platform, with the sandbox.
fn platforms(sandbox: &Sandbox) -> Vec<Box<dyn Platform>> {
    let engageone_users = sandbox.server_url("engageone", "users").unwrap();
    vec![
        Box::new(
            engage::Client::builder(Engage::API_KEY, Engage::API_SECRET)
                .base_url(sandbox.engage().base_url())
                .build()
                .unwrap(),
        ),
        Box::new(
            engagebay::Client::builder(EngageBay::API_KEY)
                .base_url(sandbox.engagebay().base_url())
                .build()
                .unwrap(),
        ),
        Box::new(
            engageone::Client::builder(
                EngageOne::CUSTOMER_ID,
                EngageOne::CLIENT_ID,
                EngageOne::SECRET,
            )
            .base_url(sandbox.engageone().base_url())
            .server_url("users", engageone_users)
            .build()
            .unwrap(),
        ),
        Box::new(
            engagespot::Client::builder(Engagespot::API_KEY, Engagespot::API_SECRET)
                .base_url(sandbox.engagespot().base_url())
                .build()
                .unwrap(),
        ),
        Box::new(
            webengage::Client::builder(WebEngage::LICENSE_CODE, WebEngage::API_KEY)
                .base_url(sandbox.webengage().base_url())
                .build()
                .unwrap(),
        ),
    ]
}

fn ada() -> Person {
    Person::new("u-1")
        .email("ada@example.com")
        .phone("+15550100")
        .first_name("Ada")
        .last_name("Lovelace")
        .attribute("plan", "pro")
}

/// The operations of the requests, without logins.
fn operations(sandbox: &Sandbox) -> Vec<&'static str> {
    let requests = sandbox.requests();
    let operations = requests.iter().filter_map(|request| request.operation);
    operations.filter(|id| *id != "auth_login").collect()
}

/// The operations of a task, or that it is unsupported.
async fn outcome<T>(
    sandbox: &Sandbox,
    task: impl Future<Output = Result<T, PlatformError>>,
) -> String {
    sandbox.clear_requests();
    match task.await {
        Ok(_) => operations(sandbox).join(", "),
        Err(PlatformError::Unsupported(unsupported)) => {
            assert_eq!(sandbox.requests().len(), 0, "{unsupported}: was sent");
            "unsupported".to_owned()
        }
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn each_platform_does_its_tasks_and_reports_unsupported_ones() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox
        .webengage()
        .add_campaign("welcome", WebEngageChannel::Email);
    let message = |channel| {
        Message::new(channel, ada())
            .from("shop@example.com")
            .subject("Hello")
            .text("Welcome")
            .template("welcome")
            .campaign("welcome")
            .through("twilio")
            .data("name", "Ada")
    };
    let mut found = Vec::new();
    for platform in platforms(&sandbox) {
        let profile = outcome(&sandbox, platform.upsert_profile(ada())).await;
        let event = Event::new("u-1", "order_placed").property("amount", 49.5);
        let event = outcome(&sandbox, platform.track_event(event)).await;
        let email = outcome(&sandbox, platform.send_message(message(Channel::Email))).await;
        for (task, done) in [
            (Task::UpsertProfile, &profile),
            (Task::TrackEvent, &event),
            (Task::SendMessage(Channel::Email), &email),
        ] {
            let said = platform.supports(task);
            assert_eq!(said.is_err(), done == "unsupported", "{said:?}");
        }
        found.push([platform.name().to_owned(), profile, event, email]);
    }
    let expected = [
        ["engage", "users_update", "users_track", "send_email"],
        [
            "engagebay",
            "contacts_get_by_email, contacts_create",
            "unsupported",
            "unsupported",
        ],
        [
            "engageone",
            "unsupported",
            "unsupported",
            "campaigns_send_transactional_v2",
        ],
        [
            "engagespot",
            "users_create_or_update",
            "unsupported",
            "notifications_send",
        ],
        [
            "webengage",
            "users_track",
            "events_track",
            "transactions_trigger",
        ],
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn values_are_sent_unchanged() {
    let sandbox = Sandbox::start().await.unwrap();
    let body =
        |at: usize| -> Value { serde_json::from_slice(&sandbox.requests()[at].body).unwrap() };
    let all = platforms(&sandbox);
    let platform = |name: &str| all.iter().find(|platform| platform.name() == name).unwrap();

    platform("engage").upsert_profile(ada()).await.unwrap();
    platform("engagespot").upsert_profile(ada()).await.unwrap();
    platform("webengage").upsert_profile(ada()).await.unwrap();
    assert_eq!(
        body(0),
        json!({ "email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace",
            "meta": { "plan": "pro" }, "number": "+15550100" })
    );
    assert_eq!(
        body(1),
        json!({ "email": "ada@example.com", "firstName": "Ada", "phoneNumber": "+15550100",
            "lastName": "Lovelace", "plan": "pro" })
    );
    assert_eq!(
        body(2),
        json!({ "userId": "u-1", "email": "ada@example.com", "firstName": "Ada", "lastName": "Lovelace",
            "phone": "+15550100", "attributes": { "plan": "pro" } })
    );
}

#[tokio::test]
async fn messages_are_sent_unchanged() {
    let sandbox = Sandbox::start().await.unwrap();
    let all = platforms(&sandbox);
    let message = |channel| {
        Message::new(channel, ada())
            .from("shop@example.com")
            .subject("Hello")
            .text("Welcome")
            .template("greeting")
            .campaign("spring")
            .through("twilio")
            .data("name", "Ada")
    };
    let mut bodies = Vec::new();
    for (name, channel) in [
        ("engage", Channel::Sms),
        ("engage", Channel::Email),
        ("engageone", Channel::Email),
    ] {
        let platform = all.iter().find(|platform| platform.name() == name).unwrap();
        // The task owns what it needs.
        let sending = tokio::spawn(platform.send_message(message(channel)));
        assert!(sending.await.unwrap().unwrap().id.is_some(), "{name}");
        let requests = sandbox.requests();
        let body: Value = serde_json::from_slice(&requests.last().unwrap().body).unwrap();
        bodies.push(body);
    }
    assert_eq!(
        bodies,
        [
            json!({ "from": "shop@example.com", "to": "+15550100", "body": "Welcome", "source": "twilio" }),
            json!({ "from": { "email": "shop@example.com" }, "to": "ada@example.com", "subject": "Hello",
                "text": "Welcome", "template": "greeting", "template_variables": { "name": "Ada" } }),
            json!({ "communication": "greeting", "dataset": [{ "name": "Ada", "email": "ada@example.com" }],
                "email_json_path": "email", "project": "twilio", "sender": "shop@example.com",
                "subject": "Hello" }),
        ]
    );
}

#[tokio::test]
async fn nothing_is_sent_if_a_value_is_missing() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut reported = Vec::new();
    for platform in platforms(&sandbox) {
        let without_fields = Person::new("u-1");
        let message = Message::new(Channel::Email, without_fields.clone());
        let errors = [
            platform.upsert_profile(without_fields).await.err(),
            platform.send_message(message).await.err(),
        ];
        reported.extend(errors.into_iter().flatten().map(|error| error.to_string()));
    }
    assert_eq!(
        reported,
        [
            "engage needs a sender",
            "engagebay needs the person's e-mail address, by which it knows people",
            "engagebay cannot send one person a message by e-mail: its API starts sequences and broadcasts, but sends no single message",
            "engageone cannot write profiles: its API has no documented call for it",
            "engageone needs the receiver's e-mail address",
            "engagespot needs a subject or a template",
            "webengage needs the id of a transactional campaign",
        ]
    );
    // These accept profiles with only an id.
    let profiles = ["users_update", "users_create_or_update", "users_track"];
    assert_eq!(operations(&sandbox), profiles);
}

#[tokio::test]
async fn all_platforms_refuse_attributes_that_are_no_object() {
    let sandbox = Sandbox::start().await.unwrap();
    for platform in platforms(&sandbox) {
        let mut person = Person::new("u1").email("ada@example.com");
        person.attributes = json!("hidden").into();
        let error = platform.upsert_profile(person).await.unwrap_err();
        let reported = error.to_string();
        assert!(!reported.contains("hidden"), "{reported}");
    }
    assert_eq!(sandbox.requests().len(), 0);
}
