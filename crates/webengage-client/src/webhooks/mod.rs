//! Webhooks: feedbacks, replies, survey responses, events and journeys.
//!
//! For each delivery: verify it with a [`WebhookSecret`], parse it with [`Webhook::parse`], and respond with 200. **Only 200
//! counts as success**, not even 204. The [`request_id`] identifies the delivery, to detect duplicates; WebEngage does not
//! document when it repeats a delivery. `examples/webengage_webhooks.rs` in the repository is a complete receiver.
//!
//! ```
//! use webengage_client::{Webhook, WebhookPayload, WebhookSecret};
//!
//! let secret = WebhookSecret::new("demo4f2a", "my-webhook-key")?;
//! # let query = "eventType=EVENT&licenseCode=demo4f2a&secret=541e2d765ee7c4dfb1bf38bc34934bcb";
//! # let body = br#"{"event_name": "push_notification_click", "category": "system", "user_id": "u13"}"#;
//! // `query` and `body` are those of a delivery, from your web framework.
//! assert!(secret.verify(query));
//! let webhook = Webhook::parse(query, body)?;
//! match &webhook.payload {
//!     WebhookPayload::Feedback(feedback) => println!("{:?}", feedback.response.data),
//!     WebhookPayload::SystemEvent(event) => assert_eq!(event.event_name, "push_notification_click"),
//!     other => println!("{other:?}"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod secret;

use engagement_core::from_webhook;
use form_urlencoded::parse;
use serde::de::DeserializeOwned;
use serde_json::{Error, Value};

pub use secret::{WebhookSecret, WebhookSecretError};

use crate::Bytes;
use crate::enums::EventWebhookCategory;
use crate::header::HeaderMap;
use crate::types::{
    EventWebhook, FeedbackEnvelope, FeedbackRepliesEnvelope, JourneyWebhook, SurveyResponseEnvelope,
};

/// The header with the id of a delivery.
pub const REQUEST_ID: &str = "x-request-id";

/// WebEngage's id of a delivery, random hexadecimal digits: a second delivery with the same id is a duplicate.
#[must_use]
pub fn request_id(headers: &HeaderMap) -> Option<&str> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?.trim();
    (!id.is_empty()).then_some(id)
}

/// A delivery of one of WebEngage's webhooks.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Webhook {
    /// The parameter `eventType` of the URL, such as `FEEDBACK_SUBMIT`. Only three of its values are documented.
    pub event_type: Option<String>,
    /// The parameter `licenseCode` of the URL.
    pub license_code: Option<String>,
    /// What happened.
    pub payload: WebhookPayload,
}

/// The content of a delivery.
///
/// `eventType` identifies feedbacks, replies and survey responses. Its other values are not documented: `resource` identifies
/// a journey, and `category` an event. The webhooks for activity events, a single event, all system events and all application
/// events send the same format: use a separate URL for each if you need to distinguish them.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum WebhookPayload {
    /// `FEEDBACK_SUBMIT`: a visitor sent feedback.
    Feedback(Box<FeedbackEnvelope>),
    /// `FEEDBACK_REPLY_SUBMIT`: a reply to a feedback, with all replies so far.
    FeedbackReplies(Box<FeedbackRepliesEnvelope>),
    /// `SURVEY_RESPONSE_SUBMIT`: a visitor answered a survey.
    SurveyResponse(Box<SurveyResponseEnvelope>),
    /// An event of a message or an app, with the category `system`.
    SystemEvent(Box<EventWebhook>),
    /// One of your own events, with the category `application`.
    ApplicationEvent(Box<EventWebhook>),
    /// An event without a category, or with an unknown one.
    Event(Box<EventWebhook>),
    /// A journey was created, changed, published or deleted.
    Journey(Box<JourneyWebhook>),
    /// A webhook for feedbacks, replies or survey responses that is set to XML, as received. The format is not documented: set
    /// the webhook to JSON.
    Xml(Bytes),
    /// Any other JSON: an unknown type of delivery, or one whose format has changed.
    Other(Value),
}

engagement_core::personal_debug! {
    enum WebhookPayload {
        plain Feedback,
        plain FeedbackReplies,
        plain SurveyResponse,
        plain SystemEvent,
        plain ApplicationEvent,
        plain Event,
        plain Journey,
        personal Xml,
        personal Other,
    }
}

impl Webhook {
    /// Parses a delivery: the query string of its URL, and its body.
    ///
    /// An unknown body, or one that cannot be decoded, is [`WebhookPayload::Other`], so that no delivery is lost if WebEngage
    /// changes. It does not check the secret; see [`WebhookSecret::verify`].
    ///
    /// # Errors
    /// If the body is neither JSON nor XML, or holds more than 50,000 JSON values. Also limit the size of what your web framework
    /// reads.
    #[inline] // a program that reads none compiles no decoder
    pub fn parse(query: &str, body: &[u8]) -> Result<Self, Error> {
        let query = query.strip_prefix('?').unwrap_or(query);
        let value = |wanted: &str| {
            let mut pairs = parse(query.as_bytes());
            pairs
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.into_owned())
        };
        let event_type = value("eventType");
        let payload = WebhookPayload::parse(event_type.as_deref(), body)?;
        Ok(Self {
            event_type,
            license_code: value("licenseCode"),
            payload,
        })
    }
}

impl WebhookPayload {
    #[inline] // a program that reads none compiles no decoder
    fn parse(event_type: Option<&str>, body: &[u8]) -> Result<Self, Error> {
        // Some writers of JSON and most of XML put one there.
        let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
        if text.trim_ascii_start().first() == Some(&b'<') {
            return Ok(Self::Xml(Bytes::copy_from_slice(body)));
        }
        let typed = match event_type {
            Some("FEEDBACK_SUBMIT") => read(text).map(Self::Feedback),
            Some("FEEDBACK_REPLY_SUBMIT") => read(text).map(Self::FeedbackReplies),
            Some("SURVEY_RESPONSE_SUBMIT") => read(text).map(Self::SurveyResponse),
            _ => Self::parse_event(text),
        };
        // A body that is no JSON fails here too.
        typed.map_or_else(|| from_webhook(text).map(Self::Other), Ok)
    }

    /// An event, or a journey, which has all that an event must have.
    fn parse_event(text: &[u8]) -> Option<Self> {
        let event: Box<EventWebhook> = read(text)?;
        if event.extra.get("resource").is_some() {
            return read(text).map(Self::Journey);
        }
        Some(match event.category {
            Some(EventWebhookCategory::System) => Self::SystemEvent(event),
            Some(EventWebhookCategory::Application) => Self::ApplicationEvent(event),
            _ => Self::Event(event),
        })
    }
}

fn read<T: DeserializeOwned>(text: &[u8]) -> Option<Box<T>> {
    from_webhook(text).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parsed(event_type: &str, value: &Value) -> WebhookPayload {
        let query = format!("eventType={event_type}&licenseCode=demo4f2a");
        Webhook::parse(&query, value.to_string().as_bytes())
            .unwrap()
            .payload
    }

    #[test]
    fn documented_types_are_detected_by_event_type() {
        let feedback =
            json!({"response": {"data": {"id": "~8fb3k1", "fields": []}, "status": "success"}});
        let payload = parsed("FEEDBACK_SUBMIT", &feedback);
        assert!(
            matches!(payload, WebhookPayload::Feedback(_)),
            "{payload:?}"
        );
        let replies = json!({"response": {"data": [{"id": "r1", "repliedText": "Hello"}]}});
        let payload = parsed("FEEDBACK_REPLY_SUBMIT", &replies);
        let WebhookPayload::FeedbackReplies(replies) = payload else {
            panic!("{payload:?}")
        };
        assert_eq!(replies.response.data.len(), 1);
        let survey = json!({"response": {"data": {"id": "s1", "questionResponses": []}}});
        let payload = parsed("SURVEY_RESPONSE_SUBMIT", &survey);
        assert!(
            matches!(payload, WebhookPayload::SurveyResponse(_)),
            "{payload:?}"
        );
    }

    #[test]
    fn other_types_are_detected_by_their_body() {
        let event = |category: Value| json!({"event_name": "x", "category": category});
        for value in ["", "EVENT", "%C3%A9"] {
            let payload = parsed(value, &event("system".into()));
            assert!(
                matches!(payload, WebhookPayload::SystemEvent(_)),
                "{payload:?}"
            );
            let payload = parsed(value, &event("application".into()));
            assert!(
                matches!(payload, WebhookPayload::ApplicationEvent(_)),
                "{payload:?}"
            );
            for category in [json!("else"), Value::Null] {
                let payload = parsed(value, &event(category));
                assert!(matches!(payload, WebhookPayload::Event(_)), "{payload:?}");
            }
            let journey = json!({"event_name": "journey_activated", "category": "account", "resource": "Journey"});
            let payload = parsed(value, &journey);
            assert!(matches!(payload, WebhookPayload::Journey(_)), "{payload:?}");
        }
    }

    /// The time of the event as the webhook has it, and as a timestamp where it is one.
    #[test]
    fn events_with_every_form_of_time_are_read() {
        for (time, seconds) in [
            (json!("2026-05-04T09:30:00+0530"), Some(1_777_867_200)),
            (json!("2026-05-04T04:00:00.000Z"), Some(1_777_867_200)),
            (json!(1_777_867_200), Some(1_777_867_200)),
            (json!("2026-05-04T09:30:00"), None),
            (json!("2026-05-04T09:30"), None),
        ] {
            for category in ["application", "system", "else"] {
                let body = json!({"event_name": "x", "category": category, "event_time": time});
                let scalar = match parsed("", &body) {
                    WebhookPayload::ApplicationEvent(event)
                    | WebhookPayload::SystemEvent(event)
                    | WebhookPayload::Event(event) => event.event_time.unwrap(),
                    other => panic!("{other:?}"),
                };
                assert_eq!(serde_json::to_value(&scalar).unwrap(), time);
                let timestamp = crate::Timestamp::try_from(&scalar).ok();
                assert_eq!(timestamp.map(|time| time.unix_seconds()), seconds, "{time}");
            }
        }
    }

    #[test]
    fn unknown_values_stay_readable() {
        for value in [
            json!({"event": "something new"}),
            json!({"resource": "Segment", "event_name": 7}),
            json!({"event_name": ["x"], "category": "system"}),
            json!([]),
            json!("text"),
            Value::Null,
        ] {
            assert_eq!(parsed("NEW", &value), WebhookPayload::Other(value));
        }
        let odd = json!({"response": {"data": "no object"}});
        assert_eq!(parsed("FEEDBACK_SUBMIT", &odd), WebhookPayload::Other(odd));
    }

    #[test]
    fn xml_is_kept_as_received() {
        for body in [
            "<response/>",
            " \n<?xml version=\"1.0\"?><response/>",
            "\u{feff}<response/>",
        ] {
            let webhook = Webhook::parse("eventType=FEEDBACK_SUBMIT", body.as_bytes()).unwrap();
            assert_eq!(webhook.payload, WebhookPayload::Xml(Bytes::from(body)));
        }
        assert!(Webhook::parse("eventType=FEEDBACK_SUBMIT", b"").is_err());
        assert!(Webhook::parse("eventType=FEEDBACK_SUBMIT", b"event=1").is_err());
    }

    #[test]
    fn the_query_is_decoded() {
        let webhook = Webhook::parse(
            "?eventType=A%20B&licenseCode=%7E99199077&secret=x",
            b"\xef\xbb\xbf{}",
        )
        .unwrap();
        assert_eq!(webhook.event_type.as_deref(), Some("A B"));
        assert_eq!(webhook.license_code.as_deref(), Some("~99199077"));
        let webhook = Webhook::parse("", b"{}").unwrap();
        assert_eq!((webhook.event_type, webhook.license_code), (None, None));
    }

    #[test]
    fn deliveries_have_an_id() {
        let mut headers = HeaderMap::new();
        assert_eq!(request_id(&headers), None);
        headers.insert("X-Request-Id", " 7d1f0c2a ".parse().unwrap());
        assert_eq!(request_id(&headers), Some("7d1f0c2a"));
        headers.insert(REQUEST_ID, " ".parse().unwrap());
        assert_eq!(request_id(&headers), None);
    }
}
