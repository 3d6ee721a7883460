//! The response of the older send call, which is not documented.

use std::borrow::Cow;
use std::fmt;

use engagement_core::personal;
use serde_json::Value;

use crate::ids::SendId;

/// The response to `client.campaigns().send_transactional_v1()`. Its format is not documented. Status 2xx means that the send
/// was accepted, so reading never fails, and an empty body is valid.
///
/// ```
/// use engageone_client::SendReceipt;
/// use engageone_client::ids::SendId;
///
/// let receipt = SendReceipt::read(br#"{"send_id": "snd-1"}"#);
/// assert_eq!(receipt.send_id(), Some(SendId::from("snd-1")));
/// assert!(SendReceipt::read(b"").is_empty());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SendReceipt {
    text: String,
    json: Option<Value>,
}

impl fmt::Debug for SendReceipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SendReceipt")
            .field(personal(&self.text))
            .finish()
    }
}

impl SendReceipt {
    /// Reads the body. Invalid UTF-8 is replaced in [`text`](Self::text).
    #[must_use]
    pub fn read(body: impl AsRef<[u8]>) -> Self {
        let text = String::from_utf8_lossy(body.as_ref());
        let text = match text.strip_prefix('\u{feff}') {
            Some(text) => text.to_owned(),
            None => Cow::into_owned(text),
        };
        let json = serde_json::from_str(&text).ok();
        Self { text, json }
    }

    /// The body as text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The body as JSON, if it is JSON.
    #[must_use]
    pub fn json(&self) -> Option<&Value> {
        self.json.as_ref()
    }

    /// The id of the send, if the body has one like that of the newer call.
    #[must_use]
    pub fn send_id(&self) -> Option<SendId> {
        self.json()?.get("send_id")?.as_str().map(SendId::from)
    }

    /// Whether the body is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.trim().is_empty()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_body_is_accepted() {
        let receipt = SendReceipt::read("\u{feff}{\"send_id\": \"snd-1\", \"n\": 1}");
        assert_eq!(receipt.send_id(), Some(SendId::from("snd-1")));
        assert_eq!(receipt.json(), Some(&json!({"send_id": "snd-1", "n": 1})));
        for (body, json, empty) in [
            (&b""[..], None, true),
            (b" \r\n", None, true),
            (b"accepted", None, false),
            (b"\"accepted\"", Some(json!("accepted")), false),
            (b"{\"send_id\": 7}", Some(json!({"send_id": 7})), false),
            (b"[]", Some(json!([])), false),
            (b"\xff\xfe", None, false),
        ] {
            let receipt = SendReceipt::read(body);
            assert_eq!(receipt.send_id(), None, "{body:?}");
            assert_eq!(
                (receipt.json(), receipt.is_empty()),
                (json.as_ref(), empty),
                "{body:?}"
            );
        }
        assert_eq!(SendReceipt::read(b"a\xff").text(), "a\u{fffd}");
    }
}
