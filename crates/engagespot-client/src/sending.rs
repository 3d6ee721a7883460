//! What is sent, when, and how a run is stopped.

use crate::types::{CancelFor, CancelRun, NotificationContent, WorkflowTrigger, builder};
use crate::{BuildError, Extra};

/// What to send, for where a title alone is too little and everything else would be too much.
///
/// Where a builder takes the content, a text will do as a title, and a [`WorkflowTrigger`] as what it starts:
///
/// ```
/// use engagespot_client::types::{SendNotification, WorkflowTrigger};
///
/// let hello = SendNotification::builder().notification("Your order is on its way").send_to("ada");
/// let run = WorkflowTrigger::new("order_shipped").with_cancellation_key("order-5001");
/// let shipped = SendNotification::builder().notification(run).send_to(["ada", "grace"]).build()?;
/// assert_eq!(
///     serde_json::to_value(&shipped)?["notification"],
///     serde_json::json!({"workflow": {"identifier": "order_shipped", "cancellationKey": "order-5001"}}),
/// );
/// # let _ = hello;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl NotificationContent {
    /// A template of the console, by its identifier. Its variables go into `data` of the send.
    #[must_use]
    pub fn template(identifier: impl Into<String>) -> Self {
        Self {
            template_identifier: Some(identifier.into()),
            ..Self::default()
        }
    }
}

/// A title in your own words, and nothing more.
impl From<&str> for NotificationContent {
    fn from(title: &str) -> Self {
        String::from(title).into()
    }
}

/// A title in your own words, and nothing more.
impl From<String> for NotificationContent {
    fn from(title: String) -> Self {
        Self {
            title: Some(title),
            ..Self::default()
        }
    }
}

/// What a workflow makes of it.
impl From<WorkflowTrigger> for NotificationContent {
    fn from(workflow: WorkflowTrigger) -> Self {
        Self {
            workflow: Some(workflow),
            ..Self::default()
        }
    }
}

/// What a workflow makes of it.
impl TryFrom<builder::WorkflowTrigger> for NotificationContent {
    type Error = BuildError;

    fn try_from(builder: builder::WorkflowTrigger) -> Result<Self, BuildError> {
        builder.build().map(Self::from)
    }
}

/// A workflow to start, by its identifier in the console.
impl WorkflowTrigger {
    /// Starts the workflow for good: without a key, the run can't be cancelled.
    #[must_use]
    pub fn new(identifier: impl Into<String>) -> Self {
        Self {
            identifier: identifier.into(),
            cancellation_key: None,
            extra: Extra::new(),
        }
    }

    /// Sets the key by which `client.workflows().cancel_run()` finds this run: one of your own, such as an order's
    /// number.
    #[must_use]
    pub fn with_cancellation_key(mut self, key: impl Into<String>) -> Self {
        self.cancellation_key = Some(key.into());
        self
    }
}

/// The same as [`WorkflowTrigger::new`].
impl From<&str> for WorkflowTrigger {
    fn from(identifier: &str) -> Self {
        Self::new(identifier)
    }
}

/// The same as [`WorkflowTrigger::new`].
impl From<String> for WorkflowTrigger {
    fn from(identifier: String) -> Self {
        Self::new(identifier)
    }
}

/// Which runs of a workflow to cancel.
///
/// ```
/// use engagespot_client::types::CancelRun;
///
/// let for_all = CancelRun::from("order-5001");
/// let for_ada = CancelRun::of("order-5001", ["ada"]);
/// assert_eq!(
///     serde_json::to_value(&for_ada)?,
///     serde_json::json!({"cancellationKey": "order-5001", "cancelFor": {"recipients": ["ada"]}}),
/// );
/// # let _ = for_all;
/// # Ok::<(), serde_json::Error>(())
/// ```
impl CancelRun {
    /// Those with a key, for some of the recipients only.
    #[must_use]
    pub fn of(
        cancellation_key: impl Into<String>,
        recipients: impl IntoIterator<Item: Into<String>>,
    ) -> Self {
        let recipients = recipients.into_iter().map(Into::into).collect();
        Self {
            cancel_for: Some(CancelFor {
                recipients,
                extra: Extra::new(),
            }),
            ..Self::from(cancellation_key.into())
        }
    }
}

/// The runs with this cancellation key, for all recipients.
impl From<&str> for CancelRun {
    fn from(cancellation_key: &str) -> Self {
        String::from(cancellation_key).into()
    }
}

/// The runs with this cancellation key, for all recipients.
impl From<String> for CancelRun {
    fn from(cancellation_key: String) -> Self {
        Self {
            cancel_for: None,
            cancellation_key,
            extra: Extra::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn sent(content: impl TryInto<NotificationContent, Error: std::fmt::Debug>) -> Value {
        serde_json::to_value(content.try_into().unwrap()).unwrap()
    }

    #[test]
    fn content_is_made_of_what_is_at_hand() {
        assert_eq!(sent("Hello"), json!({"title": "Hello"}));
        assert_eq!(sent(String::from("Hello")), json!({"title": "Hello"}));
        assert_eq!(
            sent(NotificationContent::template("welcome")),
            json!({"templateIdentifier": "welcome"})
        );
        assert_eq!(
            sent(WorkflowTrigger::new("digest")),
            json!({"workflow": {"identifier": "digest"}})
        );
        assert_eq!(
            sent(WorkflowTrigger::builder().identifier("digest")),
            json!({"workflow": {"identifier": "digest"}})
        );
        assert_eq!(
            sent(
                NotificationContent::builder()
                    .workflow("digest")
                    .category("news")
            ),
            json!({"workflow": {"identifier": "digest"}, "category": "news"})
        );
    }

    #[test]
    fn a_run_is_named_by_its_key() {
        assert_eq!(
            serde_json::to_value(CancelRun::from("order-5001")).unwrap(),
            json!({"cancellationKey": "order-5001"})
        );
    }
}
