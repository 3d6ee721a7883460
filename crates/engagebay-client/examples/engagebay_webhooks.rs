//! Receives what EngageBay posts: its webhooks, and the callback of a batch.
//!
//! ```sh
//! WEBHOOK_SECRET=some-long-random-text cargo run -p engagebay-client --example engagebay_webhooks
//! ```
//!
//! Enter the first URL that it prints, seen from the internet, in EngageBay under Account Settings, Webhooks; the second
//! one goes into `callback_url` of `client.contacts().create_batch()`. Deliveries carry neither signature nor secret, so
//! the URL holds a secret of your own: who doesn't know it gets 404.

use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::post;
use engagebay_client::{Secret, Webhook};

/// Where a delivery came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A webhook of the account.
    Webhook,
    /// The callback of a batch.
    Batch,
}

type Handler = Arc<dyn Fn(Origin, Webhook) + Send + Sync>;

/// What every delivery is checked with and handed to.
#[derive(Clone)]
pub(crate) struct Receiver {
    secret: Secret,
    handler: Handler,
}

/// Takes deliveries at `/engagebay/{secret}/webhook` and `/engagebay/{secret}/batch`, and hands them to `handler`.
pub(crate) fn router(
    secret: impl Into<Secret>,
    handler: impl Fn(Origin, Webhook) + Send + Sync + 'static,
) -> Router {
    let receiver = Receiver {
        secret: secret.into(),
        handler: Arc::new(handler),
    };
    let taking =
        |origin| move |state, path, body| async move { receive(origin, state, path, body) };
    Router::new()
        .route("/engagebay/{secret}/webhook", post(taking(Origin::Webhook)))
        .route("/engagebay/{secret}/batch", post(taking(Origin::Batch)))
        .with_state(receiver)
}

fn receive(
    origin: Origin,
    State(receiver): State<Receiver>,
    Path(secret): Path<String>,
    body: Bytes,
) -> StatusCode {
    // Secrets compare in constant time. 404 doesn't tell guessers that there is something to guess.
    if Secret::from(secret) != receiver.secret {
        return StatusCode::NOT_FOUND;
    }
    match Webhook::parse(&body) {
        // When EngageBay repeats a delivery is not published: take it first, work on it later.
        Ok(webhook) => {
            (receiver.handler)(origin, webhook);
            StatusCode::OK
        }
        Err(_) => StatusCode::BAD_REQUEST,
    }
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
    let app = router(secret, |origin, webhook| match webhook {
        Webhook::Contact(contact) => println!("contact {}: {:?}", contact.entity.id, contact.event),
        Webhook::Company(company) => println!("company {}: {:?}", company.entity.id, company.event),
        Webhook::Deal(deal) => println!("deal {}: {:?}", deal.entity.id, deal.event),
        Webhook::Email(email) => println!("e-mail: {:?}", email.event),
        // Keys of the batch's callback are not published, and events may be newer than this crate.
        Webhook::Other(json) => println!("{origin:?}: {json}"),
        other => println!("{:?}", other.event()),
    });
    let serving = async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
        println!("listening on http://127.0.0.1:8080/engagebay/$WEBHOOK_SECRET/webhook");
        println!("         and http://127.0.0.1:8080/engagebay/$WEBHOOK_SECRET/batch");
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
