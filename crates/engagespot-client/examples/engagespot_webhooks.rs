//! Receives what Engagespot's webhook channel posts.
//!
//! ```sh
//! WEBHOOK_SECRET=some-long-random-text cargo run -p engagespot-client --example engagespot_webhooks
//! ```
//!
//! Give a user the profile attribute `webhookUrl` with the URL that it prints, seen from the internet. How Engagespot
//! signs deliveries is not published, so the URL holds a secret of your own: who doesn't know it gets 404.

use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use engagespot_client::{Secret, WebhookBody, WebhookDelivery};

type Handler = Arc<dyn Fn(&str, WebhookDelivery) + Send + Sync>;

/// What every delivery is checked with and handed to.
#[derive(Clone)]
pub(crate) struct Receiver {
    secret: Secret,
    handler: Handler,
}

/// Takes deliveries at `/engagespot/{secret}/{user}` and hands them to `handler` with the user.
pub(crate) fn router(
    secret: impl Into<Secret>,
    handler: impl Fn(&str, WebhookDelivery) + Send + Sync + 'static,
) -> Router {
    Router::new()
        .route("/engagespot/{secret}/{user}", post(receive))
        .with_state(Receiver {
            secret: secret.into(),
            handler: Arc::new(handler),
        })
}

async fn receive(
    State(receiver): State<Receiver>,
    Path((secret, user)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    // Secrets compare in constant time. 404 doesn't tell guessers that there is something to guess.
    if Secret::from(secret) != receiver.secret {
        return StatusCode::NOT_FOUND;
    }
    // Whether Engagespot repeats a delivery that fails is not published: take it first, work on it later.
    (receiver.handler)(&user, WebhookDelivery::parse(&headers, body));
    StatusCode::NO_CONTENT
}

#[tokio::main(flavor = "current_thread")]
#[allow(dead_code, reason = "a test includes this file for its router")]
async fn main() -> ExitCode {
    let Some(secret) = std::env::var("WEBHOOK_SECRET")
        .ok()
        .filter(|secret| secret.len() >= 16)
    else {
        eprintln!("set WEBHOOK_SECRET to 16 characters or more that nobody can guess");
        return ExitCode::FAILURE;
    };
    let app = router(secret, |user, delivery| {
        match delivery.body() {
            WebhookBody::Json(json) => println!("for {user}: {json}"),
            WebhookBody::Text(text) => println!("for {user}: {text:?}"),
            other => println!("for {user}: {other:?}"),
        }
        if let Some(signature) = delivery.signature() {
            println!("signed, not verified: {signature}");
        }
    });
    let serving = async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
        println!("listening on http://127.0.0.1:8080/engagespot/$WEBHOOK_SECRET/USER");
        axum::serve(listener, app).await
    };
    match serving.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
