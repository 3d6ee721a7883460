//! A receiver for what WebEngage sends: webhooks, and messages that it hands over to a provider.
//!
//! ```sh
//! export WEBENGAGE_LICENSE_CODE=… WEBENGAGE_WEBHOOK_KEY=… PROVIDER_KEY=…
//! cargo run -p webengage-client --example webengage_webhooks
//! ```
//!
//! Put it behind something that speaks HTTPS and leaves query strings out of its logs: the webhooks' secret is in them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use subtle::ConstantTimeEq as _;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use webengage_client::outbound::{EmailReply, RcsReply, SmsReply, WhatsappReply};
use webengage_client::status_codes::{email, rcs, sms, whatsapp};
use webengage_client::{Channel, OutboundMessage, Webhook, WebhookSecret, webhooks};

/// How many deliveries are remembered, to recognise those that come again.
const REMEMBERED: usize = 10_000;

/// What has come.
#[derive(Debug)]
pub(crate) enum Incoming {
    Webhook(Webhook),
    /// To be sent now, and to be reported later with `client.delivery()`.
    Message(OutboundMessage),
}

struct Receiver {
    secret: WebhookSecret,
    /// What WebEngage was given at registration, to be sent as bearer token.
    provider_key: String,
    seen: Mutex<VecDeque<String>>,
    incoming: UnboundedSender<Incoming>,
}

/// The routes, and where to read what comes in. Handing it over is all they do: WebEngage waits for the answer.
pub(crate) fn router(
    secret: WebhookSecret,
    provider_key: &str,
) -> (Router, UnboundedReceiver<Incoming>) {
    let (incoming, received) = unbounded_channel();
    let receiver = Receiver {
        secret,
        provider_key: provider_key.to_owned(),
        seen: Mutex::default(),
        incoming,
    };
    let router = Router::new()
        .route("/webhooks", post(webhook))
        // A message doesn't say its channel, so each has a URL of its own.
        .route("/messages/sms", post(sms_message))
        .route("/messages/email", post(email_message))
        .route("/messages/whatsapp", post(whatsapp_message))
        .route("/messages/rcs", post(rcs_message))
        .with_state(Arc::new(receiver));
    (router, received)
}

/// Nothing but 200 counts as success for WebEngage.
async fn webhook(
    State(receiver): State<Arc<Receiver>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let query = query.unwrap_or_default();
    if !receiver.secret.verify(&query) {
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(webhook) = Webhook::parse(&query, &body) else {
        return StatusCode::BAD_REQUEST;
    };
    if receiver.is_new(webhooks::request_id(&headers)) {
        receiver.hand_over(Incoming::Webhook(webhook));
    }
    StatusCode::OK
}

async fn sms_message(
    State(receiver): State<Arc<Receiver>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let reply = if !receiver.knows(&headers) {
        SmsReply::rejected(sms::NOT_AUTHENTICATED, "the key is wrong")
    } else {
        match OutboundMessage::parse(Channel::Sms, &body) {
            Err(error) => SmsReply::rejected(sms::OTHER, error.to_string())
                .with_status(StatusCode::BAD_REQUEST),
            Ok(message) if !["1.0", "2.0"].contains(&message.version().unwrap_or("1.0")) => {
                SmsReply::version_unsupported("2.0")
            }
            Ok(OutboundMessage::Sms(message))
                if message
                    .sms_data
                    .body
                    .as_deref()
                    .unwrap_or_default()
                    .is_empty() =>
            {
                SmsReply::rejected(sms::EMPTY_BODY, "the message has no text")
            }
            Ok(message) => {
                receiver.hand_over(Incoming::Message(message));
                SmsReply::accepted()
            }
        }
    };
    json(reply.status(), reply.to_json())
}

async fn email_message(
    State(receiver): State<Arc<Receiver>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let reply = if !receiver.knows(&headers) {
        EmailReply::rejected(email::NOT_AUTHENTICATED, "the key is wrong")
    } else {
        match OutboundMessage::parse(Channel::Email, &body) {
            Err(error) => EmailReply::rejected(email::OTHER, error.to_string())
                .with_status(StatusCode::BAD_REQUEST),
            Ok(message) if !["1.0", "2.0"].contains(&message.version().unwrap_or("1.0")) => {
                EmailReply::version_unsupported("2.0")
            }
            Ok(message) => {
                receiver.hand_over(Incoming::Message(message));
                EmailReply::accepted()
            }
        }
    };
    json(reply.status(), reply.to_json())
}

async fn whatsapp_message(
    State(receiver): State<Arc<Receiver>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let reply = if !receiver.knows(&headers) {
        WhatsappReply::rejected(whatsapp::NOT_AUTHENTICATED, "the key is wrong")
    } else {
        match OutboundMessage::parse(Channel::Whatsapp, &body) {
            Err(error) => WhatsappReply::rejected(whatsapp::BAD_FORMAT, error.to_string()),
            Ok(message) if message.version().unwrap_or("1.0") != "1.0" => {
                WhatsappReply::version_unsupported("1.0")
            }
            Ok(message) => {
                receiver.hand_over(Incoming::Message(message));
                WhatsappReply::accepted()
            }
        }
    };
    json(reply.status(), reply.to_json())
}

/// Which HTTP status goes with which code is not known for RCS, so this one sets its own.
async fn rcs_message(
    State(receiver): State<Arc<Receiver>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let reply = if !receiver.knows(&headers) {
        RcsReply::rejected(rcs::OTHER, "the key is wrong").with_status(StatusCode::UNAUTHORIZED)
    } else {
        match OutboundMessage::parse(Channel::Rcs, &body) {
            Err(error) => RcsReply::rejected(rcs::OTHER, error.to_string())
                .with_status(StatusCode::BAD_REQUEST),
            Ok(message) if message.version().unwrap_or("1.0") != "1.0" => {
                RcsReply::version_unsupported("1.0").with_status(StatusCode::BAD_REQUEST)
            }
            Ok(message) => {
                receiver.hand_over(Incoming::Message(message));
                RcsReply::accepted()
            }
        }
    };
    json(reply.status(), reply.to_json())
}

fn json(status: StatusCode, body: String) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}

impl Receiver {
    /// Whether a message comes with the key. WebEngage can be set up for other headers too.
    fn knows(&self, headers: &HeaderMap) -> bool {
        let given = headers
            .get(AUTHORIZATION)
            .map_or(&[][..], |value| value.as_bytes());
        let expected = format!("Bearer {}", self.provider_key);
        expected.as_bytes().ct_eq(given).into()
    }

    /// Whether a delivery has not come before.
    fn is_new(&self, request_id: Option<&str>) -> bool {
        let Some(id) = request_id else { return true };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.iter().any(|known| known == id) {
            return false;
        }
        if seen.len() == REMEMBERED {
            seen.pop_front();
        }
        seen.push_back(id.to_owned());
        true
    }

    fn hand_over(&self, incoming: Incoming) {
        // Nobody reads any more only when the program ends.
        let _ = self.incoming.send(incoming);
    }
}

#[tokio::main(flavor = "current_thread")]
#[allow(dead_code, reason = "a test takes the routes without it")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let variable = |name: &str| std::env::var(name).map_err(|_| format!("set {name}"));
    let license_code = variable("WEBENGAGE_LICENSE_CODE")?;
    let secret = WebhookSecret::new(&license_code, variable("WEBENGAGE_WEBHOOK_KEY")?)?;
    let (router, mut received) = router(secret, &variable("PROVIDER_KEY")?);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    println!("listening on http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });
    while let Some(incoming) = received.recv().await {
        match incoming {
            Incoming::Webhook(webhook) => {
                println!("{:?} {:?}", webhook.event_type, webhook.payload)
            }
            Incoming::Message(message) => {
                println!("{:?} {}", message.channel(), message.message_id())
            }
        }
    }
    Ok(())
}
