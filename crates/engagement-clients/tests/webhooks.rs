//! Webhook deliveries of EngageBay, Engagespot and WebEngage, posted to the receivers of the examples.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use tower::ServiceExt as _;

#[path = "../../engagebay-client/examples/engagebay_webhooks.rs"]
mod engagebay_receiver;
#[path = "../../engagespot-client/examples/engagespot_webhooks.rs"]
mod engagespot_receiver;
#[path = "../../webengage-client/examples/webengage_webhooks.rs"]
mod webengage_receiver;

/// Posts to a receiver, and returns status, headers and body of the response.
async fn post(
    router: &Router,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Vec<u8>>,
) -> (StatusCode, HeaderMap, String) {
    let mut request = Request::post(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::from(body.into())).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let body = String::from_utf8(body.into()).unwrap();
    (head.status, head.headers, body)
}

/// A delivery without the secret in the URL gets 404 and is not handled.
#[tokio::test]
async fn a_wrong_secret_in_the_url_is_not_found() {
    let (engagebay, at_engagebay) = engagebay::start();
    let (engagespot, at_engagespot) = engagespot::start();
    for (receiver, path) in [
        (&engagebay, "/engagebay/another/webhook"),
        (&engagebay, "/engagebay/s3cret-of-our/batch"),
        (&engagebay, "/engagebay/webhook"),
        (&engagebay, "/"),
        (&engagespot, "/engagespot/another/ada"),
        (&engagespot, "/engagespot/s3cret-of-our/ada"),
        (&engagespot, "/engagespot/ada"),
        (&engagespot, "/"),
    ] {
        let (status, _, body) = post(receiver, path, &[], "{}").await;
        assert_eq!((status.as_u16(), body.as_str()), (404, ""), "{path}");
    }
    assert_eq!(at_engagebay.lock().unwrap().len(), 0);
    assert_eq!(at_engagespot.lock().unwrap().len(), 0);
}

mod engagebay {
    use std::sync::{Arc, Mutex};

    use axum::Router;
    use engagebay_client::Webhook;
    use engagebay_client::enums::ContactWebhookEvent;
    use engagebay_client::ids::ContactId;
    use serde_json::json;

    use super::engagebay_receiver::{self, Origin};
    use super::post;

    pub(crate) type Received = Arc<Mutex<Vec<(Origin, Webhook)>>>;

    /// A receiver, and the deliveries that it handled.
    pub(crate) fn start() -> (Router, Received) {
        let received = Received::default();
        let keep = Arc::clone(&received);
        let app = engagebay_receiver::router("s3cret-of-ours", move |origin, webhook| {
            keep.lock().unwrap().push((origin, webhook));
        });
        (app, received)
    }

    #[tokio::test]
    async fn each_delivery_is_parsed() {
        let (app, received) = start();
        let (webhook, batch) = (
            "/engagebay/s3cret-of-ours/webhook",
            "/engagebay/s3cret-of-ours/batch",
        );
        let contact =
            json!({ "event": "contact.created", "entity": { "id": 7, "properties": [] } });
        let newer = json!({ "event": "ticket.created", "entity": { "id": 1 } });
        let done = json!({ "status": "done", "success": 99, "failed": 1 });
        for (path, body) in [(webhook, &contact), (webhook, &newer), (batch, &done)] {
            let body = body.to_string();
            let (status, _, body) = post(&app, path, &[], body).await;
            assert_eq!((status.as_u16(), body.as_str()), (200, ""));
        }
        let (status, _, body) = post(&app, webhook, &[], "event=contact.created").await;
        assert_eq!((status.as_u16(), body.as_str()), (400, ""));

        let received = received.lock().unwrap();
        let [first, second, third] = received.as_slice() else {
            panic!("{} deliveries instead of 3", received.len())
        };
        let (Origin::Webhook, Webhook::Contact(contact)) = first else {
            panic!("{first:?}")
        };
        assert_eq!(contact.event, ContactWebhookEvent::ContactCreated);
        assert_eq!(contact.entity.id, ContactId::from(7));
        assert_eq!(*second, (Origin::Webhook, Webhook::Other(newer)));
        assert_eq!(*third, (Origin::Batch, Webhook::Other(done)));
    }
}

mod engagespot {
    use std::sync::{Arc, Mutex};

    use axum::Router;
    use engagespot_client::{WebhookBody, WebhookDelivery};
    use serde_json::json;

    use super::{engagespot_receiver, post};

    pub(crate) type Received = Arc<Mutex<Vec<(String, WebhookDelivery)>>>;

    /// A receiver, and the deliveries that it handled.
    pub(crate) fn start() -> (Router, Received) {
        let received = Received::default();
        let keep = Arc::clone(&received);
        let app = engagespot_receiver::router("s3cret-of-ours", move |user, delivery| {
            keep.lock().unwrap().push((user.to_owned(), delivery));
        });
        (app, received)
    }

    #[tokio::test]
    async fn a_delivery_keeps_its_body_and_signature() {
        let (app, received) = start();
        let ada = "/engagespot/s3cret-of-ours/ada%40example.com";
        let json = br#"{"orderId": 5001,  "status": "shipped"}"#;
        let signed = &[("X-Webhook-Signature", "q83v+A==")][..];
        for (headers, body) in [
            (signed, &json[..]),
            (&[], b"order 5001: shipped"),
            (&[], b"\xff"),
        ] {
            let (status, _, body) = post(&app, ada, headers, body).await;
            assert_eq!((status.as_u16(), body.as_str()), (204, ""));
        }

        let received = received.lock().unwrap();
        let users: Vec<&str> = received.iter().map(|(user, _)| user.as_str()).collect();
        assert_eq!(users, ["ada@example.com"; 3]);
        let [first, text, binary] = [0, 1, 2].map(|at| &received[at].1);
        assert_eq!(
            first.json(),
            Some(&json!({"orderId": 5001, "status": "shipped"}))
        );
        assert_eq!(first.signature(), Some("q83v+A=="));
        assert_eq!(&first.raw()[..], json);
        assert_eq!(
            text.body(),
            &WebhookBody::Text("order 5001: shipped".into())
        );
        assert_eq!(text.signature(), None);
        assert_eq!(binary.body(), &WebhookBody::Binary);
        assert_eq!(&binary.raw()[..], b"\xff");
    }
}

mod webengage {
    use axum::Router;
    use axum::http::StatusCode;
    use serde_json::{Value, json};
    use tokio::sync::mpsc::UnboundedReceiver;
    use webengage_client::ids::MessageId;
    use webengage_client::{OutboundMessage, Webhook, WebhookPayload, WebhookSecret};

    use super::post;
    use super::webengage_receiver::{self, Incoming};

    /// `printf %s demo4f2a:my-webhook-key | md5sum`
    const SECRET: &str = "541e2d765ee7c4dfb1bf38bc34934bcb";

    struct Account {
        router: Router,
        received: UnboundedReceiver<Incoming>,
    }

    impl Account {
        fn start() -> Self {
            let secret = WebhookSecret::new("demo4f2a", "my-webhook-key").unwrap();
            let (router, received) = webengage_receiver::router(secret, "provider-key");
            Self { router, received }
        }

        /// Posts a delivery as WebEngage does.
        async fn deliver(
            &self,
            event_type: &str,
            secret: &str,
            id: &str,
            body: impl ToString,
        ) -> (StatusCode, String) {
            let path =
                format!("/webhooks?eventType={event_type}&licenseCode=demo4f2a&secret={secret}");
            let headers = [("x-request-id", id)];
            let (status, _, body) = post(&self.router, &path, &headers, body.to_string()).await;
            (status, body)
        }

        /// Posts a message as WebEngage does.
        async fn post_message(
            &self,
            channel: &str,
            key: &str,
            body: impl ToString,
        ) -> (StatusCode, Value) {
            let path = format!("/messages/{channel}");
            let headers = [
                ("authorization", &*format!("Bearer {key}")),
                ("content-type", "application/json"),
            ];
            let (status, headers, body) =
                post(&self.router, &path, &headers, body.to_string()).await;
            assert_eq!(headers["content-type"], "application/json");
            (status, serde_json::from_str(&body).unwrap())
        }

        fn webhook(&mut self) -> Webhook {
            match self.received.try_recv() {
                Ok(Incoming::Webhook(webhook)) => webhook,
                other => panic!("{other:?}"),
            }
        }

        fn message(&mut self) -> OutboundMessage {
            match self.received.try_recv() {
                Ok(Incoming::Message(message)) => message,
                other => panic!("{other:?}"),
            }
        }
    }

    /// The document's example of an operation's response, which is also the body of its webhook.
    fn example(path: &str) -> Value {
        let document: Value = serde_json::from_str(include_str!(
            "../../engagement-sandbox/documents/webengage.json"
        ))
        .unwrap();
        document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["example"]
            .clone()
    }

    fn event(name: &str, category: Option<&str>) -> Value {
        let mut event = json!({
            "event_name": name,
            "event_time": "2026-05-04T09:30+0000",
            "license_code": "demo4f2a",
            "user_id": "customer-1001",
            "anonymous_id": "device-7f3a",
            "event_data": { "campaign": "~2camp9", "amount": 49.5, "items": ["sku-1"] },
            "system_data": { "sdk": "ANDROID", "scope": "s1", "push_notification_content": "{\"title\":\"Hello\"}" },
        });
        if let Some(category) = category {
            event["category"] = category.into();
        }
        event
    }

    const OK: (StatusCode, String) = (StatusCode::OK, String::new());

    #[tokio::test]
    async fn each_kind_is_parsed() {
        let mut account = Account::start();
        let feedback = example("/v1/feedback/{feedbackId}");
        let replies = example("/v1/feedback/{feedbackId}/replies");
        let survey = example("/v1/survey/response/{responseId}");
        let journey = json!({
            "category": "account", "resource": "Journey", "version": 1, "event_name": "journey_activated",
            "event_time": "2026-05-04T09:30:00+0000", "license_code": "demo4f2a", "user_id": "ada@example.com",
            "event_data": {
                "id": "~4jrn1a", "name": "Welcome", "status": "ACTIVE", "createdBy": "ada@example.com",
                "creationTime": "2026-05-01T08:00:00+0000", "activatedBy": "grace@example.com",
                "activationTime": "2026-05-04T09:30:00+0000", "tags": ["onboarding"],
            },
        });

        assert_eq!(
            account
                .deliver("FEEDBACK_SUBMIT", SECRET, "1", &feedback)
                .await,
            OK
        );
        let webhook = account.webhook();
        assert_eq!(webhook.event_type.as_deref(), Some("FEEDBACK_SUBMIT"));
        assert_eq!(webhook.license_code.as_deref(), Some("demo4f2a"));
        let WebhookPayload::Feedback(read) = webhook.payload else {
            panic!()
        };
        assert_eq!(serde_json::to_value(read).unwrap(), feedback);

        assert_eq!(
            account
                .deliver("FEEDBACK_REPLY_SUBMIT", SECRET, "2", &replies)
                .await,
            OK
        );
        let WebhookPayload::FeedbackReplies(read) = account.webhook().payload else {
            panic!()
        };
        assert_eq!(serde_json::to_value(read).unwrap(), replies);

        assert_eq!(
            account
                .deliver("SURVEY_RESPONSE_SUBMIT", SECRET, "3", &survey)
                .await,
            OK
        );
        let WebhookPayload::SurveyResponse(read) = account.webhook().payload else {
            panic!()
        };
        assert_eq!(serde_json::to_value(read).unwrap(), survey);

        // An event, a campaign event and an activity event have the same format.
        for (at, name) in ["Order placed", "push_notification_click", "activity"]
            .into_iter()
            .enumerate()
        {
            let body = event(name, Some("system"));
            assert_eq!(
                account.deliver("X", SECRET, &format!("4{at}"), &body).await,
                OK
            );
            let WebhookPayload::SystemEvent(read) = account.webhook().payload else {
                panic!()
            };
            assert_eq!(serde_json::to_value(read).unwrap(), body);
        }
        let body = event("Order placed", Some("application"));
        assert_eq!(account.deliver("X", SECRET, "5", &body).await, OK);
        let WebhookPayload::ApplicationEvent(read) = account.webhook().payload else {
            panic!()
        };
        assert_eq!(serde_json::to_value(read).unwrap(), body);
        let body = event("Order placed", None);
        assert_eq!(account.deliver("X", SECRET, "6", &body).await, OK);
        let WebhookPayload::Event(read) = account.webhook().payload else {
            panic!()
        };
        assert_eq!(serde_json::to_value(read).unwrap(), body);

        assert_eq!(account.deliver("X", SECRET, "7", &journey).await, OK);
        let WebhookPayload::Journey(read) = account.webhook().payload else {
            panic!()
        };
        assert_eq!(serde_json::to_value(read).unwrap(), journey);

        let new = json!({"something": "new"});
        assert_eq!(account.deliver("NEW_KIND", SECRET, "8", &new).await, OK);
        assert_eq!(account.webhook().payload, WebhookPayload::Other(new));
        assert_eq!(
            account
                .deliver("FEEDBACK_SUBMIT", SECRET, "9", "<response/>")
                .await,
            OK
        );
        assert!(
            matches!(account.webhook().payload, WebhookPayload::Xml(body) if body == "<response/>")
        );
    }

    #[tokio::test]
    async fn a_wrong_secret_or_body_is_refused() {
        let mut account = Account::start();
        let body = event("x", None);
        let wrong = SECRET.replace('5', "6");
        for secret in ["", "wrong", &wrong, &format!("{SECRET}&secret={SECRET}")] {
            let response = account.deliver("X", secret, "1", &body).await;
            assert_eq!(
                response,
                (StatusCode::UNAUTHORIZED, String::new()),
                "{secret}"
            );
        }
        let response = account.deliver("X", SECRET, "1", "neither").await;
        assert_eq!(response, (StatusCode::BAD_REQUEST, String::new()));
        assert!(account.received.try_recv().is_err());
        // A refused delivery can be repeated, and the digits can be upper case.
        assert_eq!(
            account
                .deliver("X", &SECRET.to_uppercase(), "1", &body)
                .await,
            OK
        );
        account.webhook();
    }

    #[tokio::test]
    async fn a_repeated_delivery_is_handled_once() {
        let mut account = Account::start();
        let body = event("x", None);
        for _ in 0..3 {
            assert_eq!(
                account
                    .deliver("X", SECRET, "7d1f0c2ab94e4c36", &body)
                    .await,
                OK
            );
        }
        assert_eq!(
            account
                .deliver("X", SECRET, "7d1f0c2ab94e4c37", &body)
                .await,
            OK
        );
        account.webhook();
        account.webhook();
        assert!(account.received.try_recv().is_err());
    }

    fn sms(version: &str) -> Value {
        json!({
            "version": version,
            "smsData": { "toNumber": "15555550101", "fromNumber": "SHOP", "body": "Your order is on its way." },
            "metadata": {
                "campaignType": "TRANSACTIONAL", "timestamp": "2026-05-04T09:30:00+0000", "messageId": "msg-0001",
                "custom": { "order": "order-2001" }, "indiaDLT": { "contentTemplateId": "1", "principalEntityId": "2" },
                "somethingNew": true,
            },
        })
    }

    fn email(version: &str) -> Value {
        json!({
            "version": version,
            "email": {
                "from": "shop@example.com", "fromName": "Shop", "replyTo": ["help@example.com"], "subject": "Your order",
                "text": "On its way.", "html": "<p>On its way.</p>",
                "recipients": {
                    "to": [{ "name": "Ada", "email": "a1b2c3d4" }], "cc": [], "bcc": ["archive@example.com"],
                },
                "attachments": [{ "name": "order.pdf", "url": "https://shop.example.com/order.pdf" }],
            },
            "metadata": { "campaignType": "TRANSACTIONAL", "timestamp": 1_777_887_000, "messageId": "msg-0002", "custom": {} },
        })
    }

    fn whatsapp(version: &str) -> Value {
        json!({
            "version": version,
            "whatsAppData": {
                "toNumber": "+15555550101", "fromNumber": "15555550100",
                "templateData": {
                    "templateName": "order_sent", "language": "en", "type": "LOCATION", "templateVariables": ["Ada"],
                    "longitude": 10.75, "latitude": "59.91", "locationName": "Oslo",
                },
                "customData": { "order": "order-2001" },
            },
            "metadata": { "campaignType": "PROMOTIONAL", "timestamp": "2026-05-04T09:30:00+0000", "messageId": "msg-0003" },
        })
    }

    fn rcs(version: &str) -> Value {
        json!({
            "version": version,
            "rcsData": {
                "toNumber": "+15555550101", "sender": "example-shop",
                "templateData": {
                    "templateName": "order_sent", "type": "RICH_CARD", "language": "null", "parameters": { "name": "Ada" },
                    "templateDetails": {
                        "title": "Your order", "text": "On its way", "mediaType": "Image", "orientation": "Vertical",
                        "buttonDetails": { "buttons": [{ "type": "OPEN_URL", "text": "Track", "url": "https://shop.example.com" }] },
                    },
                },
                "customData": {},
            },
            "metadata": { "campaignType": "TRANSACTIONAL", "timeStamp": "2026-05-04T09:30:00+0000", "messageId": "msg-0004" },
        })
    }

    #[tokio::test]
    async fn messages_of_all_channels_are_accepted() {
        let mut account = Account::start();
        let body = sms("2.0");
        let response = account.post_message("sms", "provider-key", &body).await;
        assert_eq!(
            response,
            (
                StatusCode::OK,
                json!({"status": "sms_accepted", "statusCode": 0})
            )
        );
        let OutboundMessage::Sms(message) = account.message() else {
            panic!()
        };
        assert_eq!(serde_json::to_value(message).unwrap(), body);

        let body = email("1.0");
        let response = account.post_message("email", "provider-key", &body).await;
        let accepted = json!({"status": "SUCCESS", "statusCode": 1000, "message": "Accepted"});
        assert_eq!(response, (StatusCode::OK, accepted));
        let OutboundMessage::Email(message) = account.message() else {
            panic!()
        };
        assert_eq!(serde_json::to_value(message).unwrap(), body);

        let body = whatsapp("1.0");
        let response = account
            .post_message("whatsapp", "provider-key", &body)
            .await;
        assert_eq!(
            response,
            (
                StatusCode::OK,
                json!({"status": "whatsapp_accepted", "statusCode": 0})
            )
        );
        let OutboundMessage::Whatsapp(message) = account.message() else {
            panic!()
        };
        assert_eq!(serde_json::to_value(message).unwrap(), body);

        let body = rcs("1.0");
        let response = account.post_message("rcs", "provider-key", &body).await;
        assert_eq!(
            response,
            (
                StatusCode::OK,
                json!({"status": "rcs_accepted", "statusCode": 0})
            )
        );
        let OutboundMessage::Rcs(message) = account.message() else {
            panic!()
        };
        assert_eq!(message.metadata.message_id, MessageId::from("msg-0004"));
        assert_eq!(serde_json::to_value(message).unwrap(), body);
    }

    #[tokio::test]
    async fn an_unsupported_version_is_rejected_with_a_supported_one() {
        let mut account = Account::start();
        let message = "this version of the format is not supported";
        for (channel, body, reply) in [
            (
                "sms",
                sms("9.0"),
                json!({"status": "sms_rejected", "statusCode": 2010, "supportedVersion": "2.0"}),
            ),
            (
                "email",
                email("9.0"),
                json!({"status": "ERROR", "statusCode": 9022, "supportedVersion": "2.0"}),
            ),
            (
                "whatsapp",
                whatsapp("9.0"),
                json!({"status": "whatsapp_rejected", "statusCode": 2010, "supportedVersion": "1.0"}),
            ),
            (
                "rcs",
                rcs("9.0"),
                json!({"status": "rcs_rejected", "statusCode": 2010, "supportedVersion": "1.0"}),
            ),
        ] {
            let mut reply = reply;
            reply["message"] = message.into();
            let response = account.post_message(channel, "provider-key", body).await;
            assert_eq!(response, (StatusCode::BAD_REQUEST, reply));
        }
        assert!(account.received.try_recv().is_err());
    }

    #[tokio::test]
    async fn an_invalid_message_is_rejected_with_a_code() {
        let mut account = Account::start();
        for (channel, body, status, reply) in [
            (
                "sms",
                sms("1.0"),
                401,
                json!({"status": "sms_rejected", "statusCode": 2011}),
            ),
            (
                "email",
                email("1.0"),
                403,
                json!({"status": "ERROR", "statusCode": 9003}),
            ),
            (
                "whatsapp",
                whatsapp("1.0"),
                401,
                json!({"status": "whatsapp_rejected", "statusCode": 2011}),
            ),
            (
                "rcs",
                rcs("1.0"),
                401,
                json!({"status": "rcs_rejected", "statusCode": 9988}),
            ),
        ] {
            let mut reply = reply;
            reply["message"] = "the key is wrong".into();
            let (received, body) = account.post_message(channel, "wrong", body).await;
            assert_eq!((received.as_u16(), body), (status, reply));
        }
        for (channel, status, code) in [
            ("sms", 400, 9988),
            ("email", 400, 9988),
            ("whatsapp", 400, 2019),
            ("rcs", 400, 9988),
        ] {
            let (received, body) = account.post_message(channel, "provider-key", "{}").await;
            assert_eq!(
                (received.as_u16(), &body["statusCode"]),
                (status, &json!(code))
            );
            assert!(
                body["message"]
                    .as_str()
                    .unwrap()
                    .starts_with("missing field"),
                "{body}"
            );
        }
        let mut empty = sms("1.0");
        empty["smsData"]["body"] = "".into();
        let response = account.post_message("sms", "provider-key", &empty).await;
        let reply = json!({"status": "sms_rejected", "statusCode": 2002, "message": "the message has no text"});
        assert_eq!(response, (StatusCode::BAD_REQUEST, reply));
        assert!(account.received.try_recv().is_err());
    }
}
