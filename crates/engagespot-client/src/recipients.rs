//! Whom a notification goes to.

use crate::types::{InlineRecipient, Recipient, SendTo, builder};
use crate::{BuildError, Extra};

/// A user that the send creates or updates on the way.
///
/// ```
/// use engagespot_client::types::InlineRecipient;
///
/// let grace = InlineRecipient::new("grace").with_email("grace@example.com").with("plan", "pro");
/// assert_eq!(
///     serde_json::to_value(&grace)?,
///     serde_json::json!({"identifier": "grace", "email": "grace@example.com", "plan": "pro"}),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
impl InlineRecipient {
    /// The user with this identifier, without attributes yet.
    #[must_use]
    pub fn new(identifier: impl Into<String>) -> Self {
        Self {
            identifier: identifier.into(),
            email: None,
            expo: None,
            fcm: None,
            first_name: None,
            name: None,
            phone_number: None,
            webhook_url: None,
            extra: Extra::new(),
        }
    }

    /// Sets where e-mails go.
    #[must_use]
    pub fn with_email(mut self, address: impl Into<String>) -> Self {
        self.email = Some(address.into());
        self
    }

    /// Sets where texts and WhatsApp messages go: E.164 without spaces, such as `+15555550101`.
    #[must_use]
    pub fn with_phone_number(mut self, number: impl Into<String>) -> Self {
        self.phone_number = Some(number.into());
        self
    }

    /// Sets an attribute of your own. Engagespot's own ones are fields.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<serde_json::Value>) -> Self {
        self.extra.insert(name.into(), value.into());
        self
    }
}

/// Lets an unfinished recipient stand in a list of them.
impl TryFrom<builder::InlineRecipient> for Recipient {
    type Error = BuildError;

    fn try_from(builder: builder::InlineRecipient) -> Result<Self, BuildError> {
        builder.build().map(Self::InlineRecipient)
    }
}

/// An audience put together from identifiers, users inline and topics.
///
/// ```
/// use engagespot_client::types::{InlineRecipient, SendTo};
///
/// let everybody = SendTo::recipients(["ada", "mary"])
///     .and_recipients([InlineRecipient::new("grace").with_email("grace@example.com")])
///     .and_topics(["release-notes"]);
/// assert_eq!(
///     serde_json::to_value(&everybody)?,
///     serde_json::json!({
///         "recipients": ["ada", "mary", {"identifier": "grace", "email": "grace@example.com"}],
///         "topics": ["release-notes"],
///     }),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// Where a builder takes an audience, a list of recipients will do: `.send_to(["ada", "mary"])`.
impl SendTo {
    /// These users, by identifier or inline. Who is given by an identifier that nobody registered is skipped silently.
    #[must_use]
    pub fn recipients(recipients: impl IntoIterator<Item: Into<Recipient>>) -> Self {
        Self::default().and_recipients(recipients)
    }

    /// The subscribers of these topics, by the topics' identifiers.
    #[must_use]
    pub fn topics(identifiers: impl IntoIterator<Item: Into<String>>) -> Self {
        Self::default().and_topics(identifiers)
    }

    /// Adds users.
    #[must_use]
    pub fn and_recipients(mut self, recipients: impl IntoIterator<Item: Into<Recipient>>) -> Self {
        let all = self.recipients.get_or_insert_default();
        all.extend(recipients.into_iter().map(Into::into));
        self
    }

    /// Adds the subscribers of topics, by the topics' identifiers.
    #[must_use]
    pub fn and_topics(mut self, identifiers: impl IntoIterator<Item: Into<String>>) -> Self {
        let all = self.topics.get_or_insert_default();
        all.extend(identifiers.into_iter().map(Into::into));
        self
    }
}

/// One user, by identifier.
impl From<&str> for SendTo {
    fn from(identifier: &str) -> Self {
        Self::recipients([identifier])
    }
}

/// One user, by identifier.
impl From<String> for SendTo {
    fn from(identifier: String) -> Self {
        Self::recipients([identifier])
    }
}

/// One user, created or updated on the way.
impl From<InlineRecipient> for SendTo {
    fn from(recipient: InlineRecipient) -> Self {
        Self::recipients([recipient])
    }
}

/// These users.
impl<R: Into<Recipient>, const N: usize> From<[R; N]> for SendTo {
    fn from(recipients: [R; N]) -> Self {
        Self::recipients(recipients)
    }
}

/// These users.
impl<R: Into<Recipient>> From<Vec<R>> for SendTo {
    fn from(recipients: Vec<R>) -> Self {
        Self::recipients(recipients)
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
    fn an_audience_is_made_of_what_is_at_hand() {
        assert_eq!(sent("ada"), json!({"recipients": ["ada"]}));
        assert_eq!(sent(String::from("ada")), json!({"recipients": ["ada"]}));
        assert_eq!(
            sent(["ada", "mary"]),
            json!({"recipients": ["ada", "mary"]})
        );
        assert_eq!(
            sent(vec![String::from("ada")]),
            json!({"recipients": ["ada"]})
        );
        assert_eq!(
            sent(InlineRecipient::new("grace").with_phone_number("+15555550101")),
            json!({"recipients": [{"identifier": "grace", "phoneNumber": "+15555550101"}]})
        );
        assert_eq!(
            sent([Recipient::from("ada"), InlineRecipient::new("grace").into()]),
            json!({"recipients": ["ada", {"identifier": "grace"}]})
        );
        assert_eq!(sent(SendTo::topics(["news"])), json!({"topics": ["news"]}));
    }

    #[test]
    fn an_unfinished_recipient_is_finished_in_the_list() {
        let grace = InlineRecipient::builder().identifier("grace").name("Grace");
        let audience = SendTo::builder().recipients([grace]).build().unwrap();
        assert_eq!(
            sent(audience),
            json!({"recipients": [{"identifier": "grace", "name": "Grace"}]})
        );
        let nobody = InlineRecipient::builder().name("Grace");
        let told = SendTo::builder().recipients([nobody]).build().unwrap_err();
        assert_eq!(
            told.to_string(),
            "SendTo: `recipients`: `identifier` of InlineRecipient is missing"
        );
    }
}
