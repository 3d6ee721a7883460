//! Values of your own: variables for templates, attributes of users, files.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use engagement_core::from_json_value;
use serde_json::Value;

use crate::types::{Attachment, NotificationData, ProfileAttributes};

/// Variables as a JSON object: `.data(NotificationData::try_from(json!({"orderId": 5001}))?)`.
///
/// # Errors
/// If it is no object, or `attachments` in it is not a list of files.
impl TryFrom<Value> for NotificationData {
    type Error = serde_json::Error;

    #[inline] // a program that reads none compiles no decoder
    fn try_from(variables: Value) -> Result<Self, serde_json::Error> {
        from_json_value(variables)
    }
}

/// Attributes as a JSON object: `ProfileAttributes::try_from(json!({"email": "ada@example.com", "plan": "pro"}))?`.
///
/// # Errors
/// If it is no object, or one of Engagespot's own attributes in it has another form than Engagespot wants.
impl TryFrom<Value> for ProfileAttributes {
    type Error = serde_json::Error;

    #[inline] // a program that reads none compiles no decoder
    fn try_from(attributes: Value) -> Result<Self, serde_json::Error> {
        from_json_value(attributes)
    }
}

/// A file to send along. It goes into the `attachments` of the data:
///
/// ```
/// use engagespot_client::types::{Attachment, NotificationData, SendNotification};
///
/// let invoice = Attachment::file("invoice.txt", "text/plain", "12.50 EUR");
/// let send = SendNotification::new("Your invoice")
///     .send_to("ada")
///     .data(NotificationData::new().attachments([invoice]).extra("orderId", 5001));
/// assert_eq!(
///     serde_json::to_value(&send)?["data"],
///     serde_json::json!({
///         "orderId": 5001,
///         "attachments": [
///             {"name": "invoice.txt", "contentType": "text/plain", "content": "MTIuNTAgRVVS"},
///         ],
///     }),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
impl Attachment {
    /// A file with its name, media type and bytes, which may be 10 MB at most.
    #[must_use]
    pub fn file(
        name: impl Into<String>,
        content_type: impl Into<String>,
        bytes: impl AsRef<[u8]>,
    ) -> Self {
        Self::new(BASE64_STANDARD.encode(bytes), name, content_type)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::types::SendNotification;

    #[test]
    fn json_becomes_variables_and_attributes() {
        let data = NotificationData::try_from(json!({"orderId": 5001, "lines": [1, 2]})).unwrap();
        let send = SendNotification::new("Hello").data(data);
        assert_eq!(
            serde_json::to_value(send).unwrap(),
            json!({"notification": {"title": "Hello"}, "data": {"orderId": 5001, "lines": [1, 2]}})
        );
        let attributes =
            json!({"email": "ada@example.com", "fcm": {"token": "t1"}, "plan": {"seats": 5}});
        let profile = ProfileAttributes::try_from(attributes.clone()).unwrap();
        assert_eq!(profile.email.as_deref(), Some("ada@example.com"));
        assert_eq!(serde_json::to_value(profile).unwrap(), attributes);
    }

    #[test]
    fn what_is_no_object_is_told() {
        let told = NotificationData::try_from(json!("orderId")).unwrap_err();
        assert_eq!(
            told.to_string(),
            "invalid type: string, expected struct NotificationData"
        );
        assert!(ProfileAttributes::try_from(json!({"email": 7})).is_err());
    }
}
