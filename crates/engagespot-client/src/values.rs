//! Free-form values: variables of templates, attributes of users, files.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use engagement_core::from_json_value;
use serde_json::{Map, Value};

use crate::Attributes;
use crate::types::{
    Attachment, ChannelOverrides, NotificationAttachments, NotificationData, NotificationOverride,
    NotificationVariable, ProfileAttributes, ProfilePatch,
};

/// Conversions for a type with documented and free-form fields. A documented field with another type is kept unchanged: it
/// may be a variable of the caller with the same name.
macro_rules! from_attributes {
    ($($(#[$about:meta])* $name:ident)*) => {
        $(
            $(#[$about])*
            impl From<Attributes> for $name {
                #[inline] // a program that makes none compiles no decoder
                fn from(attributes: Attributes) -> Self {
                    // `send` reports a value that is not an object.
                    let object = match Value::from(attributes) {
                        Value::Object(object) => object,
                        other => return Self { extra: other.into(), ..Self::default() },
                    };
                    let mut fits = Map::new();
                    let mut others = Map::new();
                    for (name, value) in object {
                        let one = Value::from(Map::from_iter([(name.clone(), value.clone())]));
                        let place = if from_json_value::<Self>(one).is_ok() { &mut fits } else { &mut others };
                        place.insert(name, value);
                    }
                    let mut made: Self = from_json_value(fits.into()).unwrap_or_default();
                    made.extra.extend(others);
                    made
                }
            }

            $(#[$about])*
            impl From<Value> for $name {
                #[inline]
                fn from(value: Value) -> Self {
                    Attributes::from(value).into()
                }
            }

            $(#[$about])*
            impl<K: Into<String>, V: Into<Value>, const N: usize> From<[(K, V); N]> for $name {
                #[inline]
                fn from(entries: [(K, V); N]) -> Self {
                    Attributes::from(entries).into()
                }
            }
        )*
    };
}

from_attributes! {
    /// Variables with any names: `.data(json!({"orderId": 5001, "name": "Ada"}))`.
    NotificationData
    /// Attributes with any names: `.body(json!({"email": "ada@example.com", "plan": "pro"}))`.
    ProfileAttributes
    /// Exceptions under the names of Engagespot and of delivery providers.
    NotificationOverride
    /// Exceptions under the names of channels.
    ChannelOverrides
}

/// A list of operations, or attributes to merge. `send` reports any other value.
impl From<Value> for ProfilePatch {
    #[inline] // a program that makes none compiles no decoder
    fn from(patch: Value) -> Self {
        match patch {
            Value::Array(_) => match from_json_value(patch.clone()) {
                Ok(operations) => Self::Array(operations),
                Err(_) => ProfileAttributes::from(patch).into(),
            },
            attributes => ProfileAttributes::from(attributes).into(),
        }
    }
}

/// Attributes to merge.
impl From<Attributes> for ProfilePatch {
    #[inline]
    fn from(attributes: Attributes) -> Self {
        ProfileAttributes::from(attributes).into()
    }
}

/// Files to attach.
impl<A: Into<Attachment>, const N: usize> From<[A; N]> for NotificationAttachments {
    fn from(files: [A; N]) -> Self {
        Self::Array(files.into_iter().map(Into::into).collect())
    }
}

/// A variable of your own, which is sent unchanged.
impl From<Value> for NotificationAttachments {
    fn from(value: Value) -> Self {
        NotificationVariable(value).into()
    }
}

/// A file to attach. Add it to the `attachments` of the data:
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
    /// A file with its name, media type and bytes (at most 10 MB).
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
        let send = SendNotification::new("Hello").data(json!({"orderId": 5001, "lines": [1, 2]}));
        assert_eq!(
            serde_json::to_value(send).unwrap(),
            json!({"notification": {"title": "Hello"}, "data": {"orderId": 5001, "lines": [1, 2]}})
        );
        let attributes =
            json!({"email": "ada@example.com", "fcm": {"token": "t1"}, "plan": {"seats": 5}});
        let profile = ProfileAttributes::from(attributes.clone());
        assert_eq!(profile.email.as_deref(), Some("ada@example.com"));
        assert_eq!(serde_json::to_value(profile).unwrap(), attributes);
        let profile = ProfileAttributes::from([("name", "Ada")]);
        assert_eq!(profile.name.as_deref(), Some("Ada"));
    }

    #[test]
    fn documented_names_keep_null_and_other_types() {
        let attributes = json!({"email": null, "name": "Ada", "phoneNumber": 7, "plan": null});
        let profile = ProfileAttributes::from(attributes.clone());
        assert_eq!(profile.name.as_deref(), Some("Ada"));
        assert_eq!(serde_json::to_value(profile).unwrap(), attributes);
        let over = json!({"channel": {"email": {"subject": "Hi"}, "sms": {"a": 1}}, "ses": {"b": 2}, "channels": "all"});
        let made = NotificationOverride::from(over.clone());
        assert_eq!(serde_json::to_value(made).unwrap(), over);
    }

    #[test]
    fn attachments_are_files_or_a_variable_of_the_caller() {
        let file = json!({"content": "SGVsbG8=", "name": "a.txt", "contentType": "text/plain"});
        for own in [
            json!("three files"),
            json!(3),
            json!(true),
            json!(null),
            json!({"count": 3}),
            json!([]),
            json!(["a.txt", 1]),
            json!([{"name": "a.txt"}]),
            json!([file, "b.txt"]),
            json!([file]),
        ] {
            let json = json!({"attachments": own, "orderId": 1});
            let read: NotificationData = serde_json::from_value(json.clone()).unwrap();
            for data in [read, NotificationData::from(json.clone())] {
                let has_files = matches!(&data.attachments, Some(NotificationAttachments::Array(files)) if files.len() == 1);
                assert_eq!(has_files, own == json!([file]), "{own}");
                assert_eq!(serde_json::to_value(data).unwrap(), json);
            }
            let set = NotificationData::new().attachments(own.clone());
            assert_eq!(serde_json::to_value(set).unwrap()["attachments"], own);
        }
        let set =
            NotificationData::new().attachments([Attachment::file("a.txt", "text/plain", "Hello")]);
        let json = json!({"attachments": [file]});
        assert_eq!(serde_json::to_value(set).unwrap(), json);
    }

    #[test]
    fn a_patch_keeps_null_and_distinguishes_its_two_types() {
        let operations = json!([{"op": "replace", "path": "/plan", "value": null}]);
        let patch = ProfilePatch::from(operations.clone());
        assert!(matches!(&patch, ProfilePatch::Array(one) if one.len() == 1));
        assert_eq!(serde_json::to_value(patch).unwrap(), operations);
        let attributes = json!({"email": null});
        let patch = ProfilePatch::from(attributes.clone());
        assert_eq!(serde_json::to_value(patch).unwrap(), attributes);
    }

    #[test]
    fn a_value_that_is_not_an_object_cannot_be_serialized() {
        for value in [json!("orderId"), json!(null), json!([1])] {
            let data = NotificationData::from(value.clone());
            assert!(serde_json::to_value(data).is_err(), "{value}");
            let patch = ProfilePatch::from(value.clone());
            assert!(serde_json::to_value(patch).is_err(), "{value}");
        }
    }
}
