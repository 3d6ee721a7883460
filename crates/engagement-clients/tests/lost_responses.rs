//! Calls that are executed although their responses are lost: none may be executed twice.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use engagement_clients::{Error, engage, engagebay, engagespot, webengage};
use engagement_faults::{ConnectionEnd, CutPoint, Fault, FaultServer, Response};
use futures_util::stream::{self, StreamExt as _};

const CALLS: usize = 1000;

/// Stores an object for each request, and resets the connection before or within the response.
struct Provider {
    server: FaultServer,
    /// How often each was made, by its name.
    objects: Arc<Mutex<HashMap<String, usize>>>,
}

impl Provider {
    async fn start() -> Self {
        let objects: Arc<Mutex<HashMap<String, usize>>> = Arc::default();
        let (made, count) = (Arc::clone(&objects), AtomicUsize::new(0));
        let server = FaultServer::start(move |request| {
            let text = request.text();
            let name = text.split("name-").nth(1).expect("a name");
            let name = name.split(|end: char| !end.is_ascii_digit()).next();
            let name = name.unwrap_or_default().to_owned();
            *made.lock().expect("the objects").entry(name).or_default() += 1;
            let at = match count.fetch_add(1, Ordering::SeqCst) % 2 {
                0 => CutPoint::Start,
                _ => CutPoint::HalfBody,
            };
            Response::json(r#"{"id": 1, "status": "ok"}"#).fault(Fault::Cut {
                at,
                end: ConnectionEnd::Reset,
            })
        });
        Self {
            server: server.await.expect("a server"),
            objects,
        }
    }

    fn url(&self) -> String {
        self.server.url()
    }

    /// Makes all calls concurrently, and checks the results.
    async fn check<T>(&self, what: &str, call: impl AsyncFn(String) -> Result<T, Error>) {
        let calls = stream::iter(0..CALLS).map(|number| call(format!("name-{number}")));
        let outcomes: Vec<_> = calls.buffer_unordered(32).collect().await;
        let unsure = outcomes.iter().filter(|outcome| match outcome {
            Ok(_) => false,
            Err(error) => error.was_sent() && error.attempts() == 1,
        });
        let objects = self.objects.lock().expect("the objects");
        let (made, requests) = (
            objects.values().sum::<usize>(),
            self.server.requests().len(),
        );
        let duplicates = made - objects.len();
        println!(
            "{what}: {CALLS} calls, {requests} requests, {} objects, {duplicates} duplicates",
            objects.len()
        );
        assert_eq!(
            (requests, objects.len(), duplicates),
            (CALLS, CALLS, 0),
            "{what}"
        );
        assert_eq!(unsure.count(), CALLS, "{what}");
    }
}

#[tokio::test]
async fn a_contact_is_created_once() {
    use engagebay::types::{NewContact, Property};
    let provider = Provider::start().await;
    let client = engagebay::Client::builder("key")
        .base_url(provider.url())
        .build()
        .expect("a client");
    let call = async |name: String| {
        let body = NewContact::new().properties([Property::email(format!("{name}@example.com"))]);
        client.contacts().create(body).send().await
    };
    provider.check("EngageBay, contacts_create", call).await;
}

#[tokio::test]
async fn an_event_is_recorded_once() {
    use engage::types::TrackEvent;
    let provider = Provider::start().await;
    let client = engage::Client::builder("key", "secret")
        .base_url(provider.url())
        .build()
        .expect("a client");
    let call = async |name: String| {
        let body = TrackEvent::new("signed_up");
        client.users().track(name, body).send().await
    };
    provider.check("Engage, users_track", call).await;
}

#[tokio::test]
async fn a_notification_is_sent_once() {
    use engagespot::types::{NotificationContent, SendNotification, SendTo};
    let provider = Provider::start().await;
    let client = engagespot::Client::builder("key", "secret")
        .base_url(provider.url())
        .build()
        .expect("a client");
    let call = async |name: String| {
        let body = SendNotification::new(NotificationContent::new().title("Hello"))
            .send_to(SendTo::new().recipients([name]));
        client.notifications().send(body).send().await
    };
    provider.check("Engagespot, notifications_send", call).await;
}

#[tokio::test]
async fn a_transactional_message_is_sent_once() {
    use webengage::types::TransactionRequest;
    let provider = Provider::start().await;
    let client = webengage::Client::builder("code", "key")
        .base_url(provider.url())
        // The default limit is 100 per minute.
        .rate_limits(webengage::RateLimits::unlimited())
        .build()
        .expect("a client");
    let call = async |name: String| {
        let body = TransactionRequest::new(name);
        client.transactions().trigger("exp", body).send().await
    };
    provider
        .check("WebEngage, transactions_trigger", call)
        .await;
}

/// Idempotent calls are retried after the same losses.
#[tokio::test]
async fn idempotent_calls_are_retried() {
    let provider = Provider::start().await;
    let client = engage::Client::builder("key", "secret")
        .base_url(provider.url())
        .build()
        .expect("a client");
    let error = client
        .users()
        .get("name-1")
        .send()
        .await
        .expect_err("no response");
    assert_eq!((error.attempts(), provider.server.requests().len()), (3, 3));
}
