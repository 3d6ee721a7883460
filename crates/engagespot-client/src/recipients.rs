//! The recipients of a notification.

use crate::ids::UserId;
use crate::types::{InlineRecipient, Recipient, SendTo};

/// An audience of identifiers, inline users and topics.
///
/// ```
/// use engagespot_client::types::{InlineRecipient, SendTo};
///
/// let grace = InlineRecipient::new("grace").email("grace@example.com").extra("plan", "pro");
/// let everybody = SendTo::new()
///     .recipients(["ada", "mary"])
///     .and_recipients([grace])
///     .topics(["release-notes"]);
/// assert_eq!(
///     serde_json::to_value(&everybody)?,
///     serde_json::json!({
///         "recipients": ["ada", "mary", {"identifier": "grace", "email": "grace@example.com", "plan": "pro"}],
///         "topics": ["release-notes"],
///     }),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// A list of recipients converts into an audience: `.send_to(["ada", "mary"])`. Engagespot silently skips an unknown
/// identifier; it creates or updates an inline user.
impl SendTo {
    /// Adds users, for example inline users to a list of identifiers.
    #[must_use]
    pub fn and_recipients(mut self, recipients: impl IntoIterator<Item: Into<Recipient>>) -> Self {
        let all = self.recipients.get_or_insert_default();
        all.extend(recipients.into_iter().map(Into::into));
        self
    }
}

/// One user, by identifier.
impl From<&str> for SendTo {
    fn from(identifier: &str) -> Self {
        Self::new().recipients([identifier])
    }
}

/// One user, by identifier.
impl From<String> for SendTo {
    fn from(identifier: String) -> Self {
        Self::new().recipients([identifier])
    }
}

/// One user, by identifier.
impl From<UserId> for SendTo {
    fn from(identifier: UserId) -> Self {
        Self::new().recipients([identifier])
    }
}

/// One inline user, which is created or updated.
impl From<InlineRecipient> for SendTo {
    fn from(recipient: InlineRecipient) -> Self {
        Self::new().recipients([recipient])
    }
}

/// These users.
impl<R: Into<Recipient>, const N: usize> From<[R; N]> for SendTo {
    fn from(recipients: [R; N]) -> Self {
        Self::new().recipients(recipients)
    }
}

/// These users.
impl<R: Into<Recipient>> From<Vec<R>> for SendTo {
    fn from(recipients: Vec<R>) -> Self {
        Self::new().recipients(recipients)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn sent(audience: impl Into<SendTo>) -> Value {
        serde_json::to_value(audience.into()).unwrap()
    }

    #[test]
    fn an_audience_converts_from_recipients() {
        assert_eq!(sent("ada"), json!({"recipients": ["ada"]}));
        assert_eq!(sent(String::from("ada")), json!({"recipients": ["ada"]}));
        assert_eq!(sent(UserId::from("ada")), json!({"recipients": ["ada"]}));
        assert_eq!(
            sent(["ada", "mary"]),
            json!({"recipients": ["ada", "mary"]})
        );
        assert_eq!(
            sent(vec![String::from("ada")]),
            json!({"recipients": ["ada"]})
        );
        assert_eq!(
            sent(vec![UserId::from("ada")]),
            json!({"recipients": ["ada"]})
        );
        assert_eq!(
            sent(InlineRecipient::new("grace").phone_number("+15555550101")),
            json!({"recipients": [{"identifier": "grace", "phoneNumber": "+15555550101"}]})
        );
        assert_eq!(
            sent([Recipient::from("ada"), InlineRecipient::new("grace").into()]),
            json!({"recipients": ["ada", {"identifier": "grace"}]})
        );
        assert_eq!(
            sent(SendTo::new().topics(["news"])),
            json!({"topics": ["news"]})
        );
    }

    #[test]
    fn recipients_are_appended() {
        let grace = InlineRecipient::new("grace").name("Grace");
        assert_eq!(
            sent(
                SendTo::new()
                    .and_recipients(["ada"])
                    .and_recipients([grace])
            ),
            json!({"recipients": ["ada", {"identifier": "grace", "name": "Grace"}]})
        );
    }
}
