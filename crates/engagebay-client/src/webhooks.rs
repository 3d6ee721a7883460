//! Webhook deliveries of EngageBay.

use std::borrow::Cow;

use engagement_core::from_webhook;
use serde::Deserialize;
use serde_json::Value;

use crate::types::{CompanyWebhook, ContactWebhook, DealWebhook, EmailWebhook};

/// A delivery of one of EngageBay's webhooks, or the callback of a batch.
///
/// Set up webhooks in EngageBay under Account Settings. A delivery has neither a signature nor a secret: put your own secret
/// into the URL, and compare it before you parse the body. EngageBay does not document when it repeats a delivery, so expect
/// duplicates.
///
/// ```
/// use engagebay_client::Webhook;
///
/// let body = br#"{"event": "deal.updated", "entity": {"id": 5, "name": "First programme", "amount": 4200.0}}"#;
/// match Webhook::parse(body)? {
///     Webhook::Deal(deal) => assert_eq!(deal.entity.amount, Some(4200.0)),
///     other => println!("{:?}", other.event()),
/// }
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Webhook {
    /// `contact.created`, `contact.updated`, `contact.deleted`
    Contact(Box<ContactWebhook>),
    /// `company.created`, `company.updated`, `company.deleted`; inferred, not documented
    Company(Box<CompanyWebhook>),
    /// `deal.created`, `deal.updated`, `deal.deleted`
    Deal(Box<DealWebhook>),
    /// `email.open`, and other events that begin with `email.`
    Email(Box<EmailWebhook>),
    /// Any other JSON: an unknown event, one whose format has changed, or the callback of
    /// `client.contacts().create_batch()`, whose fields are not documented.
    Other(Value),
}

engagement_core::personal_debug! {
    enum Webhook { plain Contact, plain Company, plain Deal, plain Email, personal Other }
}

#[derive(Deserialize)]
struct EventName<'a> {
    #[serde(borrow)]
    event: Option<Cow<'a, str>>,
}

impl Webhook {
    /// Parses the body of a delivery.
    ///
    /// An unknown event, or one that cannot be decoded, is [`Webhook::Other`], so that no delivery is lost if EngageBay changes.
    ///
    /// # Errors
    /// If the body is not JSON, or holds more than 50,000 JSON values. Also limit the size of what your web framework reads.
    #[inline] // a program that reads none compiles no decoder
    pub fn parse(body: &[u8]) -> Result<Self, serde_json::Error> {
        // Everything else is skipped, and takes no memory.
        let event = serde_json::from_slice::<EventName>(body).ok();
        let event = event.as_ref().and_then(|name| name.event.as_deref());
        let kind = event.and_then(|event| event.split_once('.'));
        let typed = match kind.map(|(kind, _)| kind) {
            Some("contact") => from_webhook(body).map(Self::Contact).ok(),
            Some("company") => from_webhook(body).map(Self::Company).ok(),
            Some("deal") => from_webhook(body).map(Self::Deal).ok(),
            Some("email") => from_webhook(body).map(Self::Email).ok(),
            _ => None,
        };
        typed.map_or_else(|| from_webhook(body).map(Self::Other), Ok)
    }

    /// The name of the event, such as `contact.created`; the callback of a batch has none.
    #[must_use]
    pub fn event(&self) -> Option<&str> {
        match self {
            Self::Contact(webhook) => Some(webhook.event.as_str()),
            Self::Company(webhook) => Some(webhook.event.as_str()),
            Self::Deal(webhook) => Some(webhook.event.as_str()),
            Self::Email(webhook) => Some(webhook.event.as_str()),
            Self::Other(value) => value.get("event").and_then(Value::as_str),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::enums::{ContactWebhookEvent, EmailWebhookEvent};
    use crate::ids::ContactId;

    fn parse(value: &Value) -> Webhook {
        Webhook::parse(value.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn the_event_selects_the_variant() {
        let contact = json!({ "event": "contact.created", "entity": { "id": 7, "created_time": 1_718_000_000,
            "properties": [{ "name": "lastname", "value": "Lovelace" }] } });
        let Webhook::Contact(contact) = parse(&contact) else {
            panic!()
        };
        assert_eq!(contact.event, ContactWebhookEvent::ContactCreated);
        assert_eq!(contact.entity.id, ContactId::from(7));
        let company = parse(&json!({ "event": "company.deleted", "entity": { "id": 8 } }));
        assert!(matches!(company, Webhook::Company(_)));
        let deal = parse(&json!({ "event": "deal.updated", "entity": { "id": 9 } }));
        assert!(matches!(deal, Webhook::Deal(_)));
        let email =
            json!({ "event": "email.click", "entity": { "id": 10, "time": 1_718_000_000 } });
        let Webhook::Email(email) = parse(&email) else {
            panic!()
        };
        assert_eq!(
            email.event,
            EmailWebhookEvent::Unknown("email.click".into())
        );
    }

    #[test]
    fn unknown_values_stay_readable() {
        for value in [
            json!({ "event": "ticket.created", "entity": { "id": 1 } }),
            json!({ "event": "contact.created", "entity": "a text where an object was" }),
            json!({ "status": "done", "success": 99, "failed": 1 }),
            json!([]),
        ] {
            let webhook = parse(&value);
            assert_eq!(webhook.event(), value.get("event").and_then(Value::as_str));
            assert_eq!(webhook, Webhook::Other(value));
        }
    }

    #[test]
    fn each_variant_has_its_event_name() {
        for event in [
            "contact.updated",
            "company.created",
            "deal.deleted",
            "email.open",
            "contact.merged",
        ] {
            let webhook = parse(&json!({ "event": event, "entity": { "id": 1 } }));
            assert!(!matches!(webhook, Webhook::Other(_)), "{event}");
            assert_eq!(webhook.event(), Some(event));
        }
    }

    #[test]
    fn invalid_json_is_an_error() {
        assert!(Webhook::parse(b"event=contact.created").is_err());
        assert!(Webhook::parse(b"").is_err());
    }
}
