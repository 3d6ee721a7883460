//! Reading webhook deliveries of Engagespot.

use std::fmt;

use engagement_core::header::HeaderMap;
use engagement_core::{from_webhook, personal};
use serde_json::Value;

use crate::Bytes;

/// The header with the signature of a delivery.
const SIGNATURE: &str = "X-WEBHOOK-SIGNATURE";

/// A delivery over the webhook channel: a workflow or template posts it to the `webhookUrl` in the profile of a recipient. The
/// template determines its body.
///
/// **The signature cannot be verified.** If the channel has a signing key, Engagespot sends a signature of the body in the
/// header `X-WEBHOOK-SIGNATURE`, but does not document its algorithm. Put your own secret into the URL, and compare it before
/// you trust the body. If Engagespot's support names the algorithm, compute it over [`raw`](Self::raw) and compare it with
/// [`signature`](Self::signature).
///
/// ```
/// use engagespot_client::header::{HeaderMap, HeaderValue};
/// use engagespot_client::{WebhookBody, WebhookDelivery};
///
/// let mut headers = HeaderMap::new();
/// headers.insert("x-webhook-signature", HeaderValue::from_static("0d2c7f"));
///
/// let delivery = WebhookDelivery::parse(&headers, r#"{"orderId": 5001}"#);
/// assert_eq!(delivery.signature(), Some("0d2c7f"));
/// match delivery.body() {
///     WebhookBody::Json(json) => assert_eq!(json["orderId"], 5001),
///     other => println!("{other:?}"),
/// }
/// ```
#[derive(Clone, PartialEq)]
pub struct WebhookDelivery {
    signature: Option<String>,
    body: WebhookBody,
    raw: Bytes,
}

/// The body of a delivery. Its type is detected from the bytes, because template and content type may differ.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum WebhookBody {
    /// Any JSON
    Json(Value),
    /// Text that is not JSON, or JSON of more than 50,000 values; may be empty
    Text(String),
    /// Bytes that are not UTF-8; see [`WebhookDelivery::raw`]
    Binary,
}

impl fmt::Debug for WebhookDelivery {
    /// Without the signature: with the body, anyone could impersonate Engagespot.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookDelivery")
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for WebhookBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, value): (_, &dyn fmt::Debug) = match self {
            Self::Json(value) => ("Json", value),
            Self::Text(text) => ("Text", text),
            Self::Binary => return f.write_str("Binary"),
        };
        f.debug_tuple(name).field(personal(value)).finish()
    }
}

impl WebhookDelivery {
    /// Reads a delivery. Every body is accepted.
    #[must_use]
    pub fn parse(headers: &HeaderMap, body: impl Into<Bytes>) -> Self {
        let raw: Bytes = body.into();
        let signature = headers.get(SIGNATURE).and_then(|text| text.to_str().ok());
        let body = from_webhook(&raw).map_or_else(
            |_| match std::str::from_utf8(&raw) {
                Ok(text) => WebhookBody::Text(text.to_owned()),
                Err(_) => WebhookBody::Binary,
            },
            WebhookBody::Json,
        );
        Self {
            signature: signature.map(str::to_owned),
            body,
            raw,
        }
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &WebhookBody {
        &self.body
    }

    /// The body, if it is JSON.
    #[must_use]
    pub fn json(&self) -> Option<&Value> {
        match &self.body {
            WebhookBody::Json(value) => Some(value),
            WebhookBody::Text(_) | WebhookBody::Binary => None,
        }
    }

    /// The signature as received, not verified; `None` if it is missing or not plain text.
    #[must_use]
    pub fn signature(&self) -> Option<&str> {
        self.signature.as_deref()
    }

    /// The bytes of the body, over which a signature is computed.
    #[must_use]
    pub fn raw(&self) -> &Bytes {
        &self.raw
    }
}

#[cfg(test)]
mod tests {
    use engagement_core::header::HeaderValue;
    use serde_json::json;

    use super::*;

    fn parse(body: &'static [u8]) -> WebhookDelivery {
        let delivery = WebhookDelivery::parse(&HeaderMap::new(), body);
        assert_eq!(&delivery.raw()[..], body);
        assert_eq!(delivery.signature(), None);
        delivery
    }

    #[test]
    fn every_body_is_readable() {
        assert_eq!(parse(br#"{"a": [1]}"#).json(), Some(&json!({"a": [1]})));
        assert_eq!(parse(b"null").body(), &WebhookBody::Json(Value::Null));
        assert_eq!(
            parse(b"order=5001").body(),
            &WebhookBody::Text("order=5001".into())
        );
        assert_eq!(parse(b"").body(), &WebhookBody::Text(String::new()));
        assert_eq!(parse(b"\xff\x00").body(), &WebhookBody::Binary);
        assert_eq!(parse(b"\xff\x00").json(), None);
    }

    #[test]
    fn a_signature_is_returned_as_received() {
        let with = |value: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(SIGNATURE, HeaderValue::from_bytes(value).unwrap());
            let delivery = WebhookDelivery::parse(&headers, "{}");
            delivery.signature().map(str::to_owned)
        };
        assert_eq!(with(b"sha256=AbC=").as_deref(), Some("sha256=AbC="));
        assert_eq!(with(b"\xff"), None);
    }
}
