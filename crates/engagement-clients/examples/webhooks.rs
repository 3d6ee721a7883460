//! Receives WebEngage's webhooks with axum: verifies each delivery, parses it and prints it.
//!
//! ```sh
//! export WEBENGAGE_LICENSE_CODE=… WEBENGAGE_WEBHOOK_KEY=…
//! cargo run -p engagement-clients --example webhooks 127.0.0.1:8080
//! ```
//!
//! The clients of EngageBay, Engagespot and WebEngage have complete receivers among their examples.

use std::error::Error;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::routing::post;
use engagement_clients::webengage::{Webhook, WebhookPayload, WebhookSecret};

async fn receive(
    State(secret): State<Arc<WebhookSecret>>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> StatusCode {
    let query = query.unwrap_or_default();
    if !secret.verify(&query) {
        return StatusCode::UNAUTHORIZED;
    }
    match Webhook::parse(&query, &body).map(|webhook| webhook.payload) {
        Ok(WebhookPayload::SystemEvent(event)) => println!("system event {}", event.event_name),
        Ok(WebhookPayload::Feedback(_)) => println!("feedback"),
        Ok(_) => println!("another kind"),
        Err(_) => return StatusCode::BAD_REQUEST,
    }
    StatusCode::OK // WebEngage treats everything else as a failure, 204 too.
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = std::env::args().nth(1).ok_or("name an address")?;
    let code = std::env::var("WEBENGAGE_LICENSE_CODE")?;
    let secret = WebhookSecret::new(&code, std::env::var("WEBENGAGE_WEBHOOK_KEY")?)?;
    let app = axum::Router::new().route("/webhooks", post(receive));
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("http://{}/webhooks", listener.local_addr()?);
    Ok(axum::serve(listener, app.with_state(Arc::new(secret))).await?)
}
