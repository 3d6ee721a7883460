//! Content of notifications, and cancellation of workflow runs.

use crate::ids::{UserId, WorkflowId};
use crate::types::{CancelFor, CancelRun, NotificationContent, WorkflowTrigger};

/// A notification with a title only.
impl From<&str> for NotificationContent {
    fn from(title: &str) -> Self {
        Self::new().title(title)
    }
}

/// A notification with a title only.
impl From<String> for NotificationContent {
    fn from(title: String) -> Self {
        Self::new().title(title)
    }
}

/// Content that a workflow creates.
///
/// ```
/// use engagespot_client::types::{SendNotification, WorkflowTrigger};
///
/// let run = WorkflowTrigger::new("order_shipped").cancellation_key("order-5001");
/// let shipped = SendNotification::new(run).send_to(["ada", "grace"]);
/// assert_eq!(
///     serde_json::to_value(&shipped)?["notification"],
///     serde_json::json!({"workflow": {"identifier": "order_shipped", "cancellationKey": "order-5001"}}),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
impl From<WorkflowTrigger> for NotificationContent {
    fn from(workflow: WorkflowTrigger) -> Self {
        Self::new().workflow(workflow)
    }
}

/// Starts the workflow without a cancellation key: the run cannot be cancelled.
impl From<&str> for WorkflowTrigger {
    fn from(identifier: &str) -> Self {
        Self::new(identifier)
    }
}

/// Starts the workflow without a cancellation key: the run cannot be cancelled.
impl From<String> for WorkflowTrigger {
    fn from(identifier: String) -> Self {
        Self::new(identifier)
    }
}

/// Starts the workflow without a cancellation key: the run cannot be cancelled.
impl From<WorkflowId> for WorkflowTrigger {
    fn from(identifier: WorkflowId) -> Self {
        Self::new(identifier)
    }
}

/// The runs with this cancellation key, for all recipients.
impl From<&str> for CancelRun {
    fn from(cancellation_key: &str) -> Self {
        Self::new(cancellation_key)
    }
}

/// The runs with this cancellation key, for all recipients.
impl From<String> for CancelRun {
    fn from(cancellation_key: String) -> Self {
        Self::new(cancellation_key)
    }
}

/// These recipients, by identifier.
///
/// ```
/// use engagespot_client::types::CancelRun;
///
/// let for_ada = CancelRun::new("order-5001").cancel_for(["ada"]);
/// assert_eq!(
///     serde_json::to_value(&for_ada)?,
///     serde_json::json!({"cancellationKey": "order-5001", "cancelFor": {"recipients": ["ada"]}}),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
impl<T: Into<UserId>, const N: usize> From<[T; N]> for CancelFor {
    fn from(recipients: [T; N]) -> Self {
        Self::new(recipients)
    }
}

/// These recipients, by identifier.
impl<T: Into<UserId>> From<Vec<T>> for CancelFor {
    fn from(recipients: Vec<T>) -> Self {
        Self::new(recipients)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn sent(content: impl Into<NotificationContent>) -> Value {
        serde_json::to_value(content.into()).unwrap()
    }

    #[test]
    fn content_converts_from_text_and_workflows() {
        assert_eq!(sent("Hello"), json!({"title": "Hello"}));
        assert_eq!(sent(String::from("Hello")), json!({"title": "Hello"}));
        assert_eq!(
            sent(WorkflowTrigger::new("digest")),
            json!({"workflow": {"identifier": "digest"}})
        );
        assert_eq!(
            sent(
                NotificationContent::new()
                    .workflow("digest")
                    .category("news")
            ),
            json!({"workflow": {"identifier": "digest"}, "category": "news"})
        );
        assert_eq!(
            sent(NotificationContent::new().workflow(WorkflowId::from("digest"))),
            json!({"workflow": {"identifier": "digest"}})
        );
    }

    #[test]
    fn a_run_is_identified_by_its_key() {
        assert_eq!(
            serde_json::to_value(CancelRun::from("order-5001")).unwrap(),
            json!({"cancellationKey": "order-5001"})
        );
        let users = vec![UserId::from("ada")];
        assert_eq!(
            serde_json::to_value(CancelRun::new("order-5001").cancel_for(users)).unwrap(),
            json!({"cancellationKey": "order-5001", "cancelFor": {"recipients": ["ada"]}})
        );
    }
}
