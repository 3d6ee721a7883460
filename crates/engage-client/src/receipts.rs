//! Whether Engage accepted a message.

use std::borrow::Cow;

use serde_json::Value;

use crate::types::MessageReceipt;

impl MessageReceipt {
    /// The reason if the message was refused although the status is a success; `None` if it was accepted.
    ///
    /// Undocumented: a program that sends through Engage has observed such responses.
    #[must_use]
    pub fn refusal(&self) -> Option<Cow<'_, str>> {
        match self.error.as_ref()? {
            Value::Null => None,
            Value::String(words) => Some(Cow::Borrowed(words)),
            other => Some(Cow::Owned(other.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_refusal_has_a_message() {
        let refusal = |json: &str| {
            let receipt: MessageReceipt = serde_json::from_str(json).unwrap();
            receipt.refusal().map(Cow::into_owned)
        };
        assert_eq!(refusal(r#"{"id": "m1"}"#), None);
        assert_eq!(refusal(r#"{"id": "m1", "error": null}"#), None);
        assert_eq!(
            refusal(r#"{"error": "Domain not connected"}"#).as_deref(),
            Some("Domain not connected")
        );
        assert_eq!(
            refusal(r#"{"error": {"code": 7}}"#).as_deref(),
            Some(r#"{"code":7}"#)
        );
    }
}
